/**
 * Comparisons of single bytes of strings become comparisons of numbers:
 *
 *     c = rt str.index s, i                            b = rt str.byte s, i
 *     o = rt str.cmp c, "a"     o <= 0          ->     b <= 97
 *     e = rt str.eq c, d        (d a byte too)         e = eq.i32 b, b'
 *     e = rt str.eq c, s        (any string)           t = rt str.single s
 *                                                      e = eq.i32 b, t
 *
 * The order of strings is that of their bytes, so two strings of one byte stand to one another as these do. If the string of one byte
 * is wanted for something else as well it is made as before, and the byte is read behind it. A loop that looks for the string that it was
 * given looks at its length once.
 */
import { HAS } from '../analysis/contents.ts';
import type { Analyses } from '../analysis/analyses.ts';
import type { Uses } from '../analysis/uses.ts';
import { copyEdge, newInst, removeUnreachable } from '../ir/edit.ts';
import type { Block, Func, Inst, ValueId } from '../ir/ir.ts';
import type { OpName } from '../ir/ops.ts';
import type { Change, FuncPass, PassContext } from './pass.ts';

export const bytes: FuncPass = {
  name: 'bytes',
  doc: 'single bytes of strings are compared as numbers',
  needs: HAS.characters,
  run: (func, cx) => new Bytes(func, cx.analyses(func), cx).run(),
};

function isBuiltin(inst: Inst | undefined, name: string): boolean {
  return inst?.op === 'rt' && inst.imm === name;
}

const ORDERS: ReadonlySet<OpName> = new Set<OpName>(['lt_s.i32', 'le_s.i32', 'eq.i32', 'ne.i32']);

class Bytes {
  readonly #func: Func;
  readonly #cx: PassContext;
  readonly #analyses: Analyses;
  /** As they were before the first change. */
  readonly #uses: Uses;
  /** What reads the byte, by the instruction that makes a string of it; and how many uses the string has lost. */
  readonly #reads = new Map<Inst, { readonly inst: Inst; lost: number }>();
  /** Constants, which go in front of the instruction that wants them. */
  readonly #inFront = new Map<Inst, Inst[]>();
  readonly #dropped = new Set<Inst>();
  #flow = false;

  constructor(func: Func, analyses: Analyses, cx: PassContext) {
    this.#func = func;
    this.#analyses = analyses;
    this.#uses = analyses.uses;
    this.#cx = cx;
  }

