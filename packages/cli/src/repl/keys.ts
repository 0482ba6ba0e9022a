/**
 * From the bytes that a terminal sends to keys. Pure: bytes in, keys out; what is incomplete waits for the next bytes.
 *
 *     61            text a            1b 5b 44            left
 *     01            C-a               1b 5b 31 3b 35 44   C-left
 *     1b 62         M-b               1b 5b 32 30 30 7e   begin of a paste, up to 1b 5b 32 30 31 7e
 *
 * An escape byte by itself is the key `escape` once it is known that nothing follows: the caller says so with `flush`.
 */

/** Modifiers stand in front of a key's name in the order `C-`, `M-`, `S-`. */
export type Key =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'paste'; readonly text: string }
  | { readonly kind: 'key'; readonly name: string };

const ESCAPE = '\x1b';
const PASTE_END = '\x1b[201~';

const FINAL_NAMES: Readonly<Record<string, string>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  F: 'end',
  H: 'home',
  Z: 'S-tab',
};

const TILDE_NAMES: Readonly<Record<string, string>> = {
  1: 'home',
  2: 'insert',
  3: 'delete',
  4: 'end',
  5: 'pageup',
  6: 'pagedown',
  7: 'home',
  8: 'end',
};

export class KeyDecoder {
  readonly #utf8 = new TextDecoder();
  #pending = '';
  #paste: string | null = null;

  /** Whether bytes are held back that may be the beginning of something. */
  get waiting(): boolean {
    return this.#paste === null && this.#pending !== '';
  }

  feed(bytes: Uint8Array): Key[] {
    this.#pending += this.#utf8.decode(bytes, { stream: true });
    return this.#take(false);
  }

  /** Nothing follows for now: what is held back stands for itself. */
  flush(): Key[] {
    return this.#take(true);
  }

  #take(final: boolean): Key[] {
    const keys: Key[] = [];
    while (this.#pending !== '') {
      if (this.#paste !== null) {
        if (!this.#takePaste(keys)) break;
        continue;
      }
      const length = this.#takeOne(keys, final);
      if (length === 0) break;
      this.#pending = this.#pending.slice(length);
    }
    return keys;
  }

  /** Collects pasted text; false if its end has not come yet. */
  #takePaste(keys: Key[]): boolean {
    const end = this.#pending.indexOf(PASTE_END);
    if (end === -1) {
      // The end may be cut in two.
      const keep = partOfEnd(this.#pending);
      this.#paste += this.#pending.slice(0, this.#pending.length - keep);
      this.#pending = this.#pending.slice(this.#pending.length - keep);
      return false;
    }
    const text = (this.#paste ?? '') + this.#pending.slice(0, end);
    keys.push({ kind: 'paste', text: text.replaceAll('\r\n', '\n').replaceAll('\r', '\n') });
    this.#paste = null;
    this.#pending = this.#pending.slice(end + PASTE_END.length);
    return true;
  }

  /** Takes one key or a run of text off the front; how long it was, 0 if it is not complete. */
  #takeOne(keys: Key[], final: boolean): number {
    const text = this.#pending;
    const [first = ''] = text;
    if (first === ESCAPE) return this.#takeEscape(keys, final);
    if (isControl(first)) {
      keys.push({ kind: 'key', name: controlName(first) });
      return 1;
    }
    let end = 0;
    for (const char of text) {
      if (isControl(char)) break;
      end += char.length;
    }
    keys.push({ kind: 'text', text: text.slice(0, end) });
    return end;
  }

  #takeEscape(keys: Key[], final: boolean): number {
    const text = this.#pending;
    const second = text[1];
    if (second === undefined) {
      if (!final) return 0;
      keys.push({ kind: 'key', name: 'escape' });
      return 1;
    }
    if (second === '[' || second === 'O') {
      const sequence = second === 'O' ? /^\x1bO(\d*)([A-Za-z])/.exec(text) : /^\x1b\[([\d;?<]*)([@-~])/.exec(text);
      if (sequence === null) {
        if (!final && /^\x1b(?:\[[\d;?<]*|O\d*)$/.test(text)) return 0;
        keys.push({ kind: 'key', name: `M-${second}` });
        return 2;
      }
      const [whole, params = '', letter = ''] = sequence;
      if (whole === '\x1b[200~') this.#paste = '';
      else {
        const name = sequenceName(params, letter);
        // A sequence that means nothing to us is passed over.
        if (name !== null) keys.push({ kind: 'key', name });
      }
      return whole.length;
    }
    if (second === ESCAPE) {
      keys.push({ kind: 'key', name: 'escape' });
      return 1;
    }
    const [char = ''] = [...text.slice(1, 3)];
    keys.push({ kind: 'key', name: isControl(char) ? withMeta(controlName(char)) : `M-${char}` });
    return 1 + char.length;
  }
}

function partOfEnd(text: string): number {
  for (let length = Math.min(text.length, PASTE_END.length - 1); length > 0; length--) {
    if (PASTE_END.startsWith(text.slice(-length))) return length;
  }
  return 0;
}

function isControl(char: string): boolean {
  const code = char.charCodeAt(0);
  return code < 32 || code === 127;
}

function controlName(char: string): string {
  switch (char) {
    case '\r':
    case '\n':
      return 'enter';
    case '\t':
      return 'tab';
    case '\x7f':
    case '\b':
      return 'backspace';
    default:
      return `C-${String.fromCharCode(char.charCodeAt(0) + 64).toLowerCase()}`;
  }
}

function withMeta(name: string): string {
  return name.startsWith('C-') ? `C-M-${name.slice(2)}` : `M-${name}`;
}

/** The name of a control sequence; its second parameter says which modifiers are held. */
function sequenceName(params: string, letter: string): string | null {
  const [first = '', second = ''] = params.split(';');
  const name = letter === '~' ? TILDE_NAMES[first] : FINAL_NAMES[letter];
  if (name === undefined) return null;
  const held = Math.max(0, Number(second || (letter === '~' ? '1' : '1')) - 1);
  return `${held & 4 ? 'C-' : ''}${held & 2 ? 'M-' : ''}${held & 1 ? 'S-' : ''}${name}`;
}
