/**
 * `use` (14.1, 14.3): what it binds in the module that contains it.
 */
import type { Span } from '../../base/source.ts';
import { bind, type Cx, isInherited, report } from './context.ts';
import { pathSpan } from './modules.ts';
import { proposal, reportDuplicate } from './names.ts';
import type { Exports, FunctionSymbol, TypeSymbol, Variable } from './symbols.ts';
import type { UseDecl, UseItem } from './syntax.ts';

/**
 * Binds the names of a `use`; `exports` is null if the module could not be loaded. Listed names come without a namespace, unless it is
 * given a name as well: `use shapes as s: area`.
 */
export function importModule(cx: Cx, use: UseDecl, exports: Exports | null): void {
  if (use.items === null || use.alias !== null) importNamespace(cx, use, exports);
  if (use.items === 'all') importAll(cx, use, exports);
  else for (const item of use.items ?? []) importItem(cx, item, exports);
}

function importNamespace(cx: Cx, use: UseDecl, exports: Exports | null): void {
  const name = use.alias ?? use.path.at(-1);
  if (name === undefined || isTaken(cx, name.text, name.span)) return;
  cx.module.importSpans.set(name.text, name.span);
  if (exports === null) bind(cx.scope, { kind: 'bad', name: name.text, span: name.span });
  else bind(cx.scope, { kind: 'module', name: name.text, span: name.span, exports });
}

function importAll(cx: Cx, use: UseDecl, exports: Exports | null): void {
  if (exports === null) {
    cx.module.namesMissing = true;
    return;
  }
  const span = pathSpan(use);
  for (const [name, symbol] of exports.values) {
    if (cx.scope.values?.get(name) !== symbol) importValue(cx, name, span, symbol);
  }
  for (const [name, symbol] of exports.types) {
    if (cx.module.types.get(name) !== symbol) importType(cx, name, span, symbol);
  }
}

function importItem(cx: Cx, item: UseItem, exports: Exports | null): void {
  const { text } = item.name;
  const local = item.alias ?? item.name;
  const value = exports?.values.get(text);
  const type = exports?.types.get(text);
  if (value === undefined && type === undefined) {
    if (exports !== null) reportNotExported(cx, item, exports);
    cx.module.badTypes.add(local.text);
    if (cx.scope.values?.get(local.text) === undefined)
      bind(cx.scope, { kind: 'bad', name: local.text, span: local.span });
    return;
  }
  if (value !== undefined) importValue(cx, local.text, local.span, value);
  if (type !== undefined) importType(cx, local.text, local.span, type);
}

function reportNotExported(cx: Cx, item: UseItem, exports: Exports): void {
  const name = item.name.text;
  const isPrivate = exports.hidden.has(name);
  const more = isPrivate
    ? { help: `declare it with \`pub\` in \`${exports.name}\`` }
    : proposal(cx, name, item.name.span, exports.values.keys(), exports.types.keys());
  report(cx, 'E3004', { module: exports.name, name, isPrivate }, item.name.span, more);
}

function importValue(cx: Cx, name: string, span: Span, symbol: Variable | FunctionSymbol): void {
  if (isTaken(cx, name, span)) return;
  cx.module.importSpans.set(name, span);
  cx.scope.values ??= new Map();
  cx.scope.values.set(name, symbol);
}

function importType(cx: Cx, name: string, span: Span, symbol: TypeSymbol): void {
  const earlier = cx.module.types.get(name);
  if (earlier !== undefined && !isInherited(cx, name, earlier)) {
    reportTaken(cx, name, span, earlier.span);
    return;
  }
  cx.module.importSpans.set(name, span);
  cx.module.types.set(name, symbol);
}

/** Reports a name that the module has already. */
function isTaken(cx: Cx, name: string, span: Span): boolean {
  const earlier = cx.scope.values?.get(name);
  if (earlier === undefined || isInherited(cx, name, earlier)) return false;
  reportTaken(cx, name, span, earlier.span);
  return true;
}

function reportTaken(cx: Cx, name: string, span: Span, declared: Span | null): void {
  const imported = cx.module.importSpans.get(name);
  const help = `leave one of them out, or import it under another name with \`as\``;
  reportDuplicate(cx, name, span, imported ?? declared, undefined, help);
}
