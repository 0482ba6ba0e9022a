/** What the fuzzing tools need of the sources, in one module that they can bundle. */
export { judge } from './differential.ts';
export { generateProgram } from './generate/program.ts';
export { MODES } from './modes.ts';
export { reduce } from './reduce.ts';
