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
      const from = end;
      for (let width = 1; width > 0; end += width) {
        width = isWordPart(text.charCodeAt(end)) ? 1 : foreignLetter(text, end);
      }
      this.#report(from, end, `${shown(text.slice(from, end))} cannot be part of a name`, { help: NAME_HELP });
    }
    const next = text.charCodeAt(end);
    if (next === QUOTE || next === APOSTROPHE || next === EXCLAMATION) {
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
    if (text.charCodeAt(start + 1) === QUOTE) {
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
          this.#badEscape(at);
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

  #badEscape(at: number): void {
    const char = String.fromCodePoint(this.#text.codePointAt(at + 1) ?? 0);
    const end = at + 1 + char.length;
    const written = /[\r\n]/.test(char) ? 'a backslash at the end of a line' : shown(`\\${char}`);
    this.#report(at, char === '\n' ? at + 1 : end, `${written} is not an escape`, {
      help: 'the escapes are \\n, \\t, \\r, \\0, \\\\ and \\"; a backslash itself is written \\\\',
    });
  }

  /** `'name`, or a string in the wrong quotes. */
  #label(start: number): void {
    const text = this.#text;
    let end = start + 1;
    if (isWordStart(text.charCodeAt(end))) while (isWordPart(text.charCodeAt(end))) end++;
    const previous = this.#tokens.at(-1)?.kind;
    const isLabel = end > start + 1 && text[end] !== "'";
    const certain = previous === 'break' || previous === 'continue' || /^[ \t]*:/.test(text.slice(end, end + 8));
    const close = isLabel && certain ? -1 : text.slice(start + 1, this.#lineEnd(start)).indexOf("'");
    if (close === -1) {
      this.#at = end;
      if (isLabel) {
        this.#push('label', start, text.slice(start + 1, end));
        return;
      }
      const digits = previous === 'int' && isDigit(text.charCodeAt(start + 1));
      this.#report(start, end, "`'` must be followed by the name of a label", {
        help: digits ? 'digits are grouped with `_`' : 'strings are written with `"`',
      });
      this.#push('bad', start);
      return;
    }
    const content = text.slice(start + 1, start + 1 + close);
    this.#at = start + close + 2;
    this.#report(start, this.#at, 'strings are written with double quotes', {
      edit: this.#edit(start, this.#at, /["\\]/.test(content) ? undefined : `"${content}"`),
    });
    this.#push('string', start, content);
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
      this.#stray(start);
    } else if (sign === '.' && this.#beginsNumber(start)) {
      this.#pointNumber(start);
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

  #pointNumber(start: number): void {
    const { end } = readNumber(this.#text, start + 1);
    const word = this.#text.slice(start, end);
    this.#at = end;
    const edit = /^\.\d+$/.test(word) ? this.#edit(start, end, `0${word}`) : undefined;
    this.#report(start, end, `a digit is missing before the point of \`${word}\``, { edit });
    this.#push('bad-literal', start);
  }

  #noBitOperator(start: number, sign: string): void {
    this.#report(start, this.#at, `\`${sign}\` is not an operator of the classic edition`, {
      help: 'on integers, `and` and `or` work bit by bit; edition 2026 has the bit operators',
    });
  }

  /** A character that no token begins with. */
  #stray(start: number): void {
    const text = this.#text;
    const char = String.fromCodePoint(text.codePointAt(start) ?? 0);
    let end = start + char.length;
    if (char === '\0' || /^[\s\u200b-\u200f\u2060\ufeff]$/u.test(char)) {
      while (text.startsWith(char, end)) end += char.length;
      this.#at = end;
      this.#report(start, end, `${shown(char)} outside of strings and comments`, { help: 'remove it' });
      return;
    }
    if (char === '\u201c' || char === '\u201d') {
      const close = text.slice(end, this.#lineEnd(start)).search(/["\u201c\u201d]/);
      this.#at = close === -1 ? this.#lineEnd(start) : end + close + 1;
      const content = text.slice(end, close === -1 ? this.#at : this.#at - 1);
      const edit = close === -1 || content.includes('\\') ? undefined : this.#edit(start, this.#at, `"${content}"`);
      this.#report(start, this.#at, 'strings are written with straight quotes', { edit });
      this.#push('string', start, content);
      return;
    }
    const sign = TYPOGRAPHIC[char];
    if (sign !== undefined) {
      this.#at = end;
      const edit = this.#edit(start, end, sign);
      this.#report(start, end, `\`${char}\` is not a sign of Orus`, { help: `it is written \`${sign}\``, edit });
      this.#push(sign, start);
      return;
    }
    if (foreignLetter(text, start) > 0) {
      for (let width = 1; width > 0; end += width) {
        width = isWordPart(text.charCodeAt(end)) ? 1 : foreignLetter(text, end);
      }
      const code = (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
      this.#report(start, end, `${shown(text.slice(start, end))} cannot be a name`, {
        help: `${NAME_HELP}; \`${char}\` is the character U+${code}`,
      });
      this.#at = end;
      this.#push('ident', start, text.slice(start, end));
      return;
    }
    const run = /^[^\x00-\x7f\s]+/u.exec(text.slice(end, end + 200));
    if (char.charCodeAt(0) > 127 && run) end += run[0].length;
    this.#report(start, end, `${shown(text.slice(start, end))} has no meaning in a program`);
    this.#at = end;
    this.#push('bad', start);
  }

  /** Reports what other languages write and reads what it stands for. */
  #foreign(start: number, { end, problem, help, replacement, next, tokens }: ForeignText): void {
    this.#at = end;
    this.#report(start, end, problem, { help, edit: this.#edit(start, end, replacement) });
    this.#at = next ?? end;
    for (const { kind, value } of tokens ?? []) this.#push(kind, start, value ?? null);
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

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isWordStart(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95;
}

function isWordPart(code: number): boolean {
  return isWordStart(code) || isDigit(code);
}

/** How many UTF-16 units the letter outside ASCII at this place has; 0 if there is none. */
function foreignLetter(text: string, at: number): number {
  const code = text.codePointAt(at) ?? 0;
  if (code < 128) return 0;
  const char = String.fromCodePoint(code);
  return /^[\p{L}\p{M}\p{N}]$/u.test(char) ? char.length : 0;
}

const NAME_HELP = 'names consist of the letters a to z and A to Z, digits and underscores';

/** What word processors and pages of text make of signs. */
const TYPOGRAPHIC: Readonly<Record<string, Punctuation>> = {
  '\u2010': '-',
  '\u2011': '-',
  '\u2012': '-',
  '\u2013': '-',
  '\u2014': '-',
  '\u2212': '-',
  '\u00d7': '*',
  '\u22c5': '*',
  '\u00f7': '/',
  '\u2264': '<=',
  '\u2265': '>=',
  '\u2260': '!=',
  '\u2192': '->',
  '\u21d2': '=>',
  '\uff08': '(',
  '\uff09': ')',
  '\uff0c': ',',
  '\uff1a': ':',
  '\uff1b': ';',
  '\uff1d': '=',
};

const DESCRIBED: Readonly<Record<string, string>> = {
  '`': 'a backtick',
  '\0': 'a NUL character',
  '\u00a0': 'a no-break space',
  '\ufeff': 'a byte order mark',
  '\u200b': 'a zero-width space',
};

/** A piece of source as a title can show it. */
function shown(text: string): string {
  const named = DESCRIBED[text];
  if (named !== undefined) return named;
  if (/^[\x20-\x7e]+$/.test(text) || /^[\p{L}\p{M}\p{N}\p{S}\p{P}\w]+$/u.test(text)) return `\`${text}\``;
  return `the character U+${(text.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
