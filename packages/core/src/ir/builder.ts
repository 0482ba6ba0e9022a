/**
 * Makes one function of the IR, turning assigned variables into SSA values on the way.
 *
 * The algorithm is the one of Braun, Buchwald, Hack, Leißa, Mallon and Zwinkau, "Simple and Efficient Construction of Static
 * Single Assignment Form" (CC 2013): a variable is looked up backward from its use; a block whose predecessors are not all known
 * gets a parameter at once and its operands when it is sealed; a parameter that can only have one value is removed again.
 * Differences from the paper:
 *
 * - Lookups walk by loops and worklists, so that a chain of 100 000 blocks needs no native stack.
 * - A removed parameter is not replaced in its users but forwarded; `finish` resolves every operand once. Values that lowering
 *   holds in its own variables therefore stay valid.
 * - A join is passed over for a variable that nothing writes between it and the block that dominates it: the value is the one at the
 *   end of that block. Dominators are known when a block is begun, since all edges to it but those back are; what is written between
 *   two places is a stretch of the order in which variables were written, because blocks are filled in the order of code. Pointers that jump
 *   further and further up (Myers, "An applicative random-access stack", 1983) make a lookup through n joins take log n steps.
 * - Handlers: the predecessors of a handler are throwing instructions, each of which gives the variable's value at itself. Since
 *   nothing defined in a throwing block is visible in the handler (ir.ts), a handler's parameter with one possible value stays if
 *   that value is defined in a block that throws to it.
 *
 * Code after a terminator, and blocks that nothing live reaches, are *dead*: emitting there is harmless, `finish` drops them.
 */
import type { Brand } from '../base/brand.ts';
import { Bug } from '../base/bug.ts';
import { IdMap } from '../base/id-map.ts';
import type { Span } from '../base/source.ts';
import type { TrapName } from '../base/traps.ts';
import { canThrow } from './effects.ts';
import type { Block, BlockId, Edge, Func, Inst, Kind, Terminator, ValueId } from './ir.ts';
import { type Imm, type OpName, sharedName } from './ops.ts';
import { type CallTypes, resultKind } from './result-kind.ts';

export type VarId = Brand<number, 'VarId'>;

/** All of a function except its blocks. */
export type FuncHeader = Pick<
  Func,
  'id' | 'name' | 'displayName' | 'params' | 'result' | 'sig' | 'captures' | 'boxed' | 'span'
>;

/** One incoming edge of a block. `at` is the index of the throwing instruction in `from`, or -1 for an edge of its terminator. */
interface Pred {
  readonly from: BlockId;
  readonly at: number;
  readonly edge: Edge;
}

/** A parameter that stands for a variable. Operands run parallel to the block's predecessors. */
interface Phi {
  readonly value: ValueId;
  readonly block: BlockId;
  readonly variable: VarId;
  readonly operands: ValueId[];
  /** Parameters that have this one as an operand. */
  readonly users: Phi[];
  removed: boolean;
}

/** Throwing instructions before `before` (and not before the previous entry's) see `old`; null: what the block was entered with. */
interface Save {
  readonly before: number;
  readonly old: ValueId | null;
}

interface BlockState {
  readonly block: Block;
  readonly preds: Pred[];
  readonly phis: Phi[];
  /** Parameters whose operands are found when the block is sealed. */
  incomplete: Phi[];
  sealed: boolean;
  dead: boolean;
  terminated: boolean;
  /** Values at the end of the block; also what lookups found on entry, as long as the block does not write the variable. */
  readonly defs: Map<VarId, ValueId>;
  /** Values on entry of variables that the block writes. */
  entryDefs: Map<VarId, ValueId> | null;
  /** Values that were overwritten after something in the block could have thrown. */
  saves: Map<VarId, Save[]> | null;
  /** Index of the last throwing instruction, or -1. */
  lastThrow: number;
  /** A block that dominates this one strictly, so that what it leaves in a variable comes here unless it is written between; -1 if none is known. */
  up: number;
  /** The same, further up; how many steps by `up` there are above. */
  jump: number;
  depth: number;
  /** How many writes of variables there had been when the block ended, and when it was begun and all edges to it were known. */
  ended: number;
  begun: number;
  /** How many edges led here when the block was begun. */
  known: number;
  /** Depth of the innermost loop that the block is in: what is written further down in it comes here too, so nothing looks past its head. */
  floor: number;
}

