/** Every program on the evaluators of the typed tree and of the IR. */
import { MODES } from '../src/modes.ts';
import { testInModes } from './run-in-modes.ts';

testInModes(MODES.filter(({ engine }) => engine !== 'interp' && !engine.startsWith('jit')));
