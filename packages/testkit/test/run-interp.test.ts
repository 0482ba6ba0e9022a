/** Every program on the bytecode interpreter, as it is and under stress; all must use the same fuel. */
import { MODES } from '../src/modes.ts';
import { testInModes } from './run-in-modes.ts';

testInModes(MODES.filter(({ engine }) => engine === 'interp'));
