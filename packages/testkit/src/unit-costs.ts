/**
 * What it costs to write machine code: a program's functions as one unit, over and over, so that the compiler itself is warm.
 */
import { checkProgram } from '@orus/core/compile';
import { placedProgram } from '@orus/core/engine/jit/print-units';
import { planUnit } from '@orus/core/engine/jit/translate';
import { NO_CODE } from '@orus/core/engine/jit/linkage';
import { buildUnit } from '@orus/core/engine/jit/unit';
import type { BytecodeProgram, FuncIndex } from '@orus/core/isa/program';

export interface UnitCosts {
  readonly functions: number;
  readonly instructions: number;
  /** Of WebAssembly. */
  readonly bytes: number;
  /** Milliseconds to plan and write the unit, and for comparison to compile the source to bytecode: the least of all rounds. */
  readonly translateMs: number;
  readonly compileMs: number;
}

function compiled(text: string): BytecodeProgram {
  const { prepared } = checkProgram({ path: 'unit.orus', text }, { loader: { resolve: () => ({ tried: [] }) } });
  if (prepared === null) throw new Error('the program has mistakes');
  return prepared.bytecode();
}

/** `now` in milliseconds. */
export function unitCosts(text: string, rounds: number, now: () => number): UnitCosts {
  let compileMs = Infinity;
  let translateMs = Infinity;
  let costs: Pick<UnitCosts, 'functions' | 'instructions' | 'bytes'> | null = null;
  for (let round = 0; round < rounds; round++) {
    const begun = now();
    const program = compiled(text);
    compileMs = Math.min(compileMs, now() - begun);
    const placed = placedProgram(program);
    const link = { ...placed, ...NO_CODE };
    const planning = now();
    const plans = program.funcs.flatMap(({ code }, i) => {
      const plan = code.length === 0 ? '' : planUnit(link, i as FuncIndex, 0);
      return typeof plan === 'string' ? [] : [plan];
    });
    const { bytes } = buildUnit(placed, plans, new Map());
    translateMs = Math.min(translateMs, now() - planning);
    const instructions = plans.flatMap(({ flow }) => flow.blocks).reduce((sum, { start, end }) => sum + end - start, 0);
    costs = { functions: plans.length, instructions, bytes: bytes.length };
  }
  if (costs === null) throw new Error('no rounds');
  return { ...costs, translateMs, compileMs };
}
