/**
 * Loops. An iteration is a step; a body's completion code says whether to go on.
 */
import { Bug } from '../../base/bug.ts';
import type { Expr, ForEach, ForRange, Stmt } from '../../hir/hir.ts';
import { isBig } from './arith.ts';
import type { Bigs, Context, Eval, Exec, Numbers } from './context.ts';
import { bigs, bools, breakCode, continueCode, dynamics, NORMAL, numbers, storedBig, storedNumber } from './context.ts';
import { adaptTo } from './convert.ts';
import type { Bind } from './data.ts';
import { bindLocal } from './data.ts';
import { trap } from './errors.ts';
import { checked, checkedElement } from './shapes.ts';
import type { Frame, Shape, Site, Value } from './value.ts';
import type { Cell } from './value.ts';
import { ArrayValue, isInteger, label, numericValue, RangeValue, U32, U64 } from './value.ts';

type While = Extract<Stmt, { kind: 'while' }>;

const LAST_I64 = 2n ** 63n - 1n;

export function whileStmt(cx: Context, stmt: While): Exec {
  const { machine } = cx;
  const site = cx.site(stmt.span);
  const cond = bools(cx, stmt.cond);
  const body = cx.stmts(stmt.body);
  const leave = breakCode(stmt.label);
  const next = continueCode(stmt.label);
  return (frame) => {
    while (cond(frame)) {
      if (--machine.steps < 0) machine.nextSlice(site);
      const code = body(frame);
      if (code !== NORMAL && code !== next) return code === leave ? NORMAL : code;
    }
    return NORMAL;
  };
}

/* ---- ranges ---------------------------------------------------------------------------------------------------- */

export function forRangeStmt(cx: Context, stmt: ForRange): Exec {
  const site = cx.site(stmt.span);
  const loop = rangeBody(cx, stmt, site);
  const kind = cx.program.locals.get(stmt.item).type.kind;
  if (kind === 'any') return dynamicRange(cx, stmt, loop, site);
  if (isBig(kind)) {
    const start = bigs(cx, stmt.start);
    const end = bigs(cx, stmt.end);
    const step: Bigs = stmt.step === null ? () => 1n : bigs(cx, stmt.step);
    return (frame) => loop.countBig(frame, start(frame), end(frame), step(frame));
  }
  if (kind !== 'i32' && kind !== 'u32') throw new Bug(`a range of ${kind}`);
  const start = numbers(cx, stmt.start);
  const end = numbers(cx, stmt.end);
  const step: Numbers = stmt.step === null ? () => 1 : numbers(cx, stmt.step);
  return (frame) => loop.count(frame, start(frame), end(frame), step(frame));
}

/** How to run the body of a range loop whose bounds are known; `forms` converts items that are of type `any`. */
interface RangeLoop {
  count(frame: Frame, start: number, end: number, step: number, forms?: Forms<number>): number;
  countBig(frame: Frame, start: bigint, end: bigint, step: bigint, forms?: Forms<bigint>): number;
}

/** Between the counter of a loop and the dynamic form of its item. */
interface Forms<N> {
  wrap(counter: N): Value;
  /** The item may have been assigned; it must still be of the type in which the loop runs. */
  unwrap(item: Value): N;
}
type Wrap = (value: number) => Value;
type WrapBig = (value: bigint) => Value;

function rangeBody(cx: Context, stmt: ForRange, site: Site): RangeLoop {
  const { machine } = cx;
  const { inclusive } = stmt;
  const local = cx.program.locals.get(stmt.item);
  const shape = cx.shape(local.type);
  const slot = cx.slot(stmt.item);
  const inCell = cx.inCell(stmt.item);
  const bind = bindLocal(cx, stmt.item);
  const body = cx.stmts(stmt.body);
  const leave = breakCode(stmt.label);
  const next = continueCode(stmt.label);
  const plain = !inCell && shape.rep !== 0;
  const plainNumber = !inCell && (plain || shape.type.kind === 'i32');
  const plainBig = !inCell && (plain || shape.type.kind === 'i64');
  // The loop goes on from the item's final value, which only an assigned item can have changed.
  const { assigned } = local;
  const current = (frame: Frame): Value => {
    const held = inCell ? (frame[slot] as Cell).value : frame[slot];
    return held as Value;
  };

  return {
    count(frame, start, end, step, forms) {
      if (step === 0) trap('stepZero', site);
      let at = start;
      while (step > 0 ? at < end || (inclusive && at === end) : at > end || (inclusive && at === end)) {
        if (--machine.steps < 0) machine.nextSlice(site);
        if (forms !== undefined) bind(frame, forms.wrap(at));
        else if (plainNumber) frame[slot] = at;
        else bind(frame, storedNumber(shape, at));
        const code = body(frame);
        if (code !== NORMAL && code !== next) return code === leave ? NORMAL : code;
        if (assigned) at = forms === undefined ? rangeNumber(current(frame)) : forms.unwrap(current(frame));
        at += step;
      }
      return NORMAL;
    },
    countBig(frame, start, end, step, forms) {
      if (step === 0n) trap('stepZero', site);
      const last = inclusive ? end : step > 0n ? end - 1n : end + 1n;
      let at = start;
      while (step > 0n ? at <= last : at >= last) {
        if (--machine.steps < 0) machine.nextSlice(site);
        if (forms !== undefined) bind(frame, forms.wrap(at));
        else if (plainBig) frame[slot] = at;
        else bind(frame, storedBig(shape, at));
        const code = body(frame);
        if (code !== NORMAL && code !== next) return code === leave ? NORMAL : code;
        if (assigned) at = forms === undefined ? rangeNumber(current(frame)) : forms.unwrap(current(frame));
        at += step;
      }
      return NORMAL;
    },
  };
}

