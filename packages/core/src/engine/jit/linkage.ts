/** What a unit of machine code is linked with: functions of the core and the interpreter, machine code of callees, addresses. */
import type { BuiltinName } from '../../base/builtins.ts';
import type { BytecodeProgram, FuncIndex } from '../../isa/program.ts';
import type { CoreFunction } from '../../runtime/core-exports.ts';
import type { Watch } from './instruments.ts';
import type { Outlined } from './outlined.ts';

/** A callee with machine code. */
export interface DirectCallee {
  /** Index of its typed function in the module. */
  readonly index: number;
  /** Whether a collection may happen while it runs, so the caller's frame must be written. */
  readonly collects: boolean;
}

export interface Linkage {
  readonly program: BytecodeProgram;
  core(name: CoreFunction): number;
  builtin(name: BuiltinName): number;
  readonly outlined: Outlined;
  /** See `Tuning`. */
  readonly rounds: number;
  /** Whether the instruction at an address may be taken to do what it usually does, and machine code be left where it does not. */
  mayGuess(address: number): boolean;
  /** For tests: whether what is taken for granted of the instruction at an address turns out wrong. */
  isWrong(address: number): boolean;
  /** Told of the address of each instruction for which a guard is written. */
  readonly guarded: ((address: number) => void) | null;
  direct(func: FuncIndex): DirectCallee | null;
  /** Told that a function is called through the table of typed forms, see `TypedForms`. */
  throughTable(): void;
  /** Address of a function's first instruction. */
  codeAddress(func: FuncIndex): number;
  /** Looks on while code is written. */
  readonly watch: Watch | null;
  /** A word of loaded code. */
  word(address: number): number;
}
