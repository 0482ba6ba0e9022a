/**
 * Arrays and strings: making, reading, changing and cutting them (7.2, 7.8, 7.9; rows 1 to 3 of section 23).
 *
 * All items of an array have one form (`rep`). An item of another form that is stored widens the array to the dynamic form, so a
 * write never fails; a read with a static element type checks what it finds.
 */
import { Bug } from '../../base/bug.ts';
import type { Expr } from '../../hir/hir.ts';
import type { Context, Eval, Numbers } from './context.ts';
import { bigs, dynamics, integers, integerValue } from './context.ts';
import { trap } from './errors.ts';
import type { Machine } from './machine.ts';
import { LONGEST_ARRAY, OBJECT_COST, SLOT_BYTES, storedCost } from './memory.ts';
import { checkedElement } from './shapes.ts';
import type { Frame, Shape, Site, Value } from './value.ts';
import { ArrayValue, preferredRep, Rep, toDynamic } from './value.ts';

type ArrayExpr = Extract<Expr, { kind: 'array' }>;
type FillExpr = Extract<Expr, { kind: 'fill' }>;
type RepeatExpr = Extract<Expr, { kind: 'repeat' }>;
type IndexExpr = Extract<Expr, { kind: 'index' }>;
type SliceExpr = Extract<Expr, { kind: 'slice' }>;
type ConcatExpr = Extract<Expr, { kind: 'concat' }>;

/** The largest number of elements that a fill or repetition may ask for. */
const MOST_ELEMENTS = 2 ** 31 - 1;

export function elementShape(cx: Context, array: Expr): Shape {
  if (array.ty.kind !== 'array') throw new Bug(`elements of a ${array.ty.kind}`);
  return cx.shape(array.ty.element);
}

/* ---- storing --------------------------------------------------------------------------------------------------- */

/** Appends a value in the form of `shape`. */
export function append(machine: Machine, array: ArrayValue, shape: Shape, value: Value, site: Site): void {
  const { items } = array;
  machine.allocate(SLOT_BYTES + storedCost(value), site);
  if (items.length >= LONGEST_ARRAY) trap('outOfMemory', site);
  if (items.length === 0) array.rep = shape.rep;
  if (array.rep === shape.rep) {
    items.push(value);
  } else {
    const stored = suited(array, toDynamic(shape.rep, value));
    array.items.push(stored);
  }
}

/** Replaces the element at a valid index by a value in the form of `shape`. */
export function replace(array: ArrayValue, at: number, shape: Shape, value: Value): void {
  if (array.rep === shape.rep) {
    array.items[at] = value;
  } else {
    const stored = suited(array, toDynamic(shape.rep, value));
    array.items[at] = stored;
  }
}

/** A value in dynamic form, as the array stores it. If it cannot, it is widened: then it has a new list of items. */
function suited(array: ArrayValue, value: Value): Value {
  if (array.rep === Rep.self) return value;
  if (preferredRep(value) === array.rep) return (value as { readonly value: number | bigint }).value;
  const { rep } = array;
  array.items = array.items.map((item) => toDynamic(rep, item));
  array.rep = Rep.self;
  return value;
}

/* ---- making ---------------------------------------------------------------------------------------------------- */

export function arrayExpr(cx: Context, expr: ArrayExpr): Eval {
  const { machine } = cx;
  const site = cx.site(expr.span);
  const { rep } = elementShape(cx, expr);
  const items = expr.items.map((item) => cx.expr(item));
  const bytes = OBJECT_COST + items.length * SLOT_BYTES;
  return (frame) => {
    const values = new Array<Value>(items.length);
    for (let i = 0; i < items.length; i++) values[i] = (items[i] as Eval)(frame);
    machine.allocate(bytes, site);
    return new ArrayValue(rep, values);
  };
}

