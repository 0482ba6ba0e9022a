/**
 * Statements: a run of them for a block, chosen by weights that depend on what is in scope.
 */
import { BINDS, type Ex, header, operand } from './expression-text.ts';
import { anyType, functionType, scalarType } from './choose-types.ts';
import {
  args,
  condition,
  expression,
  index,
  integerLiteral,
  lambda,
  plainVariable,
  rangeCall,
  type Wanted,
} from './expressions.ts';
import type { Context, Variable } from './context.ts';
import { afford, assignable, declare, freshName, functionContext, scoped, VALUE_COST, visible } from './context.ts';
import { certainlyDynamic } from './dynamic.ts';
import type { Node } from './layout.ts';
import { line, suite } from './layout.ts';
import { integerRange } from './literals.ts';
import { loop } from './loops.ts';
import { matchArms } from './patterns.ts';
import { printLine } from './printing.ts';
import type { FnTy, Ty } from './types.ts';
import { any, array, isInteger, isNumeric, isScalar, sameTy, scalar, tyText } from './types.ts';

/** Nesting of blocks below which no further ones are opened. */
const DEPTH = 3;

export function block(cx: Context, count: number, depth: number): Node[] {
  return scoped(cx, () => statements(cx, count, depth));
}

export function statements(cx: Context, count: number, depth: number): Node[] {
  const nodes: Node[] = [];
  for (let i = 0; i < count; i++) {
    if (!afford(cx, 1)) {
      if (nodes.length === 0) nodes.push(line('pass'));
      break;
    }
    nodes.push(...statement(cx, depth));
  }
  return nodes;
}

function statement(cx: Context, depth: number): Node[] {
  const { random } = cx;
  const ways: [number, () => Node[] | null][] = [
    [10, () => declaration(cx)],
    [14, () => assign(cx)],
    [6, () => [printLine(cx)]],
    [4, () => store(cx)],
    [3, () => append(cx)],
    [1, () => aliased(cx)],
    [2, () => destructured(cx)],
    [1, () => unset(cx)],
    [2, () => localFunction(cx)],
    [1, () => oneSided(cx)],
    [1, () => unused(cx)],
    [1, () => swapped(cx)],
    [1, () => evaluated(cx)],
    [1, () => collectedLambdas(cx)],
    [1, () => asserted(cx)],
    [1, () => misfit(cx)],
    [1, () => calledDynamically(cx)],
    [1, () => adapted(cx)],
    [1, () => cyclic(cx)],
  ];
  if (depth < DEPTH) {
    ways.push([7, () => branch(cx, depth)], [8, () => loop(cx, depth)], [6, () => attempt(cx, depth)]);
    ways.push([3, () => [matchStatement(cx, depth)]], [1, () => [bare(cx, depth)]]);
  }
  if (cx.loops.length > 0) ways.push([3, () => leaveLoop(cx)]);
  if (cx.result !== null && depth > 0) ways.push([1, () => leaveFunction(cx)]);
  for (;;) {
    const made = random.weighted(ways)();
    if (made) return made;
  }
}

// --- variables -----------------------------------------------------------------------------------------------------

/** A declaration in one of the language's many forms. */
export function declaration(cx: Context, ty: Ty = declaredType(cx), safe = false): Node[] {
  const { random, maker } = cx;
  const classic = maker.edition === 'classic';
  const top = cx.level === 0;
  const named = ty.kind !== 'range' && ty.kind !== 'error';
  const form = random.weighted([
    [5, 'mut'],
    [4, 'implicit'],
    [3, 'let'],
    [2, 'let mut'],
    [named ? 2 : 0, 'annotated'],
    [1, 'constant'],
  ]);
  const annotate = named && (form === 'annotated' || (form !== 'implicit' && random.chance(0.5)));
  const name =
    form === 'implicit'
      ? freshName(maker, 'v')
      : form === 'constant'
        ? freshName(maker, 'C')
        : ty.kind === 'fn'
          ? freshName(maker, 'v')
          : explicitName(cx);
  const depth = safe ? 0 : random.between(1, 3);
  const value = initialiser(cx, ty, depth, annotate);
  const note = annotate ? `: ${tyText(ty)}` : '';
  const implicitlyMutable = !classic || !top || cx.loops.length > 0;
  const mutable = form === 'mut' || form === 'let mut' || (form === 'implicit' && implicitlyMutable);
  declare(cx, {
    name,
    ty,
    mutable,
    mut: form === 'mut' || form === 'let mut',
    counter: false,
    callable: ty.kind === 'fn' && !mutable,
  });
  if (form === 'constant') return [line(`${name}${note} := ${value}`)];
  const word = form === 'mut' || form === 'let' || form === 'let mut' ? `${form} ` : '';
  return [line(`${word}${name}${note} = ${value}`)];
}

