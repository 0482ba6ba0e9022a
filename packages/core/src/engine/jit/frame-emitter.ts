/**
 * A frame while its machine code is written: slots are locals, and the window in memory is what was last stored there.
 *
 * A function takes its frame pointer, how many more calls may nest in machine code, the fuel and its typed parameters, and gives its
 * result and the fuel that is left; less than 0 is a status (minus RUN_STATUS), and then VM_FUEL has the fuel. Room, fuel and slots are
 * locals, so the registers of the machine are written on the way out only. Where there is room, no limit can be exceeded: it has been
 * counted where machine code was entered, and NATIVE_LIMIT less the room is how deep a frame is nested.
 */
import { present } from '../../base/bug.ts';
import type { Kind } from '../../base/kinds.ts';
import type { DecodedInst } from '../../isa/encode.ts';
import type { BytecodeFunc, FuncIndex, Safepoint } from '../../isa/program.ts';
import { VM_FUEL, VM_REGS, type VmWord } from '../../runtime/layout.ts';
import type { CodeWriter, Expr, F64, I32, I64, Local } from '../../wasm/code-writer.ts';
import { funcType, type FuncType, type WasmType } from '../../wasm/types.ts';
import { PlainEmitter } from '../plain-emitter.ts';
import type { Flow } from './flow.ts';
import { REP, WASM_OF_REP, repOfKind, type Rep, type Slots } from './slots.ts';
import type { Linkage } from './linkage.ts';

/** Parameters that stand before a function's own. */
export const HIDDEN_PARAMS = ['i32', 'i32', 'i64'] as const satisfies readonly WasmType[];

/** The typed form of a function that takes and gives such kinds. */
export function formOf(params: readonly Kind[], result: Kind | null): FuncType {
  const types = params.map((kind) => WASM_OF_REP[repOfKind(kind) as 1]);
  return funcType(
    [...HIDDEN_PARAMS, ...types],
    result === null ? ['i64'] : [WASM_OF_REP[repOfKind(result) as 1], 'i64'],
  );
}

export abstract class FrameEmitter extends PlainEmitter {
  protected readonly link: Linkage;
  protected readonly func: BytecodeFunc;
  protected readonly flow: Flow;
  protected readonly slots: Slots;
  /** Address of the function's first instruction. */
  protected readonly code: number;
  protected readonly fp: Local<'i32'>;
  protected readonly room: Local<'i32'>;
  protected readonly fuel: Local<'i64'>;
  /** Representation in which each slot is up to date now; 0: nowhere. */
  protected current: Uint8Array;
  /** Position of the instruction that is written. */
  protected at = 0;
  /** Whether control cannot reach the end of the instruction. */
  protected ended = false;
  readonly #locals = new Map<number, Local<WasmType>>();

  constructor(w: CodeWriter, link: Linkage, index: FuncIndex, flow: Flow, slots: Slots, params: readonly Kind[]) {
    super(w);
    this.link = link;
    this.func = present(link.program.funcs[index], 'function');
    this.flow = flow;
    this.slots = slots;
    this.code = link.codeAddress(index);
    this.fp = w.param(0, 'i32');
    this.room = w.param(1, 'i32');
    this.fuel = w.param(2, 'i64');
    this.current = new Uint8Array(slots.count);
    params.forEach((kind, i) => {
      const rep = repOfKind(kind);
      this.#locals.set(4 * i + rep, w.param(HIDDEN_PARAMS.length + i, WASM_OF_REP[rep as 1]));
      this.current[i] = rep;
    });
  }

  /** What locals are for: slots are named as registers are in bytecode, with their type if they have several. */
  localNames(): ReadonlyMap<number, string> {
    const names = new Map([
      [this.fp.index, 'fp'],
      [this.room.index, 'room'],
      [this.fuel.index, 'fuel'],
    ]);
    for (const [key, local] of this.#locals) names.set(local.index, `r${key >> 2}.${local.type}`);
    return names;
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

  /** The number in an operand of the instruction. */
  protected value(name: string): number {
    const { op, values } = this.inst;
    return values[op.placed.findIndex((operand) => operand.name === name)] as number;
  }

  override given(name: string): number | null {
    return this.value(name);
  }

  // slots

  protected local(slot: number, rep: number): Local<WasmType> {
    const key = 4 * slot + rep;
    let local = this.#locals.get(key);
    if (local === undefined) {
      local = this.w.lasting(WASM_OF_REP[rep as 1]);
      this.#locals.set(key, local);
    }
    return local;
  }

  /** A slot's value in a representation. */
  protected read(slot: number, rep: Rep): Expr<WasmType> {
    const { w } = this;
    const from = this.current[slot] as number;
    if (from === REP.dead) return this.zero(rep);
    const value = this.local(slot, from);
    if (from === rep || rep === REP.any) return value;
    const raw: I64 =
      from === REP.i32 ? w.i64.extendU(value as I32) : from === REP.f64 ? w.i64.bits(value as F64) : (value as I64);
    return rep === REP.i32 ? w.i32.wrap(raw) : rep === REP.f64 ? w.f64.fromBits(raw) : raw;
  }

  protected zero(rep: Rep): Expr<WasmType> {
    const { w } = this;
    return rep === REP.i32 ? w.i32.const(0) : rep === REP.f64 ? w.f64.const(0) : w.i64.const(0n);
  }

  protected write(slot: number, rep: Rep, value: Expr<WasmType>): void {
    this.w.set(this.local(slot, rep), value);
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
    wanted.forEach((rep, slot) => {
      if (rep !== REP.dead) this.write(slot, rep as Rep, this.fromWindow(slot, rep as Rep));
    });
  }

  /** What the window in memory has for a slot. */
  protected fromWindow(slot: number, rep: Rep): Expr<WasmType> {
    const { w } = this;
    const at = 8 * slot;
    return rep === REP.i32 ? w.load32(this.fp, at) : rep === REP.f64 ? w.loadF64(this.fp, at) : w.load64(this.fp, at);
  }

  protected storeTo(base: I32, offset: number, slot: number): void {
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

  /** `end`: slots from there on are another frame's. */
  protected storeLive(wanted: Uint8Array): void {
    for (let slot = 0; slot < wanted.length; slot++) {
      if (wanted[slot] !== REP.dead) this.storeTo(this.fp, 8 * slot, slot);
    }
  }

  protected storeRefs(safepoint: Safepoint | null): void {
    const { refs, anys } = present(safepoint, 'safepoint');
    for (const slot of refs) this.storeTo(this.fp, 8 * slot, slot);
    for (const slot of anys) this.storeTo(this.fp, 8 * slot, slot);
  }

  // registers of the machine

  protected vm(name: VmWord): I32 {
    return this.w.i32.const(VM_REGS[name]);
  }

  protected get(name: VmWord): I32 {
    return this.w.load32(this.vm(name));
  }

  protected set(name: VmWord, value: I32): void {
    this.w.store32(this.vm(name), value);
  }

  protected address(pc: number): I32 {
    return this.w.i32.const(this.code + 4 * pc);
  }

  protected storeFuel(): void {
    this.w.store64(this.w.i32.const(VM_FUEL), this.fuel);
  }

  protected loadFuel(): void {
    this.w.set(this.fuel, this.w.load64(this.w.i32.const(VM_FUEL)));
  }
}
