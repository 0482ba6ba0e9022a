/**
 * Source text and places in it.
 *
 * A program is several source files; every place is a `Span`: a file and a half-open range of UTF-16
 * offsets into its text. Lines and columns are derived on demand and count from 1; a column counts
 * code points, so that it agrees with what an editor shows.
 */
import type { Brand } from './brand.ts';

export type FileId = Brand<number, 'FileId'>;

/** One file of a program. `path` is what diagnostics print; it need not name a real file (`<stdin>`). */
export interface SourceFile {
  readonly id: FileId;
  readonly path: string;
  readonly text: string;
}

/** A half-open range `[start, end)` of UTF-16 offsets into the text of one file. */
export interface Span {
  readonly file: FileId;
  readonly start: number;
  readonly end: number;
}

export interface Position {
  /** From 1. */
  readonly line: number;
  /** From 1, in code points. */
  readonly column: number;
}

/** The smallest span that holds both; they must be in one file. */
export function spanJoin(a: Span, b: Span): Span {
  return { file: a.file, start: Math.min(a.start, b.start), end: Math.max(a.end, b.end) };
}

/** Offsets at which the lines of a text begin. Lines end with LF; a CR before it belongs to the line. */
export function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** Which line, from 0, holds an offset, by binary search in what `lineStarts` returned. */
export function lineIndexAt(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Line and column of an offset; `starts` is what `lineStarts` returned for the same text. */
export function positionAt(text: string, starts: readonly number[], offset: number): Position {
  const line = lineIndexAt(starts, offset);
  let column = 1;
  for (const _ of text.slice(starts[line] ?? 0, offset)) column++;
  return { line: line + 1, column };
}
