/** Constants and strings of a program, each once, by number. */
export class Pools {
  readonly constants: bigint[] = [];
  readonly strings: string[] = [];
  readonly #constantIds = new Map<bigint, number>();
  readonly #stringIds = new Map<string, number>();

  /** A 64-bit constant by its unsigned bits. */
  constant(bits: bigint): number {
    return intern(this.#constantIds, this.constants, bits);
  }

  string(text: string): number {
    return intern(this.#stringIds, this.strings, text);
  }
}

function intern<T>(ids: Map<T, number>, items: T[], item: T): number {
  let id = ids.get(item);
  if (id === undefined) {
    id = items.length;
    items.push(item);
    ids.set(item, id);
  }
  return id;
}

const scratch = new DataView(new ArrayBuffer(8));

export function f64Bits(value: number): bigint {
  scratch.setFloat64(0, value);
  return scratch.getBigUint64(0);
}
