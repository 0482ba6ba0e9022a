/** Which slots several exits write in one place. */
import { describe, expect, it } from 'vitest';
import { checkProgram } from '../../../src/compile.ts';
import { flowOf, type Flow } from '../../../src/engine/jit/flow.ts';
import { loopsOf } from '../../../src/engine/jit/loops.ts';
import { printUnits } from '../../../src/engine/jit/print-units.ts';
import { commonSlots, isWritten } from '../../../src/engine/jit/shared-exits.ts';
import { REP, Slots } from '../../../src/engine/jit/slots.ts';
import type { BytecodeFunc } from '../../../src/isa/program.ts';
import { assemble } from '../assembler.ts';

const { dead, i32, i64 } = REP;

describe('commonSlots', () => {
  it('takes what lives through the loop with the most exits', () => {
    const program = assemble({
      funcs: [
        {
          name: 'main',
          params: ['ref', 'i64', 'i64'],
          frame: 6,
          code: `
            const.i64 r3 0
          INNER:
            array.get.i64 r4 r0 r3 3 {0}
            array.set.i64 r0 r3 r1 3 {0}
            loop.add.lt_s.i64 r3 r2 1 INNER 1 {0}
            ret.void`,
        },
      ],
    });
    const func = program.funcs[0] as BytecodeFunc;
    const flow = flowOf(func, 0) as Flow;
    const slots = new Slots(flow, func, program);
    const sets = commonSlots({ flow, slots, loops: loopsOf(flow, slots, () => true) });
    expect(sets.map((set) => [...set])).toEqual([[i32, i64, i64, i64, dead, dead]]);
  });

  it('takes nothing where there are no loops', () => {
    const program = assemble({ funcs: [{ name: 'main', params: [], frame: 1, code: 'poll 1\n ret.void' }] });
    const func = program.funcs[0] as BytecodeFunc;
    const flow = flowOf(func, 0) as Flow;
    const slots = new Slots(flow, func, program);
    expect(commonSlots({ flow, slots, loops: loopsOf(flow, slots, () => true) })).toEqual([]);
  });
});

describe('an exit may use a set', () => {
  const set = Uint8Array.of(i32, dead, i64);

  it('if all of it is live and in place', () => {
    expect(isWritten(set, Uint8Array.of(i32, i64, i64), Uint8Array.of(i32, i64, i64))).toBe(true);
    expect(isWritten(set, Uint8Array.of(i32, dead, dead), Uint8Array.of(i32, dead, i64))).toBe(false);
    expect(isWritten(set, Uint8Array.of(i32, dead, i64), Uint8Array.of(i64, dead, i64))).toBe(false);
  });
});

it('a slot that lives through a loop is written once for all exits in it', () => {
  const text = `
fn sums(items: [i64], a: i64, b: i64, c: i64) -> i64:
    mut sum = 0
    for i in 0..a:
        sum += items[i] * b
        sum += items[i + 1] * c
        sum += items[i + 2]
    return sum + a + b + c

print(sums([1, 2, 3], 1, 2, 3), sums)
`;
  const { prepared } = checkProgram({ path: 'a.orus', text }, { loader: { resolve: () => ({ tried: [] }) } });
  const printed = printUnits(prepared?.bytecode() ?? assemble({ funcs: [] }), 'sums');
  const loop = printed.slice(printed.indexOf('loop'));
  expect(loop.match(/return/g)?.length).toBeGreaterThan(1);
  // the items, in the first slot: before the loop, and behind it for all exits
  expect(loop.match(/\(i64\.store \(local\.get \$fp\)/g)).toHaveLength(1);
});
