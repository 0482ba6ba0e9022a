/**
 * Loads the chunks of the command-line program, with the code that V8 made of them when they were built, and no earlier than needed.
 *
 * Reading a megabyte of JavaScript costs more time than running a small program. V8 can keep its result: a build runs the
 * program once with ORUS_WRITE_CODE_CACHE set, which writes a `.cache` file beside every chunk, and later starts hand that to V8.
 * V8 refuses what another version of itself made, and compiles as usual then; that the source is the same it does not check, so
 * chunks have a digest of their contents in their names. They are ASCII. Node has this built in from version 22 on.
 *
 * The build lists the exports of a chunk that is to be loaded late where another chunk asks for it. That one gets accessors for them, and
 * the first that is used loads the chunk: `import defer` for whole chunks. docs/decisions/0005-start.md says which, and why.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { Script } from 'node:vm';

/** The chunk that each entry begins with; the build fills this in. */
declare const ENTRIES: Readonly<Record<string, string>>;

interface Chunk {
  exports: unknown;
}

const define = Object.defineProperty;
const folder = import.meta.dirname;
const chunks = new Map<string, Chunk>();
const views = new Map<string, unknown>();
const scripts = new Map<string, Script>();

/** Runs the program `orus` or another entry of the bundle. */
export function start(entry: string): void {
  if (process.env['ORUS_WRITE_CODE_CACHE']) {
    baselineCode(false);
    process.on('exit', writeCaches);
  }
  (load(ENTRIES[entry] as string) as { start(): void }).start();
}

/** What a chunk exports; chunks name one another as `./NAME`. */
function load(name: string): unknown {
  const known = chunks.get(name);
  if (known) return known.exports;
  const chunk: Chunk = { exports: {} };
  chunks.set(name, chunk);
  const filename = `${folder}/${name}`;
  const cachedData = cacheOf(filename);
  const script = new Script(readFileSync(filename, 'latin1'), { filename, ...(cachedData ? { cachedData } : {}) });
  scripts.set(filename, script);
  script.runInThisContext()(chunk.exports, require, chunk, filename, folder);
  return chunk.exports;
}

/** `names` are the exports of a chunk that is not to be loaded yet. */
function require(id: string, names?: string): unknown {
  if (!id.startsWith('./')) return process.getBuiltinModule(id);
  return names === undefined ? load(id.slice(2)) : later(id.slice(2), names.split(' '));
}

/** The exports of a chunk that is loaded when the first of them is used. */
function later(name: string, names: readonly string[]): unknown {
  const known = views.get(name);
  if (known) return known;
  // Values shadow the accessors of a prototype: an object whose accessors were replaced is a slow one.
  const accessors = {};
  const view = Object.create(accessors) as Record<string, unknown>;
  views.set(name, view);
  const use = (wanted: string): unknown => {
    const exports = load(name) as Record<string, unknown>;
    for (const each of names) define(view, each, { value: exports[each] });
    return exports[wanted];
  };
  for (const each of names) define(accessors, each, { get: () => use(each) });
  return view;
}

function cacheOf(filename: string): Buffer | undefined {
  try {
    return readFileSync(`${filename}.cache`);
  } catch {
    return undefined;
  }
}

/**
 * Whether V8 makes baseline code of functions that run often. It would remember that in a cache, and make baseline code of them at the
 * start of every program.
 */
function baselineCode(wanted: boolean): void {
  process.getBuiltinModule('node:v8').setFlagsFromString(wanted ? '--sparkplug' : '--no-sparkplug');
}

/** Keeps what V8 has compiled so far, which is what such a run needs, of chunks that have nothing yet. */
function writeCaches(): void {
  // A cache is good for the flags that V8 has when it is made.
  baselineCode(true);
  for (const [filename, script] of scripts) {
    if (cacheOf(filename)) continue;
    const temporary = `${filename}.${process.pid}.tmp`;
    writeFileSync(temporary, script.createCachedData());
    renameSync(temporary, `${filename}.cache`);
  }
}
