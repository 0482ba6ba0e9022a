/**
 * From text to tokens (section 2). The lexer reports what is wrong with single tokens and always yields something that
 * lets the parser go on without a second message about the same place.
 *
 * A string may contain raw newlines, so a forgotten quote swallows everything up to the next one. When a file ends inside
 * a string, the culprit is taken to be the first string that spans lines: lexing resumes there, once, with that string
 * ended at its line. Should the file end inside a string again, all further strings end at their lines. So the whole is
 * linear in the text.
 */
import type { Diagnostic } from '../../base/diagnostic.ts';
import type { SourceFile, Span } from '../../base/source.ts';
import type { Edition } from './edition.ts';
import type { ForeignText } from './foreign-text.ts';
import { foreignSign, foreignWord, tripleQuoted } from './foreign-text.ts';
import { isDigit, isWordPart, isWordStart } from './letters.ts';
import { badEscape, badName, foreignLetter, pointNumber, strayCharacter, wrongQuote } from './lexer-mistakes.ts';
import { diagnostic } from './messages.ts';
import type { More } from './messages.ts';
import { readNumber } from './number-literal.ts';
import { isKeyword, PUNCTUATION } from './token.ts';
import type { Punctuation, Token, TokenKind } from './token.ts';

export interface Lexed {
  /** The last one is `eof`. */
  readonly tokens: readonly Token[];
  readonly comments: readonly Span[];
  readonly diagnostics: readonly Diagnostic[];
}

export function lex(file: SourceFile, edition: Edition): Lexed {
  return new Lexer(file, edition).run();
}

const TAB = 9;
const NEWLINE = 10;
const CARRIAGE_RETURN = 13;
const SPACE = 32;
const QUOTE = 34;
const BACKSLASH = 92;
const SLASH = 47;
const STAR = 42;
const EXCLAMATION = 33;
const POINT = 46;
const EQUALS = 61;
const APOSTROPHE = 39;
const TILDE = 126;
const BYTE_ORDER_MARK = 0xfeff;
const LONE_SURROGATE = /[\ud800-\udfff]/u;

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '0': '\0', '\\': '\\', '"': '"' };

/** Punctuation by the codes of its characters, one to three of them in seven bits each. */
const SIGNS: ReadonlyMap<number, Punctuation> = new Map(PUNCTUATION.map((sign) => [signKey(sign), sign]));

/** Two characters that are no sign of Orus together, or begin one that is none with three. */
const FOREIGN_PAIRS: ReadonlySet<number> = new Set(
  ['&&', '||', '==', '!=', '<>', '~=', '=<', '?.', '..', '++', '**', '??', '::'].map(signKey),
);

const BIT_SIGNS: ReadonlySet<string> = new Set(['&', '|', '^', '~', '<<', '>>', '&=', '|=', '^=', '<<=', '>>=']);

/** After these a `.` reaches for a member; elsewhere `.5` is meant to be a number. */
const OPERAND_ENDS: ReadonlySet<TokenKind> = new Set<TokenKind>(['ident', 'int', 'float', 'string', ')', ']', '}']);

/** Where lexing stood in front of a token. */
interface Mark {
  readonly at: number;
  readonly indent: number;
  readonly first: boolean;
  readonly tokens: number;
  readonly comments: number;
  readonly diagnostics: number;
}

class Lexer {
  readonly #file: SourceFile;
  readonly #text: string;
  readonly #edition: Edition;
  readonly #tokens: Token[] = [];
  readonly #comments: Span[] = [];
  readonly #diagnostics: Diagnostic[] = [];
  #at = 0;
  #indent = 0;
  #first = true;
  /** In front of the first string that spans lines. */
  #suspect: Mark | null = null;
  /** How often the file ended inside a string: after the first time no more suspects, after the second all are cut. */
  #ended = 0;

  constructor(file: SourceFile, edition: Edition) {
    this.#file = file;
    this.#text = file.text;
    this.#edition = edition;
  }

