/**
 * The IR's instructions: one row each, by printed name.
 *
 * `fold` states the meaning of an operation without effects in plain numbers (i32 as signed number, i64 as signed bigint, f64 as number); it gives
 * undefined where the operation traps, `failure` says how. Builder, verifier, evaluator, passes, selection and the reference
 * read this table. Comparisons and tests give an i32 that is 0 or 1.
 */
import type { Effects } from '../base/builtins.ts';
import type { Kind } from '../base/kinds.ts';
import { convert, f64, i32, i64 } from '../base/scalar.ts';
import type { TrapName } from '../base/traps.ts';
import type { TypeId } from '../hir/hir.ts';

/** By name; a namespace as a value would make the bundler load its helper at every start. */
const scalar = { convert, f64, i32, i64 };

/** What an instruction's immediate is. `code`: a TypeCode. `cost`: fuel units. */
export type ImmClass =
  | 'none'
  | 'i32'
  | 'i64'
  | 'f64'
  | 'text'
  | 'trap'
  | 'code'
  | 'count'
  | 'field'
  | 'func'
  | 'env'
  | 'global'
  | 'type'
  | 'variant'
  | 'sig'
  | 'builtin'
  | 'cost';

export interface VariantImm {
  readonly type: TypeId;
  readonly variant: number;
}

export type Imm = null | number | bigint | string | VariantImm;
export type Scalar = number | bigint;

export interface OpDef {
  readonly doc: string;
  /** Kinds of the operands; `variadic` follow the immediate (function, signature, type or built-in). */
  readonly args: readonly Kind[] | 'variadic';
  /** `imm`: the immediate decides (a callee's result). */
  readonly result: Kind | null | 'imm';
  readonly imm: ImmClass;
  readonly effects: Effects;
  readonly fold: ((...args: never[]) => Scalar | undefined) | null;
  /** The error raised where `fold` is undefined. */
  readonly failure: TrapName | readonly TrapName[] | null;
}

const PURE: Effects = { traps: false, allocates: false, reads: false, writes: false };
const TRAPS: Effects = { ...PURE, traps: true };
const READS: Effects = { ...PURE, reads: true };
const WRITES: Effects = { ...PURE, writes: true };
const MAKES: Effects = { ...PURE, allocates: true, traps: true };
const READS_TRAPS: Effects = { ...READS, traps: true };
const ALL: Effects = { traps: true, allocates: true, reads: true, writes: true };

type Fold = (...args: never[]) => Scalar | undefined;

function value(args: readonly Kind[], result: Kind, fold: Fold, doc: string): OpDef {
  return { doc, args, result, imm: 'none', effects: PURE, fold, failure: null };
}

function trapping(
  args: readonly Kind[],
  result: Kind,
  failure: TrapName | readonly TrapName[],
  fold: Fold,
  doc: string,
): OpDef {
  return { doc, args, result, imm: 'none', effects: TRAPS, fold, failure };
}

function op(
  args: readonly Kind[] | 'variadic',
  result: Kind | null | 'imm',
  imm: ImmClass,
  effects: Effects,
  doc: string,
): OpDef {
  return { doc, args, result, imm, effects, fold: null, failure: null };
}

