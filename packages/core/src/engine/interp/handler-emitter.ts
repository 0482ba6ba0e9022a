/**
 * The interpreter's side of `Emitter`: one opcode's handler, with operands that fetch.
 *
 * Two places differ in how control leaves. In the big function a handler branches to labels; outside it is a function of its own, which
 * returns the address of the next instruction, or 0 with PENDING set. `Exits` has these verbs.
 *
 * Handlers in the big function call nothing: a call there would make the host's register allocator move the interpreter's locals around at
 * the border of every handler. Where an instruction's rare case needs a function of the core, it is executed again by its twin outside,
 * before anything has been changed.
 */
import { BUILTINS, type BuiltinName } from '../../base/builtins.ts';
import { TRAP_NAMES, type TrapName } from '../../base/traps.ts';
import type { Emitter } from '../../isa/emitter.ts';
import type { Opcode } from '../../isa/opcode.ts';
import type { Target } from '../../isa/operand.ts';
import { infoOfClosure } from '../../isa/ops/words.ts';
import { CORE_FUNCTIONS, builtinType, type CoreFunction } from '../../runtime/core-exports.ts';
import {
  FRAME,
  FRAME_ENDS_RUN,
  FUNC_INFO,
  FUNC_INFO_SIZE,
  HEADER,
  PENDING,
  SLOTS,
  VM_FREE_LISTS,
  VM_FUEL,
  VM_REGS,
} from '../../runtime/layout.ts';
import type { CodeWriter, Expr, I32, I64 } from '../../wasm/code-writer.ts';
import { funcType, type WasmType } from '../../wasm/types.ts';
import { PlainEmitter } from '../plain-emitter.ts';
import { RUN_STATUS } from './run-status.ts';
import { ENTRY_BYTES } from '../../runtime/program-layout.ts';
import { operandAddress, slotAddress, targetAddress, type Registers } from './frame-access.ts';

/** Values of PENDING inside the interpreter, beyond those of the core. */
export const PENDING_GUESS = 5;
export const PENDING_DONE = 6;
/** A machine trap: this plus its position in TRAPS. */
export const PENDING_TRAP = 256;

/** A status of fuel, host or a guess plus this is its PENDING. */
const PENDING_OF_STATUS = PENDING.fuel - RUN_STATUS.fuel;

/** Objects of 9 to 128 bytes have size classes 8 bytes apart, from 16. */
const INLINE_CLASSES = { from: 9, to: 128 } as const;

/** Objects that handlers in the big function make have so many slots, and bytes, at most. */
const INSIDE_SLOTS = 4;
const INSIDE_LARGEST = SLOTS + 8 * INSIDE_SLOTS;

/** How a handler leaves. */
export interface Exits {
  /** PENDING says why. */
  leave(): void;
  leaveIf(condition: I32): void;
  trapIf(condition: I32, trap: TrapName): void;
  /** A poll that cannot pay. */
  stopIf(condition: I32): void;
  /** Goes on at an address in the same frame. */
  goto(address: I32): void;
  /** Goes on in another frame; both are evaluated before either changes. */
  enter(pc: I32, fp: I32): void;
  /** Goes on at the first instruction of a function whose entry poll has been paid or cannot be: a FUNC_INFO and its new frame. */
  enterFunc(info: I32, fp: I32): void;
  /** In the big function: has the instruction executed by its twin outside. Null outside. */
  readonly outside: (() => void) | null;
  /** A call in the big function, around which all registers are in memory; just the call elsewhere. */
  calling(call: I32): I32;
  /** Leaves with PC and FP as they stand in the VM registers. */
  leaveThere(): void;
  /** The function that the driver called has returned. */
  done(): void;
}

/** Indices of the functions that handlers call. */
export interface Callees {
  core(name: CoreFunction): number;
  builtin(name: BuiltinName): number;
  /** Position in the table of the wrapper of built-in 0. */
  readonly wrappers: number;
}

