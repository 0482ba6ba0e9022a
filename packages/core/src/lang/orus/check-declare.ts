/**
 * Explicit declarations (6.2, 6.3): they always make a new name in the block that they stand in.
 */
import * as hir from '../../hir/hir.ts';
import { checkExpr } from './check-expr.ts';
import { checkLambda, defineFunctionVariable, functionType, signatureOf } from './check-function.ts';
import type { Cx, Draft } from './context.ts';
import { declareVariable, freshInt, isInherited, isSession, letStatement, report, typeOf } from './context.ts';
import { claim, coerce, infer, settle } from './convert.ts';
import { expose } from './elements.ts';
import { isLiteral } from './flexible.ts';
import { reportDuplicate } from './names.ts';
import type { ValueSymbol, Variable } from './symbols.ts';
import type { LambdaExpr } from './syntax.ts';
import { withoutParens } from './syntax.ts';
import type * as syntax from './syntax.ts';
import { checkLengths, resolveType } from './type-names.ts';
import type { Ty } from './types.ts';
import { fitsType, isInteger } from './types.ts';

/** Of a name, which consists of letters, digits and underscores. */
function isInCapitals(name: string): boolean {
  const first = name.charAt(0);
  return first >= 'A' && first <= 'Z' && name === name.toUpperCase();
}

export function checkDeclare(cx: Cx, decl: syntax.DeclareStmt): void {
  const name = decl.name.text;
  if (decl.form === 'const' && cx.scope.kind === 'module' && !isInCapitals(name)) {
    const capitals = name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase();
    const change = `a variable is declared with \`${name} = ...\``;
    const help = isInCapitals(capitals) ? `call it \`${capitals}\`; ${change}` : change;
    report(cx, 'E1013', { name }, decl.name.span, { help });
  }
  const declared = decl.type === null ? null : resolveType(cx, decl.type);
  checkLengths(cx, decl.type);
  const value = withoutParens(decl.value);
  if (value.kind === 'lambda' && name !== '_') {
    declareLambda(cx, decl, value, declared);
    return;
  }
  const draft = checkExpr(cx, decl.value, declared);
  finishDeclare(cx, decl, declared, draft);
}

function finishDeclare(cx: Cx, decl: syntax.DeclareStmt, declared: Ty | null, draft: Draft): void {
  const init = initialiser(cx, decl, declared, draft);
  if (decl.name.text === '_') {
    cx.out.push({ kind: 'expr', expr: init, span: decl.span });
    return;
  }
  const ty = declared ?? typeOf(init);
  const lengthConstant = !decl.mutable && draft.kind === 'flex' && isInteger(ty);
  const variable = declareExplicit(cx, decl, ty, lengthConstant);
  cx.out.push(letStatement(variable, init, decl.span));
}

function initialiser(cx: Cx, decl: syntax.DeclareStmt, declared: Ty | null, draft: Draft): hir.Expr {
  if (declared !== null) return coerceInitialiser(cx, draft, declared);
  if (decl.form === 'let' && draft.kind === 'flex') return claim(cx, draft, freshInt(cx), 'free');
  return infer(cx, draft);
}

/** The value of a declaration; row 11 reinterprets a hexadecimal that is the whole initialiser of an `i32`. */
export function coerceInitialiser(cx: Cx, draft: Draft, declared: Ty): hir.Expr {
  if (draft.kind === 'flex' && declared.kind === 'i32' && !cx.edition.looseLiterals) {
    const { tree } = draft;
    if (isLiteral(tree) && tree.hex && fitsType(tree.value, 'u32')) {
      return { kind: 'int', value: BigInt.asIntN(32, tree.value), ty: hir.I32, span: draft.span };
    }
  }
  return coerce(cx, draft, declared);
}

function declareExplicit(cx: Cx, decl: syntax.DeclareStmt, ty: Ty, lengthConstant: boolean): Variable {
  const name = decl.name.text;
  const { span } = decl.name;
  const earlier = cx.scope.values?.get(name);
  if (earlier !== undefined && !mayReplace(cx, name, earlier)) reportDuplicate(cx, name, span, earlier.span);
  const about = { name, span, form: decl.form, ty, mutable: decl.mutable, lengthConstant };
  const variable = declareVariable(cx, cx.scope, about);
  if (decl.pub !== null) exportVariable(cx, variable);
  return variable;
}

/** At the top level of a session every variable may be declared again, and every name that was there before the entry. */
function mayReplace(cx: Cx, name: string, earlier: ValueSymbol): boolean {
  if (cx.scope.kind !== 'module' || !isSession(cx)) return false;
  return earlier.kind === 'variable' || isInherited(cx, name, earlier);
}

export function exportVariable(cx: Cx, variable: Variable): void {
  if (variable.place.kind !== 'module') return;
  expose(variable.ty);
  variable.place.shared = true;
  cx.module.exports.values.set(variable.name, variable);
  cx.module.exports.hidden.delete(variable.name);
}

/** Ruling 5: a name whose initialiser is directly a lambda is visible in that lambda. */
function declareLambda(cx: Cx, decl: syntax.DeclareStmt, lambda: LambdaExpr, declared: Ty | null): void {
  const signature = signatureOf(cx, lambda, null);
  const variable = declareExplicit(cx, decl, declared ?? functionType(signature), false);
  const draft = checkLambda(cx, lambda, signature);
  const value = declared === null ? settle(cx, draft) : coerce(cx, draft, declared);
  defineFunctionVariable(cx, variable, value, decl.span);
}
