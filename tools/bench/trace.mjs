/**
 * What a program executes: `node tools/bench/trace.mjs KERNEL|FILE [OPTIONS]`.
 *
 *   --size N          of a kernel (that of a quick run)
 *   --top N           lines in each table (25)
 *   --listing         also the disassembly, each instruction with how often it ran
 *   --no-optimise     leave out the optional passes
 *
 * Counts instructions, pairs and triples that follow one another, also across handlers, and functions.
 */
import { existsSync, readFileSync } from 'node:fs';
import { build, importSource } from '../build.mjs';
import { commandLine, refuse } from '../command-line.mjs';
import { KERNELS, sourceText } from './kernels.mjs';
import { table } from './report.mjs';

const options = { size: 0, top: 25, listing: false, 'no-optimise': false };
const { size, top, listing, words, ...flags } = commandLine(import.meta.url, options, true);
if (words.length === 0) refuse('which program?');

function sourceOf(name) {
  const kernel = KERNELS.find((each) => each.name === name);
  if (kernel) return { path: `${name}.orus`, text: sourceText(name, 'orus', size || kernel.quick) };
  if (existsSync(name)) return { path: name, text: readFileSync(name, 'utf8') };
  return refuse(`there is no kernel or file ${name}; kernels are ${KERNELS.map((each) => each.name).join(', ')}`);
}

await build(['runtime', 'interp']);
const { traceProgram } = await importSource('packages/testkit/src/trace.ts');

for (const name of words) {
  const trace = traceProgram(sourceOf(name), !flags['no-optimise']);
  console.log(`${name}: ${trace.total} instructions, output ${JSON.stringify(trace.output)}`);
  const share = ({ name, count }) => [name, count, `${((100 * count) / trace.total).toFixed(1)}%`];
  for (const part of ['places', 'functions', 'opcodes', 'pairs', 'triples']) {
    console.log(`\n${table([part, 'count', 'share'], trace[part].slice(0, top).map(share))}`);
  }
  if (listing) console.log(`\n${trace.listing}`);
}
