/**
 * Operands of an opcode: role, kind and place in the instruction.
 *
 *     word 0   op:8 | a:8 | b:8 | c:8        bytes 1, 2, 3 in order of declaration; a 16-bit field takes bytes 2 and 3
 *     word 1…  32 bits each, in order of declaration
 *
 * Register operands are slots of the running frame. A slot is 8 bytes and canonical: an i32 or a reference is zero-extended.
 * `slot` stands for a slot of any kind, where the instruction only moves it.
 */
import type { Kind } from '../base/kinds.ts';
import type { Expr } from '../wasm/code-writer.ts';

export type SlotKind = Kind | 'slot';

/** What a 32-bit or smaller field stands for. Words of the classes in `RELOCATED` are replaced when the program is loaded. */
export type ImmKind =
  | 'i32' //      a number, as the operand kind says
  | 'i64'
  | 'cost' //     fuel
  | 'target' //   pc in the program, address in memory
  | 'pool' //     number of a 64-bit constant; as a word: its address in memory
  | 'string' //   number of a constant string; address in memory
  | 'selector' // number of a constant string, the name of a member; address of its SELECTOR in memory
  | 'function' // number of a function; address of its function value in memory
  | 'variant' //  type number << 16 | variant; address of its value in memory
  | 'global' //   number of a module variable; address of its slot in memory
  | 'func' //     FuncIndex; the function's number in memory
  | 'info' //     FuncIndex, repeated; address of its FUNC_INFO in memory
  | 'code' //     TypeCode
  | 'sig' //      signature id
  | 'trap' //     position in TRAPS
  | 'builtin' //  position in BUILTIN_NAMES
  | 'index' //    number of a field, payload field or captured slot
  | 'count' //    number of operands
  | 'window'; //  first slot of a run of slots: operands and result of calls

export const RELOCATED: readonly ImmKind[] = [
  'target',
  'pool',
  'string',
  'selector',
  'function',
  'variant',
  'global',
  'func',
  'info',
];

export type Field = 'reg8' | 'reg16' | 's8' | 'u8' | 's16' | 'u16' | 'word';

export type Role = 'def' | 'use' | 'update' | 'imm';

export interface Operand<R extends Role = Role, K extends SlotKind | ImmKind = SlotKind | ImmKind> {
  readonly role: R;
  readonly kind: K;
  readonly field: Field;
}

/** The register that receives the result. */
export const def = <K extends SlotKind>(kind: K): Operand<'def', K> => ({ role: 'def', kind, field: 'reg8' });
export const use = <K extends SlotKind>(kind: K): Operand<'use', K> => ({ role: 'use', kind, field: 'reg8' });
/** A register that is read and receives the result. */
export const update = <K extends SlotKind>(kind: K): Operand<'update', K> => ({ role: 'update', kind, field: 'reg8' });
/** A slot beyond the registers. */
export const def16 = <K extends SlotKind>(kind: K): Operand<'def', K> => ({ role: 'def', kind, field: 'reg16' });
export const use16 = <K extends SlotKind>(kind: K): Operand<'use', K> => ({ role: 'use', kind, field: 'reg16' });
export const imm = <K extends ImmKind>(kind: K, field: Field = 'word'): Operand<'imm', K> => ({
  role: 'imm',
  kind,
  field,
});
/** A register named by a word of its own. */
export const useWord = <K extends SlotKind>(kind: K): Operand<'use', K> => ({ role: 'use', kind, field: 'word' });
/** First slot of a run of slots. */
export const window = (): Operand<'imm', 'window'> => ({ role: 'imm', kind: 'window', field: 'u16' });

export type Operands = Readonly<Record<string, Operand>>;

/** Smallest and largest value that a field holds. */
const RANGES = {
  reg8: { min: 0, max: 0xff },
  u8: { min: 0, max: 0xff },
  s8: { min: -0x80, max: 0x7f },
  reg16: { min: 0, max: 0xffff },
  u16: { min: 0, max: 0xffff },
  s16: { min: -0x8000, max: 0x7fff },
  word: { min: -0x8000_0000, max: 0xffff_ffff },
} as const satisfies Record<Field, { readonly min: number; readonly max: number }>;

export function fieldRange(field: Field): { readonly min: number; readonly max: number } {
  return RANGES[field];
}

declare const targetBrand: unique symbol;
/** Where a branch goes; only an engine looks inside. */
export interface Target {
  readonly [targetBrand]: true;
}

/** What `emit` receives for an operand. */
export type Fetched<O> =
  O extends Operand<Role, infer K>
    ? K extends 'target'
      ? Target
      : K extends 'i64' | 'any' | 'slot' | 'pool' | 'cost'
        ? Expr<'i64'>
        : K extends 'f64'
          ? Expr<'f64'>
          : Expr<'i32'>
    : never;

/** Operands that `emit` may read: all but the destination. */
export type Sources<O extends Operands> = {
  readonly [N in keyof O as O[N] extends Operand<'def', SlotKind> ? never : N]: Fetched<O[N]>;
};

/** The WebAssembly type of the destination's kind. */
export type ResultOf<O extends Operands> = {
  [N in keyof O]: O[N] extends Operand<'def' | 'update', SlotKind> ? Fetched<O[N]> : never;
}[keyof O];

/** A kind in plain numbers, for `fold`: i32 signed, i64 signed bigint. */
type Plain<K> = K extends 'i64'
  ? bigint
  : K extends 'i32' | 'f64'
    ? number
    : K extends 'any' | 'slot' | 'pool'
      ? bigint
      : number;

export type PlainSources<O extends Operands> = {
  readonly [N in keyof O as O[N] extends Operand<'def', SlotKind> ? never : N]: O[N] extends Operand<Role, infer K>
    ? Plain<K>
    : never;
};

export type PlainResult<O extends Operands> = {
  [N in keyof O]: O[N] extends Operand<'def' | 'update', infer K> ? Plain<K> : never;
}[keyof O];