  run(): Change {
    const { blocks } = this.#analyses.cfg;
    for (const { insts } of blocks) {
      for (const inst of insts) {
        if (isBuiltin(inst, 'str.eq')) this.#equality(inst);
        else if (isBuiltin(inst, 'str.cmp')) this.#order(inst);
      }
    }
    if (this.#reads.size === 0) return false;
    const { start } = this.#uses;
    for (const block of blocks) {
      if (!block.insts.some((inst) => this.#reads.has(inst) || this.#inFront.has(inst) || this.#dropped.has(inst)))
        continue;
      const out: Inst[] = [];
      for (const inst of block.insts) {
        out.push(...(this.#inFront.get(inst) ?? []));
        if (this.#dropped.has(inst)) continue;
        const read = this.#reads.get(inst);
        const value = inst.result as ValueId;
        const uses = read === undefined ? 1 : (start[value + 1] as number) - (start[value] as number) - read.lost;
        if (uses > 0) out.push(inst);
        if (read !== undefined) out.push(read.inst);
      }
      block.insts = out;
    }
    if (this.#flow) removeUnreachable(this.#func);
    return this.#flow || 'values';
  }

  #equality(inst: Inst): void {
    const [x, y] = inst.args as [ValueId, ValueId];
    if (!(this.#isIndex(x) || this.#isIndex(y)) || !this.#cx.may()) return;
    inst.op = 'eq.i32';
    inst.imm = null;
    inst.args = [x, y].map((value) => (this.#isByte(value) ? this.#byte(value, inst) : this.#single(value, inst)));
    this.#throwsNoMore(inst);
  }

  #order(inst: Inst): void {
    const [x, y] = inst.args as [ValueId, ValueId];
    if (!this.#areBytes(x, y)) return;
    const users = this.#comparisons(inst.result as ValueId);
    if (users === null || !this.#cx.may()) return;
    for (const user of users) {
      const turned = user.args[1] === inst.result;
      const [l, r] = turned ? [y, x] : [x, y];
      user.args = [this.#byte(l, user), this.#byte(r, user)];
    }
    // What was counted for each comparison is lost to the one instruction that goes.
    for (const value of [x, y]) {
      const read = this.#readOf(value);
      if (read !== undefined) read.lost += 1 - users.length;
    }
    this.#dropped.add(inst);
    this.#throwsNoMore(inst);
  }

  #throwsNoMore(inst: Inst): void {
    if (inst.exc !== null) this.#flow = true;
    inst.exc = null;
  }

  #makerOf(value: ValueId): Inst | undefined {
    return this.#analyses.defs.inst[value];
  }

  /** Whether both are strings of one byte, and not both constant. */
  #areBytes(x: ValueId, y: ValueId): boolean {
    return this.#isByte(x) && this.#isByte(y) && (this.#isIndex(x) || this.#isIndex(y));
  }

  #isIndex(value: ValueId): boolean {
    return isBuiltin(this.#makerOf(value), 'str.index');
  }

  #isByte(value: ValueId): boolean {
    return this.#isIndex(value) || this.#literal(value) !== null;
  }

  /** The only byte of a constant, if it is ASCII. */
  #literal(value: ValueId): number | null {
    const maker = this.#makerOf(value);
    if (maker?.op !== 'const.str') return null;
    const text = maker.imm as string;
    return text.length === 1 && text.charCodeAt(0) < 128 ? text.charCodeAt(0) : null;
  }

  /** The instructions that use an order, if all of them compare it with 0. */
  #comparisons(order: ValueId): readonly Inst[] | null {
    const { cfg } = this.#analyses;
    const uses = this.#uses;
    const users: Inst[] = [];
    for (let u = uses.start[order] as number; u < (uses.start[order + 1] as number); u++) {
      const user = (cfg.blocks[uses.block[u] as number] as Block).insts[uses.index[u] as number];
      if (user === undefined || !ORDERS.has(user.op)) return null;
      const other = user.args[0] === order ? user.args[1] : user.args[0];
      const maker = this.#makerOf(other as ValueId);
      if (maker?.op !== 'const.i32' || maker.imm !== 0) return null;
      users.push(user);
    }
    return users.length === 0 ? null : users;
  }

  #readOf(value: ValueId): { readonly inst: Inst; lost: number } | undefined {
    const maker = this.#makerOf(value);
    return maker === undefined ? undefined : this.#reads.get(maker);
  }

  /** The byte of a string that may have one, for an instruction. */
  #single(value: ValueId, user: Inst): ValueId {
    return this.#putInFront(user, newInst(this.#func, user, 'rt', [value], 'str.single', 'i32'));
  }

  #putInFront(user: Inst, inst: Inst): ValueId {
    const list = this.#inFront.get(user);
    if (list === undefined) this.#inFront.set(user, [inst]);
    else list.push(inst);
    return inst.result as ValueId;
  }

  /** The byte of a string as a number, for an instruction. */
  #byte(value: ValueId, user: Inst): ValueId {
    const literal = this.#literal(value);
    if (literal !== null) return this.#putInFront(user, newInst(this.#func, user, 'const.i32', [], literal, 'i32'));
    const maker = this.#makerOf(value) as Inst;
    let read = this.#reads.get(maker);
    if (read === undefined) {
      const inst = newInst(this.#func, maker, 'rt', maker.args.slice(), 'str.byte', 'i32');
      if (maker.exc !== null) inst.exc = copyEdge(maker.exc);
      this.#reads.set(maker, (read = { inst, lost: 0 }));
    }
    read.lost += 1;
    return read.inst.result as ValueId;
  }
}
