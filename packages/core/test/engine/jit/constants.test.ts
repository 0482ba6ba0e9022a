/** What is constant where a frame comes in. */
import { describe, expect, it } from 'vitest';
import { constantsAt } from '../../../src/engine/jit/constants.ts';
import { flowOf } from '../../../src/engine/jit/flow.ts';
import { assemble } from '../assembler.ts';

/** Slots that are constant at the label LATCH, with what they hold. */
function constants(code: string): Record<number, number> {
  const labels = new Map<string, number>();
  const program = assemble({ funcs: [{ name: 'main', params: ['i64', 'i64'], frame: 8, code }] }, labels);
  const [func] = program.funcs;
  if (func === undefined) throw new Error('no function');
  const flow = flowOf(func, labels.get('main.LATCH') ?? -1);
  if (typeof flow === 'string' || flow.entered === null) throw new Error('no flow of a frame that comes in');
  const { whole, poll } = flow.entered;
  const known = [...constantsAt(whole, poll, func, program)];
  return Object.fromEntries(known.map(([slot, inst]) => [slot, Number(flow.insts[inst]?.values[1])]));
}

const LOOP = 'loop.add.lt_s.i64 r2 r0 1 HEAD 1';

describe('constants where a frame comes in', () => {
  it('are what was loaded before the loop and is not written in it', () => {
    expect(
      constants(`poll 1\nconst.i64 r2 0\nconst.i64 r3 7\nHEAD:\nadd.i64 r4 r2 r3\nLATCH:\n${LOOP}\nret.void`),
    ).toEqual({
      3: 7,
    });
  });

  it('are not what the loop writes, nor what has two values', () => {
    const two = `
      poll 1
      const.i64 r2 0
      const.i64 r3 7
      const.i64 r4 1
      br.eq.i64 r0 r1 HEAD
      const.i64 r4 2
    HEAD:
      add.i64 r3 r3 r4
    LATCH:
      ${LOOP}
      ret.void`;
    expect(constants(two)).toEqual({});
  });

  it('are what the loop itself loads in each round', () => {
    expect(constants(`poll 1\nconst.i64 r2 0\nHEAD:\nconst.i64 r5 3\nLATCH:\n${LOOP}\nret.void`)).toEqual({ 5: 3 });
  });
});
