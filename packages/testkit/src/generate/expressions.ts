/**
 * Expressions of a wanted type.
 *
 * `expression(cx, ty, depth, wanted)`: where `wanted` is 'place' the place itself has the type, so literals may go without
 * suffix and dynamic values are let through; 'literal' allows only the former; 'alone' means that the expression by itself must
 * have exactly that type. Every result says how tightly it binds, so that parentheses appear where they are needed and now
 * and then where they are not.
 */
import { atom, BINDS, type Ex, header, operand, postfix } from './expression-text.ts';
import { anyElement, anyType } from './choose-types.ts';
import type { Context, Func, Variable } from './context.ts';
import { afford, assignable, declare, freshName, functionContext, scoped, VALUE_COST, visible } from './context.ts';
import { dynamic, dynamicBound, dynamicCast, dynamicLength, dynamicTruth } from './dynamic.ts';
import { CLOSE, OPEN } from './layout.ts';
import { digits, floatText, integerRange, integerValue, quoted, stringLiteral } from './literals.ts';
import { matchArms } from './patterns.ts';
import type { ArrayTy, FnTy, Integer, Numeric, Ty } from './types.ts';
import {
  array,
  BOOL,
  INTEGERS,
  isInteger,
  isNumeric,
  isScalar,
  NUMBERS,
  sameTy,
  scalar,
  STRING,
  tyText,
} from './types.ts';

export type Wanted = 'alone' | 'literal' | 'place';

export function expression(cx: Context, ty: Ty, depth: number, wanted: Wanted): Ex {
  const { random } = cx;
  if (depth <= 0) return leaf(cx, ty, wanted);
  const ways: [number, () => Ex | null][] = [[2, () => leaf(cx, ty, wanted)]];
  ways.push([3, () => reached(cx, ty, depth)]);
  ways.push([2, () => called(cx, ty, depth)]);
  ways.push([1, () => conditional(cx, ty, depth, wanted)]);
  ways.push([1, () => blockExpression(cx, ty, depth)]);
  ways.push([1, () => matchExpression(cx, ty, depth)]);
  ways.push([1, () => assignment(cx, ty, depth)]);
  ways.push([1, () => immediateLambda(cx, ty, depth)]);
  if (wanted === 'place' && ty.kind !== 'void') ways.push([2, () => dynamic(cx, ty, depth - 1)]);
  if (isNumeric(ty)) ways.push([14, () => arithmetic(cx, ty, depth, wanted)], [4, () => numberCast(cx, ty, depth)]);
  else if (ty.kind === 'bool') ways.push([14, () => truth(cx, depth)]);
  else if (ty.kind === 'string') ways.push([12, () => text(cx, depth)]);
  else if (ty.kind === 'array') ways.push([8, () => arrayValue(cx, ty, depth, wanted)]);
  else if (ty.kind === 'any') ways.push([6, () => dynamic(cx, ty.hint, depth)]);
  else if (ty.kind === 'struct' || ty.kind === 'enum' || ty.kind === 'fn')
    ways.push([6, () => construct(cx, ty, depth)]);
  for (let tries = 0; tries < 4; tries++) {
    const made = random.weighted(ways)();
    if (made) return random.chance(0.04) ? atom(`(${made.text})`) : made;
  }
  return leaf(cx, ty, wanted);
}

/** A variable of the type, or else the simplest expression of it. */
export function leaf(cx: Context, ty: Ty, wanted: Wanted): Ex {
  const { random } = cx;
  const known = variablesOf(cx, ty);
  if (known.length > 0 && random.chance(0.75)) return atom(random.pick(known).name);
  switch (ty.kind) {
    case 'bool':
      return atom(random.chance(0.5) ? 'true' : 'false');
    case 'string':
      return atom(stringLiteral(random));
    case 'array':
      return arrayLiteral(cx, ty, 0, wanted);
    case 'struct':
    case 'enum':
    case 'fn':
      return construct(cx, ty, 0);
    case 'any': {
      const value = leaf(cx, ty.hint, 'alone');
      return wanted === 'place' ? value : anchored(cx, ty, value);
    }
    case 'range':
      return postfix(rangeCall(cx));
    case 'error':
      return atom(known[0]?.name ?? caughtError());
    case 'void':
      return atom('({ pass })');
    default:
      return numberLiteral(cx, ty.kind, wanted);
  }
}

