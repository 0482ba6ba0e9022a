/**
 * Functions of the interpreter module that are no handlers: what happens when a handler leaves, and the wrappers of built-ins.
 *
 * A handler leaves with PENDING set and nothing done. `leave` collects and has the instruction executed again, raises an
 * error and goes to its handler, or gives the status with which the run ends. Frames are unwound only if somebody catches: without a handler all
 * of them still stand when the driver builds the trace.
 */
import { BUILTINS, type BuiltinName } from '../../base/builtins.ts';
import { builtinForm } from '../../isa/select.ts';
import type { CoreFunction } from '../../runtime/core-exports.ts';
import {
  FRAME,
  FRAME_ENDS_RUN,
  FUNC_INFO,
  FUNC_INFO_SIZE,
  HANDLER,
  HANDLER_SIZE,
  PENDING,
  VM_REGS,
} from '../../runtime/layout.ts';
import type { CodeWriter, I32 } from '../../wasm/code-writer.ts';
import { operandAddress } from './frame-access.ts';
import { PENDING_DONE, PENDING_GUESS, PENDING_TRAP } from './handler-emitter.ts';
import { RUN_STATUS } from './run-status.ts';

/** What `leave` gives: 0 to go on at VM.PC, else a status plus one. */
export const LEAVE_ENDS = 1;

type Core = (name: CoreFunction) => number;

const vm = (w: CodeWriter, name: keyof typeof VM_REGS): I32 => w.i32.const(VM_REGS[name]);

/** Body of `leave() -> i32`; all registers are in memory. */
export function writeLeave(w: CodeWriter, core: Core): void {
  const why = w.local('i32');
  const end = (status: number): void => w.return(w.i32.const(status + LEAVE_ENDS));
  w.set(why, w.load32(vm(w, 'PENDING')));
  w.store32(vm(w, 'PENDING'), w.i32.const(PENDING.none));
  w.if(w.i32.eq(why, w.i32.const(PENDING.collect)), () => {
    w.do(w.call(core('gc_step'), []));
    w.store32(vm(w, 'COLLECTING_OFF'), w.i32.const(1));
    w.return(w.i32.const(0));
  });
  w.if(w.i32.eq(why, w.i32.const(PENDING.fuel)), () => end(RUN_STATUS.fuel));
  w.if(w.i32.eq(why, w.i32.const(PENDING.host)), () => end(RUN_STATUS.host));
  w.if(w.i32.eq(why, w.i32.const(PENDING_GUESS)), () => end(RUN_STATUS.guess));
  w.if(w.i32.eq(why, w.i32.const(PENDING_DONE)), () => end(RUN_STATUS.done));
  w.store32(vm(w, 'COLLECTING_OFF'), w.i32.const(0));
  w.if(w.i32.geU(why, w.i32.const(PENDING_TRAP)), () =>
    w.store32(vm(w, 'ERROR'), w.call<'i32'>(core('trap_error'), [w.i32.sub(why, w.i32.const(PENDING_TRAP))])),
  );
  writeUnwind(w, core);
  end(RUN_STATUS.error);
}

