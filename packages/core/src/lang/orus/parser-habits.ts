/**
 * Statements that begin as in another language: what is said about them, and how the parser reads on.
 *
 * A habit is reported once, at its first word. Then the statement is read as what it stands for, so that its names are known
 * and what else is wrong in it is found; where that is hopeless it is skipped with everything that belongs to it. The words
 * are in `habits.ts`. Nothing here looks at a statement that could be correct.
 */
import type { Span } from '../../base/source.ts';
import { closest } from '../../base/suggest.ts';
import type { Habit, WordHabit } from './habits.ts';
import { BRANCH_WORDS, habitOf, INFIX, isTypeName, STATEMENT_WORDS, TYPES } from './habits.ts';
import { parseDeclaration } from './parser-bindings.ts';
import type { Parser } from './parser-core.ts';
import { parseLoop } from './parser-control.ts';
import { parseFunction, parseStruct } from './parser-declarations.ts';
import type { Parse } from './parser-stack.ts';
import { parseBlock, parseOne } from './parser-statements.ts';
import type { Expr, NameExpr, Statement } from './syntax.ts';
import type { Token, TokenKind } from './token.ts';
import { isKeyword } from './token.ts';

/** What can follow an identifier on its line only if the identifier is no expression. */
const ADJACENT: ReadonlySet<TokenKind> = new Set<TokenKind>([
  'ident',
  'int',
  'float',
  'string',
  'true',
  'false',
  'fn',
  'struct',
  'enum',
  'mut',
  'pub',
  'while',
  'for',
  'print',
  'return',
]);

/** Whether the identifier that stands here begins a statement as in another language. */
export function beginsForeign(p: Parser): boolean {
  const word = String(p.tok.value);
  if (p.wordBlocks && word === 'end' && p.tokenAt(p.pos + 1).first) return true;
  const habit = habitOf(STATEMENT_WORDS, word);
  return (habit !== undefined && isForeign(p, habit)) || isTyped(p, word);
}

/** Parses such a statement. */
export function* parseForeign(p: Parser, out: Statement[], pub: Token | null): Parse<void> {
  const word = String(p.tok.value);
  const habit = habitOf(STATEMENT_WORDS, word);
  if (word === 'end') p.advance();
  else if (habit !== undefined && isForeign(p, habit)) yield* parseHabit(p, out, pub, habit);
  else yield* parseTyped(p, out, word);
}

/** Whether what follows a word shows that it is meant as in another language. */
function isForeign(p: Parser, habit: WordHabit): boolean {
  const next = p.tokenAt(p.pos + 1);
  const { reading } = habit;
  const opens = reading === 'loop' || reading === 'block' || reading === 'line' || reading === 'construct';
  if (next.first) return opens && next.kind !== 'eof' && next.indent > p.tok.indent;
  if (ADJACENT.has(next.kind)) return true;
  if (reading === 'import') return isImportList(p);
  if (reading === 'fn') return next.kind === '(' && isForeignMethod(p);
  if (!opens) return reading === 'for' && next.kind === '(' && opensBlock(p, closing(p, p.pos + 1) + 1);
  if (next.kind === ':') return p.tokenAt(p.pos + 2).first;
  if (next.kind === '{') return !(p.tokenAt(p.pos + 2).kind === 'ident' && p.tokenAt(p.pos + 3).kind === ':');
  return next.kind === '(' && opensBlock(p, closing(p, p.pos + 1) + 1);
}

/** `import { a, b } from "m"` and `import * as m from "m"`. */
function isImportList(p: Parser): boolean {
  const next = p.tokenAt(p.pos + 1).kind;
  if (next === '(') return p.tokenAt(p.pos + 2).kind === 'string' && p.tokenAt(p.pos + 2).first;
  if (next !== '{' && next !== '*') return false;
  for (let index = p.pos + 2; !p.tokenAt(index).first; index++) if (p.tokenAt(index).value === 'from') return true;
  return false;
}

function opensBlock(p: Parser, index: number): boolean {
  const { kind, first } = p.tokenAt(index);
  return !first && (kind === '{' || (kind === ':' && p.tokenAt(index + 1).first));
}

