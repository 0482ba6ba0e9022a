/**
 * How machine code leaves: errors and traps, calls into the core that may collect, the end of the fuel.
 *
 * The window in memory is not touched until something may look at it: references before a call that may collect, everything that is live at
 * an exit. What leaves is cold: it stands inside an `if` that is not taken.
 */
import { present } from '../../base/bug.ts';
import { BUILTINS, BUILTIN_NAMES, type BuiltinName } from '../../base/builtins.ts';
import { TRAP_NAMES, type TrapName } from '../../base/traps.ts';
import type { Role } from '../../isa/operand.ts';
import type { HandlerRange } from '../../isa/program.ts';
import { CORE_FUNCTIONS, builtinType, type CoreFunction } from '../../runtime/core-exports.ts';
import { PENDING } from '../../runtime/layout.ts';
import type { Expr, I32, I64, Label, Local } from '../../wasm/code-writer.ts';
import type { WasmType } from '../../wasm/types.ts';
import { RUN_STATUS } from '../interp/run-status.ts';
import { REP, repOfKind, windowOf } from './slots.ts';
import { FrameEmitter } from './frame-emitter.ts';

export const ERROR_RESULT = BigInt(-RUN_STATUS.error);

export abstract class LeavingEmitter extends FrameEmitter {
  readonly #where: Local<'i32'> = this.w.local('i32');
  readonly #what: Local<'i32'> = this.w.local('i32');
  #trapExit: Label | null = null;
  #errorExit: Label | null = null;

  /** Goes to a block, whose slots are settled. */
  protected abstract goTo(block: number): void;

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
    this.stand(this.#where);
    this.leave(w.i64.const(ERROR_RESULT));
    w.unreachable();
  }

  /** This frame is the innermost one and stands at an instruction. */
  protected stand(pc: I32): void {
    this.set('FP', this.fp);
    this.set('PC', pc);
    this.storeFuel();
  }

  /** Returns without result; `status` is 0 or less. */
  protected leave(status: I64): void {
    const { w, func } = this;
    if (func.result === null) w.return(status);
    else w.return(this.zero(repOfKind(func.result)), status);
  }

  /** Stops before the instruction: everything that is live is written. */
  protected stop(status: I64): void {
    this.storeLive(this.slots.before(this.at));
    this.stand(this.address(this.inst.pc));
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
      w.set(this.#where, this.address(this.inst.pc));
      w.set(this.#what, position);
      w.br(present(this.#trapExit, 'exit of traps'));
      return;
    }
    this.set('ERROR', w.call(this.link.core('trap_error'), [position]));
    this.catch(handler);
  }

  /** An error is in ERROR. */
  #raisePending(): void {
    const { w } = this;
    const handler = this.flow.handlerOf(this.at);
    if (handler !== null) return this.catch(handler);
    w.set(this.#where, this.address(this.inst.pc));
    w.br(present(this.#errorExit, 'exit of errors'));
  }

  /** Goes to a handler of this frame with the error; a collection that has become due is made on the way. */
  protected catch(handler: HandlerRange): void {
    const { w } = this;
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
    this.storeFuel();
    call();
    w.if(this.get('PENDING'), () => {
      w.loop((again) => {
        const why = w.local('i32');
        w.set(why, this.get('PENDING'));
        this.set('PENDING', w.i32.const(PENDING.none));
        w.if(w.i32.ne(why, w.i32.const(PENDING.collect)), () => {
          this.loadFuel();
          w.if(w.i32.eq(why, w.i32.const(PENDING.error)), () => {
            this.set('COLLECTING_OFF', w.i32.const(0));
            this.#raisePending();
          });
          // PENDING.fuel and PENDING.host are their status plus one
          this.stop(w.i64.extendS(w.i32.sub(w.i32.const(PENDING.fuel - RUN_STATUS.fuel), why)));
        });
        w.release(why);
        this.storeRefs(this.slots.safepoint(this.inst.pc));
        this.set('FP', this.fp);
        this.set('PC', this.address(this.inst.pc));
        w.do(w.call(this.link.core('gc_step'), []));
        this.set('COLLECTING_OFF', w.i32.const(1));
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
    w.if(w.i64.ltS(fuel, w.i64.const(0n)), () => {
      w.set(fuel, w.i64.add(fuel, cost));
      this.storeFuel();
      w.if(w.i32.eqz(w.call<'i32'>(this.link.refill, [w.i32.wrap(cost)])), () =>
        this.stop(w.i64.const(BigInt(-RUN_STATUS.fuel))),
      );
      this.loadFuel();
      w.set(fuel, w.i64.sub(fuel, cost));
    });
  }
}