function declaredType(cx: Context): Ty {
  const { random } = cx;
  if (random.chance(0.04)) return { kind: 'range' };
  return random.chance(0.3) ? scalarType(cx) : anyType(cx);
}

/** Usually a new name, now and then one that hides a name of a scope further out. */
function explicitName(cx: Context): string {
  const { random } = cx;
  if (cx.scopes.length > 1 && random.chance(0.08)) {
    const here = new Set(cx.scopes.at(-1)?.map(({ name }) => name));
    const outer = visible(cx).filter(({ name, counter }) => !here.has(name) && !counter && /^[vpki]\d/.test(name));
    // Not a parameter: the body shares their scope.
    const hidden = outer.filter(({ name }) => name.startsWith('v'));
    if (hidden.length > 0) return random.pick(hidden).name;
  }
  return freshName(cx.maker, 'v');
}

function initialiser(cx: Context, ty: Ty, depth: number, annotated: boolean): string {
  const { random } = cx;
  if (ty.kind === 'fn' && random.chance(0.5)) return lambda(cx, ty, depth);
  if (ty.kind === 'range') return rangeCall(cx);
  if (annotated) return expression(cx, ty, depth, 'place').text;
  // The edition that infers integers from use may be left to find the type; classic has i32.
  const inferred = isInteger(ty) && !cx.maker.library && (cx.maker.edition === '2026' || ty.kind === 'i32');
  if (inferred && random.chance(0.4)) return integerLiteral(cx, ty.kind, BigInt(random.below(20)), 'literal').text;
  if (ty.kind !== 'any') return expression(cx, ty, depth, 'alone').text;
  // The variable must not get the type of the value, so that is hidden if it may be known.
  return certainlyDynamic(cx, ty.hint, depth)?.text ?? `(fn(x): x)(${expression(cx, ty, depth, 'alone').text})`;
}

function assign(cx: Context): Node[] | null {
  const { random } = cx;
  const targets = visible(cx).filter(
    (each) => assignable(cx, each) && each.ty.kind !== 'error' && each.ty.kind !== 'range',
  );
  if (targets.length === 0) return null;
  const target = random.pick(targets);
  const { name, ty } = target;
  if (ty.kind === 'any' && random.chance(0.4) && isNumeric(ty.hint))
    return [line(`${name} ${compound(cx, ty.hint, 'alone')}`)];
  // It may be that nothing has decided yet that a variable is a u64; then it is none beside a large literal.
  const wanted = ty.kind === 'u64' ? 'literal' : 'place';
  if (random.chance(0.45) && compoundable(cx, ty)) return [line(`${name} ${compound(cx, ty, wanted)}`)];
  return [line(`${name} = ${bounded(cx, ty, expression(cx, ty, random.between(1, 3), wanted))}`)];
}

function compoundable(cx: Context, ty: Ty): boolean {
  return isNumeric(ty) || (ty.kind === 'string' && cx.level === 0 && cx.loops.length === 0);
}

/** The operator and right side of a compound assignment. */
function compound(cx: Context, ty: Ty, wanted: Wanted = 'place'): string {
  const { random } = cx;
  if (ty.kind === 'string') return `+= ${expression(cx, ty, 1, 'place').text}`;
  const bits = isInteger(ty) && cx.maker.edition === '2026' && random.chance(0.25);
  if (bits && random.chance(0.3)) return `${random.pick(['<<=', '>>='])} ${random.below(33)}`;
  const op = bits ? random.pick(['&=', '|=', '^=']) : random.pick(['+=', '+=', '-=', '*=', '/=', '%=']);
  if ((op === '/=' || op === '%=') && random.chance(0.8)) return `${op} ${random.between(1, 9)}`;
  return `${op} ${expression(cx, ty, random.between(0, 2), wanted).text}`;
}

/** Texts stay short and arrays small where code may run again and again. */
function bounded(cx: Context, ty: Ty, ex: Ex): string {
  if (cx.level === 0 && cx.loops.length === 0) return ex.text;
  return ty.kind === 'string' ? `clip(${ex.text})` : ex.text;
}

