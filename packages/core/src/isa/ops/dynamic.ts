/**
 * Dynamic values: arithmetic with a fast path for two inline integers of one type and for two doubles, order, elements, iteration, members;
 * with what boxes and tests them, see `words.ts`.
 */
import { TYPE_CODES } from '../../base/kinds.ts';
import {
  ANY_DOUBLE_OFFSET,
  ANY_TAG,
  ARRAY,
  BUFFER_HEADER,
  HEADER,
  ITERATOR,
  SELECTOR,
  SELECTOR_FIELD,
} from '../../runtime/layout.ts';
import type { F64, I32, I64 } from '../../wasm/code-writer.ts';
import type { Emitter } from '../emitter.ts';
import { effectOp, stopping, valueOp, type OpcodeDef, type OpcodeGroup } from '../opcode.ts';
import { def, imm, use, window } from '../operand.ts';
import { equalStrings } from './strings.ts';
import {
  box32,
  boxF64,
  boxI64,
  DOUBLE_TAG,
  SHIFT,
  signed48,
  tagged,
  tagOf,
  typeOfObject,
  unboxF64,
  words,
} from './words.ts';

/** Hands a condition over under which the built-in decides. */
export type Misses = (condition: I32) => void;

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
export function bothTagged(w: Emitter, a: I64, b: I64, tag: number): I32 {
  const rest = w.i64.or(w.i64.xor(a, w.i64.const(tagged(tag))), w.i64.xor(b, w.i64.const(tagged(tag))));
  return w.i64.eqz(w.i64.shrU(rest, w.i64.const(SHIFT)));
}

export function bothDoubles(w: Emitter, a: I64, b: I64): I32 {
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

const arithmetic: OpcodeGroup = () => [
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
        (a, b) => equalObjects(w, a, b, () => w.builtin<'i32'>('equal.any', [a, b, style])),
      ),
  }),
];

/** Equality where an object is among two words: one that is no number is equal to others of its type only. */
function equalObjects(w: Emitter, a: I64, b: I64, slow: () => I32): I32 {
  const typeOf = (word: I64): I32 =>
    w.let(
      'i32',
      w.choose(
        'i32',
        w.i32.eqz(tagOf(w, word)),
        () => typeOfObject(w, word),
        () => w.i32.const(TYPE_CODES.undecided),
      ),
    );
  return w.unless(
    'i32',
    (misses) => {
      const [left, right] = [typeOf(a), typeOf(b)];
      return w.choose(
        'i32',
        w.i32.ne(left, right),
        () => {
          misses(w.i32.ltU(w.i32.or(left, right), w.i32.const(TYPE_CODES.string)));
          return w.i32.const(0);
        },
        () => {
          misses(w.i32.ne(left, w.i32.const(TYPE_CODES.string)));
          return equalStrings(w, w.i32.wrap(a), w.i32.wrap(b), misses);
        },
      );
    },
    slow,
  );
}

/** Stores a word as the element of an array at an index for which there is room, if what the array stores is of its type. */
export function storeWord(w: Emitter, array: I32, index: I32, word: I64, misses: Misses): void {
  const code = w.let('i32', w.load32(array, ARRAY.element));
  const buffer = w.load32(array, ARRAY.buffer);
  const at = (shift: number): I32 => w.i32.add(buffer, w.i32.shl(index, w.i32.const(shift)));
  const ifCode = (wanted: number, then: () => void, otherwise: () => void) => (): void =>
    w.if(w.i32.eq(code, w.i32.const(wanted)), then, otherwise);
  const integer = (): void => {
    misses(w.i32.ne(tagOf(w, word), w.i32.const(ANY_TAG.i64)));
    w.store64(at(3), signed48(w, word), BUFFER_HEADER);
  };
  const double = (): void => {
    misses(w.i32.ltU(tagOf(w, word), w.i32.const(DOUBLE_TAG)));
    w.storeF64(at(3), unboxF64(w, word), BUFFER_HEADER);
  };
  const reference = (): void => {
    misses(w.i32.ltU(code, w.i32.const(TYPE_CODES.string)));
    misses(w.i32.ne(tagOf(w, word), w.i32.const(0)));
    misses(w.i32.ne(typeOfObject(w, word), code));
    w.storeElementBarrier(array, at(2), w.i32.wrap(word), BUFFER_HEADER);
  };
  ifCode(
    TYPE_CODES.i64,
    integer,
    ifCode(
      TYPE_CODES.any,
      () => w.storeSlotBarrier(array, at(3), word, BUFFER_HEADER),
      ifCode(TYPE_CODES.f64, double, reference),
    ),
  )();
}

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

const elements: OpcodeGroup = () => [
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

const iteration: OpcodeGroup = () => [
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

const members: OpcodeGroup = () => [
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

export const dynamic: readonly OpcodeGroup[] = [...words, arithmetic, elements, iteration, members];
