/**
 * Writes the body of one WebAssembly function.
 *
 * A value is an `Expr`: a function that writes the code which pushes it. So an operand may stand for a local, a constant or a fetch
 * from memory alike, and whoever receives one decides when it is evaluated; using it twice evaluates it twice, `let` evaluates it
 * now and gives something cheap to use again. Statements (`set`, `if`, `store…`) write at once.
 *
 *     const sum = w.let('i64', w.i64.add(lhs, rhs));      // lhs and rhs are fetched here
 *     w.store64(address, sum);
 *
 * Branch targets are labels: `block` and `loop` give one to their body, and the writer counts the depths.
 */
import { Bug } from '../base/bug.ts';
import { ByteBuffer } from './byte-buffer.ts';
import { makeNumeric, type F64Ops, type I32Ops, type I64Ops } from './numeric.ts';
import { TYPE_BYTES, type FuncType, type WasmType } from './types.ts';

/** Code that pushes one value of type `T`. */
export interface Expr<T extends WasmType> {
  (): void;
  readonly wasm?: T;
  /** Its value, if it is known now: small integers. */
  readonly known?: number;
}
export type I32 = Expr<'i32'>;
export type I64 = Expr<'i64'>;
export type F64 = Expr<'f64'>;

/** A local variable: an expression that reads it, and its index. */
export interface Local<T extends WasmType> extends Expr<T> {
  readonly index: number;
  readonly type: T;
}

/** Where a branch can go: the nesting depth of the construct it leaves or repeats. */
export interface Label {
  readonly depth: number;
}

/** Where an `if` stands, and whether its condition likely holds. */
export interface BranchHint {
  readonly at: number;
  readonly likely: boolean;
}

const EMPTY = 0x40;

/**
 * Functions of a module's own have numbers below 0 until it is built, because what it imports comes first and is not known before: ~n is
 * the n-th of them. Their calls are written with so many bytes, into which any index goes.
 */
export const OWN_INDEX_BYTES = 3;

export class CodeWriter {
  readonly #out = new ByteBuffer(1024);
  readonly #locals: WasmType[];
  readonly #params: number;
  readonly #free: Record<WasmType, number[]> = { i32: [], i64: [], f64: [] };
  readonly #typeId: (type: FuncType) => number;
  /** Where calls of the module's own functions have their index. */
  readonly #ownCalls: { readonly at: number; readonly func: number }[] = [];
  #depth = 0;
  /** Behind the last branch or return, neither of which goes on. */
  #endOfWay = -1;
  /** Whether the branch that is being written is hardly ever taken. */
  #cold = false;
  /** Positions from the end of the local declarations. */
  readonly #hints: BranchHint[] = [];
  /** Bytes of the local declarations, when they are written. */
  #head = 0;

  readonly i32: I32Ops;
  readonly i64: I64Ops;
  readonly f64: F64Ops;

