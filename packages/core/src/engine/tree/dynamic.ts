/**
 * Operations on operands of type `any`, decided by the values at hand. All values here are in dynamic form.
 */
import type { ArithOp, Expr, ShiftOp } from '../../hir/hir.ts';
import {
  bigOp,
  complementBig,
  complementNumber,
  negateBig,
  negateNumber,
  numberOp,
  shiftBig,
  shiftNumber,
} from './arith.ts';
import { concatenate, repeat } from './collections.ts';
import type { Context, Eval } from './context.ts';
import { dynamics } from './context.ts';
import { adaptTo } from './convert.ts';
import { raiseDynamic, trap } from './errors.ts';
import type { Machine } from './machine.ts';
import type { Site, Value } from './value.ts';
import {
  ArrayValue,
  F64,
  isInteger,
  isNumber,
  isZero,
  label,
  numericValue,
  StructValue,
  toDynamic,
  U32,
  U64,
} from './value.ts';

type DynArith = Extract<Expr, { kind: 'dynArith' }>;
type DynUnary = Extract<Expr, { kind: 'dynUnary' }>;
type DynCompare = Extract<Expr, { kind: 'dynCompare' }>;
type DynLogic = Extract<Expr, { kind: 'dynLogic' }>;
type DynField = Extract<Expr, { kind: 'dynField' }>;

export function dynArithExpr(cx: Context, expr: DynArith): Eval {
  const { machine } = cx;
  const { op, adapt } = expr;
  const site = cx.site(expr.span);
  const left = dynamics(cx, expr.left);
  const right = dynamics(cx, expr.right);
  if (op === 'shl' || op === 'shr') return (frame) => shift(op, left(frame), right(frame), site);
  return (frame) => {
    const a = left(frame);
    const b = right(frame);
    if (adapt === 'left') return arithmetic(machine, op, adaptTo(a, b), b, site);
    if (adapt === 'right') return arithmetic(machine, op, a, adaptTo(b, a), site);
    return arithmetic(machine, op, a, b, site);
  };
}

function arithmetic(machine: Machine, op: ArithOp, a: Value, b: Value, site: Site): Value {
  if (typeof a === 'number' && typeof b === 'number') return numberOp('i32', op, 'checked')(a, b, site);
  if (typeof a === 'bigint' && typeof b === 'bigint') return bigOp('i64', op, 'checked')(a, b, site);
  const bits = op === 'and' || op === 'or' || op === 'xor';
  if (a instanceof F64 && b instanceof F64 && !bits)
    return new F64(numberOp('f64', op, 'checked')(a.value, b.value, site));
  if (a instanceof U32 && b instanceof U32) return new U32(numberOp('u32', op, 'checked')(a.value, b.value, site));
  if (a instanceof U64 && b instanceof U64) return new U64(bigOp('u64', op, 'checked')(a.value, b.value, site));
  if (op === 'add' && typeof a === 'string' && typeof b === 'string') return concatenate(machine, a, b, site);
  if (op === 'mul' && a instanceof ArrayValue && isInteger(b)) return repeat(machine, a, numericValue(b), site);
  if (op === 'mul' && b instanceof ArrayValue && isInteger(a)) return repeat(machine, b, numericValue(a), site);
  return trap('operandTypes', site);
}

function shift(op: ShiftOp, value: Value, by: Value, site: Site): Value {
  if (!isInteger(value) || !isInteger(by)) return trap('operandTypes', site);
  const count = Number(numericValue(by));
  if (typeof value === 'number') return shiftNumber('i32', op, value, count, site);
  if (typeof value === 'bigint') return shiftBig('i64', op, value, count, site);
  if (value instanceof U32) return new U32(shiftNumber('u32', op, value.value, count, site));
  return new U64(shiftBig('u64', op, value.value, count, site));
}

export function dynUnaryExpr(cx: Context, expr: DynUnary): Eval {
  const { style } = expr;
  const site = cx.site(expr.span);
  const operand = dynamics(cx, expr.operand);
  switch (expr.op) {
    case 'neg':
      return (frame) => negate(operand(frame), site);
    case 'bitnot':
      return (frame) => complement(operand(frame), site);
    case 'not':
      return (frame) => {
        const value = operand(frame);
        if (typeof value === 'boolean') return !value;
        if (style === 'modern') return raiseDynamic('expected', { expected: 'bool', found: label(value) }, site);
        if (!isNumber(value)) return raiseDynamic('notNumber', { found: label(value) }, site);
        return isZero(value);
      };
  }
}

function negate(value: Value, site: Site): Value {
  if (typeof value === 'number') return negateNumber('i32', 'checked', value, site);
  if (typeof value === 'bigint') return negateBig('i64', 'checked', value, site);
  if (value instanceof F64) return new F64(-value.value);
  if (value instanceof U32) return new U32(negateNumber('u32', 'checked', value.value, site));
  if (value instanceof U64) return new U64(negateBig('u64', 'checked', value.value, site));
  return raiseDynamic('notNumber', { found: label(value) }, site);
}

function complement(value: Value, site: Site): Value {
  if (typeof value === 'number') return complementNumber('i32', value);
  if (typeof value === 'bigint') return complementBig('i64', value);
  if (value instanceof U32) return new U32(complementNumber('u32', value.value));
  if (value instanceof U64) return new U64(complementBig('u64', value.value));
  return raiseDynamic('notInteger', { found: label(value) }, site);
}

export function dynCompareExpr(cx: Context, expr: DynCompare): Eval {
  const site = cx.site(expr.span);
  const left = dynamics(cx, expr.left);
  const right = dynamics(cx, expr.right);
  const { op } = expr;
  return (frame) => {
    const a = left(frame);
    const b = right(frame);
    if (isNumber(a) && isNumber(b)) return ordered(op, numericValue(a), numericValue(b));
    if (typeof a === 'string' && typeof b === 'string') return ordered(op, a, b);
    return raiseDynamic('notOrdered', { left: label(a), right: label(b) }, site);
  };
}

/** Two strings, or two numbers or bigints in any mixture: JS compares those mathematically. */
function ordered(op: DynCompare['op'], a: string | number | bigint, b: string | number | bigint): boolean {
  switch (op) {
    case 'lt':
      return a < b;
    case 'le':
      return a <= b;
    case 'gt':
      return a > b;
    case 'ge':
      return a >= b;
  }
}

export function dynLogicExpr(cx: Context, expr: DynLogic): Eval {
  const { machine } = cx;
  const { op } = expr;
  const site = cx.site(expr.span);
  const left = dynamics(cx, expr.left);
  const right = dynamics(cx, expr.right);
  const wrong = (): never => raiseDynamic('logicOperands', { name: op }, site);
  return (frame) => {
    const a = left(frame);
    if (a === (op === 'or')) return a;
    const b = right(frame);
    if (typeof a === 'boolean') return typeof b === 'boolean' ? b : wrong();
    return isInteger(a) && label(a) === label(b) ? arithmetic(machine, op, a, b, site) : wrong();
  };
}

export function dynFieldExpr(cx: Context, expr: DynField): Eval {
  const { name } = expr;
  const site = cx.site(expr.span);
  const object = dynamics(cx, expr.object);
  return (frame) => {
    const value = object(frame);
    if (value instanceof StructValue) {
      const at = value.type.fieldIndex.get(name);
      const member = at === undefined ? undefined : value.type.fields[at];
      if (at !== undefined && member !== undefined) return toDynamic(member.rep, value.fields[at] as Value);
    }
    return raiseDynamic('noField', { found: label(value), name }, site);
  };
}
