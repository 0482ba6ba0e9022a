/**
 * Moves and constants: what puts a value into a register without computing it.
 */
import { ANY_NIL } from '../../runtime/layout.ts';
import { valueOp, type OpcodeGroup } from '../opcode.ts';
import { def, def16, imm, use, use16 } from '../operand.ts';

const all: OpcodeGroup = () => [
  valueOp({
    name: 'move',
    doc: 'dst := src, a slot of any kind',
    operands: { dst: def('slot'), src: use('slot') },
    place: 'hot',
    ir: ['box.ref'],
    fold: ({ src }) => src,
    emit: (_w, { src }) => src,
  }),
  valueOp({
    name: 'ld.spill',
    doc: 'dst := a slot beyond the registers (or any slot by its long number)',
    operands: { dst: def('slot'), slot: use16('slot') },
    ir: [],
    fold: ({ slot }) => slot,
    emit: (_w, { slot }) => slot,
  }),
  valueOp({
    name: 'st.spill',
    doc: 'a slot beyond the registers := src',
    operands: { src: use('slot'), slot: def16('slot') },
    ir: [],
    fold: ({ src }) => src,
    emit: (_w, { src }) => src,
  }),
  valueOp({
    name: 'const.i32',
    doc: 'dst := a small i32',
    operands: { dst: def('i32'), value: imm('i32', 's16') },
    place: 'hot',
    fold: ({ value }) => value,
    emit: (_w, { value }) => value,
  }),
  valueOp({
    name: 'const.i32.long',
    doc: 'dst := an i32',
    operands: { dst: def('i32'), value: imm('i32') },
    ir: ['const.i32'],
    fold: ({ value }) => value,
    emit: (_w, { value }) => value,
  }),
  valueOp({
    name: 'const.i64',
    doc: 'dst := a small i64',
    operands: { dst: def('i64'), value: imm('i64', 's16') },
    place: 'hot',
    fold: ({ value }) => value,
    emit: (_w, { value }) => value,
  }),
  valueOp({
    name: 'const.i64.long',
    doc: 'dst := a sign-extended 32-bit integer',
    operands: { dst: def('i64'), value: imm('i64') },
    ir: ['const.i64'],
    fold: ({ value }) => value,
    emit: (_w, { value }) => value,
  }),
  valueOp({
    name: 'const.pool',
    doc: 'dst := one of the first 65536 constants of the program: an i64, the bits of an f64, an any word',
    operands: { dst: def('slot'), value: imm('pool', 'u16') },
    place: 'hot',
    ir: ['const.i64', 'const.f64'],
    emit: (_w, { value }) => value,
  }),
  valueOp({
    name: 'const.pool.long',
    doc: 'dst := any constant of the program',
    operands: { dst: def('slot'), value: imm('pool') },
    place: 'outside',
    ir: ['const.i64', 'const.f64'],
    emit: (_w, { value }) => value,
  }),
  valueOp({
    name: 'const.str',
    doc: 'dst := a constant string',
    operands: { dst: def('ref'), value: imm('string') },
    place: 'hot',
    emit: (_w, { value }) => value,
  }),
  valueOp({
    name: 'const.func',
    doc: 'dst := the function value of a function without captures',
    operands: { dst: def('ref'), value: imm('function') },
    ir: ['closure.new'],
    emit: (_w, { value }) => value,
  }),
  valueOp({
    name: 'const.variant',
    doc: 'dst := the value of a variant without payload',
    operands: { dst: def('ref'), value: imm('variant') },
    ir: ['enum.new'],
    emit: (_w, { value }) => value,
  }),
  valueOp({
    name: 'const.null',
    doc: 'dst := the null reference',
    operands: { dst: def('ref') },
    emit: (w) => w.i32.const(0),
  }),
  valueOp({
    name: 'const.nil',
    doc: 'dst := nil',
    operands: { dst: def('any') },
    fold: () => ANY_NIL,
    emit: (w) => w.i64.const(ANY_NIL),
  }),
];

export const moves: readonly OpcodeGroup[] = [all];
