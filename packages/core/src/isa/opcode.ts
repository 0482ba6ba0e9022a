/**
 * What an opcode is: one definition, from which encoder, decoder, disassembler, interpreter handler, machine code, selection and tests derive.
 *
 * `emit` is staged: it is called with operands that fetch (interpreter) or that are (machine code) the values. `fold` states the
 * same meaning in plain numbers, giving undefined where the operation traps.
 */
import type { BuiltinName } from '../base/builtins.ts';
import type { Emitter } from './emitter.ts';
import type { Operand, Operands, PlainResult, PlainSources, ResultOf, Sources } from './operand.ts';

/**
 * Whether a frame may be looked at here. `self`: it may stop or collect and is then executed again, its safepoint is keyed by its own pc
 * and contains its operands. `call`: the frame waits for a callee, the safepoint is keyed by the pc of its last word. `both`: a call that
 * may itself collect before it enters its callee. `rt`: `self`, if the built-in's row says that it allocates, traps or writes.
 */
export type SafepointClass = 'none' | 'self' | 'call' | 'both' | 'rt';

export type Flow =
  | 'next'
  /** Goes to `target`. */
  | 'jump'
  /** Goes to `target` or to the next instruction. */
  | 'branch'
  | 'call'
  | 'return'
  /** Never continues. */
  | 'stop';

export interface Traits {
  readonly traps: boolean;
  readonly safepoint: SafepointClass;
  readonly flow: Flow;
}

export const pure: Traits = { traps: false, safepoint: 'none', flow: 'next' };
export const trapping: Traits = { ...pure, traps: true };
/** Can allocate, collect or stop, and trap. */
export const stopping: Traits = { traps: true, safepoint: 'self', flow: 'next' };
export const branching: Traits = { ...pure, flow: 'branch' };
/** A poll and a branch. */
export const looping: Traits = { traps: false, safepoint: 'self', flow: 'branch' };

/**
 * Where the interpreter keeps the handler. `hot`: in the big function, jumping on to the next hot handler by itself; `inline`: in the
 * big function; `outside`: in a function of its own. Affects speed only.
 */
export type Placement = 'hot' | 'inline' | 'outside';

type Scalar = number | bigint;

/** An entry of the table without its number. */
export interface OpcodeDef {
  readonly name: string;
  readonly doc: string;
  readonly operands: Operands;
  readonly traits: Traits;
  readonly place: Placement;
  /** IR operations this opcode means; `rt:NAME` for a built-in. See `select.ts`. */
  readonly ir: readonly string[];
  /** Built-ins that `emit` calls, apart from those that the opcode means. */
  readonly calls: readonly BuiltinName[];
  readonly fold: ((sources: never) => Scalar | undefined) | null;
  /** Writes the code; a result is stored in the `def` or `update` operand by the engine. */
  readonly emit: (w: Emitter, sources: never) => (() => void) | void;
}

/** Definitions that are made together when one of them is asked for. */
export type OpcodeGroup = () => readonly OpcodeDef[];

interface ValueRow<O extends Operands> {
  readonly name: string;
  readonly doc: string;
  readonly operands: O;
  readonly traits?: Traits;
  readonly place?: Placement;
  readonly ir?: readonly string[];
  readonly fold?: (sources: PlainSources<O>) => PlainResult<O> | undefined;
  readonly emit: (w: Emitter, sources: Sources<O>) => ResultOf<O>;
}

/** An opcode that gives a value. */
export function valueOp<const O extends Operands>(row: ValueRow<O>): OpcodeDef {
  return {
    name: row.name,
    doc: row.doc,
    operands: row.operands,
    traits: row.traits ?? pure,
    place: row.place ?? 'inline',
    ir: row.ir ?? [row.name],
    calls: [],
    fold: (row.fold ?? null) as OpcodeDef['fold'],
    emit: row.emit as OpcodeDef['emit'],
  };
}

interface EffectRow<O extends Operands> {
  readonly name: string;
  readonly doc: string;
  readonly operands: O;
  readonly traits: Traits;
  readonly place?: Placement;
  readonly ir?: readonly string[];
  readonly calls?: readonly BuiltinName[];
  readonly emit: (w: Emitter, sources: Sources<O>) => void;
}

/** An opcode that does something. */
export function effectOp<const O extends Operands>(row: EffectRow<O>): OpcodeDef {
  return {
    name: row.name,
    doc: row.doc,
    operands: row.operands,
    traits: row.traits,
    place: row.place ?? 'inline',
    ir: row.ir ?? [row.name],
    calls: row.calls ?? [],
    fold: null,
    emit: row.emit as OpcodeDef['emit'],
  };
}

/** An operand with its name and its place in the instruction. */
export interface PlacedOperand extends Operand {
  readonly name: string;
  /** Byte in word 0 (1 to 3), or for a `word` field the index of the word. */
  readonly at: number;
}

/** An opcode as data: what compiling and loading a program takes. */
export interface Opcode extends Pick<OpcodeDef, 'name' | 'traits' | 'place'> {
  readonly number: number;
  readonly placed: readonly PlacedOperand[];
  /** Length in words. */
  readonly words: number;
}

/** An opcode with its meaning. */
export interface DefinedOpcode extends Opcode, OpcodeDef {}
