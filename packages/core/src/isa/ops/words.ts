/**
 * Boxed words: boxing, tests, checked unboxing.
 *
 * The encoding is drawn in `runtime/layout.ts`. A large i64 or u64 is a heap object of that type, so a type test of a word with tag 0 is a
 * compare of the header's TypeCode.
 */
import { TYPE_CODES } from '../../base/kinds.ts';
import {
  ANY_DOUBLE_OFFSET,
  ANY_TAG,
  ANY_TAG_SHIFT,
  CANONICAL_NAN,
  FUNC_INFO,
  FUNC_INFO_SIZE,
  HEADER,
  SLOTS,
  VM_REGS,
} from '../../runtime/layout.ts';
import type { F64, I32, I64 } from '../../wasm/code-writer.ts';
import type { Emitter } from '../emitter.ts';
import { effectOp, pure, stopping, valueOp, type OpcodeDef, type OpcodeGroup } from '../opcode.ts';
import { def, imm, use } from '../operand.ts';

/** Bits below the tag of a word. */
export const SHIFT = BigInt(ANY_TAG_SHIFT);
const MASK48 = (1n << SHIFT) - 1n;
/** The least tag of a double. */
export const DOUBLE_TAG = Number(ANY_DOUBLE_OFFSET >> SHIFT);

/** A word with that tag and nothing else. */
export const tagged = (tag: number): bigint => BigInt(tag) << SHIFT;

/** The upper 16 bits of a word. */
export const tagOf = (w: Emitter, word: I64): I32 => w.i32.wrap(w.i64.shrU(word, w.i64.const(SHIFT)));

/** The integer in the lower 48 bits. */
export const signed48 = (w: Emitter, word: I64): I64 => w.i64.shrS(w.i64.shl(word, w.i64.const(16n)), w.i64.const(16n));

/** 32 bits with a tag. */
export const box32 = (w: Emitter, value: I32, tag: number): I64 =>
  w.i64.or(w.i64.extendU(value), w.i64.const(tagged(tag)));

/** A double as a word; all NaNs are one. */
export const boxF64 = (w: Emitter, value: F64): I64 => {
  const v = w.let('f64', value);
  const bits = w.select(w.f64.eq(v, v), w.i64.bits(v), w.i64.const(CANONICAL_NAN));
  return w.i64.add(bits, w.i64.const(ANY_DOUBLE_OFFSET));
};

/** An integer of 48 bits. */
export const boxI64 = (w: Emitter, value: I64): I64 =>
  w.i64.or(w.i64.and(value, w.i64.const(MASK48)), w.i64.const(tagged(ANY_TAG.i64)));

/** The double in a word that is one. */
export const unboxF64 = (w: Emitter, word: I64): F64 => w.f64.fromBits(w.i64.sub(word, w.i64.const(ANY_DOUBLE_OFFSET)));

/** The type code in the header of the object in a word. */
export const typeOfObject = (w: Emitter, word: I64): I32 => w.load16(w.i32.wrap(word), HEADER.type);

/** The FUNC_INFO of a function value. */
export const infoOfClosure = (w: Pick<Emitter, 'i32' | 'load32'>, closure: I32): I32 =>
  w.i32.add(
    w.load32(w.i32.const(VM_REGS.FUNC_TABLE)),
    w.i32.mul(w.load32(closure, HEADER.aux), w.i32.const(FUNC_INFO_SIZE)),
  );

function boxSmall(name: `box.${string}`, doc: string, tag: number): OpcodeDef {
  return valueOp({
    name,
    doc,
    operands: { dst: def('any'), src: use('i32') },
    ir: ['box.i32'],
    emit: (w, { src }) => box32(w, src, tag),
  });
}

function unboxSmall(name: `unbox.${string}`, doc: string, tag: number, code: number): OpcodeDef {
  return valueOp({
    name,
    doc,
    operands: { dst: def('i32'), src: use('any') },
    traits: stopping,
    ir: ['unbox.i32'],
    emit: (w, { src }) => {
      const word = w.let('i64', src);
      w.if(w.i32.ne(w.i32.wrap(w.i64.shrU(word, w.i64.const(32n))), w.i32.const(tag << 16)), () =>
        w.coreEffect('unbox_error', [word, w.i32.const(code)]),
      );
      return w.i32.wrap(word);
    },
  });
}

