/** What the tool that counts executed instructions says about a loop of a known length. */
import { expect, test } from 'vitest';
import { traceProgram } from '../src/trace.ts';

const text = `
fn work(items: [i64]) -> i64:
    mut sum = 0
    for i in 0..1000:
        push(items, i)
        sum += 1
    return sum

print(work([]))
`;

test('instructions, sequences, functions and the listing add up', () => {
  const trace = traceProgram({ path: 'loop.orus', text }, true);
  expect(trace.output).toBe('1000\n');
  const sum = (counted: readonly { count: number }[]) => counted.reduce((total, { count }) => total + count, 0);
  for (const part of [trace.opcodes, trace.places, trace.functions]) expect(sum(part)).toBe(trace.total);
  expect(sum(trace.pairs)).toBe(trace.total - 1);
  expect(sum(trace.triples)).toBe(trace.total - 2);
  expect(trace.opcodes.find(({ name }) => name === 'array.push.i64')?.count).toBe(1000);
  // the only call of `work` is inlined
  expect(trace.functions[0]?.name).toMatch(/loop\.orus$/);
  expect(trace.listing).toMatch(/^ +1000 +>?\d+ {2}array\.push\.i64/m);
});
