/**
 * Every built-in of `base/builtins.ts`, by name. Operands come as raw values of the kinds that its row states; nothing is
 * returned by those without a result. They differ from the machine's only in being written a second time.
 */
import { type BuiltinName, LOOP_FORM } from '../../base/builtins.ts';
import type { TypeCode } from '../../base/kinds.ts';
import { TRAP_KIND_NAMES } from '../../base/traps.ts';
import type { IrField } from '../../ir/ir.ts';
import {
  classicText,
  fixedText,
  generalText,
  parseFloat64,
  parseInteger,
  radixText,
  shortestText,
} from '../tree/number-text.ts';
import {
  append,
  byteAt,
  type Cut,
  element,
  elementIndex,
  filled,
  newArray,
  repeated,
  slicedArray,
  slicedString,
  sortedCopy,
  store,
} from './arrays.ts';
import {
  adapted,
  arith,
  type ArithName,
  cast,
  complement,
  convertKeeping,
  fitsInt,
  logic,
  negate,
  negated,
  ordered,
  shift,
} from './dynamic.ts';
import { equalValues, fieldsOf } from './equal.ts';
import {
  iterate,
  loopEnters,
  loopMore,
  loopNext,
  moreItems,
  newRange,
  nextItem,
  rangeMore,
  rangeNext,
  rangeOf,
} from './iterate.ts';
import type { Machine } from './machine.ts';
import { textOf } from './text.ts';
import {
  type Any,
  ArrayObj,
  Closure,
  CODE,
  Int,
  isNumber,
  type Iteration,
  magnitude,
  NIL,
  type RangeObj,
  RecordObj,
  stored,
  typeText,
  unbox,
  type Value,
} from './value.ts';

type Operation = (m: Machine, ...args: never[]) => unknown;

const flag = (condition: boolean): number => (condition ? 1 : 0);

function index(m: Machine, value: Any): bigint {
  return value instanceof Int ? value.value : m.fail('notInteger', { found: m.label(value) });
}

function arrayOf(m: Machine, value: Any): ArrayObj {
  return value instanceof ArrayObj ? value : m.trap('notArray');
}

