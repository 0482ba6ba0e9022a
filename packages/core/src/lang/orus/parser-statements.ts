/**
 * Statements and blocks (sections 3, 6.2 and 8).
 *
 * `parseStatement` appends to a list, since one line of comma-separated declarations makes several statements.
 */
import { closest } from '../../base/suggest.ts';
import { closeBracket, openBracket, parseList } from './parser-brackets.ts';
import { COMMAS } from './parser-core.ts';
import type { Parser } from './parser-core.ts';
import { parseEnum, parseFunction, parseImpl, parseStruct, parseUse } from './parser-declarations.ts';
import { assignTarget, LEVEL, parseExpression, parseHeader, takeRange } from './parser-expressions.ts';
import { blockForm, closeSuite, endStatement, nextLine, openSuite } from './parser-layout.ts';
import type { BodyKind } from './parser-layout.ts';
import { parseMatch } from './parser-match.ts';
import { parseType } from './parser-types.ts';
import type {
  AssignTarget,
  Block,
  DeclareStmt,
  DestructureStmt,
  Expr,
  IfBranch,
  Name,
  Statement,
  TryStmt,
} from './syntax.ts';
import type { Token } from './token.ts';
import { deep } from './parser-stack.ts';
import type { Parse } from './parser-stack.ts';

/** Parses the suite of a header: indented lines, inline statements or a brace block. */
export function parseBlock(p: Parser, owner: string, kind: BodyKind): Parse<Block> {
  return deep(p.depth, parseSuite(p, owner, kind));
}

function* parseSuite(p: Parser, owner: string, kind: BodyKind): Parse<Block> {
  const start = p.tok.first ? p.prevEnd : p.tok.start;
  const statements: Statement[] = [];
  p.enter();
  const opened = openSuite(p, owner, kind);
  if (opened !== null) {
    if (opened.suite.form === 'inline') yield* parseInline(p, statements, kind);
    else {
      while (nextLine(p, opened)) {
        const begun = p.pos;
        yield* parseStatement(p, statements);
        yield* endStatement(p, begun);
      }
    }
    closeSuite(p, opened, 'block');
  }
  p.leave();
  return { kind: 'block', id: p.id(), span: p.from(start), form: blockForm(opened), statements };
}

/** One statement, or for `many` all that follow behind `;` on the line. */
function* parseInline(p: Parser, statements: Statement[], kind: BodyKind): Parse<void> {
  for (;;) {
    p.begun = p.pos;
    yield* parseStatement(p, statements);
    if (kind !== 'many' || p.panicking || p.peek() !== ';') return;
    while (p.peek() === ';') p.advance();
    if (p.tok.first || p.isClosing(p.tok.kind)) return;
  }
}

/** Parses the statements of a file. */
export function* parseTop(p: Parser): Parse<readonly Statement[]> {
  const statements: Statement[] = [];
  while (nextLine(p, null)) {
    const begun = p.pos;
    yield* parseStatement(p, statements);
    yield* endStatement(p, begun);
  }
  return statements;
}

/** Parses one statement, or the declarations of one comma list, and appends what it makes. */
export function* parseStatement(p: Parser, out: Statement[]): Parse<void> {
  const start = p.pos;
  yield* parseOne(p, out, null);
  while (!p.panicking && p.peek() === ',' && (p.flags & COMMAS) !== 0) {
    p.advance();
    if (p.tok.first || p.tok.kind === ';' || p.tok.kind === 'eof' || p.isClosing(p.tok.kind)) break;
    if (p.edition.listItemsDeclare) makeListItem(p, out);
    p.begun = p.pos;
    const before = out.length;
    yield* parseOne(p, out, null);
    const item = out[before];
    if (item?.kind === 'expr-stmt' && item.expr.kind !== 'call' && !p.panicking) {
      p.report('E1006', { problem: 'a comma separates declarations, but this is a value' }, item.span, {
        help: 'put an array in brackets; separate statements with `;`',
      });
    }
  }
  if (!p.panicking && out.length > 0) explainUnknownWord(p, out.at(-1), start);
}

