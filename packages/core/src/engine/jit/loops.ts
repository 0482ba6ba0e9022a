/**
 * The loops of a flow, and what stays the same in all of their rounds.
 *
 * Machine code holds the buffer and the length of an array in locals while a loop runs, if nothing in the loop may change an array's
 * header and the slot with the array is not written. Where no reference is stored in an array either, an element that is read at the same
 * index of such an array in every round is read before the loop: the row of a matrix, whose length and buffer are known until its slot is
 * written. Bytecode cannot do that, because an array that holds anything may be known under two types; what machine code reads and writes
 * without leaving are arrays of one kind each. A loop in which nothing is called can be unrolled by the host, so it is kept free of calls: what
 * it needs once in a while is done outside of it.
 *
 * The same goes for where the bytes of a string stand, if nothing in the loop joins strings: that may move the bytes of one that was joined before.
 */
import { BUILTINS, BUILTIN_NAMES, type BuiltinName } from '../../base/builtins.ts';
import { present } from '../../base/bug.ts';
import type { DecodedInst } from '../../isa/encode.ts';
import { bodyOf, predecessors, type Flow } from './flow.ts';
import { REP, type Slots } from './slots.ts';

/** An array whose elements the loop reads or writes as one kind, by the slot it stands in. */
export interface SteadyArray {
  readonly slot: number;
  /** An instruction of the loop that says the kind. */
  readonly inst: number;
}

/** A reference in a steady array that is the same in all rounds. */
export interface SteadyElement {
  /** The instruction that reads it. */
  readonly inst: number;
  /** Accesses to its elements, if it is an array. */
  readonly accesses: readonly number[];
}

export interface Loop {
  readonly header: number;
  readonly parent: Loop | null;
  /** Arrays to be looked at before the loop; those of loops around it are not repeated. */
  readonly arrays: readonly SteadyArray[];
  /** Elements to be read before the loop, rows before what is in them. */
  readonly elements: readonly SteadyElement[];
  /** Slots with strings of which bytes are read, to be looked at before the loop as well. */
  readonly strings: readonly number[];
  /** Whether no loop stands inside and nothing in it calls. */
  readonly tight: boolean;
}

// Names are taken apart, because this runs in front of the first machine code of a program, and V8 would compile each regular expression twice.

const ELEMENTS: readonly (string | undefined)[] = ['bool', 'i32', 'i64', 'f64', 'ref'];

/** What an instruction reads or writes of an array, if it is such an access: the kind of its elements. */
function elementOf({ op }: DecodedInst): string | null {
  if (!op.name.startsWith('array.')) return null;
  const [, access, kind, ...more] = op.name.split('.');
  if ((access !== 'get' && access !== 'set') || more.length > 0) return null;
  return ELEMENTS.includes(kind) ? (kind as string) : null;
}

export const isElementAccess = (inst: DecodedInst): boolean => elementOf(inst) !== null;

/** Families of instructions that may call the core, but change no array's header; and those that only make something. */
const HARMLESS: readonly string[] = ['dyn', 'str', 'equal', 'box', 'unbox'];
const MAKERS: readonly string[] = ['struct', 'enum', 'closure', 'cell'];

function isHarmless(name: string): boolean {
  const [family = '', verb, kind] = name.split('.');
  if (family === 'array') return verb === 'get' && kind === 'any';
  return HARMLESS.includes(family) || (verb === 'new' && MAKERS.includes(family));
}

/** What joins strings; everything else that is done by the core leaves bytes that are in one place there. */
function joins(name: string): boolean {
  const [family, verb] = name.split('.');
  return family === 'str' ? verb === 'concat' || verb === 'append' : family === 'dyn' && verb === 'add';
}

/** The slot of the array in an access to an element. */
export function arraySlot({ op, values }: DecodedInst): number {
  return values[op.placed.findIndex(({ name }) => name === 'array')] as number;
}

