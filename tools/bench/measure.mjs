/**
 * Running one process and timing it, and what is computed from several times: medians and spreads.
 *
 * Times are seconds. Wall time is what a user waits; processor time (user and system, all threads) is steadier on a machine that
 * has other work too, but counts what an engine compiles on another thread. Both are kept. Processor time needs `bash`.
 */
import { spawnSync } from 'node:child_process';

const bash = spawnSync('bash', ['-c', 'true']).status === 0;

/** Runs a command to its end; a status other than 0 is an error. Gives output, wall and processor time. Orus compiles what it runs, unless `env` says otherwise. */
export function runTimed(command, options = {}) {
  const { timeout = 120_000, env = {}, allowed = [0] } = options;
  const full = bash ? ['bash', '-c', 'TIMEFORMAT=\'%3R %3U %3S\'; time "$@"', 'bash', ...command] : command;
  const start = performance.now();
  const result = spawnSync(full[0], full.slice(1), {
    encoding: 'utf8',
    timeout,
    maxBuffer: 1 << 26,
    env: { ...process.env, ORUS_CACHE: '', ...env, LC_ALL: 'C' },
  });
  const outside = (performance.now() - start) / 1000;
  const shown = command.join(' ');
  if (result.error) throw new Error(`${shown}: ${result.error.message}`);
  if (!allowed.includes(result.status)) throw new Error(`${shown} ended with ${result.status}: ${result.stderr}`);
  const lines = result.stderr.trimEnd().split('\n');
  const [wall, user, system] = bash ? (lines.pop() ?? '').split(' ').map(Number) : [outside, Number.NaN, 0];
  return { stdout: result.stdout, stderr: lines.join('\n'), wall, cpu: user + system };
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Median, extremes and the median distance from the median. */
export function summary(values) {
  const middle = median(values);
  return {
    median: middle,
    min: Math.min(...values),
    max: Math.max(...values),
    mad: median(values.map((value) => Math.abs(value - middle))),
    values,
  };
}

export function geometricMean(values) {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}
