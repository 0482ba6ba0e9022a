import { expect, test } from 'vitest';
import { generate } from '../../../src/engine/interp/generate.ts';
import { OPCODES } from '../../../src/isa/definitions.ts';

test('the module is valid and its big function below the size where hosts get slow', () => {
  const { bytes, runSize } = generate();
  expect(WebAssembly.validate(bytes)).toBe(true);
  expect(runSize).toBeLessThan(30_000);
  expect(runSize).toBeGreaterThan(5_000);
});

test('handlers may stand in any order', () => {
  const inside = OPCODES.filter((op) => op.place !== 'outside').map((op) => op.name);
  for (const last of [[...inside].reverse(), [...inside].sort()]) {
    const { bytes } = generate({ last });
    expect(WebAssembly.validate(bytes)).toBe(true);
  }
});