  run(): Lexed {
    if (this.#text.charCodeAt(0) === BYTE_ORDER_MARK) this.#at = 1;
    this.#measureIndent();
    while (this.#at < this.#text.length) this.#next();
    if (this.#diagnostics.length === 0) this.#rejectHalves();
    this.#indent = 0;
    this.#first = true;
    this.#push('eof', this.#at);
    return { tokens: this.#tokens, comments: this.#comments, diagnostics: this.#diagnostics };
  }

  #next(): void {
    const text = this.#text;
    const start = this.#at;
    const code = text.charCodeAt(start);
    if (code === SPACE || code === TAB || code === CARRIAGE_RETURN) {
      this.#at++;
    } else if (code === NEWLINE) {
      this.#at++;
      this.#first = true;
      this.#measureIndent();
    } else if (isWordStart(code)) {
      this.#word(start);
    } else if (isDigit(code)) {
      this.#number(start);
    } else if (code === QUOTE) {
      this.#string(start);
    } else if (code === SLASH && text.charCodeAt(start + 1) === SLASH) {
      this.#lineComment(start);
    } else if (code === SLASH && text.charCodeAt(start + 1) === STAR) {
      this.#blockComment(start);
    } else if (code === APOSTROPHE) {
      this.#label(start);
    } else {
      this.#sign(start);
    }
  }

  /** A surrogate without its partner has no UTF-8, so strings and comments cannot hold it either; elsewhere it was reported. */
  #rejectHalves(): void {
    const at = this.#text.search(LONE_SURROGATE);
    if (at >= 0) this.#report(at, at + 1, 'this is half of a character', { help: 'a program is Unicode text' });
  }

  /** Counts the white space at the beginning of a line, on which `#at` stands. */
  #measureIndent(): void {
    let width = 0;
    for (; ; this.#at++) {
      const code = this.#text.charCodeAt(this.#at);
      if (code === SPACE) width += 1;
      else if (code === TAB) width += 4;
      else if (code !== CARRIAGE_RETURN) break;
    }
    this.#indent = width;
  }

  #lineComment(start: number): void {
    this.#at = this.#lineEnd(start);
    this.#comments.push(this.#span(start, this.#at));
  }

