/** What a unit of machine code is linked with: functions of the core and the interpreter, machine code of callees, addresses. */
import { Bug, present } from '../../base/bug.ts';
import type { BuiltinName } from '../../base/builtins.ts';
import type { DecodedInst } from '../../isa/encode.ts';
import type { BytecodeProgram, FuncIndex } from '../../isa/program.ts';
import type { CoreFunction } from '../../runtime/core-exports.ts';
import type { Vm } from '../vm/vm.ts';
import type { Flow } from './flow.ts';
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

/** A program in a machine. That of a session takes in one after another, each with numbers of its own for its functions. */
export interface Resident {
  readonly vm: Vm;
  readonly program: BytecodeProgram;
  /** The machine's number of the program's first function. */
  readonly first: number;
  /** Addresses of instructions about which guesses have failed often. */
  readonly careful?: ReadonlySet<number>;
  /** These two: see `Tuning`. */
  readonly rounds: number;
  readonly wrong?: ((address: number) => boolean) | undefined;
}

/** What `planUnit` needs of the linkage: addresses and the program. */
export function addressing({ vm, program, first, careful, rounds, wrong }: Resident): Placed {
  return {
    program,
    rounds,
    isWrong: (address) => wrong?.(address) === true,
    mayGuess: (address) => careful?.has(address) !== true,
    codeAddress: (func) => present(vm.loaded.code[first + func], 'code'),
    word: (address) => vm.memory.u32(address),
  };
}

/** What of the linkage does not depend on the unit: a program, and where it is in a memory. */
export type Placed = Pick<Linkage, 'program' | 'rounds' | 'codeAddress' | 'word' | 'mayGuess' | 'isWrong'>;

/** For plans, which are made without code. */
export const NO_CODE: Omit<Linkage, keyof Placed> = {
  core: nothingToCall,
  builtin: nothingToCall,
  direct: () => null,
  throughTable: () => undefined,
  watch: null,
  guarded: null,
  outlined: { pending: 0, more: 0, stand: 0, exceeds: 0, header: 0, far: 0 },
};

function nothingToCall(): never {
  throw new Bug('plans are made without code');
}

/** Whether machine code is left where a guess about an instruction is wrong; `code`: address of the function's first instruction. */
export function mayLeave({ mayGuess }: Pick<Linkage, 'mayGuess'>, flow: Flow, code: number, inst: number): boolean {
  const { pc } = flow.insts[inst] as DecodedInst;
  return flow.handlerOf(inst) === null && mayGuess(code + 4 * pc);
}
