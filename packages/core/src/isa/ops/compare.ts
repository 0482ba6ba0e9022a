/**
 * Comparisons that give 0 or 1. Comparisons that only steer control are fused with their branch, see `control.ts`.
 */
import * as scalar from '../../base/scalar.ts';
import type { F64, I32, I64 } from '../../wasm/code-writer.ts';
import type { Emitter } from '../emitter.ts';
import { valueOp, type OpcodeDef, type OpcodeGroup } from '../opcode.ts';
import { def, use } from '../operand.ts';

function i32Test(
  name: `${string}.i32`,
  doc: string,
  fold: (lhs: number, rhs: number) => number,
  emit: (w: Emitter, lhs: I32, rhs: I32) => I32,
): OpcodeDef {
  return valueOp({
    name,
    doc: `dst := lhs ${doc} rhs`,
    operands: { dst: def('i32'), lhs: use('i32'), rhs: use('i32') },
    fold: ({ lhs, rhs }) => fold(lhs, rhs),
    emit: (w, { lhs, rhs }) => emit(w, lhs, rhs),
  });
}

function i64Test(
  name: `${string}.i64`,
  doc: string,
  fold: (lhs: bigint, rhs: bigint) => number,
  emit: (w: Emitter, lhs: I64, rhs: I64) => I32,
): OpcodeDef {
  return valueOp({
    name,
    doc: `dst := lhs ${doc} rhs`,
    operands: { dst: def('i32'), lhs: use('i64'), rhs: use('i64') },
    fold: ({ lhs, rhs }) => fold(lhs, rhs),
    emit: (w, { lhs, rhs }) => emit(w, lhs, rhs),
  });
}

function f64Test(
  name: `${string}.f64`,
  doc: string,
  fold: (lhs: number, rhs: number) => number,
  emit: (w: Emitter, lhs: F64, rhs: F64) => I32,
): OpcodeDef {
  return valueOp({
    name,
    doc: `dst := lhs ${doc} rhs`,
    operands: { dst: def('i32'), lhs: use('f64'), rhs: use('f64') },
    fold: ({ lhs, rhs }) => fold(lhs, rhs),
    emit: (w, { lhs, rhs }) => emit(w, lhs, rhs),
  });
}

const s32 = scalar.i32;
const s64 = scalar.i64;
const sf = scalar.f64;

const tests32: OpcodeGroup = () => [
  i32Test('eq.i32', '==', s32.eq, (w, a, b) => w.i32.eq(a, b)),
  i32Test('ne.i32', '!=', s32.ne, (w, a, b) => w.i32.ne(a, b)),
  i32Test('lt_s.i32', '<', s32.ltS, (w, a, b) => w.i32.ltS(a, b)),
  i32Test('le_s.i32', '<=', s32.leS, (w, a, b) => w.i32.leS(a, b)),
  i32Test('lt_u.i32', '<, unsigned,', s32.ltU, (w, a, b) => w.i32.ltU(a, b)),
  i32Test('le_u.i32', '<=, unsigned,', s32.leU, (w, a, b) => w.i32.leU(a, b)),
];

const tests64: OpcodeGroup = () => [
  i64Test('eq.i64', '==', s64.eq, (w, a, b) => w.i64.eq(a, b)),
  i64Test('ne.i64', '!=', s64.ne, (w, a, b) => w.i64.ne(a, b)),
  i64Test('lt_s.i64', '<', s64.ltS, (w, a, b) => w.i64.ltS(a, b)),
  i64Test('le_s.i64', '<=', s64.leS, (w, a, b) => w.i64.leS(a, b)),
  i64Test('lt_u.i64', '<, unsigned,', s64.ltU, (w, a, b) => w.i64.ltU(a, b)),
  i64Test('le_u.i64', '<=, unsigned,', s64.leU, (w, a, b) => w.i64.leU(a, b)),
];

const testsF64: OpcodeGroup = () => [
  f64Test('eq.f64', '==', sf.eq, (w, a, b) => w.f64.eq(a, b)),
  f64Test('ne.f64', '!=', sf.ne, (w, a, b) => w.f64.ne(a, b)),
  f64Test('lt.f64', '<', sf.lt, (w, a, b) => w.f64.lt(a, b)),
  f64Test('le.f64', '<=', sf.le, (w, a, b) => w.f64.le(a, b)),
];

const identity: OpcodeGroup = () => [
  valueOp({
    name: 'eq.ref',
    doc: 'dst := whether both are the same object',
    operands: { dst: def('i32'), lhs: use('ref'), rhs: use('ref') },
    emit: (w, { lhs, rhs }) => w.i32.eq(lhs, rhs),
  }),
];

export const compare: readonly OpcodeGroup[] = [tests32, tests64, testsF64, identity];
