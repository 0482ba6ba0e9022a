/**
 * Calls of functions: direct ones with operands in registers, the others through the callee's window in memory.
 */
import { present } from '../../base/bug.ts';
import { machineEntry } from '../../isa/entries.ts';
import { infoOfClosure } from '../../isa/ops/words.ts';
import type { FuncIndex, Safepoint } from '../../isa/program.ts';
import { FRAME, FRAME_HEADER_SLOTS, FUNC_INFO, FUNC_INFO_SIZE, HEADER } from '../../runtime/layout.ts';
import { TYPED_ENTRY } from '../../runtime/program-layout.ts';
import type { I32, I64 } from '../../wasm/code-writer.ts';
import { formOf } from './frame-emitter.ts';
import type { DirectCallee } from './linkage.ts';
import { ERROR_RESULT } from './outlined.ts';
import { REP, WASM_OF_REP, repOfKind, windowOf, type Rep } from './slots.ts';
import { LeavingEmitter } from './leaving-emitter.ts';

const NOTHING = (): void => undefined;

/** First byte of a `tier.enter`. */
const ENTER_OPCODE = (machineEntry(0)[0] as number) & 0xff;

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
    w.if(w.i32.ltS(this.room, deeper), () => {
      w.cold();
      this.#checkLimits(this.fp, w.i32.sub(this.room, deeper));
    });
  }

  call(func: I32, info: I32, _window: I32, _deeper: I32, closure: I32 | null): void {
    const index = this.value('func') as FuncIndex;
    const callee: Callee = { func, info, closure, counted: true };
    const direct = this.link.direct(index);
    if (direct === null) this.#callThroughMemory(callee);
    else this.#callDirect(callee, direct, index);
  }

  #callDirect(callee: Callee, { index, collects }: DirectCallee, func: FuncIndex): void {
    const { w } = this;
    const { params, result } = present(this.link.program.funcs[func], 'function');
    const start = this.value('window');
    const rep = result === null ? REP.dead : repOfKind(result);
    const value = rep === REP.dead ? null : this.temporary(WASM_OF_REP[rep as 1]);
    w.if(
      w.i32.ltS(this.room, this.#deeper()),
      () => {
        w.cold();
        this.#farCall(callee);
        if (value !== null) w.set(value, this.fromWindow(start, rep));
      },
      () => {
        if (collects) this.storeRefs(this.waiting());
        if (collects || callee.closure !== null) this.#writeHeader(callee);
        const args = params.map((kind, i) => this.read(start + i, repOfKind(kind)));
        w.do(w.call(index, [this.#window(), this.#calleeRoom(), this.fuel, ...args]));
        w.set(this.fuel, NOTHING);
        if (value !== null) w.set(value, NOTHING);
      },
    );
    w.if(w.i64.ltS(this.fuel, w.i64.const(0n)), () => this.#calleeLeft(callee));
    if (value !== null) this.write(start, rep as Rep, value);
  }

  callClosure(closure: I32): void {
    const { w } = this;
    const value = this.let('i32', closure);
    const info = this.let('i32', infoOfClosure(this, value));
    this.#callThroughTable({ func: w.load32(value, HEADER.aux), info, closure: value, counted: true });
  }

  callBoxed(closure: I32, _window: I32, count: I32): void {
    const { w } = this;
    const value = this.let('i32', closure);
    const info = this.let('i32', infoOfClosure(this, value));
    w.if(w.i32.ne(w.load16(info, FUNC_INFO.params), count), () => this.coreEffect('arity_error', [value, count]));
    const func = this.let('i32', w.load32(info, FUNC_INFO.boxed));
    const adapter = this.let('i32', w.i32.add(this.get('FUNC_TABLE'), w.i32.mul(func, w.i32.const(FUNC_INFO_SIZE))));
    this.#callThroughTable({ func, info: adapter, closure: value, counted: false });
  }

  closure(): I32 {
    return this.w.load32(this.w.i32.add(this.fp, this.w.i32.const(FRAME.closure)));
  }

  protected waiting(): Safepoint | null {
    const { pc, op } = this.inst;
    return this.slots.safepoint(pc + op.words - 1);
  }

  /** By how many calls the callee is nested deeper than this frame. */
  #deeper(): I32 {
    return this.w.i32.const(this.value('deeper'));
  }

  #calleeRoom(): I32 {
    return this.w.i32.sub(this.room, this.#deeper());
  }

  /** Raises stackOverflow unless a frame may begin there and be nested so deep: where there is no room, which says nothing of these limits. */
  #checkLimits(frame: I32, room: I32): void {
    this.trapIf(this.w.call<'i32'>(this.link.outlined.exceeds, [frame, room]), 'stackOverflow');
  }

  /** The callee's frame. */
  #window(): I32 {
    return this.w.i32.add(this.fp, this.w.i32.const(8 * this.value('window')));
  }

  /** What the callee's header is made of, and with it where this frame stands. */
  #headerParts(callee: Callee): I32[] {
    const { w } = this;
    const { pc, op } = this.inst;
    const returnPc = w.i32.const(this.code + 4 * (pc + op.words));
    return [this.fp, this.#window(), returnPc, callee.func, callee.closure ?? w.i32.const(0), this.#calleeRoom()];
  }

  /** What a collection looks at. How deep the callee is nested is written on the way out, for who goes on in the interpreter. */
  #writeHeader(callee: Callee): void {
    const { w } = this;
    const base = 8 * this.value('window');
    const high = (word: I32): I64 => w.i64.shl(w.i64.extendU(word), w.i64.const(32n));
    const [fp, , returnPc, func] = this.#headerParts(callee) as [I32, I32, I32, I32];
    w.store64(this.fp, w.i64.or(w.i64.extendU(func), high(returnPc)), base + FRAME.func);
    if (callee.closure === null) return w.store64(this.fp, w.i64.extendU(fp), base + FRAME.callerFp);
    w.store32(this.fp, fp, base + FRAME.callerFp);
    w.store32(this.fp, callee.closure, base + FRAME.closure);
  }

  /** Calls through the window in memory: the callee runs in the interpreter, or in machine code through its entry. */
  #farCall(callee: Callee): void {
    const { w } = this;
    const { start, args } = present(windowOf(this.inst, this.link.program), 'window');
    // Of what does not count only the window is checked.
    if (callee.counted) this.#checkLimits(this.#window(), this.#calleeRoom());
    else this.trapIf(w.i32.gtU(this.#window(), this.get('WINDOW_LIMIT')), 'stackOverflow');
    this.storeRefs(this.waiting());
    args.forEach((_, i) => {
      this.storeTo(this.fp, 8 * (start + i), start + i);
    });
    w.set(this.fuel, w.call<'i64'>(this.link.outlined.far, [...this.#headerParts(callee), callee.info, this.fuel]));
  }

  /** A callee of which only the form is known: its typed form if it has machine code, else through the window. */
  #callThroughTable(callee: Callee): void {
    const { w } = this;
    const { start, args, result } = present(windowOf(this.inst, this.link.program), 'window');
    const rep = result === null ? REP.dead : repOfKind(result);
    const value = rep === REP.dead ? null : this.temporary(WASM_OF_REP[rep as 1]);
    const code = this.let('i32', w.load32(callee.info, FUNC_INFO.code));
    const typed = this.temporary('i32');
    w.set(typed, w.i32.const(0));
    const ready = w.i32.and(w.i32.eq(w.load8(code), w.i32.const(ENTER_OPCODE)), w.i32.geS(this.room, this.#deeper()));
    w.if(ready, () => w.set(typed, w.load32(code, TYPED_ENTRY)));
    w.if(
      typed,
      () => {
        this.storeRefs(this.waiting());
        this.#writeHeader(callee);
        const operands = args.map((kind, i) => this.read(start + i, repOfKind(kind)));
        const all = [this.#window(), this.#calleeRoom(), this.fuel, ...operands];
        this.link.throughTable();
        w.do(w.callIndirect(formOf(args, result), typed, all));
        w.set(this.fuel, NOTHING);
        if (value !== null) w.set(value, NOTHING);
      },
      () => {
        this.#farCall(callee);
        if (value !== null) w.set(value, this.fromWindow(start, rep));
      },
    );
    w.if(w.i64.ltS(this.fuel, w.i64.const(0n)), () => this.#calleeLeft(callee));
    if (value !== null) this.write(start, rep as Rep, value);
  }

  #callThroughMemory(callee: Callee): void {
    const { w } = this;
    const { start, result } = present(windowOf(this.inst, this.link.program), 'window');
    this.#farCall(callee);
    w.if(w.i64.ltS(this.fuel, w.i64.const(0n)), () => this.#calleeLeft(callee));
    if (result !== null) this.write(start, repOfKind(result), this.fromWindow(start, repOfKind(result)));
  }

  /** The callee gave a status: this frame catches its error, or leaves as well. */
  #calleeLeft(callee: Callee): void {
    const { w } = this;
    // It may have been the first frame of a run; now it is an ordinary one.
    w.do(w.call(this.link.outlined.header, this.#headerParts(callee)));
    const handler = this.flow.handlerOf(this.at);
    if (handler !== null) {
      w.if(w.i64.eq(this.fuel, w.i64.const(ERROR_RESULT)), () => {
        this.loadFuel();
        this.catch(handler);
      });
    }
    const { def } = this.slots.effects(this.at);
    const live = this.slots.before(this.at + 1).slice();
    if (def !== null) live[def.slot] = REP.dead;
    // The callee may still raise an error, in the interpreter.
    if (handler !== null) {
      const block = present(this.flow.blockAt.get(handler.target), 'handler');
      this.slots.atEntry(block).forEach((rep, slot) => {
        if (slot !== handler.slot && rep !== REP.dead) live[slot] = rep;
      });
    }
    // What lives is below the callee's header. More seems to where something is read behind an instruction that always raises.
    live.fill(REP.dead, this.value('window') - FRAME_HEADER_SLOTS);
    this.writeAndLeave(live, null, this.fuel);
  }
}
