/**
 * Loops of every form, all of them with few iterations whatever their bodies do.
 */
import { BINDS, header, operand } from './expression-text.ts';
import { anyElement } from './choose-types.ts';
import { condition, expression, plainVariable, rangeCall } from './expressions.ts';
import type { Context, Variable } from './context.ts';
import { afford, declare, freshName, repeated, scoped, visible } from './context.ts';
import { dynamicBound } from './dynamic.ts';
import type { Node } from './layout.ts';
import { line, suite } from './layout.ts';
import { integerRange } from './literals.ts';
import { statements } from './statements.ts';
import type { Integer, Ty } from './types.ts';
import { any, array, INTEGERS, isNumeric, scalar, STRING } from './types.ts';

/** Null if the budget has no room for another loop. */
export function loop(cx: Context, depth: number): Node[] | null {
  const { random } = cx;
  if (!afford(cx, 6)) return null;
  return random.weighted<() => Node[]>([
    [8, () => rangeLoop(cx, depth)],
    [4, () => counted(cx, depth)],
    [4, () => overArray(cx, depth)],
    [2, () => over(cx, depth, STRING, 4)],
    [1, () => overRange(cx, depth)],
    [1, () => overInteger(cx, depth)],
    [1, () => overAny(cx, depth)],
    [1, () => tight(cx)],
  ])();
}

/** The body in a scope of its own with the loop's variable, and how the loop is labelled. */
function body(
  cx: Context,
  depth: number,
  times: number,
  variables: readonly Omit<Variable, 'level'>[],
  first: readonly Node[] = [],
) {
  const { random, maker } = cx;
  const label = random.chance(0.3) ? freshName(maker, 'loop') : null;
  const nodes = scoped(cx, () => {
    for (const each of variables) declare(cx, each);
    cx.loops.push({ label });
    const made = repeated(cx, times, () => statements(cx, random.between(1, 4), depth + 1));
    cx.loops.pop();
    return [...first, ...made];
  });
  return { nodes, prefix: label === null ? '' : `'${label}: ` };
}

function rangeLoop(cx: Context, depth: number): Node[] {
  const { random, maker } = cx;
  const name = freshName(maker, 'i');
  const { head, ty, times, moves } = bounds(cx);
  const variable: Omit<Variable, 'level'> = { ...plainVariable(name, ty), counter: true };
  // Assigning the variable moves the loop on; only forward, so that it ends.
  const first =
    moves === null || !random.chance(0.2) ? [] : [suite(`if ${header(condition(cx, 1))}`, [line(`${name} ${moves}`)])];
  const { nodes, prefix } = body(cx, depth, times, [variable], first);
  return [suite(`${prefix}for ${name} in ${head}`, nodes)];
}

interface Bounds {
  readonly head: string;
  readonly ty: Ty;
  readonly times: number;
  /** An assignment that skips iterations; null where it could run past the end of the type. */
  readonly moves: string | null;
}

function bounds(cx: Context): Bounds {
  const { random } = cx;
  const kind = random.pick(INTEGERS);
  const ty = scalar(kind);
  const dots = random.chance(0.3) ? '..=' : '..';
  const start = random.between(0, 4);
  const times = random.weighted([
    [1, 0],
    [4, 2],
    [4, 3],
    [2, 5],
  ]);
  // One bound fixes the type, in either place; without it the language chooses.
  const [left, right] = random.pick([
    [kind, ''],
    ['', kind],
    ['', ''],
  ] as const);
  const free = left === '' && right === '';
  const chosen: Ty = free ? scalar(cx.maker.edition === '2026' ? 'i64' : 'i32') : ty;
  if (free && cx.maker.edition === 'classic') return counting(cx, 'i32', dots, start, times);
  const signed = free || kind === 'i32' || kind === 'i64';
  if (random.chance(0.2)) {
    const bound = dynamicBound(cx);
    if (bound) return dynamicBounds(cx, bound, dots);
  }
  switch (signed ? random.below(8) : random.pick([0, 2, 3, 4, 5, 7])) {
    case 0: {
      const { low, high } = integerRange(kind);
      const near = random.chance(0.7) || low === 0n;
      const from = near ? high - BigInt(times) : low;
      const to = near ? high : low + BigInt(times);
      const text = (value: bigint): string =>
        value === low && low < 0n ? `(${value + 1n}${kind} - 1)` : `${value}${kind}`;
      return { head: `${text(from)}${dots}${text(to)}`, ty, times, moves: null };
    }
    case 1:
      return {
        head: `${start + times * 2}${left}${dots}${start}${right}..-${random.between(1, 2)}`,
        ty: chosen,
        times: times * 2,
        moves: null,
      };
    case 2:
      return {
        head: `${start}${left}${dots}${start + times * 3}${right}..${random.between(1, 3)}`,
        ty: chosen,
        times: times * 2,
        moves: '+= 1',
      };
    case 3: {
      const end = operand(expression(cx, ty, 2, 'alone'), BINDS.multiply);
      return { head: `0..${header({ text: `${end} % 4`, binds: 0 })}`, ty, times: 3, moves: null };
    }
    case 7: {
      // A step that is known only when the loop starts; zero is an error.
      const step = `${operand(expression(cx, ty, 1, 'alone'), BINDS.multiply)} % 3`;
      const last = header({ text: step, binds: 0 });
      return { head: `${start}${kind}${dots}${start + times * 2}..${last}`, ty, times: times * 2, moves: null };
    }
    case 4: {
      const end = expression(cx, array(anyElement(cx)), 1, 'alone').text;
      return {
        head: `0..${header({ text: `len(${end})`, binds: 0 })}`,
        ty: scalar(cx.maker.edition === '2026' ? 'i64' : 'i32'),
        times: 4,
        moves: null,
      };
    }
    default:
      return { head: `${start}${left}${dots}${start + times}${right}`, ty: chosen, times, moves: '+= 1' };
  }
}