const NOT_INLINED: Inst['inlined'] = [];
/** Of all instructions without operands: nobody adds any. */
const NO_ARGS: ValueId[] = [];

export class FuncBuilder {
  readonly func: Func;
  /** Parameters of the entry block. */
  readonly params: readonly ValueId[];
  /** Source position of what is emitted next. */
  span: Span;
  /** Where instructions that are emitted next go if they fail; null unwinds to the caller. */
  handler: BlockId | null = null;

  readonly #calls: CallTypes;
  readonly #states: BlockState[] = [];
  readonly #varKinds: Kind[] = [];
  /** By value: the block that defines it, what it was replaced by (itself if nothing), and its record if it is a parameter for a variable. */
  readonly #home: BlockId[] = [];
  readonly #forward: ValueId[] = [];
  readonly #phiOf: (Phi | null)[] = [];
  /** Parameters that wait for their operands. */
  readonly #unfilled: Phi[] = [];
  /** By variable: when it was written, as a number of writes of any. */
  readonly #writes: number[][] = [];
  #written = 0;
  /** Blocks that were begun before all edges to them were known, and the depth of the deepest one: nothing looks past it. */
  readonly #unsealed: BlockState[] = [];
  #deepest = 0;
  /** Whether every edge that came late was an edge back. */
  #structured = true;
  #current: BlockId;

