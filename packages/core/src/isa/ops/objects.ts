/**
 * Strings' and arrays' lengths, structs, enums, captured variables, module variables and function values.
 *
 * Structs, enum payloads, cells and captured values are 8-byte slots from offset 8, so most reads are one opcode for all kinds; stores of references
 * and any words have opcodes of their own, which tell the collector.
 */
import { TYPE_CODES } from '../../base/kinds.ts';
import { ARRAY, FUNC_INFO, HEADER, LAYOUT, SLOTS } from '../../runtime/layout.ts';
import type { I32, I64 } from '../../wasm/code-writer.ts';
import type { Emitter } from '../emitter.ts';
import { effectOp, pure, stopping, trapping, valueOp, type OpcodeDef, type OpcodeGroup } from '../opcode.ts';
import { def, imm, use, window } from '../operand.ts';
import { infoOfClosure } from './words.ts';

const slotAddress = (w: Emitter, object: I32, index: I32): I32 => w.i32.add(object, w.i32.shl(index, w.i32.const(3)));

const objectBytes = (w: Emitter, slots: I32): I32 => w.i32.add(w.i32.shl(slots, w.i32.const(3)), w.i32.const(SLOTS));

const getSlot = (w: Emitter, { object, index }: { object: I32; index: I32 }): I64 =>
  w.load64(slotAddress(w, object, index), SLOTS);

const aux = (w: Emitter, { src }: { src: I32 }): I32 => w.load32(src, HEADER.aux);

const KINDS = ['i32', 'i64', 'f64', 'ref', 'any'];
const irNames = (prefix: string, kinds: readonly string[] = KINDS): string[] =>
  kinds.map((kind) => `${prefix}.${kind}`);
const RAW = ['i32', 'i64', 'f64'];
const PARTS = [...irNames('field.get'), ...irNames('payload.get'), ...irNames('closure.get')];

const lengths: OpcodeGroup = () => [
  valueOp({
    name: 'str.len',
    doc: 'dst := bytes of a string',
    operands: { dst: def('i32'), src: use('ref') },
    emit: aux,
  }),
  valueOp({
    name: 'array.len',
    doc: 'dst := elements of an array',
    operands: { dst: def('i32'), src: use('ref') },
    place: 'hot',
    emit: aux,
  }),
  valueOp({
    name: 'array.kind',
    doc: 'dst := the code of the type that an array stores',
    operands: { dst: def('i32'), src: use('ref') },
    ir: ['rt:array.kind'],
    emit: (w, { src }) => w.load32(src, ARRAY.element),
  }),
  valueOp({
    name: 'enum.tag',
    doc: 'dst := number of the variant',
    operands: { dst: def('i32'), src: use('ref') },
    emit: aux,
  }),
];

const makers: OpcodeGroup = () => [
  valueOp({
    name: 'struct.new',
    doc: 'dst := a struct of `count` fields, which stand in consecutive slots from `fields`',
    operands: { dst: def('ref'), fields: window(), code: imm('code'), count: imm('count') },
    traits: stopping,
    emit: (w, { fields, code, count }) => {
      const object = w.allocate(objectBytes(w, count), LAYOUT.struct, code, count);
      w.fillSlots(object, fields, count);
      return object;
    },
  }),
  valueOp({
    name: 'enum.new',
    doc: 'dst := a variant with payload, which stands in consecutive slots from `payload`',
    operands: { dst: def('ref'), payload: window(), code: imm('code'), variant: imm('i32'), count: imm('count') },
    traits: stopping,
    emit: (w, { payload, code, variant, count }) => {
      const object = w.allocate(objectBytes(w, count), LAYOUT.enum, code, variant);
      w.fillSlots(object, payload, count);
      return object;
    },
  }),
  valueOp({
    name: 'closure.new',
    doc: 'dst := a function value with captured values, which stand in consecutive slots from `captures`',
    operands: { dst: def('ref'), captures: window(), func: imm('func'), count: imm('count') },
    traits: stopping,
    emit: (w, { captures, func, count }) => {
      const object = w.allocate(objectBytes(w, count), LAYOUT.closure, w.i32.const(TYPE_CODES.func), func);
      w.fillSlots(object, captures, count);
      return object;
    },
  }),
];