/** The index of the bracket that closes the one at `index`, or of the last token. */
export function closing(p: Parser, index: number): number {
  let nested = 0;
  for (let at = index; ; at++) {
    const { kind } = p.tokenAt(at);
    if (kind === '(' || kind === '[' || kind === '{') nested++;
    else if (kind === ')' || kind === ']' || kind === '}') nested--;
    if (nested === 0 || kind === 'eof') return at;
  }
}

/** Whether the brace that stands here, in the header of a block, holds fields, and the block begins behind it. */
export function isLiteralInHeader(p: Parser): boolean {
  const { kind } = p.tokenAt(p.pos + 1);
  if (kind !== '}' && !(kind === 'ident' && p.tokenAt(p.pos + 2).kind === ':')) return false;
  const behind = p.tokenAt(closing(p, p.pos) + 1);
  return !behind.first && (behind.kind === ':' || behind.kind === '{');
}

/** Reports a struct literal that would be taken for the block of its header (19.3). */
export function reportLiteralInHeader(p: Parser, span: Span): void {
  const replacement = `(${p.file.text.slice(span.start, span.end)})`;
  p.report('E1006', { problem: 'a struct literal needs parentheses here' }, span, {
    help: 'in the header of a block, `{` begins the block',
    edit: { span, replacement, description: 'put it in parentheses' },
  });
}

/** Reports a word of another language; `certain` if what the habit says instead can simply replace it. */
export function reportWord(p: Parser, tok: Token, habit: Habit, certain: boolean): void {
  const word = p.file.text.slice(tok.start, tok.end);
  const span = p.spanOf(tok);
  const edit =
    certain && habit.instead !== undefined
      ? { span, replacement: habit.instead, description: `replace with \`${habit.instead}\`` }
      : undefined;
  p.report('E1006', { problem: `\`${word}\` is not a word of Orus` }, span, { help: habit.help, edit });
}

function* parseHabit(p: Parser, out: Statement[], pub: Token | null, habit: WordHabit): Parse<void> {
  const word = p.tok;
  const next = p.tokenAt(p.pos + 1);
  switch (habit.reading) {
    case 'fn':
      p.wordBlocks ||= word.value === 'function';
      if (isForeignMethod(p)) {
        reportWord(
          p,
          word,
          { help: 'a method is a function inside `impl TYPE:`, whose first parameter is `self`' },
          false,
        );
        skipStatement(p, true);
        return;
      }
      if (next.kind !== 'ident') break;
      reportWord(p, word, habit, true);
      out.push(yield* parseFunction(p, pub));
      return;
    case 'struct':
      if (next.kind !== 'ident') break;
      reportWord(p, word, habit, true);
      yield* parseStruct(p, pub, out);
      return;
    case 'mut':
    case 'let':
      yield* parseVariable(p, out, pub, habit);
      return;
    case 'pub':
      reportWord(p, word, habit, p.suite.form === 'top');
      p.advance();
      p.begun = p.pos;
      yield* parseOne(p, out, p.suite.form === 'top' ? (pub ?? word) : null);
      return;
    case 'for':
      reportWord(p, word, habit, next.kind !== '(');
      out.push(yield* parseLoop(p, null, word.start));
      return;
    case 'loop':
      yield* parseEndless(p, out, habit);
      return;
    case 'block': {
      reportWord(p, word, habit, false);
      p.advance();
      const block = yield* parseBlock(p, `\`${String(word.value)}\``, 'one');
      out.push({ kind: 'block-stmt', id: p.id(), span: block.span, block });
      return;
    }
    case 'import':
      reportImport(p, out, habit);
      return;
    case 'line':
    case 'construct':
      break;
  }
  reportWord(p, word, habit, false);
  if (habit.reading === 'construct' && habit.declares === true && next.kind === 'ident') out.push(unknown(p, next));
  skipStatement(p, habit.reading === 'construct');
  if (word.value === 'repeat' && p.tok.value === 'until') skipStatement(p, false);
}

/** `func (s Square) area()` and `function Stack:push(x)`. */
function isForeignMethod(p: Parser): boolean {
  const next = p.tokenAt(p.pos + 1);
  if (next.kind === '(') {
    const name = p.tokenAt(closing(p, p.pos + 1) + 1);
    return name.kind === 'ident' && !name.first;
  }
  const sign = p.tokenAt(p.pos + 2).kind;
  return (sign === '.' || sign === ':') && p.tokenAt(p.pos + 3).kind === 'ident' && p.tokenAt(p.pos + 4).kind === '(';
}

