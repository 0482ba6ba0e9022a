/**
 * Walking and changing functions: what passes use instead of reaching into blocks by themselves.
 *
 * Changes are made in bulk, one sweep over the function for any number of them, so that a pass stays linear: values that
 * are replaced are noted in a `Forwarding`, parameters that go away in a set; `apply...` then rewrites everything at once.
 */
import type { Block, BlockId, Edge, Func, Inst, Kind, Terminator, ValueId } from './ir.ts';
import { type Imm, type OpName, sharedName } from './ops.ts';

/* ---- walking --------------------------------------------------------------------------------------------------- */

/** All edges of a block; exceptional ones first, in the order of their instructions. */
export function forEachEdge(
  { catches }: Pick<Func, 'catches'>,
  { insts, term }: Block,
  visit: (edge: Edge, throws: boolean) => void,
): void {
  for (let i = 0; catches && i < insts.length; i++) {
    const { exc } = insts[i] as Inst;
    if (exc !== null) visit(exc, true);
  }
  switch (term.kind) {
    case 'jump':
      return visit(term.to, false);
    case 'br':
      visit(term.then, false);
      return visit(term.else, false);
    case 'trap':
      if (term.exc !== null) visit(term.exc, true);
      return;
    default:
  }
}

/** Whether a function has an instruction of which that holds. */
export function hasInst({ blocks }: Pick<Func, 'blocks'>, holds: (inst: Inst) => boolean): boolean {
  for (const { insts } of blocks.values())
    for (let i = 0; i < insts.length; i++) if (holds(insts[i] as Inst)) return true;
  return false;
}

/** Edges of the terminator that are taken normally. */
export function targetsOf(term: Terminator): readonly Edge[] {
  switch (term.kind) {
    case 'jump':
      return [term.to];
    case 'br':
      return [term.then, term.else];
    default:
      return [];
  }
}

/** Every operand of a block, arguments of edges included. */
export function forEachOperand(block: Block, visit: (value: ValueId) => void): void {
  const { insts, term } = block;
  for (let i = 0; i < insts.length; i++) {
    const { args, exc } = insts[i] as Inst;
    for (let k = 0; k < args.length; k++) visit(args[k] as ValueId);
    if (exc !== null) visitAll(exc.args, visit);
  }
  switch (term.kind) {
    case 'jump':
      return visitAll(term.to.args, visit);
    case 'br':
      visitAll(term.then.args, visit);
      visitAll(term.else.args, visit);
      return visit(term.cond);
    case 'ret':
      if (term.value !== null) visit(term.value);
      return;
    case 'trap':
      if (term.exc !== null) visitAll(term.exc.args, visit);
      return;
    default:
  }
}

function visitAll(values: readonly ValueId[], visit: (value: ValueId) => void): void {
  for (let i = 0; i < values.length; i++) visit(values[i] as ValueId);
}

/** How often each value is used. */
export function countUses(func: Func): Int32Array {
  const uses = new Int32Array(func.values.size);
  for (const block of func.blocks.values()) {
    forEachOperand(block, (value) => {
      uses[value] = (uses[value] as number) + 1;
    });
  }
  return uses;
}

/* ---- making ---------------------------------------------------------------------------------------------------- */

/** A new instruction at the place of another one (its source position, inlining and handler). */
export function newInst(
  func: Func,
  like: Pick<Inst, 'span' | 'inlined'>,
  op: OpName,
  args: ValueId[],
  imm: Imm,
  result: Kind | null,
): Inst {
  const name = sharedName(op);
  return {
    op: name,
    args,
    imm: name === 'rt' ? sharedName(imm as string) : imm,
    result: result === null ? null : func.values.add(result),
    exc: null,
    span: like.span,
    inlined: like.inlined,
  };
}

/** An id for a block that gets its place later. */
export function newBlockId(func: Func): BlockId {
  const id = func.nextBlock as BlockId;
  func.nextBlock += 1;
  return id;
}

export function newBlock(func: Func, block: Block): BlockId {
  const id = newBlockId(func);
  func.blocks.set(id, block);
  return id;
}

/** Moves blocks in the order of code: each value of the map to in front of its key. */
export function placeBefore(func: Func, inFront: ReadonlyMap<BlockId, BlockId>): void {
  const moved = new Set(inFront.values());
  const order: BlockId[] = [];
  for (const id of func.blocks.keys()) {
    if (moved.has(id)) continue;
    const before = inFront.get(id);
    if (before !== undefined) order.push(before);
    order.push(id);
  }
  reorder(func, order);
}

/** Puts the blocks of a function in that order, which names each of them. */
function reorder(func: Func, order: readonly BlockId[]): void {
  const blocks = order.map((id): [BlockId, Block] => [id, func.blocks.get(id) as Block]);
  func.blocks.clear();
  for (const [id, block] of blocks) func.blocks.set(id, block);
}

export function copyEdge(edge: Edge): Edge {
  return { block: edge.block, args: edge.args.slice() };
}

export function copyInst({ op, args, imm, result, exc, span, inlined }: Inst): Inst {
  return { op, args: args.slice(), imm, result, exc: exc === null ? null : copyEdge(exc), span, inlined };
}

