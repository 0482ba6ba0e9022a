/**
 * Arithmetic, comparison and casts of values whose types are known.
 */
import { present } from '../../base/bug.ts';
import type { TrapName } from '../../base/traps.ts';
import type { OpName } from '../../ir/ops.ts';
import type { ValueId } from '../../ir/ir.ts';
import type { ArithOp, CompareOp, IntType, NumType, ShiftOp, Style, Type } from '../hir.ts';
import type { Context } from './context.ts';
import { codeOf, kindOf } from './types.ts';

type Width = 'i32' | 'i64';

export function isSigned(type: NumType): boolean {
  return type === 'i32' || type === 'i64';
}

export function widthOf(type: IntType): Width {
  return type === 'i32' || type === 'u32' ? 'i32' : 'i64';
}

export function intConst(c: Context, type: IntType, value: bigint): ValueId {
  return widthOf(type) === 'i32' ? c.b.i32(Number(BigInt.asIntN(32, value))) : c.b.i64(BigInt.asIntN(64, value));
}

const CHECKED: Partial<Record<ArithOp, 'addc' | 'subc' | 'mulc'>> = { add: 'addc', sub: 'subc', mul: 'mulc' };

export function lowerArith(
  c: Context,
  op: ArithOp,
  mode: 'checked' | 'wrapping',
  type: Type,
  l: ValueId,
  r: ValueId,
): ValueId {
  const { b } = c;
  if (type.kind === 'f64') return lowerFloatArith(c, op, mode, l, r);
  if (type.kind === 'bool') return b.inst(`${op as 'and' | 'or' | 'xor'}.i32`, [l, r]);
  const int = type.kind as IntType;
  const w = widthOf(int);
  if (op === 'div' || op === 'rem') {
    if (!isSigned(int)) return b.inst(`${op}_u.${w}`, [l, r]);
    if (op === 'div' && mode === 'wrapping') {
      const minusOne = b.inst(`eq.${w}`, [r, intConst(c, int, -1n)]);
      const negate = () => b.inst(`sub.${w}`, [intConst(c, int, 0n), l]);
      return c.choose(minusOne, w, negate, () => b.inst(`div_s.${w}`, [l, r]));
    }
    return b.inst(`${op}_s.${w}`, [l, r]);
  }
  const checked = mode === 'checked' && isSigned(int) ? CHECKED[op] : undefined;
  return b.inst(`${checked ?? op}.${w}` as OpName, [l, r]);
}

function lowerFloatArith(c: Context, op: ArithOp, mode: 'checked' | 'wrapping', l: ValueId, r: ValueId): ValueId {
  const { b } = c;
  if (op === 'add' || op === 'sub' || op === 'mul') return b.inst(`${op}.f64`, [l, r]);
  if (mode === 'checked') c.trapIf(b.inst('eq.f64', [r, b.f64(0)]), 'divisionByZero');
  return op === 'div' ? b.inst('div.f64', [l, r]) : c.rt('f64.rem', [l, r]);
}

/** The count has any integer type; a count of the wrong size is found by one unsigned comparison. */
export function lowerShift(
  c: Context,
  op: ShiftOp,
  type: IntType,
  left: ValueId,
  countType: IntType,
  count: ValueId,
): ValueId {
  const { b } = c;
  const w = widthOf(type);
  const cw = widthOf(countType);
  const inRange = b.inst(`lt_u.${cw}`, [count, intConst(c, countType, w === 'i32' ? 32n : 64n)]);
  c.trapIf(b.inst('eqz.i32', [inRange]), 'shiftRange');
  const amount = cw === w ? count : w === 'i32' ? b.inst('i32.from.i64', [count]) : b.inst('i64.from.u32', [count]);
  if (op === 'shl') return b.inst(`shl.${w}`, [left, amount]);
  return b.inst(isSigned(type) ? `shr_s.${w}` : `shr_u.${w}`, [left, amount]);
}

export function lowerNegate(c: Context, mode: 'checked' | 'wrapping', type: Type, x: ValueId): ValueId {
  if (type.kind === 'f64') return c.b.inst('neg.f64', [x]);
  return lowerArith(c, 'sub', mode, type, intConst(c, type.kind as IntType, 0n), x);
}

export function lowerBitNot(c: Context, type: IntType, x: ValueId): ValueId {
  return c.b.inst(`xor.${widthOf(type)}`, [x, intConst(c, type, -1n)]);
}

const SWAPPED: Record<CompareOp, CompareOp> = { eq: 'eq', ne: 'ne', lt: 'gt', le: 'ge', gt: 'lt', ge: 'le' };