  constructor(header: FuncHeader, calls: CallTypes) {
    this.#calls = calls;
    this.span = header.span;
    this.func = {
      ...header,
      entry: 0 as BlockId,
      blocks: new Map(),
      values: new IdMap(),
      nextBlock: 0,
      catches: false,
    };
    this.#current = this.newBlock();
    const entry = this.#state(this.#current);
    this.func.blocks.set(this.#current, entry.block);
    entry.sealed = true;
    this.params = header.params.map((kind) => this.addParam(this.#current, kind));
  }

  /* ---- blocks -------------------------------------------------------------------------------------------------- */

  get current(): BlockId {
    return this.#current;
  }

  /** False after a terminator and in dead blocks. */
  get reachable(): boolean {
    const state = this.#state(this.#current);
    return !state.dead && !state.terminated;
  }

  newBlock(): BlockId {
    const id = this.func.nextBlock as BlockId;
    this.func.nextBlock += 1;
    const block: Block = { params: [], insts: [], term: { kind: 'unreachable', value: null, span: this.span } };
    this.#states.push({
      block,
      preds: [],
      phis: [],
      incomplete: [],
      sealed: false,
      dead: false,
      terminated: false,
      defs: new Map(),
      entryDefs: null,
      saves: null,
      lastThrow: -1,
      up: -1,
      jump: -1,
      depth: 0,
      ended: Number.POSITIVE_INFINITY,
      begun: Number.POSITIVE_INFINITY,
      known: 0,
      floor: 0,
    });
    return id;
  }

  /** An explicit parameter; edges to the block pass explicit arguments in the order of these. */
  addParam(block: BlockId, kind: Kind): ValueId {
    const value = this.#newValue(kind, block);
    this.#state(block).block.params.push(value);
    return value;
  }

  /** A block for errors; `error` (a ref) is its only explicit parameter. */
  newHandler(): { readonly block: BlockId; readonly error: ValueId } {
    const block = this.newBlock();
    return { block, error: this.addParam(block, 'ref') };
  }

  /** Promises that all edges to the block exist: for a handler, all instructions that throw to it. */
  sealBlock(id: BlockId): void {
    const state = this.#state(id);
    if (state.sealed) throw new Bug(`b${id} is sealed twice`);
    state.sealed = true;
    state.begun = this.#written;
    const at = this.#unsealed.lastIndexOf(state);
    if (at !== -1) this.#closeLoop(at, state, id);
    for (const phi of state.incomplete) this.#unfilled.push(phi);
    state.incomplete = [];
    this.#fill();
  }

  /** Continues in a block; the previous one must have ended. A block that no live edge has reached yet is dead. */
  switchTo(id: BlockId): void {
    const old = this.#state(this.#current);
    if (!old.terminated && !old.dead) throw new Bug(`b${this.#current} has no terminator`);
    const state = this.#state(id);
    if (state.preds.length === 0 && id !== this.func.entry) state.dead = true;
    if (!state.dead) this.#begin(state);
    // Blocks stand in the order in which they are filled: codegen lays them out so.
    const { blocks } = this.func;
    if (blocks.has(id)) blocks.delete(id);
    blocks.set(id, state.block);
    this.#current = id;
  }

  /* ---- variables ----------------------------------------------------------------------------------------------- */

  declareVar(kind: Kind): VarId {
    this.#varKinds.push(kind);
    this.#writes.push([]);
    return (this.#varKinds.length - 1) as VarId;
  }

  writeVar(variable: VarId, value: ValueId): void {
    const state = this.#open();
    if (state.lastThrow >= 0) {
      state.saves ??= new Map();
      let saves = state.saves.get(variable);
      if (saves === undefined) state.saves.set(variable, (saves = []));
      const last = saves.at(-1);
      if (last === undefined || last.before <= state.lastThrow) {
        saves.push({ before: state.block.insts.length, old: state.defs.get(variable) ?? null });
      }
    }
    state.defs.set(variable, value);
    (this.#writes[variable] as number[]).push(this.#written++);
  }

  readVar(variable: VarId): ValueId {
    this.#open();
    const value = this.#lookup(variable, this.#current, false);
    this.#fill();
    return this.#resolve(value);
  }

  /* ---- instructions -------------------------------------------------------------------------------------------- */

  /** Emits an operation that has a result. */
  inst(op: OpName, args: readonly ValueId[] = [], imm: Imm = null): ValueId {
    const result = this.#emit(op, args, imm);
    if (result === null) throw new Bug(`${op} has no result`);
    return result;
  }

  /** Emits an operation whose result, if it has one, nobody wants. */
  effect(op: OpName, args: readonly ValueId[] = [], imm: Imm = null): void {
    this.#emit(op, args, imm);
  }

  i32(value: number): ValueId {
    return this.inst('const.i32', [], value | 0);
  }

  i64(value: bigint): ValueId {
    return this.inst('const.i64', [], BigInt.asIntN(64, value));
  }

  f64(value: number): ValueId {
    return this.inst('const.f64', [], value);
  }

  kindOf(value: ValueId): Kind {
    return this.func.values.get(value);
  }

  /* ---- terminators --------------------------------------------------------------------------------------------- */

  jump(to: BlockId, args: readonly ValueId[] = []): void {
    this.#terminate({ kind: 'jump', to: this.#edge(to, args), span: this.span });
  }

  br(
    cond: ValueId,
    then: BlockId,
    otherwise: BlockId,
    thenArgs: readonly ValueId[] = [],
    elseArgs: readonly ValueId[] = [],
  ): void {
    const term: Terminator = {
      kind: 'br',
      cond,
      then: this.#edge(then, thenArgs),
      else: this.#edge(otherwise, elseArgs),
      span: this.span,
    };
    this.#terminate(term);
  }

  ret(value: ValueId | null): void {
    this.#terminate({ kind: 'ret', value, span: this.span });
  }

  trap(trap: TrapName): void {
    this.#leaveEntry();
    const state = this.#open();
    const exc = this.#throwEdge(state);
    this.#terminate({ kind: 'trap', trap, exc, span: this.span, inlined: NOT_INLINED });
  }

  unreachable(): void {
    this.#terminate({ kind: 'unreachable', value: null, span: this.span });
  }

  /** The function, once every block is sealed and ended. The builder must not be used afterwards. */
  finish(): Func {
    const { blocks } = this.func;
    for (const [id, state] of this.#states.entries()) {
      if (state.dead || (state.preds.length === 0 && id !== this.func.entry)) {
        state.dead = true;
        blocks.delete(id as BlockId);
        continue;
      }
      if (!state.sealed) throw new Bug(`b${id} of ${this.func.name} is not sealed`);
      if (!state.terminated) throw new Bug(`b${id} of ${this.func.name} has no terminator`);
    }
    for (const state of this.#states) {
      if (state.dead) continue;
      for (const pred of state.preds) this.#resolveAll(pred.edge.args);
      for (const phi of state.phis) {
        if (phi.removed) continue;
        state.block.params.push(phi.value);
        for (const [i, pred] of state.preds.entries()) {
          const operand = phi.operands[i];
          if (operand === undefined) throw new Bug(`v${phi.value} lacks an operand`);
          pred.edge.args.push(this.#resolve(operand));
        }
      }
      // An array that grew has room for 16 more: half of what a function would take until the end.
      const { block } = state;
      if (block.params.length > 0) {
        block.params = block.params.slice();
        for (const { edge } of state.preds) edge.args = edge.args.slice();
      }
      block.insts = block.insts.slice();
      for (const inst of block.insts) this.#resolveAll(inst.args);
      const { term } = block;
      if (term.kind === 'br') term.cond = this.#resolve(term.cond);
      if (term.kind === 'ret' && term.value !== null) term.value = this.#resolve(term.value);
    }
    return this.func;
  }

  /* ---- emission ------------------------------------------------------------------------------------------------ */

  #state(id: BlockId): BlockState {
    const state = this.#states[id];
    if (state === undefined) throw new Bug(`no block b${id}`);
    return state;
  }

  /** The block that is emitted into: a fresh dead one after a terminator. */
  #open(): BlockState {
    const state = this.#state(this.#current);
    if (!state.terminated) return state;
    this.#current = this.newBlock();
    const fresh = this.#state(this.#current);
    fresh.dead = true;
    fresh.sealed = true;
    return fresh;
  }

  #newValue(kind: Kind, block: BlockId): ValueId {
    const value = this.func.values.add(kind);
    this.#home.push(block);
    this.#forward.push(value);
    this.#phiOf.push(null);
    return value;
  }

  #emit(name: OpName, args: readonly ValueId[], immediate: Imm): ValueId | null {
    const op = sharedName(name);
    const imm = op === 'rt' ? sharedName(immediate as string) : immediate;
    const throws = this.handler !== null && canThrow({ op, imm });
    if (throws) this.#leaveEntry();
    const state = this.#open();
    const kind = resultKind(op, imm, this.#calls);
    const result = kind === null ? null : this.#newValue(kind, this.#current);
    const exc = throws ? this.#throwEdge(state) : null;
    const given = args.length === 0 ? NO_ARGS : args.slice();
    const inst: Inst = { op, args: given, imm, result, exc, span: this.span, inlined: NOT_INLINED };
    state.block.insts.push(inst);
    return result;
  }

  /** The entry block has no exceptional edges: what would be one starts a second block. */
  #leaveEntry(): void {
    if (this.handler === null || this.#current !== this.func.entry || !this.reachable) return;
    const next = this.newBlock();
    this.jump(next);
    this.sealBlock(next);
    this.switchTo(next);
  }

  #throwEdge(state: BlockState): Edge | null {
    if (this.handler === null) return null;
    const edge: Edge = { block: this.handler, args: [] };
    this.func.catches = true;
    if (state.dead) return edge;
    const handler = this.#state(this.handler);
    if (handler.sealed) throw new Bug(`b${this.handler} is sealed, but something throws to it`);
    state.lastThrow = state.block.insts.length;
    handler.preds.push({ from: this.#current, at: state.lastThrow, edge });
    return edge;
  }

  #edge(to: BlockId, args: readonly ValueId[]): Edge {
    const edge: Edge = { block: to, args: args.slice() };
    const from = this.#open();
    if (from.dead) return edge;
    const state = this.#state(to);
    if (state.sealed) throw new Bug(`b${to} is sealed, but b${this.#current} goes there`);
    if (state.dead) throw new Bug(`b${to} was switched to before b${this.#current} reached it`);
    state.preds.push({ from: this.#current, at: -1, edge });
    return edge;
  }

  #terminate(term: Terminator): void {
    const state = this.#open();
    state.block.term = term;
    state.terminated = true;
    state.ended = this.#written;
  }

  /* ---- dominators ---------------------------------------------------------------------------------------------- */

  /** A block is begun: what dominates it is what the blocks that lead there have in common. */
  #begin(state: BlockState): void {
    state.begun = this.#written;
    state.known = state.preds.length;
    state.floor = this.#deepest;
    let up = -1;
    for (let i = 0; i < state.preds.length; i++) {
      const { from } = state.preds[i] as Pred;
      up = i === 0 ? from : this.#common(up, from);
      if (up === -1) break;
    }
    // An instruction throws in the middle of its block: what counts is what came into that block.
    if (up !== -1 && state.preds.some(({ at }) => at >= 0)) up = this.#state(up as BlockId).up;
    if (up !== -1) this.#putBelow(state, up);
    if (state.sealed) return;
    this.#unsealed.push(state);
    this.#deepest = Math.max(this.#deepest, state.depth);
  }

  /** All edges to a block are known that was begun before: those that came since must come from below it. */
  #closeLoop(at: number, state: BlockState, id: BlockId): void {
    this.#unsealed.splice(at, 1);
    this.#deepest = this.#unsealed.reduce((deepest, { depth }) => Math.max(deepest, depth), 0);
    for (let i = state.known; i < state.preds.length; i++) {
      if (this.#common(id, (state.preds[i] as Pred).from) !== id) this.#structured = false;
    }
  }

  #putBelow(state: BlockState, up: number): void {
    const above = this.#state(up as BlockId);
    const further = above.jump === -1 ? null : this.#state(above.jump as BlockId);
    const again = further === null || further.jump === -1 ? null : this.#state(further.jump as BlockId);
    state.up = up;
    state.depth = above.depth + 1;
    state.jump =
      further !== null && again !== null && above.depth - further.depth === further.depth - again.depth
        ? further.jump
        : up;
  }

