/** Which loops pay for many rounds at once: hand-written bytecode, and what is written for a counted loop. */
import { describe, expect, it } from 'vitest';
import { flowOf, type Flow } from '../../../src/engine/jit/flow.ts';
import { loopsOf, type Loop } from '../../../src/engine/jit/loops.ts';
import { REP, Slots } from '../../../src/engine/jit/slots.ts';
import { countingOf } from '../../../src/engine/jit/counted-loops.ts';
import type { BytecodeFunc } from '../../../src/isa/program.ts';
import { assemble } from '../assembler.ts';

/** How the loop at HEAD counts; r0 is an array, r1 and r2 integers, r3 counts. */
function counting(body: string, latch: string, mayLeave = true) {
  const code = `
    const.i64 r3 0
  HEAD:
    array.get.i64 r4 r0 r3 3 {0}
    ${body}
    ${latch} {0}
    ret.void`;
  const program = assemble({ funcs: [{ name: 'main', params: ['ref', 'i64', 'i64'], frame: 6, code }] });
  const func = program.funcs[0] as BytecodeFunc;
  const flow = flowOf(func, 0) as Flow;
  const slots = new Slots(flow, func, program);
  const loop = loopsOf(flow, slots, () => true).find((each) => each !== null) as Loop;
  return countingOf(flow, slots, loop, () => mayLeave);
}

const LATCH = 'loop.add.lt_s.i64 r3 r2 1 HEAD 9';

describe('countingOf', () => {
  it('tells the counter, its step and limit, and what a round costs', () => {
    const found = counting('', LATCH);
    expect(found).toMatchObject({ rep: REP.i64, counter: 3, limit: 2, step: 1, cost: 9, before: false });
    expect(counting('', 'loop.upto.i64 r3 r2 3 HEAD 8')).toMatchObject({ step: 3, cost: 8, before: true });
  });

  it.each([
    ['loop.add.le_s.i64 r3 r2 1 HEAD 9', { step: 1, rises: true, closed: true, before: false }],
    ['loop.add.gt_s.i64 r3 r2 -2 HEAD 9', { step: -2, rises: false, closed: false, before: false }],
    ['loop.add.ge_s.i64 r3 r2 -1 HEAD 9', { step: -1, rises: false, closed: true, before: false }],
    ['loop.downto.i64 r3 r2 -1 HEAD 9', { step: -1, rises: false, closed: false, before: true }],
    ['loop.upto.by.i64 r3 r2 r1 HEAD 9', { step: { slot: 1 }, rises: true, closed: false, before: true }],
    ['loop.downto.by.i64 r3 r2 r1 HEAD 9', { step: { slot: 1 }, rises: false, closed: false, before: true }],
  ])('tells which way it goes, and how far: %s', (latch, wanted) => {
    expect(counting('', latch)).toMatchObject(wanted);
  });

  it.each([
    ['the counter is written elsewhere', 'add.i64.imm r3 r3 2', LATCH],
    ['the limit is written', 'add.i64 r2 r2 r1', LATCH],
    ['the counter is its own limit', '', 'loop.add.lt_s.i64 r3 r3 1 HEAD 9'],
    ['the step is of the other sign', '', 'loop.add.lt_s.i64 r3 r2 -1 HEAD 9'],
    ['the step is of the other sign, downward', '', 'loop.downto.i64 r3 r2 1 HEAD 9'],
    ['the step is written', 'add.i64 r1 r1 r2', 'loop.upto.by.i64 r3 r2 r1 HEAD 9'],
    ['the counter is its own step', '', 'loop.upto.by.i64 r3 r2 r3 HEAD 9'],
    ['it polls twice', 'poll 2 {0}', LATCH],
    ['it calls the core', 'array.push.i64 r0 r1 3 {0}', LATCH],
    ['it does not count', '', 'loop.lt_s.i64 r1 r2 HEAD 9'],
  ])('nothing where %s', (_, body, latch) => {
    expect(counting(body, latch)).toBeNull();
  });

  it('nothing where an element may be read by the core', () => {
    expect(counting('', LATCH, false)).toBeNull();
  });
});
