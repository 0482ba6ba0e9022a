/**
 * The IR evaluator as an engine: the oracle for lowering and for every pass.
 *
 * It shares no code with the tree engine (except the text of numbers) nor with the machine.
 */
import type { Engine, Host, Instance, Limits, Outcome, Prepared, RunStats } from '../engine.ts';
import type { IrProgram } from '../../ir/ir.ts';
import { Machine } from './machine.ts';
import { Runner } from './run.ts';

export const irEngine: Engine = {
  name: 'ir',
  doc: 'evaluates the SSA IR (slow; an oracle for the optimiser)',
  create: (program: Prepared, host, limits) => instanceOf(program.ir(), host, limits),
};

/** An instance of a program that is already IR. */
export function instanceOf(program: IrProgram, host: Host, limits: Limits): Instance {
  const machine = new Machine(program, host, limits);
  const runner = new Runner(machine);
  return {
    run: (): Outcome => {
      const outcome = runAll(program, runner);
      machine.flush();
      return outcome;
    },
    stats: (): RunStats => ({ fuel: machine.fuelUsed }),
  };
}

/** Module initialisers in order, then `main` unless the entry file returned early. */
function runAll(program: IrProgram, runner: Runner): Outcome {
  const last = program.modules.length - 1;
  let returned = false;
  for (const [i, module] of program.modules.entries()) {
    const result = runner.run(module.init);
    if ('status' in result) {
      return result.status === 'error' ? { status: 'error', trap: { ...result.trap, whileLoading: i < last } } : result;
    }
    returned = i === last && result.value !== 0;
  }
  if (program.main === null || returned) return { status: 'done' };
  const result = runner.run(program.main);
  return 'status' in result ? result : { status: 'done' };
}
