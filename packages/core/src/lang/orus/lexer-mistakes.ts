/**
 * What the lexer reports of text that is no token, in the words of Orus: names and numbers that are not quite right, quotes, stray
 * characters. What other languages write is in `foreign-text.ts`.
 */
import type { ForeignText } from './foreign-text.ts';
import { isDigit, isWordPart } from './letters.ts';
import { readNumber } from './number-literal.ts';
import type { Punctuation, TokenKind } from './token.ts';

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
  return `the character U+${hexadecimal(text)}`;
}

function hexadecimal(char: string): string {
  return (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
}

/** How many UTF-16 units the letter outside ASCII at this place has; 0 if there is none. */
export function foreignLetter(text: string, at: number): number {
  const code = text.codePointAt(at) ?? 0;
  if (code < 128) return 0;
  const char = String.fromCodePoint(code);
  return /^[\p{L}\p{M}\p{N}]$/u.test(char) ? char.length : 0;
}

/** Where the letters end that begin at `start`, with those outside ASCII. */
function lettersEnd(text: string, start: number): number {
  let end = start;
  for (let width = 1; width > 0; end += width) {
    width = isWordPart(text.charCodeAt(end)) ? 1 : foreignLetter(text, end);
  }
  return end;
}

/** Letters outside ASCII, and what follows, at `start` inside a name. */
export function badName(text: string, start: number): ForeignText {
  const end = lettersEnd(text, start);
  return { end, problem: `${shown(text.slice(start, end))} cannot be part of a name`, help: NAME_HELP };
}

/** A backslash in a string before a character that makes no escape with it. */
export function badEscape(text: string, at: number): ForeignText {
  const char = String.fromCodePoint(text.codePointAt(at + 1) ?? 0);
  const written = /[\r\n]/.test(char) ? 'a backslash at the end of a line' : shown(`\\${char}`);
  return {
    end: char === '\n' ? at + 1 : at + 1 + char.length,
    problem: `${written} is not an escape`,
    help: 'the escapes are \\n, \\t, \\r, \\0, \\\\ and \\"; a backslash itself is written \\\\',
  };
}

/** An apostrophe that begins no label: a string in the wrong quotes, or nothing. `end` is behind the name that follows, if one does. */
export function wrongQuote(text: string, start: number, end: number, previous: TokenKind | undefined): ForeignText {
  const close = text.slice(start + 1, lineEnd(text, start)).indexOf("'");
  if (close === -1) {
    const digits = previous === 'int' && isDigit(text.charCodeAt(start + 1));
    return {
      end,
      problem: "`'` must be followed by the name of a label",
      help: digits ? 'digits are grouped with `_`' : 'strings are written with `"`',
      tokens: [{ kind: 'bad' }],
    };
  }
  const content = text.slice(start + 1, start + 1 + close);
  return {
    end: start + close + 2,
    problem: 'strings are written with double quotes',
    replacement: /["\\]/.test(content) ? undefined : `"${content}"`,
    tokens: [{ kind: 'string', value: content }],
  };
}

/** A number that begins with its point. */
export function pointNumber(text: string, start: number): ForeignText {
  const { end } = readNumber(text, start + 1);
  const word = text.slice(start, end);
  return {
    end,
    problem: `a digit is missing before the point of \`${word}\``,
    replacement: /^\.\d+$/.test(word) ? `0${word}` : undefined,
    tokens: [{ kind: 'bad-literal' }],
  };
}

/** A character that no token begins with. */
export function strayCharacter(text: string, start: number): ForeignText {
  const char = String.fromCodePoint(text.codePointAt(start) ?? 0);
  let end = start + char.length;
  if (char === '\0' || /^[\s\u200b-\u200f\u2060\ufeff]$/u.test(char)) {
    while (text.startsWith(char, end)) end += char.length;
    return { end, problem: `${shown(char)} outside of strings and comments`, help: 'remove it' };
  }
  if (char === '\u201c' || char === '\u201d') return curlyString(text, start, end);
  const sign = TYPOGRAPHIC[char];
  if (sign !== undefined) {
    return {
      end,
      problem: `\`${char}\` is not a sign of Orus`,
      help: `it is written \`${sign}\``,
      replacement: sign,
      tokens: [{ kind: sign }],
    };
  }
  if (foreignLetter(text, start) > 0) {
    end = lettersEnd(text, end);
    const name = text.slice(start, end);
    return {
      end,
      problem: `${shown(name)} cannot be a name`,
      help: `${NAME_HELP}; \`${char}\` is the character U+${hexadecimal(char)}`,
      tokens: [{ kind: 'ident', value: name }],
    };
  }
  const run = /^[^\x00-\x7f\s]+/u.exec(text.slice(end, end + 200));
  if (char.charCodeAt(0) > 127 && run) end += run[0].length;
  return { end, problem: `${shown(text.slice(start, end))} has no meaning in a program`, tokens: [{ kind: 'bad' }] };
}

/** A string that begins with a typographic quote, which ends at `from`. */
function curlyString(text: string, start: number, from: number): ForeignText {
  const line = lineEnd(text, start);
  const close = text.slice(from, line).search(/["\u201c\u201d]/);
  const end = close === -1 ? line : from + close + 1;
  const content = text.slice(from, close === -1 ? end : end - 1);
  return {
    end,
    problem: 'strings are written with straight quotes',
    replacement: close === -1 || content.includes('\\') ? undefined : `"${content}"`,
    tokens: [{ kind: 'string', value: content }],
  };
}

/** The end of the line around `from`, without its CR. */
function lineEnd(text: string, from: number): number {
  const newline = text.indexOf('\n', from);
  const end = newline === -1 ? text.length : newline;
  return end > from && text[end - 1] === '\r' ? end - 1 : end;
}
