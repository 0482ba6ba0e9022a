/**
 * Units of machine code that outlive a run.
 *
 * What a unit is made of follows from the program, from where it is in memory, from what was asked for and from the units that it calls;
 * never from what the program did. So a later run of the same program that asks for the same can have it as it is.
 */
import type { FuncIndex } from '../../isa/program.ts';
import type { HostCode, UnitCode } from './link-unit.ts';

export interface KeptUnit {
  readonly unit: UnitCode;
  /** What the host made of it, if that could be kept too. */
  readonly code: HostCode | null;
}

/** What a host keeps of one program at one place in memory. */
export interface UnitStore {
  /** What was last made of a request. */
  find(request: string): KeptUnit | null;
  add(request: string, unit: UnitCode, code: HostCode): void;
}

/** Keeps units for other machines of the same process. */
export function unitsInMemory(): UnitStore {
  const units = new Map<string, KeptUnit>();
  return {
    find: (request) => units.get(request) ?? null,
    add: (request, unit, code) => void units.set(request, { unit, code }),
  };
}

/** A request for functions that are called, with what they call. */
export function requestOfCalls(roots: readonly FuncIndex[]): string {
  return roots.join(' ');
}

/** A request for a function from one of its polls on. */
export function requestOfEntry(func: FuncIndex, pc: number): string {
  return `${func}@${pc}`;
}
