/**
 * Every opcode that has a `fold`, in the interpreter, against it, on boundary values of its operands' kinds.
 */
import { describe, expect, test } from 'vitest';
import { TRAP_NAMES } from '../../../src/base/traps.ts';
import { givenOperands } from '../../../src/isa/encode.ts';
import type { DefinedOpcode, Opcode, PlacedOperand } from '../../../src/isa/opcode.ts';
import { fieldRange } from '../../../src/isa/operand.ts';
import { OPCODES } from '../../../src/isa/definitions.ts';
import { BareMachine } from './machine.ts';

const I32 = [0, 1, -1, 2, 7, -8, 31, 0x7fff, 0xffff, 0x1_0000, 0x7fff_ffff, -0x8000_0000, -0x7fff_ffff, 46341, -46341];
const I64 = [
  0n,
  1n,
  -1n,
  2n,
  -3n,
  63n,
  10n,
  0x7fff_ffffn,
  0x8000_0000n,
  -0x8000_0000n,
  0xffff_ffffn,
  0x1_0000_0000n,
  3037000500n,
  -3037000500n,
  0x7fff_ffff_ffff_ffffn,
  -0x8000_0000_0000_0000n,
  -0x7fff_ffff_ffff_ffffn,
  0x4000_0000_0000_0000n,
];
const F64 = [
  0,
  -0,
  1,
  -1,
  0.5,
  -0.5,
  1.5,
  2 ** 31,
  2 ** 31 - 0.5,
  -(2 ** 31),
  -(2 ** 31) - 0.5,
  -(2 ** 31) - 1,
  2 ** 32,
  2 ** 32 - 0.5,
  2 ** 53,
  2 ** 63,
  2 ** 64,
  -(2 ** 63),
  2 ** 63 - 1024,
  Infinity,
  -Infinity,
  NaN,
  Number.MIN_VALUE,
  Number.MAX_VALUE,
];

type Scalar = number | bigint;

function boundaries(op: Opcode, operand: PlacedOperand): readonly Scalar[] {
  const shift = /^(shl|shr)/.test(op.name) && operand.name === 'rhs';
  if (operand.role === 'imm') {
    if (operand.field === 'word') return I32;
    const { min, max } = fieldRange(operand.field);
    return shift
      ? [0, 1, op.name.includes('i64') ? 63 : 31]
      : [min, -1, 0, 1, 3, max].filter((v) => v >= min && v <= max);
  }
  switch (operand.kind) {
    case 'i32':
      return shift ? [0, 1, 13, 31] : I32;
    case 'f64':
      return F64;
    default:
      return shift ? [0n, 1n, 33n, 63n] : I64;
  }
}

const bits = new DataView(new ArrayBuffer(8));

function toSlot(kind: string, value: Scalar): bigint {
  if (kind === 'f64') {
    bits.setFloat64(0, Number(value));
    return bits.getBigInt64(0);
  }
  if (kind === 'i32' || kind === 'ref') return BigInt(Number(value) >>> 0);
  return BigInt(value);
}

function product(lists: readonly (readonly Scalar[])[]): Scalar[][] {
  return lists.reduce<Scalar[][]>((all, list) => all.flatMap((head) => list.map((value) => [...head, value])), [[]]);
}

/** Registers that the test gives to the operands, far enough apart for every field. */
const REGISTERS = [10, 20, 255, 40];

function check(op: DefinedOpcode): void {
  const machine = new BareMachine();
  const operands = givenOperands(op);
  const inputs = operands.filter((o) => o.role !== 'def');
  const def = operands.find((o) => o.role === 'def');
  expect(def).toBeDefined();
  for (const values of product(inputs.map((o) => boundaries(op, o)))) {
    machine.code.length = 0;
    const given = operands.map((operand, i) => {
      if (operand.role === 'def') return 5;
      const value = values[inputs.indexOf(operand)] as Scalar;
      if (operand.role === 'imm') return Number(value);
      const register = REGISTERS[i] as number;
      machine.setSlot(register, toSlot(operand.kind, value));
      return register;
    });
    machine.emit(op.name, ...given);
    machine.emit('ret', 5);
    const plain = Object.fromEntries(
      inputs.map((o, i) => {
        const value = values[i] as Scalar;
        return [o.name, o.kind === 'i64' && o.role === 'imm' ? BigInt(value) : value];
      }),
    );
    const expected = op.fold?.(plain as never);
    const status = machine.run();
    const what = `${op.name} ${values.join(' ')}`;
    if (expected === undefined) {
      expect(status, what).toBe(1);
      const trap = machine.calls.pop();
      expect(trap?.name, what).toBe('trap_error');
      expect(TRAP_NAMES[Number(trap?.args[0])], what).toBe(expectedTrap(op, values));
    } else {
      expect(status, what).toBe(0);
      const result = machine.slot(0);
      const wanted = toSlot(def?.kind ?? '', expected);
      if (!(def?.kind === 'f64' && Number.isNaN(Number(expected)))) expect(result, what).toBe(wanted);
    }
  }
}

function expectedTrap(op: Opcode, values: readonly Scalar[]): string {
  if (/^(div|rem)/.test(op.name)) return Number(values[1]) === 0 ? 'divisionByZero' : 'integerOverflow';
  const conversion = /^(\w+)\.from\.f64$/.exec(op.name);
  if (conversion) return `f64To${conversion[1]?.toUpperCase()}`;
  return 'integerOverflow';
}

describe('fold and the interpreter agree', () => {
  for (const op of OPCODES) {
    if (op.fold) test(op.name, () => check(op));
  }
});
