/**
 * Runs IR on the evaluator and collects what it prints.
 */
import type { Limits, Outcome } from '../../../src/engine/engine.ts';
import { DEFAULT_LIMITS } from '../../../src/engine/engine.ts';
import { instanceOf } from '../../../src/engine/ir/ir.ts';
import type { IrProgram } from '../../../src/ir/ir.ts';

export interface RunOptions {
  readonly limits?: Partial<Limits>;
  readonly input?: readonly string[];
}

export interface Run {
  readonly output: string;
  readonly outcome: Outcome;
  readonly fuel: number;
}

export function runIr(program: IrProgram, options: RunOptions = {}): Run {
  let output = '';
  const lines = [...(options.input ?? [])];
  const host = {
    write: (bytes: Uint8Array) => {
      output += Buffer.from(bytes).toString('utf8');
    },
    readLine: () => {
      const line = lines.shift();
      return line === undefined ? null : Buffer.from(line);
    },
    now: () => performance.now() / 1000,
  };
  const limits = { ...DEFAULT_LIMITS, memory: 2 ** 26, depth: 1000, ...options.limits };
  const instance = instanceOf(program, host, limits);
  const outcome = instance.run();
  return { output, outcome, fuel: instance.stats().fuel };
}

/** Output and how it ended, as one text. */
export function endOf({ output, outcome }: Run): string {
  if (outcome.status === 'done') return output;
  if (outcome.status === 'error') return `${output}! ${outcome.trap.kind}: ${outcome.trap.message}`;
  return `${output}! ${outcome.limit}`;
}
