/**
 * Expressions that the checker knows nothing about: their static type is `any`, and what they do is decided, and checked, as
 * they run. `hint` is what the value most likely will be.
 */
import type { Context } from './context.ts';
import { afford, VALUE_COST, visible } from './context.ts';
import type { Ex } from './expressions.ts';
import { args, BINDS, expression, index, numberLiteral, operand, postfix } from './expressions.ts';
import type { Ty } from './types.ts';
import { isNumeric, sameTy } from './types.ts';

/** Null if nothing dynamic of this kind is at hand. */
export function dynamic(cx: Context, hint: Ty, depth: number): Ex | null {
  const { random } = cx;
  if (depth <= 0) return dynamicLeaf(cx, hint);
  const ways: [number, () => Ex | null][] = [
    [4, () => dynamicLeaf(cx, hint)],
    [3, () => dynamicReached(cx, hint, depth)],
    [3, () => dynamicCall(cx, hint, depth)],
  ];
  if (isNumeric(hint)) ways.push([6, () => dynamicArithmetic(cx, hint, depth)]);
  for (let tries = 0; tries < 3; tries++) {
    const made = random.weighted(ways)();
    if (made) return made;
  }
  return null;
}

function dynamicLeaf(cx: Context, hint: Ty): Ex | null {
  const { random } = cx;
  const all = visible(cx).filter(({ ty }) => ty.kind === 'any');
  const fitting = all.filter(({ ty }) => ty.kind === 'any' && sameTy(ty.hint, hint));
  if (fitting.length > 0) return { text: random.pick(fitting).name, binds: BINDS.atom };
  // Now and then a value of the wrong kind.
  return all.length > 0 && random.chance(0.03) ? { text: random.pick(all).name, binds: BINDS.atom } : null;
}

function dynamicReached(cx: Context, hint: Ty, depth: number): Ex | null {
  const found: string[] = [];
  for (const { name, ty } of visible(cx)) {
    if (ty.kind === 'array' && ty.element.kind === 'any' && sameTy(ty.element.hint, hint))
      found.push(`${name}[${index(cx, depth)}]`);
    if (ty.kind !== 'any') continue;
    if (ty.hint.kind === 'array' && sameTy(ty.hint.element, hint)) {
      found.push(`${name}[${index(cx, depth)}]`, `pop(${name})`);
    }
    if (ty.hint.kind === 'struct') {
      for (const field of ty.hint.def.fields) if (sameTy(field.ty, hint)) found.push(`${name}.${field.name}`);
      for (const method of ty.hint.def.methods) {
        if (method.instance && sameTy(method.result, hint) && afford(cx, method.cost))
          found.push(`${name}.${method.name}(${args(cx, method.params, depth)})`);
      }
    }
  }
  return found.length === 0 ? null : postfix(cx.random.pick(found));
}

function dynamicCall(cx: Context, hint: Ty, depth: number): Ex | null {
  const { random, maker } = cx;
  const values = visible(cx).filter(({ callable }) => callable || cx.level === 0);
  const held = values.flatMap(({ name, ty }) =>
    ty.kind === 'any' && ty.hint.kind === 'fn' ? [{ name, type: ty.hint }] : [],
  );
  const fitting = held.filter(({ type }) => sameTy(type.result, hint));
  if (fitting.length > 0 && random.chance(0.5) && afford(cx, VALUE_COST)) {
    const { name, type } = random.pick(fitting);
    // Now and then with an argument too many, or of any type.
    const params = random.chance(0.05)
      ? [...type.params, hint]
      : random.chance(0.05)
        ? type.params.map(() => hint)
        : type.params;
    return postfix(`${name}(${args(cx, params, depth)})`);
  }
  const found = maker.funcs.filter(({ result }) => result.kind === 'any' && sameTy(result.hint, hint));
  if (found.length === 0) return null;
  const func = random.pick(found);
  if (!afford(cx, func.cost)) return null;
  return postfix(`${func.name}(${args(cx, func.params, depth)})`);
}

function dynamicArithmetic(cx: Context, hint: Ty & { kind: string }, depth: number): Ex | null {
  const { random } = cx;
  const left = dynamic(cx, hint, depth - 1);
  if (!left || !isNumeric(hint)) return null;
  const [op, binds] = random.pick([
    ['+', BINDS.add],
    ['-', BINDS.add],
    ['*', BINDS.multiply],
    ['/', BINDS.multiply],
    ['%', BINDS.multiply],
    ...(cx.maker.edition === '2026' && hint.kind !== 'f64'
      ? ([
          ['&', BINDS.bitAnd],
          ['|', BINDS.bitOr],
          ['^', BINDS.bitXor],
        ] as const)
      : []),
  ] as const);
  const other = random.weighted<() => Ex>([
    [3, () => dynamic(cx, hint, depth - 1) ?? numberLiteral(cx, hint.kind, 'literal')],
    [3, () => ({ text: String(random.between(1, 9)), binds: BINDS.atom })],
    [2, () => expression(cx, hint, depth - 1, 'alone')],
  ])();
  if (random.chance(0.3)) return { text: `${operand(other, binds)} ${op} ${operand(left, binds + 1)}`, binds };
  return { text: `${operand(left, binds)} ${op} ${operand(other, binds + 1)}`, binds };
}

/** A comparison with a dynamic value, which is a `bool` for sure. */
export function dynamicTruth(cx: Context, depth: number): Ex | null {
  const { random } = cx;
  const values = visible(cx).filter(({ ty }) => ty.kind === 'any');
  if (values.length === 0) return null;
  const value = random.pick(values);
  if (value.ty.kind !== 'any') return null;
  const other = operand(expression(cx, value.ty.hint, depth - 1, 'alone'), BINDS.bitOr);
  const op = isNumeric(value.ty.hint) ? random.pick(['<', '>=', '==', '!=']) : random.pick(['==', '!=']);
  return { text: `${value.name} ${op} ${other}`, binds: BINDS.compare };
}
