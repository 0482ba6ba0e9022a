/**
 * The control flow of a function's bytecode as seen from one entry: blocks, dominators, loops.
 *
 * The entry is the function's first instruction or a poll inside it, so a frame that stands in a loop has a flow of its own: what can be
 * reached from there. Only reachable code has blocks. Orders and dominators after Cooper, Harvey and Kennedy, "A Simple, Fast
 * Dominance Algorithm" (2001).
 *
 * A flow that simply began inside loops would have one loop of them all, or none that can be structured. So it begins before the
 * outermost one and passes a `dispatch` at the head of each, which leads a frame that comes in on to the next:
 *
 *     enter ── dispatch ── dispatch ── the poll ── …          the poll's own loop is not touched: the poll stands once more before it
 *                 │            │
 *              outer head   inner head
 */
import { present } from '../../base/bug.ts';
import { decodeAll, type DecodedInst } from '../../isa/encode.ts';
import type { BytecodeFunc, HandlerRange } from '../../isa/program.ts';

/** A run of instructions that is only entered at its start. Numbers of blocks are their reverse post-order. */
export interface FlowBlock {
  /** First instruction, and the one after the last; positions in `Flow.insts`. */
  readonly start: number;
  readonly end: number;
  /**
   * What it is instead of instructions. `enter`: a frame comes in, which is in its window. `dispatch`: it goes on to the first successor while
   * it comes in, else to the second. `arrive`: the same, and its slots are fetched; it has come in.
   */
  readonly role: 'code' | 'enter' | 'dispatch' | 'arrive';
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
  /** Blocks that stand in its code, in order: those that it dominates immediately, without those that stand behind a loop. */
  readonly children: number[];
  /** Blocks that stand behind the loop that it heads, in order: it dominates them, and they are in none of the loops that end on the way. */
  readonly exits: number[];
}

export interface Flow {
  readonly insts: readonly DecodedInst[];
  readonly blocks: readonly FlowBlock[];
  /** Block that begins at a pc: a handler. Where else to go say `succs`. */
  readonly blockAt: ReadonlyMap<number, number>;
  /** The try range that covers an instruction, by its position; innermost. */
  readonly handlerOf: (inst: number) => HandlerRange | null;
  /** For the flow of a frame that comes in inside of loops: the function's flow from its start, and the poll, by its position. */
  readonly entered: { readonly whole: Flow; readonly poll: number } | null;
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
  const start = at(entry);
  const raw = rawBlocks(insts, at, handlerOf, entry === 0 ? [start] : [0, start], func.handlers);
  if (entry === 0) return structured(insts, raw, start, handlerOf);
  return entered(insts, raw, start, handlerOf) ?? structured(insts, raw, start, handlerOf);
}

/** Blocks that are not in the code, by what stands for their first instruction. */
const ENTER = -1;
const POLL = -2;
const DISPATCH = -3;

/** The flow of a frame that comes in at a poll inside of loops; null if it is in none, or they cannot be told. */
function entered(
  insts: readonly DecodedInst[],
  code: ReadonlyMap<number, RawBlock>,
  poll: number,
  handlerOf: Flow['handlerOf'],
): Flow | Refusal | null {
  const whole = structured(insts, code, 0, handlerOf);
  if (typeof whole === 'string') return null;
  const { blocks } = whole;
  const at = blocks.findIndex(({ start }) => start === poll);
  if (at < 0) return null;
  const around = blocks.flatMap(({ loop }, header) =>
    loop && header <= at ? [{ header, body: bodyOf(blocks, header) }] : [],
  );
  const loops = around
    .filter(({ body }) => body.has(at))
    .map(({ header, body }) => ({
      start: (blocks[header] as FlowBlock).start,
      body: new Set([...body].map((block) => (blocks[block] as FlowBlock).start)),
    }));
  const inner = loops.at(-1);
  if (inner === undefined) return null;
  const heads = new Map(loops.map(({ start }, i) => [start, DISPATCH - i]));
  if (blocks.some(({ handlers }) => handlers.some((handler) => heads.has((blocks[handler] as FlowBlock).start))))
    return null;
  const { succs } = code.get(poll) as RawBlock;
  const before = poll !== inner.start && succs.every((to) => to === inner.start || !inner.body.has(to));
  const raw = new Map<number, RawBlock>();
  for (const [start, block] of code) {
    const way = (to: number): number =>
      before && to === inner.start && inner.body.has(start) ? to : (heads.get(to) ?? to);
    raw.set(start, { ...block, succs: block.succs.map(way) });
  }
  const none = { start: poll, end: poll, handlers: [] };
  raw.set(ENTER, { ...none, role: 'enter', succs: [DISPATCH] });
  loops.forEach(({ start }, i) => {
    const last = i === loops.length - 1;
    const further = last ? (before ? POLL : poll) : DISPATCH - i - 1;
    raw.set(DISPATCH - i, { ...none, role: last ? 'arrive' : 'dispatch', succs: [further, start] });
  });
  if (before) {
    const copied = code.get(poll) as RawBlock;
    raw.set(POLL, { ...copied, succs: succs.map((to) => (to === inner.start ? to : (heads.get(to) ?? to))) });
  }
  const flow = structured(insts, raw, ENTER, handlerOf);
  return typeof flow === 'string' ? flow : { ...flow, entered: { whole, poll } };
}

