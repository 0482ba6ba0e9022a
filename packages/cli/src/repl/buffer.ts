/**
 * A text with a cursor, and what can be done to it. Values, not objects: every operation gives a new buffer.
 *
 * Offsets are those of JavaScript strings and always lie between characters as people see them (`text-width.ts`).
 */
import { nextBoundary, previousBoundary } from './text-width.ts';

export interface Buffer {
  readonly text: string;
  readonly cursor: number;
}

export const EMPTY: Buffer = { text: '', cursor: 0 };

export function at(text: string, cursor = text.length): Buffer {
  return { text, cursor };
}

export function insert({ text, cursor }: Buffer, piece: string): Buffer {
  return { text: text.slice(0, cursor) + piece + text.slice(cursor), cursor: cursor + piece.length };
}

/** Without the text between two offsets, the cursor where it was. */
export function remove({ text }: Buffer, start: number, end: number): Buffer {
  return { text: text.slice(0, start) + text.slice(end), cursor: start };
}

export function left({ text, cursor }: Buffer): number {
  return previousBoundary(text, cursor);
}

export function right({ text, cursor }: Buffer): number {
  return nextBoundary(text, cursor);
}

const isWord = (char: string | undefined): boolean => char !== undefined && /[\p{L}\p{N}\p{M}_]/u.test(char);

/** The beginning of the word before the cursor. */
export function wordLeft({ text, cursor }: Buffer): number {
  let to = cursor;
  while (to > 0 && !isWord(text[to - 1])) to--;
  while (to > 0 && isWord(text[to - 1])) to--;
  return to;
}

/** The end of the word after the cursor. */
export function wordRight({ text, cursor }: Buffer): number {
  let to = cursor;
  while (to < text.length && !isWord(text[to])) to++;
  while (to < text.length && isWord(text[to])) to++;
  return to;
}

export function lineStart({ text, cursor }: Buffer): number {
  return text.lastIndexOf('\n', cursor - 1) + 1;
}

export function lineEnd({ text, cursor }: Buffer): number {
  const end = text.indexOf('\n', cursor);
  return end === -1 ? text.length : end;
}

/** The text of the line before the cursor. */
export function beforeCursor(buffer: Buffer): string {
  return buffer.text.slice(lineStart(buffer), buffer.cursor);
}

/** The same column in the line above, or null in the first line. `column` is where the cursor would like to be. */
export function lineAbove(buffer: Buffer, column: number): number | null {
  const start = lineStart(buffer);
  if (start === 0) return null;
  const above = lineStart({ text: buffer.text, cursor: start - 1 });
  return columnIn(buffer.text, above, start - 1, column);
}

export function lineBelow(buffer: Buffer, column: number): number | null {
  const end = lineEnd(buffer);
  if (end === buffer.text.length) return null;
  return columnIn(buffer.text, end + 1, lineEnd({ text: buffer.text, cursor: end + 1 }), column);
}

/** How many characters stand before the cursor in its line. */
export function columnOf(buffer: Buffer): number {
  let count = 0;
  for (let to = lineStart(buffer); to < buffer.cursor; to = nextBoundary(buffer.text, to)) count++;
  return count;
}

function columnIn(text: string, start: number, end: number, column: number): number {
  let to = start;
  for (let count = 0; count < column && to < end; count++) to = nextBoundary(text, to);
  return to;
}

/** Swaps the characters around the cursor, at the end of a line the last two. */
export function transpose(buffer: Buffer): Buffer {
  const { text } = buffer;
  const cursor = buffer.cursor === lineEnd(buffer) ? left(buffer) : buffer.cursor;
  const before = left({ text, cursor });
  const after = right({ text, cursor });
  if (cursor <= lineStart({ text, cursor }) || after === cursor) return buffer;
  const swapped = text.slice(cursor, after) + text.slice(before, cursor);
  return { text: text.slice(0, before) + swapped + text.slice(after), cursor: after };
}

/** How far the line with the cursor is indented, as text. */
export function indentation(buffer: Buffer): string {
  return /^[ \t]*/.exec(buffer.text.slice(lineStart(buffer)))?.[0] ?? '';
}
