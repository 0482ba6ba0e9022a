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
import { parseArgs } from 'node:util';
import { build, importSource } from '../build.mjs';
import { KERNELS, sourceText } from './kernels.mjs';
import { table } from './report.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    size: { type: 'string' },
    top: { type: 'string', default: '25' },
    listing: { type: 'boolean', default: false },
    'no-optimise': { type: 'boolean', default: false },
  },
});

function sourceOf(name) {
  const kernel = KERNELS.find((each) => each.name === name);
  if (kernel) return { path: `${name}.orus`, text: sourceText(name, 'orus', Number(values.size ?? kernel.quick)) };
  if (existsSync(name)) return { path: name, text: readFileSync(name, 'utf8') };
  throw new Error(`there is no kernel or file ${name}; kernels are ${KERNELS.map((each) => each.name).join(', ')}`);
}

await build(['runtime', 'interp']);
const { traceProgram } = await importSource('packages/testkit/src/trace.ts');

for (const name of positionals) {
  const trace = traceProgram(sourceOf(name), !values['no-optimise']);
  console.log(`${name}: ${trace.total} instructions, output ${JSON.stringify(trace.output)}`);
  const share = ({ name, count }) => [name, count, `${((100 * count) / trace.total).toFixed(1)}%`];
  for (const part of ['places', 'functions', 'opcodes', 'pairs', 'triples']) {
    console.log(`\n${table([part, 'count', 'share'], trace[part].slice(0, Number(values.top)).map(share))}`);
  }
  if (values.listing) console.log(`\n${trace.listing}`);
}
