/**
 * Expressions, by precedence climbing: `parseExpression` takes operators that bind at least as tightly as asked, and
 * `parseOperand` prefix and postfix forms, so that one level of nesting in the source costs few frames of the host's stack.
 */
import { closeBracket, openBracket, parseList } from './parser-brackets.ts';
import { CALL_ARGS, HEADER, PATTERN } from './parser-core.ts';
import type { Parser, Peeked } from './parser-core.ts';
import { parseLambda } from './parser-declarations.ts';
import {
  argumentEdit,
  isForeignValue,
  isPrintOption,
  parseColonSlice,
  parseForeignValue,
  takeDecrement,
} from './parser-foreign-values.ts';
import { closing, isLiteralInHeader, reportLiteralInHeader } from './parser-habits.ts';
import { parseMatch } from './parser-match.ts';
import { reportAssignedCondition, reportNoExpression } from './parser-missing.ts';
import { parseBlock } from './parser-statements.ts';
import { parseType } from './parser-types.ts';
import type { AssignExpr, AssignTarget, BinaryOp, Expr, FieldInit, NamedType, UnaryOp } from './syntax.ts';
import type { IntValue, Token } from './token.ts';
import { deep } from './parser-stack.ts';
import type { Parse } from './parser-stack.ts';

/** Levels of 7.1, with the bit operators of row 7 between comparison and addition as in Rust. */
export const LEVEL = {
  assignment: 0,
  conditional: 1,
  or: 2,
  and: 3,
  /** Row 8: where `not` stands in 2026. In classic it is a prefix like minus. */
  not: 4,
  comparison: 5,
  bitOr: 6,
  bitXor: 7,
  bitAnd: 8,
  shift: 9,
  sum: 10,
  product: 11,
  cast: 12,
  operand: 13,
} as const;

const BINARY: Partial<Record<Peeked, number>> = {
  or: LEVEL.or,
  and: LEVEL.and,
  '==': LEVEL.comparison,
  '!=': LEVEL.comparison,
  '<': LEVEL.comparison,
  '<=': LEVEL.comparison,
  '>': LEVEL.comparison,
  '>=': LEVEL.comparison,
  matches: LEVEL.comparison,
  '|': LEVEL.bitOr,
  '^': LEVEL.bitXor,
  '&': LEVEL.bitAnd,
  '<<': LEVEL.shift,
  '>>': LEVEL.shift,
  '+': LEVEL.sum,
  '-': LEVEL.sum,
  '*': LEVEL.product,
  '/': LEVEL.product,
  '%': LEVEL.product,
  as: LEVEL.cast,
};

const ASSIGNMENT: Partial<Record<Peeked, AssignExpr['op']>> = {
  '=': null,
  '+=': '+',
  '-=': '-',
  '*=': '*',
  '/=': '/',
  '%=': '%',
  '&=': '&',
  '|=': '|',
  '^=': '^',
  '<<=': '<<',
  '>>=': '>>',
};

/**
 * Parses an expression whose operators are of level `min` or tighter. As a statement its value is not used, so that a
 * conditional may lack its `else`.
 */
export function parseExpression(p: Parser, min: number = LEVEL.assignment, asStatement = false): Parse<Expr> {
  return deep(p.depth, climb(p, min, asStatement));
}

function* climb(p: Parser, min: number, asStatement: boolean): Parse<Expr> {
  const outerLevel = p.deepestLevel;
  const outerDepth = p.deepestDepth;
  p.deepestLevel = p.level;
  p.deepestDepth = p.depth;
  const start = p.tok.start;
  let left = yield* parseOperand(p, min);
  for (;;) {
    const kind = p.peek();
    const level = BINARY[kind];
    if (level === undefined || level < min || (kind === '|' && (p.flags & PATTERN) !== 0)) break;
    if (kind === 'as') {
      left = yield* parseCast(p, left, start);
      continue;
    }
    if (kind === '-' && p.peekSecond() === '-' && takeDecrement(p, left)) {
      left = { kind: 'error', id: p.id(), span: p.from(start) };
      break;
    }
    const opSpan = p.spanOf(p.advance());
    p.wrap();
    p.depth++;
    const right = yield* parseExpression(p, level + 1);
    p.depth--;
    // `BINARY` has exactly the kinds of `BinaryOp`, and `as`.
    left = { kind: 'binary', id: p.id(), span: p.from(start), op: kind as BinaryOp, opSpan, left, right };
  }
  if (min <= LEVEL.conditional) left = yield* parseLoose(p, left, start, min, asStatement);
  if (outerLevel > p.deepestLevel) p.deepestLevel = outerLevel;
  if (outerDepth > p.deepestDepth) p.deepestDepth = outerDepth;
  return left;
}