const fields: OpcodeGroup = () => [
  valueOp({
    name: 'field.get',
    doc: 'dst := a field of a struct, a payload field of an enum value, or a captured value of a function value',
    operands: { dst: def('slot'), object: use('ref'), index: imm('index', 'u8') },
    place: 'hot',
    ir: PARTS,
    emit: getSlot,
  }),
  valueOp({
    name: 'field.get.long',
    doc: 'dst := any field, payload field or captured value',
    operands: { dst: def('slot'), object: use('ref'), index: imm('index') },
    place: 'outside',
    ir: PARTS,
    emit: getSlot,
  }),
  ...setters('field.set', 'u8', 'inline'),
  ...setters('field.set', 'word', 'outside'),
];

/** field.set, field.set.ref, field.set.any and their .long forms. */
function setters(name: 'field.set', field: 'u8' | 'word', place: 'inline' | 'outside'): OpcodeDef[] {
  const long = field === 'word' ? '.long' : '';
  const doc = long === '' ? 'a field of a struct := src' : 'any field of a struct := src';
  const index = imm('index', field);
  return [
    effectOp({
      name: `${name}${long}`,
      doc: `${doc}, which is no reference`,
      operands: { object: use('ref'), src: use('slot'), index },
      traits: pure,
      place,
      ir: irNames(name, RAW),
      emit: (w, s) => w.store64(slotAddress(w, s.object, s.index), s.src, SLOTS),
    }),
    effectOp({
      name: `${name}.ref${long}`,
      doc: `${doc}, a reference`,
      operands: { object: use('ref'), src: use('ref'), index },
      traits: pure,
      place,
      ir: [`${name}.ref`],
      emit: (w, s) => {
        const object = w.let('i32', s.object);
        w.storeSlotBarrier(object, slotAddress(w, object, s.index), w.i64.extendU(s.src), SLOTS);
      },
    }),
    effectOp({
      name: `${name}.any${long}`,
      doc: `${doc}, an any word`,
      operands: { object: use('ref'), src: use('any'), index },
      traits: pure,
      place,
      ir: [`${name}.any`],
      emit: (w, s) => {
        const object = w.let('i32', s.object);
        w.storeSlotBarrier(object, slotAddress(w, object, s.index), s.src, SLOTS);
      },
    }),
  ];
}

const cell = (name: string, doc: string, layout: number, ir: readonly string[]): OpcodeDef =>
  valueOp({
    name,
    doc,
    operands: { dst: def('ref'), src: use('slot') },
    traits: stopping,
    ir,
    emit: (w, { src }) => {
      const object = w.allocate(w.i32.const(SLOTS + 8), layout, w.i32.const(TYPE_CODES.undecided), w.i32.const(0));
      w.store64(object, src, SLOTS);
      return object;
    },
  });

/** A word or reference that is not zero: nothing else is a value. */
const requireSet = (w: Emitter, slot: I64): I64 => {
  const value = w.let('i64', slot);
  w.trapIf(w.i64.eqz(value), 'unsetVariable');
  return value;
};

