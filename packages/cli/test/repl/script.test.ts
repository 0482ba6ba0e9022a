/** The REPL without a terminal: a script on standard input. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const program = join(import.meta.dirname, '../../bin/orus.js');

function run(script: string, args: readonly string[] = [], cwd?: string) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    input: script,
    encoding: 'utf8',
    timeout: 30_000,
    ...(cwd === undefined ? {} : { cwd }),
  });
  return { status, stdout, stderr };
}

describe('a script', () => {
  test('prints what it prints and the values, without prompts', () => {
    expect(run('x = 20\nx + 1\nprint("now")\n_ * 2')).toEqual({ status: 0, stdout: '21\nnow\n42\n', stderr: '' });
    expect(run('1 + 1', ['repl'])).toEqual({ status: 0, stdout: '2\n', stderr: '' });
    expect(run('')).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  test('entries of many lines end with an empty line, the last one with the input', () => {
    expect(run('fn f(n):\n    return n\n\nf([1,\n\n2])\nif true:\n    f(3)\n    print(4)').stdout).toBe('[1, 2]\n4\n');
  });

  test('goes on after errors, which name the entry, and ends with status 0', () => {
    const { status, stdout, stderr } = run('nope\nx = 1 / 0\nx\n"still here"\n');
    expect([status, stdout]).toEqual([0, 'still here\n']);
    expect(stderr).toContain('<repl 1>:1:1');
    expect(stderr).toContain(' 1 | nope');
    expect(stderr).toContain('Division by zero');
    expect(stderr).toContain('<repl 2>:1:5');
    expect(stderr).not.toContain('\x1b');
  });

  test('input() reads the next line of the script', () => {
    expect(run('name = input()\nAda\nname').stdout).toBe('Ada\n');
  });

  test('limits hold for each entry', () => {
    const { status, stdout, stderr } = run('while true: pass\nfn f(n): f(n + 1)\nf(0)\n7\n', [
      '--max-fuel',
      '100000',
      '--max-depth=50',
    ]);
    expect([status, stdout]).toEqual([0, '7\n']);
    expect(stderr).toContain('[E0020]');
    expect(stderr).toContain('calls may nest 50 deep');
  });

  test('runs on the tree engine, in the edition that is asked for', () => {
    expect(run('[1, 2, 3]\n0.1', ['--engine', 'tree', '--edition', 'classic']).stdout).toBe(
      '1, 2, 3\n0.10000000000000001\n',
    );
    expect(run('1', ['--engine', 'ir']).status).toBe(64);
  });
});

describe('commands', () => {
  test(':type, :doc, :fuel, :edition, :help', () => {
    const script = [
      '// Doubles.',
      'fn twice(n: i64) -> i64: n * 2',
      ':type [twice(1)]',
      ':type nope',
      ':doc len',
      ':doc E1010',
      ':edition classic',
      ':edition',
      '[1, 2, 3]',
      ':help quit',
      ':quit',
      'print("never")',
    ].join('\n');
    const { status, stdout, stderr } = run(script);
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^\[i64\]\nlen\(x\) -> i64\nLength of an array, or of a string in bytes\.\n# E1010: .*\nclassic\n1, 2, 3\n:quit: leave/s,
    );
    expect(stdout).not.toContain('never');
    expect(stderr).toContain('`nope` is not defined');
  });

  test('a declaration is described with the comment above it', () => {
    expect(run('struct P {\n// Across.\nx: i64\n}\n:doc P\n:doc P.x').stdout).toBe(
      'struct P { x: i64 }\nP.x: i64\nAcross.\n',
    );
  });

  test('code is shown without being run', () => {
    const { stdout } = run('fn f(n: i64) -> i64: n + 1\n:ir f\n:bc f\n:bc print("not run")\n:ir f(1) + 2\nf(1)');
    expect(stdout).toContain('"f" (i64) -> i64');
    expect(stdout).toContain('func 1 f(i64) -> i64');
    expect(stdout).not.toMatch(/^not run$/m);
    expect(stdout).toMatch(/\n2\n$/);
  });

  test('mistakes are explained', () => {
    const { stderr } = run(':tpe x\n:nothinglikeit\n:type\n:fuel x\n:edition 1999\n:load nowhere.orus\n:reset 1');
    expect(stderr.trimEnd().split('\n')).toEqual([
      'orus: there is no command :tpe; did you mean :type?',
      'orus: there is no command :nothinglikeit; :help lists them',
      'orus: :type needs an EXPRESSION',
      "orus: :fuel takes a whole number or none, not 'x'",
      "orus: there is no edition '1999'; there are classic and 2026",
      "orus: cannot read 'nowhere.orus': there is no such file",
      'orus: :reset takes nothing',
    ]);
  });

  test(':reset forgets; :fuel sets a limit', () => {
    const { stdout, stderr } = run('x = 5\n:reset\nx\n:fuel 10_000\nfor i in 0..1_000_000: pass\n:fuel none\n8');
    expect(stderr).toContain('`x` is not defined');
    expect(stderr).toContain('10000 units of work');
    expect(stdout).toBe('8\n');
  });

  test(':save writes the entries, :load runs a file in the session', () => {
    const folder = mkdtempSync(join(tmpdir(), 'orus-repl-'));
    try {
      writeFileSync(join(folder, 'more.orus'), 'pub y = x + 1\n\nfn show():\n    print("y is", y)\n');
      const first = run(
        'x = 5\nnope\nfn f():\n    return x\n\n:load more.orus\nshow()\n:save out.orus\n:save out.orus',
        [],
        folder,
      );
      expect(first.stdout).toBe('y is 6\n');
      expect(first.stderr).toContain("there is a file 'out.orus' already; :save! replaces it");
      const saved = join(folder, 'out.orus');
      expect(existsSync(saved)).toBe(true);
      expect(readFileSync(saved, 'utf8')).toContain('x = 5\nfn f():\n    return x\npub y = x + 1\n');
      expect(run('', ['out.orus'], folder).stdout).toBe('y is 6\n');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
