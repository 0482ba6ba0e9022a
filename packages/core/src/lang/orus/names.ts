/**
 * Names that are not found, with what was probably meant, and names that are declared twice.
 */
import type { Edit, Label } from '../../base/diagnostic.ts';
import type { Span } from '../../base/source.ts';
import type { Cx } from './context.ts';
import { report, show } from './context.ts';
import { declaredLater } from './later-names.ts';
import { habitOf, MEMBERS, NAMES } from './habits.ts';
import type { NameKind } from './messages-meaning.ts';
import type { More } from './messages.ts';
import { closest } from '../../base/suggest.ts';
import type { Scope } from './symbols.ts';
import { lookup } from './symbols.ts';
import type { Name } from './syntax.ts';
import type { Ty } from './types.ts';

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

/** Whether a name is only there to ask what could stand in its place. */
export function isProbe(cx: Cx, name: string): boolean {
  return cx.build.session?.probe?.name === name;
}

/** Every value name that the program makes visible, innermost first. */
function* ownNames(cx: Cx): IterableIterator<string> {
  for (let at: Scope | null = cx.scope; at !== null; at = at.parent) if (at.values !== null) yield* at.values.keys();
}

/** Every value name that is visible. */
function* visibleNames(cx: Cx): IterableIterator<string> {
  yield* ownNames(cx);
  yield* BUILTIN_NAMES;
  yield* cx.module.types.keys();
}

/** Behind so many errors nobody looks for what else was meant: comparing each name with all others takes its time. */
const MOST_EXPLAINED = 200;

function isFlood(cx: Cx): boolean {
  return cx.build.diagnostics.length > MOST_EXPLAINED;
}

function* eachOf(lists: readonly Iterable<string>[]): IterableIterator<string> {
  for (const list of lists) yield* list;
}

/** Help and edit that propose a replacement for a name that is not known. */
export function proposal(cx: Cx, name: string, span: Span, ...candidates: readonly Iterable<string>[]): More {
  if (isFlood(cx)) return {};
  const meant = closest(name, eachOf(candidates));
  if (meant === undefined) return {};
  const edit: Edit = { span, replacement: meant, description: `replace with \`${meant}\`` };
  return { help: `did you mean \`${meant}\`?`, edit };
}

export function reportUnknownName(cx: Cx, name: string, span: Span, kind: NameKind = 'name'): void {
  if (isProbe(cx, name)) return cx.build.session?.probe?.named(cx);
  if (cx.module.namesMissing) return;
  const more =
    memberOfSelf(cx, name, span) ??
    variantOf(cx, name, span) ??
    endedBefore(cx, name) ??
    declaredLater(cx, name) ??
    replacement(cx, name, span);
  const { diagnostics } = cx.build;
  const key = `${cx.func.id} ${name}`;
  const earlier = cx.module.unknown.get(key);
  // What was tried and taken back has not been reported.
  if (more.edit === undefined && earlier !== undefined && diagnostics[earlier.at] === earlier.diagnostic) return;
  report(cx, 'E1010', { name, kind }, span, { text: 'not found in this scope', ...more });
  const at = diagnostics.length - 1;
  cx.module.unknown.set(key, { at, diagnostic: diagnostics[at] });
}

/** `self` itself, and its fields and methods written without it. */
function memberOfSelf(cx: Cx, name: string, span: Span): More | null {
  if (name === 'self') {
    const help = cx.func.kind === 'method' ? `add it: \`fn ${cx.func.name}(self, ...)\`` : 'only methods have a `self`';
    return { help };
  }
  const self = lookup(cx.scope, 'self');
  if (self?.kind !== 'variable' || self.ty.kind !== 'struct') return null;
  if (name === 'this') return replaceBy('self', span, 'it is called `self`');
  const info = cx.build.typeInfos.get(self.ty.id);
  if (info.kind !== 'struct' || !(info.fieldIndex.has(name) || info.methods.has(name))) return null;
  return replaceBy(`self.${name}`, span, `members are reached with \`self.${name}\``);
}

/** A name of a block that has ended. */
function endedBefore(cx: Cx, name: string): More | null {
  const found = cx.module.ended.get(name);
  if (found === undefined || found.owner !== cx.func) return null;
  return {
    labels: [{ span: found.span, text: 'known only inside its block' }],
    help: `give \`${name}\` its first value before that block`,
  };
}

