/**
 * What the first round of a loop does before an instruction that is to leave the loop, done once more in front of it.
 *
 *     b1(i):                                     b3():  y = array.get.i64 #i64 a, 0     the first round's, for its error
 *       x = array.get.i64 #i64 a, i                     q = array.get.ref #array m, k
 *       q = array.get.ref #array m, k     ->            jump b1(0)
 *       ...                                      b1(i): x = array.get.i64 #i64 a, i
 *
 * What can fail may leave a loop only if nothing in front of it fails otherwise: errors come in their order. Reading `a` first
 * settles that, since nothing is written in between; the first round will read the same.
 */
import type { Cfg } from '../analysis/cfg.ts';
import { isInside, type Loop } from '../analysis/loops.ts';
import { effectsOf } from '../ir/effects.ts';
import { copyInst, targetsOf } from '../ir/edit.ts';
import type { Block, Func, Inst, ValueId } from '../ir/ir.ts';

/** So many instructions that can fail are done once more at most. */
const MOST_FAILING = 4;

interface Round {
  /** What the first round computes, in order, as far as it was not copied yet. */
  noted: Inst[];
  failing: number;
  /** By value of the loop: what it is in the first round. */
  readonly values: Map<ValueId, ValueId>;
}

export class FirstRounds {
  readonly #func: Func;
  readonly #cfg: Cfg;
  readonly #loops: readonly Loop[];
  readonly #loopOf: Int32Array;
  readonly #rounds: (Round | undefined)[] = [];

  constructor(func: Func, cfg: Cfg, loops: readonly Loop[], loopOf: Int32Array) {
    this.#func = func;
    this.#cfg = cfg;
    this.#loops = loops;
    this.#loopOf = loopOf;
  }

  /**
   * Notes an instruction that stays, of the stretch with which a loop begins. False if it cannot be done in front; `isOutside` says so
   * of operands that are there.
   */
  note(inst: Inst, loop: number, isOutside: (value: ValueId) => boolean): boolean {
    const { traps, writes, allocates } = effectsOf(inst);
    if (writes || allocates || inst.exc !== null) return false;
    const round = (this.#rounds[loop] ??= this.#begin(loop));
    if (traps && round.failing === MOST_FAILING) return false;
    if (!inst.args.every((arg) => isOutside(arg) || round.values.has(arg))) return false;
    if (traps) round.failing += 1;
    round.noted.push(inst);
    if (inst.result !== null) round.values.set(inst.result, inst.result);
    return true;
  }

  /** Copies of what was noted, for the place in front of the loop. */
  take(loop: number): readonly Inst[] {
    const round = this.#rounds[loop];
    if (round === undefined) return [];
    const { noted, values } = round;
    round.noted = [];
    return noted.map((inst) => {
      const copy = copyInst(inst);
      copy.args = copy.args.map((arg) => values.get(arg) ?? arg);
      if (inst.result !== null) {
        copy.result = this.#func.values.add(this.#func.values.get(inst.result));
        values.set(inst.result, copy.result);
      }
      return copy;
    });
  }

  /** Parameters of the header have the values that the one way in passes. */
  #begin(loop: number): Round {
    const { header } = this.#loops[loop] as Loop;
    const { blocks, ids, predStart, preds } = this.#cfg;
    const values = new Map<ValueId, ValueId>();
    const ways: number[] = [];
    for (let e = predStart[header] as number; e < (predStart[header + 1] as number); e++) {
      const pred = preds[e] as number;
      if (!isInside(this.#loops, this.#loopOf[pred] as number, loop)) ways.push(pred);
    }
    const [way] = ways;
    if (way !== undefined && ways.length === 1) {
      const edge = targetsOf((blocks[way] as Block).term).find(({ block }) => block === ids[header]);
      for (const [i, param] of (blocks[header] as Block).params.entries()) {
        const value = edge?.args[i];
        if (value !== undefined) values.set(param, value);
      }
    }
    return { noted: [], failing: 0, values };
  }
}