/** Looks for the innermost handler; if there is one, makes its frame the running one and returns 0. */
function writeUnwind(w: CodeWriter, core: Core): void {
  const frame = w.local('i32');
  const at = w.local('i32');
  const func = w.local('i32');
  const info = w.local('i32');
  const entry = w.local('i32');
  const end = w.local('i32');
  const below = (offset: number): I32 => w.load32(w.i32.add(frame, w.i32.const(offset)));
  w.set(frame, w.load32(vm(w, 'FP')));
  w.set(at, w.load32(vm(w, 'PC')));
  w.block((uncaught) =>
    w.loop((nextFrame) => {
      w.set(func, below(FRAME.func));
      w.set(info, w.i32.add(w.load32(vm(w, 'FUNC_TABLE')), w.i32.mul(func, w.i32.const(FUNC_INFO_SIZE))));
      w.set(entry, w.load32(info, FUNC_INFO.handlers));
      w.set(end, w.i32.add(entry, w.i32.mul(w.load32(info, FUNC_INFO.handlerCount), w.i32.const(HANDLER_SIZE))));
      w.block((noHandler) =>
        w.loop((nextEntry) => {
          w.brIf(noHandler, w.i32.eq(entry, end));
          const covers = w.i32.and(
            w.i32.leU(w.load32(entry, HANDLER.start), at),
            w.i32.ltU(at, w.load32(entry, HANDLER.end)),
          );
          w.if(covers, () => {
            w.store32(vm(w, 'FP'), frame);
            w.store32(vm(w, 'PC'), w.load32(entry, HANDLER.target));
            const slot = w.i32.add(frame, w.i32.shl(w.load32(entry, HANDLER.slot), w.i32.const(3)));
            w.store64(slot, w.load64u32(vm(w, 'ERROR')));
            // The error's allocation asked for no collection; here, where a safepoint is, it can be made good.
            w.if(w.call<'i32'>(core('gc_wanted'), []), () => w.do(w.call(core('gc_step'), [])));
            w.store32(vm(w, 'ERROR'), w.i32.const(0));
            w.return(w.i32.const(0));
          });
          w.set(entry, w.i32.add(entry, w.i32.const(HANDLER_SIZE)));
          w.br(nextEntry);
        }),
      );
      w.brIf(uncaught, w.i32.and(w.tee(at, below(FRAME.returnPc)), w.i32.const(FRAME_ENDS_RUN)));
      w.set(at, w.i32.sub(at, w.i32.const(4)));
      w.set(frame, below(FRAME.callerFp));
      w.br(nextFrame);
    }),
  );
}

/**
 * Body of a built-in's wrapper `(pc, fp) -> pending`: fetches operands and stores the result as the form of its call says. The result
 * is stored only if the built-in finished, because else it is called again with the same operands.
 */
export function writeWrapper(w: CodeWriter, name: BuiltinName, func: number): void {
  const { params, result, effects } = BUILTINS[name];
  const regs = { pc: w.param(0, 'i32'), fp: w.param(1, 'i32'), fuel: null };
  const { placed } = builtinForm(name);
  const window = placed.find((operand) => operand.kind === 'window');
  const base = w.local('i32');
  if (window) w.set(base, operandAddress(w, regs, window));
  const uses = placed.filter((operand) => operand.role === 'use');
  const args = params.map((kind, i) => {
    const use = uses[i];
    const [address, offset] = use ? [operandAddress(w, regs, use), 0] : [base, 8 * i];
    if (kind === 'f64') return w.loadF64(address, offset);
    return kind === 'i64' || kind === 'any' ? w.load64(address, offset) : w.load32(address, offset);
  });
  const def = placed.find((operand) => operand.role === 'def');
  const target = def ? operandAddress(w, regs, def) : base;
  const leaves = effects.traps || effects.allocates || effects.writes;
  const checkPending = (): void => {
    if (!leaves) return;
    const pending = w.local('i32');
    w.set(pending, w.load32(vm(w, 'PENDING')));
    w.if(pending, () => w.return(pending));
    w.store32(vm(w, 'COLLECTING_OFF'), w.i32.const(0));
  };
  if (result === null) {
    w.do(w.call(func, args));
    checkPending();
  } else if (result === 'f64') {
    const value = w.local('f64');
    w.set(value, w.call<'f64'>(func, args));
    checkPending();
    w.storeF64(target, value);
  } else if (result === 'i64' || result === 'any') {
    const value = w.local('i64');
    w.set(value, w.call<'i64'>(func, args));
    checkPending();
    w.store64(target, value);
  } else {
    const value = w.local('i32');
    w.set(value, w.call<'i32'>(func, args));
    checkPending();
    w.store64(target, w.i64.extendU(value));
  }
  w.do(w.i32.const(0));
}