/** Into an element or a field. */
function store(cx: Context): Node[] | null {
  const { random } = cx;
  const places: { readonly place: string; readonly ty: Ty }[] = [];
  for (const { name, ty } of visible(cx)) {
    if (ty.kind === 'array') {
      places.push({ place: `${name}[${index(cx, 1)}]`, ty: ty.element });
      if (ty.element.kind === 'array')
        places.push({ place: `${name}[${index(cx, 0)}][${index(cx, 0)}]`, ty: ty.element.element });
      if (ty.element.kind === 'struct')
        for (const field of ty.element.def.fields)
          places.push({ place: `${name}[${index(cx, 0)}].${field.name}`, ty: field.ty });
    }
    if (ty.kind === 'struct')
      for (const field of ty.def.fields) places.push({ place: `${name}.${field.name}`, ty: field.ty });
    if (ty.kind === 'any' && ty.hint.kind === 'array')
      places.push({ place: `${name}[${index(cx, 0)}]`, ty: any(ty.hint.element) });
    if (ty.kind === 'any' && ty.hint.kind === 'struct')
      for (const field of ty.hint.def.fields) places.push({ place: `${name}.${field.name}`, ty: any(field.ty) });
  }
  if (places.length === 0) return null;
  const { place, ty } = random.pick(places);
  if (random.chance(0.4) && isNumeric(ty)) return [line(`${place} ${compound(cx, ty)}`)];
  return [line(`${place} = ${bounded(cx, ty, expression(cx, ty, random.between(0, 2), 'place'))}`)];
}

function append(cx: Context): Node[] | null {
  const { random } = cx;
  const arrays = visible(cx).filter(({ ty }) => ty.kind === 'array' || (ty.kind === 'any' && ty.hint.kind === 'array'));
  if (arrays.length === 0) return null;
  const { name, ty } = random.pick(arrays);
  const element =
    ty.kind === 'array' ? ty.element : ty.kind === 'any' && ty.hint.kind === 'array' ? any(ty.hint.element) : null;
  if (element === null) return null;
  if (random.chance(0.2)) return [line(`pop(${name})`)];
  const call = line(`push(${name}, ${bounded(cx, element, expression(cx, element, random.between(0, 2), 'place'))})`);
  return [suite(`if len(${name}) < ${random.between(4, 14)}`, [call])];
}

/** Another name, of another static type, for an array. */
function aliased(cx: Context): Node[] | null {
  const { random, maker } = cx;
  const arrays = visible(cx).filter(({ ty }) => ty.kind === 'array');
  if (arrays.length === 0) return null;
  const { name, ty } = random.pick(arrays);
  if (ty.kind !== 'array') return null;
  const other = freshName(maker, 'v');
  const element = ty.element.kind === 'any' ? ty.element.hint : any(ty.element);
  const alias = ty.element.kind === 'any' || random.chance(0.5) ? array(element) : any(ty);
  declare(cx, plainVariable(other, alias, false));
  return [line(`let ${other}: ${tyText(alias)} = ${name}`)];
}

function destructured(cx: Context): Node[] | null {
  const { random, maker } = cx;
  const modern = maker.edition === '2026';
  const targets = visible(cx).filter((each) => assignable(cx, each) && isNumeric(each.ty));
  if (modern && targets.length >= 2 && random.chance(0.7)) {
    const first = random.pick(targets);
    const others = targets.filter((each) => each !== first && sameTy(each.ty, first.ty));
    if (others.length === 0) return null;
    const chosen = [first, ...random.shuffled(others).slice(0, random.between(1, 3))];
    const values = random.chance(0.6)
      ? random.shuffled(chosen).map(({ name }) => name)
      : chosen.map(({ ty }) => expression(cx, ty, 1, 'place').text);
    return [line(`${chosen.map(({ name }) => name).join(', ')} = ${values.join(', ')}`)];
  }
  const element = scalarType(cx);
  const names = Array.from({ length: random.between(2, 3) }, () => freshName(maker, 'v'));
  const source = expression(cx, array(element), 2, 'alone').text;
  const mutable = modern || cx.level > 0 || cx.loops.length > 0;
  for (const name of names) declare(cx, plainVariable(name, element, mutable));
  return [line(`${names.join(', ')} = ${source}`)];
}

