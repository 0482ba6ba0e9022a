/**
 * Keeps what a loop loads and stores again and again in a value: one load in front of the loop, a parameter that goes round.
 *
 *     b1(i):                                 b3():  w = global.get g;  jump b1(i, w)
 *       v = global.get g             ->      b1(i, v):
 *       u = add v, i                           u = add v, i
 *       global.set g, u                        global.set g, u
 *       br c, b1(i'), b2()                     br c, b1(i', u), b2()
 *
 * For a module variable, a field of one struct or one cell, if all that the loop does to that place (`ir/memory.ts`) are
 * loads and stores of the same object. Stores stay where they are, because an error may leave the loop anywhere and somebody
 * look: memory is right at every moment, only nobody in the loop asks it.
 */
import { HAS } from '../analysis/contents.ts';
import { type Writes, loopWrites } from '../analysis/memory.ts';
import type { Cfg } from '../analysis/cfg.ts';
import { isInside, type Loop } from '../analysis/loops.ts';
import { applyForwarding, Forwarding, newInst, targetsOf } from '../ir/edit.ts';
import type { Block, BlockId, Func, Inst, Kind, ValueId } from '../ir/ir.ts';
import { CELLS, FIELDS, GLOBALS, loadedFrom, type Location, placeOf, storedTo, storedValue } from '../ir/memory.ts';
import { LoopEntries } from './loop-entries.ts';
import type { FuncPass, PassContext } from './pass.ts';

export const promote: FuncPass = {
  name: 'promote',
  needsWrites: true,
  doc: 'no loop loads a place that only it changes',
  needs: HAS.stores | HAS.loops,
  makes: 0,
  run: (func, cx) => {
    const { cfg, loops: nest } = cx.analyses(func);
    const { loops, loopOf } = nest;
    return loops.length > 0 && new Promotion(func, cx, cfg, loops, loopOf, cx.writes).run();
  },
};

/** How many places of one loop are kept in values. */
const MOST = 12;

const PROMOTED = GLOBALS | FIELDS | CELLS;

/** All that a loop does to one place of one object. */
interface Candidate {
  readonly location: Location;
  readonly load: Inst;
  readonly accesses: Map<number, Inst[]>;
  stores: number;
  loads: number;
  same: boolean;
}

class Promotion {
  readonly #func: Func;
  readonly #cx: PassContext;
  readonly #cfg: Cfg;
  readonly #loops: readonly Loop[];
  readonly #loopOf: Int32Array;
  readonly #writes: Writes;
  readonly #home: Int32Array;
  readonly #forwarding = new Forwarding();
  readonly #dropped = new Set<Inst>();
  /** Loads in front of loops. */
  readonly #inFront = new Map<number, Inst[]>();
  /** Places that were promoted in each loop: nothing is left of them inside. */
  readonly #done: Set<number>[];

  constructor(func: Func, cx: PassContext, cfg: Cfg, loops: readonly Loop[], loopOf: Int32Array, writes: Writes) {
    this.#func = func;
    this.#cx = cx;
    this.#cfg = cfg;
    this.#loops = loops;
    this.#loopOf = loopOf;
    this.#writes = writes;
    this.#done = loops.map(() => new Set());
    this.#home = new Int32Array(func.values.size).fill(-1);
    for (const [i, { params, insts }] of cfg.blocks.entries()) {
      for (const param of params) this.#home[param] = loopOf[i] as number;
      for (const inst of insts) if (inst.result !== null) this.#home[inst.result] = loopOf[i] as number;
    }
  }

