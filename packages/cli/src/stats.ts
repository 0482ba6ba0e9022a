/**
 * `--stats`: what a run and its compilation counted, on standard error. Counters stand one a line; `passes` and `regalloc` are tables.
 */
import type { RunStats } from '@orus/core/engine/engine';
import type { JitReport } from '@orus/core/engine/jit/report';
import { UsageError } from './arguments.ts';
import type { CompileStats } from './program.ts';
import { writeError } from './terminal.ts';

export type Row = readonly (string | number)[];

const TABLES: Readonly<Record<string, (compiled: CompileStats) => readonly Row[]>> = {
  passes: ({ passes, lines }) => {
    const speed = (ms: number): number => Math.round((1000 * lines) / Math.max(ms, 0.001));
    const all = passes.reduce((sum, { ms }) => sum + ms, 0);
    return [
      ['pass', 'changes', 'ms', 'lines/s'],
      ...passes.map(({ name, changes, ms }) => [name, changes, ms, speed(ms)]),
      ['all', passes.reduce((sum, { changes }) => sum + changes, 0), all, speed(all)],
    ];
  },
  regalloc: ({ allocations }) => [
    ['function', 'registers', 'frame', 'moves removed', 'moves left', 'spills', 'why'],
    ...allocations.map((a) => [a.func, a.registers, a.frame, a.movesRemoved, a.moves, a.spills, a.why]),
  ],
};

/** What there is to show. */
export interface Stats {
  readonly counters: RunStats;
  readonly compiled?: CompileStats | undefined;
  /** What was counted of machine code, and how it is shown. */
  readonly jit?: { readonly report: JitReport; readonly tables: typeof import('./jit-seeing.ts') } | undefined;
}

/** Groups that need to be asked for before the program runs. */
export const COUNTED: readonly string[] = ['jit', 'hot'];

/** What every run counts; an engine may leave some out. */
const GROUPS: readonly string[] = ['fuel', 'run', 'gc', 'memory', 'time', ...Object.keys(TABLES), ...COUNTED];

/** Refuses what is no group, nor a counter of one, before anything runs. */
export function checkStats(what: string): void {
  const unknown = what.split(',').find((name) => name !== '' && !GROUPS.includes(name.split('.')[0] ?? ''));
  if (unknown === undefined) return;
  throw new UsageError(`--stats knows no '${unknown}'; there are ${GROUPS.join(', ')}`, 'run');
}

/** `what` names groups, separated by commas; empty for all counters and no table. */
export function showStats({ counters: all, compiled, jit }: Stats, what: string, format: string | undefined): void {
  const names = what.split(',').filter((name) => name !== '');
  const counters = Object.entries(all);
  const wanted = counters.filter(
    ([counter]) => names.length === 0 || names.some((name) => counter === name || counter.startsWith(`${name}.`)),
  );
  if (format === 'json') {
    const tables = Object.fromEntries(
      names.flatMap((name) => (TABLES[name] && compiled ? [[name, asObjects(TABLES[name](compiled))]] : [])),
    );
    const seen = jit && names.some((name) => COUNTED.includes(name)) ? { jit: jit.report } : {};
    writeError(`${JSON.stringify({ stats: Object.fromEntries(wanted), ...tables, ...seen })}\n`);
    return;
  }
  writeError(layOut(wanted));
  for (const name of names) {
    const table = TABLES[name];
    if (table !== undefined && compiled !== undefined) writeError(layOut(table(compiled)));
    if (!COUNTED.includes(name)) continue;
    if (jit === undefined) writeError('there was no machine code: it is off, or of another engine\n');
    else if (name === 'hot') writeError(layOut(jit.tables.hotTable(jit.report)));
    else for (const each of jit.tables.jitTables(jit.report)) writeError(`\n${layOut(each)}`);
  }
}

/** Rows as objects, by the names in the first. */
function asObjects([names = [], ...rows]: readonly Row[]): object[] {
  return rows.map((row) => Object.fromEntries(row.map((cell, i) => [String(names[i]), cell])));
}

/** Columns as wide as their widest cell; numbers stand to the right. */
function layOut(rows: readonly Row[]): string {
  const texts = rows.map((row) => row.map((cell) => (typeof cell === 'number' ? shown(cell) : cell)));
  const widths = (texts[0] ?? []).map((_, i) => Math.max(...texts.map((row) => row[i]?.length ?? 0)));
  const line = (row: readonly string[], r: number) =>
    row.map((cell, i) =>
      typeof rows[r]?.[i] === 'number' && i > 0 ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0),
    );
  return texts.map((row, r) => `${line(row, r).join('  ').trimEnd()}\n`).join('');
}

function shown(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(3);
}