/** The blocks of a natural loop: from which its header is reached again without leaving it. */
export function bodyOf(blocks: readonly FlowBlock[], header: number): Set<number> {
  const inside = new Set([header]);
  const preds = predecessors(blocks);
  const pending = (preds[header] as number[]).filter((pred) => pred >= header);
  for (let block = pending.pop(); block !== undefined; block = pending.pop()) {
    if (inside.has(block)) continue;
    inside.add(block);
    pending.push(...(preds[block] as number[]));
  }
  return inside;
}

const KNOWN_PREDECESSORS = new WeakMap<readonly FlowBlock[], number[][]>();

/** By block, those that go there, also with an error. */
export function predecessors(blocks: readonly FlowBlock[]): number[][] {
  let preds = KNOWN_PREDECESSORS.get(blocks);
  if (preds === undefined) {
    preds = blocks.map(() => []);
    blocks.forEach(({ succs, handlers }, i) => {
      for (const to of succs) (preds as number[][])[to]?.push(i);
      for (const to of handlers) (preds as number[][])[to]?.push(i);
    });
    KNOWN_PREDECESSORS.set(blocks, preds);
  }
  return preds;
}

function structured(
  insts: readonly DecodedInst[],
  raw: ReadonlyMap<number, RawBlock>,
  entry: number,
  handlerOf: Flow['handlerOf'],
): Flow | Refusal {
  const order = reversePostOrder(raw, entry);
  const number = new Map(order.map((key, i) => [key, i]));
  const blocks = order.map((key): FlowBlock => {
    const { start, end, role, succs, handlers } = present(raw.get(key), 'block');
    const numbers = (keys: readonly number[]): number[] => keys.map((each) => present(number.get(each), 'block'));
    return {
      start,
      end,
      role,
      succs: numbers(succs),
      handlers: numbers(handlers),
      idom: 0,
      merge: false,
      loop: false,
      children: [],
      exits: [],
    };
  });
  // The way on behind a poll that branches is taken from two places, see `translate.ts`.
  for (const { end, role, succs } of blocks) {
    const last = insts[end - 1];
    const next = succs.at(-1);
    if (
      role === 'code' &&
      succs.length > 1 &&
      next !== undefined &&
      last?.op.placed.some(({ kind }) => kind === 'cost')
    )
      (blocks[next] as FlowBlock).merge = true;
  }
  const problem = dominators(blocks);
  if (problem !== null) return problem;
  const blockAt = new Map<number, number>();
  order.forEach((key, i) => {
    if (key >= 0) blockAt.set((insts[key] as DecodedInst).pc, i);
  });
  return { insts, blocks, blockAt, handlerOf, entered: null };
}

interface RawBlock extends Pick<FlowBlock, 'start' | 'role'> {
  readonly end: number;
  readonly succs: readonly number[];
  readonly handlers: readonly number[];
}

/** Blocks by their first instruction, those that can be reached. */
function rawBlocks(
  insts: readonly DecodedInst[],
  at: (pc: number) => number,
  handlerOf: (inst: number) => HandlerRange | null,
  entries: readonly number[],
  handlers: readonly HandlerRange[],
): Map<number, RawBlock> {
  const leaders = new Set<number>([...entries, ...handlers.map(({ target }) => at(target))]);
  insts.forEach((inst, i) => {
    const target = targetOf(inst);
    if (target !== null) leaders.add(at(target));
    if (inst.op.traits.flow !== 'next' && inst.op.traits.flow !== 'call') leaders.add(i + 1);
  });
  const blocks = new Map<number, RawBlock>();
  const pending = [...entries];
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
    blocks.set(start, { start, end: i, role: 'code', succs, handlers: [...caught] });
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

/** Fills in `idom`, `merge`, `loop`, `children` and `exits`. */
function dominators(blocks: readonly FlowBlock[]): Refusal | null {
  const block = (i: number): FlowBlock => blocks[i] as FlowBlock;
  const preds = predecessors(blocks);
  for (const { handlers } of blocks) for (const to of handlers) block(to).merge = true;
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
  }
  place(blocks);
  return null;
}

/** Decides where each block stands: in its dominator's code, or behind the outermost of the loops that end on the way from there. */
function place(blocks: readonly FlowBlock[]): void {
  const bodies = new Map<number, ReadonlySet<number>>();
  blocks.forEach(({ loop }, i) => {
    if (loop) bodies.set(i, bodyOf(blocks, i));
  });
  for (let i = 1; i < blocks.length; i++) {
    const each = blocks[i] as FlowBlock;
    let left = -1;
    for (const [header, body] of bodies) {
      if (!body.has(each.idom) || body.has(i)) continue;
      left = header;
      break;
    }
    if (left < 0) (blocks[each.idom] as FlowBlock).children.push(i);
    else {
      each.merge = true;
      (blocks[left] as FlowBlock).exits.push(i);
    }
  }
}
