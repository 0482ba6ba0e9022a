/**
 * Instruction selection, values: which register has a value, and where constants are made.
 *
 * A constant is made where it is needed: in front of the outermost loop around the place, once; elsewhere in the block.
 */
import type { Arrays } from '../base/arrays.ts';
import { type Cfg, cfgOf } from '../analysis/cfg.ts';
import { type Dominators, dominates, dominatorsOf } from '../analysis/dominators.ts';
import { Bug, present } from '../base/bug.ts';
import type { Span } from '../base/source.ts';
import type { Block, BlockId, Edge, Func, FuncId, InlineSite, Inst, Terminator, ValueId } from '../ir/ir.ts';
import type { Opcode } from '../isa/opcode.ts';
import { opcode } from '../isa/opcodes.ts';
import type { Copy, LBlock, LBlockId, LFunc, LInst, VReg, Window } from './lir.ts';
import { visitOperands } from './lir.ts';
import type { Pools } from './pools.ts';
import { f64Bits } from './pools.ts';
import type { Regions } from './regions.ts';
import { findRegions } from './regions.ts';

/** What selection must know of the program around a function. */
export interface SelectContext {
  readonly pools: Pools;
  /** Of what is used until the function has its code. */
  readonly arrays: Arrays;
  /** How many constants short instructions may name. */
  readonly shortConstants: number;
  readonly hasCaptures: (func: FuncId) => boolean;
}

/** Constants put in front of one loop; more than this would fill the frame for little. */
const HOISTED_PER_LOOP = 48;

/** An instruction that makes a constant. */
export type ConstInst = Inst & { op: `const.${string}` };

const CONSTS: ReadonlySet<string> = new Set(['i32', 'i64', 'f64', 'str', 'null', 'nil'].map((what) => `const.${what}`));

/** No registers. */
export const NOTHING: VReg[] = [];

/** Whether an instruction makes a constant, which is made again where it is needed. */
export function isConst(inst: Inst | undefined): inst is ConstInst {
  return inst !== undefined && CONSTS.has(inst.op);
}

/** What is known of a function while its instructions are selected, and the registers of its values. Handler parameters are copied in front of what can fail. */
export abstract class ValueSelector {
  protected readonly func: Func;
  protected readonly cx: SelectContext;
  protected readonly order: BlockId[];
  /** By block id. */
  readonly #position: Int32Array;
  protected readonly kinds: LFunc['kinds'];
  protected readonly defs: (Inst | undefined)[];
  /** By value: the block whose instruction makes it. */
  readonly #homes: (Block | undefined)[];
  protected readonly uses: Int32Array;
  protected readonly regions: Regions;
  /** Made when first needed. */
  protected cfg: Cfg | null = null;
  #tree: Dominators | null = null;
  protected readonly blocks: LBlock[] = [];
  /** Whether some instruction looks for a method by name. */
  protected findsMethods = false;
  /** Constants put at the end of a block for the loop behind it, by block and constant. */
  readonly #hoisted = new Map<number, Map<ConstantKey, VReg>>();
  /** Constants already made in the current block. */
  protected readonly local = new Map<ConstantKey, VReg>();
  protected out: LInst[] = [];
  protected at = 0;
  protected span: Span;
  protected inlined: readonly InlineSite[] = [];

