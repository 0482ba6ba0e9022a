/**
 * The engine matrix: every program runs in all of these modes against the same expectations.
 *
 * Modes of one `fuel` group must also use exactly the same amount of fuel.
 *
 * Stress modes stop or collect at every chance, which costs a multiple of the program's own time: they leave out programs that do
 * a lot of work. What is a lot is counted in fuel, so it does not depend on the machine.
 */
import { type Checks, DEFAULT_CHECKS } from '@orus/core/engine/engine';
import type { JitSettings } from '@orus/core/engine/jit/tuning';
import type { Random } from './generate/random.ts';

export interface Mode {
  readonly name: string;
  readonly engine: string;
  readonly jit?: JitSettings;
  readonly checks: Checks;
  readonly fuel?: string;
  /** The program is run before, and runs as it is kept then, with the machine code of that run. */
  readonly again?: boolean;
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

/** `rounds`: of a counted loop, that are paid for at once. Loops of tests are short. */
function eager(name: string, fuel: string, changes: Partial<Checks>, rounds = 3): Mode {
  return { ...mode(name, 'jit', fuel, changes), jit: { when: 'eager', rounds } };
}

function tiered(name: string, threshold: number, changes: Partial<Checks>): Mode {
  return { ...mode(name, 'jit', 'optimised', changes), jit: { threshold } };
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
  // Also what no pass has touched can be kept in a file.
  { ...mode('interp-plain', 'interp', 'plain', { optimise: false }), throughFile: true },
  mode('interp-stress-gc', 'interp', 'optimised', { stressGc: true }),
  mode('interp-4-registers', 'interp', 'optimised', { registers: 4 }),
  mode('interp-constants', 'interp', 'optimised', { constants: 2 }),
  ...[1, 2, 3, 5, 7].map((slice) => mode(`interp-slice-${slice}`, 'interp', 'optimised', { slice })),
  ...[1, 2, 10].map((threshold) => tiered(`jit-${threshold}`, threshold, { slice: 1000 })),
  tiered('jit-slice-2', 2, { slice: 2 }),
  { ...tiered('jit-again', 1, { slice: 1000 }), again: true },
  { ...eager('jit-eager', 'optimised', {}), jit: { when: 'eager' } },
  eager('jit-eager-plain', 'plain', { optimise: false }),
  eager('jit-eager-stress-gc', 'optimised', { stressGc: true }),
  eager('jit-eager-4-registers', 'optimised', { registers: 4, constants: 2 }),
  { ...eager('jit-eager-wrong', 'optimised', {}), jit: { when: 'eager', wrong: true } },
  ...[1, 3, 7].map((slice) => eager(`jit-slice-${slice}`, 'optimised', { slice })),
  eager('jit-plain-stress', 'plain', { optimise: false, stressGc: true, registers: 4, constants: 2, slice: 3 }),
  mode('interp-plain-stress', 'interp', 'plain', {
    optimise: false,
    stressGc: true,
    registers: 4,
    constants: 2,
    slice: 3,
  }),
];

/** Modes that are chosen anew for each program, and the depth limit for all of them. */
export interface LeanModes {
  readonly modes: readonly Mode[];
  readonly depth: number;
}

/** Few of them, because each is an engine of its own. */
const THRESHOLDS = [1, 2, 3, 5, 10];

/**
 * The evaluator of the typed tree, the interpreter and machine code, eager and tiered, each with slices and collections of its own: slices of 1 to 50, a
 * collection at every allocation, depth limits of 3 to 30.
 */
export function leanModes(random: Random): LeanModes {
  const harassed = (): Partial<Checks> => ({
    ...(random.chance(0.6) ? { slice: random.between(1, 50) } : {}),
    stressGc: random.chance(0.4),
  });
  const plain = random.chance(0.15);
  const fuel = plain ? 'plain' : 'optimised';
  // The checkers look at one in four: what they find does not depend on the rest.
  const checks = { optimise: !plain, verify: random.chance(0.25) };
  const modes = [
    mode('tree', 'tree', undefined, {}),
    mode('interp', 'interp', fuel, { ...checks, ...(random.chance(0.5) ? harassed() : {}) }),
    eager('jit-eager', fuel, { ...checks, ...harassed() }, random.between(1, 5)),
    {
      ...mode('jit-tiered', 'jit', fuel, { ...checks, slice: random.between(1, 50), stressGc: random.chance(0.3) }),
      jit: { threshold: random.pick(THRESHOLDS), rounds: random.between(1, 5) },
      again: random.chance(0.3),
    },
  ];
  return { modes, depth: random.chance(0.5) ? random.between(3, 30) : 300 };
}
