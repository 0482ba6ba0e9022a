/**
 * Boxed words: boxing, tests, checked unboxing, and arithmetic on dynamic values with a fast path for two inline integers of one
 * type and for two doubles.
 *
 * The encoding is drawn in `runtime/layout.ts`. A large i64 or u64 is a heap object of that type, so a type test of a word with tag 0 is a
 * compare of the header's TypeCode.
 */
import { TYPE_CODES } from '../../base/kinds.ts';
import {
  ANY_DOUBLE_OFFSET,
  ANY_TAG,
  ANY_TAG_SHIFT,
  ARRAY,
  BUFFER_HEADER,
  CANONICAL_NAN,
  FUNC_INFO,
  FUNC_INFO_SIZE,
  HEADER,
  ITERATOR,
  SELECTOR,
  SELECTOR_FIELD,
  SLOTS,
  VM_REGS,
} from '../../runtime/layout.ts';
import type { F64, I32, I64 } from '../../wasm/code-writer.ts';
import type { Emitter } from '../emitter.ts';
import { effectOp, pure, stopping, valueOp, type OpcodeDef } from '../opcode.ts';
import { def, imm, use, window } from '../operand.ts';

const SHIFT = BigInt(ANY_TAG_SHIFT);
const MASK48 = (1n << SHIFT) - 1n;
const DOUBLE_TAG = Number(ANY_DOUBLE_OFFSET >> SHIFT);

const tagged = (tag: number): bigint => BigInt(tag) << SHIFT;

/** The upper 16 bits of a word. */
const tagOf = (w: Emitter, word: I64): I32 => w.i32.wrap(w.i64.shrU(word, w.i64.const(SHIFT)));

const signed48 = (w: Emitter, word: I64): I64 => w.i64.shrS(w.i64.shl(word, w.i64.const(16n)), w.i64.const(16n));

const box32 = (w: Emitter, value: I32, tag: number): I64 => w.i64.or(w.i64.extendU(value), w.i64.const(tagged(tag)));

const boxF64 = (w: Emitter, value: F64): I64 => {
  const v = w.let('f64', value);
  const bits = w.select(w.f64.eq(v, v), w.i64.bits(v), w.i64.const(CANONICAL_NAN));
  return w.i64.add(bits, w.i64.const(ANY_DOUBLE_OFFSET));
};

/** An integer of 48 bits. */
const boxI64 = (w: Emitter, value: I64): I64 =>
  w.i64.or(w.i64.and(value, w.i64.const(MASK48)), w.i64.const(tagged(ANY_TAG.i64)));

const unboxF64 = (w: Emitter, word: I64): F64 => w.f64.fromBits(w.i64.sub(word, w.i64.const(ANY_DOUBLE_OFFSET)));

const typeOfObject = (w: Emitter, word: I64): I32 => w.load16(w.i32.wrap(word), HEADER.type);

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

