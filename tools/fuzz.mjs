/**
 * Compares the engines on programs that nobody wrote: `node tools/fuzz.mjs [OPTIONS]`; tools/README.md has examples.
 *
 *   --count N     cases (10000)                  --seed N    of the first case (1); case i has seed N + i
 *   --jobs N      processes (2)                  --modes A,B instead of all, the first is the oracle
 *   --lean        small programs, each on tree, interp and machine code, eager and tiered, with slices of 1 to 50, collections at every
 *                 allocation, thresholds and depth limits of 3 to 30 by its seed: a tenth of the time, for very many
 *   --sources     mutations of tests/run, examples and generated programs
 *   --bytecode    mutations of their bytecode files: refused or run, and nothing is thrown
 *   --minutes N   stop after so long             --out DIR   for what was found (tests/regress)
 *   --keep        do not shrink                  --stop      at the first failure
 *
 * A failure is reported with its seed, shrunk, and written as a test whose expectations are what the oracle does: read it,
 * correct them from the specification, give it a name that says what it holds. Failures that look the same are counted and
 * only the first is shrunk. The status is 1 if anything failed.
 */
import { fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, bundleSource, filesBelow, root } from './build.mjs';
import { commandLine } from './command-line.mjs';

const values = commandLine(import.meta.url, {
  count: 10_000,
  seed: 1,
  jobs: 2,
  minutes: 100_000,
  modes: null,
  out: join(root, 'tests/regress'),
  sources: false,
  bytecode: false,
  lean: false,
  keep: false,
  stop: false,
});
const { count, seed: firstSeed } = values;
const modes = values.modes?.split(',');
const deadline = Date.now() + values.minutes * 60_000;
const CASE_MS = 120_000;
const BYTECODE_CASE_MS = 60_000;
const SHRINK_MS = 150_000;

await build(['runtime', 'interp']);
const folder = mkdtempSync(join(tmpdir(), 'orus-fuzz-'));
const bundle = join(folder, 'fuzz.mjs');
writeFileSync(bundle, await bundleSource('packages/testkit/src/fuzz.ts'));

/** A process that answers one request after the other; for one that it did not answer, how it ended. */
class Worker {
  #child;
  #answer;
  #ready;
  #late = false;

  #start() {
    this.#child = fork(new URL('./fuzz-worker.mjs', import.meta.url), [bundle], { execArgv: ['--stack-size=3900'] });
    this.#ready = new Promise((resolve) => this.#child.once('message', resolve));
    this.#child.on('message', (message) => this.#answer?.(message));
    this.#child.on('exit', (code, signal) => {
      this.#child = undefined;
      this.#answer?.({ ended: this.#late ? 'no answer in time' : `the process ended with ${signal ?? code}` });
    });
  }

  async ask(request, milliseconds) {
    if (!this.#child) {
      this.#start();
      await this.#ready;
      if (sources.length > 0) await this.ask({ kind: 'sources', text: sources }, CASE_MS);
    }
    return new Promise((resolve) => {
      this.#late = false;
      // In two halves: if both processes were stopped for a while, the child gets time to catch up.
      let timer = setTimeout(() => {
        timer = setTimeout(() => {
          this.#late = true;
          this.#child?.kill('SIGKILL');
        }, milliseconds / 2);
      }, milliseconds / 2);
      this.#answer = (message) => {
        clearTimeout(timer);
        this.#answer = undefined;
        resolve(message);
      };
      this.#child.send(request);
    });
  }

  stop() {
    this.#child?.kill();
  }
}

const sources =
  values.sources || values.bytecode
    ? [
        ...filesBelow(join(root, 'tests/run')),
        ...filesBelow(join(root, 'tests/regress')),
        ...filesBelow(join(root, 'examples')),
      ]
        .filter((path) => path.endsWith('.orus') && !path.includes('large/'))
        .map((path) => readFileSync(path, 'utf8'))
        .filter((text) => text.length < 20_000 && !text.includes('timestamp'))
    : [];

const outcomes = new Map();
const failures = new Map();
let next = 0;

function tally(key) {
  outcomes.set(key, (outcomes.get(key) ?? 0) + 1);
}

