/**
 * Checks that a typed tree keeps what `hir.ts` promises. The rules are three lists of functions: `FUNC_RULES`,
 * `STMT_RULES` and `EXPR_RULES`. A problem names the function and shows the guilty node.
 *
 * Trees may be deep, so the walk keeps an explicit stack.
 */
import { bodiesOf, exprsOf, operandsOf } from './children.ts';
import type { Expr, Func, FuncId, LocalId, Program, Stmt } from './hir.ts';
import { printExpr, printStmt } from './print.ts';
import { EXPR_RULES } from './verify-exprs.ts';
import type { Labels, Scope } from './verify-scope.ts';
import { FUNC_RULES, STMT_RULES } from './verify-stmts.ts';

/** Problems of a program, in the order of its functions; empty if it is well formed. */
export function verifyProgram(program: Program): string[] {
  const problems = verifyModules(program);
  for (const [id] of program.funcs.entries()) problems.push(...verifyFunc(program, id));
  return problems;
}

/** Problems of one function. */
export function verifyFunc(program: Program, id: FuncId): string[] {
  const func = program.funcs.get(id);
  const problems: string[] = [];
  const report = (what: string, node: string): void => {
    const text = node.length > SHOWN ? `${node.slice(0, SHOWN)} ...` : node;
    problems.push(`${func.name}.${id}: ${what}\n    ${text}`);
  };
  const scope: Scope = { program, func, own: ownLocals(func), labels: null };
  for (const rule of FUNC_RULES) {
    const problem = rule(scope);
    if (problem !== null) report(problem, `fn ${func.name}.${id}`);
  }
  const stack: Work[] = [];
  const pushStmts = (stmts: readonly Stmt[], labels: Labels): void => {
    for (let i = stmts.length - 1; i >= 0; i--) stack.push({ node: stmts[i] as Stmt, isStmt: true, labels });
  };
  const pushExprs = (exprs: readonly Expr[], labels: Labels): void => {
    for (let i = exprs.length - 1; i >= 0; i--) stack.push({ node: exprs[i] as Expr, isStmt: false, labels });
  };
  pushStmts(func.body, null);
  for (let work = stack.pop(); work !== undefined; work = stack.pop()) {
    const here = { ...scope, labels: work.labels };
    if (work.isStmt) {
      const stmt = work.node;
      const inside =
        'label' in stmt && bodiesOf(stmt).length > 0 ? { label: stmt.label, outer: work.labels } : work.labels;
      for (const body of [...bodiesOf(stmt)].reverse()) pushStmts(body, inside);
      pushExprs(exprsOf(stmt), work.labels);
      for (const rule of STMT_RULES) {
        const problem = rule(here, stmt);
        if (problem !== null) report(problem, printStmt(program, stmt));
      }
    } else {
      const expr = work.node;
      pushExprs(operandsOf(expr), work.labels);
      if (expr.kind === 'block') pushStmts(expr.body, work.labels);
      for (const rule of EXPR_RULES) {
        const problem = rule(here, expr);
        if (problem !== null) report(problem, printExpr(program, expr));
      }
    }
  }
  return problems;
}

/** How much of a guilty node a problem shows. */
const SHOWN = 400;

type Work =
  | { readonly node: Stmt; readonly isStmt: true; readonly labels: Labels }
  | { readonly node: Expr; readonly isStmt: false; readonly labels: Labels };

function verifyModules(program: Program): string[] {
  const problems: string[] = [];
  if (program.modules.length === 0) problems.push('the program has no module');
  for (const module of program.modules) {
    const init = program.funcs.get(module.init);
    if (init.kind !== 'init') problems.push(`the initialiser of ${module.name} is a ${init.kind}`);
  }
  if (program.main !== null && program.funcs.get(program.main).params.length > 0)
    problems.push('main takes parameters');
  for (const def of program.types.values()) {
    if (def.kind !== 'struct') continue;
    for (const [name, method] of def.methods) {
      const func = program.funcs.get(method.func);
      if (func.captures.length > 0) problems.push(`method ${def.name}.${name} captures variables`);
      if (method.instance && func.params.length === 0) problems.push(`method ${def.name}.${name} takes no self`);
    }
  }
  return problems;
}

/** The variables that a function declares, takes or captures. */
function ownLocals(func: Func): ReadonlySet<LocalId> {
  const own = new Set<LocalId>([...func.params, ...func.captures]);
  const stmts: Stmt[] = [...func.body];
  const exprs: Expr[] = [];
  for (;;) {
    const stmt = stmts.pop();
    if (stmt !== undefined) {
      if (stmt.kind === 'let' || stmt.kind === 'declare') own.add(stmt.local);
      if (stmt.kind === 'forRange' || stmt.kind === 'forEach') own.add(stmt.item);
      if (stmt.kind === 'try' && stmt.error !== null) own.add(stmt.error);
      for (const body of bodiesOf(stmt)) for (const inner of body) stmts.push(inner);
      for (const expr of exprsOf(stmt)) exprs.push(expr);
      continue;
    }
    const expr = exprs.pop();
    if (expr === undefined) return own;
    if (expr.kind === 'block') for (const inner of expr.body) stmts.push(inner);
    for (const operand of operandsOf(expr)) exprs.push(operand);
  }
}
