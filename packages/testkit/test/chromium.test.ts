/** Programs in a page of Chromium; where there is none, or no playwright-core, the tool says in a line that nothing was shown. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));

test('the interpreter and machine code do the same in Chromium', { timeout: 180_000 }, () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['tools/chromium.mjs'], {
    cwd: root,
    encoding: 'utf8',
    timeout: 170_000,
  });
  console.log(`in a browser: ${stdout.trim()}`);
  expect({ status, stdout, stderr }, stdout + stderr).toMatchObject({ status: 0 });
  expect(stdout).toMatch(/^(skipped: .*; see tools\/README\.md|Chromium [\d.]+: \d+ programs .* 0 runs differ)\n$/);
});