export function copyTerm(term: Terminator): Terminator {
  switch (term.kind) {
    case 'jump':
      return { kind: 'jump', to: copyEdge(term.to), span: term.span };
    case 'br':
      return { kind: 'br', cond: term.cond, then: copyEdge(term.then), else: copyEdge(term.else), span: term.span };
    case 'ret':
      return { kind: 'ret', value: term.value, span: term.span };
    case 'trap': {
      const { trap, exc, span, inlined } = term;
      return { kind: 'trap', trap, exc: exc === null ? null : copyEdge(exc), span, inlined };
    }
    default:
      return { kind: 'unreachable', value: null, span: term.span };
  }
}

/** New blocks, each list with the block that it is put beside. */
export type NewBlocks = ReadonlyMap<BlockId, readonly (readonly [BlockId, Block])[]>;

/** Puts new blocks into the code: those of each list in front of the block that is its key, or behind it. */
export function insertBlocks(func: Func, lists: NewBlocks, where: 'before' | 'behind' = 'before'): void {
  if (lists.size === 0) return;
  const order: BlockId[] = [];
  for (const id of func.blocks.keys()) {
    if (where === 'behind') order.push(id);
    for (const [made] of lists.get(id) ?? []) order.push(made);
    if (where === 'before') order.push(id);
  }
  for (const list of lists.values()) for (const [made, block] of list) func.blocks.set(made, block);
  reorder(func, order);
}

/* ---- replacing values ------------------------------------------------------------------------------------------ */

/** Values that are replaced by others. A replacement may itself be replaced later. */
export class Forwarding {
  /** By value: one more than what replaces it, 0 if nothing does. Empty until something is replaced. */
  #to: Int32Array = NONE;

  get isEmpty(): boolean {
    return this.#to.length === 0;
  }

  set(value: ValueId, by: ValueId): void {
    if (value >= this.#to.length) {
      const larger = new Int32Array(Math.max(16, 2 * value));
      larger.set(this.#to);
      this.#to = larger;
    }
    this.#to[value] = by + 1;
  }

  get(value: ValueId): ValueId {
    const to = this.#to;
    if (value >= to.length) return value;
    const next = to[value] as number;
    return next === 0 ? value : this.#root(value);
  }

  #root(value: number): ValueId {
    const to = this.#to;
    const nextOf = (at: number): number => (at < to.length ? (to[at] as number) - 1 : -1);
    let root = value;
    for (let next = nextOf(root); next !== -1 && next !== root; next = nextOf(root)) root = next;
    for (let at = value; at !== root; ) {
      const next = (to[at] as number) - 1;
      to[at] = root + 1;
      at = next;
    }
    return root as ValueId;
  }
}

const NONE = new Int32Array(0);

function forwardAll(values: ValueId[], forwarding: Forwarding): void {
  for (let i = 0; i < values.length; i++) values[i] = forwarding.get(values[i] as ValueId);
}

/** Replaces the operands of one instruction, its exceptional edge included. */
export function forwardInst(inst: Inst, forwarding: Forwarding): void {
  forwardAll(inst.args, forwarding);
  if (inst.exc !== null) forwardAll(inst.exc.args, forwarding);
}

export function forwardTerm(term: Terminator, forwarding: Forwarding): void {
  switch (term.kind) {
    case 'jump':
      return forwardAll(term.to.args, forwarding);
    case 'br':
      term.cond = forwarding.get(term.cond);
      forwardAll(term.then.args, forwarding);
      return forwardAll(term.else.args, forwarding);
    case 'ret':
      if (term.value !== null) term.value = forwarding.get(term.value);
      return;
    case 'trap':
      if (term.exc !== null) forwardAll(term.exc.args, forwarding);
      return;
    default:
  }
}

/** Replaces operands everywhere. */
export function applyForwarding(func: Func, forwarding: Forwarding): void {
  if (forwarding.isEmpty) return;
  for (const { insts, term } of func.blocks.values()) {
    for (let i = 0; i < insts.length; i++) forwardInst(insts[i] as Inst, forwarding);
    forwardTerm(term, forwarding);
  }
}

/* ---- removing -------------------------------------------------------------------------------------------------- */

/** Removes parameters and the arguments passed for them. `dropped` says so by value. The error of a handler must stay. */
export function removeParams(func: Func, dropped: (param: ValueId) => boolean): void {
  const kept = new Map<BlockId, readonly boolean[]>();
  for (const [id, block] of func.blocks) {
    if (!block.params.some(dropped)) continue;
    const keep = block.params.map((param) => !dropped(param));
    kept.set(id, keep);
    block.params = block.params.filter((_, i) => keep[i]);
  }
  if (kept.size === 0) return;
  for (const block of func.blocks.values()) {
    forEachEdge(func, block, (edge, throws) => {
      const keep = kept.get(edge.block);
      if (keep === undefined) return;
      const skip = throws ? 1 : 0;
      edge.args = edge.args.filter((_, i) => keep[i + skip]);
    });
  }
}

/** Removes blocks that the entry does not reach. Returns how many. */
export function removeUnreachable(func: Func): number {
  if (func.blocks.size === 1) return 0;
  const reached = new Uint8Array(func.nextBlock);
  reached[func.entry] = 1;
  const open: BlockId[] = [func.entry];
  const reach = (edge: Edge): void => {
    if (reached[edge.block] === 1) return;
    reached[edge.block] = 1;
    open.push(edge.block);
  };
  let count = 0;
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    count += 1;
    forEachEdge(func, func.blocks.get(id) as Block, reach);
  }
  const removed = func.blocks.size - count;
  if (removed > 0) for (const id of [...func.blocks.keys()]) if (reached[id] === 0) func.blocks.delete(id);
  return removed;
}
