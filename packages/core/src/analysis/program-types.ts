/**
 * Types that values have because of everything that the whole program does.
 *
 *     mut items = []                      nobody says what `items` holds; but all that is ever pushed are i64,
 *     for i in 0..9: push(items, i)       so what is read are i64
 *
 * Each function that can be reached is looked at once. Its instructions say how types flow between its values, module variables,
 * fields, elements, captured values, parameters and results (`type-graph.ts`); function values carry the parameters and results of the
 * functions that they may be. An operation that this file does not know makes its operands open and its result mixed.
 *
 * It holds only where the program is complete: in a session a later entry may push anything.
 */
import type { BuiltinName } from '../base/builtins.ts';
import { NOMINAL, TYPE_CODES } from '../base/kinds.ts';
import { builtinOf } from '../ir/effects.ts';
import { forEachEdge } from '../ir/edit.ts';
import type { Edge, Func, FuncId, GlobalId, Inst, IrProgram, IrType, Kind, ValueId } from '../ir/ir.ts';
import { type OpName, type Scalar, sharedName, type VariantImm } from '../ir/ops.ts';
import { adaptedResult, BUILTIN_CODES, dynamicResult, integerOf, isNumeric } from './dynamic-types.ts';
import { FreshArrays } from './fresh-arrays.ts';
import { MIXED, type Node, TypeGraph, UNSEEN } from './type-graph.ts';

export interface ProgramTypes {
  /** The one type that a value of kind `any` has, or -1. */
  codeOf(func: FuncId, value: ValueId): number;
  /** Whether a value of kind `any` has more than one type, all of which are known. */
  several(func: FuncId, value: ValueId): boolean;
  /** The one type of the elements of the arrays that a value may be, or -1. */
  elementOf(func: FuncId, value: ValueId): number;
  /** See `IrProgram.elementsApart`. */
  readonly elementsApart: boolean;
  readonly functionValues: FunctionValues;
  /** Whether a function was looked at; nothing is known of what others do. */
  reached(func: FuncId): boolean;
}

/** Where function values are made and used, with the class of each: values of different classes never meet. */
export interface FunctionValues {
  /** `result`: the one type of what all function values of the class give as words or references, or -1. */
  readonly made: readonly { readonly func: FuncId; readonly meets: number; readonly result: number }[];
  /** Calls of function values, and tests of their signature. */
  readonly used: readonly { readonly func: FuncId; readonly inst: Inst; readonly meets: number }[];
  /** Whether values of a class are those made, and no others. */
  complete(meets: number): boolean;
}

export function programTypesOf(program: IrProgram): ProgramTypes {
  return new Search(program).run();
}

/** Elements of arrays that are told apart where it is known which they are: the first ones. */
const TOLD_APART = 8;

/** Parts of objects. A cell holds its variable as an element. */
const ELEMENT = 0;
const ITEM = 1;
const RESULT = 2;
const PARAM = 3;

const { i64, f64, string, array, func: funcCode, range, error } = TYPE_CODES;

class Search {
  readonly #program: IrProgram;
  readonly #graph = new TypeGraph();
  /** By function: the node of its first value, and that of its result. */
  readonly #values: (Node | undefined)[] = [];
  readonly #results: (Node | undefined)[] = [];
  readonly #globals: Node;
  /** By type: the node of its first field or payload; payloads of all variants share the nodes of their positions. */
  readonly #fields: readonly Node[];
  /** By function: nodes of what it captured. */
  readonly #captures: (Node | undefined)[] = [];
  readonly #open: Func[] = [];
  /** Arrays and the types that typed instructions access them as. */
  readonly #accessed: { readonly array: Node; readonly code: number }[] = [];
  readonly #made: { readonly func: FuncId; readonly node: Node }[] = [];
  readonly #used: { readonly func: FuncId; readonly inst: Inst; readonly node: Node }[] = [];
  /** Function values that are methods found by name. */
  readonly #methods: Node[] = [];
  /** Of the function at hand. */
  #func: Func;
  #base: Node = 0;
  #kinds: readonly Kind[] = [];
  #makers: readonly (Inst | undefined)[] | null = null;
  readonly #fresh = new FreshArrays();

