/**
 * Linking a unit of machine code that the host has compiled with a machine, and with the units that it calls.
 */
import { present } from '../../base/bug.ts';
import { kindOfCode, TYPE_CODES } from '../../base/kinds.ts';
import type { BytecodeFunc, BytecodeProgram, FuncIndex } from '../../isa/program.ts';
import { coreFunction } from '../../runtime/core-exports.ts';
import type { Instruments } from './instruments.ts';
import type { Resident } from './linkage.ts';

type WasmFunction = (...args: never[]) => unknown;

/** A function with machine code, as later units link with it. */
export interface Compiled {
  readonly typed: WasmFunction;
  readonly collects: boolean;
}

/** What a frame of a function may take of the host's stack, and what each level of nested calls that go through one. */
export interface StackBytes {
  readonly frame: number;
  readonly level: number;
}

/** A function in a unit, from one of its instructions on. */
export interface UnitFunction {
  readonly func: FuncIndex;
  /** The pc at which it is entered; 0: where calls begin. */
  readonly entry: number;
  /** Instructions that can be reached from there. */
  readonly instructions: number;
  /** Whether a collection may happen while it runs. */
  readonly collects: boolean;
  /** An estimate for the host's baseline compiler. */
  readonly stack: StackBytes;
}

/** A unit as the host compiles it, and what it has to be linked with. Plain data, the same for every machine with the same program at the same addresses. */
export interface UnitCode {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly functions: readonly UnitFunction[];
  /** Functions of other units that it calls, and whether it expects collections while they run. */
  readonly outer: ReadonlyMap<FuncIndex, boolean>;
  /** Functions that it calls as bytecode, because they had no machine code. */
  readonly interpreted: readonly FuncIndex[];
  /** Whether it calls typed forms through a table. */
  readonly calls: boolean;
}

/** What a host makes of a unit. */
export interface HostCode {
  readonly module: WebAssembly.Module;
  /** Whether this is the best code that it makes, so that nothing is gained by entering it anew. */
  readonly optimised: boolean;
}

/** `again`: the same was wanted before, perhaps in an earlier run, so it is worth more of the host's time. */
export type CompileUnit = (bytes: Uint8Array<ArrayBuffer>, again: boolean) => HostCode;

/** What a unit gives for each of its functions, in their order. */
export interface LinkedFunction extends UnitFunction {
  readonly run: (frame: number) => number;
  readonly compiled: Compiled;
  /** Whether calls of function values may call the typed form: it is what the function's signature says, or takes and gives any words. */
  readonly indirect: boolean;
}

/** The names of a function's forms among what a unit exports, by its position. */
export const exportName = (kind: 'entry' | 'typed', position: number): string => `${kind}${position}`;

/** What a unit is linked with besides its machine. */
export interface Surroundings {
  /** Functions with machine code. */
  readonly compiled: ReadonlyMap<FuncIndex, Compiled>;
  /** Typed forms, if the unit calls function values. */
  readonly table: WebAssembly.Table | null;
  readonly refill: (cost: number) => number;
  readonly instruments?: Instruments | undefined;
}

export function linkUnit(
  { vm, program, first }: Resident,
  { functions, outer }: UnitCode,
  module: WebAssembly.Module,
  { compiled, table, refill, instruments }: Surroundings,
): LinkedFunction[] {
  for (const { func, stack } of functions) vm.reserveNative(first + func, stack);
  const { exports } = new WebAssembly.Instance(module, {
    env: { memory: vm.memory.memory },
    core: coreImports(module, vm.table),
    interp: { run: instruments?.interpret(vm.run) ?? vm.run, enter: vm.enter },
    tiers: { refill, ...(instruments ? { count: instruments.count, left: instruments.left } : {}) },
    unit: {
      ...(table ? { functions: table } : {}),
      ...Object.fromEntries(
        [...outer.keys()].map((func) => [String(func), present(compiled.get(func), 'callee').typed]),
      ),
    },
  });
  return functions.map((each, i) => ({
    ...each,
    run: exports[exportName('entry', i)] as (frame: number) => number,
    compiled: { typed: exports[exportName('typed', i)] as WasmFunction, collects: each.collects },
    indirect: each.entry === 0 && hasSignature(present(program.funcs[each.func], 'function'), program),
  }));
}

/** The functions of the core that a module imports. */
export function coreImports(module: WebAssembly.Module, table: WebAssembly.Table): Record<string, WasmFunction> {
  const imports: Record<string, WasmFunction> = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module))
    if (from === 'core') imports[name] = coreFunction(table, name);
  return imports;
}

function hasSignature(func: BytecodeFunc, program: BytecodeProgram): boolean {
  const { params, result } = func;
  if (result === 'any' && params.every((kind) => kind === 'any')) return true;
  const signature = program.signatures[func.sig];
  if (signature === undefined || signature.params.length !== params.length) return false;
  const wanted = signature.result === TYPE_CODES.nil ? null : kindOfCode(signature.result);
  return wanted === result && signature.params.every((code, i) => kindOfCode(code) === params[i]);
}
