/**
 * Number literals (sections 2.4 and 2.5): from text to exact value.
 *
 * Whatever letters, digits and underscores are glued to a number belong to it, so that `12abc` is one wrong number and
 * not a number beside a name.
 */
import { isDigit, isWordPart, isWordStart } from './letters.ts';
import type { IntSuffix } from './syntax.ts';
import type { IntValue } from './token.ts';

export interface NumberLiteral {
  readonly end: number;
  /** An integer, a float, or what is wrong with it. */
  readonly value: IntValue | number | NumberProblem;
}

export interface NumberProblem {
  readonly problem: string;
  readonly help?: string;
  /** What it should certainly have been. */
  readonly replacement?: string;
}

const RADIX = { x: 16, X: 16, b: 2, B: 2, o: 8, O: 8 } as const;
const DIGITS = {
  2: /^[01]+(?:_[01]+)*/,
  8: /^[0-7]+(?:_[0-7]+)*/,
  10: /^\d+(?:_\d+)*/,
  16: /^[\da-f]+(?:_[\da-f]+)*/i,
} as const;
const RADIX_NAMES = { 2: 'a binary', 8: 'an octal', 16: 'a hexadecimal' } as const;
const SUFFIXES: ReadonlySet<string> = new Set(['i32', 'i64', 'u32', 'u64', 'f64', 'u']);
const SUFFIX_HELP = 'the suffixes are i32, i64, u32, u64, f64 and u';

/** Reads the number that begins at `start` with a digit. */
export function readNumber(text: string, start: number): NumberLiteral {
  const prefix = text[start] === '0' ? text[start + 1] : undefined;
  if (prefix !== undefined && prefix in RADIX) {
    const end = skipWord(text, start);
    return { end, value: prefixed(text.slice(start + 2, end), RADIX[prefix as keyof typeof RADIX]) };
  }
  const end = decimalEnd(text, start);
  if (text[end] === '.' && text[end + 1] !== '.') {
    const word = text.slice(start, end);
    // `3.14.15`, or `5.` with nothing behind.
    if (isDigit(text.charCodeAt(end + 1))) {
      let all = end;
      while (text[all] === '.' && isDigit(text.charCodeAt(all + 1))) all = skipWord(text, all + 1);
      return { end: all, value: { problem: `\`${text.slice(start, all)}\` is not a number: it has two points` } };
    }
    // `1.max`: the member of a number, which there is not; the checker says so.
    if (
      isWordStart(text.charCodeAt(end + 1)) &&
      !/^[eE]\d/.test(text.slice(end + 1, end + 3)) &&
      DIGITS[10].exec(word)?.[0] === word
    ) {
      return { end, value: decimal(word) };
    }
    if (!word.includes('.')) {
      const whole = { problem: `a digit is missing after the point of \`${word}.\`` };
      const certain = DIGITS[10].exec(word)?.[0] === word && !isWordStart(text.charCodeAt(end + 1));
      return { end: end + 1, value: certain ? { ...whole, replacement: `${word}.0` } : whole };
    }
  }
  return { end, value: decimal(text.slice(start, end)) };
}

/** Where a decimal literal ends: digits, perhaps a fraction and an exponent with its sign, and anything glued on. */
function decimalEnd(text: string, start: number): number {
  let at = start;
  const digits = (): void => {
    while (isDigit(text.charCodeAt(at)) || text[at] === '_') at++;
  };
  digits();
  if (text[at] === '.' && isDigit(text.charCodeAt(at + 1))) {
    at++;
    digits();
  }
  if ((text[at] === 'e' || text[at] === 'E') && /[+-]/.test(text[at + 1] ?? '')) at += 2;
  return skipWord(text, at);
}

