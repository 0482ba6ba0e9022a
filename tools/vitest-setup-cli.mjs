/**
 * Before the tests that start real processes or workers: builds the command-line program as well.
 */
import { build } from './build.mjs';

export async function setup() {
  await build(['runtime', 'interp', 'cli']);
}
