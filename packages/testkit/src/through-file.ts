/**
 * A program as it comes back from a bytecode file, through the disassembler and the assembler: what runs then must do the same, and
 * writing it again must give the same bytes.
 */
import type { Engine } from '@orus/core/engine/engine';
import { parseAssembly } from '@orus/core/isa/assembly/parse';
import { printAssembly } from '@orus/core/isa/assembly/print';
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
  const assembled = parseAssembly(printAssembly(read.program), 'program.orbc');
  if ('problem' in assembled) {
    throw new Error(
      `the disassembler's text cannot be assembled: line ${assembled.problem.line}: ${assembled.problem.text}`,
    );
  }
  const { program: again, debug } = assembled;
  sameBytes(
    bytes,
    writeBytecode(again, { strip: !debug }),
    'the assembler makes another program of the disassembler’s text',
  );
  const result = verifyProgram(again);
  if ('refusal' in result) throw new Error(`the verifier refuses it: ${describeRefusal(result.refusal, again)}`);
  return result.verified.program;
}

function sameBytes(a: Uint8Array, b: Uint8Array, problem: string): void {
  if (Buffer.compare(a, b) !== 0) throw new Error(problem);
}
