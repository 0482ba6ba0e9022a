/** What `npm run bench` measures, in this order. A section gives plain data, and the text of it. */
import { checked } from './sections/checked.mjs';
import { compile } from './sections/compile.mjs';
import { counts } from './sections/counts.mjs';
import { heap } from './sections/heap.mjs';
import { kernels } from './sections/kernels.mjs';
import { layout } from './sections/layout.mjs';
import { size } from './sections/size.mjs';
import { startup } from './sections/startup.mjs';
import { steady } from './sections/steady.mjs';
import { throws } from './sections/throws.mjs';
import { tree } from './sections/tree.mjs';
import { units } from './sections/units.mjs';

export const SECTIONS = [kernels, steady, counts, tree, startup, compile, throws, heap, checked, size, layout, units];
