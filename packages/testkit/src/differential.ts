/**
 * Runs a source text in several modes that must agree, and says how they do not.
 *
 * Agreement means: the same output, byte for byte, the same status and the same reports at the same places; among modes of
 * one fuel group also the same fuel. Nothing is known about what a program *should* do.
 */
import { collectingHost } from '@orus/cli/hosts';
import type { Diagnostic } from '@orus/core/base/diagnostic';
import type { Limits, Outcome } from '@orus/core/engine/engine';
import type { ModuleLoader } from '@orus/core/lang/orus/modules';
import { engineOf } from './mode-engine.ts';
import type { Mode } from './modes.ts';
import { type Stages, stagesOf } from './compiled.ts';
import { throughFiles } from './through-file.ts';

export type Verdict =
  /** All modes agree; `status` is theirs. */
  | { readonly kind: 'agree'; readonly status: 'done' | 'error'; readonly stdout: string; readonly end: string }
  /** The checker refused the program. */
  | { readonly kind: 'rejected'; readonly reports: readonly string[] }
  /** Some mode ran into a limit, so there is nothing to compare. */
  | { readonly kind: 'limit'; readonly mode: string }
  | Failure;

export interface Failure {
  readonly kind: 'crash' | 'differ';
  /** Which failure it is, without what changes from program to program: shrinking keeps it. */
  readonly key: string;
  readonly detail: string;
}

const LIMITS: Limits = { fuel: Infinity, memory: 64 * 2 ** 20, depth: 300, timeMs: 3_000 };
const STDIN = new TextEncoder().encode('first line\n42\n\nlast');

/** Begins a line behind which another file follows, up to the next such line: the name of a module stands after it. */
export const MODULE_LINE = '// --- module ';

interface Files {
  readonly main: string;
  readonly loader: ModuleLoader;
}

/** Several files in one text, so that everything that works on texts works on them. */
export function filesOf(text: string): Files {
  const [main = '', ...rest] = text.split(MODULE_LINE);
  const modules = new Map(rest.map((each) => [each.split('\n')[0] ?? '', each.slice(each.indexOf('\n') + 1)]));
  return {
    main,
    loader: {
      resolve: (dotted) => {
        const path = `${dotted.join('/')}.orus`;
        const found = modules.get(dotted.join('.'));
        return found === undefined ? { tried: [path] } : { path, text: found };
      },
    },
  };
}

interface Run {
  readonly mode: Mode;
  readonly stdout: string;
  /** How it ended, with places. */
  readonly end: string;
  readonly status: 'done' | 'error';
  readonly fuel: number;
}

/** The stages of a text, made when they are first asked for. */
export type Once = () => Stages;

/** Compares all modes with the first. */
export function judge(
  text: string,
  modes: readonly Mode[],
  limits: Partial<Limits> = {},
  stages: Once = once(text),
): Verdict {
  let first: Run | undefined;
  const fuel = new Map<string, Run>();
  for (const mode of modes) {
    const run = runOne(text, stages, mode, { ...LIMITS, ...limits });
    if ('kind' in run) return run;
    if (mode.fuel !== undefined) {
      const other = fuel.get(mode.fuel);
      if (!other) fuel.set(mode.fuel, run);
      else if (other.fuel !== run.fuel) {
        return differ('fuel', other.mode.name, mode.name, `uses ${run.fuel} fuel, but ${other.fuel}`);
      }
    }
    if (!first) {
      first = run;
      continue;
    }
    const [a, b] = [first, run];
    if (a.stdout !== b.stdout) return differ('output', a.mode.name, b.mode.name, outputDifference(a.stdout, b.stdout));
    if (a.end !== b.end) return differ('end', a.mode.name, b.mode.name, `${a.end}\nand\n${b.end}`);
  }
  return { kind: 'agree', status: first?.status ?? 'done', stdout: first?.stdout ?? '', end: first?.end ?? '' };
}

/**
 * Runs modes of one fuel group with a share of the fuel they need: all must run dry at the same poll, having printed the same.
 * The modes are known to agree otherwise.
 */
