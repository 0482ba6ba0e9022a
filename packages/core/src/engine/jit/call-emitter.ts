/**
 * Calls of functions: direct ones with operands in registers, the others through the callee's window in memory.
 */
import { present } from '../../base/bug.ts';
import { infoOfClosure } from '../../isa/ops/dynamic.ts';
import { machineEntry } from '../../isa/entries.ts';
import type { FuncIndex, Safepoint } from '../../isa/program.ts';
import { FRAME, FRAME_ENDS_RUN, FUNC_INFO, FUNC_INFO_SIZE, HEADER } from '../../runtime/layout.ts';
import type { I32 } from '../../wasm/code-writer.ts';
import { funcType } from '../../wasm/types.ts';
import { REP, WASM_OF_REP, repOfKind, windowOf } from './slots.ts';
import { ERROR_RESULT, LeavingEmitter } from './leaving-emitter.ts';

/** `entry(frame) -> status`, as the interpreter calls machine code. */
export const ENTRY_TYPE = funcType(['i32'], ['i32']);

const NOTHING = (): void => undefined;

interface Callee {
  readonly func: I32;
  readonly info: I32;
  readonly closure: I32 | null;
  /** Whether it counts as a nested call: adapters do not. */
  readonly counted: boolean;
}

export abstract class CallEmitter extends LeavingEmitter {
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
        w.brIf(deep, w.i32.gtU(this.calleeDepth(), this.get('NATIVE_LIMIT')));
        if (direct.collects) {
          this.storeRefs(this.waiting());
          this.#writeHeader(far, 0);
        }
        const args = callee.params.map((kind, i) => this.read(start + i, repOfKind(kind)));
        w.do(
          w.call(direct.index, [w.i32.add(this.fp, w.i32.const(8 * start)), this.calleeDepth(), this.fuel, ...args]),
        );
        w.set(this.fuel, NOTHING);
        const value = rep === REP.dead ? null : this.temporary(WASM_OF_REP[rep as 1]);
        if (value !== null) w.set(value, NOTHING);
        w.if(w.i64.ltS(this.fuel, w.i64.const(0n)), () => this.#calleeLeft(far, direct.collects));
        if (value !== null) w.set(this.local(start, rep), value);
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

  closure(): I32 {
    return this.w.load32(this.w.i32.add(this.fp, this.w.i32.const(FRAME.closure)));
  }

  protected waiting(): Safepoint | null {
    const { pc, op } = this.inst;
    return this.slots.safepoint(pc + op.words - 1);
  }

  /** How deep the callee is nested. */
  protected calleeDepth(): I32 {
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
    w.store32(this.fp, this.calleeDepth(), base + FRAME.depth);
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
    if (callee.counted) this.trapIf(w.i32.gtU(this.calleeDepth(), this.get('DEPTH_LIMIT')), 'stackOverflow');
    this.storeRefs(this.waiting());
    args.forEach((_, i) => {
      this.storeTo(this.fp, base + 8 * i, start + i);
    });
    this.#writeHeader(callee, FRAME_ENDS_RUN);
    this.set('FP', w.i32.add(this.fp, w.i32.const(base)));
    this.storeFuel();
    const status = this.temporary('i32');
    const entry = this.temporary('i32');
    w.set(entry, w.load32(callee.info, FUNC_INFO.code));
    const compiled = w.i32.and(
      w.i32.eq(w.load8(entry), w.i32.const((machineEntry(0)[0] as number) & 0xff)),
      w.i32.leU(this.calleeDepth(), this.get('NATIVE_LIMIT')),
    );
    w.if(
      compiled,
      () => w.set(status, w.callIndirect<'i32'>(ENTRY_TYPE, w.load32(entry, 4), [this.get('FP')])),
      () => {
        this.set('PC', entry);
        w.set(status, w.call<'i32'>(this.link.run, []));
      },
    );
    this.loadFuel();
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
      this.loadFuel();
      this.catch(handler);
    });
    const { def } = this.slots.effects(this.at);
    this.storeLive(this.slots.before(this.at + 1), def?.slot);
    this.leave(this.fuel);
  }
}
