/**
 * Typed elements of arrays: an inlined fast path for the storage kind that the static type promises, and the runtime core for the rest.
 *
 * The element code in the header is authoritative (`[i32]` and `[any]` may be names for one array), so each access compares it. `code` is
 * what the static type promises. Any failure, also a bad index, is the core's to report.
 */
import { ARRAY, BUFFER_HEADER } from '../../runtime/layout.ts';
import type { Expr, I32, I64 } from '../../wasm/code-writer.ts';
import type { Emitter } from '../emitter.ts';
import { effectOp, stopping, valueOp, type OpcodeDef, type OpcodeGroup, type Placement } from '../opcode.ts';
import { def, imm, use } from '../operand.ts';

/** How an element of one width is read, written, and made from a slot. */
interface Element<T extends 'i32' | 'i64' | 'f64'> {
  readonly type: T;
  readonly shift: number;
  readonly load: (w: Emitter, address: I32) => Value<T>;
  readonly store: (w: Emitter, array: I32, address: I32, value: Value<T>) => void;
  readonly fromSlot: (w: Emitter, slot: I64) => Value<T>;
  readonly toSlot: (w: Emitter, value: Value<T>) => I64;
}
type Value<T extends 'i32' | 'i64' | 'f64'> = Expr<T>;

const at = BUFFER_HEADER;

const wrap = (w: Emitter, slot: I64): I32 => w.i32.wrap(slot);
const extend = (w: Emitter, value: I32): I64 => w.i64.extendU(value);

const bool: Element<'i32'> = {
  type: 'i32',
  shift: 0,
  load: (w, a) => w.load8(a, at),
  store: (w, _array, a, v) => w.store8(a, v, at),
  fromSlot: wrap,
  toSlot: extend,
};
const i32: Element<'i32'> = {
  type: 'i32',
  shift: 2,
  load: (w, a) => w.load32(a, at),
  store: (w, _array, a, v) => w.store32(a, v, at),
  fromSlot: wrap,
  toSlot: extend,
};
const i64: Element<'i64'> = {
  type: 'i64',
  shift: 3,
  load: (w, a) => w.load64(a, at),
  store: (w, _array, a, v) => w.store64(a, v, at),
  fromSlot: (_w, slot) => slot,
  toSlot: (_w, value) => value,
};
const f64: Element<'f64'> = {
  type: 'f64',
  shift: 3,
  load: (w, a) => w.loadF64(a, at),
  store: (w, _array, a, v) => w.storeF64(a, v, at),
  fromSlot: (w, slot) => w.f64.fromBits(slot),
  toSlot: (w, value) => w.i64.bits(value),
};
const ref: Element<'i32'> = {
  type: 'i32',
  shift: 2,
  load: (w, a) => w.load32(a, at),
  store: (w, array, a, v) => w.storeElementBarrier(array, a, v, at),
  fromSlot: wrap,
  toSlot: extend,
};

const hasCode = (w: Emitter, array: I32, code: I32): I32 => w.i32.eq(w.load32(array, ARRAY.element), code);

const addressOf = (w: Emitter, elements: I32, index: I32, shift: number): I32 =>
  w.i32.add(elements, shift === 0 ? index : w.i32.shl(index, w.i32.const(shift)));

const elementAddress = (w: Emitter, array: I32, index: I32, shift: number): I32 =>
  addressOf(w, w.load32(array, ARRAY.buffer), index, shift);

type ElementKind = 'i32' | 'i64' | 'f64' | 'ref';

function get<T extends 'i32' | 'i64' | 'f64'>(
  name: `array.get.${string}`,
  kind: ElementKind,
  element: Element<T>,
  place: Placement,
): OpcodeDef {
  return valueOp({
    name,
    doc: 'dst := an element',
    operands: { dst: def(kind), array: use('ref'), index: use('i64'), code: imm('code') },
    traits: stopping,
    place,
    ir: [`array.get.${kind}`],
    emit: (w, s) => {
      const array = w.let('i32', s.array);
      const index = w.let('i64', s.index);
      return w.choose(
        element.type,
        w.hasElement(array, index, s.code),
        () => element.load(w, addressOf(w, w.elements(array), w.i32.wrap(index), element.shift)),
        () => w.rarely(() => element.fromSlot(w, w.core<'i64'>('array_get_slot', [array, index, s.code]))),
        // the destination's kind is `kind`, whose WebAssembly type `element` has
      ) as never;
    },
  });
}

