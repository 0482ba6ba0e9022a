/**
 * The numeric instructions of WebAssembly as typed functions from expressions to expressions.
 */
import type { ByteBuffer } from './byte-buffer.ts';
import type { Expr, F64, I32, I64 } from './code-writer.ts';
import type { WasmType } from './types.ts';

interface Integer<T extends WasmType> {
  add(a: Expr<T>, b: Expr<T>): Expr<T>;
  sub(a: Expr<T>, b: Expr<T>): Expr<T>;
  mul(a: Expr<T>, b: Expr<T>): Expr<T>;
  divS(a: Expr<T>, b: Expr<T>): Expr<T>;
  divU(a: Expr<T>, b: Expr<T>): Expr<T>;
  remS(a: Expr<T>, b: Expr<T>): Expr<T>;
  remU(a: Expr<T>, b: Expr<T>): Expr<T>;
  and(a: Expr<T>, b: Expr<T>): Expr<T>;
  or(a: Expr<T>, b: Expr<T>): Expr<T>;
  xor(a: Expr<T>, b: Expr<T>): Expr<T>;
  shl(a: Expr<T>, b: Expr<T>): Expr<T>;
  shrS(a: Expr<T>, b: Expr<T>): Expr<T>;
  shrU(a: Expr<T>, b: Expr<T>): Expr<T>;
  eq(a: Expr<T>, b: Expr<T>): I32;
  ne(a: Expr<T>, b: Expr<T>): I32;
  ltS(a: Expr<T>, b: Expr<T>): I32;
  leS(a: Expr<T>, b: Expr<T>): I32;
  gtS(a: Expr<T>, b: Expr<T>): I32;
  geS(a: Expr<T>, b: Expr<T>): I32;
  ltU(a: Expr<T>, b: Expr<T>): I32;
  leU(a: Expr<T>, b: Expr<T>): I32;
  gtU(a: Expr<T>, b: Expr<T>): I32;
  geU(a: Expr<T>, b: Expr<T>): I32;
  eqz(a: Expr<T>): I32;
}

export interface I32Ops extends Integer<'i32'> {
  const(value: number): I32;
  wrap(a: I64): I32;
  /** The caller has made sure that the value is in range. */
  truncS(a: F64): I32;
  truncU(a: F64): I32;
}

export interface I64Ops extends Integer<'i64'> {
  const(value: bigint): I64;
  clz(a: I64): I64;
  extendS(a: I32): I64;
  extendU(a: I32): I64;
  truncS(a: F64): I64;
  truncU(a: F64): I64;
  bits(a: F64): I64;
}

export interface F64Ops {
  const(value: number): F64;
  add(a: F64, b: F64): F64;
  sub(a: F64, b: F64): F64;
  mul(a: F64, b: F64): F64;
  div(a: F64, b: F64): F64;
  neg(a: F64): F64;
  eq(a: F64, b: F64): I32;
  ne(a: F64, b: F64): I32;
  lt(a: F64, b: F64): I32;
  le(a: F64, b: F64): I32;
  gt(a: F64, b: F64): I32;
  ge(a: F64, b: F64): I32;
  fromI32S(a: I32): F64;
  fromI32U(a: I32): F64;
  fromI64S(a: I64): F64;
  fromI64U(a: I64): F64;
  fromBits(a: I64): F64;
}

type Any = Expr<WasmType>;

/** Where instructions are written. The operations are on prototypes: a module has a writer for each function. */
class Target {
  readonly out: ByteBuffer;

  constructor(out: ByteBuffer) {
    this.out = out;
  }
}

function unary(opcode: number) {
  return function (this: Target, a: Any) {
    const { out } = this;
    return () => {
      a();
      out.u8(opcode);
    };
  };
}

function binary(opcode: number) {
  return function (this: Target, a: Any, b: Any) {
    const { out } = this;
    return () => {
      a();
      b();
      out.u8(opcode);
    };
  };
}

function constant32(this: Target, value: number): I32 {
  const { out } = this;
  return Object.assign(
    () => {
      out.u8(0x41);
      out.s32(value);
    },
    { known: value | 0 },
  );
}

