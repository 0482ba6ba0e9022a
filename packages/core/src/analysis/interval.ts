/**
 * Arithmetic on intervals of signed integers, for value ranges.
 *
 * A bound is a double. For i32 it is exact. For i64 a bound beyond 2^53 is the end of the type, written as an infinity (a lower bound that
 * high is 2^53 - 1): so bounds that are finite are exact, and nothing here needs big integers.
 *
 * A transfer function gets the intervals of an operation's operands and leaves in the `Interval` that it is called on the interval of
 * the result, and in `fits` whether the exact result always has the type, so that the operation needs no check.
 */
import type { OpName, Scalar } from '../ir/ops.ts';

const EXACT = 2 ** 53;
const MIN32 = -(2 ** 31);
const MAX32 = 2 ** 31 - 1;
/** Well inside 64 bits, also after rounding. */
const SAFE_PRODUCT = 2 ** 62;

export class Interval {
  lo = Number.NEGATIVE_INFINITY;
  hi = Number.POSITIVE_INFINITY;
  fits = false;

  set(lo: number, hi: number): void {
    this.lo = lo;
    this.hi = hi;
    this.fits = true;
  }

  /** An exact result of 32 bits, where each end may lie outside the type. */
  close32(lo: number, hi: number, wraps: boolean): void {
    this.fits = lo >= MIN32 && hi <= MAX32;
    const all = wraps && !this.fits;
    this.lo = all || lo < MIN32 ? MIN32 : lo;
    this.hi = all || hi > MAX32 ? MAX32 : hi;
  }

  /** Likewise of 64 bits; the caller says whether it fits. */
  close64(lo: number, hi: number, fits: boolean, wraps: boolean): void {
    this.fits = fits;
    const all = wraps && !fits;
    this.lo = all || lo <= -EXACT ? Number.NEGATIVE_INFINITY : Math.min(lo, EXACT - 1);
    this.hi = all || hi >= EXACT ? Number.POSITIVE_INFINITY : Math.max(hi, 1 - EXACT);
  }

  close(wide: boolean, lo: number, hi: number): void {
    if (wide) this.close64(lo, hi, true, false);
    else this.close32(lo, hi, false);
  }

  full(wide: boolean): void {
    this.lo = wide ? Number.NEGATIVE_INFINITY : MIN32;
    this.hi = wide ? Number.POSITIVE_INFINITY : MAX32;
    this.fits = false;
  }

  constant(value: Scalar): void {
    const number = Number(value);
    this.close64(number, number, true, false);
  }
}

/** `c` is the third operand's interval, of a selection. */
export type Transfer = (
  out: Interval,
  alo: number,
  ahi: number,
  blo: number,
  bhi: number,
  clo: number,
  chi: number,
) => void;

/** By operation. What is not here gives any value of its kind. */
export function transferOf(op: OpName): Transfer | undefined {
  return TRANSFERS.get(op);
}

/** 1 or 0 if a comparison of two intervals is decided, else -1. `order`: as in the names of operations. */
export function decide(order: string, alo: number, ahi: number, blo: number, bhi: number): number {
  switch (order) {
    case 'eq':
      if (ahi < blo || bhi < alo) return 0;
      return alo === ahi && blo === bhi && Number.isFinite(alo) ? 1 : -1;
    case 'ne':
      if (ahi < blo || bhi < alo) return 1;
      return alo === ahi && blo === bhi && Number.isFinite(alo) ? 0 : -1;
    case 'lt_s':
      return ahi < blo ? 1 : alo >= bhi ? 0 : -1;
    case 'le_s':
      return ahi <= blo ? 1 : alo > bhi ? 0 : -1;
    case 'lt_u':
    case 'le_u':
      if (alo >= 0 && blo >= 0) return decide(order === 'lt_u' ? 'lt_s' : 'le_s', alo, ahi, blo, bhi);
      if (alo >= 0 && bhi < 0) return 1;
      return ahi < 0 && blo >= 0 ? 0 : -1;
    default:
      return -1;
  }
}

/* ---- transfer functions ---------------------------------------------------------------------------------------- */

/** Whether a sum stays below the upper end; the ends of the type are infinite. */
function sumBelow(ahi: number, bhi: number): boolean {
  if (ahi === Number.POSITIVE_INFINITY) return bhi <= 0;
  return bhi !== Number.POSITIVE_INFINITY || ahi <= 0;
}