function order(a: number | bigint | string, b: number | bigint | string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function orderOfFloat(a: bigint, b: number): number {
  return Number.isNaN(b) ? 2 : order(a, b);
}

function text(m: Machine, value: string): string {
  m.allocateString(value.length);
  return value;
}

const dynamic = (op: ArithName) => (m: Machine, a: Any, b: Any) => arith(m, op, a, b);

function cutOf(start: bigint | null, end: bigint | null, flags: number): Cut {
  return { start, end: (flags & 1) === 0 ? null : end, inclusive: (flags & 2) !== 0, modern: (flags & 4) !== 0 };
}

const joined = (m: Machine, a: string, b: string): string => text(m, a + b);

export const OPERATIONS: Readonly<Record<BuiltinName, Operation>> = {
  'str.concat': joined,
  'str.append': joined,
  'str.concat.i64': (m, a: string, b: bigint) => joined(m, a, b.toString()),
  'str.append.i64': (m, a: string, b: bigint) => joined(m, a, b.toString()),
  'str.eq': (_m, a: string, b: string) => flag(a === b),
  'str.cmp': (_m, a: string, b: string) => order(a, b),
  'str.index': (m, a: string, at: bigint) => byteAt(m, a, at),
  'str.byte': (m, a: string, at: bigint) => byteAt(m, a, at).charCodeAt(0),
  'str.single': (_m, a: string) => (a.length === 1 ? a.charCodeAt(0) : -1),
  'str.slice': (m, a: string, start: bigint, end: bigint, flags: number) =>
    slicedString(m, a, cutOf(start, end, flags)),

  'f64.rem': (_m, a: number, b: number) => a % b,
  'cmp.i64.f64': (_m, a: bigint, b: number) => orderOfFloat(a, b),
  'cmp.u64.f64': (_m, a: bigint, b: number) => orderOfFloat(BigInt.asUintN(64, a), b),
  'text.i64': (m, a: bigint) => text(m, a.toString()),
  'text.u64': (m, a: bigint) => text(m, BigInt.asUintN(64, a).toString()),
  'text.f64': (m, a: number, mode: number) =>
    text(m, mode === 0 ? classicText(a) : mode === 1 ? generalText(a, 6) : shortestText(a)),
  'int.any': (m, a: Any, style: number) => toInt(m, a, style === 0 ? 'i32' : 'i64'),
  'float.any': toFloat,

  'typeof.any': (m, a: Any) => text(m, typeText(m.program.types, a)),
  'cast.any': (m, a: Any, code: number, style: number) => cast(m, a, code as TypeCode, style === 1),
  'convert.any': (m, a: Any, code: number) => convertKeeping(m, a, code as TypeCode),
  'adapt.any': (_m, a: Any, b: Any) => adapted(a, b),
  'equal.any': (m, a: Any, b: Any, style: number) =>
    flag(equalValues(m, a, b, { deep: style === 1, strict: false, modern: style === 1 })),
  'dyn.add': dynamic('add'),
  'dyn.sub': dynamic('sub'),
  'dyn.mul': dynamic('mul'),
  'dyn.div': dynamic('div'),
  'dyn.rem': dynamic('rem'),
  'dyn.and': dynamic('and'),
  'dyn.or': dynamic('or'),
  'dyn.xor': dynamic('xor'),
  'dyn.shl': (m, a: Any, b: Any) => shift(m, 'shl', a, b),
  'dyn.shr': (m, a: Any, b: Any) => shift(m, 'shr', a, b),
  'dyn.neg': negate,
  'dyn.bitnot': complement,
  'dyn.not': (m, a: Any, style: number) => flag(negated(m, a, style === 1)),
  'dyn.lt': (m, a: Any, b: Any) => flag(ordered(m, 'lt', a, b)),
  'dyn.le': (m, a: Any, b: Any) => flag(ordered(m, 'le', a, b)),
  'dyn.gt': (m, a: Any, b: Any) => flag(ordered(m, 'gt', a, b)),
  'dyn.ge': (m, a: Any, b: Any) => flag(ordered(m, 'ge', a, b)),
  'dyn.logic': (m, a: Any, b: Any, which: number) => logic(m, which === 0 ? 'and' : 'or', a, b),
  'dyn.field': (m, object: Any, name: string) => {
    const at = fieldIndex(m, object, name);
    if (at < 0) return m.fail('noField', { found: m.label(object), name });
    const record = object as RecordObj;
    return stored(codeOfField(m, record, at), record.slots[at] as Value);
  },
  'dyn.setfield': (m, object: Any, name: string, value: Any, style: number) => {
    const at = fieldIndex(m, object, name);
    if (at < 0) return m.fail('noField', { found: m.label(object), name });
    const record = object as RecordObj;
    record.slots[at] = slotFor(m, fieldsOf(m, record)[at], value, style === 1);
  },
  'dyn.method': (m, object: Any, name: string) => {
    const type = object instanceof RecordObj ? m.program.types[object.type] : undefined;
    const method = type?.kind === 'struct' ? type.methods.find((row) => row.name === name) : undefined;
    if (method !== undefined) return m.staticClosure(method.func);
    return fieldIndex(m, object, name) >= 0 ? NIL : m.fail('noMethod', { found: m.label(object), name });
  },
  'any.func': (m, value: Any) => (value instanceof Closure ? value : m.fail('notCallable', { found: m.label(value) })),

  'array.new': (m, code: number) => newArray(m, code as TypeCode, []),
  'array.fill': (m, value: Any, count: bigint, code: number) => filled(m, value, count, code as TypeCode),
  'array.repeat': repeated,
  'array.slice': (m, array: ArrayObj, start: bigint, end: bigint, flags: number) =>
    slicedArray(m, array, cutOf(start, end, flags)),
  'array.kind': (_m, array: ArrayObj) => array.code,
  'array.sorted': sortedCopy,
  'array.pop.any': (m, array: ArrayObj) => {
    if (array.items.length === 0) m.trap('popEmpty');
    return stored(array.code, array.items.pop() as Value);
  },
  'array.push.any': (m, array: ArrayObj, value: Any) => append(m, array, CODE.any, value),
  'array.get.any': (m, array: ArrayObj, at: bigint) => element(array, elementIndex(m, array, at)),
  'array.set.any': (m, array: ArrayObj, at: bigint, value: Any) =>
    store(array, elementIndex(m, array, at), CODE.any, value),
  'any.len': (m, value: Any) => {
    if (value instanceof ArrayObj) return BigInt(value.items.length);
    return typeof value === 'string' ? BigInt(value.length) : m.fail('noLength', { found: m.label(value) });
  },
  'any.get': (m, base: Any, at: Any) => {
    if (typeof base === 'string') return byteAt(m, base, index(m, at));
    const array = arrayOf(m, base);
    return element(array, elementIndex(m, array, index(m, at)));
  },
  'any.set': (m, base: Any, at: Any, value: Any) => {
    if (typeof base === 'string') return m.fail('stringAssign', {});
    const array = arrayOf(m, base);
    store(array, elementIndex(m, array, index(m, at)), CODE.any, value);
  },
  'any.array': arrayOf,
  'any.slice': (m, base: Any, start: Any, end: Any, flags: number) => {
    const isText = typeof base === 'string' && (flags & 4) !== 0;
    if (!isText && !(base instanceof ArrayObj)) return m.trap('notArray');
    const from = index(m, start);
    const cut = cutOf(from, (flags & 1) === 0 ? 0n : index(m, end), flags);
    return base instanceof ArrayObj ? slicedArray(m, base, cut) : slicedString(m, base as string, cut);
  },
  'any.index': (m, value: Any) => {
    const at = index(m, value);
    return fitsInt(3, at) ? at : 2n ** 63n - 1n;
  },
  'any.sorted': (m, value: Any) => (value instanceof ArrayObj ? sortedCopy(m, value) : m.trap('sortedElements')),

  'range.new': newRange,
  'range.any': rangeOf,
  'range.more': (_m, range: RangeObj) => flag(rangeMore(range)),
  'range.next': (_m, range: RangeObj) => rangeNext(range),
  'iter.any': iterate,
  'iter.more': (_m, iteration: Iteration) => flag(moreItems(iteration)),
  'iter.next': (_m, iteration: Iteration) => nextItem(iteration),
  'loop.check': (m, start: Any, end: Any, step: Any) => {
    const ints = start instanceof Int && end instanceof Int && step instanceof Int;
    if (!ints || start.code !== end.code || start.code !== step.code) return m.trap('operandTypes');
    if (step.value === 0n) m.trap('stepZero');
  },
  'loop.enter': (_m, start: Int, end: Int, step: Int, inclusive: number) =>
    flag(loopEnters(start, end, step, inclusive === 1)),
  'loop.more': (m, item: Any, end: Int, step: Int, form: number) =>
    flag(loopMore(m, item, end, step, form === LOOP_FORM.inclusive)),
  'loop.next': (_m, item: Int, step: Int) => loopNext(item, step),

  'out.begin': (m) => {
    m.line = [];
  },
  'out.text': (m, value: string) => put(m, value),
  'out.value': (m, value: Any, style: number) => put(m, display(m, value, style)),
  'out.radix': (m, value: Any, style: number, radix: number) =>
    put(m, inRadix(m, value, style, String.fromCharCode(radix))),
  'out.decimals': (m, value: Any, style: number, decimals: number) => put(m, withDecimals(m, value, style, decimals)),
  'out.scan': scanned,
  'out.end': (m) => {
    m.write(`${m.line.join('')}\n`);
    m.line = [];
  },
  input: (m, prompt: string | null) => {
    if (prompt !== null) m.write(prompt);
    m.flush();
    const bytes = m.host.readLine(m.limits.memory);
    if (bytes === null) return m.trap('inputEnd');
    m.allocateString(bytes.length);
    const pieces: string[] = [];
    for (let at = 0; at < bytes.length; at += 8192) pieces.push(String.fromCharCode(...bytes.subarray(at, at + 8192)));
    return pieces.join('');
  },
  timestamp: (m) => m.host.now(),

  raise: (m, kind: number, message: string) => m.raise(TRAP_KIND_NAMES[kind] ?? 'runtime', message),
  'assert.eq': (m, label: Any, actual: Any, expected: Any, style: number, adapt: number) =>
    assertEqual(
      m,
      label,
      adapt === 1 ? adaptedDeep(m, actual, expected) : actual,
      adapt === 2 ? adaptedDeep(m, expected, actual) : expected,
      style === 1,
    ),
};

/* ---- members --------------------------------------------------------------------------------------------------- */

function fieldIndex(m: Machine, object: Any, name: string): number {
  if (!(object instanceof RecordObj) || object.variant >= 0) return -1;
  return fieldsOf(m, object).findIndex((field) => field.name === name);
}

function codeOfField(m: Machine, record: RecordObj, at: number): TypeCode {
  return fieldsOf(m, record)[at]?.code ?? CODE.any;
}

function slotFor(m: Machine, field: IrField | undefined, value: Any, converts: boolean): Value {
  const code = field?.code ?? CODE.any;
  if (code === CODE.any) return value;
  const fitting = converts ? convertKeeping(m, value, code) : value;
  const raw = unbox(code, fitting);
  const fits = raw instanceof Closure ? m.func(raw.func).params.length === field?.arity : raw !== undefined;
  return fits ? (raw as Value) : m.mismatch(code, fitting);
}

/* ---- numbers from values (section 15) -------------------------------------------------------------------------- */

function shown(value: string): string {
  return value.length > 52 ? `${value.slice(0, 52)}...` : value;
}

function toInt(m: Machine, value: Any, type: 'i32' | 'i64'): bigint {
  const fail = (message: string): never => m.raise('conversion', message);
  const fit = (exact: bigint, what: string): bigint =>
    fitsInt(type === 'i32' ? 1 : 3, exact) ? exact : fail(`int() overflow: ${what} is out of range for ${type}`);
  if (value instanceof Int) return fit(value.value, String(value.value));
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) return fail('int() overflow: value is not finite');
    const what = type === 'i32' ? generalText(value, 6) : shortestText(value);
    const whole = Math.trunc(value);
    if (Math.abs(value - whole) > 2.2e-16) return fail(`int() argument must be a whole number, got f64 ${what}`);
    return fit(BigInt(whole), what);
  }
  if (typeof value !== 'string')
    return fail(`int() argument must be a string or number, got ${typeText(m.program.types, value)}`);
  const exact = parseInteger(value);
  if (exact !== null) return fit(exact, `"${shown(value)}"`);
  const hint = /[.eE]/.test(value) ? ' (decimals are not allowed). Use float() to parse decimal values' : '';
  return fail(`int() argument must be an integer string${hint}, got "${shown(value)}"`);
}

