/**
 * Branches, loops, jumps and `try` (sections 8 and 13), and to what an `else` on a later line belongs.
 */
import { closest } from '../../base/suggest.ts';
import type { Parser } from './parser-core.ts';
import { furtherNames, isForeignBranch, takeForeignCatch, takeForeignHeader } from './parser-habits.ts';
import { parseHeader, takeRange } from './parser-expressions.ts';
import type { Parse } from './parser-stack.ts';
import { parseBlock } from './parser-statements.ts';
import type { Block, Expr, IfBranch, Name, Statement, TryStmt } from './syntax.ts';
import type { Token } from './token.ts';
import { isKeyword } from './token.ts';

/** `break` and `continue`, resolved to the loop they act on. */
export function parseJump(p: Parser, kind: 'break' | 'continue'): Statement {
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

export function* parseIf(p: Parser): Parse<Statement> {
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
    const foreign = p.habits && isForeignBranch(p, 'elif');
    if (p.tok.kind !== 'elif' && p.tok.kind !== 'else' && !foreign) break;
    start = p.tok.start;
    if (p.tok.kind === 'elif' || foreign) continue;
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
  if (p.tok.value === 'let' && p.peekSecond() === 'ident') {
    p.fail('E1006', { problem: '`let` cannot stand in a condition' }, { help: 'take an enum apart with `match`' });
    return missing(p);
  }
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

export function* parseLabelled(p: Parser): Parse<Statement> {
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

export function* parseLoop(p: Parser, label: Name | null, start: number): Parse<Statement> {
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
  const header = p.habits ? takeForeignHeader(p) : null;
  if (header !== null) {
    const [name] = header.names;
    const variable: Name = { kind: 'name', id: p.id(), span: p.spanOf(name), text: String(name.value) };
    const further = furtherNames(p, header);
    if (p.tok.value === 'do') {
      p.foreignColon = p.pos;
      p.wordBlocks = true;
    }
    const block = yield* parseLoopBody(p, loop, '`for`');
    const body = { ...block, statements: [...further, ...block.statements] };
    return { kind: 'for-each', id, span: p.from(start), label, variable, iterable: missing(p), body };
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
    const reserved = isKeyword(p.tok.kind) && p.tokenAt(p.pos + 1).kind === 'in';
    const more = reserved ? { help: `${p.found()} is a reserved word and cannot be a name` } : { help };
    p.fail('E1409', { problem: `expected the name of the loop variable, found ${p.found()}` }, more);
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

export function* parseTry(p: Parser): Parse<TryStmt> {
  const keyword = p.tok;
  const ownLine = p.pos === p.begun && keyword.first;
  p.advance();
  const body = yield* parseBlock(p, '`try`', 'one');
  const followed = !p.panicking && follows(p, keyword, ownLine, body);
  if (followed && (p.tok.kind === 'catch' || (p.habits && isForeignBranch(p, 'catch')))) {
    const foreign = p.tok.kind === 'ident';
    p.advance();
    const variable = parseCatchName(p, foreign);
    const handler = yield* parseBlock(p, '`catch`', 'one');
    while (!p.panicking && p.habits && isForeignBranch(p, 'catch') && follows(p, keyword, ownLine, handler)) {
      p.advance();
      parseCatchName(p, true);
      yield* parseBlock(p, '`catch`', 'one');
    }
    if (!p.panicking && isFinally(p) && follows(p, keyword, ownLine, handler)) yield* parseFinally(p);
    return { kind: 'try', id: p.id(), span: p.from(keyword.start), body, variable, handler };
  }
  if (followed && isFinally(p)) yield* parseFinally(p);
  else {
    p.report('E1006', { problem: 'this `try` has no `catch`' }, p.spanOf(keyword), {
      help: 'add `catch problem:` and a block that handles the error',
    });
  }
  const handler: Block = { kind: 'block', id: p.id(), span: p.here(), form: 'inline', statements: [] };
  return { kind: 'try', id: p.id(), span: p.from(keyword.start), body, variable: null, handler };
}

/** The name for the error. After a foreign word, whatever stands before the block has been reported with it. */
function parseCatchName(p: Parser, foreign: boolean): Name | null {
  const tok = p.habits ? takeForeignCatch(p, foreign) : null;
  if (tok !== null) return { kind: 'name', id: p.id(), span: p.spanOf(tok), text: String(tok.value) };
  return p.peek() === 'ident' ? p.name() : null;
}

function isFinally(p: Parser): boolean {
  return p.habits && p.tok.value === 'finally';
}

/** `finally:` behind a `try`; its block is parsed for what is wrong in it. */
function* parseFinally(p: Parser): Parse<void> {
  p.report('E1006', { problem: '`finally` is not a word of Orus' }, p.spanOf(p.advance()), {
    help: 'what stands after `try` and `catch` runs in either case: write it there',
  });
  yield* parseBlock(p, '`finally`', 'one');
}

/** `elif`, `else` or `catch` that belongs to nothing; its block is parsed all the same. */
export function* parseOrphan(p: Parser, out: Statement[]): Parse<void> {
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
