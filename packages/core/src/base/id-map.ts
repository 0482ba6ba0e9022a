/**
 * A growing table addressed by one kind of branded id. Ids are handed out densely from 0.
 */
import { Bug } from './bug.ts';

export class IdMap<Id extends number, T> {
  readonly #items: T[] = [];

  get size(): number {
    return this.#items.length;
  }

  /** Appends and returns the new id. */
  add(item: T): Id {
    this.#items.push(item);
    return (this.#items.length - 1) as Id;
  }

  /** The id that `add` will hand out next. */
  nextId(): Id {
    return this.#items.length as Id;
  }

  get(id: Id): T {
    const item = this.#items[id];
    if (item === undefined) throw new Bug(`no entry ${id} in a table of ${this.#items.length}`);
    return item;
  }

  set(id: Id, item: T): void {
    if (id > this.#items.length) throw new Bug(`entry ${id} would leave a hole in a table of ${this.#items.length}`);
    this.#items[id] = item;
  }

  /** Forgets the entries from `size` on; their ids will be handed out again. */
  truncate(size: number): void {
    this.#items.length = Math.min(this.#items.length, size);
  }

  *entries(): IterableIterator<[Id, T]> {
    for (let id = 0; id < this.#items.length; id++) yield [id as Id, this.#items[id] as T];
  }

  values(): readonly T[] {
    return this.#items;
  }
}