function sumAbove(alo: number, blo: number): boolean {
  if (alo === Number.NEGATIVE_INFINITY) return blo >= 0;
  return blo !== Number.NEGATIVE_INFINITY || alo >= 0;
}

function add(wide: boolean, wraps: boolean): Transfer {
  return (out, alo, ahi, blo, bhi) => {
    if (wide) out.close64(alo + blo, ahi + bhi, sumBelow(ahi, bhi) && sumAbove(alo, blo), wraps);
    else out.close32(alo + blo, ahi + bhi, wraps);
  };
}

function sub(wide: boolean, wraps: boolean): Transfer {
  return (out, alo, ahi, blo, bhi) => {
    if (!wide) return out.close32(alo - bhi, ahi - blo, wraps);
    // x - min overflows unless x is negative, x - max only where x < -1
    const above = alo === Number.NEGATIVE_INFINITY ? bhi <= 0 : bhi !== Number.POSITIVE_INFINITY || alo >= -1;
    const below = ahi === Number.POSITIVE_INFINITY ? blo >= 0 : blo !== Number.NEGATIVE_INFINITY || ahi <= -1;
    out.close64(alo - bhi, ahi - blo, above && below, wraps);
  };
}

/** 0 times an end that is infinite is 0. */
function product(a: number, b: number): number {
  return a === 0 || b === 0 ? 0 : a * b;
}

function mul(wide: boolean, wraps: boolean): Transfer {
  return (out, alo, ahi, blo, bhi) => {
    const [p, q, r, s] = [product(alo, blo), product(alo, bhi), product(ahi, blo), product(ahi, bhi)];
    const lo = Math.min(p, q, r, s);
    const hi = Math.max(p, q, r, s);
    if (wide) out.close64(lo, hi, lo >= -SAFE_PRODUCT && hi <= SAFE_PRODUCT, wraps);
    else out.close32(lo, hi, wraps);
  };
}

function divide(wide: boolean): Transfer {
  return (out, alo, ahi, blo, bhi) => {
    if (blo > 0) {
      const lo = Math.trunc(alo < 0 ? alo / blo : alo / bhi);
      const hi = Math.trunc(ahi > 0 ? ahi / blo : ahi / bhi);
      return out.close(wide, lo, hi);
    }
    const most = Math.max(-alo, ahi);
    out.close(wide, -most, most);
  };
}

function remainder(wide: boolean): Transfer {
  return (out, alo, ahi, blo, bhi) => {
    const most = Math.max(-blo, bhi) - 1;
    out.close(wide, alo >= 0 ? 0 : Math.max(alo, -most), ahi <= 0 ? 0 : Math.min(ahi, most));
  };
}

function divideUnsigned(wide: boolean): Transfer {
  const signed = divide(wide);
  return (out, alo, ahi, blo, bhi, clo, chi) => {
    if (alo >= 0 && blo > 0) signed(out, alo, ahi, blo, bhi, clo, chi);
    else out.full(wide);
  };
}

function remainderUnsigned(wide: boolean): Transfer {
  return (out, alo, ahi, blo, bhi) => {
    if (blo < 0) return out.full(wide);
    out.close(wide, 0, alo >= 0 ? Math.min(ahi, bhi - 1) : bhi - 1);
  };
}

function and(wide: boolean): Transfer {
  return (out, alo, ahi, blo, bhi) => {
    if (alo < 0 && blo < 0) return out.full(wide);
    out.close(wide, 0, Math.min(alo >= 0 ? ahi : Number.POSITIVE_INFINITY, blo >= 0 ? bhi : Number.POSITIVE_INFINITY));
  };
}

/** `or` and `xor` of two that are not negative have no bit above the highest of both. */
function or(wide: boolean): Transfer {
  return (out, alo, ahi, blo, bhi) => {
    if (alo < 0 || blo < 0) return out.full(wide);
    const most = Math.max(ahi, bhi);
    let power = 1;
    while (power <= most && power < EXACT) power *= 2;
    out.close(wide, 0, power <= most ? Number.POSITIVE_INFINITY : power - 1);
  };
}

function shiftLeft(wide: boolean): Transfer {
  const times = mul(wide, true);
  return (out, alo, ahi, blo, bhi, clo, chi) => {
    if (blo !== bhi || blo < 0 || blo > 62) return out.full(wide);
    times(out, alo, ahi, 2 ** blo, 2 ** blo, clo, chi);
  };
}

