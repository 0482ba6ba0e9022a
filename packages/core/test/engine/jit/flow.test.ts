/** Flows of hand-written bytecode: how a frame comes in at a poll inside of loops, and what their loops keep. */
import { describe, expect, it } from 'vitest';
import { flowOf, type Flow } from '../../../src/engine/jit/flow.ts';
import { loopsOf } from '../../../src/engine/jit/loops.ts';
import { Slots } from '../../../src/engine/jit/slots.ts';
import type { BytecodeProgram } from '../../../src/isa/program.ts';
import { assemble } from '../assembler.ts';

/** Two loops: the inner one reads an element of r0, the outer one polls and appends to r5 as well if `grows`. */
function nested(grows: boolean): { program: BytecodeProgram; labels: Map<string, number> } {
  const labels = new Map<string, number>();
  const program = assemble(
    {
      funcs: [
        {
          name: 'main',
          params: ['ref', 'ref', 'i64'],
          frame: 8,
          code: `
            poll 1
            const.i64 r3 0
          OUTER:
            const.i64 r4 0
          INNER:
            array.get.i64 r6 r0 r4 3 {0 1}
          LATCH:
            loop.add.lt_s.i64 r4 r2 1 INNER 1 {0 1}
            ${grows ? 'array.push.i64 r1 r6 3 {0 1}' : ''}
          LAST:
            loop.add.lt_s.i64 r3 r2 1 OUTER 1 {0 1}
            ret.void`,
        },
      ],
    },
    labels,
  );
  return { program, labels };
}

function flowFrom(program: BytecodeProgram, entry: number): Flow {
  const [func] = program.funcs;
  if (func === undefined) throw new Error('no function');
  const flow = flowOf(func, entry);
  if (typeof flow === 'string') throw new Error(flow);
  return flow;
}

describe('a frame that comes in at a poll', () => {
  it('passes the head of each loop around, and the poll stands once more before its own loop', () => {
    const { program, labels } = nested(false);
    const flow = flowFrom(program, labels.get('main.LATCH') ?? -1);
    expect(flow.blocks.map(({ role }) => role).filter((role) => role !== 'code')).toEqual([
      'enter',
      'dispatch',
      'arrive',
    ]);
    const polls = flow.blocks.filter(({ start, end, role }) => {
      return role === 'code' && end === start + 1 && flow.insts[start]?.pc === labels.get('main.LATCH');
    });
    expect(polls).toHaveLength(2);
    // the outer loop begins at its dispatch, the inner one is as it was
    expect(flow.blocks.filter(({ loop }) => loop).map(({ role }) => role)).toEqual(['dispatch', 'code']);
  });

  it('wants nothing of what it holds before it has arrived', () => {
    const { program, labels } = nested(false);
    const flow = flowFrom(program, labels.get('main.LATCH') ?? -1);
    const [func] = program.funcs;
    if (func === undefined) throw new Error('no function');
    expect([...new Slots(flow, func, program).atEntry(0)].every((rep) => rep === 0)).toBe(true);
  });

  it('comes in at the function as it is', () => {
    const flow = flowFrom(nested(false).program, 0);
    expect(flow.blocks.every(({ role }) => role === 'code')).toBe(true);
  });
});

describe('what a loop leads to', () => {
  /** Where the block at a label stands: behind which loops, and in which block. */
  const placeOf = (code: string, label: string) => {
    const labels = new Map<string, number>();
    const program = assemble({ funcs: [{ name: 'main', params: ['i64', 'i64'], frame: 4, code }] }, labels);
    const { insts, blocks } = flowFrom(program, 0);
    const pcOf = (block: number): number | undefined => insts[blocks[block]?.start ?? -1]?.pc;
    const numbers = [...blocks.keys()];
    const at = numbers.find((block) => pcOf(block) === labels.get(`main.${label}`)) ?? -1;
    const nameOf = (block: number): string | undefined =>
      [...labels].find(([, pc]) => pc === pcOf(block))?.[0].replace('main.', '');
    return {
      behind: numbers.filter((block) => blocks[block]?.exits.includes(at)).map(nameOf),
      inside: numbers.filter((block) => blocks[block]?.children.includes(at)).map(nameOf),
      merge: blocks[at]?.merge,
    };
  };
  const NEST = `
      poll 1
    OUTER:
      const.i64 r2 0
    INNER:
      br.eq.i64.imm r2 7 FOUND
    NEXT:
      loop.add.lt_s.i64 r2 r0 1 INNER 1 {}
    BETWEEN:
      loop.add.lt_s.i64 r3 r1 1 OUTER 1 {}
    BEHIND:
      ret.void
    FOUND:
      ret.void`;

  it('stands behind it: what follows, and what it is left for', () => {
    expect(placeOf(NEST, 'BEHIND')).toEqual({ behind: ['OUTER'], inside: [], merge: true });
    expect(placeOf(NEST, 'BETWEEN')).toEqual({ behind: ['INNER'], inside: [], merge: true });
  });

  it('stands behind the outermost loop that ends on the way', () => {
    expect(placeOf(NEST, 'FOUND')).toEqual({ behind: ['OUTER'], inside: [], merge: true });
  });

  it('stands in its dominator where no loop ends', () => {
    expect(placeOf(NEST, 'NEXT')).toEqual({ behind: [], inside: ['INNER'], merge: false });
  });
});

