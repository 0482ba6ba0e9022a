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

/** `quick` is the size of a quick run, `checksum` what is printed then. */
export const KERNELS = [
  { name: 'collatz', about: 'integers', quick: 1000, checksum: '871 179' },
  { name: 'gcd', about: 'integers', quick: 60, checksum: '5995' },
  { name: 'modpow', about: 'integers', quick: 300, checksum: '46' },
  { name: 'xorshift', about: 'integers', quick: 5000, checksum: '2562983138 627537' },
  { name: 'fib', about: 'calls', quick: 15, checksum: '610' },
  { name: 'tak', about: 'calls', quick: 1, checksum: '7' },
  { name: 'queens', about: 'recursion', quick: 6, checksum: '4' },
  { name: 'mandelbrot', about: 'floats', quick: 40, checksum: '633' },
  { name: 'spectral', about: 'floats', quick: 20, checksum: '1622667939' },
  { name: 'nbody', about: 'structs', quick: 200, checksum: '436992983' },
  { name: 'vectors', about: 'structs', quick: 100, checksum: '44345506' },
  { name: 'matmul', about: 'float arrays', quick: 20, checksum: '17555' },
  { name: 'heapsort', about: 'float arrays', quick: 2000, checksum: '132887 49807401' },
  { name: 'integrate', about: 'function values', quick: 2000, checksum: '45785398' },
  { name: 'closures', about: 'closures', quick: 40, checksum: '75522 123' },
  { name: 'sieve', about: 'arrays', quick: 1, checksum: '9592' },
  { name: 'fannkuch', about: 'arrays', quick: 6, checksum: '49 10' },
  { name: 'life', about: 'arrays', quick: 4, checksum: '675 1336419' },
  { name: 'knapsack', about: 'arrays', quick: 20, checksum: '1234 1234' },
  { name: 'hash-table', about: 'methods', quick: 5000, checksum: '4836 2 22425' },
  { name: 'dijkstra', about: 'structs', quick: 20, checksum: '132 28840' },
  { name: 'quicksort', about: 'sorting', quick: 2000, checksum: '203407 2145628575 402100316' },
  { name: 'merge-records', about: 'sorting', quick: 500, checksum: '58068430 382442609 734770885' },
  {
    name: 'sort-builtin',
    about: 'sorting',
    quick: 1000,
    checksum: '297128309 467132361 k1000031117 k1661787579',
  },
  { name: 'binary-trees', about: 'allocation', quick: 6, checksum: '251 127' },
  { name: 'lists', about: 'pattern matching', quick: 3, checksum: '3000000' },
  { name: 'expression', about: 'pattern matching', quick: 20, checksum: '10224340' },
  { name: 'bytecode', about: 'pattern matching', quick: 60, checksum: '17 2412' },
  { name: 'string-build', about: 'strings', quick: 10, checksum: '23410 1' },
  { name: 'tokens', about: 'strings', quick: 10, checksum: '160 830 60 280 123500450' },
  { name: 'levenshtein', about: 'strings', quick: 4, checksum: '390' },
  { name: 'errors', about: 'errors', quick: 2000, checksum: '457488 727' },
  { name: 'errors-deep', about: 'errors', quick: 2000, checksum: '113330 667' },
  { name: 'dynamic-math', about: 'dynamic values', quick: 10, checksum: '6820245 106527' },
  { name: 'dynamic-shapes', about: 'dynamic values', quick: 10, checksum: '342060 5010' },
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

/** The text of a program, of its own size or another, which does its work once or several times. */
export function sourceText(name, language, size, times = 1) {
  const text = readFileSync(sourceFile(name, language), 'utf8');
  const sized = size === undefined ? text : text.replace(SIZE, (_, before, __, after) => `${before}${size}${after}`);
  return times === 1 ? sized : REPEATED[language](sized, times);
}

const inLua = (text, times) => `for _ = 1, ${times} do (function()\n${text}\nend)() end\n`;

/** What a program does in `main`, or else all that it does, in a loop. */
const REPEATED = {
  orus: (text, times) =>
    `${text.replace(/^fn main\(\)/m, 'fn once()')}\nfn main():\n    for _ in 0..${times}:\n        once()\n`,
  lua: inLua,
  luajit: inLua,
  js: (text, times) => `for (let i = 0; i < ${times}; i++) (() => {\n${text}\n})();\n`,
  c: (text, times) =>
    `${text.replace(/^int main\(void\)/m, 'static __attribute__((noinline)) void once(void)')}
int main(void) {
  for (int i = 0; i < ${times}; i++)
    once();
}
`,
};

/** What programs print is compared without regard to the kind of white space. */
export function checksumOf(output) {
  return output.trim().split(/\s+/).join(' ');
}