function shiftRight(wide: boolean): Transfer {
  const end = wide ? 2 ** 63 : 2 ** 31;
  return (out, alo, ahi, blo, bhi) => {
    if (blo !== bhi || blo < 0 || blo > (wide ? 63 : 31)) return out.close(wide, Math.min(alo, 0), Math.max(ahi, 0));
    const lo = Math.max(alo, -end);
    const hi = Math.min(ahi, end - 1);
    out.close(wide, Math.floor(lo / 2 ** blo), Math.floor(hi / 2 ** blo));
  };
}

function shiftRightUnsigned(wide: boolean): Transfer {
  const signed = shiftRight(wide);
  return (out, alo, ahi, blo, bhi, clo, chi) => {
    if (alo >= 0) signed(out, alo, ahi, blo, bhi, clo, chi);
    else if (blo >= 1 && bhi <= (wide ? 63 : 31)) out.close(wide, 0, 2 ** ((wide ? 64 : 32) - blo) - 1);
    else out.full(wide);
  };
}

function compare(order: string): Transfer {
  return (out, alo, ahi, blo, bhi) => {
    const outcome = decide(order, alo, ahi, blo, bhi);
    out.set(outcome === 1 ? 1 : 0, outcome === 0 ? 0 : 1);
  };
}

const select: Transfer = (out, alo, ahi, blo, bhi, clo, chi) => {
  if (alo === 0 && ahi === 0) out.set(clo, chi);
  else if (alo > 0 || ahi < 0) out.set(blo, bhi);
  else out.set(Math.min(blo, clo), Math.max(bhi, chi));
};

const fromUnsigned: Transfer = (out, alo, ahi) => {
  if (alo >= 0) out.set(alo, ahi);
  else if (ahi < 0) out.set(alo + 2 ** 32, ahi + 2 ** 32);
  else out.set(0, 2 ** 32 - 1);
};

const narrow: Transfer = (out, alo, ahi) => {
  if (alo >= MIN32 && ahi <= MAX32) out.set(alo, ahi);
  else out.full(false);
};

const isZero: Transfer = (out, alo, ahi) => {
  if (alo === 0 && ahi === 0) out.set(1, 1);
  else if (alo > 0 || ahi < 0) out.set(0, 0);
  else out.set(0, 1);
};

const truth: Transfer = (out) => out.set(0, 1);

function rows(): Map<OpName, Transfer> {
  const table = new Map<OpName, Transfer>([
    ['eqz.i32', isZero],
    ['select.i32', select],
    ['select.i64', select],
    ['i64.from.i32', (out, alo, ahi) => out.set(alo, ahi)],
    ['i64.from.u32', fromUnsigned],
    ['i32.from.i64', narrow],
    ['is', truth],
    ['closure.has', truth],
    ['closure.is', truth],
    ['eq.ref', truth],
    ['eq.f64', truth],
    ['ne.f64', truth],
    ['lt.f64', truth],
    ['le.f64', truth],
  ]);
  for (const w of ['i32', 'i64'] as const) {
    const wide = w === 'i64';
    table.set(`add.${w}`, add(wide, true)).set(`addc.${w}`, add(wide, false));
    table.set(`sub.${w}`, sub(wide, true)).set(`subc.${w}`, sub(wide, false));
    table.set(`mul.${w}`, mul(wide, true)).set(`mulc.${w}`, mul(wide, false));
    table.set(`div_s.${w}`, divide(wide)).set(`rem_s.${w}`, remainder(wide));
    table.set(`div_u.${w}`, divideUnsigned(wide)).set(`rem_u.${w}`, remainderUnsigned(wide));
    table.set(`and.${w}`, and(wide)).set(`or.${w}`, or(wide)).set(`xor.${w}`, or(wide));
    table.set(`shl.${w}`, shiftLeft(wide)).set(`shr_s.${w}`, shiftRight(wide));
    table.set(`shr_u.${w}`, shiftRightUnsigned(wide));
    for (const order of ['eq', 'ne', 'lt_s', 'le_s', 'lt_u', 'le_u'] as const)
      table.set(`${order}.${w}`, compare(order));
  }
  return table;
}

const TRANSFERS: ReadonlyMap<OpName, Transfer> = rows();
