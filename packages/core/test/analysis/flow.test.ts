import { describe, expect, test } from 'vitest';
import { cfgOf } from '../../src/analysis/cfg.ts';
import { dominates, dominatorsOf } from '../../src/analysis/dominators.ts';
import { livenessOf } from '../../src/analysis/liveness.ts';
import { usesOf } from '../../src/analysis/uses.ts';
import { loopsOf } from '../../src/analysis/loops.ts';
import type { BlockId, Func, ValueId } from '../../src/ir/ir.ts';
import { parseFunc } from '../../src/ir/parse.ts';

/** A function of `count` blocks with random branches and, if asked, random throws to the last block. */
function randomFunc(seed: number, count: number, throwing: boolean): Func {
  let state = seed;
  const next = (below: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >> 8) % below;
  };
  const lines = ['func f0 "f" (i32), s0 {', 'b0(v0: i32):', '  jump b1()'];
  const handler = count;
  for (let i = 1; i < count; i++) {
    lines.push(`b${i}():`);
    if (throwing && next(3) === 0) lines.push(`  trap.if shiftRange, v0  !b${handler}()`);
    lines.push('  poll 1');
    const kind = next(4);
    if (kind === 0) lines.push('  ret');
    else if (kind === 1) lines.push(`  jump b${1 + next(count - 1)}()`);
    else lines.push(`  br v0, b${1 + next(count - 1)}(), b${1 + next(count - 1)}()`);
  }
  lines.push(`b${handler}(v1: ref):`, `  br v0, b${1 + next(count - 1)}(), b${1 + next(count - 1)}()`, '}');
  return parseFunc(lines.join('\n'));
}

/** Whether each way from the entry to `to` passes through the body of `from`, by removing that body. */
function reachableWithout(func: Func, from: BlockId, to: BlockId): boolean {
  const seen = new Set<BlockId>([func.entry]);
  const open = [func.entry];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (id === to) return true;
    const block = func.blocks.get(id);
    const next: BlockId[] = [];
    for (const inst of block?.insts ?? []) if (inst.exc !== null) next.push(inst.exc.block);
    const term = block?.term;
    if (id !== from && term?.kind === 'jump') next.push(term.to.block);
    if (id !== from && term?.kind === 'br') next.push(term.then.block, term.else.block);
    for (const target of next) {
      if (seen.has(target)) continue;
      seen.add(target);
      open.push(target);
    }
  }
  return false;
}

describe('dominators', () => {
  test.each([false, true])('agree with the definition on random graphs, throwing: %s', (throwing) => {
    for (let seed = 1; seed <= 60; seed++) {
      const func = randomFunc(seed, 3 + (seed % 12), throwing);
      const cfg = cfgOf(func);
      const tree = dominatorsOf(cfg);
      for (const [a, from] of cfg.ids.entries()) {
        for (const [b, to] of cfg.ids.entries()) {
          const expected = a === b || !reachableWithout(func, from, to);
          expect(dominates(tree, a, b), `seed ${seed}: b${from} over b${to}`).toBe(expected);
        }
      }
    }
  });

  test('one chain of many blocks that all throw to one handler', () => {
    const count = 30_000;
    const lines = ['func f0 "f" (i32), s0 {', 'b0(v0: i32):', '  jump b1()'];
    for (let i = 1; i < count; i++)
      lines.push(
        `b${i}():`,
        `  trap.if shiftRange, v0  !b${count}()`,
        `  jump b${i === count - 1 ? count + 1 : i + 1}()`,
      );
    lines.push(`b${count}(v1: ref):`, '  ret', `b${count + 1}():`, '  ret', '}');
    const cfg = cfgOf(parseFunc(lines.join('\n')));
    const tree = dominatorsOf(cfg);
    expect(tree.idom[cfg.position[count] as number]).toBe(0);
  });
});

test('loops nest', () => {
  const func = parseFunc(`func f0 "f" (i32), s0 {
b0(v0: i32):
  jump b1()
b1():
  jump b2()
b2():
  br v0, b3(), b4()
b3():
  jump b2()
b4():
  br v0, b1(), b5()
b5():
  br v0, b5(), b6()
b6():
  ret
}`);
  const cfg = cfgOf(func);
  const { loops, loopOf } = loopsOf(cfg, dominatorsOf(cfg));
  const depth = (id: number): number => {
    const loop = loopOf[cfg.position[id] as number] as number;
    return loop === -1 ? 0 : (loops[loop]?.depth ?? -1);
  };
  expect([0, 1, 2, 3, 4, 5, 6].map(depth)).toEqual([0, 1, 2, 2, 1, 1, 0]);
});

test('liveness knows arguments, loops and handlers', () => {
  const func = parseFunc(`func f0 "f" (i32) -> i32, s0 {
b0(v0: i32):
  v1 = const.i32 1
  v2 = const.i32 2
  v3 = const.i32 3
  jump b1(v1)
b1(v4: i32):
  v5 = add.i32 v4, v2
  trap.if shiftRange, v5  !b3(v5)
  br v0, b1(v5), b2()
b2():
  ret v5
b3(v6: ref, v7: i32):
  v8 = add.i32 v7, v3
  ret v8
}`);
  const cfg = cfgOf(func);
  const isLiveInto = livenessOf(func, cfg);
  const liveInto = (block: number) =>
    Array.from({ length: func.values.size }, (_, v) => v).filter((v) => isLiveInto(v as ValueId, block as BlockId));
  expect([0, 1, 2, 3].map(liveInto)).toEqual([[], [0, 2, 3], [5], [3]]);
});

test('uses are found in operands, arguments of edges and terminators', () => {
  const func = parseFunc(`func f0 "f" (i32) -> i32, s0 {
b0(v0: i32):
  jump b1(v0)
b1(v1: i32):
  v2 = add.i32 v1, v1
  trap.if shiftRange, v2  !b3(v2)
  br v0, b1(v2), b2()
b2():
  ret v1
b3(v3: ref, v4: i32):
  ret v4
}`);
  const cfg = cfgOf(func);
  const { start, block, index } = usesOf(func, cfg);
  const uses = (value: number): string[] => {
    const found: string[] = [];
    for (let u = start[value] as number; u < (start[value + 1] as number); u++) {
      found.push(`b${cfg.ids[block[u] as number]}.${index[u]}`);
    }
    return found.sort();
  };
  expect([0, 1, 2, 3, 4].map(uses)).toEqual([
    ['b0.0', 'b1.2'],
    ['b1.0', 'b1.0', 'b2.0'],
    ['b1.1', 'b1.1', 'b1.2'],
    [],
    ['b3.0'],
  ]);
});
