/**
 * Expressions, by kind of node.
 */
import { unreachable } from '../../base/bug.ts';
import type { Const, Expr } from '../../hir/hir.ts';
import { builtinExpr } from './builtins.ts';
import { bytesOfText } from './bytes.ts';
import { callExpr, callValueExpr, dynCallExpr, dynMethodExpr, funcExpr } from './calls.ts';
import { arrayExpr, concatExpr, fillExpr, indexExpr, repeatExpr, sliceExpr } from './collections.ts';
import type { Context, Eval } from './context.ts';
import { bools, dynamics, NORMAL, storedBig, storedNumber } from './context.ts';
import { cast } from './convert.ts';
import {
  assignExpr,
  enumExpr,
  fieldExpr,
  fromAnyExpr,
  globalExpr,
  isVariantExpr,
  localExpr,
  payloadExpr,
  structExpr,
} from './data.ts';
import { dynArithExpr, dynCompareExpr, dynFieldExpr, dynLogicExpr, dynUnaryExpr } from './dynamic.ts';
import { Jump, trap } from './errors.ts';
import { arithExpr, compareExpr, equalExpr, logicExpr, shiftExpr, unaryExpr } from './operators.ts';
import { assertShape } from './shapes.ts';
import type { Value } from './value.ts';
import { fromDynamic } from './value.ts';

/** In the boxed mode every value is compared with the type of the node it comes from. */
export function translateExpr(cx: Context, expr: Expr): Eval {
  const value = plainExpr(cx, expr);
  if (!cx.boxed) return value;
  const shape = cx.shape(expr.ty);
  return (frame) => {
    const found = value(frame);
    assertShape(shape, found, `the node ${expr.kind}`);
    return found;
  };
}

function plainExpr(cx: Context, expr: Expr): Eval {
  switch (expr.kind) {
    case 'int':
    case 'float':
    case 'bool':
    case 'string':
    case 'nil': {
      const value = constant(cx, expr);
      return () => value;
    }
    case 'local':
      return localExpr(cx, expr);
    case 'global':
      return globalExpr(cx, expr);
    case 'assign':
      return assignExpr(cx, expr);
    case 'arith':
      return arithExpr(cx, expr);
    case 'shift':
      return shiftExpr(cx, expr);
    case 'unary':
      return unaryExpr(cx, expr);
    case 'compare':
      return compareExpr(cx, expr);
    case 'equal':
      return equalExpr(cx, expr);
    case 'logic':
      return logicExpr(cx, expr);
    case 'cond':
      return condExpr(cx, expr);
    case 'block':
      return blockExpr(cx, expr);
    case 'trap': {
      const site = cx.site(expr.span);
      return () => trap(expr.trap, site);
    }
    case 'dynArith':
      return dynArithExpr(cx, expr);
    case 'dynUnary':
      return dynUnaryExpr(cx, expr);
    case 'dynCompare':
      return dynCompareExpr(cx, expr);
    case 'dynLogic':
      return dynLogicExpr(cx, expr);
    case 'dynField':
      return dynFieldExpr(cx, expr);
    case 'dynMethod':
      return dynMethodExpr(cx, expr);
    case 'dynCall':
      return dynCallExpr(cx, expr);
    case 'toAny':
      return dynamics(cx, expr.operand);
    case 'fromAny':
      return fromAnyExpr(cx, expr);
    case 'cast':
      return castExpr(cx, expr);
    case 'array':
      return arrayExpr(cx, expr);
    case 'fill':
      return fillExpr(cx, expr);
    case 'repeat':
      return repeatExpr(cx, expr);
    case 'index':
      return indexExpr(cx, expr);
    case 'slice':
      return sliceExpr(cx, expr);
    case 'concat':
      return concatExpr(cx, expr);
    case 'struct':
      return structExpr(cx, expr);
    case 'field':
      return fieldExpr(cx, expr);
    case 'enum':
      return enumExpr(cx, expr);
    case 'isVariant':
      return isVariantExpr(cx, expr);
    case 'payload':
      return payloadExpr(cx, expr);
    case 'call':
      return callExpr(cx, expr);
    case 'func':
      return funcExpr(cx, expr);
    case 'callValue':
      return callValueExpr(cx, expr);
    case 'builtin':
      return builtinExpr(cx, expr);
    default:
      return unreachable(expr, 'expression');
  }
}

function constant(cx: Context, expr: Const): Value {
  const shape = cx.shape(expr.ty);
  switch (expr.kind) {
    case 'int':
      return expr.ty.kind === 'i64' || expr.ty.kind === 'u64'
        ? storedBig(shape, expr.value)
        : storedNumber(shape, Number(expr.value));
    case 'float':
      return storedNumber(shape, expr.value);
    case 'bool':
      return expr.value;
    case 'string':
      return bytesOfText(expr.value);
    case 'nil':
      return null;
  }
}

function condExpr(cx: Context, expr: Extract<Expr, { kind: 'cond' }>): Eval {
  const cond = bools(cx, expr.cond);
  const then = cx.expr(expr.then);
  const otherwise = cx.expr(expr.else);
  return (frame) => (cond(frame) ? then(frame) : otherwise(frame));
}

function blockExpr(cx: Context, expr: Extract<Expr, { kind: 'block' }>): Eval {
  const before = cx.exits;
  const body = cx.stmts(expr.body);
  const leaves = cx.exits !== before;
  const result = cx.expr(expr.result);
  if (!leaves) {
    return (frame) => {
      body(frame);
      return result(frame);
    };
  }
  cx.jumps++;
  return (frame) => {
    const code = body(frame);
    if (code !== NORMAL) throw new Jump(code);
    return result(frame);
  };
}

function castExpr(cx: Context, expr: Extract<Expr, { kind: 'cast' }>): Eval {
  const { style } = expr;
  const site = cx.site(expr.span);
  const shape = cx.shape(expr.ty);
  const operand = dynamics(cx, expr.operand);
  return (frame) => fromDynamic(shape.rep, cast(operand(frame), shape, style, site));
}
