/**
 * What one instruction may do: its row in `ops.ts`, refined where the immediate decides (`rt` by the built-in's row).
 *
 * Two notions of failing must not be mixed. `traps` is what the guest's program can do wrong. `canThrow` adds running out of
 * memory, which a `try` catches too: it decides who carries an exceptional edge.
 */
import { Bug } from '../base/bug.ts';
import { BUILTINS, type Builtin, type BuiltinName, type Effects } from '../base/builtins.ts';
import { type Imm, opDef, type OpName } from './ops.ts';

/** The part of an instruction that decides its effects. */
export interface Operation {
  readonly op: OpName;
  readonly imm: Imm;
}

export function builtinOf(imm: Imm): Builtin {
  const row = typeof imm === 'string' ? (BUILTINS as Record<string, Builtin>)[imm] : undefined;
  if (row === undefined) throw new Bug(`no built-in ${String(imm)}`);
  return row;
}

export function effectsOf(inst: Operation): Effects {
  return inst.op === 'rt' ? builtinOf(inst.imm).effects : opDef(inst.op).effects;
}

const CAN_THROW = 1;
const REMOVABLE = 2;
const PURE = 4;

/** The answers of the functions below as bits, by operation and (for `rt`) by built-in; worked out when first asked for. */
const BITS = new Map<string, number>();
const BUILTIN_BITS = new Map<Imm, number>();

function bitsOf(inst: Operation): number {
  const isBuiltin = inst.op === 'rt';
  const known = isBuiltin ? BUILTIN_BITS.get(inst.imm) : BITS.get(inst.op);
  if (known !== undefined) return known;
  const effects = effectsOf(inst);
  const throws = inst.op !== 'poll' && (effects.traps || effects.allocates);
  const onlyMemory = isBuiltin ? ONLY_MEMORY.has(inst.imm as string) : ONLY_MEMORY_OPS.has(inst.op);
  const removable = !effects.writes && (!effects.traps || onlyMemory);
  const same = isBuiltin && SAME.has(inst.imm as string);
  const pure = !effects.writes && !effects.reads && (!effects.allocates || same);
  const bits = (throws ? CAN_THROW : 0) | (removable ? REMOVABLE : 0) | (pure ? PURE : 0);
  if (isBuiltin) BUILTIN_BITS.set(inst.imm, bits);
  else BITS.set(inst.op, bits);
  return bits;
}

/**
 * Whether an error that a handler can catch may leave the instruction: a trap of its own, one of a callee, or running out of
 * memory. A poll never throws, because limits cannot be caught.
 */
export function canThrow(inst: Operation): boolean {
  return (bitsOf(inst) & CAN_THROW) !== 0;
}

/** Built-ins whose only failure is running out of memory, although their row says that they trap. */
const ONLY_MEMORY: ReadonlySet<string> = new Set<BuiltinName>([
  'str.concat',
  'str.append',
  'str.append.i64',
  'str.concat.i64',
  'array.new',
  'adapt.any',
  'array.push.any',
  'typeof.any',
]);
/** Likewise instructions. */
const ONLY_MEMORY_OPS: ReadonlySet<OpName> = new Set<OpName>([
  'box.i64',
  'struct.new',
  'enum.new',
  'closure.new',
  'cell.new.i32',
  'cell.new.i64',
  'cell.new.f64',
  'cell.new.ref',
  'cell.new.any',
]);

/** Built-ins that allocate at most to make a string flat, of which nothing shows. */
const SAME: ReadonlySet<string> = new Set<BuiltinName>(['str.eq', 'str.cmp', 'str.index', 'str.byte']);

/**
 * Whether an instruction whose result nobody uses may be dropped: it changes nothing and cannot fail, except by running out of
 * memory, which a program that allocates less may simply not do.
 */
export function isRemovable(inst: Operation): boolean {
  return (bitsOf(inst) & REMOVABLE) !== 0;
}

/**
 * Whether two executions on the same operands give the same result and neither shows: equal instructions may share one value.
 * Reading instructions and those that make new objects are not among them.
 */
export function isPure(inst: Operation): boolean {
  return (bitsOf(inst) & PURE) !== 0;
}
