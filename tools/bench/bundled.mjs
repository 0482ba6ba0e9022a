/** Functions of the test kit, bundled once into a file, so that processes of their own can use them too. */
import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { bundleSource } from '../build.mjs';

/** Writes the bundle of a TypeScript module to a file and gives the file's URL. */
export async function bundleTo(file, source) {
  writeFileSync(file, await bundleSource(source));
  return pathToFileURL(file).href;
}
