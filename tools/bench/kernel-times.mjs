/**
 * Times kernels on peers: whole processes, one after the other, peer by peer in every round, each peer's start-up (an empty
 * program) measured in the same rounds and taken off.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checksumOf, sizeOf, sourceText } from './kernels.mjs';
import { runTimed, summary } from './measure.mjs';
import { EMPTY, ENDINGS } from './peers.mjs';

/** Programs ready to run: written to a temporary folder in the wanted size, and compiled where that is needed. */
export class Workspace {
  #folder = mkdtempSync(join(tmpdir(), 'orus-bench-'));

  /** The command that runs a program's text on a peer, and its environment. */
  prepare(name, peer, text) {
    const file = join(this.#folder, `${name}-${peer.name}.${ENDINGS[peer.language]}`);
    writeFileSync(file, text);
    const output = join(this.#folder, `${name}-${peer.name}`);
    if (peer.compile) runTimed(peer.compile(file, output));
    const run = {
      command: peer.command(peer.compile ? output : file),
      env: peer.keeps ? { ORUS_CACHE: join(this.#folder, peer.name) } : {},
    };
    // The first run keeps the program and its machine code; the second knows how long it runs, and may ask for other machine code.
    if (peer.keeps) for (let i = 0; i < 2; i++) runTimed(run.command, run);
    return run;
  }

  path(name) {
    return join(this.#folder, name);
  }

  remove() {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/**
 * Times every kernel on every peer. `sizeFor(kernel)` gives a size other than the sources' own, or undefined; `times` how often each program
 * does its work: one result for each of them. A peer that disagrees about a checksum is an error: its time would mean nothing. `keep` gets the results after every round.
 */
export function timeKernels(
  kernels,
  peers,
  { rounds, sizeFor = () => undefined, times = [1], progress = () => {}, keep = () => {} },
) {
  const workspace = new Workspace();
  try {
    const job = (kernel, size, often) => ({
      kernel,
      size,
      times: often,
      checksum: null,
      runs: peers.map((peer) => ({
        peer,
        ...workspace.prepare(`${kernel.name}-${often}`, peer, sourceText(kernel.name, peer.language, size, often)),
        wall: [],
        cpu: [],
      })),
    });
    const jobs = kernels.flatMap((kernel) => times.map((often) => job(kernel, sizeFor(kernel), often)));
    const starts = peers.map((peer) => ({
      peer,
      ...workspace.prepare('empty', peer, EMPTY[peer.language]),
      wall: [],
      cpu: [],
    }));
    for (let round = 1; round <= rounds; round++) {
      for (const job of jobs) {
        // As often as the kernels, because what is taken off must have been measured at the same time.
        for (const start of starts) time(start);
        progress(`round ${round} of ${rounds}: ${job.kernel.name}`);
        for (const run of job.runs) {
          const printed = checksumOf(time(run));
          job.checksum ??= printed;
          if (printed !== job.checksum)
            throw new Error(`${job.kernel.name}: ${run.peer.name} prints ${printed}, the first peer ${job.checksum}`);
        }
      }
      keep(results(jobs, starts));
    }
    return results(jobs, starts);
  } finally {
    workspace.remove();
  }
}

function time(run) {
  const { stdout, wall, cpu } = runTimed(run.command, run);
  run.wall.push(wall);
  run.cpu.push(cpu);
  return stdout;
}

/** Times net of start-up, no less than a millisecond: below it nothing can be told. */
function results(jobs, starts) {
  const startOf = new Map(starts.map(({ peer, wall, cpu }) => [peer.name, { wall: summary(wall), cpu: summary(cpu) }]));
  const net = (run, clock) => {
    const start = startOf.get(run.peer.name)[clock].median;
    return summary(run[clock].map((value) => Math.max(value - start, 0.001)));
  };
  return {
    start: Object.fromEntries(startOf),
    kernels: jobs.map(({ kernel, size, times, checksum, runs }) => ({
      name: kernel.name,
      about: kernel.about,
      size: size ?? sizeOf(kernel.name, 'orus'),
      times,
      checksum,
      peers: Object.fromEntries(runs.map((run) => [run.peer.name, { wall: net(run, 'wall'), cpu: net(run, 'cpu') }])),
    })),
  };
}
