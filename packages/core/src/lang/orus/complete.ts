/**
 * Names with their meaning, for those who write: completion, types of expressions, descriptions.
 *
 * To complete, a name that nobody has stands in for what is being written, and the text is checked as an entry would be. Where
 * the checker does not find that name, it lets us look at the scope or the type at hand, parameters and locals included. If the text
 * is too broken for that, the names of the session are offered.
 */
import type { Diagnostic } from '../../base/diagnostic.ts';
import { lineStarts, positionAt, type Span } from '../../base/source.ts';
import { BUILTIN_DOCS } from './builtin-docs.ts';
import type { Cx, EntryScope } from './context.ts';
import type { SessionFront } from './session.ts';
import type { Exports, FunctionSymbol, Scope, TypeSymbol, ValueSymbol } from './symbols.ts';
import { KEYWORDS } from './token.ts';
import { prune, type Ty } from './types.ts';

export interface Suggestion {
  readonly name: string;
  readonly kind:
    | 'variable'
    | 'constant'
    | 'function'
    | 'method'
    | 'field'
    | 'variant'
    | 'type'
    | 'module'
    | 'builtin'
    | 'keyword';
  /** A type, or a signature. */
  readonly detail: string;
}

export interface Completion {
  /** What the suggestions replace. */
  readonly start: number;
  readonly end: number;
  /** Those that begin as what is written there, in the order of their names. */
  readonly items: readonly Suggestion[];
}

export interface Description {
  /** As a declaration shows it. */
  readonly signature: string;
  /** What is written about it; empty if nothing is. */
  readonly doc: string;
}

/** No program calls anything so. */
const MARK = '__wanted__';

export function complete(front: SessionFront, edition: string | undefined, text: string, offset: number): Completion {
  let start = offset;
  let end = offset;
  while (start > 0 && /\w/.test(text[start - 1] ?? '')) start--;
  while (end < text.length && /\w/.test(text[end] ?? '')) end++;
  const prefix = text.slice(start, offset);
  const isMember = /\.\s*$/.test(text.slice(0, start)) && !/\.\.\s*$/.test(text.slice(0, start));
  let found: Suggestion[] | null = null;
  front.look(text.slice(0, start) + MARK + text.slice(end), edition, {
    name: MARK,
    named: (cx) => {
      found = scopeNames(front, cx);
    },
    member: (_cx, owner) => {
      found = 'ty' in owner ? members(front, owner.ty) : ownedNames(front, owner);
    },
  });
  const names: readonly Suggestion[] = found ?? (isMember ? [] : sessionNames(front, front.scope));
  const all = isMember ? names : [...names, ...languageNames(prefix)];
  const seen = new Set<string>();
  const items = all.filter(({ name }) => {
    if (!name.startsWith(prefix) || name === '_' || name === MARK || seen.has(name)) return false;
    seen.add(name);
    return true;
  });
  return { start, end, items: items.sort((a, b) => (a.name < b.name ? -1 : 1)) };
}

export function typeOfText(
  front: SessionFront,
  edition: string | undefined,
  text: string,
): { readonly type: string | null; readonly diagnostics: readonly Diagnostic[] } {
  const { diagnostics, entry } = front.check('<type>', text, edition);
  if (entry === null) return { type: null, diagnostics };
  front.forget();
  return { type: entry.type, diagnostics };
}

/** A name of the session or of the language, or `X.y` with a type or module in front. */
export function describe(front: SessionFront, name: string): Description | null {
  const builtin = BUILTIN_DOCS.find((each) => each.name === name);
  const { values, types } = front.scope;
  const [owner = '', member] = name.split('.');
  const value = values.get(owner);
  const type = types.get(owner);
  if (member !== undefined) {
    if (value?.kind === 'module') return describeExport(front, value.exports, member);
    return type === undefined ? null : describeMember(front, type, member);
  }
  if (value !== undefined) return describeValue(front, value);
  if (type !== undefined) return describeType(front, type);
  return builtin === undefined ? null : { signature: builtin.signature, doc: builtin.doc };
}

// ------------------------------------------------------------------------------------------------------------ names

function scopeNames(front: SessionFront, cx: Cx): Suggestion[] {
  const names: Suggestion[] = [];
  for (let at: Scope | null = cx.scope; at !== null; at = at.parent) {
    for (const [name, symbol] of at.values ?? []) names.push(suggestion(front, name, symbol));
  }
  for (const [name, symbol] of cx.module.types) names.push(typeSuggestion(front, name, symbol));
  return names;
}

function sessionNames(front: SessionFront, { values, types }: EntryScope): Suggestion[] {
  return [
    ...[...values].map(([name, symbol]) => suggestion(front, name, symbol)),
    ...[...types].map(([name, symbol]) => typeSuggestion(front, name, symbol)),
  ];
}

function languageNames(prefix: string): Suggestion[] {
  const builtins = BUILTIN_DOCS.map(
    ({ name, signature }): Suggestion => ({ name, kind: 'builtin', detail: signature }),
  );
  if (prefix === '') return builtins;
  return [...builtins, ...KEYWORDS.map((name): Suggestion => ({ name, kind: 'keyword', detail: '' }))];
}

function suggestion(front: SessionFront, name: string, symbol: ValueSymbol): Suggestion {
  switch (symbol.kind) {
    case 'variable':
      return { name, kind: symbol.form === 'const' ? 'constant' : 'variable', detail: front.show(symbol.ty) };
    case 'function':
      return { name, kind: 'function', detail: signatureText(front, symbol) };
    case 'module':
      return { name, kind: 'module', detail: `module ${symbol.exports.name}` };
    case 'bad':
      return { name, kind: 'variable', detail: '' };
  }
}