const boxes: readonly OpcodeDef[] = [
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

const unboxes: readonly OpcodeDef[] = [
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

const tests: readonly OpcodeDef[] = [
  valueOp({
    name: 'is',
    doc: 'dst := whether src has the type',
    operands: { dst: def('i32'), src: use('any'), code: imm('code') },
    traits: pure,
    emit: (w, { src, code }) => w.i32.eq(codeOf(w, w.let('i64', src)), code),
  }),
  effectOp({
    name: 'trap.is',
    doc: 'raises an error with a fixed message unless src has the type',
    operands: { src: use('any'), trap: imm('trap', 'u16'), code: imm('code') },
    traits: { traps: true, safepoint: 'none', flow: 'next' },
    ir: [],
    emit: (w, { src, code, trap }) => w.if(w.i32.ne(codeOf(w, w.let('i64', src)), code), () => w.trap(trap)),
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
        w.i32.eq(codeOf(w, word), code),
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

/** Hands a condition over under which the built-in decides. */
type Misses = (condition: I32) => void;

/** What two inline operands of one type give. */
interface FastPaths {
  /** On two 48-bit integers; the result is inline if it fits in 48 bits, else the built-in decides. */
  readonly wide: (w: Emitter, a: I64, b: I64) => I64;
  /** On two i32, widened; the result is inline if it fits in 32 bits. */
  readonly narrow: (w: Emitter, a: I64, b: I64) => I64;
  readonly float: (w: Emitter, a: F64, b: F64) => F64;
  /** The wide operation is for operands that fit in 32 bits. */
  readonly half?: boolean;
}

const signed32 = (w: Emitter, word: I64): I64 => w.i64.extendS(w.i32.wrap(word));

/** Whether two words have a tag: if nothing of it is left when it is taken away from both. */
function bothTagged(w: Emitter, a: I64, b: I64, tag: number): I32 {
  const rest = w.i64.or(w.i64.xor(a, w.i64.const(tagged(tag))), w.i64.xor(b, w.i64.const(tagged(tag))));
  return w.i64.eqz(w.i64.shrU(rest, w.i64.const(SHIFT)));
}

function bothDoubles(w: Emitter, a: I64, b: I64): I32 {
  return w.i32.and(w.i64.geU(a, w.i64.const(ANY_DOUBLE_OFFSET)), w.i64.geU(b, w.i64.const(ANY_DOUBLE_OFFSET)));
}

/** Arithmetic: one word from two, with the built-in behind the fast paths. */
function dynArith(name: 'dyn.add' | 'dyn.sub' | 'dyn.mul', doc: string, fast: FastPaths): OpcodeDef {
  return valueOp({
    name,
    doc,
    operands: { dst: def('any'), lhs: use('any'), rhs: use('any'), style: imm('i32') },
    traits: stopping,
    ir: [`rt:${name}`],
    emit: (w, { lhs, rhs, style }) => {
      const a = w.let('i64', lhs);
      const b = w.let('i64', rhs);
      const { wide, narrow, float, half } = fast;
      const read = signed48;
      return w.unless(
        'i64',
        (misses) => {
          const fits = (value: I64, read: (w: Emitter, word: I64) => I64): I64 => {
            const result = w.let('i64', value);
            misses(w.i64.ne(read(w, result), result));
            return result;
          };
          const narrowOnes = (): I64 => {
            misses(w.i32.eqz(bothTagged(w, a, b, ANY_TAG.i32)));
            return box32(w, w.i32.wrap(fits(narrow(w, signed32(w, a), signed32(w, b)), signed32)), ANY_TAG.i32);
          };
          const wideOnes = (): I64 => {
            const x = w.let('i64', read(w, a));
            const y = w.let('i64', read(w, b));
            if (half) {
              misses(w.i64.ne(signed32(w, x), x));
              misses(w.i64.ne(signed32(w, y), y));
            }
            return boxI64(w, fits(wide(w, x, y), read));
          };
          const doubles = (): I64 => boxF64(w, float(w, unboxF64(w, a), unboxF64(w, b)));
          return w.choose('i64', bothTagged(w, a, b, ANY_TAG.i64), wideOnes, () =>
            w.choose('i64', bothDoubles(w, a, b), doubles, narrowOnes),
          );
        },
        () => w.builtin<'i64'>(name, [a, b, style]),
      );
    },
  });
}

/** Order and equality of two words: the fast paths, and what is behind them. */
function testWords(
  w: Emitter,
  lhs: I64,
  rhs: I64,
  integers: (w: Emitter, a: I64, b: I64) => I32,
  floats: (w: Emitter, a: F64, b: F64) => I32,
  slow: (a: I64, b: I64) => I32,
): I32 {
  const a = w.let('i64', lhs);
  const b = w.let('i64', rhs);
  // Two words of one tag have the order of their payloads: shifted out, 16 bits for an i64 and 32 for an i32, whose sign is lower.
  const ofTag = (tag: number, up: bigint, otherwise: () => I32): I32 =>
    w.choose(
      'i32',
      bothTagged(w, a, b, tag),
      () => integers(w, w.i64.shl(a, w.i64.const(up)), w.i64.shl(b, w.i64.const(up))),
      otherwise,
    );
  return ofTag(ANY_TAG.i64, 16n, () =>
    w.choose(
      'i32',
      bothDoubles(w, a, b),
      () => floats(w, unboxF64(w, a), unboxF64(w, b)),
      () => ofTag(ANY_TAG.i32, 32n, () => slow(a, b)),
    ),
  );
}

function dynOrder(
  name: 'dyn.lt' | 'dyn.le' | 'dyn.gt' | 'dyn.ge',
  doc: string,
  integers: (w: Emitter, a: I64, b: I64) => I32,
  floats: (w: Emitter, a: F64, b: F64) => I32,
): OpcodeDef {
  return valueOp({
    name,
    doc,
    operands: { dst: def('i32'), lhs: use('any'), rhs: use('any') },
    traits: stopping,
    ir: [`rt:${name}`],
    emit: (w, { lhs, rhs }) => testWords(w, lhs, rhs, integers, floats, (a, b) => w.builtin<'i32'>(name, [a, b])),
  });
}

const arithmetic: readonly OpcodeDef[] = [
  dynArith('dyn.add', 'dst := lhs + rhs on dynamic values', {
    wide: (w, a, b) => w.i64.add(a, b),
    narrow: (w, a, b) => w.i64.add(a, b),
    float: (w, a, b) => w.f64.add(a, b),
  }),
  dynArith('dyn.sub', 'dst := lhs - rhs on dynamic values', {
    wide: (w, a, b) => w.i64.sub(a, b),
    narrow: (w, a, b) => w.i64.sub(a, b),
    float: (w, a, b) => w.f64.sub(a, b),
  }),
  dynArith('dyn.mul', 'dst := lhs * rhs on dynamic values', {
    // 48-bit operands can overflow 64 bits without leaving a trace in the result
    wide: (w, a, b) => w.i64.mul(a, b),
    half: true,
    narrow: (w, a, b) => w.i64.mul(a, b),
    float: (w, a, b) => w.f64.mul(a, b),
  }),
  dynOrder(
    'dyn.lt',
    'dst := lhs < rhs on dynamic values',
    (w, a, b) => w.i64.ltS(a, b),
    (w, a, b) => w.f64.lt(a, b),
  ),
  dynOrder(
    'dyn.le',
    'dst := lhs <= rhs on dynamic values',
    (w, a, b) => w.i64.leS(a, b),
    (w, a, b) => w.f64.le(a, b),
  ),
  dynOrder(
    'dyn.gt',
    'dst := lhs > rhs on dynamic values',
    (w, a, b) => w.i64.gtS(a, b),
    (w, a, b) => w.f64.gt(a, b),
  ),
  dynOrder(
    'dyn.ge',
    'dst := lhs >= rhs on dynamic values',
    (w, a, b) => w.i64.geS(a, b),
    (w, a, b) => w.f64.ge(a, b),
  ),
  valueOp({
    name: 'equal.any',
    doc: 'dst := lhs == rhs on dynamic values',
    operands: { dst: def('i32'), lhs: use('any'), rhs: use('any'), style: imm('i32') },
    traits: stopping,
    ir: ['rt:equal.any'],
    emit: (w, { lhs, rhs, style }) =>
      testWords(
        w,
        lhs,
        rhs,
        (_w, a, b) => w.i64.eq(a, b),
        (_w, a, b) => w.f64.eq(a, b),
        (a, b) => w.builtin<'i32'>('equal.any', [a, b, style]),
      ),
  }),
];

/** The element of an array at an index that is inside, as an any word. */
function elementWord(w: Emitter, array: I32, index: I32, misses: Misses): I64 {
  const code = w.let('i32', w.load32(array, ARRAY.element));
  const buffer = w.load32(array, ARRAY.buffer);
  const wide = w.i32.add(buffer, w.i32.shl(index, w.i32.const(3)));
  const ifCode = (wanted: number, then: () => I64, otherwise: () => I64) => (): I64 =>
    w.choose('i64', w.i32.eq(code, w.i32.const(wanted)), then, otherwise);
  const integer = (): I64 => {
    const value = w.let('i64', w.load64(wide, BUFFER_HEADER));
    misses(w.i64.ne(signed48(w, value), value));
    return boxI64(w, value);
  };
  // Strings and whatever else is a reference; nil is no storage of its own.
  const reference = (): I64 => {
    misses(w.i32.ltU(code, w.i32.const(TYPE_CODES.string)));
    misses(w.i32.eq(code, w.i32.const(TYPE_CODES.nil)));
    return w.i64.extendU(w.load32(w.i32.add(buffer, w.i32.shl(index, w.i32.const(2))), BUFFER_HEADER));
  };
  return ifCode(
    TYPE_CODES.any,
    () => w.load64(wide, BUFFER_HEADER),
    ifCode(TYPE_CODES.f64, () => boxF64(w, w.loadF64(wide, BUFFER_HEADER)), ifCode(TYPE_CODES.i64, integer, reference)),
  )();
}

/** Misses if a word is no object of a type below the nominal ones. */
function missUnlessObject(w: Emitter, word: I64, code: number, misses: Misses): void {
  misses(w.i32.ne(tagOf(w, word), w.i32.const(0)));
  misses(w.i32.ne(typeOfObject(w, word), w.i32.const(code)));
}

const elements: readonly OpcodeDef[] = [
  valueOp({
    name: 'array.get.any',
    doc: 'dst := an element of whatever the array holds, as an any word',
    operands: { dst: def('any'), array: use('ref'), index: use('i64') },
    traits: stopping,
    ir: ['rt:array.get.any'],
    emit: (w, s) => {
      const array = w.let('i32', s.array);
      const index = w.let('i64', s.index);
      return w.unless(
        'i64',
        (misses) => {
          misses(w.i64.geU(index, w.i64.extendU(w.load32(array, ARRAY.length))));
          return elementWord(w, array, w.i32.wrap(index), misses);
        },
        () => w.builtin<'i64'>('array.get.any', [array, index]),
      );
    },
  }),
  valueOp({
    name: 'any.get',
    doc: 'dst := an element of a dynamic array or string',
    operands: { dst: def('any'), src: use('any'), index: use('any') },
    traits: stopping,
    ir: ['rt:any.get'],
    emit: (w, s) => {
      const word = w.let('i64', s.src);
      const at = w.let('i64', s.index);
      return w.unless(
        'i64',
        (misses) => {
          missUnlessObject(w, word, TYPE_CODES.array, misses);
          misses(w.i32.ne(tagOf(w, at), w.i32.const(ANY_TAG.i64)));
          const index = w.let('i64', signed48(w, at));
          const array = w.let('i32', w.i32.wrap(word));
          misses(w.i64.geU(index, w.i64.extendU(w.load32(array, ARRAY.length))));
          return elementWord(w, array, w.i32.wrap(index), misses);
        },
        () => w.builtin<'i64'>('any.get', [word, at]),
      );
    },
  }),
  valueOp({
    name: 'any.len',
    doc: 'dst := the length of a dynamic array or string',
    operands: { dst: def('i64'), src: use('any') },
    traits: stopping,
    ir: ['rt:any.len'],
    emit: (w, s) => {
      const word = w.let('i64', s.src);
      return w.unless(
        'i64',
        (misses) => {
          misses(w.i32.ne(tagOf(w, word), w.i32.const(0)));
          // the two codes are neighbours, and both objects have their length in one place
          misses(w.i32.gtU(w.i32.sub(typeOfObject(w, word), w.i32.const(TYPE_CODES.string)), w.i32.const(1)));
          return w.i64.extendU(w.load32(w.i32.wrap(word), HEADER.aux));
        },
        () => w.builtin<'i64'>('any.len', [word]),
      );
    },
  }),
];

/** The array that an iterator goes over, if it is one. */
function arrayOf(w: Emitter, iterator: I32, misses: Misses): I32 {
  const word = w.let('i64', w.load64(iterator, ITERATOR.value));
  missUnlessObject(w, word, TYPE_CODES.array, misses);
  return w.let('i32', w.i32.wrap(word));
}

const iteration: readonly OpcodeDef[] = [
  valueOp({
    name: 'iter.next',
    doc: 'dst := the next value, of whatever the iterator goes over',
    operands: { dst: def('any'), src: use('ref') },
    traits: stopping,
    ir: ['rt:iter.next'],
    emit: (w, s) => {
      const iterator = w.let('i32', s.src);
      return w.unless(
        'i64',
        (misses) => {
          const array = arrayOf(w, iterator, misses);
          const position = w.let('i64', w.load64(iterator, ITERATOR.position));
          misses(w.i64.geU(position, w.i64.extendU(w.load32(array, ARRAY.length))));
          const word = w.let('i64', elementWord(w, array, w.i32.wrap(position), misses));
          w.store64(iterator, w.i64.add(position, w.i64.const(1n)), ITERATOR.position);
          return word;
        },
        () => w.builtin<'i64'>('iter.next', [iterator]),
      );
    },
  }),
  effectOp({
    name: 'loop.iter',
    doc: 'polls, then goes to target if the iterator has a value left',
    operands: { src: use('ref'), target: imm('target'), cost: imm('cost') },
    traits: { traps: false, safepoint: 'self', flow: 'branch' },
    ir: [],
    calls: ['iter.more'],
    emit: (w, s) => {
      const iterator = w.let('i32', s.src);
      const more = w.unless(
        'i32',
        (misses) => {
          const array = arrayOf(w, iterator, misses);
          return w.i64.ltU(w.load64(iterator, ITERATOR.position), w.i64.extendU(w.load32(array, ARRAY.length)));
        },
        () => w.builtin<'i32'>('iter.more', [iterator]),
      );
      w.poll(s.cost);
      w.branchIf(more, s.target);
    },
  }),
];

/** What a name means as a member of an object's type, 0 if it must be searched for; see SELECTOR. */
function memberOf(w: Emitter, object: I64, selector: I32): I32 {
  return w.choose(
    'i32',
    w.i32.eqz(tagOf(w, object)),
    () => {
      const at = w.let('i32', w.i32.sub(typeOfObject(w, object), w.load32(selector, SELECTOR.first)));
      return w.choose(
        'i32',
        w.i32.ltU(at, w.load32(selector, SELECTOR.count)),
        () => w.load32(w.i32.add(selector, w.i32.shl(at, w.i32.const(2))), SELECTOR.entries),
        () => w.i32.const(0),
      );
    },
    () => w.i32.const(0),
  );
}

const members: readonly OpcodeDef[] = [
  valueOp({
    name: 'dyn.field',
    doc: 'dst := the field of that name',
    operands: { dst: def('any'), object: use('any'), name: imm('selector') },
    traits: stopping,
    ir: ['rt:dyn.field'],
    emit: (w, s) => {
      const object = w.let('i64', s.object);
      const selector = w.let('i32', s.name);
      const member = w.let('i32', memberOf(w, object, selector));
      const how = w.let('i32', w.i32.shrU(member, w.i32.const(16)));
      const slot = w.i32.add(w.i32.wrap(object), w.i32.and(member, w.i32.const(0xffff)));
      const is = (wanted: number, then: () => I64, otherwise: () => I64) => (): I64 =>
        w.choose('i64', w.i32.eq(how, w.i32.const(wanted)), then, otherwise);
      return w.unless(
        'i64',
        (misses) => {
          const wide = (): I64 => {
            const value = w.let('i64', w.load64(slot));
            misses(w.i64.ne(signed48(w, value), value));
            return boxI64(w, value);
          };
          const small = (): I64 => {
            misses(w.i32.gtU(w.i32.sub(how, w.i32.const(SELECTOR_FIELD.i32)), w.i32.const(2)));
            const tag = w.select(
              w.i32.eq(how, w.i32.const(SELECTOR_FIELD.bool)),
              w.i32.const(ANY_TAG.bool),
              w.i32.sub(how, w.i32.const(SELECTOR_FIELD.i32 - ANY_TAG.i32)),
            );
            return w.i64.or(w.load64(slot), w.i64.shl(w.i64.extendU(tag), w.i64.const(SHIFT)));
          };
          const word = (): I64 => w.load64(slot);
          const double = (): I64 => boxF64(w, w.loadF64(slot));
          const { any, f64, i64, ref } = SELECTOR_FIELD;
          return is(ref, word, is(any, word, is(f64, double, is(i64, wide, small))))();
        },
        () => w.builtin<'i64'>('dyn.field', [object, w.load32(selector, SELECTOR.name)]),
      );
    },
  }),
  effectOp({
    name: 'dyn.setfield',
    doc: 'the field of that name := value, which must have its type or be converted, by style',
    operands: { object: use('any'), name: imm('selector'), value: use('any'), style: imm('i32') },
    traits: stopping,
    ir: ['rt:dyn.setfield'],
    emit: (w, s) => {
      const object = w.let('i64', s.object);
      const value = w.let('i64', s.value);
      const selector = w.let('i32', s.name);
      const member = w.let('i32', memberOf(w, object, selector));
      const how = w.let('i32', w.i32.shrU(member, w.i32.const(16)));
      const tag = w.let('i32', tagOf(w, value));
      const slot = w.let('i32', w.i32.add(w.i32.wrap(object), w.i32.and(member, w.i32.const(0xffff))));
      const when = (wanted: number, right: I32, then: () => void, otherwise: () => void) => (): void =>
        w.if(w.i32.and(w.i32.eq(how, w.i32.const(wanted)), right), then, otherwise);
      when(
        SELECTOR_FIELD.f64,
        w.i32.geU(tag, w.i32.const(DOUBLE_TAG)),
        () => w.storeF64(slot, unboxF64(w, value)),
        when(
          SELECTOR_FIELD.i64,
          w.i32.eq(tag, w.i32.const(ANY_TAG.i64)),
          () => w.store64(slot, signed48(w, value)),
          when(
            SELECTOR_FIELD.any,
            w.i32.const(1),
            () => w.storeSlotBarrier(w.i32.wrap(object), slot, value),
            () => {
              const name = w.load32(selector, SELECTOR.name);
              w.builtinEffect('dyn.setfield', [object, name, value, s.style]);
            },
          ),
        ),
      )();
    },
  }),
  effectOp({
    name: 'call.method',
    doc: 'calls the boxed entry of the method of that name with `count` any words, the object first; a field of that name is no function',
    operands: {
      object: use('any'),
      window: window(),
      name: imm('selector'),
      count: imm('count'),
      deeper: imm('count'),
    },
    traits: { traps: true, safepoint: 'both', flow: 'call' },
    place: 'hot',
    ir: [],
    calls: ['dyn.method', 'any.func'],
    emit: (w, s) => {
      const object = w.let('i64', s.object);
      const selector = w.let('i32', s.name);
      const member = w.let('i32', memberOf(w, object, selector));
      const closure = w.choose(
        'i32',
        w.i32.ltS(member, w.i32.const(0)),
        () => w.i32.and(member, w.i32.const(0x7fff_ffff)),
        () => {
          const found = w.builtin<'i64'>('dyn.method', [object, w.load32(selector, SELECTOR.name)]);
          return w.builtin<'i32'>('any.func', [found]);
        },
      );
      w.callBoxed(closure, s.window, s.count, s.deeper);
    },
  }),
];

export const dynamic: readonly OpcodeDef[] = [
  ...boxes,
  ...unboxes,
  ...tests,
  ...arithmetic,
  ...elements,
  ...iteration,
  ...members,
];
