/**
 * Brackets: what changes inside them, lists of elements, and what is said when one is missing.
 *
 * A list survives mistakes in its elements: parsing resumes at the next comma or at the closing bracket, so that several
 * elements of one list can be reported. If the bracket has no partner in the file, the list ends where a statement begins.
 */
import type { Edit, Label } from '../../base/diagnostic.ts';
import { ARM, HEADER, COMMAS, NEWLINES, PATTERN } from './parser-core.ts';
import type { Closer, Parser } from './parser-core.ts';
import { closing, infixHabit, reportInfix } from './parser-habits.ts';
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

function reportMissing(p: Parser, bracket: Bracket, closer: Closer, what: string): void {
  const again = p.missingAt === p.pos;
  p.missingAt = p.pos;
  // What follows on the same line belongs to nothing; a new line is a fresh start.
  const lost = !p.tok.first && p.tok.kind !== 'eof';
  if (p.tok.kind === '..' || p.tok.kind === '..=') {
    reportStrayRange(p);
  } else if (!again && !p.wasReported(p.tok)) {
    const place = lost ? p.spanOf(p.tok) : p.span(p.prevEnd, p.prevEnd);
    const found = p.tok.first && p.tok.kind !== 'eof' ? 'the next line' : p.found();
    const opened = p.spanOf(bracket.token);
    const openLabel: Label = { span: opened, text: 'opened here' };
    const habit = lost ? infixHabit(p, p.tok) : undefined;
    if (habit !== undefined) {
      reportInfix(p, habit);
      // The bracket has its partner, so what stands behind that is sound.
      if (!p.unclosed.has(bracket.index)) {
        p.jump(closing(p, bracket.index) + 1);
        p.panicking = false;
        return;
      }
    } else if (p.tok.kind === ',' && what === 'this expression') {
      const arrow = p.tokenAt(closing(p, bracket.index) + 1).kind === '=>';
      const problem = arrow ? 'a function as a value begins with `fn`' : 'there are no tuples';
      const help = arrow ? 'write `fn(a, b): ...`' : 'put the values into `[` `]`, or into a struct';
      p.report('E1006', { problem }, arrow ? opened : place, { labels: arrow ? [] : [openLabel], help });
      if (!p.unclosed.has(bracket.index)) {
        p.jump(closing(p, bracket.index) + 1);
        p.panicking = arrow;
        return;
      }
    } else if (closer === ')') {
      p.report('E1003', { expected: ')', after: `after ${what}`, found }, place, {
        labels: [openLabel],
        help: closingHelp(p),
        edit: lost ? undefined : p.insertion(')'),
      });
    } else if (closer === ']') {
      p.report('E1020', { found }, opened, {
        labels: [{ span: place, text: '`]` was expected here' }],
        help: 'close the bracket with `]`',
      });
    } else {
      p.report('E1004', { construct: what }, place, {
        labels: [openLabel],
        help: 'close the brace with `}`',
      });
    }
  }
  if (lost) p.panicking = true;
}

/** How a parenthesis that is not closed came about, where that shows. */
function closingHelp(p: Parser): string {
  if (p.tok.kind === ':' && p.tokenAt(p.pos - 1).kind === 'ident') {
    return 'arguments have no names; a struct is made with `Name{ field: value }`';
  }
  const hidden = /^[ \t]*\/\//.test(p.file.text.slice(p.prevEnd, p.prevEnd + 200));
  return hidden ? '`//` begins a comment; division of whole numbers is `/`' : 'close the parenthesis';
}

/** `..` where no range may stand. */
export function reportStrayRange(p: Parser): void {
  if (p.tok.kind === '..' && p.file.text[p.tok.end] === '.') {
    const help = 'an array is not unpacked, and a function has a fixed number of parameters: pass the array';
    p.fail('E1001', { problem: '`...` has no meaning' }, { help });
    return;
  }
  const text = p.tokenAt(p.pos - 1).kind === 'string' || p.tokenAt(p.pos + 1).kind === 'string';
  p.fail(
    'E1404',
    { problem: 'a range can only stand in a `for` and between `[` and `]`' },
    {
      help: text
        ? 'strings are joined with `+`'
        : p.tokenAt(p.begun).kind === 'for'
          ? 'in the header of a loop it stands without brackets'
          : 'use `range(start, stop)` for a range as a value',
    },
  );
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

function reportMissingComma(p: Parser, kind: 'print' | 'call' | 'array'): void {
  const habit = infixHabit(p, p.tok);
  if (habit !== undefined) {
    reportInfix(p, habit);
    return;
  }
  const edit: Edit | undefined = p.insertion(',');
  if (kind === 'print') {
    p.report('E1019', { found: p.found() }, p.spanOf(p.tok), { help: 'separate the values with commas', edit });
  } else {
    p.report('E1006', { problem: `expected \`,\` before ${p.found()}` }, p.spanOf(p.tok), { edit });
  }
}

/** Whether this line begins a statement, so that the bracket, which has no partner, must end before it. */
function endsHere(p: Parser, bracket: Bracket): boolean {
  return p.tok.first && p.unclosed.has(bracket.index) && looksLikeStatement(p, p.pos);
}

/** Skips to the comma or bracket at which a broken list goes on; stays in panic if it meets something else first. */
export function resumeInList(p: Parser, bracket: Bracket, closer: Closer): void {
  if (p.aborted) return;
  let nested = 0;
  let index = p.pos;
  for (; ; index++) {
    const tok = p.tokenAt(index);
    if (tok.kind === 'eof') break;
    if (
      tok.first &&
      p.unclosed.has(bracket.index) &&
      (tok.indent <= bracket.token.indent || looksLikeStatement(p, index))
    ) {
      break;
    }
    // A block begins: the bracket belongs to its header and ends before it.
    if ((tok.kind === ':' || tok.kind === '{') && p.unclosed.has(bracket.index) && p.tokenAt(index + 1).first) break;
    if (nested === 0 && (tok.kind === ',' || tok.kind === closer)) {
      p.jump(index);
      p.panicking = false;
      return;
    }
    if (tok.kind === '(' || tok.kind === '[' || tok.kind === '{') nested++;
    else if (tok.kind === ')' || tok.kind === ']' || tok.kind === '}') {
      if (nested > 0) nested--;
      else if (p.open[tok.kind] > 0) break;
    }
  }
  p.jump(index);
}

const STARTERS: ReadonlySet<string> = new Set([
  'ident',
  'int',
  'float',
  'string',
  'bad-literal',
  'true',
  'false',
  '(',
  '[',
  'fn',
  'match',
  'not',
  '~',
  '{',
]);

/** Whether an expression can begin with this token (a minus continues the one before). */
export function startsExpression(tok: Token): boolean {
  return STARTERS.has(tok.kind);
}
