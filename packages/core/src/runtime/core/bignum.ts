// Natural numbers of many limbs, for exact number text. A number is a u32 count at its address and so many u32 limbs
// after it, lowest first, the highest not zero. The three numbers of the core's area hold 1023 limbs each; nothing here
// needs more than 140.

const BILLION: u32 = 1000000000;

// @ts-ignore: decorator
@inline
function limb(number: u32, index: u32): u32 {
  return load<u32>(number + 4 + (index << 2));
}

// @ts-ignore: decorator
@inline
function setLimb(number: u32, index: u32, value: u32): void {
  store<u32>(number + 4 + (index << 2), value);
}

// @ts-ignore: decorator
@inline
function limbs(number: u32): u32 {
  return load<u32>(number);
}

function trim(number: u32, count: u32): void {
  let n = count;
  while (n != 0 && limb(number, n - 1) == 0) n--;
  store<u32>(number, n);
}

export function bigSet(number: u32, value: u64): void {
  setLimb(number, 0, <u32>value);
  setLimb(number, 1, <u32>(value >> 32));
  trim(number, 2);
}

/** The lowest 64 bits. */
export function bigLow(number: u32): u64 {
  const n = limbs(number);
  const low: u64 = n > 0 ? limb(number, 0) : 0;
  const high: u64 = n > 1 ? limb(number, 1) : 0;
  return low | (high << 32);
}

export function bigIsZero(number: u32): bool {
  return limbs(number) == 0;
}

export function bigBits(number: u32): i32 {
  const n = limbs(number);
  return n == 0 ? 0 : <i32>(n << 5) - <i32>clz(limb(number, n - 1));
}

/** number := number * factor + addend */
export function bigMulAdd(number: u32, factor: u32, addend: u32): void {
  const n = limbs(number);
  let carry: u64 = addend;
  for (let i: u32 = 0; i < n; i++) {
    carry += <u64>limb(number, i) * factor;
    setLimb(number, i, <u32>carry);
    carry >>= 32;
  }
  setLimb(number, n, <u32>carry);
  trim(number, n + 1);
}

export function bigMulPow10(number: u32, power: i32): void {
  let left = power;
  for (; left >= 9; left -= 9) bigMulAdd(number, BILLION, 0);
  for (; left > 0; left--) bigMulAdd(number, 10, 0);
}

/** number := number / divisor; gives the remainder. */
export function bigDiv(number: u32, divisor: u32): u32 {
  let rest: u64 = 0;
  const n = limbs(number);
  for (let i = n; i > 0; i--) {
    rest = (rest << 32) | limb(number, i - 1);
    setLimb(number, i - 1, <u32>(rest / divisor));
    rest %= divisor;
  }
  trim(number, n);
  return <u32>rest;
}

/** number := floor(number / 10^power); whether anything was lost. */
export function bigDivPow10(number: u32, power: i32): bool {
  let lost: u32 = 0;
  let left = power;
  for (; left >= 9; left -= 9) lost |= bigDiv(number, BILLION);
  for (; left > 0; left--) lost |= bigDiv(number, 10);
  return lost != 0;
}

export function bigShl(number: u32, bits: i32): void {
  const n = limbs(number);
  if (n == 0 || bits <= 0) return;
  const whole = <u32>bits >> 5;
  const part = <u32>bits & 31;
  setLimb(number, n + whole, 0);
  for (let i = n; i > 0; i--) {
    const value = <u64>limb(number, i - 1) << part;
    setLimb(number, i + whole, limb(number, i + whole) | <u32>(value >> 32));
    setLimb(number, i - 1 + whole, <u32>value);
  }
  for (let i: u32 = 0; i < whole; i++) setLimb(number, i, 0);
  trim(number, n + whole + 1);
}

/** number := floor(number / 2^bits); whether anything was lost. */
export function bigShr(number: u32, bits: i32): bool {
  const n = limbs(number);
  if (bits <= 0) return false;
  const whole = <u32>bits >> 5;
  const part = <u32>bits & 31;
  if (whole >= n) {
    store<u32>(number, 0);
    return n != 0;
  }
  let lost: u32 = limb(number, whole) & ((1 << part) - 1);
  for (let i: u32 = 0; i < whole; i++) lost |= limb(number, i);
  for (let i = whole; i < n; i++) {
    const high: u64 = i + 1 < n ? limb(number, i + 1) : 0;
    setLimb(number, i - whole, <u32>((limb(number, i) | (high << 32)) >> part));
  }
  trim(number, n - whole);
  return lost != 0;
}

/** number := number / 2, to nearest, ties to even; `lost` says that the number itself is a little too small. */
export function bigRoundHalf(number: u32, lost: bool): void {
  const half = limbs(number) != 0 && (limb(number, 0) & 1) != 0;
  bigShr(number, 1);
  if (half && (lost || (bigLow(number) & 1) != 0)) increment(number);
}

function increment(number: u32): void {
  const n = limbs(number);
  for (let i: u32 = 0; i < n; i++) {
    const value = limb(number, i) + 1;
    setLimb(number, i, value);
    if (value != 0) return;
  }
  setLimb(number, n, 1);
  store<u32>(number, n + 1);
}

/** The highest 128 bits, with zeros below if there are fewer: low half at `to`, high half at `to` + 8. */
export function bigTop128(number: u32, to: u32): void {
  const n = <i32>limbs(number);
  const shift = clz(limb(number, n - 1));
  for (let i: i32 = 0; i < 4; i++) {
    const at = n - 1 - i;
    const high: u64 = at >= 0 ? limb(number, at) : 0;
    const low: u64 = at >= 1 ? limb(number, at - 1) : 0;
    store<u32>(to + 12 - (i << 2), <u32>((((high << 32) | low) << shift) >> 32));
  }
}

/** Writes the decimal digits of a number, which becomes zero; gives how many. Zero has one digit. */
export function bigDigits(number: u32, to: u32): u32 {
  // Groups of nine from the end, written backwards to a place that is large enough, then moved to the front.
  const end = to + 1200;
  let at = end;
  do {
    let group = bigDiv(number, BILLION);
    for (let i = 0; i < 9; i++) {
      store<u8>(--at, 48 + (group % 10));
      group /= 10;
    }
  } while (limbs(number) != 0);
  while (at < end - 1 && load<u8>(at) == 48) at++;
  memory.copy(to, at, end - at);
  return end - at;
}
