/**
 * The machine code's side of `Emitter`: operands are locals, and leaving writes the frame.
 *
 * A function takes its frame pointer, the number of nested calls, the fuel and its typed parameters, and gives its result and the fuel
 * that is left; less than 0 is a status (minus RUN_STATUS), and then VM_FUEL has the fuel. The window in memory is not touched until
 * something may look at it: references before a call that may collect, everything that is live at an exit.
 *
 * Fuel, depth and slots are locals, so VM registers are written on the way out only. What leaves is cold: it stands inside an `if`
 * that is not taken.
 */
import { Bug, present } from '../../base/bug.ts';
import { BUILTINS, BUILTIN_NAMES, type BuiltinName } from '../../base/builtins.ts';
import type { Kind } from '../../base/kinds.ts';
import { TRAP_NAMES, type TrapName } from '../../base/traps.ts';
import type { Emitter } from '../../isa/emitter.ts';
import type { DecodedInst } from '../../isa/encode.ts';
import type { PlacedOperand } from '../../isa/opcode.ts';
import { RELOCATED, type ImmKind, type Role, type Target } from '../../isa/operand.ts';
import { infoOfClosure } from '../../isa/ops/dynamic.ts';
import { machineEntry } from '../../isa/entries.ts';
import type { BytecodeFunc, FuncIndex, HandlerRange, Safepoint } from '../../isa/program.ts';
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
  type VmWord,
} from '../../runtime/layout.ts';
import type { CodeWriter, Expr, F64, I32, I64, Label, Local } from '../../wasm/code-writer.ts';
import { funcType, type WasmType } from '../../wasm/types.ts';
import { RUN_STATUS } from '../interp/run-status.ts';
import { PlainEmitter } from '../plain-emitter.ts';
import type { Flow } from './flow.ts';
import { REP, WASM_OF_REP, repOfKind, windowOf, type Rep, type Slots } from './slots.ts';
import type { Linkage } from './linkage.ts';

/** `entry(frame) -> status`, as the interpreter calls machine code. */
export const ENTRY_TYPE = funcType(['i32'], ['i32']);

/** Parameters that stand before a function's own. */
export const HIDDEN_PARAMS = ['i32', 'i32', 'i64'] as const satisfies readonly WasmType[];

/** Objects of 9 to 128 bytes have size classes 8 bytes apart, from 16. */
const INLINE_CLASSES = { from: 9, to: 128 } as const;

const NOTHING = (): void => undefined;

const ERROR_RESULT = BigInt(-RUN_STATUS.error);

/** A branch target while machine code is written: its pc. */
interface TargetPc {
  readonly pc: number;
}

interface Callee {
  readonly func: I32;
  readonly info: I32;
  readonly closure: I32 | null;
  /** Whether it counts as a nested call: adapters do not. */
  readonly counted: boolean;
}

export abstract class UnitEmitter extends PlainEmitter implements Emitter {
  protected readonly link: Linkage;
  protected readonly func: BytecodeFunc;
  protected readonly flow: Flow;
  protected readonly slots: Slots;
  /** Address of the function's first instruction. */
  protected readonly code: number;
  protected readonly fp: Local<'i32'>;
  protected readonly depth: Local<'i32'>;
  protected readonly fuel: Local<'i64'>;
  /** Representation in which each slot is up to date now; 0: nowhere. */
  protected current: Uint8Array;
  /** Position of the instruction that is written. */
  protected at = 0;
  /** Whether control cannot reach the end of the instruction. */
  protected ended = false;
  readonly #locals = new Map<number, Local<WasmType>>();
  readonly #index: FuncIndex;
  readonly #where: Local<'i32'>;
  readonly #what: Local<'i32'>;
  #trapExit: Label | null = null;
  #errorExit: Label | null = null;

  constructor(w: CodeWriter, link: Linkage, index: FuncIndex, flow: Flow, slots: Slots, params: readonly Kind[]) {
    super(w);
    this.link = link;
    this.#index = index;
    this.func = present(link.program.funcs[index], 'function');
    this.flow = flow;
    this.slots = slots;
    this.code = link.codeAddress(index);
    this.fp = w.param(0, 'i32');
    this.depth = w.param(1, 'i32');
    this.fuel = w.param(2, 'i64');
    this.current = new Uint8Array(slots.count);
    params.forEach((kind, i) => {
      const rep = repOfKind(kind);
      this.#locals.set(4 * i + rep, w.param(HIDDEN_PARAMS.length + i, WASM_OF_REP[rep as 1]));
      this.current[i] = rep;
    });
    this.#where = w.local('i32');
    this.#what = w.local('i32');
  }