/** A built-in's wrapper: `(pc, fp) -> pending`. */
export const WRAPPER_TYPE = { params: ['i32', 'i32'], results: ['i32'] } as const;
/** The entry of machine code: `(frame) -> status`. */
export const ENTRY_TYPE = funcType(['i32'], ['i32']);

export class HandlerEmitter extends PlainEmitter implements Emitter {
  readonly #regs: Registers;
  readonly #op: Opcode;
  readonly #exits: Exits;
  readonly #callees: Callees;
  /** Whether control cannot reach the end of the handler. */
  ended = false;

  constructor(w: CodeWriter, regs: Registers, op: Opcode, exits: Exits, callees: Callees) {
    super(w);
    this.#regs = regs;
    this.#op = op;
    this.#exits = exits;
    this.#callees = callees;
  }

  // leaving

  trapIf(condition: I32, trap: TrapName): void {
    this.#exits.trapIf(condition, trap);
  }

  trap(position: I32): void {
    const w = this.w;
    w.store32(this.#vm('PENDING'), w.i32.add(position, w.i32.const(PENDING_TRAP)));
    this.#exits.leave();
  }

  /** Leaves for the twin outside; what follows is never reached. */
  #outside<T extends WasmType>(outside: () => void): Expr<T> {
    outside();
    return () => this.w.unreachable();
  }

