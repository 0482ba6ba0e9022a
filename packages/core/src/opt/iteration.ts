/**
 * Iterators over arrays as positions: see `array-iteration.ts`.
 */
import type { Analyses } from '../analysis/analyses.ts';
import { dominates } from '../analysis/dominators.ts';
import { isInside, type Loop } from '../analysis/loops.ts';
import { codeKnown } from '../analysis/propagate.ts';
import { TYPE_CODES } from '../base/kinds.ts';
import { forEachEdge, newInst } from '../ir/edit.ts';
import type { Block, Func, Inst, ValueId } from '../ir/ir.ts';
import { Emitter } from './emitter.ts';
import type { PassContext } from './pass.ts';

/** An instruction that uses an iterator, and where it stands. */
interface Place {
  readonly block: number;
  readonly index: number;
  readonly inst: Inst;
}

/** One iterator that is to be replaced. */
interface Plan {
  readonly make: Inst;
  readonly next: Place;
  /** Tests in the loop, and whether each comes behind `next`. */
  readonly tests: readonly { readonly inst: Inst; readonly behind: boolean }[];
  /** The instruction at which the position is raised: the only test behind `next`, if the loop jumps back there, else `next`. */
  readonly steps: Inst;
  /** Tests in front of the loop. */
  readonly first: readonly Inst[];
  readonly loop: number;
}

export class Iteration {
  readonly #func: Func;
  readonly #analyses: Analyses;
  readonly #cx: PassContext;

  constructor(func: Func, analyses: Analyses, cx: PassContext) {
    this.#func = func;
    this.#analyses = analyses;
    this.#cx = cx;
  }

  run(iterators: readonly Inst[]): boolean {
    const { known } = this.#analyses;
    const plans: Plan[] = [];
    for (const make of iterators) {
      if (codeKnown(known, make.args[0] as ValueId) !== TYPE_CODES.array) continue;
      const plan = this.#plan(make);
      if (plan !== null && this.#cx.may()) plans.push(plan);
    }
    // Everything is looked up before anything changes.
    const written = new Map<Inst, (out: Inst[]) => void>();
    for (const plan of plans) this.#replace(plan, written);
    if (plans.length === 0) return false;
    for (const block of this.#analyses.cfg.blocks) {
      if (!block.insts.some((inst) => written.has(inst))) continue;
      const out: Inst[] = [];
      for (const inst of block.insts) {
        const write = written.get(inst);
        if (write === undefined) out.push(inst);
        else write(out);
      }
      block.insts = out;
    }
    return true;
  }

  #plan(make: Inst): Plan | null {
    const { cfg, dominators, defs, uses, loops: nest } = this.#analyses;
    const { loops, loopOf } = nest;
    const iterator = make.result as ValueId;
    const places: Place[] = [];
    for (let u = uses.start[iterator] as number; u < (uses.start[iterator + 1] as number); u++) {
      const block = uses.block[u] as number;
      const index = uses.index[u] as number;
      const inst = (cfg.blocks[block] as Block).insts[index];
      if (inst?.op !== 'rt' || (inst.imm !== 'iter.next' && inst.imm !== 'iter.more')) return null;
      places.push({ block, index, inst });
    }
    const taking = places.filter(({ inst }) => inst.imm === 'iter.next');
    const [next] = taking;
    if (next === undefined || taking.length > 1) return null;
    const loop = loopOf[next.block] as number;
    if (loop === -1) return null;
    const { header, latches, parent } = loops[loop] as Loop;
    if (loopOf[defs.block[iterator] as number] !== parent) return null;
    if (!latches.every((latch) => dominates(dominators, next.block, latch))) return null;
    // A handler as header gets its first parameter by itself.
    if (this.#entersByException(header)) return null;
    const tests: { inst: Inst; behind: boolean }[] = [];
    const first: Inst[] = [];
    const before = (a: Place, b: Place): boolean =>
      a.block === b.block ? a.index < b.index : dominates(dominators, a.block, b.block);
    for (const place of places) {
      if (place === next) continue;
      if (isInside(loops, loopOf[place.block] as number, loop)) {
        const behind = before(next, place);
        if (!behind && !before(place, next)) return null;
        tests.push({ inst: place.inst, behind });
      } else {
        if (!dominates(dominators, place.block, header)) return null;
        first.push(place.inst);
      }
    }
    const behind = tests.filter((test) => test.behind);
    const last = behind.length === 1 ? (behind[0] as (typeof behind)[number]).inst : null;
    const jumpsBack = places.some(({ inst, block }) => inst === last && latches.length === 1 && latches[0] === block);
    return { make, next, tests, first, loop, steps: last !== null && jumpsBack ? last : next.inst };
  }

  #entersByException(header: number): boolean {
    const { predStart, predThrows } = this.#analyses.cfg;
    for (let e = predStart[header] as number; e < (predStart[header + 1] as number); e++)
      if (predThrows[e] === 1) return true;
    return false;
  }

  #replace({ make, next, tests, first, loop, steps }: Plan, written: Map<Inst, (out: Inst[]) => void>): void {
    const { cfg, loops: nest, defs } = this.#analyses;
    const func = this.#func;
    const { header, latches } = nest.loops[loop] as Loop;
    const emitter = (out: Inst[], like: Inst): Emitter => new Emitter(func, this.#cx.calls, out, like);
    const start = newInst(func, make, 'const.i64', [], 0n, 'i64');
    const word = make.args[0] as ValueId;
    const boxed = defs.inst[word];
    let array = boxed?.op === 'box.ref' ? (boxed.args[0] as ValueId) : null;
    const unboxed = array === null ? newInst(func, make, 'unbox.ref', [word], TYPE_CODES.array, 'ref') : null;
    array ??= (unboxed as Inst).result as ValueId;
    const source = array;
    written.set(make, (out) => out.push(...(unboxed === null ? [] : [unboxed]), start));
    const at = func.values.add('i64');
    const one = newInst(func, steps, 'const.i64', [], 1n, 'i64');
    const step = newInst(func, steps, 'add.i64', [at, one.result as ValueId], null, 'i64');
    written.set(next.inst, (out) => {
      emitter(out, next.inst).final('rt', [source, at], 'array.get.any');
      if (steps === next.inst) out.push(one, step);
    });
    const test = (inst: Inst, position: ValueId): void => {
      written.set(inst, (out) => {
        const e = emitter(out, inst);
        if (steps === inst) out.push(one, step);
        e.final('lt_s.i64', [position, e.op('i64.from.u32', [e.op('array.len', [source])])]);
      });
    };
    for (const inst of first) test(inst, start.result as ValueId);
    for (const { inst, behind } of tests) test(inst, behind ? (step.result as ValueId) : at);
    const id = cfg.ids[header];
    (cfg.blocks[header] as Block).params.push(at);
    const back = new Set(latches);
    // A block that leads here by both branches is there twice, and its edges are done at once.
    for (const pred of new Set(cfg.preds.subarray(cfg.predStart[header], cfg.predStart[header + 1]))) {
      const given = back.has(pred) ? step : start;
      forEachEdge(func, cfg.blocks[pred] as Block, (edge) => {
        if (edge.block === id) edge.args.push(given.result as ValueId);
      });
    }
  }
}
