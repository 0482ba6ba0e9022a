/**
 * What `Emitter` is where an engine has nothing better: WebAssembly as it is, with locals that an instruction gives back at its end.
 */
import { ARRAY, HEADER, LAYOUT } from '../runtime/layout.ts';
import type { CodeWriter, Expr, F64, I32, I64, Local } from '../wasm/code-writer.ts';
import type { WasmType } from '../wasm/types.ts';

export abstract class PlainEmitter {
  protected readonly w: CodeWriter;
  /** Locals of the instruction that is written. */
  protected temporaries: Local<WasmType>[] = [];
  readonly i32: CodeWriter['i32'];
  readonly i64: CodeWriter['i64'];
  readonly f64: CodeWriter['f64'];

  constructor(w: CodeWriter) {
    this.w = w;
    this.i32 = w.i32;
    this.i64 = w.i64;
    this.f64 = w.f64;
  }

  /** Gives the locals of an instruction back. */
  finish(): void {
    for (const local of this.temporaries) this.w.release(local);
    this.temporaries = [];
  }

  protected temporary<T extends WasmType>(type: T): Local<T> {
    const local = this.w.local(type);
    this.temporaries.push(local);
    return local;
  }

  let<T extends WasmType>(type: T, value: Expr<T>): Expr<T> {
    if (value.known !== undefined) return value;
    const local = this.temporary(type);
    this.w.set(local, value);
    return local;
  }

  if(condition: I32, then: () => void, otherwise?: () => void): void {
    if (condition.known === 1) then();
    else this.w.if(condition, then, otherwise);
  }

  choose<T extends WasmType>(type: T, condition: I32, then: () => Expr<T>, otherwise: () => Expr<T>): Expr<T> {
    if (condition.known === 1) return () => then()();
    return this.w.choose(type, condition, then, otherwise);
  }

  unless<T extends WasmType>(
    type: T,
    fast: (misses: (condition: I32) => void) => Expr<T>,
    slow: () => Expr<T>,
  ): Expr<T> {
    const { w } = this;
    const result = this.temporary(type);
    w.block((done) => {
      w.block((miss) => {
        w.set(
          result,
          fast((condition) => w.brRarely(miss, condition)),
        );
        w.br(done);
      });
      w.set(result, slow());
    });
    return result;
  }

  unlessDo(fast: (misses: (condition: I32) => void) => void, slow: () => void): void {
    const { w } = this;
    w.block((done) => {
      w.block((miss) => {
        fast((condition) => w.brRarely(miss, condition));
        w.br(done);
      });
      slow();
    });
  }

  select<T extends WasmType>(condition: I32, then: Expr<T>, otherwise: Expr<T>): Expr<T> {
    return this.w.select(condition, then, otherwise);
  }

  load8(address: I32, offset?: number): I32 {
    return this.w.load8(address, offset);
  }

  load16(address: I32, offset?: number): I32 {
    return this.w.load16(address, offset);
  }

  load32(address: I32, offset?: number): I32 {
    return this.w.load32(address, offset);
  }

  load64(address: I32, offset?: number): I64 {
    return this.w.load64(address, offset);
  }

  loadF64(address: I32, offset?: number): F64 {
    return this.w.loadF64(address, offset);
  }

  store8(address: I32, value: I32, offset?: number): void {
    this.w.store8(address, value, offset);
  }

  store32(address: I32, value: I32, offset?: number): void {
    this.w.store32(address, value, offset);
  }

  store64(address: I32, value: I64, offset?: number): void {
    this.w.store64(address, value, offset);
  }

  storeF64(address: I32, value: F64, offset?: number): void {
    this.w.storeF64(address, value, offset);
  }

  given(_name: string): number | null {
    return null;
  }

  hasElement(array: I32, index: I64, code: I32): I32 {
    const { w } = this;
    return w.i32.and(
      w.i32.eq(w.load32(array, ARRAY.element), code),
      w.i64.ltU(index, w.i64.extendU(w.load32(array, ARRAY.length))),
    );
  }

  elements(array: I32): I32 {
    return this.w.load32(array, ARRAY.buffer);
  }

  hasByte(string: I32, index: I64): I32 {
    const { w } = this;
    return w.i32.and(
      w.i32.eq(w.load8(string, HEADER.layout), w.i32.const(LAYOUT.string)),
      w.i64.ltU(index, w.i64.extendU(w.load32(string, HEADER.aux))),
    );
  }

  bytes(string: I32): I32 {
    return string;
  }

  rarely<T extends WasmType>(body: () => Expr<T>): Expr<T> {
    return body();
  }

  rarelyDo(body: () => void): void {
    body();
  }
}
