/**
 * Patterns (section 12): which arms a match has, what each tests and binds, and the checks on them as a whole.
 *
 * A match becomes a chain of `if`s over a temporary that holds the subject. `openMatch`, then `openArm` and `closeArm` for each arm
 * with its body checked in between, then `finishMatch`.
 */
import type { Span } from '../../base/source.ts';
import * as hir from '../../hir/hir.ts';
import { checkExpr } from './check-expr.ts';
import { equality } from './check-operator.ts';
import { nestIfs } from './check-stmt.ts';
import {
  bad,
  beginBranch,
  bind,
  closeBlock,
  type Cx,
  declareVariable,
  type Draft,
  endBranch,
  joinBranches,
  newLocal,
  type OpenBlock,
  openBlock,
  report,
  type Segment,
  show,
  typeOf,
} from './context.ts';
import { fromAny, settle } from './convert.ts';
import { evaluate, isLiteral } from './flexible.ts';
import { habitOf, NAMES } from './habits.ts';
import { BUILTIN_NAMES, reportDuplicate, reportUnknownName } from './names.ts';
import { findVariant, resolveOwner } from './check-member.ts';
import { type EnumInfo, lookup, type TypeSymbol, type VariantInfo } from './symbols.ts';
import type { Expr, MatchArm, MatchExpr, NameExpr, Pattern, VariantPattern } from './syntax.ts';
import { nodeType, type Ty } from './types.ts';
import { findType } from './type-names.ts';

export interface MatchState {
  readonly match: MatchExpr;
  /** As an expression: without a fitting arm it is an error. */
  readonly valued: boolean;
  readonly subject: hir.Expr;
  readonly around: OpenBlock;
  readonly live: boolean;
  readonly segments: Segment[];
  readonly branches: { cond: hir.Expr; then: hir.Stmt[]; span: Span }[];
  /** The first `_` arm; later arms are checked, but never run. */
  wildcard: hir.Stmt[] | null;
  /** The enum that the variant patterns are of. */
  enum: { readonly symbol: TypeSymbol; readonly info: EnumInfo } | null;
  readonly variants: Map<number, Span>;
  readonly literals: Map<string, Span>;
  /** Whether an error in a pattern makes the checks on the whole meaningless. */
  faulty: boolean;
}

/** Begins a match over a checked subject; its scope stays open until `finishMatch`. */
export function openMatch(cx: Cx, match: MatchExpr, draft: Draft, valued: boolean): MatchState {
  const value = settle(cx, draft);
  const around = openBlock(cx, cx.edition.transparentBlocks);
  const first = match.arms[0]?.patterns[0];
  const early = !valued && typeOf(value).kind === 'any' && first !== undefined ? enumOfPattern(cx, first) : null;
  const init = early === null ? value : fromAny(value, { kind: 'enum', id: early }, 'exact', 'matchNotEnum');
  const local = newLocal(cx, 'subject', typeOf(init));
  cx.out.push({ kind: 'let', local, init, span: init.span });
  return {
    match,
    valued,
    subject: { kind: 'local', local, checked: false, ty: init.ty, span: match.subject.span },
    around,
    live: cx.flow.live,
    segments: [],
    branches: [],
    wildcard: null,
    enum: null,
    variants: new Map(),
    literals: new Map(),
    faulty: false,
  };
}

/** The enum of a variant pattern, without messages; they come when the arm is checked. */
function enumOfPattern(cx: Cx, pattern: Pattern): hir.TypeId | null {
  if (pattern.kind !== 'variant' || isValuePattern(cx, pattern)) return null;
  const object = pattern.expr.kind === 'call' ? pattern.expr.callee : pattern.expr;
  const owner = object.kind === 'member' ? resolveOwner(cx, object.object) : null;
  if (owner?.kind !== 'type') return null;
  return cx.build.typeInfos.get(owner.symbol.id).kind === 'enum' ? owner.symbol.id : null;
}

