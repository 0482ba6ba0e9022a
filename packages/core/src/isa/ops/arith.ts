/**
 * Arithmetic on integers and floats. An `.imm` form takes a signed 8-bit constant as its right operand.
 *
 * Overflow tests follow the measurements in the design: sign test by exclusive or for sums and differences, one comparison for a sum with a
 * constant that is known when code is written, widening for 32-bit products, and for 64-bit products a fast path for two operands
 * below 2^31 with a division as check behind it. After Henry S. Warren, "Hacker's Delight", section 2-13.
 */
import * as scalar from '../../base/scalar.ts';
import type { I32, I64 } from '../../wasm/code-writer.ts';
import type { Emitter } from '../emitter.ts';
import { pure, trapping, valueOp, type OpcodeDef, type OpcodeGroup, type Placement } from '../opcode.ts';
import { def, imm, use, useWord } from '../operand.ts';

interface Form {
  readonly traps?: boolean;
  /** With a form whose right operand is a constant. */
  readonly imm?: boolean;
  readonly place?: Placement;
  /** Of the form with a constant. */
  readonly immPlace?: Placement;
}

interface Forms {
  readonly plain: OpcodeDef;
  readonly withConstant: OpcodeDef | null;
}

const forms = (all: readonly Forms[]): OpcodeDef[] => {
  const defs: OpcodeDef[] = [];
  for (const { plain, withConstant } of all) {
    defs.push(plain);
    if (withConstant !== null) defs.push(withConstant);
  }
  return defs;
};

/** One row of integer arithmetic and its `.imm` form; `fold` and `emit` take operands of the kind. */
function integerOp(
  kind: 'i32' | 'i64',
  name: string,
  doc: string,
  form: Form,
  fold: (lhs: never, rhs: never) => number | bigint | undefined,
  emit: (w: Emitter, lhs: never, rhs: never) => I32 | I64,
): Forms {
  const operands = { dst: def(kind), lhs: use(kind), rhs: use(kind) };
  const common = {
    traits: form.traps ? trapping : pure,
    fold: ({ lhs, rhs }: Pair<number | bigint>) => fold(lhs as never, rhs as never),
    emit: (w: Emitter, { lhs, rhs }: Pair<I32 | I64>) => emit(w, lhs as never, rhs as never),
  };
  const plain = valueOp({ ...common, name, doc: `dst := ${doc}`, operands, place: form.place ?? 'inline' });
  const withConstant = form.imm
    ? valueOp({
        ...common,
        name: `${name}.imm`,
        doc: `dst := ${doc}, with a small constant`,
        operands: { ...operands, rhs: imm(kind, 's8') },
        place: form.immPlace ?? 'inline',
        ir: [name],
      })
    : null;
  return { plain, withConstant };
}

interface Pair<T> {
  readonly lhs: T;
  readonly rhs: T;
}

const i32Op = (
  name: `${string}.i32`,
  doc: string,
  form: Form,
  fold: (lhs: number, rhs: number) => number | undefined,
  emit: (w: Emitter, lhs: I32, rhs: I32) => I32,
): Forms => integerOp('i32', name, doc, form, fold, emit);

const i64Op = (
  name: `${string}.i64`,
  doc: string,
  form: Form,
  fold: (lhs: bigint, rhs: bigint) => bigint | undefined,
  emit: (w: Emitter, lhs: I64, rhs: I64) => I64,
): Forms => integerOp('i64', name, doc, form, fold, emit);

const s32 = scalar.i32;
const s64 = scalar.i64;
const MIN32 = -0x8000_0000;
const MIN64 = -(1n << 63n);

const checked = { traps: true, imm: true } as const;

/** Whether a sum with a constant overflowed: then it lies on the wrong side of the other operand. Null: the constant is not known. */
function wentWrong<T>(constant: number | undefined, ops: { ltS(a: T, b: T): I32 }, other: T, sum: T): I32 | null {
  if (constant === undefined) return null;
  return constant < 0 ? ops.ltS(other, sum) : ops.ltS(sum, other);
}

