/**
 * What may be assigned: names that are mutable where they stand (6.2, 9.6), and how E1014 says that one is not.
 */
import type { Edit, Label } from '../../base/diagnostic.ts';
import type { Span } from '../../base/source.ts';
import type { Cx } from './context.ts';
import { isSession, report } from './context.ts';
import type { ValueSymbol, Variable } from './symbols.ts';

/** Whether a name may be assigned here; E1014 if not. */
export function checkAssignable(cx: Cx, symbol: ValueSymbol, span: Span): boolean {
  const name = symbol.name;
  if (symbol.kind === 'bad') return false;
  const labels: Label[] = symbol.span === null ? [] : [{ span: symbol.span, text: 'declared here' }];
  if (symbol.kind !== 'variable') {
    report(cx, 'E1014', { name, kind: symbol.kind === 'module' ? 'import' : 'function' }, span, { labels });
    return false;
  }
  if (!symbol.mutable && !reopened(cx, symbol)) {
    reportImmutable(cx, symbol, span, labels);
    return false;
  }
  const captured = symbol.owner !== cx.func && symbol.place.kind === 'local' && symbol.owner.kind !== 'init';
  if (captured && cx.edition.captureNeedsMut && symbol.form !== 'mut' && symbol.form !== 'let') {
    const more = symbol.form === 'implicit' ? mutEdit(symbol) : {};
    report(cx, 'E1014', { name, kind: 'captured' }, span, { labels, ...more });
    return false;
  }
  return true;
}

/** At its top level a session lets its own names be assigned again, however they were declared (section 18). */
function reopened(cx: Cx, variable: Variable): boolean {
  return isSession(cx) && cx.scope.kind === 'module' && !cx.module.importSpans.has(variable.name);
}

function reportImmutable(cx: Cx, variable: Variable, span: Span, labels: readonly Label[]): void {
  const { name, form } = variable;
  if (form === 'param') {
    report(cx, 'E1014', { name, kind: 'parameter' }, span, {
      labels,
      help: `copy it first: \`mut my_${name} = ${name}\``,
    });
  } else if (form === 'self' || form === 'function') {
    report(cx, 'E1014', { name, kind: form }, span, { labels });
  } else if (form === 'const') {
    report(cx, 'E1014', { name, kind: 'constant' }, span, {
      labels,
      help: '`:=` declares what never changes; declare a variable with `mut` and `=`',
    });
  } else {
    const text = [{ span: (variable.span ?? span) as Span, text: 'declared immutable here' }];
    report(cx, 'E1014', { name, kind: 'variable' }, span, {
      labels: text,
      ...(form === 'list' ? {} : mutEdit(variable)),
    });
  }
}

/** Writing `mut` in front of the name where it is declared. */
function mutEdit(variable: Variable): { help: string; edit?: Edit } {
  const help = `declare it with \`mut ${variable.name}\``;
  const { span } = variable;
  if (span === null) return { help };
  const at = { file: span.file, start: span.start, end: span.start };
  return { help, edit: { span: at, replacement: 'mut ', description: 'insert `mut`' } };
}

/** Points at the declaration of a variable, for a value that does not fit it. */
export function declaredPlace(variable: Variable): { labels: Label[] } {
  return {
    labels: variable.span === null ? [] : [{ span: variable.span, text: `\`${variable.name}\` is declared here` }],
  };
}
