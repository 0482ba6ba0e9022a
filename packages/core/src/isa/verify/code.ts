/**
 * Code of a function, decoded without trusting it: every instruction known and whole.
 */
import { BUILTIN_NAMES, type BuiltinName } from '../../base/builtins.ts';
import { decode, type DecodedInst } from '../encode.ts';
import { OPCODE_COUNT, opcodeByNumber } from '../opcodes.ts';
import type { BytecodeFunc } from '../program.ts';
import { refuse } from './refusal.ts';

export interface Code {
  readonly index: number;
  readonly func: BytecodeFunc;
  readonly insts: readonly DecodedInst[];
  /** Position in `insts` of the instruction that begins at a pc; -1 where none does. */
  readonly at: Int32Array;
  /** Position of the try range that catches what the instruction raises; -1 if none does. */
  readonly handlerOf: Int32Array;
}

export function decodeFunc(func: BytecodeFunc, index: number): Code {
  const { code } = func;
  const insts: DecodedInst[] = [];
  const at = new Int32Array(code.length).fill(-1);
  for (let pc = 0; pc < code.length; ) {
    const number = (code[pc] as number) & 0xff;
    if (number >= OPCODE_COUNT) refuse('opcodes', `there is no opcode ${number}`, index, pc);
    const op = opcodeByNumber(number);
    if (pc + op.words > code.length) refuse('opcodes', `${op.name} is cut off by the end of the code`, index, pc);
    at[pc] = insts.length;
    insts.push(decode(code, pc));
    pc += op.words;
  }
  return { index, func, insts, at, handlerOf: handlersOf(func, insts) };
}

/** The first range in the list that covers an instruction counts. */
function handlersOf({ handlers }: BytecodeFunc, insts: readonly DecodedInst[]): Int32Array {
  const handlerOf = new Int32Array(insts.length).fill(-1);
  if (handlers.length === 0) return handlerOf;
  // Backward, so that what stands first in the list is written last.
  for (let h = handlers.length - 1; h >= 0; h--) {
    const { start, end } = handlers[h] as (typeof handlers)[number];
    let low = 0;
    let high = insts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((insts[middle] as DecodedInst).pc < start) low = middle + 1;
      else high = middle;
    }
    for (let i = low; i < insts.length && (insts[i] as DecodedInst).pc < end; i++) handlerOf[i] = h;
  }
  return handlerOf;
}

/** Built-ins that only ever raise an error. */
const NEVER_RETURN: readonly BuiltinName[] = ['raise'];

/** Whether the next instruction may be executed after this one. */
export function goesOn(inst: DecodedInst): boolean {
  const { flow } = inst.op.traits;
  if (flow === 'jump' || flow === 'return' || flow === 'stop') return false;
  const builtin = operandValue(inst, 'builtin');
  return builtin < 0 || !NEVER_RETURN.includes(BUILTIN_NAMES[builtin] as BuiltinName);
}

/** Value of an immediate or number of a register, by the operand's name. */
export function operandValue(inst: DecodedInst, name: string): number {
  const { placed } = inst.op;
  for (let i = 0; i < placed.length; i++) if (placed[i]?.name === name) return inst.values[i] as number;
  return -1;
}

export function hasOperand(inst: DecodedInst, kind: string): boolean {
  return inst.op.placed.some((operand) => operand.kind === kind);
}

export function targetOf(inst: DecodedInst): number | null {
  const { placed } = inst.op;
  for (let i = 0; i < placed.length; i++) if (placed[i]?.kind === 'target') return inst.values[i] as number;
  return null;
}