const sums32: OpcodeGroup = () =>
  forms([
    i32Op('add.i32', 'lhs + rhs, wrapping', { imm: true }, s32.add, (w, a, b) => w.i32.add(a, b)),
    i32Op('sub.i32', 'lhs - rhs, wrapping', {}, s32.sub, (w, a, b) => w.i32.sub(a, b)),
    i32Op('mul.i32', 'lhs * rhs, wrapping', { imm: true }, s32.mul, (w, a, b) => w.i32.mul(a, b)),
    i32Op('addc.i32', 'lhs + rhs, overflow traps', checked, s32.addChecked, (w, lhs, rhs) => {
      const a = w.let('i32', lhs);
      const b = w.let('i32', rhs);
      const sum = w.let('i32', w.i32.add(a, b));
      const signs = (): I32 => w.i32.ltS(w.i32.and(w.i32.xor(a, sum), w.i32.xor(b, sum)), w.i32.const(0));
      w.trapIf(wentWrong(b.known, w.i32, a, sum) ?? signs(), 'integerOverflow');
      return sum;
    }),
    i32Op('subc.i32', 'lhs - rhs, overflow traps', { traps: true }, s32.subChecked, (w, lhs, rhs) => {
      const a = w.let('i32', lhs);
      const b = w.let('i32', rhs);
      const difference = w.let('i32', w.i32.sub(a, b));
      w.trapIf(w.i32.ltS(w.i32.and(w.i32.xor(a, b), w.i32.xor(a, difference)), w.i32.const(0)), 'integerOverflow');
      return difference;
    }),
    i32Op('mulc.i32', 'lhs * rhs, overflow traps', checked, s32.mulChecked, (w, a, b) => {
      const product = w.let('i64', w.i64.mul(w.i64.extendS(a), w.i64.extendS(b)));
      const low = w.let('i32', w.i32.wrap(product));
      w.trapIf(w.i64.ne(w.i64.extendS(low), product), 'integerOverflow');
      return low;
    }),
  ]);

const quotients32: OpcodeGroup = () =>
  forms([
    i32Op('div_s.i32', 'lhs / rhs toward zero', checked, s32.divS, (w, lhs, rhs) => {
      const a = w.let('i32', lhs);
      const b = w.let('i32', rhs);
      w.trapIf(w.i32.eqz(b), 'divisionByZero');
      w.trapIf(w.i32.and(w.i32.eq(b, w.i32.const(-1)), w.i32.eq(a, w.i32.const(MIN32))), 'integerOverflow');
      return w.i32.divS(a, b);
    }),
    i32Op('rem_s.i32', 'lhs % rhs with the sign of lhs', checked, s32.remS, (w, a, rhs) => {
      const b = w.let('i32', rhs);
      w.trapIf(w.i32.eqz(b), 'divisionByZero');
      return w.i32.remS(a, b);
    }),
    i32Op('div_u.i32', 'lhs / rhs, unsigned', { traps: true, place: 'outside' }, s32.divU, (w, a, rhs) => {
      const b = w.let('i32', rhs);
      w.trapIf(w.i32.eqz(b), 'divisionByZero');
      return w.i32.divU(a, b);
    }),
    i32Op('rem_u.i32', 'lhs % rhs, unsigned', { traps: true, place: 'outside' }, s32.remU, (w, a, rhs) => {
      const b = w.let('i32', rhs);
      w.trapIf(w.i32.eqz(b), 'divisionByZero');
      return w.i32.remU(a, b);
    }),
  ]);

const bits32: OpcodeGroup = () =>
  forms([
    i32Op('and.i32', 'lhs & rhs', { imm: true }, s32.and, (w, a, b) => w.i32.and(a, b)),
    i32Op('or.i32', 'lhs | rhs', { imm: true }, s32.or, (w, a, b) => w.i32.or(a, b)),
    i32Op('xor.i32', 'lhs ^ rhs', { imm: true }, s32.xor, (w, a, b) => w.i32.xor(a, b)),
    i32Op('shl.i32', 'lhs << rhs, rhs below 32', { imm: true }, s32.shl, (w, a, b) => w.i32.shl(a, b)),
    i32Op('shr_s.i32', 'lhs >> rhs, rhs below 32', { imm: true }, s32.shrS, (w, a, b) => w.i32.shrS(a, b)),
    i32Op('shr_u.i32', 'lhs >>> rhs, rhs below 32', { imm: true }, s32.shrU, (w, a, b) => w.i32.shrU(a, b)),
  ]);