  constructor(func: Func, cx: SelectContext) {
    this.func = func;
    this.cx = cx;
    this.span = func.span;
    this.kinds = func.values.values().slice();
    this.order = [func.entry];
    for (const id of func.blocks.keys()) if (id !== func.entry) this.order.push(id);
    this.#position = cx.arrays.i32(func.nextBlock, -1);
    for (let i = 0; i < this.order.length; i++) this.#position[this.order[i] as BlockId] = i;
    this.defs = new Array<Inst | undefined>(func.values.size);
    this.#homes = new Array<Block | undefined>(func.values.size);
    this.uses = cx.arrays.i32(func.values.size);
    for (const id of this.order) this.#countUses(this.block(id));
    this.regions = findRegions(this.order.map((id) => this.#targets(this.block(id).term)));
  }

  /* ---- blocks ---------------------------------------------------------------------------------------------------- */

  protected block(id: BlockId): Block {
    const block = this.func.blocks.get(id);
    if (block === undefined) throw new Bug(`there is no block b${id}`);
    return block;
  }

  protected target(id: BlockId): LBlockId {
    return this.#position[id] as LBlockId;
  }

  #targets(term: Terminator): LBlockId[] {
    if (term.kind === 'jump') return [this.target(term.to.block)];
    return term.kind === 'br' ? [this.target(term.then.block), this.target(term.else.block)] : [];
  }

  #countUses(block: Block): void {
    const uses = this.uses;
    const countOne = (v: ValueId) => {
      uses[v] = (uses[v] as number) + 1;
    };
    const count = (values: readonly ValueId[]) => {
      for (let i = 0; i < values.length; i++) countOne(values[i] as ValueId);
    };
    for (const inst of block.insts) {
      if (inst.imm === 'dyn.method') this.findsMethods = true;
      count(inst.args);
      if (inst.exc !== null) {
        count(inst.exc.args);
      }
      if (inst.result !== null) {
        this.defs[inst.result] = inst;
        this.#homes[inst.result] = block;
      }
    }
    const { term } = block;
    if (term.kind === 'jump') count(term.to.args);
    else if (term.kind === 'br') {
      countOne(term.cond);
      count(term.then.args);
      count(term.else.args);
    } else if (term.kind === 'ret' && term.value !== null) countOne(term.value);
    else if (term.kind === 'trap' && term.exc !== null) count(term.exc.args);
  }

  /* ---- instructions ---------------------------------------------------------------------------------------------- */