/** There is no expression that makes an error; the generator asks for errors only where one is at hand. */
function caughtError(): never {
  throw new Error('no error is in scope');
}

export function variablesOf(cx: Context, ty: Ty): Variable[] {
  return visible(cx).filter((each) => sameTy(each.ty, ty));
}

/** Makes any expression have exactly the type, whatever it is by itself. */
function anchored(cx: Context, ty: Ty, ex: Ex): Ex {
  const name = freshName(cx.maker, 't');
  return atom(`({ let ${name}: ${tyText(ty)} = ${ex.text}; ${name} })`);
}

// --- numbers -------------------------------------------------------------------------------------------------------

export function numberLiteral(cx: Context, kind: Numeric, wanted: Wanted): Ex {
  const { random } = cx;
  // Constant arithmetic of literals that take their type from the place together.
  if (wanted !== 'alone' && random.chance(0.08)) {
    const op = random.pick(['+', '*', '-', '/', '%']);
    const [a, b] = [random.between(5, 12), random.between(1, 5)];
    return { text: `${a} ${op} ${b}`, binds: op === '+' || op === '-' ? BINDS.add : BINDS.multiply };
  }
  if (kind === 'f64') {
    const text = wanted !== 'alone' && random.chance(0.2) ? String(random.below(50)) : floatText(random);
    return random.chance(0.15) ? { text: `-${text}`, binds: BINDS.unary } : atom(text);
  }
  const value = integerValue(random, kind);
  return integerLiteral(cx, kind, value, wanted);
}

export function integerLiteral(cx: Context, kind: Integer, value: bigint, wanted: Wanted): Ex {
  const { random } = cx;
  // A variable whose type nothing decides is an i64 beside a literal.
  const decided = wanted === 'place' || (wanted === 'literal' && value <= integerRange('i64').high);
  const suffix = decided && random.chance(0.9) ? '' : kind;
  if (value < 0n) return { text: `-${(-value).toString()}${suffix}`, binds: BINDS.unary };
  // A hexadecimal literal of 32 bits in an i32 place may mean a negative number.
  const plain = value > integerRange('i32').high;
  return atom(`${plain ? value.toString() : digits(random, value)}${suffix}`);
}

function arithmetic(cx: Context, ty: { kind: Numeric }, depth: number, wanted: Wanted): Ex {
  const { random } = cx;
  const modern = cx.maker.edition === '2026';
  const left = random.chance(0.7);
  // One side alone decides the type, the other follows.
  const other = wanted === 'place' ? 'place' : 'literal';
  const side = (first: boolean, binds: number): string =>
    operand(expression(cx, ty, depth - 1, first === left ? 'alone' : other), binds);
  const binary = (op: string, binds: number): Ex => ({
    text: `${side(true, binds)} ${op} ${side(false, binds + 1)}`,
    binds,
  });
  const ways: [number, () => Ex][] = [
    [6, () => binary('+', BINDS.add)],
    [5, () => binary('-', BINDS.add)],
    [4, () => binary('*', BINDS.multiply)],
    [4, () => divided(cx, ty, depth)],
    [1, () => ({ text: `-${operand(expression(cx, ty, depth - 1, 'alone'), BINDS.postfix)}`, binds: BINDS.unary })],
  ];
  if (isInteger(ty)) {
    if (modern) {
      ways.push(
        [2, () => binary('&', BINDS.bitAnd)],
        [2, () => binary('|', BINDS.bitOr)],
        [2, () => binary('^', BINDS.bitXor)],
      );
      ways.push([2, () => shifted(cx, ty, depth)]);
      ways.push([
        1,
        () => ({ text: `~${operand(expression(cx, ty, depth - 1, 'alone'), BINDS.postfix)}`, binds: BINDS.unary }),
      ]);
    } else {
      // The bitwise forms of classic; both sides must have the type for sure.
      const logical = (op: string, binds: number): Ex => ({
        text: `${operand(expression(cx, ty, depth - 1, 'alone'), binds)} ${op} ${operand(expression(cx, ty, depth - 1, 'alone'), binds + 1)}`,
        binds,
      });
      ways.push([2, () => logical('and', BINDS.and)], [2, () => logical('or', BINDS.or)]);
    }
  }
  return random.weighted(ways)();
}

