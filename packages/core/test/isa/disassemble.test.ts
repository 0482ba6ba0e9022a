import { expect, test } from 'vitest';
import { IdMap } from '../../src/base/id-map.ts';
import type { SourceFile, Span } from '../../src/base/source.ts';
import { disassembleProgram } from '../../src/isa/disassemble.ts';
import { encode, setTarget } from '../../src/isa/encode.ts';
import { opcode } from '../../src/isa/opcodes.ts';
import type { BytecodeProgram, FuncIndex, Pc } from '../../src/isa/program.ts';

test('bytecode stands beside its source', () => {
  const files = new IdMap<Span['file'], SourceFile>();
  const file = files.nextId();
  const text = 'fn f(n):\n    while n < 9:\n        print("hi")\n';
  files.add({ id: file, path: 'a.orus', text });
  const at = (piece: string): Span => ({ file, start: text.indexOf(piece), end: text.indexOf(piece) + piece.length });
  const code: number[] = [];
  encode(code, opcode('poll'), [2]);
  const body = code.length;
  encode(code, opcode('const.str'), [1, 0]);
  encode(code, opcode('rt'), [0, 1]);
  const back = encode(code, opcode('loop.lt_s.i64.imm'), [0, 9, 0, 3]);
  setTarget(code, back, body);
  encode(code, opcode('trap'), [1]);
  const program: BytecodeProgram = {
    files,
    funcs: [
      {
        name: 'f',
        displayName: 'f',
        params: ['i64'],
        result: null,
        captures: [],
        sig: 0,
        boxed: null,
        frame: 5,
        code: Uint32Array.from(code),
        handlers: [{ start: body as Pc, end: back as Pc, target: 0 as Pc, slot: 3 }],
        safepoints: [],
        lines: [
          { pc: 0 as Pc, span: at('while'), inlined: [] },
          { pc: body as Pc, span: at('print'), inlined: [{ callee: 'g', span: at('while') }] },
          { pc: back as Pc, span: at('while'), inlined: [] },
        ],
        span: at('fn'),
      },
    ],
    types: [],
    globals: [],
    signatures: [],
    strings: ['hi'],
    constants: [],
    modules: [{ name: 'a', init: 0 as FuncIndex }],
    main: null,
  };
  expect(disassembleProgram(program)).toBe(
    [
      'func 0 f(i64) -> nothing    frame 5',
      '  a.orus:2                                while n < 9:',
      '      >0  poll                 2',
      '  a.orus:3 in g                               print("hi")',
      '      >2  const.str            r1, "hi"',
      '       4  rt                   str.concat, [r1…]',
      '  a.orus:2                                while n < 9:',
      '       5  loop.lt_s.i64.imm    r0, 9, 3 -> 2',
      '       8  trap                 divisionByZero',
      '  try 2 to 5: 0, error in r3',
      '',
    ].join('\n'),
  );
  expect(disassembleProgram(program, 'g')).toBe('');
});