/** A variable whose declaration may not have run when it is read. */
function unset(cx: Context): Node[] {
  const { random, maker } = cx;
  const name = freshName(maker, 'v');
  const ty = scalarType(cx);
  const set = suite(`if ${header(condition(cx, 2))}`, [line(`${name} = ${initialiser(cx, ty, 1, false)}`)]);
  const tries = suite('try', [line(`print("set", ${name})`)], suite('catch problem', [line('print(problem)')]));
  return random.chance(0.5) ? [set, tries] : [suite('for _ in 0..2', [set, tries])];
}

// --- functions in functions ----------------------------------------------------------------------------------------

function localFunction(cx: Context): Node[] {
  const { random, maker } = cx;
  const type = functionType(cx);
  const name = freshName(maker, 'f');
  const inner = functionContext(cx, type.result, VALUE_COST);
  const params = type.params.map((ty) => {
    const param = freshName(maker, 'p');
    declare(inner, plainVariable(param, ty, false));
    return `${param}: ${tyText(ty)}`;
  });
  const body = [
    ...statements(inner, random.between(1, 3), DEPTH - 1),
    line(`return ${expression(inner, type.result, 2, 'place').text}`),
  ];
  const signature = `(${params.join(', ')}) -> ${tyText(type.result)}`;
  declare(cx, { ...plainVariable(name, type, false), callable: true });
  // A nested function can be called from its definition on, a lambda is a value like others.
  return [suite(random.chance(0.5) ? `fn ${name}${signature}` : `let ${name} = fn${signature}`, body)];
}

/** Lambdas made in a loop, each with the variables of its iteration. */
function collectedLambdas(cx: Context): Node[] | null {
  const { random, maker } = cx;
  if (!afford(cx, 12)) return null;
  const [list, item, local, called] = ['v', 'i', 'v', 'i'].map((prefix) => freshName(maker, prefix));
  const kind = random.pick(['i32', 'i64', 'u32', 'f64'] as const);
  const body =
    kind === 'f64'
      ? `${local} = ${local} + (${item} as f64) / 2.0; ${local}`
      : `${local} += ${item} as ${kind}; ${local}`;
  return [
    line(`mut ${list}: [fn() -> ${kind}] = []`),
    suite(`for ${item} in 0..3`, [
      line(`mut ${local}: ${kind} = ${random.below(5)}`),
      line(`push(${list}, fn() -> ${kind} { ${body} })`),
      ...(random.chance(0.5) ? [line(`${local} *= 2`)] : []),
    ]),
    suite(`for ${called} in ${list}`, [line(`print(${called}(), ${called}())`)]),
  ];
}

/** \`a() if c\` as a statement. */
function oneSided(cx: Context): Node[] | null {
  const { random } = cx;
  const arrays = visible(cx).filter(({ ty }) => ty.kind === 'array' && isScalar(ty.element));
  if (arrays.length === 0) return null;
  const { name } = random.pick(arrays);
  return [line(`pop(${name}) if ${operand(condition(cx, 2), BINDS.not)} and len(${name}) > 1`)];
}

/** Evaluated and thrown away. */
function unused(cx: Context): Node[] {
  return [line(`_ = ${expression(cx, anyType(cx), 2, 'alone').text}`)];
}

/** Elements and fields as targets of a list. */
function swapped(cx: Context): Node[] | null {
  const { random, maker } = cx;
  const arrays = visible(cx).filter(({ ty }) => ty.kind === 'array' && ty.element.kind !== 'string');
  if (maker.edition === 'classic' || arrays.length === 0) return null;
  const { name, ty } = random.pick(arrays);
  if (ty.kind !== 'array') return null;
  const places = [`${name}[0]`, `${name}[${index(cx, 1)}]`];
  for (const each of visible(cx)) {
    if (each.ty.kind !== 'struct') continue;
    for (const field of each.ty.def.fields) if (sameTy(field.ty, ty.element)) places.push(`${each.name}.${field.name}`);
  }
  for (const each of visible(cx)) if (sameTy(each.ty, ty.element) && assignable(cx, each)) places.push(each.name);
  const chosen = random.shuffled(places).slice(0, random.between(2, 3));
  return [line(`${chosen.join(', ')} = ${random.shuffled(chosen).join(', ')}`)];
}

/** A comparison whose message tells both values if they differ. */
function asserted(cx: Context): Node[] {
  const { random } = cx;
  const ty = anyType(cx);
  const [a, b] = [expression(cx, ty, 2, 'alone').text, expression(cx, ty, 2, 'alone').text];
  const label = random.pick(['"same"', '""', '12', 'true', '"é"']);
  return [suite('try', [line(`assert_eq(${label}, ${a}, ${b})`)], suite('catch problem', [line('print(problem)')]))];
}

