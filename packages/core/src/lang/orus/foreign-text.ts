/**
 * Text that no Orus token begins with, but that means something in another language: how the lexer reports it and what it
 * reads instead, so that the rest of the line is still understood. The words of the messages are in `habits.ts`.
 */
import { habitOf, NAMES, SIGNS, STRING_PREFIXES, TEMPLATE_HELP } from './habits.ts';
import type { IntValue, Token, TokenKind } from './token.ts';

/** A report about `text.slice(start, end)`, and what the lexer reads for it. */
export interface ForeignText {
  /** Behind what is reported. */
  readonly end: number;
  readonly problem: string;
  readonly help?: string | undefined;
  /** What certainly repairs it, in place of what is reported. */
  readonly replacement?: string | undefined;
  /** Where lexing goes on; `end` if absent. */
  readonly next?: number;
  /** The tokens that stand for it, none by default. */
  readonly tokens?: readonly { readonly kind: TokenKind; readonly value?: Token['value'] }[];
}

const ONE: IntValue = { value: 1n, radix: 10, suffix: null };

/** After these an operand is complete. */
const OPERAND_ENDS: ReadonlySet<TokenKind> = new Set<TokenKind>([
  'ident',
  'int',
  'float',
  'string',
  ')',
  ']',
  'true',
  'false',
]);

/** After these operators `not` needs parentheses. */
const TIGHT: ReadonlySet<TokenKind> = new Set<TokenKind>(['==', '!=', '<', '<=', '>', '>=', '+', '-', '*', '/', '%']);

