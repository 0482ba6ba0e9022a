/**
 * The machine of a session: it begins empty and takes in one entry after another.
 *
 * Tables whose addresses stand in code cannot move, so they have their final size from the start; memory that nobody touches costs
 * nothing. What an entry brings is never taken out again: functions of earlier entries may still be held by values.
 */
import { IdMap } from '../../base/id-map.ts';
import type { BytecodeProgram, FuncIndex } from '../../isa/program.ts';
import type { Checks, GrowingInstance, Host, Limits } from '../engine.ts';
import type { Room } from './load.ts';
import { type MachineModules, Vm } from './vm.ts';

export const SESSION_ROOM: Room = {
  constants: 16_384,
  funcs: 65_536,
  globals: 65_536,
  bytes: 48 * 2 ** 20,
  frame: 256,
};

const EMPTY: BytecodeProgram = {
  files: new IdMap(),
  funcs: [],
  types: [],
  globals: [],
  signatures: [],
  strings: [],
  constants: [],
  modules: [],
  main: null,
};

/** Whoever wants to know what is in a machine, and counts. */
interface Companion {
  /** A program was taken in, its first function with this number. */
  add(program: BytecodeProgram, first: number): void;
  stats(): Readonly<Record<string, number>>;
}

export function growingMachine(
  host: Host,
  limits: Limits,
  checks: Checks,
  modules: MachineModules,
  companion?: (vm: Vm) => Companion,
): GrowingInstance {
  const vm = new Vm(EMPTY, host, limits, checks, modules, {}, SESSION_ROOM);
  const other = companion?.(vm);
  let first = 0;
  return {
    append(program) {
      const added = vm.append(program.bytecode());
      if (added === null) return false;
      first = added;
      other?.add(program.bytecode(), first);
      return true;
    },
    begin(init, bounds) {
      vm.refill(bounds);
      vm.begin((first + init) as FuncIndex);
    },
    advance(slices) {
      const result = vm.advance(slices);
      if (result?.status !== 'returned') return result;
      return { status: 'returned', value: result.slot !== 0n };
    },
    stats: () => ({ ...vm.stats(), ...other?.stats() }),
  };
}
