/**
 * Built-in functions (section 15, rows 13 and 14 of section 23).
 */
import { Bug, unreachable } from '../../base/bug.ts';
import type { BuiltinExpr, Expr, Style } from '../../hir/hir.ts';
import { stringOfArray } from './bytes.ts';
import { append, elementShape } from './collections.ts';
import type { Context, Eval } from './context.ts';
import { dynamics, fromNumbers } from './context.ts';
import { adaptTo, inRange, makeInteger } from './convert.ts';
import { equalStrictly } from './equality.ts';
import { raise, raiseDynamic, trap } from './errors.ts';
import type { Machine } from './machine.ts';
import { OBJECT_COST, SLOT_BYTES } from './memory.ts';
import { generalText, parseFloat64, parseInteger, shortestText } from './number-text.ts';
import { checkedElement } from './shapes.ts';
import { textOf } from './text.ts';
import type { Frame, Site, Value } from './value.ts';
import {
  ArrayValue,
  EnumValue,
  F64,
  isInteger,
  isNumber,
  label,
  numericValue,
  RangeValue,
  toDynamic,
  typeLabel,
} from './value.ts';

export function builtinExpr(cx: Context, expr: BuiltinExpr): Eval {
  const { machine } = cx;
  const site = cx.site(expr.span);
  switch (expr.name) {
    case 'len':
      return lenExpr(cx, expr, site);
    case 'push':
      return pushExpr(cx, expr, site);
    case 'pop':
      return popExpr(cx, expr, site);
    case 'sorted': {
      const array = dynamics(cx, argument(expr, 0));
      return (frame) => sorted(machine, array(frame), site);
    }
    case 'range': {
      const bounds = expr.args.map((arg) => dynamics(cx, arg));
      return (frame) => {
        const values = bounds.map((bound) => bound(frame));
        machine.allocate(OBJECT_COST + 3 * SLOT_BYTES, site);
        return makeRange(values, site);
      };
    }
    case 'input': {
      const prompt = expr.args.length === 0 ? null : (cx.expr(argument(expr, 0)) as (frame: Frame) => string);
      return (frame) => {
        if (prompt !== null) machine.write(prompt(frame));
        machine.flush();
        const line = machine.host.readLine(machine.limits.memory);
        if (line === null) return trap('inputEnd', site);
        machine.allocateString(line.length, site);
        return stringOfArray(line);
      };
    }
    case 'int': {
      const value = dynamics(cx, argument(expr, 0));
      const type = expr.ty.kind === 'i32' ? 'i32' : 'i64';
      return (frame) => toInt(value(frame), type, site);
    }
    case 'float': {
      const value = dynamics(cx, argument(expr, 0));
      return fromNumbers(cx, 'f64', (frame) => toFloat(value(frame), site));
    }
    case 'typeof': {
      const value = dynamics(cx, argument(expr, 0));
      return (frame) => typeLabel(value(frame));
    }
    case 'timestamp':
      return fromNumbers(cx, 'f64', () => machine.host.now());
    case 'assertEq':
      return assertExpr(cx, expr, site);
    default:
      return unreachable(expr, 'built-in');
  }
}

function argument(expr: BuiltinExpr, at: number): Expr {
  const found = expr.args[at];
  if (found === undefined) throw new Bug(`${expr.name} lacks argument ${at}`);
  return found;
}

/* ---- arrays ---------------------------------------------------------------------------------------------------- */

function lenExpr(cx: Context, expr: BuiltinExpr, site: Site): Eval {
  const value = dynamics(cx, argument(expr, 0));
  const length = (frame: Frame): number => {
    const found = value(frame);
    if (found instanceof ArrayValue) return found.items.length;
    return typeof found === 'string' ? found.length : raiseDynamic('noLength', { found: label(found) }, site);
  };
  return expr.ty.kind === 'i32' ? length : (frame) => BigInt(length(frame));
}

