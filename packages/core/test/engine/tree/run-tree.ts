/**
 * Runs a typed tree on the tree engine and collects what it prints.
 */
import { Bug } from '../../../src/base/bug.ts';
import type { Limits, Outcome } from '../../../src/engine/engine.ts';
import { DEFAULT_CHECKS, DEFAULT_LIMITS } from '../../../src/engine/engine.ts';
import { treeEngine } from '../../../src/engine/tree/tree.ts';
import type { Program } from '../../../src/hir/hir.ts';

export interface Run {
  readonly output: string;
  readonly outcome: Outcome;
  readonly fuel: number;
}

export interface RunOptions {
  readonly limits?: Partial<Limits>;
  readonly boxed?: boolean;
  readonly input?: readonly string[];
}

export function runTree(tree: Program, options: RunOptions = {}): Run {
  let output = '';
  const lines = [...(options.input ?? [])];
  const prepared = {
    tree,
    ir: () => {
      throw new Bug('no IR here');
    },
    bytecode: () => {
      throw new Bug('no bytecode here');
    },
  };
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
  const checks = { ...DEFAULT_CHECKS, boxedTree: options.boxed ?? false };
  const instance = treeEngine.create(prepared, host, limits, checks);
  const outcome = instance.run();
  return { output, outcome, fuel: instance.stats().fuel };
}
