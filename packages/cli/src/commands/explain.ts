/**
 * `orus explain CODE`: the page of a message; without a code, the list of all.
 */
import { CODES, explain as explainCode, isCode, MESSAGES } from '@orus/core/lang/orus/messages';
import { type Invocation, UsageError } from '../arguments.ts';
import { EXIT } from '../exit-status.ts';
import { closest } from '@orus/core/base/suggest';
import { Output } from '../terminal.ts';

export function explain({ operands }: Invocation): number {
  const output = new Output();
  const [wanted] = operands;
  if (wanted === undefined) {
    for (const code of CODES) output.text(`${code}  ${MESSAGES[code].summary}\n`);
  } else {
    const code = wanted.toUpperCase();
    if (!isCode(code)) {
      const near = closest(code, CODES);
      const hint = near === undefined ? "'orus explain' lists them all" : `did you mean ${near}?`;
      throw new UsageError(`there is no message ${wanted}; ${hint}`, 'explain');
    }
    output.text(explainCode(code));
  }
  output.flush();
  return EXIT.ok.status;
}