/** Ruling 7: a pattern that starts with a variable, or names a module's value, is compared by `==`. */
function isValuePattern(cx: Cx, pattern: VariantPattern): boolean {
  const first = lookup(cx.scope, (pattern.module ?? pattern.enum).text);
  if (first === undefined || first.kind === 'bad') return false;
  if (first.kind !== 'module') return true;
  const member = pattern.module === null ? pattern.variant : pattern.enum;
  return first.exports.values.has(member.text);
}

export interface OpenArm {
  readonly saved: OpenBlock;
  readonly mark: number;
  /** Null for `_`. */
  readonly cond: hir.Expr | null;
  readonly span: Span;
}

/** Checks an arm's patterns and opens its scope with the bindings in it. */
export function openArm(cx: Cx, state: MatchState, arm: MatchArm): OpenArm {
  const tests = arm.patterns.map((pattern) => patternTest(cx, state, pattern));
  const cond = tests.includes(null) ? null : joined('or', tests as hir.Expr[]);
  const mark = beginBranch(cx);
  const saved = openBlock(cx, cx.edition.transparentBlocks);
  const only = arm.patterns[0];
  if (arm.patterns.length === 1 && only?.kind === 'variant') bindPayload(cx, state, only);
  bindUnknown(cx, only);
  return { saved, mark, cond, span: arm.span };
}

/** One test for several, made in order: a balanced tree, since there may be more of them than a chain could nest. */
export function joined(op: 'and' | 'or', tests: readonly hir.Expr[], from = 0, to = tests.length): hir.Expr {
  if (to - from === 1) return tests[from] as hir.Expr;
  const middle = (from + to + 1) >> 1;
  const left = joined(op, tests, from, middle);
  const right = joined(op, tests, middle, to);
  return { kind: 'logic', op, left, right, ty: hir.BOOL, span: right.span };
}

export function closeArm(cx: Cx, state: MatchState, arm: OpenArm): void {
  const then = closeBlock(cx, arm.saved);
  const segment = endBranch(cx, arm.mark, state.live);
  if (state.wildcard !== null) return;
  state.segments.push(segment);
  if (arm.cond === null) state.wildcard = then;
  else state.branches.push({ cond: arm.cond, then, span: arm.span });
}

/** The test of one pattern; null if it matches anything. */
function patternTest(cx: Cx, state: MatchState, pattern: Pattern): hir.Expr | null {
  if (pattern.kind === 'wildcard') return null;
  if (pattern.kind === 'variant' && !isValuePattern(cx, pattern)) return variantTest(cx, state, pattern);
  const unknown = unknownName(cx, pattern.expr);
  if (unknown !== null) {
    reportPatternName(cx, pattern.expr, unknown);
    state.faulty = true;
    return { ...bad(pattern.span), ty: hir.BOOL };
  }
  const draft = checkExpr(cx, pattern.expr, null);
  noteLiteral(cx, state, draft);
  return equality(cx, '==', 'eq', pattern.span, state.subject, draft, pattern.span);
}

/** `Some` or `Some(x)` where that name is not known: most likely a variant without its enum, or a name to be bound. */
function unknownName(cx: Cx, expr: Expr): NameExpr | null {
  const first = expr.kind === 'call' ? expr.callee : expr;
  if (first.kind !== 'name-expr' || first.text === '_' || lookup(cx.scope, first.text) !== undefined) return null;
  return BUILTIN_NAMES.has(first.text) || cx.module.types.has(first.text) ? null : first;
}

function reportPatternName(cx: Cx, expr: Expr, name: NameExpr): void {
  if (expr.kind === 'call' || !/^[a-z]/.test(name.text) || habitOf(NAMES, name.text) !== undefined) {
    reportUnknownName(cx, name.text, name.span, 'variable');
    return;
  }
  if (cx.module.namesMissing) return;
  report(cx, 'E1010', { name: name.text, kind: 'variable' }, name.span, {
    text: 'not found in this scope',
    help: 'a pattern is a value or a variant; for the rest write `_`',
  });
}

