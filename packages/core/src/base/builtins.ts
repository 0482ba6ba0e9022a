/**
 * Built-in operations of the machine: what `rt` calls by name, in IR and in bytecode.
 *
 * One row each: kinds, result, effects. From it come the runtime core's import list, the interpreter's wrappers, the IR
 * evaluator's completeness test and the reference. Numbering is by position: append only.
 *
 * `style` operands are 0 for classic, 1 for modern. A string operand of kind `ref` is never null unless stated. A built-in
 * charges fuel for work that grows with its operands before it does the work, allocates before it changes anything, and never calls guest code.
 */
import type { Kind } from './kinds.ts';

export interface Effects {
  /** Can raise an error. */
  readonly traps: boolean;
  /** Can allocate, and so collect. */
  readonly allocates: boolean;
  /** Result depends on mutable state of the heap. */
  readonly reads: boolean;
  /** Changes the heap, module variables or the world. */
  readonly writes: boolean;
}

export interface Builtin {
  readonly params: readonly Kind[];
  readonly result: Kind | null;
  readonly effects: Effects;
  readonly doc: string;
}

const pure: Effects = { traps: false, allocates: false, reads: false, writes: false };
const makes: Effects = { ...pure, allocates: true };
const reads: Effects = { ...pure, reads: true };
const tries: Effects = { ...pure, traps: true };
const readsTraps: Effects = { ...reads, traps: true };
const makesTraps: Effects = { ...makes, traps: true };
const readsMakesTraps: Effects = { traps: true, allocates: true, reads: true, writes: false };
const everything: Effects = { traps: true, allocates: true, reads: true, writes: true };

function row(params: readonly Kind[], result: Kind | null, effects: Effects, doc: string): Builtin {
  return { params, result, effects, doc };
}

