import { expect, test } from 'vitest';
import { bytecodeTests, runBytecodeTest } from '../src/bytecode-tests.ts';

const tests = [...bytecodeTests('tests/bytecode'), ...bytecodeTests('tests/regress')];

test.each(tests.map((each) => [each.name, each] as const))('%s', (_, each) => {
  expect(runBytecodeTest(each)).toBe(each.expected);
});
