/**
 * Where parsing goes on after an error.
 *
 * A statement that failed is skipped to the next place where a statement can begin: a line of its suite, a `;`, or the end
 * of the suite. If what is skipped ends like a header (`:` or `{` at the end of a line), its block is parsed all the
 * same, so that mistakes in the block are found in the same run and its lines are not taken for something else.
 */
import type { Parser, Suite } from './parser-core.ts';
import { parseBlock } from './parser-statements.ts';
import type { TokenKind } from './token.ts';
import type { Parse } from './parser-stack.ts';

const STATEMENT_WORDS: ReadonlySet<TokenKind> = new Set<TokenKind>([
  'break',
  'continue',
  'elif',
  'else',
  'catch',
  'enum',
  'for',
  'impl',
  'mut',
  'pass',
  'print',
  'pub',
  'return',
  'struct',
  'try',
  'use',
  'while',
]);

const ASSIGNMENTS: ReadonlySet<TokenKind> = new Set<TokenKind>([
  '=',
  ':=',
  '+=',
  '-=',
  '*=',
  '/=',
  '%=',
  '&=',
  '|=',
  '^=',
  '<<=',
  '>>=',
]);

/** Whether the tokens from `index` on can hardly be anything but the beginning of a statement. */
export function looksLikeStatement(p: Parser, index: number): boolean {
  const { kind, value } = p.tokenAt(index);
  if (STATEMENT_WORDS.has(kind)) return true;
  const next = p.tokenAt(index + 1);
  if (next.first) return false;
  if (kind === 'ident')
    return ASSIGNMENTS.has(next.kind) || (value === 'let' && (next.kind === 'ident' || next.kind === 'mut'));
  return kind === 'fn' && next.kind === 'ident';
}

/** Skips the rest of a broken statement that began at token `start`. */
export function* synchronise(p: Parser, suite: Suite, start: number): Parse<void> {
  if (p.aborted) return;
  const first = p.tokenAt(start);
  let nested = openBrackets(p, start);
  while (p.tok.kind !== 'eof') {
    const tok = p.tok;
    if (tok.first && p.pos !== start && beginsLine(p, suite, first.indent, nested)) break;
    if (tok.kind === ';' && nested <= 0) break;
    if (tok.kind === '(' || tok.kind === '[') nested++;
    if (tok.kind === ')' || tok.kind === ']' || tok.kind === '}') {
      if (nested > 0) nested--;
      else if (p.open[tok.kind] > 0) break;
    }
    const next = p.tokenAt(p.pos + 1);
    const opensBrace = tok.kind === '{' && next.first && nested <= 0;
    const opensSuite = tok.kind === ':' && !tok.first && next.first && next.indent > tok.indent;
    if (opensBrace || opensSuite) {
      yield* skipBlock(p);
      nested = 0;
      // The next branch of a broken `if` or `try` is broken too; its block is not.
      if (p.tok.kind === 'elif' || p.tok.kind === 'else' || p.tok.kind === 'catch') p.advance();
      continue;
    }
    if (tok.kind === '{') nested++;
    p.advance();
  }
  p.panicking = false;
}

/** Whether a line is one of the suite, or ends it, rather than a part of the broken statement. */
function beginsLine(p: Parser, suite: Suite, indent: number, nested: number): boolean {
  if (suite.form === 'brace') return nested <= 0 || looksLikeStatement(p, p.pos);
  if (p.tok.indent > indent) return false;
  return nested <= 0 || looksLikeStatement(p, p.pos) || p.tok.indent < indent;
}

/** Parses the block that stands here for the sake of what is wrong inside it. Its broken header may be that of a loop. */
function* skipBlock(p: Parser): Parse<void> {
  p.panicking = false;
  p.begun = p.pos;
  const outer = p.loops;
  p.loops = [...outer, { id: p.id(), label: null }];
  yield* parseBlock(p, 'this block', 'many');
  p.loops = outer;
  p.panicking = true;
}

/** Brackets that the statement from token `start` on has opened and not closed. */
function openBrackets(p: Parser, start: number): number {
  let nested = 0;
  for (let index = start; index < p.pos; index++) {
    const { kind } = p.tokenAt(index);
    if (kind === '(' || kind === '[' || kind === '{') nested++;
    else if ((kind === ')' || kind === ']' || kind === '}') && nested > 0) nested--;
  }
  return nested;
}

/**
 * A header failed: moves to the `:` or `{` of its line that opens the block and ends the panic. If there is none, the
 * panic goes on.
 */
export function findBody(p: Parser): void {
  if (p.aborted) return;
  let brace = -1;
  let nested = 0;
  for (let index = p.pos; ; index++) {
    const tok = p.tokenAt(index);
    const next = p.tokenAt(index + 1);
    const lineEnds = tok.kind === 'eof' || (tok.first && index !== p.begun) || (tok.kind === ';' && nested <= 0);
    if (lineEnds && index !== p.pos) break;
    if (lineEnds) return;
    if (tok.kind === ':' && (next.first || (index === p.pos && nested === 0))) {
      p.jump(index);
      p.panicking = false;
      return;
    }
    if (tok.kind === '{' && nested === 0 && (brace < 0 || next.first)) brace = index;
    if (tok.kind === '(' || tok.kind === '[' || tok.kind === '{') nested++;
    else if ((tok.kind === ')' || tok.kind === ']' || tok.kind === '}') && nested > 0) nested--;
  }
  if (brace < 0) return;
  p.jump(brace);
  p.panicking = false;
}

/** The pattern of an arm failed: moves behind the arrow of its line, if there is one, and ends the panic. */
export function findArrow(p: Parser): void {
  if (p.aborted) return;
  for (let index = p.pos; ; index++) {
    const { kind, first } = p.tokenAt(index);
    if (kind === 'eof' || kind === ';' || (first && index !== p.begun)) return;
    if (kind !== '->' && kind !== '=>') continue;
    p.jump(index + 1);
    p.panicking = false;
    return;
  }
}
