/**
 * Numbers to text and text to numbers, straight from the specification (5.3, 5.4, row 4 of section 23, 15 and 16).
 *
 * A double is an integer times a power of two, so fixed and scientific forms are one big-integer multiplication and one
 * rounded division: exact by construction. The shortest digits come from the JS host, whose specification asks for the same.
 * The machine has algorithms of its own; nothing here is shared with it.
 */

/** A positive finite double as `mantissa * 2 ** exponent`. */
function decompose(value: number): { mantissa: bigint; exponent: number } {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  return biased === 0
    ? { mantissa: fraction, exponent: -1074 }
    : { mantissa: fraction | 0x10000000000000n, exponent: biased - 1075 };
}

/** `top / bottom` to the nearest integer, ties to even; both positive. */
function divideRounded(top: bigint, bottom: bigint): bigint {
  const quotient = top / bottom;
  const twice = (top % bottom) * 2n;
  return twice > bottom || (twice === bottom && (quotient & 1n) === 1n) ? quotient + 1n : quotient;
}

/** `value * 10 ** power` as a fraction, for a positive finite value. */
function fraction(value: number, power: number): { top: bigint; bottom: bigint } {
  const { mantissa, exponent } = decompose(value);
  let top = mantissa;
  let bottom = 1n;
  if (exponent >= 0) top <<= BigInt(exponent);
  else bottom <<= BigInt(-exponent);
  if (power >= 0) top *= 10n ** BigInt(power);
  else bottom *= 10n ** BigInt(-power);
  return { top, bottom };
}

/** `value * 10 ** power` to the nearest integer, ties to even, for a positive finite value. */
function scaled(value: number, power: number): bigint {
  const { top, bottom } = fraction(value, power);
  return divideRounded(top, bottom);
}

function isNegative(value: number): boolean {
  return value < 0 || Object.is(value, -0);
}

function notFinite(value: number): string {
  return Number.isNaN(value) ? 'nan' : value < 0 ? '-inf' : 'inf';
}

/** C `%.Nf`. */
export function fixedText(value: number, decimals: number): string {
  if (!Number.isFinite(value)) return notFinite(value);
  const sign = isNegative(value) ? '-' : '';
  const digits = scaled(Math.abs(value), decimals)
    .toString()
    .padStart(decimals + 1, '0');
  if (decimals === 0) return sign + digits;
  const point = digits.length - decimals;
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

/** The exponent of the first significant digit of a positive finite value. */
function leadingExponent(value: number): number {
  // The logarithm may be off by one.
  let exponent = Math.floor(Math.log10(value));
  for (;;) {
    const { top, bottom } = fraction(value, -exponent);
    if (top < bottom) exponent--;
    else if (top >= 10n * bottom) exponent++;
    else return exponent;
  }
}

/** The first `count` significant digits of a positive finite value, rounded, and the exponent of the first one. */
function significant(value: number, count: number): { digits: string; exponent: number } {
  const exponent = leadingExponent(value);
  const digits = scaled(value, count - 1 - exponent).toString();
  // Rounding may carry into one more digit, which then is a one before zeros.
  return digits.length > count ? { digits: digits.slice(0, count), exponent: exponent + 1 } : { digits, exponent };
}

function trimZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

function exponentText(exponent: number): string {
  return `e${exponent < 0 ? '-' : '+'}${Math.abs(exponent).toString().padStart(2, '0')}`;
}

/** C `%.Ng`. */
export function generalText(value: number, precision: number): string {
  if (!Number.isFinite(value)) return notFinite(value);
  const sign = isNegative(value) ? '-' : '';
  const size = Math.abs(value);
  if (size === 0) return `${sign}0`;
  const { digits, exponent } = significant(size, precision);
  if (exponent < -4 || exponent >= precision) {
    return sign + trimZeros(`${digits.charAt(0)}.${digits.slice(1)}`) + exponentText(exponent);
  }
  return sign + trimZeros(placePoint(digits, exponent));
}

/** Digits with the decimal point after the digit whose weight is `10 ** 0`, given the exponent of the first one. */
function placePoint(digits: string, exponent: number): string {
  if (exponent < 0) return `0.${'0'.repeat(-exponent - 1)}${digits}`;
  const padded = digits.padEnd(exponent + 1, '0');
  const rest = padded.slice(exponent + 1);
  return rest === '' ? padded : `${padded.slice(0, exponent + 1)}.${rest}`;
}

/** Display text of the classic edition (5.3). */
export function classicText(value: number): string {
  if (!Number.isFinite(value)) return notFinite(value);
  if (value === 0) return '0';
  if (Math.abs(value) < 1e-4) return generalText(value, 17);
  return trimZeros(fixedText(value, 17));
}

/** The one text of the modern edition: the shortest digits that read back, laid out as Python's `repr` (row 4). */
export function shortestText(value: number): string {
  if (!Number.isFinite(value)) return notFinite(value);
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  const [mantissa = '', power = '0'] = Math.abs(value).toExponential().split('e');
  const digits = mantissa.replace('.', '');
  const exponent = Number(power);
  const sign = value < 0 ? '-' : '';
  if (exponent >= -4 && exponent < 16) {
    const text = placePoint(digits, exponent);
    return sign + (text.includes('.') ? text : `${text}.0`);
  }
  const head = digits.length > 1 ? `${digits.charAt(0)}.${digits.slice(1)}` : digits;
  return sign + head + exponentText(exponent);
}

/** Digits in base 16, 8 or 2, without prefix; a negative number as its 64-bit two's complement. */
export function radixText(value: number | bigint, radix: 'x' | 'X' | 'o' | 'b'): string {
  const bits = BigInt.asUintN(64, BigInt(value));
  const text = bits.toString(radix === 'o' ? 8 : radix === 'b' ? 2 : 16);
  return radix === 'X' ? text.toUpperCase() : text;
}

const SPACE = '[ \\t\\n\\v\\f\\r]*';
const INTEGER = new RegExp(`^${SPACE}([+-]?)([0-9]+)${SPACE}$`);
const FLOAT = new RegExp(`^${SPACE}([+-]?(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:[eE][+-]?[0-9]+)?)${SPACE}$`);

/** The text that `int()` accepts, or null. Digits beyond any 64-bit range are not converted: the result is merely out of range. */
export function parseInteger(text: string): bigint | null {
  const match = INTEGER.exec(text);
  if (match === null) return null;
  const digits = (match[2] ?? '').replace(/^0+(?=[0-9])/, '');
  const size = digits.length > 20 ? 1n << 64n : BigInt(digits);
  return match[1] === '-' ? -size : size;
}

/** The text that `float()` accepts, or null; an infinite result is out of range. */
export function parseFloat64(text: string): number | null {
  const match = FLOAT.exec(text);
  return match === null ? null : Number(match[1]);
}
