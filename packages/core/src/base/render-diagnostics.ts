/**
 * What the user gets to see of diagnostics and run-time errors: three texts of the same data.
 *
 *     -- TYPE MISMATCH [E2001]: expected `i32`, found `string` ---- shop.orus:3:14
 *      2 | price: i32 = 3
 *        |        --- `price` is an `i32`
 *      3 | total = price + "x"
 *        |                 ^^^ this is a `string`
 *     help: convert one side with `as`
 *
 * The text for people escapes control characters and shows a window of long lines, so that no source can play tricks on
 * a terminal. JSON is one object a line. The third form is what GitHub turns into annotations.
 */
import type { Diagnostic, Label, Severity } from './diagnostic.ts';
import type { Position, SourceFile, Span } from './source.ts';
import { lineStarts, positionAt } from './source.ts';

/** One activation of a trace. `pc` stands for the place where that is not known: bytecode without debug tables. */
export interface Activation {
  readonly func: string;
  readonly span: Span;
  readonly pc?: number;
}

/** A diagnostic, or a run-time error in the same shape: `details` are further lines of its message. */
export interface Report extends Diagnostic {
  readonly details?: readonly string[];
  /** Where it happened, innermost first; empty or absent for compile-time diagnostics. */
  readonly trace?: readonly Activation[];
}

export type ReportFormat = 'human' | 'json' | 'github';

/** Puts a text into one of the roles' colours; the identity where there are none. */
export type Paint = (role: 'error' | 'warning' | 'note' | 'dim' | 'bold', text: string) => string;

export const plain: Paint = (_, text) => text;

const COLOURS = { error: '31;1', warning: '33;1', note: '36', dim: '2', bold: '1' } as const;
export const coloured: Paint = (role, text) => `\x1b[${COLOURS[role]}m${text}\x1b[0m`;

/** Renders reports of one program, each with its line end. */
export class Renderer {
  readonly #files: readonly SourceFile[];
  readonly #format: ReportFormat;
  readonly #paint: Paint;
  readonly #starts = new Map<SourceFile, readonly number[]>();

  constructor(files: readonly SourceFile[], format: ReportFormat, paint: Paint = plain) {
    this.#files = files;
    this.#format = format;
    this.#paint = paint;
  }

  render(report: Report): string {
    switch (this.#format) {
      case 'human':
        return this.#human(report);
      case 'json':
        return `${JSON.stringify(this.#json(report))}\n`;
      case 'github':
        return this.#github(report);
    }
  }

  /** `FILE:LINE:COLUMN`. */
  place(span: Span): string {
    const { line, column } = this.#position(span, span.start);
    return `${visible(this.#file(span).path)}:${line}:${column}`;
  }

