/**
 * The tree engine: runs the typed tree itself. It is the baseline that other engines are measured against and the oracle
 * they are compared with, so it is written from the specification and shares no evaluation with them.
 *
 * It recurses natively for nested expressions and guest calls. Whoever runs deep programs gives it a large native stack; if that
 * is exhausted all the same, it is a bug and no outcome.
 */
import { Bug } from '../../base/bug.ts';
import type { FuncId, Program } from '../../hir/hir.ts';
import {
  type Checks,
  type Engine,
  type GrowingInstance,
  type Host,
  INTERRUPT,
  type Instance,
  type Limits,
  type Outcome,
  type Prepared,
  type RunStats,
  type StepResult,
} from '../engine.ts';
import { runFunction } from './calls.ts';
import { textOfBytes } from './bytes.ts';
import { GuestError, LimitStop, traceOf } from './errors.ts';
import { Machine } from './machine.ts';
import { type Translation, Translator } from './translate.ts';

export const treeEngine: Engine = {
  name: 'tree',
  doc: 'walks the typed tree; the slowest engine, and the simplest',
  create(program: Prepared, host: Host, limits: Limits, checks: Checks): Instance {
    return new TreeInstance(program.tree, host, limits, checks);
  },
  createGrowing: (host, limits, checks) => new GrowingTree(host, limits, checks),
};

/** What a thrown value of the evaluator means for the run. */
function stopped(machine: Machine, thrown: unknown, whileLoading: boolean): Exclude<Outcome, { status: 'done' }> {
  if (thrown instanceof GuestError) {
    const { kind, message } = thrown.error;
    const trace = traceOf(thrown.site, machine.top);
    return { status: 'error', trap: { kind, message: textOfBytes(message), trace, whileLoading } };
  }
  if (thrown instanceof LimitStop) {
    return { status: 'limit', limit: thrown.limit, trace: traceOf(thrown.site, machine.top) };
  }
  if (thrown === INTERRUPT) return { status: 'limit', limit: 'interrupt', trace: [] };
  // V8 and WebKit raise a RangeError, Firefox an InternalError.
  const exhausted = thrown instanceof Error && /call stack|recursion/i.test(thrown.message);
  if (exhausted) throw new Bug('the tree engine needs a larger native stack for this program');
  throw thrown;
}

/** A session: one machine, and every entry translated with the types that are there. */
class GrowingTree implements GrowingInstance {
  readonly #machine: Machine;
  readonly #translator: Translator;
  #program: Program | null = null;
  #codes: Translation | null = null;
  #next: FuncId | null = null;

  constructor(host: Host, limits: Limits, checks: Checks) {
    this.#machine = new Machine(host, limits);
    this.#translator = new Translator(this.#machine, checks.boxedTree);
  }

  append({ tree }: Prepared): boolean {
    this.#program = tree;
    this.#codes = this.#translator.translate(tree);
    return true;
  }

  begin(init: FuncId, limits: Pick<Limits, 'fuel' | 'timeMs'>): void {
    this.#machine.restart(limits);
    this.#next = init;
  }

  /** Runs to the end: an evaluator that recurses natively cannot stop on the way. */
  advance(): StepResult {
    const [program, codes, init] = [this.#program, this.#codes, this.#next];
    if (program === null || codes === null || init === null) throw new Bug('nothing has begun');
    try {
      const { name, span } = program.funcs.get(init);
      const value = runFunction(this.#machine, codes.code(init), { func: name, span });
      return { status: 'returned', value: value === true };
    } catch (thrown) {
      return stopped(this.#machine, thrown, false);
    } finally {
      this.#machine.flush();
    }
  }

  stats(): RunStats {
    return { fuel: this.#machine.stepsTaken };
  }
}

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
      const codes = new Translator(this.#machine, this.#boxed).translate(this.#program);
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
      return stopped(this.#machine, thrown, whileLoading);
    } finally {
      this.#machine.flush();
    }
  }

  stats(): RunStats {
    return { fuel: this.#machine.stepsTaken };
  }
}
