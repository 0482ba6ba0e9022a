/** Which indices of a counted loop follow from its counter, and what is checked of them before the loop: hand-written bytecode. */
import { describe, expect, it } from 'vitest';
import { flowOf, type Flow } from '../../../src/engine/jit/flow.ts';
import { LinearValues, shapeOf, type Linear } from '../../../src/engine/jit/linear.ts';
import { arraySlot, isElementAccess, loopsOf, type Loop } from '../../../src/engine/jit/loops.ts';
import { REP, Slots } from '../../../src/engine/jit/slots.ts';
import { rangesOf } from '../../../src/engine/jit/strip-bounds.ts';
import { countingOf, type Counting } from '../../../src/engine/jit/counted-loops.ts';
import type { BytecodeFunc } from '../../../src/isa/program.ts';
import type { DecodedInst } from '../../../src/isa/encode.ts';
import { assemble } from '../assembler.ts';

const LATCH = 'loop.add.lt_s.i64 r3 r2 1 HEAD 9';

/** A loop with r0 an array, r1, r2 and r7 of 64 bits, r8 of 32; r3 counts up to r2, or r9 up to r8. */
function looping(body: string, latch = LATCH) {
  const code = `
    const.i64 r3 0
    const.i32 r9 0
  HEAD:
    ${body}
    ${latch} {0}
    ret.void`;
  const params = ['ref', 'i64', 'i64', 'i64', 'i64', 'i64', 'i64', 'i64', 'i32'] as const;
  const program = assemble({ funcs: [{ name: 'main', params: [...params], frame: 16, code }] });
  const func = program.funcs[0] as BytecodeFunc;
  const flow = flowOf(func, 0) as Flow;
  const slots = new Slots(flow, func, program);
  const loop = loopsOf(flow, slots, () => true).find((each) => each !== null) as Loop;
  const counting = countingOf(flow, slots, loop, () => true) as Counting;
  return { flow, slots, loop, counting };
}

/** The index of the last access. */
function index(body: string, latch = LATCH): Linear | null {
  const { flow, slots, loop, counting } = looping(body, latch);
  const values = new LinearValues(flow, slots, loop.header, counting);
  for (let block = flow.blocks.length - 1; block >= 0; block--) {
    const { start, end } = flow.blocks[block] as Flow['blocks'][number];
    for (let at = end - 1; at >= start; at--) {
      const inst = flow.insts[at] as DecodedInst;
      if (!isElementAccess(inst)) continue;
      return values.before(block, at, inst.values[inst.op.placed.findIndex(({ name }) => name === 'index')] as number);
    }
  }
  return null;
}

const at = (slot: number): string => `array.get.i64 r4 r0 r${slot} 3 {0}`;
const factor = (slot: number, rep: number = REP.i64) => ({ slot, rep });
const plain = { terms: [], constant: 0, narrow: [], checks: [] };