  #placeOf(report: Report): string {
    const innermost = report.trace?.[0];
    if (innermost?.pc === undefined) return this.place(report.primary.span);
    return `${visible(this.#file(report.primary.span).path)}: ${this.#activation(innermost)}`;
  }

  #activation({ func, span, pc }: Activation): string {
    return `${visible(func)} at ${pc === undefined ? this.place(span) : `pc ${pc}`}`;
  }

  // --- for people ---------------------------------------------------------------------------------------------------

  #human(report: Report): string {
    const paint = this.#paint;
    const head = `-- ${categoryOf(report)} [${report.code}]`;
    const title = `: ${shortened(report.title)} `;
    const place = ` ${this.#placeOf(report)}`;
    const rule = '-'.repeat(Math.max(4, 100 - head.length - title.length - place.length));
    const lines = [paint(report.severity, head) + paint('bold', title) + paint('dim', rule) + place];
    for (const detail of report.details ?? []) lines.push(shortened(detail));
    lines.push(...this.#excerpt(report));
    if (report.help !== undefined) lines.push(`${paint('note', 'help:')} ${shortened(report.help)}`);
    if (report.edit) {
      lines.push(`${paint('note', 'edit:')} ${shortened(report.edit.description)} (${this.place(report.edit.span)})`);
    }
    lines.push(...this.#trace(report));
    return `${lines.join('\n')}\n`;
  }

  #excerpt(report: Report): string[] {
    const marks = [{ label: report.primary, mark: '^' }, ...report.labels.map((label) => ({ label, mark: '-' }))]
      .filter(({ label }) => this.#file(label.span).text.length > 0)
      .map(({ label, mark }) => ({ label, mark, line: this.#position(label.span, label.span.start).line }));
    marks.sort(
      (a, b) => a.label.span.file - b.label.span.file || a.line - b.line || b.label.span.start - a.label.span.start,
    );
    const gutter = String(Math.max(0, ...marks.map(({ line }) => line))).length + 1;
    const { dim } = { dim: (text: string) => this.#paint('dim', text) };
    const out: string[] = [];
    let file = report.primary.span.file;
    let last = 0;
    for (const { label, mark, line } of marks) {
      if (label.span.file !== file) {
        out.push(dim(`${' '.repeat(gutter)} --> ${this.place(label.span)}`));
        file = label.span.file;
        last = 0;
      }
      const { text, from, width } = this.#window(label);
      if (line !== last) {
        if (last !== 0 && line > last + 1) out.push(dim(`${' '.repeat(gutter)} ...`));
        out.push(dim(`${String(line).padStart(gutter)} | `) + text);
        last = line;
      }
      const role = mark === '^' ? report.severity : 'note';
      const underline = this.#paint(role, `${mark.repeat(width)}${label.text === '' ? '' : ` ${visible(label.text)}`}`);
      out.push(`${dim(`${' '.repeat(gutter)} | `)}${' '.repeat(from)}${underline}`);
    }
    return out;
  }

  /** The line of a label as it can be shown, and where its marks go. Long lines are cut to a window around the label. */
  #window(label: Label): { text: string; from: number; width: number } {
    const { text } = this.#file(label.span);
    const starts = this.#startsOf(label.span);
    const { line } = this.#position(label.span, label.span.start);
    const start = starts[line - 1] ?? 0;
    const end = Math.max(start, (starts[line] ?? text.length + 1) - 1);
    const low = Math.max(start, label.span.start - 200);
    const high = Math.min(end, Math.max(label.span.start + 200, start + 400));
    const shown = (a: number, b: number): string => visible(text.slice(a, Math.max(a, b)).replace(/\r$/, ''));
    const before = (low > start ? '...' : '') + shown(low, label.span.start);
    const marked = shown(label.span.start, Math.min(label.span.end, high));
    const after = shown(Math.min(Math.max(label.span.start, label.span.end), high), high) + (high < end ? '...' : '');
    return { text: before + marked + after, from: widthOf(before), width: Math.max(1, widthOf(marked)) };
  }

  #trace(report: Report): string[] {
    const trace = report.trace ?? [];
    if (trace.length < 2) return [];
    const lines = runsOf(trace.map((activation) => `  in ${this.#activation(activation)}`));
    const hidden = lines.length - 12;
    return hidden > 1 ? [...lines.slice(0, 8), `  ... ${hidden} more ...`, ...lines.slice(-4)] : lines;
  }

  // --- for programs -------------------------------------------------------------------------------------------------

  #json(report: Report): object {
    return {
      code: report.code,
      severity: report.severity,
      title: report.title,
      ...this.#jsonLabel(report.primary),
      labels: report.labels.map((label) => this.#jsonLabel(label)),
      ...(report.details && report.details.length > 0 ? { details: report.details } : {}),
      ...(report.help === undefined ? {} : { help: report.help }),
      ...(report.edit
        ? {
            edit: {
              ...this.#jsonPlace(report.edit.span),
              replacement: report.edit.replacement,
              description: report.edit.description,
            },
          }
        : {}),
      ...(report.trace ? { trace: report.trace.map((activation) => this.#jsonActivation(activation)) } : {}),
    };
  }

  #jsonActivation({ func, span, pc }: Activation): object {
    return { func, ...(pc === undefined ? this.#jsonPlace(span) : { file: this.#file(span).path, pc }) };
  }

  #jsonLabel(label: Label): object {
    return { ...this.#jsonPlace(label.span), label: label.text };
  }

  #jsonPlace(span: Span): object {
    const start = this.#position(span, span.start);
    const end = this.#position(span, span.end);
    return {
      file: this.#file(span).path,
      line: start.line,
      column: start.column,
      endLine: end.line,
      endColumn: end.column,
    };
  }

  #github(report: Report): string {
    const { span, text } = report.primary;
    const start = this.#position(span, span.start);
    const end = this.#position(span, span.end);
    const place = [`file=${githubProperty(this.#file(span).path)}`, `line=${start.line}`, `endLine=${end.line}`];
    // GitHub wants columns only within one line.
    if (start.line === end.line) place.push(`col=${start.column}`, `endColumn=${end.column}`);
    const message = [report.title, ...(report.details ?? []), text, report.help ?? ''].filter((part) => part !== '');
    const data = message.join('\n').replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
    return `::${report.severity} ${place.join(',')},title=${githubProperty(report.code)}::${data}\n`;
  }

  #file(span: Span): SourceFile {
    const file = this.#files[span.file];
    return file ?? { id: span.file, path: '<unknown>', text: '' };
  }

  #startsOf(span: Span): readonly number[] {
    const file = this.#file(span);
    let starts = this.#starts.get(file);
    if (!starts) {
      starts = lineStarts(file.text);
      this.#starts.set(file, starts);
    }
    return starts;
  }

  #position(span: Span, offset: number): Position {
    return positionAt(this.#file(span).text, this.#startsOf(span), offset);
  }
}

/** The lines with those that repeat the one before told once, as a recursion makes them. */
function runsOf(lines: readonly string[]): string[] {
  const runs: { readonly line: string; count: number }[] = [];
  for (const line of lines) {
    const last = runs.at(-1);
    if (last?.line === line) last.count++;
    else runs.push({ line, count: 1 });
  }
  return runs.map(({ line, count }) => (count === 1 ? line : `${line}, ${count} times`));
}

const CATEGORIES = ['RUNTIME PANIC', 'SYNTAX ERROR', 'TYPE MISMATCH', 'MODULE ERROR', 'BYTECODE ERROR'] as const;

/** By code range (specification, section 17). */
function categoryOf(report: { readonly code: string; readonly severity: Severity }): string {
  if (report.severity === 'warning') return 'WARNING';
  return CATEGORIES[Math.floor(Number(report.code.slice(1)) / 1000)] ?? 'ERROR';
}

function githubProperty(text: string): string {
  return text
    .replaceAll('%', '%25')
    .replaceAll('\r', '%0D')
    .replaceAll('\n', '%0A')
    .replaceAll(':', '%3A')
    .replaceAll(',', '%2C');
}

/** The text with tabs widened and control characters replaced by their pictures. */
function visible(text: string): string {
  return text
    .replaceAll('\t', '    ')
    .replace(/[\x00-\x1f\x7f]/g, (char) => String.fromCharCode(char === '\x7f' ? 0x2421 : 0x2400 + char.charCodeAt(0)))
    .replace(/[\x80-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, '\ufffd');
}

/** A name or a value in a message may be of any length; what people read is not. */
function shortened(text: string): string {
  return visible(text.length <= 1000 ? text : `${text.slice(0, 700)} ... ${text.slice(-200)}`);
}

/** Inclusive ranges of code points that take two columns in a terminal. */
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0xa4cf],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1f64f],
  [0x1f680, 0x1f6ff],
  [0x1f900, 0x1f9ff],
  [0x20000, 0x3fffd],
];

/** Columns that a text takes in a terminal. */
function widthOf(text: string): number {
  let width = 0;
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    const combining = (code >= 0x300 && code <= 0x36f) || code === 0x200d || (code >= 0xfe00 && code <= 0xfe0f);
    width += combining ? 0 : WIDE.some(([low, high]) => code >= low && code <= high) ? 2 : 1;
  }
  return width;
}
