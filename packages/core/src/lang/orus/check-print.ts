/**
 * `print` and its format strings (section 16, row 6 of section 23).
 */
import type { Span } from '../../base/source.ts';
import type * as hir from '../../hir/hir.ts';
import { checkExpr } from './check-expr.ts';
import { type Cx, type Draft, report, typeOf } from './context.ts';
import { settle } from './convert.ts';
import type { Expr, PrintStmt, StringLiteral } from './syntax.ts';
import { withoutParens } from './syntax.ts';

const MAX_DECIMALS = 100;

export function checkPrint(cx: Cx, statement: PrintStmt): void {
  const args: Draft[] = [];
  for (const argument of statement.args) args.push(checkExpr(cx, argument, null));
  finishPrint(
    cx,
    statement,
    args.map((draft) => settle(cx, draft)),
  );
}

function finishPrint(cx: Cx, statement: PrintStmt, values: readonly hir.Expr[]): void {
  const { style } = cx;
  const { span } = statement;
  const first = statement.args[0];
  const format = first === undefined ? undefined : formatLiteral(cx, first);
  if (format === undefined) {
    const kind = values[0] === undefined ? 'nil' : typeOf(values[0]).kind;
    const scan = cx.edition.formatString === 'string-value' && (kind === 'string' || kind === 'any');
    cx.out.push({ kind: 'print', style, format: null, scan, args: values, span });
    return;
  }
  const args = values.slice(1);
  const parts =
    cx.edition.formatString === 'literal'
      ? modernFormat(cx, format, args.length)
      : classicFormat(cx, format, args.length);
  cx.out.push({ kind: 'print', style, format: parts, scan: false, args, span });
}

/** The literal that is the format, if the first argument is one. Row 6: a parenthesised literal is none. */
function formatLiteral(cx: Cx, first: Expr): StringLiteral | undefined {
  const literal = cx.edition.formatString === 'literal' ? first : withoutParens(first);
  return literal.kind === 'string' ? literal : undefined;
}

/** A specifier right behind an `@`. */
interface Specifier {
  readonly part: hir.FormatPart;
  readonly length: number;
}

function specifierAt(text: string, at: number): Specifier {
  const letter = text[at];
  if (letter === 'x' || letter === 'X' || letter === 'o' || letter === 'b') {
    return { part: { kind: 'radix', radix: letter }, length: 1 };
  }
  if (letter !== '.') return { part: { kind: 'value' }, length: 0 };
  let end = at + 1;
  while (end < text.length && /[0-9]/.test(text[end] as string)) end++;
  const digits = text.slice(at + 1, end);
  if (text[end] === 'f') end++;
  const part: hir.FormatPart = digits === '' ? { kind: 'value' } : { kind: 'decimals', decimals: Number(digits) };
  return { part, length: end - at };
}

class FormatBuilder {
  readonly parts: hir.FormatPart[] = [];
  #text = '';

  text(text: string): void {
    this.#text += text;
  }

  part(part: hir.FormatPart): void {
    this.finish();
    this.parts.push(part);
  }

  finish(): hir.FormatPart[] {
    if (this.#text !== '') this.parts.push({ kind: 'text', text: this.#text });
    this.#text = '';
    return this.parts;
  }
}

function checkDecimals(cx: Cx, part: hir.FormatPart, span: Span): void {
  if (part.kind === 'decimals' && part.decimals > MAX_DECIMALS) {
    report(cx, 'E1001', { problem: `a format has at most ${MAX_DECIMALS} decimals` }, span);
  }
}

/** 2026: `@@` is a literal `@`, and specifiers and values are equal in number. */
function modernFormat(cx: Cx, literal: StringLiteral, given: number): hir.FormatPart[] {
  const text = literal.value;
  const builder = new FormatBuilder();
  let specifiers = 0;
  for (let at = 0; at < text.length; ) {
    const next = text.indexOf('@', at);
    if (next === -1) {
      builder.text(text.slice(at));
      break;
    }
    builder.text(text.slice(at, next));
    at = next + 1;
    if (text[at] === '@') {
      builder.text('@');
      at++;
      continue;
    }
    const { part, length } = specifierAt(text, at);
    checkDecimals(cx, part, literal.span);
    builder.part(part);
    specifiers++;
    at += length;
  }
  if (specifiers > 0 && specifiers !== given) {
    report(
      cx,
      'E2009',
      { form: 'count', callee: 'this format', expected: specifiers, found: given, noun: 'value' },
      literal.span,
      {
        help: 'each `@` takes one value; for a literal `@` write `@@`',
      },
    );
  }
  return builder.finish();
}

/** Classic: `@` takes a value as long as there is one, and backslashes are processed once more. */
function classicFormat(cx: Cx, literal: StringLiteral, given: number): hir.FormatPart[] {
  const text = literal.value;
  const builder = new FormatBuilder();
  let used = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at] as string;
    if (char === '\\') {
      at++;
      const escaped = text[at];
      if (escaped !== undefined) builder.text(escaped === 'n' ? '\n' : escaped === 't' ? '\t' : escaped);
    } else if (char === '@') {
      const { part, length } = specifierAt(text, at + 1);
      if (used < given) {
        checkDecimals(cx, part, literal.span);
        builder.part(part);
        used++;
      } else {
        builder.text(text.slice(at, at + 1 + length));
      }
      at += length;
    } else {
      builder.text(char);
    }
  }
  return builder.finish();
}