/** `NAME = ?`, which makes a name known without saying what it is. */
function unknown(p: Parser, tok: Token): Statement {
  const span = p.spanOf(tok);
  const target: NameExpr = { kind: 'name-expr', id: p.id(), span, text: String(tok.value) };
  const value: Expr = { kind: 'error', id: p.id(), span };
  const assign = { kind: 'assign', id: p.id(), span, target, op: null, opSpan: span, value } as const;
  return { kind: 'assign-stmt', id: p.id(), span, pub: null, assign };
}

/** Skips the rest of the line, and with `deeper` all lines that belong to it. */
function skipStatement(p: Parser, deeper: boolean): void {
  p.begun = p.pos;
  const { indent } = p.tok;
  let nested = 0;
  for (let index = p.pos; ; index++) {
    const { kind, first, indent: width } = p.tokenAt(index);
    const ends = first && index !== p.pos && nested <= 0 && !(deeper && width > indent);
    if (kind === 'eof' || ends || (kind === ';' && nested <= 0 && !deeper)) {
      p.jump(index);
      return;
    }
    if (kind === '(' || kind === '[' || kind === '{') nested++;
    else if (kind === ')' || kind === ']' || kind === '}') {
      if (nested === 0 && p.open[kind] > 0) {
        p.jump(index);
        return;
      }
      nested--;
    }
  }
}

/** Reports a keyword that is used as the name of a variable. */
export function reportReservedName(p: Parser): void {
  const problem = `${p.found()} is a reserved word and cannot be a name`;
  p.report('E1006', { problem }, p.spanOf(p.tok), { help: 'choose another name' });
  skipStatement(p, false);
}

/** Reports and skips a line such as `-- two words`, which is no expression. */
export function takeDashComment(p: Parser): boolean {
  const [first, second, word, next] = [0, 1, 2, 3].map((ahead) => p.tokenAt(p.pos + ahead)) as [
    Token,
    Token,
    Token,
    Token,
  ];
  if (!first.first || second.kind !== '-' || second.first || second.start !== first.end || word.first) return false;
  const words = word.kind === 'ident' && !next.first && (next.kind === 'ident' || isKeyword(next.kind));
  if (!words || next.kind === 'if') return false;
  const span = p.span(first.start, second.end);
  const edit = { span, replacement: '//', description: 'write `//`' };
  const more = { help: 'comments begin with `//`', edit };
  p.report('E1001', { problem: '`--` does not begin a comment' }, span, more);
  skipStatement(p, false);
  return true;
}

// ----------------------------------------------------------------------------------------------------- declarations

function* parseVariable(p: Parser, out: Statement[], pub: Token | null, habit: WordHabit): Parse<void> {
  const word = p.tok;
  const second = p.tokenAt(p.pos + 2);
  const plain = second.kind === '=' || second.kind === ':';
  reportWord(p, word, habit, plain && p.tokenAt(p.pos + 1).kind === 'ident');
  p.advance();
  const { kind, value } = p.tok;
  if (kind !== 'ident' || habitOf(STATEMENT_WORDS, String(value))?.reading === 'fn') {
    // `local function f()`, `static fn f()`: the word says nothing more.
    p.begun = p.pos;
    yield* parseOne(p, out, pub);
    return;
  }
  // `const int x = 1`: the name is the second one.
  if (second.kind === 'ident' && !second.first && isTypeName(String(value))) p.advance();
  out.push(yield* parseLoose(p, habit.reading === 'mut'));
}

/** From the name of a variable on: a type without `:` or a value that is missing is no news any more. */
function* parseLoose(p: Parser, mutable: boolean): Parse<Statement> {
  const name = p.tok;
  const behind = p.tokenAt(p.pos + 1);
  if (behind.kind === ':' || (behind.kind === '=' && !behind.first)) {
    return yield* parseDeclaration(p, name.start, { form: mutable ? 'mut' : 'let', mutable, pub: null });
  }
  skipStatement(p, false);
  return unknown(p, name);
}

