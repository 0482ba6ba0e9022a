/** Lines of the source that bytecode stands for. */
import { lineStarts, positionAt } from '../../base/source.ts';
import type { BytecodeFunc, BytecodeProgram } from '../../isa/program.ts';

/** The line that an instruction belongs to, 1-based; 0 if there is no source. */
export function lineOf(program: BytecodeProgram, func: BytecodeFunc, pc: number): number {
  const span = func.lines.filter((entry) => entry.pc <= pc).at(-1)?.span ?? func.span;
  const file = program.files.values()[span.file];
  if (file === undefined || file.text === '') return 0;
  return positionAt(file.text, lineStarts(file.text), span.start).line;
}
