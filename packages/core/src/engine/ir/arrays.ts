/**
 * Arrays: storage kinds and their transitions, elements, slices, repetition, sorting; and byte strings where the rules are shared.
 *
 * `undecided` until something is stored; then the type of that; `any` once something of another type is stored. A read with a
 * promised type checks what it finds unless the storage already says so.
 */
import type { TypeCode } from '../../base/kinds.ts';
import type { TrapName } from '../../base/traps.ts';
import type { Machine } from './machine.ts';
import {
  type Any,
  ArrayObj,
  box,
  CODE,
  codeOfAny,
  Int,
  isDynamic,
  isNumber,
  magnitude,
  stored,
  unbox,
  type Value,
} from './value.ts';

const MOST_ELEMENTS = 2n ** 31n - 1n;

export function elementIndex(m: Machine, array: ArrayObj, index: bigint): number {
  if (index < 0n) m.trap('arrayIndexNegative');
  if (index >= BigInt(array.items.length)) m.trap('arrayIndexBounds');
  return Number(index);
}

export function element(array: ArrayObj, at: number): Any {
  return stored(array.code, array.items[at] as Value);
}

/** The element as a raw value of the promised type. */
export function typedElement(m: Machine, array: ArrayObj, at: number, code: TypeCode): Value {
  if (array.code === code) return array.items[at] as Value;
  const value = element(array, at);
  const raw = unbox(code, value);
  return raw === undefined ? m.mismatch(code, value) : raw;
}

/** Brings a value into the form in which the array stores it; the array becomes `any` if there is none. */
function admit(array: ArrayObj, code: TypeCode, value: Value): Value {
  const own = isDynamic(code) ? codeOfAny(value as Any) : code;
  if (array.code === CODE.undecided) array.code = own === CODE.nil ? CODE.any : own;
  const word = isDynamic(code) ? (value as Any) : null;
  if (array.code === own) return word === null ? value : (unbox(own, word) as Value);
  if (array.code !== CODE.any) {
    array.items = array.items.map((item) => stored(array.code, item));
    array.code = CODE.any;
  }
  return word ?? box(code, value);
}

export function store(array: ArrayObj, at: number, code: TypeCode, value: Value): void {
  // Admission may replace the list of items.
  const item = admit(array, code, value);
  array.items[at] = item;
}

export function append(m: Machine, array: ArrayObj, code: TypeCode, value: Value): void {
  if (array.items.length >= 2 ** 27) m.trap('outOfMemory');
  m.allocate(8);
  const item = admit(array, code, value);
  array.items.push(item);
}

export function newArray(m: Machine, code: TypeCode, items: Value[]): ArrayObj {
  m.allocateArray(items.length);
  return new ArrayObj(code, items);
}

function count(m: Machine, length: bigint, times: bigint, trap: TrapName): number {
  if (times < 0n || length * times > MOST_ELEMENTS) m.trap(trap);
  const total = Number(length * times);
  m.allocateArray(total);
  return total;
}

export function filled(m: Machine, value: Any, times: bigint, code: TypeCode): ArrayObj {
  const total = count(m, 1n, times, 'fillCount');
  const dynamic = isDynamic(code);
  const item = dynamic ? value : (unbox(code, value) as Value);
  const items: Value[] = [];
  for (let i = 0; i < total; i++) items.push(item);
  return new ArrayObj(dynamic ? (total === 0 ? CODE.undecided : CODE.any) : code, items);
}

export function repeated(m: Machine, array: ArrayObj, times: bigint): ArrayObj {
  const total = count(m, BigInt(array.items.length), times, 'repeatCount');
  const items: Value[] = [];
  for (let i = 0; i < total; i++) items.push(array.items[i % array.items.length] as Value);
  return new ArrayObj(array.code, items);
}

/* ---- slices ---------------------------------------------------------------------------------------------------- */

/** Absent bounds are null. */
export interface Cut {
  readonly start: bigint | null;
  readonly end: bigint | null;
  readonly inclusive: boolean;
  readonly modern: boolean;
}

/** Half-open bounds within `length`, after the checks of 7.9 or rows 2 and 3. */
export function cutBounds(m: Machine, cut: Cut, length: number, what: 'array' | 'string'): readonly [number, number] {
  const n = BigInt(length);
  const start = cut.start ?? 0n;
  const end = cut.end ?? n;
  const check = (bad: boolean, trap: TrapName): void => {
    if (bad) m.trap(trap);
  };
  check(start < 0n, `${what}SliceStartNegative`);
  check(end < 0n, `${what}SliceEndNegative`);
  check(start > n, `${what}SliceStartBounds`);
  if (!cut.modern) {
    check(end > n, 'arraySliceEndBounds');
    if (start === n && end === n) return [length, length];
    check(end < start, 'arraySliceEndBeforeStart');
    return [Number(start), Number(end === n ? n : end + 1n)];
  }
  const through = cut.inclusive && cut.end !== null;
  check(through ? end >= n : end > n, `${what}SliceEndBounds`);
  check(start > end, `${what}SliceStartAfterEnd`);
  return [Number(start), Number(through ? end + 1n : end)];
}

export function slicedArray(m: Machine, array: ArrayObj, cut: Cut): ArrayObj {
  const [start, end] = cutBounds(m, cut, array.items.length, 'array');
  return newArray(m, array.code, array.items.slice(start, end));
}

export function slicedString(m: Machine, text: string, cut: Cut): string {
  const [start, end] = cutBounds(m, cut, text.length, 'string');
  for (const at of [start, end]) {
    if (at > 0 && at < text.length && text.charCodeAt(at) >> 6 === 2) m.trap('stringSliceCut');
  }
  m.allocateString(end - start);
  return text.slice(start, end);
}

export function byteAt(m: Machine, text: string, index: bigint): string {
  if (index < 0n) m.trap('stringIndexNegative');
  if (index >= BigInt(text.length)) m.trap('stringIndexBounds');
  return text.charAt(Number(index));
}

/* ---- sorting --------------------------------------------------------------------------------------------------- */

/** Ascending and stable, all elements of one ordered type; NaN last. */
export function sortedCopy(m: Machine, array: ArrayObj): ArrayObj {
  const words = array.items.map((_, i) => element(array, i));
  const [first] = words;
  for (const word of words) {
    const sortable = isNumber(word) || typeof word === 'boolean' || typeof word === 'string';
    if (!sortable || codeOfAny(word) !== codeOfAny(first as Any)) m.trap('sortedElements');
  }
  m.allocateArray(words.length);
  // `sort` is stable by the host's specification.
  const order = words.map((word, i) => ({ key: keyOf(word), i }));
  order.sort((a, b) => {
    if (a.key < b.key) return -1;
    if (a.key > b.key) return 1;
    return Number(Number.isNaN(a.key)) - Number(Number.isNaN(b.key));
  });
  return new ArrayObj(
    array.code,
    order.map(({ i }) => array.items[i] as Value),
  );
}

function keyOf(word: Any): number | bigint | string | boolean {
  return word instanceof Int || typeof word === 'number' ? magnitude(word) : (word as string | boolean);
}
