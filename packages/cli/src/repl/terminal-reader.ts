/**
 * Reads entries from a terminal: the only place of the line editor that touches one.
 *
 * The terminal is raw and gives every key to us, also while a program runs: so there is no moment at which Ctrl-C is neither a key
 * nor a signal. Keys that are typed ahead wait for the next entry. Only while the program itself asks for a line is
 * the terminal as it was.
 */
import type { ReadStream } from 'node:tty';
import { type Completion, applyCompletion, completeLine, type Item } from './completer.ts';
import { Editor, type Request } from './editor.ts';
import { highlight } from './highlight.ts';
import { type Key, KeyDecoder } from './keys.ts';
import { layOut, paint, Screen, suggestionRows } from './screen.ts';
import { cutToWidth } from './text-width.ts';

/** Where the terminal is and how large. */
export interface Terminal {
  readonly input: ReadStream;
  write(text: string): void;
  columns(): number;
  lines(): number;
  onResize(listener: () => void): void;
}

/** What the reader needs to know of the session. */
export interface Helper {
  history(): readonly string[];
  isIncomplete(text: string): boolean;
  complete(text: string, offset: number): Completion;
  edition(): string | undefined;
}

export const PROMPT = '>> ';
const CONTINUATION = '... ';

/** How long an escape byte may be the beginning of something. */
const ESCAPE_MS = 40;

const PASTE_ON = '\x1b[?2004h';
const PASTE_OFF = '\x1b[?2004l';

/** Rows of suggestions at most. */
const MOST_ROWS = 10;

export class TerminalReader {
  readonly #terminal: Terminal;
  readonly #helper: Helper;
  readonly #colour: boolean;
  readonly #editor: Editor;
  readonly #decoder = new KeyDecoder();
  readonly #screen = new Screen();
  readonly #keys: Key[] = [];
  #ended = false;
  #raw = false;
  /** Called when there are keys, or the size has changed. */
  #wake: (() => void) | null = null;
  /** What Ctrl-C does while a program runs. */
  #interrupt: (() => void) | null = null;
  #timer: NodeJS.Timeout | null = null;
  #items: readonly Item[] = [];

