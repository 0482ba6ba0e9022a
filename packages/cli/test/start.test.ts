/**
 * What a start loads: which chunks, with the code that V8 made of them, and what is in them. Times are measured elsewhere
 * (docs/decisions/0005-start.md); what costs the time is held here, where it does not depend on the machine.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { launcher, Workplace } from './orus-process.ts';

const dist = join(dirname(launcher), '../dist');
const place = new Workplace();
place.file('hello.orus', 'print("hello")\n');
place.file('broken.orus', 'print(helo)\n');
place.file('hot.orus', 'mut sum = 0\nfor i in 0..20_000_000:\n    if i % 3 == 0: sum += i\nprint(sum)\n');
const examples = join(import.meta.dirname, '../../../examples');

/** Names of the chunks that a run of the program loads, from the coverage that V8 writes at its end. */
function loadedBy(words: readonly string[], env: NodeJS.ProcessEnv = {}): string[] {
  const folder = join(place.folder, `coverage-${words.length}-${Math.random()}`);
  place.orus(words, { env: { NODE_V8_COVERAGE: folder, ...env } });
  const reports = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
  const files = reports.flatMap((text) => (JSON.parse(text) as { result: { url: string }[] }).result);
  const names = files.map(({ url }) => basename(url)).filter((name) => name !== '' && existsSync(join(dist, name)));
  return names.map(nameOf).sort();
}

/** `program` of `program-Ab_12-xy.cjs`: digests have eight characters. */
const nameOf = (file: string): string => file.replace(/-[\w-]{8}\.cjs$/, '').replace(/\.cjs$/, '');
const fileOf = (chunk: string): string =>
  join(dist, readdirSync(dist).find((name) => nameOf(name) === chunk) ?? `no chunk ${chunk}`);

/** What runs a program from its source if it has more than `print` in it. */
const compiling = ['compiler', 'later-features', 'load', 'orus', 'program'];

describe('loads no more than it needs', () => {
  test('for the version', () => {
    expect(loadedBy(['--version'])).toEqual(['load', 'orus']);
  });

  test('for a program without mistakes', () => {
    expect(loadedBy(['hello.orus'])).toEqual(['compiler', 'load', 'orus', 'program']);
    expect(loadedBy([join(examples, 'bank.orus')])).toEqual(compiling);
  });

  test('for one that was compiled before', () => {
    const env = { ORUS_CACHE: join(place.folder, 'kept') };
    place.orus([join(examples, 'bank.orus')], { env });
    expect(loadedBy([join(examples, 'bank.orus')], env)).toEqual(['bytecode', 'load', 'orus', 'program']);
  });

  test('for one that gets hot', () => {
    expect(loadedBy(['hot.orus', '--jit-threshold=1'])).toEqual([...compiling, 'later-jit', 'later-tiers'].sort());
    expect(loadedBy(['hot.orus', '--jit=off'])).toEqual(compiling);
  });

  test('for one that got hot before', () => {
    const env = { ORUS_CACHE: join(place.folder, 'hot') };
    place.orus(['hot.orus', '--jit-threshold=1'], { env });
    const later = ['bytecode', 'later-tiers', 'load', 'orus', 'program'];
    expect(loadedBy(['hot.orus', '--jit-threshold=1'], env)).toEqual(later);
  });

  test('for one with mistakes', () => {
    expect(loadedBy(['broken.orus'])).toEqual([...compiling, 'later-mistakes'].sort());
  });

  test('to look inside', () => {
    expect(loadedBy(['hello.orus', '--verify'])).toEqual([
      'bytecode',
      'compiler',
      'later-inspection',
      'load',
      'orus',
      'program',
      'verifier',
    ]);
  });
});

describe('the chunks of a start', () => {
  const modules = JSON.parse(readFileSync(join(dist, 'chunks.json'), 'utf8')) as Record<string, readonly string[]>;

  test('have the code that V8 made of them', () => {
    const chunks = [
      'orus',
      'program',
      'bytecode',
      'verifier',
      'compiler',
      'later-features',
      'later-seldom',
      'later-mistakes',
      'later-tiers',
      'later-jit',
    ];
    // In a process of its own, because the code is good for certain flags of V8 only.
    const accepted = `
      const { readFileSync } = require('node:fs');
      const { Script } = require('node:vm');
      const isAccepted = (file) => !new Script(readFileSync(file, 'latin1'), { cachedData: readFileSync(file + '.cache') }).cachedDataRejected;
      console.log(process.argv.slice(1).map(isAccepted).join());`;
    const { stdout } = spawnSync(process.execPath, ['-e', accepted, ...chunks.map(fileOf)], { encoding: 'utf8' });
    expect(stdout.trim()).toBe(chunks.map(() => true).join());
  });

  test('have the code of the machine, which V8 takes', () => {
    const taken = `
      const bytes = new Uint8Array(require('node:fs').readFileSync(process.argv[1] + '/machine.wasm'));
      const code = new Uint8Array(require('node:fs').readFileSync(process.argv[1] + '/machine.wasm.cache'));
      console.log(%DeserializeWasmModule(code.buffer, bytes) instanceof WebAssembly.Module);`;
    const { stdout } = spawnSync(process.execPath, ['--allow-natives-syntax', '-e', taken, dist], { encoding: 'utf8' });
    expect(stdout.trim()).toBe('true');
  });

  test('do without that code where V8 does not take it', () => {
    const { stdout, stderr } = spawnSync(
      process.execPath,
      ['--no-opt', launcher, join(place.folder, 'hot.orus'), '--jit=off'],
      { encoding: 'utf8' },
    );
    expect({ stdout, stderr }).toEqual({ stdout: '66666663333333\n', stderr: '' });
  });

  test('hold nothing that generates code, explains, verifies or prints', () => {
    const foreign =
      /isa\/(?:ops\/|definitions|disassemble)|\/wasm\/|verify|\/(?:hir|ir)\/print|messages|habits|recovery|render|engine\/(?:tree|ir|jit\/(?!jit|sampler|tuning))\//;
    const start = ['orus', 'program', 'compiler'].flatMap((chunk) => modules[chunk] ?? []);
    expect(start.length).toBeGreaterThan(100);
    expect(start.filter((path) => foreign.test(path))).toEqual([]);
  });

  test('are small', () => {
    const kilobytes = (path: string): number => Math.round(statSync(path).size / 1000);
    expect(kilobytes(fileOf('orus'))).toBeLessThan(20);
    expect(kilobytes(fileOf('program'))).toBeLessThan(135);
    expect(kilobytes(`${fileOf('program')}.cache`)).toBeLessThan(210);
    expect(kilobytes(fileOf('bytecode'))).toBeLessThan(20);
    expect(kilobytes(`${fileOf('bytecode')}.cache`)).toBeLessThan(40);
    expect(kilobytes(fileOf('verifier'))).toBeLessThan(135);
    expect(kilobytes(`${fileOf('verifier')}.cache`)).toBeLessThan(165);
    expect(kilobytes(fileOf('compiler'))).toBeLessThan(415);
    expect(kilobytes(`${fileOf('compiler')}.cache`)).toBeLessThan(870);
    expect(kilobytes(fileOf('later-features'))).toBeLessThan(175);
    expect(kilobytes(`${fileOf('later-features')}.cache`)).toBeLessThan(255);
  });
});
