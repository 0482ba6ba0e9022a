/**
 * `orus build`: compiles a program to a bytecode file.
 */
import { Bug } from '@orus/core/base/bug';
import { checkProgram } from '@orus/core/compile';
import { DEFAULT_CHECKS } from '@orus/core/engine/engine';
import { writeBytecode } from '@orus/core/isa/file/bytecode-file';
import { problemOf } from '@orus/core/isa/verify/verify';
import type { Invocation } from '../arguments.ts';
import { EXIT } from '../exit-status.ts';
import { moduleFiles } from '../module-files.ts';
import { outputPath, writeFile } from '../output-file.ts';
import { programFolder } from '../program-folder.ts';
import { showProblem, showReports } from '../reporting.ts';
import { readSource } from '../source-files.ts';

export function build({ operands, options }: Invocation): number {
  const input = operands[0] ?? '-';
  const path = outputPath(input, options.get('output'), 'build');
  const source = readSource(input);
  if ('error' in source) {
    showProblem(source.error, options);
    return EXIT.source.status;
  }
  const edition = options.get('edition');
  const { diagnostics, files, prepared } = checkProgram(source, {
    ...(edition === undefined ? {} : { edition }),
    loader: moduleFiles(programFolder()),
    checks: { ...DEFAULT_CHECKS, optimise: !options.has('no-optimise') },
  });
  showReports(diagnostics, files.values(), options);
  if (!prepared) return EXIT.source.status;
  const program = prepared.bytecode();
  // Nobody should get a file that will be refused.
  const problem = problemOf(program);
  if (problem !== null) throw new Bug(`the bytecode is not well formed: ${problem}`);
  return writeFile(path, writeBytecode(program, { strip: options.has('strip') }), options);
}
