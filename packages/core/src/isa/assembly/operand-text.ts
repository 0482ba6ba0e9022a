/**
 * How operands and references stand in assembly text: one row for each kind of immediate, written and read.
 *
 *     r3  [r3..]          a register, a window           @fib  F2      a function by its unique name, or by number
 *     12  -7              numbers                         "text"  S4   a constant string, likewise
 *     i64  T0             type codes                      4294967295  C1   a 64-bit constant as a signed integer, likewise
 *     T0.1                a variant                       G0           a module variable
 *     -> L12              a target                        str.concat   built-ins and errors by name
 */
import { BUILTIN_NAMES } from '../../base/builtins.ts';
import { NOMINAL, TYPE_CODES } from '../../base/kinds.ts';
import { TRAP_NAMES } from '../../base/traps.ts';
import type { ImmKind } from '../operand.ts';
import type { BytecodeProgram } from '../program.ts';

/** Thrown for text that means nothing; never leaves the assembler. */
export class Misread {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** The tables that operands name, by number, and numbers by what is in them (only what is there once). */
export interface Names {
  readonly program: Pick<BytecodeProgram, 'strings' | 'constants'>;
  readonly funcs: readonly string[];
  funcNumber(name: string): number;
  stringNumber(text: string): number;
  constantNumber(bits: bigint): number;
  /** Whether the entry can be told from others by what it is. */
  readonly unique: {
    func(number: number): boolean;
    string(number: number): boolean;
    constant(number: number): boolean;
  };
}

const IDENTIFIER = /^[A-Za-z_][\w.]*$/;
const CODE_NAMES: ReadonlyMap<number, string> = new Map(Object.entries(TYPE_CODES).map(([name, code]) => [code, name]));

export function funcText(number: number, names: Names): string {
  const name = names.funcs[number];
  return name !== undefined && IDENTIFIER.test(name) && names.unique.func(number) ? `@${name}` : `F${number}`;
}

export function readFunc(token: string, names: Names): number {
  return token.startsWith('@') ? names.funcNumber(token.slice(1)) : readNumbered('F', token);
}

export function codeText(code: number): string {
  return code >= NOMINAL ? `T${code - NOMINAL}` : (CODE_NAMES.get(code) ?? `#${code}`);
}

export function readCode(token: string): number {
  const code = (TYPE_CODES as Readonly<Record<string, number>>)[token];
  if (code !== undefined) return code;
  return token.startsWith('#') ? readNumbered('#', token) : NOMINAL + readNumbered('T', token);
}

/** `F12` and the like. */
export function readNumbered(letter: string, token: string): number {
  const digits = token.slice(1);
  if (!token.startsWith(letter) || !/^\d{1,10}$/.test(digits))
    throw new Misread(`expected ${letter} and a number, found ${token}`);
  return Number(digits);
}

export function readNumber(token: string): number {
  if (!/^-?\d{1,10}$/.test(token)) throw new Misread(`expected a number, found ${token}`);
  return Number(token);
}

export function readString(token: string): string {
  const text = quotedText(token);
  if (text === null) throw new Misread(`expected a text in quotation marks, found ${token}`);
  return text;
}

/** What a text in quotation marks says; null if it cannot be read. */
export function quotedText(token: string): string | null {
  try {
    const value: unknown = JSON.parse(token);
    return typeof value === 'string' ? value : null;
  } catch {
    return null;
  }
}

interface ImmText {
  readonly write: (value: number, names: Names) => string;
  readonly read: (token: string, names: Names) => number;
}

const number: ImmText = { write: String, read: readNumber };

function named(list: readonly string[], what: string): ImmText {
  return {
    write: (value) => list[value] ?? `#${value}`,
    read: (token) => {
      if (token.startsWith('#')) return readNumbered('#', token);
      const found = list.indexOf(token);
      if (found < 0) throw new Misread(`there is no ${what} ${token}`);
      return found;
    },
  };
}

const text: ImmText = {
  write: (value, names) => {
    const text = names.program.strings[value];
    return text !== undefined && names.unique.string(value) ? JSON.stringify(text) : `S${value}`;
  },
  read: (token, names) => (token.startsWith('S') ? readNumbered('S', token) : names.stringNumber(readString(token))),
};

/** Targets are labels, which the assembler resolves itself. */
export const IMM_TEXTS: Readonly<Record<Exclude<ImmKind, 'target' | 'info'>, ImmText>> = {
  i32: number,
  i64: number,
  cost: number,
  sig: number,
  index: number,
  count: number,
  func: { write: funcText, read: readFunc },
  function: { write: funcText, read: readFunc },
  global: { write: (value) => `G${value}`, read: (token) => readNumbered('G', token) },
  code: { write: codeText, read: readCode },
  trap: named(TRAP_NAMES, 'error'),
  builtin: named(BUILTIN_NAMES, 'built-in'),
  window: {
    write: (value) => `[r${value}..]`,
    read: (token) => {
      if (!/^\[r\d+\.\.\]$/.test(token)) throw new Misread(`expected a window such as [r3..], found ${token}`);
      return readNumber(token.slice(2, -3));
    },
  },
  variant: {
    write: (value) => `T${value >>> 16}.${value & 0xffff}`,
    read: (token) => {
      const [type = '', variant = ''] = token.split('.');
      return ((readNumbered('T', type) << 16) | readNumber(variant)) >>> 0;
    },
  },
  string: text,
  selector: text,
  pool: {
    write: (value, names) => {
      const bits = names.program.constants[value];
      return bits !== undefined && names.unique.constant(value) ? String(BigInt.asIntN(64, bits)) : `C${value}`;
    },
    read: (token, names) => {
      if (token.startsWith('C')) return readNumbered('C', token);
      if (!/^-?\d{1,20}$/.test(token)) throw new Misread(`expected an integer of 64 bits, found ${token}`);
      return names.constantNumber(BigInt.asUintN(64, BigInt(token)));
    },
  },
};