  constructor(program: IrProgram) {
    this.#program = program;
    this.#globals = this.#graph.add(program.globals.size);
    this.#fields = program.types.map((type) => this.#graph.add(widthOf(type)));
    this.#func = [...program.funcs.values()][0] as Func;
  }

  run(): ProgramTypes {
    const { modules, main, funcs } = this.#program;
    for (const { init } of modules) this.#reach(funcs.get(init));
    if (main !== null) this.#reach(funcs.get(main));
    for (let func = this.#open.pop(); func !== undefined; func = this.#open.pop()) this.#look(func);
    this.#graph.solve();
    // A watcher may have reached another function.
    for (let func = this.#open.pop(); func !== undefined; func = this.#open.pop()) {
      this.#look(func);
      this.#graph.solve();
    }
    const known = (code: number): number => (code === UNSEEN ? MIXED : code);
    const methods = new Set(this.#methods.map((node) => this.#graph.classOf(node)));
    return {
      codeOf: (func, value) => {
        const base = this.#values[func];
        return base === undefined ? MIXED : known(this.#graph.codeOf(base + value));
      },
      several: (func, value) => {
        const base = this.#values[func];
        return base !== undefined && this.#graph.isSeveral(base + value);
      },
      elementOf: (func, value) => {
        const base = this.#values[func];
        return base === undefined ? MIXED : known(this.#graph.elementsCode(base + value));
      },
      elementsApart: this.#accessed.every(({ array: node, code }) => {
        const elements = this.#graph.elementsCode(node);
        return elements === code || elements === UNSEEN;
      }),
      functionValues: {
        made: this.#made.map(({ func, node }) => ({
          func,
          meets: this.#graph.classOf(node),
          result: known(this.#graph.partCode(node, RESULT)),
        })),
        used: this.#used.map(({ func, inst, node }) => ({ func, inst, meets: this.#graph.classOf(node) })),
        complete: (meets) => !this.#graph.isOpen(meets) && !methods.has(meets),
      },
      reached: (func) => this.#values[func] !== undefined,
    };
  }

  /* ---- functions ----------------------------------------------------------------------------------------------- */

