/**
 * From what shall be seen to what a terminal is sent: the least that turns the frame before into this one.
 *
 * A frame is a list of rows, none wider than the terminal, and a place for the cursor. The renderer knows where the terminal's
 * cursor stands within the last frame and rewrites the rows that differ. The last column stays free, so that
 * terminals never wrap by themselves.
 */
import type { Highlight, Look } from './highlight.ts';
import { clusters, clusterText, clusterWidth, cutToWidth, textWidth } from './text-width.ts';

export interface Frame {
  /** With their colours. */
  readonly rows: readonly string[];
  /** Cells that each row takes. */
  readonly widths: readonly number[];
  readonly cursorRow: number;
  readonly cursorColumn: number;
}

export interface View {
  readonly text: string;
  readonly cursor: number;
  readonly looks: readonly Highlight[];
  /** In front of the first line, and of those that follow. */
  readonly prompt: string;
  readonly continuation: string;
  /** Below the text: suggestions, or a search. */
  readonly below: readonly string[];
  readonly columns: number;
  readonly lines: number;
  readonly colour: boolean;
}

const SGR: Readonly<Record<Look | 'prompt' | 'dim', string>> = {
  keyword: '35',
  string: '32',
  number: '36',
  comment: '90',
  type: '33',
  command: '34',
  wrong: '31',
  match: '1;4',
  prompt: '1',
  dim: '2',
};

export function paint(text: string, look: Look | 'prompt' | 'dim', colour: boolean): string {
  return colour && text !== '' ? `\x1b[${SGR[look]}m${text}\x1b[0m` : text;
}

/** Builds rows cell by cell, wrapping at the right edge. */
class RowBuilder {
  readonly rows: string[] = [''];
  readonly widths: number[] = [0];
  readonly #usable: number;
  readonly #colour: boolean;
  #look: Look | 'prompt' | null = null;

  constructor(usable: number, colour: boolean) {
    this.#usable = usable;
    this.#colour = colour;
  }

  get row(): number {
    return this.rows.length - 1;
  }

  get column(): number {
    return this.widths[this.row] as number;
  }

