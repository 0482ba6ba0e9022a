/**
 * Runs programs of tests/run in a page of Chromium, headless, on the interpreter and as machine code: `node tools/chromium.mjs [--count N]`.
 *
 * It needs playwright-core (a development dependency: `npm ci`) and a Chromium of the system: `apt-get install chromium` on Debian, or the
 * path of any other in CHROMIUM. Where one is missing it says so in one line, and the status is 0: nothing was shown, nothing failed.
 */
import { existsSync } from 'node:fs';
import { build, bundleSource, importSource } from './build.mjs';
import { commandLine } from './command-line.mjs';

const { count } = commandLine(import.meta.url, { count: 12 });
const executablePath = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser'].find(
  (path) => path && existsSync(path),
);
const playwright = await import('playwright-core').catch(() => null);
if (executablePath === undefined || playwright === null) {
  const missing = executablePath === undefined ? 'there is no Chromium' : 'playwright-core is not installed';
  console.log(`skipped: ${missing}; see tools/README.md`);
  process.exit(0);
}

await build(['runtime', 'interp']);
const { allPrograms } = await importSource('packages/testkit/src/guards.ts');
const programs = allPrograms().filter(
  ({ name, text, expected }) =>
    !name.endsWith('/main.orus') &&
    !/timestamp|input\(/.test(text) &&
    expected.stdout.length > 0 &&
    expected.reports.every(({ kind }) => kind === 'trap') &&
    [expected.limit, expected.depth, expected.fuel, expected.memory].every((limit) => limit === undefined) &&
    !expected.deep,
);
const step = Math.max(1, Math.floor(programs.length / count));
const chosen = programs.filter((_, i) => i % step === step - 1);
const engines = ['interp', 'jit', 'jit eager', 'jit threshold 1'];

// A sandbox of its own cannot be made where tests run as root.
const browser = await playwright.chromium.launch({ executablePath, args: ['--no-sandbox'] });
let failed = 0;
let units = 0;
try {
  const page = await browser.newPage();
  await page.addScriptTag({ content: await bundleSource('packages/testkit/src/page.ts'), type: 'module' });
  for (const { name, text, expected } of chosen) {
    let fuel;
    for (const engine of engines) {
      const got = await page.evaluate(([e, n, t]) => globalThis.orus(e, n, t), [engine, name, text]);
      const end = expected.reports[0]?.text ?? 'done';
      fuel ??= got.fuel;
      units += got.units;
      const problems = [
        got.output === expected.stdout.toString('latin1') ? [] : [`prints ${JSON.stringify(got.output.slice(0, 200))}`],
        got.end === end ? [] : [`ends with ${got.end}, not ${end}`],
        got.fuel === fuel ? [] : [`uses ${got.fuel} fuel, not ${fuel}`],
      ].flat();
      if (problems.length === 0) continue;
      failed++;
      console.log(`${name}, ${engine}: ${problems.join('; ')}`);
    }
  }
} finally {
  await browser.close();
}
console.log(
  `Chromium ${browser.version()}: ${chosen.length} programs on ${engines.join(', ')}; ${units} units of machine code; ${failed} runs differ`,
);
process.exitCode = failed === 0 && units > 0 ? 0 : 1;
