/** Assembly text: whatever a program holds comes back, and mistakes are reported on their line. */
import { describe, expect, test } from 'vitest';
import { parseAssembly } from '../../../src/isa/assembly/parse.ts';
import { printAssembly } from '../../../src/isa/assembly/print.ts';
import { writeBytecode } from '../../../src/isa/file/bytecode-file.ts';

const TEXT = `orus-bytecode 1
signature () -> bool
string "\\u0000 ; \\"quoted\\""
string "twice"
string "twice"
constant -1
func "f" () -> i32 sig 0 frame 9    ; F0
    poll               4294967295
  L2:
    const.str          r0, "\\u0000 ; \\"quoted\\""
    const.str          r0, S1
    const.pool         r1, -1
    .word 4294967295
    loop.nz            r0, 1 -> L2
    ret                r0
  L12:
  try L2 to L12 -> L2, r8
func "f" () -> i32 sig 0 frame 9    ; F1
    call               F0, 1, [r3..]
    trap               divisionByZero
`;

function assemble(text: string) {
  const result = parseAssembly(text, 'a.orbc');
  if ('problem' in result) throw new Error(`line ${result.problem.line}: ${result.problem.text}`);
  return result.program;
}

function problem(text: string): string {
  const result = parseAssembly(text, 'a.orbc');
  return 'problem' in result ? `${result.problem.line}: ${result.problem.text}` : 'none';
}

describe('the disassembler', () => {
  test('writes text that makes the same program again, also of words that are no instructions', () => {
    const program = assemble(TEXT);
    const printed = printAssembly(program);
    expect(printed).toContain('.word 4294967295');
    expect(printed).toContain('S1');
    expect(writeBytecode(assemble(printed), { strip: true })).toEqual(writeBytecode(program, { strip: true }));
    expect(printAssembly(assemble(printed))).toBe(printed);
  });
});

describe('the assembler', () => {
  const func = (...lines: string[]): string =>
    ['orus-bytecode 1', 'signature () -> bool', 'func "f" () -> i32 sig 0 frame 3', ...lines].join('\n');

  test('adds constants and strings that instructions name', () => {
    const { constants, strings } = assemble(func('  const.pool r0, 7', '  const.str r1, "a"', '  const.str r2, "a"'));
    expect(constants).toEqual([7n]);
    expect(strings).toEqual(['a']);
  });

  test.each([
    ['', '1: the text does not begin with orus-bytecode 1'],
    [func('  jmp -> L'), '4: there is no opcode jmp; did you mean jump?'],
    [func('  jump -> there', '  their:'), '4: there is no label there; did you mean their?'],
    [func('  x:', '  x:'), '5: label x is there twice'],
    [func('  move r0'), '4: expected ,, found the end of the line'],
    [func('  move r0, 1'), '4: expected a register such as r0, found 1'],
    [func('  move r0, r256'), '4: src of move is from 0 to 255, not 256'],
    [func('  call @g, 1, [r1..]'), '4: there is no function g'],
    [func('  const.str r0, "a'), '4: this cannot be read: "a'],
    [func('  ret r0 r1'), '4: expected the end of the line, found r1'],
    ['orus-bytecode 1\nvariant "V"', '2: a variant stands outside of an enum'],
    ['orus-bytecode 1\nfunc "a\\q" () -> i32', '2: expected a text in quotation marks, found "a\\q"'],
    ['orus-bytecode 1\n.at 0 0 0', '2: expected a table or `func`, found .at'],
    [func('  .at 0 5 9'), '4: function f: there is no place 0 to 0 in file 0'],
  ])('reports %j', (text, expected) => {
    expect(problem(text)).toBe(expected);
  });
});
