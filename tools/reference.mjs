/**
 * Writes `docs/reference` from the tables in the source: `npm run reference`. A test holds the pages to the tables.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { importSource, root } from './build.mjs';

const { referencePages } = await importSource('packages/testkit/src/reference.ts');
const folder = join(root, 'docs/reference');
mkdirSync(folder, { recursive: true });
for (const [name, text] of referencePages()) {
  writeFileSync(join(folder, name), text);
  console.log(`docs/reference/${name}`);
}