/** The type whose elements an access takes for granted that the array stores. */
export function elementCode({ op, values }: DecodedInst): number {
  return values[op.placed.findIndex(({ name }) => name === 'code')] as number;
}

/** Whether an instruction reads one byte of a string. */
export function isByteRead({ op }: DecodedInst): boolean {
  if (!op.name.startsWith('str.')) return false;
  const [, verb] = op.name.split('.');
  return verb === 'index' || verb === 'byte';
}

/** Whether machine code takes it for granted that an instruction need not call the core. */
export const isGuess = (inst: DecodedInst): boolean => isElementAccess(inst) || isByteRead(inst);

/** The slot of the string in a read of a byte. */
export function stringSlot({ op, values }: DecodedInst): number {
  return values[op.placed.findIndex(({ name }) => name === 'src')] as number;
}

export function isPoll({ op }: DecodedInst): boolean {
  return op.placed.some(({ kind }) => kind === 'cost');
}

const callsNothing = (inst: DecodedInst): boolean =>
  inst.op.traits.safepoint === 'none' || isPoll(inst) || isGuess(inst);

/** The built-in that an instruction names. */
function builtinOf({ op, values }: DecodedInst): BuiltinName | null {
  const at = op.placed.findIndex(({ kind }) => kind === 'builtin');
  return at < 0 ? null : present(BUILTIN_NAMES[values[at] as number], 'built-in');
}

/** Whether an instruction changes no array's header; stores of elements that are not as they say are left before they do. */
export function keepsArrays(inst: DecodedInst): boolean {
  const { op } = inst;
  if (callsNothing(inst)) return true;
  const builtin = builtinOf(inst);
  if (builtin !== null) return !BUILTINS[builtin].effects.writes;
  return op.traits.flow === 'next' && isHarmless(op.name);
}

/** For each block the innermost loop that it is in; `mayLeave`: whether machine code is left where an instruction's guess is wrong. */
export function loopsOf(flow: Flow, slots: Slots, mayLeave: (inst: number) => boolean): (Loop | null)[] {
  const { blocks } = flow;
  const innermost: (Loop | null)[] = blocks.map(() => null);
  // Headers in order: an outer loop's header stands before those inside it.
  blocks.forEach((block, header) => {
    if (!block.loop) return;
    const inside = bodyOf(blocks, header);
    const parent = innermost[header] ?? null;
    const loop = describe(flow, slots, mayLeave, header, parent, inside);
    for (const each of inside) innermost[each] = loop;
  });
  return innermost;
}

/** An instruction of a loop, and where it stands. */
interface Placed {
  readonly inst: number;
  readonly block: number;
}

