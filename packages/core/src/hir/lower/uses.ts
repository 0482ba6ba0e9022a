/**
 * One walk over the tree that finds what lowering must know before it starts: which variables are ever read with an unset
 * check, which functions occur as values, and which variables their own initialiser captures.
 *
 * The walk keeps its own stack, so deep trees are no matter.
 */
import { present } from '../../base/bug.ts';
import { bodiesOf, exprsOf, operandsOf } from '../children.ts';
import type { Expr, FuncId, GlobalId, LocalId, Program, Stmt } from '../hir.ts';

export interface Uses {
  readonly checkedLocals: ReadonlySet<LocalId>;
  readonly checkedGlobals: ReadonlySet<GlobalId>;
  /** Functions that need a boxed entry. */
  readonly values: ReadonlySet<FuncId>;
  /** Declared by a `let` whose initialiser is a function that captures the variable itself. */
  readonly selfCaptured: ReadonlySet<LocalId>;
}

export function findUses(program: Program): Uses {
  const checkedLocals = new Set<LocalId>();
  const checkedGlobals = new Set<GlobalId>();
  const values = new Set<FuncId>();
  const selfCaptured = new Set<LocalId>();

  for (const def of program.types.values()) {
    if (def.kind !== 'struct') continue;
    for (const method of def.methods.values()) if (method.instance) values.add(method.func);
  }

  const exprs: Expr[] = [];
  const stmts: Stmt[] = [];
  for (const func of program.funcs.values()) {
    for (const stmt of func.body) stmts.push(stmt);
    while (stmts.length + exprs.length > 0) {
      const expr = exprs.pop();
      if (expr !== undefined) {
        visitExpr(expr);
        for (const operand of operandsOf(expr)) exprs.push(operand);
        if (expr.kind === 'block') for (const stmt of expr.body) stmts.push(stmt);
        continue;
      }
      const stmt = present(stmts.pop(), 'statement');
      if (stmt.kind === 'let' && stmt.init.kind === 'func') {
        if (program.funcs.get(stmt.init.func).captures.includes(stmt.local)) selfCaptured.add(stmt.local);
      }
      for (const part of exprsOf(stmt)) exprs.push(part);
      for (const body of bodiesOf(stmt)) for (const inner of body) stmts.push(inner);
    }
  }

  function visitExpr(expr: Expr): void {
    if (expr.kind === 'local' && expr.checked) checkedLocals.add(expr.local);
    else if (expr.kind === 'global' && expr.checked) checkedGlobals.add(expr.global);
    else if (expr.kind === 'func') values.add(expr.func);
  }
  return { checkedLocals, checkedGlobals, values, selfCaptured };
}
