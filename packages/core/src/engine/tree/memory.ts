/**
 * An estimate of what the guest holds in memory.
 *
 * A JS heap cannot be asked, so allocations are added up, and whenever the sum passes a threshold the values reachable from
 * the activations and the module variables are measured anew. What lies above the limit then is out of memory. Temporaries of
 * expressions under evaluation are not seen, so the estimate is low by a little; it is never exact and need not be.
 */
import type { Frame, Slot, Value } from './value.ts';
import { ArrayValue, Cell, EnumValue, F64, FuncValue, Rep, StructValue, U64 } from './value.ts';
import { CALLER, FIRST_SLOT } from './value.ts';

/** Estimated bytes of a guest object without its contents, and of each element, field or variable. */
const OBJECT_BYTES = 16;
export const SLOT_BYTES = 8;
/** What this engine spends beside that on an object, a boxed number and a string: up to `FREE_BYTES` the host bears it for nothing. */
const OBJECT_OVERHEAD = 96;
const FLOAT_OVERHEAD = 56;
const INTEGER_OVERHEAD = 24;
const FREE_BYTES = 2 ** 28;
/** What a new object counts for until memory is measured. */
export const OBJECT_COST = OBJECT_BYTES + OBJECT_OVERHEAD;
/** The longest string and array that the JS host can hold, whatever the limit says. */
export const LONGEST_STRING = 2 ** 29 - 64;
export const LONGEST_ARRAY = 2 ** 27;

/** Longer strings are counted once however often they are met; shorter ones each time. */
const SHARED_STRING = 64;

/** Estimated bytes reachable from a chain of activations and the module variables. `epoch` differs at each call. */
export function measure(top: Frame | null, globals: readonly Slot[], epoch: number): number {
  let bytes = 0;
  let overhead = 0;
  const work: (readonly Slot[])[] = [globals];
  const strings = new Set<string>();

  const visit = (value: Slot): void => {
    switch (typeof value) {
      case 'string':
        if (value.length <= SHARED_STRING) bytes += value.length;
        else if (!strings.has(value)) {
          strings.add(value);
          bytes += value.length + OBJECT_BYTES;
          overhead += INTEGER_OVERHEAD;
        }
        return;
      case 'bigint':
        overhead += INTEGER_OVERHEAD;
        return;
      case 'object':
        break;
      default:
        return;
    }
    if (value instanceof ArrayValue) {
      if (value.mark === epoch) return;
      value.mark = epoch;
      overhead += OBJECT_OVERHEAD;
      bytes += OBJECT_BYTES + value.items.length * SLOT_BYTES;
      if (value.rep === Rep.self) work.push(value.items);
      else if (value.rep === Rep.u64) overhead += value.items.length * INTEGER_OVERHEAD;
    } else if (value instanceof StructValue) {
      if (value.mark === epoch) return;
      value.mark = epoch;
      overhead += OBJECT_OVERHEAD;
      bytes += OBJECT_BYTES + value.fields.length * SLOT_BYTES;
      work.push(value.fields);
    } else if (value instanceof EnumValue) {
      if (value.mark === epoch) return;
      value.mark = epoch;
      overhead += OBJECT_OVERHEAD;
      bytes += OBJECT_BYTES + value.payload.length * SLOT_BYTES;
      work.push(value.payload);
    } else if (value instanceof FuncValue) {
      if (value.mark === epoch) return;
      value.mark = epoch;
      overhead += OBJECT_OVERHEAD;
      bytes += OBJECT_BYTES + value.env.length * SLOT_BYTES;
      work.push(value.env);
    } else if (value instanceof Cell) {
      if (value.mark === epoch) return;
      value.mark = epoch;
      overhead += OBJECT_OVERHEAD;
      bytes += OBJECT_BYTES;
      visit(value.value);
    } else if (value instanceof F64 || value instanceof U64) {
      overhead += FLOAT_OVERHEAD;
    }
  };

  for (let frame = top; frame !== null; frame = frame[CALLER] as Frame | null) {
    for (let slot = FIRST_SLOT; slot < frame.length; slot++) visit(frame[slot]);
    drain(work, visit);
  }
  drain(work, visit);
  return bytes + Math.max(0, overhead - FREE_BYTES);
}

function drain(work: (readonly Slot[])[], visit: (value: Slot) => void): void {
  for (let slots = work.pop(); slots !== undefined; slots = work.pop()) {
    for (let i = 0; i < slots.length; i++) visit(slots[i]);
  }
}

/** What storing this value in a slot adds beyond the slot. */
export function storedCost(value: Value): number {
  if (typeof value === 'bigint') return INTEGER_OVERHEAD;
  return value instanceof F64 || value instanceof U64 ? FLOAT_OVERHEAD : 0;
}
