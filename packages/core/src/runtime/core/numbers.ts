// Numbers: remainder, mixed comparison, and their texts as strings.
import { writeClassic, writeGeneral, writeShortest } from './number-text';
import { digitsBuffer } from './area';
import { stringFrom, writeInteger } from './strings';

/** C's fmod: exact, by shifting and subtracting coefficients (after the method of FreeBSD's e_fmod.c). */
export function f64_rem(x: f64, y: f64): f64 {
  if (y == 0 || x != x || y != y || abs<f64>(x) == Infinity) return NaN;
  if (abs<f64>(y) == Infinity) return x;
  const sign = reinterpret<u64>(x) & 0x8000000000000000;
  let a = reinterpret<u64>(abs<f64>(x));
  const b = reinterpret<u64>(abs<f64>(y));
  if (a < b) return x;
  if (a == b) return reinterpret<f64>(sign);
  let ea = <i32>(a >> 52);
  let eb = <i32>(b >> 52);
  let ca = a & 0xfffffffffffff;
  let cb = b & 0xfffffffffffff;
  if (ea == 0) ea = 1;
  else ca |= 0x10000000000000;
  if (eb == 0) eb = 1;
  else cb |= 0x10000000000000;
  // Eleven bits at a time: the coefficient of the divisor has at most 53 bits.
  let distance = ea - eb;
  ca %= cb;
  while (distance > 0 && ca != 0) {
    const step = min<i32>(distance, 11);
    ca = (ca << step) % cb;
    distance -= step;
  }
  if (ca == 0) return reinterpret<f64>(sign);
  const shift = min<i32>(<i32>clz(ca) - 11, eb - 1);
  ca <<= shift;
  const exponent = eb - shift;
  const bits = ca >= 0x10000000000000 ? (ca - 0x10000000000000) | (<u64>exponent << 52) : ca;
  return reinterpret<f64>(bits | sign);
}

/** Mathematical order of an i64 and an f64: -1, 0, 1, or 2 if unordered. */
export function cmp_i64_f64(a: i64, b: f64): i32 {
  if (b != b) return 2;
  if (b >= 9223372036854775808.0) return -1;
  if (b < -9223372036854775808.0) return 1;
  const whole = <i64>b;
  if (a != whole) return a < whole ? -1 : 1;
  const part = b - <f64>whole;
  return part > 0 ? -1 : part < 0 ? 1 : 0;
}

/** The same for a u64. */
export function cmp_u64_f64(a: u64, b: f64): i32 {
  if (b != b) return 2;
  if (b >= 18446744073709551616.0) return -1;
  if (b < 0) return 1;
  const whole = <u64>b;
  if (a != whole) return a < whole ? -1 : 1;
  return b - <f64>whole > 0 ? -1 : 0;
}

/** Mode 0 classic display, 1 classic cast (%g), 2 modern. */
export function writeDouble(value: f64, mode: u32): u32 {
  if (mode == 2) return writeShortest(value);
  return mode == 1 ? writeGeneral(value, 6) : writeClassic(value);
}

export function text_i64(value: i64): u32 {
  return stringFrom(digitsBuffer(), writeInteger(value, true));
}

export function text_u64(value: i64): u32 {
  return stringFrom(digitsBuffer(), writeInteger(value, false));
}

export function text_f64(value: f64, mode: u32): u32 {
  return stringFrom(digitsBuffer(), writeDouble(value, mode));
}
