/**
 * Whole programs: types, helpers, module variables, functions, then sections of statements that use them.
 *
 * A program is a pure function of its seed and options. It is accepted by the checker, ends after little work, and prints
 * enough on its way that engines which disagree about anything show it.
 */
import { header } from './expression-text.ts';
import { anyType, functionType, scalarType } from './choose-types.ts';
import { args, condition, expression, plainVariable } from './expressions.ts';
import type { Context, EditionName, Func, Maker } from './context.ts';
import { declare, freshName, FUNCTION_COST, functionContext, moduleContext, repeated, VALUE_COST } from './context.ts';
import { MODULE_LINE } from '../differential.ts';
import type { BlockStyle, Node } from './layout.ts';
import { line, render, suite } from './layout.ts';
import { seededRandom } from './random.ts';
import { block, declaration, showAll, statements, tail } from './statements.ts';
import type { EnumDef, Field, StructDef, Ty } from './types.ts';
import { any, array, INTEGERS, isScalar, scalar, tyText } from './types.ts';

export interface GenerateOptions {
  /** Chosen by the seed if absent. */
  readonly edition?: EditionName;
  readonly style?: BlockStyle;
  /** How many functions and sections; 1 is small. Chosen by the seed if absent. */
  readonly size?: number;
}

export interface Generated {
  readonly text: string;
  readonly edition: EditionName;
  readonly style: BlockStyle;
}

export function generateProgram(seed: number, options: GenerateOptions = {}): Generated {
  const random = seededRandom(seed);
  const layout = random.fork();
  const chosen = random.chance(0.75) ? '2026' : 'classic';
  const edition = options.edition ?? chosen;
  const style = options.style ?? layout.pick(['colon', 'brace', 'mixed'] as const);
  const maker: Maker = { random, edition, structs: [], enums: [], funcs: [], library: random.chance(0.12), names: 0 };
  const files = moduleNodes(moduleContext(maker), options.size);
  const comment = edition === 'classic' ? '// edition: classic\n' : '';
  const [main = '', library] = files.map((nodes) => comment + render(nodes, style, layout));
  const text = library === undefined ? main : `${main}${MODULE_LINE}lib\n${library}`;
  return { text, edition, style };
}

/** The nodes of the main file and perhaps of a module that it uses. */
function moduleNodes(cx: Context, wanted?: number): Node[][] {
  const { random } = cx;
  // Most programs are small: they are quicker to compare, and easier to read when they fail.
  const chosen = random.weighted([
    [5, 1],
    [3, 2],
    [1, 4],
  ]);
  const size = wanted ?? chosen;
  const types: Node[] = [];
  for (let i = random.below(3); i > 0; i--) types.push(enumeration(cx));
  for (let i = random.below(3); i > 0; i--) types.push(structure(cx));
  const helpers = helperFunctions(cx);
  const variables: Node[] = [];
  for (let i = random.between(2, 3 + size); i > 0; i--) variables.push(...declaration(cx, anyType(cx), true));
  const functions: Node[] = [];
  for (let i = random.between(1, 2) * size; i > 0; i--) functions.push(...callable(cx));
  const methods = cx.maker.structs.flatMap((def) => (random.chance(0.5) ? [methodsOf(cx, def)] : []));
  const divided = cx.maker.library;
  cx.maker.library = false;
  const sections: Node[] = [];
  for (let i = 1 + size; i > 0; i--) sections.push(...section(cx));
  const end = showAll(cx);
  if (divided) {
    const library = [...types, ...helpers, ...variables, ...functions].map(exported);
    return [
      [line('use lib: *'), ...sections, ...end],
      [...library, ...methods],
    ];
  }
  // Functions may be called before the line that defines them, types used before theirs.
  const parts = random.chance(0.7)
    ? [types, helpers, variables, functions, methods, sections, end]
    : [variables, helpers, sections, end, types, functions, methods];
  return [parts.flat()];
}

/** The same at top level, and public; `let` has no public form. */
function exported(node: Node): Node {
  if (node.kind === 'block') return { ...node, head: `pub ${node.head}` };
  return line(`pub ${node.text.replace(/^let /, '')}`);
}

