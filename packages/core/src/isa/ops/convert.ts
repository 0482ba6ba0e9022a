/**
 * Conversions between machine kinds. Those from f64 trap outside the range of the target; NaN is outside every range.
 */
import { convert as meaning } from '../../base/scalar.ts';
import { trapping, valueOp, type OpcodeGroup } from '../opcode.ts';
import { def, use } from '../operand.ts';

const i32ToI64 = { dst: def('i64'), src: use('i32') } as const;
const i32ToF64 = { dst: def('f64'), src: use('i32') } as const;
const i64ToF64 = { dst: def('f64'), src: use('i64') } as const;
const f64ToI32 = { dst: def('i32'), src: use('f64') } as const;
const f64ToI64 = { dst: def('i64'), src: use('f64') } as const;

const all: OpcodeGroup = () => [
  valueOp({
    name: 'i64.from.i32',
    doc: 'dst := src, sign-extended',
    operands: i32ToI64,
    fold: ({ src }) => meaning.i64FromI32(src),
    emit: (w, { src }) => w.i64.extendS(src),
  }),
  valueOp({
    name: 'i64.from.u32',
    doc: 'dst := src, zero-extended',
    operands: i32ToI64,
    place: 'hot',
    fold: ({ src }) => meaning.i64FromU32(src),
    emit: (w, { src }) => w.i64.extendU(src),
  }),
  valueOp({
    name: 'i32.from.i64',
    doc: 'dst := the low 32 bits of src',
    operands: { dst: def('i32'), src: use('i64') },
    fold: ({ src }) => meaning.i32FromI64(src),
    emit: (w, { src }) => w.i32.wrap(src),
  }),
  valueOp({
    name: 'f64.from.i32',
    doc: 'dst := src as f64',
    operands: i32ToF64,
    fold: ({ src }) => meaning.f64FromI32(src),
    emit: (w, { src }) => w.f64.fromI32S(src),
  }),
  valueOp({
    name: 'f64.from.u32',
    doc: 'dst := src, unsigned, as f64',
    operands: i32ToF64,
    place: 'outside',
    fold: ({ src }) => meaning.f64FromU32(src),
    emit: (w, { src }) => w.f64.fromI32U(src),
  }),
  valueOp({
    name: 'f64.from.i64',
    doc: 'dst := the nearest f64',
    operands: i64ToF64,
    fold: ({ src }) => meaning.f64FromI64(src),
    emit: (w, { src }) => w.f64.fromI64S(src),
  }),
  valueOp({
    name: 'f64.from.u64',
    doc: 'dst := the nearest f64 to src, unsigned',
    operands: i64ToF64,
    place: 'outside',
    fold: ({ src }) => meaning.f64FromU64(src),
    emit: (w, { src }) => w.f64.fromI64U(src),
  }),
  valueOp({
    name: 'i32.from.f64',
    doc: 'dst := src toward zero',
    operands: f64ToI32,
    traits: trapping,
    place: 'outside',
    fold: ({ src }) => meaning.i32FromF64(src),
    emit: (w, { src }) => {
      const value = w.let('f64', src);
      const inside = w.i32.and(w.f64.gt(value, w.f64.const(-2147483649)), w.f64.lt(value, w.f64.const(2147483648)));
      w.trapIf(w.i32.eqz(inside), 'f64ToI32');
      return w.i32.truncS(value);
    },
  }),
  valueOp({
    name: 'i64.from.f64',
    doc: 'dst := src toward zero',
    operands: f64ToI64,
    traits: trapping,
    place: 'outside',
    fold: ({ src }) => meaning.i64FromF64(src),
    emit: (w, { src }) => {
      const value = w.let('f64', src);
      const inside = w.i32.and(w.f64.ge(value, w.f64.const(-(2 ** 63))), w.f64.lt(value, w.f64.const(2 ** 63)));
      w.trapIf(w.i32.eqz(inside), 'f64ToI64');
      return w.i64.truncS(value);
    },
  }),
  valueOp({
    name: 'u32.from.f64',
    doc: 'dst := src toward zero, unsigned; a negative src traps',
    operands: f64ToI32,
    traits: trapping,
    place: 'outside',
    fold: ({ src }) => meaning.u32FromF64(src),
    emit: (w, { src }) => {
      const value = w.let('f64', src);
      const inside = w.i32.and(w.f64.ge(value, w.f64.const(0)), w.f64.lt(value, w.f64.const(2 ** 32)));
      w.trapIf(w.i32.eqz(inside), 'f64ToU32');
      return w.i32.truncU(value);
    },
  }),
  valueOp({
    name: 'u64.from.f64',
    doc: 'dst := src toward zero, unsigned; a negative src traps',
    operands: f64ToI64,
    traits: trapping,
    place: 'outside',
    fold: ({ src }) => meaning.u64FromF64(src),
    emit: (w, { src }) => {
      const value = w.let('f64', src);
      const inside = w.i32.and(w.f64.ge(value, w.f64.const(0)), w.f64.lt(value, w.f64.const(2 ** 64)));
      w.trapIf(w.i32.eqz(inside), 'f64ToU64');
      return w.i64.truncU(value);
    },
  }),
];

export const convert: readonly OpcodeGroup[] = [all];
