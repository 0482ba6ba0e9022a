/**
 * Makes what machine code takes for granted wrong at every place in turn: `node tools/guards.mjs [--generated N] [--seed N]`.
 *
 * All programs of tests/run, tests/regress and examples, or generated ones with the seeds from --seed on. For each: machine code that is left
 * at its polls, and then one run for each guard, which fails whenever it is reached. Output, end and fuel have to be the interpreter's, and
 * frames wherever both stop. `packages/testkit/test/guards.test.ts` is a sample of it. The status is 1 if anything differs.
 */
import { build, importSource } from './build.mjs';
import { commandLine } from './command-line.mjs';

const { generated, seed } = commandLine(import.meta.url, { generated: 0, seed: 1 });

await build(['runtime', 'interp']);
const { allPrograms, generatedProgram, GuardTally, testGuards } = await importSource('packages/testkit/src/guards.ts');
const programs =
  generated > 0 ? Array.from({ length: generated }, (_, i) => generatedProgram(seed + i)) : allPrograms();
const tally = new GuardTally();
let differ = 0;
for (const program of programs) {
  const problems = testGuards(program, { places: Infinity, seed, tally });
  if (problems.length === 0) continue;
  differ++;
  console.log(`${program.name}\n${problems.slice(0, 3).join('\n')}`);
}
console.log(`${tally.text()}; ${differ} programs differ`);
process.exitCode = differ === 0 ? 0 : 1;
