/**
 * The engine matrix: every program runs in all of these modes against the same expectations.
 *
 * Modes of one `fuel` group must also use exactly the same amount of fuel.
 *
 * Stress modes stop or collect at every chance, which costs a multiple of the program's own time: they leave out programs that do
 * a lot of work. What is a lot is counted in fuel, so it does not depend on the machine.
 */
import { type Checks, DEFAULT_CHECKS } from '@orus/core/engine/engine';

export interface Mode {
  readonly name: string;
  readonly engine: string;
  readonly checks: Checks;
  readonly fuel?: string;
  /** The program goes through a bytecode file and through the text of the disassembler before it runs. */
  readonly throughFile?: boolean;
  /** Programs that use more fuel than this in the mode `interp` are left out. */
  readonly maxFuel: number;
}

const STRESS_FUEL = 400_000;

function mode(name: string, engine: string, fuel: string | undefined, changes: Partial<Checks>): Mode {
  return {
    name,
    engine,
    checks: { ...DEFAULT_CHECKS, verify: true, ...changes },
    ...(fuel === undefined ? {} : { fuel }),
    maxFuel: changes.stressGc || changes.slice !== undefined ? STRESS_FUEL : Infinity,
  };
}

export const MODES: readonly Mode[] = [
  mode('tree', 'tree', undefined, {}),
  mode('tree-boxed', 'tree', undefined, { boxedTree: true }),
  mode('ir', 'ir', undefined, {}),
  mode('ir-plain', 'ir', undefined, { optimise: false }),
  mode('interp', 'interp', 'optimised', {}),
  { ...mode('interp-file', 'interp', 'optimised', {}), throughFile: true },
  // As users run it: nothing but the program.
  mode('interp-unchecked', 'interp', 'optimised', { verify: false }),
  mode('interp-plain', 'interp', 'plain', { optimise: false }),
  mode('interp-stress-gc', 'interp', 'optimised', { stressGc: true }),
  mode('interp-4-registers', 'interp', 'optimised', { registers: 4 }),
  mode('interp-constants', 'interp', 'optimised', { constants: 2 }),
  ...[1, 2, 3, 5, 7].map((slice) => mode(`interp-slice-${slice}`, 'interp', 'optimised', { slice })),
  mode('jit', 'jit', 'optimised', { slice: 1000 }),
  mode('jit-eager', 'jit-eager', 'optimised', {}),
  mode('jit-eager-plain', 'jit-eager', 'plain', { optimise: false }),
  mode('jit-eager-stress-gc', 'jit-eager', 'optimised', { stressGc: true }),
  mode('jit-eager-4-registers', 'jit-eager', 'optimised', { registers: 4, constants: 2 }),
  ...[1, 2, 3, 7].map((slice) => mode(`jit-slice-${slice}`, slice === 2 ? 'jit' : 'jit-eager', 'optimised', { slice })),
  mode('jit-plain-stress', 'jit-eager', 'plain', {
    optimise: false,
    stressGc: true,
    registers: 4,
    constants: 2,
    slice: 3,
  }),
  mode('interp-plain-stress', 'interp', 'plain', {
    optimise: false,
    stressGc: true,
    registers: 4,
    constants: 2,
    slice: 3,
  }),
];