function divided(cx: Context, ty: { kind: Numeric }, depth: number): Ex {
  const { random } = cx;
  const op = random.chance(0.5) ? '/' : '%';
  const left = operand(expression(cx, ty, depth - 1, 'alone'), BINDS.multiply);
  const safe = random.chance(0.7);
  const right = safe
    ? String(random.pick([1, 2, 3, 5, 7, 10, 16, 64, 100, 1000]))
    : operand(expression(cx, ty, depth - 1, 'place'), BINDS.cast);
  return { text: `${left} ${op} ${right}`, binds: BINDS.multiply };
}

function shifted(cx: Context, ty: { kind: Integer }, depth: number): Ex {
  const { random } = cx;
  const op = random.chance(0.5) ? '<<' : '>>';
  const left = operand(expression(cx, ty, depth - 1, 'alone'), BINDS.shift);
  const bits = ty.kind.endsWith('32') ? 32 : 64;
  const count = random.chance(0.7)
    ? String(random.chance(0.1) ? bits : random.below(bits))
    : operand(expression(cx, scalar(random.pick(INTEGERS)), depth - 1, 'alone'), BINDS.add);
  return { text: `${left} ${op} ${count}`, binds: BINDS.shift };
}

function numberCast(cx: Context, ty: { kind: Numeric }, depth: number): Ex {
  const { random } = cx;
  if (random.chance(0.25)) return conversion(cx, ty, depth);
  if (random.chance(0.2)) {
    const made = dynamicCast(cx, ty, depth);
    if (made) return made;
  }
  if (random.chance(0.15)) return cast(cx, BOOL, ty, depth);
  // Most of these always succeed.
  const safe = { i32: ['i64', 'u32'], i64: ['i32', 'u32'], u32: ['i32'], u64: ['u32'], f64: INTEGERS } as const;
  return cast(cx, scalar(random.pick(random.chance(0.75) ? safe[ty.kind] : NUMBERS)), ty, depth);
}

function cast(cx: Context, source: Ty, target: Ty, depth: number): Ex {
  const ex = expression(cx, source, depth - 1, 'alone');
  return { text: `${operand(ex, BINDS.unary)} as ${tyText(target)}`, binds: BINDS.cast };
}

/** Built-in functions with a numeric result, cast where the type is another. */
function conversion(cx: Context, ty: { kind: Numeric }, depth: number): Ex {
  const { random } = cx;
  const small = cx.maker.edition === '2026' ? 'i64' : 'i32';
  const as = (text: string, kind: Numeric): Ex =>
    kind === ty.kind ? postfix(text) : { text: `${text} as ${ty.kind}`, binds: BINDS.cast };
  const way = random.below(4);
  if (way < 2 && random.chance(0.3)) {
    const length = dynamicLength(cx);
    if (length) return as(length.text, small);
  }
  if (way === 0) return as(`len(${expression(cx, STRING, depth - 1, 'alone').text})`, small);
  if (way === 1) return as(`len(${expression(cx, array(anyElement(cx)), depth - 1, 'alone').text})`, small);
  const source = random.pick<Ty>([scalar(random.pick(NUMBERS)), STRING]);
  const value =
    source.kind === 'string' && random.chance(0.7)
      ? quoted(
          random.pick(
            random.chance(0.85)
              ? ['12', '-7', '+5', ' 42 ', '0']
              : ['2147483648', '3.5', 'x', '1e3', '-0', '99999999999999999999'],
          ),
        )
      : expression(cx, source, depth - 1, 'alone').text;
  return way === 2 ? as(`int(${value})`, small) : as(`float(${value})`, 'f64');
}

