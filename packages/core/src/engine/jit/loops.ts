/**
 * The loops of a flow, and what stays the same in all of their rounds.
 *
 * Machine code holds the buffer and the length of an array in locals while a loop runs, if nothing in the loop may change an array's
 * header and the slot with the array is not written. A loop in which nothing is called can be unrolled by the host, so it is kept free
 * of calls: what it needs once in a while is done outside of it.
 */
import { BUILTINS, BUILTIN_NAMES } from '../../base/builtins.ts';
import { present } from '../../base/bug.ts';
import type { DecodedInst } from '../../isa/encode.ts';
import { bodyOf, type Flow } from './flow.ts';
import { REP, type Slots } from './slots.ts';

/** An array whose elements the loop reads or writes as one kind, by the slot it stands in. */
export interface SteadyArray {
  readonly slot: number;
  /** An instruction of the loop that says the kind. */
  readonly inst: number;
}

export interface Loop {
  readonly header: number;
  readonly parent: Loop | null;
  /** Arrays to be looked at before the loop; those of loops around it are not repeated. */
  readonly arrays: readonly SteadyArray[];
  /** Whether no loop stands inside and nothing in it calls. */
  readonly tight: boolean;
}

const ELEMENT = /^array\.(get|set)\.(bool|i32|i64|f64|ref)$/;
/** Instructions that may call the core, but change no array's header. */
const HARMLESS = /^(dyn\.|str\.|equal\.|box\.|unbox\.|struct\.new|enum\.new|closure\.new|cell\.new|array\.get\.any)/;

export const isElementAccess = ({ op }: DecodedInst): boolean => ELEMENT.test(op.name);

/** The slot of the array in an access to an element. */
export function arraySlot({ op, values }: DecodedInst): number {
  return values[op.placed.findIndex(({ name }) => name === 'array')] as number;
}

export function isPoll({ op }: DecodedInst): boolean {
  return op.placed.some(({ kind }) => kind === 'cost');
}

const callsNothing = (inst: DecodedInst): boolean =>
  inst.op.traits.safepoint === 'none' || isPoll(inst) || isElementAccess(inst);

function keepsArrays(inst: DecodedInst): boolean {
  const { op, values } = inst;
  if (callsNothing(inst)) return true;
  const at = op.placed.findIndex(({ kind }) => kind === 'builtin');
  if (at >= 0) return !BUILTINS[present(BUILTIN_NAMES[values[at] as number], 'built-in')].effects.writes;
  return HARMLESS.test(op.name) && op.traits.flow === 'next';
}

/** For each block the innermost loop that it is in. */
export function loopsOf(flow: Flow, slots: Slots): (Loop | null)[] {
  const { blocks } = flow;
  const innermost: (Loop | null)[] = blocks.map(() => null);
  // Headers in order: an outer loop's header stands before those inside it.
  blocks.forEach((block, header) => {
    if (!block.loop) return;
    const inside = bodyOf(blocks, header);
    const parent = innermost[header] ?? null;
    const loop = describe(flow, slots, header, parent, inside);
    for (const each of inside) innermost[each] = loop;
  });
  return innermost;
}

function describe(flow: Flow, slots: Slots, header: number, parent: Loop | null, inside: ReadonlySet<number>): Loop {
  const written = new Set<number>();
  const accesses: number[] = [];
  let keeps = true;
  let tight = true;
  for (const each of inside) {
    const { start, end, loop } = flow.blocks[each] as Flow['blocks'][number];
    if (loop && each !== header) tight = false;
    for (let at = start; at < end; at++) {
      const inst = flow.insts[at] as DecodedInst;
      const { def } = slots.effects(at);
      if (def !== null) written.add(def.slot);
      const handler = flow.handlerOf(at);
      if (handler !== null) {
        written.add(handler.slot);
        tight = false;
      }
      if (!callsNothing(inst)) tight = false;
      if (!keepsArrays(inst)) keeps = false;
      if (isElementAccess(inst)) accesses.push(at);
    }
  }
  const arrays: SteadyArray[] = [];
  if (keeps) {
    const live = slots.atEntry(header);
    for (const inst of accesses) {
      const slot = arraySlot(flow.insts[inst] as DecodedInst);
      if (written.has(slot) || live[slot] === REP.dead) continue;
      if (arrays.some((known) => known.slot === slot) || isSteady(parent, slot)) continue;
      arrays.push({ slot, inst });
    }
  }
  return { header, parent, arrays, tight };
}

function isSteady(loop: Loop | null, slot: number): boolean {
  for (let around = loop; around !== null; around = around.parent) {
    if (around.arrays.some((known) => known.slot === slot)) return true;
  }
  return false;
}
