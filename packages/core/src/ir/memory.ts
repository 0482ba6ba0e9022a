/**
 * Which memory an instruction reads and writes: the table that removing and moving loads relies on.
 *
 * Memory that a program can see falls into spaces, and a space into slots: two accesses touch the same memory only if they
 * have the same space and slot, and (where both have one) if their objects and indices can be equal. Elements have slots only in
 * programs that never access one array as arrays of two types (`elementsApart`); elsewhere a store of one writes to all.
 *
 *     space      slot                                      object, index
 *     globals    the module variable                       -
 *     fields     the number of the field, and its kind     the struct
 *     cells      the kind                                  the cell
 *     elements   the kind                                  the array, the index
 *     lengths    0                                         the array
 *
 * What is immutable (payloads, captured values, lengths of strings) is no memory. Iterators, output and the clock are, but nothing here
 * reads them. A poll neither reads nor writes: a run that stops there goes on as if it had not, or not at all.
 */
import type { BuiltinName } from '../base/builtins.ts';
import { builtinOf, effectsOf } from './effects.ts';
import type { Inst, Kind, ValueId } from './ir.ts';
import type { Imm, OpName } from './ops.ts';

export const GLOBALS = 1;
export const FIELDS = 2;
export const CELLS = 4;
export const ELEMENTS = 8;
export const LENGTHS = 16;
export const ALL_SPACES = 31;

export interface Location {
  readonly space: number;
  readonly slot: number;
  readonly object: ValueId | null;
  readonly index: ValueId | null;
}

interface Access {
  readonly space: number;
  readonly load: boolean;
  readonly kind: number;
}

export const KINDS: readonly Kind[] = ['i32', 'i64', 'f64', 'ref', 'any'];

const ACCESSES: ReadonlyMap<OpName, Access> = accesses();

function accesses(): Map<OpName, Access> {
  const table = new Map<OpName, Access>();
  const families: readonly [string, number][] = [
    ['global', GLOBALS],
    ['field', FIELDS],
    ['cell', CELLS],
    ['array', ELEMENTS],
  ];
  for (const [family, space] of families) {
    for (const [kind, name] of KINDS.entries()) {
      table.set(`${family}.get.${name}` as OpName, { space, load: true, kind });
      table.set(`${family}.set.${name}` as OpName, { space, load: false, kind });
    }
  }
  table.set('array.len', { space: LENGTHS, load: true, kind: 0 });
  return table;
}

/** Whether an operation reads (`get`) or writes (`set`) a field or a cell in place. */
export function objectAccess(op: OpName): 'get' | 'set' | undefined {
  const access = ACCESSES.get(op);
  if (access === undefined || (access.space & (FIELDS | CELLS)) === 0) return undefined;
  return access.load ? 'get' : 'set';
}

/** Built-ins that write some memory which a load can see; of the others that write, these write none. */
const BUILTIN_WRITES: ReadonlyMap<string, number> = new Map<BuiltinName, number>([
  ['dyn.setfield', FIELDS],
  ['array.pop.any', ELEMENTS | LENGTHS],
  ['array.push.any', LENGTHS],
  ['array.set.any', ELEMENTS],
  ['any.set', ELEMENTS],
]);
const HARMLESS = ['out.', 'range.next', 'iter.next', 'input', 'timestamp', 'raise'];

/** Spaces of which operations and built-ins may change any slot, as far as somebody asked. */
const OP_WRITES = new Map<OpName, number>();
const ALL_BUILTIN_WRITES = new Map<Imm, number>();

/** What an operation other than `rt` may write; direct calls are for `analysis/memory.ts` to refine. */
function opWrites(op: OpName): number {
  if (ACCESSES.has(op) || op === 'poll') return 0;
  // What stands in an array stays there when something is appended, in whatever form.
  if (op.startsWith('array.push.')) return LENGTHS;
  if (op.startsWith('array.pop.')) return ELEMENTS | LENGTHS;
  return effectsOf({ op, imm: null }).writes ? ALL_SPACES : 0;
}

function builtinWrites(imm: Imm): number {
  if (!builtinOf(imm).effects.writes) return 0;
  const name = imm as string;
  return BUILTIN_WRITES.get(name) ?? (HARMLESS.some((harmless) => name.startsWith(harmless)) ? 0 : ALL_SPACES);
}

/** Whether an instruction is a load of what a location names. */
export function isLoad({ op }: Inst): boolean {
  return ACCESSES.get(op)?.load === true;
}

/** Whether an instruction is a plain store. */
export function isStore({ op }: Inst): boolean {
  return ACCESSES.get(op)?.load === false;
}

/** What a load reads; null if the instruction is none. */
export function loadedFrom(inst: Inst): Location | null {
  const access = ACCESSES.get(inst.op);
  return access?.load === true ? locationOf(inst, access) : null;
}

/** What a plain store writes, and nothing else; null if the instruction is none. */
export function storedTo(inst: Inst): Location | null {
  const access = ACCESSES.get(inst.op);
  return access?.load === false ? locationOf(inst, access) : null;
}

/** The space that a plain store writes to, 0 if the instruction is none. */
export function storedSpace({ op }: Inst): number {
  const access = ACCESSES.get(op);
  return access?.load === false ? access.space : 0;
}

/** The value that a plain store writes: its last operand. */
export function storedValue(inst: Inst): ValueId {
  return inst.args[inst.args.length - 1] as ValueId;
}

/** The spaces of which anything may be written; a plain store is not among them. */
export function killsOf(inst: Inst): number {
  return inst.op === 'rt'
    ? remembered(ALL_BUILTIN_WRITES, inst.imm, builtinWrites)
    : remembered(OP_WRITES, inst.op, opWrites);
}

function remembered<K>(known: Map<K, number>, key: K, find: (key: K) => number): number {
  let spaces = known.get(key);
  if (spaces === undefined) known.set(key, (spaces = find(key)));
  return spaces;
}

/** Space and slot as one number. */
export function placeOf({ space, slot }: Location): number {
  return slot * 32 + space;
}

function locationOf(inst: Inst, { space, kind }: Access): Location {
  const object = space === GLOBALS ? null : (inst.args[0] as ValueId);
  const index = space === ELEMENTS ? (inst.args[1] as ValueId) : null;
  let slot = 0;
  if (space === GLOBALS) slot = inst.imm as number;
  else if (space === FIELDS) slot = (inst.imm as number) * 8 + kind;
  else if (space === CELLS || space === ELEMENTS) slot = kind;
  return { space, slot, object, index };
}