const sums64: OpcodeGroup = () =>
  forms([
    i64Op('add.i64', 'lhs + rhs, wrapping', { imm: true, immPlace: 'hot' }, s64.add, (w, a, b) => w.i64.add(a, b)),
    i64Op('sub.i64', 'lhs - rhs, wrapping', {}, s64.sub, (w, a, b) => w.i64.sub(a, b)),
    i64Op('mul.i64', 'lhs * rhs, wrapping', { imm: true }, s64.mul, (w, a, b) => w.i64.mul(a, b)),
    i64Op(
      'addc.i64',
      'lhs + rhs, overflow traps',
      { ...checked, place: 'hot', immPlace: 'hot' },
      s64.addChecked,
      (w, lhs, rhs) => {
        const a = w.let('i64', lhs);
        const b = w.let('i64', rhs);
        const sum = w.let('i64', w.i64.add(a, b));
        const signs = (): I32 => w.i64.ltS(w.i64.and(w.i64.xor(a, sum), w.i64.xor(b, sum)), w.i64.const(0n));
        w.trapIf(wentWrong(b.known, w.i64, a, sum) ?? signs(), 'integerOverflow');
        return sum;
      },
    ),
    i64Op('subc.i64', 'lhs - rhs, overflow traps', { traps: true, place: 'hot' }, s64.subChecked, (w, lhs, rhs) => {
      const a = w.let('i64', lhs);
      const b = w.let('i64', rhs);
      const difference = w.let('i64', w.i64.sub(a, b));
      w.trapIf(w.i64.ltS(w.i64.and(w.i64.xor(a, b), w.i64.xor(a, difference)), w.i64.const(0n)), 'integerOverflow');
      return difference;
    }),
    i64Op('mulc.i64', 'lhs * rhs, overflow traps', { ...checked, place: 'hot' }, s64.mulChecked, (w, lhs, rhs) => {
      const a = w.let('i64', lhs);
      const b = w.let('i64', rhs);
      const product = w.let('i64', w.i64.mul(a, b));
      w.if(w.i64.ne(w.i64.shrU(w.i64.or(a, b), w.i64.const(31n)), w.i64.const(0n)), () => {
        // Leading bits of both that only repeat the sign: from 66 on the product has no more than 63 bits.
        const repeated = (value: I64): I64 => w.i64.clz(w.i64.xor(value, w.i64.shrS(value, w.i64.const(63n))));
        const spare = w.let('i64', w.i64.add(repeated(a), repeated(b)));
        w.if(w.i64.ltU(spare, w.i64.const(66n)), () => {
          // With 65 it is at most 2^63, which shows as a negative number of two that have one sign. With less neither is 0 or -1, so that
          // the product over one gives the other back unless it overflowed; dividing takes long.
          const sameSign = w.i64.xor(w.i64.xor(a, b), w.i64.const(-1n));
          const wrong = w.choose(
            'i32',
            w.i64.ltU(spare, w.i64.const(65n)),
            () => w.i64.ne(w.i64.divS(product, a), b),
            () => w.i64.ltS(w.i64.and(product, sameSign), w.i64.const(0n)),
          );
          w.trapIf(wrong, 'integerOverflow');
        });
      });
      return product;
    }),
  ]);

const quotients64: OpcodeGroup = () =>
  forms([
    i64Op('div_s.i64', 'lhs / rhs toward zero', checked, s64.divS, (w, lhs, rhs) => {
      const a = w.let('i64', lhs);
      const b = w.let('i64', rhs);
      w.trapIf(w.i64.eqz(b), 'divisionByZero');
      w.trapIf(w.i32.and(w.i64.eq(b, w.i64.const(-1n)), w.i64.eq(a, w.i64.const(MIN64))), 'integerOverflow');
      return w.i64.divS(a, b);
    }),
    i64Op('rem_s.i64', 'lhs % rhs with the sign of lhs', { ...checked, place: 'hot' }, s64.remS, (w, lhs, rhs) => {
      const a = w.let('i64', lhs);
      const b = w.let('i64', rhs);
      w.trapIf(w.i64.eqz(b), 'divisionByZero');
      return w.i64.remS(a, b);
    }),
    i64Op('div_u.i64', 'lhs / rhs, unsigned', { traps: true, place: 'outside' }, s64.divU, (w, a, rhs) => {
      const b = w.let('i64', rhs);
      w.trapIf(w.i64.eqz(b), 'divisionByZero');
      return w.i64.divU(a, b);
    }),
    i64Op('rem_u.i64', 'lhs % rhs, unsigned', { traps: true, place: 'outside' }, s64.remU, (w, a, rhs) => {
      const b = w.let('i64', rhs);
      w.trapIf(w.i64.eqz(b), 'divisionByZero');
      return w.i64.remU(a, b);
    }),
  ]);

