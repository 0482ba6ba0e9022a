/**
 * Programs of nothing but variables and control flow, of every nesting of branches, loops, early exits and `try`: what lowering makes of
 * variables must be what the typed tree says.
 */
import { expect, test } from 'vitest';
import { judge } from '../src/differential.ts';
import { MODES } from '../src/modes.ts';

const NAMES = ['a', 'b', 'c', 'd', 'e'] as const;

/** Linear congruential generator (Knuth): the same programs each time. */
function numbers(seed: number): (below: number) => number {
  let state = BigInt(seed) * 2n + 1n;
  return (below) => {
    state = BigInt.asUintN(64, state * 6364136223846793005n + 1442695040888963407n);
    return Number(state >> 33n) % below;
  };
}

function program(seed: number): string {
  const below = numbers(seed);
  const name = (): string => NAMES[below(NAMES.length)] as string;
  const lines: string[] = [];
  let labels = 0;
  const block = (indent: string, depth: number, loops: readonly string[]): void => {
    for (let left = 1 + below(3); left > 0; left--) statement(indent, depth, loops);
  };
  const statement = (indent: string, depth: number, loops: readonly string[]): void => {
    const inner = `${indent}    `;
    const kind = depth === 0 ? below(4) : below(14);
    if (kind < 3) lines.push(`${indent}${name()} = (${name()} * 3 + ${name()} + ${below(5)}) % 97`);
    else if (kind === 3) {
      const exits = ['return a + b', ...loops.flatMap((label) => [`break '${label}`, `continue '${label}`])];
      lines.push(`${indent}if ${name()} % 4 == ${below(4)}: ${exits[below(exits.length)]}`);
    } else if (kind < 9) {
      lines.push(`${indent}if ${name()} % 3 == ${below(3)}:`);
      block(inner, depth - 1, loops);
      if (below(2) === 0) {
        lines.push(`${indent}else:`);
        block(inner, depth - 1, loops);
      }
    } else if (kind < 12) {
      const label = `l${labels++}`;
      const loop =
        kind === 11 ? `while n < 60 and (${NAMES.join(' + ')}) % 50 + n * 0 + 1 - 1 + 2 - 2 + 3 - 3 < 40` : null;
      lines.push(`${indent}'${label}: ${loop ?? `for k${label} in 0..${1 + below(4)}`}:`, `${inner}n += 1`);
      block(inner, depth - 1, [...loops, label]);
    } else {
      lines.push(`${indent}try:`);
      block(inner, depth - 1, loops);
      lines.push(`${inner}${name()} = 20 / (${name()} % 3)`);
      block(inner, depth - 1, loops);
      lines.push(`${indent}catch err:`);
      block(inner, depth - 1, loops);
    }
  };
  for (let i = 0; i < 5; i++) statement('    ', 4, []);
  const declared = NAMES.map((each, i) => `    mut ${each} = (x + ${i}) % 97\n`).join('');
  const result = `    print(${NAMES.join(', ')}, n)\n    return c\n`;
  return `fn f(x: i64) -> i64:\n    mut n = 0\n${declared}${lines.join('\n')}\n${result}for x in 0..6: print(f(x))\n`;
}

const modes = MODES.filter(({ name }) => name === 'tree' || name === 'ir-plain');

test('lowering and the typed tree agree', { timeout: 120_000 }, () => {
  for (let seed = 1; seed <= 60; seed++) {
    const text = program(seed);
    const verdict = judge(text, modes);
    expect(verdict.kind, `seed ${seed}: ${JSON.stringify(verdict)}\n${text}`).toMatch(/^(agree|limit)$/);
  }
});