/** A function at a place for functions of another type; calls check what goes in and out. */
function misfit(cx: Context): Node[] {
  const { maker } = cx;
  const type = functionType(cx);
  const other: FnTy = { kind: 'fn', params: type.params.map(() => scalarType(cx)), result: scalarType(cx) };
  const name = freshName(maker, 'v');
  const made = line(`let ${name}: ${tyText(type)} = ${lambda(cx, other, 2)}`);
  const call = line(`print("misfit", ${name}(${args(cx, type.params, 1)}))`);
  return [made, suite('try', [call], suite('catch problem', [line('print(problem)')]))];
}

/** A function that only its caller believes in, with fitting and other arguments. */
function calledDynamically(cx: Context): Node[] | null {
  const { random, maker } = cx;
  if (!afford(cx, 2 * VALUE_COST)) return null;
  const type = random.chance(0.2) ? { ...functionType(cx), result: { kind: 'void' } as const } : functionType(cx);
  const name = freshName(maker, 'v');
  const wrong = random.shuffled([...type.params, scalarType(cx)]).slice(0, random.between(0, 2));
  const call = (params: readonly Ty[]): Node => {
    const failed = suite('catch problem', [line('print(problem)')]);
    const given = params.map((each) => expression(cx, each, 1, 'alone').text).join(', ');
    return suite('try', [line(`print("called", ${name}(${given}))`)], failed);
  };
  return [line(`let ${name}: any = ${lambda(cx, type, 2)}`), call(type.params), call(wrong)];
}

/** Literals that take their types from a dynamic value when they are compared with it. */
function adapted(cx: Context): Node[] {
  const { random, maker } = cx;
  const [name, kind] = [freshName(maker, 'v'), random.pick(['i32', 'u32', 'i64', 'u64', 'f64'] as const)];
  const [value, literal] = random.pick([
    [`7${kind}`, '7'],
    [`[1${kind}, 2, 3]`, '[1, 2, 3]'],
    [`Result.Ok(3${kind})`, 'Result.Ok(3)'],
    [`[[4${kind}, 5, 6], [7${kind}, 8, 9]]`, '[[4, 5, 6], [7, 8, 9]]'],
    [`[5${kind}, 5, 5]`, '[5, 5]'],
  ] as const);
  const compare = suite(
    'try',
    [line(`print(assert_eq("adapted", ${name}, ${literal}))`)],
    suite('catch problem', [line('print(problem)')]),
  );
  return [line(`let ${name}: any = ${value}`), compare, line(`print(${name} == ${literal})`)];
}

/** Data that contains itself. */
function cyclic(cx: Context): Node[] {
  const { random, maker } = cx;
  const [one, two] = [freshName(maker, 'v'), freshName(maker, 'v')];
  const value = expression(cx, scalarType(cx), 1, 'alone').text;
  return [
    line(`let ${one}: [any] = [${value}, 1]`),
    line(`let ${two}: [any] = [${one}, ${random.below(3)}]`),
    line(`push(${one}, ${random.pick([one, two])})`),
    line(`print(${one}, ${random.chance(0.5) ? `${one} == ${two}, ` : ''}${two}[0] == ${one}, len(${one}))`),
  ];
}

/** A call or another expression for its effects. */
function evaluated(cx: Context): Node[] | null {
  const { random, maker } = cx;
  const funcs = maker.funcs.filter(({ cost }) => cost < 60);
  if (funcs.length === 0) return null;
  const func = random.pick(funcs);
  return afford(cx, func.cost) ? [line(`${func.name}(${args(cx, func.params, 2)})`)] : null;
}

// --- control flow --------------------------------------------------------------------------------------------------

function branch(cx: Context, depth: number): Node[] {
  const { random } = cx;
  const body = (): Node[] => block(cx, random.between(1, 3), depth + 1);
  const test = (): string => header(condition(cx, random.between(1, 3)));
  let next = random.chance(0.5) ? suite('else', body()) : undefined;
  if (random.chance(0.3)) next = suite(`${random.chance(0.8) ? 'elif' : 'else if'} ${test()}`, body(), next);
  return [suite(`if ${test()}`, body(), next)];
}

