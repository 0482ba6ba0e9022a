/**
 * Shows reports on standard error in the form that `--format` and `--color` ask for.
 */
import { coloured, plain, Renderer, type Report, type ReportFormat } from '@orus/core/base/render-diagnostics';
import type { SourceFile } from '@orus/core/base/source';
import { isTerminal, writeError } from './terminal.ts';

const STDERR = 2;

/** Nobody reads more, and a damaged file may have an error on each line. The other forms, and the status, tell of all. */
const MOST_SHOWN = 100;

export function showReports(
  reports: readonly Report[],
  files: readonly SourceFile[],
  options: ReadonlyMap<string, string>,
): void {
  if (reports.length === 0) return;
  const format = (options.get('format') ?? 'human') as ReportFormat;
  const renderer = new Renderer(files, format, wantsColour(options.get('color')) ? coloured : plain);
  if (format !== 'human') return writeError(reports.map((report) => renderer.render(report)).join(''));
  const shown = firstOf(reports);
  const texts = shown.map((report) => renderer.render(report));
  if (shown.length < reports.length) texts.push(restText(reports, shown));
  writeError(texts.join('\n'));
}

/** The first errors, and the first warnings as far as errors leave room, in the order of the source. */
function firstOf(reports: readonly Report[]): readonly Report[] {
  if (reports.length <= MOST_SHOWN) return reports;
  let errors = MOST_SHOWN;
  let others = MOST_SHOWN - Math.min(MOST_SHOWN, countErrors(reports));
  return reports.filter(({ severity }) => (severity === 'error' ? errors-- > 0 : others-- > 0));
}

/** `... and 3 more errors, 1 more warning (--format=json tells of all)` */
function restText(reports: readonly Report[], shown: readonly Report[]): string {
  const errors = countErrors(reports) - countErrors(shown);
  const others = reports.length - shown.length - errors;
  const parts = [
    [errors, 'error'],
    [others, 'warning'],
  ] as const;
  const counts = parts.filter(([n]) => n > 0).map(([n, what]) => `${n} more ${what}${n === 1 ? '' : 's'}`);
  return `... and ${counts.join(', ')} (--format=json tells of all)\n`;
}

function countErrors(reports: readonly Report[]): number {
  return reports.filter(({ severity }) => severity === 'error').length;
}

/** See https://no-color.org and https://force-color.org for the variables. */
function wantsColour(choice = 'auto', environment: NodeJS.ProcessEnv = process.env): boolean {
  if (choice !== 'auto') return choice === 'always';
  if (environment['NO_COLOR']) return false;
  if (environment['FORCE_COLOR']) return environment['FORCE_COLOR'] !== '0';
  return environment['TERM'] !== 'dumb' && isTerminal(STDERR);
}

/** A complaint that belongs to no place in a source: one line, in the form that `--format` asks for. */
export function showProblem(message: string, options: ReadonlyMap<string, string>): void {
  writeError(problemText(message, options.get('format')));
}

function problemText(message: string, format: string | undefined): string {
  switch (format) {
    case 'json':
      return `${JSON.stringify({ severity: 'error', title: message })}\n`;
    case 'github':
      return `::error::${message.replaceAll('%', '%25').replaceAll('\n', '%0A')}\n`;
    default:
      return `orus: ${message}\n`;
  }
}
