/** Every engine, by the name that `--engine` takes; the first is the usual one. */
import type { Engine } from './engine/engine.ts';
import { countingEngine } from './engine/interp/counting.ts';
import { interpEngine } from './engine/interp/interp.ts';
import { jitEngine } from './engine/jit/jit.ts';
import { irEngine } from './engine/ir/ir.ts';
import { treeEngine } from './engine/tree/tree.ts';

export const ENGINES: readonly Engine[] = [jitEngine, interpEngine, countingEngine, irEngine, treeEngine];
