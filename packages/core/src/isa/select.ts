/**
 * The table as instruction selection sees it: which opcode means an IR operation, and which forms it has.
 */
import { BUILTINS, BUILTIN_NAMES, type BuiltinName } from '../base/builtins.ts';
import { TYPE_CODES } from '../base/kinds.ts';
import { Bug, present } from '../base/bug.ts';
import { hasOpcode, opcode, opcodesFor } from './opcodes.ts';
import type { DecodedInst } from './encode.ts';
import type { Opcode } from './opcode.ts';
import { fieldRange } from './operand.ts';
import { FRAME_HEADER_SLOTS } from '../runtime/layout.ts';

/** Slots of a callee's header, right below the window of its call. */
export const HEADER_SLOTS = FRAME_HEADER_SLOTS;

const CODE_NAMES: ReadonlyMap<number, string> = new Map(Object.entries(TYPE_CODES).map(([name, code]) => [code, name]));

/** Families of operations on integers of which some TypeCodes have an opcode of their own, named by the code: `box.u32`, `array.get.bool`. */
const BY_CODE: ReadonlySet<string> = new Set(['box', 'unbox', 'array.get', 'array.set', 'array.push', 'array.pop']);

/**
 * The opcode for an IR operation with registers for operands; `code` is its immediate if that is a TypeCode.
 *
 *     selectOp('addc.i64') is addc.i64      selectOp('box.i32', bool) is box.bool      selectOp('cell.set.f64') is cell.set
 */
export function selectOp(ir: string, code?: number): Opcode {
  const family = ir.slice(0, ir.lastIndexOf('.'));
  if (code !== undefined && BY_CODE.has(family) && (ir.endsWith('.i32') || ir.endsWith('.i64'))) {
    const special = `${family}.${CODE_NAMES.get(code)}`;
    if (hasOpcode(special)) return opcode(special);
  }
  return present(opcodesFor(ir)[0], `opcode for ${ir}`);
}

/** The form of an opcode whose last register operand is a small constant, if it has one and the constant fits. */
export function immediateForm(op: Opcode, value: number | bigint): Opcode | null {
  const name = `${op.name}.imm`;
  if (!hasOpcode(name)) return null;
  const form = opcode(name);
  const operand = present(
    form.placed.find((o) => o.name === 'rhs'),
    `rhs of ${name}`,
  );
  const { min, max } = fieldRange(operand.field);
  return value >= min && value <= max ? form : null;
}

/** A point where a frame may be looked at; `operands`: the instruction is executed again, so they are live too. */
export interface SafepointPlace {
  readonly pc: number;
  readonly operands: boolean;
}

/** The safepoints that an instruction needs, in ascending order. */
export function safepointsOf(inst: DecodedInst): readonly SafepointPlace[] {
  const again = { pc: inst.pc, operands: true };
  const waiting = { pc: inst.pc + inst.op.words - 1, operands: false };
  switch (inst.op.traits.safepoint) {
    case 'none':
      return [];
    case 'self':
      return [again];
    case 'call':
      return [waiting];
    case 'both':
      return [again, waiting];
    case 'rt':
      return builtinIsSafepoint(builtinOf(inst.op, inst.values)) ? [again] : [];
  }
}

/** The built-in that an instruction calls; it is the first operand of those that do. */
export function builtinOf(op: Opcode, values: readonly number[]): number {
  const builtin = values[0];
  if (builtin === undefined) throw new Bug(`${op.name} has no built-in`);
  return builtin;
}

const BUILTIN_NUMBERS: ReadonlyMap<string, number> = new Map(BUILTIN_NAMES.map((name, i) => [name, i]));

/** The number by which instructions name a built-in. */
export function builtinNumber(name: BuiltinName): number {
  return BUILTIN_NUMBERS.get(name) as number;
}

/** The opcode that calls a built-in: on registers if it has a result and one to three operands, else on a window. */
export function builtinForm(name: BuiltinName): Opcode {
  const { params, result } = BUILTINS[name];
  return opcode(result === null || params.length === 0 || params.length > 3 ? 'rt' : `rt.${params.length}`);
}

/** Whether a built-in can collect or stop. */
export function builtinIsSafepoint(builtin: number): boolean {
  const { effects } = BUILTINS[present(BUILTIN_NAMES[builtin], 'built-in')];
  return effects.traps || effects.allocates || effects.writes;
}