function* parseCast(p: Parser, operand: Expr, start: number): Parse<Expr> {
  const opSpan = p.spanOf(p.advance());
  p.wrap();
  if (operand.kind === 'cast') {
    const inner = p.textOf(operand);
    p.report('E1006', { problem: 'a cast cannot be applied directly to a cast' }, opSpan, {
      help: 'put the first cast in parentheses',
      edit: { span: operand.span, replacement: `(${inner})`, description: `write \`(${inner})\`` },
    });
  }
  const type = yield* parseType(p, true);
  return { kind: 'cast', id: p.id(), span: p.from(start), operand, type, opSpan };
}

/** The loosest operators, which associate to the right: conditionals and assignment. */
function* parseLoose(p: Parser, first: Expr, start: number, min: number, asStatement: boolean): Parse<Expr> {
  let left = first;
  const kind = p.peek();
  if (kind === '?') left = yield* parseQuestion(p, left, start);
  else if (kind === 'if') left = yield* parseConditional(p, left, start, asStatement);
  if (min > LEVEL.assignment) return left;
  const op = ASSIGNMENT[p.peek()];
  if (op === undefined) return left;
  const opSpan = p.spanOf(p.advance());
  // A header says what is wrong with an assignment as its condition.
  const target = (p.flags & HEADER) !== 0 && op === null ? headerTarget(p, left) : assignTarget(p, left);
  p.enter();
  const value = yield* parseExpression(p, LEVEL.assignment);
  p.leave();
  return { kind: 'assign', id: p.id(), span: p.from(start), target, op, opSpan, value };
}

function headerTarget(p: Parser, expr: Expr): AssignTarget {
  if (expr.kind === 'name-expr' || expr.kind === 'member' || expr.kind === 'index') return expr;
  return { kind: 'error', id: p.id(), span: expr.span };
}

/** The expression as something that can be assigned, or a report that it cannot. */
export function assignTarget(p: Parser, expr: Expr): AssignTarget {
  if (expr.kind === 'name-expr' || expr.kind === 'member' || expr.kind === 'index' || expr.kind === 'error')
    return expr;
  const inner = expr.kind === 'paren' ? ' in parentheses' : '';
  p.report('E1006', { problem: `this expression${inner} cannot be assigned` }, expr.span, {
    help: 'what can be assigned is a name, a field or an element',
  });
  return { kind: 'error', id: p.id(), span: expr.span };
}

function* parseQuestion(p: Parser, condition: Expr, start: number): Parse<Expr> {
  p.advance();
  if (p.peek() === 'line-end' || p.peek() === 'eof') {
    const help = 'a `Result` is taken apart with `match`; `?` only begins a choice, `condition ? a : b`';
    p.fail('E1001', { problem: `expected an expression, found ${p.found()}` }, { help });
    return condition;
  }
  p.enter();
  const then = yield* parseExpression(p);
  if (!p.take(':')) p.fail('E1006', { problem: `expected \`:\` of this \`?\`, found ${p.found()}` });
  const other = yield* parseExpression(p);
  p.leave();
  return { kind: 'conditional', id: p.id(), span: p.from(start), condition, then, other, form: '?' };
}

