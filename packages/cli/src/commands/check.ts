/**
 * `orus check`: reports what is wrong with programs without running them.
 */
import { checkProgram } from '@orus/core/compile';
import type { Invocation } from '../arguments.ts';
import { EXIT } from '../exit-status.ts';
import { moduleFiles } from '../module-files.ts';
import { programFolder } from '../program-folder.ts';
import { showProblem, showReports } from '../reporting.ts';
import { readSource } from '../source-files.ts';

export function check({ operands, options }: Invocation): number {
  let status: number = EXIT.ok.status;
  for (const path of operands) {
    const source = readSource(path);
    if ('error' in source) {
      showProblem(source.error, options);
      status = EXIT.source.status;
      continue;
    }
    const edition = options.get('edition');
    const loader = moduleFiles(programFolder());
    const checked = checkProgram(source, {
      ...(edition === undefined ? {} : { edition }),
      assertTypedLoops: options.has('assert-typed-loops'),
      loader,
    });
    showReports(checked.diagnostics, checked.files.values(), options);
    if (!checked.prepared) status = EXIT.source.status;
  }
  return status;
}
