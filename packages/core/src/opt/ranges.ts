/**
 * Uses the intervals of `value-ranges.ts`: what they decide is not asked again.
 *
 *     addc(x, y) whose sum always fits           ->  add(x, y)               likewise subc, mulc
 *     lt_s(x, y) with x below y                  ->  1                       and so the checks and branches on it
 *     lt_u(x, y), both not negative              ->  lt_s(x, y)
 *     div_s(x, 2^k), x not negative              ->  shr_u(x, k)             rem_s(x, 2^k)  ->  and(x, 2^k - 1)
 *     rem_s(x, y), 0 <= x < y                    ->  x
 *     div_s(x, y) that cannot fail               no longer leads to its handler
 */
import { type RangesHere, sweepRanges } from '../analysis/value-ranges.ts';
import { applyForwarding, Forwarding, newInst, removeUnreachable } from '../ir/edit.ts';
import type { Block, Func, Inst, ValueId } from '../ir/ir.ts';
import { type OpName, sharedName } from '../ir/ops.ts';
import type { FuncPass, PassContext } from './pass.ts';

export const ranges: FuncPass = {
  name: 'ranges',
  doc: 'nothing is checked, compared or divided that the intervals of its operands decide',
  makes: 0,
  run: (func, cx) => {
    if (!mayGain(func)) return false;
    const { cfg, dominators } = cx.analyses(func);
    const narrowing = new Narrowing(func, cx);
    sweepRanges(func, cfg, dominators, (here) => narrowing.visitor(here));
    return narrowing.finish();
  },
};

type Rewrite = 'unchecked' | 'compare' | 'zero' | 'quotient' | 'remainder';

const REWRITES: ReadonlyMap<OpName, Rewrite> = new Map<OpName, Rewrite>([
  ['eqz.i32', 'zero'],
  ...(['i32', 'i64'] as const).flatMap((w): [OpName, Rewrite][] => [
    [`addc.${w}`, 'unchecked'],
    [`subc.${w}`, 'unchecked'],
    [`mulc.${w}`, 'unchecked'],
    [`div_s.${w}`, 'quotient'],
    [`rem_s.${w}`, 'remainder'],
    ...(['eq', 'ne', 'lt_s', 'le_s', 'lt_u', 'le_u'] as const).map((order): [OpName, Rewrite] => [
      `${order}.${w}`,
      'compare',
    ]),
  ]),
]);

function mayGain(func: Func): boolean {
  for (const block of func.blocks.values()) {
    for (const inst of block.insts) if (REWRITES.has(inst.op)) return true;
  }
  return false;
}

class Narrowing {
  readonly #func: Func;
  readonly #cx: PassContext;
  readonly #forwarding = new Forwarding();
  /** Constants that must stand before an instruction. */
  readonly #before = new Map<Block, Map<Inst, Inst>>();
  readonly #dropped = new Set<Inst>();
  /** Rewrites that need new values, which the intervals do not know. */
  readonly #late: (() => void)[] = [];
  #changed = false;

  constructor(func: Func, cx: PassContext) {
    this.#func = func;
    this.#cx = cx;
  }

  visitor(here: RangesHere): (inst: Inst, block: Block) => void {
    return (inst, block) => {
      if (inst.op === 'trap.if') {
        const [cond] = inst.args as [ValueId];
        if (here.lo(cond) === 0 && here.hi(cond) === 0 && this.#may()) this.#dropped.add(inst);
        return;
      }
      const rewrite = REWRITES.get(inst.op);
      if (rewrite === undefined) return;
      const [a, b = a] = inst.args as [ValueId, ValueId?];
      // Nothing gets here.
      if (here.lo(a) > here.hi(a) || here.lo(b) > here.hi(b)) return;
      switch (rewrite) {
        case 'unchecked':
          return this.#uncheck(inst, here);
        case 'quotient':
        case 'remainder':
          return this.#divide(inst, block, rewrite, here);
        default:
          return this.#compare(inst, rewrite, here);
      }
    };
  }

  finish(): boolean {
    if (!this.#changed) return false;
    for (const rewrite of this.#late) rewrite();
    for (const block of this.#func.blocks.values()) {
      const before = this.#before.get(block);
      if (before === undefined && !block.insts.some((inst) => this.#dropped.has(inst))) continue;
      block.insts = block.insts.flatMap((inst) => {
        if (this.#dropped.has(inst)) return [];
        const constant = before?.get(inst);
        return constant === undefined ? [inst] : [constant, inst];
      });
    }
    applyForwarding(this.#func, this.#forwarding);
    removeUnreachable(this.#func);
    return true;
  }

  #may(): boolean {
    if (!this.#cx.may()) return false;
    this.#changed = true;
    return true;
  }

  #uncheck(inst: Inst, here: RangesHere): void {
    if (!here.fits(inst) || !this.#may()) return;
    inst.op = sharedName(inst.op.replace('c.', '.') as OpName);
    inst.exc = null;
  }

  #compare(inst: Inst, rewrite: Rewrite, here: RangesHere): void {
    const outcome = here.decided(inst);
    if (outcome !== null) {
      if (!this.#may()) return;
      inst.op = 'const.i32';
      inst.args = [];
      inst.imm = outcome;
      return;
    }
    const [a, b] = inst.args as [ValueId, ValueId];
    if (rewrite === 'compare' && inst.op.includes('_u.') && here.lo(a) >= 0 && here.lo(b) >= 0 && this.#may())
      inst.op = sharedName(inst.op.replace('_u.', '_s.') as OpName);
  }

  #shift(inst: Inst, block: Block, value: number, rewrite: 'quotient' | 'remainder'): void {
    const wide = inst.op.endsWith('i64');
    const kind = wide ? 'i64' : 'i32';
    const constant = newInst(this.#func, inst, `const.${kind}`, [], wide ? BigInt(value) : value, kind);
    const before = this.#before.get(block) ?? new Map<Inst, Inst>();
    this.#before.set(block, before.set(inst, constant));
    inst.op = sharedName(`${rewrite === 'quotient' ? 'shr_u' : 'and'}.${kind}`);
    inst.args = [inst.args[0] as ValueId, constant.result as ValueId];
    inst.exc = null;
  }

  #divide(inst: Inst, block: Block, rewrite: 'quotient' | 'remainder', here: RangesHere): void {
    const [a, b] = inst.args as [ValueId, ValueId];
    const [alo, blo, bhi] = [here.lo(a), here.lo(b), here.hi(b)];
    if (alo >= 0 && rewrite === 'remainder' && here.hi(a) < blo) {
      if (!this.#may()) return;
      this.#forwarding.set(inst.result as ValueId, a);
      this.#dropped.add(inst);
      return;
    }
    const power = blo === bhi ? Math.log2(blo) : Number.NaN;
    if (alo >= 0 && blo > 1 && Number.isInteger(power) && 2 ** power === blo) {
      if (!this.#may()) return;
      this.#late.push(() => this.#shift(inst, block, rewrite === 'quotient' ? power : blo - 1, rewrite));
      return;
    }
    const fails = (blo <= 0 && bhi >= 0) || (blo <= -1 && bhi >= -1 && rewrite === 'quotient');
    if (fails || inst.exc === null || !this.#may()) return;
    inst.exc = null;
  }
}
