/**
 * What an opcode's `emit` writes with: plain WebAssembly, and the verbs in which engines differ.
 *
 * Expressions are lazy, see `wasm/code-writer.ts`. Rules for `emit`: evaluate what is used twice with `let`; do whatever can
 * leave (`trapIf`, `core`, `allocate`, `slowIf`) before anything is changed, because an instruction that leaves for a
 * collection or for fuel is executed again from its operands.
 */
import type { BuiltinName } from '../base/builtins.ts';
import type { TrapName } from '../base/traps.ts';
import type { CoreFunction } from '../runtime/core-exports.ts';
import type { Expr, F64, I32, I64 } from '../wasm/code-writer.ts';
import type { F64Ops, I32Ops, I64Ops } from '../wasm/numeric.ts';
import type { WasmType } from '../wasm/types.ts';
import type { Target } from './operand.ts';

export interface Emitter {
  readonly i32: I32Ops;
  readonly i64: I64Ops;
  readonly f64: F64Ops;

  /** Evaluates now; the result may be used any number of times. */
  let<T extends WasmType>(type: T, value: Expr<T>): Expr<T>;
  if(condition: I32, then: () => void, otherwise?: () => void): void;
  choose<T extends WasmType>(type: T, condition: I32, then: () => Expr<T>, otherwise: () => Expr<T>): Expr<T>;
  /**
   * What `fast` gives, or `slow` from the first condition on that holds among those `fast` hands over. `slow` stands once, however many ways
   * lead to it.
   */
  unless<T extends WasmType>(
    type: T,
    fast: (misses: (condition: I32) => void) => Expr<T>,
    slow: () => Expr<T>,
  ): Expr<T>;
  /** Like `unless`, without result. */
  unlessDo(fast: (misses: (condition: I32) => void) => void, slow: () => void): void;
  select<T extends WasmType>(condition: I32, then: Expr<T>, otherwise: Expr<T>): Expr<T>;

  load8(address: I32, offset?: number): I32;
  load16(address: I32, offset?: number): I32;
  load32(address: I32, offset?: number): I32;
  load64(address: I32, offset?: number): I64;
  loadF64(address: I32, offset?: number): F64;
  store8(address: I32, value: I32, offset?: number): void;
  store32(address: I32, value: I32, offset?: number): void;
  store64(address: I32, value: I64, offset?: number): void;
  storeF64(address: I32, value: F64, offset?: number): void;

  /** A number among the operands, where code is written for one instruction and not for all of its opcode; else null. */
  given(name: string): number | null;
  /** Whether an array has elements of this kind and one at the index. */
  hasElement(array: I32, index: I64, code: I32): I32;
  /** Where the elements of an array stand, less BUFFER_HEADER. */
  elements(array: I32): I32;
  /** Whether the bytes of a string can be read in place, and there is one at the index. */
  hasByte(string: I32, index: I64): I32;
  /** Where the bytes of a string stand for which `hasByte` holds, less STRING_HEADER. */
  bytes(string: I32): I32;
  /** Code for what hardly ever happens, in an instruction that may be executed again from its operands. */
  rarely<T extends WasmType>(body: () => Expr<T>): Expr<T>;
  /** Like `rarely`, without result. */
  rarelyDo(body: () => void): void;

  /** Raises a machine trap if the condition holds. */
  trapIf(condition: I32, trap: TrapName): void;
  /** Raises the trap at this position of TRAPS. */
  trap(position: I32): void;
  /** A function of the runtime core; leaves if it could not finish. The result may be used any number of times. */
  core<T extends WasmType>(name: CoreFunction, args: readonly Expr<WasmType>[]): Expr<T>;
  /** Like `core`, for functions without result. */
  coreEffect(name: CoreFunction, args: readonly Expr<WasmType>[]): void;
  /** A new zeroed object: bytes in all, LAYOUT, TypeCode, aux. Leaves if there is no room. */
  allocate(bytes: I32, layout: number, type: I32, aux: I32): I32;
  /** Fills the 8-byte slots of a new object from `count` slots of the frame. */
  fillSlots(object: I32, window: I32, count: I32): void;
  /** Stores a reference or an any word into an object's 8-byte slot at `address`, with the collector's barrier. */
  storeSlotBarrier(object: I32, address: I32, value: I64, offset?: number): void;
  /** Stores a reference into a 4-byte element at `address` of an object's buffer, with the collector's barrier. */
  storeElementBarrier(object: I32, address: I32, value: I32, offset?: number): void;

  /** Stores the result now: for opcodes that go on to branch. */
  result<T extends WasmType>(value: Expr<T>): void;
  /** The running function value. */
  closure(): I32;
  jump(target: Target): void;
  branchIf(condition: I32, target: Target): void;
  /** Takes fuel, or stops before the instruction. */
  poll(cost: I64): void;
  /** Raises stackOverflow unless calls may nest so much deeper than this frame. */
  checkDepth(deeper: I32): void;
  /**
   * `deeper`: by how many calls the callee is nested deeper than this frame: 1, and the inlined calls around. `closure`: what it finds as its
   * function value, null for none.
   */
  call(func: I32, info: I32, window: I32, deeper: I32, closure: I32 | null): void;
  /** The typed entry of a function value. */
  callClosure(closure: I32, window: I32, deeper: I32): void;
  /** The boxed entry of a function value; the callee is an adapter and does not count as a nested call itself. */
  callBoxed(closure: I32, window: I32, count: I32, deeper: I32): void;
  return(value: I64 | null): void;
  /** Runs the machine code of the running function, by its number in the machine's table, and returns for it. */
  enterMachineCode(entry: I32): void;
  /** A built-in on a run of slots. */
  runtime(builtin: I32, window: I32): void;
  /** A built-in on slots; its result is stored in the `def` operand. */
  runtimeOn(builtin: I32, operands: readonly I64[]): void;
  /** A built-in on values; gives 0 as an any word only if it leaves. */
  builtin<T extends WasmType>(name: BuiltinName, args: readonly Expr<WasmType>[]): Expr<T>;
  /** Like `builtin`, for those without result. */
  builtinEffect(name: BuiltinName, args: readonly Expr<WasmType>[]): void;
}
