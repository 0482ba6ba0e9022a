/**
 * The parts of a node: what every walk over the typed tree needs. Walks that must survive deep trees keep an explicit stack
 * of what these give.
 */
import { unreachable } from '../base/bug.ts';
import type { Expr, Place, Stmt } from './hir.ts';

/** Visits the operands of an expression, in the order of evaluation; statements of a block expression are not among them. */
export function eachOperand(expr: Expr, visit: (operand: Expr) => void): void {
  switch (expr.kind) {
    case 'int':
    case 'float':
    case 'bool':
    case 'string':
    case 'nil':
    case 'local':
    case 'global':
    case 'trap':
    case 'func':
      return;
    case 'assign':
      operandsOfPlace(expr.target).forEach(visit);
      return visit(expr.value);
    case 'arith':
    case 'shift':
    case 'compare':
    case 'equal':
    case 'logic':
    case 'dynArith':
    case 'dynCompare':
    case 'dynLogic':
    case 'concat':
      visit(expr.left);
      return visit(expr.right);
    case 'unary':
    case 'dynUnary':
    case 'toAny':
    case 'fromAny':
    case 'cast':
    case 'isVariant':
    case 'payload':
      return visit(expr.operand);
    case 'cond':
      visit(expr.cond);
      visit(expr.then);
      return visit(expr.else);
    case 'block':
      return visit(expr.result);
    case 'dynField':
    case 'field':
      return visit(expr.object);
    case 'dynMethod':
      visit(expr.object);
      return expr.args.forEach(visit);
    case 'dynCall':
    case 'callValue':
      visit(expr.callee);
      return expr.args.forEach(visit);
    case 'array':
      return expr.items.forEach(visit);
    case 'fill':
      visit(expr.value);
      return visit(expr.count);
    case 'repeat':
      visit(expr.array);
      return visit(expr.count);
    case 'index':
      visit(expr.base);
      return visit(expr.index);
    case 'slice':
      visit(expr.base);
      if (expr.start !== null) visit(expr.start);
      if (expr.end !== null) visit(expr.end);
      return;
    case 'struct':
      return expr.fields.forEach(visit);
    case 'enum':
    case 'call':
    case 'builtin':
      return expr.args.forEach(visit);
    default:
      return unreachable(expr, 'expression');
  }
}

/** The same as a list. */
export function operandsOf(expr: Expr): readonly Expr[] {
  const operands: Expr[] = [];
  eachOperand(expr, (operand) => void operands.push(operand));
  return operands;
}

export function operandsOfPlace(place: Place): readonly Expr[] {
  switch (place.kind) {
    case 'local':
    case 'global':
      return [];
    case 'field':
    case 'dynField':
      return [place.object];
    case 'index':
      return [place.array, place.index];
    default:
      return unreachable(place, 'place');
  }
}

/** The expressions that stand directly in a statement, in the order of evaluation. */
export function exprsOf(stmt: Stmt): readonly Expr[] {
  switch (stmt.kind) {
    case 'let':
      return [stmt.init];
    case 'expr':
      return [stmt.expr];
    case 'if':
    case 'while':
      return [stmt.cond];
    case 'forRange':
      return [stmt.start, stmt.end, stmt.step].filter((part) => part !== null);
    case 'forEach':
      return [stmt.over];
    case 'return':
      return stmt.value === null ? [] : [stmt.value];
    case 'print':
      return stmt.args;
    case 'declare':
    case 'block':
    case 'break':
    case 'continue':
    case 'try':
    case 'raise':
      return [];
    default:
      return unreachable(stmt, 'statement');
  }
}

/** The lists of statements that stand directly in a statement. */
export function bodiesOf(stmt: Stmt): readonly (readonly Stmt[])[] {
  switch (stmt.kind) {
    case 'if':
      return [stmt.then, stmt.else];
    case 'block':
    case 'while':
    case 'forRange':
    case 'forEach':
      return [stmt.body];
    case 'try':
      return [stmt.body, stmt.handler];
    case 'let':
    case 'declare':
    case 'expr':
    case 'break':
    case 'continue':
    case 'return':
    case 'raise':
    case 'print':
      return [];
    default:
      return unreachable(stmt, 'statement');
  }
}
