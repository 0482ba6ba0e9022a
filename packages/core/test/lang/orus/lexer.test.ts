import { describe, expect, test } from 'vitest';
import type { FileId } from '../../../src/base/source.ts';
import { CLASSIC, EDITION_2026 } from '../../../src/lang/orus/edition.ts';
import { lex } from '../../../src/lang/orus/lexer.ts';

function lexed(text: string, edition = EDITION_2026) {
  return lex({ id: 0 as FileId, path: 't.orus', text }, edition);
}

/** Kinds, with the values of literals and names. */
function tokens(text: string): string {
  return lexed(text)
    .tokens.slice(0, -1)
    .map(({ kind, value }) => {
      if (value === null) return kind;
      if (typeof value === 'object') return `${value.value}${value.suffix ?? ''}`;
      return typeof value === 'number' ? `f${value}` : kind === 'string' ? JSON.stringify(value) : value;
    })
    .join(' ');
}

/** `START-END TITLE` of every diagnostic. */
function problems(text: string, edition = EDITION_2026): string[] {
  return lexed(text, edition).diagnostics.map(
    ({ primary, title }) => `${primary.span.start}-${primary.span.end} ${title}`,
  );
}

describe('numbers', () => {
  test.each([
    ['42', '42'],
    ['010 1_000_000', '10 1000000'],
    ['0xFF 0XdeadBEEF 0xFFFF_0000', '255 3735928559 4294901760'],
    ['0b1010 0o17', '10 15'],
    ['1i32 2i64 3u32 4u64', '1i32 2i64 3u32 4u64'],
    ['5u 4294967296u', '5u32 4294967296u64'],
    ['5f64 0b11f64', 'f5 f3'],
    ['3.14 1e10 2.5e-2 1_0.5 1E+2', 'f3.14 f10000000000 f0.025 f10.5 f100'],
    ['3.0i32 2.50e1u 1e3i64 0.0u32', '3i32 25u32 1000i64 0u32'],
    ['1..2 1..=2', '1 .. 2 1 ..= 2'],
    ['18446744073709551616', '18446744073709551616'],
    ['a.b', 'a . b'],
  ])('%s', (text, expected) => {
    expect(problems(text)).toEqual([]);
    expect(tokens(text)).toBe(expected);
  });

  test.each([
    ['12abc', '0-5 `abc` cannot follow `12`'],
    ['1__0', '0-4 an underscore must stand between two digits'],
    ['1_', '0-2 an underscore must stand between two digits'],
    ['0x', '0-2 a hexadecimal number needs digits after its prefix'],
    ['0o', '0-2 an octal number needs digits after its prefix'],
    ['0b12', '0-4 `2` is not a digit of a binary number'],
    ['1e', '0-2 the exponent of `1e` has no digits'],
    ['1e+', '0-3 the exponent of `1e+` has no digits'],
    ['5.', '0-2 a digit is missing after the point of `5.`'],
    ['.5', '0-2 a digit is missing before the point of `.5`'],
    ['1.2.3', '0-5 `1.2.3` is not a number: it has two points'],
    ['3.5i32', '0-6 `3.5` is not a whole number, which the suffix `i32` needs'],
    ['1e999', '0-5 this number is too large for an `f64`'],
    ['1i16', '0-4 `i16` cannot follow `1`'],
  ])('%s is wrong', (text, expected) => {
    expect(problems(text)).toEqual([expected]);
    expect(lexed(text).tokens.map(({ kind }) => kind)).toEqual(['bad-literal', 'eof']);
  });

  test('certain repairs come as edits', () => {
    expect(lexed('x = 5.').diagnostics[0]?.edit?.replacement).toBe('5.0');
    expect(lexed('x = .5').diagnostics[0]?.edit?.replacement).toBe('0.5');
    expect(lexed('x = 5.e').diagnostics[0]?.edit).toBeUndefined();
  });
});

