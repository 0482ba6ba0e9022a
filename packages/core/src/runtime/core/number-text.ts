// Text of doubles, and doubles from text: exact in every case.
//
// - `writeShortest`: the fewest digits that read back as the same double, the nearest of them to it (Schubfach, Raffaello
//   Giulietti 2020, in the formulation with a 128-bit table of powers of ten), laid out as Python's repr does.
// - `writeFixed`, `writeGeneral`: C's %.Nf and %.Pg by integers of many limbs, ties to even.
// - `textToDouble`: correctly rounded; one multiplication or division where that is exact, else integers of many limbs.
//
// All texts are made in the core's digit buffer; a function gives the length.
import { bignum, digitsBuffer, powersTable } from './area';
import {
  bigBits, bigDigits, bigDiv, bigDivPow10, bigLow, bigMulAdd, bigMulPow10, bigRoundHalf, bigSet, bigShl, bigShr,
  bigTop128,
} from './bignum';
import { copyBytes } from './memory';
import { R_POWERS } from './layout';
import { digitCount, writeDigits } from './strings';
import { T_inf, T_nan } from './texts';
import { reg, setReg } from './vm';

const MIN_POWER: i32 = -292;
const MAX_POWER: i32 = 324;
/** 10^k has at most 128 significant bits up to here. */
const LAST_EXACT_POWER: i32 = 55;

const MANTISSA: u64 = 0xfffffffffffff;
const HIDDEN: u64 = 0x10000000000000;

// --- special values -------------------------------------------------------------------------------------------------

/** Writes `nan`, `inf` or `-inf`; 0 for a finite number. */
function writeSpecial(value: f64, to: u32): u32 {
  if (value != value) return copyStatic(T_nan, to);
  if (value == Infinity) return copyStatic(T_inf, to);
  if (value == -Infinity) {
    store<u8>(to, 45);
    return copyStatic(T_inf, to + 1) + 1;
  }
  return 0;
}

function copyStatic(text: usize, to: u32): u32 {
  const length = <u32>load<u16>(text);
  memory.copy(to, text + 2, length);
  return length;
}

// @ts-ignore: decorator
@inline
function isNegative(value: f64): bool {
  return reinterpret<i64>(value) < 0;
}

/** value = coefficient * 2^exponent, for the magnitude of a finite value. */
// @ts-ignore: decorator
@inline
function coefficientOf(bits: u64): u64 {
  return (bits >> 52 & 0x7ff) != 0 ? (bits & MANTISSA) | HIDDEN : bits & MANTISSA;
}

// @ts-ignore: decorator
@inline
function exponentOf(bits: u64): i32 {
  return max<i32>(<i32>(bits >> 52 & 0x7ff), 1) - 1075;
}

// --- layouts --------------------------------------------------------------------------------------------------------

/** `d.ddde+XX` from digits at `from` (another place than `to`) whose first stands for 10^exponent. */
function writeScientific(from: u32, count: u32, exponent: i32, to: u32): u32 {
  let at = to;
  store<u8>(at++, load<u8>(from));
  if (count > 1) {
    store<u8>(at++, 46);
    memory.copy(at, from + 1, count - 1);
    at += count - 1;
  }
  store<u8>(at++, 101);
  store<u8>(at++, exponent < 0 ? 45 : 43);
  const size = <u64>abs<i32>(exponent);
  const digits = max<u32>(2, digitCount(size));
  writeDigits(size, at, digits);
  return at + digits - to;
}

/** Plain decimal notation of the same; `keepPoint` adds `.0` to a whole number. */
function writePlain(from: u32, count: u32, exponent: i32, keepPoint: bool, to: u32): u32 {
  let at = to;
  if (exponent < 0) {
    store<u8>(at++, 48);
    store<u8>(at++, 46);
    for (let i = exponent + 1; i < 0; i++) store<u8>(at++, 48);
    copyBytes(at, from, count);
    return at + count - to;
  }
  const whole = <u32>exponent + 1;
  if (count > whole) {
    copyBytes(at, from, whole);
    at += whole;
    store<u8>(at++, 46);
    copyBytes(at, from + whole, count - whole);
    return at + count - whole - to;
  }
  copyBytes(at, from, count);
  at += count;
  for (let i = count; i < whole; i++) store<u8>(at++, 48);
  if (keepPoint) {
    store<u8>(at++, 46);
    store<u8>(at++, 48);
  }
  return at - to;
}

