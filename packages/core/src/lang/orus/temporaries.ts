/**
 * Temporaries: values that are evaluated once and used more than once, or later than they stand.
 */
import type * as hir from '../../hir/hir.ts';
import type { Cx, Draft } from './context.ts';
import { newLocal, typeOf } from './context.ts';

/** Whether evaluating an expression changes nothing and cannot fail. */
export function isPure(expr: Draft): boolean {
  switch (expr.kind) {
    case 'flex':
    case 'int':
    case 'float':
    case 'bool':
    case 'string':
    case 'nil':
      return true;
    case 'local':
    case 'global':
      return !expr.checked;
    case 'toAny':
      return isPure(expr.operand);
    default:
      return false;
  }
}

/** An expression that repeats the value of `expr`, which `body` evaluates. */
export function hold(cx: Cx, name: string, expr: hir.Expr, body: hir.Stmt[]): hir.Expr {
  if (expr.kind === 'int' || expr.kind === 'string' || expr.kind === 'bool') return expr;
  const local = newLocal(cx, name, typeOf(expr));
  body.push({ kind: 'let', local, init: expr, span: expr.span });
  return { kind: 'local', local, checked: false, ty: expr.ty, span: expr.span };
}