/** Whether a statement begins like a declaration of C: `int x = 1`, `int f(...)`. */
function isTyped(p: Parser, word: string): boolean {
  const name = p.tokenAt(p.pos + 1);
  const behind = p.tokenAt(p.pos + 2);
  if (name.kind !== 'ident' || name.first || !(isTypeName(word) || word === 'void')) return false;
  return behind.first || behind.kind === '=' || behind.kind === '(' || behind.kind === ';' || behind.kind === 'eof';
}

function* parseTyped(p: Parser, out: Statement[], word: string): Parse<void> {
  const type = p.tok;
  const name = p.tokenAt(p.pos + 1);
  const called = habitOf(TYPES, word)?.instead ?? word;
  if (p.tokenAt(p.pos + 2).kind === '(' && !p.tokenAt(p.pos + 2).first) {
    const problem = 'the type of a result stands behind the parameters';
    const result = called === 'void' ? '' : ` -> ${called}`;
    p.report('E1006', { problem }, p.spanOf(type), {
      help: `a function is written \`fn ${String(name.value)}(...)${result}:\``,
    });
    out.push(unknown(p, name));
    skipStatement(p, true);
    return;
  }
  const span = p.span(type.start, name.end);
  const replacement = `mut ${String(name.value)}: ${called}`;
  const complete = p.tokenAt(p.pos + 2).kind === '=';
  p.report('E1006', { problem: 'the type of a variable stands behind its name' }, p.spanOf(type), {
    help: `write \`${replacement} = ...\`, or \`${String(name.value)} = ...\` and leave out the type`,
    edit: complete ? { span, replacement, description: `write \`${replacement}\`` } : undefined,
  });
  p.advance();
  out.push(yield* parseLoose(p, true));
}

// ------------------------------------------------------------------------------------------------------------ loops

/** `loop { ... }` and `do { ... } while (...)`. */
function* parseEndless(p: Parser, out: Statement[], habit: WordHabit): Parse<void> {
  const word = p.tok;
  const id = p.id();
  reportWord(p, word, habit, false);
  p.advance();
  const outer = p.loops;
  p.loops = [...outer, { id, label: null }];
  const body = yield* parseBlock(p, `\`${String(word.value)}\``, 'many');
  p.loops = outer;
  const condition: Expr = { kind: 'error', id: p.id(), span: p.spanOf(word) };
  out.push({ kind: 'while', id, span: p.from(word.start), label: null, condition, body });
  if (word.value === 'do' && p.tok.kind === 'while' && (!p.tok.first || p.tok.indent === word.indent)) {
    p.begun = p.pos;
    skipStatement(p, false);
  }
}

/** What stands between `for` and its body, if it is not the header of an Orus loop. */
export interface ForeignHeader {
  /** The names that it declares. */
  readonly names: readonly [Token, ...Token[]];
}

const LOOP_DECLARERS: ReadonlySet<string> = new Set(['let', 'var', 'const', 'int', 'auto', 'local', 'val']);

/** Reports the header of a loop as it is written elsewhere, and moves to its body. Null if there is none here. */
export function takeForeignHeader(p: Parser): ForeignHeader | null {
  const start = p.pos;
  const at = p.tok.kind === '(' ? start + 1 : start;
  let first = at;
  while (LOOP_DECLARERS.has(String(p.tokenAt(first).value)) || p.tokenAt(first).kind === 'mut') first++;
  const name = p.tokenAt(first);
  const behind = p.tokenAt(first + 1);
  if (name.kind !== 'ident' || name.first || behind.first) return null;
  const foreign =
    at > start ||
    first > at ||
    behind.kind === '=' ||
    behind.kind === ':=' ||
    behind.kind === ',' ||
    behind.value === 'of';
  if (!foreign) return null;
  const end = headerEnd(p, start);
  const last = at > start ? Math.min(closing(p, start), end) : end;
  const names: [Token, ...Token[]] = [name];
  for (let index = first + 1; p.tokenAt(index).kind === ',' && p.tokenAt(index + 1).kind === 'ident'; index += 2) {
    names.push(p.tokenAt(index + 1));
  }
  const link = p.tokenAt(first + 2 * names.length - 1);
  const ranged = link.kind === ':=' && p.tokenAt(first + 2 * names.length).value === 'range';
  const isList = link.kind === 'in' || behind.value === 'of' || ranged;
  const span = p.span(p.tokenAt(start).start, p.tokenAt(end - 1).end);
  p.forget(span);
  p.report('E1409', { problem: 'a `for` goes through a range or the elements of a value' }, span, {
    help: `here it is written \`${suggestedHeader(p, first, last, names, isList)}\``,
  });
  p.jump(end);
  return { names: isList || names.length === 1 ? names : [name] };
}