/** Sizes and addresses are put together of constants; machine code is written while somebody waits. */
function folding(opcode: number, fold: (a: number, b: number) => number) {
  const write = binary(opcode);
  return function (this: Target, a: I32, b: I32): I32 {
    if (a.known === undefined || b.known === undefined) return write.call(this, a, b);
    return constant32.call(this, fold(a.known, b.known));
  };
}

/** The same for one operand of either size. */
function foldingUnary(opcode: number, fold: (a: number) => number) {
  const write = unary(opcode);
  return function (this: Target, a: Any): I32 {
    return a.known === undefined ? write.call(this, a) : constant32.call(this, fold(a.known));
  };
}

/** Each row of the specification's opcode table is contiguous for a type, in this order. */
const integer = (compare: number, arith: number) => ({
  eqz: foldingUnary(compare, (a) => (a === 0 ? 1 : 0)),
  eq: binary(compare + 1),
  ne: binary(compare + 2),
  ltS: binary(compare + 3),
  ltU: binary(compare + 4),
  gtS: binary(compare + 5),
  gtU: binary(compare + 6),
  leS: binary(compare + 7),
  leU: binary(compare + 8),
  geS: binary(compare + 9),
  geU: binary(compare + 10),
  add: binary(arith),
  sub: binary(arith + 1),
  mul: binary(arith + 2),
  divS: binary(arith + 3),
  divU: binary(arith + 4),
  remS: binary(arith + 5),
  remU: binary(arith + 6),
  and: binary(arith + 7),
  or: binary(arith + 8),
  xor: binary(arith + 9),
  shl: binary(arith + 10),
  shrS: binary(arith + 11),
  shrU: binary(arith + 12),
});

class Int32 extends Target {}
Object.assign(Int32.prototype, integer(0x45, 0x6a), {
  add: folding(0x6a, (a, b) => (a + b) | 0),
  sub: folding(0x6b, (a, b) => (a - b) | 0),
  or: folding(0x72, (a, b) => a | b),
  shl: folding(0x74, (a, b) => a << b),
  shrU: folding(0x76, (a, b) => (a >>> b) | 0),
  const: constant32,
  wrap: foldingUnary(0xa7, (a) => a),
  truncS: unary(0xaa),
  truncU: unary(0xab),
});

class Int64 extends Target {}
Object.assign(Int64.prototype, integer(0x50, 0x7c), {
  const(this: Target, value: bigint) {
    const { out } = this;
    const write = (): void => {
      out.u8(0x42);
      out.s64(value);
    };
    const known = Number(value);
    return known === (known | 0) ? Object.assign(write, { known }) : write;
  },
  clz: unary(0x79),
  extendS: unary(0xac),
  extendU: unary(0xad),
  truncS: unary(0xb0),
  truncU: unary(0xb1),
  bits: unary(0xbd),
});

class Float64 extends Target {}
Object.assign(Float64.prototype, {
  const(this: Target, value: number) {
    const { out } = this;
    return () => {
      out.u8(0x44);
      out.f64(value);
    };
  },
  eq: binary(0x61),
  ne: binary(0x62),
  lt: binary(0x63),
  gt: binary(0x64),
  le: binary(0x65),
  ge: binary(0x66),
  neg: unary(0x9a),
  add: binary(0xa0),
  sub: binary(0xa1),
  mul: binary(0xa2),
  div: binary(0xa3),
  fromI32S: unary(0xb7),
  fromI32U: unary(0xb8),
  fromI64S: unary(0xb9),
  fromI64U: unary(0xba),
  fromBits: unary(0xbf),
});

/** The operations of one function's writer; the prototypes have what the interfaces say. */
export function makeNumeric(out: ByteBuffer): { readonly i32: I32Ops; readonly i64: I64Ops; readonly f64: F64Ops } {
  return {
    i32: new Int32(out) as unknown as I32Ops,
    i64: new Int64(out) as unknown as I64Ops,
    f64: new Float64(out) as unknown as F64Ops,
  };
}