/** Signs that mean something elsewhere by themselves, and the second ones of those that do not. */
const LONE = /[!#`$@\\]/;
const SECOND = /[&|=<>.+*?:]/;

/** What begins at `start` and is no sign of Orus; `before` is the token in front of it, on the same line or not. */
export function foreignSign(
  text: string,
  start: number,
  before: Token | undefined,
  first: boolean,
): ForeignText | null {
  const char = text.charAt(start);
  if (!LONE.test(char) && !SECOND.test(text.charAt(start + 1))) return null;
  const operator = text.slice(start, start + 3);
  const sign = habitOf(SIGNS, operator) ? operator : operator.slice(0, 2);
  const habit = habitOf(SIGNS, sign);
  if (habit !== undefined) {
    const kind = habit.instead as TokenKind;
    return {
      end: start + sign.length,
      problem: `\`${sign}\` is not an operator`,
      help: habit.help,
      replacement: habit.instead,
      tokens: [{ kind }],
    };
  }
  if (
    operator === '...' &&
    before !== undefined &&
    OPERAND_ENDS.has(before.kind) &&
    /[\w(]/.test(text.charAt(start + 3))
  ) {
    const help = 'a range is written `a..b` without its end, and `a..=b` with it';
    return { end: start + 3, problem: '`...` is not a sign of Orus', help, tokens: [{ kind: '..=' }] };
  }
  if (sign === '++') return increment(text, start, before, first);
  if (sign === '**') {
    const end = start + 2;
    const help = 'there is no power: multiply in a loop; powers of two are `1 << n`';
    return { end, problem: '`**` is not an operator', help, tokens: [{ kind: '*' }] };
  }
  if (sign === '??') {
    const help = 'there is no null; take an enum apart with `match`';
    return { end: start + 2, problem: '`??` is not an operator', help, tokens: [{ kind: 'bad' }] };
  }
  if (sign === '::' && before?.kind === 'ident' && before.end === start && /[A-Za-z_<]/.test(text.charAt(start + 2))) {
    const help = 'what belongs to a type or module is written behind a `.`';
    return { end: start + 2, problem: '`::` is not a sign of Orus', help, replacement: '.', tokens: [{ kind: '.' }] };
  }
  if (char === '!') return negation(text, start, before);
  if (char === '#') return hash(text, start, before, first);
  if (char === '`') return template(text, start);
  if (char === '$' && /[A-Za-z_]/.test(text.charAt(start + 1))) {
    return {
      end: start + 1,
      problem: '`$` has no meaning before a name',
      help: 'write the name alone',
      replacement: '',
    };
  }
  if (char === '@' && first) {
    const help = 'there are no decorators: pass the function to another one by hand';
    return { end: start + 1, problem: '`@` has no meaning before a declaration', help, next: lineEnd(text, start) };
  }
  if (char === '\\' && /^\\[ \t\r]*\n/.test(text.slice(start, start + 80))) {
    const help = 'inside parentheses an expression may go on over several lines';
    return {
      end: start + 1,
      problem: 'a backslash does not continue a line',
      help,
      next: text.indexOf('\n', start) + 1,
    };
  }
  return null;
}

/** `x++`, `++x` and, for lists and strings elsewhere, `a ++ b`. */
function increment(text: string, start: number, before: Token | undefined, first: boolean): ForeignText {
  const end = start + 2;
  const problem = '`++` is not an operator';
  const behind = /^[ \t]*([A-Za-z_"([]?)/.exec(text.slice(end, end + 200))?.[1] ?? '';
  const operand = !first && before !== undefined && OPERAND_ENDS.has(before.kind);
  if (!operand) return { end, problem, help: 'write `x += 1`, as a statement of its own' };
  if (behind !== '') return { end, problem, help: 'join strings with `+`', replacement: '+', tokens: [{ kind: '+' }] };
  const alone = /^[ \t]*(?:[\r\n;}]|\/\/|$)/.test(text.slice(end, end + 200));
  return {
    end,
    problem,
    help: 'write `+= 1`, as a statement of its own',
    replacement: alone ? ' += 1' : undefined,
    tokens: [{ kind: '+=' }, { kind: 'int', value: ONE }],
  };
}

function negation(text: string, start: number, before: Token | undefined): ForeignText {
  const end = start + 1;
  const tight = before !== undefined && TIGHT.has(before.kind);
  return {
    end,
    problem: '`!` is not an operator',
    help: tight
      ? 'negation is written `not`, behind an operator in parentheses: `(not ...)`'
      : 'negation is written `not`',
    replacement: tight || !/[A-Za-z_(]/.test(text.charAt(end)) ? undefined : 'not ',
    tokens: [{ kind: 'bad' }],
  };
}

/** `# comment`, or the length of something. */
function hash(text: string, start: number, before: Token | undefined, first: boolean): ForeignText | null {
  const end = start + 1;
  const comment = first || before === undefined || OPERAND_ENDS.has(before.kind) || /[ \t!]/.test(text.charAt(end));
  if (comment && !closesBracket(text.slice(end, lineEnd(text, end)))) {
    const help = 'comments begin with `//`';
    return { end, problem: '`#` does not begin a comment', help, replacement: '//', next: lineEnd(text, start) };
  }
  if (!/[A-Za-z_]/.test(text.charAt(end))) return null;
  return { end, problem: '`#` is not an operator', help: 'the length is `len(x)`' };
}

/** Whether a text has a closing bracket whose partner stands before it. */
function closesBracket(text: string): boolean {
  let nested = 0;
  for (const char of text) {
    if (char === '(' || char === '[' || char === '{') nested++;
    else if ((char === ')' || char === ']' || char === '}') && --nested < 0) return true;
  }
  return false;
}

function template(text: string, start: number): ForeignText | null {
  const close = text.indexOf('`', start + 1);
  if (close === -1) return null;
  const content = text.slice(start + 1, close);
  const plain = !/["\\\n$]/.test(content);
  return {
    end: close + 1,
    problem: 'strings are written with double quotes',
    help: content.includes('${') ? TEMPLATE_HELP : 'strings stand between `"`',
    replacement: plain ? `"${content}"` : undefined,
    tokens: [{ kind: 'string', value: content }],
  };
}

/** A word directly before a string, or one that ends with `!`; `end` is where the word ends. */
export function foreignWord(text: string, start: number, end: number): ForeignText | null {
  const word = text.slice(start, end);
  const next = text.charAt(end);
  const quoted = next === '"' || (next === "'" && text.slice(end + 1, lineEnd(text, end)).includes("'"));
  if (quoted && /^(?:[fF]?[rR]|[rR]?[fF]|[bB]?[rR]|[bB]|[uU])$/.test(word)) {
    const letters = word.toLowerCase();
    const help = STRING_PREFIXES[letters.includes('f') ? 'f' : letters.charAt(0)] ?? TEMPLATE_HELP;
    return { end, problem: `\`${word}\` before a string has no meaning`, help };
  }
  if (next !== '!' || !/[([]/.test(text.charAt(end + 1))) return null;
  const habit = habitOf(NAMES, word);
  const array = text.charAt(end + 1) === '[';
  const known = habit?.instead;
  return {
    end: end + 1,
    problem: `there are no macros such as \`${word}!\``,
    help: habit?.help ?? 'a call is written without `!`',
    replacement: array ? '' : known,
    tokens: array ? [] : known === 'print' ? [{ kind: 'print' }] : [{ kind: 'bad-literal' }],
  };
}

/** `"""text"""`, which stands for a long string or a comment elsewhere. */
export function tripleQuoted(text: string, start: number): ForeignText | null {
  if (!text.startsWith('"""', start)) return null;
  const close = text.indexOf('"""', start + 3);
  if (close === -1) return null;
  return {
    end: start + 3,
    problem: 'three quotes have no meaning of their own',
    help: 'a string between single `"` may go over several lines; a comment stands between `/*` and `*/`',
    next: close + 3,
    tokens: [{ kind: 'string', value: text.slice(start + 3, close) }],
  };
}

function lineEnd(text: string, from: number): number {
  const newline = text.indexOf('\n', from);
  return newline === -1 ? text.length : newline;
}
