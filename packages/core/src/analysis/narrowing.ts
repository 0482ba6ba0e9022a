/**
 * What tests say of the types of dynamic values where their answer was yes:
 *
 *     b0:  c = is v, i64      br c, b1(), b2()          in b1, and in all that it dominates, v is an i64
 *
 * A value never changes its type, so nothing in between matters.
 */
import type { ValueId } from '../ir/ir.ts';
import type { Analyses } from './analyses.ts';
import { dominates } from './dominators.ts';

/** The type of a value in the block at a position, as far as tests tell; else -1. */
export type Narrowed = (value: ValueId, position: number) => number;

export function narrowingOf({ cfg, defs, dominators }: Pick<Analyses, 'cfg' | 'defs' | 'dominators'>): Narrowed {
  const tests = new Map<ValueId, { readonly from: number; readonly code: number }[]>();
  for (const { term } of cfg.blocks) {
    if (term.kind !== 'br' || term.then.block === term.else.block) continue;
    const test = defs.inst[term.cond];
    const from = cfg.position[term.then.block] as number;
    // Only this branch leads there.
    if (test?.op !== 'is' || (cfg.predStart[from + 1] as number) - (cfg.predStart[from] as number) !== 1) continue;
    const value = test.args[0] as ValueId;
    const known = { from, code: test.imm as number };
    const list = tests.get(value);
    if (list === undefined) tests.set(value, [known]);
    else list.push(known);
  }
  return (value, position) => tests.get(value)?.find(({ from }) => dominates(dominators, from, position))?.code ?? -1;
}