/** A few statements, usually so that an error in them is caught, and soon. */
function section(cx: Context): Node[] {
  const { random, maker } = cx;
  if (random.chance(0.1)) return statements(cx, random.between(1, 3), 1);
  cx.scopes.push([]);
  const nodes: Node[] = [];
  for (let i = random.between(1, 4); i > 0; i--) {
    const count = random.between(1, 2);
    // What a bare statement declares can be used by those after it.
    if (random.chance(0.3)) {
      nodes.push(...statements(cx, count, 1));
      continue;
    }
    const body = block(cx, count, 1);
    const name = freshName(maker, 'e');
    nodes.push(suite('try', body, suite(`catch ${name}`, [line(`print("caught:", ${name})`)])));
  }
  const shown = showAll(cx).slice(-4);
  cx.scopes.pop();
  const name = freshName(maker, 'e');
  return [suite('try', [...nodes, ...shown], suite(`catch ${name}`, [line(`print("section:", ${name})`)]))];
}

// --- types ---------------------------------------------------------------------------------------------------------

function enumeration(cx: Context): Node {
  const { random, maker } = cx;
  const name = freshName(maker, 'E');
  const variants = Array.from({ length: random.between(2, 4) }, (_, i) => ({
    name: `${random.pick(['Red', 'Dot', 'Box', 'Key'])}${i}`,
    payload: Array.from({ length: random.below(3) }, () => memberType(cx)),
  }));
  const def: EnumDef = { name, variants };
  maker.enums.push(def);
  const members = variants.map((variant) => {
    const payload = variant.payload.map((ty, i) => (random.chance(0.5) ? `f${i}: ${tyText(ty)}` : tyText(ty)));
    return line(payload.length === 0 ? variant.name : `${variant.name}(${payload.join(', ')})`);
  });
  return { kind: 'block', role: 'members', head: `enum ${name}`, body: members };
}

function structure(cx: Context): Node {
  const { random, maker } = cx;
  const name = freshName(maker, 'S');
  const fields: Field[] = [];
  const def: StructDef = { name, fields, methods: [] };
  const members: Node[] = [];
  for (let i = random.between(1, 5); i > 0; i--) {
    const own: Ty = array({ kind: 'struct', def });
    const ty = random.chance(0.08) ? own : memberType(cx);
    const field: Field = { name: freshName(maker, 'm'), ty, hasDefault: random.chance(0.4) || ty === own };
    const value = !field.hasDefault ? '' : ty === own ? ' = []' : ` = ${expression(cx, ty, 1, 'place').text}`;
    members.push(line(`${field.name}: ${tyText(ty)}${value}`));
    fields.push(field);
  }
  maker.structs.push(def);
  return { kind: 'block', role: 'members', head: `struct ${name}`, body: members };
}

function memberType(cx: Context): Ty {
  const { random, maker } = cx;
  const ways: [number, () => Ty][] = [
    [9, () => scalarType(cx)],
    [2, () => array(scalarType(cx))],
    [1, () => any(scalarType(cx))],
    [1, () => functionType(cx)],
  ];
  if (maker.enums.length > 0) ways.push([1, () => ({ kind: 'enum', def: random.pick(maker.enums) })]);
  if (maker.structs.length > 0) ways.push([1, () => ({ kind: 'struct', def: random.pick(maker.structs) })]);
  return random.weighted(ways)();
}

function methodsOf(cx: Context, def: StructDef): Node {
  const { random, maker } = cx;
  const self: Ty = { kind: 'struct', def };
  const body: Node[] = [];
  for (let i = random.between(1, 2); i > 0; i--) {
    const instance = random.chance(0.7);
    const result = instance ? anyType(cx) : random.chance(0.7) ? self : scalarType(cx);
    const params = Array.from({ length: random.below(3) }, () => scalarType(cx));
    const name = freshName(maker, 'act');
    const inner = functionContext(cx, result);
    if (instance) declare(inner, plainVariable('self', self, false));
    const written = params.map((ty) => parameter(inner, ty));
    const given = [...(instance ? ['self'] : []), ...written].join(', ');
    const nodes = [...statements(inner, random.below(3), 2), ...tail(inner, result, 1)];
    body.push(suite(`fn ${name}(${given}) -> ${tyText(result)}`, nodes));
    def.methods.push({ name, instance, params, result, cost: inner.cost + 1 });
  }
  return { kind: 'block', role: 'members', head: `impl ${def.name}`, body };
}

// --- functions -----------------------------------------------------------------------------------------------------

function parameter(cx: Context, ty: Ty): string {
  const name = freshName(cx.maker, 'p');
  declare(cx, { ...plainVariable(name, ty, false), callable: ty.kind === 'fn' });
  return ty.kind === 'any' ? name : `${name}: ${tyText(ty)}`;
}

