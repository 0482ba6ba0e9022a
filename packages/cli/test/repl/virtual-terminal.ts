/**
 * A terminal in memory: as much of one as the line editor uses, to see what a person would see.
 *
 * Cells hold one character each, a wide one followed by an empty cell. Writing in the last column waits with wrapping until the
 * next character, as real terminals do.
 */
import { clusters, clusterWidth } from '../../src/repl/text-width.ts';

export class VirtualTerminal {
  #columns: number;
  readonly #lines: number;
  #cells: string[][] = [[]];
  #row = 0;
  #column = 0;
  #pending = '';
  #bells = 0;

  constructor(columns: number, lines: number) {
    this.#columns = columns;
    this.#lines = lines;
  }

  /** Everything that was shown, scrolled or not, without empty lines at the end. */
  text(): string {
    return this.#cells
      .map((cells) =>
        Array.from(cells, (cell) => cell ?? ' ')
          .join('')
          .trimEnd(),
      )
      .join('\n')
      .trimEnd();
  }

  get cursor(): readonly [row: number, column: number] {
    return [this.#row, this.#column];
  }

  get bells(): number {
    return this.#bells;
  }

  /** Without moving what is there, as terminals do that do not reflow. */
  resize(columns: number): void {
    this.#columns = columns;
  }

  write(text: string): void {
    let rest = this.#pending + text;
    this.#pending = '';
    while (rest !== '') {
      const sequence = /^\x1b(?:\[([?\d;]*)([@-~])|[^[])/.exec(rest);
      if (sequence !== null) {
        this.#control(sequence[1] ?? '', sequence[2] ?? '');
        rest = rest.slice(sequence[0].length);
      } else if (rest.startsWith('\x1b')) {
        this.#pending = rest;
        return;
      } else {
        const end = rest.search(/[\x00-\x1f]/);
        if (end === 0) {
          this.#plainControl(rest[0] as string);
          rest = rest.slice(1);
        } else {
          const run = end === -1 ? rest : rest.slice(0, end);
          for (const cluster of clusters(run)) this.#put(cluster);
          rest = rest.slice(run.length);
        }
      }
    }
  }

  #put(cluster: string): void {
    const width = clusterWidth(cluster);
    if (this.#column + width > this.#columns) {
      this.#column = 0;
      this.#down();
    }
    const cells = this.#line(this.#row);
    while (cells.length < this.#column) cells.push(' ');
    cells[this.#column] = cluster;
    if (width === 2) cells[this.#column + 1] = '';
    this.#column += width;
  }

  #line(row: number): string[] {
    while (this.#cells.length <= row) this.#cells.push([]);
    return this.#cells[row] as string[];
  }

  #down(): void {
    this.#row++;
    this.#line(this.#row);
  }

  #plainControl(char: string): void {
    if (char === '\r') this.#column = 0;
    else if (char === '\n') this.#down();
    else if (char === '\x07') this.#bells++;
  }

  #control(params: string, letter: string): void {
    const count = Math.max(1, Number(params.split(';')[0] || '1'));
    const top = Math.max(0, this.#cells.length - this.#lines);
    if (letter === 'A') this.#row = Math.max(top, this.#row - count);
    else if (letter === 'B') this.#row = Math.min(Math.max(this.#cells.length, this.#lines) - 1, this.#row + count);
    else if (letter === 'C') this.#column = Math.min(this.#columns - 1, this.#column + count);
    else if (letter === 'D') this.#column = Math.max(0, this.#column - count);
    else if (letter === 'K') this.#line(this.#row).length = Math.min(this.#line(this.#row).length, this.#column);
    else if (letter === 'H') [this.#row, this.#column] = [top, 0];
    else if (letter === 'J' && params === '2') this.#cells = [[]];
    else if (letter === 'J') {
      this.#control('', 'K');
      this.#cells.length = Math.min(this.#cells.length, this.#row + 1);
    }
    if (letter === 'J' && params === '2') [this.#row, this.#column] = [0, 0];
  }
}
