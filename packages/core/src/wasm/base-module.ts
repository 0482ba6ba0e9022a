/**
 * Takes a WebAssembly module apart into sections that another module can be built on: everything stays as it is and comes
 * first, so that the code in it keeps its indices. WebAssembly core specification, chapter 5 (binary format).
 *
 * Understands what the runtime core has: functions, an imported memory, exports and data. Other sections are refused, so
 * that none gets lost.
 */
import { Bug } from '../base/bug.ts';

/** What follows the count of a section that is a list. */
export interface SectionList {
  readonly count: number;
  readonly items: Uint8Array;
}

export interface BaseModule {
  readonly types: SectionList;
  readonly imports: SectionList;
  readonly funcs: SectionList;
  readonly code: SectionList;
  /** Whole sections. */
  readonly dataCount: Uint8Array | null;
  readonly data: Uint8Array | null;
  /** How many of the imports are functions. */
  readonly importedFuncs: number;
  /** Indices of exported functions. */
  readonly funcExports: ReadonlyMap<string, number>;
}

const NAMES: Readonly<Record<number, string>> = {
  1: 'types',
  2: 'imports',
  3: 'funcs',
  7: 'exports',
  10: 'code',
  11: 'data',
  12: 'dataCount',
};
const CUSTOM = 0;
const FUNC = 0;
const MEMORY = 2;
const EMPTY: SectionList = { count: 0, items: new Uint8Array() };

class Reader {
  readonly #bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = bytes;
    this.at = at;
  }

  get ended(): boolean {
    return this.at >= this.#bytes.length;
  }

  u8(): number {
    const byte = this.#bytes[this.at++];
    if (byte === undefined) throw new Bug('the module ends too early');
    return byte;
  }

  u32(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.u8();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
  }

  bytes(length: number): Uint8Array {
    this.at += length;
    return this.#bytes.subarray(this.at - length, this.at);
  }

  name(): string {
    return new TextDecoder().decode(this.bytes(this.u32()));
  }
}

export function readBaseModule(bytes: Uint8Array): BaseModule {
  const reader = new Reader(bytes, 8);
  const sections = new Map<string, Uint8Array>();
  while (!reader.ended) {
    const id = reader.u8();
    const body = reader.bytes(reader.u32());
    const name = NAMES[id];
    if (name !== undefined) sections.set(name, body);
    else if (id !== CUSTOM) throw new Bug(`a module with a section ${id} cannot be built on`);
  }
  const list = (name: string): SectionList => {
    const body = sections.get(name);
    if (body === undefined) return EMPTY;
    const items = new Reader(body);
    const count = items.u32();
    return { count, items: body.subarray(items.at) };
  };
  const [imports, exports] = [list('imports'), list('exports')];
  return {
    types: list('types'),
    imports,
    funcs: list('funcs'),
    code: list('code'),
    dataCount: sections.get('dataCount') ?? null,
    data: sections.get('data') ?? null,
    importedFuncs: countFuncs(imports),
    funcExports: funcExports(exports),
  };
}

function countFuncs({ count, items }: SectionList): number {
  const reader = new Reader(items);
  let funcs = 0;
  for (let i = 0; i < count; i++) {
    reader.name();
    reader.name();
    const kind = reader.u8();
    if (kind === FUNC) {
      reader.u32();
      funcs++;
    } else if (kind === MEMORY) {
      const limited = reader.u8() & 1;
      reader.u32();
      if (limited) reader.u32();
    } else throw new Bug(`a module with an import of kind ${kind} cannot be built on`);
  }
  return funcs;
}

function funcExports({ count, items }: SectionList): Map<string, number> {
  const reader = new Reader(items);
  const found = new Map<string, number>();
  for (let i = 0; i < count; i++) {
    const name = reader.name();
    const kind = reader.u8();
    const index = reader.u32();
    if (kind === FUNC) found.set(name, index);
  }
  return found;
}