/** The integer operations of one width, which differ only in the scalar functions they name. */
function integers<W extends 'i32' | 'i64'>(w: W) {
  const s = scalar[w];
  const two = [w, w] as const;
  const overflow = 'integerOverflow';
  const rows = [
    ['add', value(two, w, s.add, 'sum, wrapping')],
    ['sub', value(two, w, s.sub, 'difference, wrapping')],
    ['mul', value(two, w, s.mul, 'product, wrapping')],
    ['addc', trapping(two, w, overflow, s.addChecked, 'sum, signed overflow traps')],
    ['subc', trapping(two, w, overflow, s.subChecked, 'difference, signed overflow traps')],
    ['mulc', trapping(two, w, overflow, s.mulChecked, 'product, signed overflow traps')],
    ['div_s', trapping(two, w, ['divisionByZero', overflow], s.divS, 'signed quotient toward zero')],
    ['rem_s', trapping(two, w, 'divisionByZero', s.remS, 'signed remainder; min % -1 is 0')],
    ['div_u', trapping(two, w, 'divisionByZero', s.divU, 'unsigned quotient')],
    ['rem_u', trapping(two, w, 'divisionByZero', s.remU, 'unsigned remainder')],
    ['and', value(two, w, s.and, 'bitwise and')],
    ['or', value(two, w, s.or, 'bitwise or')],
    ['xor', value(two, w, s.xor, 'bitwise exclusive or')],
    ['shl', value(two, w, s.shl, 'shift left; the count is below the width')],
    ['shr_s', value(two, w, s.shrS, 'arithmetic shift right; the count is below the width')],
    ['shr_u', value(two, w, s.shrU, 'logical shift right; the count is below the width')],
    ['eq', value(two, 'i32', s.eq, 'equal')],
    ['ne', value(two, 'i32', s.ne, 'not equal')],
    ['lt_s', value(two, 'i32', s.ltS, 'signed less')],
    ['le_s', value(two, 'i32', s.leS, 'signed less or equal')],
    ['lt_u', value(two, 'i32', s.ltU, 'unsigned less')],
    ['le_u', value(two, 'i32', s.leU, 'unsigned less or equal')],
  ] as const;
  return rows.map(([name, row]): [`${(typeof rows)[number][0]}.${W}`, OpDef] => [`${name}.${w}`, row]);
}

function kinds<P extends string, K extends Kind>(prefix: P, ks: readonly K[], make: (kind: K) => OpDef) {
  return ks.map((k): [`${P}.${K}`, OpDef] => [`${prefix}.${k}`, make(k)]);
}

const ALL_KINDS = ['i32', 'i64', 'f64', 'ref', 'any'] as const;
const f64s = scalar.f64;
const conv = scalar.convert;

