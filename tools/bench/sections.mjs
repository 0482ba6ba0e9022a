/** What `npm run bench` measures, in this order. A section gives plain data, and the text of it. */
import { kernels } from './sections/kernels.mjs';

export const SECTIONS = [kernels];
