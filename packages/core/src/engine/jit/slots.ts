/**
 * In which representation each slot is wanted at each instruction, and so which slots are live.
 *
 * A slot holds 64 bits and says nothing of what it holds; machine code keeps it in a local of the type in which it will be read next.
 * Found backward over the flow: an instruction wants its operands as it reads them, a copy wants its source as its destination is
 * wanted, and where two ways disagree 64 raw bits serve both. A collection's safepoint wants what it lists.
 */
import { BUILTINS, BUILTIN_NAMES } from '../../base/builtins.ts';
import { NOMINAL, TYPE_CODES, kindOfCode, type Kind } from '../../base/kinds.ts';
import { present } from '../../base/bug.ts';
import type { DecodedInst } from '../../isa/encode.ts';
import type { PlacedOperand } from '../../isa/opcode.ts';
import type { ImmKind } from '../../isa/operand.ts';
import type { BytecodeFunc, BytecodeProgram, FuncIndex, Safepoint } from '../../isa/program.ts';
import type { WasmType } from '../../wasm/types.ts';
import type { Flow } from './flow.ts';

/** Representation of a slot: dead, one of WebAssembly's types, or live without preference. */
export const REP = { dead: 0, i32: 1, i64: 2, f64: 3, any: 4 } as const;
export type Rep = (typeof REP)[keyof typeof REP];

export const WASM_OF_REP: Readonly<Record<1 | 2 | 3, WasmType>> = { 1: 'i32', 2: 'i64', 3: 'f64' };

const OF_KIND: Readonly<Record<Kind, Rep>> = {
  i32: REP.i32,
  ref: REP.i32,
  i64: REP.i64,
  any: REP.i64,
  f64: REP.f64,
};

export function repOfKind(kind: Kind): Rep {
  return OF_KIND[kind];
}

/** Where both ways want a slot. */
function join(a: number, b: number): number {
  if (a === b || b === REP.dead || b === REP.any) return a === REP.dead ? b : a;
  if (a === REP.dead || a === REP.any) return b;
  return REP.i64;
}

export interface SlotUse {
  readonly slot: number;
  readonly rep: Rep;
}

/** What an instruction reads and writes; `rep` of a slot that is only moved is `any`. */
export interface SlotEffects {
  readonly uses: readonly SlotUse[];
  readonly def: SlotUse | null;
}

const isDef = (operand: PlacedOperand): boolean => operand.role === 'def' || operand.role === 'update';
const isUse = (operand: PlacedOperand): boolean => operand.role === 'use' || operand.role === 'update';

function repOfOperand({ kind }: PlacedOperand): Rep {
  return kind === 'slot' ? REP.any : repOfKind(kind as Kind);
}

/** Kinds of the slots in an instruction's window that it reads, and of the one that it leaves there. */
export interface WindowKinds {
  readonly start: number;
  readonly args: readonly Kind[];
  readonly result: Kind | null;
}

/** The number in the first operand of a kind, null if there is none. */
function immediate({ op, values }: DecodedInst, kind: ImmKind): number | null {
  const at = op.placed.findIndex((operand) => operand.kind === kind);
  return at < 0 ? null : (values[at] as number);
}

/** The function that an instruction calls, if it is always the same. */
export function calleeOf(inst: DecodedInst): FuncIndex | null {
  return inst.op.traits.flow === 'call' ? (immediate(inst, 'func') as FuncIndex | null) : null;
}

export function windowOf(inst: DecodedInst, program: BytecodeProgram): WindowKinds | null {
  const start = immediate(inst, 'window');
  if (start === null) return null;
  const func = immediate(inst, 'func');
  const builtin = immediate(inst, 'builtin');
  if (builtin !== null) {
    const { params, result } = BUILTINS[present(BUILTIN_NAMES[builtin], 'built-in')];
    return { start, args: params, result };
  }
  if (inst.op.traits.flow !== 'call') return { start, args: partKinds(inst, func, program), result: null };
  if (func !== null) {
    const { params, result } = present(program.funcs[func], 'function');
    return { start, args: params, result };
  }
  const sig = immediate(inst, 'sig');
  if (sig !== null) {
    const { params, result } = present(program.signatures[sig], 'signature');
    return { start, args: params.map(kindOfCode), result: result === TYPE_CODES.nil ? null : kindOfCode(result) };
  }
  return { start, args: new Array<Kind>(immediate(inst, 'count') ?? 0).fill('any'), result: 'any' };
}

/** Kinds of the parts of which an instruction makes an object: captures, payload or fields. */
function partKinds(inst: DecodedInst, func: number | null, program: BytecodeProgram): readonly Kind[] {
  if (func !== null) return present(program.funcs[func], 'function').captures;
  const type = present(program.types[(immediate(inst, 'code') ?? 0) - NOMINAL], 'type');
  if (type.kind === 'struct') return type.fields.map(({ kind }) => kind);
  const variant = present(type.variants[immediate(inst, 'i32') ?? 0], 'variant');
  return variant.payload.map(({ kind }) => kind);
}

/** The built-in that an instruction calls on registers: the kinds of its `use` operands in their order, and of its `def`. */
function builtinOnRegisters(
  inst: DecodedInst,
): { readonly params: readonly Kind[]; readonly result: Kind | null } | null {
  const builtin = immediate(inst, 'builtin');
  if (builtin === null || immediate(inst, 'window') !== null) return null;
  return BUILTINS[present(BUILTIN_NAMES[builtin], 'built-in')];
}