/** Takes off trailing zeros after a point, and then the point. */
function stripZeros(text: u32, length: u32): u32 {
  let n = length;
  while (load<u8>(text + n - 1) == 48) n--;
  return load<u8>(text + n - 1) == 46 ? n - 1 : n;
}

// --- shortest -------------------------------------------------------------------------------------------------------

/** Modern text: shortest digits, `5.0`, `1e+16`, `1e-07`, `-0.0`. */
export function writeShortest(value: f64): u32 {
  const to = digitsBuffer();
  const special = writeSpecial(value, to);
  if (special != 0) return special;
  let at = to;
  if (isNegative(value)) store<u8>(at++, 45);
  const size = abs<f64>(value);
  if (size < 9007199254740992.0 && size == floor<f64>(size)) {
    const whole = <u64>size;
    const count = digitCount(whole);
    writeDigits(whole, at, count);
    store<u16>(at + count, 0x302e);
    return at + count + 2 - to;
  }
  const bits = reinterpret<u64>(size);
  let digits = shortestDigits(bits);
  let power = <i32>load<i64>(bignum(0), 8);
  while (digits % 10 == 0) {
    digits /= 10;
    power++;
  }
  const count = digitCount(digits);
  const from = bignum(1);
  writeDigits(digits, from, count);
  const exponent = power + <i32>count - 1;
  if (exponent < -4 || exponent >= 16) return at - to + writeScientific(from, count, exponent, at);
  return at - to + writePlain(from, count, exponent, true, at);
}

/** Digits of the shortest decimal; its power of ten goes to 8 bytes after the first big number's start. */
function shortestDigits(bits: u64): u64 {
  const c = coefficientOf(bits);
  const q = exponentOf(bits);
  const out: u64 = c & 1;
  const regular = (bits & MANTISSA) != 0 || (bits >> 52) <= 1;
  const k = regular ? (q * 1262611) >> 22 : (q * 1262611 - 524031) >> 22;
  const h = q + ((-k * 1741647) >> 19) + 1;
  const entry = power(-k);
  const cb = c << 2;
  const vbl = roundToOdd(entry, (regular ? cb - 2 : cb - 1) << h);
  const vb = roundToOdd(entry, cb << h);
  const vbr = roundToOdd(entry, (cb + 2) << h);
  const lower = vbl + out;
  const upper = vbr - out;
  const s = vb >> 2;
  if (s >= 10) {
    const sp = s / 10;
    const under = lower <= 40 * sp;
    const over = 40 * sp + 40 <= upper;
    if (under != over) {
      store<i64>(bignum(0), k + 1, 8);
      return sp + <u64>over;
    }
  }
  store<i64>(bignum(0), k, 8);
  const under = lower <= 4 * s;
  const over = 4 * s + 4 <= upper;
  if (under != over) return s + <u64>over;
  const middle = 4 * s + 2;
  return s + <u64>(vb > middle || (vb == middle && (s & 1) != 0));
}

/** The high 64 bits of a 128-bit power times a number, odd if anything below them is not zero. */
function roundToOdd(entry: u32, number: u64): u64 {
  const low = mulHigh(load<u64>(entry), number);
  const high = load<u64>(entry, 8);
  const middle = high * number + low;
  const carry: u64 = <u64>(middle < low);
  return (mulHigh(high, number) + carry) | <u64>(middle > 1);
}

function mulHigh(a: u64, b: u64): u64 {
  const a0 = a & 0xffffffff;
  const a1 = a >> 32;
  const b0 = b & 0xffffffff;
  const b1 = b >> 32;
  const cross = a1 * b0 + (a0 * b0 >> 32);
  const other = a0 * b1 + (cross & 0xffffffff);
  return a1 * b1 + (cross >> 32) + (other >> 32);
}

/** Address of the 128 highest bits of 10^k, rounded up. */
function power(k: i32): u32 {
  if (reg(R_POWERS) == 0) makePowers();
  return reg(R_POWERS) + <u32>((k - MIN_POWER) << 4);
}

