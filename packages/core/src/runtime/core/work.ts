// Work that is only known when it is done: display and comparison of nested data.
//
// Such a built-in counts units as it goes and stops as soon as they exceed the fuel there is, having changed nothing;
// the driver then grants more or ends the run. When it is through it pays for all of them at once.
import { FUEL_WANTED, PENDING_FUEL, R_PENDING, R_WORK, R_WORK_LIMIT, VM_FUEL } from './layout';
import { payUnlessAgain, reg, setReg } from './vm';

export function beginWork(): void {
  const fuel = load<i64>(VM_FUEL);
  setReg(R_WORK, 0);
  setReg(R_WORK_LIMIT, fuel < 0 ? 0 : fuel > <i64>u32.MAX_VALUE ? u32.MAX_VALUE : <u32>fuel);
}

/** Counts units; false with PENDING set if they cannot be paid. */
export function work(units: u32): bool {
  const done = reg(R_WORK) + units;
  setReg(R_WORK, done);
  if (done <= reg(R_WORK_LIMIT)) return true;
  store<u64>(FUEL_WANTED, done);
  setReg(R_PENDING, PENDING_FUEL);
  return false;
}

export function endWork(): void {
  payUnlessAgain(reg(R_WORK));
}