describe('strings', () => {
  test('escapes and raw newlines', () => {
    expect(tokens('"a\\n\\t\\r\\0\\\\\\"z" "two\nlines" "ü€😀"')).toBe(
      '"a\\n\\t\\r\\u0000\\\\\\"z" "two\\nlines" "ü€😀"',
    );
  });

  test('each wrong escape is reported, and the string goes on', () => {
    expect(problems('"a\\qb\\x" 1')).toEqual(['2-4 `\\q` is not an escape', '5-7 `\\x` is not an escape']);
    expect(tokens('"a\\qb" 1')).toBe('"a\\\\qb" 1');
  });

  test('a string without end is reported at its quote and cut at its line', () => {
    expect(problems('x = "abc\ny = 1\n')).toEqual(['4-8 this string is never closed']);
    expect(tokens('x = "abc\ny = 1\n')).toBe('x = cut y = 1');
  });

  test('a forgotten quote is found at the first string that spans lines', () => {
    const text = 'a = "ok"\nb = "oops\nc = "fine"\nd = "fine too"\n';
    expect(problems(text)).toEqual(['13-18 this string is never closed']);
    expect(tokens(text)).toBe('a = "ok" b = cut c = "fine" d = "fine too"');
  });

  test('other quotes', () => {
    expect(problems("x = 'abc'")).toEqual(['4-9 strings are written with double quotes']);
    expect(lexed("x = 'a b'").diagnostics[0]?.edit?.replacement).toBe('"a b"');
    expect(problems('x = \u201cabc\u201d')).toEqual(['4-9 strings are written with straight quotes']);
  });
});

describe('names, labels and signs', () => {
  test('words', () => {
    expect(tokens('let mut _x matches True true')).toBe('let mut _x matches True true');
    expect(lexed('let').tokens[0]?.kind).toBe('ident');
  });

  test('labels', () => {
    expect(tokens("'rows: for break 'rows 'a")).toBe('rows : for break rows a');
    expect(problems("' ")).toEqual(["0-1 `'` must be followed by the name of a label"]);
  });

  test('longest match', () => {
    expect(tokens('..=..=.. <<=<<<=< ->=> :==')).toBe('..= ..= .. <<= << <= < -> => := =');
  });

  test('the bit operators are tokens in both editions but an error in classic', () => {
    for (const sign of ['&', '|', '^', '~', '<<', '>>', '&=', '|=', '^=', '<<=', '>>=']) {
      expect(problems(sign)).toEqual([]);
      expect(problems(sign, CLASSIC)).toEqual([
        `0-${sign.length} \`${sign}\` is not an operator of the classic edition`,
      ]);
    }
  });

  test('signs of other languages', () => {
    expect(problems('a && b || c')).toEqual(['2-4 `&&` is not an operator', '7-9 `||` is not an operator']);
    expect(tokens('a && b')).toBe('a and b');
    expect(problems('!a')).toEqual(['0-1 `!` is not an operator']);
    expect(problems('# comment with $ signs\nx')).toEqual(['0-1 `#` does not begin a comment']);
  });

  test('a foreign letter spoils one name only', () => {
    expect(problems('café = naïve')).toEqual([
      '3-4 `é` cannot be part of a name',
      '9-12 `ïve` cannot be part of a name',
    ]);
    expect(problems('x = €€ + 1')).toEqual(['4-6 `€€` has no meaning in a program']);
  });
});

describe('white space and comments', () => {
  test('indentation and first tokens', () => {
    const seen = lexed('a b\n  c\n\td\r\n \t e /* x\n */ f\n\n   // only\n   /* c */ g').tokens;
    expect(seen.map(({ indent, first }) => `${indent}${first ? '!' : ''}`)).toEqual([
      '0!',
      '0',
      '2!',
      '4!',
      '6!',
      '6',
      '3!',
      '0!',
    ]);
  });

  test('a comment that never ends', () => {
    expect(problems('x /* a\nb')).toEqual(['2-4 this comment is never closed']);
    expect(lexed('a /* b */ // c\nd').comments.map(({ start, end }) => [start, end])).toEqual([
      [2, 9],
      [10, 14],
    ]);
  });

  test('byte order marks and NUL', () => {
    expect(problems('\uFEFFx')).toEqual([]);
    expect(problems('x\uFEFF')).toEqual(['1-2 a byte order mark outside of strings and comments']);
    expect(problems('x \0\0 y')).toEqual(['2-4 a NUL character outside of strings and comments']);
    expect(problems('x\u00a0= 1')).toEqual(['1-2 a no-break space outside of strings and comments']);
    expect(problems('"\0\uFEFF" // \0 \uFEFF')).toEqual([]);
  });

  test('text that is not Unicode', () => {
    expect(problems('x = "\u{1f600}" // \u{1f600}')).toEqual([]);
    expect(problems('x = "\u{1f600}\ud83d" // \ude00')).toEqual(['7-8 this is half of a character']);
    expect(problems('/* \ude00\ud83d */')).toEqual(['3-4 this is half of a character']);
    expect(problems('\ud83d')).toEqual(['0-1 the character U+D83D has no meaning in a program']);
  });
});
