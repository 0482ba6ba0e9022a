/** Registers that live far are found as exactly as those that live near: the ranges are the same wherever the line is drawn. */
import { FRESH } from '../../src/base/arrays.ts';
import { expect, test } from 'vitest';
import { Pools } from '../../src/codegen/pools.ts';
import { liveRanges } from '../../src/codegen/ranges.ts';
import { selectFunc } from '../../src/codegen/select.ts';
import { DEFAULT_CHECKS } from '../../src/engine/engine.ts';
import { lowerProgram } from '../../src/hir/lower/program.ts';
import { checkProgram } from '../../src/lang/orus/front.ts';
import { runPasses } from '../../src/opt/pipeline.ts';

const TEXT = `
struct Node:
    value: i64
    children: [Node] = []

fn total(node: Node, limit: i64) -> i64:
    mut sum = node.value
    mut failures = 0
    for child in node.children:
        if sum > limit:
            continue
        try:
            sum += total(child, limit - sum) / child.value
        catch problem:
            failures += 1
            if failures > 3: print(problem, sum)
        while sum < 10 and child.value > 0:
            sum = sum * 2 + child.value
            if sum == 7: return sum
    return sum - failures

fn mixed(items, n: i64):
    mut best = items[0]
    mut count = 0
    for i in 0..n:
        for item in items:
            if item > best: best = item
            elif item == best: count += i
    return best if count > 0 else count

print(total(Node{ value: 3, children: [Node{ value: 4 }, Node{ value: 0 }] }, 100), mixed([1, 2, 3], 4))
`;

test.each([true, false])('optimised: %s', (optimise) => {
  const { program } = checkProgram({ path: 'x', text: TEXT }, { loader: { resolve: () => ({ tried: [] }) } });
  if (program === null) throw new Error('the program has errors');
  const ir = lowerProgram(program);
  runPasses(ir, { ...DEFAULT_CHECKS, optimise });
  const cx = { pools: new Pools(), arrays: FRESH, shortConstants: 256, hasCaptures: () => false };
  let blocks = 0;
  for (const func of ir.funcs.values()) {
    const selected = selectFunc(func, cx);
    const near = liveRanges(selected, FRESH, Number.POSITIVE_INFINITY).ranges;
    for (const bound of [0, 1, 4]) expect(liveRanges(selected, FRESH, bound).ranges).toEqual(near);
    blocks += selected.blocks.length;
  }
  expect(blocks).toBeGreaterThan(30);
});