function toFloat(m: Machine, value: Any): number {
  if (isNumber(value)) return Number(magnitude(value));
  if (typeof value !== 'string') {
    return m.raise(
      'conversion',
      `float() argument must be a string or number, got ${typeText(m.program.types, value)}`,
    );
  }
  const number = parseFloat64(value);
  if (number === null) return m.raise('conversion', `float() argument must be a number, got "${shown(value)}"`);
  if (!Number.isFinite(number))
    return m.raise('conversion', `float() overflow: "${shown(value)}" is out of range for f64`);
  return number;
}

/* ---- output (section 16) --------------------------------------------------------------------------------------- */

function put(m: Machine, piece: string): void {
  m.line.push(piece);
}

function display(m: Machine, value: Any, style: number): string {
  return textOf(m, value, { modern: style === 1, inspect: false });
}

function inRadix(m: Machine, value: Any, style: number, radix: string): string {
  if (!(value instanceof Int)) return display(m, value, style);
  return radixText(value.value, radix as 'x' | 'X' | 'o' | 'b');
}

function withDecimals(m: Machine, value: Any, style: number, decimals: number): string {
  if (decimals < 0 || decimals > 100) m.trap('formatDecimals');
  return typeof value === 'number' ? fixedText(value, decimals) : display(m, value, style);
}