/** The counter that an item holds, whatever form it is stored in. */
function rangeNumber<N extends number | bigint>(item: Value): N {
  return (typeof item === 'object' ? (item as U32 | U64).value : item) as N;
}

/** All bounds are `any`: those that are not literals decide the type in which the loop runs. */
function dynamicRange(cx: Context, stmt: ForRange, loop: RangeLoop, site: Site): Exec {
  const bounds: { readonly value: Eval; readonly adapts: boolean }[] = [];
  const add = (expr: Expr, name: 'start' | 'end' | 'step') =>
    bounds.push({ value: dynamics(cx, expr), adapts: stmt.adapt.includes(name) });
  add(stmt.start, 'start');
  add(stmt.end, 'end');
  if (stmt.step !== null) add(stmt.step, 'step');

  return (frame) => {
    const values = bounds.map((bound) => bound.value(frame));
    const model = values.find((_, i) => bounds[i]?.adapts === false) ?? values[0] ?? null;
    const fitted = values.map((value, i) => (bounds[i]?.adapts === true ? adaptTo(value, model) : value));
    if (!fitted.every((value) => isInteger(value) && label(value) === label(model))) trap('operandTypes', site);
    const unwrap = <N extends number | bigint>(item: Value): N =>
      label(item) === label(model) ? rangeNumber<N>(item) : trap('operandTypes', site);
    if (typeof model === 'number' || model instanceof U32) {
      const [start = 0, end = 0, step = 1] = fitted.map((value) => rangeNumber<number>(value));
      const wrap: Wrap = typeof model === 'number' ? (at) => at : (at) => new U32(at);
      return loop.count(frame, start, end, step, { wrap, unwrap });
    }
    const [start = 0n, end = 0n, step = 1n] = fitted.map((value) => rangeNumber<bigint>(value));
    const wrap: WrapBig = model instanceof U64 ? (at) => new U64(at) : (at) => at;
    return loop.countBig(frame, start, end, step, { wrap, unwrap });
  };
}

/* ---- values ---------------------------------------------------------------------------------------------------- */

/** The item after the last. */
const END = Symbol('end of iteration');
type Step = () => Value | typeof END;

export function forEachStmt(cx: Context, stmt: ForEach): Exec {
  const { machine } = cx;
  const site = cx.site(stmt.span);
  const shape = cx.shape(cx.program.locals.get(stmt.item).type);
  const over = dynamics(cx, stmt.over);
  const bind: Bind = bindLocal(cx, stmt.item);
  const body = cx.stmts(stmt.body);
  const leave = breakCode(stmt.label);
  const next = continueCode(stmt.label);
  return (frame) => {
    const items = iterate(over(frame), shape, site);
    for (let item = items(); item !== END; item = items()) {
      if (--machine.steps < 0) machine.nextSlice(site);
      bind(frame, item);
      const code = body(frame);
      if (code !== NORMAL && code !== next) return code === leave ? NORMAL : code;
    }
    return NORMAL;
  };
}

/** The items of a value in dynamic form, in the form of `shape`. */
function iterate(over: Value, shape: Shape, site: Site): Step {
  let at = 0;
  if (over instanceof ArrayValue) {
    return () => {
      if (at >= over.items.length) return END;
      return checkedElement(shape, over.rep, over.items[at++] as Value, site);
    };
  }
  if (typeof over === 'string') return () => (at < over.length ? checked(shape, over.charAt(at++), site) : END);
  if (over instanceof RangeValue) return () => nextOfRange(over, shape, site);
  if (!isInteger(over)) return trap('notIterable', site);
  const count = numericValue(over);
  if (count < 0) trap('iterateNegative', site);
  if (typeof over === 'number' || over instanceof U32) {
    const wrap: Wrap = typeof over === 'number' ? (value) => value : (value) => new U32(value);
    return () => (at < count ? checked(shape, wrap(at++), site) : END);
  }
  let big = 0n;
  const wrap: WrapBig = over instanceof U64 ? (value) => new U64(value) : (value) => value;
  return () => (big < count ? checked(shape, wrap(big++), site) : END);
}

/** Takes a value from a range. A step that would leave the i64 range ends it. */
function nextOfRange(range: RangeValue, shape: Shape, site: Site): Value | typeof END {
  const { current, end, step } = range;
  if (step > 0n ? current >= end : current <= end) return END;
  const following = current + step;
  range.current = following > LAST_I64 || following < -LAST_I64 - 1n ? end : following;
  return checked(shape, current, site);
}
