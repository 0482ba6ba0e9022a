import { expect, test } from 'vitest';
import { generate } from '../../../src/engine/interp/generate.ts';

test('the module is valid and its big function below the size where hosts get slow', () => {
  const { bytes, runSize } = generate();
  expect(WebAssembly.validate(bytes)).toBe(true);
  expect(runSize).toBeLessThan(30_000);
  expect(runSize).toBeGreaterThan(5_000);
});