export function fillExpr(cx: Context, expr: FillExpr): Eval {
  const { machine } = cx;
  const site = cx.site(expr.span);
  const { rep } = elementShape(cx, expr);
  const value = cx.expr(expr.value);
  const count = integers(cx, expr.count, site);
  return (frame) => {
    const item = value(frame);
    const length = count(frame);
    if (length < 0 || length > MOST_ELEMENTS) trap('fillCount', site);
    reserve(machine, length, site);
    const items: Value[] = [];
    for (let i = 0; i < length; i++) items.push(item);
    return new ArrayValue(rep, items);
  };
}

/** Counts a new array of this many elements. */
function reserve(machine: Machine, length: number, site: Site): void {
  if (length > LONGEST_ARRAY) trap('outOfMemory', site);
  machine.allocate(OBJECT_COST + length * SLOT_BYTES, site);
}

export function repeatExpr(cx: Context, expr: RepeatExpr): Eval {
  const { machine } = cx;
  const site = cx.site(expr.span);
  const array = cx.expr(expr.array) as (frame: Frame) => ArrayValue;
  const count = integers(cx, expr.count, site);
  return (frame) => {
    const base = array(frame);
    return repeat(machine, base, count(frame), site);
  };
}

/** `array * times`. */
export function repeat(machine: Machine, array: ArrayValue, times: number | bigint, site: Site): ArrayValue {
  const { items } = array;
  const count = Number(times);
  const length = count === 0 ? 0 : items.length * count;
  if (count < 0 || length > MOST_ELEMENTS) trap('repeatCount', site);
  reserve(machine, length, site);
  const copies: Value[] = [];
  if (items.length > 0) {
    for (let i = 0; i < count; i++) for (let k = 0; k < items.length; k++) copies.push(items[k] as Value);
  }
  return new ArrayValue(array.rep, copies);
}

export function concatExpr(cx: Context, expr: ConcatExpr): Eval {
  const { machine } = cx;
  const site = cx.site(expr.span);
  const left = cx.expr(expr.left) as (frame: Frame) => string;
  const right = cx.expr(expr.right) as (frame: Frame) => string;
  return (frame) => concatenate(machine, left(frame), right(frame), site);
}

export function concatenate(machine: Machine, left: string, right: string, site: Site): string {
  machine.allocateString(left.length + right.length, site);
  return left + right;
}

/* ---- indexing -------------------------------------------------------------------------------------------------- */

function arrayIndex(items: readonly Value[], at: number, site: Site): number {
  if (at < 0) trap('arrayIndexNegative', site);
  if (at >= items.length) trap('arrayIndexBounds', site);
  return at;
}

function byteAt(text: string, at: number, site: Site): string {
  if (at < 0) trap('stringIndexNegative', site);
  if (at >= text.length) trap('stringIndexBounds', site);
  return text.charAt(at);
}

/** The index of an array that is about to be stored to. */
export function checkIndex(array: ArrayValue, at: number, site: Site): void {
  arrayIndex(array.items, at, site);
}

export function indexExpr(cx: Context, expr: IndexExpr): Eval {
  const site = cx.site(expr.span);
  const kind = expr.base.ty.kind;
  if (kind === 'any') return dynamicIndex(cx, expr, site);
  const at = indexNumbers(cx, expr.index, site);
  if (kind === 'string') {
    const text = cx.expr(expr.base) as (frame: Frame) => string;
    return (frame) => byteAt(text(frame), at(frame), site);
  }
  const base = cx.expr(expr.base) as (frame: Frame) => ArrayValue;
  const shape = elementShape(cx, expr.base);
  const element = shape.type.kind;
  if (element === 'i32' || element === 'i64' || element === 'bool' || element === 'string') {
    const wanted =
      element === 'i32' ? 'number' : element === 'i64' ? 'bigint' : element === 'bool' ? 'boolean' : 'string';
    return (frame) => {
      const array = base(frame);
      const value = array.items[arrayIndex(array.items, at(frame), site)] as Value;
      if (array.rep === Rep.self && typeof value === wanted) return value;
      return checkedElement(shape, array.rep, value, site);
    };
  }
  return (frame) => {
    const array = base(frame);
    const value = array.items[arrayIndex(array.items, at(frame), site)] as Value;
    return checkedElement(shape, array.rep, value, site);
  };
}