/** Functions without annotations that programs have for their own ends: they make values dynamic and mix element types. */
function helperFunctions(cx: Context): Node[] {
  const { random, maker } = cx;
  const nodes: Node[] = [suite('fn clip(s: string) -> string', [line('return ((len(s) > 40) ? "clipped" : s)')])];
  const hint = scalarType(cx);
  const same: Func = { name: 'same', params: [any(hint)], result: any(hint), cost: 2, value: false };
  const helpers: readonly [Func, Node][] = [
    [same, suite('fn same(x)', [line('return x')])],
    [
      {
        name: 'grow',
        params: [any(array(hint)), any(scalarType(cx))],
        result: any(array(hint)),
        cost: 3,
        value: false,
      },
      suite('fn grow(items, x)', [suite('if len(items) < 9', [line('push(items, x)')]), line('return items')]),
    ],
    [
      { name: 'poke', params: [any(array(hint)), any(scalarType(cx))], result: any(hint), cost: 3, value: false },
      suite('fn poke(items, x)', [line('items[0] = x'), line('return items[0]')]),
    ],
    [
      { name: 'total', params: [any(array(hint))], result: any(hint), cost: 20, value: false },
      suite('fn total(items)', [
        line('mut sum = items[0]'),
        suite('for item in items[1..]', [line('sum = (same2(sum) + item)')]),
        line('return sum'),
      ]),
    ],
  ];
  nodes.push(suite('fn same2(x)', [line('x')]));
  for (const [func, node] of helpers) {
    if (func !== same && random.chance(0.5)) continue;
    maker.funcs.push(func);
    nodes.push(node);
  }
  return nodes;
}

function callable(cx: Context): Node[] {
  const { random } = cx;
  return random.weighted<() => Node[]>([
    [5, () => [plainFunction(cx)]],
    [4, () => [dynamicFunction(cx)]],
    [2, () => [recursive(cx)]],
    [1, () => mutual(cx)],
    [1, () => [wide(cx)]],
    [1, () => [bottomless(cx)]],
  ])();
}

function plainFunction(cx: Context): Node {
  const { random, maker } = cx;
  const declared = random.chance(0.8);
  const result: Ty = random.chance(0.08) ? { kind: 'void' } : anyType(cx);
  const simple = random.chance(0.3);
  const limit = simple ? VALUE_COST : FUNCTION_COST;
  // Nothing but the values themselves decides their type if the function does not declare one.
  const seen = declared || result.kind === 'void' ? result : any(result);
  const inner = functionContext(cx, seen, limit - 5);
  const params = Array.from({ length: random.below(4) }, () => (simple ? scalarType(cx) : anyType(cx)));
  const written = params.map((ty) => parameter(inner, ty));
  const body = statements(inner, random.between(0, 5), 1);
  const end = result.kind === 'void' ? [] : tail(inner, seen, 0);
  const name = freshName(maker, 'f');
  const arrow = declared || result.kind === 'void' ? ` -> ${tyText(result)}` : '';
  const value = simple && declared && params.every(isScalar) && isScalar(result);
  maker.funcs.push({ name, params, result: seen, cost: inner.cost + 1, value });
  return suite(`fn ${name}(${written.join(', ')})${arrow}`, [...body, ...end]);
}

/** No annotation anywhere: everything in it is decided as it runs. */
function dynamicFunction(cx: Context): Node {
  const { random, maker } = cx;
  const hint = random.chance(0.6) ? scalarType(cx) : random.chance(0.5) ? array(scalarType(cx)) : anyType(cx);
  const result = any(hint);
  const inner = functionContext(cx, result);
  const params = Array.from({ length: random.between(1, 3) }, () => any(random.chance(0.7) ? hint : anyType(cx)));
  const written = params.map((ty) => parameter(inner, ty));
  const nodes = [...statements(inner, random.between(1, 4), 2), ...tail(inner, result, 1)];
  const name = freshName(maker, 'f');
  maker.funcs.push({ name, params, result, cost: inner.cost + 1, value: false });
  return suite(`fn ${name}(${written.join(', ')})`, nodes);
}

