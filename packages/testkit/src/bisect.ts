/**
 * Finds the first change of the optimiser after which a program behaves differently.
 *
 * The pass runner makes at most so many changes as its budget says. With none the program behaves as it should; the smallest
 * budget with which it does not names the guilty change. What differs is found by halving, so the answer is a change whose
 * predecessor still behaves, even if the program behaves well again further on.
 */
import { collectingHost } from '@orus/cli/hosts';
import { generateProgram } from '@orus/core/codegen/program';
import { ENGINES } from '@orus/core/engines';
import type { Limits, Prepared } from '@orus/core/engine/engine';
import { lowerProgram } from '@orus/core/hir/lower/program';
import { checkProgram } from '@orus/core/lang/orus/front';
import { runPasses } from '@orus/core/opt/pipeline';
import { filesOf } from './differential.ts';
import type { Mode } from './modes.ts';

const LIMITS: Limits = { fuel: 10_000_000, memory: 64 * 2 ** 20, depth: 300, timeMs: 5_000 };

export interface Guilty {
  /** Changes that all passes make together. */
  readonly changes: number;
  /** The guilty change, counted from 1 over all passes, and within its pass. */
  readonly change: number;
  readonly pass: string;
  /** Which run of the pass, and which of its changes in that run, from 1. */
  readonly run: number;
  readonly changeOfPass: number;
  /** How the program ends or crashes without and with the change. */
  readonly before: string;
  readonly after: string;
  /** The IR after the pass, without and with the change. */
  readonly irBefore: string;
  readonly irAfter: string;
}

interface Attempt {
  readonly outcome: string;
  readonly passes: readonly { readonly name: string; readonly changes: number }[];
  /** The IR as it was lowered, then after each pass that changed something. */
  readonly texts: readonly (string | undefined)[];
}

/** Null if the program behaves the same with all changes; a text if it cannot be compiled. */
export function bisect(text: string, mode: Mode): Guilty | string | null {
  const { main, loader } = filesOf(text);
  const { diagnostics, program } = checkProgram({ path: 'program.orus', text: main }, { loader });
  if (!program) return diagnostics.map(({ title }) => title).join('\n');
  const attempt = (budget: number, keep = false): Attempt => {
    const passes: { name: string; changes: number }[] = [];
    const texts: (string | undefined)[] = [];
    try {
      const ir = lowerProgram(program);
      const observer = {
        // Told after `pass`, and once before all passes.
        stage: (_: string, show: () => string) => {
          if (keep) texts[passes.length] = show();
        },
        pass: (name: string, changes: number) => {
          passes.push({ name, changes });
        },
      };
      runPasses(ir, { optimise: true, verify: mode.checks.verify, budget }, observer);
      const prepared: Prepared = {
        tree: program,
        ir: () => ir,
        bytecode: () => generateProgram(ir, mode.checks),
      };
      return { outcome: run(prepared, mode), passes, texts };
    } catch (error) {
      const outcome = `crash: ${error instanceof Error ? error.message : String(error)}`;
      return { outcome, passes, texts };
    }
  };
  const all = attempt(Number.POSITIVE_INFINITY);
  const good = attempt(0).outcome;
  if (all.outcome === good) return null;
  let [low, high] = [0, total(all)];
  // A pass that crashes has not reported its changes: look further until the budget no longer matters.
  for (let more = Math.max(high, 1); attempt(high).outcome === good; more *= 2) high += more;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (attempt(middle).outcome === good) low = middle;
    else high = middle;
  }
  const [before, after] = [attempt(low, true), attempt(high, true)];
  // Without the change the guilty pass makes one fewer; it is the one in which the budget runs out.
  const differs = ({ changes }: { changes: number }, i: number): boolean => after.passes[i]?.changes !== changes;
  const at = before.passes.findIndex(differs);
  const pass = before.passes[at];
  const name = pass?.name ?? 'code generation';
  return {
    changes: total(all),
    change: high,
    pass: name,
    run: before.passes.slice(0, at + 1).filter((each) => each.name === name).length,
    changeOfPass: (pass?.changes ?? 0) + 1,
    before: before.outcome,
    after: after.outcome,
    irBefore: textAt(before, at),
    irAfter: textAt(after, at),
  };
}

function total({ passes }: Attempt): number {
  return passes.reduce((sum, { changes }) => sum + changes, 0);
}

/** The IR as it is after a pass: that of the last pass that changed something. */
function textAt({ texts }: Attempt, at: number): string {
  for (let i = at + 1; i >= 0; i--) if (texts[i] !== undefined) return texts[i] ?? '';
  return '';
}

function run(prepared: Prepared, mode: Mode): string {
  const engine = ENGINES.find(({ name }) => name === mode.engine);
  if (!engine) throw new Error(`no engine ${mode.engine}`);
  const host = collectingHost(new Uint8Array());
  const outcome = engine.create(prepared, host, LIMITS, mode.checks).run();
  const end = outcome.status === 'error' ? outcome.trap.message : outcome.status;
  return `${Buffer.from(host.stdout()).toString()}${end}`;
}
