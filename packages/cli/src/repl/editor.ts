/**
 * The line editor: keys in, a new state and perhaps a request out. It touches neither terminal nor file nor session.
 *
 * The keys are those that readline and Emacs have taught people. `BINDINGS` is the table of them; the help of the REPL shows it.
 * While a reverse search is on, text and a few keys belong to the search, and any other key ends it and does what it always does.
 */
import {
  at,
  beforeCursor,
  type Buffer,
  columnOf,
  EMPTY,
  indentation,
  insert,
  left,
  lineAbove,
  lineBelow,
  lineEnd,
  lineStart,
  remove,
  right,
  transpose,
  wordLeft,
  wordRight,
} from './buffer.ts';
import type { Key } from './keys.ts';

/** What the editor asks of whoever drives it. */
export type Request =
  | { readonly kind: 'none' }
  | { readonly kind: 'submit'; readonly text: string }
  /** Complete the name at the cursor. */
  | { readonly kind: 'complete' }
  /** The entry is given up: show it for the last time and begin anew. */
  | { readonly kind: 'cancel' }
  | { readonly kind: 'end' }
  | { readonly kind: 'clear-screen' }
  | { readonly kind: 'suspend' };

const NONE: Request = { kind: 'none' };

export interface Search {
  readonly query: string;
  /** The entry that was found, by its position. */
  readonly found: number;
  readonly failed: boolean;
  /** What was there before. */
  readonly before: Buffer;
}

type Action = (editor: Editor) => Request | undefined;

interface Binding {
  readonly keys: readonly string[];
  readonly doc: string;
  readonly action: Action;
}

const move = (to: (buffer: Buffer) => number): Action => {
  return (editor) => {
    editor.put(at(editor.buffer.text, to(editor.buffer)), 'move');
    return undefined;
  };
};

const kill = (range: (buffer: Buffer) => readonly [number, number], backward: boolean): Action => {
  return (editor) => {
    editor.kill(...range(editor.buffer), backward);
    return undefined;
  };
};

/** Every key that does something; the first is the one that help shows. */
export const BINDINGS: readonly Binding[] = [
  {
    keys: ['enter'],
    doc: 'run the entry if it is complete, else begin a new line',
    action: (editor) => editor.enter(),
  },
  { keys: ['M-enter', 'C-o'], doc: 'begin a new line', action: (editor) => editor.newLine() },
  { keys: ['tab'], doc: 'complete the name, or indent', action: (editor) => editor.tab() },
  { keys: ['left', 'C-b'], doc: 'one character back', action: move(left) },
  { keys: ['right', 'C-f'], doc: 'one character on', action: move(right) },
  { keys: ['C-left', 'M-b', 'M-left'], doc: 'one word back', action: move(wordLeft) },
  { keys: ['C-right', 'M-f', 'M-right'], doc: 'one word on', action: move(wordRight) },
  { keys: ['home', 'C-a'], doc: 'to the beginning of the line', action: move(lineStart) },
  { keys: ['end', 'C-e'], doc: 'to the end of the line', action: move(lineEnd) },
  { keys: ['up', 'C-p'], doc: 'to the line above, then to the entry before', action: (editor) => editor.up() },
  { keys: ['down', 'C-n'], doc: 'to the line below, then to the entry after', action: (editor) => editor.down() },
  { keys: ['pageup', 'M-p'], doc: 'the entry before', action: (editor) => editor.recall(-1) },
  { keys: ['pagedown', 'M-n'], doc: 'the entry after', action: (editor) => editor.recall(1) },
  { keys: ['M-<'], doc: 'the first entry of the history', action: (editor) => editor.recall(-Infinity) },
  { keys: ['M->'], doc: 'back to the new entry', action: (editor) => editor.recall(Infinity) },
  { keys: ['C-r'], doc: 'search backward in the history', action: (editor) => editor.beginSearch() },
  { keys: ['backspace'], doc: 'delete the character before', action: (editor) => editor.backspace() },
  {
    keys: ['delete'],
    doc: 'delete the character under the cursor',
    action: (editor) => editor.delete(editor.buffer.cursor, right(editor.buffer)),
  },
  { keys: ['C-d'], doc: 'the same; in an empty entry, leave', action: (editor) => editor.endOrDelete() },
  {
    keys: ['C-k'],
    doc: 'cut to the end of the line',
    action: kill((buffer) => {
      const end = lineEnd(buffer);
      return [buffer.cursor, end === buffer.cursor ? right(buffer) : end];
    }, false),
  },
  {
    keys: ['C-u'],
    doc: 'cut to the beginning of the line',
    action: kill((buffer) => [lineStart(buffer), buffer.cursor], true),
  },
  {
    keys: ['C-w', 'M-backspace', 'C-backspace'],
    doc: 'cut the word before',
    action: kill((buffer) => [wordLeft(buffer), buffer.cursor], true),
  },
  {
    keys: ['M-d', 'C-delete'],
    doc: 'cut the word after',
    action: kill((buffer) => [buffer.cursor, wordRight(buffer)], false),
  },
  { keys: ['C-y'], doc: 'insert what was cut', action: (editor) => editor.yank() },
  { keys: ['M-y'], doc: 'after that: what was cut before it', action: (editor) => editor.yankBefore() },
  {
    keys: ['C-t'],
    doc: 'swap two characters',
    action: (editor) => {
      editor.put(transpose(editor.buffer), 'edit');
      return undefined;
    },
  },
  { keys: ['C-_', 'C-x'], doc: 'undo', action: (editor) => editor.undo() },
  { keys: ['C-l'], doc: 'clear the screen', action: () => ({ kind: 'clear-screen' }) },
  { keys: ['C-c'], doc: 'give up the entry; while a program runs, stop it', action: (editor) => editor.cancel() },
  { keys: ['C-z'], doc: 'suspend the session', action: () => ({ kind: 'suspend' }) },
];

