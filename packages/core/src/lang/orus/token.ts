/**
 * Tokens of Orus.
 *
 * There are no tokens for line ends and indentation: every token says whether it is the first of its line and how far
 * that line is indented, and the parser decides where that has a meaning (section 3), since it depends on what is open.
 */
import type { IntSuffix } from './syntax.ts';

export const KEYWORDS = [
  'and',
  'as',
  'break',
  'catch',
  'continue',
  'elif',
  'else',
  'enum',
  'fn',
  'for',
  'if',
  'impl',
  'in',
  'match',
  'matches',
  'mut',
  'not',
  'or',
  'pass',
  'print',
  'pub',
  'return',
  'struct',
  'try',
  'use',
  'while',
  'true',
  'false',
] as const;

/** Longest first, so that the first that matches is the right one. `!`, `&&` and `||` are not operators. */
export const PUNCTUATION = [
  '..=',
  '<<=',
  '>>=',
  '==',
  '!=',
  '<=',
  '>=',
  '+=',
  '-=',
  '*=',
  '/=',
  '%=',
  '&=',
  '|=',
  '^=',
  ':=',
  '..',
  '->',
  '=>',
  '<<',
  '>>',
  '+',
  '-',
  '*',
  '/',
  '%',
  '<',
  '>',
  '=',
  '.',
  '?',
  ':',
  ',',
  ';',
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  '&',
  '|',
  '^',
  '~',
] as const;

export type Keyword = (typeof KEYWORDS)[number];
export type Punctuation = (typeof PUNCTUATION)[number];

/**
 * The last three stand for text that was already reported: `bad` for stray characters, `bad-literal` for a number that is
 * spelt wrongly, `cut` for a string without end, after which nothing on its line can be trusted.
 */
export type TokenKind =
  | Keyword
  | Punctuation
  | 'ident'
  | 'int'
  | 'float'
  | 'string'
  | 'label'
  | 'eof'
  | 'bad'
  | 'bad-literal'
  | 'cut';

export interface IntValue {
  readonly value: bigint;
  readonly radix: 2 | 8 | 10 | 16;
  readonly suffix: IntSuffix | null;
}

export interface Token {
  readonly kind: TokenKind;
  readonly start: number;
  readonly end: number;
  /** Width of the white space that the line of this token begins with; a tab counts 4. */
  readonly indent: number;
  /** Whether it is the first token of its line. True for the very first token. */
  readonly first: boolean;
  /** Text of `ident` and `label` (without the quote), contents of `string`, value of `float` and `int`; else null. */
  readonly value: string | number | IntValue | null;
}

const KEYWORD_SET: ReadonlySet<string> = new Set(KEYWORDS);

export function isKeyword(text: string): text is Keyword {
  return KEYWORD_SET.has(text);
}
