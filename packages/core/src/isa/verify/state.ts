/**
 * What is known of a frame at one place: the type and the value number of every slot.
 *
 * Two slots with the same value number, not 0, hold the same value. The number of a value is made from the place that defines it; when
 * a place defines again, slots that still hold its former value lose the number, and facts about it go.
 */
import type { Fact, Heap, SlotTypes, TypeId } from './slot-types.ts';

/** More than there are value numbers in a function. */
const PAIR = 2 ** 26;

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

  /** Takes over what comes along the only way; true if anything changed. */
  become(incoming: State): boolean {
    let changed = this.#pollLost(incoming);
    for (let slot = 0; slot < this.values.length; slot++) {
      if (this.#becomes(slot, incoming.get(slot), incoming.values[slot] as number)) changed = true;
    }
    return changed;
  }

  /**
   * Joins what comes along one of several ways; true if anything changed. A value is what one and the same slots hold along every way:
   * it gets the number that belongs to the first of them at this place, and facts about it stay.
   */
  join(incoming: State, types: SlotTypes, numberOf: (slot: number) => number): boolean {
    const numbers = new Map<number, number>();
    const pair = (left: number, right: number): number => left * PAIR + right;
    const values = this.values.map((value, slot) => {
      if (!types.isNumbered(types.join(this.get(slot), incoming.get(slot)))) return 0;
      const other = incoming.values[slot] as number;
      const number = numbers.get(pair(value, other)) ?? numberOf(slot);
      if (value !== 0 && other !== 0) numbers.set(pair(value, other), number);
      return number;
    });
    const joined = (a: TypeId, b: TypeId): TypeId => {
      const [left, right] = [types.factOf(a), types.factOf(b)];
      if (left === null || right === null) return types.join(a, b);
      const of = numbers.get(pair(left.of, right.of));
      if (of === undefined) return types.i32;
      const fact = types.fact({ ...left, of });
      return fact === types.fact({ ...right, of }) ? fact : types.i32;
    };
    let changed = this.#pollLost(incoming);
    for (let slot = 0; slot < values.length; slot++) {
      if (this.#becomes(slot, joined(this.get(slot), incoming.get(slot)), values[slot] as number)) changed = true;
    }
    return changed;
  }

  /**
   * Joins the named slots, or all, with what comes to a handler from one of many places; true if anything changed. What the places
   * agree about keeps its number, and facts about what one slot holds at all of them stay.
   */
  joinSlots(
    incoming: State,
    types: SlotTypes,
    numberOf: (slot: number) => number,
    only: readonly number[] | null,
  ): boolean {
    let changed = this.#pollLost(incoming);
    const count = only === null ? this.values.length : only.length;
    const facts: { readonly slot: number; readonly left: Fact; readonly right: Fact; readonly about: number }[] = [];
    for (let i = 0; i < count; i++) {
      const slot = only === null ? i : (only[i] as number);
      const [left, right] = [types.factOf(this.get(slot)), types.factOf(incoming.get(slot))];
      // Numbers of values change on the way, so what facts are about is looked up before.
      if (left === null || right === null || left.of === right.of) continue;
      const about = this.values.findIndex((value, at) => value === left.of && incoming.values[at] === right.of);
      if (about !== -1) facts.push({ slot, left, right, about });
    }
    for (let i = 0; i < count; i++) {
      const slot = only === null ? i : (only[i] as number);
      const type = types.join(this.get(slot), incoming.get(slot));
      let value = this.values[slot] as number;
      if (value !== incoming.values[slot]) value = types.isNumbered(type) ? numberOf(slot) : 0;
      if (facts.some((fact) => fact.slot === slot)) continue;
      if (this.#becomes(slot, type, value)) changed = true;
    }
    for (const { slot, left, right, about } of facts) {
      const of = this.values[about] as number;
      const fact = types.fact({ ...left, of });
      const same = of !== 0 && fact === types.fact({ ...right, of });
      if (this.#becomes(slot, same ? fact : types.i32, 0)) changed = true;
    }
    return changed;
  }

  #becomes(slot: number, id: TypeId, value: number): boolean {
    if (id === this.types[slot] && value === this.values[slot]) return false;
    this.set(slot, id, value);
    return true;
  }

  #pollLost(incoming: State): boolean {
    const lost = this.polled && !incoming.polled;
    if (lost) this.polled = false;
    return lost;
  }

  /** Slots from one on are lost. */
  clobber(from: number, unset: TypeId): void {
    this.types.fill(unset, from);
    this.values.fill(0, from);
  }

  /** Takes into account that the words of a value, not 0, are references. */
  narrow(value: number, heap: Heap, types: SlotTypes): void {
    for (let slot = 0; slot < this.values.length; slot++) {
      if (this.values[slot] === value && types.get(this.get(slot)).k === 'any') this.types[slot] = types.word(heap);
    }
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
        ? types.ref({ is: 'func', sig: fact.sig, func: type.heap.func }, type.nullable)
        : id;
    case 'tag':
      // compared with 0
      return refineVariants(id, 1n, !yes, types);
    case 'variants':
      return refineVariants(id, fact.among, yes, types);
  }
}

function refineVariants(id: TypeId, among: bigint, inside: boolean, types: SlotTypes): TypeId | null {
  const heap = types.heapOf(id);
  if (heap?.is !== 'enum') return id;
  const type = types.get(id);
  const all = heap.variants ?? types.allVariants(heap.type);
  const variants = inside ? all & among : all & ~among;
  if (variants === 0n) return null;
  const narrowed: Heap = { ...heap, variants };
  return type.k === 'any' ? types.word(narrowed) : types.ref(narrowed, type.k === 'ref' && type.nullable);
}
