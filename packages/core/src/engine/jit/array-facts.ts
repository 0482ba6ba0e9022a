/**
 * What is known of arrays where the code stands that is being written: those of which an element was read or written before.
 *
 * An access to an element that comes back has seen that the array stores what it says. Behind it the array's length and buffer are in locals, on all
 * ways that lead only there, until something may change an array's header or the slot is written: four accesses in a row look at the header once.
 */
import type { CodeWriter, Local } from '../../wasm/code-writer.ts';

/** Where the header of an array stands that stores one type. */
export interface ArrayLocals {
  readonly code: number;
  readonly length: Local<'i64'>;
  readonly elements: Local<'i32'>;
}

/** Where the bytes of a string stand while a loop runs, less STRING_HEADER, and how many can be read there. */
export interface StringLocals {
  readonly length: Local<'i64'>;
  readonly bytes: Local<'i32'>;
}

/** An element that was read before a loop, 0 if it was not there; if it is an array of which elements are read, what is known of it. */
export interface ElementLocals {
  readonly value: Local<'i32'>;
  readonly row: ArrayLocals | null;
}

export class ArrayFacts {
  readonly #w: CodeWriter;
  /** Locals by slot, used again. */
  readonly #locals = new Map<number, Omit<ArrayLocals, 'code'>>();
  #known: ReadonlyMap<number, ArrayLocals> = new Map();
  /** Of the instruction that is written. */
  #next: { readonly slot: number; readonly array: ArrayLocals } | null = null;

  constructor(w: CodeWriter) {
    this.#w = w;
  }

  of(slot: number, code: number): ArrayLocals | null {
    const array = this.#next?.slot === slot ? this.#next.array : this.#known.get(slot);
    return array?.code === code ? array : null;
  }

  /** Locals for an array that the instruction looks at; what they hold is known behind it. */
  look(slot: number, code: number): ArrayLocals {
    let locals = this.#locals.get(slot);
    if (locals === undefined) {
      locals = { length: this.#w.lasting('i64'), elements: this.#w.lasting('i32') };
      this.#locals.set(slot, locals);
    }
    const array = { code, ...locals };
    this.#next = { slot, array };
    return array;
  }

  /** The instruction is written, and has written a slot; `keeps`: all headers are as before. */
  pass(written: number | null, keeps: boolean): void {
    const next = this.#next;
    this.#next = null;
    const changed = written !== null && this.#known.has(written);
    if (!keeps && this.#known.size > 0) this.#known = new Map();
    else if (next !== null || changed) {
      const known = new Map(this.#known);
      if (next !== null) known.set(next.slot, next.array);
      if (written !== null) known.delete(written);
      this.#known = known;
    }
  }

  forget(): void {
    this.#known = new Map();
  }

  /** What is known now holds again when the code that `body` writes has ended. */
  aside<T>(body: () => T): T {
    const known = this.#known;
    const next = this.#next;
    this.#next = null;
    const result = body();
    this.#known = known;
    this.#next = next;
    return result;
  }
}