/** The index of the token that opens the body of the loop on this line, or of the first one of the next line. */
function headerEnd(p: Parser, start: number): number {
  let nested = 0;
  for (let index = start; ; index++) {
    const tok = p.tokenAt(index);
    if (tok.kind === 'eof' || (tok.first && nested <= 0)) return index;
    if (nested === 0 && (tok.kind === '{' || tok.value === 'do')) return index;
    if (nested === 0 && tok.kind === ':') return index;
    if (tok.kind === '(' || tok.kind === '[') nested++;
    else if (tok.kind === ')' || tok.kind === ']') nested--;
  }
}

/** The header as it is written in Orus, as far as that can be told from tokens `first` to `last`. */
function suggestedHeader(p: Parser, first: number, last: number, names: readonly Token[], isList: boolean): string {
  const name = String(p.tokenAt(first).value);
  const text = p.file.text;
  const rest = text.slice(p.tokenAt(first + 1).start, p.tokenAt(last - 1).end);
  if (isList) {
    const value = (/(?:\bin|\bof|:=\s*range)\s+(.+)$/s.exec(rest)?.[1] ?? 'VALUE')
      .replace(/^(?:enumerate|ipairs|pairs)\((.*)\)$/s, '$1')
      .replace(/\.(?:items|entries|enumerate|iter)\(\)/g, '');
    if (names.length === 1) return `for ${name} in ${value}:`;
    if (name === '_') return `for ${String(names[1]?.value)} in ${value}:`;
    return `for ${name} in 0..len(${value}):`;
  }
  const upTo = /^:?=\s*([^;]+?)\s*;\s*\w+\s*(<=?|!=)\s*([^;]+?)\s*;/.exec(rest);
  if (upTo) return `for ${name} in ${upTo[1]}${upTo[2] === '<=' ? '..=' : '..'}${upTo[3]}:`;
  const downTo = /^:?=\s*([^;]+?)\s*;\s*\w+\s*(>=?)\s*([^;]+?)\s*;/.exec(rest);
  if (downTo) return `for ${name} in ${downTo[1]}${downTo[2] === '>=' ? '..=' : '..'}${downTo[3]}..-1:`;
  const counted = /^:?=\s*(\S+?)\s+(?:to|until)\s+(.+)$/.exec(rest);
  if (counted) return `for ${name} in ${counted[1]}..=${counted[2]}:`;
  const numeric = /^=\s*([^,;]+?)\s*,\s*([^,;]+?)\s*(?:,\s*([^,;]+?)\s*)?$/.exec(rest);
  if (numeric)
    return `for ${name} in ${numeric[1]}..=${numeric[2]}${numeric[3] === undefined ? '' : `..${numeric[3]}`}:`;
  return `for ${name} in START..END:`;
}

/** Statements that make the further names of a foreign header known in its body. */
export function furtherNames(p: Parser, header: ForeignHeader): Statement[] {
  return header.names.slice(1).map((tok) => unknown(p, tok));
}

// ---------------------------------------------------------------------------------------------------------- imports

function reportImport(p: Parser, out: Statement[], habit: WordHabit): void {
  const word = p.tok;
  const names: Token[] = [];
  let path = true;
  let index = p.pos + 1;
  const open = p.tokenAt(index).kind;
  const last = open === '(' || open === '{' ? closing(p, index) : index;
  for (; index <= last || (!p.tokenAt(index).first && p.tokenAt(index).kind !== ';'); index++) {
    const tok = p.tokenAt(index);
    if (tok.kind === 'ident' && tok.value !== 'from' && tok.value !== 'import' && tok.value !== 'static')
      names.push(tok);
    else if (tok.kind !== '.' && tok.kind !== 'as') path = false;
    if (tok.kind === 'eof') break;
  }
  reportWord(p, word, habit, path);
  if (p.suite.form === 'top') for (const name of names) out.push(unknown(p, name));
  p.jump(index);
}

