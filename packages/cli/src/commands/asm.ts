/**
 * `orus asm`: assembles text to a bytecode file.
 */
import { lineStarts, type FileId } from '@orus/core/base/source';
import { parseAssembly } from '@orus/core/isa/assembly/parse';
import { writeBytecode } from '@orus/core/isa/file/bytecode-file';
import { diagnostic } from '@orus/core/lang/orus/messages';
import type { Invocation } from '../arguments.ts';
import { EXIT } from '../exit-status.ts';
import { outputPath, writeFile } from '../output-file.ts';
import { showProblem, showReports } from '../reporting.ts';
import { readSource } from '../source-files.ts';

export function asm({ operands, options }: Invocation): number {
  const input = operands[0] ?? '-';
  const path = outputPath(input, options.get('output'), 'asm');
  const source = readSource(input);
  if ('error' in source) {
    showProblem(source.error, options);
    return EXIT.source.status;
  }
  const assembled = parseAssembly(source.text, path);
  if ('problem' in assembled) {
    const { line, text: problem } = assembled.problem;
    const file = 0 as FileId;
    const starts = lineStarts(source.text);
    const start = starts[line - 1] ?? source.text.length;
    const end = Math.max(start, (starts[line] ?? source.text.length + 1) - 1);
    const reports = [diagnostic('E4004', { problem }, { file, start, end })];
    showReports(reports, [{ id: file, path: source.path, text: source.text }], options);
    return EXIT.source.status;
  }
  return writeFile(path, writeBytecode(assembled.program, { strip: !assembled.debug }), options);
}
