/** Machine code as users choose it and see it. */
import { expect, test } from 'vitest';
import { Workplace } from './orus-process.ts';

const place = new Workplace();
place.file(
  'hot.orus',
  'fn add(n: i64) -> i64:\n    mut sum = 0\n    for i in 0..n: sum += i\n    return sum\n\nmut all = 0\nfor i in 0..20000: all += add(50)\nprint(all, add)\n',
);
const HOT = '24500000 <function add>\n';

test('is chosen by options, with the same result', () => {
  for (const words of [
    [],
    ['--jit=off'],
    ['--jit=eager'],
    ['--jit=tiered'],
    ['--jit-threshold=1'],
    ['--engine', 'interp'],
  ])
    expect(place.orus(['hot.orus', ...words])).toEqual({ status: 0, stdout: HOT, stderr: '' });
});

test.each([
  [['--jit=on'], "option --jit cannot be 'on'"],
  [['--jit-threshold=0'], 'option --jit-threshold is at least 1; --jit=eager waits for none'],
  [['--jit-threshold=x'], 'option --jit-threshold needs a whole number'],
  [['--jit-threshold=2', '--jit=off'], 'option --jit-threshold says nothing with --jit=off'],
  [['--engine=interp', '--jit=off'], 'option --jit is for the engine jit, not interp'],
  [['--trace=gc'], "option --trace cannot be 'gc'"],
])('%j is a mistake in the command line', (words, message) => {
  const { status, stderr } = place.orus(['hot.orus', ...words]);
  expect(status).toBe(64);
  expect(stderr).toContain(message);
  expect(stderr).toContain("Try 'orus run --help'.");
});

test('can be traced', () => {
  const { stdout, stderr } = place.orus(['hot.orus', '--jit-threshold=1', '--trace=jit']);
  expect(stdout).toBe(HOT);
  expect(stderr).toMatch(/^jit: compiled unit 0 \(\d+ instructions, \d+ bytes, [\d.]+ \+ [\d.]+ ms\): /);
});

test('is counted, in text and as JSON', () => {
  const text = place.orus(['hot.orus', '--jit-threshold=1', '--stats=jit,hot']);
  expect(text.stdout).toBe(HOT);
  for (const head of ['instructions', 'family', 'kind', 'opcode', 'unit', 'exits', 'guards', 'refused', 'loop'])
    expect(text.stderr).toMatch(new RegExp(`^${head} `, 'm'));
  const json = place.orus(['hot.orus', '--jit-threshold=1', '--stats=jit', '--format=json']);
  const { stats, jit } = JSON.parse(json.stderr) as {
    stats: Record<string, number>;
    jit: { instructions: { native: number; interpreted: number }; units: unknown[]; loops: { line: number }[] };
  };
  expect(stats['jit.units']).toBe(jit.units.length);
  expect(jit.instructions.native).toBeGreaterThan(jit.instructions.interpreted);
  expect(jit.loops.map(({ line }) => line)).toContain(7);
  expect(place.orus(['hot.orus', '--jit=off', '--stats=hot']).stderr).toContain('there was no machine code');
});

test('can be read', () => {
  const { status, stdout } = place.orus(['dump', 'hot.orus', '--after=jit']);
  expect(status).toBe(0);
  expect(stdout).toContain('(func $');
  expect(stdout).toContain('loop.');
  expect(stdout).toContain('hot.orus:7');
});

test('guards and ways out stand with their reasons and lines', () => {
  place.file(
    'guards.orus',
    'fn at(xs: [i64], i: i64) -> i64:\n    if i < 0: return at(xs, i + 3)\n    return xs[i]\n\nfn a(xs: [i64], i: i64) -> i64: 0\nfn b(xs: [i64], i: i64) -> i64: 1\nfn c(xs: [i64], i: i64) -> i64: 2\nfn d(xs: [i64], i: i64) -> i64: 3\n\nfs = [at, a, b, c, d]\nmut sum = 0\nmut missing = 0\nfor i in 0..3000:\n    try:\n        sum += fs[i % 1]([1, 2, 3], i % 2 - 3 if i < 2000 else 3)\n    catch e:\n        missing += 1\nprint(sum, missing, at)\n',
  );
  const { stdout, stderr } = place.orus(['guards.orus', '--jit=eager', '--stats=jit', '--format=json']);
  expect(stdout).toBe('3000 1000 <function at>\n');
  const { stats, jit } = JSON.parse(stderr) as {
    stats: Record<string, number>;
    jit: Record<'exits' | 'guards', { reason: string; line: number; held: number; failed: number; count: number }[]>;
  };
  const failed = stats['jit.wrong-guesses'];
  expect(failed).toBeGreaterThan(0);
  // One of the forms of the function is given an index that is too large, the other never.
  for (const guard of jit.guards) expect(guard).toMatchObject({ opcode: 'array.get.i64', func: 'at', line: 3 });
  expect(jit.guards.map((guard) => guard.failed).reduce((a, b) => a + b, 0)).toBe(failed);
  expect(Math.max(...jit.guards.map(({ held }) => held))).toBeGreaterThan(1000);
  expect(jit.exits).toContainEqual({ reason: 'a guess was wrong', func: 'at', line: 3, count: failed });
});