function* parseConditional(p: Parser, then: Expr, start: number, asStatement: boolean): Parse<Expr> {
  const keyword = p.spanOf(p.advance());
  p.enter();
  const condition = yield* parseExpression(p, LEVEL.or);
  if (p.peek() === '=') {
    reportAssignedCondition(p, p.spanOf(p.advance()));
    yield* parseExpression(p, LEVEL.or);
  }
  let other: Expr | null = null;
  if (p.take('else')) {
    other = yield* parseExpression(p, LEVEL.conditional);
  } else if (!asStatement && !p.edition.oddities) {
    p.report('E1006', { problem: 'this conditional is used for its value and needs an `else`' }, keyword, {
      help: 'add `else` and the value for when the condition is false',
    });
  }
  p.leave();
  return { kind: 'conditional', id: p.id(), span: p.from(start), condition, then, other, form: 'if' };
}

/** The condition or subject of a header: `{` opens the block behind it. */
export function* parseHeader(p: Parser, isCondition: boolean): Parse<Expr> {
  const flags = p.flags;
  p.flags |= HEADER;
  const expr = yield* parseExpression(p);
  p.flags = flags;
  if (!isCondition && expr.kind === 'assign' && expr.target.kind === 'error') assignTarget(p, expr);
  if (isCondition && expr.kind === 'assign') {
    if (expr.op === null) reportAssignedCondition(p, expr.opSpan);
    else p.report('E1403', { form: 'assignment' }, expr.opSpan, { help: 'put the assignment before the statement' });
  }
  return expr;
}

/** An argument, element or field value: row 19 wants parentheses around an assignment there. */
export function* parseArgument(p: Parser, what: string): Parse<Expr> {
  const expr = yield* parseExpression(p);
  if (expr.kind === 'assign' && !p.edition.oddities && !p.panicking) {
    const printing = isPrintOption(expr);
    p.report('E1006', { problem: `an assignment as ${what} needs parentheses` }, expr.opSpan, {
      help: printing
        ? '`print` has no options: it puts a space between values and ends the line; build longer lines with `+`'
        : expr.op === null
          ? 'arguments have no names: pass the value alone; to compare, use `==`'
          : undefined,
      edit: printing ? undefined : argumentEdit(p, expr, what),
    });
  }
  return expr;
}

// --- operands -----------------------------------------------------------------------------------------------------

/** Prefix operators, a primary expression and what is attached behind it. */
function* parseOperand(p: Parser, min: number): Parse<Expr> {
  const kind = p.peek();
  if (kind === '-' || kind === 'not' || kind === '~') return yield* parsePrefix(p, min);
  let expr = yield* parsePrimary(p, kind);
  const start = expr.span.start;
  for (;;) {
    switch (p.peek()) {
      case '(': {
        p.wrap();
        expr = yield* parseCall(p, expr, start);
        break;
      }
      case '[': {
        p.wrap();
        expr = yield* parseIndex(p, expr, start);
        break;
      }
      case '.': {
        p.wrap();
        p.advance();
        const name = p.expectName('the name of a field or method');
        expr = { kind: 'member', id: p.id(), span: p.from(start), object: expr, name };
        break;
      }
      case '{': {
        const misplaced = (p.flags & HEADER) !== 0;
        if (p.tok.first || (misplaced && !(p.habits && isLiteralInHeader(p)))) return expr;
        const type = structType(p, expr);
        if (type === null) return expr;
        expr = yield* parseStructLiteral(p, type, start);
        if (misplaced) reportLiteralInHeader(p, expr.span);
        break;
      }
      default:
        return expr;
    }
    if (p.panicking) return expr;
  }
}

/** Prefix operators are collected first, so that a long row of them needs no recursion. */
function* parsePrefix(p: Parser, min: number): Parse<Expr> {
  const operators: Token[] = [];
  const looseNot = p.edition.notBinds === 'below-comparison';
  while (p.peek() === '-' || p.peek() === '~' || (p.peek() === 'not' && (!looseNot || operators.length === 0))) {
    const operator = p.tok;
    if (looseNot && operator.kind === 'not') {
      // `not` takes a whole comparison, or another `not`.
      while (p.peek() === 'not') {
        operators.push(p.advance());
        p.enter();
      }
      if (min > LEVEL.not) {
        p.report('E1001', { problem: '`not` needs parentheses here' }, p.spanOf(operator), {
          help: '`not` binds more loosely than the operator before it: write `(not …)`',
        });
      }
      return applyPrefix(p, operators, yield* parseExpression(p, LEVEL.comparison));
    }
    operators.push(p.advance());
    p.enter();
  }
  return applyPrefix(p, operators, yield* parseExpression(p, LEVEL.operand));
}

