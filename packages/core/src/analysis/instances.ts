/**
 * Which types un-annotated functions are called with, and what they give then.
 *
 * An *instance* is a function together with the types of its `any` parameters at some direct calls (-1: not known). Each
 * instance is analysed by `propagate` under these types; a call in it leads to the callee's instance for the types at hand, whose result
 * is at first "nothing yet" and only loses precision, so recursion is handled by iterating to a fixed point. What comes out
 * are facts about values, whatever representation they have and whether or not anybody acts on them.
 */
import type { Block, Func, FuncId, Inst, IrProgram, ValueId } from '../ir/ir.ts';
import { type Cfg, cfgOf } from './cfg.ts';
import type { ContentsOf } from './contents.ts';
import { rawKind } from './dynamic-types.ts';
import { codeKnown, NOTHING, type OpenPropagation, openPropagation } from './propagate.ts';
import { type Uses, usesOf } from './uses.ts';

export interface Instance {
  readonly func: Func;
  /** By parameter: the type of an `any` parameter, or -1. All -1: the function as it is. */
  readonly codes: readonly number[];
  /** The type of an `any` result: -1 if it may be anything, null if it never returns. */
  result: number | null;
  /** The instance that each direct call of an un-annotated function leads to. */
  readonly callees: Map<Inst, Instance>;
}

/** How many instances of one function are told apart; more calls of it are taken to be unknown. */
const MOST_INSTANCES = 24;
/** How often an instance may be analysed on average before all is given up. */
const MOST_ROUNDS = 12;

/** Functions of whose calls something can be learnt: called directly, with a parameter or result that is a word. */
export function isDynamic(func: Func): boolean {
  return func.captures.length === 0 && (func.result === 'any' || func.params.includes('any'));
}

/** All instances, those of the functions as they are first; null if there are none to be found, or too many. */
export function instancesOf(program: IrProgram, contents: ContentsOf): readonly Instance[] | null {
  const search = new Search(program, contents);
  return search.run();
}

/** What the search keeps of an instance: its analysis so far, and the calls whose result has changed since. */
interface Analysis {
  work: OpenPropagation | null;
  readonly changed: Inst[];
}

/** What all instances of a function share. */
interface Shape {
  readonly cfg: Cfg;
  readonly uses: () => Uses;
  /** Positions of the blocks that return a value. */
  readonly returns: readonly number[];
}

class Search {
  readonly #program: IrProgram;
  readonly #contents: ContentsOf;
  readonly #dynamic = new Set<FuncId>();
  readonly #byKey = new Map<string, Instance>();
  readonly #perFunc = new Map<FuncId, number>();
  /** The calls that led to an instance; some may lead to another one now. */
  readonly #callers = new Map<Instance, { readonly caller: Instance; readonly call: Inst }[]>();
  readonly #analyses = new Map<Instance, Analysis>();
  readonly #shapes = new Map<FuncId, Shape>();
  readonly #all: Instance[] = [];
  readonly #open: Instance[] = [];
  readonly #waiting = new Set<Instance>();

  constructor(program: IrProgram, contents: ContentsOf) {
    this.#program = program;
    this.#contents = contents;
  }

