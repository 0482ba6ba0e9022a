/**
 * Loads the bundle of the command-line program with the code that V8 made of it when it was built.
 *
 * Reading a megabyte of JavaScript costs more time than running a small program. V8 can keep its result: a build runs the
 * program once with ORUS_WRITE_CODE_CACHE set, which writes a `.cache` file beside every chunk, and later starts hand that to V8.
 * V8 refuses what another version of itself made, and compiles as usual then; that the source is the same it does not check, so
 * only chunks that have a digest of their contents in their names have a cache. Chunks are ASCII. Node has this built in from version 22 on.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Script } from 'node:vm';

interface Chunk {
  exports: unknown;
}

const folder = import.meta.dirname;
const chunks = new Map<string, Chunk>();
const scripts = new Map<string, Script>();

/** What a chunk exports; chunks name one another as `./NAME`. */
function load(name: string): unknown {
  const known = chunks.get(name);
  if (known) return known.exports;
  const chunk: Chunk = { exports: {} };
  chunks.set(name, chunk);
  const filename = join(folder, name);
  const cachedData = cacheOf(filename);
  const script = new Script(
    `(function (exports, require, module, __filename, __dirname) {${readFileSync(filename, 'latin1')}\n})`,
    { filename, ...(cachedData ? { cachedData } : {}) },
  );
  scripts.set(filename, script);
  const require = (id: string): unknown => (id.startsWith('./') ? load(id.slice(2)) : process.getBuiltinModule(id));
  script.runInThisContext()(chunk.exports, require, chunk, filename, folder);
  return chunk.exports;
}

function cacheOf(filename: string): Buffer | undefined {
  try {
    return readFileSync(`${filename}.cache`);
  } catch {
    return undefined;
  }
}

/** Keeps what V8 has compiled so far, which is what such a run needs. */
function writeCaches(): void {
  for (const [filename, script] of scripts) {
    if (!/-[\w-]+\.cjs$/.test(filename)) continue;
    const temporary = `${filename}.${process.pid}.tmp`;
    writeFileSync(temporary, script.createCachedData());
    renameSync(temporary, `${filename}.cache`);
  }
}

if (process.env['ORUS_WRITE_CODE_CACHE']) process.on('exit', writeCaches);
load('orus.cjs');