  constructor(terminal: Terminal, helper: Helper, colour: boolean) {
    this.#terminal = terminal;
    this.#helper = helper;
    this.#colour = colour;
    this.#editor = new Editor(
      () => helper.history(),
      (text) => helper.isIncomplete(text),
    );
    const { input } = terminal;
    input.on('data', (bytes: Uint8Array) => this.#receive(bytes));
    input.on('end', () => this.#end());
    input.on('error', () => this.#end());
    terminal.onResize(() => {
      if (this.#wake === null) return;
      terminal.write(this.#screen.resized(terminal.columns()));
      this.#draw();
    });
  }

  /** The next entry; null at the end of input. */
  async read(): Promise<string | null> {
    this.#editor.reset();
    this.#items = [];
    this.#setRaw(true);
    this.#draw();
    try {
      for (;;) {
        while (this.#keys.length > 0) {
          const ended = this.#handle(this.#editor.press(this.#keys.shift() as Key));
          if (ended !== undefined) return ended;
        }
        this.#draw();
        if (this.#ended) return null;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    } finally {
      this.#wake = null;
    }
  }

  /** From now on Ctrl-C calls `interrupt`; ends with a call of what this gives. */
  watch(interrupt: () => void): () => void {
    this.#interrupt = interrupt;
    this.#findInterrupt();
    return () => {
      this.#interrupt = null;
    };
  }

  /** Does something with the terminal as it was before. */
  released<T>(work: () => T): T {
    this.#setRaw(false);
    try {
      return work();
    } finally {
      this.#setRaw(true);
    }
  }

  /** Gives the terminal back as it was; safe at any time. */
  restore(): void {
    this.#setRaw(false);
  }

  /** A Ctrl-C among the keys stops what is running, and what was typed before it is void. */
  #findInterrupt(): void {
    const found = this.#keys.map((key) => key.kind === 'key' && key.name === 'C-c').lastIndexOf(true);
    if (this.#interrupt === null || found === -1) return;
    this.#keys.splice(0, found + 1);
    this.#interrupt();
  }

  /** Does what the editor asks; gives the entry when there is one, null to end. */
  #handle(request: Request): string | null | undefined {
    const items = this.#items;
    this.#items = [];
    switch (request.kind) {
      case 'none':
        return undefined;
      case 'submit':
        this.#leave(request.text.length);
        return request.text;
      case 'end':
        this.#leave(0);
        return null;
      case 'cancel':
        this.#leave(this.#editor.buffer.text.length);
        this.#editor.reset();
        return undefined;
      case 'complete':
        this.#complete(items);
        return undefined;
      case 'clear-screen':
        this.#terminal.write('\x1b[H\x1b[2J');
        this.#screen.forget();
        return undefined;
      case 'suspend':
        this.#suspend();
        return undefined;
    }
  }

  #complete(shown: readonly Item[]): void {
    const { buffer } = this.#editor;
    const completion = completeLine(buffer.text, buffer.cursor, (text, offset) => this.#helper.complete(text, offset));
    const { buffer: completed, items } = applyCompletion(buffer, completion);
    if (completed.text !== buffer.text) this.#editor.put(completed, 'edit');
    else if (items.length === 0) this.#terminal.write('\x07');
    this.#items = items.length > 0 ? items : shown.length > 0 && completed.text === buffer.text ? shown : [];
  }

  /** Shows the entry as it is entered, with nothing below it. */
  #leave(cursor: number): void {
    this.#draw(cursor);
    this.#terminal.write(this.#screen.leave());
  }

  #draw(cursor = this.#editor.buffer.cursor): void {
    const { buffer, search } = this.#editor;
    const columns = this.#terminal.columns();
    const lines = this.#terminal.lines();
    const most = Math.max(2, Math.min(MOST_ROWS, lines - 2));
    const below = search === null ? suggestionRows(this.#items, columns, most, this.#colour) : [];
    if (search !== null) {
      const head = search.failed ? 'not found' : 'search';
      below.push(paint(cutToWidth(`${head}: ${search.query}`, Math.max(2, columns - 1)), 'dim', this.#colour));
    }
    const frame = layOut({
      text: buffer.text,
      cursor,
      looks: this.#colour ? highlight(buffer.text, cursor, this.#helper.edition()) : [],
      prompt: PROMPT,
      continuation: CONTINUATION,
      below,
      columns,
      lines,
      colour: this.#colour,
    });
    this.#terminal.write(this.#screen.show(frame));
  }

  #receive(bytes: Uint8Array): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#keys.push(...this.#decoder.feed(bytes));
    if (this.#decoder.waiting) {
      this.#timer = setTimeout(() => {
        this.#keys.push(...this.#decoder.flush());
        this.#notify();
      }, ESCAPE_MS);
    }
    this.#notify();
  }

  #end(): void {
    this.#ended = true;
    this.#notify();
  }

  #notify(): void {
    this.#findInterrupt();
    const wake = this.#wake;
    this.#wake = null;
    wake?.();
  }

  #suspend(): void {
    this.#terminal.write(this.#screen.leave());
    this.#setRaw(false);
    process.once('SIGCONT', () => {
      this.#setRaw(true);
      this.#screen.forget();
      this.#draw();
    });
    process.kill(process.pid, 'SIGTSTP');
  }

  #setRaw(raw: boolean): void {
    if (raw === this.#raw) return;
    this.#raw = raw;
    const { input } = this.#terminal;
    this.#terminal.write(raw ? PASTE_ON : PASTE_OFF);
    input.setRawMode(raw);
    if (raw) input.resume();
    else input.pause();
  }
}