function pushExpr(cx: Context, expr: BuiltinExpr, site: Site): Eval {
  const { machine } = cx;
  const target = argument(expr, 0);
  const item = argument(expr, 1);
  const value = cx.expr(item);
  const array = dynamics(cx, target);
  const shape = target.ty.kind === 'array' ? elementShape(cx, target) : cx.shape({ kind: 'any' });
  if (shape.rep !== cx.shape(item.ty).rep) throw new Bug(`push of a ${item.ty.kind} to an array of ${shape.name}`);
  return (frame) => {
    const base = array(frame);
    const pushed = value(frame);
    if (!(base instanceof ArrayValue)) return trap('notArray', site);
    append(machine, base, shape, pushed, site);
    return base;
  };
}

function popExpr(cx: Context, expr: BuiltinExpr, site: Site): Eval {
  const array = dynamics(cx, argument(expr, 0));
  const shape = cx.shape(expr.ty);
  return (frame) => {
    const base = array(frame);
    if (!(base instanceof ArrayValue)) return trap('notArray', site);
    const last = base.items.at(-1);
    if (last === undefined) return trap('popEmpty', site);
    const value = checkedElement(shape, base.rep, last, site);
    base.items.pop();
    return value;
  };
}

function sorted(machine: Machine, array: Value, site: Site): ArrayValue {
  if (!(array instanceof ArrayValue)) return trap('sortedElements', site);
  const { rep } = array;
  const items = array.items.map((item) => toDynamic(rep, item));
  const type = items.length === 0 ? '' : label(items[0] as Value);
  for (const item of items) {
    const sortable = isNumber(item) || typeof item === 'boolean' || typeof item === 'string';
    if (!sortable || label(item) !== type) trap('sortedElements', site);
  }
  machine.allocate(OBJECT_COST + items.length * SLOT_BYTES, site);
  // A stable merge sort, by the host's specification; keys are of one JS type.
  const keys = items.map((item) => (isNumber(item) ? numericValue(item) : (item as boolean | string)));
  const order = keys.map((_, i) => i);
  order.sort((a, b) => compareKeys(keys[a] as Key, keys[b] as Key));
  return new ArrayValue(
    rep,
    order.map((i) => array.items[i] as Value),
  );
}

type Key = number | bigint | boolean | string;

/** NaN after everything else; zeros of both signs are equal. */
function compareKeys(a: Key, b: Key): number {
  if (a < b) return -1;
  if (a > b) return 1;
  return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
}

/** `range(start, stop, step)`: any integers in the i64 range. */
function makeRange(values: readonly Value[], site: Site): RangeValue {
  const bounds = values.map((value) => {
    if (!isInteger(value)) return trap('rangeArguments', site);
    const exact = BigInt(numericValue(value));
    return inRange('i64', exact) ? exact : trap('rangeArguments', site);
  });
  const [start, stop, step] = bounds;
  if (start === undefined || stop === undefined || step === undefined) throw new Bug('range lacks arguments');
  if (step === 0n) trap('rangeArguments', site);
  return new RangeValue(start, stop, step);
}

/* ---- conversions ----------------------------------------------------------------------------------------------- */

/** The longest piece of a string that a message shows. */
const SHOWN_BYTES = 52;

function shown(text: string): string {
  return text.length > SHOWN_BYTES ? `${text.slice(0, SHOWN_BYTES)}...` : text;
}

/** How far from whole a number may be. */
const WHOLE_TOLERANCE = 2.2e-16;

function toInt(value: Value, type: 'i32' | 'i64', site: Site): Value {
  const fail = (message: string): never => raise('conversion', message, site);
  const fit = (exact: bigint, text: string): Value =>
    inRange(type, exact) ? makeInteger(type, exact) : fail(`int() overflow: ${text} is out of range for ${type}`);

  if (isInteger(value)) {
    const exact = BigInt(numericValue(value));
    return fit(exact, String(exact));
  }
  if (value instanceof F64) {
    const number = value.value;
    if (!Number.isFinite(number)) return fail('int() overflow: value is not finite');
    const text = type === 'i32' ? generalText(number, 6) : shortestText(number);
    if (Math.abs(number - Math.trunc(number)) > WHOLE_TOLERANCE) {
      return fail(`int() argument must be a whole number, got f64 ${text}`);
    }
    return fit(BigInt(Math.trunc(number)), text);
  }
  if (typeof value === 'string') {
    const exact = parseInteger(value);
    if (exact !== null) return fit(exact, `"${shown(value)}"`);
    const hint = /[.eE]/.test(value) ? ' (decimals are not allowed). Use float() to parse decimal values' : '';
    return fail(`int() argument must be an integer string${hint}, got "${shown(value)}"`);
  }
  return fail(`int() argument must be a string or number, got ${typeLabel(value)}`);
}