/** Integer operands as indexes; the commonest types without the detour of `integers`. */
function indexNumbers(cx: Context, expr: Expr, site: Site): Numbers {
  if (expr.kind === 'int') {
    const at = Number(expr.value);
    return () => at;
  }
  if (expr.ty.kind !== 'i64') return integers(cx, expr, site);
  const value = bigs(cx, expr);
  return (frame) => Number(value(frame));
}

function dynamicIndex(cx: Context, expr: IndexExpr, site: Site): Eval {
  const base = cx.expr(expr.base);
  const index = dynamics(cx, expr.index);
  return (frame) => {
    const value = base(frame);
    const at = index(frame);
    if (value instanceof ArrayValue) {
      const item = value.items[arrayIndex(value.items, integerValue(at, site), site)] as Value;
      return toDynamic(value.rep, item);
    }
    if (typeof value === 'string') return byteAt(value, integerValue(at, site), site);
    return trap('notArray', site);
  };
}

/* ---- slicing --------------------------------------------------------------------------------------------------- */

interface Bounds {
  readonly start: number;
  readonly end: number;
}

export function sliceExpr(cx: Context, expr: SliceExpr): Eval {
  const { machine } = cx;
  const { style, inclusive } = expr;
  const site = cx.site(expr.span);
  const base = dynamics(cx, expr.base);
  const start = expr.start === null ? null : dynamics(cx, expr.start);
  const end = expr.end === null ? null : dynamics(cx, expr.end);
  return (frame) => {
    const value = base(frame);
    const from = start === null ? 0 : start(frame);
    const to = end === null ? 0 : end(frame);
    const isText = typeof value === 'string' && style === 'modern';
    if (!(value instanceof ArrayValue) && !isText) return trap('notArray', site);
    const first = integerValue(from, site);
    const last = end === null ? null : integerValue(to, site);
    if (isText) return sliceString(machine, value, first, last, inclusive, site);
    if (!(value instanceof ArrayValue)) throw new Bug('a slice of neither array nor string');
    const length = value.items.length;
    const bounds =
      style === 'classic'
        ? classicBounds(first, last, length, site)
        : modernBounds(first, last, length, inclusive, 'array', site);
    reserve(machine, bounds.end - bounds.start, site);
    return new ArrayValue(value.rep, value.items.slice(bounds.start, bounds.end));
  };
}

/** The inclusive slices of 7.9; the result's end is exclusive. */
function classicBounds(start: number, last: number | null, length: number, site: Site): Bounds {
  const end = last ?? length;
  if (start < 0) trap('arraySliceStartNegative', site);
  if (end < 0) trap('arraySliceEndNegative', site);
  if (start > length) trap('arraySliceStartBounds', site);
  if (end > length) trap('arraySliceEndBounds', site);
  if (start === length && end === length) return { start, end };
  if (end < start) trap('arraySliceEndBeforeStart', site);
  return { start, end: Math.min(end, length - 1) + 1 };
}

function modernBounds(
  start: number,
  last: number | null,
  length: number,
  inclusive: boolean,
  what: 'array' | 'string',
  site: Site,
): Bounds {
  if (start < 0) trap(`${what}SliceStartNegative`, site);
  if (last !== null && last < 0) trap(`${what}SliceEndNegative`, site);
  if (start > length) trap(`${what}SliceStartBounds`, site);
  if (last === null) return { start, end: length };
  if (inclusive ? last >= length : last > length) trap(`${what}SliceEndBounds`, site);
  if (start > last) trap(`${what}SliceStartAfterEnd`, site);
  return { start, end: inclusive ? last + 1 : last };
}

function sliceString(
  machine: Machine,
  text: string,
  first: number,
  last: number | null,
  inclusive: boolean,
  site: Site,
): string {
  const { start, end } = modernBounds(first, last, text.length, inclusive, 'string', site);
  for (const cut of [start, end]) {
    const inside = cut > 0 && cut < text.length;
    if (inside && (text.charCodeAt(cut) & 0xc0) === 0x80) trap('stringSliceCut', site);
  }
  machine.allocateString(end - start, site);
  return text.slice(start, end);
}
