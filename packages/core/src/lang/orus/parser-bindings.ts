/**
 * Declarations, assignments and destructurings: the forms of 6.2, and `pub` in front of them.
 */
import { ARM, COMMAS } from './parser-core.ts';
import type { Parser } from './parser-core.ts';
import { assignTarget, LEVEL, parseExpression } from './parser-expressions.ts';
import type { Parse } from './parser-stack.ts';
import { parseOne } from './parser-statements.ts';
import { parseType } from './parser-types.ts';
import type { AssignTarget, DeclareStmt, DestructureStmt, Expr, Name, Statement } from './syntax.ts';
import type { Token } from './token.ts';

/** In classic, an item of a comma list that another follows is an explicit declaration. */
export function makeListItem(p: Parser, out: Statement[]): void {
  const last = out.at(-1);
  if (last?.kind !== 'assign-stmt' || last.assign.op !== null || last.assign.target.kind !== 'name-expr') return;
  const { target, value } = last.assign;
  const name: Name = { kind: 'name', id: p.id(), span: target.span, text: target.text };
  const { id, span, pub } = last;
  out[out.length - 1] = { kind: 'declare', id, span, form: 'list', mutable: false, pub, name, type: null, value };
}

export function* parseIdentStatement(p: Parser, pub: Token | null): Parse<Statement> {
  const next = p.peekSecond();
  if (p.tok.value === 'let' && (next === 'ident' || next === 'mut')) return yield* parseLet(p, pub);
  // In an inline suite inside brackets, a `:` ends the suite (ruling 2).
  if (next === ':=' || (next === ':' && (p.flags & (COMMAS | ARM)) !== 0)) {
    const start = pub?.start ?? p.tok.start;
    return yield* parseDeclaration(p, start, { form: 'typed', mutable: false, pub });
  }
  return yield* parseExpressionStatement(p, pub);
}

export interface DeclarationHead {
  readonly form: 'mut' | 'typed' | 'let';
  readonly mutable: boolean;
  readonly pub: Token | null;
}

export function* parseMut(p: Parser, pub: Token | null): Parse<Statement> {
  const start = pub?.start ?? p.tok.start;
  p.advance();
  return yield* parseDeclaration(p, start, { form: 'mut', mutable: true, pub });
}

function* parseLet(p: Parser, pub: Token | null): Parse<Statement> {
  const start = pub?.start ?? p.tok.start;
  p.advance();
  const mutable = p.take('mut');
  return yield* parseDeclaration(p, start, { form: 'let', mutable, pub });
}

const COMPOUND: ReadonlySet<string> = new Set(['+=', '-=', '*=', '/=', '%=', '&=', '|=', '^=', '<<=', '>>=']);

/** From the name on: `NAME [: T] = e` or `NAME [: T] := e`. */
export function* parseDeclaration(p: Parser, start: number, head: DeclarationHead): Parse<Statement> {
  const word = head.form === 'typed' ? null : p.spanOf(p.tokenAt(p.pos - 1));
  const name = p.expectName('the name of a variable');
  const type = !p.panicking && p.take(':') ? yield* parseType(p) : null;
  let form: DeclareStmt['form'] = head.form;
  const kind = p.peek();
  if (kind === '=') {
    p.advance();
  } else if (kind === ':=') {
    const opSpan = p.spanOf(p.advance());
    if (head.form === 'typed') form = 'const';
    else {
      const what = head.form === 'let' ? 'let' : 'mut';
      p.report('E1006', { problem: `\`${what}\` does not go with \`:=\`, which declares a constant` }, opSpan, {
        ...(word ? { labels: [{ span: word, text: '' }] } : {}),
        help: `use \`=\`, or leave out \`${what}\``,
      });
    }
  } else if (COMPOUND.has(kind) && type === null && word) {
    const opSpan = p.spanOf(p.advance());
    const removed = p.span(start, name.span.start);
    p.report('E1015', { name: name.text, operator: p.file.text.slice(opSpan.start, opSpan.end) }, opSpan, {
      help: `drop \`${p.file.text.slice(word.start, word.end)}\` to change the variable`,
      edit: {
        span: removed,
        replacement: '',
        description: `remove \`${p.textOf({ ...name, span: removed }).trim()}\``,
      },
    });
  } else {
    const help =
      kind === '=='
        ? 'a declaration uses a single `=`'
        : kind === ',' && word
          ? `a destructuring has no \`${p.file.text.slice(word.start, word.end)}\`: its names are declared as they are`
          : kind === '|'
            ? 'for a choice of types declare an enum, or use `any`'
            : 'a declaration gives its variable a value';
    p.fail('E1006', { problem: `expected \`=\` and a value for \`${name.text}\`, found ${p.found()}` }, { help });
  }
  const value: Expr = p.panicking ? { kind: 'error', id: p.id(), span: p.here() } : yield* parseExpression(p);
  const pub = head.pub === null ? null : p.spanOf(head.pub);
  return { kind: 'declare', id: p.id(), span: p.from(start), form, mutable: head.mutable, pub, name, type, value };
}