function attempt(cx: Context, depth: number): Node[] {
  const { random, maker } = cx;
  const body = block(cx, random.between(1, 4), depth + 1);
  // Many attempts fail for sure, at a point of their own.
  if (random.chance(0.4)) body.splice(random.below(beforeHiding(body) + 1), 0, line(failing(cx)));
  const name = freshName(maker, 'e');
  if (random.chance(0.2)) return [suite('try', body, suite('catch', block(cx, 1, depth + 1)))];
  const handler = scoped(cx, () => {
    declare(cx, plainVariable(name, { kind: 'error' }, false));
    return [
      line(`print(${random.pick([`${name}`, `typeof(${name}), ${name}`, `"failed: @", ${name}`])})`),
      ...statements(cx, random.below(2), depth + 1),
    ];
  });
  return [suite('try', body, suite(`catch ${name}`, handler))];
}

/** How many statements stand before the first that may hide a variable of a scope further out: what is made there knows the outer one. */
function beforeHiding(body: readonly Node[]): number {
  const hides = body.findIndex((node) => node.kind === 'line' && /^(?:(?:mut|let)\b|\w+: )/.test(node.text));
  return hides < 0 ? body.length : hides;
}

function failing(cx: Context): string {
  const { random } = cx;
  const zero = scalar(random.pick(['i32', 'i64', 'u32', 'u64', 'f64'] as const));
  return random.pick([
    `print(${operand(expression(cx, zero, 1, 'alone'), BINDS.multiply)} / ${zero.kind === 'f64' ? '0.0' : '0'})`,
    'print([1, 2, 3][7])',
    'assert_eq("never", 1, 2)',
    'print(int("x"))',
    'pop([0; 0])',
    'print(-1i32 as u64)',
    'print("abc"[3])',
    `print(${integerRange('i64').high} + 1i64)`,
  ]);
}

function matchStatement(cx: Context, depth: number): Node {
  const { random } = cx;
  const { subject, arms } = matchArms(cx, 2, 'statement');
  return {
    kind: 'block',
    role: 'members',
    head: `match ${header(subject)}`,
    body: arms.map(({ pattern, bindings }) =>
      scoped(cx, () => {
        for (const each of bindings) declare(cx, each);
        return { kind: 'block', role: 'arm', head: pattern, body: statements(cx, random.between(1, 2), depth + 1) };
      }),
    ),
  };
}

function bare(cx: Context, depth: number): Node {
  return { kind: 'block', role: 'bare', head: '', body: block(cx, cx.random.between(1, 3), depth + 1) };
}

function leaveLoop(cx: Context): Node[] {
  const { random } = cx;
  const { label } = random.pick(cx.loops);
  const word = random.chance(0.5) ? 'break' : 'continue';
  const target = label === null || random.chance(0.3) ? '' : ` '${label}`;
  return [suite(`if ${header(condition(cx, 2))}`, [line(`${word}${target}`)])];
}

function leaveFunction(cx: Context): Node[] | null {
  const { result } = cx;
  if (result === null) return null;
  const body = line(result.kind === 'void' ? 'return' : `return ${expression(cx, result, 2, 'place').text}`);
  return [suite(`if ${header(condition(cx, 2))}`, [body])];
}

/** The value that a function without further ado returns: one of the tail forms. */
export function tail(cx: Context, ty: Ty, depth: number): Node[] {
  const { random } = cx;
  const value = (): string => {
    const { text } = expression(cx, ty, random.between(1, 3), 'place');
    return random.chance(0.5) ? `return ${text}` : /^[{[]|^match|^fn|^if/.test(text) ? `(${text})` : text;
  };
  const end = (): Node[] => scoped(cx, () => [...statements(cx, random.below(2), DEPTH - 1), line(value())]);
  switch (depth > 1 ? 0 : random.below(6)) {
    case 1:
      return [suite(`if ${header(condition(cx, 2))}`, end(), suite('else', tail(cx, ty, depth + 1)))];
    case 2:
      return [suite('try', end(), suite('catch', [line(value())]))];
    case 3: {
      const { subject, arms } = matchArms(cx, 2, 'value');
      const body = arms.map(
        ({ pattern, bindings }): Node =>
          scoped(cx, () => {
            for (const each of bindings) declare(cx, each);
            return { kind: 'block', role: 'arm', head: pattern, body: end() };
          }),
      );
      return [{ kind: 'block', role: 'members', head: `match ${header(subject)}`, body }];
    }
    default:
      return [line(value())];
  }
}

export function showAll(cx: Context): Node[] {
  const shown = (variable: Variable): boolean => variable.level === cx.level && variable.ty.kind !== 'error';
  return visible(cx)
    .filter(shown)
    .reverse()
    .map(({ name }) => line(`print("${name} is", ${name})`));
}
