/**
 * What built-ins rely on beyond the kinds in their rows: what their references refer to, and which of their i32 operands are known
 * numbers that select what is done. A row for each; a test asks for those that are missing.
 */
import type { BuiltinName } from '../../base/builtins.ts';
import type { Plain } from './slot-types.ts';

/** Of an i32 operand: `any` number, a constant `style` (0 or 1), type `code`, or error `kind`. */
export type Number = 'any' | 'style' | 'code' | 'kind';

export interface BuiltinTyping {
  /** References among the operands, in order. `string?` may be null. */
  readonly refs: readonly (Plain | 'string?')[];
  /** The i32 operands, in order. */
  readonly numbers: readonly Number[];
  /** What a result of kind ref refers to. */
  readonly result?: Plain | 'func';
}

interface Row {
  readonly refs?: readonly (Plain | 'string?')[];
  readonly numbers?: readonly Number[];
  readonly result?: Plain | 'func';
}

const style = { numbers: ['style'] } as const;
const text = { result: 'string' } as const;
const array = { refs: ['array'] } as const;

const ROWS: Readonly<Record<BuiltinName, Row>> = {
  'str.concat': { refs: ['string', 'string'], result: 'string' },
  'str.append': { refs: ['string', 'string'], result: 'string' },
  'str.append.i64': { refs: ['string'], result: 'string' },
  'str.concat.i64': { refs: ['string'], result: 'string' },
  'str.eq': { refs: ['string', 'string'] },
  'str.cmp': { refs: ['string', 'string'] },
  'str.index': { refs: ['string'], result: 'string' },
  'str.byte': { refs: ['string'] },
  'str.single': { refs: ['string'] },
  'array.kind': array,
  'str.slice': { refs: ['string'], numbers: ['any'], result: 'string' },
  'f64.rem': {},
  'cmp.i64.f64': {},
  'cmp.u64.f64': {},
  'text.i64': text,
  'text.u64': text,
  'text.f64': { numbers: ['any'], result: 'string' },
  'int.any': style,
  'float.any': {},
  'typeof.any': text,
  'cast.any': { numbers: ['code', 'style'] },
  'convert.any': { numbers: ['code'] },
  'adapt.any': {},
  'equal.any': style,
  'dyn.add': style,
  'dyn.sub': style,
  'dyn.mul': style,
  'dyn.div': style,
  'dyn.rem': style,
  'dyn.and': style,
  'dyn.or': style,
  'dyn.xor': style,
  'dyn.shl': style,
  'dyn.shr': style,
  'dyn.neg': style,
  'dyn.bitnot': style,
  'dyn.not': style,
  'dyn.lt': {},
  'dyn.le': {},
  'dyn.logic': { numbers: ['any'] },
  'dyn.field': { refs: ['string'] },
  'dyn.setfield': { refs: ['string'], numbers: ['style'] },
  'dyn.method': { refs: ['string'] },
  'array.new': { numbers: ['code'], result: 'array' },
  'array.fill': { numbers: ['code'], result: 'array' },
  'array.repeat': { ...array, result: 'array' },
  'array.slice': { ...array, numbers: ['any'], result: 'array' },
  'array.sorted': { ...array, result: 'array' },
  'array.pop.any': array,
  'array.push.any': array,
  'array.get.any': array,
  'array.set.any': array,
  'any.len': {},
  'any.get': {},
  'any.set': {},
  'any.array': { result: 'array' },
  'any.slice': { numbers: ['any'] },
  'any.index': {},
  'any.sorted': { result: 'array' },
  'range.new': { result: 'range' },
  'range.any': { result: 'range' },
  'range.more': { refs: ['range'] },
  'range.next': { refs: ['range'] },
  'iter.any': { result: 'iterator' },
  'iter.more': { refs: ['iterator'] },
  'iter.next': { refs: ['iterator'] },
  'out.begin': {},
  'out.text': { refs: ['string'] },
  'out.value': style,
  'out.radix': { numbers: ['style', 'any'] },
  'out.decimals': { numbers: ['style', 'any'] },
  'out.scan': array,
  'out.end': {},
  input: { refs: ['string?'], result: 'string' },
  timestamp: {},
  raise: { refs: ['string'], numbers: ['kind'] },
  'assert.eq': { numbers: ['style', 'any'] },
  'any.func': { result: 'func' },
  'dyn.gt': {},
  'dyn.ge': {},
  'loop.check': {},
  'loop.enter': { numbers: ['any'] },
  'loop.more': { numbers: ['any'] },
  'loop.next': {},
};

export const BUILTIN_TYPES: Readonly<Record<BuiltinName, BuiltinTyping>> = Object.fromEntries(
  Object.entries(ROWS).map(([name, row]) => [name, { refs: [], numbers: [], ...row }]),
) as unknown as Readonly<Record<BuiltinName, BuiltinTyping>>;