const ACTIONS = new Map(BINDINGS.flatMap(({ keys, action }) => keys.map((key) => [key, action] as const)));

/** What the last key did, as far as the next one asks. */
type Deed = 'none' | 'type' | 'edit' | 'move' | 'kill' | 'yank' | 'vertical';

const MOST_UNDO = 200;
const MOST_KILLS = 32;
const INDENT = '    ';

export class Editor {
  buffer: Buffer = EMPTY;
  search: Search | null = null;
  readonly #history: () => readonly string[];
  readonly #isIncomplete: (text: string) => boolean;
  #deed: Deed = 'none';
  /** The column that moving up and down returns to. */
  #column = 0;
  /** Position in the history; its length is the new entry. */
  #position = 0;
  /** What the new entry was when the history was entered. */
  #draft = '';
  readonly #undo: Buffer[] = [];
  readonly #kills: string[] = [];
  #yanked = 0;

  /** `history` gives all entries, oldest first. */
  constructor(history: () => readonly string[], isIncomplete: (text: string) => boolean) {
    this.#history = history;
    this.#isIncomplete = isIncomplete;
    this.reset();
  }

  /** Begins a new entry. */
  reset(): void {
    this.buffer = EMPTY;
    this.search = null;
    this.#deed = 'none';
    this.#position = this.#history().length;
    this.#draft = '';
    this.#undo.length = 0;
  }

  press(key: Key): Request {
    if (this.search !== null) {
      const request = this.#searchKey(key, this.search);
      if (request !== null) return request;
    }
    if (key.kind === 'key') {
      const action = ACTIONS.get(key.name);
      return action?.(this) ?? NONE;
    }
    this.put(insert(this.buffer, key.text), key.kind === 'text' ? 'type' : 'edit');
    return NONE;
  }

