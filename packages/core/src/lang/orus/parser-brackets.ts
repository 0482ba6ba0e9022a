/**
 * Brackets: what changes inside them, and lists of elements.
 *
 * A list survives mistakes in its elements: parsing resumes at the next comma or at the closing bracket, so that several
 * elements of one list can be reported. If the bracket has no partner in the file, the list ends where a statement begins.
 */
import { ARM, HEADER, COMMAS, NEWLINES, PATTERN } from './parser-core.ts';
import type { Closer, Parser } from './parser-core.ts';
import { reportMissing, reportMissingComma, resumeInList, startsExpression } from './parser-missing.ts';
import { looksLikeStatement } from './parser-recovery.ts';
import type { Expr } from './syntax.ts';
import type { Token } from './token.ts';
import { parseArgument } from './parser-expressions.ts';
import type { Parse } from './parser-stack.ts';

/** An open bracket, to be handed to `closeBracket`. */
export interface Bracket {
  readonly token: Token;
  readonly index: number;
  /** The flags outside. */
  readonly flags: number;
}

const CLOSER = { '(': ')', '[': ']', '{': '}' } as const;

/** Consumes the opening bracket that stands here. Newlines have no meaning until it is closed. */
export function openBracket(p: Parser, added = 0): Bracket {
  const bracket = { token: p.tok, index: p.pos, flags: p.flags };
  p.open[CLOSER[p.tok.kind as keyof typeof CLOSER]]++;
  p.advance();
  p.flags = (p.flags & ~(NEWLINES | HEADER | COMMAS | PATTERN | ARM)) | added;
  return bracket;
}

/** Consumes the closing bracket, or reports that it is missing after `what`. */
export function closeBracket(p: Parser, bracket: Bracket, closer: Closer, what: string): void {
  if (p.panicking) resumeInList(p, bracket, closer);
  if (p.tok.kind === closer) p.advance();
  else if (!p.panicking) reportMissing(p, bracket, closer, what);
  p.open[closer]--;
  p.flags = bracket.flags;
}

export interface List {
  readonly elements: readonly Expr[];
  readonly trailingComma: boolean;
  readonly span: { readonly start: number; readonly end: number };
}

/**
 * The expressions between brackets, from the opening one on. `kind` says what a comma that is missing means: E1019 in a
 * `print`, E1006 elsewhere. A `;` after the first element of an array is left to the caller.
 */
export function* parseList(
  p: Parser,
  bracket: Bracket,
  closer: ')' | ']',
  kind: 'print' | 'call' | 'array',
): Parse<List> {
  const elements: Expr[] = [];
  let trailingComma = false;
  while (p.tok.kind !== closer && p.tok.kind !== 'eof' && !endsHere(p, bracket)) {
    const before = p.pos;
    elements.push(yield* parseArgument(p, kind === 'array' ? 'an element' : 'an argument'));
    if (p.panicking) resumeInList(p, bracket, closer);
    trailingComma = false;
    if (p.panicking || (kind === 'array' && p.tok.kind === ';')) break;
    if (p.tok.kind === ',') {
      trailingComma = true;
      p.advance();
    } else if (p.tok.kind === closer || !startsExpression(p.tok) || (p.tok.first && p.unclosed.has(bracket.index))) {
      break;
    } else {
      reportMissingComma(p, kind);
      if (p.panicking) resumeInList(p, bracket, closer);
      if (p.panicking || p.tok.kind === closer) break;
      if (p.raw() === ',') p.advance();
    }
    if (p.pos === before) break;
  }
  return { elements, trailingComma, span: { start: bracket.token.start, end: p.tok.end } };
}

/** Whether this line begins a statement, so that the bracket, which has no partner, must end before it. */
function endsHere(p: Parser, bracket: Bracket): boolean {
  return p.tok.first && p.unclosed.has(bracket.index) && looksLikeStatement(p, p.pos);
}
