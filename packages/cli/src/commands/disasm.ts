/**
 * `orus disasm`: the bytecode of a program as text, all of it for the assembler, or one function for people.
 */
import { closest } from '@orus/core/base/suggest';
import { checkProgram } from '@orus/core/compile';
import { DEFAULT_CHECKS } from '@orus/core/engine/engine';
import { printAssembly } from '@orus/core/isa/assembly/print';
import { disassembleProgram } from '@orus/core/isa/disassemble';
import { readBytecode } from '@orus/core/isa/file/bytecode-file';
import type { BytecodeProgram } from '@orus/core/isa/program';
import type { Invocation } from '../arguments.ts';
import { fileReport } from '../bytecode-program.ts';
import { EXIT } from '../exit-status.ts';
import { moduleFiles } from '../module-files.ts';
import { programFolder } from '../program-folder.ts';
import { showProblem, showReports } from '../reporting.ts';
import { type BytecodeBytes, readProgramFile, type SourceText } from '../source-files.ts';
import { Output } from '../terminal.ts';

type Options = ReadonlyMap<string, string>;

export function disasm({ operands, options }: Invocation): number {
  const source = readProgramFile(operands[0] ?? '-');
  if ('error' in source) {
    showProblem(source.error, options);
    return EXIT.source.status;
  }
  const program = 'bytes' in source ? read(source, options) : compile(source, options);
  if (program === null) return EXIT.source.status;
  const only = options.get('only');
  if (only !== undefined && !program.funcs.some(({ name }) => name === only)) {
    const near = closest(
      only,
      program.funcs.map(({ name }) => name),
    );
    showProblem(`there is no function '${only}'${near === undefined ? '' : `; did you mean '${near}'?`}`, options);
    return EXIT.usage.status;
  }
  const output = new Output();
  output.text(only === undefined ? printAssembly(program) : disassembleProgram(program, only));
  output.flush();
  return EXIT.ok.status;
}

/** A file is shown whether or not it is safe to run. */
function read(source: BytecodeBytes, options: Options): BytecodeProgram | null {
  const result = readBytecode(source.bytes, source.path);
  if ('program' in result) return result.program;
  const { report, files } = fileReport(source.path, result.problem);
  showReports([report], files, options);
  return null;
}

function compile(source: SourceText, options: Options): BytecodeProgram | null {
  const edition = options.get('edition');
  const { diagnostics, files, prepared } = checkProgram(source, {
    ...(edition === undefined ? {} : { edition }),
    loader: moduleFiles(programFolder()),
    checks: { ...DEFAULT_CHECKS, optimise: !options.has('no-optimise') },
  });
  showReports(diagnostics, files.values(), options);
  return prepared?.bytecode() ?? null;
}