  /** The deepest block that is both or above both; -1 if there is none. */
  #common(a: number, b: number): number {
    let one = a;
    let other = b;
    while (one !== other) {
      if (one === -1 || other === -1) return -1;
      let low = this.#state(one as BlockId);
      let high = this.#state(other as BlockId);
      if (low.depth < high.depth) {
        [one, other] = [other, one];
        [low, high] = [high, low];
      }
      if (low.depth > high.depth) {
        one = low.jump !== -1 && this.#state(low.jump as BlockId).depth >= high.depth ? low.jump : low.up;
      } else if (low.jump !== -1 && low.jump !== high.jump) {
        // Equally deep blocks of one tree jump equally far.
        one = low.jump;
        other = high.jump;
      } else {
        one = low.up;
        other = high.up;
      }
    }
    return one;
  }

  /**
   * Where the value that a variable has on entry of a block is found too: the end of a block that dominates it, if nothing writes the variable
   * between them. -1 if that is not known.
   */
  #passOver(variable: VarId, state: BlockState): number {
    if (!this.#structured) return -1;
    const writes = this.#writes[variable] as number[];
    const lowest = Math.max(this.#deepest, state.floor);
    const reaches = (id: number): boolean => {
      if (id === -1) return false;
      const { ended, depth } = this.#state(id as BlockId);
      return depth >= lowest && !isAnyBetween(writes, ended, state.begun);
    };
    return reaches(state.jump) ? state.jump : reaches(state.up) ? state.up : -1;
  }

  /* ---- lookup -------------------------------------------------------------------------------------------------- */

  /**
   * The variable's value at the end of a block, or on entry. New parameters are left in `#unfilled`, except those of blocks that
   * are not sealed; what is found is remembered in every block on the way.
   */
  #lookup(variable: VarId, start: BlockId, onEntry: boolean): ValueId {
    const path: BlockState[] = [];
    let id = start;
    let atEntry = onEntry;
    let found: ValueId;
    for (;;) {
      const state = this.#state(id);
      const known = atEntry ? state.entryDefs?.get(variable) : state.defs.get(variable);
      if (known !== undefined) {
        found = this.#resolve(known);
        break;
      }
      path.push(state);
      if (state.dead) {
        // Whatever is read in dead code is never executed; `finish` drops it.
        found = this.#newValue(this.#kindOfVar(variable), id);
        break;
      }
      const [pred] = state.preds;
      if (!state.sealed) {
        const phi = this.#newPhi(variable, id, state);
        state.incomplete.push(phi);
        found = phi.value;
        break;
      }
      if (pred === undefined) throw new Bug(`variable ${variable} of ${this.func.name} is read before it is written`);
      const above = this.#passOver(variable, state);
      if (above !== -1) {
        id = above as BlockId;
        atEntry = false;
        continue;
      }
      if (state.preds.length > 1 || pred.at >= 0) {
        const phi = this.#newPhi(variable, id, state);
        this.#unfilled.push(phi);
        found = phi.value;
        break;
      }
      id = pred.from;
      atEntry = false;
    }
    for (const [i, state] of path.entries()) {
      if (i === 0 && onEntry && state.defs.has(variable)) {
        state.entryDefs ??= new Map();
        state.entryDefs.set(variable, found);
      } else {
        state.defs.set(variable, found);
      }
    }
    return found;
  }

  #newPhi(variable: VarId, block: BlockId, state: BlockState): Phi {
    const value = this.#newValue(this.#kindOfVar(variable), block);
    const phi: Phi = { value, block, variable, operands: [], users: [], removed: false };
    this.#phiOf[value] = phi;
    state.phis.push(phi);
    return phi;
  }

  #kindOfVar(variable: VarId): Kind {
    const kind = this.#varKinds[variable];
    if (kind === undefined) throw new Bug(`no variable ${variable}`);
    return kind;
  }

  #valueAt(variable: VarId, pred: Pred): ValueId {
    if (pred.at < 0) return this.#lookup(variable, pred.from, false);
    const saves = this.#state(pred.from).saves?.get(variable);
    const save = saves === undefined ? undefined : firstAfter(saves, pred.at);
    if (save === undefined) return this.#lookup(variable, pred.from, false);
    return save.old === null ? this.#lookup(variable, pred.from, true) : this.#resolve(save.old);
  }

  /** Gives waiting parameters their operands, then removes those that turn out to have one value. */
  #fill(): void {
    const filled: Phi[] = [];
    for (let phi = this.#unfilled.pop(); phi !== undefined; phi = this.#unfilled.pop()) {
      for (const pred of this.#state(phi.block).preds) {
        const operand = this.#valueAt(phi.variable, pred);
        phi.operands.push(operand);
        this.#phiOf[operand]?.users.push(phi);
      }
      filled.push(phi);
    }
    // What was found last is what others were looked up through, so this order removes most at the first try.
    for (let phi = filled.pop(); phi !== undefined; phi = filled.pop()) this.#removeTrivial(phi, filled);
  }

  #removeTrivial(phi: Phi, again: Phi[]): void {
    const state = this.#state(phi.block);
    if (phi.removed || !state.sealed || phi.operands.length !== state.preds.length) return;
    let same: ValueId | null = null;
    for (const operand of phi.operands) {
      const value = this.#resolve(operand);
      if (value === phi.value || value === same) continue;
      if (same !== null) return;
      same = value;
    }
    if (same === null) throw new Bug(`variable ${phi.variable} of ${this.func.name} has no value in b${phi.block}`);
    const home = this.#home[same];
    if (state.preds.some((pred, i) => pred.at >= 0 && pred.from === home && phi.operands[i] !== phi.value)) return;
    phi.removed = true;
    this.#forward[phi.value] = same;
    const heir = this.#phiOf[same];
    for (const user of phi.users) {
      heir?.users.push(user);
      again.push(user);
    }
  }

  #resolve(value: ValueId): ValueId {
    let root = value;
    for (let next = this.#forward[root]; next !== undefined && next !== root; next = this.#forward[root]) root = next;
    // Path compression keeps long chains of removed parameters cheap.
    for (let at = value; at !== root; ) {
      const next = this.#forward[at] ?? root;
      this.#forward[at] = root;
      at = next;
    }
    return root;
  }

  #resolveAll(args: ValueId[]): void {
    for (let i = 0; i < args.length; i++) args[i] = this.#resolve(args[i] as ValueId);
  }
}

/** Whether one of the ascending numbers is at least `from` and below `to`. */
function isAnyBetween(numbers: readonly number[], from: number, to: number): boolean {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] as number) < from) low = middle + 1;
    else high = middle;
  }
  return low < numbers.length && (numbers[low] as number) < to;
}

/** The first save made after the instruction at `index`; saves are in ascending order. */
function firstAfter(saves: readonly Save[], index: number): Save | undefined {
  let low = 0;
  let high = saves.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((saves[middle] as Save).before > index) high = middle;
    else low = middle + 1;
  }
  return saves[low];
}
