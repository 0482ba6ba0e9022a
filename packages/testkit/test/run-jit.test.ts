/** Every program with machine code, as it is and under stress; fuel as on the interpreter. */
import { MODES } from '../src/modes.ts';
import { testInModes } from './run-in-modes.ts';

testInModes(
  MODES.filter(({ name, engine }) => name === 'interp' || name === 'interp-plain' || engine.startsWith('jit')),
);
