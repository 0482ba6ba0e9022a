/**
 * `print` statements: plain values, and format strings with every specifier.
 */
import { operand } from './expression-text.ts';
import { anyType, scalarType } from './choose-types.ts';
import { expression } from './expressions.ts';
import type { Context } from './context.ts';
import { visible } from './context.ts';
import type { Node } from './layout.ts';
import { line } from './layout.ts';
import { quoted } from './literals.ts';
import type { Ty } from './types.ts';

const SPECIFIERS = ['@', '@', '@', '@x', '@X', '@o', '@b', '@.2f', '@.0f', '@.3', '@.17f', '@.30f'];
const BETWEEN = [' ', ', ', ' = ', '<', '>', ' é ', '\\n', '\\t', '\\\\'];

export function printLine(cx: Context): Node {
  const { random } = cx;
  const shown = (): Ty => {
    const around = visible(cx);
    return around.length > 0 && random.chance(0.7)
      ? random.pick(around).ty
      : random.chance(0.5)
        ? scalarType(cx)
        : anyType(cx);
  };
  const value = (): string => expression(cx, shown(), random.between(0, 2), 'alone').text;
  if (random.chance(0.4)) {
    const count = random.between(1, 4);
    let text = random.pick(['', 'é']);
    for (let i = 0; i < count; i++) text += (i === 0 ? '' : random.pick(BETWEEN)) + random.pick(SPECIFIERS);
    // A digit or letter behind a specifier would be part of it.
    const format = `"${text} ${random.chance(0.1) ? '@@' : ''}"`;
    const extra = cx.maker.edition === 'classic' ? random.below(3) - 1 : 0;
    const values = Array.from({ length: Math.max(count + extra, 0) }, value);
    return line(`print(${[format, ...values].join(', ')})`);
  }
  const values = Array.from({ length: random.between(1, 4) }, value);
  const first = values[0] ?? '';
  // A literal alone would be a format.
  if (/^"(?:[^"\\]|\\.)*"$/s.test(first))
    values[0] = random.chance(0.5) ? operand({ text: first, binds: 0 }, 1) : quoted('text');
  return line(`print(${values.join(', ')})`);
}
