/** Programs that were compiled in an earlier run: used when nothing has changed, and of no consequence otherwise. */
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { type Ended, Workplace } from './orus-process.ts';

const place = new Workplace();
const folder = join(place.folder, 'kept');
const run = (...words: string[]): Ended => place.orus(words, { env: { ORUS_CACHE: folder } });
const entries = (): string[] => readdirSync(folder).sort();
/** What tells one compilation of a program from the next. */
const written = (): number[] => entries().map((name) => statSync(join(folder, name)).ino);

beforeEach(() => rmSync(folder, { recursive: true, force: true }));

/** Changes the only entry. */
function change(edit: (entry: Buffer) => Uint8Array): void {
  const path = join(folder, entries()[0] ?? 'nothing is kept');
  writeFileSync(path, edit(readFileSync(path)));
}

describe('a program that was run before', () => {
  const source = 'fn half(n: i64) -> i64: 100 / n\nprint(half(5))\nprint(half(0))\n';

  test('says and fails the same, and is not compiled again', () => {
    place.file('same.orus', source);
    const first = run('same.orus');
    expect(first).toMatchObject({ status: 70, stdout: '20\n' });
    expect(first.stderr).toContain('fn half(n: i64) -> i64: 100 / n');
    expect(entries()).toEqual([expect.stringMatching(/^same\.orus-[0-9a-f]{8}$/)]);
    const before = written();
    expect(run('same.orus')).toEqual(first);
    expect(run('same.orus', '--jit=off')).toEqual(first);
    expect(written()).toEqual(before);
  });

  test('is compiled again when it has changed, and has one entry', () => {
    place.file('changing.orus', 'print(1)\n');
    expect(run('changing.orus').stdout).toBe('1\n');
    place.file('changing.orus', 'print(2)\n');
    expect(run('changing.orus').stdout).toBe('2\n');
    expect(entries()).toHaveLength(1);
  });

  test('is another program in another edition or working directory', () => {
    place.file('there/program.orus', 'print(7)\n');
    run('there/program.orus');
    run('--edition=classic', 'there/program.orus');
    place.orus(['program.orus'], { cwd: join(place.folder, 'there'), env: { ORUS_CACHE: folder } });
    expect(entries()).toHaveLength(3);
  });

  test('collects what it does not need any more', () => {
    place.file(
      'lists.orus',
      'enum List:\n    Nil\n    Cons(head: i64, tail: List)\n\nfn build(n: i64) -> List:\n    if n == 0: return List.Nil\n    return List.Cons(n, build(n - 1))\n\nmut texts: [string] = []\nmut kept = build(5)\nfor i in 0..20_000:\n    list = build(20)\n    if i % 100 == 0: kept = list\n    texts = ["{i}" + "!", "b" + "c"]\nprint(kept, texts)\n',
    );
    const first = run('lists.orus', '--max-memory=1M');
    expect(first).toMatchObject({ status: 0, stderr: '' });
    for (const options of [[], ['--jit=off'], ['--jit-threshold=1'], ['--jit=eager']]) {
      expect(run('lists.orus', '--max-memory=1M', ...options)).toEqual(first);
    }
  });

  test('may come from standard input', () => {
    const options = { input: 'print(input())\n', env: { ORUS_CACHE: folder } };
    const first = place.orus(['-'], options);
    expect(place.orus(['-'], options)).toEqual(first);
    expect(entries()).toHaveLength(1);
  });
});

test('how long a program runs is known the next time, and kept if it changes much', () => {
  place.file('rounds.orus', 'mut sum = 0\nfor i in 0..int(input()): sum += i\nprint(sum)\n');
  const rounds = (count: number): { stdout: string; ino: number[]; fuel: number } => {
    const { stdout } = place.orus(['rounds.orus'], { input: `${count}\n`, env: { ORUS_CACHE: folder } });
    const [entry = ''] = entries().map((name) => readFileSync(join(folder, name), 'latin1'));
    return { stdout, ino: written(), fuel: JSON.parse(entry.slice(0, entry.indexOf('\n')))[1] };
  };
  const short = rounds(1000);
  const longer = rounds(1500);
  expect(longer).toEqual({ ...short, stdout: '1124250\n' });
  const long = rounds(30_000_000);
  expect(long.stdout).toBe('449999985000000\n');
  expect(long.ino).not.toEqual(short.ino);
  expect(long.fuel).toBeGreaterThan(10_000 * short.fuel);
  expect(rounds(30_000_000)).toEqual(long);
  expect(rounds(1000)).toMatchObject({ stdout: short.stdout, fuel: short.fuel });
});

