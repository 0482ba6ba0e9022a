/**
 * Bytecode files on the command line: built, run, shown, assembled, refused.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { Workplace } from './orus-process.ts';

const place = new Workplace();

beforeAll(() => {
  place.file('shapes.orus', 'pub fn area(side: i64) -> i64:\n    return side * side\n');
  place.file('main.orus', 'use shapes\nprint(shapes.area(7))\nn = 0\nprint(1 / n)\n');
  place.file('broken.orus', 'print(coutn)\n');
});

describe('a bytecode file', () => {
  test('runs as its source does, modules included, whatever its name', () => {
    expect(place.orus(['build', 'main.orus', '-o', 'program.bin'])).toEqual({ status: 0, stdout: '', stderr: '' });
    const source = place.orus(['main.orus', '--stats=fuel']);
    expect(source.status).toBe(70);
    expect(place.orus(['program.bin', '--stats=fuel'])).toEqual(source);
    expect(place.orus(['run', 'program.bin', '--stats=fuel'])).toEqual(source);
  });

  test('stripped, shows functions and positions in their code', () => {
    expect(place.orus(['build', '--strip', 'main.orus']).status).toBe(0);
    const { status, stderr } = place.orus(['main.orbc']);
    expect(status).toBe(70);
    expect(stderr).toMatch(/Division by zero -+ main\.orbc: main\.orus at pc \d+\n/);
  });

  test('comes back from the disassembler through the assembler', () => {
    expect(place.orus(['build', 'main.orus', '-o', 'a.orbc']).status).toBe(0);
    const { stdout } = place.orus(['disasm', 'a.orbc']);
    expect(place.orus(['disasm', 'main.orus']).stdout).toBe(stdout);
    place.file('a.oasm', stdout);
    expect(place.orus(['asm', 'a.oasm', '-o', 'b.orbc'])).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(place.shell('cmp a.orbc b.orbc && echo same').stdout).toBe('same\n');
    expect(place.orus(['disasm', 'a.orbc', '--only', 'area']).stdout).toMatch(/^func \d+ area\(i64\) -> i64/);
  });

  test('is refused if it is damaged, cut off or not safe', () => {
    expect(place.shell('head -c 100 program.bin > cut.orbc; $ORUS cut.orbc 2>&1').stdout).toMatch(
      /^-- BYTECODE ERROR \[E4001\]: this bytecode file is damaged: /,
    );
    place.file(
      'hostile.oasm',
      'orus-bytecode 1\nsignature () -> bool\nfunc "f" () -> i32 sig 0 frame 2\n  poll 1\n  const.i64 r0, 9\n  str.len r1, r0\n  ret r1\nmodule "f" @f\n',
    );
    expect(place.orus(['asm', 'hostile.oasm']).status).toBe(0);
    const refused = place.orus(['hostile.orbc']);
    expect([refused.status, refused.stdout]).toEqual([65, '']);
    expect(refused.stderr).toMatch(
      /^-- BYTECODE ERROR \[E4003\]: function 0 `f`, pc 3: str\.len: r0 holds an i64, not ref/,
    );
  });
});

describe('what cannot be done', () => {
  test('writing over the input', () => {
    place.file('itself.orbc', 'print(1)\n');
    for (const words of [['itself.orbc'], ['main.orus', '-o', 'main.orus'], ['main.orus', '-o', './main.orus']]) {
      const { status, stderr } = place.orus(['build', ...words]);
      expect([status, stderr.split(';')[0]]).toEqual([64, `orus: '${words.at(-1)}' would be written over the input`]);
    }
    expect(place.orus(['itself.orbc']).stdout).toBe('1\n');
  });

  test('building what is wrong', () => {
    expect(place.orus(['build', 'broken.orus']).status).toBe(65);
    expect(place.shell('ls broken.orbc 2>&1').status).not.toBe(0);
    expect(place.shell('echo "print(1)" | $ORUS build - 2>&1')).toMatchObject({ status: 64 });
    expect(place.orus(['build', 'main.orus', '-o', 'nowhere/x.orbc']).status).toBe(74);
  });

  test('bytecode where a source is needed, and on engines that have none', () => {
    expect(place.orus(['check', 'program.bin']).stderr).toBe(
      "orus: cannot read 'program.bin': it is bytecode, and a source is needed\n",
    );
    expect(place.orus(['program.bin', '--engine=tree']).status).toBe(64);
  });

  test('assembling what is no assembly text', () => {
    place.file('bad.oasm', 'orus-bytecode 1\nsignature () -> boool\n');
    const { status, stderr } = place.orus(['asm', 'bad.oasm']);
    expect(status).toBe(65);
    expect(stderr).toMatch(/^-- BYTECODE ERROR \[E4004\]: .* bad\.oasm:2:1\n 2 \| signature/);
  });
});