const boxes: OpcodeGroup = () => [
  boxSmall('box.i32', 'dst := src as an any word', ANY_TAG.i32),
  boxSmall('box.u32', 'dst := src, a u32, as an any word', ANY_TAG.u32),
  valueOp({
    name: 'box.bool',
    doc: 'dst := src, a bool, as an any word; whatever is not 0 is true',
    operands: { dst: def('any'), src: use('i32') },
    ir: ['box.i32'],
    emit: (w, { src }) => box32(w, w.i32.ne(src, w.i32.const(0)), ANY_TAG.bool),
  }),
  valueOp({
    name: 'box.i64',
    doc: 'dst := src as an any word; on the heap if it needs more than 48 bits',
    operands: { dst: def('any'), src: use('i64') },
    traits: stopping,
    emit: (w, { src }) => {
      const value = w.let('i64', src);
      return w.choose(
        'i64',
        w.i64.eq(signed48(w, value), value),
        () => w.i64.or(w.i64.and(value, w.i64.const(MASK48)), w.i64.const(tagged(ANY_TAG.i64))),
        () => w.core('box_wide', [value, w.i32.const(TYPE_CODES.i64)]),
      );
    },
  }),
  valueOp({
    name: 'box.u64',
    doc: 'dst := src, a u64, as an any word; on the heap if it needs more than 48 bits',
    operands: { dst: def('any'), src: use('i64') },
    traits: stopping,
    place: 'outside',
    ir: ['box.i64'],
    emit: (w, { src }) => {
      const value = w.let('i64', src);
      return w.choose(
        'i64',
        w.i64.eqz(w.i64.shrU(value, w.i64.const(SHIFT))),
        () => w.i64.or(value, w.i64.const(tagged(ANY_TAG.u64))),
        () => w.core('box_wide', [value, w.i32.const(TYPE_CODES.u64)]),
      );
    },
  }),
  valueOp({
    name: 'box.f64',
    doc: 'dst := src as an any word, NaN canonical',
    operands: { dst: def('any'), src: use('f64') },
    emit: (w, { src }) => boxF64(w, src),
  }),
];

const unboxes: OpcodeGroup = () => [
  unboxSmall('unbox.i32', 'dst := src, which must be an i32', ANY_TAG.i32, TYPE_CODES.i32),
  unboxSmall('unbox.u32', 'dst := src, which must be a u32', ANY_TAG.u32, TYPE_CODES.u32),
  unboxSmall('unbox.bool', 'dst := src, which must be a bool', ANY_TAG.bool, TYPE_CODES.bool),
  unboxWide('unbox.i64', 'dst := src, which must be an i64', ANY_TAG.i64, TYPE_CODES.i64, signed48),
  unboxWide('unbox.u64', 'dst := src, which must be a u64', ANY_TAG.u64, TYPE_CODES.u64, (w, word) =>
    w.i64.and(word, w.i64.const(MASK48)),
  ),
  valueOp({
    name: 'unbox.f64',
    doc: 'dst := src, which must be an f64',
    operands: { dst: def('f64'), src: use('any') },
    traits: stopping,
    emit: (w, { src }) => {
      const word = w.let('i64', src);
      w.if(w.i32.ltU(tagOf(w, word), w.i32.const(DOUBLE_TAG)), () =>
        w.coreEffect('unbox_error', [word, w.i32.const(TYPE_CODES.f64)]),
      );
      return unboxF64(w, word);
    },
  }),
  valueOp({
    name: 'unbox.ref',
    doc: 'dst := src, which must be of the type: a string, array, function, range, error, struct or enum',
    operands: { dst: def('ref'), src: use('any'), code: imm('code') },
    traits: stopping,
    emit: (w, { src, code }) => {
      const word = w.let('i64', src);
      const right = w.choose(
        'i32',
        w.i32.eqz(tagOf(w, word)),
        () => w.i32.eq(typeOfObject(w, word), code),
        () => w.i32.const(0),
      );
      w.if(w.i32.eqz(right), () => w.coreEffect('unbox_error', [word, code]));
      return w.i32.wrap(word);
    },
  }),
];

function unboxWide(
  name: `unbox.${string}`,
  doc: string,
  tag: number,
  code: number,
  inline: (w: Emitter, word: I64) => I64,
): OpcodeDef {
  return valueOp({
    name,
    doc,
    operands: { dst: def('i64'), src: use('any') },
    traits: stopping,
    place: code === TYPE_CODES.i64 ? 'inline' : 'outside',
    ir: ['unbox.i64'],
    emit: (w, { src }) => {
      const word = w.let('i64', src);
      return w.choose(
        'i64',
        w.i32.eq(tagOf(w, word), w.i32.const(tag)),
        () => inline(w, word),
        () => {
          const boxed = w.choose(
            'i32',
            w.i32.eqz(tagOf(w, word)),
            () => w.i32.eq(typeOfObject(w, word), w.i32.const(code)),
            () => w.i32.const(0),
          );
          w.if(w.i32.eqz(boxed), () => w.coreEffect('unbox_error', [word, w.i32.const(code)]));
          return w.load64(w.i32.wrap(word), SLOTS);
        },
      );
    },
  });
}