// --- truth ---------------------------------------------------------------------------------------------------------

export function condition(cx: Context, depth: number): Ex {
  return expression(cx, BOOL, depth, 'place');
}

function truth(cx: Context, depth: number): Ex {
  const { random } = cx;
  const modern = cx.maker.edition === '2026';
  const bool = (binds: number): string => operand(expression(cx, BOOL, depth - 1, 'place'), binds);
  return random.weighted<() => Ex>([
    [8, () => ordered(cx, depth)],
    [5, () => equal(cx, depth)],
    [2, () => ({ text: `${bool(BINDS.and)} and ${bool(BINDS.not)}`, binds: BINDS.and })],
    [2, () => ({ text: `${bool(BINDS.or)} or ${bool(BINDS.and)}`, binds: BINDS.or })],
    [2, () => ({ text: `not ${bool(BINDS.postfix)}`, binds: modern ? BINDS.not : BINDS.unary })],
    [1, () => dynamicCast(cx, BOOL, depth) ?? cast(cx, scalar(random.pick(NUMBERS)), BOOL, depth)],
    [1, () => labelTest(cx, depth)],
    [1, () => variantTest(cx, depth)],
    [4, () => dynamicTruth(cx, depth) ?? ordered(cx, depth)],
    [1, () => postfix(`assert_eq("same", ${pair(cx, scalar(random.pick(NUMBERS)), depth)})`)],
  ])();
}

function pair(cx: Context, ty: Ty, depth: number): string {
  const first = expression(cx, ty, depth - 1, 'alone').text;
  return `${first}, ${cx.random.chance(0.6) ? first : expression(cx, ty, depth - 1, 'alone').text}`;
}

function ordered(cx: Context, depth: number): Ex {
  const { random } = cx;
  const op = random.pick(['<', '<=', '>', '>=']);
  const first = random.chance(0.15) ? STRING : scalar(random.pick(NUMBERS));
  const second = first.kind === 'string' || random.chance(0.7) ? first : scalar(random.pick(NUMBERS));
  const left = operand(expression(cx, first, depth - 1, 'alone'), BINDS.bitOr);
  const right = operand(expression(cx, second, depth - 1, sameTy(first, second) ? 'literal' : 'alone'), BINDS.bitOr);
  return { text: `${left} ${op} ${right}`, binds: BINDS.compare };
}

function equal(cx: Context, depth: number): Ex {
  const { random } = cx;
  const op = random.weighted([
    [4, '=='],
    [3, '!='],
    [1, 'matches'],
  ]);
  const first = anyType(cx);
  const numeric = isNumeric(first);
  const second = numeric && random.chance(0.3) ? scalar(random.pick(NUMBERS)) : first;
  const left = operand(expression(cx, first, depth - 1, 'alone'), BINDS.bitOr);
  const right = operand(expression(cx, second, depth - 1, 'alone'), BINDS.bitOr);
  return { text: `${left} ${op} ${right}`, binds: BINDS.compare };
}

function variantTest(cx: Context, depth: number): Ex {
  const { random, maker } = cx;
  if (maker.enums.length === 0) return labelTest(cx, depth);
  const def = random.pick(maker.enums);
  const { name, payload } = random.pick(def.variants);
  const parts = payload.map((each) => (random.chance(0.6) ? '_' : expression(cx, each, depth - 1, 'place').text));
  const subject = operand(expression(cx, { kind: 'enum', def }, depth - 1, 'alone'), BINDS.bitOr);
  const pattern = `${def.name}.${name}${parts.length > 0 ? `(${parts.join(', ')})` : ''}`;
  return { text: `${subject} matches ${pattern}`, binds: BINDS.compare };
}

