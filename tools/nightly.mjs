/**
 * Every kind of fuzzing in turn, for hours: `node tools/nightly.mjs [--hours 8] [--jobs 2] [--seed N] [--out DIR]`.
 *
 * A round gives each kind its share of minutes, with seeds that no round had before; the next round goes on behind them. The oracle of a
 * mode is always the tree evaluator; stress modes come in turn through the seeds (`modesOf`), and once a round all of them run. Failures are
 * shrunk into `tests/regress` (or DIR) by `fuzz.mjs`. The status is 1 if anything failed, and the last lines say what to run to see it.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from './build.mjs';
import { commandLine } from './command-line.mjs';

const options = commandLine(import.meta.url, {
  hours: 8,
  jobs: 2,
  seed: Math.floor(Date.now() / 1000),
  out: join(root, 'tests/regress'),
});

/** Every stress mode of the matrix against the oracle. */
const STRESS = [
  ...['tree', 'interp', 'interp-file', 'interp-stress-gc', 'interp-4-registers', 'interp-constants'],
  ...['interp-slice-1', 'interp-slice-3', 'interp-slice-7', 'interp-plain-stress'],
].join(',');

/** Kinds of fuzzing with their part of a round, in minutes. */
const KINDS = [
  { name: 'generated programs', words: [], minutes: 20 },
  { name: 'small generated programs, machine code harassed', words: ['--lean'], minutes: 20 },
  { name: 'generated programs in all stress modes', words: ['--modes', STRESS], minutes: 15 },
  { name: 'mutated sources', words: ['--sources'], minutes: 15 },
  { name: 'mutated bytecode', words: ['--bytecode'], minutes: 20 },
];
/** More cases than any kind manages in its minutes. */
const SEEDS_A_KIND = 1_000_000;

const end = Date.now() + options.hours * 3_600_000;
let seed = options.seed;
const failed = [];

while (Date.now() < end) {
  for (const { name, words: kind, minutes } of KINDS) {
    const left = (end - Date.now()) / 60_000;
    if (left <= 0) break;
    console.log(`\n=== ${name}, from seed ${seed}, ${new Date().toISOString()}`);
    const time = String(Math.min(minutes, left));
    const words = [...kind, '--seed', String(seed), '--jobs', String(options.jobs), '--out', options.out];
    const status = await fuzz([...words, '--count', String(SEEDS_A_KIND), '--minutes', time]);
    if (status !== 0) failed.push(`${name}: node tools/fuzz.mjs ${words.join(' ')}`);
    seed += SEEDS_A_KIND;
  }
}

console.log(failed.length === 0 ? '\nNothing failed.' : `\nFailed:\n${failed.join('\n')}`);
process.exitCode = failed.length === 0 ? 0 : 1;

function fuzz(words) {
  const child = spawn(process.execPath, [join(root, 'tools/fuzz.mjs'), ...words], { stdio: 'inherit' });
  return new Promise((resolve) => {
    child.on('exit', (code) => resolve(code ?? 1));
  });
}