function applyPrefix(p: Parser, operators: readonly Token[], operand: Expr): Expr {
  let expr = operand;
  for (const operator of [...operators].reverse()) {
    p.leave();
    const opSpan = p.spanOf(operator);
    // Only prefix operators were collected.
    const op = operator.kind as UnaryOp;
    expr = { kind: 'unary', id: p.id(), span: p.from(operator.start), op, opSpan, operand: expr };
  }
  return expr;
}

function* parsePrimary(p: Parser, kind: Peeked): Parse<Expr> {
  const tok = p.tok;
  switch (kind) {
    case 'ident':
      if (p.habits && isForeignValue(p)) return yield* parseForeignValue(p);
      p.advance();
      return { kind: 'name-expr', id: p.id(), span: p.spanOf(tok), text: String(tok.value) };
    case 'int': {
      p.advance();
      const { value, radix, suffix } = tok.value as IntValue;
      return { kind: 'int', id: p.id(), span: p.spanOf(tok), value, radix, suffix };
    }
    case 'float':
      p.advance();
      return { kind: 'float', id: p.id(), span: p.spanOf(tok), value: Number(tok.value) };
    case 'string':
      p.advance();
      return { kind: 'string', id: p.id(), span: p.spanOf(tok), value: String(tok.value) };
    case 'true':
    case 'false':
      p.advance();
      return { kind: 'bool', id: p.id(), span: p.spanOf(tok), value: kind === 'true' };
    case '(':
      return yield* parseParen(p);
    case '[':
      return yield* parseArray(p);
    case 'fn':
      return yield* parseLambda(p);
    case 'match':
      return yield* parseMatch(p);
    case '{':
      if ((p.flags & HEADER) === 0) return yield* parseBlockExpression(p);
      break;
    case 'bad-literal':
      p.advance();
      return { kind: 'error', id: p.id(), span: p.spanOf(tok) };
    case 'bad':
      return yield* parseBehindStray(p);
    case '&': {
      p.report('E1001', { problem: '`&` does not stand before a value' }, p.spanOf(p.advance()), {
        help: 'arrays and structs are always shared: write the value alone',
        edit: { span: p.spanOf(tok), replacement: '', description: 'remove it' },
      });
      if (p.tok.kind === 'mut') p.advance();
      return yield* parseExpression(p, LEVEL.operand);
    }
    case 'cut':
      p.advance();
      p.panicking = true;
      return { kind: 'error', id: p.id(), span: p.spanOf(tok) };
    default:
      break;
  }
  return reportNoExpression(p, kind);
}

/** Stray characters in front of an operand were reported; what follows them is taken as the operand. */
function* parseBehindStray(p: Parser): Parse<Expr> {
  while (p.peek() === 'bad') p.advance();
  const kind = p.peek();
  if (kind === 'ident' || kind === 'int' || kind === 'float' || kind === 'string' || kind === '(')
    return yield* parsePrimary(p, kind);
  p.panicking = true;
  return { kind: 'error', id: p.id(), span: p.here() };
}

function* parseParen(p: Parser): Parse<Expr> {
  const start = p.tok.start;
  const bracket = openBracket(p);
  if (p.tok.kind === ')' && p.tokenAt(p.pos + 1).kind === '=>') {
    const help = 'write `fn(): ...`';
    p.fail('E1006', { problem: 'a function as a value begins with `fn`' }, { help });
    p.open[')']--;
    p.flags = bracket.flags;
    p.jump(p.pos + 2);
    return { kind: 'error', id: p.id(), span: p.from(start) };
  }
  p.enter();
  const inner = yield* parseExpression(p);
  p.leave();
  closeBracket(p, bracket, ')', 'this expression');
  return { kind: 'paren', id: p.id(), span: p.from(start), inner };
}

