// The core's own fixed memory between HEAP_BASE and the first chunk:
//
//     0        powers of ten (number-text.ts)        POWERS_BYTES
//     ...      numbers of many limbs (bignum.ts)     BIGNUM_BYTES
//     ...      stack of `copyString`                 COPY_STACK_BYTES
//     ...      digits of a number                    DIGITS_BYTES
//     ...      the fixed output buffer               OUT_BYTES
import { initCollector } from './gc';
import {
  R_HEAP_BASE, R_HEAP_END, R_HEAP_START, R_INPUT_STATE, R_OUT_OBJECT, R_POISON, R_POWERS, R_SORT_RESULT,
  R_SORT_SCRATCH, R_SORT_SOURCE, R_WORK,
} from './layout';
import { initText } from './text';
import { reg, setReg } from './vm';

const POWERS_BYTES: u32 = 10240;
/** Three numbers of 4 KiB. */
export const BIGNUM_SIZE: u32 = 4096;
const BIGNUM_BYTES: u32 = 3 * BIGNUM_SIZE;
const COPY_STACK_BYTES: u32 = 512;
const DIGITS_BYTES: u32 = 2048;
const OUT_BYTES: u32 = 64 << 10;

const BIGNUM_AT: u32 = POWERS_BYTES;
const COPY_STACK_AT: u32 = BIGNUM_AT + BIGNUM_BYTES;
const DIGITS_AT: u32 = COPY_STACK_AT + COPY_STACK_BYTES;
const OUT_AT: u32 = DIGITS_AT + DIGITS_BYTES;
const AREA_BYTES: u32 = OUT_AT + OUT_BYTES;

export function powersTable(): u32 {
  return reg(R_HEAP_BASE);
}

export function bignum(number: u32): u32 {
  return reg(R_HEAP_BASE) + BIGNUM_AT + number * BIGNUM_SIZE;
}

export function copyStack(): u32 {
  return reg(R_HEAP_BASE) + COPY_STACK_AT;
}

/** Where texts of single numbers are made: at most 308 digits before the point and 1100 after it. */
export function digitsBuffer(): u32 {
  return reg(R_HEAP_BASE) + DIGITS_AT;
}

/** After the loader set HEAP_BASE (a multiple of 64 KiB), HEAP_LIMIT and its tables. */
export function gc_init(): void {
  const start = reg(R_HEAP_BASE) + AREA_BYTES + 8;
  setReg(R_HEAP_START, start);
  const needed = (start + (64 << 10) + 0xffff) >> 16;
  const pages = <u32>memory.size();
  if (pages < needed) memory.grow(<i32>(needed - pages));
  setReg(R_HEAP_END, <u32>memory.size() << 16);
  setReg(R_POWERS, 0);
  setReg(R_INPUT_STATE, 0);
  setReg(R_POISON, 0);
  setReg(R_WORK, 0);
  setReg(R_SORT_SOURCE, 0);
  setReg(R_SORT_RESULT, 0);
  setReg(R_SORT_SCRATCH, 0);
  setReg(R_OUT_OBJECT, 0);
  initCollector();
  initText(reg(R_HEAP_BASE) + OUT_AT, OUT_BYTES);
}