  run(): boolean {
    const written = loopWrites(this.#cfg, this.#loops, this.#loopOf, this.#writes);
    const entries = new LoopEntries(this.#func, this.#cfg, this.#loops, this.#loopOf);
    const members = this.#members();
    // Outer loops first.
    for (let loop = this.#loops.length - 1; loop >= 0; loop--) {
      const blocks = members[loop] as number[];
      if (this.#hasHandlers(blocks) || entries.edges(loop).edges.length !== 1) continue;
      let count = 0;
      for (const candidate of this.#candidates(loop, blocks)) {
        const { location, same, stores, loads } = candidate;
        if (!same || stores === 0 || loads === 0 || count >= MOST) continue;
        if (((written[loop]?.spaces ?? 0) & location.space) !== 0 || this.#isDone(loop, placeOf(location))) continue;
        if (!this.#cx.may()) continue;
        count += 1;
        this.#done[loop]?.add(placeOf(location));
        this.#promote(loop, blocks, candidate, entries);
      }
    }
    if (this.#inFront.size === 0) return false;
    for (const [loop, insts] of this.#inFront) entries.insert(loop, insts);
    entries.finish();
    for (const block of this.#func.blocks.values())
      if (block.insts.some((inst) => this.#dropped.has(inst)))
        block.insts = block.insts.filter((inst) => !this.#dropped.has(inst));
    applyForwarding(this.#func, this.#forwarding);
    return true;
  }

  /** Positions of the blocks of each loop, in reverse postorder. */
  #members(): number[][] {
    const members: number[][] = this.#loops.map(() => []);
    for (let i = 0; i < this.#cfg.blocks.length; i++) {
      for (let loop = this.#loopOf[i] as number; loop !== -1; loop = (this.#loops[loop] as Loop).parent)
        members[loop]?.push(i);
    }
    return members;
  }

  /** A handler within the loop would have to know the value at each instruction that leads there. */
  #hasHandlers(blocks: readonly number[]): boolean {
    const { predStart, predThrows } = this.#cfg;
    for (const i of blocks) {
      for (let e = predStart[i] as number; e < (predStart[i + 1] as number); e++) if (predThrows[e] === 1) return true;
    }
    return false;
  }

  #isDone(loop: number, place: number): boolean {
    for (let at = loop; at !== -1; at = (this.#loops[at] as Loop).parent) if (this.#done[at]?.has(place)) return true;
    return false;
  }

  #candidates(loop: number, blocks: readonly number[]): Iterable<Candidate> {
    const found = new Map<number, Candidate>();
    for (const i of blocks) {
      for (const inst of (this.#cfg.blocks[i] as Block).insts) {
        const load = loadedFrom(inst);
        const location = load ?? storedTo(inst);
        if (location === null || (location.space & PROMOTED) === 0) continue;
        const place = placeOf(location);
        let candidate = found.get(place);
        if (candidate === undefined) {
          const { object } = location;
          const same = object === null || !isInside(this.#loops, this.#home[object] as number, loop);
          candidate = { location, load: inst, accesses: new Map(), stores: 0, loads: 0, same };
          found.set(place, candidate);
        }
        if (candidate.location.object !== location.object) candidate.same = false;
        if (load === null) candidate.stores += 1;
        else candidate.loads += 1;
        const list = candidate.accesses.get(i);
        if (list === undefined) candidate.accesses.set(i, [inst]);
        else list.push(inst);
      }
    }
    return found.values();
  }

  #promote(loop: number, blocks: readonly number[], candidate: Candidate, entries: LoopEntries): void {
    const { header } = this.#loops[loop] as Loop;
    const { ids, position } = this.#cfg;
    const { accesses } = candidate;
    const kind = this.#kindOf(candidate);
    const before = this.#loadBefore(loop, candidate, kind);
    /** Loops within that store: their headers need a parameter. */
    const changing = new Set<number>();
    for (const [i, insts] of accesses) {
      if (insts.every((inst) => loadedFrom(inst) !== null)) continue;
      for (let at = this.#loopOf[i] as number; at !== loop; at = (this.#loops[at] as Loop).parent) changing.add(at);
    }
    const params: { readonly at: number; readonly param: ValueId }[] = [];
    const leaving = new Map<number, ValueId>();
    const newParam = (at: number): ValueId => {
      const param = this.#func.values.add(kind);
      params.push({ at, param });
      return param;
    };
    const entering = (at: number): ValueId => {
      if (at === header) return newParam(at);
      const inner = this.#loopOf[at] as number;
      const isHeader = this.#loops[inner]?.header === at;
      if (isHeader && changing.has(inner)) return newParam(at);
      const { predStart, preds } = this.#cfg;
      let value: ValueId | undefined;
      for (let e = predStart[at] as number; e < (predStart[at + 1] as number); e++) {
        const pred = preds[e] as number;
        // Around a loop that does not store the value stays.
        if (isHeader && isInside(this.#loops, this.#loopOf[pred] as number, inner)) continue;
        const from = leaving.get(pred) as ValueId;
        if (value !== undefined && value !== from) return newParam(at);
        value = from;
      }
      return value as ValueId;
    };
    for (const i of blocks) {
      let value = entering(i);
      for (const inst of accesses.get(i) ?? []) {
        if (loadedFrom(inst) === null) value = storedValue(inst);
        else {
          this.#forwarding.set(inst.result as ValueId, value);
          this.#dropped.add(inst);
        }
      }
      leaving.set(i, value);
    }
    const receives = new Map<BlockId, ValueId>();
    for (const { at, param } of params) {
      (this.#cfg.blocks[at] as Block).params.push(param);
      receives.set(ids[at] as BlockId, param);
    }
    for (const edge of entries.edges(loop).edges) edge.args.push(before);
    for (const i of blocks) {
      for (const edge of targetsOf((this.#cfg.blocks[i] as Block).term)) {
        const inside = position[edge.block] as number;
        if (receives.has(edge.block) && inside !== -1) edge.args.push(leaving.get(i) as ValueId);
      }
    }
  }

  #kindOf({ load }: Candidate): Kind {
    return this.#func.values.get(load.result ?? storedValue(load));
  }

  #loadBefore(loop: number, { load }: Candidate, kind: Kind): ValueId {
    const op = load.op.replace('.set.', '.get.') as Inst['op'];
    const inst = newInst(
      this.#func,
      load,
      op,
      load.result === null ? load.args.slice(0, -1) : load.args.slice(),
      load.imm,
      kind,
    );
    const list = this.#inFront.get(loop);
    if (list === undefined) this.#inFront.set(loop, [inst]);
    else list.push(inst);
    return inst.result as ValueId;
  }
}
