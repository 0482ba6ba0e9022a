/**
 * How machine code leaves: errors and traps, calls into the core that may collect, the end of the fuel.
 *
 * The window in memory is not touched until something may look at it: references before a call that may collect, everything that is live at
 * an exit. What leaves is cold: it stands inside an `if` that is not taken.
 */
import { present } from '../../base/bug.ts';
import type { BuiltinName } from '../../base/builtins.ts';
import { TRAP_NAMES, type TrapName } from '../../base/traps.ts';
import type { HandlerRange } from '../../isa/program.ts';
import { builtinIsSafepoint, builtinNumber } from '../../isa/select.ts';
import { CORE_FUNCTIONS, builtinType, type CoreFunction } from '../../runtime/core-exports.ts';
import type { Expr, I32, I64, Label, Local } from '../../wasm/code-writer.ts';
import type { WasmType } from '../../wasm/types.ts';
import { RUN_STATUS } from '../interp/run-status.ts';
import { REP, repOfKind } from './slots.ts';
import { ERROR_RESULT } from './outlined.ts';
import { FrameEmitter } from './frame-emitter.ts';
import { mayLeave } from './linkage.ts';
import { isWritten } from './shared-exits.ts';

/** Writes what is live in many exits, in these representations, and leaves. */
interface SharedExit {
  readonly reps: Uint8Array;
  label: Label | null;
  used: boolean;
}

export abstract class LeavingEmitter extends FrameEmitter {
  readonly #where: Local<'i32'> = this.w.local('i32');
  readonly #what: Local<'i32'> = this.w.local('i32');
  #trapExit: Label | null = null;
  #traps = false;
  #sharedExits: readonly SharedExit[] = [];

  /** Goes to a block, whose slots are settled. */
  protected abstract goTo(block: number): void;

  /** Takes what was used of the fuel and not paid yet, before the code that is written leaves. */
  protected abstract payRounds(): void;

