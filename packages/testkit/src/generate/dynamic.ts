/**
 * Expressions that the checker knows nothing about: their static type is `any`, and what they do is decided, and checked, as
 * they run. `hint` is what the value most likely will be. And expressions of a known type that look into dynamic values.
 */
import { BINDS, type Ex, operand, postfix } from './expression-text.ts';
import { args, expression, index, numberLiteral, slice } from './expressions.ts';
import type { Context, Variable } from './context.ts';
import { afford, VALUE_COST, visible } from './context.ts';
import type { FnTy, Ty } from './types.ts';
import { BOOL, INTEGERS, isInteger, isNumeric, isScalar, NUMBERS, sameTy, scalar, STRING } from './types.ts';

/** Null if nothing dynamic of this kind is at hand. */
export function dynamic(cx: Context, hint: Ty, depth: number): Ex | null {
  const { random } = cx;
  if (depth <= 0) return dynamicLeaf(cx, hint);
  const ways: [number, () => Ex | null][] = [
    [3, () => dynamicLeaf(cx, hint)],
    [3, () => dynamicReached(cx, hint, depth)],
    [3, () => dynamicCall(cx, hint, depth)],
  ];
  if (isNumeric(hint)) {
    ways.push([6, () => dynamicArithmetic(cx, hint, depth)]);
    ways.push([1, () => prefixed(cx, hint, '-', depth)]);
  }
  if (isInteger(hint) && cx.maker.edition === '2026') {
    ways.push([2, () => dynamicShift(cx, hint, depth)], [1, () => prefixed(cx, hint, '~', depth)]);
  }
  if (hint.kind === 'string') ways.push([3, () => joined(cx, depth)]);
  if (hint.kind === 'array') {
    ways.push([1, () => suffixed(cx, hint, (value) => `${value}[${slice(cx, depth)}]`)]);
    ways.push([1, () => repeatedArray(cx, hint)]);
    if (isScalar(hint.element)) ways.push([1, () => wrapped(cx, hint, 'sorted')]);
  }
  for (let tries = 0; tries < 3; tries++) {
    const made = random.weighted(ways)();
    if (made) return made;
  }
  return null;
}

/** An expression of static type `any`, also by the rules of a checker that infers more than it must. */
export function certainlyDynamic(cx: Context, hint: Ty, depth: number): Ex | null {
  const made = cx.random.weighted<() => Ex | null>([
    [2, () => dynamicReached(cx, hint, depth)],
    [3, () => dynamicCall(cx, hint, depth)],
  ])();
  return made ?? dynamicLeaf(cx, hint);
}

/** Variables of static type `any` whose value most likely has a type for which `fits` holds. */
function anyVariables(cx: Context, fits: (hint: Ty) => boolean): { readonly variable: Variable; readonly hint: Ty }[] {
  return visible(cx).flatMap((variable) =>
    variable.ty.kind === 'any' && fits(variable.ty.hint) ? [{ variable, hint: variable.ty.hint }] : [],
  );
}

function dynamicLeaf(cx: Context, hint: Ty): Ex | null {
  const { random } = cx;
  const fitting = anyVariables(cx, (each) => sameTy(each, hint));
  // Now and then a value of the wrong kind.
  const found =
    fitting.length > 0 && !random.chance(0.03) ? fitting : random.chance(0.03) ? anyVariables(cx, () => true) : [];
  return found.length > 0 ? { text: random.pick(found).variable.name, binds: BINDS.atom } : null;
}

