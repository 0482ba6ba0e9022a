/**
 * Values of the tree engine.
 *
 * A value has two forms. The *dynamic form* describes itself: a JS number is an i32, a bigint an i64, and the other numeric
 * types are wrapped (`F64`, `U32`, `U64`). The *static form*, used where the type is known, is the same except that f64 and u32
 * are bare numbers and u64 a bare bigint. A `Rep` says which of the two a stored value has:
 *
 *     Rep.self  the dynamic form, also the static form of every type but three
 *     Rep.f64   a bare number        Rep.u32  a bare number        Rep.u64  a bare bigint
 *
 * With everything boxed (`Checks.boxedTree`) every static form is `Rep.self`. Strings are JS strings with one char per byte.
 * An unset variable holds `undefined`, which is not a value.
 */
import type { TrapKind } from '../../base/traps.ts';
import { TRAP_KINDS } from '../../base/traps.ts';
import type { Func, Type, TypeId } from '../../hir/hir.ts';

export const Rep = { self: 0, f64: 1, u32: 2, u64: 3 } as const;
export type Rep = (typeof Rep)[keyof typeof Rep];

export class F64 {
  /** Never there: keeps the classes apart for the type checker. */
  declare protected readonly kind: 'f64';
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

export class U32 {
  /** Never there: keeps the classes apart for the type checker. */
  declare protected readonly kind: 'u32';
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

export class U64 {
  /** Never there: keeps the classes apart for the type checker. */
  declare protected readonly kind: 'u64';
  readonly value: bigint;
  constructor(value: bigint) {
    this.value = value;
  }
}

/** `rep` tells the form of all items; `mark` is the number of the last memory measurement that met the object. */
export class ArrayValue {
  rep: Rep;
  items: Value[];
  mark = 0;
  constructor(rep: Rep, items: Value[]) {
    this.rep = rep;
    this.items = items;
  }
}

/** A field or payload: its name, its type and the form it is stored in. */
export interface Member {
  readonly name: string;
  readonly rep: Rep;
  readonly shape: Shape;
}

export interface StructType {
  readonly id: TypeId;
  readonly name: string;
  readonly fields: readonly Member[];
  readonly fieldIndex: ReadonlyMap<string, number>;
  readonly methods: Map<string, { readonly code: Code; readonly instance: boolean }>;
}

export interface EnumType {
  readonly id: TypeId;
  readonly name: string;
  readonly variants: readonly { readonly name: string; readonly payload: readonly Member[] }[];
}

export class StructValue {
  readonly type: StructType;
  readonly fields: Value[];
  mark = 0;
  constructor(type: StructType, fields: Value[]) {
    this.type = type;
    this.fields = fields;
  }
}

export class EnumValue {
  readonly type: EnumType;
  readonly variant: number;
  readonly payload: readonly Value[];
  mark = 0;
  constructor(type: EnumType, variant: number, payload: readonly Value[]) {
    this.type = type;
    this.variant = variant;
    this.payload = payload;
  }
}

/** `env` holds what `code.func.captures` names: values, or cells of variables that are assigned. */
export class FuncValue {
  readonly code: Code;
  readonly env: readonly Slot[];
  mark = 0;
  constructor(code: Code, env: readonly Slot[]) {
    this.code = code;
    this.env = env;
  }
}

/** The values still to come. Exhausted when `current` has reached or passed `end` in the direction of `step`. */
export class RangeValue {
  current: bigint;
  readonly end: bigint;
  readonly step: bigint;
  constructor(current: bigint, end: bigint, step: bigint) {
    this.current = current;
    this.end = end;
    this.step = step;
  }
}

export class ErrorValue {
  readonly kind: TrapKind;
  readonly message: string;
  constructor(kind: TrapKind, message: string) {
    this.kind = kind;
    this.message = message;
  }
}

export type Value =
  | number
  | bigint
  | boolean
  | string
  | null
  | F64
  | U32
  | U64
  | ArrayValue
  | StructValue
  | EnumValue
  | FuncValue
  | RangeValue
  | ErrorValue;

/** A variable that is captured and assigned. */
export class Cell {
  value: Value | undefined;
  mark = 0;
  constructor(value: Value | undefined) {
    this.value = value;
  }
}

/**
 * An activation: the result, the caller's activation, the call it was made by, then the variables.
 *
 *     [ result | caller | site | parameters ... | captured ... | locals ... ]
 */
export type Frame = Slot[];
export type Slot = Value | Cell | Frame | Site | undefined | null;
export const RESULT = 0;
export const CALLER = 1;
export const SITE = 2;
export const FIRST_SLOT = 3;

/** A place in the source as a trace shows it. */
export interface Site {
  readonly func: string;
  readonly span: Func['span'];
}

/** A translated function. `run` is filled in after all functions have their `Code`. */
export interface Code {
  readonly func: Func;
  readonly name: string;
  readonly params: readonly Shape[];
  readonly result: Shape;
  /** Equal keys: arguments and result have the same forms and need no checks. */
  readonly signature: string;
  size: number;
  /** Slots of the captured variables, in the order of `func.captures`. */
  captures: readonly number[];
  /** The function as a value, if it captures nothing and was asked for. */
  constant: FuncValue | null;
  run: (frame: Frame) => number;
}

/** What the engine needs to know of a static type. `test` asks whether a value in dynamic form is of the type. */
export interface Shape {
  readonly type: Type;
  readonly rep: Rep;
  /** As in messages. */
  readonly name: string;
  /** Equal keys: equal forms and equal tests. */
  readonly key: string;
  readonly test: (value: Value) => boolean;
}

/** The dynamic form of a stored value. */
export function toDynamic(rep: Rep, value: Value): Value {
  switch (rep) {
    case Rep.self:
      return value;
    case Rep.f64:
      return new F64(value as number);
    case Rep.u32:
      return new U32(value as number);
    case Rep.u64:
      return new U64(value as bigint);
  }
}

/** The stored form of a value in dynamic form that is known to be of a type with this representation. */
export function fromDynamic(rep: Rep, value: Value): Value {
  return rep === Rep.self ? value : (value as F64 | U32 | U64).value;
}

/** The representation that one value in dynamic form would like to be stored in. */
export function preferredRep(value: Value): Rep {
  return value instanceof F64 ? Rep.f64 : value instanceof U32 ? Rep.u32 : value instanceof U64 ? Rep.u64 : Rep.self;
}

/** The short label of a value in dynamic form: as `typeof` gives it, but `error` for every error. */
export function label(value: Value): string {
  switch (typeof value) {
    case 'number':
      return 'i32';
    case 'bigint':
      return 'i64';
    case 'boolean':
      return 'bool';
    case 'string':
      return 'string';
    default:
      break;
  }
  if (value === null) return 'void';
  if (value instanceof ArrayValue) return 'array';
  if (value instanceof StructValue || value instanceof EnumValue) return value.type.name;
  if (value instanceof F64) return 'f64';
  if (value instanceof U32) return 'u32';
  if (value instanceof U64) return 'u64';
  if (value instanceof FuncValue) return 'function';
  if (value instanceof RangeValue) return 'range_iterator';
  return 'error';
}

/** What `typeof` gives. */
export function typeLabel(value: Value): string {
  return value instanceof ErrorValue ? `${TRAP_KINDS[value.kind].label} ${value.message}` : label(value);
}

/** Whether a value in dynamic form is an integer. */
export function isInteger(value: Value): value is number | bigint | U32 | U64 {
  return typeof value === 'bigint' || typeof value === 'number' || value instanceof U32 || value instanceof U64;
}

export function isNumber(value: Value): value is number | bigint | U32 | U64 | F64 {
  return isInteger(value) || value instanceof F64;
}

/** The mathematical value: JS compares numbers and bigints exactly. */
export function numericValue(value: number | bigint | U32 | U64 | F64): number | bigint {
  return typeof value === 'object' ? value.value : value;
}

/** Mathematical equality: JS orders numbers and bigints exactly, and NaN with nothing. */
export function sameNumber(a: number | bigint, b: number | bigint): boolean {
  return a <= b && a >= b;
}

/** Whether a number in dynamic form is zero, of either sign. */
export function isZero(value: number | bigint | U32 | U64 | F64): boolean {
  return sameNumber(numericValue(value), 0);
}