function set<T extends 'i32' | 'i64' | 'f64'>(
  name: `array.set.${string}`,
  kind: ElementKind,
  element: Element<T>,
  place: Placement,
): OpcodeDef {
  return effectOp({
    name,
    doc: 'an element := src',
    operands: { array: use('ref'), index: use('i64'), src: use(kind), code: imm('code') },
    traits: stopping,
    place,
    ir: [`array.set.${kind}`],
    emit: (w, s) => {
      const array = w.let('i32', s.array);
      const index = w.let('i64', s.index);
      // see `get`
      const src = s.src as unknown as Value<T>;
      w.if(
        w.hasElement(array, index, s.code),
        () => element.store(w, array, addressOf(w, w.elements(array), w.i32.wrap(index), element.shift), src),
        () => w.rarelyDo(() => w.coreEffect('array_set_slot', [array, index, element.toSlot(w, src), s.code])),
      );
    },
  });
}

function push<T extends 'i32' | 'i64' | 'f64'>(
  name: `array.push.${string}`,
  kind: ElementKind,
  element: Element<T>,
): OpcodeDef {
  return effectOp({
    name,
    doc: 'appends src',
    operands: { array: use('ref'), src: use(kind), code: imm('code') },
    traits: stopping,
    ir: [`array.push.${kind}`],
    emit: (w, s) => {
      const array = w.let('i32', s.array);
      const length = w.let('i32', w.load32(array, ARRAY.length));
      const src = s.src as unknown as Value<T>;
      w.if(
        w.i32.and(hasCode(w, array, s.code), w.i32.ltU(length, w.load32(array, ARRAY.capacity))),
        () => {
          element.store(w, array, elementAddress(w, array, length, element.shift), src);
          w.store32(array, w.i32.add(length, w.i32.const(1)), ARRAY.length);
        },
        () => w.coreEffect('array_push_slot', [array, element.toSlot(w, src), s.code]),
      );
    },
  });
}

function pop<T extends 'i32' | 'i64' | 'f64'>(
  name: `array.pop.${string}`,
  kind: ElementKind,
  element: Element<T>,
): OpcodeDef {
  return valueOp({
    name,
    doc: 'dst := the last element, which is removed',
    operands: { dst: def(kind), array: use('ref'), code: imm('code') },
    traits: stopping,
    ir: [`array.pop.${kind}`],
    emit: (w, s) => {
      const array = w.let('i32', s.array);
      const length = w.let('i32', w.load32(array, ARRAY.length));
      return w.choose(
        element.type,
        w.i32.and(hasCode(w, array, s.code), w.i32.ne(length, w.i32.const(0))),
        () => {
          const last = w.let('i32', w.i32.sub(length, w.i32.const(1)));
          const address = w.let('i32', elementAddress(w, array, last, element.shift));
          const value = w.let(element.type, element.load(w, address));
          // unused elements are zero
          clear(w, address, element.shift);
          w.store32(array, last, ARRAY.length);
          return value;
        },
        () => element.fromSlot(w, w.core<'i64'>('array_pop_slot', [array, s.code])),
      ) as never;
    },
  });
}

function clear(w: Emitter, address: I32, shift: number): void {
  if (shift === 0) w.store8(address, w.i32.const(0), at);
  else if (shift === 2) w.store32(address, w.i32.const(0), at);
  else w.store64(address, w.i64.const(0n), at);
}

const gets: OpcodeGroup = () => [
  get('array.get.bool', 'i32', bool, 'inline'),
  get('array.get.i32', 'i32', i32, 'inline'),
  get('array.get.i64', 'i64', i64, 'hot'),
  get('array.get.f64', 'f64', f64, 'hot'),
  get('array.get.ref', 'ref', ref, 'hot'),
];

const sets: OpcodeGroup = () => [
  set('array.set.bool', 'i32', bool, 'inline'),
  set('array.set.i32', 'i32', i32, 'inline'),
  set('array.set.i64', 'i64', i64, 'inline'),
  set('array.set.f64', 'f64', f64, 'inline'),
  set('array.set.ref', 'ref', ref, 'inline'),
];

const pushes: OpcodeGroup = () => [
  push('array.push.bool', 'i32', bool),
  push('array.push.i32', 'i32', i32),
  push('array.push.i64', 'i64', i64),
  push('array.push.f64', 'f64', f64),
  push('array.push.ref', 'ref', ref),
];

const pops: OpcodeGroup = () => [
  pop('array.pop.bool', 'i32', bool),
  pop('array.pop.i32', 'i32', i32),
  pop('array.pop.i64', 'i64', i64),
  pop('array.pop.f64', 'f64', f64),
  pop('array.pop.ref', 'ref', ref),
];

export const arrays: readonly OpcodeGroup[] = [gets, sets, pushes, pops];
