/**
 * The kernels of the benchmark suite: one table, one folder each (`kernels/NAME/NAME.orus`, `.lua`, `.js`, `.c`).
 *
 * All four programs of a kernel do the same work and print the same checksum. How much work is one number, on the one line of a source
 * that ends in the comment `size`, so that a run can be made smaller without touching the file:
 *
 *     SIZE := 34 // size          local SIZE = 34 -- size          const SIZE = 34; // size          enum { SIZE = 34 }; // size
 *
 * A file `NAME.luajit.lua` stands in where Lua 5.4 has an operator that LuaJIT does not have.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const kernelFolder = join(dirname(fileURLToPath(import.meta.url)), 'kernels');

/**
 * `quick` is the size of a quick run, `checksum` what is printed then. `tree` is the size at which the tree walker is timed
 * against the interpreter.
 */
export const KERNELS = [
  { name: 'collatz', about: 'integers', quick: 1000, checksum: '871 179', tree: 20000 },
  { name: 'sieve', about: 'arrays', quick: 1, checksum: '9592', tree: 8 },
  { name: 'fib', about: 'calls', quick: 15, checksum: '610', tree: 27 },
  { name: 'mandelbrot', about: 'floats', quick: 40, checksum: '633', tree: 150 },
  { name: 'nbody', about: 'structs', quick: 200, checksum: '436992983', tree: 10000 },
  { name: 'quicksort', about: 'sorting', quick: 2000, checksum: '203407 2145628575 402100316', tree: 40000 },
  { name: 'binary-trees', about: 'allocation', quick: 6, checksum: '251 127', tree: 12 },
  { name: 'string-build', about: 'strings', quick: 10, checksum: '23410 1', tree: 600 },
];

const SIZE = /^(.*?\bSIZE\D*?)(\d+)(.*(?:\/\/|--) size)$/m;

/** The file of a kernel's program in a language: orus, lua, luajit, js or c. */
export function sourceFile(name, language) {
  const at = (ending) => join(kernelFolder, name, `${name}.${ending}`);
  if (language !== 'luajit') return at(language);
  return existsSync(at('luajit.lua')) ? at('luajit.lua') : at('lua');
}

/** The size that a program says it has. */
export function sizeOf(name, language) {
  const found = SIZE.exec(readFileSync(sourceFile(name, language), 'utf8'));
  if (found === null) throw new Error(`kernel ${name} in ${language} has no line that ends in the comment "size"`);
  return Number(found[2]);
}

/** The text of a program, of its own size or another. */
export function sourceText(name, language, size) {
  const text = readFileSync(sourceFile(name, language), 'utf8');
  return size === undefined ? text : text.replace(SIZE, (_, before, __, after) => `${before}${size}${after}`);
}

/** What programs print is compared without regard to the kind of white space. */
export function checksumOf(output) {
  return output.trim().split(/\s+/).join(' ');
}