describe('indices that follow from the counter', () => {
  it.each([
    ['the counter', at(3), { ...plain, scale: 1 }],
    [
      'a copy, and a constant more',
      `move r5 r3\n add.i64.imm r5 r5 -2\n ${at(5)}`,
      { ...plain, scale: 1, constant: -2 },
    ],
    ['a sum, checked or not', `addc.i64 r5 r3 r1\n add.i64 r5 r5 r7\n ${at(5)}`, { scale: 1, constant: 0 }],
    ['a difference', `subc.i64 r5 r1 r3\n ${at(5)}`, { scale: -1, constant: 0 }],
    ['a multiple', `mul.i64.imm r5 r3 3\n addc.i64.imm r5 r5 1\n ${at(5)}`, { scale: 3, constant: 1 }],
    ['rows of a matrix', `mulc.i64 r5 r3 r1\n addc.i64 r5 r5 r7\n ${at(5)}`, { scale: factor(1), constant: 0 }],
    ['a loaded constant', `const.i64 r5 7\n add.i64 r5 r3 r5\n ${at(5)}`, { ...plain, scale: 1, constant: 7 }],
    ['what is the same in all rounds', at(1), { scale: 0, terms: [{ times: 1, factors: [factor(1)] }] }],
  ])('%s', (_, body, wanted) => {
    expect(index(body)).toMatchObject(wanted);
  });

  it('numbers of 32 bits as far as nothing wraps', () => {
    const latch = 'loop.add.lt_s.i32 r9 r8 1 HEAD 9';
    const summed = index(`addc.i32.imm r5 r9 1\n i64.from.i32 r5 r5\n ${at(5)}`, latch);
    expect(summed).toMatchObject({ scale: 1, constant: 1, narrow: [] });
    const wrapping = index(`add.i32.imm r5 r9 1\n i64.from.i32 r5 r5\n ${at(5)}`, latch);
    expect(wrapping).toMatchObject({ scale: 1, constant: 1, narrow: [{ scale: 1, constant: 1 }] });
  });

  it.each([
    ['a product of the counter with itself', `mul.i64 r5 r3 r3\n ${at(5)}`],
    ['what is read in the loop', `${at(3)}\n ${at(4)}`],
    ['what changes in the loop', `${at(1)}\n add.i64.imm r1 r1 1`],
    ['what one way of two writes', `move r5 r3\n br.eq.i64 r1 r2 OVER\n move r5 r1\n OVER:\n ${at(5)}`],
    ['large factors', `const.i64.long r5 2000000000\n mul.i64 r5 r3 r5\n ${at(5)}`],
    ['part of a number', `i32.from.i64 r5 r3\n i64.from.i32 r5 r5\n ${at(5)}`],
  ])('not %s', (_, body) => {
    expect(index(body)).toBeNull();
  });

  it('what was computed before a branch', () => {
    const body = `add.i64.imm r5 r3 1\n br.eq.i64 r1 r2 OVER\n add.i64.imm r6 r3 2\n OVER:\n ${at(5)}`;
    expect(index(body)).toMatchObject({ scale: 1, constant: 1 });
  });

  it('have the same name where only constants differ', () => {
    const [a, b, c] = [`${at(3)}`, `add.i64.imm r5 r3 4\n ${at(5)}`, `add.i64 r5 r3 r1\n ${at(5)}`].map((body) =>
      shapeOf(index(body) as Linear),
    );
    expect(a).toBe(b);
    expect(a).not.toBe(c);
  });
});

/** Ranges as `least..most`, and how many accesses are in bounds with them. */
function checked(body: string) {
  const { flow, slots, loop, counting } = looping(body);
  const storeOf = (inst: number): string => String(arraySlot(flow.insts[inst] as DecodedInst));
  const { ranges, proved, exact } = rangesOf(flow, slots, loop.header, counting, storeOf);
  const text = ranges.map(({ access, least, most }) => `${access === null ? 'narrow ' : ''}${least}..${most}`);
  return { ranges: text, proved: proved.size, exact: exact.size };
}

describe('rangesOf', () => {
  it('makes one range of what differs by a constant', () => {
    const body = `${at(3)}\n add.i64.imm r5 r3 -1\n ${at(5)}\n add.i64.imm r6 r3 1\n ${at(6)}\n ${at(1)}`;
    expect(checked(body)).toEqual({ ranges: ['-1..1', '0..0'], proved: 4, exact: 0 });
  });

  it('includes what only some rounds do where it is in a range that all do', () => {
    const some = (offset: number): string =>
      `br.eq.i64 r1 r2 OVER\n add.i64.imm r5 r3 ${offset}\n ${at(5)}\n OVER:\n add.i64.imm r6 r3 2`;
    expect(checked(`${at(3)}\n ${some(0)}`)).toEqual({ ranges: ['0..0'], proved: 2, exact: 0 });
    expect(checked(`${at(3)}\n ${some(1)}`)).toEqual({ ranges: ['0..0'], proved: 1, exact: 0 });
    expect(checked(some(0))).toEqual({ ranges: [], proved: 0, exact: 0 });
  });

  it('makes sure that steps to an index cannot overflow, where that follows from what they are made of', () => {
    const narrow = 'narrow 2147483648..2147483648';
    const row = `mulc.i64 r5 r7 r1\n addc.i64 r5 r5 r3\n ${at(5)}`;
    // the product, and the counter and both factors
    expect(checked(row)).toEqual({ ranges: ['0..0', narrow, narrow, narrow], proved: 1, exact: 2 });
    expect(checked(`addc.i64.imm r5 r3 1\n ${at(5)}`)).toEqual({ ranges: ['1..1', narrow], proved: 1, exact: 1 });
    const large = `const.i64.long r6 1000000000\n mulc.i64 r5 r7 r1\n mulc.i64 r5 r5 r6\n addc.i64 r5 r5 r3\n ${at(5)}`;
    expect(checked(large)).toMatchObject({ proved: 1, exact: 1 });
  });
});