/** A variant without its enum. */
function variantOf(cx: Cx, name: string, span: Span): More | null {
  if (isFlood(cx)) return null;
  for (const [enumName, symbol] of cx.module.types) {
    const info = cx.build.typeInfos.get(symbol.id);
    if (info.kind !== 'enum' || !info.variantIndex.has(name)) continue;
    const whole = `${enumName}.${name}`;
    return replaceBy(whole, span, `a variant is written with its enum: \`${whole}\``);
  }
  return null;
}

/** A similar name of the program, what another language calls so, or a similar name of the language. */
function replacement(cx: Cx, name: string, span: Span): More {
  const habit = habitOf(NAMES, name);
  if (habit === undefined) return proposal(cx, name, span, visibleNames(cx), isCalled(cx, span) ? ['print'] : []);
  const own = proposal(cx, name, span, ownNames(cx));
  if (own.help !== undefined && own.edit?.replacement.length !== name.length) return own;
  return habit.instead === undefined ? { help: habit.help } : replaceBy(habit.instead, span, habit.help);
}

/** `print` is a statement and no name, but may be meant by one that is called. */
function isCalled(cx: Cx, span: Span): boolean {
  return cx.build.files.get(span.file).text[span.end] === '(';
}

function replaceBy(instead: string, span: Span, help: string): More {
  return { help, edit: { span, replacement: instead, description: `replace with \`${instead}\`` } };
}

export function reportUnknownMember(
  cx: Cx,
  kind: 'field' | 'method' | 'variant',
  name: string,
  owner: string,
  span: Span,
  ...candidates: readonly Iterable<string>[]
): void {
  report(cx, 'E1010', { name, kind, owner }, span, proposal(cx, name, span, ...candidates));
}

/** For something that has no value but is used as if it had one. */
export function nothingHelp(ty: Ty): string | undefined {
  return ty.kind === 'nil' ? 'this has no value: `{}` is an empty block, and `-> void` returns nothing' : undefined;
}

const MEMBERLESS: Partial<Record<Ty['kind'], string>> = {
  enum: 'what a variant holds is taken out with `match`',
  error: 'an error has no members: print it, or ask for its kind and message with `typeof`',
};

const NO_MEMBERS = 'only structs have fields and methods; functions take other values as arguments, as in `len(x)`';

/** Members that only arrays have elsewhere. */
const OF_ARRAYS: ReadonlySet<string> = new Set(
  'push append add push_back pop insert remove shift extend sort sorted reverse map filter forEach reduce join'.split(
    ' ',
  ),
);

/**
 * A member of an array, string or number, which have none: what is written instead. `whole` is the member with its object and,
 * in a call, its arguments, whose text is `args`.
 */
export function reportNoMember(
  cx: Cx,
  kind: 'field' | 'method',
  name: Name,
  ty: Ty,
  object: Span,
  whole: Span,
  args: string | null,
): void {
  const habit = ty.kind !== 'array' && OF_ARRAYS.has(name.text) ? undefined : habitOf(MEMBERS, name.text);
  const owner = show(cx, ty);
  let edit: Edit | undefined;
  if (habit?.instead !== undefined && habit.instead.includes('@') === ((args ?? '').trim() !== '')) {
    const text = cx.build.files.get(whole.file).text.slice(object.start, object.end);
    const instead = habit.instead.replace('$', () => text).replace('@', () => args ?? '');
    const simple = /^[\w.[\]()"]+$/.test(text) && instead.length < 80;
    if (simple) edit = { span: whole, replacement: instead, description: `write \`${instead}\`` };
  }
  report(cx, 'E1010', { name: name.text, kind, owner }, name.span, {
    help: nothingHelp(ty) ?? habit?.help ?? MEMBERLESS[ty.kind] ?? NO_MEMBERS,
    edit,
  });
}

export function reportDuplicate(
  cx: Cx,
  name: string,
  span: Span,
  earlier: Span | null,
  what?: string,
  instead?: string,
): void {
  const labels: Label[] = earlier === null ? [] : [{ span: earlier, text: 'first defined here' }];
  const help =
    instead ??
    (what === undefined ? `choose another name; to change a variable, write \`${name} = ...\` alone` : undefined);
  report(cx, 'E1011', what === undefined ? { name } : { name, what }, span, { labels, help });
}