  constructor(type: FuncType, typeId: (type: FuncType) => number) {
    this.#params = type.params.length;
    this.#locals = [...type.params];
    this.#typeId = typeId;
    const numeric = makeNumeric(this.#out);
    this.i32 = numeric.i32;
    this.i64 = numeric.i64;
    this.f64 = numeric.f64;
  }

  // locals

  param<T extends WasmType>(index: number, type: T): Local<T> {
    if (this.#locals[index] !== type) throw new Bug(`parameter ${index} is not ${type}`);
    return this.#local(index, type);
  }

  local<T extends WasmType>(type: T): Local<T> {
    const free = this.#free[type].pop();
    return free === undefined ? this.lasting(type) : this.#local(free, type);
  }

  /** A local that no code written so far has used, so that what it holds outlasts the round of a loop. */
  lasting<T extends WasmType>(type: T): Local<T> {
    this.#locals.push(type);
    return this.#local(this.#locals.length - 1, type);
  }

  /** Locals so far, parameters included. */
  get localCount(): number {
    return this.#locals.length;
  }

  /** Gives a local back for the next `local` of its type. */
  release(local: Local<WasmType>): void {
    this.#free[local.type].push(local.index);
  }

  #local<T extends WasmType>(index: number, type: T): Local<T> {
    const read = (): void => {
      this.#out.u8(0x20);
      this.#out.u32(index);
    };
    return Object.assign(read, { index, type });
  }

  set<T extends WasmType>(local: Local<T>, value: Expr<T>): void {
    value();
    this.#out.u8(0x21);
    this.#out.u32(local.index);
  }

  /** An expression that also stores its value in the local. */
  tee<T extends WasmType>(local: Local<T>, value: Expr<T>): Expr<T> {
    return () => {
      value();
      this.#out.u8(0x22);
      this.#out.u32(local.index);
    };
  }

  // control

  block(body: (label: Label) => void): void {
    this.#nest(0x02, body);
  }

  loop(body: (label: Label) => void): void {
    this.#nest(0x03, body);
  }

  #nest(opcode: number, body: (label: Label) => void): void {
    this.#out.u8(opcode);
    this.#out.u8(EMPTY);
    const around = this.#cold;
    this.#depth++;
    body({ depth: this.#depth });
    this.#depth--;
    this.#out.u8(0x0b);
    this.#cold = around;
  }

  if(condition: I32, then: () => void, otherwise?: () => void): void {
    if (condition.known !== undefined) return (condition.known !== 0 ? then : otherwise)?.();
    condition();
    const at = this.#out.length;
    this.#out.u8(0x04);
    this.#out.u8(EMPTY);
    this.#arms(at, then, otherwise);
  }

  /** Writes the two ways of a branch, of which one may turn out to be cold. */
  #arms(at: number, then: () => void, otherwise?: () => void): void {
    const around = this.#cold;
    this.#depth++;
    this.#cold = false;
    then();
    const coldThen = this.#cold;
    this.#cold = false;
    if (otherwise) {
      this.#out.u8(0x05);
      otherwise();
    }
    const coldElse = this.#cold;
    this.#depth--;
    this.#out.u8(0x0b);
    if (coldThen !== coldElse) this.#hints.push({ at, likely: coldElse });
    this.#cold = around || (coldThen && coldElse);
  }

  /** Says that the way on which the code being written stands is hardly ever taken. */
  cold(): void {
    this.#cold = true;
  }

  /** A value that one of two branches gives; both may write statements first. */
  choose<T extends WasmType>(type: T, condition: I32, then: () => Expr<T>, otherwise: () => Expr<T>): Expr<T> {
    return () => {
      condition();
      const at = this.#out.length;
      this.#out.u8(0x04);
      this.#out.u8(TYPE_BYTES[type]);
      this.#arms(
        at,
        () => then()(),
        () => otherwise()(),
      );
    };
  }

  /** `select`: both values are evaluated. */
  select<T extends WasmType>(condition: I32, then: Expr<T>, otherwise: Expr<T>): Expr<T> {
    return () => {
      then();
      otherwise();
      condition();
      this.#out.u8(0x1b);
    };
  }

  br(label: Label): void {
    this.#out.u8(0x0c);
    this.#out.u32(this.#depth - label.depth);
    this.#endOfWay = this.#out.length;
  }

  brIf(label: Label, condition: I32): void {
    condition();
    this.#branch(label);
  }

  /** A branch that is hardly ever taken. */
  brRarely(label: Label, condition: I32): void {
    condition();
    this.#hints.push({ at: this.#out.length, likely: false });
    this.#branch(label);
  }

