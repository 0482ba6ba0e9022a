/**
 * The control flow of a function's bytecode as seen from one entry: blocks, dominators, loops.
 *
 * The entry is the function's first instruction or a poll inside it, so a frame that stands in a loop has a flow of its own: what can be
 * reached from there. Only reachable code has blocks. Orders and dominators after Cooper, Harvey and Kennedy, "A Simple, Fast
 * Dominance Algorithm" (2001).
 */
import { present } from '../../base/bug.ts';
import { decodeAll, type DecodedInst } from '../../isa/encode.ts';
import type { BytecodeFunc, HandlerRange } from '../../isa/program.ts';

/** A run of instructions that is only entered at its start. Numbers of blocks are their reverse post-order. */
export interface FlowBlock {
  /** First instruction, and the one after the last; positions in `Flow.insts`. */
  readonly start: number;
  readonly end: number;
  /** Where its last instruction goes: the branch target before what follows. */
  readonly succs: readonly number[];
  /** Handlers that its instructions can go to. */
  readonly handlers: readonly number[];
  /** Immediate dominator; itself for the entry. */
  idom: number;
  /** Whether it needs a label: it has several ways in, or is entered from the middle of a block. */
  merge: boolean;
  /** Whether a later block goes back to it. */
  loop: boolean;
  /** Blocks that it dominates immediately, in order. */
  readonly children: number[];
}

export interface Flow {
  readonly insts: readonly DecodedInst[];
  readonly blocks: readonly FlowBlock[];
  /** Block that begins at a pc. */
  readonly blockAt: ReadonlyMap<number, number>;
  /** The try range that covers an instruction, by its position; innermost. */
  readonly handlerOf: (inst: number) => HandlerRange | null;
}

/** Why there is no machine code. */
export type Refusal = 'irreducible control flow' | 'control flow too deep' | 'opcode without machine code';

/** Blocks nest as deep as the tree of dominators, and so does the writing of them on the host's stack. */
const DEEPEST = 400;

/** The target of a jump or branch, else null. */
export function targetOf({ op, values }: DecodedInst): number | null {
  const at = op.placed.findIndex((operand) => operand.kind === 'target');
  return at < 0 ? null : (values[at] as number);
}

/** The flow from `entry`, a pc, or why it cannot be structured. */
export function flowOf(func: BytecodeFunc, entry: number): Flow | Refusal {
  const insts = decodeAll(func.code);
  const position = new Map(insts.map((inst, i) => [inst.pc, i]));
  const at = (pc: number): number => present(position.get(pc), `instruction at ${pc}`);
  const handlerOf = (inst: number): HandlerRange | null => {
    const { pc, op } = insts[inst] as DecodedInst;
    if (!op.traits.traps) return null;
    return func.handlers.find(({ start, end }) => start <= pc && pc < end) ?? null;
  };
  const raw = rawBlocks(insts, at, handlerOf, at(entry), func.handlers);
  const order = reversePostOrder(raw, at(entry));
  const number = new Map(order.map((start, i) => [start, i]));
  const blocks = order.map((start): FlowBlock => {
    const { end, succs, handlers } = present(raw.get(start), 'block');
    const numbers = (starts: readonly number[]): number[] => starts.map((each) => present(number.get(each), 'block'));
    return {
      start,
      end,
      succs: numbers(succs),
      handlers: numbers(handlers),
      idom: 0,
      merge: false,
      loop: false,
      children: [],
    };
  });
  const problem = dominators(blocks);
  if (problem !== null) return problem;
  const blockAt = new Map(blocks.map((block, i) => [(insts[block.start] as DecodedInst).pc, i]));
  return { insts, blocks, blockAt, handlerOf };
}

interface RawBlock {
  readonly end: number;
  readonly succs: readonly number[];
  readonly handlers: readonly number[];
}