/** Calls itself with a smaller first argument. */
function recursive(cx: Context): Node {
  const { random, maker } = cx;
  const result = scalarType(cx);
  const kind = random.pick(INTEGERS);
  const inner = functionContext(cx, result, VALUE_COST);
  const fuel = freshName(maker, 'p');
  declare(inner, { ...plainVariable(fuel, scalar(kind), false), counter: true });
  const other = scalarType(cx);
  const second = parameter(inner, other);
  const name = freshName(maker, 'f');
  const deep = random.between(2, 6);
  const base = expression(inner, result, 1, 'place').text;
  const body = statements(inner, random.below(3), 2);
  const again = `${name}(${fuel} - 1, ${args(inner, [other], 1)})`;
  const own = freshName(maker, 'v');
  declare(inner, plainVariable(own, result));
  const nodes = [
    suite(`if ${fuel} < 1 or ${fuel} > ${deep}`, [line(`return ${base}`)]),
    ...body,
    line(`mut ${own} = ${again}`),
    ...(random.chance(0.3) ? [suite(`if ${header(condition(inner, 1))}`, [line(`${own} = ${again}`)])] : []),
    line(`return ${expression(inner, result, 2, 'place').text}`),
  ];
  maker.funcs.push({ name, params: [scalar(kind), other], result, cost: (inner.cost + 3) * deep * 2, value: false });
  return suite(`fn ${name}(${fuel}: ${kind}, ${second}) -> ${tyText(result)}`, nodes);
}

function mutual(cx: Context): Node[] {
  const { random, maker } = cx;
  const result = scalarType(cx);
  const [one, two] = [freshName(maker, 'f'), freshName(maker, 'f')];
  const half = (name: string, other: string): Node => {
    const inner = functionContext(cx, result, VALUE_COST);
    const fuel = freshName(maker, 'p');
    declare(inner, { ...plainVariable(fuel, scalar('i64'), false), counter: true });
    const own = freshName(maker, 'v');
    const body = [
      suite(`if ${fuel} < 1 or ${fuel} > 6`, [line(`return ${expression(inner, result, 1, 'place').text}`)]),
    ];
    declare(inner, plainVariable(own, result));
    body.push(line(`mut ${own} = ${other}(${fuel} - 1)`), ...statements(inner, random.below(2), 3));
    body.push(line(`return ${expression(inner, result, 1, 'place').text}`));
    return suite(`fn ${name}(${fuel}: i64) -> ${tyText(result)}`, body);
  };
  const nodes = [half(one, two), half(two, one)];
  for (const name of [one, two]) maker.funcs.push({ name, params: [scalar('i64')], result, cost: 100, value: false });
  return nodes;
}

/** Runs into the depth limit, and tells how deep that was. */
function bottomless(cx: Context): Node {
  const { random, maker } = cx;
  const name = freshName(maker, 'f');
  const typed = random.chance(0.5) ? ': i64' : '';
  const again = random.pick([`1 + ${name}(n + 1)`, `${name}(n + 1)`, `(fn(k${typed}): ${name}(k + 1))(n)`]);
  const body = random.chance(0.5)
    ? [suite('try', [line(`return ${again}`)], suite('catch', [line('return n')]))]
    : [suite('if n > 5000', [line('return n')]), line(`return ${again}`)];
  maker.funcs.push({ name, params: [scalar('i64')], result: any(scalar('i64')), cost: 300, value: false });
  return suite(`fn ${name}(n${typed})`, body);
}

/** More values alive at a time than small machines have registers. */
function wide(cx: Context): Node {
  const { random, maker } = cx;
  const kind = random.pick(['i32', 'i64', 'u32', 'u64', 'f64'] as const);
  const ty = scalar(kind);
  const inner = functionContext(cx, ty);
  const params = Array.from({ length: random.between(5, 12) }, () => (random.chance(0.7) ? ty : scalarType(cx)));
  const written = params.map((each) => parameter(inner, each));
  const body: Node[] = [];
  for (let i = random.between(4, 10); i > 0; i--) body.push(...declaration(inner, ty));
  repeated(inner, 1, () => body.push(...statements(inner, 2, 2)));
  const names = inner.scopes.at(-1)?.filter((each) => each.ty.kind === kind) ?? [];
  const sum = names.map(({ name }) => (kind === 'f64' ? name : `${name} % 1000`)).join(' + ');
  const name = freshName(maker, 'f');
  maker.funcs.push({ name, params, result: ty, cost: inner.cost + 2, value: false });
  return suite(`fn ${name}(${written.join(', ')}) -> ${kind}`, [...body, line(`return ${sum === '' ? '0' : sum}`)]);
}