export function judgeRunningDry(
  text: string,
  modes: readonly Mode[],
  share: number,
  stages: Once = once(text),
): Verdict {
  const [first, ...rest] = modes;
  const whole = first === undefined ? undefined : runOne(text, stages, first, LIMITS);
  if (!first || !whole || 'kind' in whole) return whole && 'kind' in whole ? whole : { kind: 'limit', mode: 'none' };
  const limits = { ...LIMITS, fuel: Math.floor(whole.fuel * share) };
  const dry = runOne(text, stages, first, limits, true);
  for (const mode of rest) {
    const run = runOne(text, stages, mode, limits, true);
    if ('kind' in dry) return dry;
    if ('kind' in run) return run;
    const [a, b] = [dry, run].map(({ stdout, end, fuel }) => `${stdout}\n${end}\nfuel ${fuel}`);
    if (a !== b)
      return differ('dry', first.name, mode.name, `fuel ${limits.fuel}, ${outputDifference(a ?? '', b ?? '')}`);
  }
  return { kind: 'agree', status: whole.status, stdout: whole.stdout, end: whole.end };
}

/** Compiles when first asked, so that what is thrown then belongs to the mode that asked. */
export function once(text: string, verify = true): Once {
  const { main, loader } = filesOf(text);
  let stages: Stages | undefined;
  return () => (stages ??= stagesOf({ path: 'program.orus', text: main }, loader, { verify }));
}

function differ(what: string, first: string, second: string, detail: string): Failure {
  return { kind: 'differ', key: `${what}: ${first} and ${second}`, detail };
}

/** `dry` says that running out of fuel is one of the ways to end. */
function runOne(text: string, stages: () => Stages, mode: Mode, limits: Limits, dry = false): Run | Verdict {
  const host = collectingHost(STDIN);
  try {
    const { diagnostics, prepared: preparedFor } = stages();
    const prepared = preparedFor(mode.checks);
    if (!prepared) return { kind: 'rejected', reports: diagnostics.map((each) => located(each, text)) };
    const named = engineOf(mode);
    const engine = mode.throughFile === true ? throughFiles(named) : named;
    const instance = engine.create(prepared, host, limits, mode.checks);
    const outcome = instance.run();
    if (outcome.status === 'limit' && !(dry && outcome.limit === 'fuel')) return { kind: 'limit', mode: mode.name };
    const stdout = Buffer.from(host.stdout()).toString('latin1');
    // How much memory a program needs is an engine's own affair.
    if (stdout.includes('Out of memory') || (outcome.status === 'error' && outcome.trap.kind === 'memory'))
      return { kind: 'limit', mode: mode.name };
    return {
      mode,
      stdout,
      status: outcome.status === 'done' ? 'done' : 'error',
      end: describe(outcome),
      fuel: instance.stats().fuel,
    };
  } catch (error) {
    const { message, stack = '' } = error instanceof Error ? error : new Error(String(error));
    const key = `crash in ${mode.name}: ${pattern(message)} ${place(stack)}`;
    return { kind: 'crash', key, detail: `${message}\n${stack}` };
  }
}

/** A message without names and numbers. */
function pattern(message: string): string {
  return (message.split('\n')[0] ?? '')
    .replace(/'[^']*'|"[^"]*"/g, 'X')
    .replace(/[%$@]?\b\w*\d\w*\b/g, 'N')
    .slice(0, 120);
}

/** The innermost function of a stack. */
function place(stack: string): string {
  const found = /^\s+at (?:new |async )?([\w.#<>]+)/m.exec(
    stack.replace(/^\s+at (?:new Bug|bug|present|unreachable)\b.*$/gm, ''),
  );
  return found ? `in ${found[1]}` : '';
}

function describe(outcome: Outcome): string {
  if (outcome.status === 'done') return outcome.status;
  const { trace } = outcome.status === 'error' ? outcome.trap : outcome;
  const places = trace.map(({ func, span }) => `\n  in ${func} at ${span.start}-${span.end}`).join('');
  return outcome.status === 'error' ? `${outcome.trap.kind} error: ${outcome.trap.message}${places}` : `limit${places}`;
}

function located(report: Diagnostic, text: string): string {
  const before = text.slice(0, report.primary.span.start).split('\n');
  const line = text.split('\n')[before.length - 1] ?? '';
  const labels = [report.primary.text, ...report.labels.map((each) => each.text)].filter((each) => each !== '');
  return `${report.code} ${before.length}:${(before.at(-1) ?? '').length + 1}: ${report.title} (${labels.join('; ')})\n    ${line.trim()}`;
}

/** The first line in which two texts differ. */
function outputDifference(a: string, b: string): string {
  const [first, second] = [a.split('\n'), b.split('\n')];
  let at = 0;
  while (at < first.length && at < second.length && first[at] === second[at]) at++;
  const show = (lines: readonly string[]): string => JSON.stringify(lines[at] ?? 'the end').slice(0, 400);
  return `line ${at + 1}: ${show(first)} and ${show(second)}`;
}
