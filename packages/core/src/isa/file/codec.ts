/**
 * Codecs: how a value stands in a file, said once for writing and reading.
 *
 *     const point = record('Point', { x: number, y: number });      point.write(out, { x: 1, y: 2 })      point.read(source)
 *
 * `shape` says it a third time, for the reference.
 */
import { Bug } from '../../base/bug.ts';
import { type ByteReader, type ByteWriter, Malformed } from './bytes.ts';

/** Texts are written as numbers of a table that precedes everything else; `text` looks them up here. */
export interface Sink {
  readonly out: ByteWriter;
  textNumber(text: string): number;
}

export interface Source {
  readonly in: ByteReader;
  readonly texts: readonly string[];
}

export interface Codec<T> {
  readonly shape: string;
  /** Fewest bytes that a value takes. */
  readonly least: number;
  write(sink: Sink, value: T): void;
  read(source: Source): T;
}

/** What a codec reads and writes. */
export type Value<C> = C extends Codec<infer T> ? T : never;

export const number: Codec<number> = {
  shape: 'number',
  least: 1,
  write: ({ out }, value) => out.number(value),
  read: (source) => source.in.number(),
};

/** Small negative numbers are small too: 0, -1, 1, -2 are 0, 1, 2, 3. */
export const signed: Codec<number> = {
  shape: 'signed number',
  least: 1,
  write: ({ out }, value) => out.number(value < 0 ? -2 * value - 1 : 2 * value),
  read: (source) => {
    const value = source.in.number();
    return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
  },
};

/** A number of a text in the section of texts. */
export const text: Codec<string> = {
  shape: 'text',
  least: 1,
  write: (sink, value) => sink.out.number(sink.textNumber(value)),
  read: (source) => {
    const index = source.in.number();
    const found = source.texts[index];
    if (found === undefined) throw new Malformed(`there is no text ${index}`);
    return found;
  },
};

/** A text in place. */
export const ownText: Codec<string> = {
  shape: 'length and UTF-8',
  least: 1,
  write: ({ out }, value) => out.string(value),
  read: (source) => source.in.string(),
};

/** Eight bytes, the lowest first. */
export const bits64: Codec<bigint> = {
  shape: '8 bytes',
  least: 8,
  write: ({ out }, value) => {
    out.word(Number(value & 0xffff_ffffn));
    out.word(Number((value >> 32n) & 0xffff_ffffn));
  },
  read: (source) => {
    const low = source.in.word();
    return BigInt(low) | (BigInt(source.in.word()) << 32n);
  },
};

/** 32-bit words, four bytes each, the lowest first. */
export const words: Codec<Uint32Array> = {
  shape: 'count and words of 4 bytes',
  least: 1,
  write: ({ out }, value) => {
    out.number(value.length);
    for (const word of value) out.word(word);
  },
  read: (source) => {
    const value = new Uint32Array(source.in.count(4));
    for (let i = 0; i < value.length; i++) value[i] = source.in.word();
    return value;
  },
};

/** A count and so many values. */
export function list<T>(item: Codec<T>): Codec<readonly T[]> {
  return {
    get shape() {
      return `list of ${item.shape}`;
    },
    least: 1,
    write: (sink, values) => {
      sink.out.number(values.length);
      for (const value of values) item.write(sink, value);
    },
    read: (source) => {
      const values: T[] = [];
      for (let left = source.in.count(item.least); left > 0; left--) values.push(item.read(source));
      return values;
    },
  };
}

/** 0 for null, or 1 and the value. */
export function optional<T>(item: Codec<T>): Codec<T | null> {
  return {
    get shape() {
      return `optional ${item.shape}`;
    },
    least: 1,
    write: (sink, value) => {
      sink.out.byte(value === null ? 0 : 1);
      if (value !== null) item.write(sink, value);
    },
    read: (source) => {
      const there = source.in.byte();
      if (there > 1) throw new Malformed('an optional value begins with neither 0 nor 1');
      return there === 0 ? null : item.read(source);
    },
  };
}

/** One of a list of words, as a byte. */
export function oneOf<const T extends string>(names: readonly T[]): Codec<T> {
  return {
    get shape() {
      return names.map((name) => `\`${name}\``).join(' or ');
    },
    least: 1,
    write: ({ out }, value) => out.byte(names.indexOf(value)),
    read: (source) => {
      const index = source.in.byte();
      const name = names[index];
      if (name === undefined) throw new Malformed(`${index} is none of ${names.join(', ')}`);
      return name;
    },
  };
}

type Fields<T> = { readonly [K in keyof T]-?: Codec<T[K]> };

/** The fields one after the other, in the order in which they are named here. */
export function record<T extends object>(fields: Fields<T>): Codec<T> {
  const names = Object.keys(fields) as (keyof T & string)[];
  return {
    get shape() {
      return `(${names.map((name) => `${name}: ${fields[name].shape}`).join(', ')})`;
    },
    least: names.reduce((sum, name) => sum + fields[name].least, 0),
    write: (sink, value) => {
      for (const name of names) fields[name].write(sink, value[name]);
    },
    read: (source) => {
      const value: Partial<T> = {};
      for (const name of names) value[name] = fields[name].read(source);
      // every field of T has a codec
      return value as T;
    },
  };
}

/** Records that say by their first byte, in the place of `tag`, which they are. */
export function variants<Tag extends string, T extends { readonly [K in Tag]: string }>(
  tag: Tag,
  cases: { readonly [Name in T[Tag]]: Codec<Omit<Extract<T, { readonly [K in Tag]: Name }>, Tag>> },
): Codec<T> {
  const names = Object.keys(cases) as T[Tag][];
  return {
    get shape() {
      return names.map((name) => `\`${name}\` ${cases[name].shape}`).join(' or ');
    },
    least: 1,
    write: (sink, value) => {
      const name = value[tag];
      sink.out.byte(names.indexOf(name));
      // the case of the value's own name
      (cases[name] as Codec<unknown>).write(sink, value);
    },
    read: (source) => {
      const index = source.in.byte();
      const name = names[index];
      if (name === undefined) throw new Malformed(`${index} is none of ${names.join(', ')}`);
      return { [tag]: name, ...(cases[name].read(source) as object) } as unknown as T;
    },
  };
}

/** Like `item`, but seen as another type. */
export function as<T>(item: Codec<number>): Codec<T & number> {
  return item as unknown as Codec<T & number>;
}

/** A codec for what is another value in memory. */
export function mapped<T, U>(item: Codec<U>, shape: string, to: (value: T) => U, from: (value: U) => T): Codec<T> {
  return {
    shape,
    least: item.least,
    write: (sink, value) => item.write(sink, to(value)),
    read: (source) => from(item.read(source)),
  };
}

/** Where no text may occur. */
export const NO_TEXTS = {
  textNumber: (): number => {
    throw new Bug('a text before the table of texts');
  },
};
