/**
 * Matches: a subject and arms that pass the checker's rules (every variant or `_`, nothing twice).
 */
import { BINDS, type Ex, operand } from './expression-text.ts';
import { expression, integerLiteral, plainVariable } from './expressions.ts';
import type { Context, Variable } from './context.ts';
import { freshName } from './context.ts';
import { dynamic } from './dynamic.ts';
import { integerRange, quoted } from './literals.ts';
import type { EnumDef, Ty } from './types.ts';
import { BOOL, INTEGERS, scalar, STRING } from './types.ts';

export interface Arm {
  readonly pattern: string;
  readonly bindings: readonly Omit<Variable, 'level'>[];
}

export interface Match {
  readonly subject: Ex;
  readonly arms: readonly Arm[];
}

/** `use` says whether the match needs a value, so that something must always fit. */
export function matchArms(cx: Context, depth: number, use: 'value' | 'statement'): Match {
  const { random, maker } = cx;
  const def = maker.enums.length > 0 && random.chance(0.5) ? random.pick(maker.enums) : undefined;
  if (def) {
    const ty: Ty = { kind: 'enum', def };
    const subject = (random.chance(0.3) ? dynamic(cx, ty, depth - 1) : null) ?? expression(cx, ty, depth - 1, 'alone');
    return { subject, arms: variantArms(cx, def) };
  }
  const kind = random.weighted<Ty>([
    [5, scalar(random.pick(INTEGERS))],
    [1, BOOL],
    [2, STRING],
  ]);
  const subject =
    (random.chance(0.15) ? dynamic(cx, kind, depth - 1) : null) ?? expression(cx, kind, depth - 1, 'alone');
  // Short ranges make arms that are reached.
  const narrowed: Ex =
    kind.kind !== 'bool' && kind.kind !== 'string' && random.chance(0.6)
      ? { text: `${operand(subject, BINDS.multiply)} % 4`, binds: BINDS.multiply }
      : subject;
  return { subject: narrowed, arms: valueArms(cx, kind, use) };
}

function variantArms(cx: Context, def: EnumDef): Arm[] {
  const { random } = cx;
  const open = random.chance(0.3);
  const order = random.shuffled(def.variants);
  const chosen = open ? order.slice(0, random.between(1, order.length)) : order;
  const arms: Arm[] = [];
  for (const { name, payload } of chosen) {
    const pattern = `${def.name}.${name}`;
    const last = arms.at(-1);
    const alternative = cx.maker.edition === '2026' && last && last.bindings.length === 0 && random.chance(0.15);
    if (payload.length === 0) {
      if (alternative) arms.splice(-1, 1, { pattern: `${last.pattern} | ${pattern}`, bindings: [] });
      else arms.push({ pattern, bindings: [] });
      continue;
    }
    const bindings: Omit<Variable, 'level'>[] = [];
    const names = payload.map((ty) => {
      if (random.chance(0.2)) return '_';
      const binding = plainVariable(freshName(cx.maker, 'b'), ty);
      bindings.push(binding);
      return binding.name;
    });
    arms.push({ pattern: `${pattern}(${names.join(', ')})`, bindings });
  }
  if (open) arms.push({ pattern: '_', bindings: [] });
  return arms;
}

function valueArms(cx: Context, ty: Ty, use: 'value' | 'statement'): Arm[] {
  const { random } = cx;
  const arm = (pattern: string): Arm => ({ pattern, bindings: [] });
  if (ty.kind === 'bool') return random.shuffled(['true', 'false']).map(arm);
  const values = random.shuffled(literalPatterns(cx, ty)).slice(0, random.between(1, 4));
  const arms: Arm[] = [];
  for (const value of values) {
    const last = arms.at(-1);
    if (last && cx.maker.edition === '2026' && random.chance(0.25))
      arms.splice(-1, 1, arm(`${last.pattern} | ${value}`));
    else arms.push(arm(value));
  }
  if (use === 'value' ? random.chance(0.93) : random.chance(0.5)) arms.push(arm('_'));
  return arms;
}

function literalPatterns(cx: Context, ty: Ty): string[] {
  if (ty.kind === 'string') return ['', 'a', 'ab', 'abc', '12', 'é'].map(quoted);
  if (ty.kind !== 'i32' && ty.kind !== 'i64' && ty.kind !== 'u32' && ty.kind !== 'u64') return [];
  const { low, high } = integerRange(ty.kind);
  const values = [0n, 1n, 2n, 3n, 7n, high];
  if (low < 0n) values.push(-1n, -2n);
  return values.map((value) => integerLiteral(cx, ty.kind as 'i32', value, value === high ? 'alone' : 'literal').text);
}