/** The table is computed when it is first needed: exact integers, multiplied or divided by ten again and again. */
function makePowers(): void {
  const table = powersTable();
  setReg(R_POWERS, table);
  const big = bignum(0);
  bigSet(big, 1);
  for (let k: i32 = 0; k <= MAX_POWER; k++) {
    const entry = table + <u32>((k - MIN_POWER) << 4);
    bigTop128(big, entry);
    if (k > LAST_EXACT_POWER) roundUp(entry);
    bigMulAdd(big, 10, 0);
  }
  // floor(2^1120 / 10^k), whose highest 128 bits are those of 10^-k.
  bigSet(big, 1);
  bigShl(big, 1120);
  for (let k: i32 = -1; k >= MIN_POWER; k--) {
    bigDiv(big, 10);
    const entry = table + <u32>((k - MIN_POWER) << 4);
    bigTop128(big, entry);
    roundUp(entry);
  }
}

function roundUp(entry: u32): void {
  const low = load<u64>(entry) + 1;
  store<u64>(entry, low);
  if (low == 0) store<u64>(entry, load<u64>(entry, 8) + 1, 8);
}

// --- C's formats ----------------------------------------------------------------------------------------------------

/** C's %.Nf. */
export function writeFixed(value: f64, decimals: u32): u32 {
  const to = digitsBuffer();
  const special = writeSpecial(value, to);
  if (special != 0) return special;
  const bits = reinterpret<u64>(abs<f64>(value));
  const q = exponentOf(bits);
  const big = bignum(0);
  bigSet(big, coefficientOf(bits));
  bigMulPow10(big, decimals);
  bigShl(big, max<i32>(q, 0) + 1);
  bigRoundHalf(big, bigShr(big, -q));
  const from = bignum(1);
  const count = bigDigits(big, from);
  let at = to;
  if (isNegative(value)) store<u8>(at++, 45);
  // The digits without the point, at least one before it.
  const padded = max<u32>(count, decimals + 1);
  const whole = padded - decimals;
  for (let i: u32 = 0; i < padded; i++) {
    if (i == whole) store<u8>(at++, 46);
    const missing = padded - count;
    store<u8>(at++, i < missing ? 48 : load<u8>(from + i - missing));
  }
  return at - to;
}

/** C's %.Pg, 1 <= P <= 17. */
export function writeGeneral(value: f64, precision: u32): u32 {
  const to = digitsBuffer();
  const special = writeSpecial(value, to);
  if (special != 0) return special;
  let at = to;
  if (isNegative(value)) store<u8>(at++, 45);
  if (value == 0) {
    store<u8>(at++, 48);
    return at - to;
  }
  const bits = reinterpret<u64>(abs<f64>(value));
  const c = coefficientOf(bits);
  const q = exponentOf(bits);
  // floor(log10) is this or one more.
  let exponent = ((63 - <i32>clz(c) + q) * 1262611) >> 22;
  let limit: u64 = 10;
  for (let i: u32 = 1; i < precision; i++) limit *= 10;
  let digits = roundedDigits(c, q, <i32>precision - 1 - exponent);
  if (digits >= limit) digits = roundedDigits(c, q, <i32>precision - 1 - ++exponent);
  if (digits >= limit) {
    digits /= 10;
    exponent++;
  }
  while (digits % 10 == 0) digits /= 10;
  const from = bignum(1);
  const count = digitCount(digits);
  writeDigits(digits, from, count);
  if (exponent < -4 || exponent >= <i32>precision) return at - to + writeScientific(from, count, exponent, at);
  return at - to + writePlain(from, count, exponent, false, at);
}

/** c * 2^q * 10^scale to the nearest integer, ties to even. */
function roundedDigits(c: u64, q: i32, scale: i32): u64 {
  const big = bignum(0);
  bigSet(big, c);
  bigMulPow10(big, scale);
  bigShl(big, max<i32>(q, 0) + 1);
  let lost = bigShr(big, -q);
  if (bigDivPow10(big, -scale)) lost = true;
  bigRoundHalf(big, lost);
  return bigLow(big);
}