  #op(
    op: Opcode,
    values: readonly number[],
    window: Window | null,
    handler: LBlockId | null,
    keeps: readonly VReg[],
  ): LInst {
    return { kind: 'op', opcode: op, values, window, span: this.span, inlined: this.inlined, handler, keeps };
  }

  protected copies(copies: readonly Copy[]): LInst {
    return { kind: 'copies', copies, span: this.span, inlined: this.inlined, handler: null, keeps: NOTHING };
  }

  /** What each handler parameter holds in the current block, by register. */
  protected readonly handlerHolds = new Map<VReg, ValueId>();

  protected emit(op: Opcode, values: readonly number[], window: Window | null = null, exc: Edge | null = null): void {
    // A window is filled before the instruction reads its registers: they must not lie in it.
    const keeps: VReg[] = window === null ? NOTHING : [];
    if (window !== null) {
      visitOperands(op, values, (reg, reads) => {
        if (reads) keeps.push(reg);
      });
    }
    if (exc === null) {
      this.out.push(this.#op(op, values, window, null, keeps));
      return;
    }
    const handler = this.target(exc.block);
    const [, ...params] = this.block(exc.block).params as unknown as VReg[];
    const copies: Copy[] = [];
    for (const [i, arg] of exc.args.entries()) {
      const dst = present(params[i], 'handler parameter');
      if (this.handlerHolds.get(dst) === arg) continue;
      this.handlerHolds.set(dst, arg);
      copies.push({ dst, src: this.fresh(arg) });
    }
    if (copies.length > 0) this.out.push(this.copies(copies));
    this.out.push(this.#op(op, values, window, handler, [...params, ...keeps]));
  }

  protected window(args: readonly ValueId[], result: VReg | null, call: boolean): Window {
    const used = result !== null && this.uses[result] !== 0 ? result : null;
    return { args: args.map((arg) => this.fresh(arg)), result: used, call };
  }

  protected resultOf(inst: Inst): VReg {
    return inst.result === null ? this.#newReg('i64') : (inst.result as unknown as VReg);
  }

  #newReg(kind: LFunc['kinds'][number]): VReg {
    this.kinds.push(kind);
    return (this.kinds.length - 1) as VReg;
  }

  protected inThisBlock(inst: Inst): boolean {
    return inst.result !== null && this.#homes[inst.result] === this.block(this.order[this.at] as BlockId);
  }

  /* ---- values ---------------------------------------------------------------------------------------------------- */

  /** The value of an integer constant. */
  protected integer(value: ValueId): bigint | null {
    const def = this.defs[value];
    return def?.op === 'const.i32' || def?.op === 'const.i64' ? BigInt(def.imm as number | bigint) : null;
  }

  /** The register of a value; a constant is made in front of the outermost loop around here, or in this block. */
  protected reg(value: ValueId | undefined): VReg {
    const v = present(value, 'operand');
    const def = this.defs[v];
    if (!isConst(def)) return v as unknown as VReg;
    const key = constantKey(def);
    const entry = this.loopEntry();
    if (entry !== null) {
      const shared = this.#hoisted.get(entry) ?? new Map<ConstantKey, VReg>();
      this.#hoisted.set(entry, shared);
      const known = shared.get(key);
      if (known !== undefined) return known;
      if (shared.size < HOISTED_PER_LOOP) {
        const reg = this.#newReg(this.func.values.get(v));
        (this.blocks[entry] as LBlock).insts.push(this.#constant(def, reg));
        shared.set(key, reg);
        return reg;
      }
    }
    const known = this.local.get(key);
    if (known !== undefined) return known;
    const reg = this.fresh(v);
    this.local.set(key, reg);
    return reg;
  }

  /** The block that the outermost loop around here is entered from, if whatever gets here has been through it. */
  protected loopEntry(): number | null {
    const entry = this.regions.entryOf(this.at);
    if (entry === null || entry >= this.at) return null;
    // A loop that never ends may stand around others in layout only.
    const cfg = (this.cfg ??= cfgOf(this.func));
    const tree = (this.#tree ??= dominatorsOf(cfg));
    const position = (at: number): number => cfg.position[this.order[at] as BlockId] as number;
    return dominates(tree, position(entry), position(this.at)) ? entry : null;
  }

  /** As `reg`, but a constant gets a register of its own, which a copy or window can take over. */
  protected fresh(value: ValueId): VReg {
    const def = this.defs[value];
    if (!isConst(def)) return value as unknown as VReg;
    const reg = this.#newReg(this.func.values.get(value));
    this.out.push(this.#constant(def, reg));
    return reg;
  }

  #constant({ op, imm }: ConstInst, reg: VReg): LInst {
    switch (op) {
      case 'const.i32': {
        const value = imm as number;
        return this.#made(value === (value << 16) >> 16 ? op : 'const.i32.long', [reg, value]);
      }
      case 'const.i64': {
        const value = imm as bigint;
        if (value !== BigInt.asIntN(32, value)) return this.#pooled(BigInt.asUintN(64, value), reg);
        return this.#made(value === BigInt.asIntN(16, value) ? op : 'const.i64.long', [reg, Number(value)]);
      }
      case 'const.f64':
        return this.#pooled(f64Bits(imm as number), reg);
      case 'const.str':
        return this.#made(op, [reg, this.cx.pools.string(imm as string)]);
      case 'const.null':
      case 'const.nil':
        return this.#made(op, [reg]);
      default:
        throw new Bug(`${op} is not a constant`);
    }
  }

  #pooled(bits: bigint, reg: VReg): LInst {
    const id = this.cx.pools.constant(bits);
    const isShort = id < Math.min(this.cx.shortConstants, 0x10000);
    return this.#made(isShort ? 'const.pool' : 'const.pool.long', [reg, id]);
  }

  #made(op: string, values: readonly number[]): LInst {
    return this.#op(opcode(op), values, null, null, NOTHING);
  }
}

/** Equal for constants that may share a register; 0 and -0 may not. What most constants are needs no text. */
type ConstantKey = number | bigint | string;

function constantKey({ op, imm }: ConstInst): ConstantKey {
  if (op === 'const.i32' || op === 'const.i64') return imm as number | bigint;
  return `${op} ${Object.is(imm, -0) ? '-0' : imm}`;
}