/** What an instruction reads and writes. */
export function effectsOf(inst: DecodedInst, func: BytecodeFunc, program: BytecodeProgram): SlotEffects {
  const { op, values } = inst;
  const uses: SlotUse[] = [];
  let def: SlotUse | null = null;
  const builtin = builtinOnRegisters(inst);
  op.placed.forEach((operand, i) => {
    const slot = values[i] as number;
    if (isUse(operand)) {
      const returned = op.traits.flow === 'return' && func.result !== null;
      const kind = returned ? func.result : builtin?.params[uses.length];
      uses.push({ slot, rep: kind ? repOfKind(kind) : repOfOperand(operand) });
    }
    if (isDef(operand)) def = { slot, rep: builtin?.result ? repOfKind(builtin.result) : repOfOperand(operand) };
  });
  const window = windowOf(inst, program);
  if (window !== null) {
    window.args.forEach((kind, i) => {
      uses.push({ slot: window.start + i, rep: repOfKind(kind) });
    });
    if (window.result !== null) def = { slot: window.start, rep: repOfKind(window.result) };
  }
  return { uses, def };
}

/** What is wanted where, for one flow. */
export class Slots {
  readonly count: number;
  readonly #flow: Flow;
  readonly #effects: readonly SlotEffects[];
  /** At the start of each block. */
  readonly #entry: Uint8Array[];
  /** Before each instruction of the block that `enter` chose, and after its last one. */
  #rows = new Uint8Array(0);
  #first = 0;
  readonly #own = new Map<number, Safepoint>();

  constructor(flow: Flow, func: BytecodeFunc, program: BytecodeProgram) {
    this.#flow = flow;
    this.#effects = flow.insts.map((inst) => effectsOf(inst, func, program));
    this.count = func.frame;
    for (const safepoint of func.safepoints) this.#own.set(safepoint.pc, safepoint);
    this.#entry = flow.blocks.map(() => new Uint8Array(this.count));
    this.#solve();
  }

  effects(inst: number): SlotEffects {
    return this.#effects[inst] as SlotEffects;
  }

  safepoint(pc: number): Safepoint | null {
    return this.#own.get(pc) ?? null;
  }

  /** Representations at the start of a block; `any` is settled as 64 bits. */
  atEntry(block: number): Uint8Array {
    return this.#entry[block] as Uint8Array;
  }

  /** Makes `before` answer for the instructions of a block. */
  enter(block: number): void {
    const { start, end } = this.#flow.blocks[block] as Flow['blocks'][number];
    const { count } = this;
    this.#first = start;
    this.#rows = new Uint8Array((end - start + 1) * count);
    const row = (i: number): Uint8Array => this.#rows.subarray((i - start) * count, (i - start + 1) * count);
    this.#atExit(block, row(end));
    for (let i = end - 1; i >= start; i--) {
      row(i).set(row(i + 1));
      this.#step(i, row(i));
    }
  }

  /** Representations before an instruction of the entered block; of one past the last: behind it. */
  before(inst: number): Uint8Array {
    const at = (inst - this.#first) * this.count;
    return this.#rows.subarray(at, at + this.count);
  }

  #solve(): void {
    const { blocks } = this.#flow;
    const state = new Uint8Array(this.count);
    for (let changed = true; changed; ) {
      changed = false;
      for (let i = blocks.length - 1; i >= 0; i--) {
        const { start, end } = blocks[i] as Flow['blocks'][number];
        state.fill(REP.dead);
        this.#atExit(i, state);
        for (let at = end - 1; at >= start; at--) this.#step(at, state);
        const entry = this.#entry[i] as Uint8Array;
        for (let slot = 0; slot < this.count; slot++) {
          const rep = join(entry[slot] as number, state[slot] as number);
          if (entry[slot] === rep) continue;
          entry[slot] = rep;
          changed = true;
        }
      }
    }
    for (const entry of this.#entry) {
      for (let slot = 0; slot < this.count; slot++) if (entry[slot] === REP.any) entry[slot] = REP.i64;
    }
  }

  #atExit(block: number, state: Uint8Array): void {
    const { role, succs } = this.#flow.blocks[block] as Flow['blocks'][number];
    // A frame that comes in is in the window until it arrives.
    const ways = role === 'code' ? succs : succs.slice(1);
    for (const to of ways) this.#join(state, this.#entry[to] as Uint8Array, -1);
  }

  #join(state: Uint8Array, other: Uint8Array, except: number): void {
    for (let slot = 0; slot < this.count; slot++) {
      if (slot !== except) state[slot] = join(state[slot] as number, other[slot] as number);
    }
  }

  /** From behind an instruction to before it. */
  #step(at: number, state: Uint8Array): void {
    const { uses, def } = this.effects(at);
    const { pc, op } = this.#flow.insts[at] as DecodedInst;
    // What is only moved is wanted as where it goes is.
    const wanted = def?.rep === REP.any ? (state[def.slot] as Rep) || REP.any : REP.any;
    if (def !== null) state[def.slot] = REP.dead;
    if (op.traits.flow === 'call') this.#want(state, this.safepoint(pc + op.words - 1));
    const handler = this.#flow.handlerOf(at);
    if (handler !== null) {
      const target = present(this.#flow.blockAt.get(handler.target), 'handler');
      this.#join(state, this.#entry[target] as Uint8Array, handler.slot);
      this.#want(state, this.safepoint(handler.target), handler.slot);
    }
    this.#want(state, this.safepoint(pc));
    for (const { slot, rep } of uses) state[slot] = rep === REP.any ? join(state[slot] as number, wanted) : rep;
  }

  #want(state: Uint8Array, safepoint: Safepoint | null, except = -1): void {
    if (safepoint === null) return;
    for (const slot of safepoint.refs) if (slot !== except) state[slot] = join(state[slot] as number, REP.i32);
    for (const slot of safepoint.anys) if (slot !== except) state[slot] = join(state[slot] as number, REP.i64);
  }
}
