/** One run for the layout section: `node layout-run.mjs BUNDLE FILE LAYOUT` prints milliseconds and what the program printed. */
import { readFileSync } from 'node:fs';

const [bundle, file, layout] = process.argv.slice(2);
const { runInLayout } = await import(bundle);
const pieces = [];
const host = {
  write: (bytes) => pieces.push(Buffer.from(bytes)),
  readLine: () => null,
  now: () => performance.now() / 1000,
};
const ms = runInLayout({ path: file, text: readFileSync(file, 'utf8') }, Number(layout), host);
console.log(JSON.stringify({ ms, output: Buffer.concat(pieces).toString() }));