const bits64: OpcodeGroup = () =>
  forms([
    i64Op('and.i64', 'lhs & rhs', { imm: true }, s64.and, (w, a, b) => w.i64.and(a, b)),
    i64Op('or.i64', 'lhs | rhs', { imm: true }, s64.or, (w, a, b) => w.i64.or(a, b)),
    i64Op('xor.i64', 'lhs ^ rhs', { imm: true }, s64.xor, (w, a, b) => w.i64.xor(a, b)),
    i64Op('shl.i64', 'lhs << rhs, rhs below 64', { imm: true }, s64.shl, (w, a, b) => w.i64.shl(a, b)),
    i64Op('shr_s.i64', 'lhs >> rhs, rhs below 64', { imm: true }, s64.shrS, (w, a, b) => w.i64.shrS(a, b)),
    i64Op('shr_u.i64', 'lhs >>> rhs, rhs below 64', { imm: true }, s64.shrU, (w, a, b) => w.i64.shrU(a, b)),
  ]);

const twoFloats = { dst: def('f64'), lhs: use('f64'), rhs: use('f64') } as const;

const floats: OpcodeGroup = () => [
  valueOp({
    name: 'add.f64',
    doc: 'dst := lhs + rhs',
    operands: twoFloats,
    place: 'hot',
    fold: ({ lhs, rhs }) => scalar.f64.add(lhs, rhs),
    emit: (w, { lhs, rhs }) => w.f64.add(lhs, rhs),
  }),
  valueOp({
    name: 'sub.f64',
    doc: 'dst := lhs - rhs',
    operands: twoFloats,
    place: 'hot',
    fold: ({ lhs, rhs }) => scalar.f64.sub(lhs, rhs),
    emit: (w, { lhs, rhs }) => w.f64.sub(lhs, rhs),
  }),
  valueOp({
    name: 'mul.f64',
    doc: 'dst := lhs * rhs',
    operands: twoFloats,
    place: 'hot',
    fold: ({ lhs, rhs }) => scalar.f64.mul(lhs, rhs),
    emit: (w, { lhs, rhs }) => w.f64.mul(lhs, rhs),
  }),
  valueOp({
    name: 'div.f64',
    doc: 'dst := lhs / rhs, IEEE',
    operands: twoFloats,
    fold: ({ lhs, rhs }) => scalar.f64.div(lhs, rhs),
    emit: (w, { lhs, rhs }) => w.f64.div(lhs, rhs),
  }),
  valueOp({
    name: 'neg.f64',
    doc: 'dst := src with the other sign',
    operands: { dst: def('f64'), src: use('f64') },
    fold: ({ src }) => scalar.f64.neg(src),
    emit: (w, { src }) => w.f64.neg(src),
  }),
];

const logic: OpcodeGroup = () => [
  valueOp({
    name: 'eqz.i32',
    doc: 'dst := 1 if src is 0, else 0',
    operands: { dst: def('i32'), src: use('i32') },
    fold: ({ src }) => scalar.i32.eqz(src),
    emit: (w, { src }) => w.i32.eqz(src),
  }),
  valueOp({
    name: 'select',
    doc: 'dst := then if the condition is not 0, else the other; slots of any kind',
    operands: { dst: def('slot'), condition: use('i32'), then: use('slot'), otherwise: useWord('slot') },
    ir: ['select.i32', 'select.i64'],
    fold: ({ condition, then, otherwise }) => (condition !== 0 ? then : otherwise),
    emit: (w, { condition, then, otherwise }) => w.select(condition, then, otherwise),
  }),
];

export const arith: readonly OpcodeGroup[] = [sums32, quotients32, bits32, sums64, quotients64, bits64, floats, logic];