/** Blocks by their first instruction, those that can be reached. */
function rawBlocks(
  insts: readonly DecodedInst[],
  at: (pc: number) => number,
  handlerOf: (inst: number) => HandlerRange | null,
  entry: number,
  handlers: readonly HandlerRange[],
): Map<number, RawBlock> {
  const leaders = new Set<number>([entry, ...handlers.map(({ target }) => at(target))]);
  insts.forEach((inst, i) => {
    const target = targetOf(inst);
    if (target !== null) leaders.add(at(target));
    if (inst.op.traits.flow !== 'next' && inst.op.traits.flow !== 'call') leaders.add(i + 1);
  });
  const blocks = new Map<number, RawBlock>();
  const pending = [entry];
  for (let start = pending.pop(); start !== undefined; start = pending.pop()) {
    if (blocks.has(start)) continue;
    const caught = new Set<number>();
    let i = start;
    let last: DecodedInst;
    do {
      const handler = handlerOf(i);
      if (handler !== null) caught.add(at(handler.target));
      last = insts[i++] as DecodedInst;
    } while (i < insts.length && !leaders.has(i));
    const target = targetOf(last);
    const { flow } = last.op.traits;
    const succs = target === null ? [] : [at(target)];
    // A built-in that always raises may stand last.
    if ((flow === 'next' || flow === 'call' || flow === 'branch') && i < insts.length) succs.push(i);
    blocks.set(start, { end: i, succs, handlers: [...caught] });
    pending.push(...succs, ...caught);
  }
  return blocks;
}

function reversePostOrder(blocks: ReadonlyMap<number, RawBlock>, entry: number): number[] {
  const seen = new Set([entry]);
  const order: number[] = [];
  const stack: { readonly start: number; readonly next: number[] }[] = [];
  const enter = (start: number): void => {
    const { succs, handlers } = present(blocks.get(start), 'block');
    // The branch target last, so that what follows in the code comes first in the order: loops stay together.
    stack.push({ start, next: [...handlers, ...succs] });
  };
  enter(entry);
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const next = top.next.shift();
    if (next === undefined) {
      order.push(top.start);
      stack.pop();
    } else if (!seen.has(next)) {
      seen.add(next);
      enter(next);
    }
  }
  return order.reverse();
}

/** Fills in `idom`, `merge`, `loop` and `children`. */
function dominators(blocks: readonly FlowBlock[]): Refusal | null {
  const block = (i: number): FlowBlock => blocks[i] as FlowBlock;
  const preds: number[][] = blocks.map(() => []);
  blocks.forEach(({ succs, handlers }, i) => {
    for (const to of succs) preds[to]?.push(i);
    for (const to of handlers) preds[to]?.push(i);
    for (const to of handlers) block(to).merge = true;
  });
  const intersect = (a: number, b: number): number => {
    while (a !== b) {
      while (a > b) a = block(a).idom;
      while (b > a) b = block(b).idom;
    }
    return a;
  };
  const known = new Uint8Array(blocks.length);
  known[0] = 1;
  for (let changed = true; changed; ) {
    changed = false;
    for (let i = 1; i < blocks.length; i++) {
      let idom = -1;
      for (const pred of preds[i] as number[]) {
        if (known[pred] === 1) idom = idom < 0 ? pred : intersect(pred, idom);
      }
      if (known[i] === 1 && block(i).idom === idom) continue;
      block(i).idom = idom;
      known[i] = 1;
      changed = true;
    }
  }
  const depth = new Int32Array(blocks.length);
  for (let i = 0; i < blocks.length; i++) {
    const forward = (preds[i] as number[]).filter((pred) => pred < i).length;
    if (forward > 1) block(i).merge = true;
    for (const pred of preds[i] as number[]) {
      if (pred < i) continue;
      block(i).loop = true;
      let above = pred;
      while (above > i) above = block(above).idom;
      if (above !== i) return 'irreducible control flow';
    }
    if (i === 0) continue;
    depth[i] = (depth[block(i).idom] as number) + 1;
    if ((depth[i] as number) > DEEPEST) return 'control flow too deep';
    block(block(i).idom).children.push(i);
  }
  return null;
}