/** In classic, an item of a comma list that another follows is an explicit declaration. */
function makeListItem(p: Parser, out: Statement[]): void {
  const last = out.at(-1);
  if (last?.kind !== 'assign-stmt' || last.assign.op !== null || last.assign.target.kind !== 'name-expr') return;
  const { target, value } = last.assign;
  const name: Name = { kind: 'name', id: p.id(), span: target.span, text: target.text };
  const { id, span, pub } = last;
  out[out.length - 1] = { kind: 'declare', id, span, form: 'list', mutable: false, pub, name, type: null, value };
}

function* parseOne(p: Parser, out: Statement[], pub: Token | null): Parse<void> {
  const tok = p.tok;
  switch (tok.kind) {
    case 'ident':
      out.push(yield* parseIdentStatement(p, pub));
      return;
    case 'print':
      out.push(yield* parsePrint(p));
      return;
    case 'if':
      out.push(yield* parseIf(p));
      return;
    case 'for':
    case 'while':
      out.push(yield* parseLoop(p, null, tok.start));
      return;
    case 'label':
      out.push(yield* parseLabelled(p));
      return;
    case 'return':
      out.push(yield* parseReturn(p));
      return;
    case 'break':
    case 'continue':
      out.push(parseJump(p, tok.kind));
      return;
    case 'mut':
      out.push(yield* parseMut(p, pub));
      return;
    case 'match': {
      const match = yield* parseMatch(p);
      out.push({ kind: 'match-stmt', id: p.id(), span: match.span, match });
      return;
    }
    case 'try':
      out.push(yield* parseTry(p));
      return;
    case 'pass':
      p.advance();
      out.push({ kind: 'pass', id: p.id(), span: p.spanOf(tok) });
      return;
    case '{': {
      const block = yield* parseBlock(p, 'block', 'one');
      out.push({ kind: 'block-stmt', id: p.id(), span: block.span, block });
      return;
    }
    case 'fn':
      if (p.peekSecond() === '(') break;
      out.push(yield* parseFunction(p, pub));
      return;
    case 'struct':
      out.push(yield* parseStruct(p, pub));
      return;
    case 'enum':
      out.push(yield* parseEnum(p, pub));
      return;
    case 'impl':
      out.push(yield* parseImpl(p));
      return;
    case 'use':
      out.push(parseUse(p));
      return;
    case 'pub':
      yield* parsePub(p, out);
      return;
    case 'elif':
    case 'else':
    case 'catch':
      yield* parseOrphan(p, out);
      return;
    default:
      break;
  }
  out.push(yield* parseExpressionStatement(p, pub));
}

// --- declarations and assignments ---------------------------------------------------------------------------------

function* parseIdentStatement(p: Parser, pub: Token | null): Parse<Statement> {
  const next = p.peekSecond();
  if (p.tok.value === 'let' && (next === 'ident' || next === 'mut')) return yield* parseLet(p, pub);
  // In an inline suite inside brackets, a `:` ends the suite (ruling 2).
  if (next === ':=' || (next === ':' && (p.flags & COMMAS) !== 0)) {
    const start = pub?.start ?? p.tok.start;
    return yield* parseDeclaration(p, start, { form: 'typed', mutable: false, pub });
  }
  return yield* parseExpressionStatement(p, pub);
}

interface DeclarationHead {
  readonly form: 'mut' | 'typed' | 'let';
  readonly mutable: boolean;
  readonly pub: Token | null;
}

