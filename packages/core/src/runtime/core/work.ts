// Work that is only known when it is done: display and comparison of nested data.
//
// Such a built-in counts units as it goes and stops as soon as they exceed the fuel there is, having changed nothing;
// the driver then grants more or ends the run. When it is through it pays for all of them at once.
import { R_WORK } from './layout';
import { canPay, pay, payUnlessAgain, reg, setReg } from './vm';

export function beginWork(): void {
  setReg(R_WORK, 0);
}

/** Counts units; false with PENDING set if they cannot be paid. */
export function work(units: u32): bool {
  const possible = canPay(units);
  setReg(R_WORK, reg(R_WORK) + units);
  return possible;
}

export function endWork(): void {
  const units = reg(R_WORK);
  setReg(R_WORK, 0);
  payUnlessAgain(units);
}

/** Counts units of a piece of work that was done anyway. */
// @ts-ignore: decorator
@inline
export function count(units: u32): void {
  setReg(R_WORK, reg(R_WORK) + units);
}

/** Pays for what was counted, between two pieces of work; false with PENDING set if it cannot be paid. */
export function settle(): bool {
  if (!canPay(0)) return false;
  pay(reg(R_WORK));
  setReg(R_WORK, 0);
  return true;
}