function* parseArray(p: Parser): Parse<Expr> {
  const start = p.tok.start;
  const inCallArgs = (p.flags & CALL_ARGS) !== 0;
  const bracket = openBracket(p);
  p.enter();
  const { elements, trailingComma } = yield* parseList(p, bracket, ']', 'array');
  const [value, second] = elements;
  let fill: { value: Expr; count: Expr; separator: ';' | ',' } | null = null;
  if (elements.length === 1 && value !== undefined && !p.panicking && p.take(';')) {
    fill = { value, count: yield* parseArgument(p, 'a length'), separator: ';' };
  } else if (p.edition.commaFill && !inCallArgs && elements.length === 2 && !trailingComma && value && second) {
    if (second.kind === 'int' || second.kind === 'name-expr') fill = { value, count: second, separator: ',' };
  }
  p.leave();
  closeBracket(p, bracket, ']', 'the elements');
  if (fill) return { kind: 'fill', id: p.id(), span: p.from(start), ...fill };
  return { kind: 'array', id: p.id(), span: p.from(start), elements, trailingComma, inCallArgs, form: 'brackets' };
}

const NO_TYPES: ReadonlySet<string> = new Set(['int', 'float', 'string', 'true', 'false', '-', '{']);

function* parseBlockExpression(p: Parser): Parse<Expr> {
  const key = p.tokenAt(p.pos + 1);
  const value = p.tokenAt(p.pos + 3);
  // `{ "a": 1 }` and `{ a: 1 }`; behind the name of a declaration stands a type.
  const isKey = key.kind === 'string' || key.kind === 'int' || (key.kind === 'ident' && NO_TYPES.has(value.kind));
  if (isKey && p.tokenAt(p.pos + 2).kind === ':') {
    const start = p.tok.start;
    p.report('E1006', { problem: 'there are no dictionaries' }, p.spanOf(p.tok), {
      help: 'declare a struct for fixed names and write `Name{ field: value }`; else use an array of structs',
    });
    p.jump(closing(p, p.pos) + 1);
    return { kind: 'error', id: p.id(), span: p.from(start) };
  }
  const block = yield* parseBlock(p, 'this block', 'one');
  return { kind: 'block-expr', id: p.id(), span: block.span, block };
}

function* parseCall(p: Parser, callee: Expr, start: number): Parse<Expr> {
  const bracket = openBracket(p, CALL_ARGS);
  p.enter();
  const { elements } = yield* parseList(p, bracket, ')', 'call');
  p.leave();
  closeBracket(p, bracket, ')', 'the arguments');
  const argsSpan = p.from(bracket.token.start);
  return { kind: 'call', id: p.id(), span: p.from(start), callee, args: elements, argsSpan };
}

function* parseIndex(p: Parser, object: Expr, start: number): Parse<Expr> {
  const bracket = openBracket(p);
  p.enter();
  const open = p.tok.kind === '..' || p.tok.kind === '..=' || p.tok.kind === ':';
  const first = open ? null : yield* parseExpression(p);
  let slice: { end: Expr | null; inclusive: boolean } | null = null;
  if (!p.panicking && p.tok.kind === ':') slice = yield* parseColonSlice(p);
  else if (!p.panicking && (p.tok.kind === '..' || p.tok.kind === '..=')) slice = yield* parseSliceEnd(p);
  p.leave();
  closeBracket(p, bracket, ']', slice ? 'the slice' : 'the index');
  const span = p.from(start);
  if (slice) return { kind: 'slice', id: p.id(), span, object, start: first, ...slice };
  return { kind: 'index', id: p.id(), span, object, index: first ?? { kind: 'error', id: p.id(), span } };
}

