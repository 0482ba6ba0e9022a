/**
 * Instructions to words and back. Values stand in the order of an opcode's operands; an `info` operand repeats the function and is
 * filled in here, so callers leave it out.
 */
import { Bug, present } from '../base/bug.ts';
import { opcodeByNumber } from './opcodes.ts';
import type { Opcode, PlacedOperand } from './opcode.ts';
import { fieldRange } from './operand.ts';

/** The operands whose values callers give. */
export function givenOperands(op: Opcode): readonly PlacedOperand[] {
  return op.placed.filter((operand) => operand.kind !== 'info');
}

/** Appends an instruction; gives the index of its first word. */
export function encode(out: number[], op: Opcode, values: readonly number[]): number {
  const start = out.length;
  out.push(op.number);
  for (let i = 1; i < op.words; i++) out.push(0);
  let next = 0;
  for (const operand of op.placed) {
    const index = operand.kind === 'info' ? next - 1 : next++;
    const value = values[index];
    if (value === undefined) throw new Bug(`${op.name}: no value of ${operand.name}`);
    setOperand(out, start, op, operand, value);
  }
  if (next !== values.length) throw new Bug(`${op.name} takes ${next} operands, not ${values.length}`);
  return start;
}

/** Writes one operand of the instruction at `start`: to fill in a target that was not known. */
export function setOperand(
  out: number[] | Uint32Array,
  start: number,
  op: Opcode,
  operand: PlacedOperand,
  value: number,
): void {
  const { min, max } = fieldRange(operand.field);
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new Bug(`${op.name}: ${operand.name} = ${value} is not in ${min} to ${max}`);
  }
  if (operand.field === 'word') {
    out[start + operand.at] = value >>> 0;
    return;
  }
  const bits = is16(operand) ? 0xffff : 0xff;
  const shift = 8 * operand.at;
  const old = present(out[start], 'instruction');
  out[start] = ((old & ~(bits << shift)) | ((value & bits) << shift)) >>> 0;
}

/** Sets the target of the branch at `start`. */
export function setTarget(out: number[] | Uint32Array, start: number, target: number): void {
  const op = opcodeByNumber(present(out[start], 'instruction') & 0xff);
  const operand = present(
    op.placed.find((o) => o.kind === 'target'),
    'target of a branch',
  );
  setOperand(out, start, op, operand, target);
}

function is16(operand: PlacedOperand): boolean {
  return operand.field === 's16' || operand.field === 'u16' || operand.field === 'reg16';
}

export interface DecodedInst {
  readonly pc: number;
  readonly op: Opcode;
  /** In the order of the operands, `info` included. Signed where the field is; words of kinds i32, i64 signed, others unsigned. */
  readonly values: readonly number[];
}

export function decode(code: Uint32Array | readonly number[], pc: number): DecodedInst {
  const op = opcodeByNumber(present(code[pc], 'instruction') & 0xff);
  return { pc, op, values: op.placed.map((operand) => getOperand(code, pc, operand)) };
}

export function getOperand(code: Uint32Array | readonly number[], pc: number, operand: PlacedOperand): number {
  if (operand.field === 'word') {
    const word = present(code[pc + operand.at], 'word of an instruction');
    return operand.kind === 'i32' || operand.kind === 'i64' ? word | 0 : word;
  }
  const word = present(code[pc], 'instruction');
  const raw = word >>> (8 * operand.at);
  switch (operand.field) {
    case 's8':
      return (raw << 24) >> 24;
    case 's16':
      return (raw << 16) >> 16;
    case 'u16':
    case 'reg16':
      return raw & 0xffff;
    default:
      return raw & 0xff;
  }
}

/** All instructions of a function in order. */
export function decodeAll(code: Uint32Array | readonly number[]): DecodedInst[] {
  const insts: DecodedInst[] = [];
  for (let pc = 0; pc < code.length; ) {
    const inst = decode(code, pc);
    insts.push(inst);
    pc += inst.op.words;
  }
  return insts;
}