  #branch(label: Label): void {
    this.#out.u8(0x0d);
    this.#out.u32(this.#depth - label.depth);
  }

  brTable(index: I32, labels: readonly Label[], fallback: Label): void {
    index();
    this.#out.u8(0x0e);
    this.#out.u32(labels.length);
    for (const label of labels) this.#out.u32(this.#depth - label.depth);
    this.#out.u32(this.#depth - fallback.depth);
  }

  return(...values: Expr<WasmType>[]): void {
    for (const value of values) value();
    this.#out.u8(0x0f);
    this.#endOfWay = this.#out.length;
  }

  /** Nothing goes on here. Behind what goes elsewhere that need not be said. */
  unreachable(): void {
    if (this.#out.length > this.#endOfWay) this.#out.u8(0x00);
  }

  call<T extends WasmType>(func: number, args: readonly Expr<WasmType>[]): Expr<T> {
    return () => {
      for (const arg of args) arg();
      this.#out.u8(0x10);
      if (func >= 0) return this.#out.u32(func);
      this.#ownCalls.push({ at: this.#out.length, func: ~func });
      this.#out.u32Padded(0, OWN_INDEX_BYTES);
    };
  }

  callIndirect<T extends WasmType>(type: FuncType, index: I32, args: readonly Expr<WasmType>[]): Expr<T> {
    return () => {
      for (const arg of args) arg();
      index();
      this.#out.u8(0x11);
      this.#out.u32(this.#typeId(type));
      this.#out.u8(0);
    };
  }

  /** Writes the code of an expression: for calls without result, or to leave a value on the stack. */
  do(expression: Expr<WasmType>): void {
    expression();
  }

  drop(expression: Expr<WasmType>): void {
    expression();
    this.#out.u8(0x1a);
  }

  // memory: the offset is added without wrapping

  load8(address: I32, offset = 0): I32 {
    return this.#load(0x2d, 0, address, offset);
  }

  load16(address: I32, offset = 0): I32 {
    return this.#load(0x2f, 1, address, offset);
  }

  load16s(address: I32, offset = 0): I32 {
    return this.#load(0x2e, 1, address, offset);
  }

  load8s(address: I32, offset = 0): I32 {
    return this.#load(0x2c, 0, address, offset);
  }

  load32(address: I32, offset = 0): I32 {
    return this.#load(0x28, 2, address, offset);
  }

  load64(address: I32, offset = 0): I64 {
    return this.#load(0x29, 3, address, offset);
  }

  /** A 32-bit word, zero-extended. */
  load64u32(address: I32, offset = 0): I64 {
    return this.#load(0x35, 2, address, offset);
  }

  /** A 32-bit word, sign-extended. */
  load64s32(address: I32, offset = 0): I64 {
    return this.#load(0x34, 2, address, offset);
  }

  load64s16(address: I32, offset = 0): I64 {
    return this.#load(0x32, 1, address, offset);
  }

  load64s8(address: I32, offset = 0): I64 {
    return this.#load(0x30, 0, address, offset);
  }

  loadF64(address: I32, offset = 0): F64 {
    return this.#load(0x2b, 3, address, offset);
  }

  #load<T extends WasmType>(opcode: number, align: number, address: I32, offset: number): Expr<T> {
    return () => {
      address();
      this.#memory(opcode, align, offset);
    };
  }

  store8(address: I32, value: I32, offset = 0): void {
    this.#store(0x3a, 0, address, value, offset);
  }

  store32(address: I32, value: I32, offset = 0): void {
    this.#store(0x36, 2, address, value, offset);
  }

  store64(address: I32, value: I64, offset = 0): void {
    this.#store(0x37, 3, address, value, offset);
  }

  storeF64(address: I32, value: F64, offset = 0): void {
    this.#store(0x39, 3, address, value, offset);
  }

  #store(opcode: number, align: number, address: I32, value: Expr<WasmType>, offset: number): void {
    address();
    value();
    this.#memory(opcode, align, offset);
  }

  #memory(opcode: number, align: number, offset: number): void {
    this.#out.u8(opcode);
    this.#out.u8(align);
    this.#out.u32(offset);
  }

  // the end

  size(): number {
    return this.#out.length;
  }

  /** Branches of the finished code of which one way is cold, in order; positions are from the start of the local declarations. */
  branchHints(): BranchHint[] {
    const inOrder = [...this.#hints].sort((a, b) => a.at - b.at);
    return inOrder.map(({ at, likely }) => ({ at: at + this.#head, likely }));
  }

  /** Appends the size, the local declarations and the code. The first of the module's own functions has an index now. */
  finish(out: ByteBuffer, firstOwn: number): void {
    if (this.#depth !== 0) throw new Bug('unclosed block');
    for (const { at, func } of this.#ownCalls) this.#out.patch(at, firstOwn + func, OWN_INDEX_BYTES);
    const head = new ByteBuffer(16);
    const groups: { type: WasmType; count: number }[] = [];
    for (const type of this.#locals.slice(this.#params)) {
      const last = groups.at(-1);
      if (last?.type === type) last.count++;
      else groups.push({ type, count: 1 });
    }
    head.u32(groups.length);
    for (const group of groups) {
      head.u32(group.count);
      head.u8(TYPE_BYTES[group.type]);
    }
    this.#head = head.length;
    out.u32(head.length + this.#out.length + 1);
    out.bytes(head.view());
    out.bytes(this.#out.view());
    out.u8(0x0b);
  }
}
