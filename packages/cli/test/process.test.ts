/**
 * The program as a process: streams, statuses, signals. What a program means is tested elsewhere.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { VERSION } from '../src/version.ts';
import { launcher, Workplace } from './orus-process.ts';

const place = new Workplace();

beforeAll(() => {
  place.file('hello.orus', 'print("hello")\n');
  place.file('echo.orus', 'try:\n    while true:\n        print(input())\ncatch:\n    print("end")\n');
  place.file('flood.orus', 'mut n = 0\nwhile true:\n    n += 1\n    print("line", n)\n');
  place.file('spin.orus', 'print("spinning")\nmut n = 0\nwhile true:\n    n += 1\n    if n > 1000: n = 0\n');
  place.file('broken.orus', 'print("never")\nprint(coutn)\n');
  place.file('fails.orus', 'print("before")\nn = 0\nprint(1 / n)\n');
  place.file('deep.orus', 'fn down(n: i64) -> i64:\n    return down(n + 1) + 1\n\nprint(down(0))\n');
  place.file('hungry.orus', 'mut all = [1]\nwhile true: all = all * 2\n');
});

describe('how it ends', () => {
  test('well', () => {
    expect(place.orus(['hello.orus'])).toEqual({ status: 0, stdout: 'hello\n', stderr: '' });
    expect(place.orus(['run', 'hello.orus'])).toEqual({ status: 0, stdout: 'hello\n', stderr: '' });
    expect(place.orus(['check', 'hello.orus'])).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(place.orus(['-'], { input: 'print(6 * 7)' })).toEqual({ status: 0, stdout: '42\n', stderr: '' });
  });

  test('with a program that comes through a pipe, which has a name that is no path', () => {
    const { status, stdout } = place.shell("echo 'print(1)' | $ORUS /dev/stdin && $ORUS <(echo 'print(2)')");
    expect([status, stdout]).toEqual([0, '1\n2\n']);
  });

  test('with source that nests as deep as it may, on the stack that a process has', () => {
    const nested = (open: string, inner: string, close: string): string =>
      `${open.repeat(1000)}${inner}${close.repeat(1000)}`;
    const lines = [
      'struct S { v: any }',
      'enum E { A(v: any) }',
      'fn call(f): return f',
      `fn dynamic(f): ${nested('f(', '1', ')')}`,
      'yes = true',
      'items: [any] = [1]',
      `s = ${nested('S{ v: ', '1', ' }')}`,
      `e = ${nested('E.A(', '1', ')')}`,
      `t = ${nested('typeof(', '1', ')')}`,
      `f = ${nested('float(', '1', ')')}`,
      `n = ${nested('call(', '1', ')')}`,
      `p = len(${nested('push(items, ', 'items', ')')})`,
      `a = ${nested('assert_eq("", true, ', 'true', ')')}`,
      `c = ${nested('(', 'yes', ' ? yes : yes)')}`,
      `m = ${nested('match 1 { _ -> ', '1', ' }')}`,
      `x = ${nested('e matches E.A(', '1', ')')}`,
      nested('for i in items { if yes { break }; ', 'pass', ' }'),
      'print(typeof(s), typeof(e), t, f, n, p, a, c, m, x, dynamic(call))',
    ];
    place.file('nested.orus', lines.join('\n'));
    const { status, stdout, stderr } = place.orus(['nested.orus']);
    expect([status, stdout, stderr]).toEqual([0, 'S E string 1.0 1 1001 true true 1 false 1\n', '']);
  });

  test('with its version', () => {
    const expected = { status: 0, stdout: `orus ${VERSION}\n`, stderr: '' };
    expect(place.orus(['--version'])).toEqual(expected);
    expect(place.orus(['-v'])).toEqual(expected);
  });

  test('says what it needs where there is no WebAssembly', () => {
    const words = ['--jitless', launcher, join(place.folder, 'hello.orus')];
    const bare = spawnSync(process.execPath, words, { encoding: 'utf8' });
    expect(bare.status).toBe(70);
    expect(bare.stderr).toContain('orus: this Node runs without WebAssembly');
    expect(spawnSync(process.execPath, [...words, '--engine', 'tree'], { encoding: 'utf8' }).stdout).toBe('hello\n');
  });

  test('with errors in the source, running nothing', () => {
    for (const command of ['run', 'check']) {
      const { status, stdout, stderr } = place.orus([command, 'broken.orus']);
      expect([status, stdout]).toEqual([65, '']);
      expect(stderr).toMatch(/^-- SYNTAX ERROR \[E1010\]: .*coutn.* broken\.orus:2:7\n 2 \| print\(coutn\)\n/);
    }
    expect(place.orus(['check', 'hello.orus', 'broken.orus']).status).toBe(65);
  });

  test('with more errors than anybody reads', () => {
    place.file('damaged.orus', 'x = = 1\n'.repeat(250));
    const { status, stderr } = place.orus(['check', 'damaged.orus']);
    expect(status).toBe(65);
    expect(stderr.match(/^-- SYNTAX ERROR/gm)).toHaveLength(100);
    expect(stderr).toMatch(/\n\n\.\.\. and 150 more errors \(--format=json tells of all\)\n$/);
    const json = place.orus(['check', 'damaged.orus', '--format=json']);
    expect([json.status, json.stderr.trimEnd().split('\n').length]).toEqual([65, 250]);
  });

  test('with a source that cannot be read', () => {
    place.file('binary.orus', new Uint8Array([0x70, 0xff]));
    for (const path of ['nowhere.orus', '.', '/dev/zero', 'binary.orus']) {
      const { status, stdout, stderr } = place.orus([path]);
      expect([status, stdout], path).toEqual([65, '']);
      expect(stderr).toMatch(/^orus: cannot read '.*': .*\n$/);
    }
    expect(place.orus(['helo.orus']).stderr).toContain("did you mean 'hello.orus'?");
    expect(place.orus(['explian']).stderr).toContain("did you mean 'orus explain'?");
  });

  test('with a run-time error, after what was printed', () => {
    const { status, stdout } = place.shell('$ORUS fails.orus 2>&1');
    expect(status).toBe(70);
    expect(stdout).toMatch(/^before\n-- RUNTIME PANIC \[E0001\]: Division by zero .* fails\.orus:3:\d+\n/);
  });

  test('with a usage error', () => {
    for (const words of [['--nonsense'], ['run'], ['hello.orus', '--max-fuel', 'x'], ['explain', 'E9999']]) {
      const { status, stdout, stderr } = place.orus(words);
      expect([status, stdout], words.join(' ')).toEqual([64, '']);
      expect(stderr).toMatch(/^orus: .*\nTry 'orus.* --help'\.\n$/);
    }
  });

  test('with a bug of ours: short, and with a stack only if asked', () => {
    // Something that cannot happen: opening the program fails without being a system error.
    place.file(
      'sabotage.mjs',
      `import fs from 'node:fs';
       import { syncBuiltinESMExports } from 'node:module';
       const open = fs.openSync;
       fs.openSync = (path, ...rest) => {
         if (String(path).endsWith('.orus')) throw new Error('boo');
         return open(path, ...rest);
       };
       syncBuiltinESMExports();`,
    );
    const preload = '--import=./sabotage.mjs';
    const { status, stdout, stderr } = place.orus(['hello.orus'], { env: { NODE_OPTIONS: preload } });
    expect([status, stdout]).toEqual([71, '']);
    expect(stderr).toMatch(/^orus: internal error: boo\nThis is a bug in Orus/);
    expect(stderr).not.toContain('    at ');
    expect(place.orus(['hello.orus'], { env: { NODE_OPTIONS: preload, ORUS_DEBUG: '1' } }).stderr).toContain('    at ');
  });
});

describe.each(['interp', 'ir', 'tree'])('limits on %s', (engine) => {
  test.each([
    ['spin.orus', ['--max-fuel', '100000'], 'E0020', '--max-fuel'],
    ['spin.orus', ['--max-time', '200'], 'E0021', '--max-time'],
    ['deep.orus', ['--max-depth', '500'], 'E0009', '--max-depth'],
    ['hungry.orus', ['--max-memory', '32MiB'], 'E0010', '--max-memory'],
  ])('%s %j', (file, options, code, hint) => {
    const { status, stderr } = place.orus([file, '--engine', engine, ...options]);
    expect(status).toBe(70);
    expect(stderr).toContain(`[${code}]`);
    expect(stderr).toContain(hint);
  });

  test('out of memory, caught: there is a little left to report it, also while everything is in use', () => {
    const report = [
      'a = []',
      'try:',
      '    while true: push(a, [1, 2, 3])',
      'catch problem:',
      '    print("caught: " + typeof(problem), [len(a) > 1000], Result.Ok("kept"))',
    ];
    place.file('full.orus', report.join('\n'));
    const stdout = 'caught: memory error Out of memory [true] Result.Ok("kept")\n';
    for (const engine of ['interp', 'jit', 'ir', 'tree']) {
      expect(place.orus(['full.orus', '--max-memory=8MiB', '--engine', engine])).toEqual({
        status: 0,
        stdout,
        stderr: '',
      });
    }
  });
});

describe('standard output', () => {
  test('a reader that goes away ends the program silently', () => {
    for (const engine of ['interp', 'tree']) {
      const { status, stdout, stderr } = place.shell(
        `$ORUS flood.orus --engine ${engine} | head -n 2; exit \${PIPESTATUS[0]}`,
      );
      expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: 'line 1\nline 2\n', stderr: '' });
    }
  });

  test('a closed pipe is noticed at the end, too', () => {
    const { status, stderr } = place.shell('{ sleep 0.5; $ORUS hello.orus; echo $? >&2; } | true');
    expect([status, stderr]).toEqual([0, '0\n']);
  });

  test('a full device is an error', () => {
    for (const words of ['hello.orus', 'flood.orus', 'hello.orus --engine tree', '--help']) {
      const { status, stderr } = place.shell(`$ORUS ${words} > /dev/full`);
      expect([status, stderr], words).toEqual([74, 'orus: cannot write the output: no space left on device\n']);
    }
  });

  test('a slow reader gets everything', () => {
    place.file('many.orus', 'for i in 0..60000: print("line", i)\n');
    const { status, stdout } = place.shell('$ORUS many.orus | { sleep 0.5; tail -n 1; }; exit ${PIPESTATUS[0]}');
    expect([status, stdout]).toEqual([0, 'line 59999\n']);
  });

  test('a non-blocking pipe is waited for', () => {
    place.file('many.orus', 'for i in 0..60000: print("line", i)\n');
    // The pipe's other end is Node's, which makes the pipe non-blocking on both sides.
    const reader =
      'process.stdin.on("data", (d) => { for (const b of d) if (b === 10) n++; }).on("end", () => console.log(n))';
    const { stdout } = place.shell(
      `$ORUS many.orus | ${process.execPath} -e 'let n = 0; setTimeout(() => { ${reader} }, 300)'`,
    );
    expect(stdout).toBe('60000\n');
  });
});

describe('standard input', () => {
  test.each(['interp', 'tree'])('lines of every kind on %s', (engine) => {
    const long = 'x'.repeat(200_000);
    const { status, stdout } = place.orus(['echo.orus', '--engine', engine], { input: `one\r\n\n${long}\nlast` });
    expect([status, stdout]).toEqual([0, `one\n\n${long}\nlast\nend\n`]);
  });

  test('is waited for, and what was printed is shown before', async () => {
    place.file('ask.orus', 'name = input("name? ")\nprint("hello", name)\n');
    const run = place.start(['ask.orus']);
    while (run.stdout !== 'name? ') await sleep(20);
    run.child.stdin?.write('Ada\n');
    expect(await run.end()).toMatchObject({ status: 0, stdout: 'name? hello Ada\n', stderr: '' });
  });

  test('a line without end is more than the memory of the program', () => {
    place.file('lines.orus', 'for i in 0..2:\n    try: print(len(input()))\n    catch problem: print(problem)\n');
    const stdout = 'Error: Out of memory\nError: Out of memory\n';
    for (const engine of ['interp', 'ir', 'tree']) {
      const script = `$ORUS lines.orus --max-memory=8MiB --engine ${engine} < /dev/zero`;
      expect(place.shell(script)).toEqual({ status: 0, stdout, stderr: '' });
    }
  });

  test('a folder cannot be read', () => {
    const { status, stderr } = place.shell('$ORUS echo.orus < /');
    expect([status, stderr]).toEqual([74, 'orus: cannot read standard input: illegal operation on a directory\n']);
  });
});

describe.each(['interp', 'ir', 'tree'])('Ctrl-C on %s', (engine) => {
  test('ends an endless loop and keeps what was printed', async () => {
    place.file('marked.orus', 'print(input("go? "))\nmut n = 0\nwhile true:\n    n += 1\n    if n > 1000: n = 0\n');
    const run = place.start(['marked.orus', '--engine', engine]);
    // The prompt shows that the program runs; what it prints then may be in the buffer still.
    while (run.stdout !== 'go? ') await sleep(20);
    run.child.stdin?.write('spinning\n');
    await sleep(700);
    run.child.kill('SIGINT');
    expect(await run.end()).toEqual({ status: 130, signal: null, stdout: 'go? spinning\n', stderr: '' });
  });

  test('what was printed arrives while the program goes on, and outlives other signals', async () => {
    const run = place.start(['spin.orus', '--engine', engine]);
    while (run.stdout !== 'spinning\n') await sleep(20);
    run.child.kill('SIGTERM');
    expect(await run.end()).toEqual({ status: null, signal: 'SIGTERM', stdout: 'spinning\n', stderr: '' });
  });

  test('ends a program that waits for input', async () => {
    place.file('ask.orus', 'name = input("name? ")\nprint("hello", name)\n');
    const run = place.start(['ask.orus', '--engine', engine]);
    while (run.stdout !== 'name? ') await sleep(20);
    await sleep(100);
    run.child.kill('SIGINT');
    // A thread that waits in a system call cannot be ended in an orderly way; a shell makes 130 of the signal, too.
    const { status, signal, stdout, stderr } = await run.end();
    expect([status ?? signal, stdout, stderr]).toEqual([engine === 'tree' ? 'SIGINT' : 130, 'name? ', '']);
  });
});

describe('reports', () => {
  test('as JSON and as annotations', () => {
    const json = place.orus(['check', 'broken.orus', '--format', 'json']);
    expect(JSON.parse(json.stderr)).toMatchObject({ code: 'E1010', file: 'broken.orus', line: 2, column: 7 });
    const github = place.orus(['check', 'broken.orus', '--format=github']);
    expect(github.stderr).toMatch(/^::error file=broken\.orus,line=2,endLine=2,col=7,endColumn=12,title=E1010::/);
    expect(JSON.parse(place.orus(['check', 'nix.orus', '--format=json']).stderr)).toMatchObject({ severity: 'error' });
  });

  test('colours only where they are wanted', () => {
    const colour = '\x1b[';
    expect(place.orus(['check', 'broken.orus']).stderr).not.toContain(colour);
    expect(place.orus(['check', 'broken.orus', '--color', 'always']).stderr).toContain(colour);
    expect(place.orus(['check', 'broken.orus'], { env: { FORCE_COLOR: '1' } }).stderr).toContain(colour);
    expect(place.orus(['check', 'broken.orus'], { env: { FORCE_COLOR: '1', NO_COLOR: '1' } }).stderr).not.toContain(
      escape,
    );
  });

  test('--stats shows passes and register allocation as tables, and names its groups', () => {
    const both = place.orus(['hello.orus', '--stats=regalloc,passes']);
    expect(both.status).toBe(0);
    expect(both.stderr).toMatch(/^function +registers +frame +moves removed +moves left +spills/m);
    expect(both.stderr).toMatch(/^pass +changes +ms +lines\/s/m);
    for (const stage of ['front end', 'lowering', 'inline', 'code generation', 'all'])
      expect(both.stderr).toMatch(new RegExp(`^${stage} +\\d+ +[\\d.]+ +\\d+$`, 'm'));
    const refused = place.orus(['hello.orus', '--stats=nothing']);
    expect([refused.status, refused.stdout]).toEqual([64, '']);
    expect(refused.stderr).toContain("knows no 'nothing'");
  });

  test('--stats=gc tells how often, how long and for how much the collector worked', () => {
    place.file('garbage.orus', 'mut kept = [0]\nfor i in 0..400000:\n    kept = [i, len(kept)]\n');
    const { status, stderr } = place.orus(['garbage.orus', '--stats=gc']);
    expect(status).toBe(0);
    const gc = Object.fromEntries([...stderr.matchAll(/^gc\.(\S+) +(\d+)$/gm)].map(([, name, n]) => [name, Number(n)]));
    expect(gc['collections']).toBeGreaterThan(0);
    expect(gc['pauses']).toBeGreaterThanOrEqual(gc['collections'] as number);
    expect(gc['pause-max-us']).toBeGreaterThanOrEqual(gc['pause-p99-us'] as number);
    expect(gc['allocated-bytes']).toBeGreaterThan(400_000 * 24);
    expect(gc['used-bytes']).toBeLessThan(gc['allocated-bytes'] as number);
    expect(gc['live-bytes']).toBeLessThanOrEqual(gc['used-bytes'] as number);
  });

  test('counters on standard error', () => {
    const { status, stdout, stderr } = place.orus(['hello.orus', '--stats=fuel']);
    expect([status, stdout]).toEqual([0, 'hello\n']);
    expect(stderr).toMatch(/^fuel {2}\d+\n$/);
  });

  test('explanations', () => {
    expect(place.orus(['explain', 'e1010']).stdout).toContain('# E1010');
    expect(place.orus(['explain']).stdout).toMatch(/^E0001 {2}.*\n/);
  });

  test('modules that cannot be read are not said to be missing', () => {
    place.shell('printf \'x = "\\377"\n\' > torn.orus');
    place.file('torn-user.orus', 'use torn\n');
    const { status, stderr } = place.orus(['torn-user.orus']);
    expect(status).toBe(65);
    expect(stderr).toContain('module `torn` is there, but cannot be read');
    expect(stderr).toContain("help: cannot read 'torn.orus': it is not UTF-8");
  });

  test('modules that are missing list the places tried', () => {
    place.file('uses.orus', 'use shapes.round\n');
    place.file('lib/other.orus', 'pub n := 1\n');
    const { status, stderr } = place.orus(['uses.orus'], { env: { ORUSPATH: 'lib' } });
    expect(status).toBe(65);
    expect(stderr).toContain('E3003');
    expect(stderr).toContain('shapes/round.orus');
    expect(stderr).toContain('lib/shapes/round.orus');
  });
});
