/**
 * Live ranges: where each virtual register holds a value that is still wanted, with holes.
 *
 * A range is a sorted list of half-open segments of positions (see `lir.ts`), kept flat: start, end, start, end, … Two registers
 * may share a slot exactly if their ranges do not meet. Backward data flow over the registers that live across blocks, then one
 * backward walk a block (Wimmer and Franz, "Linear Scan Register Allocation on SSA Form", section 4.1, without the SSA shortcut).
 */
import type { LBlock, LBlockId, LFunc, LInst, VReg } from './lir.ts';
import { successors, visitInst } from './lir.ts';

/** Sorted, disjoint, not touching: start, end, start, end, … */
export type Range = readonly number[];

export interface LiveRanges {
  /** By vreg; empty if it is never written or read. */
  readonly ranges: readonly Range[];
  /** Index of each block's first instruction. */
  readonly firstIndex: readonly number[];
}

/** The terminator of a branch reads its operands at an index of its own, after the block's instructions. */
export function blockLength(block: LBlock): number {
  return block.insts.length + 1;
}

export function liveRanges(func: LFunc): LiveRanges {
  const { blocks, kinds } = func;
  const firstIndex: number[] = [];
  let index = 0;
  for (const block of blocks) {
    firstIndex.push(index);
    index += blockLength(block);
  }
  const { liveOut, liveIntoHandler } = solve(func);
  const building: number[][] = kinds.map(() => []);

  // Segments are added from high positions to low ones, so each list is reversed in the end: end, start, end, start, …
  const add = (reg: VReg, start: number, end: number): void => {
    const list = building[reg] as number[];
    const lastStart = list[list.length - 1];
    if (lastStart !== undefined && end >= lastStart) {
      list[list.length - 1] = Math.min(lastStart, start);
      if (end > (list[list.length - 2] as number)) list[list.length - 2] = end;
    } else {
      list.push(end, start);
    }
  };
  const define = (reg: VReg, at: number, blockStart: number): void => {
    const list = building[reg] as number[];
    const lastStart = list[list.length - 1];
    // Live from here to a use found before (then its segment began at the block's start), or never read.
    if (lastStart !== undefined && lastStart === blockStart) list[list.length - 1] = at;
    else add(reg, at, at + 1);
  };

  for (let b = blocks.length - 1; b >= 0; b--) {
    const block = blocks[b] as LBlock;
    const first = firstIndex[b] as number;
    const start = 2 * first;
    const end = 2 * (first + blockLength(block));
    for (const reg of liveOut[b] as VReg[]) add(reg, start, end);
    const termAt = 2 * (first + block.insts.length);
    visitTerm(block, (reg) => add(reg, start, termAt + 1));
    const handlersSeen = new Set<LBlockId>();
    for (let i = block.insts.length - 1; i >= 0; i--) {
      const inst = block.insts[i] as LInst;
      const at = 2 * (first + i);
      const writes: VReg[] = [];
      const reads: VReg[] = [];
      visitInst(
        inst,
        (reg) => reads.push(reg),
        (reg) => writes.push(reg),
      );
      for (const reg of writes) define(reg, at + 1, start);
      for (const reg of reads) add(reg, start, at + 1);
      for (const reg of inst.keeps) add(reg, start, at + 2);
      // What a handler reads besides its parameters is not written before the block ends: its last thrower says it all.
      if (inst.handler !== null && !handlersSeen.has(inst.handler)) {
        handlersSeen.add(inst.handler);
        for (const reg of liveIntoHandler.get(inst.handler) ?? []) add(reg, start, at + 2);
      }
    }
    const handler = func.handlers.get(b as LBlockId);
    if (handler !== undefined) define(handler.error, start, start);
  }
  return { ranges: building.map((list) => list.reverse()), firstIndex };
}

function visitTerm(block: LBlock, read: (reg: VReg) => void): void {
  if (block.term.kind === 'branch') for (const reg of block.term.test.regs) read(reg);
}

interface Solution {
  /** Registers live at the end of each block. */
  readonly liveOut: readonly (readonly VReg[])[];
  /** Registers a handler reads that are not its parameters. */
  readonly liveIntoHandler: ReadonlyMap<LBlockId, readonly VReg[]>;
}

