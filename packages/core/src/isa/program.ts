/**
 * The program format: where the compiling half and the executing half meet.
 *
 * A `BytecodeProgram` is plain data, independent of addresses; `engine/vm/load.ts` places it in memory. Functions carry their code as
 * 32-bit words, their constants, try ranges, safepoints and a table from pc to source. A pc is an index of words from
 * the start of its function's code.
 */
import type { Brand } from '../base/brand.ts';
import type { IdMap } from '../base/id-map.ts';
import type { Kind, TypeCode } from '../base/kinds.ts';
import type { SourceFile, Span } from '../base/source.ts';

export type Pc = Brand<number, 'Pc'>;
export type FuncIndex = Brand<number, 'FuncIndex'>;

/** A try range [start, end) of pcs, innermost ranges first in their list; the error goes to `slot`. */
export interface HandlerRange {
  readonly start: Pc;
  readonly end: Pc;
  readonly target: Pc;
  readonly slot: number;
}

/**
 * Slots that hold live references or any words at `pc`. For an instruction that is executed again after a collection or a stop, `pc` is its
 * own; for a call it is the pc of its last word (see SAFEPOINT in runtime/layout.ts).
 */
export interface Safepoint {
  readonly pc: Pc;
  readonly refs: readonly number[];
  readonly anys: readonly number[];
}

/** From `pc` on (until the next entry) code stands for `span`, inlined through `inlined`, innermost first. */
export interface PcEntry {
  readonly pc: Pc;
  readonly span: Span;
  readonly inlined: readonly { readonly callee: string; readonly span: Span }[];
}

/** Frames are described to the collector by 15-bit numbers of slots. */
export const MAX_FRAME = 0x7fff;

export interface BytecodeFunc {
  readonly name: string;
  readonly displayName: string;
  readonly params: readonly Kind[];
  readonly result: Kind | null;
  readonly captures: readonly Kind[];
  readonly sig: number;
  /** Boxed entry; null if the function is never a value. */
  readonly boxed: FuncIndex | null;
  /** Window size in slots: registers, spills and outgoing calls. */
  readonly frame: number;
  readonly code: Uint32Array;
  readonly handlers: readonly HandlerRange[];
  readonly safepoints: readonly Safepoint[];
  readonly lines: readonly PcEntry[];
  readonly span: Span;
}

export interface BytecodeField {
  readonly name: string;
  readonly code: TypeCode;
  readonly kind: Kind;
  /** Parameters of the function that the field holds; 0 for all other types. */
  readonly arity: number;
}

export type BytecodeType =
  | {
      readonly kind: 'struct';
      readonly name: string;
      readonly fields: readonly BytecodeField[];
      readonly methods: readonly { readonly name: string; readonly func: FuncIndex }[];
    }
  | {
      readonly kind: 'enum';
      readonly name: string;
      readonly variants: readonly { readonly name: string; readonly payload: readonly BytecodeField[] }[];
    };

export interface BytecodeProgram {
  readonly files: IdMap<Span['file'], SourceFile>;
  readonly funcs: readonly BytecodeFunc[];
  readonly types: readonly BytecodeType[];
  readonly globals: readonly { readonly name: string; readonly kind: Kind }[];
  readonly signatures: readonly { readonly params: readonly TypeCode[]; readonly result: TypeCode }[];
  /** Constant strings as text, by number. */
  readonly strings: readonly string[];
  /** 64-bit constants (integers, double bits) that instructions name by number. */
  readonly constants: readonly bigint[];
  readonly modules: readonly { readonly name: string; readonly init: FuncIndex }[];
  readonly main: FuncIndex | null;
}