describe('machine code', () => {
  const source = 'mut sum = 0\nfor i in 0..30_000_000:\n    if i % 3 == 0: sum += i\nprint(sum)\n';
  const expected = { status: 0, stdout: '149999985000000\n', stderr: '' };
  /** Bytes of the units in the only entry. */
  const units = (): number => {
    const [entry = ''] = entries().map((name) => readFileSync(join(folder, name), 'latin1'));
    const head = entry.slice(0, entry.indexOf('\n'));
    return entry.length - head.length - 1 - JSON.parse(head)[3];
  };

  test('of a run is there for the next', () => {
    place.file('hot.orus', source);
    expect(run('hot.orus')).toEqual(expected);
    expect(units()).toBeGreaterThan(500);
    const before = written();
    expect(run('hot.orus')).toEqual(expected);
    expect(written()).toEqual(before);
  });

  test('is made again when the program has changed', () => {
    place.file('hot.orus', source);
    run('hot.orus');
    place.file('hot.orus', source.replace('i % 3', 'i % 2'));
    for (let i = 0; i < 3; i++) expect(run('hot.orus')).toEqual({ ...expected, stdout: '224999985000000\n' });
  });

  test('is not taken under other limits', () => {
    place.file('hot.orus', source);
    run('hot.orus');
    const before = written();
    expect(run('hot.orus', '--max-memory=1M')).toEqual(expected);
    expect(written()).not.toEqual(before);
  });

  test('is not believed if it is damaged, or others could have written it', () => {
    place.file('hot.orus', source);
    run('hot.orus');
    const [name = ''] = entries();
    change((entry) => entry.fill(0xff, entry.length - (units() >> 1)));
    expect(run('hot.orus')).toEqual(expected);
    expect(units()).toBeGreaterThan(500);
    const before = written();
    chmodSync(join(folder, name), 0o666);
    expect(run('hot.orus')).toEqual(expected);
    expect(written()).not.toEqual(before);
  });
});

describe('modules', () => {
  const user = 'use shapes\nprint(shapes.name())\n';

  test('are compared too', () => {
    place.file('main.orus', user);
    place.file('shapes.orus', 'pub fn name() -> string: "circle"\n');
    expect(run('main.orus').stdout).toBe('circle\n');
    const before = written();
    expect(run('main.orus').stdout).toBe('circle\n');
    expect(written()).toEqual(before);
    place.file('shapes.orus', 'pub fn name() -> string: "square"\n');
    expect(run('main.orus').stdout).toBe('square\n');
  });

  test('are looked for again: one may stand in front of the one that was found', () => {
    place.file('deep/main.orus', 'use corners\nprint(corners.count())\n');
    place.file('deep/corners.orus', 'pub fn count() -> i64: 3\n');
    expect(run('deep/main.orus').stdout).toBe('3\n');
    place.file('corners.orus', 'pub fn count() -> i64: 4\n');
    expect(run('deep/main.orus').stdout).toBe('4\n');
  });

  test('that are gone are missed', () => {
    place.file('uses.orus', 'use passing\nprint(passing.by())\n');
    place.file('passing.orus', 'pub fn by() -> i64: 1\n');
    run('uses.orus');
    rmSync(join(place.folder, 'passing.orus'));
    expect(run('uses.orus')).toMatchObject({ status: 65, stdout: '' });
  });
});

