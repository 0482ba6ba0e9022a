/**
 * How the interpreter fetches operands: fields by byte loads from the instruction, registers from the frame.
 */
import type { CodeWriter, I32, I64, Local } from '../../wasm/code-writer.ts';
import type { Opcode, PlacedOperand } from '../../isa/opcode.ts';
import type { Target } from '../../isa/operand.ts';
import { CONSTANTS } from '../../runtime/program-layout.ts';
import type { WasmType } from '../../wasm/types.ts';

type Value = (() => void) & { readonly wasm?: WasmType };

/** The interpreter's locals. */
export interface Registers {
  /** Address of the running instruction. */
  readonly pc: Local<'i32'>;
  /** Address of the running window's first slot. */
  readonly fp: Local<'i32'>;
  /** In `run`: what VM_FUEL holds elsewhere. */
  readonly fuel: Local<'i64'> | null;
}

/** What stands for a branch target while the interpreter is generated: the word that holds its address. */
interface TargetWord {
  readonly word: number;
}

/** Address of the instruction that a branch goes to. */
export function targetAddress(w: CodeWriter, { pc }: Registers, target: Target): I32 {
  // `sources` below makes all targets
  return w.load32(pc, 4 * (target as unknown as TargetWord).word);
}

/** Address of slot `index`. */
export function slotAddress(w: CodeWriter, { fp }: Registers, index: I32): I32 {
  return w.i32.add(fp, w.i32.shl(index, w.i32.const(3)));
}

function fieldIndex(w: CodeWriter, { pc }: Registers, operand: PlacedOperand): I32 {
  switch (operand.field) {
    case 'word':
      return w.load32(pc, 4 * operand.at);
    case 'reg16':
    case 'u16':
    case 's16':
      return w.load16(pc, operand.at);
    default:
      return w.load8(pc, operand.at);
  }
}

/** Address of the slot that a register operand names. */
export function operandAddress(w: CodeWriter, regs: Registers, operand: PlacedOperand): I32 {
  return slotAddress(w, regs, fieldIndex(w, regs, operand));
}

function register(w: CodeWriter, regs: Registers, operand: PlacedOperand): Value {
  const address = operandAddress(w, regs, operand);
  switch (operand.kind) {
    case 'i32':
    case 'ref':
      return w.load32(address);
    case 'f64':
      return w.loadF64(address);
    default:
      return w.load64(address);
  }
}

function immediate64(w: CodeWriter, { pc }: Registers, operand: PlacedOperand): I64 {
  switch (operand.field) {
    case 's8':
      return w.load64s8(pc, operand.at);
    case 's16':
      return w.load64s16(pc, operand.at);
    default:
      return w.load64s32(pc, 4 * operand.at);
  }
}

function immediate(w: CodeWriter, regs: Registers, operand: PlacedOperand): Value {
  const { pc } = regs;
  switch (operand.kind) {
    case 'target': {
      const target: TargetWord = { word: operand.at };
      return target as unknown as Value;
    }
    case 'pool':
      return operand.field === 'word'
        ? w.load64(w.load32(pc, 4 * operand.at))
        : w.load64(w.i32.shl(w.load16(pc, operand.at), w.i32.const(3)), CONSTANTS);
    case 'cost':
      return w.load64u32(pc, 4 * operand.at);
    case 'i64':
      return immediate64(w, regs, operand);
    default:
      if (operand.field === 's8') return w.load8s(pc, operand.at);
      if (operand.field === 's16') return w.load16s(pc, operand.at);
      return fieldIndex(w, regs, operand);
  }
}

/** What `emit` of an opcode receives in the interpreter: operands by name, fetched where they are used. */
export function sources(w: CodeWriter, regs: Registers, op: Opcode): Record<string, Value> {
  const result: Record<string, Value> = {};
  for (const operand of op.placed) {
    if (operand.role === 'def') continue;
    result[operand.name] = operand.role === 'imm' ? immediate(w, regs, operand) : register(w, regs, operand);
  }
  return result;
}