  /** Goes to a block, whose slots are settled. */
  protected abstract goTo(block: number): void;
  /** Goes to a block where the condition holds. */
  protected abstract branchWhere(condition: I32, block: number): void;

  /** The body, with what stands behind it: the exits of traps and of errors that are pending. */
  protected withExits(body: () => void): void {
    const { w } = this;
    w.block((error) => {
      this.#errorExit = error;
      w.block((trap) => {
        this.#trapExit = trap;
        body();
      });
      this.set('ERROR', w.call<'i32'>(this.link.core('trap_error'), [this.#what]));
    });
    this.#stand(this.#where);
    this.leave(w.i64.const(ERROR_RESULT));
    w.unreachable();
  }

  /** Hands the temporaries of an unfinished instruction over while other code is written. */
  protected aside<T>(body: () => T): T {
    const { current, at, ended } = this;
    const temporaries = this.temporaries;
    this.temporaries = [];
    this.current = current.slice();
    const result = body();
    this.current = current;
    this.at = at;
    this.ended = ended;
    this.temporaries = temporaries;
    return result;
  }

  protected get inst(): DecodedInst {
    return this.flow.insts[this.at] as DecodedInst;
  }

  // slots

  #local(slot: number, rep: number): Local<WasmType> {
    const key = 4 * slot + rep;
    let local = this.#locals.get(key);
    if (local === undefined) {
      local = this.w.local(WASM_OF_REP[rep as 1]);
      this.#locals.set(key, local);
    }
    return local;
  }

  /** A slot's value in a representation. */
  protected read(slot: number, rep: Rep): Expr<WasmType> {
    const { w } = this;
    const from = this.current[slot] as number;
    if (from === REP.dead) return this.#zero(rep);
    const value = this.#local(slot, from);
    if (from === rep || rep === REP.any) return value;
    const raw: I64 =
      from === REP.i32 ? w.i64.extendU(value as I32) : from === REP.f64 ? w.i64.bits(value as F64) : (value as I64);
    return rep === REP.i32 ? w.i32.wrap(raw) : rep === REP.f64 ? w.f64.fromBits(raw) : raw;
  }

  #zero(rep: Rep): Expr<WasmType> {
    const { w } = this;
    return rep === REP.i32 ? w.i32.const(0) : rep === REP.f64 ? w.f64.const(0) : w.i64.const(0n);
  }

  protected write(slot: number, rep: Rep, value: Expr<WasmType>): void {
    this.w.set(this.#local(slot, rep), value);
    this.current[slot] = rep;
  }

  /** Brings every slot that is wanted into its representation. */
  protected settle(wanted: Uint8Array, except = -1): void {
    for (let slot = 0; slot < wanted.length; slot++) {
      const rep = wanted[slot] as Rep;
      if (rep === REP.dead || slot === except || this.current[slot] === rep || this.current[slot] === REP.dead)
        continue;
      this.write(slot, rep, this.read(slot, rep));
    }
  }

  /** Loads from the window what is wanted. */
  protected load(wanted: Uint8Array): void {
    const { w } = this;
    wanted.forEach((rep, slot) => {
      if (rep === REP.dead) return;
      const at = 8 * slot;
      const value =
        rep === REP.i32 ? w.load32(this.fp, at) : rep === REP.f64 ? w.loadF64(this.fp, at) : w.load64(this.fp, at);
      this.write(slot, rep as Rep, value);
    });
  }

  #storeTo(base: I32, offset: number, slot: number): void {
    const { w } = this;
    const value = this.read(slot, REP.any);
    switch (this.current[slot]) {
      case REP.i32:
        return w.store64(base, w.i64.extendU(value as I32), offset);
      case REP.f64:
        return w.storeF64(base, value as F64, offset);
      default:
        return w.store64(base, value as I64, offset);
    }
  }

  #storeLive(wanted: Uint8Array, except = -1): void {
    for (let slot = 0; slot < wanted.length; slot++) {
      if (wanted[slot] !== REP.dead && slot !== except) this.#storeTo(this.fp, 8 * slot, slot);
    }
  }

