/**
 * What is said where a bracket, a comma, an operator or an expression is missing, or something is left over; and where a broken list
 * goes on. Nothing here is called for a program without mistakes.
 */
import type { Edit, Label } from '../../base/diagnostic.ts';
import type { Bracket } from './parser-brackets.ts';
import type { Closer, Parser, Peeked } from './parser-core.ts';
import { closing, infixHabit, reportInfix } from './parser-habits.ts';
import { CONTINUATION_HELP, CONTINUATIONS } from './parser-layout.ts';
import { looksLikeStatement } from './parser-recovery.ts';
import type { Expr } from './syntax.ts';
import type { Token } from './token.ts';

/** Reports that the partner of a bracket is missing after `what`. */
export function reportMissing(p: Parser, bracket: Bracket, closer: Closer, what: string): void {
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

/** Reports that a comma is missing in front of an element. */
export function reportMissingComma(p: Parser, kind: 'print' | 'call' | 'array'): void {
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

/** Reports that no expression begins here, and stands for one. */
export function reportNoExpression(p: Parser, kind: Peeked): Expr {
  const span = p.here();
  if (kind === '..' || kind === '..=') {
    reportStrayRange(p);
  } else if (kind === 'print') {
    p.fail('E1001', { problem: '`print` is a statement and has no value' });
  } else {
    const before = p.pos === 0 ? undefined : p.tokenAt(p.pos - 1).kind;
    const problem = `expected an expression, found ${p.found()}`;
    let help: string | undefined;
    if (kind === 'line-end' && before !== '(' && before !== '[') {
      help = CONTINUATION_HELP;
    } else if (p.tok.first && CONTINUATIONS.has(kind)) {
      help = CONTINUATION_HELP;
    } else if (kind === '*' && (before === ',' || before === '(' || before === '[')) {
      help = 'an array is not unpacked: pass it as it is, or take its elements one by one';
    } else if (kind === '|') {
      help = 'a function as a value is written `fn(x): x + 1`';
    } else if (kind === 'if' && before !== undefined && VALUE_FOLLOWS.has(before)) {
      help = 'to choose a value, write `a if condition else b`';
    } else if (kind === 'else' && p.suite.form !== 'top') {
      help = 'in a `match`, the arm for the rest is written `_ -> ...`';
    } else if (STATEMENT_KEYWORDS.has(kind)) {
      help = `\`${kind}\` is a reserved word`;
    }
    p.fail('E1001', { problem }, { help });
  }
  return { kind: 'error', id: p.id(), span };
}

/** Behind these, an `if` was meant to give a value. */
const VALUE_FOLLOWS: ReadonlySet<string> = new Set([
  '=',
  ':=',
  '(',
  ',',
  '[',
  'return',
  '->',
  '=>',
  '+',
  '-',
  '*',
  '==',
]);

const STATEMENT_KEYWORDS: ReadonlySet<string> = new Set([
  'and',
  'as',
  'break',
  'catch',
  'continue',
  'elif',
  'else',
  'enum',
  'for',
  'impl',
  'in',
  'matches',
  'mut',
  'or',
  'pass',
  'pub',
  'return',
  'struct',
  'try',
  'use',
  'while',
]);

/** Reports `=` in place of `==`; both are certain, since a condition assigns nothing. */
export function reportAssignedCondition(p: Parser, opSpan: Expr['span']): void {
  p.report('E1403', { form: 'assignment' }, opSpan, {
    help: 'to compare, use `==`',
    edit: { span: opSpan, replacement: '==', description: 'replace with `==`' },
  });
}

/** Something stands behind a complete statement. */
export function reportLeftover(p: Parser): void {
  const { kind } = p.tok;
  if (kind === '..' || kind === '..=') {
    reportStrayRange(p);
  } else if (kind === ')' || kind === ']' || kind === '}') {
    p.fail('E1001', { problem: `\`${kind}\` closes nothing` });
  } else {
    const habit = infixHabit(p, p.tok);
    if (habit !== undefined) reportInfix(p, habit);
    else
      p.fail('E1006', { problem: `expected the end of the statement, found ${p.found()}` }, { help: adjacentHelp(p) });
  }
}

/** For a value directly behind a value. */
function adjacentHelp(p: Parser): string | undefined {
  const before = p.tokenAt(p.pos - 1);
  if (!startsExpression(p.tok)) return undefined;
  if (before.kind === 'ident' && p.tok.kind !== '(' && p.tok.kind !== '[') {
    return `a call needs parentheses, as in \`${String(before.value)}(...)\`; two statements on a line need a \`;\``;
  }
  return 'an operator or a comma is missing, or two statements on a line need a `;`';
}

/** Where one line is indented with tabs and the line before it with spaces, or the other way round. */
export function tabHelp(p: Parser): string | undefined {
  const lineOf = (offset: number): string => {
    const start = p.file.text.lastIndexOf('\n', offset - 1) + 1;
    return /^[ \t]*/.exec(p.file.text.slice(start, offset))?.[0] ?? '';
  };
  const here = lineOf(p.tok.start);
  const before = lineOf(p.tokenAt(p.pos - 1).start);
  if (here.includes('\t') === before.includes('\t') || before === '') return undefined;
  return `a tab counts as four spaces, and ${here.includes('\t') ? 'this line is' : 'the line above is'} indented with tabs`;
}
