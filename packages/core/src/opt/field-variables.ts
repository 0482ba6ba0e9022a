/**
 * The fields of objects that never leave their function as variables, and those as values: see `private-objects.ts`.
 */
import type { Cfg } from '../analysis/cfg.ts';
import { applyForwarding, Forwarding, removeUnreachable, targetsOf } from '../ir/edit.ts';
import type { Block, Edge, Func, Inst, ValueId } from '../ir/ir.ts';
import { objectAccess } from '../ir/memory.ts';
import type { PassContext } from './pass.ts';

/** Blocks times variables at most; beyond, further objects stay. */
const MOST_NEEDED = 100_000;

/** A variable is a number: its object's first one and the field. */
type Var = number;

export class FieldVariables {
  readonly #func: Func;
  readonly #cx: PassContext;
  readonly #cfg: Cfg;
  readonly #objects: Map<ValueId, Inst>;
  /** By object: its first variable. */
  readonly #first = new Map<ValueId, Var>();
  /** By block: variables that have a parameter there, in order. */
  readonly #joined: Var[][];
  /** By block: variables that come with the one block before it. */
  readonly #passed: Var[][];
  readonly #forwarding = new Forwarding();
  #needed = 0;

  constructor(func: Func, cx: PassContext, objects: Map<ValueId, Inst>) {
    this.#func = func;
    this.#cx = cx;
    this.#cfg = cx.analyses(func).cfg;
    this.#objects = objects;
    this.#joined = this.#cfg.blocks.map(() => []);
    this.#passed = this.#cfg.blocks.map(() => []);
  }

  run(): boolean {
    const uses = this.#usesOf();
    let variables = 0;
    for (const [object, inst] of this.#objects) {
      const blocks = uses.get(object);
      if (blocks === undefined || this.#needed > MOST_NEEDED || !this.#cx.may()) continue;
      this.#first.set(object, variables);
      for (const [field, places] of blocks.entries()) this.#need(variables + field, places);
      variables += inst.args.length;
    }
    if (this.#first.size === 0) return false;
    this.#rename();
    applyForwarding(this.#func, this.#forwarding);
    removeUnreachable(this.#func);
    return true;
  }

  /** By object and field: where it is read before it is written, and where it is written. */
  #usesOf(): Map<ValueId, Places[]> {
    const uses = new Map<ValueId, Places[]>();
    for (const [object, inst] of this.#objects)
      uses.set(
        object,
        inst.args.map(() => ({ read: new Set<number>(), written: new Set<number>() })),
      );
    for (const [i, { insts }] of this.#cfg.blocks.entries()) {
      for (const { op, args, imm, result } of insts) {
        const made = result === null ? undefined : uses.get(result);
        if (made !== undefined) for (const each of made) each.written.add(i);
        const places = args[0] === undefined ? undefined : uses.get(args[0])?.[fieldOf(op, imm)];
        if (places === undefined) continue;
        const access = objectAccess(op);
        if (access === 'set') places.written.add(i);
        else if (access === 'get' && !places.written.has(i)) places.read.add(i);
      }
    }
    return uses;
  }

  /** Finds the blocks that a variable must come into. */
  #need(variable: Var, { read, written }: Places): void {
    const { predStart, preds, predThrows } = this.#cfg;
    const needed = new Set(read);
    const open = [...read];
    for (let block = open.pop(); block !== undefined; block = open.pop()) {
      const [start, end] = [predStart[block] as number, predStart[block + 1] as number];
      const joins = end - start > 1 || predThrows[start] === 1;
      (joins ? this.#joined : this.#passed)[block]?.push(variable);
      this.#needed += 1;
      for (let e = start; e < end; e++) {
        const pred = preds[e] as number;
        // What throws may do so before the block writes.
        if (needed.has(pred) || (predThrows[e] === 0 && written.has(pred))) continue;
        needed.add(pred);
        open.push(pred);
      }
    }
  }

  #rename(): void {
    const { blocks, position, preds, predStart } = this.#cfg;
    const leaving: Map<Var, ValueId>[] = [];
    const pass = (edge: Edge, state: ReadonlyMap<Var, ValueId>): void => {
      for (const variable of this.#joined[position[edge.block] as number] ?? [])
        edge.args.push(state.get(variable) as ValueId);
    };
    const kinds = this.#kinds();
    for (const [i, block] of blocks.entries()) {
      const state = new Map<Var, ValueId>();
      const before = leaving[preds[predStart[i] as number] as number];
      for (const variable of this.#passed[i] ?? []) state.set(variable, before?.get(variable) as ValueId);
      for (const variable of this.#joined[i] ?? []) {
        const param = this.#func.values.add(this.#func.values.get(kinds[variable] as ValueId));
        block.params.push(param);
        state.set(variable, param);
      }
      this.#renameInsts(block, state, pass);
      for (const edge of targetsOf(block.term)) pass(edge, state);
      if (block.term.kind === 'trap' && block.term.exc !== null) pass(block.term.exc, state);
      leaving.push(state);
    }
  }

  #renameInsts(
    block: Block,
    state: Map<Var, ValueId>,
    pass: (edge: Edge, state: ReadonlyMap<Var, ValueId>) => void,
  ): void {
    block.insts = block.insts.filter((inst) => {
      const { op, args, imm, result } = inst;
      const made = result === null ? undefined : this.#first.get(result);
      if (made !== undefined) {
        for (const [field, arg] of args.entries()) state.set(made + field, arg);
        return false;
      }
      const first = args[0] === undefined ? undefined : this.#first.get(args[0]);
      if (first === undefined) {
        if (inst.exc !== null) pass(inst.exc, state);
        return true;
      }
      const variable = first + fieldOf(op, imm);
      if (result === null) state.set(variable, args[1] as ValueId);
      else this.#forwarding.set(result, state.get(variable) as ValueId);
      return false;
    });
  }

  /** By variable: a value of its kind. */
  #kinds(): ValueId[] {
    const kinds: ValueId[] = [];
    for (const [object, first] of this.#first) {
      const { args } = this.#objects.get(object) as Inst;
      for (const [field, arg] of args.entries()) kinds[first + field] = arg;
    }
    return kinds;
  }
}

interface Places {
  readonly read: Set<number>;
  readonly written: Set<number>;
}

function fieldOf(op: string, imm: Inst['imm']): number {
  return op.startsWith('field.') ? (imm as number) : 0;
}