/** Only registers that some block reads before it writes them take part. */
function solve(func: LFunc): Solution {
  const { blocks } = func;
  const globals = new Map<VReg, number>();
  const names: VReg[] = [];
  const exposed: VReg[][] = [];
  const writtenIn: Set<VReg>[] = [];
  const throwsTo: LBlockId[][] = [];
  for (const [b, block] of blocks.entries()) {
    const written = new Set<VReg>();
    const reads = new Set<VReg>();
    const targets = new Set<LBlockId>();
    const handler = func.handlers.get(b as LBlockId);
    if (handler !== undefined) written.add(handler.error);
    const read = (reg: VReg) => {
      if (!written.has(reg)) reads.add(reg);
    };
    for (const inst of block.insts) {
      if (inst.handler !== null) targets.add(inst.handler);
      for (const reg of inst.keeps) read(reg);
      visitInst(inst, read, (reg) => written.add(reg));
    }
    visitTerm(block, read);
    for (const reg of reads) {
      if (globals.has(reg)) continue;
      globals.set(reg, names.length);
      names.push(reg);
    }
    exposed.push([...reads]);
    writtenIn.push(written);
    throwsTo.push([...targets]);
  }

  const words = (names.length + 31) >> 5;
  const bitsOf = (regs: Iterable<VReg>): Int32Array => {
    const bits = new Int32Array(words);
    for (const reg of regs) {
      const at = globals.get(reg);
      if (at !== undefined) setBit(bits, at);
    }
    return bits;
  };
  const regsOf = (bits: Int32Array): VReg[] => {
    const regs: VReg[] = [];
    for (let w = 0; w < words; w++) {
      for (let rest = bits[w] as number; rest !== 0; rest &= rest - 1) {
        regs.push(names[(w << 5) | (31 - Math.clz32(rest & -rest))] as VReg);
      }
    }
    return regs;
  };
  const handlerParams = new Map([...func.handlers].map(([id, { params }]) => [id, bitsOf(params)]));
  const liveIn = exposed.map(bitsOf);
  const written = writtenIn.map(bitsOf);
  const liveOut = blocks.map(() => new Int32Array(words));
  for (let changed = true; changed; ) {
    changed = false;
    for (let b = blocks.length - 1; b >= 0; b--) {
      const out = liveOut[b] as Int32Array;
      for (const succ of successors(blocks[b] as LBlock)) {
        const from = liveIn[succ] as Int32Array;
        for (let w = 0; w < words; w++) out[w] = (out[w] as number) | (from[w] as number);
      }
      const into = liveIn[b] as Int32Array;
      const kill = written[b] as Int32Array;
      const add = (w: number, bits: number) => {
        const value = (into[w] as number) | bits;
        if (value === into[w]) return;
        into[w] = value;
        changed = true;
      };
      for (let w = 0; w < words; w++) add(w, (out[w] as number) & ~(kill[w] as number));
      // An error leaves the block at the top: whatever the handler reads is live there.
      for (const target of throwsTo[b] as LBlockId[]) {
        const from = liveIn[target] as Int32Array;
        const params = handlerParams.get(target) as Int32Array;
        for (let w = 0; w < words; w++) add(w, (from[w] as number) & ~(params[w] as number));
      }
    }
  }
  const liveIntoHandler = new Map<LBlockId, readonly VReg[]>();
  for (const [id, params] of handlerParams) {
    const bits = (liveIn[id] as Int32Array).map((word, w) => word & ~(params[w] as number));
    liveIntoHandler.set(id, regsOf(bits));
  }
  return { liveOut: liveOut.map(regsOf), liveIntoHandler };
}

function setBit(bits: Int32Array, at: number): void {
  bits[at >> 5] = (bits[at >> 5] as number) | (1 << (at & 31));
}

/** Whether two ranges meet; looks the segments of the shorter one up in the longer one. */
export function rangesMeet(a: Range, b: Range): boolean {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  for (let i = 0; i < short.length; i += 2) {
    const start = short[i] as number;
    const end = short[i + 1] as number;
    // First segment of `long` that ends after `start`.
    let low = 0;
    let high = long.length >> 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((long[2 * middle + 1] as number) <= start) low = middle + 1;
      else high = middle;
    }
    if (2 * low < long.length && (long[2 * low] as number) < end) return true;
  }
  return false;
}

/** Both together; they must not meet. */
export function joinRanges(a: Range, b: Range): Range {
  const joined: number[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const fromA = j >= b.length || (i < a.length && (a[i] as number) < (b[j] as number));
    const start = (fromA ? a[i] : b[j]) as number;
    const end = (fromA ? a[i + 1] : b[j + 1]) as number;
    if (fromA) i += 2;
    else j += 2;
    if (joined.length > 0 && joined[joined.length - 1] === start) joined[joined.length - 1] = end;
    else joined.push(start, end);
  }
  return joined;
}

/** Whether the range covers all of [start, end). */
export function rangeCovers(range: Range, start: number, end: number): boolean {
  for (let i = 0; i < range.length; i += 2) {
    if ((range[i] as number) <= start) {
      if ((range[i + 1] as number) >= end) return true;
    } else {
      return false;
    }
  }
  return false;
}
