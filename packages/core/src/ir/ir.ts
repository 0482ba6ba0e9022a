/**
 * Typed SSA: what the passes work on, between the typed tree and bytecode.
 *
 * A function is a list of blocks with parameters (no phi instructions); an edge passes arguments. A value has one machine
 * kind. Instructions are named in the table `ops.ts`, which also states their operands and effects.
 *
 * Exceptions: an instruction that can fail inside a `try` carries `exc`, an edge to the handler block, whose first
 * parameter is the error (ref) and whose others take the edge's arguments. Such an edge *leaves its block at the top*: nothing
 * defined in the block is visible in the handler except through arguments, and for dominance the edge counts as coming from the
 * block's immediate dominator (an entry block therefore has no `exc`). Without `exc` a failure unwinds to the caller.
 *
 *     b1(v3: i64, v7: ref):
 *       v4 = addc.i64 v3, v9          !b5(v3)      // on overflow: b5(error, v3)
 *       br v8, b2(v4), b3()
 */
import type { Brand } from '../base/brand.ts';
import type { IdMap } from '../base/id-map.ts';
import type { Kind, TypeCode } from '../base/kinds.ts';
import type { SourceFile, Span } from '../base/source.ts';
import type { TrapName } from '../base/traps.ts';
import type { FuncId, GlobalId, TypeId } from '../hir/hir.ts';
import type { Imm, OpName } from './ops.ts';

export type ValueId = Brand<number, 'ValueId'>;
export type BlockId = Brand<number, 'BlockId'>;
export type SigId = Brand<number, 'SigId'>;
export type { FuncId, GlobalId, Kind, TypeCode, TypeId };

export interface Edge {
  block: BlockId;
  args: ValueId[];
}

export interface Inst {
  op: OpName;
  args: ValueId[];
  imm: Imm;
  /** Null if the operation has no result. */
  result: ValueId | null;
  exc: Edge | null;
  span: Span;
  /** Call sites this instruction was inlined through, innermost first; empty if it is the function's own. */
  inlined: readonly InlineSite[];
}

export interface InlineSite {
  readonly callee: FuncId;
  readonly span: Span;
}

/** Written out in this order of properties wherever one is made, so that each kind is of one shape. */
export type Terminator =
  | { kind: 'jump'; to: Edge; span: Span }
  /** `cond` is an i32; non-zero takes `then`. */
  | { kind: 'br'; cond: ValueId; then: Edge; else: Edge; span: Span }
  /** `value` is null exactly if the function has no result. */
  | { kind: 'ret'; value: ValueId | null; span: Span }
  | { kind: 'trap'; trap: TrapName; exc: Edge | null; span: Span; inlined: readonly InlineSite[] }
  /** After an instruction that never gives a value. Of the shape of `ret`: V8 tells four shapes apart quickly, five it does not. */
  | { kind: 'unreachable'; value: null; span: Span };

export interface Block {
  params: ValueId[];
  insts: Inst[];
  term: Terminator;
}

export interface Func {
  readonly id: FuncId;
  readonly name: string;
  /** What a function value shows: `<function NAME>`. */
  readonly displayName: string;
  /** Kinds of the entry block's parameters. */
  params: readonly Kind[];
  result: Kind | null;
  /** Exact types, for signatures and boxed entries. */
  sig: SigId;
  /** Kinds of captured slots, in the order `closure.new` gives them and `env.get` reads them. */
  readonly captures: readonly Kind[];
  /**
   * A function that takes and gives `any` words, checks and converts them, and calls this one; for calls that do not know the
   * signature. Null if the function is never a value.
   */
  boxed: FuncId | null;
  entry: BlockId;
  /** Blocks by id, in the order of the map code is laid out (source order, bodies before what follows them); ids may be missing. */
  readonly blocks: Map<BlockId, Block>;
  /** Kind of every value ever made. */
  readonly values: IdMap<ValueId, Kind>;
  nextBlock: number;
  /** Whether it may have handlers. If not, no instruction has `exc`, and all edges are those of terminators. */
  catches: boolean;
  readonly span: Span;
}

/** Types with the same key have one signature: a call may pass typed operands only to a callee of its own signature. */
export interface Signature {
  readonly params: readonly TypeCode[];
  readonly result: TypeCode;
}

export interface IrField {
  readonly name: string;
  readonly code: TypeCode;
  readonly kind: Kind;
  /** Parameters of the function that the field holds; 0 for all other types. */
  readonly arity: number;
}

/** One struct or enum, in the order of `TypeId`; what the machine needs to show, compare, collect and look up by name. */
export type IrType =
  | {
      readonly kind: 'struct';
      readonly name: string;
      readonly fields: readonly IrField[];
      /** For dynamic member calls: the boxed entry takes the object first. */
      readonly methods: readonly { readonly name: string; readonly func: FuncId }[];
    }
  | {
      readonly kind: 'enum';
      readonly name: string;
      readonly variants: readonly { readonly name: string; readonly payload: readonly IrField[] }[];
    };

export interface IrGlobal {
  readonly name: string;
  readonly kind: Kind;
}

export interface IrProgram {
  readonly files: IdMap<Span['file'], SourceFile>;
  readonly funcs: IdMap<FuncId, Func>;
  readonly types: readonly IrType[];
  readonly globals: IdMap<GlobalId, IrGlobal>;
  readonly signatures: IdMap<SigId, Signature>;
  /** In the order of execution; each result is an i32, true if a top-level `return` ended it. */
  readonly modules: readonly { readonly name: string; readonly init: FuncId }[];
  readonly main: FuncId | null;
  /**
   * Whether no array is accessed by typed instructions of two element types: then accesses of two types are of two arrays. Pass
   * `program-types` finds out; passes behind it look at the storage kind before they choose an instruction, so it stays true.
   * `null` until it has looked.
   */
  elementsApart: boolean | null;
}