  /** Makes room for so many cells, in the next row if need be. */
  fit(width: number): void {
    if (this.column + width > this.#usable && this.column > 0) this.newRow();
  }

  put(text: string, width: number, look: Look | 'prompt' | null): void {
    this.fit(width);
    this.#setLook(look);
    this.rows[this.row] += text;
    this.widths[this.row] = this.column + width;
  }

  newRow(): void {
    this.#setLook(null);
    this.rows.push('');
    this.widths.push(0);
  }

  finish(): void {
    this.#setLook(null);
  }

  #setLook(look: Look | 'prompt' | null): void {
    if (look === this.#look) return;
    if (this.#colour && this.#look !== null) this.rows[this.row] += '\x1b[0m';
    if (this.#colour && look !== null) this.rows[this.row] += `\x1b[${SGR[look]}m`;
    this.#look = look;
  }
}

export function layOut(view: View): Frame {
  const usable = Math.max(2, view.columns - 1);
  const builder = new RowBuilder(usable, view.colour);
  const prompt = (text: string): void => {
    // On a very narrow terminal the text needs the room.
    if (textWidth(text) < usable / 2)
      for (const char of clusters(text)) builder.put(char, clusterWidth(char), 'prompt');
  };
  prompt(view.prompt);
  let cursorRow = -1;
  let cursorColumn = 0;
  const markCursor = (width: number): void => {
    builder.fit(width);
    cursorRow = builder.row;
    cursorColumn = builder.column;
  };
  let offset = 0;
  const lookAt = looker(view.looks);
  for (const [index, line] of view.text.split('\n').entries()) {
    if (index > 0) {
      if (offset === view.cursor) markCursor(1);
      offset++;
      builder.newRow();
      prompt(view.continuation);
    }
    for (const cluster of clusters(line)) {
      const width = clusterWidth(cluster);
      if (offset === view.cursor) markCursor(width);
      builder.put(clusterText(cluster), width, lookAt(offset));
      offset += cluster.length;
    }
  }
  if (cursorRow === -1) markCursor(1);
  builder.finish();
  for (const line of view.below) {
    builder.rows.push(line);
    builder.widths.push(Math.min(usable, textWidth(line.replaceAll(/\x1b\[[\d;]*m/g, ''))));
  }
  return window({ rows: builder.rows, widths: builder.widths, cursorRow, cursorColumn }, Math.max(1, view.lines));
}

/** The look at ascending offsets; of several the one that begins last counts. */
function looker(looks: readonly Highlight[]): (offset: number) => Look | null {
  let next = 0;
  const open: Highlight[] = [];
  return (offset) => {
    for (let look = looks[next]; look !== undefined && look.start <= offset; look = looks[++next]) open.push(look);
    for (;;) {
      const last = open.at(-1);
      if (last === undefined || last.end > offset) return last?.look ?? null;
      open.pop();
    }
  };
}

/** The part of a frame that fits the terminal's height, with the cursor in it. */
function window(frame: Frame, lines: number): Frame {
  const { rows, widths, cursorRow } = frame;
  if (rows.length <= lines) return frame;
  const start = Math.max(0, Math.min(cursorRow - Math.floor(lines / 2), rows.length - lines));
  return {
    ...frame,
    rows: rows.slice(start, start + lines),
    widths: widths.slice(start, start + lines),
    cursorRow: cursorRow - start,
  };
}

export class Screen {
  #frame: Frame | null = null;

  /** What to send to show a frame in place of the last one. */
  show(frame: Frame): string {
    const last = this.#frame;
    this.#frame = frame;
    if (last === null) return frame.rows.join('\r\n') + place(frame, frame.rows.length - 1);
    let out = '';
    let row = last.cursorRow;
    const go = (to: number): void => {
      if (to > row) out += `\x1b[${to - row}B`;
      else if (to < row) out += `\x1b[${row - to}A`;
      out += '\r';
      row = to;
    };
    for (const [index, text] of frame.rows.entries()) {
      if (index < last.rows.length) {
        if (text === last.rows[index]) continue;
        go(index);
      } else {
        // Below the last frame there may be no line yet.
        go(index - 1);
        out += '\r\n';
        row = index;
      }
      out += `${text}\x1b[K`;
    }
    if (last.rows.length > frame.rows.length) {
      go(frame.rows.length);
      out += '\x1b[J';
    }
    return out + place(frame, row);
  }

  /** Leaves the frame behind: what to send so that output begins below it. */
  leave(): string {
    const last = this.#frame;
    this.#frame = null;
    if (last === null) return '';
    const down = last.rows.length - 1 - last.cursorRow;
    return `${down > 0 ? `\x1b[${down}B` : ''}\r\n`;
  }

  /** After the terminal has another width: clears what has become of the last frame, so that it can be shown anew. */
  resized(columns: number): string {
    const last = this.#frame;
    this.#frame = null;
    if (last === null) return '';
    // Rows that are now too wide have become several.
    const above = last.widths.slice(0, last.cursorRow).reduce((sum, width) => sum + heightOf(width, columns), 0);
    const up = above + Math.floor(last.cursorColumn / Math.max(1, columns));
    return `${up > 0 ? `\x1b[${up}A` : ''}\r\x1b[J`;
  }

  /** After the screen was cleared by somebody. */
  forget(): void {
    this.#frame = null;
  }
}

function heightOf(width: number, columns: number): number {
  return Math.max(1, Math.ceil(width / Math.max(1, columns)));
}

/** From the beginning or end of a row to the frame's cursor. */
function place(frame: Frame, row: number): string {
  const up = row - frame.cursorRow;
  const vertical = up > 0 ? `\x1b[${up}A` : up < 0 ? `\x1b[${-up}B` : '';
  return `${vertical}\r${frame.cursorColumn > 0 ? `\x1b[${frame.cursorColumn}C` : ''}`;
}

/** Lines for suggestions: names in a column, what they are beside them, and how many are left out. */
export function suggestionRows(
  items: readonly { readonly name: string; readonly detail: string }[],
  columns: number,
  most: number,
  colour: boolean,
): string[] {
  const usable = Math.max(2, columns - 1);
  const shown = items.slice(0, items.length > most ? most - 1 : most);
  const left = Math.min(Math.max(0, ...shown.map(({ name }) => textWidth(name))), Math.floor(usable / 2));
  const rows = shown.map(({ name, detail }) => {
    const head = cutToWidth(name, left);
    const gap = ' '.repeat(Math.max(0, left - textWidth(head)) + 2);
    const rest = cutToWidth(detail, Math.max(0, usable - left - 4));
    return `  ${head}${rest === '' ? '' : gap + paint(rest, 'dim', colour)}`;
  });
  if (shown.length < items.length) rows.push(paint(`  and ${items.length - shown.length} more`, 'dim', colour));
  return rows;
}
