/** Whether the verifier knows every opcode and every built-in. */
import { expect, test } from 'vitest';
import { BUILTINS } from '../../../src/base/builtins.ts';
import { OPCODES } from '../../../src/isa/definitions.ts';
import { BUILTIN_TYPES } from '../../../src/isa/verify/builtin-types.ts';
import { RULES } from '../../../src/isa/verify/rules.ts';
import { CHECKED_FORMS, typingFor, unusedRows } from '../../../src/isa/verify/typing.ts';

/** Refused wherever they occur. */
const RESERVED = ['tier.enter'];

test('every opcode that touches more than numbers has a row, and no row is left over', () => {
  const missing = OPCODES.filter((op) => typingFor(op) === null && !RESERVED.includes(op.name));
  expect(missing.map(({ name }) => name)).toEqual([]);
  expect(unusedRows()).toEqual([]);
});

test('every built-in has a row that fits its operands', () => {
  for (const [name, { params, result }] of Object.entries(BUILTINS)) {
    const row = BUILTIN_TYPES[name as keyof typeof BUILTINS];
    const kinds: readonly string[] = params;
    expect(row.refs.length, name).toBe(kinds.filter((kind) => kind === 'ref').length);
    expect(row.numbers.length, name).toBe(kinds.filter((kind) => kind === 'i32').length);
    expect(row.result !== undefined, name).toBe(result === 'ref');
  }
});

test('a checked form has the shape of what it replaces', () => {
  for (const { op, checked } of CHECKED_FORMS) {
    const [plain, safe] = [op, checked].map((name) => OPCODES.find((each) => each.name === name));
    expect(safe?.placed).toEqual(plain?.placed);
    expect(safe?.traits.safepoint).toBe(plain?.traits.safepoint);
  }
});

test('rules have names of their own, and sentences', () => {
  expect(new Set(RULES.map(({ name }) => name)).size).toBe(RULES.length);
  for (const { name, sentence } of RULES) expect(sentence, name).toMatch(/^[A-Z].*\.$/);
});
