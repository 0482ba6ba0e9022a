/**
 * A bare interpreter for tests of single opcodes: one memory, no runtime core, code written straight into memory.
 */
import { BUILTIN_NAMES } from '../../../src/base/builtins.ts';
import { generate } from '../../../src/engine/interp/generate.ts';
import { encode } from '../../../src/isa/encode.ts';
import { opcode } from '../../../src/isa/opcodes.ts';
import { CORE_FUNCTIONS, builtinExport } from '../../../src/runtime/core-exports.ts';
import { FRAME, FRAME_ENDS_RUN, FUNC_INFO, FUNC_INFO_SIZE, VM_FUEL, VM_REGS } from '../../../src/runtime/layout.ts';

const FUNC_TABLE = 0x8_0000;
// Not a multiple of 4 KiB away from the stack: loads of code would seem to depend on stores to registers.
const CODE = 0x9_0800;
const STACK = 0xa_0000;

let module: WebAssembly.Module | undefined;

/** One function, whose frame begins at slot 0 of `STACK`. */
export class BareMachine {
  readonly memory = new WebAssembly.Memory({ initial: 32 });
  readonly view = new DataView(this.memory.buffer);
  /** Names of the core functions that were called, with their arguments. */
  readonly calls: { readonly name: string; readonly args: readonly unknown[] }[] = [];
  readonly #run: () => number;
  readonly code: number[] = [];

  constructor() {
    module ??= new WebAssembly.Module(generate().bytes);
    const core: Record<string, (...args: unknown[]) => unknown> = {};
    for (const name of [...Object.keys(CORE_FUNCTIONS), ...BUILTIN_NAMES.map(builtinExport)]) {
      core[name] = (...args) => {
        this.calls.push({ name, args });
        return name === 'box_wide' || name.startsWith('array_') ? 0n : 0;
      };
    }
    const instance = new WebAssembly.Instance(module, { env: { memory: this.memory }, core });
    this.#run = instance.exports['run'] as () => number;
    this.set('FUNC_TABLE', FUNC_TABLE);
    this.set('STACK_LIMIT', STACK + 0x1_0000);
    this.set('DEPTH_LIMIT', 100);
    this.view.setUint32(FUNC_TABLE + FUNC_INFO.boxed, 0xffff_ffff, true);
    this.view.setUint32(FUNC_TABLE + FUNC_INFO_SIZE + FUNC_INFO.boxed, 0xffff_ffff, true);
  }

  set(name: keyof typeof VM_REGS, value: number): void {
    this.view.setUint32(VM_REGS[name], value, true);
  }

  get(name: keyof typeof VM_REGS): number {
    return this.view.getUint32(VM_REGS[name], true);
  }

  slot(index: number): bigint {
    return this.view.getBigInt64(STACK + 8 * index, true);
  }

  setSlot(index: number, value: bigint): void {
    this.view.setBigInt64(STACK + 8 * index, value, true);
  }

  /** Address of an instruction by its word. */
  address(word: number): number {
    return CODE + 4 * word;
  }

  /** Appends an instruction; targets are addresses. */
  emit(name: string, ...values: number[]): number {
    return encode(this.code, opcode(name), values);
  }

  /** Runs the code from its start; gives the status. */
  run(fuel = 1_000_000n): number {
    this.code.forEach((word, i) => {
      this.view.setUint32(CODE + 4 * i, word, true);
    });
    this.set('FP', STACK);
    this.set('PC', CODE);
    this.set('PENDING', 0);
    // the frame of a function that the driver called
    for (let i = 1; i <= 6; i++) this.view.setUint32(STACK - 4 * i, 0, true);
    this.view.setUint32(STACK + FRAME.returnPc, FRAME_ENDS_RUN, true);
    this.view.setBigInt64(VM_FUEL, fuel, true);
    return this.#run();
  }

  resume(): number {
    return this.#run();
  }
}