function describe(
  flow: Flow,
  slots: Slots,
  mayLeave: (inst: number) => boolean,
  header: number,
  parent: Loop | null,
  inside: ReadonlySet<number>,
): Loop {
  /** Slots that are written. */
  const writes = new Set<number>();
  /** Whether an error may be caught, from the middle of a block on. */
  let catches = false;
  const accesses: Placed[] = [];
  let keeps = true;
  let keepsReferences = true;
  let keepsBytes = true;
  const reads = new Set<number>();
  let tight = true;
  for (const block of inside) {
    const { start, end, loop } = flow.blocks[block] as Flow['blocks'][number];
    if (loop && block !== header) tight = false;
    for (let at = start; at < end; at++) {
      const inst = flow.insts[at] as DecodedInst;
      const { def } = slots.effects(at);
      if (def !== null) writes.add(def.slot);
      const handler = flow.handlerOf(at);
      if (handler !== null) {
        writes.add(handler.slot);
        catches = true;
        tight = false;
      }
      if (!callsNothing(inst)) tight = false;
      if (!keepsArrays(inst)) keeps = false;
      if (def === null && elementOf(inst) === 'ref') keepsReferences = false;
      if (inst.op.traits.flow === 'call' || joins(builtinOf(inst) ?? inst.op.name)) keepsBytes = false;
      if (isByteRead(inst)) reads.add(stringSlot(inst));
      if (isElementAccess(inst)) accesses.push({ inst: at, block });
    }
  }
  // A store that does not leave makes an array of another type one of anything, which is the one of an access to that type under another name.
  const codes = new Set(accesses.map(({ inst }) => elementCode(flow.insts[inst] as DecodedInst)));
  if (codes.size > 1 && accesses.some(({ inst }) => slots.effects(inst).def === null && !mayLeave(inst))) keeps = false;
  const arrays: SteadyArray[] = [];
  const elements: SteadyElement[] = [];
  const live = slots.atEntry(header);
  const keptSlot = (slot: number): boolean => !writes.has(slot) && live[slot] !== REP.dead;
  const strings = keepsBytes ? [...reads].filter((slot) => keptSlot(slot) && !isSteadyString(parent, slot)) : [];
  if (keeps) {
    for (const { inst } of accesses) {
      const slot = arraySlot(flow.insts[inst] as DecodedInst);
      if (!keptSlot(slot)) continue;
      // The first access decides for which type; another's looks for itself.
      if (arrays.some((known) => known.slot === slot) || isSteady(parent, slot)) continue;
      arrays.push({ slot, inst });
    }
    if (keepsReferences) {
      const inOrder = accesses.sort((a, b) => a.block - b.block || a.inst - b.inst);
      for (const at of inOrder) {
        const access = flow.insts[at.inst] as DecodedInst;
        if (elementOf(access) !== 'ref') continue;
        const { op, values } = access;
        const row = arraySlot(access);
        const index = values[op.placed.findIndex(({ name }) => name === 'index')] as number;
        const isKept = keptSlot(row) || elements.some(({ accesses: known }) => known.includes(at.inst));
        if (!isKept || !keptSlot(index) || isSteadyElement(parent, at.inst)) continue;
        const { slot } = present(slots.effects(at.inst).def, 'slot of an element');
        const within = inOrder.filter(
          (each) =>
            !catches &&
            arraySlot(flow.insts[each.inst] as DecodedInst) === slot &&
            comesFrom(flow, slots, header, at, each, slot),
        );
        elements.push({ inst: at.inst, accesses: within.map(({ inst }) => inst) });
      }
    }
  }
  return { header, parent, arrays, elements, strings, tight };
}

/**
 * Whether what a slot holds before the second instruction was written by the first, in the same round of a loop, whichever way leads there.
 * Nothing in the loop may catch an error: that would be a way from the middle of a block.
 */
function comesFrom({ blocks }: Flow, slots: Slots, header: number, first: Placed, then: Placed, slot: number): boolean {
  const preds = predecessors(blocks);
  const seen = new Set<number>();
  const pending = [{ block: then.block, end: then.inst }];
  for (let way = pending.pop(); way !== undefined; way = pending.pop()) {
    const { start } = blocks[way.block] as Flow['blocks'][number];
    let at = way.end - 1;
    while (at >= start && slots.effects(at).def?.slot !== slot) at--;
    if (at === first.inst) continue;
    if (at >= start || way.block === header) return false;
    for (const block of preds[way.block] as number[]) {
      if (seen.has(block)) continue;
      seen.add(block);
      pending.push({ block, end: (blocks[block] as Flow['blocks'][number]).end });
    }
  }
  return true;
}

function isSteadyElement(loop: Loop | null, inst: number): boolean {
  for (let around = loop; around !== null; around = around.parent) {
    if (around.elements.some((known) => known.inst === inst)) return true;
  }
  return false;
}

function isSteadyString(loop: Loop | null, slot: number): boolean {
  for (let around = loop; around !== null; around = around.parent) if (around.strings.includes(slot)) return true;
  return false;
}

function isSteady(loop: Loop | null, slot: number): boolean {
  for (let around = loop; around !== null; around = around.parent) {
    if (around.arrays.some((known) => known.slot === slot)) return true;
  }
  return false;
}