async function work() {
  const worker = new Worker();
  while (next < count && Date.now() < deadline && !(values.stop && failures.size > 0)) {
    const seed = firstSeed + next++;
    const kind = values.bytecode ? 'bytecode' : values.sources ? 'mutated' : values.lean ? 'lean' : 'generated';
    const answer = await worker.ask({ kind, seed, modes }, values.bytecode ? BYTECODE_CASE_MS : CASE_MS);
    const verdict = answer.verdict ?? { kind: 'crash', key: answer.ended, detail: '' };
    const generatedRejected = verdict.kind === 'rejected' && !values.sources;
    if (values.bytecode) {
      tally(
        verdict.kind === 'refused'
          ? `refused: ${verdict.rule}`
          : verdict.kind === 'ran'
            ? `ran: ${verdict.status}`
            : 'crash',
      );
      if (verdict.kind === 'crash') await bytecodeFailed(worker, seed, answer.text ?? '', verdict);
      if (next % 5000 === 0) console.log(`${next} cases, ${failures.size} kinds of failure`);
      continue;
    }
    tally(verdict.kind === 'agree' ? `agree, ${verdict.status}` : verdict.kind);
    if (verdict.kind === 'crash' || verdict.kind === 'differ') await failed(worker, seed, answer.text ?? '', verdict);
    else if (generatedRejected) {
      const [first = ''] = verdict.reports;
      await failed(worker, seed, answer.text, { key: `rejected: ${first.split(' ')[0]}`, detail: first }, false);
    }
    if (next % 500 === 0) console.log(`${next} cases, ${failures.size} kinds of failure`);
  }
  worker.stop();
}

/** A failure of a bytecode file, as assembly text if there is a program in it; else as it is. */
async function bytecodeFailed(worker, seed, text, { key, detail }) {
  const known = failures.get(key);
  if (known) {
    known.seeds.push(seed);
    return;
  }
  failures.set(key, { seeds: [seed] });
  console.log(`\nseed ${seed}: ${key}\n${detail.split('\n').slice(0, 12).join('\n')}`);
  const name = join(values.out, `fuzz-bytecode-${seed}`);
  mkdirSync(values.out, { recursive: true });
  if (text === '') return;
  const request = { kind: 'shrink-bytecode', seed, text, key, milliseconds: SHRINK_MS };
  const small = values.keep ? {} : await worker.ask(request, 2 * SHRINK_MS);
  if (typeof small.text === 'string') writeFileSync(`${name}.oasm`, small.text);
  else writeFileSync(`${name}.orbc`, Buffer.from(text, 'base64'));
}

async function failed(worker, seed, text, { key, detail }, shrink = true) {
  const known = failures.get(key);
  if (known) {
    known.seeds.push(seed);
    return;
  }
  failures.set(key, { seeds: [seed] });
  console.log(`\nseed ${seed}: ${key}\n${detail.split('\n').slice(0, 12).join('\n')}`);
  const name = `fuzz-${seed}-${key.replace(/\W+/g, '-').toLowerCase().slice(0, 60)}`;
  mkdirSync(values.out, { recursive: true });
  if (values.keep || !shrink || key.startsWith('styles') || text === '') {
    writeFileSync(join(values.out, `${name}.orus`), text);
    return;
  }
  const small = await worker.ask(
    { kind: 'shrink', seed, modes, lean: values.lean, text, key, milliseconds: SHRINK_MS },
    2 * SHRINK_MS,
  );
  const result = small.text ?? text;
  console.log(`${result}\n--- ${small.verdict?.detail ?? ''}`.slice(0, 2500));
  writeFileSync(join(values.out, `${name}.orus`), result + expectations(small.oracle));
}

/** What the oracle does, in the comments of a run test. */
function expectations(verdict) {
  if (verdict?.kind !== 'agree') return '';
  const output = Buffer.from(verdict.stdout, 'latin1').toString('utf8');
  const lines = output.split(/(?<=\n)/).filter((line) => line !== '');
  const plain = (line) =>
    /^[ -~]*\n$/.test(line) ? `// expect: ${line}` : `// expect-json: ${JSON.stringify(line)}\n`;
  return `\n${lines.map(plain).join('')}${verdict.status === 'error' ? `// ends with ${verdict.end.split('\n')[0]}\n` : ''}`;
}

const start = Date.now();
try {
  await Promise.all(Array.from({ length: values.jobs }, work));
} finally {
  rmSync(folder, { recursive: true });
}
console.log(`\n${next} cases from seed ${firstSeed} in ${Math.round((Date.now() - start) / 1000)} s`);
for (const [key, number] of outcomes) console.log(`${String(number).padStart(8)} ${key}`);
for (const [key, { seeds }] of failures) {
  console.log(`${String(seeds.length).padStart(8)} ${key}, seeds ${seeds.slice(0, 8).join(' ')}`);
}
process.exitCode = failures.size > 0 ? 1 : 0;