/** Two numbers of any types, two bools, or two strings. */
export function lowerCompare(c: Context, op: CompareOp, lt: Type, l: ValueId, rt: Type, r: ValueId): ValueId {
  const { b } = c;
  if (lt.kind === 'string') return lowerStringCompare(c, op, l, r);
  if (lt.kind === 'bool') return b.inst(`${op as 'eq' | 'ne'}.i32`, [l, r]);
  const left = lt.kind as NumType;
  const right = rt.kind as NumType;
  if (left === right) return lowerSameCompare(c, op, left, l, r);
  if (right === 'f64') return lowerFloatMixed(c, op, left as IntType, l, r);
  if (left === 'f64') return lowerFloatMixed(c, SWAPPED[op], right as IntType, r, l);
  if (left !== 'u64' && right !== 'u64') {
    return lowerSameCompare(c, op, 'i64', widen(c, left, l), widen(c, right, r));
  }
  if (!isSigned(left) && !isSigned(right)) {
    return lowerSameCompare(c, op, 'u64', widen(c, left, l), widen(c, right, r));
  }
  return isSigned(left)
    ? lowerSignedUnsigned(c, op, widen(c, left, l), r)
    : lowerSignedUnsigned(c, SWAPPED[op], widen(c, right, r), l);
}

export function lowerSameCompare(c: Context, op: CompareOp, type: NumType, l: ValueId, r: ValueId): ValueId {
  const { b } = c;
  const [a, z] = op === 'gt' || op === 'ge' ? [r, l] : [l, r];
  const plain = op === 'gt' ? 'lt' : op === 'ge' ? 'le' : op;
  if (type === 'f64') return b.inst(`${plain}.f64`, [a, z]);
  const w = widthOf(type);
  if (plain === 'eq' || plain === 'ne') return b.inst(`${plain}.${w}`, [a, z]);
  return b.inst(`${plain}_${isSigned(type) ? 's' : 'u'}.${w}`, [a, z]);
}

/** To 64 bits, by the sign of the type. */
function widen(c: Context, type: IntType, x: ValueId): ValueId {
  if (widthOf(type) === 'i64') return x;
  return c.b.inst(isSigned(type) ? 'i64.from.i32' : 'i64.from.u32', [x]);
}

/** A signed and an unsigned 64-bit integer: a negative one is below every unsigned one. */
function lowerSignedUnsigned(c: Context, op: CompareOp, signed: ValueId, unsigned: ValueId): ValueId {
  const { b } = c;
  const negative = b.inst('lt_s.i64', [signed, b.i64(0n)]);
  const not = (x: ValueId) => b.inst('eqz.i32', [x]);
  switch (op) {
    case 'eq':
      return b.inst('and.i32', [not(negative), b.inst('eq.i64', [signed, unsigned])]);
    case 'ne':
      return b.inst('or.i32', [negative, b.inst('ne.i64', [signed, unsigned])]);
    case 'lt':
      return b.inst('or.i32', [negative, b.inst('lt_u.i64', [signed, unsigned])]);
    case 'le':
      return b.inst('or.i32', [negative, b.inst('le_u.i64', [signed, unsigned])]);
    case 'gt':
      return b.inst('and.i32', [not(negative), b.inst('lt_u.i64', [unsigned, signed])]);
    default:
      return b.inst('and.i32', [not(negative), b.inst('le_u.i64', [unsigned, signed])]);
  }
}

/** 32-bit integers are exact as doubles; 64-bit ones need the three-way comparison (-1, 0, 1, or 2 with a NaN). */
function lowerFloatMixed(c: Context, op: CompareOp, type: IntType, int: ValueId, float: ValueId): ValueId {
  const { b } = c;
  if (widthOf(type) === 'i32') {
    const exact = b.inst(type === 'i32' ? 'f64.from.i32' : 'f64.from.u32', [int]);
    return lowerSameCompare(c, op, 'f64', exact, float);
  }
  const order = c.rt(type === 'i64' ? 'cmp.i64.f64' : 'cmp.u64.f64', [int, float]);
  switch (op) {
    case 'eq':
      return b.inst('eqz.i32', [order]);
    case 'ne':
      return b.inst('ne.i32', [order, b.i32(0)]);
    case 'lt':
      return b.inst('eq.i32', [order, b.i32(-1)]);
    case 'le':
      return b.inst('le_s.i32', [order, b.i32(0)]);
    case 'gt':
      return b.inst('eq.i32', [order, b.i32(1)]);
    default:
      return b.inst('lt_u.i32', [order, b.i32(2)]);
  }
}

function lowerStringCompare(c: Context, op: CompareOp, l: ValueId, r: ValueId): ValueId {
  const { b } = c;
  if (op === 'eq') return c.rt('str.eq', [l, r]);
  if (op === 'ne') return b.inst('eqz.i32', [c.rt('str.eq', [l, r])]);
  return lowerSameCompare(c, op, 'i32', c.rt('str.cmp', [l, r]), b.i32(0));
}

/** An integer of any type as an i64 index or bound; a u64 above the i64 range becomes the i64 maximum. */
export function lowerIndex(c: Context, type: Type, x: ValueId): ValueId {
  const { b } = c;
  if (type.kind !== 'u64') return widen(c, type.kind as IntType, x);
  return b.inst('select.i64', [b.inst('lt_s.i64', [x, b.i64(0n)]), b.i64(0x7fff_ffff_ffff_ffffn), x]);
}

