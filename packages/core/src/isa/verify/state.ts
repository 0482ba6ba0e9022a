/**
 * What is known of a frame at one place: the type and the value number of every slot.
 *
 * Two slots with the same value number, not 0, hold the same value. The number of a value is made from the place that defines it; when
 * a place defines again, slots that still hold its former value lose the number, and facts about it go.
 */
import type { Fact, SlotTypes, TypeId } from './slot-types.ts';

export class State {
  readonly types: Int32Array;
  readonly values: Int32Array;
  /** Whether a poll was passed since the entry. */
  polled: boolean;

  constructor(types: Int32Array, values: Int32Array, polled: boolean) {
    this.types = types;
    this.values = values;
    this.polled = polled;
  }

  static empty(slots: number, unset: TypeId): State {
    return new State(new Int32Array(slots).fill(unset), new Int32Array(slots), false);
  }

  copy(): State {
    return new State(this.types.slice(), this.values.slice(), this.polled);
  }

  get(slot: number): TypeId {
    return this.types[slot] as TypeId;
  }

  set(slot: number, id: TypeId, value: number): void {
    this.types[slot] = id;
    this.values[slot] = value;
  }

  /** A value is made anew: who holds the former one no longer holds this one. */
  forget(value: number, types: SlotTypes, changed: (slot: number) => void): void {
    for (let slot = 0; slot < this.values.length; slot++) {
      const type = types.get(this.types[slot] as TypeId);
      const about = type.k === 'i32' && type.fact?.of === value;
      if (this.values[slot] !== value && !about) continue;
      this.values[slot] = 0;
      if (about) this.types[slot] = types.i32;
      changed(slot);
    }
  }

  /** Slots from one on are lost. */
  clobber(from: number, unset: TypeId): void {
    this.types.fill(unset, from);
    this.values.fill(0, from);
  }

  /** Takes into account that a fact holds, or that it does not. False if that cannot be. */
  assume(fact: Fact, holds: boolean, types: SlotTypes): boolean {
    for (let slot = 0; slot < this.values.length; slot++) {
      if (this.values[slot] !== fact.of) continue;
      const refined = refine(this.types[slot] as TypeId, fact, holds, types);
      if (refined === null) return false;
      this.types[slot] = refined;
    }
    return true;
  }
}

/** A value's type where a fact about it holds or does not; null if there is none. */
function refine(id: TypeId, fact: Fact, holds: boolean, types: SlotTypes): TypeId | null {
  const type = types.get(id);
  const yes = fact.test === 'tag' ? holds : holds !== fact.not;
  switch (fact.test) {
    case 'null':
      if (type.k === 'null') return yes ? id : null;
      if (type.k !== 'ref') return id;
      if (yes) return type.nullable ? types.null : null;
      return types.ref(type.heap);
    case 'sig':
      return yes && type.k === 'ref' && type.heap.is === 'func'
        ? types.ref({ is: 'func', sig: fact.sig }, type.nullable)
        : id;
    case 'tag':
      // compared with 0
      return refineVariants(id, 1n, !yes, types);
    case 'variants':
      return refineVariants(id, fact.among, yes, types);
  }
}

function refineVariants(id: TypeId, among: bigint, inside: boolean, types: SlotTypes): TypeId | null {
  const type = types.get(id);
  if (type.k !== 'ref' || type.heap.is !== 'enum') return id;
  const { heap } = type;
  const all = heap.variants ?? types.allVariants(heap.type);
  const variants = inside ? all & among : all & ~among;
  return variants === 0n ? null : types.ref({ ...heap, variants }, type.nullable);
}
