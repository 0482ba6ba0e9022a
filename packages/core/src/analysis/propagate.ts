/**
 * What is known of every value: a constant, or the run-time type of a word or reference.
 *
 * Sparse conditional propagation (Wegman and Zadeck, "Constant Propagation with Conditional Branches", TOPLAS 1991): optimistic,
 * over executable edges only, on this lattice for each value:
 *
 *     nothing yet  >  constant (i32, i64, f64)  or  type (any, ref)  >  anything
 *
 * Exceptional edges count as executable as soon as their block is.
 */
import { NOMINAL, TYPE_CODES } from '../base/kinds.ts';
import type { BuiltinName } from '../base/builtins.ts';
import type { Block, Edge, Func, FuncId, Inst, IrProgram, Kind, SigId, ValueId } from '../ir/ir.ts';
import { opDef, type Scalar, type VariantImm } from '../ir/ops.ts';
import { type Arrays, FRESH } from '../base/arrays.ts';
import type { Cfg } from './cfg.ts';
import { adaptedResult, dynamicResult, integerOf, BUILTIN_CODES } from './dynamic-types.ts';
import { type Uses, usesOf } from './uses.ts';

export const NOTHING = 0;
export const CONSTANT = 1;
export const TYPED = 2;
export const ANYTHING = 3;

export interface Knowledge {
  /** By value: one of the states above. */
  readonly state: Uint8Array;
  /** By value, where the state says so. */
  readonly constant: readonly (Scalar | undefined)[];
  readonly code: Int32Array;
  /** By position: whether the block can be reached. */
  readonly reached: Uint8Array;
  /** False if there is certainly nothing to fold: no branch, check, parameter or computation was ever found constant. */
  readonly decided: boolean;
}

export interface PropagateOptions {
  readonly arrays?: Arrays;
  /** The uses of values, where someone has them already or will want them again. */
  readonly uses?: () => Uses;
  /** Types of the function's parameters, where they are known better than by its signature (`TypeCode` or -1). */
  readonly params?: readonly number[];
  /** The type that a direct call gives, given those of its arguments (-1 unknown); null while nothing is known of its returning. */
  readonly callResult?: (inst: Inst, args: (value: ValueId) => number) => number | null;
}

/** The type of a value as a code, or -1. */
export function codeKnown(known: Knowledge, value: ValueId): number {
  return known.state[value] === TYPED ? (known.code[value] as number) : -1;
}

export function propagate(func: Func, cfg: Cfg, program: IrProgram, options: PropagateOptions = {}): Knowledge {
  return new Propagation(func, cfg, program, options).run();
}

/** A propagation that goes on when more is known of what calls give. */
export interface OpenPropagation {
  readonly known: Knowledge;
  /** Looks again at a call whose `callResult` is no longer what it was. It may only have lost precision. */
  again(call: Inst): void;
}

export function openPropagation(func: Func, cfg: Cfg, program: IrProgram, options: PropagateOptions): OpenPropagation {
  const work = new Propagation(func, cfg, program, options);
  return { known: work.run(), again: (call) => work.again(call) };
}

type Fold = (...operands: Scalar[]) => Scalar | undefined;

class Propagation {
  readonly #func: Func;
  readonly #cfg: Cfg;
  readonly #program: IrProgram;
  readonly #options: PropagateOptions;
  readonly #state: Uint8Array;
  readonly #constant: (Scalar | undefined)[];
  readonly #code: Int32Array;
  readonly #reached: Uint8Array;
  /** Kinds by value. */
  readonly #kinds: readonly Kind[];
  /** The block that a sweep is at; everything before it has been visited. All, once sweeps are over. */
  #sweep = 0;
  /** The first block that came to know something after a sweep had passed it; their number if there is none. */
  #missed = 0;
  /** Values whose uses must be looked at again, and blocks that were reached after they had been passed. */
  readonly #values: ValueId[] = [];
  readonly #blocks: number[] = [];
  /** Whether the uses of values that change now have been visited already. */
  #again = false;
  #uses: Uses | null = null;
  #decided = false;

