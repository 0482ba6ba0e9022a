/**
 * Finds the change of an optimisation pass that makes a program misbehave: `node tools/bisect.mjs FILE [MODE]`.
 *
 * MODE is one of the modes of `packages/testkit/src/modes.ts`, `interp` by default. Prints the pass, the number of the change and
 * what it did to the IR. The status is 0 if there is no such change.
 */
import { readFileSync } from 'node:fs';
import { build, importSource } from './build.mjs';
import { commandLine, refuse } from './command-line.mjs';

const [file, name = 'interp'] = commandLine(import.meta.url, {}, true).words;
if (file === undefined) refuse('which program?');
await build(['runtime', 'interp']);
const { bisect, MODES } = await importSource('packages/testkit/src/fuzz.ts');
const mode = MODES.find((each) => each.name === name);
if (!mode) refuse(`there is no mode ${name}; there are ${MODES.map((each) => each.name).join(', ')}`);

const guilty = bisect(readFileSync(file, 'utf8'), mode);
if (guilty === null) console.log(`the program does the same in mode ${name} with and without optimisation`);
else if (typeof guilty === 'string') console.log(`the program is not accepted:\n${guilty}`);
else {
  const { pass, run, change, changes, changeOfPass, before, after, irBefore, irAfter } = guilty;
  console.log(`change ${change} of ${changes}: pass ${pass}, run ${run}, its change ${changeOfPass}`);
  console.log(difference(before, after, 'what the program does'));
  console.log(difference(irBefore, irAfter, 'the IR after the pass'));
}
process.exitCode = guilty === null ? 0 : 1;

/** The lines that only one of two texts has, with three lines around them. */
function difference(before, after, title) {
  const [a, b] = [before.split('\n'), after.split('\n')];
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  const around = a.slice(Math.max(0, start - 3), start).map((line) => `    ${line}`);
  const below = a.slice(a.length - end, a.length - end + 3).map((line) => `    ${line}`);
  const removed = a.slice(start, a.length - end).map((line) => `  - ${line}`);
  const added = b.slice(start, b.length - end).map((line) => `  + ${line}`);
  const func = a.slice(0, start + 1).findLast((line) => line.startsWith('func '));
  return [`--- ${title}${func === undefined ? '' : `, in ${func}`}`, ...around, ...removed, ...added, ...below].join(
    '\n',
  );
}