  #storeRefs(safepoint: Safepoint | null): void {
    const { refs, anys } = present(safepoint, 'safepoint');
    for (const slot of refs) this.#storeTo(this.fp, 8 * slot, slot);
    for (const slot of anys) this.#storeTo(this.fp, 8 * slot, slot);
  }

  // leaving

  protected vm(name: VmWord): I32 {
    return this.w.i32.const(VM_REGS[name]);
  }

  protected get(name: VmWord): I32 {
    return this.w.load32(this.vm(name));
  }

  protected set(name: VmWord, value: I32): void {
    this.w.store32(this.vm(name), value);
  }

  #address(pc: number): I32 {
    return this.w.i32.const(this.code + 4 * pc);
  }

  #storeFuel(): void {
    this.w.store64(this.w.i32.const(VM_FUEL), this.fuel);
  }

  #loadFuel(): void {
    this.w.set(this.fuel, this.w.load64(this.w.i32.const(VM_FUEL)));
  }

  /** This frame is the innermost one and stands at an instruction. */
  #stand(pc: I32): void {
    this.set('FP', this.fp);
    this.set('PC', pc);
    this.#storeFuel();
  }

  /** Returns without result; `status` is 0 or less. */
  protected leave(status: I64): void {
    const { w, func } = this;
    if (func.result === null) w.return(status);
    else w.return(this.#zero(repOfKind(func.result)), status);
  }

  /** Stops before the instruction: everything that is live is written. */
  #stop(status: I64): void {
    this.#storeLive(this.slots.before(this.at));
    this.#stand(this.#address(this.inst.pc));
    this.leave(status);
  }

  trapIf(condition: I32, trap: TrapName): void {
    this.w.if(condition, () => this.#raise(this.w.i32.const(TRAP_NAMES.indexOf(trap))));
  }

  trap(position: I32): void {
    this.#raise(position);
  }

  #raise(position: I32): void {
    const { w } = this;
    const handler = this.flow.handlerOf(this.at);
    if (handler === null) {
      w.set(this.#where, this.#address(this.inst.pc));
      w.set(this.#what, position);
      w.br(present(this.#trapExit, 'exit of traps'));
      return;
    }
    this.set('ERROR', w.call(this.link.core('trap_error'), [position]));
    this.#catch(handler);
  }

  /** An error is in ERROR. */
  #raisePending(): void {
    const { w } = this;
    const handler = this.flow.handlerOf(this.at);
    if (handler !== null) return this.#catch(handler);
    w.set(this.#where, this.#address(this.inst.pc));
    w.br(present(this.#errorExit, 'exit of errors'));
  }

  /** Goes to a handler of this frame with the error; a collection that has become due is made on the way. */
  #catch(handler: HandlerRange): void {
    const { w } = this;
    w.if(w.call<'i32'>(this.link.core('gc_wanted'), []), () => {
      this.#storeRefs(this.slots.safepoint(handler.target));
      // The handler's safepoint has the error in its slot.
      w.store64(this.fp, w.i64.extendU(this.get('ERROR')), 8 * handler.slot);
      this.set('FP', this.fp);
      this.set('PC', this.#address(handler.target));
      w.do(w.call(this.link.core('gc_step'), []));
    });
    const block = present(this.flow.blockAt.get(handler.target), 'handler');
    this.aside(() => {
      const wanted = this.slots.atEntry(block);
      this.settle(wanted, handler.slot);
      this.current[handler.slot] = REP.dead;
      if (wanted[handler.slot] !== REP.dead) {
        const error = this.let('i32', this.get('ERROR'));
        this.write(handler.slot, REP.i32, error);
      }
      this.set('ERROR', w.i32.const(0));
      this.goTo(block);
      this.finish();
    });
  }

  // what may stop or collect

  core<T extends WasmType>(name: CoreFunction, args: readonly Expr<WasmType>[]): Expr<T> {
    const row = CORE_FUNCTIONS[name];
    // the table of core functions says what the result is; callers name the same type
    return this.#calling(row.results[0] as T, this.link.core(name), args, row.leaves) as Expr<T>;
  }

  coreEffect(name: CoreFunction, args: readonly Expr<WasmType>[]): void {
    this.#calling(null, this.link.core(name), args, CORE_FUNCTIONS[name].leaves);
  }

  builtin<T extends WasmType>(name: BuiltinName, args: readonly Expr<WasmType>[]): Expr<T> {
    const { effects } = BUILTINS[name];
    const type = builtinType(name).results[0] as T;
    return this.#calling(type, this.link.builtin(name), args, effects.traps || effects.allocates) as Expr<T>;
  }

  runtime(): void {
    const { start, args } = present(windowOf(this.inst, this.link.program), 'window');
    this.#callBuiltin(
      args.map((_, i) => start + i),
      start,
    );
  }

  runtimeOn(): void {
    const { op, values } = this.inst;
    const slots = (role: Role): number[] => values.filter((_, i) => op.placed[i]?.role === role);
    this.#callBuiltin(slots('use'), present(slots('def')[0], 'result'));
  }

  /** The built-in that the instruction names, on slots. */
  #callBuiltin(operands: readonly number[], into: number): void {
    const name = present(BUILTIN_NAMES[this.value('builtin')], 'built-in');
    const { params, result, effects } = BUILTINS[name];
    const leaves = effects.traps || effects.allocates || effects.writes;
    const type = builtinType(name).results[0] ?? null;
    const values = params.map((kind, i) => this.read(operands[i] as number, repOfKind(kind)));
    const value = this.#calling(type, this.link.builtin(name), values, leaves);
    if (result !== null) this.write(into, repOfKind(result), value as Expr<WasmType>);
  }

  /** Calls into the core. What could not finish is called again after the collection that it asked for, or the frame leaves. */
  #calling(
    type: WasmType | null,
    index: number,
    args: readonly Expr<WasmType>[],
    leaves: boolean,
  ): Expr<WasmType> | null {
    const { w } = this;
    const result = type === null ? null : this.temporary(type);
    const call = (): void => {
      if (result === null) w.do(w.call(index, args));
      else w.set(result, w.call(index, args));
    };
    if (!leaves) {
      call();
      return result;
    }
    this.#storeFuel();
    call();
    w.if(this.get('PENDING'), () => {
      w.loop((again) => {
        const why = w.local('i32');
        w.set(why, this.get('PENDING'));
        this.set('PENDING', w.i32.const(PENDING.none));
        w.if(w.i32.ne(why, w.i32.const(PENDING.collect)), () => {
          this.#loadFuel();
          w.if(w.i32.eq(why, w.i32.const(PENDING.error)), () => {
            this.set('COLLECTING_OFF', w.i32.const(0));
            this.#raisePending();
          });
          // PENDING.fuel and PENDING.host are their status plus one
          this.#stop(w.i64.extendS(w.i32.sub(w.i32.const(PENDING.fuel - RUN_STATUS.fuel), why)));
        });
        w.release(why);
        this.#storeRefs(this.slots.safepoint(this.inst.pc));
        this.set('FP', this.fp);
        this.set('PC', this.#address(this.inst.pc));
        w.do(w.call(this.link.core('gc_step'), []));
        this.set('COLLECTING_OFF', w.i32.const(1));
        call();
        w.brIf(again, this.get('PENDING'));
      });
      this.set('COLLECTING_OFF', w.i32.const(0));
    });
    this.#loadFuel();
    return result;
  }

  poll(cost: I64): void {
    const { w, fuel } = this;
    w.set(fuel, w.i64.sub(fuel, cost));
    w.if(w.i64.ltS(fuel, w.i64.const(0n)), () => {
      w.set(fuel, w.i64.add(fuel, cost));
      this.#storeFuel();
      w.if(w.i32.eqz(w.call<'i32'>(this.link.refill, [w.i32.wrap(cost)])), () =>
        this.#stop(w.i64.const(BigInt(-RUN_STATUS.fuel))),
      );
      this.#loadFuel();
      w.set(fuel, w.i64.sub(fuel, cost));
    });
  }

  // objects

  allocate(bytes: I32, layout: number, type: I32, aux: I32): I32 {
    const { w } = this;
    const size = this.let('i32', bytes);
    const head = this.let('i32', w.i32.or(w.i32.shl(type, w.i32.const(16)), w.i32.const(layout << 8)));
    const auxiliary = this.let('i32', aux);
    // address of the free list's head, or for larger objects of a word that is always 0
    const list = this.let(
      'i32',
      w.select(
        w.i32.leU(
          w.i32.sub(size, w.i32.const(INLINE_CLASSES.from)),
          w.i32.const(INLINE_CLASSES.to - INLINE_CLASSES.from),
        ),
        w.i32.sub(
          w.i32.shl(w.i32.shrU(w.i32.add(size, w.i32.const(7)), w.i32.const(3)), w.i32.const(2)),
          w.i32.const(8),
        ),
        w.i32.const(-VM_FREE_LISTS),
      ),
    );
    const cell = this.temporary('i32');
    w.set(cell, w.load32(w.i32.add(list, w.i32.const(VM_FREE_LISTS))));
    w.if(
      cell,
      () => {
        w.store32(w.i32.add(list, w.i32.const(VM_FREE_LISTS)), w.load32(cell, HEADER.aux));
        w.store32(cell, head);
        w.store32(cell, auxiliary, HEADER.aux);
      },
      () => w.set(cell, this.core<'i32'>('gc_alloc', [size, head, auxiliary])),
    );
    return cell;
  }

  fillSlots(object: I32): void {
    const { start, args } = present(windowOf(this.inst, this.link.program), 'window');
    args.forEach((_, i) => {
      this.#storeTo(object, SLOTS + 8 * i, start + i);
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
    w.if(this.get('GC_PHASE'), () => w.do(w.call(this.link.core('gc_barrier'), [object, word])));
  }

  // control

  jump(target: Target): void {
    this.goTo(this.#block(target));
    this.ended = true;
  }

  branchIf(condition: I32, target: Target): void {
    this.branchWhere(condition, this.#block(target));
  }

  #block(target: Target): number {
    return present(this.flow.blockAt.get((target as unknown as TargetPc).pc), 'branch target');
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

  checkDepth(deeper: I32): void {
    const { w } = this;
    this.trapIf(w.i32.gtU(w.i32.add(this.depth, deeper), this.get('DEPTH_LIMIT')), 'stackOverflow');
  }

  call(func: I32, info: I32): void {
    const { w } = this;
    const index = this.value('func') as FuncIndex;
    const callee = present(this.link.program.funcs[index], 'function');
    const start = this.value('window');
    this.#checkStack();
    const far: Callee = { func, info, closure: null, counted: true };
    const direct = this.link.direct(index);
    if (direct === null) return this.#callThroughMemory(far);
    const { result } = callee;
    const rep = result === null ? REP.dead : repOfKind(result);
    w.block((done) => {
      w.block((deep) => {
        w.brIf(deep, w.i32.gtU(this.#calleeDepth(), this.get('NATIVE_LIMIT')));
        if (direct.collects) {
          this.#storeRefs(this.#waiting());
          this.#writeHeader(far, 0);
        }
        const args = callee.params.map((kind, i) => this.read(start + i, repOfKind(kind)));
        w.do(
          w.call(direct.index, [w.i32.add(this.fp, w.i32.const(8 * start)), this.#calleeDepth(), this.fuel, ...args]),
        );
        w.set(this.fuel, NOTHING);
        const value = rep === REP.dead ? null : this.temporary(WASM_OF_REP[rep as 1]);
        if (value !== null) w.set(value, NOTHING);
        w.if(w.i64.ltS(this.fuel, w.i64.const(0n)), () => this.#calleeLeft(far, direct.collects));
        if (value !== null) w.set(this.#local(start, rep), value);
        w.br(done);
      });
      this.#callThroughMemory(far);
    });
  }

  callClosure(closure: I32): void {
    const { w } = this;
    const value = this.let('i32', closure);
    const info = this.let('i32', infoOfClosure(this, value));
    this.#checkStack();
    this.#callThroughMemory({ func: w.load32(value, HEADER.aux), info, closure: value, counted: true });
  }

  callBoxed(closure: I32, _window: I32, count: I32): void {
    const { w } = this;
    const value = this.let('i32', closure);
    const info = this.let('i32', infoOfClosure(this, value));
    w.if(w.i32.ne(w.load16(info, FUNC_INFO.params), count), () => this.coreEffect('arity_error', [value, count]));
    const func = this.let('i32', w.load32(info, FUNC_INFO.boxed));
    const adapter = this.let('i32', w.i32.add(this.get('FUNC_TABLE'), w.i32.mul(func, w.i32.const(FUNC_INFO_SIZE))));
    this.#checkStack();
    this.#callThroughMemory({ func, info: adapter, closure: value, counted: false });
  }

  enterMachineCode(): void {
    throw new Bug('machine code has no entries of machine code');
  }

  closure(): I32 {
    return this.w.load32(this.w.i32.add(this.fp, this.w.i32.const(FRAME.closure)));
  }

  #waiting(): Safepoint | null {
    const { pc, op } = this.inst;
    return this.slots.safepoint(pc + op.words - 1);
  }

  /** How deep the callee is nested. */
  #calleeDepth(): I32 {
    const { w } = this;
    return w.i32.add(this.depth, w.i32.const(this.value('deeper')));
  }

  /** Any window that begins where the callee's does must fit in the stack. */
  #checkStack(): void {
    const { w } = this;
    const frame = w.i32.add(this.fp, w.i32.const(8 * this.value('window')));
    this.trapIf(w.i32.gtU(frame, this.get('WINDOW_LIMIT')), 'stackOverflow');
  }

  /** The callee's frame header, and with it where this frame stands. */
  #writeHeader(callee: Callee, flag: number): void {
    const { w } = this;
    const base = 8 * this.value('window');
    const { pc, op } = this.inst;
    w.store32(this.fp, this.#calleeDepth(), base + FRAME.depth);
    w.store32(this.fp, callee.func, base + FRAME.func);
    w.store32(this.fp, w.i32.const((this.code + 4 * (pc + op.words)) | flag), base + FRAME.returnPc);
    w.store32(this.fp, this.fp, base + FRAME.callerFp);
    w.store32(this.fp, callee.closure ?? w.i32.const(0), base + FRAME.closure);
  }

  /** A callee that has its operands and result in the window: in the interpreter, or in machine code through its entry. */
  #callThroughMemory(callee: Callee): void {
    const { w } = this;
    const { start, args, result } = present(windowOf(this.inst, this.link.program), 'window');
    const base = 8 * start;
    if (callee.counted) this.trapIf(w.i32.gtU(this.#calleeDepth(), this.get('DEPTH_LIMIT')), 'stackOverflow');
    this.#storeRefs(this.#waiting());
    args.forEach((_, i) => {
      this.#storeTo(this.fp, base + 8 * i, start + i);
    });
    this.#writeHeader(callee, FRAME_ENDS_RUN);
    this.set('FP', w.i32.add(this.fp, w.i32.const(base)));
    this.#storeFuel();
    const status = this.temporary('i32');
    const entry = this.temporary('i32');
    w.set(entry, w.load32(callee.info, FUNC_INFO.code));
    const compiled = w.i32.and(
      w.i32.eq(w.load8(entry), w.i32.const((machineEntry(0)[0] as number) & 0xff)),
      w.i32.leU(this.#calleeDepth(), this.get('NATIVE_LIMIT')),
    );
    w.if(
      compiled,
      () => w.set(status, w.callIndirect<'i32'>(ENTRY_TYPE, w.load32(entry, 4), [this.get('FP')])),
      () => {
        this.set('PC', entry);
        w.set(status, w.call<'i32'>(this.link.run, []));
      },
    );
    this.#loadFuel();
    w.if(status, () => {
      w.set(this.fuel, w.i64.sub(w.i64.const(0n), w.i64.extendU(status)));
      this.#calleeLeft(callee, false);
    });
    if (result === null) return;
    const rep = repOfKind(result);
    const value =
      rep === REP.i32 ? w.load32(this.fp, base) : rep === REP.f64 ? w.loadF64(this.fp, base) : w.load64(this.fp, base);
    this.write(start, rep, value);
  }

  /** The callee gave a status: this frame catches its error, or leaves as well. */
  #calleeLeft(callee: Callee, hasHeader: boolean): void {
    const { w } = this;
    // It may have been the first frame of a run; now it is an ordinary one.
    if (!hasHeader) this.#writeHeader(callee, 0);
    w.if(w.i64.eq(this.fuel, w.i64.const(ERROR_RESULT)), () => {
      const handler = this.flow.handlerOf(this.at);
      if (handler === null) return this.leave(this.fuel);
      this.#loadFuel();
      this.#catch(handler);
    });
    const { def } = this.slots.effects(this.at);
    this.#storeLive(this.slots.before(this.at + 1), def?.slot);
    this.leave(this.fuel);
  }

  // operands

  /** The number in an operand of the instruction. */
  protected value(name: string): number {
    const { op, values } = this.inst;
    return values[op.placed.findIndex((operand) => operand.name === name)] as number;
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