describe('the program of an entry is not believed', () => {
  const damages: Readonly<Record<string, (entry: Buffer) => Uint8Array>> = {
    'that is empty': () => new Uint8Array(),
    'that is cut short': (entry) => entry.subarray(0, entry.length - 5),
    'that ends with its first line': (entry) => entry.subarray(0, entry.indexOf(10)),
    'of another build': (entry) => Buffer.from(entry.toString('latin1').replace(/^\["[^ ]+/, '["other.cjs'), 'latin1'),
    'that is no JSON': (entry) => entry.fill(0x7b, 0, 1),
    'whose questions are none': (entry) => Buffer.from(entry.toString('latin1').replace(/\]\n/, ',[1,2]]\n'), 'latin1'),
    'with other bytecode': (entry) => entry.fill(0xff, entry.length - 40, entry.length - 30),
  };
  for (const [name, damage] of Object.entries(damages)) {
    test(name, () => {
      place.file('damaged.orus', 'print("whole")\n');
      const first = run('damaged.orus');
      const [good] = entries().map((entry) => readFileSync(join(folder, entry)));
      change(damage);
      expect(run('damaged.orus')).toEqual(first);
      expect(entries().map((entry) => readFileSync(join(folder, entry)))).toEqual([good]);
    });
  }
});

describe('nothing is kept', () => {
  test('of programs with mistakes', () => {
    place.file('wrong.orus', 'print(helo)\n');
    expect(run('wrong.orus').status).toBe(65);
    expect(() => entries()).toThrow('ENOENT');
  });

  test.each(['--stats', '--verify', '--no-optimise', '--assert-typed-loops', '--engine=tree'])('with %s', (option) => {
    place.file('asked.orus', 'print(1)\n');
    expect(run(option, 'asked.orus').stdout).toBe('1\n');
    expect(() => entries()).toThrow('ENOENT');
  });

  test('where ORUS_CACHE is empty or nothing can be written', () => {
    place.file('plain.orus', 'print(1)\n');
    const expected = { status: 0, stdout: '1\n', stderr: '' };
    for (const ORUS_CACHE of ['', place.file('a-file', ''), '/dev/null/below', '/proc/nobody']) {
      expect(place.orus(['plain.orus'], { env: { ORUS_CACHE } })).toEqual(expected);
    }
  });
});

test('nothing happens to a process that may write no files', () => {
  place.file('small.orus', 'print(1)\n');
  const { status, stdout, stderr } = place.shell(
    `ulimit -f 0; ORUS_CACHE=${folder} $ORUS small.orus | cat; exit "\${PIPESTATUS[0]}"`,
  );
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '1\n', stderr: '' });
  expect(entries()).toEqual([]);
});

test('lies below the cache directory of the user otherwise, for nobody else to read', () => {
  place.file('usual.orus', 'print(1)\n');
  const home = join(place.folder, 'home');
  const run = (env: NodeJS.ProcessEnv): Ended => place.orus(['usual.orus'], { env: { ORUS_CACHE: undefined, ...env } });
  run({ XDG_CACHE_HOME: join(home, 'xdg') });
  run({ HOME: home });
  for (const below of ['xdg/orus', '.cache/orus']) {
    const [name = ''] = readdirSync(join(home, below));
    expect(statSync(join(home, below)).mode & 0o777).toBe(0o700);
    expect(statSync(join(home, below, name)).mode & 0o777).toBe(0o600);
  }
});

test('the oldest entries go when there are too many', () => {
  mkdirSync(folder, { recursive: true });
  for (let age = 1; age <= 300; age++) {
    const path = join(folder, `${age}`);
    writeFileSync(path, '');
    utimesSync(path, 1e9 - age, 1e9 - age);
  }
  place.file('newest.orus', 'print(1)\n');
  run('newest.orus');
  expect(entries()).toHaveLength(192);
  expect(entries()).toContain('1');
  expect(entries().filter((name) => name.startsWith('newest'))).toHaveLength(1);
  expect(entries()).not.toContain('299');
  place.file('next.orus', 'print(1)\n');
  run('next.orus');
  expect(entries()).toHaveLength(193);
});