export const BUILTINS = {
  // strings
  'str.concat': row(
    ['ref', 'ref'],
    'ref',
    makesTraps,
    'a rope or a copy of both strings; a result of 2^31 bytes or more is out of memory',
  ),
  'str.eq': row(['ref', 'ref'], 'i32', makes, 'byte equality (may flatten a rope)'),
  'str.cmp': row(['ref', 'ref'], 'i32', makes, 'byte order: -1, 0, 1 (may flatten ropes)'),
  'str.index': row(
    ['ref', 'i64'],
    'ref',
    makesTraps,
    'the one-byte string at an offset; stringIndexNegative, stringIndexBounds',
  ),
  'str.slice': row(['ref', 'i64', 'i64', 'i32'], 'ref', makesTraps, 'string, start, end, flags as array.slice'),

  // numbers
  'f64.rem': row(['f64', 'f64'], 'f64', pure, 'C fmod'),
  'cmp.i64.f64': row(['i64', 'f64'], 'i32', pure, 'mathematical order: -1, 0, 1, or 2 if unordered'),
  'cmp.u64.f64': row(['i64', 'f64'], 'i32', pure, 'as cmp.i64.f64, the integer unsigned'),
  'text.i64': row(['i64'], 'ref', makes, 'decimal digits, signed'),
  'text.u64': row(['i64'], 'ref', makes, 'decimal digits, unsigned'),
  'text.f64': row(
    ['f64', 'i32'],
    'ref',
    makes,
    'mode 0 classic display (5.3), 1 classic cast (%g, 5.4), 2 modern (shortest, repr layout)',
  ),
  'int.any': row(
    ['any', 'i32'],
    'i64',
    makesTraps,
    'int(v): result in the range of i32 (style 0) or i64 (style 1), messages of section 15',
  ),
  'float.any': row(['any'], 'f64', makesTraps, 'float(v)'),

  // any
  'typeof.any': row(['any'], 'ref', readsMakesTraps, 'type label, 5.6'),
  'cast.any': row(
    ['any', 'i32', 'i32'],
    'any',
    readsMakesTraps,
    'value, target type code, style: `as` on a dynamic value (7.6)',
  ),
  'convert.any': row(
    ['any', 'i32'],
    'any',
    makesTraps,
    'value, target numeric code: the value in that type if it keeps its value (row 21), else range or type error',
  ),
  'adapt.any': row(
    ['any', 'any'],
    'any',
    makes,
    'a flexible integer (first) in the numeric type of the other value if it fits, else unchanged',
  ),
  'equal.any': row(['any', 'any', 'i32'], 'i32', readsMakesTraps, 'equality by style; deep in modern'),
  'dyn.add': row(['any', 'any', 'i32'], 'any', readsMakesTraps, 'left, right, style; likewise the following'),
  'dyn.sub': row(['any', 'any', 'i32'], 'any', readsMakesTraps, ''),
  'dyn.mul': row(['any', 'any', 'i32'], 'any', readsMakesTraps, 'also array repetition'),
  'dyn.div': row(['any', 'any', 'i32'], 'any', readsMakesTraps, ''),
  'dyn.rem': row(['any', 'any', 'i32'], 'any', readsMakesTraps, ''),
  'dyn.and': row(['any', 'any', 'i32'], 'any', readsMakesTraps, ''),
  'dyn.or': row(['any', 'any', 'i32'], 'any', readsMakesTraps, ''),
  'dyn.xor': row(['any', 'any', 'i32'], 'any', readsMakesTraps, ''),
  'dyn.shl': row(['any', 'any', 'i32'], 'any', readsMakesTraps, ''),
  'dyn.shr': row(['any', 'any', 'i32'], 'any', readsMakesTraps, ''),
  'dyn.neg': row(['any', 'i32'], 'any', readsMakesTraps, ''),
  'dyn.bitnot': row(['any', 'i32'], 'any', readsMakesTraps, ''),
  'dyn.not': row(['any', 'i32'], 'i32', readsMakesTraps, ''),
  'dyn.lt': row(['any', 'any'], 'i32', readsMakesTraps, 'mathematical or byte order'),
  'dyn.le': row(['any', 'any'], 'i32', readsMakesTraps, ''),
  'dyn.logic': row(
    ['any', 'any', 'i32'],
    'any',
    readsMakesTraps,
    'classic and (0) / or (1) of two booleans, or bitwise of two integers of one type; else logicOperands',
  ),
  'dyn.field': row(['any', 'ref'], 'any', readsMakesTraps, 'object, name'),
  'dyn.setfield': row(
    ['any', 'ref', 'any', 'i32'],
    null,
    everything,
    'object, name, value, style: the value must have the field type, else `expected`; modern converts numbers as convert.any',
  ),
  'dyn.method': row(
    ['any', 'ref'],
    'any',
    readsMakesTraps,
    'object, name: the method as a function value of the object first, or nil if the object has a field of that name; else noMethod',
  ),

  // arrays
  'array.new': row(['i32', 'i64'], 'ref', makesTraps, 'element code, capacity: an empty array with room'),
  'array.fill': row(['any', 'i64', 'i32'], 'ref', makesTraps, 'value, count, element code; fillCount'),
  'array.repeat': row(['ref', 'i64'], 'ref', readsMakesTraps, 'repeatCount'),
  'array.slice': row(
    ['ref', 'i64', 'i64', 'i32'],
    'ref',
    readsMakesTraps,
    'array, start, end, flags: 1 the end is written, 2 it is inclusive (..=), 4 modern rules; 8 / 16 start / end were u64 above the i64 range',
  ),
  'array.sorted': row(['ref'], 'ref', readsMakesTraps, 'sortedElements'),
  'array.pop.any': row(['ref'], 'any', everything, 'last element boxed; popEmpty'),
  'array.push.any': row(
    ['ref', 'any'],
    null,
    everything,
    'any element into any storage: decides or generalises the storage kind',
  ),
  'array.get.any': row(['ref', 'i64'], 'any', readsMakesTraps, 'element boxed, from any storage'),
  'array.set.any': row(['ref', 'i64', 'any'], null, everything, 'any element into any storage'),
  'any.len': row(['any'], 'i64', readsTraps, 'array or string, else noLength'),
  'any.get': row(['any', 'any'], 'any', readsMakesTraps, 'array or string, integer index; notArray, notInteger'),
  'any.set': row(['any', 'any', 'any'], null, everything, 'array, integer index, value'),
  'any.array': row(['any'], 'ref', tries, 'the array, else notArray'),
  'any.slice': row(['any', 'any', 'any', 'i32'], 'any', readsMakesTraps, 'array or (modern) string'),
  'any.index': row(
    ['any'],
    'i64',
    tries,
    'an integer of any type as index: u64 above the i64 range saturates; else notInteger',
  ),
  'any.sorted': row(['any'], 'ref', readsMakesTraps, 'sorted of a dynamic value'),

  // iteration
  'range.new': row(['i64', 'i64', 'i64'], 'ref', makesTraps, 'start, stop, step; rangeArguments for a zero step'),
  'range.any': row(
    ['any', 'any', 'any'],
    'ref',
    makesTraps,
    'the same from dynamic values; rangeArguments unless all are integers within i64',
  ),
  'range.more': row(['ref'], 'i32', reads, 'whether a value is left'),
  'range.next': row(
    ['ref'],
    'i64',
    { ...everything, traps: false, allocates: false },
    'takes the next value; only after range.more',
  ),
  'iter.any': row(
    ['any'],
    'ref',
    makesTraps,
    'an iterator over an array, string, range or integer; notIterable, iterateNegative',
  ),
  'iter.more': row(['ref'], 'i32', reads, 'whether a value is left (reads the length anew)'),
  'iter.next': row(['ref'], 'any', { ...everything, traps: false }, 'takes the next value; only after iter.more'),

  // output and input
  'out.begin': row([], null, { ...pure, writes: true }, 'starts a line (drops what an error left behind)'),
  'out.text': row(['ref'], null, everything, 'appends a string, raw'),
  'out.value': row(['any', 'i32'], null, everything, 'appends a value in display form by style'),
  'out.radix': row(['any', 'i32', 'i32'], null, everything, 'value, style, radix character code (x X o b)'),
  'out.decimals': row(['any', 'i32', 'i32'], null, everything, 'value, style, decimals'),
  'out.scan': row(
    ['ref'],
    null,
    everything,
    'an array of all arguments of a classic print whose first is a string: format and all',
  ),
  'out.end': row([], null, everything, 'ends the line and hands it to the host'),
  input: row(['ref'], 'ref', everything, 'prompt or null; inputEnd'),
  timestamp: row([], 'f64', { ...reads, writes: true }, 'seconds on a monotonic clock'),

  // errors
  raise: row(
    ['i32', 'ref'],
    null,
    { ...makesTraps, writes: true },
    'raises an error of a kind (position in TRAP_KIND_NAMES) with a message',
  ),
  'assert.eq': row(
    ['any', 'any', 'any', 'i32', 'i32'],
    'i32',
    readsMakesTraps,
    'label, actual, expected, style, adapt (0 none, 1 actual, 2 expected): 1, or raises',
  ),
  'any.func': row(['any'], 'ref', tries, 'the function value, else notCallable'),
  'dyn.gt': row(['any', 'any'], 'i32', readsMakesTraps, 'as dyn.lt'),
  'dyn.ge': row(['any', 'any'], 'i32', readsMakesTraps, ''),

  // range loops over dynamic bounds; the loop runs in the integer type of its bounds
  'loop.check': row(
    ['any', 'any', 'any'],
    null,
    tries,
    'start, end, step: integers of one type, else operandTypes; stepZero',
  ),
  'loop.enter': row(
    ['any', 'any', 'any', 'i32'],
    'i32',
    pure,
    'start, end, step, inclusive: whether the first iteration runs; after loop.check',
  ),
  'loop.more': row(
    ['any', 'any', 'any', 'i32'],
    'i32',
    tries,
    'item, end, step, LOOP_FORM: whether item + step is still inside; operandTypes if the item is no longer of the type',
  ),
  'loop.next': row(['any', 'any'], 'any', makes, 'item + step; only where loop.more holds'),

  'str.byte': row(['ref', 'i64'], 'i32', makesTraps, 'the byte at an offset, as a number; fails as str.index does'),
  'array.kind': row(['ref'], 'i32', reads, 'the code of the type that the array stores'),

  // joining where nobody uses the left string again, or knows it by another name: it may grow in place
  'str.append': row(['ref', 'ref'], 'ref', makesTraps, 'as str.concat'),
  'str.append.i64': row(['ref', 'i64'], 'ref', makesTraps, 'the same with the text of a signed number'),
  'str.concat.i64': row(['ref', 'i64'], 'ref', makesTraps, 'str.concat with the text of a signed number'),

  'str.single': row(['ref'], 'i32', pure, 'the byte of a string of one byte, -1 for any other'),
} as const satisfies Record<string, Builtin>;

/** Where a counting loop ends: before its bound or behind it; or before it, and nobody assigns the item, which is thus inside. */
export const LOOP_FORM = { exclusive: 0, inclusive: 1, inside: 2 } as const;

export type BuiltinName = keyof typeof BUILTINS;
export const BUILTIN_NAMES = Object.keys(BUILTINS) as readonly BuiltinName[];
