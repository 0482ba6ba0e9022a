import { expect, test } from 'vitest';
import { layoutSource, textsSource } from '../../src/runtime/core-source.ts';

test('the generated sources of the runtime core are current', async () => {
  await expect(layoutSource()).toMatchFileSnapshot('../../src/runtime/core/layout.ts');
  await expect(textsSource()).toMatchFileSnapshot('../../src/runtime/core/texts.ts');
});
