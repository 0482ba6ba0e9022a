/**
 * Values as the IR evaluator holds them.
 *
 * A register holds what its kind says: `i32` a signed number, `i64` a signed bigint, `f64` a number, `ref` an object (strings are
 * JS strings with one character a byte), `any` a value that describes itself: an `Int` knows its type, an f64 is a plain
 * number, a bool a boolean, nil is `NIL`. Typed arrays hold raw elements, others self-describing ones; the code in the array says which.
 */
import { Bug } from '../../base/bug.ts';
import { kindOfCode, NOMINAL, TYPE_CODES, type TypeCode } from '../../base/kinds.ts';
import { TRAP_KINDS, type TrapKind } from '../../base/traps.ts';
import type { FuncId, IrType, TypeId } from '../../ir/ir.ts';

export const CODE = TYPE_CODES as { readonly [K in keyof typeof TYPE_CODES]: TypeCode };
export type IntCode = 1 | 2 | 3 | 4;

/** An integer of any type with its mathematical value. */
export class Int {
  readonly code: IntCode;
  readonly value: bigint;
  constructor(code: IntCode, value: bigint) {
    this.code = code;
    this.value = value;
  }
}

export class ArrayObj {
  /** Element code: `undecided` (while nothing was stored), `any`, or the one type of all elements. */
  code: TypeCode;
  items: Value[];
  mark = 0;
  constructor(code: TypeCode, items: Value[]) {
    this.code = code;
    this.items = items;
  }
}

/** A struct, or an enum value with its variant; slots are raw, of the kinds that the type's fields state. */
export class RecordObj {
  readonly type: TypeId;
  /** -1 for a struct. */
  readonly variant: number;
  readonly slots: Value[];
  mark = 0;
  constructor(type: TypeId, variant: number, slots: Value[]) {
    this.type = type;
    this.variant = variant;
    this.slots = slots;
  }
}

export class Closure {
  readonly func: FuncId;
  readonly env: readonly Value[];
  mark = 0;
  constructor(func: FuncId, env: readonly Value[]) {
    this.func = func;
    this.env = env;
  }
}

export class Cell {
  value: Value;
  mark = 0;
  constructor(value: Value) {
    this.value = value;
  }
}

export class RangeObj {
  next: bigint;
  readonly stop: bigint;
  readonly step: bigint;
  constructor(next: bigint, stop: bigint, step: bigint) {
    this.next = next;
    this.stop = stop;
    this.step = step;
  }
}

export class ErrorObj {
  readonly kind: TrapKind;
  readonly message: string;
  constructor(kind: TrapKind, message: string) {
    this.kind = kind;
    this.message = message;
  }
}

/** An iteration over a dynamic value that is under way. */
export class Iteration {
  readonly over: ArrayObj | string | RangeObj | Int;
  position = 0n;
  constructor(over: ArrayObj | string | RangeObj | Int) {
    this.over = over;
  }
}

export const NIL = Symbol('nil');
export type Nil = typeof NIL;
export type Ref = string | ArrayObj | RecordObj | Closure | Cell | RangeObj | ErrorObj | Iteration | null;
export type Any = Int | number | boolean | Nil | string | ArrayObj | RecordObj | Closure | RangeObj | ErrorObj;
export type Value = number | bigint | Ref | Any;

export function codeOfAny(value: Any): TypeCode {
  switch (typeof value) {
    case 'number':
      return CODE.f64;
    case 'boolean':
      return CODE.bool;
    case 'string':
      return CODE.string;
    case 'symbol':
      return CODE.nil;
    default:
  }
  if (value instanceof Int) return value.code as number as TypeCode;
  if (value instanceof ArrayObj) return CODE.array;
  if (value instanceof RecordObj) return (NOMINAL + value.type) as TypeCode;
  if (value instanceof Closure) return CODE.func;
  if (value instanceof RangeObj) return CODE.range;
  if (value instanceof ErrorObj) return CODE.error;
  throw new Bug(`no any word: ${String(value)}`);
}

/** A raw value of the type as a self-describing one. */
export function box(code: TypeCode, raw: Value): Any {
  switch (code) {
    case CODE.i32:
    case CODE.i64:
      return new Int(code as number as IntCode, BigInt(raw as number | bigint));
    case CODE.u32:
      return new Int(2, BigInt((raw as number) >>> 0));
    case CODE.u64:
      return new Int(4, BigInt.asUintN(64, raw as bigint));
    case CODE.bool:
      return raw !== 0;
    default:
      if (raw === null) throw new Bug('a null reference is boxed');
      return raw as Any;
  }
}

/** The raw value, or undefined if the value is not of exactly that type. */
export function unbox(code: TypeCode, value: Any): Value | undefined {
  if (codeOfAny(value) !== code) return undefined;
  return rawOf(value, kindOfCode(code));
}

function rawOf(value: Any, kind: string): Value {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (!(value instanceof Int)) return value;
  return kind === 'i32' ? Number(BigInt.asIntN(32, value.value)) : BigInt.asIntN(64, value.value);
}

/** Whether elements (or fields) of that code are stored self-describing. */
export function isDynamic(code: TypeCode): boolean {
  return code === CODE.any || code === CODE.undecided || code === CODE.nil;
}

/** What is stored under a code, self-describing. */
export function stored(code: TypeCode, slot: Value): Any {
  return isDynamic(code) ? (slot as Any) : box(code, slot);
}

export function isNumber(value: Any): value is Int | number {
  return typeof value === 'number' || value instanceof Int;
}

/** A number for comparisons: JS compares numbers and bigints mathematically. */
export function magnitude(value: Int | number): number | bigint {
  return typeof value === 'number' ? value : value.value;
}

const CODE_NAMES = [
  'undecided',
  'i32',
  'u32',
  'i64',
  'u64',
  'f64',
  'bool',
  'any',
  'string',
  'array',
  'function',
  'range_iterator',
  'error',
  'void',
];

/** The name of a type in messages, and the label of values of it. */
export function nameOfCode(types: readonly IrType[], code: TypeCode): string {
  return code >= NOMINAL ? (types[code - NOMINAL]?.name ?? '?') : (CODE_NAMES[code] ?? '?');
}

export function labelOf(types: readonly IrType[], value: Any): string {
  return nameOfCode(types, codeOfAny(value));
}

/** `typeof`: as the label, but an error tells its kind and message. */
export function typeText(types: readonly IrType[], value: Any): string {
  return value instanceof ErrorObj ? `${TRAP_KINDS[value.kind].label} ${value.message}` : labelOf(types, value);
}
