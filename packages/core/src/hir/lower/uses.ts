/**
 * One walk over the tree that finds what lowering must know before it starts: which functions can be called at all, and in these which
 * variables are ever read with an unset check, which functions occur as values, and which variables their own initialiser captures.
 *
 * Reached are initialisers, `main` and instance methods (dynamic member calls find them by name), and from there whatever a function calls
 * or mentions. The walk keeps its own stack, so deep trees are no matter.
 */
import { eachOperand, exprsOf, bodiesOf } from '../children.ts';
import type { Expr, FuncId, GlobalId, LocalId, Program, Stmt } from '../hir.ts';

export interface Uses {
  /** By function: 1 if it can be called. Nothing else here is about the others. */
  readonly reached: Uint8Array;
  /** By function: 1 if it has a try statement. */
  readonly tries: Uint8Array;
  readonly checkedLocals: ReadonlySet<LocalId>;
  readonly checkedGlobals: ReadonlySet<GlobalId>;
  /** Functions that need a boxed entry. */
  readonly values: ReadonlySet<FuncId>;
  /** Declared by a `let` whose initialiser is a function that captures the variable itself. */
  readonly selfCaptured: ReadonlySet<LocalId>;
}

export function findUses(program: Program): Uses {
  const reached = new Uint8Array(program.funcs.size);
  const tries = new Uint8Array(program.funcs.size);
  const checkedLocals = new Set<LocalId>();
  const checkedGlobals = new Set<GlobalId>();
  const methods: FuncId[] = [];
  /** By function: those that it mentions as values. */
  const mentioned: (FuncId[] | undefined)[] = [];
  const selfCaptured = new Set<LocalId>();
  const waiting: FuncId[] = [];
  const reach = (id: FuncId): void => {
    if (reached[id] === 1) return;
    reached[id] = 1;
    waiting.push(id);
  };

  for (const def of program.types.values()) {
    if (def.kind !== 'struct') continue;
    for (const method of def.methods.values()) if (method.instance) methods.push(method.func);
  }
  for (const { init } of program.modules) reach(init);
  if (program.main !== null) reach(program.main);
  for (const id of methods) reach(id);

  let here = 0 as FuncId;
  const exprs: Expr[] = [];
  const stmts: Stmt[] = [];
  const later = (expr: Expr): void => {
    exprs.push(expr);
  };
  const visitExpr = (expr: Expr): void => {
    switch (expr.kind) {
      case 'int':
      case 'float':
      case 'bool':
      case 'string':
      case 'nil':
      case 'trap':
        return;
      case 'local':
        if (expr.checked) checkedLocals.add(expr.local);
        return;
      case 'global':
        if (expr.checked) checkedGlobals.add(expr.global);
        return;
      case 'func':
        (mentioned[here] ??= []).push(expr.func);
        return reach(expr.func);
      case 'call':
        reach(expr.func);
        break;
      case 'block':
        for (const stmt of expr.body) stmts.push(stmt);
        break;
      default:
    }
    eachOperand(expr, later);
  };
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    here = id;
    for (const stmt of program.funcs.get(id).body) stmts.push(stmt);
    for (;;) {
      const expr = exprs.pop();
      if (expr !== undefined) {
        visitExpr(expr);
        continue;
      }
      const stmt = stmts.pop();
      if (stmt === undefined) break;
      if (stmt.kind === 'let' && stmt.init.kind === 'func') {
        if (program.funcs.get(stmt.init.func).captures.includes(stmt.local)) selfCaptured.add(stmt.local);
      }
      if (stmt.kind === 'try') tries[here] = 1;
      for (const part of exprsOf(stmt)) exprs.push(part);
      for (const body of bodiesOf(stmt)) for (const inner of body) stmts.push(inner);
    }
  }
  const values = new Set(methods);
  for (const ids of mentioned) if (ids !== undefined) for (const id of ids) values.add(id);
  return { reached, tries, checkedLocals, checkedGlobals, values, selfCaptured };
}
