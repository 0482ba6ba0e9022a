import { expect, test } from 'vitest';
import { bytecodeTests, runBytecodeTest } from '../src/bytecode-tests.ts';

test.each(bytecodeTests('tests/bytecode').map((each) => [each.name, each] as const))('%s', (_, each) => {
  expect(runBytecodeTest(each)).toBe(each.expected);
});
