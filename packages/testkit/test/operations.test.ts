/**
 * Every operation with every pair of values that are known only at run time: the engines agree on results, types and messages.
 */
import { expect, test } from 'vitest';
import { judge } from '../src/differential.ts';
import { operationPrograms } from '../src/generate/operations.ts';
import { MODES } from '../src/modes.ts';

const NAMES = ['tree', 'ir-plain', 'interp', 'jit-eager'];
const modes = MODES.filter(({ name }) => NAMES.includes(name));

test.each(['2026', 'classic'] as const)(
  'the engines agree on operations of values of unknown type, %s',
  (edition) => {
    for (const text of operationPrograms(edition)) {
      const verdict = judge(text, modes, { timeMs: 60_000 });
      expect(verdict, text).toMatchObject({ kind: 'agree', status: 'done' });
    }
  },
  300_000,
);
