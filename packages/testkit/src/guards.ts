/**
 * Makes the guards of machine code fail, one instruction after another, and compares everything with the interpreter.
 */
import { moduleFiles } from '@orus/cli/module-files';
import { DEFAULT_CHECKS, type Limits } from '@orus/core/engine/engine';
import { EAGER_TUNING } from '@orus/core/engine/jit/tuning';
import { stagesOf } from './compiled.ts';
import { filesOf } from './differential.ts';
import { generateProgram } from './generate/program.ts';
import { seededRandom } from './generate/random.ts';
import { examples, runTests, type TestProgram } from './programs.ts';
import { compareTraces, type Trace, traceOf } from './windows.ts';

/** What was seen in all programs together. */
export class GuardTally {
  programs = 0;
  /** Instructions with guards; those that were made to fail; those that failed in the run. */
  guards = 0;
  tried = 0;
  failed = 0;
  /** Stops of machine code. */
  stops = 0;

  text(): string {
    const { programs, guards, tried, failed, stops } = this;
    return `${programs} programs, ${guards} guards, ${tried} made wrong, ${failed} of them reached; frames compared at ${stops} stops`;
  }
}

export interface GuardOptions {
  /** Guards of a program that are made wrong, each in a run of its own; chosen by the seed if there are more. */
  readonly places: number;
  readonly seed: number;
  readonly tally: GuardTally;
}

/** Run tests, regression tests and examples. */
export function allPrograms(): TestProgram[] {
  return [...runTests('tests/run'), ...runTests('tests/regress'), ...examples('examples')];
}

export function generatedProgram(seed: number): TestProgram {
  const { main } = filesOf(generateProgram(seed, { size: 1 }).text);
  const nothing = Buffer.alloc(0);
  return {
    name: `seed ${seed}`,
    text: main,
    expected: { stdout: nothing, reports: [], stdin: nothing, deep: false, slow: [] },
  };
}

/** About so many stops are compared in a run. */
const STOPS = 2000;
const LIMITS: Limits = { fuel: Infinity, memory: 64 * 2 ** 20, depth: 1000, timeMs: 60_000 };

/** What is wrong with the machine code of a program; empty if nothing is. Programs that the checker refuses have none. */
export function testGuards({ name, text, expected }: TestProgram, { places, seed, tally }: GuardOptions): string[] {
  const { prepared } = stagesOf({ path: name, text }, moduleFiles('.', {}), { verify: false });
  const program = prepared(DEFAULT_CHECKS)?.bytecode();
  if (program === undefined) return [];
  const limits = {
    ...LIMITS,
    depth: expected.depth ?? LIMITS.depth,
    fuel: expected.fuel ?? LIMITS.fuel,
    memory: expected.memory ?? LIMITS.memory,
  };
  const options = { limits, stdin: expected.stdin };
  const { fuel, output } = traceOf(program, { ...options, slices: 1e9 });
  if (/timestamp|time\(/.test(text) && output !== expected.stdout.toString('latin1')) return [];
  const slice = Math.max(1, Math.floor(fuel / STOPS));
  tally.programs++;
  const problems: string[] = [];
  // The interpreter stops wherever the machine code did.
  const compare = (what: string, got: Trace): void => {
    const wanted = traceOf(program, { ...options, slices: [...got.stops.keys()] });
    tally.stops += got.stops.size;
    problems.push(...compareTraces(wanted, got).map((each) => `${what}: ${each}`));
  };

  const guards = new Set<number>();
  const asked = (address: number): boolean => {
    guards.add(address);
    return false;
  };
  compare('polls', traceOf(program, { ...options, slices: slice, tuning: { ...EAGER_TUNING, wrong: asked } }));
  tally.guards += guards.size;
  const random = seededRandom(seed);
  for (const address of random.shuffled([...guards]).slice(0, places)) {
    const tuning = { ...EAGER_TUNING, wrong: (each: number) => each === address };
    // Usual slices: the frame goes on in machine code until it comes to the guard.
    const got = traceOf(program, { ...options, slices: random.chance(0.5) ? slice : 1e5, tuning });
    tally.tried++;
    if (got.guesses > 0) tally.failed++;
    compare(`guard at ${address}`, got);
  }
  return problems;
}