  run(): readonly Instance[] | null {
    const { funcs } = this.#program;
    const called = new Set<FuncId>();
    const callers: Func[] = [];
    for (const func of funcs.values()) {
      let calls = false;
      for (const name of this.#contents(func).named) {
        if (name < 0 || !isDynamic(funcs.get(name as FuncId))) continue;
        called.add(name as FuncId);
        calls = true;
      }
      if (calls) callers.push(func);
    }
    for (const id of called) this.#dynamic.add(id);
    if (called.size === 0) return null;
    for (const id of called) this.#instance(funcs.get(id), null);
    for (const func of callers) this.#instance(func, null);
    let rounds = 0;
    for (let instance = this.#open.pop(); instance !== undefined; instance = this.#open.pop()) {
      this.#waiting.delete(instance);
      rounds += 1;
      if (rounds > MOST_ROUNDS * this.#all.length + 100) return null;
      this.#analyse(instance);
    }
    return this.#all;
  }

  #instance(func: Func, known: readonly number[] | null): Instance {
    const codes = func.params.map((kind, i) =>
      kind === 'any' && rawKind(known?.[i] ?? -1) !== null ? (known?.[i] ?? -1) : -1,
    );
    const key = `${func.id}:${codes.join()}`;
    const old = this.#byKey.get(key);
    if (old !== undefined) return old;
    const count = this.#perFunc.get(func.id) ?? 0;
    if (count >= MOST_INSTANCES && codes.some((code) => code !== -1)) return this.#instance(func, null);
    this.#perFunc.set(func.id, count + 1);
    const instance: Instance = { func, codes, result: func.result === 'any' ? null : -1, callees: new Map() };
    this.#byKey.set(key, instance);
    this.#all.push(instance);
    this.#enqueue(instance);
    return instance;
  }

  #enqueue(instance: Instance): void {
    if (this.#waiting.has(instance)) return;
    this.#waiting.add(instance);
    this.#open.push(instance);
  }

  #shapeOf(func: Func): Shape {
    const known = this.#shapes.get(func.id);
    if (known !== undefined) return known;
    const cfg = cfgOf(func);
    const returns: number[] = [];
    for (let i = 0; i < cfg.blocks.length; i++) {
      const { term } = cfg.blocks[i] as Block;
      if (term.kind === 'ret' && term.value !== null) returns.push(i);
    }
    let uses: Uses | null = null;
    const shape: Shape = {
      cfg,
      returns,
      uses: () => {
        uses ??= usesOf(func, cfg);
        return uses;
      },
    };
    this.#shapes.set(func.id, shape);
    return shape;
  }

  #analyse(instance: Instance): void {
    const { func } = instance;
    const { cfg, uses, returns } = this.#shapeOf(func);
    let analysis = this.#analyses.get(instance);
    if (analysis === undefined) this.#analyses.set(instance, (analysis = { work: null, changed: [] }));
    if (analysis.work === null) {
      const sig = this.#program.signatures.get(func.sig);
      const params = func.params.map((kind, i) => (kind === 'any' ? (instance.codes[i] ?? -1) : (sig.params[i] ?? -1)));
      const callResult = (inst: Inst, codeOf: (value: ValueId) => number): number | null =>
        this.#call(instance, inst, codeOf);
      analysis.work = openPropagation(func, cfg, this.#program, { uses, params, callResult });
    }
    const { work, changed } = analysis;
    for (let call = changed.pop(); call !== undefined; call = changed.pop()) work.again(call);
    if (func.result !== 'any') return;
    const { known } = work;
    let result: number | null = null;
    for (const i of returns) {
      const value = ((cfg.blocks[i] as Block).term as { value: ValueId }).value;
      if (known.reached[i] === 0 || known.state[value] === NOTHING) continue;
      const code = codeKnown(known, value);
      result = result === null || result === code ? code : -1;
    }
    if (instance.result !== null && instance.result !== result) result = -1;
    if (result === instance.result) return;
    instance.result = result;
    for (const { caller, call } of this.#callers.get(instance) ?? []) {
      if (caller.callees.get(call) !== instance) continue;
      this.#analyses.get(caller)?.changed.push(call);
      this.#enqueue(caller);
    }
  }

  #call(caller: Instance, inst: Inst, codeOf: (value: ValueId) => number): number | null {
    const callee = this.#program.funcs.get(inst.imm as FuncId);
    if (!this.#dynamic.has(callee.id)) return this.#program.signatures.get(callee.sig).result;
    const target = this.#instance(callee, inst.args.map(codeOf));
    if (caller.callees.get(inst) !== target) {
      caller.callees.set(inst, target);
      const callers = this.#callers.get(target);
      if (callers === undefined) this.#callers.set(target, [{ caller, call: inst }]);
      else callers.push({ caller, call: inst });
    }
    return callee.result === 'any' ? target.result : this.#program.signatures.get(callee.sig).result;
  }
}
