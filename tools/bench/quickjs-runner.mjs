/**
 * Runs a JavaScript file on QuickJS as WebAssembly, from the npm package `quickjs-emscripten` where somebody has installed it
 * (`get-peers.sh`). `--version` only says whether it is there; the start-up is taken off like everyone's.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** Installed here or at the root of the repository, else in the folder that the environment variable ORUS_PEERS names. */
function load() {
  for (const folder of [import.meta.url, process.env.ORUS_PEERS && `${process.env.ORUS_PEERS}/package.json`]) {
    try {
      if (folder) return createRequire(folder)('quickjs-emscripten');
    } catch {}
  }
  return process.exit(1);
}

const { getQuickJS } = load();
const [file] = process.argv.slice(2);
if (file === '--version') {
  console.log('QuickJS as WebAssembly (quickjs-emscripten)');
} else {
  const context = (await getQuickJS()).newContext();
  const log = context.newFunction('log', (...values) => console.log(...values.map((value) => context.dump(value))));
  const object = context.newObject();
  context.setProp(object, 'log', log);
  context.setProp(context.global, 'console', object);
  const result = context.evalCode(readFileSync(file, 'utf8'), file, { type: 'module' });
  if (result.error) {
    console.error(context.dump(result.error));
    process.exitCode = 70;
  }
}