describe('what loops keep', () => {
  const loopsFrom = (grows: boolean) => {
    const { program } = nested(grows);
    const flow = flowFrom(program, 0);
    const [func] = program.funcs;
    if (func === undefined) throw new Error('no function');
    const loops = loopsOf(flow, new Slots(flow, func, program), () => true).filter((loop) => loop !== null);
    return [...new Set(loops)].map(({ arrays, tight }) => ({ arrays: arrays.map(({ slot }) => slot), tight }));
  };

  it('is looked at before the outermost loop in which it stays the same', () => {
    expect(loopsFrom(false)).toEqual([
      { arrays: [0], tight: false },
      { arrays: [], tight: true },
    ]);
  });

  it('is not kept where an array may grow', () => {
    expect(loopsFrom(true)).toEqual([
      { arrays: [], tight: false },
      { arrays: [0], tight: true },
    ]);
  });

  /** The elements that are read before a loop, by the slot they go to, with how many accesses are to their elements. */
  const elementsIn = (body: string) => {
    const code = `poll 1\nconst.i64 r4 0\nHEAD:\n${body}\nloop.add.lt_s.i64 r4 r2 1 HEAD 1 {0 1}\nret.void`;
    const program = assemble({ funcs: [{ name: 'main', params: ['ref', 'ref', 'i64'], frame: 9, code }] });
    const [func] = program.funcs;
    if (func === undefined) throw new Error('no function');
    const flow = flowFrom(program, 0);
    const loop = loopsOf(flow, new Slots(flow, func, program), () => true).find((each) => each !== null);
    return (loop?.elements ?? []).map(({ inst, accesses }) => [flow.insts[inst]?.values[0], accesses.length]);
  };
  const ROW = 'array.get.ref r5 r0 r2 9 {0 1}';

  it('is a row at the same index, and what is read in it', () => {
    expect(elementsIn(`${ROW}\narray.get.i64 r6 r5 r4 3 {0 1 5}`)).toEqual([[5, 1]]);
  });

  it('is a row of a plane', () => {
    expect(elementsIn(`${ROW}\narray.get.ref r6 r5 r2 9 {0 1 5}\narray.get.i64 r7 r6 r4 3 {0 1 6}`)).toEqual([
      [5, 1],
      [6, 1],
    ]);
  });

  it('is no row at the counter, and none where a row is stored', () => {
    expect(elementsIn('array.get.ref r5 r0 r4 9 {0 1}')).toEqual([]);
    expect(elementsIn(`${ROW}\narray.set.ref r1 r4 r5 9 {0 1 5}`)).toEqual([]);
  });

  describe('in a slot that holds other things too', () => {
    const READ = 'array.get.i64 r6 r5 r4 3 {0 1 5}';

    it('is known until the slot is written', () => {
      expect(elementsIn(`${ROW}\n${READ}\n${READ}\nmove r5 r1\n${READ}`)).toEqual([[5, 2]]);
      expect(elementsIn(`${ROW}\n${READ}\narray.get.ref r5 r0 r2 9 {0 1}\n${READ}`)).toEqual([
        [5, 1],
        [5, 1],
      ]);
    });

    it('is known behind a branch that does not write it', () => {
      const branch = 'br.lt_s.i64 r4 r6 ON\nmove r7 r4\nON:';
      expect(elementsIn(`${ROW}\n${READ}\n${branch}\n${READ}\nmove r5 r1`)).toEqual([[5, 2]]);
      expect(elementsIn(`${ROW}\n${READ}\n${branch.replace('r7 r4', 'r5 r1')}\n${READ}`)).toEqual([[5, 1]]);
    });

    it('is not known behind a loop that writes it, wherever that stands', () => {
      const loop =
        'br.eq.i64.imm r4 3 AGAIN\njump ON\nAGAIN:\nbr.ne.i64.imm r7 0 ROUND\njump ON\nROUND:\nmove r5 r1\njump AGAIN\nON:';
      expect(elementsIn(`${ROW}\n${READ}\n${loop}\n${READ}`)).toEqual([[5, 1]]);
      expect(elementsIn(`${ROW}\n${READ}\n${loop.replace('r5 r1', 'r8 r1')}\n${READ}`)).toEqual([[5, 2]]);
    });

    it('is not known where an error may be caught before it is written', () => {
      const caught = `TRY:\ndiv_s.i64 r6 r2 r4\n${ROW}\nTRIED:\njump ON\nCATCH:\nmove r5 r1\nON:\n${READ}\ntry TRY TRIED CATCH 7\nat CATCH {0 1}`;
      expect(elementsIn(caught)).toEqual([[5, 0]]);
    });

    it('is not known in a loop that writes it behind the access', () => {
      const inner = `poll 1 {0 1 5}\nconst.i64 r7 0\nAGAIN:\n${READ}\nmove r5 r1\nloop.add.lt_s.i64 r7 r2 1 AGAIN 1 {0 1 5}`;
      expect(elementsIn(`${ROW}\n${inner}`)).toEqual([[5, 0]]);
      expect(elementsIn(`${ROW}\n${inner.replace('move r5 r1\n', '')}`)).toEqual([[5, 1]]);
    });
  });
});
