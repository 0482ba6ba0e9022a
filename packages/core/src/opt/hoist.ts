/**
 * Loop-invariant code motion: what gives the same in every iteration is done once, in front of the outermost loop where that holds.
 *
 *     b1(i):  v = mul.f64 x, y  ...  br c, b1(i'), b2()        ->   b3():  v = mul.f64 x, y;  jump b1(i)
 *
 * What cannot fail moves even if the loop might not have come to it. What can fail moves only if every entry of the loop comes to it at
 * once, before anything that shows or fails otherwise (what fails otherwise may be done in front as well: `first-round.ts`), and no
 * handler is concerned. A load moves if nothing in the loop writes
 * what it reads. A comparison that only branches use stays, since there it costs nothing, and so do constants, which selection
 * places by itself.
 */
import { HAS } from '../analysis/contents.ts';
import { type Writes, loopWrites, type Written } from '../analysis/memory.ts';
import type { Cfg } from '../analysis/cfg.ts';
import { isInside, type Loop } from '../analysis/loops.ts';
import { countUses, removeUnreachable } from '../ir/edit.ts';
import { effectsOf } from '../ir/effects.ts';
import type { Block, Func, Inst, ValueId } from '../ir/ir.ts';
import { LENGTHS, loadedFrom, type Location } from '../ir/memory.ts';
import type { Scalar } from '../ir/ops.ts';
import { FirstRounds } from './first-round.ts';
import { LoopEntries } from './loop-entries.ts';
import type { FuncPass, PassContext } from './pass.ts';

export const hoist: FuncPass = {
  name: 'hoist',
  needsWrites: true,
  doc: 'nothing is computed or loaded again in every iteration that stays the same',
  needs: HAS.loops,
  makes: 0,
  run: (func, cx) => {
    const { cfg, loops: nest } = cx.analyses(func);
    const { loops, loopOf } = nest;
    return loops.length > 0 && new Hoisting(func, cx, cfg, loops, loopOf, cx.writes).run();
  },
};

/** What moves out of one loop at most; more would fill the frame for little. */
const MOST = 32;

/** How free an instruction is to move. */
const STAYS = 0;
/** If the loop surely comes to it, before anything that fails or shows. */
const FIRST = 1;
/** If the loop surely comes to it: it reads what a test in front of it makes sure of. */
const SURE = 2;
const FREE = 3;

/** The length of an array that only the value itself names. */
const SOME_LENGTH: Location = { space: LENGTHS, slot: 0, object: null, index: null };

/** The memory that an instruction reads; null if there is none, or none that could be said. */
function readFrom(inst: Inst): Location | null {
  return inst.op === 'rt' && inst.imm === 'any.len' ? SOME_LENGTH : loadedFrom(inst);
}

class Hoisting {
  readonly #func: Func;
  readonly #cx: PassContext;
  readonly #cfg: Cfg;
  readonly #loops: readonly Loop[];
  readonly #loopOf: Int32Array;
  readonly #writes: Writes;
  readonly #written: readonly Written[];
  /** By value: the innermost loop around its definition, or -1. */
  readonly #home: Int32Array;
  readonly #makers: (Inst | undefined)[];
  /** Values that nothing but branches uses. */
  readonly #uses: Int32Array;
  readonly #branchUses: Int32Array;
  /** By loop: the block that its entry surely comes to next (-1 none), and whether nothing that shows or fails was met. */
  readonly #next: Int32Array;
  readonly #clean: Uint8Array;
  readonly #moved: Inst[][];
  readonly #rounds: FirstRounds;
  readonly #constants: Map<string, ValueId>[];

  constructor(func: Func, cx: PassContext, cfg: Cfg, loops: readonly Loop[], loopOf: Int32Array, writes: Writes) {
    this.#func = func;
    this.#cx = cx;
    this.#cfg = cfg;
    this.#loops = loops;
    this.#loopOf = loopOf;
    this.#writes = writes;
    this.#next = Int32Array.from(loops, (loop) => loop.header);
    this.#clean = new Uint8Array(loops.length).fill(1);
    this.#moved = loops.map(() => []);
    this.#rounds = new FirstRounds(func, cfg, loops, loopOf);
    this.#constants = loops.map(() => new Map());
    this.#written = loopWrites(cfg, loops, loopOf, writes);
    this.#home = new Int32Array(func.values.size).fill(-1);
    this.#makers = new Array<Inst | undefined>(func.values.size);
    this.#uses = countUses(func);
    this.#branchUses = new Int32Array(func.values.size);
    for (const [i, { params, insts, term }] of cfg.blocks.entries()) {
      for (const param of params) this.#home[param] = loopOf[i] as number;
      for (const inst of insts) {
        if (inst.result === null) continue;
        this.#home[inst.result] = loopOf[i] as number;
        this.#makers[inst.result] = inst;
      }
      if (term.kind === 'br') this.#branchUses[term.cond] = (this.#branchUses[term.cond] as number) + 1;
    }
  }