/** Classic display text (specification, 5.3). */
export function writeClassic(value: f64): u32 {
  if (value == 0) {
    store<u8>(digitsBuffer(), 48);
    return 1;
  }
  if (abs<f64>(value) < 1e-4) return writeGeneral(value, 17);
  const length = writeFixed(value, 17);
  return value - value == 0 ? stripZeros(digitsBuffer(), length) : length;
}

// --- reading --------------------------------------------------------------------------------------------------------

/** More digits than this cannot matter, but for whether they are all zero. */
const MAX_DIGITS: u32 = 800;

/**
 * The double nearest to a decimal without sign: digits with at most one point, then perhaps `e` or `E`, a sign and
 * digits. The caller has checked the form.
 */
export function textToDouble(text: u32, length: u32): f64 {
  const end = text + length;
  let mantissaEnd = text;
  while (mantissaEnd < end && (load<u8>(mantissaEnd) | 32) != 101) mantissaEnd++;
  let exponent: i64 = mantissaEnd < end ? readExponent(mantissaEnd + 1, end) : 0;

  const big = bignum(0);
  let low: u64 = 0;
  let count: u32 = 0;
  let group: u32 = 0;
  let factor: u32 = 1;
  let point = false;
  let lost = false;
  bigSet(big, 0);
  for (let at = text; at < mantissaEnd; at++) {
    const byte = <u32>load<u8>(at);
    if (byte == 46) {
      point = true;
      continue;
    }
    if (point) exponent--;
    const digit = byte - 48;
    if (count == 0 && digit == 0) continue;
    if (count >= MAX_DIGITS) {
      exponent++;
      if (digit != 0) lost = true;
      continue;
    }
    count++;
    if (count <= 19) low = low * 10 + digit;
    group = group * 10 + digit;
    factor *= 10;
    if (factor == 1000000000) {
      bigMulAdd(big, factor, group);
      group = 0;
      factor = 1;
    }
  }
  if (count == 0) return 0;
  if (count <= 19 && low <= 9007199254740992 && exponent >= -22 && exponent <= 22) {
    return exponent < 0 ? <f64>low / smallPower(<i32>-exponent) : <f64>low * smallPower(<i32>exponent);
  }
  const magnitude = exponent + count;
  if (magnitude > 310) return Infinity;
  if (magnitude < -330) return 0;
  if (factor != 1) bigMulAdd(big, factor, group);
  let e = <i32>exponent;
  if (lost) {
    // Stands for all that was left out.
    bigMulAdd(big, 10, 1);
    e--;
  }
  return bigToDouble(big, e);
}

function readExponent(from: u32, end: u32): i64 {
  let at = from;
  const negative = load<u8>(at) == 45;
  if (negative || load<u8>(at) == 43) at++;
  let exponent: i64 = 0;
  for (; at < end; at++) {
    if (exponent < 100000000000) exponent = exponent * 10 + <i64>(load<u8>(at) - 48);
  }
  return negative ? -exponent : exponent;
}

function smallPower(power: i32): f64 {
  let value: f64 = 1;
  for (let i = 0; i < power; i++) value *= 10;
  return value;
}

/** The double nearest to number * 10^exponent, the number not being zero. */
function bigToDouble(big: u32, exponent: i32): f64 {
  let lost = false;
  let scale = 0;
  if (exponent >= 0) {
    bigMulPow10(big, exponent);
  } else {
    // At least 66 bits of quotient.
    scale = max<i32>(0, 68 + (((-exponent) * 217706) >> 16) - bigBits(big));
    bigShl(big, scale);
    lost = bigDivPow10(big, -exponent);
  }
  const bits = bigBits(big);
  const log = bits - 1 - scale;
  if (log > 1023) return Infinity;
  const precision = log >= -1022 ? 53 : log + 1075;
  if (precision < 0) return 0;
  // One bit more than wanted, then rounded off.
  const excess = bits - precision - 1;
  if (excess >= 0) {
    if (bigShr(big, excess)) lost = true;
  } else {
    bigShl(big, -excess);
  }
  bigRoundHalf(big, lost);
  const rounded = bigLow(big);
  if (log < -1022) return reinterpret<f64>(rounded);
  // A carry out of the coefficient goes into the exponent, as it should.
  return reinterpret<f64>((<u64>(log + 1023) << 52) + (rounded - HIDDEN));
}
