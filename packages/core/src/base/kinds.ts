/**
 * Machine kinds and run-time type codes: the vocabulary that IR, bytecode and object layouts share.
 */
import type { Brand } from './brand.ts';

/** How a value is held: `any` is a boxed 64-bit word, `ref` the address of a heap object. bool and u32 are `i32`, u64 is `i64`. */
export type Kind = 'i32' | 'i64' | 'f64' | 'ref' | 'any';

/**
 * A run-time type: what a storage kind, a checked conversion or a signature names. Codes below `NOMINAL` are fixed; a struct or
 * enum is `NOMINAL` plus its `TypeId`. They stand in object headers and in bytecode, in 16 bits.
 */
export type TypeCode = Brand<number, 'TypeCode'>;

export const TYPE_CODES = {
  undecided: 0,
  i32: 1,
  u32: 2,
  i64: 3,
  u64: 4,
  f64: 5,
  bool: 6,
  any: 7,
  string: 8,
  array: 9,
  func: 10,
  range: 11,
  error: 12,
  nil: 13,
} as const;

export const NOMINAL = 16;

/** The kind in which values of a type are held where the type is known. */
export function kindOfCode(code: TypeCode): Kind {
  switch (code as number) {
    case TYPE_CODES.i32:
    case TYPE_CODES.u32:
    case TYPE_CODES.bool:
      return 'i32';
    case TYPE_CODES.i64:
    case TYPE_CODES.u64:
      return 'i64';
    case TYPE_CODES.f64:
      return 'f64';
    case TYPE_CODES.undecided:
    case TYPE_CODES.any:
    case TYPE_CODES.nil:
      return 'any';
    default:
      return 'ref';
  }
}