function dynamicReached(cx: Context, hint: Ty, depth: number): Ex | null {
  const { random } = cx;
  const found: string[] = [];
  for (const { name, ty } of visible(cx)) {
    if (ty.kind === 'array' && ty.element.kind === 'any' && sameTy(ty.element.hint, hint))
      found.push(`${name}[${index(cx, depth)}]`);
    if (ty.kind !== 'any') continue;
    if (ty.hint.kind === 'array' && sameTy(ty.hint.element, hint)) {
      found.push(`${name}[${index(cx, depth)}]`);
      if (random.chance(0.2)) found.push(`pop(${name})`);
    }
    if (hint.kind === 'string' && ty.hint.kind === 'string') found.push(`${name}[${index(cx, depth)}]`);
    if (ty.hint.kind === 'struct') {
      for (const field of ty.hint.def.fields) if (sameTy(field.ty, hint)) found.push(`${name}.${field.name}`);
      for (const field of ty.hint.def.fields) {
        const { ty: type } = field;
        if (type.kind === 'fn' && cx.level === 0 && sameTy(type.result, hint) && afford(cx, VALUE_COST))
          found.push(`${name}.${field.name}(${loose(cx, type, hint, depth)})`);
      }
      for (const method of ty.hint.def.methods) {
        if (method.instance && sameTy(method.result, hint) && afford(cx, method.cost))
          found.push(`${name}.${method.name}(${args(cx, method.params, depth, false)})`);
      }
    }
  }
  return found.length === 0 ? null : postfix(random.pick(found));
}

/** Arguments, now and then one too many, or of other types. */
function loose(cx: Context, { params }: FnTy, other: Ty, depth: number): string {
  const given = cx.random.chance(0.05) ? [...params, other] : cx.random.chance(0.05) ? params.map(() => other) : params;
  // Nothing tells literals what they are wanted as.
  return given.map((each) => expression(cx, each, depth - 1, 'alone').text).join(', ');
}

function dynamicCall(cx: Context, hint: Ty, depth: number): Ex | null {
  const { random, maker } = cx;
  const held = anyVariables(cx, (each) => each.kind === 'fn' && sameTy(each.result, hint));
  const safe = held.filter(({ variable }) => variable.callable || cx.level === 0);
  if (safe.length > 0 && random.chance(0.6) && afford(cx, VALUE_COST)) {
    const { variable, hint: type } = random.pick(safe);
    if (type.kind === 'fn') return postfix(`${variable.name}(${loose(cx, type, hint, depth)})`);
  }
  const found = maker.funcs.filter(({ result }) => result.kind === 'any' && sameTy(result.hint, hint));
  if (found.length === 0) return null;
  const func = random.pick(found);
  return afford(cx, func.cost) ? postfix(`${func.name}(${args(cx, func.params, depth)})`) : null;
}

function dynamicArithmetic(cx: Context, hint: Ty, depth: number): Ex | null {
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
    [3, () => dynamic(cx, hint, depth - 1) ?? numberLiteral(cx, hint.kind, hint.kind === 'u64' ? 'alone' : 'literal')],
    [3, () => ({ text: String(random.between(1, 9)), binds: BINDS.atom })],
    [2, () => expression(cx, hint, depth - 1, 'alone')],
  ])();
  if (random.chance(0.3)) return { text: `${operand(other, binds)} ${op} ${operand(left, binds + 1)}`, binds };
  return { text: `${operand(left, binds)} ${op} ${operand(other, binds + 1)}`, binds };
}

function dynamicShift(cx: Context, hint: Ty, depth: number): Ex | null {
  const { random } = cx;
  const left = dynamic(cx, hint, depth - 1);
  if (!left) return null;
  const count = random.chance(0.5) ? null : dynamic(cx, scalar(random.pick(INTEGERS)), depth - 1);
  const right = count ? `${operand(count, BINDS.multiply)} % 8` : String(random.below(random.chance(0.1) ? 70 : 31));
  return { text: `${operand(left, BINDS.shift)} ${random.pick(['<<', '>>'])} ${right}`, binds: BINDS.shift };
}

function prefixed(cx: Context, hint: Ty, op: string, depth: number): Ex | null {
  const value = dynamic(cx, hint, depth - 1);
  return value && { text: `${op}${operand(value, BINDS.postfix)}`, binds: BINDS.unary };
}

