// VM registers as seen by the core, and the three ways in which a built-in stops without having done anything.
//
// Restart contract: a function that cannot finish sets PENDING and returns 0 at once, having changed nothing that a
// program can observe. The caller collects (or fetches fuel) and executes the same instruction again from its start.
// Hence built-ins allocate first, pay second and change things last, and their temporaries need no roots.
import {
  FUEL_WANTED, PENDING_COLLECT, PENDING_ERROR, PENDING_FUEL, PENDING_NONE, R_PENDING, R_WORK, VM_FUEL,
} from './layout';

// @ts-ignore: decorator
@inline
export function reg(address: u32): u32 {
  return load<u32>(address);
}

// @ts-ignore: decorator
@inline
export function setReg(address: u32, value: u32): void {
  store<u32>(address, value);
}

// @ts-ignore: decorator
@inline
export function failed(): bool {
  return load<u32>(R_PENDING) != PENDING_NONE;
}

export function askCollection(): void {
  store<u32>(R_PENDING, PENDING_COLLECT);
}

/**
 * Whether so many units of fuel are there, beside those for work that is counted but not paid yet (work.ts); if not,
 * the instruction stops before its work and says what it needs.
 */
export function canPay(units: u64): bool {
  const wanted = units + <u64>load<u32>(R_WORK);
  if (<i64>wanted <= load<i64>(VM_FUEL)) return true;
  store<u64>(FUEL_WANTED, wanted);
  store<u32>(R_PENDING, PENDING_FUEL);
  return false;
}

/** Takes fuel that `canPay` found to be there. */
// @ts-ignore: decorator
@inline
export function pay(units: u64): void {
  store<i64>(VM_FUEL, load<i64>(VM_FUEL) - <i64>units);
}

/** The same at the end of a built-in that may have stopped to be executed again: then it pays when that is done. */
export function payUnlessAgain(units: u64): void {
  const state = load<u32>(R_PENDING);
  if (state == PENDING_NONE || state == PENDING_ERROR) pay(units);
}

/** Units for moving or comparing so many bytes. */
// @ts-ignore: decorator
@inline
export function bytesCost(bytes: u64): u64 {
  return bytes >> 4;
}