function* parseMut(p: Parser, pub: Token | null): Parse<Statement> {
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
function* parseDeclaration(p: Parser, start: number, head: DeclarationHead): Parse<Statement> {
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
          : 'a declaration gives its variable a value';
    p.fail('E1006', { problem: `expected \`=\` and a value for \`${name.text}\`, found ${p.found()}` }, { help });
  }
  const value: Expr = p.panicking ? { kind: 'error', id: p.id(), span: p.here() } : yield* parseExpression(p);
  const pub = head.pub === null ? null : p.spanOf(head.pub);
  return { kind: 'declare', id: p.id(), span: p.from(start), form, mutable: head.mutable, pub, name, type, value };
}

function* parseExpressionStatement(p: Parser, pub: Token | null): Parse<Statement> {
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
  if (!p.take('=')) {
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

function* parsePub(p: Parser, out: Statement[]): Parse<void> {
  const pub = p.advance();
  const nested = p.suite.form !== 'top';
  if (nested) {
    p.report('E1006', { problem: '`pub` is only possible at the top level of a file' }, p.spanOf(pub), {
      help: 'remove `pub`',
    });
  }
  const { kind } = p.tok;
  if (kind !== 'fn' && kind !== 'struct' && kind !== 'enum' && kind !== 'mut' && kind !== 'ident') {
    p.fail('E1006', { problem: `expected a declaration after \`pub\`, found ${p.found()}` });
    return;
  }
  p.begun = p.pos;
  yield* parseOne(p, out, nested ? null : pub);
}

// --- simple statements --------------------------------------------------------------------------------------------

function* parsePrint(p: Parser): Parse<Statement> {
  const start = p.tok.start;
  p.advance();
  if (p.peek() !== '(') return yield* parseBarePrint(p, start);
  // The parentheses of a print are no call (7.8), so the flag of a call around it stays as it is.
  const bracket = openBracket(p);
  p.enter();
  const { elements } = yield* parseList(p, bracket, ')', 'print');
  p.leave();
  closeBracket(p, bracket, ')', 'the values to print');
  return { kind: 'print', id: p.id(), span: p.from(start), args: elements };
}

/** `print "x", y`: what follows on the line is taken as the values. */
function* parseBarePrint(p: Parser, start: number): Parse<Statement> {
  const place = p.here();
  const found = p.found();
  const args: Expr[] = [];
  const from = p.prevEnd;
  const reported = p.diagnostics.length;
  if (p.peek() !== 'line-end' && p.peek() !== 'eof' && p.peek() !== ';') {
    do args.push(yield* parseExpression(p));
    while (p.take(','));
  }
  if (p.diagnostics.length === reported) {
    const text = p.file.text.slice(from, p.prevEnd).trim();
    const span = p.span(from, p.prevEnd);
    p.report('E1003', { expected: '(', after: 'after `print`', found }, place, {
      help: 'put the values in parentheses',
      edit: { span, replacement: `(${text})`, description: 'put the values in parentheses' },
    });
  }
  return { kind: 'print', id: p.id(), span: p.from(start), args };
}

function* parseReturn(p: Parser): Parse<Statement> {
  const tok = p.advance();
  const keyword = p.spanOf(tok);
  let value: Expr | null = null;
  if (!endsStatement(p)) {
    const start = p.tok.start;
    value = yield* parseExpression(p);
    if (p.peek() === ',' && (p.flags & COMMAS) !== 0) {
      const elements = [value];
      while (p.take(',')) elements.push(yield* parseExpression(p));
      const span = p.from(start);
      value = {
        kind: 'array',
        id: p.id(),
        span,
        elements,
        trailingComma: false,
        inCallArgs: false,
        form: 'return-list',
      };
    }
  }
  return { kind: 'return', id: p.id(), span: p.from(tok.start), keyword, value };
}

/** Whether nothing of the current statement follows. */
function endsStatement(p: Parser): boolean {
  switch (p.peek()) {
    case 'line-end':
    case 'eof':
    case ';':
    case ',':
    case ')':
    case ']':
    case '}':
    case ':':
    case 'else':
    case 'elif':
    case 'catch':
      return true;
    default:
      return false;
  }
}

/** `break` and `continue`, resolved to the loop they act on. */
function parseJump(p: Parser, kind: 'break' | 'continue'): Statement {
  const tok = p.advance();
  const label = p.peek() === 'label' ? takeLabel(p) : null;
  const wanted = label?.text ?? null;
  let target = null;
  for (const loop of p.loops) if (wanted === null || loop.label === wanted) target = loop.id;
  if (target === null) {
    const known = p.loops.flatMap((loop) => (loop.label === null ? [] : [loop.label]));
    const similar = wanted === null ? undefined : closest(wanted, known);
    const outside = p.loops.length === 0;
    p.report(kind === 'break' ? 'E1401' : 'E1402', { label: outside ? null : wanted }, label?.span ?? p.spanOf(tok), {
      help: similar
        ? `did you mean \`'${similar}\`?`
        : outside
          ? 'move it into a loop'
          : 'label the loop, or leave out the label',
    });
  }
  return { kind, id: p.id(), span: p.from(tok.start), label, target };
}

function takeLabel(p: Parser): Name {
  const tok = p.advance();
  return { kind: 'name', id: p.id(), span: p.spanOf(tok), text: String(tok.value) };
}

// --- compound statements ------------------------------------------------------------------------------------------

function* parseIf(p: Parser): Parse<Statement> {
  const keyword = p.tok;
  const ownLine = p.pos === p.begun && keyword.first;
  const branches: IfBranch[] = [];
  let otherwise: Block | null = null;
  for (let owner = '`if`', start = keyword.start; ; owner = '`elif`') {
    p.advance();
    const condition = yield* parseCondition(p, owner);
    const body = yield* parseBlock(p, owner, 'one');
    branches.push({ kind: 'branch', id: p.id(), span: p.from(start), condition, body });
    if (p.panicking || !follows(p, keyword, ownLine, body)) break;
    if (p.tok.kind !== 'elif' && p.tok.kind !== 'else') break;
    start = p.tok.start;
    if (p.tok.kind === 'elif') continue;
    if (p.tokenAt(p.pos + 1).kind === 'if' && !p.tokenAt(p.pos + 1).first) {
      p.advance();
      continue;
    }
    p.advance();
    otherwise = yield* parseBlock(p, '`else`', 'one');
    break;
  }
  return { kind: 'if', id: p.id(), span: p.from(keyword.start), branches, otherwise };
}

function* parseCondition(p: Parser, owner: string): Parse<Expr> {
  const kind = p.peek();
  if (kind !== ':' && kind !== 'line-end' && kind !== 'eof' && kind !== '{') return yield* parseHeader(p, true);
  p.fail('E1001', { problem: `expected a condition after ${owner}, found ${p.found()}` });
  return { kind: 'error', id: p.id(), span: p.here() };
}

/**
 * Whether an `elif`, `else` or `catch` that stands here belongs to the statement that `keyword` began, whose last block is
 * `body` (3.4, 19.1). On the same line it belongs to the nearest; on a later line indentation decides, except behind a
 * brace inside braces.
 */
function follows(p: Parser, keyword: Token, ownLine: boolean, body: Block): boolean {
  const { first, indent } = p.tok;
  if (!first) return true;
  if (body.form === 'brace') {
    if (p.suite.form === 'brace') return true;
    return p.suite.form === 'inline' ? indent === keyword.indent : indent === p.suite.expected;
  }
  return indent === keyword.indent && (ownLine || body.form !== 'inline');
}

function* parseLabelled(p: Parser): Parse<Statement> {
  const start = p.tok.start;
  const label = takeLabel(p);
  const colon = p.take(':');
  const { kind } = p.tok;
  if (colon && (kind === 'for' || kind === 'while')) return yield* parseLoop(p, label, start);
  p.fail(
    'E1409',
    { problem: `expected ${colon ? '`for` or `while`' : '`:`'} after the label, found ${p.found()}` },
    {
      help: `a label stands before a loop: \`'${label.text}: for …\``,
    },
  );
  return { kind: 'pass', id: p.id(), span: p.from(start) };
}

function* parseLoop(p: Parser, label: Name | null, start: number): Parse<Statement> {
  const id = p.id();
  const isWhile = p.advance().kind === 'while';
  const loop = { id, label: label?.text ?? null };
  if (isWhile) {
    const kind = p.peek();
    let condition: Expr;
    if (kind === ':' || kind === '{' || kind === 'line-end' || kind === 'eof') {
      p.fail(
        'E1409',
        { problem: `expected a condition after \`while\`, found ${p.found()}` },
        {
          help: 'a loop without condition is written `while true:`',
        },
      );
      condition = { kind: 'error', id: p.id(), span: p.here() };
    } else {
      condition = yield* parseHeader(p, true);
    }
    const body = yield* parseLoopBody(p, loop, '`while`');
    return { kind: 'while', id, span: p.from(start), label, condition, body };
  }
  const variable = parseLoopVariable(p);
  const first = p.panicking ? missing(p) : yield* parseIterated(p);
  if (p.peek() !== '..' && p.peek() !== '..=') {
    const body = yield* parseLoopBody(p, loop, '`for`');
    return { kind: 'for-each', id, span: p.from(start), label, variable, iterable: first, body };
  }
  const { inclusive } = takeRange(p);
  const end = yield* parseBound(p, 'an end');
  let step: Expr | null = null;
  if (!p.panicking && p.take('..')) step = yield* parseBound(p, 'a step');
  else if (!p.panicking && p.peek() === '..=') {
    p.fail(
      'E1404',
      { problem: '`..=` cannot stand before the step' },
      { help: 'a range with a step is `start..=end..step`' },
    );
  }
  const body = yield* parseLoopBody(p, loop, '`for`');
  return { kind: 'for-range', id, span: p.from(start), label, variable, start: first, end, inclusive, step, body };
}

function missing(p: Parser): Expr {
  return { kind: 'error', id: p.id(), span: p.here() };
}

function parseLoopVariable(p: Parser): Name {
  const help = 'loops are written `for NAME in VALUE:`';
  if (p.peek() !== 'ident') {
    p.fail('E1409', { problem: `expected the name of the loop variable, found ${p.found()}` }, { help });
    return p.missingName();
  }
  const name = p.name();
  if (!p.take('in'))
    p.fail('E1409', { problem: `expected \`in\` after the loop variable, found ${p.found()}` }, { help });
  return name;
}

/** The value that a `for` iterates over, or the start of its range. */
function* parseIterated(p: Parser): Parse<Expr> {
  const kind = p.peek();
  if (kind === ':' || kind === '{' || kind === 'line-end' || kind === 'eof') {
    p.fail('E1409', { problem: `expected a value to iterate over, found ${p.found()}` });
    return missing(p);
  }
  if (kind === '..' || kind === '..=') {
    p.fail('E1404', { problem: 'the range of a loop needs a start' }, { help: 'to start at zero, write `0..end`' });
    return missing(p);
  }
  return yield* parseHeader(p, false);
}

function* parseBound(p: Parser, what: string): Parse<Expr> {
  const kind = p.peek();
  if (kind === ':' || kind === '{' || kind === 'line-end' || kind === 'eof' || kind === '..' || kind === '..=') {
    p.fail(
      'E1404',
      { problem: `the range of a loop needs ${what} here, found ${p.found()}` },
      {
        help: 'ranges are `start..end`, `start..=end` and `start..end..step`',
      },
    );
    return missing(p);
  }
  return yield* parseHeader(p, false);
}

function* parseLoopBody(p: Parser, loop: Parser['loops'][number], owner: string): Parse<Block> {
  const outer = p.loops;
  p.loops = [...outer, loop];
  const body = yield* parseBlock(p, owner, 'many');
  p.loops = outer;
  return body;
}

function* parseTry(p: Parser): Parse<TryStmt> {
  const keyword = p.tok;
  const ownLine = p.pos === p.begun && keyword.first;
  p.advance();
  const body = yield* parseBlock(p, '`try`', 'one');
  if (!p.panicking && p.tok.kind === 'catch' && follows(p, keyword, ownLine, body)) {
    p.advance();
    const variable = p.peek() === 'ident' ? p.name() : null;
    const handler = yield* parseBlock(p, '`catch`', 'one');
    return { kind: 'try', id: p.id(), span: p.from(keyword.start), body, variable, handler };
  }
  p.report('E1006', { problem: 'this `try` has no `catch`' }, p.spanOf(keyword), {
    help: 'add `catch problem:` and a block that handles the error',
  });
  const handler: Block = { kind: 'block', id: p.id(), span: p.here(), form: 'inline', statements: [] };
  return { kind: 'try', id: p.id(), span: p.from(keyword.start), body, variable: null, handler };
}

/** `elif`, `else` or `catch` that belongs to nothing; its block is parsed all the same. */
function* parseOrphan(p: Parser, out: Statement[]): Parse<void> {
  const tok = p.advance();
  const partner = tok.kind === 'catch' ? '`try`' : '`if`';
  if (p.misplaced !== p.pos - 1) {
    p.report('E1001', { problem: `this \`${tok.kind}\` belongs to no ${partner}` }, p.spanOf(tok), {
      help: `it must be indented like its ${partner}`,
    });
  }
  if (tok.kind === 'elif' || (tok.kind === 'else' && p.take('if'))) yield* parseCondition(p, '`elif`');
  else if (tok.kind === 'catch') p.take('ident');
  const block = yield* parseBlock(p, `\`${tok.kind}\``, 'one');
  out.push({ kind: 'block-stmt', id: p.id(), span: p.from(tok.start), block });
}

// --- misspelt words -----------------------------------------------------------------------------------------------

/** Words of other languages, and what they are in this one. */
const FOREIGN: Readonly<Record<string, string>> = {
  def: 'fn',
  func: 'fn',
  function: 'fn',
  fun: 'fn',
  proc: 'fn',
  elseif: 'elif',
  elsif: 'elif',
  switch: 'match',
  case: 'match',
  import: 'use',
  include: 'use',
  class: 'struct',
  var: 'mut',
  const: 'let',
  except: 'catch',
  foreach: 'for',
  until: 'while',
  loop: 'while',
  echo: 'print',
  println: 'print',
};

const STATEMENT_WORDS = [
  'while',
  'for',
  'if',
  'elif',
  'else',
  'match',
  'fn',
  'struct',
  'enum',
  'impl',
  'use',
  'pub',
  'mut',
  'let',
  'try',
  'catch',
  'return',
  'break',
  'continue',
  'pass',
  'print',
];

/** A statement that is a bare name with something behind it: most likely a misspelt keyword. */
function explainUnknownWord(p: Parser, last: Statement | undefined, start: number): void {
  if (p.tok.first || p.pos !== start + 1 || last?.kind !== 'expr-stmt' || last.expr.kind !== 'name-expr') return;
  const { kind } = p.tok;
  if (kind !== 'ident' && kind !== 'int' && kind !== 'string' && kind !== ':' && kind !== '{' && kind !== 'float') {
    if (kind !== 'not' && kind !== 'true' && kind !== 'false') return;
  }
  const { text, span } = last.expr;
  const meant = Object.hasOwn(FOREIGN, text) ? FOREIGN[text] : closest(text, STATEMENT_WORDS);
  if (meant === undefined) return;
  p.report('E1006', { problem: `\`${text}\` is not the beginning of a statement` }, span, {
    help: `did you mean \`${meant}\`?`,
    edit: { span, replacement: meant, description: `replace with \`${meant}\`` },
  });
  p.panicking = true;
}
