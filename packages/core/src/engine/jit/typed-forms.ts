/**
 * The typed forms that calls of function values may call, by number, in a table for each unit that has such calls.
 *
 * One table for all of them would be simpler, but V8 keeps every instance that imports a table for as long as the table lives, and each
 * that it keeps makes changes of the table slower. A table of its own goes with its unit. So all tables have the same contents.
 */
type TypedForm = (...args: never[]) => unknown;

/** Places in a new table, so that it seldom has to grow. */
const ROOM = 16;

export class TypedForms {
  /** By number; 0 says that a function has none. */
  readonly #forms: (TypedForm | null)[] = [null];
  readonly #free: number[] = [];
  readonly #tables = new Set<WebAssembly.Table>();

  /** A table for another unit. */
  table(): WebAssembly.Table {
    const forms = this.#forms;
    const table = new WebAssembly.Table({ element: 'anyfunc', initial: 2 * Math.max(ROOM, forms.length) });
    forms.forEach((form, number) => {
      if (form !== null) table.set(number, form);
    });
    this.#tables.add(table);
    return table;
  }

  /** The unit of that table is gone. */
  drop(table: WebAssembly.Table | null): void {
    if (table !== null) this.#tables.delete(table);
  }

  add(form: TypedForm): number {
    const number = this.#free.pop() ?? this.#forms.length;
    this.#forms[number] = form;
    for (const table of this.#tables) {
      if (table.length <= number) table.grow(table.length);
      table.set(number, form);
    }
    return number;
  }

  /** Nobody calls it any more. */
  remove(number: number): void {
    this.#forms[number] = null;
    this.#free.push(number);
    for (const table of this.#tables) table.set(number, null);
  }
}
