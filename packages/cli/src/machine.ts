/**
 * The machine's module, with the code that V8's optimising compiler made of it when the program was built.
 *
 * V8 begins with baseline code, in which the interpreter is five times slower, and needs a tenth of a second for better code: longer than
 * most programs run. It can keep what it has compiled, as browsers do between visits, but Node 20 offers that nowhere but behind the
 * functions for V8's own tests (`--allow-natives-syntax`, deps/v8/src/runtime/runtime-test-wasm.cc). V8 refuses code of another version of itself, for another
 * processor or other flags; whatever goes wrong here, the module is compiled as usual. That the code belongs to these bytes V8 does not
 * check: the build writes and removes both together.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { setV8Flag } from './v8-flags.ts';

export const MACHINE_FILE = `${import.meta.dirname}/../dist/machine.wasm`;
export const KEPT_FILE = `${MACHINE_FILE}.cache`;

/** Reading the machine as bytes is less work than decoding the text that is built in. */
export function machineModule(): WebAssembly.Module {
  const bytes = bytesOf(MACHINE_FILE);
  return keptModule(bytes) ?? new WebAssembly.Module(bytes);
}

/** What is in a file, in a buffer of its own that was not filled before. */
export function bytesOf(path: string): Uint8Array<ArrayBuffer> {
  const fd = openSync(path, 'r');
  try {
    const bytes = new Uint8Array(fstatSync(fd).size);
    return bytes.subarray(0, readSync(fd, bytes));
  } finally {
    closeSync(fd);
  }
}

/** The machine with its kept code; undefined if there is none or V8 does not take it. */
function keptModule(bytes: Uint8Array<ArrayBuffer>): WebAssembly.Module | undefined {
  try {
    return moduleWithCode(bytes, bytesOf(KEPT_FILE));
  } catch {
    return undefined;
  }
}

/** A module with code that `codeOfModule` gave for the same bytes; undefined if V8 does not take it. */
export function moduleWithCode(
  bytes: Uint8Array<ArrayBuffer>,
  code: Uint8Array<ArrayBuffer>,
): WebAssembly.Module | undefined {
  try {
    return callNative('%DeserializeWasmModule(a, b)', code.buffer, bytes) as WebAssembly.Module | undefined;
  } catch {
    return undefined;
  }
}

/** What V8's optimising compiler has made of a module; null if V8 does not say. Without any such code V8 ends the process. */
export function codeOfModule(module: WebAssembly.Module): Uint8Array<ArrayBuffer> | null {
  try {
    return new Uint8Array(callNative('%SerializeWasmModule(a)', module) as ArrayBuffer);
  } catch {
    return null;
  }
}

/** Calls a function of V8 that only its tests may name, with `a` and `b`; throws if this V8 has none of that name. */
function callNative(call: string, a: unknown, b?: unknown): unknown {
  setV8Flag('--allow-natives-syntax');
  try {
    return (new Function('a', 'b', `return ${call}`) as (a: unknown, b: unknown) => unknown)(a, b);
  } finally {
    setV8Flag('--no-allow-natives-syntax');
  }
}
