/**
 * The machine code's side of `Emitter`: operands, objects and control; calls and ways out stand in the classes below it.
 */
import { Bug, present } from '../../base/bug.ts';
import { BUILTINS, BUILTIN_NAMES } from '../../base/builtins.ts';
import type { Kind } from '../../base/kinds.ts';
import type { Emitter } from '../../isa/emitter.ts';
import type { PlacedOperand } from '../../isa/opcode.ts';
import { RELOCATED, type ImmKind, type Role } from '../../isa/operand.ts';
import { inPlace } from '../../isa/ops/in-place.ts';
import { HEADER, SLOTS, VM_FREE_LISTS } from '../../runtime/layout.ts';
import type { Expr, I32, I64 } from '../../wasm/code-writer.ts';
import type { WasmType } from '../../wasm/types.ts';
import { REP, repOfKind, windowOf, type Rep } from './slots.ts';
import { CallEmitter } from './call-emitter.ts';

/** Objects of 9 to 128 bytes have size classes 8 bytes apart, from 16. */
const INLINE_CLASSES = { from: 9, to: 128 } as const;

/** A branch target while machine code is written: its pc. */
interface TargetPc {
  readonly pc: number;
}

export abstract class UnitEmitter extends CallEmitter implements Emitter {
  /** The block to which the instruction branches. */
  protected abstract get target(): number;
  /** Goes to a block where the condition holds. */
  protected abstract branchWhere(condition: I32, block: number): void;

  // objects

  allocate(bytes: I32, layout: number, type: I32, aux: I32): I32 {
    const { w } = this;
    const size = this.let('i32', bytes);
    const head = this.let('i32', w.i32.or(w.i32.shl(type, w.i32.const(16)), w.i32.const(layout << 8)));
    const auxiliary = this.let('i32', aux);
    // address of the free list's head, or for larger objects of a word that is always 0
    const list = this.let('i32', this.#freeList(size));
    const cell = this.temporary('i32');
    w.set(cell, w.load32(w.i32.add(list, w.i32.const(VM_FREE_LISTS))));
    w.if(
      cell,
      () => {
        w.store32(w.i32.add(list, w.i32.const(VM_FREE_LISTS)), w.load32(cell, HEADER.aux));
        w.store32(cell, head);
        w.store32(cell, auxiliary, HEADER.aux);
      },
      () => {
        w.cold();
        w.set(cell, this.core<'i32'>('gc_alloc', [size, head, auxiliary]));
      },
    );
    return cell;
  }

  /** Where the free list of a size class stands, from VM_FREE_LISTS. */
  #freeList(size: I32): I32 {
    const { w } = this;
    const none = w.i32.const(-VM_FREE_LISTS);
    const { from, to } = INLINE_CLASSES;
    const list = w.i32.sub(
      w.i32.shl(w.i32.shrU(w.i32.add(size, w.i32.const(7)), w.i32.const(3)), w.i32.const(2)),
      w.i32.const(8),
    );
    if (size.known !== undefined) return size.known >= from && size.known <= to ? list : none;
    return w.select(w.i32.leU(w.i32.sub(size, w.i32.const(from)), w.i32.const(to - from)), list, none);
  }

  fillSlots(object: I32): void {
    const { start, args } = present(windowOf(this.inst, this.link.program), 'window');
    args.forEach((_, i) => {
      this.storeTo(object, SLOTS + 8 * i, start + i);
    });
  }

  storeSlotBarrier(object: I32, address: I32, value: I64, offset?: number): void {
    const word = this.let('i64', value);
    this.w.store64(address, word, offset);
    this.#barrier(object, word);
  }

  storeElementBarrier(object: I32, address: I32, value: I32, offset?: number): void {
    const ref = this.let('i32', value);
    this.w.store32(address, ref, offset);
    this.#barrier(object, this.w.i64.extendU(ref));
  }

  #barrier(object: I32, word: I64): void {
    const { w } = this;
    w.if(this.get('GC_PHASE'), () => {
      w.cold();
      w.do(w.call(this.link.core('gc_barrier'), [object, word]));
    });
  }

  // built-ins

  runtime(): void {
    const { start, args } = present(windowOf(this.inst, this.link.program), 'window');
    this.#builtinOn(
      args.map((_, i) => start + i),
      start,
    );
  }

  runtimeOn(): void {
    const { op, values } = this.inst;
    const slots = (role: Role): number[] => values.filter((_, i) => op.placed[i]?.role === role);
    this.#builtinOn(slots('use'), present(slots('def')[0], 'result'));
  }

  /** The built-in that the instruction names, on slots. */
  #builtinOn(operands: readonly number[], into: number): void {
    const name = present(BUILTIN_NAMES[this.value('builtin')], 'built-in');
    const { params, result } = BUILTINS[name];
    const args = params.map((kind, i) => this.read(operands[i] as number, repOfKind(kind)));
    const value = inPlace(this, name, args);
    if (result !== null) this.write(into, repOfKind(result), value as Expr<WasmType>);
  }

  // control

  jump(): void {
    this.goTo(this.target);
    this.ended = true;
  }

  branchIf(condition: I32): void {
    this.branchWhere(condition, this.target);
  }

  return(value: I64 | null): void {
    const { w, func } = this;
    if (value === null || func.result === null) {
      w.return(this.fuel);
    } else {
      w.return(this.read(this.value('src'), repOfKind(func.result)), this.fuel);
    }
    this.ended = true;
  }

  enterMachineCode(): void {
    throw new Bug('machine code has no entries of machine code');
  }

  /** What `emit` of the instruction receives. */
  protected sources(): Record<string, Expr<WasmType> | TargetPc> {
    const { op, values, pc } = this.inst;
    const sources: Record<string, Expr<WasmType> | TargetPc> = {};
    op.placed.forEach((operand, i) => {
      const value = values[i] as number;
      if (operand.role === 'imm') sources[operand.name] = this.#immediate(operand, value, pc);
      else if (operand.role !== 'def') sources[operand.name] = this.read(value, this.#repOf(operand));
    });
    return sources;
  }

  #repOf({ kind }: PlacedOperand): Rep {
    return kind === 'slot' ? REP.i64 : repOfKind(kind as Kind);
  }

  #immediate(operand: PlacedOperand, value: number, pc: number): Expr<WasmType> | TargetPc {
    const { w, link } = this;
    const kind = operand.kind as ImmKind;
    switch (kind) {
      case 'target':
        return { pc: value };
      case 'pool':
        return w.i64.const(present(link.program.constants[value], 'constant'));
      case 'cost':
        return w.i64.const(BigInt(value));
      case 'i64':
        return w.i64.const(BigInt(value));
      default:
        return w.i32.const(RELOCATED.includes(kind) ? link.word(this.code + 4 * (pc + operand.at)) : value);
    }
  }

  result<T extends WasmType>(value: Expr<T>): void {
    const { op, values } = this.inst;
    const at = op.placed.findIndex(({ role }) => role === 'def' || role === 'update');
    if (at < 0) return;
    const { w } = this;
    const slot = values[at] as number;
    const operand = op.placed[at] as PlacedOperand;
    if (operand.kind !== 'slot') return this.write(slot, repOfKind(operand.kind as Kind), value);
    const wanted = this.slots.before(this.at + 1)[slot];
    const raw = value as unknown as I64;
    if (wanted === REP.i32) this.write(slot, REP.i32, w.i32.wrap(raw));
    else if (wanted === REP.f64) this.write(slot, REP.f64, w.f64.fromBits(raw));
    else this.write(slot, REP.i64, raw);
  }
}
