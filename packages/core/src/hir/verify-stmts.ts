/**
 * Rules of the verifier for functions and statements.
 */
import { bodiesOf, exprsOf } from './children.ts';
import type { Stmt } from './hir.ts';
import { isInt } from './hir.ts';
import { printType } from './print.ts';
import type { FuncRule, Problem, Scope, StmtRule } from './verify-scope.ts';
import { expectFit, expectKind, isIntOrAny } from './verify-scope.ts';

export const FUNC_RULES: readonly FuncRule[] = [bodyEnds, initTakesNothing, capturesAreCaptured];

export const STMT_RULES: readonly StmtRule[] = [
  conditionsAreBool,
  letsKeepTheirType,
  returnsFitTheResult,
  jumpsHaveALoop,
  rangesAreOfOneType,
  itemsFitWhatIsIterated,
  caughtErrorsAreErrors,
  formatsHaveTheirArguments,
];

/** On every path some statement is a `return` or `raise`; what follows it is dead. */
function bodyEnds({ func }: Scope): Problem {
  const lists: (readonly Stmt[])[] = [func.body];
  for (let i = 0; i < lists.length; i++) {
    for (const stmt of lists[i] as readonly Stmt[]) if (branches(stmt)) lists.push(...bodiesOf(stmt));
  }
  // Inner lists come after those they stand in, so backwards every list is judged after its parts.
  const ending = new Set<readonly Stmt[]>();
  for (const list of lists.reverse()) {
    if (list.some((stmt) => endsItself(stmt) || (branches(stmt) && bodiesOf(stmt).every((body) => ending.has(body))))) {
      ending.add(list);
    }
  }
  return ending.has(func.body) ? null : 'the body does not end in return or raise on every path';
}

function endsItself(stmt: Stmt): boolean {
  return stmt.kind === 'return' || stmt.kind === 'raise' || (stmt.kind === 'expr' && stmt.expr.kind === 'trap');
}

function branches(stmt: Stmt): boolean {
  return stmt.kind === 'if' || stmt.kind === 'block' || stmt.kind === 'try';
}

function initTakesNothing({ func }: Scope): Problem {
  if (func.kind !== 'init') return null;
  if (func.params.length > 0 || func.captures.length > 0)
    return 'an initialiser takes no parameters and captures nothing';
  return func.result.kind === 'bool' ? null : 'an initialiser gives a bool';
}

function capturesAreCaptured({ program, func }: Scope): Problem {
  const wrong = func.captures.find((local) => !program.locals.get(local).captured);
  return wrong === undefined ? null : `variable ${program.locals.get(wrong).name}.${wrong} is not marked as captured`;
}

function conditionsAreBool(_: Scope, stmt: Stmt): Problem {
  return stmt.kind === 'if' || stmt.kind === 'while' ? expectKind('the condition', stmt.cond.ty, 'bool') : null;
}

function letsKeepTheirType(scope: Scope, stmt: Stmt): Problem {
  if (stmt.kind !== 'let') return null;
  return expectFit(scope, 'the initial value', stmt.init.ty, scope.program.locals.get(stmt.local).type);
}

function returnsFitTheResult(scope: Scope, stmt: Stmt): Problem {
  if (stmt.kind !== 'return') return null;
  const { result } = scope.func;
  if (stmt.value === null) return result.kind === 'nil' ? null : 'a return without value in a function with a result';
  return result.kind === 'nil'
    ? 'a return with a value in a function without result'
    : expectFit(scope, 'the returned value', stmt.value.ty, result);
}

function jumpsHaveALoop({ labels }: Scope, stmt: Stmt): Problem {
  if (stmt.kind !== 'break' && stmt.kind !== 'continue') return null;
  for (let at = labels; at !== null; at = at.outer) if (at.label === stmt.label) return null;
  return 'no loop of that label stands around it';
}

function rangesAreOfOneType({ program }: Scope, stmt: Stmt): Problem {
  if (stmt.kind !== 'forRange') return null;
  const item = program.locals.get(stmt.item).type;
  if (!isIntOrAny(item)) return `the item is of type ${printType(program, item)}`;
  const wrong = exprsOf(stmt).find((bound) => bound.ty.kind !== item.kind);
  if (wrong !== undefined) return `a bound is of type ${printType(program, wrong.ty)} and the item ${item.kind}`;
  return item.kind !== 'any' && stmt.adapt.length > 0 ? 'bounds of known type do not adapt' : null;
}

function itemsFitWhatIsIterated(scope: Scope, stmt: Stmt): Problem {
  if (stmt.kind !== 'forEach') return null;
  const item = scope.program.locals.get(stmt.item).type;
  const over = stmt.over.ty;
  switch (over.kind) {
    case 'array':
      return expectFit(scope, 'the item', item, over.element);
    case 'string':
    case 'any':
      return expectKind('the item', item, over.kind);
    case 'range':
      return expectKind('the item', item, 'i64');
    default:
      return isInt(over) ? expectKind('the item', item, over.kind) : `a ${over.kind} cannot be iterated`;
  }
}

function caughtErrorsAreErrors({ program }: Scope, stmt: Stmt): Problem {
  if (stmt.kind !== 'try' || stmt.error === null) return null;
  return expectKind('the caught error', program.locals.get(stmt.error).type, 'error', 'any');
}

function formatsHaveTheirArguments(_: Scope, stmt: Stmt): Problem {
  if (stmt.kind !== 'print') return null;
  if (stmt.scan && (stmt.format !== null || stmt.style !== 'classic'))
    return 'only classic formats are scanned when executed';
  const consumed = stmt.format?.filter((part) => part.kind !== 'text').length ?? 0;
  return consumed > stmt.args.length ? `the format takes ${consumed} arguments` : null;
}