  /** The body, with what stands behind it: exits that write these sets of slots, the exit of traps. */
  protected withExits(shared: readonly Uint8Array[], body: () => void): void {
    const { w } = this;
    this.#sharedExits = shared.map((reps) => ({ reps, label: null, used: false }));
    w.block((trap) => {
      this.#trapExit = trap;
      this.#withShared(0, body);
    });
    if (this.#traps) {
      this.set('ERROR', w.call<'i32'>(this.link.core('trap_error'), [this.#what]));
      this.storeFuel();
      this.leave(w.call<'i64'>(this.link.outlined.stand, [this.fp, this.#where, w.i64.const(ERROR_RESULT)]));
    }
    w.unreachable();
  }

  /** The body in a block for each shared exit, whose code stands behind it. */
  #withShared(number: number, body: () => void): void {
    const { w } = this;
    const exit = this.#sharedExits[number];
    if (exit === undefined) return body();
    w.block((label) => {
      exit.label = label;
      this.#withShared(number + 1, body);
    });
    if (exit.used) {
      this.current = exit.reps;
      this.storeLive(exit.reps);
      const status = w.i64.extendS(this.#what);
      w.if(this.#where, () => this.leave(w.call<'i64'>(this.link.outlined.stand, [this.fp, this.#where, status])));
      this.leave(status);
    }
    w.unreachable();
  }

  /** Returns without result; `status` is 0 or less. */
  protected leave(status: I64): void {
    const { w, func } = this;
    w.cold();
    if (func.result === null) w.return(status);
    else w.return(this.zero(repOfKind(func.result)), status);
  }

  /** Stops before the instruction: everything that is live is written. VM_FUEL has the fuel. */
  protected stop(status: number): void {
    const { w } = this;
    this.writeAndLeave(this.slots.before(this.at), this.address(this.inst.pc), w.i64.const(BigInt(status)));
  }

  /** Writes what is live and leaves; `where` is the address at which the frame stands if it is the innermost one. */
  protected writeAndLeave(live: Uint8Array, where: I32 | null, status: I64): void {
    const { w } = this;
    w.cold();
    const shared = this.#sharedExits.find(({ reps }) => isWritten(reps, live, this.current));
    for (let slot = 0; slot < live.length; slot++) {
      const elsewhere = shared !== undefined && shared.reps[slot] !== REP.dead;
      if (live[slot] !== REP.dead && !elsewhere) this.storeTo(this.fp, 8 * slot, slot);
    }
    if (shared !== undefined) {
      shared.used = true;
      w.set(this.#where, where ?? w.i32.const(0));
      w.set(this.#what, w.i32.wrap(status));
      w.br(present(shared.label, 'shared exit'));
    } else if (where === null) this.leave(status);
    else this.leave(w.call<'i64'>(this.link.outlined.stand, [this.fp, where, status]));
  }

  /** What hardly ever happens is left to the interpreter, unless it has happened here too often. */
  override rarely<T extends WasmType>(body: () => Expr<T>): Expr<T> {
    if (!this.mayLeave) return body();
    this.guessed();
    return () => undefined;
  }

  override rarelyDo(body: () => void): void {
    if (this.mayLeave) this.guessed();
    else body();
  }

  protected get mayLeave(): boolean {
    return this.mayLeaveAt(this.at);
  }

  protected mayLeaveAt(inst: number): boolean {
    return mayLeave(this.link, this.flow, this.code, inst);
  }

  /** For tests: what is taken for granted of the instruction is wrong. */
  protected get isWrong(): boolean {
    return this.mayLeave && this.link.isWrong(this.code + 4 * this.inst.pc);
  }

  /** A guess at the instruction was wrong: the interpreter goes on before it. */
  protected guessed(): void {
    this.link.guarded?.(this.code + 4 * this.inst.pc);
    this.payRounds();
    this.storeFuel();
    this.stop(-RUN_STATUS.guess);
  }

  trapIf(condition: I32, trap: TrapName): void {
    this.w.if(condition, () => this.#raise(this.w.i32.const(TRAP_NAMES.indexOf(trap))));
  }

  trap(position: I32): void {
    this.#raise(position);
  }

  #raise(position: I32): void {
    const { w } = this;
    w.cold();
    const handler = this.flow.handlerOf(this.at);
    if (handler === null) {
      this.payRounds();
      w.set(this.#where, this.address(this.inst.pc));
      w.set(this.#what, position);
      this.#traps = true;
      w.br(present(this.#trapExit, 'exit of traps'));
      return;
    }
    this.set('ERROR', w.call(this.link.core('trap_error'), [position]));
    this.catch(handler);
  }

  /** Goes to a handler of this frame with the error; a collection that has become due is made on the way. */
  protected catch(handler: HandlerRange): void {
    const { w } = this;
    w.cold();
    w.if(w.call<'i32'>(this.link.core('gc_wanted'), []), () => {
      this.storeRefs(this.slots.safepoint(handler.target));
      // The handler's safepoint has the error in its slot.
      w.store64(this.fp, w.i64.extendU(this.get('ERROR')), 8 * handler.slot);
      this.set('FP', this.fp);
      this.set('PC', this.address(handler.target));
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
    const type = builtinType(name).results[0] as T;
    return this.#calling(type, this.link.builtin(name), args, leaves(name)) as Expr<T>;
  }

  builtinEffect(name: BuiltinName, args: readonly Expr<WasmType>[]): void {
    this.#calling(null, this.link.builtin(name), args, leaves(name));
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
    this.storeFuel();
    call();
    w.if(this.get('PENDING'), () => {
      w.cold();
      w.loop((again) => {
        const handler = this.flow.handlerOf(this.at);
        const why = w.local('i64');
        // a collection looks at references only
        const safepoint = this.slots.safepoint(this.inst.pc);
        if (safepoint !== null) this.storeRefs(safepoint);
        w.set(why, w.call<'i64'>(this.link.outlined.pending, [this.fp, this.address(this.inst.pc)]));
        w.if(w.i32.eqz(w.i64.eqz(why)), () => {
          if (handler !== null) {
            w.if(w.i64.eq(why, w.i64.const(ERROR_RESULT)), () => {
              this.loadFuel();
              this.catch(handler);
            });
          }
          this.writeAndLeave(this.slots.before(this.at), null, why);
        });
        w.release(why);
        call();
        w.brIf(again, this.get('PENDING'));
      });
      this.set('COLLECTING_OFF', w.i32.const(0));
    });
    this.loadFuel();
    return result;
  }

  poll(cost: I64): void {
    const { w, fuel } = this;
    w.set(fuel, w.i64.sub(fuel, cost));
    w.if(w.i64.ltS(fuel, w.i64.const(0n)), () => this.refill(cost));
  }

  /** Another slice for a poll that has taken its cost, or out. */
  protected refill(cost: I64): void {
    const { w, fuel } = this;
    w.cold();
    w.set(fuel, w.call<'i64'>(this.link.outlined.more, [fuel, cost]));
    w.if(w.i64.ltS(fuel, w.i64.const(0n)), () => this.stop(-RUN_STATUS.fuel));
  }
}

/** Whether a built-in may stop or collect, so that the call is made again or the frame leaves. */
function leaves(name: BuiltinName): boolean {
  return builtinIsSafepoint(builtinNumber(name));
}
