/**
 * Type syntax to types (4.1).
 */
import type { Span } from '../../base/source.ts';
import type { TypeId } from '../../hir/hir.ts';
import type { Cx } from './context.ts';
import { report } from './context.ts';
import { habitOf, TYPES } from './habits.ts';
import { proposal, reportUnknownName } from './names.ts';
import type { TypeSymbol } from './symbols.ts';
import { lookup } from './symbols.ts';
import type { Name, NameExpr, TypeNode } from './syntax.ts';
import type { Ty } from './types.ts';
import { arrayOf, BAD } from './types.ts';

const NAMED: ReadonlyMap<string, Ty> = new Map<string, Ty>([
  ['i32', { kind: 'i32' }],
  ['i64', { kind: 'i64' }],
  ['u32', { kind: 'u32' }],
  ['u64', { kind: 'u64' }],
  ['f64', { kind: 'f64' }],
  ['bool', { kind: 'bool' }],
  ['string', { kind: 'string' }],
  ['str', { kind: 'string' }],
  ['void', { kind: 'nil' }],
  ['any', { kind: 'any' }],
]);

const NO_PARAMS: ReadonlyMap<string, Ty> = new Map();

/**
 * The type that a type node names. `params` are the type parameters of the enum around it. Lengths of arrays are not looked at,
 * since signatures are read before the constants they may name; `checkLengths` does that at the place itself.
 */
export function resolveType(cx: Cx, node: TypeNode, params: ReadonlyMap<string, Ty> = NO_PARAMS): Ty {
  switch (node.kind) {
    case 'array-type':
      return arrayOf(resolveType(cx, node.element, params));
    case 'function-type': {
      const result: Ty = node.result === null ? { kind: 'any' } : resolveType(cx, node.result, params);
      return { kind: 'func', params: node.params.map((param) => resolveType(cx, param, params)), result };
    }
    case 'error-type':
      return BAD;
    case 'named-type': {
      for (const argument of node.args) resolveType(cx, argument, params);
      const name = node.name.text;
      if (node.module === null) {
        const param = params.get(name);
        if (param !== undefined) return param;
        const known = cx.module.types.get(name);
        if (known === undefined) {
          const primitive = NAMED.get(name);
          if (primitive !== undefined) return primitive;
        }
      }
      const symbol = findType(cx, node.module, node.name);
      return symbol === null ? BAD : typeOfSymbol(cx, symbol);
    }
  }
}

export function typeOfSymbol(cx: Cx, symbol: TypeSymbol): Ty {
  return { kind: cx.build.typeInfos.get(symbol.id).kind, id: symbol.id };
}

/** The struct or enum of a name, or a message and null. */
export function findType(cx: Cx, module: Name | null, name: Name, kind?: 'enum' | 'struct'): TypeSymbol | null {
  if (module === null) {
    const found = typeNamed(cx, name.text);
    const silent = cx.module.namesMissing || cx.module.badTypes.has(name.text);
    if (found === undefined && !silent) reportUnknownType(cx, name.text, name.span, kind);
    return found ?? null;
  }
  const alias = lookup(cx.scope, module.text);
  if (alias === undefined || alias.kind !== 'module') {
    if (alias?.kind !== 'bad') reportUnknownName(cx, module.text, module.span);
    return null;
  }
  const found = alias.exports.types.get(name.text);
  if (found === undefined) {
    const isPrivate = alias.exports.hidden.has(name.text);
    report(cx, 'E3004', { module: alias.exports.name, name: name.text, isPrivate }, name.span, {
      ...(isPrivate
        ? { help: `declare it with \`pub\` in \`${alias.exports.name}\`` }
        : proposal(cx, name.text, name.span, alias.exports.types.keys())),
    });
  }
  return found ?? null;
}

/** A type of this module, or the `Result` that every module has. */
export function typeNamed(cx: Cx, name: string): TypeSymbol | undefined {
  return cx.module.types.get(name) ?? (name === 'Result' ? cx.build.result : undefined);
}

function reportUnknownType(cx: Cx, name: string, span: Span, kind?: 'enum' | 'struct'): void {
  // A class or the like that was reported where it is declared.
  const value = lookup(cx.scope, name);
  if (value?.kind === 'variable' && value.ty.kind === 'bad') return;
  const habit = habitOf(TYPES, name);
  const args = kind === undefined ? { name } : { name, kind };
  if (habit !== undefined && kind === undefined) {
    const { instead, help } = habit;
    const edit =
      instead === undefined ? undefined : { span, replacement: instead, description: `replace with \`${instead}\`` };
    report(cx, 'E2003', args, span, { help, edit });
    return;
  }
  const more = proposal(cx, name, span, kind === undefined ? NAMED.keys() : [], cx.module.types.keys());
  const help =
    more.help ??
    (kind === undefined ? 'the primitive types are i32, i64, u32, u64, f64, bool, string and any' : undefined);
  report(cx, 'E2003', args, span, { ...more, help });
}

/** Checks that array lengths name integer constants (6.3). */
export function checkLengths(cx: Cx, node: TypeNode | null): void {
  if (node === null) return;
  switch (node.kind) {
    case 'array-type':
      if (node.length?.kind === 'name-expr') checkLength(cx, node.length);
      checkLengths(cx, node.element);
      return;
    case 'function-type':
      for (const param of node.params) checkLengths(cx, param);
      checkLengths(cx, node.result);
      return;
    default:
      return;
  }
}

/** The length in a type tells the reader something; only a constant can be told. */
function checkLength(cx: Cx, { text, span }: NameExpr): void {
  checkLengthName(
    cx,
    text,
    span,
    `declare it with an integer literal, as in \`let ${text} = 3\`, or leave the length out`,
  );
}

/** Reports a name that is not an integer constant. */
export function checkLengthName(cx: Cx, name: string, span: Span, help: string): boolean {
  const symbol = lookup(cx.scope, name);
  if (symbol?.kind === 'bad') return false;
  if (symbol?.kind === 'variable' && (symbol.lengthConstant || symbol.ty.kind === 'bad')) return true;
  if (symbol === undefined) reportUnknownName(cx, name, span);
  else {
    const labels = symbol.span === null ? [] : [{ span: symbol.span, text: 'declared here' }];
    report(cx, 'E1010', { name, kind: 'constant' }, span, {
      labels,
      help,
    });
  }
  return false;
}

/** The name of a type, for messages. */
export function typeName(cx: Cx, id: TypeId): string {
  return cx.build.typeInfos.get(id).name;
}
