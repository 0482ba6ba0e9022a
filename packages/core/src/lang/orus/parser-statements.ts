/**
 * Blocks, and what a statement begins with (sections 3 and 8).
 *
 * `parseStatement` appends to a list, since one line of comma-separated declarations makes several statements.
 */
import { makeListItem, parseExpressionStatement, parseIdentStatement, parseMut, parsePub } from './parser-bindings.ts';
import { closeBracket, openBracket, parseList } from './parser-brackets.ts';
import { parseIf, parseJump, parseLabelled, parseLoop, parseOrphan, parseTry } from './parser-control.ts';
import { COMMAS } from './parser-core.ts';
import type { Parser } from './parser-core.ts';
import { parseEnum, parseFunction, parseImpl, parseStruct, parseUse } from './parser-declarations.ts';
import { parseExpression } from './parser-expressions.ts';
import { blockForm, closeSuite, endStatement, isOuterComma, nextLine, openSuite } from './parser-layout.ts';
import type { BodyKind } from './parser-layout.ts';
import { parseMatch } from './parser-match.ts';
import { deep } from './parser-stack.ts';
import type { Parse } from './parser-stack.ts';
import {
  beginsForeign,
  explainUnknownWord,
  parseForeign,
  takeDashComment,
  reportReservedName,
} from './parser-habits.ts';
import type { Block, Expr, Statement } from './syntax.ts';
import { isKeyword } from './token.ts';
import type { Token } from './token.ts';

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
  while (!p.panicking && p.peek() === ',' && (p.flags & COMMAS) !== 0 && !isOuterComma(p)) {
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
  // Only a bare name can be a misspelt keyword.
  if (p.pos === start + 1 && !p.tok.first && !p.panicking) explainUnknownWord(p, out.at(-1));
}

/** One statement, with the `pub` that stood before it. */
export function* parseOne(p: Parser, out: Statement[], pub: Token | null): Parse<void> {
  const tok = p.tok;
  if (tok.kind !== 'ident' && isReservedName(p)) {
    reportReservedName(p);
    return;
  }
  switch (tok.kind) {
    case 'ident':
      if (p.habits && beginsForeign(p)) yield* parseForeign(p, out, pub);
      else out.push(yield* parseIdentStatement(p, pub));
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
      yield* parseStruct(p, pub, out);
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
    case '-':
      if (!takeDashComment(p)) break;
      return;
    default:
      break;
  }
  out.push(yield* parseExpressionStatement(p, pub));
}

/** Whether a keyword is used as the name of a variable. */
function isReservedName(p: Parser): boolean {
  const next = p.tokenAt(p.pos + 1);
  return !next.first && (next.kind === '=' || next.kind === ':=') && isKeyword(p.tok.kind);
}

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
    if (p.peek() === ',' && (p.flags & COMMAS) !== 0 && !isOuterComma(p)) {
      const elements = [value];
      while (!isOuterComma(p) && p.take(',')) elements.push(yield* parseExpression(p));
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
