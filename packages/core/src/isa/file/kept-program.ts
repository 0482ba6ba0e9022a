/**
 * A compiled program for later runs by the same build: a bytecode file and the safepoint tables of its compiler, so that the program is the very
 * same again.
 *
 * Nobody asks the verifier about it. So it may only be read from where nobody but who runs it could have written it.
 */
import type { BytecodeProgram, Pc, Safepoint } from '../program.ts';
import { readBytecode, writeBytecode } from './bytecode-file.ts';
import { ByteReader, ByteWriter } from './bytes.ts';
import { as, type Codec, list, NO_TEXTS, number, record } from './codec.ts';

const slots = list(number);
/** Of every function. */
const safepoints: Codec<readonly (readonly Safepoint[])[]> = list(
  list(record<Safepoint>({ pc: as<Pc>(number), refs: slots, anys: slots })),
);

export function writeKept(program: BytecodeProgram): Uint8Array<ArrayBuffer> {
  const file = writeBytecode(program);
  const out = new ByteWriter();
  out.number(file.length);
  out.raw(file);
  const { textNumber } = NO_TEXTS;
  safepoints.write(
    { out, textNumber },
    program.funcs.map((func) => func.safepoints),
  );
  return out.bytes();
}

/** Null if another version of Orus has written it. */
export function readKept(bytes: Uint8Array, path: string): BytecodeProgram | null {
  const reader = new ByteReader(bytes);
  const read = readBytecode(reader.raw(reader.number()), path);
  if ('problem' in read) return null;
  const tables = safepoints.read({ in: reader, texts: [] });
  const funcs = read.program.funcs.map((func, i) => ({ ...func, safepoints: tables[i] as readonly Safepoint[] }));
  return { ...read.program, funcs };
}
