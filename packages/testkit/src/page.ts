/**
 * Runs programs in a page: the core as it is, without anything of Node. `tools/chromium.mjs` bundles this module, and its page calls `orus`.
 */
import { checkProgram } from '@orus/core/compile';
import { DEFAULT_CHECKS, DEFAULT_LIMITS, type Engine } from '@orus/core/engine/engine';
import { interpEngine } from '@orus/core/engine/interp/interp';
import { createJitEngine, jitEngine } from '@orus/core/engine/jit/jit';
import { tuningFor } from '@orus/core/engine/jit/tuning';

export interface PageRun {
  readonly output: string;
  /** `done`, the message of an error, or the limit that was reached. */
  readonly end: string;
  readonly fuel: number;
  /** Units of machine code that were compiled. */
  readonly units: number;
}

const ENGINES: Readonly<Record<string, Engine>> = {
  interp: interpEngine,
  jit: jitEngine,
  'jit eager': createJitEngine({ tuning: tuningFor({ when: 'eager' }) }),
  'jit threshold 1': createJitEngine({ tuning: tuningFor({ threshold: 1 }) }),
};

function run(engine: string, path: string, text: string): PageRun {
  const { diagnostics, prepared } = checkProgram({ path, text }, { loader: { resolve: () => ({ tried: [] }) } });
  if (prepared === null) return { output: '', end: diagnostics.map(({ title }) => title).join(), fuel: 0, units: 0 };
  const decoder = new TextDecoder('latin1');
  let output = '';
  const host = {
    write: (bytes: Uint8Array) => {
      output += decoder.decode(bytes);
    },
    readLine: () => null,
    now: () => performance.now() / 1000,
  };
  const checks = engine === 'jit threshold 1' ? { ...DEFAULT_CHECKS, slice: 500 } : DEFAULT_CHECKS;
  const chosen = ENGINES[engine];
  if (chosen === undefined) throw new Error(`no engine ${engine}`);
  const limits = { ...DEFAULT_LIMITS, depth: 1000, memory: 64 * 2 ** 20 };
  const instance = chosen.create(prepared, host, limits, checks);
  const outcome = instance.run();
  const end = outcome.status === 'error' ? outcome.trap.message : outcome.status === 'limit' ? outcome.limit : 'done';
  const stats: Readonly<Record<string, number>> = { ...instance.stats() };
  return { output, end, fuel: stats['fuel'] ?? 0, units: stats['jit.units'] ?? 0 };
}

Object.assign(globalThis, { orus: run });