  constructor(func: Func, cfg: Cfg, program: IrProgram, options: PropagateOptions) {
    this.#func = func;
    this.#cfg = cfg;
    this.#program = program;
    this.#options = options;
    const { arrays = FRESH } = options;
    const count = func.values.size;
    this.#kinds = func.values.values();
    this.#state = arrays.u8(count);
    // Of full length, because V8 makes a dictionary of an array in which indices are far apart.
    this.#constant = new Array<Scalar | undefined>(count);
    this.#code = arrays.i32(count);
    this.#reached = arrays.u8(cfg.blocks.length);
  }

  run(): Knowledge {
    this.#start();
    return this.#knowledge();
  }

  again(call: Inst): void {
    if (call.result !== null) this.#evaluate(call, call.result);
    this.#settle();
  }

  #knowledge(): Knowledge {
    return {
      state: this.#state,
      constant: this.#constant,
      code: this.#code,
      reached: this.#reached,
      decided: this.#decided,
    };
  }

  /**
   * Everything once, in reverse postorder: definitions come before uses, so only what comes back round a loop must be looked at again.
   * Mostly that settles in a second sweep from there on. Only for what even that leaves open the uses of values are collected.
   */
  #start(): void {
    const { blocks } = this.#cfg;
    this.#reached[0] = 1;
    const params = (blocks[0] as Block).params;
    const codes = this.#options.params ?? this.#program.signatures.get(this.#func.sig).params;
    for (let i = 0; i < params.length; i++) this.#raiseTo(params[i] as ValueId, codes[i] ?? -1);
    this.#sweepFrom(0);
    if (this.#missed < blocks.length) {
      this.#values.length = 0;
      this.#blocks.length = 0;
      this.#sweepFrom(this.#missed);
    }
    this.#again = true;
    this.#settle();
  }

  #sweepFrom(first: number): void {
    const { length } = this.#cfg.blocks;
    this.#missed = length;
    for (this.#sweep = first; this.#sweep < length; this.#sweep++) {
      if (this.#reached[this.#sweep] === 1) this.#visitBlock(this.#sweep);
    }
  }

  #settle(): void {
    for (;;) {
      const block = this.#blocks.pop();
      if (block !== undefined) {
        this.#visitBlock(block);
        continue;
      }
      const value = this.#values.pop();
      if (value === undefined) return;
      this.#uses ??= this.#options.uses?.() ?? usesOf(this.#func, this.#cfg, this.#options.arrays);
      const { start, block: places, index } = this.#uses;
      for (let u = start[value] as number; u < (start[value + 1] as number); u++) {
        const at = places[u] as number;
        if (this.#reached[at] === 1) this.#visit(this.#cfg.blocks[at] as Block, index[u] as number);
      }
    }
  }

  #visitBlock(position: number): void {
    const block = this.#cfg.blocks[position] as Block;
    const { length } = block.insts;
    for (let i = 0; i <= length; i++) this.#visit(block, i);
  }

  #visit(block: Block, index: number): void {
    if (index < block.insts.length) {
      const inst = block.insts[index] as Inst;
      if (inst.exc !== null) this.#follow(inst.exc, true);
      const { result } = inst;
      if (result !== null) {
        // Who asks what calls give is told of their operands as well.
        if (this.#state[result] !== ANYTHING || inst.op === 'call') this.#evaluate(inst, result);
      } else if (inst.op === 'trap.if' && this.#state[inst.args[0] as ValueId] === CONSTANT) this.#decided = true;
      return;
    }
    const { term } = block;
    switch (term.kind) {
      case 'jump':
        return this.#follow(term.to, false);
      case 'trap':
        if (term.exc !== null) this.#follow(term.exc, true);
        return;
      case 'br': {
        const state = this.#state[term.cond];
        if (state === NOTHING) return;
        const taken = state === CONSTANT ? this.#constant[term.cond] !== 0 : null;
        if (taken !== null) this.#decided = true;
        if (taken !== false) this.#follow(term.then, false);
        if (taken !== true) this.#follow(term.else, false);
        return;
      }
      default:
    }
  }

  #follow(edge: Edge, throws: boolean): void {
    const position = this.#cfg.position[edge.block] as number;
    const { params } = this.#cfg.blocks[position] as Block;
    const skip = throws ? 1 : 0;
    const { args } = edge;
    // What the sweep has not come to yet needs no second look.
    this.#again = position <= this.#sweep;
    const open = this.#values.length;
    if (throws) this.#raiseTo(params[0] as ValueId, TYPE_CODES.error);
    for (let i = 0; i < args.length; i++) this.#meet(params[i + skip] as ValueId, args[i] as ValueId);
    this.#again = this.#sweep === this.#cfg.blocks.length;
    if (this.#values.length > open) this.#missed = Math.min(this.#missed, position);
    if (this.#reached[position] === 1) return;
    this.#reached[position] = 1;
    if (position > this.#sweep) return;
    this.#missed = Math.min(this.#missed, position);
    this.#blocks.push(position);
  }

  /* ---- the lattice --------------------------------------------------------------------------------------------- */

  #lower(value: ValueId): void {
    if (this.#state[value] === ANYTHING) return;
    this.#state[value] = ANYTHING;
    if (this.#again) this.#values.push(value);
  }

  #setConstant(value: ValueId, constant: Scalar): void {
    const state = this.#state[value];
    if (state === NOTHING) {
      this.#state[value] = CONSTANT;
      this.#constant[value] = constant;
      if (this.#again) this.#values.push(value);
    } else if (state !== CONSTANT || !Object.is(this.#constant[value], constant)) {
      this.#lower(value);
    }
  }

  /** The value's type is (also) that code; -1 or a code that tells nothing: it may be anything. */
  #raiseTo(value: ValueId, code: number): void {
    const kind = this.#kinds[value];
    const tells = code > TYPE_CODES.undecided && code !== TYPE_CODES.any && (kind === 'any' || kind === 'ref');
    if (!tells) return this.#lower(value);
    const state = this.#state[value];
    if (state === NOTHING) {
      this.#state[value] = TYPED;
      this.#code[value] = code;
      if (this.#again) this.#values.push(value);
    } else if (state !== TYPED || this.#code[value] !== code) {
      this.#lower(value);
    }
  }

  #meet(into: ValueId, from: ValueId): void {
    switch (this.#state[from]) {
      case NOTHING:
        return;
      case CONSTANT:
        this.#decided = true;
        return this.#setConstant(into, this.#constant[from] as Scalar);
      case TYPED:
        return this.#raiseTo(into, this.#code[from] as number);
      default:
        return this.#lower(into);
    }
  }

  /** The code of an operand's type, -1 if it may be anything, -2 if nothing is known yet. */
  #codeOf(value: ValueId): number {
    const state = this.#state[value];
    return state === NOTHING ? -2 : state === TYPED ? (this.#code[value] as number) : -1;
  }

  #evaluate(inst: Inst, result: ValueId): void {
    const { fold } = opDef(inst.op);
    // The cast: a row's fold takes what its operand kinds say, which the verifier has checked.
    if (fold !== null) return this.#fold(inst, result, fold as unknown as Fold);
    const a = inst.args[0] as ValueId;
    switch (inst.op) {
      case 'const.i32':
      case 'const.i64':
      case 'const.f64':
        return this.#setConstant(result, inst.imm as Scalar);
      case 'const.str':
        return this.#raiseTo(result, TYPE_CODES.string);
      case 'const.nil':
        return this.#raiseTo(result, TYPE_CODES.nil);
      case 'box.i32':
      case 'box.i64':
        return this.#raiseTo(result, inst.imm as number);
      case 'box.f64':
        return this.#raiseTo(result, TYPE_CODES.f64);
      case 'box.ref':
        return this.#meet(result, a);
      case 'unbox.ref':
      case 'array.get.ref':
      case 'array.pop.ref':
        return this.#raiseTo(result, inst.imm as number);
      case 'is': {
        const code = this.#codeOf(a);
        if (code === -2) return;
        if (code === -1) return this.#lower(result);
        this.#decided = true;
        return this.#setConstant(result, code === inst.imm ? 1 : 0);
      }
      case 'struct.new':
        return this.#raiseTo(result, NOMINAL + (inst.imm as number));
      case 'enum.new':
        return this.#raiseTo(result, NOMINAL + (inst.imm as VariantImm).type);
      case 'closure.new':
      case 'closure.of':
        return this.#raiseTo(result, TYPE_CODES.func);
      case 'field.get.ref': {
        const code = this.#codeOf(a);
        if (code === -2) return;
        const type = code < NOMINAL ? undefined : this.#program.types[code - NOMINAL];
        return this.#raiseTo(result, type?.kind === 'struct' ? (type.fields[inst.imm as number]?.code ?? -1) : -1);
      }
      case 'call':
        return this.#call(inst, result);
      case 'call.closure':
        return this.#raiseTo(result, this.#program.signatures.get(inst.imm as SigId).result);
      case 'rt':
        return this.#builtin(inst, result);
      default:
        return this.#lower(result);
    }
  }

  #fold(inst: Inst, result: ValueId, fold: Fold): void {
    const { args } = inst;
    for (let i = 0; i < args.length; i++) {
      const state = this.#state[args[i] as ValueId];
      if (state === NOTHING) return;
      if (state === ANYTHING) return this.#lower(result);
    }
    const a = args[0] as ValueId;
    const b = args[1] as ValueId;
    const folded =
      args.length === 1
        ? fold(this.#constant[a] as Scalar)
        : args.length === 2
          ? fold(this.#constant[a] as Scalar, this.#constant[b] as Scalar)
          : fold(...args.map((arg) => this.#constant[arg] as Scalar));
    if (folded === undefined) return this.#lower(result);
    this.#decided = true;
    this.#setConstant(result, folded);
  }

  #call(inst: Inst, result: ValueId): void {
    const { callResult } = this.#options;
    if (callResult !== undefined) {
      // Wait until all arguments are known.
      if (inst.args.some((arg) => this.#state[arg] === NOTHING)) return;
      const code = callResult(inst, (value) => this.#codeOf(value));
      return code === null ? undefined : this.#raiseTo(result, code);
    }
    const callee = this.#program.funcs.get(inst.imm as FuncId);
    return this.#raiseTo(result, this.#program.signatures.get(callee.sig).result);
  }

  #builtin(inst: Inst, result: ValueId): void {
    const name = inst.imm as BuiltinName;
    const known = BUILTIN_CODES[name];
    if (known !== undefined) return this.#raiseTo(result, known);
    const a = inst.args[0] as ValueId;
    const b = inst.args[1] as ValueId;
    // Only a value of the type comes out.
    if (name === 'convert.any' || name === 'cast.any')
      return this.#raiseTo(result, this.#state[b] === CONSTANT ? (this.#constant[b] as number) : -1);
    if (this.#kinds[result] !== 'any') return this.#lower(result);
    const left = this.#codeOf(a);
    const right = b === undefined ? -1 : this.#codeOf(b);
    if (left === -2 || right === -2) return;
    const code =
      name === 'adapt.any'
        ? adaptedResult(left, right, () => this.#boxedConstant(a))
        : dynamicResult(name, left, right);
    this.#raiseTo(result, code);
  }

  #literals: Map<ValueId, bigint> | null = null;

  /** The integer in a word that was boxed from a constant instruction (what is merely found constant may yet turn out not to be). */
  #boxedConstant(value: ValueId): bigint | null {
    this.#literals ??= this.#findLiterals();
    return this.#literals.get(value) ?? null;
  }

  #findLiterals(): Map<ValueId, bigint> {
    const constants = new Map<ValueId, Scalar>();
    const literals = new Map<ValueId, bigint>();
    // Reverse postorder: definitions come before uses.
    for (const block of this.#cfg.blocks) {
      for (const inst of block.insts) {
        if (inst.result === null) continue;
        if (inst.op === 'const.i32' || inst.op === 'const.i64') constants.set(inst.result, inst.imm as Scalar);
        if (inst.op !== 'box.i32' && inst.op !== 'box.i64') continue;
        const raw = constants.get(inst.args[0] as ValueId);
        if (raw !== undefined && inst.imm !== TYPE_CODES.bool)
          literals.set(inst.result, integerOf(inst.imm as number, raw));
      }
    }
    return literals;
  }
}
