/**
 * Removes instructions whose result nobody needs, and unreachable blocks.
 *
 * Needed is what can be observed (writes, errors, polls, terminators) and, through operands, whatever that needs. An argument is
 * needed only if the parameter that receives it is, so values that go round a loop unused disappear with their parameters. Not so
 * new objects: a loop that collects them must run out of memory, so they are removed only once nothing uses them at all.
 *
 * One sweep backward over the reverse postorder meets every use before its definition. Only what a loop carries can turn out to be
 * needed after its argument was passed; that is followed from value to value.
 */
import type { Analyses } from '../analysis/analyses.ts';
import type { Cfg } from '../analysis/cfg.ts';
import { removeParams, removeUnreachable } from '../ir/edit.ts';
import { effectsOf, isRemovable } from '../ir/effects.ts';
import type { Block, Edge, Func, Inst, ValueId } from '../ir/ir.ts';
import type { FuncPass } from './pass.ts';

export const deadCode: FuncPass = {
  name: 'dead-code',
  doc: 'everything left can be observed or feeds what can',
  makes: 0,
  run: (func, cx) => {
    const analyses = cx.analyses(func);
    const changed = analyses.cfg.blocks.length < func.blocks.size && removeUnreachable(func) > 0;
    const search = new Search(func, analyses);
    search.run();
    // One change: what is removed refers to each other.
    if (!search.found || !cx.may()) return changed;
    let failed = false;
    const isDead = (inst: Inst): boolean => search.isDead(inst);
    const stays = (inst: Inst): boolean => {
      if (!search.isDead(inst)) return true;
      failed ||= inst.exc !== null;
      return false;
    };
    for (const block of analyses.cfg.blocks) {
      if (block.insts.some(isDead)) block.insts = block.insts.filter(stays);
    }
    removeParams(func, (param) => search.needed[param] !== NEEDED);
    if (!failed) return changed || 'values';
    // What could fail may have been the last way into a handler.
    removeUnreachable(func);
    return true;
  },
};

/** Marks of a value. Used, but not needed: by something that is itself dead. */
const USED = 1;
const NEEDED = 2;

class Search {
  readonly #func: Func;
  readonly #analyses: Analyses;
  readonly #cfg: Cfg;
  readonly needed: Uint8Array;
  /** Parameters that were needed only after edges to them had been passed, and what they need. */
  readonly #open: ValueId[] = [];
  #sweeping = true;
  /** Whether there is something to remove. */
  found = false;

  constructor(func: Func, analyses: Analyses) {
    this.#func = func;
    this.#analyses = analyses;
    this.#cfg = analyses.cfg;
    this.needed = analyses.arrays.u8(func.values.size);
  }

  run(): void {
    const { blocks, succs, succThrows } = this.#cfg;
    for (const param of (blocks[0] as Block).params) this.needed[param] = NEEDED;
    // The error of a handler stays.
    for (let e = 0; this.#func.catches && e < succs.length; e++) {
      if (succThrows[e] === 1) this.needed[(blocks[succs[e] as number] as Block).params[0] as ValueId] = NEEDED;
    }
    let maybe = false;
    for (let i = blocks.length - 1; i >= 0; i--) {
      const { insts, term } = blocks[i] as Block;
      switch (term.kind) {
        case 'jump':
          this.#follow(i, term.to, 0);
          break;
        case 'br':
          this.#need(term.cond);
          this.#follow(i, term.then, 0);
          this.#follow(i, term.else, 0);
          break;
        case 'ret':
          if (term.value !== null) this.#need(term.value);
          break;
        case 'trap':
          if (term.exc !== null) this.#follow(i, term.exc, 1);
          break;
        default:
      }
      for (let k = insts.length - 1; k >= 0; k--) {
        const inst = insts[k] as Inst;
        if (inst.exc !== null) this.#follow(i, inst.exc, 1);
        const live = (inst.result !== null && this.needed[inst.result] === NEEDED) || this.#stays(inst);
        if (live) this.#needAll(inst.args);
        else {
          maybe = true;
          // What only something uses that nothing uses itself goes with it.
          if (this.needed[inst.result as ValueId] === USED) this.#use(inst.args);
        }
      }
    }
    this.#sweeping = false;
    if (this.#open.length > 0) this.#complete();
    this.found = (maybe && this.#someDead()) || this.#someParamDead();
  }

  isDead(inst: Inst): boolean {
    return inst.result !== null && this.needed[inst.result] !== NEEDED && !this.#stays(inst);
  }

  #stays(inst: Inst): boolean {
    const { result } = inst;
    if (result === null || !isRemovable(inst)) return true;
    return this.needed[result] !== 0 && inst.op !== 'box.i64' && effectsOf(inst).allocates;
  }

  #need(value: ValueId): void {
    if (this.needed[value] === NEEDED) return;
    this.needed[value] = NEEDED;
    if (!this.#sweeping) this.#open.push(value);
  }

  #needAll(values: readonly ValueId[]): void {
    for (let i = 0; i < values.length; i++) this.#need(values[i] as ValueId);
  }