/** Bounds that are checked when the loop starts. */
function dynamicBounds(cx: Context, bound: { readonly text: string; readonly hint: Ty }, dots: string): Bounds {
  const { random } = cx;
  const other = random.chance(0.7) ? String(random.between(-2, 2)) : (dynamicBound(cx)?.text ?? '1');
  const step = random.pick(['', '', '..1', '..2', '..-1', `..${dynamicBound(cx)?.text ?? '1'}`]);
  const head = random.chance(0.7) ? `${other}${dots}${bound.text}${step}` : `${bound.text}${dots}${other}${step}`;
  return { head, ty: any(bound.hint), times: 4, moves: random.chance(0.3) && step === '' ? '+= 1' : null };
}

function counting(cx: Context, kind: Integer, dots: string, start: number, times: number): Bounds {
  // A flexible range in braces is inferred from use in classic; a suffix leaves no doubt in either style.
  return {
    head: `${start}${kind}${dots}${start + times}`,
    ty: scalar(kind),
    times,
    moves: cx.random.chance(0.5) ? '+= 1' : null,
  };
}

function counted(cx: Context, depth: number): Node[] {
  const { random, maker } = cx;
  const name = freshName(maker, 'n');
  const kind = random.pick(INTEGERS);
  const times = random.between(1, 4);
  const counter: Omit<Variable, 'level'> = { ...plainVariable(name, scalar(kind)), mut: true, counter: true };
  return scoped(cx, () => {
    declare(cx, counter);
    const more = random.chance(0.3) ? ` and ${operand(condition(cx, 1), BINDS.not)}` : '';
    const { nodes, prefix } = body(cx, depth, times, [], [line(`${name} += 1`)]);
    const start = line(`mut ${name}: ${kind} = 0`);
    return [start, suite(`${prefix}while ${header({ text: `${name} < ${times}${more}`, binds: 0 })}`, nodes)];
  });
}

function overArray(cx: Context, depth: number): Node[] {
  const { random } = cx;
  const arrays = visible(cx).filter(({ ty }) => ty.kind === 'array' || (ty.kind === 'any' && ty.hint.kind === 'array'));
  if (arrays.length > 0 && random.chance(0.7)) {
    const { name, ty } = random.pick(arrays);
    const element =
      ty.kind === 'array' ? ty.element : ty.kind === 'any' && ty.hint.kind === 'array' ? ty.hint.element : null;
    if (element) return each(cx, depth, name, ty.kind === 'any' ? { kind: 'any', hint: element } : element, 5);
  }
  const element = anyElement(cx);
  return each(cx, depth, header(expression(cx, array(element), 2, 'alone')), element, 4);
}

function over(cx: Context, depth: number, ty: Ty, times: number): Node[] {
  return each(cx, depth, header(expression(cx, ty, 1, 'alone')), STRING, times);
}

function each(cx: Context, depth: number, value: string, element: Ty, times: number): Node[] {
  const name = freshName(cx.maker, 'i');
  const { nodes, prefix } = body(cx, depth, times, [plainVariable(name, element)]);
  return [suite(`${prefix}for ${name} in ${value}`, nodes)];
}

function overRange(cx: Context, depth: number): Node[] {
  const ranges = visible(cx).filter(({ ty }) => ty.kind === 'range');
  const value = ranges.length > 0 && cx.random.chance(0.6) ? cx.random.pick(ranges).name : rangeCall(cx);
  return each(cx, depth, value, scalar('i64'), 5);
}

function overInteger(cx: Context, depth: number): Node[] {
  const kind = cx.random.pick(INTEGERS);
  const count = `${operand(expression(cx, scalar(kind), 1, 'alone'), BINDS.multiply)} % 5`;
  return each(cx, depth, header({ text: count, binds: 0 }), scalar(kind), 4);
}

/** Over whatever a dynamic value turns out to be. */
function overAny(cx: Context, depth: number): Node[] {
  const { random } = cx;
  const values = visible(cx).filter(({ ty }) => ty.kind === 'any' && !isNumeric(ty.hint));
  if (values.length === 0) return overInteger(cx, depth);
  const { name, ty } = random.pick(values);
  const hint = ty.kind === 'any' && ty.hint.kind === 'array' ? ty.hint.element : STRING;
  return each(cx, depth, name, any(hint), 4);
}

/** Many iterations of nearly nothing, with several variables that change places. */
function tight(cx: Context): Node[] {
  const { random, maker } = cx;
  const [a, b, i] = ['v', 'v', 'i'].map((prefix) => freshName(maker, prefix));
  const kind = random.pick(['u32', 'u64', 'i64', 'i32', 'f64'] as const);
  const wrap = kind === 'u32' || kind === 'u64' ? '' : kind === 'f64' ? ' % 1000.0' : ' % 1000';
  const step = random.pick([`${a} + ${b}`, `${a} * 3 + ${b}`, `${b} - ${a}`, `${a} * ${b} + 1`]);
  const swap =
    maker.edition === '2026'
      ? [line(`${a}, ${b} = ${b}, (${step})${wrap}`)]
      : [line(`${a} = (${step})${wrap}`), line(`${b} = ${b} + ${a}${wrap}`)];
  return [
    line(`mut ${a}: ${kind} = ${random.below(9)}`),
    line(`mut ${b}: ${kind} = ${random.between(1, 9)}`),
    suite(`for ${i} in 0..${random.pick([10, 30, 100])}`, swap),
    line(`print(${a}, ${b})`),
  ];
}
