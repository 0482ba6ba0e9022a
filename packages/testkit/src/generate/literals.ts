/**
 * Literals with a preference for the values at which implementations break: the ends of every width, the ends of inline
 * and exact representations, zeros, infinities' neighbours, texts with quotes, bytes and characters of several bytes.
 */
import type { Random } from './random.ts';
import type { Integer } from './types.ts';

const BITS = { i32: 32n, i64: 64n, u32: 32n, u64: 64n } as const;

export function integerRange(kind: Integer): { readonly low: bigint; readonly high: bigint } {
  const bits = BITS[kind];
  return kind.startsWith('u')
    ? { low: 0n, high: (1n << bits) - 1n }
    : { low: -(1n << (bits - 1n)), high: (1n << (bits - 1n)) - 1n };
}

/** Powers of two at which some width, tag or exact float ends. */
const EDGES = [7n, 8n, 15n, 16n, 31n, 32n, 47n, 48n, 53n, 62n, 63n, 64n].map((bits) => 1n << bits);

export function integerValue(random: Random, kind: Integer, edges = 0.12): bigint {
  const { low, high } = integerRange(kind);
  const clip = (value: bigint): bigint => (value < low ? low : value > high ? high : value);
  if (random.chance(edges)) {
    if (random.chance(0.3)) return random.pick([low, low + 1n, high - 1n, high]);
    const edge = random.pick(EDGES) + BigInt(random.between(-1, 1));
    return clip(low < 0n && random.chance(0.5) ? -edge : edge);
  }
  if (random.chance(0.1)) return clip(BigInt(random.between(-100_000, 100_000)));
  return clip(BigInt(random.between(-3, 12)));
}

/** Digits without sign, now and then in another base or with underscores. */
export function digits(random: Random, value: bigint): string {
  const form = random.below(24);
  if (form === 0) return `0x${value.toString(16)}`;
  if (form === 1) return `0b${value.toString(2)}`;
  if (form === 2) return `0o${value.toString(8)}`;
  if (form === 3) return value.toString().replace(/\B(?=(\d{3})+$)/g, '_');
  return value.toString();
}

const FLOATS = [
  ...['0.0', '1.0', '0.5', '1.5', '2.25', '0.1', '3.0', '10.0', '1e-7', '123456.789', '1e16', '1e21', '1e300'],
  ...['5e-324', '2.2250738585072014e-308', '1.7976931348623157e308', '2147483647.5', '2147483648.0', '4294967295.0'],
  ...['4294967296.0', '9007199254740993.0', '9223372036854775808.0', '18446744073709551616.0', '0.30000000000000004'],
];

/** A float literal without sign. */
export function floatText(random: Random): string {
  if (random.chance(0.4)) return `${random.below(20)}.${random.pick(['0', '5', '25', '125'])}`;
  if (random.chance(0.1)) return `${random.below(1000)}e${random.between(-12, 12)}`;
  return random.pick(FLOATS);
}

const STRINGS = [
  ...[
    '',
    'a',
    'b',
    'ab',
    'abc',
    'zeta',
    'Zeta',
    'the end',
    'é',
    '€',
    '😀 smile',
    'x\ny',
    'tab\t',
    '"q"',
    '\\',
    'nul\0',
  ],
  ...[
    '@',
    '@x @@',
    'a\\nb @ \\',
    '12',
    '-7',
    '3.5',
    ' 42 ',
    '9223372036854775808',
    '1e400',
    'nan',
    'true',
    '0x10',
    '+5',
  ],
  ...['a text of more than fifty-two bytes, so that messages have to cut it somewhere'],
];

export function stringLiteral(random: Random): string {
  return quoted(random.pick(STRINGS));
}

export function quoted(text: string): string {
  const escapes: Record<string, string> = {
    '\\': '\\\\',
    '"': '\\"',
    '\n': '\\n',
    '\t': '\\t',
    '\r': '\\r',
    '\0': '\\0',
  };
  return `"${text.replace(/[\\"\n\t\r\0]/g, (each) => escapes[each] ?? each)}"`;
}
