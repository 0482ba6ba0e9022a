/**
 * A program as it comes back from a bytecode file: what runs then must do the same, and writing it again must give the same bytes.
 */
import type { Engine } from '@orus/core/engine/engine';
import { readBytecode, writeBytecode } from '@orus/core/isa/file/bytecode-file';
import type { BytecodeProgram } from '@orus/core/isa/program';
import { describeRefusal } from '@orus/core/isa/verify/refusal';
import { verifyProgram } from '@orus/core/isa/verify/verify';

/** An engine that runs programs after they went through a file. */
export function throughFiles(engine: Engine): Engine {
  return {
    ...engine,
    create: (program, host, limits, checks) =>
      engine.create({ ...program, bytecode: () => throughFile(program.bytecode()) }, host, limits, checks),
  };
}

/** Writes, reads and verifies a program; throws if that does not go as it should. */
export function throughFile(program: BytecodeProgram): BytecodeProgram {
  const bytes = writeBytecode(program);
  const read = readBytecode(bytes, 'program.orbc');
  if ('problem' in read) throw new Error(`what was written cannot be read: ${read.problem.text}`);
  sameBytes(bytes, writeBytecode(read.program), 'a program that was read is written differently');
  const result = verifyProgram(read.program);
  if ('refusal' in result) throw new Error(`the verifier refuses it: ${describeRefusal(result.refusal, read.program)}`);
  return result.verified.program;
}

function sameBytes(a: Uint8Array, b: Uint8Array, problem: string): void {
  if (Buffer.compare(a, b) !== 0) throw new Error(problem);
}