/** The type code of a value. */
function codeOf(w: Emitter, word: I64): I32 {
  const tag = w.let('i32', tagOf(w, word));
  const k = (value: number): I32 => w.i32.const(value);
  // tags 1 to 4 are their TypeCode; then bool, nil, and doubles
  const inline = w.select(
    w.i32.leU(tag, k(ANY_TAG.u64)),
    tag,
    w.select(
      w.i32.eq(tag, k(ANY_TAG.bool)),
      k(TYPE_CODES.bool),
      w.select(w.i32.eq(tag, k(ANY_TAG.nil)), k(TYPE_CODES.nil), k(TYPE_CODES.f64)),
    ),
  );
  return w.choose(
    'i32',
    w.i32.eqz(tag),
    () => typeOfObject(w, word),
    () => inline,
  );
}

/** Whether a value has a type: one look at the word, and one at the object where it may be one, if it is known which type. */
function hasType(w: Emitter, word: I64, code: I32): I32 {
  const known = w.given('code');
  if (known === null) return w.i32.eq(codeOf(w, word), code);
  const tag = w.let('i32', tagOf(w, word));
  const isTag = (value: number): I32 => w.i32.eq(tag, w.i32.const(value));
  const object = (otherwise: () => I32): I32 =>
    w.choose('i32', w.i32.eqz(tag), () => w.i32.eq(typeOfObject(w, word), w.i32.const(known)), otherwise);
  switch (known) {
    case TYPE_CODES.i32:
      return isTag(ANY_TAG.i32);
    case TYPE_CODES.u32:
      return isTag(ANY_TAG.u32);
    case TYPE_CODES.bool:
      return isTag(ANY_TAG.bool);
    case TYPE_CODES.nil:
      return isTag(ANY_TAG.nil);
    case TYPE_CODES.f64:
      return w.i32.geU(tag, w.i32.const(DOUBLE_TAG));
    case TYPE_CODES.i64:
      return object(() => isTag(ANY_TAG.i64));
    case TYPE_CODES.u64:
      return object(() => isTag(ANY_TAG.u64));
    default:
      return object(() => w.i32.const(0));
  }
}

const tests: OpcodeGroup = () => [
  valueOp({
    name: 'is',
    doc: 'dst := whether src has the type',
    operands: { dst: def('i32'), src: use('any'), code: imm('code') },
    traits: pure,
    emit: (w, { src, code }) => hasType(w, w.let('i64', src), code),
  }),
  effectOp({
    name: 'trap.is',
    doc: 'raises an error with a fixed message unless src has the type',
    operands: { src: use('any'), trap: imm('trap', 'u16'), code: imm('code') },
    traits: { traps: true, safepoint: 'none', flow: 'next' },
    ir: [],
    emit: (w, { src, code, trap }) => w.if(w.i32.eqz(hasType(w, w.let('i64', src), code)), () => w.trap(trap)),
  }),
  valueOp({
    name: 'convert.any',
    doc: 'dst := src, a number, in a numeric type, if it keeps its value there',
    operands: { dst: def('any'), src: use('any'), code: imm('code') },
    traits: stopping,
    ir: ['rt:convert.any'],
    emit: (w, { src, code }) => {
      const word = w.let('i64', src);
      return w.choose(
        'i64',
        hasType(w, word, code),
        () => word,
        () => w.builtin<'i64'>('convert.any', [word, code]),
      );
    },
  }),
  effectOp({
    name: 'func.arity',
    doc: 'traps unless the function value has that many parameters',
    operands: { func: use('ref'), count: imm('count', 'u16') },
    traits: stopping,
    place: 'outside',
    emit: (w, { func, count }) => {
      const closure = w.let('i32', func);
      w.if(w.i32.ne(w.load16(infoOfClosure(w, closure), FUNC_INFO.params), count), () =>
        w.coreEffect('unbox_error', [w.i64.extendU(closure), w.i32.const(TYPE_CODES.func)]),
      );
    },
  }),
];

export const words: readonly OpcodeGroup[] = [boxes, unboxes, tests];