  run(): boolean {
    for (const [i, block] of this.#cfg.blocks.entries()) if (this.#loopOf[i] !== -1) this.#block(i, block);
    const entries = new LoopEntries(this.#func, this.#cfg, this.#loops, this.#loopOf);
    for (const [i, insts] of this.#moved.entries()) if (insts.length > 0) entries.insert(i, insts);
    entries.finish();
    removeUnreachable(this.#func);
    return this.#moved.some((insts) => insts.length > 0);
  }

  #block(position: number, block: Block): void {
    const kept: Inst[] = [];
    for (const inst of block.insts) {
      const target = this.#targetOf(inst, position);
      if (target !== -1 && this.#cx.may()) this.#move(inst, target);
      else kept.push(inst);
      this.#note(inst, position, target);
    }
    if (kept.length < block.insts.length) block.insts = kept;
    const { term } = block;
    for (let loop = this.#loopOf[position] as number; loop !== -1; loop = (this.#loops[loop] as Loop).parent) {
      if (this.#next[loop] !== position) continue;
      this.#next[loop] = term.kind === 'jump' ? (this.#cfg.position[term.to.block] as number) : -1;
    }
  }

  /** What stays behind and can fail or show ends the stretch in which what can fail may move. */
  #note(inst: Inst, position: number, target: number): void {
    const { traps, allocates, writes } = effectsOf(inst);
    const innermost = this.#loopOf[position] as number;
    let outside = target === -1;
    const again =
      outside && this.#isFirst(innermost, position) && this.#rounds.note(inst, innermost, this.#isBefore(innermost));
    if (!traps && !allocates && !writes) return;
    for (let loop = this.#loopOf[position] as number; loop !== -1; loop = (this.#loops[loop] as Loop).parent) {
      if (outside && !(again && loop === innermost)) this.#clean[loop] = 0;
      if (loop === target) outside = true;
    }
  }

  /** Whether a loop surely comes to a block, with nothing that shows in front of it. */
  #isFirst(loop: number, position: number): boolean {
    return this.#next[loop] === position && this.#clean[loop] === 1;
  }

  /** Whether a value is there in front of a loop. */
  #isBefore(loop: number): (value: ValueId) => boolean {
    return (value) => !isInside(this.#loops, this.#home[value] as number, loop);
  }

  /** The outermost loop that an instruction can leave, or -1. */
  #targetOf(inst: Inst, position: number): number {
    const freedom = this.#freedom(inst);
    if (freedom === STAYS) return -1;
    const location = readFrom(inst);
    let target = -1;
    for (let loop = this.#loopOf[position] as number; loop !== -1; loop = (this.#loops[loop] as Loop).parent) {
      if ((this.#moved[loop] as Inst[]).length >= MOST) break;
      if (freedom !== FREE && this.#next[loop] !== position) break;
      if (freedom === FIRST && this.#clean[loop] === 0) break;
      if (location !== null && this.#written[loop]?.hits(location)) break;
      if (!inst.args.every((arg) => this.#isConstant(arg) || !isInside(this.#loops, this.#home[arg] as number, loop)))
        break;
      if (!this.#canEnter(loop)) break;
      target = loop;
    }
    return target;
  }

  #freedom(inst: Inst): number {
    const { op } = inst;
    if (op === 'trap.if' || op === 'depth.check') return inst.exc === null ? FIRST : STAYS;
    if (inst.result === null || op.startsWith('const.')) return STAYS;
    if (isComparison(op) && this.#uses[inst.result] === this.#branchUses[inst.result]) return STAYS;
    const effects = effectsOf(inst);
    if (effects.writes || effects.allocates) return STAYS;
    if (effects.reads && op !== 'is' && readFrom(inst) === null) return STAYS;
    if (effects.traps && !this.#cannotFail(inst)) return inst.exc === null ? FIRST : STAYS;
    if (op.startsWith('payload.get')) return SURE;
    return FREE;
  }

  /** A division by a constant. */
  #cannotFail(inst: Inst): boolean {
    if (!inst.op.startsWith('div_') && !inst.op.startsWith('rem_')) return false;
    const divisor = this.#constantOf(inst.args[1] as ValueId);
    return divisor !== null && Number(divisor) !== 0 && Number(divisor) !== -1;
  }

  #constantOf(value: ValueId): Scalar | null {
    const maker = this.#makers[value];
    return maker?.op === 'const.i32' || maker?.op === 'const.i64' ? (maker.imm as Scalar) : null;
  }

  #isConstant(value: ValueId): boolean {
    return this.#makers[value]?.op.startsWith('const.') === true;
  }

  /** A handler that is a loop's header is entered by errors, with nothing in front of it. */
  #canEnter(loop: number): boolean {
    const { predStart, predThrows } = this.#cfg;
    const { header } = this.#loops[loop] as Loop;
    return predThrows[predStart[header] as number] === 0;
  }

  #move(inst: Inst, target: number): void {
    const { parent } = this.#loops[target] as Loop;
    const list = this.#moved[target] as Inst[];
    if (this.#freedom(inst) === FIRST) list.push(...this.#rounds.take(target));
    for (const [i, arg] of inst.args.entries()) {
      if (!this.#isConstant(arg) || !isInside(this.#loops, this.#home[arg] as number, target)) continue;
      inst.args[i] = this.#constantIn(target, this.#makers[arg] as Inst);
    }
    // What can fail moves only without a handler, so this is a division that cannot.
    inst.exc = null;
    list.push(inst);
    if (inst.result !== null) this.#home[inst.result] = parent;
  }

  /** A copy of a constant in front of a loop. */
  #constantIn(target: number, maker: Inst): ValueId {
    const known = this.#constants[target] as Map<string, ValueId>;
    const key = `${maker.op} ${Object.is(maker.imm, -0) ? '-0' : String(maker.imm)}`;
    let value = known.get(key);
    if (value === undefined) {
      value = this.#func.values.add(this.#func.values.get(maker.result as ValueId));
      const copy: Inst = { ...maker, args: [], result: value };
      this.#makers[value] = copy;
      (this.#moved[target] as Inst[]).push(copy);
      known.set(key, value);
    }
    return value;
  }
}

function isComparison(op: string): boolean {
  return op.startsWith('eq') || op.startsWith('ne.') || op.startsWith('lt') || op.startsWith('le');
}
