/**
 * Shows reports on standard error in the form that `--format` and `--color` ask for.
 */
import { coloured, plain, Renderer, type Report, type ReportFormat } from '@orus/core/base/render-diagnostics';
import type { SourceFile } from '@orus/core/base/source';
import { isTerminal, writeError } from './terminal.ts';

const STDERR = 2;

export function showReports(
  reports: readonly Report[],
  files: readonly SourceFile[],
  options: ReadonlyMap<string, string>,
): void {
  if (reports.length === 0) return;
  const format = (options.get('format') ?? 'human') as ReportFormat;
  const renderer = new Renderer(files, format, wantsColour(options.get('color')) ? coloured : plain);
  const texts = reports.map((report) => renderer.render(report));
  writeError(texts.join(format === 'human' ? '\n' : ''));
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