/** Makes what a faulty pattern seems to bind known in its arm. */
function bindUnknown(cx: Cx, pattern: Pattern | undefined): void {
  if (pattern?.kind !== 'value') return;
  const { expr } = pattern;
  if (unknownName(cx, expr) === null) return;
  for (const bound of expr.kind === 'call' ? expr.args : [expr]) {
    if (bound.kind === 'name-expr') bind(cx.scope, { kind: 'bad', name: bound.text, span: bound.span });
  }
}

function noteLiteral(cx: Cx, state: MatchState, draft: Draft): void {
  const found = literalKey(cx, draft);
  if (found === null) return;
  const earlier = state.literals.get(found.key);
  if (earlier === undefined) {
    state.literals.set(found.key, draft.span);
    return;
  }
  report(cx, 'E1411', { arm: found.text }, draft.span, { labels: [{ span: earlier, text: 'first here' }] });
}

function literalKey(cx: Cx, draft: Draft): { key: string; text: string } | null {
  switch (draft.kind) {
    case 'flex': {
      if (!isLiteral(draft.tree)) return null;
      const result = evaluate(draft.tree, 'i64', cx.edition.looseLiterals);
      return result.kind === 'value' ? { key: `number ${result.value}`, text: String(result.value) } : null;
    }
    case 'int':
      return { key: `number ${draft.value}`, text: String(draft.value) };
    case 'float':
      return { key: `number ${draft.value}`, text: String(draft.value) };
    case 'bool':
      return { key: `bool ${draft.value}`, text: String(draft.value) };
    case 'string':
      return { key: `string ${draft.value}`, text: JSON.stringify(draft.value) };
    default:
      return null;
  }
}

function variantTest(cx: Cx, state: MatchState, pattern: VariantPattern): hir.Expr {
  const fault = (): hir.Expr => {
    state.faulty = true;
    return { ...bad(pattern.span), ty: hir.BOOL };
  };
  const symbol = findType(cx, pattern.module, pattern.enum, 'enum');
  if (symbol === null) return fault();
  const info = cx.build.typeInfos.get(symbol.id);
  if (info.kind !== 'enum') {
    report(cx, 'E2003', { name: pattern.enum.text, kind: 'enum' }, pattern.enum.span);
    return fault();
  }
  const index = findVariant(cx, info, pattern.variant);
  if (index === null || !agrees(cx, state, pattern, symbol, info)) return fault();
  const variant = info.variants[index] as VariantInfo;
  const bound = pattern.bindings?.length ?? 0;
  if (bound !== variant.payload.length) {
    const args = {
      form: 'bindings' as const,
      variant: `${info.name}.${variant.name}`,
      expected: variant.payload.length,
      found: bound,
    };
    const labels = variant.span === null ? [] : [{ span: variant.span, text: 'declared here' }];
    const names = variant.payload.map((field) => (/^\d/.test(field.name) ? '_' : field.name));
    const whole = names.length === 0 ? args.variant : `${args.variant}(${names.join(', ')})`;
    const help = names.length > 8 ? undefined : `write \`${whole}\`${names.length === 0 ? '' : '; `_` skips a field'}`;
    report(cx, 'E2001', args, pattern.span, { labels, help });
    state.faulty = true;
  }
  const earlier = state.variants.get(index);
  if (earlier === undefined) state.variants.set(index, pattern.span);
  else
    report(cx, 'E1411', { arm: `${info.name}.${variant.name}` }, pattern.span, {
      labels: [{ span: earlier, text: 'first here' }],
    });
  return {
    kind: 'isVariant',
    operand: tested(state, symbol),
    type: symbol.id,
    variant: index,
    ty: hir.BOOL,
    span: pattern.span,
  };
}

/** A variant pattern is of the subject's enum, and of the same as the others. */
function agrees(cx: Cx, state: MatchState, pattern: VariantPattern, symbol: TypeSymbol, info: EnumInfo): boolean {
  if (state.enum !== null && state.enum.symbol.id !== symbol.id) {
    const problem = `the variants of a match are of one enum, but these are of \`${state.enum.info.name}\` and \`${info.name}\``;
    report(cx, 'E2001', { form: 'other', problem }, pattern.span);
    return false;
  }
  const ty = typeOf(state.subject);
  if (ty.kind === 'any' || ty.kind === 'bad' || (ty.kind === 'enum' && ty.id === symbol.id)) {
    state.enum ??= { symbol, info };
    return true;
  }
  const found = show(cx, ty);
  report(cx, 'E2001', { form: 'mismatch', place: 'the pattern', expected: found, found: info.name }, pattern.span, {
    labels: [{ span: state.match.subject.span, text: `this is \`${found}\`` }],
  });
  return false;
}