function labelTest(cx: Context, depth: number): Ex {
  const { random } = cx;
  const ty = anyType(cx);
  const label =
    isScalar(ty) && random.chance(0.5)
      ? ty.kind
      : random.pick(['i32', 'i64', 'f64', 'array', 'string', 'function', 'void']);
  return postfix(`istype(${expression(cx, ty, depth - 1, 'alone').text}, "${label}")`);
}

// --- texts ---------------------------------------------------------------------------------------------------------

function text(cx: Context, depth: number): Ex {
  const { random } = cx;
  const string = (binds: number): string => operand(expression(cx, STRING, depth - 1, 'alone'), binds);
  const ways: [number, () => Ex][] = [
    [5, () => ({ text: `${string(BINDS.add)} + ${string(BINDS.multiply)}`, binds: BINDS.add })],
    [3, () => cast(cx, scalar(random.pick([...NUMBERS, 'bool'])), STRING, depth)],
    [1, () => dynamicCast(cx, STRING, depth) ?? atom(stringLiteral(random))],
    [2, () => postfix(`${string(BINDS.postfix)}[${index(cx, depth)}]`)],
    [1, () => postfix(`typeof(${expression(cx, anyType(cx), depth - 1, 'alone').text})`)],
    [random.chance(0.1) ? 1 : 0, () => postfix(random.pick(['input()', 'input("> ")']))],
  ];
  if (cx.maker.edition === '2026') ways.push([2, () => postfix(`${string(BINDS.postfix)}[${slice(cx, depth)}]`)]);
  return random.weighted(ways)();
}

/** An index that is usually in bounds. */
export function index(cx: Context, depth: number): string {
  const { random } = cx;
  if (random.chance(0.04)) return random.pick(['-1', '99', '2147483648', '4294967296u64']);
  if (random.chance(0.7))
    return String(
      random.weighted([
        [12, 0],
        [5, 1],
        [1, 2],
      ]),
    );
  if (random.chance(0.15)) {
    const bound = dynamicBound(cx);
    if (bound) return bound.text;
  }
  const ty = scalar(random.chance(0.7) ? random.pick(['u32', 'u64'] as const) : random.pick(INTEGERS));
  const ex = expression(cx, ty, Math.min(depth - 1, 1), 'alone');
  return random.chance(0.9) ? `${operand(ex, BINDS.multiply)} % 2` : ex.text;
}

export function slice(cx: Context, depth: number): string {
  const { random } = cx;
  if (random.chance(0.5)) return random.pick(['..', '0..', '1..', '..1', '0..1', '1..1', '0..0']);
  const start = random.chance(0.3) ? '' : index(cx, depth);
  if (random.chance(0.3)) return `${start}..`;
  const inclusive = cx.maker.edition === '2026' && random.chance(0.3);
  return `${start}${inclusive ? '..=' : '..'}${index(cx, depth)}`;
}

// --- arrays --------------------------------------------------------------------------------------------------------

function arrayValue(cx: Context, ty: ArrayTy, depth: number, wanted: Wanted): Ex {
  const { random } = cx;
  const ways: [number, () => Ex][] = [
    [5, () => arrayLiteral(cx, ty, depth, wanted)],
    [2, () => slicedArray(cx, ty, depth)],
    [2, () => repeated(cx, ty, depth)],
    [1, () => filledArray(cx, ty, depth)],
  ];
  if (isScalar(ty.element)) ways.push([2, () => postfix(`sorted(${expression(cx, ty, depth - 1, 'alone').text})`)]);
  return random.weighted(ways)();
}

function slicedArray(cx: Context, ty: ArrayTy, depth: number): Ex {
  return postfix(`${operand(expression(cx, ty, depth - 1, 'alone'), BINDS.postfix)}[${slice(cx, depth)}]`);
}