function prefixed(word: string, radix: 2 | 8 | 16): IntValue | number | NumberProblem {
  const digits = DIGITS[radix].exec(word)?.[0] ?? '';
  const rest = word.slice(digits.length);
  if (digits === '') return { problem: `${RADIX_NAMES[radix]} number needs digits after its prefix` };
  if (rest !== '' && !SUFFIXES.has(rest)) return badRest(rest, `${RADIX_NAMES[radix]} number`);
  const value = BigInt(`0${radix === 16 ? 'x' : radix === 8 ? 'o' : 'b'}${digits.replaceAll('_', '')}`);
  return rest === 'f64' ? finite(Number(value)) : { value, radix, suffix: suffixOf(rest, value) };
}

/** Digits with at most a point among them, as most numbers are; the rest of the rules, which need regular expressions, is for the others. */
function plainDecimal(word: string): IntValue | number | null {
  let points = 0;
  for (let at = 0; at < word.length; at++) {
    if (word[at] === '.') points += 1;
    else if (!isDigit(word.charCodeAt(at))) return null;
  }
  if (word.length > 15 || points > 1) return null;
  return points === 0 ? { value: BigInt(word), radix: 10, suffix: null } : Number(word);
}

function decimal(word: string): IntValue | number | NumberProblem {
  const plain = plainDecimal(word);
  if (plain !== null) return plain;
  const whole = DIGITS[10].exec(word)?.[0] ?? '';
  let at = whole.length;
  let fraction = '';
  if (word[at] === '.') {
    fraction = DIGITS[10].exec(word.slice(at + 1))?.[0] ?? '';
    at += 1 + fraction.length;
  }
  const exponent = /^[eE]([+-]?\d+(?:_\d+)*)/.exec(word.slice(at));
  if (exponent) at += exponent[0].length;
  const rest = word.slice(at);
  if (rest !== '' && !SUFFIXES.has(rest)) {
    if (/^[eE]/.test(rest) && !exponent) return { problem: `the exponent of \`${word}\` has no digits` };
    return badRest(rest, `\`${word.slice(0, at)}\``);
  }
  const digits = (whole + fraction).replaceAll('_', '');
  if (fraction === '' && !exponent) {
    const value = BigInt(digits);
    return rest === 'f64' ? finite(Number(digits)) : { value, radix: 10, suffix: suffixOf(rest, value) };
  }
  const power = exponent ? Number((exponent[1] ?? '').replaceAll('_', '')) : 0;
  const value = finite(Number(word.slice(0, at).replaceAll('_', '')));
  if (rest === '' || rest === 'f64' || typeof value !== 'number') return value;
  // A float with an integer suffix must be a whole number; the power is small, since the value is finite.
  const exact = wholeNumber(digits, power - fraction.replaceAll('_', '').length);
  if (exact === undefined)
    return { problem: `\`${word.slice(0, at)}\` is not a whole number, which the suffix \`${rest}\` needs` };
  return { value: exact, radix: 10, suffix: suffixOf(rest, exact) };
}

/** `digits` times ten to the `power`, if that is an integer. */
function wholeNumber(digits: string, power: number): bigint | undefined {
  const value = BigInt(digits);
  if (value === 0n) return 0n;
  if (power >= 0) return value * 10n ** BigInt(power);
  if (-power > digits.length) return undefined;
  return /^0*$/.test(digits.slice(power)) ? BigInt(digits.slice(0, power) || '0') : undefined;
}

function finite(value: number): number | NumberProblem {
  return Number.isFinite(value) ? value : { problem: 'this number is too large for an `f64`' };
}

function suffixOf(rest: string, value: bigint): IntSuffix | null {
  if (rest === '') return null;
  return rest === 'u' ? (value <= 0xffff_ffffn ? 'u32' : 'u64') : (rest as IntSuffix);
}

function badRest(rest: string, after: string): NumberProblem {
  if (rest.startsWith('_')) return { problem: 'an underscore must stand between two digits' };
  return /^\d/.test(rest)
    ? { problem: `\`${rest[0]}\` is not a digit of ${after}` }
    : { problem: `\`${rest}\` cannot follow ${after}`, help: SUFFIX_HELP };
}

function skipWord(text: string, start: number): number {
  let at = start;
  while (isWordPart(text.charCodeAt(at))) at++;
  return at;
}
