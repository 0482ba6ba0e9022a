import { expect, test } from 'vitest';
import { OP_NAMES } from '../../src/ir/ops.ts';
import { decode, decodeAll, encode, givenOperands, setTarget } from '../../src/isa/encode.ts';
import { definitionOf } from '../../src/isa/definition.ts';
import { OPCODES } from '../../src/isa/definitions.ts';
import {
  ISA_FINGERPRINT,
  OPCODE_GROUPS,
  OPCODE_NAMES,
  OPCODE_ROWS,
  OPCODES_BY_IR,
} from '../../src/isa/opcode-table.ts';
import { dataOf, opcodeTableText } from '../../src/isa/opcode-table-text.ts';
import { hasOpcode, opcode, opcodeByNumber, opcodesFor } from '../../src/isa/opcodes.ts';
import { fieldRange } from '../../src/isa/operand.ts';
import { immediateForm, selectOp } from '../../src/isa/select.ts';

test('every IR operation has an opcode', () => {
  expect(OP_NAMES.filter((name) => opcodesFor(name).length === 0)).toEqual([]);
});

test('the table that was built says what the definitions say', () => {
  const table = {
    names: OPCODE_NAMES,
    rows: OPCODE_ROWS,
    groups: OPCODE_GROUPS,
    fingerprint: ISA_FINGERPRINT,
    byIr: OPCODES_BY_IR,
  };
  expect(table).toEqual(opcodeTableText());
  for (const op of OPCODES) {
    expect(opcodeByNumber(op.number)).toEqual(dataOf(op));
    expect(opcode(op.name)).toBe(opcodeByNumber(op.number));
    expect(dataOf({ ...op, ...definitionOf(op) })).toEqual(dataOf(op));
    expect(definitionOf(op)).toBe(definitionOf(op));
    for (const ir of op.ir) expect(opcodesFor(ir)).toContain(opcode(op.name));
  }
});

test('what is not in the table', () => {
  expect(hasOpcode('add')).toBe(false);
  expect(() => opcode('add')).toThrow('opcode add');
  expect(() => opcodeByNumber(OPCODES.length)).toThrow('opcode number');
  expect(opcodesFor('add')).toEqual([]);
});

test('the table fits in a byte, hot opcodes first', () => {
  expect(OPCODES.length).toBeLessThanOrEqual(256);
  const places = OPCODES.map((op) => op.place);
  expect(places.indexOf('inline')).toBe(places.lastIndexOf('hot') + 1);
  expect(places.indexOf('outside')).toBe(places.lastIndexOf('inline') + 1);
});

test('what is encoded is decoded, at the limits of every field', () => {
  const code: number[] = [];
  const expected: { name: string; values: number[] }[] = [];
  for (const op of OPCODES) {
    for (const edge of ['min', 'max'] as const) {
      const values = givenOperands(op).map((operand) => {
        if (operand.field !== 'word') return fieldRange(operand.field)[edge];
        return operand.kind === 'i32' || operand.kind === 'i64' ? -7 : 0xffff_ffff;
      });
      encode(code, op, values);
      expected.push({ name: op.name, values });
    }
  }
  const decoded = decodeAll(Uint32Array.from(code)).map((inst) => ({
    name: inst.op.name,
    values: inst.values.filter((_, i) => inst.op.placed[i]?.kind !== 'info'),
  }));
  expect(decoded).toEqual(expected);
});

test('a target can be filled in later', () => {
  const code: number[] = [];
  const at = encode(code, opcode('loop.lt_s.i64'), [1, 2, 0, 9]);
  setTarget(code, at, 1234);
  expect(decode(code, at).values).toEqual([1, 2, 1234, 9]);
});

test('selection by operation, type code and constant', () => {
  expect(selectOp('addc.i64').name).toBe('addc.i64');
  expect(selectOp('box.i32', 6).name).toBe('box.bool');
  expect(selectOp('array.get.i32', 6).name).toBe('array.get.bool');
  expect(selectOp('array.get.i32', 2).name).toBe('array.get.i32');
  expect(selectOp('array.get.i64', 4).name).toBe('array.get.i64');
  expect(selectOp('unbox.i64', 4).name).toBe('unbox.u64');
  expect(selectOp('cell.set.f64').name).toBe('cell.set');
  expect(selectOp('call').name).toBe('call');
  expect(immediateForm(selectOp('addc.i64'), -128)?.name).toBe('addc.i64.imm');
  expect(immediateForm(selectOp('addc.i64'), 128n)).toBe(null);
  expect(immediateForm(opcode('br.eq.i32'), 128)?.name).toBe('br.eq.i32.imm');
  expect(immediateForm(selectOp('subc.i64'), 1)).toBe(null);
});