function repeated(cx: Context, ty: ArrayTy, depth: number): Ex {
  const { random } = cx;
  const part = arrayLiteral(cx, ty, depth, 'alone').text;
  const count = random.chance(0.6)
    ? String(random.below(4))
    : `(${operand(expression(cx, scalar(random.pick(INTEGERS)), 1, 'alone'), BINDS.multiply)} % 3)`;
  return { text: random.chance(0.3) ? `${count} * ${part}` : `${part} * ${count}`, binds: BINDS.multiply };
}

function filledArray(cx: Context, ty: ArrayTy, depth: number): Ex {
  const element = expression(cx, ty.element, depth - 1, 'alone');
  return atom(`[${element.text}; ${cx.random.below(5)}]`);
}

export function arrayLiteral(cx: Context, ty: ArrayTy, depth: number, wanted: Wanted): Ex {
  const { random } = cx;
  const { element } = ty;
  if (wanted !== 'place' && element.kind === 'any') return anchored(cx, ty, arrayLiteral(cx, ty, depth, 'place'));
  if (wanted === 'place' && random.chance(depth < 0 ? 0.7 : 0.05)) return atom('[]');
  const size = random.weighted([
    [2, 1],
    [3, 2],
    [4, 3],
    [1, 5],
  ]);
  const elements: string[] = [];
  for (let i = 0; i < size; i++)
    elements.push(
      expression(cx, element, depth - 1, wanted === 'alone' && i > 0 && isNumeric(element) ? 'literal' : wanted).text,
    );
  // In classic a list of two may be a fill literal, unless a comma follows.
  const comma = size === 2 && cx.maker.edition === 'classic' ? ', ' : '';
  return atom(`[${elements.join(', ')}${comma}]`);
}

// --- structs, enums, functions -------------------------------------------------------------------------------------

export function construct(cx: Context, ty: Extract<Ty, { kind: 'struct' | 'enum' | 'fn' }>, depth: number): Ex {
  const { random } = cx;
  if (ty.kind === 'fn') return functionValue(cx, ty, depth);
  if (ty.kind === 'enum') {
    const variant = random.pick(ty.def.variants);
    if (variant.payload.length === 0) return postfix(`${ty.def.name}.${variant.name}${random.chance(0.2) ? '()' : ''}`);
    const payload = variant.payload.map((each) => expression(cx, each, depth - 1, 'place').text);
    return postfix(`${ty.def.name}.${variant.name}(${payload.join(', ')})`);
  }
  const { def } = ty;
  const maker = depth > 0 ? def.methods.find(({ instance, result }) => !instance && sameTy(result, ty)) : undefined;
  if (maker && random.chance(0.3) && afford(cx, maker.cost))
    return postfix(`${def.name}.${maker.name}(${args(cx, maker.params, depth)})`);
  const fields = random.shuffled(
    def.fields.filter(({ hasDefault }) => !hasDefault || (depth > 0 && random.chance(0.6))),
  );
  const given = fields.map((field) => `${field.name}: ${expression(cx, field.ty, depth - 1, 'place').text}`);
  return postfix(given.length === 0 ? `${def.name}{}` : `${def.name}{ ${given.join(', ')} }`);
}

function functionValue(cx: Context, ty: FnTy, depth: number): Ex {
  const { random, maker } = cx;
  const named = maker.funcs.filter((each) => each.value && sameTy(typeOf(each), ty));
  if (named.length > 0 && random.chance(0.4)) return atom(random.pick(named).name);
  return atom(`(${lambda(cx, ty, depth)})`);
}

export function typeOf(func: Func): FnTy {
  return { kind: 'fn', params: func.params, result: func.result };
}

/** A lambda with a single expression as its body. */
export function lambda(cx: Context, ty: FnTy, depth: number): string {
  const inner = functionContext(cx, ty.result, VALUE_COST);
  const params = ty.params.map((each) => {
    const { name } = declare(inner, plainVariable(freshName(cx.maker, 'p'), each, false));
    return `${name}: ${tyText(each)}`;
  });
  if (ty.result.kind === 'void') return `fn(${params.join(', ')})${OPEN}pass${CLOSE}`;
  const body = expression(inner, ty.result, depth - 1, 'place');
  return `fn(${params.join(', ')}) -> ${tyText(ty.result)}${OPEN}${startOfStatement(body)}${CLOSE}`;
}

