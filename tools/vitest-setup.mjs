/**
 * Before any test: brings up to date what the TypeScript sources import but only the build can make.
 */
import { build } from './build.mjs';

export async function setup() {
  await build(['runtime', 'interp']);
}