  /** Replaces the buffer; `deed` says by what, for undo and for what the next key continues. */
  put(buffer: Buffer, deed: Deed): void {
    const continues = deed === 'type' && this.#deed === 'type';
    if (buffer.text !== this.buffer.text && !continues) {
      this.#undo.push(this.buffer);
      if (this.#undo.length > MOST_UNDO) this.#undo.shift();
    }
    this.buffer = buffer;
    this.#deed = deed;
  }

  // entries

  enter(): Request | undefined {
    const { text, cursor } = this.buffer;
    const inLast = lineEnd(this.buffer) === text.length;
    if (inLast && (text.startsWith(':') || !this.#isIncomplete(text))) return { kind: 'submit', text };
    if (inLast && cursor < text.length && !this.#isIncomplete(`${text}\n`)) return { kind: 'submit', text };
    return this.newLine();
  }

  /** The new line is indented as the one before, and deeper after a colon or an open bracket. */
  newLine(): undefined {
    const before = beforeCursor(this.buffer);
    const indent = indentation(this.buffer).slice(0, before.length);
    const deeper = /[:([{]\s*(?:\/\/.*)?$/.test(before) ? INDENT : '';
    // A line of nothing but white space holds no place for it.
    const buffer = before.trim() === '' ? remove(this.buffer, lineStart(this.buffer), this.buffer.cursor) : this.buffer;
    this.put(insert(buffer, `\n${indent}${deeper}`), 'edit');
  }

  cancel(): Request {
    return { kind: 'cancel' };
  }

  endOrDelete(): Request | undefined {
    if (this.buffer.text === '') return { kind: 'end' };
    return this.delete(this.buffer.cursor, right(this.buffer));
  }

  tab(): Request | undefined {
    if (beforeCursor(this.buffer).trim() !== '' || this.buffer.text.startsWith(':')) return { kind: 'complete' };
    if (this.buffer.text === '') return { kind: 'complete' };
    this.put(insert(this.buffer, INDENT), 'edit');
    return undefined;
  }

  // lines and history

  up(): undefined {
    this.#vertical(lineAbove, -1);
  }

  down(): undefined {
    this.#vertical(lineBelow, 1);
  }

  #vertical(line: (buffer: Buffer, column: number) => number | null, step: -1 | 1): void {
    if (this.#deed !== 'vertical') this.#column = columnOf(this.buffer);
    const to = line(this.buffer, this.#column);
    if (to === null) this.recall(step);
    else this.put(at(this.buffer.text, to), 'vertical');
  }

  recall(step: number): undefined {
    const entries = this.#history();
    const position = Math.max(0, Math.min(entries.length, this.#position + step));
    if (position === this.#position) return;
    if (this.#position === entries.length) this.#draft = this.buffer.text;
    this.#position = position;
    this.put(at(entries[position] ?? this.#draft), 'move');
  }

  // deleting, cutting, inserting

  delete(start: number, end: number): undefined {
    if (end > start) this.put(remove(this.buffer, start, end), 'edit');
  }

  /** In the indentation a whole step goes. */
  backspace(): undefined {
    const { cursor } = this.buffer;
    const before = beforeCursor(this.buffer);
    const step = /^ +$/.test(before) ? ((before.length - 1) % INDENT.length) + 1 : cursor - left(this.buffer);
    return this.delete(cursor - step, cursor);
  }

  /** Several cuts in a row are one. */
  kill(start: number, end: number, backward: boolean): void {
    if (end <= start) return;
    const piece = this.buffer.text.slice(start, end);
    const last = this.#deed === 'kill' ? this.#kills.pop() : undefined;
    this.#kills.push(last === undefined ? piece : backward ? piece + last : last + piece);
    if (this.#kills.length > MOST_KILLS) this.#kills.shift();
    this.put(remove(this.buffer, start, end), 'kill');
  }

  yank(): undefined {
    this.#yanked = this.#kills.length - 1;
    this.put(insert(this.buffer, this.#kills[this.#yanked] ?? ''), 'yank');
  }

  yankBefore(): undefined {
    const last = this.#kills[this.#yanked];
    if (this.#deed !== 'yank' || last === undefined) return;
    this.#yanked = (this.#yanked + this.#kills.length - 1) % this.#kills.length;
    const { cursor } = this.buffer;
    const without = remove(this.buffer, cursor - last.length, cursor);
    this.put(insert(without, this.#kills[this.#yanked] ?? ''), 'yank');
  }

  undo(): undefined {
    const before = this.#undo.pop();
    if (before !== undefined) this.buffer = before;
    this.#deed = 'none';
  }

  // searching

  beginSearch(): undefined {
    this.search = { query: '', found: this.#history().length, failed: false, before: this.buffer };
  }

  /** What a key means to the search; null if it ends it and means what it always does. */
  #searchKey(key: Key, search: Search): Request | null {
    if (key.kind !== 'key') {
      this.#find(search, search.query + key.text, search.found, -1);
      return NONE;
    }
    switch (key.name) {
      case 'C-r':
        this.#find(search, search.query, search.found - 1, -1);
        return NONE;
      case 'C-s':
        this.#find(search, search.query, search.found + 1, 1);
        return NONE;
      case 'backspace': {
        this.#find({ ...search, failed: false }, search.query.slice(0, -1), this.#history().length, -1);
        return NONE;
      }
      case 'C-g':
        this.buffer = search.before;
        this.search = null;
        return NONE;
      case 'escape':
        this.#endSearch(search);
        return NONE;
      case 'enter':
        this.#endSearch(search);
        this.buffer = at(this.buffer.text);
        return null;
      case 'C-c':
        this.buffer = search.before;
        this.search = null;
        return NONE;
      default:
        this.#endSearch(search);
        return null;
    }
  }

  #endSearch({ found }: Search): void {
    this.search = null;
    if (found < this.#history().length) this.#position = found;
  }

  /** Looks for the query from an entry on. */
  #find(search: Search, query: string, from: number, step: -1 | 1): void {
    const entries = this.#history();
    let place = Math.min(from, entries.length - 1);
    while (place >= 0 && place < entries.length && !(entries[place] as string).includes(query)) place += step;
    const entry = entries[place];
    if (query === '' || entry === undefined) {
      this.search = { ...search, query, failed: query !== '' };
      return;
    }
    this.search = { ...search, query, found: place, failed: false };
    this.buffer = at(entry, entry.indexOf(query) + query.length);
  }
}
