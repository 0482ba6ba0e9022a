/**
 * Editions of the language: what section 23 of the specification tabulates, as one read-only record.
 *
 * An edition is lexical: each file has its own, and everything that differs is asked of the file that contains the
 * construct. The fields below name the rows; no other place branches on an edition's name.
 */

export type EditionName = 'classic' | '2026';

export interface Edition {
  readonly name: EditionName;
  /** Row 1: whether `[v, n]` is a fill literal where 7.8 says so. The parser decides; `[v; n]` works in both. */
  readonly commaFill: boolean;
  /** Row 2: whether the end of `a[i..j]` is part of the slice. `..=` exists only when it is not. */
  readonly sliceEnd: 'inclusive' | 'exclusive';
  /** Row 3. */
  readonly stringSlices: boolean;
  /** Row 4: sections 5.3 and 5.4, or the shortest digits that read back. */
  readonly floatText: 'digits17' | 'shortest';
  /** Row 5: section 5.2 (elements without brackets), or with brackets, names and quotes. */
  readonly aggregateText: 'bare' | 'delimited';
  /** Row 6: which first argument of `print` is a format string. */
  readonly formatString: 'string-value' | 'literal';
  /** Row 7: whether `and`, `or` and `not` work on integers. */
  readonly integerLogic: boolean;
  /** Row 7: whether `& | ^ ~ << >>` and their compound assignments exist. */
  readonly bitOperators: boolean;
  /** Row 8: where `not` binds. */
  readonly notBinds: 'unary' | 'below-comparison';
  /** Row 9: whether a `bool` equals an integer by truthiness; if not, the comparison is an error when both are known. */
  readonly boolEqualsInteger: boolean;
  /** Row 9. */
  readonly nilEqualsNil: boolean;
  /** Row 10: equality of arrays and structs. */
  readonly equality: 'identity' | 'deep';
  /** Row 11: whether integer literals saturate above `i64` and 32-bit hexadecimals are reinterpreted in any `i32` context. */
  readonly looseLiterals: boolean;
  /** Row 12: the type of a flexible integer without context. */
  readonly integerDefault: 'i32' | 'inferred';
  /** Row 13: the type of `len(x)` and `int(v)`. */
  readonly countType: 'i32' | 'i64';
  /** Row 14: whether a flexible argument of `assert_eq` adapts to the other argument. */
  readonly assertAdapts: boolean;
  /** Row 15: which form of body makes `main` run by itself. */
  readonly autoMain: 'brace' | 'any';
  /** Row 16: whether implicit declarations directly at module level are immutable. */
  readonly implicitTopLevelImmutable: boolean;
  /** Row 16: whether `try`, `catch` and match-arm blocks are transparent for implicit declarations, as branches are. */
  readonly transparentBlocks: boolean;
  /** Row 16: whether only a local declared with `mut` may be assigned by a function that captures it. */
  readonly captureNeedsMut: boolean;
  /** Row 16: whether every item of a comma list but the last declares an immutable name. The parser decides. */
  readonly listItemsDeclare: boolean;
  /** Row 17: whether a destructuring may have a list on the right, and members and elements on the left. */
  readonly listDestructuring: boolean;
  /** Row 18: whether `|` separates alternatives of a pattern. */
  readonly patternAlternatives: boolean;
  /** Row 19: whether assignments stand bare as arguments, `T?` is a type, and a used conditional may lack its `else`. */
  readonly oddities: boolean;
  /** Row 20: whether an array literal may mix types where elements of type `any` are wanted. */
  readonly mixedAnyArrays: boolean;
  /** Row 21: whether a number of type `any` is converted at a typed place if it keeps its value. */
  readonly anyNumbersConvert: boolean;
}

export const CLASSIC: Edition = {
  name: 'classic',
  commaFill: true,
  sliceEnd: 'inclusive',
  stringSlices: false,
  floatText: 'digits17',
  aggregateText: 'bare',
  formatString: 'string-value',
  integerLogic: true,
  bitOperators: false,
  notBinds: 'unary',
  boolEqualsInteger: true,
  nilEqualsNil: false,
  equality: 'identity',
  looseLiterals: true,
  integerDefault: 'i32',
  countType: 'i32',
  assertAdapts: false,
  autoMain: 'brace',
  implicitTopLevelImmutable: true,
  transparentBlocks: false,
  captureNeedsMut: true,
  listItemsDeclare: true,
  listDestructuring: false,
  patternAlternatives: false,
  oddities: true,
  mixedAnyArrays: false,
  anyNumbersConvert: false,
};

export const EDITION_2026: Edition = {
  name: '2026',
  commaFill: false,
  sliceEnd: 'exclusive',
  stringSlices: true,
  floatText: 'shortest',
  aggregateText: 'delimited',
  formatString: 'literal',
  integerLogic: false,
  bitOperators: true,
  notBinds: 'below-comparison',
  boolEqualsInteger: false,
  nilEqualsNil: true,
  equality: 'deep',
  looseLiterals: false,
  integerDefault: 'inferred',
  countType: 'i64',
  assertAdapts: true,
  autoMain: 'any',
  implicitTopLevelImmutable: false,
  transparentBlocks: true,
  captureNeedsMut: false,
  listItemsDeclare: false,
  listDestructuring: true,
  patternAlternatives: true,
  oddities: false,
  mixedAnyArrays: true,
  anyNumbersConvert: true,
};

export const DEFAULT_EDITION: Edition = EDITION_2026;

export const EDITIONS: readonly Edition[] = [CLASSIC, EDITION_2026];

/** The edition of that name, as the command line and the first-line comment spell it. */
export function editionNamed(name: string): Edition | undefined {
  return EDITIONS.find((edition) => edition.name === name);
}

/** What a first line `// edition: NAME` asks for; the offsets are those of the name. */
export interface EditionComment {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** The edition comment of a source text, if its first line is one. A byte order mark before it is skipped. */
export function editionComment(text: string): EditionComment | undefined {
  const head = text.slice(0, 400);
  if (!head.includes('edition:')) return undefined;
  const found = /^(\uFEFF?\/\/[ \t]*edition:[ \t]*)([^\r\n]*?)[ \t]*(?:\r?\n|$)/.exec(head);
  if (found === null) return undefined;
  const start = (found[1] ?? '').length;
  const name = found[2] ?? '';
  return { name, start, end: start + name.length };
}
