/**
 * Loads the chunks of the command-line program, with the code that V8 made of them when they were built, and no earlier than needed.
 *
 * Reading a megabyte of JavaScript costs more time than running a small program. V8 can keep its result: a build runs the
 * program with ORUS_WRITE_CODE_CACHE set, which writes a `.cache` file beside every chunk, and later starts hand that to V8.
 * V8 refuses what another version of itself made, and compiles as usual then; that the source is the same it does not check, so
 * chunks have a digest of their contents in their names. They are ASCII. Node has this built in from version 22 on.
 *
 * A chunk whose name begins with `later` is loaded when the first of its exports is used: `import defer` for whole chunks.
 * docs/decisions/0005-start.md says which, and why.
 */
import { closeSync, existsSync, openSync, readFileSync, readSync, renameSync, writeFileSync } from 'node:fs';
import { Script } from 'node:vm';
import { withUsualFlags } from './baseline.ts';

/** The chunk that each entry begins with; the build fills this in. */
declare const ENTRIES: Readonly<Record<string, string>>;

interface Chunk {
  exports: unknown;
  /** Its exports are there. */
  done: boolean;
}

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
  if (known?.done === false) throw new Error(`${name} asks for itself`);
  if (known) return known.exports;
  const chunk: Chunk = { exports: {}, done: false };
  chunks.set(name, chunk);
  const filename = `${folder}/${name}`;
  const text = (contents(filename) as Buffer).toString('latin1');
  const cachedData = contents(`${filename}.cache`);
  const script = withUsualFlags(() => new Script(text, { filename, ...(cachedData ? { cachedData } : {}) }));
  scripts.set(filename, script);
  script.runInThisContext()(chunk.exports, require, chunk, filename, folder);
  chunk.done = true;
  return chunk.exports;
}

/** What a chunk asks for: a module of Node, another chunk, or one that is to be loaded when something in it is used. */
function require(id: string): unknown {
  if (!id.startsWith('./')) return process.getBuiltinModule(id);
  const name = id.slice(2);
  return name.startsWith('later-') ? later(name) : load(name);
}

/** An object that gets the exports of a chunk as its prototype when the first of them is used. */
function later(name: string): unknown {
  const known = views.get(name);
  if (known) return known;
  const view = Object.create(
    new Proxy({}, { get: (_, wanted: string) => Object.setPrototypeOf(view, load(name) as object)[wanted] }),
  );
  views.set(name, view);
  return view;
}

/**
 * Where files are read, one after another: memory that a process has not used yet costs it more than the reading, page by page.
 */
const room = Buffer.allocUnsafeSlow(2 ** 20);

/** What is in a file, until the next one is read; undefined if there is none. */
function contents(filename: string): Buffer | undefined {
  let fd: number;
  try {
    fd = openSync(filename, 'r');
  } catch {
    return undefined;
  }
  const size = readSync(fd, room, 0, room.length, null);
  closeSync(fd);
  return size < room.length ? room.subarray(0, size) : readFileSync(filename);
}

/**
 * Whether V8 makes baseline code of functions that run often. It would remember that in a cache, and make baseline code of them at the
 * start of every program.
 */
function baselineCode(wanted: boolean): void {
  process.getBuiltinModule('node:v8').setFlagsFromString(wanted ? '--sparkplug' : '--no-sparkplug');
}

/** Keeps what V8 has compiled so far, which is what such a run needs, of the chunks that have nothing yet. */
function writeCaches(): void {
  // A cache is good for the flags that V8 has when it is made.
  baselineCode(true);
  for (const [filename, script] of scripts) {
    if (existsSync(`${filename}.cache`)) continue;
    const temporary = `${filename}.${process.pid}.tmp`;
    writeFileSync(temporary, script.createCachedData());
    renameSync(temporary, `${filename}.cache`);
  }
}