const variables: OpcodeGroup = () => [
  cell('cell.new', 'dst := a captured variable that holds no reference', LAYOUT.cellRaw, irNames('cell.new', RAW)),
  cell('cell.new.ref', 'dst := a captured variable that holds a reference', LAYOUT.cellRef, ['cell.new.ref']),
  cell('cell.new.any', 'dst := a captured variable that holds an any word', LAYOUT.cellAny, ['cell.new.any']),
  valueOp({
    name: 'cell.get',
    doc: 'dst := the value of a captured variable',
    operands: { dst: def('slot'), cell: use('ref') },
    ir: irNames('cell.get'),
    emit: (w, s) => w.load64(s.cell, SLOTS),
  }),
  valueOp({
    name: 'cell.get.checked',
    doc: 'dst := the value of a captured variable, which must be set; the verifier puts it into code from files',
    operands: { dst: def('slot'), cell: use('ref') },
    traits: trapping,
    place: 'outside',
    ir: [],
    emit: (w, s) => requireSet(w, w.load64(s.cell, SLOTS)),
  }),
  effectOp({
    name: 'cell.set',
    doc: 'a captured variable := src, which is no reference',
    operands: { cell: use('ref'), src: use('slot') },
    traits: pure,
    ir: irNames('cell.set', RAW),
    emit: (w, s) => w.store64(s.cell, s.src, SLOTS),
  }),
  effectOp({
    name: 'cell.set.ref',
    doc: 'a captured variable := src, a reference',
    operands: { cell: use('ref'), src: use('ref') },
    traits: pure,
    emit: (w, s) => {
      const object = w.let('i32', s.cell);
      w.storeSlotBarrier(object, object, w.i64.extendU(s.src), SLOTS);
    },
  }),
  effectOp({
    name: 'cell.set.any',
    doc: 'a captured variable := src, an any word',
    operands: { cell: use('ref'), src: use('any') },
    traits: pure,
    emit: (w, s) => {
      const object = w.let('i32', s.cell);
      w.storeSlotBarrier(object, object, s.src, SLOTS);
    },
  }),
  valueOp({
    name: 'global.get',
    doc: 'dst := a module variable',
    operands: { dst: def('slot'), global: imm('global') },
    ir: irNames('global.get'),
    emit: (w, { global }) => w.load64(global),
  }),
  valueOp({
    name: 'global.get.checked',
    doc: 'dst := a module variable, which must be set; the verifier puts it into code from files',
    operands: { dst: def('slot'), global: imm('global') },
    traits: trapping,
    place: 'outside',
    ir: [],
    emit: (w, { global }) => requireSet(w, w.load64(global)),
  }),
  effectOp({
    name: 'global.set',
    doc: 'a module variable := src; module variables are roots, so the collector need not know',
    operands: { src: use('slot'), global: imm('global') },
    traits: pure,
    ir: irNames('global.set'),
    emit: (w, { src, global }) => w.store64(global, src),
  }),
  valueOp({
    name: 'env.get',
    doc: 'dst := a captured value of the running function',
    operands: { dst: def('slot'), index: imm('index', 'u16') },
    ir: irNames('env.get'),
    emit: (w, { index }) => w.load64(slotAddress(w, w.closure(), index), SLOTS),
  }),
  valueOp({
    name: 'closure.has',
    doc: 'dst := whether the function value has exactly the signature',
    operands: { dst: def('i32'), func: use('ref'), sig: imm('sig') },
    emit: (w, { func, sig }) => {
      const closure = w.let('i32', func);
      return w.i32.eq(w.load32(infoOfClosure(w, closure), FUNC_INFO.sig), sig);
    },
  }),
  valueOp({
    name: 'closure.is',
    doc: 'dst := whether the function value is one of exactly that function',
    operands: { dst: def('i32'), src: use('ref'), func: imm('func') },
    emit: (w, { src, func }) => w.i32.eq(w.load32(src, HEADER.aux), func),
  }),
  valueOp({
    name: 'closure.of',
    doc: 'dst := src, a function value of exactly that function',
    operands: { dst: def('ref'), src: use('ref'), func: imm('func') },
    traits: trapping,
    emit: (w, { src, func }) => {
      const closure = w.let('i32', src);
      w.trapIf(w.i32.ne(w.load32(closure, HEADER.aux), func), 'otherSignature');
      return closure;
    },
  }),
];

export const objects: readonly OpcodeGroup[] = [lengths, makers, fields, variables];
