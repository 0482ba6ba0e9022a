/**
 * What the suite compares: Orus in its modes, and the other languages' implementations that this machine has.
 *
 * A peer says which language it runs, how to find out whether it is here and in which version, and with which command it runs a
 * source file. Whatever is missing is reported as missing; `get-peers.sh` says where to get it. Orus compiles a program in every run, as its peers
 * do, but for peers that say `keeps`: theirs is found compiled.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../build.mjs';

const orus = [process.execPath, join(root, 'packages/cli/bin/orus.js'), 'run'];

/** An empty program in each language, to measure the start-up. */
export const EMPTY = {
  orus: '// nothing\n',
  lua: '-- nothing\n',
  luajit: '-- nothing\n',
  js: '// nothing\n',
  c: 'int main(void) { return 0; }\n',
};

/** Ending of a temporary source file. Modules, so that JavaScript is strict everywhere. */
export const ENDINGS = { orus: 'orus', lua: 'lua', luajit: 'lua', js: 'mjs', c: 'c' };

const orusPeer = (name, about, ...options) => ({
  name,
  about,
  language: 'orus',
  probe: [...orus.slice(0, 2), '--version'],
  usable: () => spawnSync(orus[0], [...orus.slice(1), ...options, '-'], { input: '' }).status === 0,
  command: (file) => [...orus, ...options, file],
});

export const PEERS = [
  orusPeer('orus', 'Orus, interpreter', '--engine', 'interp'),
  orusPeer('orus-plain', 'Orus, interpreter, without the optional passes', '--engine', 'interp', '--no-optimise'),
  orusPeer('orus-tree', 'Orus, tree walker', '--engine', 'tree'),
  orusPeer('orus-jit', 'Orus, machine code', '--engine', 'jit'),
  { ...orusPeer('orus-again', 'Orus, interpreter, programs compiled before', '--engine', 'interp'), keeps: true },
  { ...orusPeer('orus-jit-again', 'Orus, machine code, programs compiled before', '--engine', 'jit'), keeps: true },
  { name: 'lua', about: 'Lua 5.4', language: 'lua', probe: ['lua5.4', '-v'], command: (file) => ['lua5.4', file] },
  {
    name: 'luajit-off',
    about: 'LuaJIT without its compiler',
    language: 'luajit',
    probe: ['luajit', '-v'],
    command: (file) => ['luajit', '-joff', file],
  },
  { name: 'luajit', about: 'LuaJIT', language: 'luajit', probe: ['luajit', '-v'], command: (file) => ['luajit', file] },
  { name: 'quickjs', about: 'QuickJS', language: 'js', ...quickJs() },
  {
    name: 'node',
    about: 'Node (V8)',
    language: 'js',
    probe: [process.execPath, '--version'],
    command: (file) => [process.execPath, file],
  },
  {
    name: 'gcc',
    about: 'C, gcc -O2',
    language: 'c',
    probe: ['gcc', '-dumpfullversion'],
    compile: (file, output) => ['gcc', '-O2', '-std=gnu11', '-o', output, file, '-lm'],
    command: (file) => [file],
  },
];

/** The peers that are timed unless others are asked for. */
export const USUAL_PEERS = ['orus', 'lua', 'luajit-off', 'luajit', 'quickjs', 'node', 'gcc'];

/** The program `qjs`, else the npm package `quickjs-emscripten`, which runs QuickJS as WebAssembly. */
function quickJs() {
  const native = spawnSync('qjs', ['-e', '']);
  const runner = join(root, 'tools/bench/quickjs-runner.mjs');
  if (!native.error && native.status === 0) return { probe: ['qjs', '-e', ''], command: (file) => ['qjs', file] };
  return { probe: [process.execPath, runner, '--version'], command: (file) => [process.execPath, runner, file] };
}

/** Whether a peer is here, and its version in a few words. */
export function probe(peer) {
  const found = spawnSync(peer.probe[0], peer.probe.slice(1), { encoding: 'utf8' });
  if (found.error || found.status !== 0) return null;
  if (peer.usable && !peer.usable()) return null;
  const text = `${found.stdout}${found.stderr}`.trim().split('\n')[0] ?? '';
  return text.replace(/ +(--|Copyright).*/, '') || peer.about;
}

/** The peers of these names that are here, and the names of those that are not. */
export function findPeers(names) {
  const here = [];
  const missing = [];
  for (const name of names) {
    const peer = PEERS.find((each) => each.name === name);
    if (!peer) throw new Error(`there is no peer ${name}; there are ${PEERS.map((each) => each.name).join(', ')}`);
    const version = probe(peer);
    if (version === null) missing.push(name);
    else here.push({ ...peer, version });
  }
  return { here, missing };
}

/** For an error message when the command-line program was not built. */
export function assertBuilt() {
  if (!existsSync(join(root, 'packages/cli/dist/load.cjs'))) throw new Error('run `npm run build` first');
}
