/**
 * `--stats`: the counters of a run on standard error, one a line, those with one prefix together.
 */
import type { RunStats } from '@orus/core/engine/engine';
import { writeError } from './terminal.ts';

/** `what` names prefixes, separated by commas; empty for everything. */
export function showStats(stats: RunStats, what: string): void {
  const prefixes = what.split(',').filter((prefix) => prefix !== '');
  const wanted = Object.entries(stats).filter(
    ([name]) => prefixes.length === 0 || prefixes.some((prefix) => name === prefix || name.startsWith(`${prefix}.`)),
  );
  if (wanted.length === 0) {
    const groups = [...new Set(Object.keys(stats).map((name) => name.split('.')[0]))];
    writeError(`orus: no counter named '${what}'; there are ${groups.join(', ')}\n`);
    return;
  }
  const width = Math.max(...wanted.map(([name]) => name.length));
  writeError(wanted.map(([name, value]) => `${name.padEnd(width)}  ${shown(value)}\n`).join(''));
}

function shown(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(3);
}