function joined(cx: Context, depth: number): Ex | null {
  const value = dynamic(cx, STRING, depth - 1);
  if (!value) return null;
  const other = operand(expression(cx, STRING, 0, 'alone'), BINDS.multiply);
  return { text: `${operand(value, BINDS.add)} + ${other}`, binds: BINDS.add };
}

function suffixed(cx: Context, hint: Ty, form: (value: string) => string): Ex | null {
  const value = dynamicLeaf(cx, hint);
  return value && postfix(form(value.text));
}

/** Of a slice, so that nothing grows without end. */
function repeatedArray(cx: Context, hint: Ty): Ex | null {
  const value = dynamicLeaf(cx, hint);
  if (!value) return null;
  const [count, part] = [cx.random.below(3), `${value.text}[..1]`];
  return { text: cx.random.chance(0.5) ? `${part} * ${count}` : `${count} * ${part}`, binds: BINDS.multiply };
}

function wrapped(cx: Context, hint: Ty, name: string): Ex | null {
  return suffixed(cx, hint, (value) => `${name}(${value})`);
}

// --- of a known type ------------------------------------------------------------------------------------------------

/** A comparison with a dynamic value or a test of one, which is a `bool` for sure. */
export function dynamicTruth(cx: Context, depth: number): Ex | null {
  const { random } = cx;
  const values = anyVariables(cx, () => true);
  if (values.length === 0) return null;
  const { variable, hint } = random.pick(values);
  const { name } = variable;
  if (hint.kind === 'bool' && random.chance(0.5)) {
    const other = operand(expression(cx, BOOL, depth - 1, 'place'), BINDS.not);
    return random.pick<Ex>([
      { text: `${name} and ${other}`, binds: BINDS.and },
      { text: `${name} or ${other}`, binds: BINDS.or },
      { text: `not ${name}`, binds: cx.maker.edition === '2026' ? BINDS.not : BINDS.unary },
    ]);
  }
  if (hint.kind === 'enum' && random.chance(0.6)) {
    const { name: variant, payload } = random.pick(hint.def.variants);
    const rest = payload.length > 0 ? `(${payload.map(() => '_').join(', ')})` : '';
    return { text: `${name} matches ${hint.def.name}.${variant}${rest}`, binds: BINDS.compare };
  }
  const ordered = isNumeric(hint) || hint.kind === 'string';
  const op = ordered ? random.pick(['<', '<=', '>', '>=', '==', '!=']) : random.pick(['==', '!=']);
  const type = isNumeric(hint) && random.chance(0.3) ? scalar(random.pick(NUMBERS)) : hint;
  const dynamicSide = random.chance(0.4) ? dynamic(cx, type, depth - 1) : null;
  const other = operand(dynamicSide ?? expression(cx, type, depth - 1, 'alone'), BINDS.bitOr);
  const text = random.chance(0.5) ? `${name} ${op} ${other}` : `${other} ${op} ${name}`;
  return { text, binds: BINDS.compare };
}

/** A cast of a dynamic value. */
export function dynamicCast(cx: Context, target: Ty, depth: number): Ex | null {
  const { random } = cx;
  const source = random.chance(0.1) ? BOOL : scalar(random.pick(NUMBERS));
  const value = dynamic(cx, source, depth - 1);
  return value && { text: `${operand(value, BINDS.unary)} as ${target.kind}`, binds: BINDS.cast };
}

/** The length of a dynamic array or string. */
export function dynamicLength(cx: Context): Ex | null {
  const values = anyVariables(cx, (hint) => hint.kind === 'array' || hint.kind === 'string');
  return values.length === 0 ? null : postfix(`len(${cx.random.pick(values).variable.name})`);
}

/** A small dynamic integer, for bounds of loops and ranges. */
export function dynamicBound(cx: Context): { readonly text: string; readonly hint: Ty } | null {
  const { random } = cx;
  const values = anyVariables(cx, isInteger);
  if (values.length === 0) return null;
  const { variable, hint } = random.pick(values);
  return { text: `${variable.name} % ${random.between(2, 4)}`, hint };
}