  /** White space as a whole: newlines inside it end no statement. */
  #blockComment(start: number): void {
    const end = this.#text.indexOf('*/', start + 2);
    this.#at = end === -1 ? this.#text.length : end + 2;
    this.#comments.push(this.#span(start, this.#at));
    if (end === -1) this.#report(start, start + 2, 'this comment is never closed', { help: 'end it with `*/`' });
  }

  #word(start: number): void {
    const text = this.#text;
    let end = start + 1;
    while (isWordPart(text.charCodeAt(end))) end++;
    if (text.charCodeAt(end) > 127 && foreignLetter(text, end) > 0) {
      const mistake = badName(text, end);
      this.#foreign(end, mistake);
      end = mistake.end;
    }
    const next = text.charCodeAt(end);
    if (next === QUOTE || next === APOSTROPHE || (next === EXCLAMATION && text.charCodeAt(end + 1) !== EQUALS)) {
      const foreign = foreignWord(text, start, end);
      if (foreign !== null) return this.#foreign(start, foreign);
    }
    const word = text.slice(start, end);
    this.#at = end;
    if (isKeyword(word)) this.#push(word, start);
    else this.#push('ident', start, word);
  }

  #number(start: number): void {
    const { end, value } = readNumber(this.#text, start);
    this.#at = end;
    if (typeof value === 'number') {
      this.#push('float', start, value);
    } else if ('problem' in value) {
      this.#report(start, end, value.problem, { help: value.help, edit: this.#edit(start, end, value.replacement) });
      this.#push('bad-literal', start);
    } else {
      this.#push('int', start, value);
    }
  }

  // --- strings ------------------------------------------------------------------------------------------------------

  #string(start: number): void {
    const text = this.#text;
    if (text.charCodeAt(start + 1) === QUOTE && text.charCodeAt(start + 2) === QUOTE) {
      const triple = tripleQuoted(text, start);
      if (triple !== null) return this.#foreign(start, triple);
    }
    const mark: Mark = {
      at: start,
      indent: this.#indent,
      first: this.#first,
      tokens: this.#tokens.length,
      comments: this.#comments.length,
      diagnostics: this.#diagnostics.length,
    };
    let value = '';
    let from = start + 1;
    for (let at = from; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) {
        this.#at = at + 1;
        this.#push('string', start, value + text.slice(from, at));
        return;
      }
      if (code === NEWLINE) {
        if (this.#ended >= 2) {
          this.#cut(mark);
          return;
        }
        if (this.#ended === 0) this.#suspect ??= mark;
      } else if (code === BACKSLASH) {
        const meaning = ESCAPES[text.charAt(at + 1)];
        if (meaning !== undefined) {
          value += text.slice(from, at) + meaning;
          from = at + 2;
          at++;
        } else if (at + 1 < text.length) {
          this.#mistake(at, badEscape(text, at));
        }
      }
    }
    this.#ended++;
    this.#cut(this.#ended === 1 ? (this.#suspect ?? mark) : mark);
  }

  /** Ends the string that begins at `mark` at its line and goes on from there. */
  #cut(mark: Mark): void {
    this.#tokens.length = mark.tokens;
    this.#comments.length = mark.comments;
    this.#diagnostics.length = mark.diagnostics;
    this.#indent = mark.indent;
    this.#first = mark.first;
    this.#at = this.#lineEnd(mark.at);
    this.#report(mark.at, this.#at, 'this string is never closed', { help: 'a string ends with `"`' });
    this.#push('cut', mark.at);
  }

  /** `'name`, or a string in the wrong quotes. */
  #label(start: number): void {
    const text = this.#text;
    let end = start + 1;
    if (isWordStart(text.charCodeAt(end))) while (isWordPart(text.charCodeAt(end))) end++;
    const previous = this.#tokens.at(-1)?.kind;
    const isLabel = end > start + 1 && text[end] !== "'";
    const certain = previous === 'break' || previous === 'continue' || /^[ \t]*:/.test(text.slice(end, end + 8));
    const closed = text.slice(start + 1, this.#lineEnd(start)).includes("'");
    if (!isLabel || (closed && !certain)) return this.#foreign(start, wrongQuote(text, start, end, previous));
    this.#at = end;
    this.#push('label', start, text.slice(start + 1, end));
  }

  // --- signs --------------------------------------------------------------------------------------------------------

  #sign(start: number): void {
    const text = this.#text;
    const code = text.charCodeAt(start);
    const next = text.charCodeAt(start + 1);
    const sign = signAt(code, next, text.charCodeAt(start + 2));
    if (sign === undefined || isSuspicious(code, next, text.charCodeAt(start + 2))) {
      const foreign = foreignSign(text, start, this.#tokens.at(-1), this.#first);
      if (foreign !== null) return this.#foreign(start, foreign);
    }
    if (sign === undefined) {
      this.#foreign(start, strayCharacter(text, start));
    } else if (sign === '.' && this.#beginsNumber(start)) {
      this.#foreign(start, pointNumber(text, start));
    } else {
      this.#at = start + sign.length;
      if (!this.#edition.bitOperators && BIT_SIGNS.has(sign)) this.#noBitOperator(start, sign);
      this.#push(sign, start);
    }
  }

  /** Whether the point at `start` is meant to begin a number: a digit follows, and nothing that has members precedes. */
  #beginsNumber(start: number): boolean {
    return isDigit(this.#text.charCodeAt(start + 1)) && !OPERAND_ENDS.has(this.#tokens.at(-1)?.kind ?? 'eof');
  }

  #noBitOperator(start: number, sign: string): void {
    this.#report(start, this.#at, `\`${sign}\` is not an operator of the classic edition`, {
      help: 'on integers, `and` and `or` work bit by bit; edition 2026 has the bit operators',
    });
  }

  /** Reports what other languages write and reads what it stands for. */
  #foreign(start: number, foreign: ForeignText): void {
    const { end, next = end, tokens = [] } = foreign;
    this.#mistake(start, foreign);
    this.#at = next;
    for (const { kind, value } of tokens) this.#push(kind, start, value ?? null);
  }

  #mistake(start: number, { end, problem, help, replacement }: ForeignText): void {
    this.#report(start, end, problem, { help, edit: this.#edit(start, end, replacement) });
  }

  // --- helpers ------------------------------------------------------------------------------------------------------

  /** The end of the line around `from`, without its CR. */
  #lineEnd(from: number): number {
    const newline = this.#text.indexOf('\n', from);
    const end = newline === -1 ? this.#text.length : newline;
    return end > from && this.#text.charCodeAt(end - 1) === CARRIAGE_RETURN ? end - 1 : end;
  }

  #push(kind: TokenKind, start: number, value: Token['value'] = null): void {
    this.#tokens.push({ kind, start, end: this.#at, indent: this.#indent, first: this.#first, value });
    this.#first = false;
  }

  #span(start: number, end: number): Span {
    return { file: this.#file.id, start, end };
  }

  #edit(start: number, end: number, replacement: string | undefined): More['edit'] {
    if (replacement === undefined) return undefined;
    const description = replacement === '' ? 'remove it' : `write \`${replacement.trim()}\``;
    return { span: this.#span(start, end), replacement, description };
  }

  #report(start: number, end: number, problem: string, more: More = {}): void {
    this.#diagnostics.push(diagnostic('E1001', { problem }, this.#span(start, end), more));
  }
}

function signKey(sign: string): number {
  let key = 0;
  for (let at = sign.length - 1; at >= 0; at--) key = key * 128 + sign.charCodeAt(at);
  return key;
}

/** The longest sign that begins with these characters. */
function signAt(first: number, second: number, third: number): Punctuation | undefined {
  if (first > 127) return undefined;
  if (second < 128) {
    // Only these three continue with a third character: `..=`, `<<=`, `>>=`.
    const long = third === EQUALS && first === second ? SIGNS.get(first + 128 * (second + 128 * third)) : undefined;
    const sign = long ?? SIGNS.get(first + 128 * second);
    if (sign !== undefined) return sign;
  }
  return SIGNS.get(first);
}

/** Whether something of another language may stand here although a sign of Orus does. */
function isSuspicious(first: number, second: number, third: number): boolean {
  if (second > 127 || !FOREIGN_PAIRS.has(first + 128 * second)) return false;
  // These pairs are signs of Orus; with one more character they are not.
  if (second === EQUALS && first !== TILDE) return third === EQUALS;
  return first !== POINT || third === POINT;
}
