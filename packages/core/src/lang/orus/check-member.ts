/**
 * `X.y` (6.5, 7.10): members of modules, variants of enums, methods of structs, fields of values.
 */
import type { Span } from '../../base/source.ts';
import * as hir from '../../hir/hir.ts';
import { checkExpr, functionValue } from './check-expr.ts';
import { bad, type Cx, type Draft, readVariable, report, typeOf } from './context.ts';
import { settle } from './convert.ts';
import { listed } from './message-entry.ts';
import { isProbe, proposal, reportNoMember, reportUnknownMember } from './names.ts';
import {
  type EnumInfo,
  type FunctionSymbol,
  lookup,
  type ModuleSymbol,
  type Owner,
  type StructInfo,
  type TypeSymbol,
  type ValueSymbol,
  type Variable,
  type VariantInfo,
} from './symbols.ts';
import type { Expr, MemberExpr, Name } from './syntax.ts';
import { nodeType } from './types.ts';
import { typeNamed } from './type-names.ts';

/** The module or type that an expression names, or null if it is a value. A variable hides both. */
export function resolveOwner(cx: Cx, expr: Expr): Owner | null {
  if (expr.kind === 'name-expr') {
    const found = lookup(cx.scope, expr.text);
    if (found !== undefined) return ownerOf(found);
    const symbol = typeNamed(cx, expr.text);
    return symbol === undefined ? null : { kind: 'type', symbol };
  }
  if (expr.kind !== 'member' || expr.object.kind !== 'name-expr') return null;
  const module = lookup(cx.scope, expr.object.text);
  if (module?.kind !== 'module') return null;
  const symbol = module.exports.types.get(expr.name.text);
  return symbol === undefined || module.exports.values.has(expr.name.text) ? null : { kind: 'type', symbol };
}

function ownerOf(symbol: ValueSymbol): Owner | null {
  if (symbol.kind === 'module') return { kind: 'module', symbol };
  return symbol.kind === 'bad' ? { kind: 'bad' } : null;
}

/** An exported value of a module, or a message and null. */
export function exportedValue(cx: Cx, module: ModuleSymbol, name: Name): Variable | FunctionSymbol | null {
  const { exports } = module;
  const found = exports.values.get(name.text);
  if (found !== undefined) return found;
  if (exports.types.has(name.text)) {
    report(cx, 'E1010', { name: name.text, kind: 'variable' }, name.span, { text: 'this is a type, not a value' });
    return null;
  }
  const isPrivate = exports.hidden.has(name.text);
  const more = isPrivate
    ? { help: `declare it with \`pub\` in \`${exports.name}\`` }
    : proposal(cx, name.text, name.span, exports.values.keys(), exports.types.keys());
  report(cx, 'E3004', { module: exports.name, name: name.text, isPrivate }, name.span, more);
  return null;
}

/** What `module.name` names, if that is what a member expression is; null otherwise. */
export function moduleMember(cx: Cx, expr: MemberExpr): ValueSymbol | 'error' | null {
  const owner = resolveOwner(cx, expr.object);
  if (owner === null) return null;
  if (owner.kind === 'module') return exportedValue(cx, owner.symbol, expr.name) ?? 'error';
  if (owner.kind === 'type') {
    const problem = 'only variables, fields and elements can be assigned';
    report(cx, 'E1006', { problem }, expr.span);
  }
  return 'error';
}

/** `X.y` as a value. */
export function checkMember(cx: Cx, expr: MemberExpr): Draft {
  const owner = resolveOwner(cx, expr.object);
  if (owner !== null) {
    if (isProbe(cx, expr.name.text)) cx.build.session?.probe?.member(cx, owner);
    return ownedValue(cx, expr, owner);
  }
  const object = settle(cx, checkExpr(cx, expr.object, null));
  if (isProbe(cx, expr.name.text)) cx.build.session?.probe?.member(cx, { ty: typeOf(object) });
  return fieldOf(cx, expr, object);
}

