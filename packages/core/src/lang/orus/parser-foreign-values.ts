/**
 * Values that are written as in other languages: functions (`lambda x: ...`), `new Point(...)`, `a[i:j]`, `x--`, named arguments.
 *
 * Like `parser-habits.ts` for statements: each is reported once and read on as well as can be.
 */
import type { Edit } from '../../base/diagnostic.ts';
import { HEADER, NEWLINES } from './parser-core.ts';
import type { Parser } from './parser-core.ts';
import { parseLambda } from './parser-declarations.ts';
import { LEVEL, parseExpression } from './parser-expressions.ts';
import { closing, reportWord } from './parser-habits.ts';
import type { Parse } from './parser-stack.ts';
import type { AssignExpr, Expr } from './syntax.ts';

const FOREIGN_VALUES: ReadonlySet<string> = new Set(['lambda', 'function', 'func', 'new']);

/** `lambda x: ...`, `function(x) { ... }`, `new Point(1, 2)`: no such word can stand directly before these. */
export function isForeignValue(p: Parser): boolean {
  if (!FOREIGN_VALUES.has(String(p.tok.value))) return false;
  const next = p.tokenAt(p.pos + 1);
  if (next.first) return false;
  if (p.tok.value === 'new') return next.kind === 'ident';
  if (p.tok.value === 'lambda') return next.kind === 'ident' || (next.kind === ':' && !p.tokenAt(p.pos + 2).first);
  if (next.kind !== '(') return false;
  const behind = p.tokenAt(closing(p, p.pos + 1) + 1);
  return behind.kind === '{' || (behind.kind === ':' && (p.flags & HEADER) === 0);
}

export function* parseForeignValue(p: Parser): Parse<Expr> {
  const { start, value } = p.tok;
  if (value === 'lambda') {
    reportWord(p, p.tok, { help: 'a function as a value is written `fn(x): x + 1`' }, false);
    p.panicking = true;
    return { kind: 'error', id: p.id(), span: p.here() };
  }
  if (value !== 'new') {
    reportWord(p, p.tok, { help: 'a function as a value is written `fn(x): x + 1`', instead: 'fn' }, true);
    return yield* parseLambda(p);
  }
  const type = String(p.tokenAt(p.pos + 1).value);
  reportWord(
    p,
    p.tok,
    { help: `a struct is made with \`${type}{ field: value }\`, or by a method of your own` },
    false,
  );
  p.advance();
  yield* parseExpression(p, LEVEL.operand);
  return { kind: 'error', id: p.id(), span: p.from(start) };
}

/** `a[i:j]`, and what may follow behind a second colon. */
export function* parseColonSlice(p: Parser): Parse<{ end: Expr | null; inclusive: boolean }> {
  const colon = p.tok;
  const span = p.spanOf(p.advance());
  const end = p.tok.kind === ']' || p.tok.kind === ':' ? null : yield* parseExpression(p);
  const stepped = !p.panicking && p.take(':');
  p.report('E1006', { problem: 'a slice is written with `..`' }, span, {
    help: stepped
      ? 'there are no steps in slices: use a `for` loop'
      : '`a[i..j]` has the elements from `i` up to, but not including, `j`',
    edit: stepped
      ? undefined
      : { span: p.span(colon.start, colon.end), replacement: '..', description: 'replace with `..`' },
  });
  if (stepped && p.tok.kind !== ']') yield* parseExpression(p);
  return { end, inclusive: false };
}

/** `x--` at the end of a statement or bracket, where a value would have to follow. */
export function takeDecrement(p: Parser, operand: Expr): boolean {
  const next = p.tokenAt(p.pos + 1);
  if (next.kind !== '-' || next.first || next.start !== p.tok.end) return false;
  const behind = p.tokenAt(p.pos + 2);
  const ends = (behind.first && (p.flags & NEWLINES) !== 0) || behind.kind === 'eof' || DECREMENT_ENDS.has(behind.kind);
  if (!ends) return false;
  const span = p.span(p.tok.start, next.end);
  const alone = operand.span.start === p.tokenAt(p.begun).start && behind.kind !== ')' && behind.kind !== ']';
  p.report('E1001', { problem: '`--` is not an operator' }, span, {
    help: 'write `-= 1`, as a statement of its own',
    edit: alone ? { span, replacement: ' -= 1', description: 'write `-= 1`' } : undefined,
  });
  p.advance();
  p.advance();
  return true;
}

const DECREMENT_ENDS: ReadonlySet<string> = new Set([')', ']', '}', '{', ';', ',', ':']);

const PRINT_OPTIONS: ReadonlySet<string> = new Set(['end', 'sep', 'file', 'flush']);

/** `end=""` and the like in a print. */
export function isPrintOption({ target }: AssignExpr): boolean {
  return target.kind === 'name-expr' && PRINT_OPTIONS.has(target.text);
}

/** In a call, `name=value` is meant as a named argument; elsewhere an assignment is put into parentheses. */
export function argumentEdit(p: Parser, expr: AssignExpr, what: string): Edit | undefined {
  const named = what === 'an argument' && expr.op === null && expr.target.kind === 'name-expr';
  const replacement = named ? p.textOf(expr.value) : `(${p.textOf(expr)})`;
  if (replacement.length > 200 || expr.value.kind === 'error') return undefined;
  return { span: expr.span, replacement, description: `write \`${replacement}\`` };
}
