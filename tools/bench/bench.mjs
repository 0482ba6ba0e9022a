/**
 * The benchmark suite: `npm run bench -- [OPTIONS]`; docs/performance.md says what the figures mean.
 *
 *   --sections A,B   what to measure (all): see SECTIONS below
 *   --kernels A,B    only these kernels               --peers A,B     only these peers, see peers.mjs
 *   --rounds N       of every interleaved comparison (5)
 *   --quick          small sizes and one round: whether everything runs, no figures
 *   --clock NAME     wall or cpu: the time that tables and ratios use (wall); JSON has both
 *   --json FILE      all results, every single time included; written after every round of the kernels and every section
 *   --svg FILE       a chart of the kernels           --from FILE     report the results in a JSON file, measure nothing
 *
 * Tables go to standard output, progress to standard error.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { arch, cpus, loadavg, platform, totalmem } from 'node:os';
import { build } from '../build.mjs';
import { commandLine, refuse } from '../command-line.mjs';
import { chart } from './chart.mjs';
import { KERNELS } from './kernels.mjs';
import { findPeers, USUAL_PEERS } from './peers.mjs';
import { SECTIONS } from './sections.mjs';

const values = commandLine(import.meta.url, {
  sections: '',
  kernels: '',
  peers: '',
  rounds: 0,
  quick: false,
  clock: 'wall',
  json: '',
  svg: '',
  from: '',
});
if (!['wall', 'cpu'].includes(values.clock)) refuse(`--clock: ${values.clock} is neither wall nor cpu`);

/** The things of a list that an option names, in the order of the list. */
function chosen(option, things) {
  if (values[option] === '') return things;
  const names = values[option].split(',');
  const unknown = names.find((name) => !things.some((thing) => thing.name === name));
  if (unknown !== undefined)
    refuse(`--${option}: there is no ${unknown}; there are ${things.map((thing) => thing.name).join(', ')}`);
  return things.filter((thing) => names.includes(thing.name));
}

function save(results) {
  if (values.json) writeFileSync(values.json, `${JSON.stringify(results)}\n`);
}

async function measure() {
  await build();
  const { here, missing } = findPeers(values.peers ? values.peers.split(',') : USUAL_PEERS);
  const cx = {
    kernels: chosen('kernels', KERNELS),
    peers: here,
    rounds: values.rounds || (values.quick ? 1 : 5),
    quick: values.quick,
    clock: values.clock,
    progress: (text) => process.stderr.isTTY && process.stderr.write(`\r\x1b[K${text}`),
  };
  const results = {
    machine: {
      processor: cpus()[0]?.model ?? 'unknown',
      processors: cpus().length,
      memory: totalmem(),
      system: `${platform()} ${arch()}`,
      node: process.version,
      load: loadavg()[0],
      date: new Date().toISOString(),
    },
    options: { rounds: cx.rounds, quick: cx.quick },
    peers: here.map(({ name, about, version, language }) => ({ name, about, version, language })),
    missing,
    sections: {},
  };
  for (const section of chosen('sections', SECTIONS)) {
    cx.progress(section.name);
    const keep = (partial) => save({ ...results, sections: { ...results.sections, [section.name]: partial } });
    try {
      results.sections[section.name] = await section.measure({ ...cx, keep });
    } catch (error) {
      if (values.sections) throw error;
      results.sections[section.name] = { failed: error.message };
    }
    save(results);
  }
  cx.progress('');
  return results;
}

function report(results) {
  const { machine, peers, missing, options } = results;
  const load = machine.load.toFixed(1);
  console.log(`${machine.processor}, ${machine.processors} processors, ${machine.system}, load ${load} at the start`);
  for (const { name, about, version } of peers) console.log(`  ${name.padEnd(11)} ${about} (${version})`);
  if (missing.length > 0)
    console.log(`  missing     ${missing.join(', ')} (tools/bench/get-peers.sh says how to get them)`);
  console.log(`${options.rounds} interleaved rounds${options.quick ? ', small sizes: the figures mean nothing' : ''}`);
  for (const section of SECTIONS) {
    const result = results.sections[section.name];
    if (result === undefined) continue;
    console.log(`\n== ${section.title} ==\n`);
    console.log(result.failed ? `not measured: ${result.failed}` : section.report(result, results, values.clock));
  }
}

const results = values.from ? JSON.parse(readFileSync(values.from, 'utf8')) : await measure();
report(results);
if (values.svg) writeFileSync(values.svg, chart(results, values.clock));
