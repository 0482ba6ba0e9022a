/**
 * The tree engine: runs the typed tree itself. It is the baseline that other engines are measured against and the oracle
 * they are compared with, so it is written from the specification and shares no evaluation with them.
 *
 * It recurses natively for nested expressions and guest calls. Whoever runs deep programs gives it a large native stack; if that
 * is exhausted all the same, it is a bug and no outcome.
 */
import { Bug } from '../../base/bug.ts';
import type { Program } from '../../hir/hir.ts';
import type { Checks, Engine, Host, Instance, Limits, Outcome, Prepared, RunStats } from '../engine.ts';
import { runFunction } from './calls.ts';
import { textOfBytes } from './bytes.ts';
import { GuestError, LimitStop, traceOf } from './errors.ts';
import { Machine } from './machine.ts';
import { translate } from './translate.ts';

export const treeEngine: Engine = {
  name: 'tree',
  doc: 'walks the typed tree; the slowest engine, and the simplest',
  create(program: Prepared, host: Host, limits: Limits, checks: Checks): Instance {
    return new TreeInstance(program.tree, host, limits, checks);
  },
};

class TreeInstance implements Instance {
  readonly #program: Program;
  readonly #machine: Machine;
  readonly #boxed: boolean;

  constructor(program: Program, host: Host, limits: Limits, checks: Checks) {
    this.#program = program;
    this.#machine = new Machine(host, limits);
    this.#boxed = checks.boxedTree;
  }

  run(): Outcome {
    let whileLoading = false;
    try {
      const { modules, main, funcs } = this.#program;
      const codes = translate(this.#program, this.#machine, this.#boxed);
      const call = (func: typeof main & number) =>
        runFunction(this.#machine, codes.code(func), { func: funcs.get(func).name, span: funcs.get(func).span });
      let returned = false;
      for (const [i, module] of modules.entries()) {
        whileLoading = i < modules.length - 1;
        returned = call(module.init) === true;
      }
      if (main !== null && !returned) call(main);
      return { status: 'done' };
    } catch (thrown) {
      return this.#stopped(thrown, whileLoading);
    } finally {
      this.#machine.flush();
    }
  }

  #stopped(thrown: unknown, whileLoading: boolean): Outcome {
    if (thrown instanceof GuestError) {
      const { kind, message } = thrown.error;
      const trace = traceOf(thrown.site, this.#machine.top);
      return { status: 'error', trap: { kind, message: textOfBytes(message), trace, whileLoading } };
    }
    if (thrown instanceof LimitStop) {
      return { status: 'limit', limit: thrown.limit, trace: traceOf(thrown.site, this.#machine.top) };
    }
    // V8 and WebKit raise a RangeError, Firefox an InternalError.
    const exhausted = thrown instanceof Error && /call stack|recursion/i.test(thrown.message);
    if (exhausted) throw new Bug('the tree engine needs a larger native stack for this program');
    throw thrown;
  }

  stats(): RunStats {
    return { fuel: this.#machine.stepsTaken };
  }
}