/** A classic print: the first argument is the format. */
function scanned(m: Machine, args: ArrayObj): void {
  const format = element(args, 0) as string;
  let next = 1;
  let at = 0;
  while (at < format.length) {
    const char = format.charAt(at);
    if (char === '\\') {
      const escaped = format.charAt(at + 1);
      put(m, escaped === 'n' ? '\n' : escaped === 't' ? '\t' : escaped);
      at += 2;
      continue;
    }
    if (char !== '@') {
      put(m, char);
      at += 1;
      continue;
    }
    const specifier = /^(?:[xXob]|\.([0-9]*)f?)?/.exec(format.slice(at + 1, at + 200)) as RegExpExecArray;
    const word = specifier[0];
    at += 1 + word.length;
    if (next >= args.items.length) {
      put(m, `@${word}`);
      continue;
    }
    const value = element(args, next);
    next += 1;
    const digits = specifier[1] ?? '';
    if (digits !== '') put(m, withDecimals(m, value, 0, Number(digits)));
    else put(m, word === '' || word.startsWith('.') ? display(m, value, 0) : inRadix(m, value, 0, word));
  }
  for (; next < args.items.length; next++) put(m, ` ${display(m, element(args, next), 0)}`);
}

/* ---- assert_eq (section 15, row 14) ---------------------------------------------------------------------------- */

function assertEqual(m: Machine, label: Any, actual: Any, expected: Any, modern: boolean): number {
  if (equalValues(m, actual, expected, { deep: true, strict: true, modern })) return 1;
  const inspect = (value: Any): string => textOf(m, value, { modern, inspect: true });
  const name = typeof label === 'string' ? label : inspect(label);
  const head = name === '' ? 'assert_eq failed' : `assert_eq failed (${name})`;
  return m.raise('runtime', `${head}\n  expected: ${inspect(expected)}\n  actual:   ${inspect(actual)}`);
}

/** Integers of a literal argument in the types of their counterparts, element by element and payload by payload. */
function adaptedDeep(m: Machine, literal: Any, other: Any): Any {
  if (literal instanceof ArrayObj && other instanceof ArrayObj) {
    const items = literal.items.map((_, i) => {
      const own = element(literal, i);
      return i < other.items.length ? adaptedDeep(m, own, element(other, i)) : own;
    });
    return new ArrayObj(CODE.any, items);
  }
  if (literal instanceof RecordObj && other instanceof RecordObj && literal.variant >= 0) {
    if (literal.type !== other.type || literal.variant !== other.variant) return literal;
    const fields = fieldsOf(m, literal);
    const slots = literal.slots.map((slot, i) => {
      if (fields[i]?.code !== CODE.any) return slot;
      return adaptedDeep(m, slot as Any, other.slots[i] as Any);
    });
    return new RecordObj(literal.type, literal.variant, slots);
  }
  return adapted(literal, other);
}