function ownedValue(cx: Cx, expr: MemberExpr, owner: Owner): Draft {
  const { name, span } = expr;
  if (owner.kind === 'bad') return bad(span);
  if (owner.kind === 'module') {
    const found = exportedValue(cx, owner.symbol, name);
    if (found === null) return bad(span);
    return found.kind === 'variable' ? readVariable(cx, found, span) : functionValue(cx, found, span);
  }
  const info = cx.build.typeInfos.get(owner.symbol.id);
  if (info.kind === 'enum') {
    const variant = findVariant(cx, info, name);
    if (variant === null) return bad(span);
    return makeVariant(cx, owner.symbol, info, variant, [], span, expr.span);
  }
  if (info.methods.has(name.text)) {
    report(cx, 'E1010', { name: name.text, kind: 'field', owner: info.name }, name.span, {
      text: 'this is a method',
      help: `call it: \`${info.name}.${name.text}(...)\``,
    });
  } else {
    reportUnknownMember(cx, 'method', name.text, info.name, name.span, info.methods.keys());
  }
  return bad(span);
}

/** A field of a value. */
function fieldOf(cx: Cx, expr: MemberExpr, object: hir.Expr): Draft {
  const ty = typeOf(object);
  const { span } = expr;
  const name = expr.name.text;
  if (ty.kind === 'bad') return bad(span);
  if (ty.kind === 'any') return { kind: 'dynField', object, name, ty: hir.ANY, span };
  if (ty.kind === 'struct') {
    const info = cx.build.typeInfos.get(ty.id) as StructInfo;
    const index = info.fieldIndex.get(name);
    const field = index === undefined ? undefined : info.fields[index];
    if (index !== undefined && field !== undefined) {
      return { kind: 'field', object, type: ty.id, index, ty: nodeType(field.ty), span };
    }
    reportNoField(cx, info, expr.name);
  } else {
    reportNoMember(cx, 'field', expr.name, ty, object.span, expr.span, null);
  }
  return bad(span);
}

/** A field that a struct does not have. */
/** More names than this do not fit into a line. */
const MOST_LISTED = 40;

export function reportNoField(cx: Cx, info: StructInfo, name: Name): void {
  if (info.methods.has(name.text)) {
    report(cx, 'E1010', { name: name.text, kind: 'field', owner: info.name }, name.span, {
      text: 'this is a method',
      help: `methods can only be called: \`.${name.text}(...)\``,
    });
    return;
  }
  const more = proposal(cx, name.text, name.span, info.fieldIndex.keys());
  const fields = info.fieldIndex.size > MOST_LISTED ? '' : listed([...info.fieldIndex.keys()]);
  const help = more.help ?? (fields === '' || fields.length > 80 ? undefined : `its fields are ${fields}`);
  report(cx, 'E1010', { name: name.text, kind: 'field', owner: info.name }, name.span, { ...more, help });
}

/** The number of a variant, or a message and null. */
export function findVariant(cx: Cx, info: EnumInfo, name: Name): number | null {
  const index = info.variantIndex.get(name.text);
  if (index !== undefined) return index;
  const more = proposal(cx, name.text, name.span, info.variantIndex.keys());
  const variants = info.variantIndex.size > MOST_LISTED ? '' : listed([...info.variantIndex.keys()]);
  const help = more.help ?? (variants === '' || variants.length > 80 ? undefined : `its variants are ${variants}`);
  report(cx, 'E1010', { name: name.text, kind: 'variant', owner: info.name }, name.span, { ...more, help });
  return null;
}

/** Builds an enum value from arguments that fit; E2009 if their number does not. */
export function makeVariant(
  cx: Cx,
  symbol: TypeSymbol,
  info: EnumInfo,
  index: number,
  args: readonly hir.Expr[],
  span: Span,
  place: Span,
): hir.Expr {
  const variant = info.variants[index] as VariantInfo;
  if (variant.payload.length !== args.length) {
    const callee = `\`${info.name}.${variant.name}\``;
    const labels = variant.span === null ? [] : [{ span: variant.span, text: 'declared here' }];
    report(cx, 'E2009', { form: 'count', callee, expected: variant.payload.length, found: args.length }, place, {
      labels,
    });
    return { ...bad(span), ty: { kind: 'enum', id: symbol.id } };
  }
  return { kind: 'enum', type: symbol.id, variant: index, args, ty: { kind: 'enum', id: symbol.id }, span };
}
