/**
 * Names that are declared further down than where they are looked for.
 *
 * A function sees the variables above it only (6.4), and a statement those above it. Who expects more gets `not defined`
 * with the place of the declaration. The names are collected when the first one is asked for, so faulty programs with
 * very many names stay linear.
 */
import type { Span } from '../../base/source.ts';
import type { Cx, LaterNames } from './context.ts';
import type { More } from './messages.ts';
import type { Statement } from './syntax.ts';

/** What to say of a name that the module declares below the place that is being checked; null if it does not. */
export function declaredLater(cx: Cx, name: string): More | null {
  const { module } = cx;
  module.firstDeclared ??= firstDeclarations(module.statements);
  const found = module.firstDeclared.get(name);
  if (found === undefined || found.statement < module.statement) return null;
  const inFunction = cx.func.kind !== 'init';
  if (found.statement === module.statement && !inFunction) return null;
  return {
    labels: [{ span: found.span, text: 'declared only here' }],
    help: inFunction
      ? `a function sees the variables that are declared above it: move \`${name}\` there, or make it a parameter`
      : `a variable is known below its declaration: move \`${name}\` up`,
  };
}

function firstDeclarations(statements: readonly Statement[]): LaterNames {
  const names = new Map<string, { readonly span: Span; readonly statement: number }>();
  statements.forEach((statement, index) => {
    for (const { text, span } of declaredBy(statement)) {
      if (!names.has(text)) names.set(text, { span, statement: index });
    }
  });
  return names;
}

function* declaredBy(statement: Statement): IterableIterator<{ readonly text: string; readonly span: Span }> {
  switch (statement.kind) {
    case 'declare':
      yield statement.name;
      return;
    case 'assign-stmt': {
      const { target, op } = statement.assign;
      if (target.kind === 'name-expr' && op === null) yield target;
      return;
    }
    case 'destructure':
      for (const target of statement.targets) if (target.kind === 'name-expr') yield target;
      return;
    default:
  }
}
