/**
 * The limits that options set, and which engine.
 */
import { DEFAULT_LIMITS, type Limits } from '@orus/core/engine/engine';
import { parseCount, parseSize, UsageError } from './arguments.ts';
import type { JitSettings } from '@orus/core/engine/jit/tuning';

export function limitsFrom(options: ReadonlyMap<string, string>): Limits {
  const fuel = options.get('max-fuel');
  const memory = options.get('max-memory');
  const depth = options.get('max-depth');
  const time = options.get('max-time');
  return {
    fuel: fuel === undefined ? DEFAULT_LIMITS.fuel : parseCount('max-fuel', fuel),
    memory: memory === undefined ? DEFAULT_LIMITS.memory : parseSize('max-memory', memory),
    depth: depth === undefined ? DEFAULT_LIMITS.depth : parseCount('max-depth', depth),
    timeMs: time === undefined ? DEFAULT_LIMITS.timeMs : parseCount('max-time', time),
  };
}

export interface EngineChoice {
  readonly engine: string;
  readonly jit: JitSettings;
}

/** The engine that options name; those about machine code speak of the engine that has it. */
export function engineFrom(options: ReadonlyMap<string, string>, command: 'run' | 'repl'): EngineChoice {
  const engine = options.get('engine') ?? 'jit';
  const when = options.get('jit');
  const text = options.get('jit-threshold');
  for (const name of ['jit', 'jit-threshold']) {
    if (engine !== 'jit' && options.has(name))
      throw new UsageError(`option --${name} is for the engine jit, not ${engine}`, command);
  }
  const threshold = text === undefined ? undefined : parseCount('jit-threshold', text);
  if (threshold === 0)
    throw new UsageError('option --jit-threshold is at least 1; --jit=eager waits for none', command);
  if (threshold !== undefined && when !== undefined && when !== 'tiered')
    throw new UsageError(`option --jit-threshold says nothing with --jit=${when}`, command);
  return {
    engine: when === 'off' ? 'interp' : engine,
    jit: { ...(when === undefined ? {} : { when }), ...(threshold === undefined ? {} : { threshold }) },
  };
}