interface RangeCheck {
  readonly trap: TrapName;
  /** Whether `x` does not fit. */
  readonly fails: (c: Context, x: ValueId) => ValueId;
}

function negative32(trap: TrapName): RangeCheck {
  return { trap, fails: (c, x) => c.b.inst('lt_s.i32', [x, c.b.i32(0)]) };
}
function negative64(trap: TrapName): RangeCheck {
  return { trap, fails: (c, x) => c.b.inst('lt_s.i64', [x, c.b.i64(0n)]) };
}
function above(bound: bigint, trap: TrapName): RangeCheck {
  return { trap, fails: (c, x) => c.b.inst('lt_u.i64', [c.b.i64(bound), x]) };
}

/** The integer casts of 7.6 that can fail; the others only change width. */
const CAST_CHECKS: Readonly<Record<string, RangeCheck>> = {
  'i32>u64': negative32('negativeI32ToU64'),
  'i64>u32': above(0xffff_ffffn, 'i64ToU32'),
  'i64>u64': negative64('negativeI64ToU64'),
  'u64>i32': above(0x7fff_ffffn, 'u64ToI32'),
  'u64>u32': above(0xffff_ffffn, 'u64ToU32'),
  'u64>i64': negative64('u64ToI64'),
};

/** The cast table of 7.6 between primitive types that are known. */
export function lowerCast(c: Context, from: Type, to: Type, style: Style, x: ValueId): ValueId {
  const { b } = c;
  if (from.kind === to.kind) return x;
  if (to.kind === 'string') return lowerText(c, from, style, x);
  if (to.kind === 'bool') {
    if (from.kind === 'f64') return b.inst('ne.f64', [x, b.f64(0)]);
    return b.inst(`ne.${widthOf(from.kind as IntType)}`, [x, intConst(c, from.kind as IntType, 0n)]);
  }
  if (from.kind === 'f64') return b.inst(`${to.kind as IntType}.from.f64`, [x]);
  // A bool is the i32 0 or 1.
  const source = from.kind === 'bool' ? 'i32' : (from.kind as IntType);
  if (to.kind === 'f64') return b.inst(`f64.from.${source}`, [x]);
  const target = to.kind as IntType;
  const check = CAST_CHECKS[`${source}>${target}`];
  if (check !== undefined) c.trapIf(check.fails(c, x), check.trap);
  if (widthOf(source) === widthOf(target)) return x;
  return widthOf(target) === 'i32' ? b.inst('i32.from.i64', [x]) : widen(c, source, x);
}

function lowerText(c: Context, from: Type, style: Style, x: ValueId): ValueId {
  const { b } = c;
  switch (from.kind) {
    case 'f64':
      return c.rt('text.f64', [x, b.i32(style === 'modern' ? 2 : 1)]);
    case 'bool': {
      const text = (word: string) => () => b.inst('const.str', [], word);
      return c.choose(x, 'ref', text('true'), text('false'));
    }
    case 'u64':
      return c.rt('text.u64', [x]);
    default:
      return c.rt('text.i64', [widen(c, from.kind as IntType, x)]);
  }
}

/** A value of known type as an `any` word. */
export function lowerBox(c: Context, type: Type, x: ValueId): ValueId {
  const { b } = c;
  switch (kindOf(type)) {
    case 'any':
      return x;
    case 'f64':
      return b.inst('box.f64', [x]);
    case 'ref':
      return b.inst('box.ref', [x]);
    case 'i32':
      return b.inst('box.i32', [x], codeOf(type));
    default:
      return b.inst('box.i64', [x], codeOf(type));
  }
}

/** An `any` word as a value of exactly that type. */
export function lowerUnbox(c: Context, type: Type, x: ValueId): ValueId {
  const { b } = c;
  const code = codeOf(type);
  switch (kindOf(type)) {
    case 'any':
      if (type.kind === 'nil') requireNil(c, x);
      return x;
    case 'f64':
      return b.inst('unbox.f64', [x]);
    case 'i32':
      return b.inst('unbox.i32', [x], code);
    case 'i64':
      return b.inst('unbox.i64', [x], code);
    default: {
      const ref = b.inst('unbox.ref', [x], code);
      if (type.kind === 'func') b.effect('func.arity', [ref], type.params.length);
      return ref;
    }
  }
}

/** Nil has no checked conversion of its own: converting to a type that only nil has is a cast to it. */
function requireNil(c: Context, x: ValueId): void {
  const { b } = c;
  const isNil = b.inst('is', [x], present(codeOf({ kind: 'nil' }), 'code of nil'));
  c.branch(
    isNil,
    () => {},
    () => b.effect('rt', [x, b.i32(codeOf({ kind: 'nil' }))], 'convert.any'),
  );
}