/** An expression where a statement begins, and a brace would open a block. */
function startOfStatement(ex: Ex): string {
  return /^[{[]|^match|^fn/.test(ex.text) ? `(${ex.text})` : ex.text;
}

export function plainVariable(name: string, ty: Ty, mutable = true): Omit<Variable, 'level'> {
  return { name, ty, mutable, mut: false, counter: false, callable: false };
}

/** `known` says whether the checker knows the parameters; otherwise it takes no literal for a u64. */
export function args(cx: Context, params: readonly Ty[], depth: number, known = true): string {
  return params.map((each) => argument(cx, each, depth, known)).join(', ');
}

function argument(cx: Context, ty: Ty, depth: number, known: boolean): string {
  if (ty.kind === 'fn' && cx.random.chance(0.5)) return lambda(cx, ty, depth);
  return expression(cx, ty, depth - 1, known || ty.kind !== 'u64' ? 'place' : 'literal').text;
}

// --- ways to reach a value of any type -----------------------------------------------------------------------------

/** An element or field of a variable. */
function reached(cx: Context, ty: Ty, depth: number): Ex | null {
  const { random } = cx;
  const found: (() => Ex)[] = [];
  for (const { name, ty: owner } of visible(cx)) {
    if (owner.kind === 'array' && sameTy(owner.element, ty)) {
      found.push(() => postfix(`${name}[${index(cx, depth)}]`));
      if (random.chance(0.2)) found.push(() => postfix(`pop(${name})`));
    }
    if (owner.kind === 'struct') {
      for (const field of owner.def.fields)
        if (sameTy(field.ty, ty)) found.push(() => postfix(`${name}.${field.name}`));
    }
    if (owner.kind === 'array' && owner.element.kind === 'struct') {
      for (const field of owner.element.def.fields)
        if (sameTy(field.ty, ty)) found.push(() => postfix(`${name}[${index(cx, depth)}].${field.name}`));
    }
    if (owner.kind === 'array' && owner.element.kind === 'array' && sameTy(owner.element.element, ty))
      found.push(() => postfix(`${name}[${index(cx, depth)}][${index(cx, depth)}]`));
  }
  return found.length === 0 ? null : random.pick(found)();
}

/** A call of a function, method or function value. */
function called(cx: Context, ty: Ty, depth: number): Ex | null {
  const { random, maker } = cx;
  const found: (() => Ex | null)[] = [];
  for (const func of maker.funcs) {
    if (sameTy(func.result, ty))
      found.push(() => (afford(cx, func.cost) ? postfix(`${func.name}(${args(cx, func.params, depth)})`) : null));
  }
  for (const def of maker.structs) {
    const owner: Ty = { kind: 'struct', def };
    for (const method of def.methods) {
      if (!sameTy(method.result, ty)) continue;
      found.push(() => {
        if (!afford(cx, method.cost)) return null;
        const given = args(cx, method.params, depth);
        if (!method.instance) return postfix(`${def.name}.${method.name}(${given})`);
        const self = operand(expression(cx, owner, depth - 1, 'alone'), BINDS.postfix);
        if (random.chance(0.8)) return postfix(`${self}.${method.name}(${given})`);
        return postfix(`${def.name}.${method.name}(${self}${given === '' ? '' : `, ${given}`})`);
      });
    }
  }
  for (const { name, ty: owner, callable } of visible(cx)) {
    const call = (callee: string, type: FnTy) => (): Ex | null =>
      afford(cx, VALUE_COST) ? postfix(`${callee}(${args(cx, type.params, depth)})`) : null;
    if (!callable && cx.level > 0) continue;
    if (owner.kind === 'fn' && sameTy(owner.result, ty)) found.push(call(name, owner));
    if (owner.kind === 'struct' && cx.level === 0) {
      for (const field of owner.def.fields)
        if (field.ty.kind === 'fn' && sameTy(field.ty.result, ty)) found.push(call(`${name}.${field.name}`, field.ty));
    }
    if (owner.kind === 'array' && owner.element.kind === 'fn' && sameTy(owner.element.result, ty))
      found.push(call(`${name}[${index(cx, 0)}]`, owner.element));
  }
  return found.length === 0 ? null : random.pick(found)();
}

function conditional(cx: Context, ty: Ty, depth: number, wanted: Wanted): Ex {
  const { random } = cx;
  const test = operand(condition(cx, depth - 1), BINDS.or);
  const first = expression(cx, ty, depth - 1, ty.kind === 'any' ? wanted : 'alone');
  const second = expression(
    cx,
    ty,
    depth - 1,
    isNumeric(ty) && random.chance(0.5) ? 'literal' : ty.kind === 'any' ? wanted : 'alone',
  );
  const [a, b] = [operand(first, BINDS.or), operand(second, BINDS.or)];
  return atom(random.chance(0.6) ? `(${a} if ${test} else ${b})` : `(${test} ? ${a} : ${b})`);
}

function blockExpression(cx: Context, ty: Ty, depth: number): Ex | null {
  const { random } = cx;
  return scoped(cx, () => {
    const local = anyType(cx);
    const name = freshName(cx.maker, 'k');
    const start = expression(cx, local, depth - 1, 'place').text;
    declare(cx, plainVariable(name, local));
    const result = startOfStatement(expression(cx, ty, depth - 1, 'alone'));
    return atom(
      `({ mut ${name}: ${tyText(local)} = ${start}; ${random.chance(0.2) ? `print(${name}); ` : ''}${result} })`,
    );
  });
}

function matchExpression(cx: Context, ty: Ty, depth: number): Ex {
  const { subject, arms } = matchArms(cx, depth, 'value');
  const made = arms.map(({ pattern, bindings }, i) =>
    scoped(cx, () => {
      for (const each of bindings) declare(cx, each);
      return `${pattern} => ${startOfStatement(expression(cx, ty, depth - 1, i > 0 && isNumeric(ty) ? 'literal' : 'alone'))}`;
    }),
  );
  return atom(`(match ${header(subject)} { ${made.join(', ')} })`);
}

/** An assignment used for its value. */
function assignment(cx: Context, ty: Ty, depth: number): Ex | null {
  if (cx.level > 0 && (ty.kind === 'string' || ty.kind === 'array')) return null;
  const targets = visible(cx).filter((each) => sameTy(each.ty, ty) && assignable(cx, each));
  if (targets.length === 0 || cx.loops.length > 0 || ty.kind === 'fn') return null;
  const { name } = cx.random.pick(targets);
  return atom(`(${name} = ${expression(cx, ty, depth - 1, 'place').text})`);
}

function immediateLambda(cx: Context, ty: Ty, depth: number): Ex | null {
  if (!afford(cx, VALUE_COST)) return null;
  const param = anyType(cx);
  const type: FnTy = { kind: 'fn', params: [param], result: ty };
  if (ty.kind === 'range' || ty.kind === 'error') return null;
  return postfix(`(${lambda(cx, type, depth - 1)})(${expression(cx, param, depth - 1, 'place').text})`);
}

export function rangeCall(cx: Context): string {
  const { random } = cx;
  const small = (low: number, high: number): string => {
    const bound = random.chance(0.15) ? dynamicBound(cx) : null;
    return bound?.text ?? String(random.between(low, high));
  };
  return random.weighted([
    [3, `range(${small(-1, 5)})`],
    [3, `range(${small(-2, 3)}, ${small(1, 7)})`],
    [2, `range(${small(0, 9)}, ${small(-4, 12)}, ${random.pick(['2', '3', '-1', '-2', '5u32'])})`],
    [1, 'range(9223372036854775805, 9223372036854775807)'],
  ]);
}
