/**
 * The limits that options set.
 */
import { DEFAULT_LIMITS, type Limits } from '@orus/core/engine/engine';
import { parseCount, parseSize } from './arguments.ts';

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