/** Pairs, because an object of so many properties would be slow to make. */
const TABLE = [
  // constants
  ['const.i32', op([], 'i32', 'i32', PURE, 'constant; bool and u32 too')],
  ['const.i64', op([], 'i64', 'i64', PURE, 'constant; u64 too, as its signed bit pattern')],
  ['const.f64', op([], 'f64', 'f64', PURE, 'constant')],
  ['const.str', op([], 'ref', 'text', PURE, 'a constant string, always the same object')],
  ['const.null', op([], 'ref', 'none', PURE, 'the null reference, for absent operands of built-ins')],
  ['const.nil', op([], 'any', 'none', PURE, 'nil')],

  // integers and floats
  ...integers('i32'),
  ...integers('i64'),
  ['eqz.i32', value(['i32'], 'i32', scalar.i32.eqz, 'logical not')],
  [
    'select.i32',
    value(
      ['i32', 'i32', 'i32'],
      'i32',
      (c: number, a: number, b: number) => (c !== 0 ? a : b),
      'second operand if the first is non-zero, else third',
    ),
  ],
  [
    'select.i64',
    value(['i32', 'i64', 'i64'], 'i64', (c: number, a: bigint, b: bigint) => (c !== 0 ? a : b), 'likewise'),
  ],
  ['add.f64', value(['f64', 'f64'], 'f64', f64s.add, 'sum')],
  ['sub.f64', value(['f64', 'f64'], 'f64', f64s.sub, 'difference')],
  ['mul.f64', value(['f64', 'f64'], 'f64', f64s.mul, 'product')],
  ['div.f64', value(['f64', 'f64'], 'f64', f64s.div, 'quotient, IEEE')],
  ['neg.f64', value(['f64'], 'f64', f64s.neg, 'sign flip')],
  ['eq.f64', value(['f64', 'f64'], 'i32', f64s.eq, 'equal; NaN is not')],
  ['ne.f64', value(['f64', 'f64'], 'i32', f64s.ne, 'not equal')],
  ['lt.f64', value(['f64', 'f64'], 'i32', f64s.lt, 'less')],
  ['le.f64', value(['f64', 'f64'], 'i32', f64s.le, 'less or equal')],

  // conversions (7.6); those that can fail name their trap
  ['i64.from.i32', value(['i32'], 'i64', conv.i64FromI32, 'sign extension')],
  ['i64.from.u32', value(['i32'], 'i64', conv.i64FromU32, 'zero extension')],
  ['i32.from.i64', value(['i64'], 'i32', conv.i32FromI64, 'low 32 bits')],
  ['f64.from.i32', value(['i32'], 'f64', conv.f64FromI32, 'exact')],
  ['f64.from.u32', value(['i32'], 'f64', conv.f64FromU32, 'exact')],
  ['f64.from.i64', value(['i64'], 'f64', conv.f64FromI64, 'nearest')],
  ['f64.from.u64', value(['i64'], 'f64', conv.f64FromU64, 'nearest')],
  ['i32.from.f64', trapping(['f64'], 'i32', 'f64ToI32', conv.i32FromF64, 'toward zero')],
  ['i64.from.f64', trapping(['f64'], 'i64', 'f64ToI64', conv.i64FromF64, 'toward zero')],
  ['u32.from.f64', trapping(['f64'], 'i32', 'f64ToU32', conv.u32FromF64, 'toward zero; any negative operand traps')],
  ['u64.from.f64', trapping(['f64'], 'i64', 'f64ToU64', conv.u64FromF64, 'toward zero; any negative operand traps')],

  // any
  ...kinds('box', ['f64'] as const, (k) => op([k], 'any', 'none', PURE, 'a double as any word; NaN becomes canonical')),
  ['box.i32', op(['i32'], 'any', 'code', PURE, 'i32, u32 or bool (by code) as any word')],
  [
    'box.i64',
    op(
      ['i64'],
      'any',
      'code',
      { ...PURE, allocates: true, traps: true },
      'i64 or u64 (by code) as any word; on the heap if large',
    ),
  ],
  ['box.ref', op(['ref'], 'any', 'none', PURE, 'an address is its own word')],
  ['is', op(['any'], 'i32', 'code', READS, 'whether the value has the type')],
  ['unbox.i32', op(['any'], 'i32', 'code', TRAPS, 'the value of exactly that type (i32, u32, bool), else `expected`')],
  ['unbox.i64', op(['any'], 'i64', 'code', TRAPS, 'likewise for i64, u64')],
  ['unbox.f64', op(['any'], 'f64', 'none', TRAPS, 'likewise')],
  ['unbox.ref', op(['any'], 'ref', 'code', TRAPS, 'likewise for string, array, func, range, error and nominal types')],
  [
    'func.arity',
    op(['ref'], null, 'count', TRAPS, 'traps `expected` function unless the function value has that many parameters'),
  ],

  // references
  ['eq.ref', op(['ref', 'ref'], 'i32', 'none', PURE, 'identity')],
  ['str.len', op(['ref'], 'i32', 'none', PURE, 'bytes')],
  ['array.len', op(['ref'], 'i32', 'none', READS, 'elements')],
  // Typed elements. The immediate is the element code the static type promises; if the storage kind differs the element is
  // checked (`get`, `pop`) or the storage generalised (`set`, `push`). Index: i64; negative and out-of-range trap.
  ...kinds('array.get', ['i32', 'i64', 'f64', 'ref'] as const, (k) =>
    op(['ref', 'i64'], k, 'code', READS_TRAPS, 'element'),
  ),
  ...kinds('array.set', ['i32', 'i64', 'f64', 'ref'] as const, (k) =>
    op(['ref', 'i64', k], null, 'code', ALL, 'store an element'),
  ),
  ...kinds('array.push', ['i32', 'i64', 'f64', 'ref'] as const, (k) => op(['ref', k], null, 'code', ALL, 'append')),
  ...kinds('array.pop', ['i32', 'i64', 'f64', 'ref'] as const, (k) =>
    op(['ref'], k, 'code', ALL, 'remove and give the last; popEmpty'),
  ),
  ['struct.new', op('variadic', 'ref', 'type', MAKES, 'all fields in order')],
  ...kinds('field.get', ALL_KINDS, (k) => op(['ref'], k, 'field', READS, 'field of a struct')),
  ...kinds('field.set', ALL_KINDS, (k) => op(['ref', k], null, 'field', WRITES, 'store a field')),
  [
    'enum.new',
    op('variadic', 'ref', 'variant', MAKES, 'payload in order; variants without payload are always the same object'),
  ],
  ['enum.tag', op(['ref'], 'i32', 'none', PURE, 'number of the variant')],
  ...kinds('payload.get', ALL_KINDS, (k) => op(['ref'], k, 'field', PURE, 'payload field')),
  ...kinds('cell.new', ALL_KINDS, (k) => op([k], 'ref', 'none', MAKES, 'a captured mutable variable')),
  ...kinds('cell.get', ALL_KINDS, (k) => op(['ref'], k, 'none', READS, '')),
  ...kinds('cell.set', ALL_KINDS, (k) => op(['ref', k], null, 'none', WRITES, '')),
  ...kinds('global.get', ALL_KINDS, (k) => op([], k, 'global', READS, 'module variable; zero before it is set')),
  ...kinds('global.set', ALL_KINDS, (k) => op([k], null, 'global', WRITES, '')),
  [
    'closure.new',
    op('variadic', 'ref', 'func', MAKES, 'captured values in order; without captures always the same object'),
  ],
  [
    'closure.of',
    op(['ref'], 'ref', 'func', TRAPS, 'the function value; traps `otherSignature` unless it is one of that function'),
  ],
  ['closure.is', op(['ref'], 'i32', 'func', PURE, 'whether the function value is one of that function')],
  ...kinds('closure.get', ALL_KINDS, (k) => op(['ref'], k, 'field', PURE, 'captured value of what `closure.of` gave')),
  ...kinds('env.get', ALL_KINDS, (k) => op([], k, 'env', PURE, 'captured value of the running function')),

  // calls
  [
    'call',
    op(
      'variadic',
      'imm',
      'func',
      ALL,
      'a function that has no captures, or (from its boxed entry only) the one whose closure is running',
    ),
  ],
  ['closure.has', op(['ref'], 'i32', 'sig', PURE, 'whether the function value has exactly this signature')],
  ['call.closure', op('variadic', 'imm', 'sig', ALL, 'function value of that signature, then its operands')],
  ['call.boxed', op('variadic', 'any', 'count', ALL, 'function value, then so many any operands; traps `arity`')],
  ['rt', op('variadic', 'imm', 'builtin', ALL, 'a built-in; its row in base/builtins.ts has kinds and effects')],

  // control
  ['trap.if', op(['i32'], null, 'trap', TRAPS, 'raises the error if the operand is non-zero')],
  [
    'depth.check',
    op(
      [],
      null,
      'count',
      TRAPS,
      'the check of an inlined call: traps stackOverflow unless calls may nest so much deeper than the function itself',
    ),
  ],
  ['poll', op([], null, 'cost', { ...ALL }, 'takes fuel; the only place where a run stops')],
] as const satisfies readonly (readonly [string, OpDef])[];

export type OpName = (typeof TABLE)[number][0];

const ROWS: ReadonlyMap<string, OpDef> = new Map(TABLE);
export const OP_NAMES = [...ROWS.keys()] as readonly OpName[];

export function opDef(name: OpName): OpDef {
  return ROWS.get(name) as OpDef;
}

export function isOpName(name: string): name is OpName {
  return ROWS.has(name);
}

const SHARED = new Map<string, string>();

/**
 * The one text object that stands for a name. Names put together while a program is compiled are new objects, which V8 compares
 * letter by letter; those of one object, and those in the source, it tells apart by their addresses.
 */
export function sharedName<T extends string>(name: T): T {
  let shared = SHARED.get(name);
  if (shared === undefined) {
    shared = Object.keys({ [name]: 0 })[0] as string;
    SHARED.set(shared, shared);
  }
  return shared as T;
}

const NUMBERS: ReadonlyMap<string, number> = new Map(OP_NAMES.map((name, i) => [name, i]));

/** The place of an operation in the table, for hashing. */
export function opNumber(name: OpName): number {
  return NUMBERS.get(name) as number;
}
