/**
 * Algebraic rewrites as data: pattern, replacement, and a condition where one is needed. `simplify.ts` applies them.
 *
 * A pattern is an operation applied to operands: another operation, a lower-case letter (any value; twice: the same value), a number (that
 * constant), or a capital letter (any constant, which `when` and `make` see). `W` in an operation's name stands for i32 and i64, and
 * rules are written once for both. A replacement must not fail where the pattern does not, nor the other way round.
 */
import { i32, i64 } from '../base/scalar.ts';
import type { Scalar } from '../ir/ops.ts';

/** By name; a namespace as a value would make the bundler load its helper at every start. */
const scalar = { i32, i64 };

export interface Rule {
  readonly from: string;
  readonly to: string;
  /** On the constants named by capital letters. */
  readonly when?: (constants: Readonly<Record<string, Scalar>>) => boolean;
  /** Values of capital letters that stand only in the replacement. */
  readonly make?: (constants: Readonly<Record<string, Scalar>>) => Readonly<Record<string, Scalar>>;
}

type Constants = Readonly<Record<string, Scalar>>;

function isPowerOfTwo(value: Scalar | undefined): boolean {
  const wide = BigInt(value ?? 0);
  return wide > 1n && (wide & (wide - 1n)) === 0n;
}

/** The exponent of a power of two, in the type of the constant. */
function log2(value: Scalar | undefined): Scalar {
  const exponent = BigInt(value ?? 0).toString(2).length - 1;
  return typeof value === 'bigint' ? BigInt(exponent) : exponent;
}

function sum(a: Scalar | undefined, b: Scalar | undefined): Scalar {
  return typeof a === 'bigint' ? scalar.i64.add(a, b as bigint) : scalar.i32.add(a as number, b as number);
}

function difference(a: Scalar | undefined, b: Scalar | undefined): Scalar {
  return typeof a === 'bigint' ? scalar.i64.sub(a, b as bigint) : scalar.i32.sub(a as number, b as number);
}

const COMMUTATIVE = ['add', 'mul', 'addc', 'mulc', 'and', 'or', 'xor', 'eq', 'ne'];