export function* parseExpressionStatement(p: Parser, pub: Token | null): Parse<Statement> {
  const start = pub?.start ?? p.tok.start;
  const expr = yield* parseExpression(p, LEVEL.assignment, true);
  if (p.peek() === ',' && (p.flags & COMMAS) !== 0 && !p.panicking) {
    if (expr.kind === 'name-expr' || expr.kind === 'member' || expr.kind === 'index')
      return yield* parseDestructure(p, expr, start);
  }
  if (expr.kind === 'assign') {
    const pubSpan = pub === null ? null : p.spanOf(pub);
    if (pub !== null && (expr.target.kind !== 'name-expr' || expr.op !== null)) reportPub(p, pub);
    return { kind: 'assign-stmt', id: p.id(), span: p.from(start), pub: pubSpan, assign: expr };
  }
  if (pub !== null) reportPub(p, pub);
  return { kind: 'expr-stmt', id: p.id(), span: p.from(start), expr };
}

function* parseDestructure(p: Parser, first: AssignTarget, start: number): Parse<DestructureStmt> {
  const targets: AssignTarget[] = [checkTarget(p, first)];
  while (p.take(',')) {
    const target = yield* parseExpression(p, LEVEL.operand);
    targets.push(p.panicking ? { kind: 'error', id: p.id(), span: p.here() } : checkTarget(p, assignTarget(p, target)));
  }
  const opSpan = p.here();
  const values: Expr[] = [];
  if (p.peek() === ':=') {
    p.report('E1006', { problem: 'several names are assigned with `=`' }, p.spanOf(p.advance()), {
      help: '`:=` declares one constant',
      edit: { span: opSpan, replacement: '=', description: 'replace with `=`' },
    });
    do values.push(yield* parseExpression(p, LEVEL.conditional));
    while (p.take(','));
  } else if (!p.take('=')) {
    p.fail(
      'E1006',
      { problem: `expected \`=\` after the names, found ${p.found()}` },
      {
        help: 'names separated by commas take apart an array: `a, b = pair`',
      },
    );
  } else if (p.edition.listDestructuring) {
    do {
      if (values.length > 0 && p.peek() === 'line-end') break;
      values.push(yield* parseExpression(p, LEVEL.conditional));
    } while (p.take(','));
    if (p.peek() === '=')
      p.fail(
        'E1006',
        { problem: 'a destructuring has one `=`' },
        { help: 'put further assignments on lines of their own' },
      );
  } else {
    values.push(yield* parseExpression(p));
  }
  return { kind: 'destructure', id: p.id(), span: p.from(start), targets, opSpan, values };
}

function checkTarget(p: Parser, target: AssignTarget): AssignTarget {
  if (target.kind !== 'name-expr' && target.kind !== 'error' && !p.edition.listDestructuring) {
    p.report('E1006', { problem: 'a destructuring of the classic edition assigns only names' }, target.span);
  }
  return target;
}

/** `pub` in front of what cannot be exported. */
function reportPub(p: Parser, pub: Token): void {
  p.report('E1006', { problem: 'only declarations can be `pub`' }, p.spanOf(pub));
}

export function* parsePub(p: Parser, out: Statement[]): Parse<void> {
  const pub = p.advance();
  const nested = p.suite.form !== 'top';
  if (nested) {
    p.report('E1006', { problem: '`pub` is only possible at the top level of a file' }, p.spanOf(pub), {
      help: 'remove `pub`',
    });
  }
  const { kind } = p.tok;
  if (kind !== 'fn' && kind !== 'struct' && kind !== 'enum' && kind !== 'mut' && kind !== 'ident') {
    const help =
      kind === 'use' ? 'what a module uses is not passed on; users name that other module themselves' : undefined;
    p.fail('E1006', { problem: `expected a declaration after \`pub\`, found ${p.found()}` }, { help });
    return;
  }
  p.begun = p.pos;
  yield* parseOne(p, out, nested ? null : pub);
}