function typeSuggestion(front: SessionFront, name: string, symbol: TypeSymbol): Suggestion {
  return { name, kind: 'type', detail: `${front.typeInfo(symbol.id).kind} ${name}` };
}

function ownedNames(
  front: SessionFront,
  owner: { kind: 'module'; symbol: { exports: Exports } } | { kind: 'type'; symbol: TypeSymbol } | { kind: 'bad' },
): Suggestion[] {
  if (owner.kind === 'bad') return [];
  if (owner.kind === 'module') {
    const { values, types } = owner.symbol.exports;
    return [
      ...[...values].map(([name, symbol]) => suggestion(front, name, symbol)),
      ...[...types].map(([name, symbol]) => typeSuggestion(front, name, symbol)),
    ];
  }
  const info = front.typeInfo(owner.symbol.id);
  if (info.kind === 'struct') return [...info.methods.values()].map((method) => methodSuggestion(front, method));
  return info.variants.map(({ name }, index) => ({
    name,
    kind: 'variant',
    detail: variantText(front, owner.symbol, index),
  }));
}

/** Fields and methods of a value. */
function members(front: SessionFront, ty: Ty): Suggestion[] {
  const of = prune(ty);
  const info = of.kind === 'struct' ? front.typeInfo(of.id) : null;
  if (info?.kind !== 'struct') return [];
  const fields = info.fields.map(
    (field): Suggestion => ({ name: field.name, kind: 'field', detail: front.show(field.ty) }),
  );
  const methods = [...info.methods.values()].filter((method) => method.instance);
  return [...fields, ...methods.map((method) => methodSuggestion(front, method))];
}

function methodSuggestion(front: SessionFront, method: FunctionSymbol): Suggestion {
  return { name: method.name, kind: 'method', detail: signatureText(front, method) };
}

// ------------------------------------------------------------------------------------------------------------ texts

function signatureText(front: SessionFront, { name, params, result }: FunctionSymbol): string {
  const shown = params.map((param) =>
    param.ty.kind === 'any' ? param.name : `${param.name}: ${front.show(param.ty)}`,
  );
  const end = result.kind === 'any' ? '' : ` -> ${front.show(result)}`;
  return `fn ${name}(${shown.join(', ')})${end}`;
}

function variantText(front: SessionFront, symbol: TypeSymbol, index: number): string {
  const info = front.typeInfo(symbol.id);
  const variant = info.kind === 'enum' ? info.variants[index] : undefined;
  if (variant === undefined) return symbol.name;
  const payload = variant.payload.map(({ name, ty }) => (/^\d/.test(name) ? '' : `${name}: `) + front.show(ty));
  return `${symbol.name}.${variant.name}${payload.length === 0 ? '' : `(${payload.join(', ')})`}`;
}

function describeValue(front: SessionFront, symbol: ValueSymbol): Description {
  const doc = commentAbove(front, symbol.span);
  switch (symbol.kind) {
    case 'variable':
      return { signature: `${symbol.name}: ${front.show(symbol.ty)}`, doc };
    case 'function':
      return { signature: signatureText(front, symbol), doc };
    case 'module': {
      const names = [...symbol.exports.values.keys(), ...symbol.exports.types.keys()];
      return {
        signature: `module ${symbol.exports.name}`,
        doc: names.length === 0 ? '' : `exports ${names.join(', ')}`,
      };
    }
    case 'bad':
      return { signature: symbol.name, doc };
  }
}

function describeType(front: SessionFront, symbol: TypeSymbol): Description {
  const info = front.typeInfo(symbol.id);
  const doc = commentAbove(front, symbol.span);
  if (info.kind === 'struct') {
    const fields = info.fields.map((field) => `${field.name}: ${front.show(field.ty)}`);
    return { signature: `struct ${info.name} { ${fields.join(', ')} }`, doc };
  }
  const variants = info.variants.map((_, index) => variantText(front, symbol, index).slice(symbol.name.length + 1));
  return { signature: `enum ${info.name} { ${variants.join(', ')} }`, doc };
}

function describeMember(front: SessionFront, symbol: TypeSymbol, name: string): Description | null {
  const info = front.typeInfo(symbol.id);
  if (info.kind === 'enum') {
    const index = info.variantIndex.get(name);
    if (index === undefined) return null;
    return {
      signature: variantText(front, symbol, index),
      doc: commentAbove(front, info.variants[index]?.span ?? null),
    };
  }
  const method = info.methods.get(name);
  if (method !== undefined) return { signature: signatureText(front, method), doc: commentAbove(front, method.span) };
  const field = info.fields[info.fieldIndex.get(name) ?? -1];
  if (field === undefined) return null;
  return { signature: `${info.name}.${name}: ${front.show(field.ty)}`, doc: commentAbove(front, field.span) };
}

function describeExport(front: SessionFront, exports: Exports, name: string): Description | null {
  const value = exports.values.get(name);
  if (value !== undefined) return describeValue(front, value);
  const type = exports.types.get(name);
  return type === undefined ? null : describeType(front, type);
}

/** The line comments that stand directly above a declaration. */
function commentAbove(front: SessionFront, span: Span | null): string {
  if (span === null) return '';
  const { text } = front.files.get(span.file);
  const lines = text.split('\n');
  const found: string[] = [];
  for (let at = positionAt(text, lineStarts(text), span.start).line - 2; at >= 0; at--) {
    const comment = /^\s*\/\/+ ?(.*)$/.exec(lines[at] ?? '');
    if (comment === null) break;
    found.unshift(comment[1] ?? '');
  }
  return found.join('\n');
}
