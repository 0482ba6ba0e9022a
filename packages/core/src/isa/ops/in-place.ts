/**
 * Built-ins whose usual case machine code writes where they are called: on dynamic values, numbers that are inline and elements of the type
 * that the array stores; on strings, flat ones. What is not usual is the core's, which has the whole meaning of each; the interpreter calls it for everything.
 */
import { BUILTINS, type BuiltinName } from '../../base/builtins.ts';
import { WASM_OF_KIND } from '../../runtime/core-exports.ts';
import { ANY_TAG, ARRAY, STRING_HEADER } from '../../runtime/layout.ts';
import type { Expr, I32, I64 } from '../../wasm/code-writer.ts';
import type { WasmType } from '../../wasm/types.ts';
import type { Emitter } from '../emitter.ts';
import { bothDoubles, bothTagged, storeWord, type Misses } from './dynamic.ts';
import { isFlat, lengthOf } from './strings.ts';
import { boxF64, boxI64, DOUBLE_TAG, signed48, tagOf, unboxF64 } from './words.ts';

type Operands = readonly Expr<WasmType>[];

/** What a built-in with a result gives in the usual case. */
type Value = (w: Emitter, operands: Operands, misses: Misses) => Expr<WasmType>;
type Effect = (w: Emitter, operands: Operands, misses: Misses) => void;

/** A number of 64 bits as a word, unless it needs more than 48. */
function boxed(w: Emitter, value: I64, misses: Misses): I64 {
  const result = w.let('i64', value);
  misses(w.i64.ne(signed48(w, result), result));
  return boxI64(w, result);
}

/** Two inline i64. */
function wideOnes(w: Emitter, [lhs, rhs]: Operands, misses: Misses): readonly [I64, I64] {
  const a = w.let('i64', lhs as I64);
  const b = w.let('i64', rhs as I64);
  misses(w.i32.eqz(bothTagged(w, a, b, ANY_TAG.i64)));
  return [w.let('i64', signed48(w, a)), w.let('i64', signed48(w, b))];
}

const single: Value = (w, [text], misses) => {
  const string = w.let('i32', text as I32);
  return w.choose(
    'i32',
    w.i32.ne(lengthOf(w, string), w.i32.const(1)),
    () => w.i32.const(-1),
    () => {
      misses(w.i32.eqz(isFlat(w, string)));
      return w.load8(string, STRING_HEADER);
    },
  );
};

const remainder: Value = (w, operands, misses) => {
  const [a, b] = wideOnes(w, operands, misses);
  misses(w.i64.eqz(b));
  return boxI64(w, w.i64.remS(a, b));
};

const quotient: Value = (w, operands, misses) => {
  const a = w.let('i64', operands[0] as I64);
  const b = w.let('i64', operands[1] as I64);
  return w.choose(
    'i64',
    bothDoubles(w, a, b),
    () => {
      const divisor = w.let('f64', unboxF64(w, b));
      misses(w.f64.eq(divisor, w.f64.const(0)));
      return boxF64(w, w.f64.div(unboxF64(w, a), divisor));
    },
    () => {
      const [x, y] = wideOnes(w, operands, misses);
      misses(w.i64.eqz(y));
      return boxed(w, w.i64.divS(x, y), misses);
    },
  );
};

const negation: Value = (w, [operand], misses) => {
  const word = w.let('i64', operand as I64);
  const tag = w.let('i32', tagOf(w, word));
  return w.choose(
    'i64',
    w.i32.geU(tag, w.i32.const(DOUBLE_TAG)),
    () => boxF64(w, w.f64.neg(unboxF64(w, word))),
    () => {
      misses(w.i32.ne(tag, w.i32.const(ANY_TAG.i64)));
      return boxed(w, w.i64.sub(w.i64.const(0n), signed48(w, word)), misses);
    },
  );
};

/** An integer beside a value of its type stays, beside a double it becomes one. */
const adaptation: Value = (w, [first, second], misses) => {
  const literal = w.let('i64', first as I64);
  misses(w.i32.ne(tagOf(w, literal), w.i32.const(ANY_TAG.i64)));
  const tag = w.let('i32', tagOf(w, second as I64));
  return w.choose(
    'i64',
    w.i32.eq(tag, w.i32.const(ANY_TAG.i64)),
    () => literal,
    () => {
      misses(w.i32.ltU(tag, w.i32.const(DOUBLE_TAG)));
      return boxF64(w, w.f64.fromI64S(signed48(w, literal)));
    },
  );
};

const push: Effect = (w, [object, value], misses) => {
  const array = w.let('i32', object as I32);
  const length = w.let('i32', w.load32(array, ARRAY.length));
  misses(w.i32.geU(length, w.load32(array, ARRAY.capacity)));
  storeWord(w, array, length, w.let('i64', value as I64), misses);
  w.store32(array, w.i32.add(length, w.i32.const(1)), ARRAY.length);
};

const setElement: Effect = (w, [object, at, value], misses) => {
  const array = w.let('i32', object as I32);
  const index = w.let('i64', at as I64);
  misses(w.i64.geU(index, w.i64.extendU(w.load32(array, ARRAY.length))));
  storeWord(w, array, w.i32.wrap(index), w.let('i64', value as I64), misses);
};

const VALUES: Partial<Record<BuiltinName, Value>> = {
  'str.single': single,
  'dyn.rem': remainder,
  'dyn.div': quotient,
  'dyn.neg': negation,
  'adapt.any': adaptation,
};

const EFFECTS: Partial<Record<BuiltinName, Effect>> = {
  'array.push.any': push,
  'array.set.any': setElement,
};

/** The built-ins that have a usual case. */
export const IN_PLACE: readonly BuiltinName[] = [...Object.keys(VALUES), ...Object.keys(EFFECTS)] as BuiltinName[];

/** A built-in on values, with its usual case in place if it has one; what it gives, if anything. */
export function inPlace(w: Emitter, name: BuiltinName, operands: Operands): Expr<WasmType> | void {
  const { result } = BUILTINS[name];
  if (result !== null) {
    const value = VALUES[name];
    const usual = (): Expr<WasmType> => w.builtin<WasmType>(name, operands);
    if (value === undefined) return usual();
    return w.unless(WASM_OF_KIND[result], (misses) => value(w, operands, misses), usual);
  }
  const effect = EFFECTS[name];
  if (effect === undefined) return w.builtinEffect(name, operands);
  w.unlessDo(
    (misses) => effect(w, operands, misses),
    () => w.builtinEffect(name, operands),
  );
}