function toFloat(value: Value, site: Site): number {
  if (isNumber(value)) return Number(numericValue(value));
  if (typeof value !== 'string') {
    return raise('conversion', `float() argument must be a string or number, got ${typeLabel(value)}`, site);
  }
  const number = parseFloat64(value);
  if (number === null) return raise('conversion', `float() argument must be a number, got "${shown(value)}"`, site);
  if (Number.isFinite(number)) return number;
  return raise('conversion', `float() overflow: "${shown(value)}" is out of range for f64`, site);
}

/* ---- assert_eq ------------------------------------------------------------------------------------------------- */

function assertExpr(cx: Context, expr: Extract<BuiltinExpr, { name: 'assertEq' }>, site: Site): Eval {
  const { machine } = cx;
  const { style, adapt } = expr;
  const title = dynamics(cx, argument(expr, 0));
  const left = dynamics(cx, argument(expr, 1));
  const right = dynamics(cx, argument(expr, 2));
  const leftLiterals = adapt === 'left' ? literalsIn(argument(expr, 1)) : null;
  const rightLiterals = adapt === 'right' ? literalsIn(argument(expr, 2)) : null;
  return (frame) => {
    const name = title(frame);
    const found = left(frame);
    const wanted = right(frame);
    const actual = adaptDeep(found, leftLiterals, wanted);
    const expected = adaptDeep(wanted, rightLiterals, found);
    if (equalStrictly(machine, actual, expected, style, site)) return true;
    return raise('runtime', assertMessage(machine, name, actual, expected, style, site), site);
  };
}

function assertMessage(
  machine: Machine,
  name: Value,
  actual: Value,
  expected: Value,
  style: Style,
  site: Site,
): string {
  const inspect = (value: Value): string => textOf(machine, value, style, 'inspect', site);
  const shownName = typeof name === 'string' ? name : inspect(name);
  const head = shownName === '' ? 'assert_eq failed' : `assert_eq failed (${shownName})`;
  const message = `${head}\n  expected: ${inspect(expected)}\n  actual:   ${inspect(actual)}`;
  machine.allocate(OBJECT_COST + message.length, site);
  return message;
}

/** Which parts of an argument are integer literals: all of it, some of its items, or none. */
type Literals = 'literal' | readonly Literals[] | null;

function literalsIn(expr: Expr): Literals {
  switch (expr.kind) {
    case 'toAny':
      return literalsIn(expr.operand);
    case 'int':
      return 'literal';
    case 'array':
      return expr.items.map(literalsIn);
    case 'enum':
      return expr.args.map(literalsIn);
    default:
      return null;
  }
}

/** A value with its literals adapted to what stands in the same places of the other value (row 14). */
function adaptDeep(value: Value, literals: Literals, other: Value): Value {
  if (literals === null) return value;
  if (literals === 'literal') return adaptTo(value, other);
  if (value instanceof ArrayValue && other instanceof ArrayValue) {
    const items = value.items.map((item, i) => {
      const own = toDynamic(value.rep, item);
      const against = other.items[i];
      return against === undefined ? own : adaptDeep(own, literals[i] ?? null, toDynamic(other.rep, against));
    });
    return new ArrayValue(0, items);
  }
  if (value instanceof EnumValue && other instanceof EnumValue && value.type === other.type) {
    if (value.variant !== other.variant) return value;
    const members = value.type.variants[value.variant]?.payload ?? [];
    // A payload of a known type is of that type already.
    const payload = value.payload.map((item, i) =>
      members[i]?.shape.type.kind === 'any' ? adaptDeep(item, literals[i] ?? null, other.payload[i] as Value) : item,
    );
    return new EnumValue(value.type, value.variant, payload);
  }
  return value;
}
