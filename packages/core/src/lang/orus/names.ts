/**
 * Names that are not found, with what was probably meant, and names that are declared twice.
 */
import type { Edit, Label } from '../../base/diagnostic.ts';
import type { Span } from '../../base/source.ts';
import type { Cx } from './context.ts';
import { report } from './context.ts';
import type { NameKind } from './messages-meaning.ts';
import type { More } from './messages.ts';
import { closest } from '../../base/suggest.ts';
import type { Scope } from './symbols.ts';

/** The functions that every program can call (section 15). */
export const BUILTIN_NAMES: ReadonlySet<string> = new Set([
  'len',
  'push',
  'pop',
  'sorted',
  'range',
  'input',
  'int',
  'float',
  'typeof',
  'istype',
  'timestamp',
  'assert_eq',
]);

/** Names of other languages for what Orus spells differently. */
const ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ['nil', 'there is no nil literal'],
  ['null', 'there is no null; use an enum with a variant for nothing, such as `enum Maybe: None / Some(value: any)`'],
  ['None', 'there is no null; use an enum with a variant for nothing, such as `enum Maybe: None / Some(value: any)`'],
  ['True', 'write `true`'],
  ['False', 'write `false`'],
  ['append', 'use `push(array, value)`'],
  ['str', 'convert to text with `value as string`'],
  ['println', 'use `print(...)`'],
]);

/** Every value name that is visible, innermost first. */
function* visibleNames(cx: Cx): IterableIterator<string> {
  for (let at: Scope | null = cx.scope; at !== null; at = at.parent) if (at.values !== null) yield* at.values.keys();
  yield* BUILTIN_NAMES;
  yield* cx.module.types.keys();
}

/** Help and edit that propose a replacement for a name that is not known. */
export function proposal(name: string, span: Span, candidates: Iterable<string>): More {
  const meant = closest(name, candidates);
  if (meant === undefined) return {};
  const edit: Edit = { span, replacement: meant, description: `replace with \`${meant}\`` };
  return { help: `did you mean \`${meant}\`?`, edit };
}

export function reportUnknownName(cx: Cx, name: string, span: Span, kind: NameKind = 'name'): void {
  if (cx.module.namesMissing) return;
  const hint = ELSEWHERE.get(name);
  const more = hint === undefined ? proposal(name, span, visibleNames(cx)) : { help: hint };
  report(cx, 'E1010', { name, kind }, span, { text: 'not found in this scope', ...more });
}

export function reportUnknownMember(
  cx: Cx,
  kind: 'field' | 'method' | 'variant',
  name: string,
  owner: string,
  span: Span,
  candidates: Iterable<string>,
): void {
  report(cx, 'E1010', { name, kind, owner }, span, proposal(name, span, candidates));
}

export function reportDuplicate(cx: Cx, name: string, span: Span, earlier: Span | null, what?: string): void {
  const labels: Label[] = earlier === null ? [] : [{ span: earlier, text: 'first defined here' }];
  report(cx, 'E1011', what === undefined ? { name } : { name, what }, span, { labels });
}