  core<T extends WasmType>(name: CoreFunction, args: readonly Expr<WasmType>[]): Expr<T> {
    if (this.#exits.outside) return this.#outside(this.#exits.outside);
    const row = CORE_FUNCTIONS[name];
    // the table of core functions says what the result is; callers name the same type
    const result = this.let(row.results[0] as T, this.w.call<T>(this.#callees.core(name), args));
    if (row.leaves) this.#leaveIfPending();
    return result;
  }

  coreEffect(name: CoreFunction, args: readonly Expr<WasmType>[]): void {
    if (this.#exits.outside) return this.#exits.outside();
    this.w.do(this.w.call(this.#callees.core(name), args));
    if (CORE_FUNCTIONS[name].leaves) this.#leaveIfPending();
  }

  builtin<T extends WasmType>(name: BuiltinName, args: readonly Expr<WasmType>[]): Expr<T> {
    if (this.#exits.outside) return this.#outside(this.#exits.outside);
    // as in `core`
    const result = this.let(builtinType(name).results[0] as T, this.w.call<T>(this.#callees.builtin(name), args));
    const { effects } = BUILTINS[name];
    if (effects.traps || effects.allocates) this.#leaveIfPending();
    return result;
  }

  builtinEffect(name: BuiltinName, args: readonly Expr<WasmType>[]): void {
    if (this.#exits.outside) return this.#exits.outside();
    this.w.do(this.w.call(this.#callees.builtin(name), args));
    const { effects } = BUILTINS[name];
    if (effects.traps || effects.allocates) this.#leaveIfPending();
  }

  #leaveIfPending(): void {
    this.#exits.leaveIf(this.w.load32(this.#vm('PENDING')));
    this.#collected();
  }

  /** The instruction that was executed again after a collection is through. */
  #collected(): void {
    this.w.store32(this.#vm('COLLECTING_OFF'), this.w.i32.const(0));
  }

  // objects

  allocate(bytes: I32, layout: number, type: I32, aux: I32): I32 {
    const w = this.w;
    const { outside } = this.#exits;
    const size = this.let('i32', bytes);
    if (outside) w.if(w.i32.gtU(size, w.i32.const(INSIDE_LARGEST)), outside);
    const head = this.let('i32', w.i32.or(w.i32.shl(type, w.i32.const(16)), w.i32.const(layout << 8)));
    const auxiliary = this.let('i32', aux);
    // address of the free list's head, or for larger objects of a word that is always 0
    const listOfSize = w.i32.sub(
      w.i32.shl(w.i32.shrU(w.i32.add(size, w.i32.const(7)), w.i32.const(3)), w.i32.const(2)),
      w.i32.const(8),
    );
    const isSmall = w.i32.leU(
      w.i32.sub(size, w.i32.const(INLINE_CLASSES.from)),
      w.i32.const(INLINE_CLASSES.to - INLINE_CLASSES.from),
    );
    const list = this.let(
      'i32',
      outside
        ? w.select(w.i32.eq(size, w.i32.const(SLOTS)), w.i32.const(-VM_FREE_LISTS), listOfSize)
        : w.select(isSmall, listOfSize, w.i32.const(-VM_FREE_LISTS)),
    );
    const cell = w.local('i32');
    this.temporaries.push(cell);
    w.set(cell, w.load32(w.i32.add(list, w.i32.const(VM_FREE_LISTS))));
    const take = (): void => {
      w.store32(list, w.load32(cell, HEADER.aux), VM_FREE_LISTS);
      w.store32(cell, head);
      w.store32(cell, auxiliary, HEADER.aux);
      this.#collected();
    };
    if (outside) {
      w.if(w.i32.eqz(cell), outside);
      take();
    } else w.if(cell, take, () => w.set(cell, this.core<'i32'>('gc_alloc', [size, head, auxiliary])));
    return cell;
  }

  fillSlots(object: I32, window: I32, count: I32): void {
    const w = this.w;
    if (this.#exits.outside) {
      // few slots, or `allocate` would have left
      const source = this.let('i32', slotAddress(w, this.#regs, window));
      const number = this.let('i32', count);
      const fill = (slot: number): void =>
        w.if(w.i32.gtU(number, w.i32.const(slot)), () => {
          w.store64(object, w.load64(source, 8 * slot), SLOTS + 8 * slot);
          if (slot + 1 < INSIDE_SLOTS) fill(slot + 1);
        });
      return fill(0);
    }
    const to = w.local('i32');
    const from = w.local('i32');
    const end = w.local('i32');
    this.temporaries.push(to, from, end);
    w.set(to, object);
    w.set(from, slotAddress(w, this.#regs, window));
    w.set(end, w.i32.add(from, w.i32.shl(count, w.i32.const(3))));
    w.block((out) =>
      w.loop((again) => {
        w.brIf(out, w.i32.eq(from, end));
        w.store64(to, w.load64(from), SLOTS);
        w.set(to, w.i32.add(to, w.i32.const(8)));
        w.set(from, w.i32.add(from, w.i32.const(8)));
        w.br(again);
      }),
    );
  }

  storeSlotBarrier(object: I32, address: I32, value: I64, offset?: number): void {
    this.#barrierOutside();
    const word = this.let('i64', value);
    this.w.store64(address, word, offset);
    this.#barrier(object, word);
  }

  storeElementBarrier(object: I32, address: I32, value: I32, offset?: number): void {
    this.#barrierOutside();
    const ref = this.let('i32', value);
    this.w.store32(address, ref, offset);
    this.#barrier(object, this.w.i64.extendU(ref));
  }

  /** While the collector marks, stores happen outside. */
  #barrierOutside(): void {
    const { outside } = this.#exits;
    if (outside) this.w.if(this.w.load32(this.#vm('GC_PHASE')), outside);
  }

  #barrier(object: I32, word: I64): void {
    if (this.#exits.outside) return;
    const w = this.w;
    w.if(w.load32(this.#vm('GC_PHASE')), () => w.do(w.call(this.#callees.core('gc_barrier'), [object, word])));
  }

  // control

  result<T extends WasmType>(value: Expr<T>): void {
    const operand = this.#op.placed.find((o) => o.role === 'def' || o.role === 'update');
    if (operand === undefined) return;
    const w = this.w;
    const address = operandAddress(w, this.#regs, operand);
    switch (operand.kind) {
      case 'i32':
      case 'ref':
        return w.store64(address, w.i64.extendU(value as I32));
      case 'f64':
        return w.storeF64(address, value as Expr<'f64'>);
      default:
        return w.store64(address, value as I64);
    }
  }

  closure(): I32 {
    return this.w.load32(this.#below(FRAME.closure));
  }

  jump(target: Target): void {
    this.#exits.goto(targetAddress(this.w, this.#regs, target));
    this.ended = true;
  }

  branchIf(condition: I32, target: Target): void {
    this.w.if(condition, () => this.#exits.goto(targetAddress(this.w, this.#regs, target)));
  }

  poll(cost: I64): void {
    const w = this.w;
    const { fuel } = this.#regs;
    const left = this.let('i64', w.i64.sub(fuel ?? w.load64(w.i32.const(VM_FUEL)), cost));
    this.#exits.stopIf(w.i64.ltS(left, w.i64.const(0n)));
    if (fuel) w.set(fuel, left);
    else w.store64(w.i32.const(VM_FUEL), left);
  }

  checkDepth(deeper: I32): void {
    const w = this.w;
    this.trapIf(w.i32.gtU(this.#depth(deeper), w.load32(this.#vm('DEPTH_LIMIT'))), 'stackOverflow');
  }

  call(func: I32, info: I32, window: I32, deeper: I32, closure: I32 | null): void {
    const callee = this.let('i32', info);
    const frame = this.#callee(window);
    const depth = this.#countCall(deeper);
    this.#enter(frame, func, callee, depth, closure);
  }

  callClosure(closure: I32, window: I32, deeper: I32): void {
    const value = this.let('i32', closure);
    const callee = this.let('i32', infoOfClosure(this, value));
    const frame = this.#callee(window);
    const depth = this.#countCall(deeper);
    this.#enter(frame, this.w.load32(value, HEADER.aux), callee, depth, value);
  }

  callBoxed(closure: I32, window: I32, count: I32, deeper: I32): void {
    const w = this.w;
    const value = this.let('i32', closure);
    const info = this.let('i32', infoOfClosure(this, value));
    w.if(w.i32.ne(w.load16(info, FUNC_INFO.params), count), () => this.coreEffect('arity_error', [value, count]));
    const func = this.let('i32', w.load32(info, FUNC_INFO.boxed));
    const adapter = this.let(
      'i32',
      w.i32.add(w.load32(this.#vm('FUNC_TABLE')), w.i32.mul(func, w.i32.const(FUNC_INFO_SIZE))),
    );
    const frame = this.#callee(window);
    this.#enter(frame, func, adapter, this.#depth(deeper), value);
  }

  /** The callee's frame pointer, if any window that begins there fits in the stack. */
  #callee(window: I32): I32 {
    const w = this.w;
    const frame = this.let('i32', slotAddress(w, this.#regs, window));
    this.trapIf(w.i32.gtU(frame, w.load32(this.#vm('WINDOW_LIMIT'))), 'stackOverflow');
    return frame;
  }

  /** How deep a callee will be nested, if it may. */
  #countCall(deeper: I32): I32 {
    const depth = this.#depth(deeper);
    this.trapIf(this.w.i32.gtU(depth, this.w.load32(this.#vm('DEPTH_LIMIT'))), 'stackOverflow');
    return depth;
  }

  #depth(deeper: I32): I32 {
    return this.let('i32', this.w.i32.add(this.w.load32(this.#below(FRAME.depth)), deeper));
  }

  #enter(frame: I32, func: I32, info: I32, depth: I32, closure: I32 | null): void {
    const w = this.w;
    const { pc, fp } = this.#regs;
    // offsets are from the lowest word, because they cannot be negative
    const header = w.i32.add(frame, w.i32.const(FRAME.depth));
    w.store32(header, depth);
    w.store32(header, func, FRAME.func - FRAME.depth);
    w.store32(header, w.i32.add(pc, w.i32.const(4 * this.#op.words)), FRAME.returnPc - FRAME.depth);
    if (closure === null) w.store64(header, w.i64.extendU(fp), FRAME.callerFp - FRAME.depth);
    else {
      w.store32(header, fp, FRAME.callerFp - FRAME.depth);
      w.store32(header, closure, FRAME.closure - FRAME.depth);
    }
    this.#exits.enterFunc(info, frame);
    this.ended = true;
  }

  return(value: I64 | null): void {
    if (value !== null) this.w.store64(this.#regs.fp, value);
    this.#returnToCaller();
  }

  enterMachineCode(entry: I32): void {
    const w = this.w;
    const outer = this.let('i32', w.load32(this.#vm('NATIVE_LIMIT')));
    const depth = this.let('i32', w.load32(this.#below(FRAME.depth)));
    const limit = w.local('i32');
    this.temporaries.push(limit);
    w.set(limit, outer);
    w.if(
      outer,
      // The host's stack has no room: on in bytecode, which stands behind this instruction.
      () => w.if(w.i32.gtU(depth, outer), () => this.#exits.goto(w.i32.add(this.#regs.pc, w.i32.const(ENTRY_BYTES)))),
      () => {
        // So many calls fit on the host's stack, in the frame stack and within the depth limit: machine code only counts them.
        const end = this.let('i32', w.load32(this.#vm('LEVELS_END')));
        const lower = (bound: I32): void => w.if(w.i32.gtU(limit, bound), () => w.set(limit, bound));
        w.set(limit, w.i32.const(0));
        w.if(w.i32.gtU(end, this.#regs.fp), () =>
          w.set(limit, w.i32.divU(w.i32.sub(end, this.#regs.fp), w.load32(this.#vm('LEVEL_BYTES')))),
        );
        lower(w.load32(this.#vm('NATIVE_ROOM')));
        w.set(limit, w.i32.add(limit, depth));
        lower(w.load32(this.#vm('DEPTH_LIMIT')));
      },
    );
    w.store32(this.#vm('NATIVE_LIMIT'), limit);
    const status = this.let('i32', w.callIndirect<'i32'>(ENTRY_TYPE, entry, [this.#regs.fp]));
    w.store32(this.#vm('NATIVE_LIMIT'), outer);
    w.if(status, () => {
      w.store32(this.#vm('PENDING'), w.i32.add(status, w.i32.const(PENDING_OF_STATUS)));
      w.if(w.i32.eq(status, w.i32.const(RUN_STATUS.error)), () =>
        w.store32(this.#vm('PENDING'), w.i32.const(PENDING.error)),
      );
      this.#exits.leaveThere();
    });
    this.#returnToCaller();
  }

  #returnToCaller(): void {
    const w = this.w;
    const pc = this.let('i32', w.load32(this.#below(FRAME.returnPc)));
    w.if(w.i32.and(pc, w.i32.const(FRAME_ENDS_RUN)), () => this.#exits.done());
    this.#exits.enter(pc, w.load32(this.#below(FRAME.callerFp)));
    this.ended = true;
  }

  runtime(builtin: I32): void {
    const w = this.w;
    const { pc, fp } = this.#regs;
    // the wrapper fetches operands and stores the result
    const index = w.i32.add(builtin, w.i32.const(this.#callees.wrappers));
    this.#exits.leaveIf(this.#exits.calling(w.callIndirect<'i32'>(WRAPPER_TYPE, index, [pc, fp])));
  }

  runtimeOn(builtin: I32): void {
    this.runtime(builtin);
  }

  // addresses

  #vm(name: keyof typeof VM_REGS): I32 {
    return this.w.i32.const(VM_REGS[name]);
  }

  #below(offset: number): I32 {
    return this.w.i32.add(this.#regs.fp, this.w.i32.const(offset));
  }
}

/** Stores a machine trap in PENDING. */
export function pendTrap(w: CodeWriter, trap: TrapName): void {
  w.store32(w.i32.const(VM_REGS.PENDING), w.i32.const(PENDING_TRAP + TRAP_NAMES.indexOf(trap)));
}

export function pendFuel(w: CodeWriter): void {
  w.store32(w.i32.const(VM_REGS.PENDING), w.i32.const(PENDING.fuel));
}