export const RULES: readonly Rule[] = [
  // C + x = x + C, so that the other rules need only look to the right (x itself is no constant then)
  ...COMMUTATIVE.map((op) => ({ from: `${op}.W(C, x)`, to: `${op}.W(x, C)` })),

  // x + 0 = x - 0 = x
  { from: 'add.W(x, 0)', to: 'x' },
  { from: 'sub.W(x, 0)', to: 'x' },
  { from: 'addc.W(x, 0)', to: 'x' },
  { from: 'subc.W(x, 0)', to: 'x' },
  // x - x = 0
  { from: 'sub.W(x, x)', to: '0' },
  { from: 'subc.W(x, x)', to: '0' },
  // (x + C) + D = x + (C + D), wrapping
  { from: 'add.W(add.W(x, C), D)', to: 'add.W(x, E)', make: ({ C, D }: Constants) => ({ E: sum(C, D) }) },
  // x - C = x + -C, wrapping
  { from: 'sub.W(add.W(x, C), D)', to: 'add.W(x, E)', make: ({ C, D }: Constants) => ({ E: difference(C, D) }) },
  // x * 1 = x, x * 0 = 0
  { from: 'mul.W(x, 1)', to: 'x' },
  { from: 'mulc.W(x, 1)', to: 'x' },
  { from: 'mul.W(x, 0)', to: '0' },
  { from: 'mulc.W(x, 0)', to: '0' },
  // x * 2^k = x << k, wrapping
  {
    from: 'mul.W(x, C)',
    to: 'shl.W(x, K)',
    when: ({ C }) => isPowerOfTwo(C),
    make: ({ C }: Constants) => ({ K: log2(C) }),
  },
  // x / 1 = x, x % 1 = 0
  { from: 'div_s.W(x, 1)', to: 'x' },
  { from: 'div_u.W(x, 1)', to: 'x' },
  { from: 'rem_s.W(x, 1)', to: '0' },
  { from: 'rem_u.W(x, 1)', to: '0' },
  // unsigned x / 2^k = x >> k, x % 2^k = x & (2^k - 1)
  {
    from: 'div_u.W(x, C)',
    to: 'shr_u.W(x, K)',
    when: ({ C }) => isPowerOfTwo(C),
    make: ({ C }: Constants) => ({ K: log2(C) }),
  },
  {
    from: 'rem_u.W(x, C)',
    to: 'and.W(x, M)',
    when: ({ C }) => isPowerOfTwo(C),
    make: ({ C }: Constants) => ({ M: typeof C === 'bigint' ? C - 1n : (C as number) - 1 }),
  },

  // x & x = x | x = x, x ^ x = 0
  { from: 'and.W(x, x)', to: 'x' },
  { from: 'or.W(x, x)', to: 'x' },
  { from: 'xor.W(x, x)', to: '0' },
  // x & 0 = 0, x & -1 = x, x | 0 = x, x ^ 0 = x
  { from: 'and.W(x, 0)', to: '0' },
  { from: 'and.W(x, -1)', to: 'x' },
  { from: 'or.W(x, 0)', to: 'x' },
  { from: 'or.W(x, -1)', to: '-1' },
  { from: 'xor.W(x, 0)', to: 'x' },
  // ~~x = x
  { from: 'xor.W(xor.W(x, -1), -1)', to: 'x' },
  // x << 0 = x >> 0 = x
  { from: 'shl.W(x, 0)', to: 'x' },
  { from: 'shr_s.W(x, 0)', to: 'x' },
  { from: 'shr_u.W(x, 0)', to: 'x' },

  // x = x, not x < x
  { from: 'eq.W(x, x)', to: '1' },
  { from: 'eq.ref(x, x)', to: '1' },
  { from: 'ne.W(x, x)', to: '0' },
  { from: 'lt_s.W(x, x)', to: '0' },
  { from: 'lt_u.W(x, x)', to: '0' },
  { from: 'le_s.W(x, x)', to: '1' },
  { from: 'le_u.W(x, x)', to: '1' },
  // not x <u 0, 0 <=u x
  { from: 'lt_u.W(x, 0)', to: '0' },
  { from: 'le_u.W(0, x)', to: '1' },
  // not (x = y) is x != y; not (x < y) is y <= x, for integers
  { from: 'eqz.i32(eq.W(x, y))', to: 'ne.W(x, y)' },
  { from: 'eqz.i32(ne.W(x, y))', to: 'eq.W(x, y)' },
  { from: 'eqz.i32(lt_s.W(x, y))', to: 'le_s.W(y, x)' },
  { from: 'eqz.i32(le_s.W(x, y))', to: 'lt_s.W(y, x)' },
  { from: 'eqz.i32(lt_u.W(x, y))', to: 'le_u.W(y, x)' },
  { from: 'eqz.i32(le_u.W(x, y))', to: 'lt_u.W(y, x)' },
  // doubles: only equality has a complement, because of NaN
  { from: 'eqz.i32(eq.f64(x, y))', to: 'ne.f64(x, y)' },
  { from: 'eqz.i32(ne.f64(x, y))', to: 'eq.f64(x, y)' },
  // not not not x = not x
  { from: 'eqz.i32(eqz.i32(eqz.i32(x)))', to: 'eqz.i32(x)' },
  // x = 0 is not x
  { from: 'eq.i32(x, 0)', to: 'eqz.i32(x)' },
  // not x != 0 is not x
  { from: 'ne.i32(eqz.i32(x), 0)', to: 'eqz.i32(x)' },

  // c ? x : x = x
  { from: 'select.W(c, x, x)', to: 'x' },

  // widening and back
  { from: 'i32.from.i64(i64.from.i32(x))', to: 'x' },
  { from: 'i32.from.i64(i64.from.u32(x))', to: 'x' },
  // comparing what was widened is comparing before
  { from: 'eq.i64(i64.from.i32(x), i64.from.i32(y))', to: 'eq.i32(x, y)' },
  { from: 'ne.i64(i64.from.i32(x), i64.from.i32(y))', to: 'ne.i32(x, y)' },
  { from: 'lt_s.i64(i64.from.i32(x), i64.from.i32(y))', to: 'lt_s.i32(x, y)' },
  { from: 'le_s.i64(i64.from.i32(x), i64.from.i32(y))', to: 'le_s.i32(x, y)' },
  { from: 'eq.i64(i64.from.u32(x), i64.from.u32(y))', to: 'eq.i32(x, y)' },
  { from: 'lt_s.i64(i64.from.u32(x), i64.from.u32(y))', to: 'lt_u.i32(x, y)' },
  { from: 'le_s.i64(i64.from.u32(x), i64.from.u32(y))', to: 'le_u.i32(x, y)' },

  // an integer is 0 exactly if it is so as a double
  { from: 'eq.f64(f64.from.i32(x), 0)', to: 'eqz.i32(x)' },
  { from: 'eq.f64(f64.from.u32(x), 0)', to: 'eqz.i32(x)' },
  { from: 'eq.f64(f64.from.i64(x), 0)', to: 'eq.i64(x, 0)' },
  { from: 'eq.f64(f64.from.u64(x), 0)', to: 'eq.i64(x, 0)' },

  // - - x = x
  { from: 'neg.f64(neg.f64(x))', to: 'x' },
  // x * 1 = x, x / 1 = x, exactly
  { from: 'mul.f64(x, 1)', to: 'x' },
  { from: 'div.f64(x, 1)', to: 'x' },
];
