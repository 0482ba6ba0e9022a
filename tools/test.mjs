/**
 * The whole suite: type checker, linter and formatter, all tests. `npm test` runs it, and so does `.ci/run`.
 *
 * All parts run even if an early one fails. The last line counts: each part counts once, the tests each for itself.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, root } from './build.mjs';

const bin = (name) => join(root, 'node_modules', '.bin', name);
let passed = 0;
let failed = 0;

function section(title, ok) {
  if (ok) passed++;
  else failed++;
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${title}`);
}

/** Runs a tool with its output shown, and says whether it was content. */
function runs(command, ...words) {
  const { status, error } = spawnSync(command, words, { cwd: root, stdio: 'inherit' });
  if (error) console.error(error.message);
  return status === 0;
}

/** Runs vitest and adds its counts. */
function runVitest() {
  const folder = mkdtempSync(join(tmpdir(), 'orus-test-'));
  try {
    const file = join(folder, 'results.json');
    const ok = runs(bin('vitest'), 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`);
    const results = JSON.parse(readFileSync(file, 'utf8'));
    passed += results.numPassedTests;
    failed += results.numFailedTests;
    // A file that cannot be loaded has no tests that could fail.
    section('all test files run, and nothing is skipped', ok && results.numPendingTests + results.numTodoTests === 0);
  } catch (error) {
    section(`tests: ${error.message}`, false);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

try {
  await build(undefined, console.log);
  section('build', true);
} catch (error) {
  console.error(error.message);
  section('build', false);
}
section('types of the core', runs(bin('tsc'), '-p', 'packages/core'));
section('types of everything else', runs(bin('tsc'), '-p', '.'));
section('lint and format', runs(bin('biome'), 'check', '.'));
runVitest();

console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