function* parseSliceEnd(p: Parser): Parse<{ end: Expr | null; inclusive: boolean }> {
  const { inclusive, span } = takeRange(p);
  if (inclusive && p.edition.sliceEnd === 'inclusive') {
    p.report('E1006', { problem: 'slices of the classic edition have no `..=`' }, span, {
      help: 'the end of `a[i..j]` already belongs to the slice',
    });
  }
  if (p.tok.kind !== ']') return { end: yield* parseExpression(p), inclusive };
  if (inclusive) p.fail('E1001', { problem: '`..=` needs an end' }, { help: 'without an end, write `..`' });
  return { end: null, inclusive };
}

/** Consumes `..`, `..=`, or `..` followed by `=` (2.7). */
export function takeRange(p: Parser): { inclusive: boolean; span: Expr['span'] } {
  const tok = p.advance();
  const inclusive = tok.kind === '..=' || p.take('=');
  return { inclusive, span: p.from(tok.start) };
}

// --- struct literals ----------------------------------------------------------------------------------------------

/** `Name` or `module.Name` as a type, if the expression is nothing else. */
function structType(p: Parser, expr: Expr): NamedType | null {
  if (expr.kind === 'name-expr') {
    const name = { kind: 'name', id: p.id(), span: expr.span, text: expr.text } as const;
    return { kind: 'named-type', id: p.id(), span: expr.span, module: null, name, args: [] };
  }
  if (expr.kind === 'member' && expr.object.kind === 'name-expr') {
    const module = { kind: 'name', id: p.id(), span: expr.object.span, text: expr.object.text } as const;
    return { kind: 'named-type', id: p.id(), span: expr.span, module, name: expr.name, args: [] };
  }
  return null;
}

function* parseStructLiteral(p: Parser, type: NamedType, start: number): Parse<Expr> {
  const bracket = openBracket(p);
  p.enter();
  const fields: FieldInit[] = [];
  while (p.raw() !== '}' && p.raw() !== 'eof' && !p.panicking) {
    if (p.tok.first && p.unclosed.has(bracket.index) && p.tok.indent <= bracket.token.indent) break;
    if (p.raw() !== 'ident' && !p.unclosed.has(bracket.index)) {
      const help = 'fields are given by name, as in `x: 1`';
      p.report('E1006', { problem: `expected the name of a field, found ${p.found()}` }, p.spanOf(p.tok), { help });
      p.jump(closing(p, bracket.index));
      break;
    }
    fields.push(yield* parseFieldInit(p));
    if (p.raw() === ',') p.advance();
    else if (p.raw() !== '}' && p.raw() !== 'eof' && !p.tok.first && !p.panicking) {
      p.fail('E1006', { problem: `expected \`,\` between fields, found ${p.found()}` });
    }
  }
  p.leave();
  closeBracket(p, bracket, '}', 'struct literal');
  return { kind: 'struct', id: p.id(), span: p.from(start), type, fields };
}

function* parseFieldInit(p: Parser): Parse<FieldInit> {
  const start = p.tok.start;
  const name = p.expectName('the name of a field');
  if (!p.panicking && (p.tok.kind === ',' || p.tok.kind === '}')) {
    const replacement = `${name.text}: ${name.text}`;
    p.report('E1006', { problem: `the field \`${name.text}\` has no value` }, name.span, {
      edit: { span: name.span, replacement, description: `write \`${replacement}\`` },
    });
    const value: Expr = { kind: 'error', id: p.id(), span: name.span };
    return { kind: 'field-init', id: p.id(), span: p.from(start), name, value };
  }
  if (!p.take(':')) {
    const problem = `expected \`:\` after the field \`${name.text}\`, found ${p.found()}`;
    if (p.tok.kind !== '=') p.fail('E1006', { problem });
    else {
      const span = p.spanOf(p.advance());
      p.report('E1006', { problem }, span, { edit: { span, replacement: ':', description: 'replace with `:`' } });
    }
  }
  const value: Expr = p.panicking
    ? { kind: 'error', id: p.id(), span: p.here() }
    : yield* parseArgument(p, 'a field value');
  return { kind: 'field-init', id: p.id(), span: p.from(start), name, value };
}