  /** The node of a function's first value. */
  #reach(func: Func): Node {
    const known = this.#values[func.id];
    if (known !== undefined) return known;
    const base = this.#graph.add(func.values.size);
    this.#values[func.id] = base;
    this.#results[func.id] = this.#graph.add(1);
    this.#captures[func.id] = this.#graph.add(func.captures.length);
    this.#open.push(func);
    return base;
  }

  #look(func: Func): void {
    const graph = this.#graph;
    this.#func = func;
    this.#base = this.#values[func.id] as Node;
    this.#kinds = func.values.values();
    this.#makers = null;
    const follow = ({ block, args }: Edge, throws: boolean): void => {
      const params = func.blocks.get(block)?.params ?? [];
      if (throws) graph.give(this.#node(params[0] as ValueId), error);
      const skip = throws ? 1 : 0;
      for (let i = 0; i < args.length; i++) this.#pass(args[i] as ValueId, this.#node(params[i + skip] as ValueId));
    };
    for (const block of func.blocks.values()) {
      const { insts, term } = block;
      this.#fresh.enter();
      for (let i = 0; i < insts.length; i++) {
        const inst = insts[i] as Inst;
        this.#inst(inst);
        this.#fresh.follow(inst);
      }
      forEachEdge(func, block, follow);
      if (term.kind === 'ret' && term.value !== null) this.#pass(term.value, this.#results[func.id] as Node);
    }
  }

  #node(value: ValueId): Node {
    return this.#base + value;
  }

  /** Whether a value is a word or a reference; nothing else has a type to find. */
  #holds(value: ValueId): boolean {
    const kind = this.#kinds[value];
    return kind === 'any' || kind === 'ref';
  }

  /** What a value holds, if it holds something, may come to a node. */
  #pass(value: ValueId, to: Node): void {
    if (this.#holds(value)) this.#graph.flow(this.#node(value), to);
  }

  /** The instruction that makes a value of the function at hand. Few operations ask. */
  #maker(value: ValueId): Inst | undefined {
    this.#makers ??= this.#findMakers();
    return this.#makers[value];
  }

  #findMakers(): readonly (Inst | undefined)[] {
    const makers = new Array<Inst | undefined>(this.#kinds.length);
    for (const { insts } of this.#func.blocks.values())
      for (const inst of insts) if (inst.result !== null) makers[inst.result] = inst;
    return makers;
  }

  /** Values passed to parameters, and the result. */
  #call(callee: Func, args: readonly ValueId[], result: ValueId | null): void {
    const base = this.#reach(callee);
    const { params } = callee.blocks.get(callee.entry) ?? { params: [] };
    for (let i = 0; i < args.length; i++) {
      const param = params[i];
      if (param !== undefined) this.#pass(args[i] as ValueId, base + param);
    }
    if (result !== null && this.#holds(result)) {
      this.#graph.flow(this.#results[callee.id] as Node, this.#node(result));
    }
  }

  /** The function and the one that stands for it where its signature is not known. */
  #entriesOf(func: Func): readonly Func[] {
    return func.boxed === null || func.boxed === func.id ? [func] : [func, this.#program.funcs.get(func.boxed)];
  }

  /** A node may hold this function: whoever calls what it holds passes values to the function's parameters. */
  #isFunction(node: Node, func: Func): void {
    for (const entry of this.#entriesOf(func)) {
      const base = this.#reach(entry);
      const { params } = entry.blocks.get(entry.entry) ?? { params: [] };
      for (const [i, kind] of entry.params.entries()) {
        if (kind === 'any' || kind === 'ref')
          this.#graph.flow(this.#graph.part(node, PARAM + i), base + (params[i] ?? 0));
      }
      if (entry.result === 'any' || entry.result === 'ref') {
        this.#graph.flow(this.#results[entry.id] as Node, this.#graph.part(node, RESULT));
      }
    }
  }

  /* ---- instructions -------------------------------------------------------------------------------------------- */

  #inst(inst: Inst): void {
    const { op, args, result, imm } = inst;
    const shape = shapeOf(op);
    if (!shape.matters) return;
    const { name, kind, held } = shape;
    const graph = this.#graph;
    const a = this.#base + (args[0] ?? 0);
    const b = this.#base + (args[1] ?? 0);
    const out = result === null ? -1 : this.#node(result);
    if (op === 'rt') return this.#builtin(imm as BuiltinName, inst);
    if (op === 'call') return this.#call(this.#program.funcs.get(imm as FuncId), args, result);
    if (op === 'call.closure' || op === 'call.boxed' || op === 'closure.has') {
      this.#used.push({ func: this.#func.id, inst, node: a });
      return op === 'closure.has' ? undefined : this.#callValue(a, args, result);
    }
    if (op === 'closure.new') return this.#closure(this.#program.funcs.get(imm as FuncId), args, out);
    if (op === 'closure.is') return;
    if (op === 'closure.of') return graph.flow(a, out);
    if (op === 'struct.new') return this.#object(imm as number, args, out);
    if (op === 'enum.new') return this.#object((imm as VariantImm).type, args, out);
    if (op === 'const.str') return graph.give(out, string);
    if (op === 'const.nil') return graph.give(out, TYPE_CODES.nil);
    if (name === 'box') {
      if (kind === 'ref') return graph.flow(a, out);
      return graph.give(out, kind === 'f64' ? f64 : (imm as number));
    }
    if (shape.accesses) this.#accessed.push({ array: a, code: imm as number });
    if (name === 'array.set' || name === 'array.push') {
      const element = this.#element(inst, a);
      graph.give(element, imm as number);
      return held ? graph.same(element, this.#node(args[args.length - 1] as ValueId)) : undefined;
    }
    if (!held) return;
    switch (name) {
      case 'unbox':
        graph.give(out, imm as number);
        return graph.same(a, out);
      case 'array.get':
      case 'array.pop':
        graph.give(out, imm as number);
        return graph.same(this.#element(inst, a), out);
      case 'field.get':
      case 'payload.get':
        return this.#field(a, imm as number, (field) => graph.flow(field, out));
      case 'field.set':
        return this.#field(a, imm as number, (field) => graph.flow(b, field));
      case 'cell.new':
        return graph.flow(a, graph.part(out, ELEMENT));
      case 'cell.get':
        return graph.flow(graph.part(a, ELEMENT), out);
      case 'cell.set':
        return graph.flow(b, graph.part(a, ELEMENT));
      case 'global.get':
        return graph.flow(this.#globals + (imm as GlobalId), out);
      case 'global.set':
        return graph.flow(a, this.#globals + (imm as GlobalId));
      case 'env.get':
        return graph.flow((this.#captures[this.#func.id] as Node) + (imm as number), out);
      case 'closure.get':
        return this.#captured(inst, out);
      default:
        if (name !== 'eq') this.#unknown(inst);
    }
  }

  /** The part of an array that an instruction reads or writes: one element if it is known which. */
  #element(inst: Inst, array: Node): Node {
    return this.#graph.part(array, this.#slotOf(inst));
  }

  #slotOf({ op, imm, args }: Inst): number {
    const name = op === 'rt' ? (imm as string) : op;
    let index: Scalar | null = null;
    if (name.startsWith('array.push.')) index = this.#fresh.lengthOf(args[0] as ValueId);
    else if (!name.startsWith('array.pop.')) {
      const maker = this.#maker(args[1] as ValueId);
      index = this.#constant(maker?.op.startsWith('box.') ? maker.args[0] : args[1]);
    }
    return index !== null && index >= 0 && index < TOLD_APART ? -1 - Number(index) : ELEMENT;
  }

  #object(type: number, args: readonly ValueId[], out: Node): void {
    this.#graph.give(out, NOMINAL + type);
    const fields = this.#fields[type] as Node;
    for (let i = 0; i < args.length; i++) this.#pass(args[i] as ValueId, fields + i);
  }

  /** What a field of an object is, or of every type as long as nobody knows of which one the object is. */
  #field(object: Node, index: number, then: (field: Node) => void): void {
    const { types } = this.#program;
    const each = (type: number): void => {
      if (index < widthOf(types[type] as IrType)) then((this.#fields[type] as Node) + index);
    };
    this.#graph.watch(object, () => {
      const code = this.#graph.codeOf(object);
      if (code >= NOMINAL) each(code - NOMINAL);
      else if (code === MIXED) for (let type = 0; type < types.length; type++) each(type);
    });
  }

  #closure(func: Func, args: readonly ValueId[], out: Node): void {
    this.#graph.give(out, funcCode);
    this.#made.push({ func: func.id, node: out });
    this.#isFunction(out, func);
    for (const entry of this.#entriesOf(func)) {
      const captures = this.#captures[entry.id] as Node;
      for (const i of entry.captures.keys()) this.#pass(args[i] as ValueId, captures + i);
    }
  }

  /** A captured value of a function value whose function was asked for. */
  #captured(inst: Inst, out: Node): void {
    const { args, imm } = inst;
    const of = this.#maker(args[0] as ValueId);
    if (of?.op !== 'closure.of' && of?.op !== 'closure.new') return this.#unknown(inst);
    const func = this.#program.funcs.get(of.imm as FuncId);
    this.#reach(func);
    this.#graph.flow((this.#captures[func.id] as Node) + (imm as number), out);
  }

  /** The first operand is the function. */
  #callValue(func: Node, args: readonly ValueId[], result: ValueId | null): void {
    for (let i = 1; i < args.length; i++) {
      const arg = args[i] as ValueId;
      if (this.#holds(arg)) this.#pass(arg, this.#graph.part(func, PARAM + i - 1));
    }
    if (result === null || !this.#holds(result)) return;
    this.#graph.flow(this.#graph.part(func, RESULT), this.#node(result));
  }

  /** An operation of which nothing is known; it may also write the fields of what it is given. */
  #unknown({ args, result }: Inst): void {
    for (const arg of args) if (this.#holds(arg)) this.#graph.open(this.#node(arg));
    for (const [type, row] of this.#program.types.entries()) {
      for (let field = this.#fields[type] as Node, end = field + widthOf(row); field < end; field++) {
        this.#graph.give(field, MIXED);
        this.#graph.open(field);
      }
    }
    if (result === null || !this.#holds(result)) return;
    this.#graph.give(this.#node(result), MIXED);
    this.#graph.open(this.#node(result));
  }

  /* ---- built-ins ----------------------------------------------------------------------------------------------- */

  #builtin(name: BuiltinName, inst: Inst): void {
    const graph = this.#graph;
    const { args } = inst;
    const a = this.#base + (args[0] ?? 0);
    const b = this.#base + (args[1] ?? 0);
    const c = this.#base + (args[2] ?? 0);
    const out = inst.result === null ? -1 : this.#node(inst.result);
    const code = BUILTIN_CODES[name];
    if (code !== undefined) graph.give(out, code);
    switch (name) {
      case 'array.get.any':
      case 'array.pop.any':
        return graph.flow(this.#element(inst, a), out);
      case 'array.push.any':
        return graph.flow(b, this.#element(inst, a));
      case 'array.set.any':
      case 'any.set':
        return graph.flow(c, this.#element(inst, a));
      case 'array.fill':
        return graph.flow(a, graph.part(out, ELEMENT));
      case 'array.repeat':
      case 'array.slice':
      case 'array.sorted':
      case 'any.sorted':
        return this.#moved(a, out);
      case 'any.array':
      case 'any.func':
        return graph.same(a, out);
      case 'any.slice':
        // Of an array an array, of a string a string.
        graph.flow(a, out);
        return this.#moved(a, out);
      case 'any.get':
        return this.#elements(a, out, this.#slotOf(inst));
      case 'iter.any':
        return this.#elements(a, graph.part(out, ITEM), ELEMENT);
      case 'iter.next':
        return graph.flow(graph.part(a, ITEM), out);
      case 'convert.any':
      case 'cast.any':
        return graph.give(out, (this.#constant(args[1]) as number | null) ?? MIXED);
      case 'adapt.any':
        return this.#adapted(args[0] as ValueId, b, out);
      case 'dyn.field':
      case 'dyn.setfield':
        return this.#namedField(inst);
      case 'dyn.method':
        return this.#namedMethod(args[1] as ValueId, out);
      default:
    }
    const { result, effects } = builtinOf(name);
    if (result === 'any' && (name.startsWith('dyn.') || name === 'loop.next')) return this.#arithmetic(name, a, b, out);
    const isKnown =
      code !== undefined || ((result === null || !this.#holds(inst.result as ValueId)) && !keeps(name, effects.writes));
    if (!isKnown) this.#unknown(inst);
  }

  /** The elements of one array stand in another, at other indexes. */
  #moved(from: Node, to: Node): void {
    this.#graph.part(from, ELEMENT);
    this.#graph.same(from, to);
  }

  /** What indexing and iterating give. */
  #elements(object: Node, out: Node, slot: number): void {
    const graph = this.#graph;
    graph.watch(object, () => {
      const code = graph.codeOf(object);
      if (code === MIXED || code === array) graph.flow(graph.part(object, slot), out);
      if (code === MIXED) graph.give(out, MIXED);
      else if (code === range) graph.give(out, i64);
      else if (code === string || isNumeric(code)) graph.give(out, code);
    });
  }

  #arithmetic(name: BuiltinName, a: Node, b: Node, out: Node): void {
    const graph = this.#graph;
    const unary = name === 'dyn.neg' || name === 'dyn.bitnot';
    const then = (): void => {
      const left = graph.codeOf(a);
      const right = unary ? MIXED : graph.codeOf(b);
      if (left === UNSEEN || right === UNSEEN) return;
      const repeats = name === 'dyn.mul' && (left === array || right === array);
      graph.give(out, repeats ? array : dynamicResult(name, left, right));
      if (name !== 'dyn.mul') return;
      if (left === MIXED || left === array) this.#moved(a, out);
      if (right === MIXED || right === array) this.#moved(b, out);
    };
    graph.watch(a, then);
    if (!unary) graph.watch(b, then);
  }

  /** A literal in the numeric type of another value, where it fits. */
  #adapted(literal: ValueId, other: Node, out: Node): void {
    const graph = this.#graph;
    const word = this.#node(literal);
    const boxed = this.#maker(literal);
    const raw = boxed === undefined ? null : this.#constant(boxed.args[0]);
    const then = (): void => {
      const own = graph.codeOf(word);
      const to = graph.codeOf(other);
      if (own === UNSEEN || to === UNSEEN) return;
      graph.give(
        out,
        adaptedResult(own, to, () => (raw === null ? null : integerOf(own, raw))),
      );
    };
    graph.watch(word, then);
    graph.watch(other, then);
  }

  /** A field by name: that of each struct type that has one. */
  #namedField({ args, imm, result }: Inst): void {
    const name = this.#maker(args[1] as ValueId)?.imm;
    for (const [type, row] of this.#program.types.entries()) {
      if (row.kind !== 'struct') continue;
      for (const [i, field] of row.fields.entries()) {
        if (field.name !== name) continue;
        const node = (this.#fields[type] as Node) + i;
        if (imm === 'dyn.setfield') this.#graph.flow(this.#node(args[2] as ValueId), node);
        else if (field.kind === 'any' || field.kind === 'ref') this.#graph.flow(node, this.#node(result as ValueId));
        else this.#graph.give(this.#node(result as ValueId), field.code);
      }
    }
  }

  /** A method by name as a function value, or nil. */
  #namedMethod(name: ValueId, out: Node): void {
    this.#graph.give(out, MIXED);
    this.#methods.push(out);
    const text = this.#maker(name)?.imm;
    for (const type of this.#program.types) {
      if (type.kind !== 'struct') continue;
      for (const method of type.methods) {
        if (method.name === text) this.#isFunction(out, this.#program.funcs.get(method.func));
      }
    }
  }

  #constant(value: ValueId | undefined): Scalar | null {
    const maker = value === undefined ? undefined : this.#maker(value);
    return maker?.op === 'const.i32' || maker?.op === 'const.i64' ? (maker.imm as Scalar) : null;
  }
}

/** An operation's name taken apart. */
interface Shape {
  readonly name: string;
  readonly kind: string;
  /** Whether it is an operation on words or references. */
  readonly held: boolean;
  /** Whether it reads or writes an array as one of elements of a type. */
  readonly accesses: boolean;
  /** Whether it says anything of types. */
  readonly matters: boolean;
}

const SHAPES = new Map<OpName, Shape>();
const OTHERS = /^(rt|call.*|closure\..*|struct\.new|enum\.new|const\.(str|nil)|box\..*|array\.(get|set|push|pop)\..*)$/;

function shapeOf(op: OpName): Shape {
  let shape = SHAPES.get(op);
  if (shape === undefined) {
    const dot = op.lastIndexOf('.');
    const kind = op.slice(dot + 1);
    const held = kind === 'any' || kind === 'ref';
    const name = sharedName(op.slice(0, dot));
    const accesses = name.startsWith('array.');
    shape = { name, kind: sharedName(kind), held, accesses, matters: held || OTHERS.test(op) };
    SHAPES.set(op, shape);
  }
  return shape;
}

/** Built-ins that show values and keep none. */
const SHOWS = /^out\.|^input$|^raise$|^timestamp$|^range\.next$/;

/** Whether an operation may put its operands somewhere. */
function keeps(name: BuiltinName, writes: boolean): boolean {
  return writes && !SHOWS.test(name);
}

function widthOf(type: IrType): number {
  if (type.kind === 'struct') return type.fields.length;
  return Math.max(0, ...type.variants.map(({ payload }) => payload.length));
}
