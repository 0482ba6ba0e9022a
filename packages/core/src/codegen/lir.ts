/**
 * Selected code before registers: opcodes over virtual registers, in layout order.
 *
 * A virtual register (`vreg`) begins as an SSA value and may be assigned several times once block parameters have become copies.
 * Calls and built-ins take their operands in a window of consecutive slots whose place is decided by the allocator.
 *
 * Every instruction has an index in layout order; it reads its operands at position 2·index and writes its results at 2·index + 1. A block
 * spans the positions of its instructions.
 */
import type { Brand } from '../base/brand.ts';
import type { Kind } from '../base/kinds.ts';
import type { Span } from '../base/source.ts';
import type { InlineSite } from '../ir/ir.ts';
import { givenOperands } from '../isa/encode.ts';
import type { Opcode, PlacedOperand } from '../isa/opcode.ts';

export type VReg = Brand<number, 'VReg'>;
/** Position of a block in layout order. */
export type LBlockId = Brand<number, 'LBlockId'>;

export interface Copy {
  readonly dst: VReg;
  readonly src: VReg;
}

export interface Window {
  readonly args: readonly VReg[];
  readonly result: VReg | null;
  /** A call: header slots lie below the window, and everything from there up is the callee's. */
  readonly call: boolean;
}

/** One value an operand of the opcode, in the order of `operandsOf`; what it means is the operand's role and kind. */
export type OperandValue = number;

interface Place {
  readonly span: Span;
  readonly inlined: readonly InlineSite[];
}

export type LInst = Place & {
  /** Where it goes if it fails; null unwinds. */
  handler: LBlockId | null;
  /** Registers that must hold their values while it runs: parameters of its handler, operands beside a window. */
  readonly keeps: readonly VReg[];
} & (
    | {
        readonly kind: 'op';
        readonly opcode: Opcode;
        readonly values: readonly OperandValue[];
        readonly window: Window | null;
      }
    /** All at once: sources are read before any destination is written. */
    | { readonly kind: 'copies'; readonly copies: readonly Copy[] }
    /** Parameters arrive in slots 0, 1, … */
    | { readonly kind: 'enter'; readonly params: readonly VReg[] }
  );

export type LTerm =
  | (Place & { readonly kind: 'jump'; to: LBlockId; readonly poll: number | null })
  /** Goes to `then` if the test holds. `poll` comes before the test and is taken either way; it becomes one with a backward branch. */
  | (Place & {
      readonly kind: 'branch';
      readonly test: Test;
      then: LBlockId;
      else: LBlockId;
      readonly poll: number | null;
    })
  /** The block's last instruction does not continue. */
  | { readonly kind: 'end' };

/**
 * A condition, named as in the opcodes `br.NAME` and `loop.NAME`: `nz`, `z`, `lt_s.i64`, `nlt.f64`. A constant right side is in `imm`, and
 * the opcode's name then ends in `.imm`.
 */
export interface Test {
  readonly name: string;
  readonly regs: readonly VReg[];
  readonly imm: number | null;
}

export interface LBlock {
  insts: LInst[];
  term: LTerm;
  /** How many loops it stands in. */
  depth: number;
}

export interface Handler {
  /** Receives the error. */
  readonly error: VReg;
  /** Its other parameters: each instruction that can go there keeps them (`LInst.keeps`). */
  readonly params: ReadonlySet<VReg>;
}

export interface LFunc {
  readonly name: string;
  readonly blocks: LBlock[];
  /** Kind of every vreg. */
  readonly kinds: Kind[];
  /** Blocks that errors go to. */
  readonly handlers: ReadonlyMap<LBlockId, Handler>;
  readonly params: readonly VReg[];
}

export function successors(block: LBlock): readonly LBlockId[] {
  switch (block.term.kind) {
    case 'jump':
      return [block.term.to];
    case 'branch':
      return block.term.then === block.term.else ? [block.term.then] : [block.term.then, block.term.else];
    default:
      return [];
  }
}

/** By number, of opcodes that were met. */
const OPERANDS: (readonly PlacedOperand[])[] = [];

/** The operands that `values` stand for, in order. */
export function operandsOf(opcode: Opcode): readonly PlacedOperand[] {
  let operands = OPERANDS[opcode.number];
  if (operands === undefined) {
    operands = givenOperands(opcode);
    OPERANDS[opcode.number] = operands;
  }
  return operands;
}

/** The places of register operands among an opcode's values. */
interface Places {
  readonly reads: readonly number[];
  readonly writes: readonly number[];
}

/** By opcode number, worked out when first asked for. */
const PLACES: (Places | undefined)[] = [];

function placesOf(opcode: Opcode): Places {
  const known = PLACES[opcode.number];
  if (known !== undefined) return known;
  const reads: number[] = [];
  const writes: number[] = [];
  for (const [i, { role }] of operandsOf(opcode).entries()) {
    if (role === 'imm') continue;
    if (role !== 'def') reads.push(i);
    if (role !== 'use') writes.push(i);
  }
  const places = { reads, writes };
  PLACES[opcode.number] = places;
  return places;
}

/** Calls `visit` with every register operand of an opcode's values and how it is used. */
export function visitOperands(
  opcode: Opcode,
  values: readonly OperandValue[],
  visit: (reg: VReg, reads: boolean, writes: boolean) => void,
): void {
  const operands = operandsOf(opcode);
  for (let i = 0; i < operands.length; i++) {
    const role = operands[i]?.role;
    if (role === undefined || role === 'imm') continue;
    visit(values[i] as VReg, role !== 'def', role !== 'use');
  }
}

/** Every register an instruction reads and writes, `keeps` apart. Reads come first. */
export function visitInst(inst: LInst, read: (reg: VReg) => void, write: (reg: VReg) => void): void {
  switch (inst.kind) {
    case 'op': {
      const { values, window } = inst;
      const { reads, writes } = placesOf(inst.opcode);
      for (let i = 0; i < reads.length; i++) read(values[reads[i] as number] as VReg);
      if (window !== null) for (let i = 0; i < window.args.length; i++) read(window.args[i] as VReg);
      for (let i = 0; i < writes.length; i++) write(values[writes[i] as number] as VReg);
      if (window !== null && window.result !== null) write(window.result);
      break;
    }
    case 'copies': {
      const { copies } = inst;
      for (let i = 0; i < copies.length; i++) read((copies[i] as Copy).src);
      for (let i = 0; i < copies.length; i++) write((copies[i] as Copy).dst);
      break;
    }
    default:
      for (const param of inst.params) write(param);
  }
}

/** Every register that the end of a block reads. */
export function visitTerm({ term }: LBlock, read: (reg: VReg) => void): void {
  if (term.kind === 'branch') for (const reg of term.test.regs) read(reg);
}
