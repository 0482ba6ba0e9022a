/**
 * Which slots an instruction reads, sets and destroys: for liveness. Typing has checked before that all of them lie in the frame.
 */
import { BUILTINS, BUILTIN_NAMES, type BuiltinName } from '../../base/builtins.ts';
import { FRAME_HEADER_SLOTS } from '../../runtime/layout.ts';
import type { DecodedInst } from '../encode.ts';
import type { PlacedOperand } from '../opcode.ts';
import type { BytecodeProgram } from '../program.ts';
import { valueOf } from './code.ts';

export interface Slots {
  /** Slots of a window that are read: from the first on so many. */
  readonly window: number;
  readonly reads: number;
  /** A slot of the window that is set; -1 if none. */
  readonly result: number;
  /** All slots from here on are lost; the frame's end if none are. */
  readonly lost: number;
}

const NO_WINDOW: Slots = { window: 0, reads: 0, result: -1, lost: Number.MAX_SAFE_INTEGER };

/** What an instruction does to its window. `operandsOfClosure`: how many operands a call through a function value has. */
export function windowOf(inst: DecodedInst, program: BytecodeProgram, operandsOfClosure: () => number): Slots {
  const operand = inst.op.placed.find(({ kind }) => kind === 'window');
  if (operand === undefined) return NO_WINDOW;
  const window = valueOf(inst, operand.name);
  const { flow } = inst.op.traits;
  if (flow === 'call') {
    const lost = window - FRAME_HEADER_SLOTS;
    return { window, reads: operandsOfCall(inst, program, operandsOfClosure), result: window, lost };
  }
  const builtin = valueOf(inst, 'builtin');
  if (builtin >= 0) {
    const { params, result } = BUILTINS[BUILTIN_NAMES[builtin] as BuiltinName];
    return { ...NO_WINDOW, window, reads: params.length, result: result === null ? -1 : window };
  }
  return { ...NO_WINDOW, window, reads: valueOf(inst, 'count') };
}

function operandsOfCall(inst: DecodedInst, program: BytecodeProgram, operandsOfClosure: () => number): number {
  const func = valueOf(inst, 'func');
  if (func >= 0) return program.funcs[func]?.params.length ?? 0;
  const count = valueOf(inst, 'count');
  return count >= 0 ? count : operandsOfClosure();
}

export function forEachUse(inst: DecodedInst, visit: (slot: number) => void): void {
  const { placed } = inst.op;
  for (let i = 0; i < placed.length; i++) {
    const { role } = placed[i] as PlacedOperand;
    if (role === 'use' || role === 'update') visit(inst.values[i] as number);
  }
}

export function forEachDef(inst: DecodedInst, visit: (slot: number) => void): void {
  const { placed } = inst.op;
  for (let i = 0; i < placed.length; i++) {
    const { role } = placed[i] as PlacedOperand;
    if (role === 'def' || role === 'update') visit(inst.values[i] as number);
  }
}