  #use(values: readonly ValueId[]): void {
    for (let i = 0; i < values.length; i++) {
      const value = values[i] as ValueId;
      if (this.needed[value] === 0) this.needed[value] = USED;
    }
  }

  #follow(from: number, edge: Edge, skip: number): void {
    const { args } = edge;
    if (args.length === 0) return;
    const to = this.#cfg.position[edge.block] as number;
    const { params } = this.#cfg.blocks[to] as Block;
    for (let i = 0; i < args.length; i++) {
      const param = params[i + skip] as ValueId;
      const arg = args[i] as ValueId;
      if (this.needed[param] === NEEDED) this.#need(arg);
      else {
        if (this.needed[arg] === 0) this.needed[arg] = USED;
        // Backward in the graph: whether the parameter is needed is known only later.
        if (to <= from) this.#open.push(param);
      }
    }
  }

  /** Follows what was needed too late to be seen by the sweep. */
  #complete(): void {
    const late = this.#open.filter((param) => this.needed[param] === NEEDED);
    this.#open.length = 0;
    if (late.length === 0) return;
    const makers = this.#analyses.defs.inst;
    const incoming = incomingOf(this.#func, this.#cfg);
    for (const param of late) this.#open.push(param);
    for (let value = this.#open.pop(); value !== undefined; value = this.#open.pop()) {
      const maker = makers[value];
      if (maker !== undefined) this.#needAll(maker.args);
      else this.#needAll(incoming[value] ?? []);
    }
  }

  #someDead(): boolean {
    return this.#cfg.blocks.some(({ insts }) => insts.some((inst) => this.isDead(inst)));
  }

  #someParamDead(): boolean {
    const { blocks } = this.#cfg;
    for (let i = 1; i < blocks.length; i++) {
      const { params } = blocks[i] as Block;
      for (let k = 0; k < params.length; k++) if (this.needed[params[k] as ValueId] !== NEEDED) return true;
    }
    return false;
  }
}

/** What each parameter receives. */
function incomingOf(func: Func, cfg: Cfg): (ValueId[] | undefined)[] {
  const incoming = new Array<ValueId[] | undefined>(func.values.size);
  const follow = ({ block, args }: Edge, skip: number): void => {
    const { params } = cfg.blocks[cfg.position[block] as number] as Block;
    for (let i = 0; i < args.length; i++) {
      const param = params[i + skip] as ValueId;
      const list = incoming[param];
      if (list === undefined) incoming[param] = [args[i] as ValueId];
      else list.push(args[i] as ValueId);
    }
  };
  for (const { insts, term } of cfg.blocks) {
    for (const { exc } of insts) if (exc !== null) follow(exc, 1);
    if (term.kind === 'jump') follow(term.to, 0);
    else if (term.kind === 'br') {
      follow(term.then, 0);
      follow(term.else, 0);
    } else if (term.kind === 'trap' && term.exc !== null) follow(term.exc, 1);
  }
  return incoming;
}