/** The subject as the operand of a variant's test; a statement insists on a value of the enum. */
function tested(state: MatchState, symbol: TypeSymbol): hir.Expr {
  if (typeOf(state.subject).kind !== 'any' || state.valued) return state.subject;
  return fromAny(state.subject, { kind: 'enum', id: symbol.id }, 'exact', 'matchNotEnum');
}

/** Declares the names that a pattern gives to payload fields. */
function bindPayload(cx: Cx, state: MatchState, pattern: VariantPattern): void {
  const { bindings } = pattern;
  if (bindings === null || isValuePattern(cx, pattern)) return;
  const found = state.enum;
  const index = found?.info.variantIndex.get(pattern.variant.text);
  const variant = index === undefined ? undefined : found?.info.variants[index];
  bindings.forEach((binding, at) => {
    if (binding.text === '_') return;
    const earlier = cx.scope.values?.get(binding.text);
    if (earlier !== undefined) reportDuplicate(cx, binding.text, binding.span, earlier.span);
    const ty: Ty = variant?.payload[at]?.ty ?? { kind: 'bad' };
    const { place } = declareVariable(cx, cx.scope, {
      name: binding.text,
      span: binding.span,
      form: 'pattern',
      ty,
      mutable: true,
    });
    if (found == null || index === undefined || place.kind !== 'local') return;
    const { id } = found.symbol;
    const enumTy: Ty = { kind: 'enum', id };
    const operand =
      typeOf(state.subject).kind === 'any' ? fromAny(state.subject, enumTy, 'exact', 'matchNotEnum') : state.subject;
    const init: hir.Expr = {
      kind: 'payload',
      operand,
      type: id,
      variant: index,
      index: at,
      ty: nodeType(ty),
      span: binding.span,
    };
    cx.out.push({ kind: 'let', local: place.local, init, span: binding.span });
  });
}

/** Ends a match: its checks as a whole, and its statements. */
export function finishMatch(cx: Cx, state: MatchState): hir.Stmt[] {
  checkExhaustive(cx, state);
  const { branches, segments, match } = state;
  let rest = state.wildcard;
  if (rest === null && coversAll(state) && branches.length > 0) {
    // The last arm needs no test.
    rest = branches.pop()?.then ?? [];
  } else if (rest === null && state.valued) {
    const trap: hir.Expr = { kind: 'trap', trap: 'noMatchArm', ty: hir.NIL, span: match.keyword };
    rest = [{ kind: 'expr', expr: trap, span: match.keyword }];
  } else if (rest === null) {
    rest = [];
    segments.push({ live: state.live, set: [] });
  }
  joinBranches(cx, segments);
  cx.out.push(...nestIfs(branches, rest));
  return closeBlock(cx, state.around);
}

/** Whether the arms without `_` leave nothing over, whatever the subject's value. */
function coversAll(state: MatchState): boolean {
  const ty = typeOf(state.subject);
  if (ty.kind === 'bool') return state.literals.has('bool true') && state.literals.has('bool false');
  return ty.kind === 'enum' && state.enum !== null && state.variants.size === state.enum.info.variants.length;
}

function checkExhaustive(cx: Cx, state: MatchState): void {
  if (state.enum === null || state.wildcard !== null || state.faulty) return;
  const missing = state.enum.info.variants
    .filter((_, index) => !state.variants.has(index))
    .map((variant) => variant.name);
  if (missing.length === 0) return;
  report(cx, 'E1410', { enum: state.enum.info.name, missing }, state.match.keyword, {
    help: 'add an arm for each, or `_` for the rest',
  });
}
