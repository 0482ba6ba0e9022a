/**
 * Bytecode files: a program as bytes, and back.
 *
 *     0   8 bytes   MAGIC
 *     8   u32       format version
 *     12  u32       fingerprint of the instruction set
 *     16  u32       length of what follows the header
 *     20  u32       CRC-32 of that
 *     24  ...       sections, each: number, length, value (`sections.ts`)
 *
 * Words are little-endian. The same program always gives the same bytes. Reading checks form only: that lengths, counts and numbers
 * of texts are right. Whether the program is safe to run is the verifier's question, which a program from a file must be asked.
 */
import { Bug } from '../../base/bug.ts';
import { ISA_FINGERPRINT } from '../opcode-table.ts';
import type { BytecodeProgram } from '../program.ts';
import { ByteReader, ByteWriter, Malformed } from './bytes.ts';
import { crc32 } from './checksum.ts';
import { NO_TEXTS, type Source } from './codec.ts';
import { isBytecodeFile, MAGIC } from './magic.ts';
import { type Parts, partsOf, programOf, type Section, SECTIONS } from './sections.ts';

/** Changes whenever the table of sections does. */
export const FORMAT_VERSION = 2;

const FINGERPRINT = Number(ISA_FINGERPRINT);

const HEADER_BYTES = 24;

export interface WriteOptions {
  /** Leaves out what only messages need: sources and the tables from pc to source. Names stay. */
  readonly strip?: boolean;
}

export function writeBytecode(program: BytecodeProgram, options: WriteOptions = {}): Uint8Array<ArrayBuffer> {
  const texts = new Map<string, number>();
  const textNumber = (text: string): number => {
    const known = texts.get(text);
    if (known !== undefined) return known;
    texts.set(text, texts.size);
    return texts.size - 1;
  };
  const parts: Omit<Parts, 'texts'> & { texts?: readonly string[] } = partsOf(program, options.strip === true);
  const [first, ...others] = SECTIONS.map((section, number) => ({ section, number }));
  if (first?.section.name !== 'texts') throw new Bug('texts are not the first section');
  const bodies = others.flatMap(({ section, number }) => {
    const value = parts[section.name];
    return value === null || value === undefined ? [] : [{ number, bytes: bodyOf(section, value, textNumber) }];
  });
  const table = { number: first.number, bytes: bodyOf(first.section, [...texts.keys()], NO_TEXTS.textNumber) };

  const payload = new ByteWriter();
  for (const { number, bytes } of [table, ...bodies]) {
    payload.number(number);
    payload.number(bytes.length);
    payload.raw(bytes);
  }
  return withHeader(payload.bytes());
}

/** The bytes of a file whose sections are given: for whoever changes files. */
export function withHeader(payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const out = new ByteWriter();
  for (const byte of MAGIC) out.byte(byte);
  out.word(FORMAT_VERSION);
  out.word(FINGERPRINT);
  out.word(payload.length);
  out.word(crc32(payload));
  out.raw(payload);
  return out.bytes();
}

/** What follows the header. */
export function payloadOf(file: Uint8Array): Uint8Array {
  return file.subarray(HEADER_BYTES);
}

function bodyOf(section: Section, value: Parts[keyof Parts], textNumber: (text: string) => number): Uint8Array {
  const out = new ByteWriter();
  // the value stands under the name of its section
  section.codec.write({ out, textNumber }, value as never);
  return out.bytes();
}

/** Why a file is no program: `foreign` if it is one of another version of Orus, else `damaged`. */
export interface FileProblem {
  readonly kind: 'damaged' | 'foreign';
  readonly text: string;
}

export type ReadResult = { readonly program: BytecodeProgram } | { readonly problem: FileProblem };

/** The program of a file, safepoints missing; `path` is what stands for its sources if it has none. */
export function readBytecode(bytes: Uint8Array, path: string): ReadResult {
  try {
    const foreign = checkHeader(bytes);
    if (foreign !== null) return { problem: { kind: 'foreign', text: foreign } };
    return { program: programOf(readParts(new ByteReader(bytes, HEADER_BYTES)), path) };
  } catch (error) {
    if (error instanceof Malformed) return { problem: { kind: 'damaged', text: error.text } };
    throw error;
  }
}

const hex = (value: number): string => value.toString(16).padStart(8, '0');

function checkHeader(bytes: Uint8Array): string | null {
  const header = new ByteReader(bytes);
  if (!isBytecodeFile(bytes)) throw new Malformed('it does not begin as a bytecode file does');
  header.raw(MAGIC.length);
  const version = header.word();
  if (version !== FORMAT_VERSION) return `its format is version ${version}, this Orus reads version ${FORMAT_VERSION}`;
  const fingerprint = header.word();
  const length = header.word();
  const sum = header.word();
  if (length !== header.left) {
    throw new Malformed(`${length} bytes are announced after the header, and there are ${header.left}`);
  }
  const actual = crc32(header.raw(length));
  if (actual !== sum) throw new Malformed(`its checksum is ${hex(actual)}, it should be ${hex(sum)}`);
  if (fingerprint === FINGERPRINT) return null;
  return `it is for the instruction set ${hex(fingerprint)}, this Orus has ${hex(FINGERPRINT)}`;
}

function readParts(file: ByteReader): Parts {
  const parts: { -readonly [Name in keyof Parts]?: Parts[Name] } = { sources: null, lines: null };
  for (const [position, section] of SECTIONS.entries()) {
    if (section.debug && file.left === 0) continue;
    const number = file.number();
    if (number !== position) throw new Malformed(`section ${number} stands where ${section.name} should`);
    const body = file.part(file.number());
    const source: Source = { in: body, texts: parts.texts ?? [] };
    try {
      Object.assign(parts, { [section.name]: section.codec.read(source) });
    } catch (error) {
      throw error instanceof Malformed ? new Malformed(`in section ${section.name}: ${error.text}`) : error;
    }
    if (body.left > 0) throw new Malformed(`section ${section.name} has ${body.left} bytes too many`);
  }
  if (file.left > 0) throw new Malformed(`${file.left} bytes stand after the last section`);
  // all sections that may not be missing have been read
  const whole = parts as Parts;
  checkDebug(whole);
  return whole;
}

/** Debug tables name places that exist, in order, so that nobody who shows a trace needs to ask again. */
function checkDebug({ lines, sources, functions }: Parts): void {
  if (lines === null) return;
  const lengths = (sources ?? []).map(({ text }) => text.length);
  if (lines.length !== functions.length) throw new Malformed('section lines: not one entry for each function');
  const check = ({ file, start, end }: { file: number; start: number; end: number }): void => {
    const length = lengths[file];
    if (length === undefined || start < 0 || end < start || end > length) {
      throw new Malformed(`section lines: there is no place ${start} to ${end} in source ${file}`);
    }
  };
  for (const { span, lines: entries } of lines) {
    check(span);
    let last = -1;
    for (const entry of entries) {
      if (entry.pc <= last) throw new Malformed('section lines: places are not in the order of the code');
      last = entry.pc;
      check(entry.span);
      for (const site of entry.inlined) check(site.span);
    }
  }
}