// --------------------------------------------------------------------------------------------------------- branches

/** Whether the next token is `elseif`, `except` or the like, in place of `meant`; then it has been reported. */
export function isForeignBranch(p: Parser, meant: 'elif' | 'catch'): boolean {
  const { kind, value } = p.tok;
  if (kind !== 'ident' || !Object.hasOwn(BRANCH_WORDS, String(value)) || BRANCH_WORDS[String(value)] !== meant)
    return false;
  const next = p.tokenAt(p.pos + 1).kind;
  if (next === '=' || next === '.' || next === ',') return false;
  reportWord(p, p.tok, { help: `it is written \`${meant}\``, instead: meant }, meant === 'elif' || next === ':');
  return true;
}

/** What stands between `catch` and its block, if it is more than a name: `(e)`, `ValueError as e`. The last name is the error's. */
export function takeForeignCatch(p: Parser, reported: boolean): Token | null {
  const bracket = p.tok.kind === '(';
  const next = p.tokenAt(p.pos + 1);
  if (p.tok.first || (!bracket && p.tok.kind !== 'ident')) return null;
  const alone = next.first || next.kind === ':' || next.kind === '{';
  // `catch problem:` is right; behind `except`, a capital begins the name of a kind of errors.
  if (!bracket && alone) {
    if (!reported) return null;
    const only = p.advance();
    return /^[a-z_]/.test(String(only.value)) ? only : null;
  }
  let name: Token | null = null;
  let index = p.pos;
  for (; !p.tokenAt(index).first; index++) {
    const tok = p.tokenAt(index);
    if (tok.kind === '{' || tok.kind === 'eof' || (tok.kind === ':' && p.tokenAt(index + 1).first)) break;
    if (tok.kind === 'ident' && !(bracket && name !== null && p.tokenAt(index - 1).kind === ':')) name = tok;
  }
  const span = p.span(p.tok.start, p.tokenAt(index - 1).end);
  const text = String(name?.value ?? 'problem');
  if (!reported) {
    p.report('E1006', { problem: '`catch` takes nothing but a name for the error' }, span, {
      help: 'every error is caught; `typeof(problem)` tells which one it is',
      edit: { span, replacement: text, description: `write \`${text}\`` },
    });
  }
  p.jump(index);
  return name;
}

// ------------------------------------------------------------------------------------------------------------ words

/** The habit behind a token that stands where an operator or the end was expected. */
export function infixHabit(p: Parser, tok: Token): Habit | undefined {
  if (!p.habits) return undefined;
  return habitOf(INFIX, p.file.text.slice(tok.start, tok.end));
}

/** Reports such a token, at which an expression had to end. */
export function reportInfix(p: Parser, habit: Habit): void {
  p.fail('E1006', { problem: `${p.found()} cannot stand here` }, { help: habit.help });
}

const KEYWORDS = [
  'while',
  'for',
  'if',
  'elif',
  'else',
  'match',
  'fn',
  'struct',
  'enum',
  'impl',
  'use',
  'pub',
  'mut',
  'let',
  'try',
  'catch',
  'return',
  'break',
  'continue',
  'pass',
  'print',
];

const WORD_FOLLOWERS: ReadonlySet<TokenKind> = new Set<TokenKind>([
  'ident',
  'int',
  'float',
  'string',
  ':',
  '{',
  'not',
  'true',
  'false',
]);

/** A statement that is a bare name with something behind it: most likely a misspelt keyword. */
export function explainUnknownWord(p: Parser, last: Statement | undefined): void {
  if (last?.kind !== 'expr-stmt' || last.expr.kind !== 'name-expr') return;
  if (!WORD_FOLLOWERS.has(p.tok.kind) || infixHabit(p, p.tok) !== undefined) return;
  const { text, span } = last.expr;
  const meant = closest(text, KEYWORDS);
  if (meant === undefined) return;
  p.report('E1006', { problem: `\`${text}\` is not the beginning of a statement` }, span, {
    help: `did you mean \`${meant}\`?`,
    edit: { span, replacement: meant, description: `replace with \`${meant}\`` },
  });
  p.panicking = true;
}
