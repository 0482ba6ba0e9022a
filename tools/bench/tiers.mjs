/**
 * What tiering costs short programs: `node tools/bench/tiers.mjs [--pairs N] [FILE...]`, all examples if none is named.
 *
 * Each program runs as usual and with `--jit=off`, in turn, N pairs of them, with real-time priority where `chrt` may give it. Prints the medians of
 * wall time in milliseconds, the median of the paired ratios and the units that were compiled. Needs `npm run build`.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { root } from '../build.mjs';
import { commandLine } from '../command-line.mjs';

const { pairs: rounds, words } = commandLine(import.meta.url, { pairs: 21 }, true);
const examples = join(root, 'examples');
const files =
  words.length > 0
    ? words
    : readdirSync(examples)
        .filter((name) => name.endsWith('.orus'))
        .map((name) => join(examples, name));
const urgent = spawnSync('chrt', ['-r', '40', 'true']).status === 0 ? ['chrt', '-r', '40'] : [];
const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];

function run(file, ...options) {
  const input = file.replace(/orus$/, 'in');
  const [command, ...words] = [...urgent, process.execPath, join(root, 'packages/cli/bin/orus.js'), ...options, file];
  const start = performance.now();
  const { stderr } = spawnSync(command, words, {
    input: existsSync(input) ? readFileSync(input) : '',
    stdio: ['pipe', 'ignore', 'pipe'],
    encoding: 'utf8',
    // every run compiles its program
    env: { ...process.env, ORUS_CACHE: '' },
  });
  return { ms: performance.now() - start, stderr };
}

const ratios = [];
console.log('program                  tiered   jit=off   ratio   units');
for (const file of files) {
  const units = Number(/jit\.units\s+(\d+)/.exec(run(file, '--stats=jit.units').stderr)?.[1] ?? 0);
  const pairs = [];
  for (let i = 0; i < rounds; i++) {
    const first = i % 2 === 0 ? run(file).ms : 0;
    const off = run(file, '--jit=off').ms;
    pairs.push([first || run(file).ms, off]);
  }
  const ratio = median(pairs.map(([tiered, off]) => tiered / off));
  ratios.push(ratio);
  const [tiered, off] = [0, 1].map((k) => median(pairs.map((pair) => pair[k])).toFixed(1));
  console.log(
    `${basename(file).padEnd(22)} ${tiered.padStart(8)}  ${off.padStart(8)}  ${ratio.toFixed(3).padStart(6)}  ${String(units).padStart(6)}`,
  );
}
const mean = Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
console.log(`geometric mean of the ratios: ${mean.toFixed(3)}`);
