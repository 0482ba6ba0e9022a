/** `match` in both positions and both styles, its arms and their patterns (section 12, row 18). */
import { ARM, COMMAS, PATTERN } from './parser-core.ts';
import type { Parser } from './parser-core.ts';
import { LEVEL, parseExpression, parseHeader } from './parser-expressions.ts';
import { closeSuite, endStatement, nextLine, openSuite } from './parser-layout.ts';
import { parseBlock } from './parser-statements.ts';
import type { Expr, MatchArm, MatchExpr, Name, NameExpr, Pattern } from './syntax.ts';
import type { Parse } from './parser-stack.ts';

export function* parseMatch(p: Parser): Parse<MatchExpr> {
  const start = p.tok.start;
  const keyword = p.spanOf(p.advance());
  let subject: Expr;
  const kind = p.peek();
  if (kind === ':' || kind === 'line-end' || kind === 'eof' || kind === '{') {
    p.fail('E1001', { problem: `expected a value after \`match\`, found ${p.found()}` });
    subject = { kind: 'error', id: p.id(), span: p.here() };
  } else {
    p.enter();
    subject = yield* parseHeader(p, false);
    p.leave();
  }
  const arms: MatchArm[] = [];
  const opened = openSuite(p, '`match`', 'members');
  if (opened !== null) {
    const braces = opened.suite.form === 'brace';
    // Between braces a comma ends an arm, so that it cannot separate statements in one.
    if (braces) p.flags = (p.flags & ~COMMAS) | ARM;
    while (nextLine(p, opened)) {
      const begun = p.pos;
      arms.push(yield* parseArm(p));
      if (p.panicking || !braces || p.tok.kind !== ',') yield* endStatement(p, begun);
      if (braces && p.tok.kind === ',') p.advance();
      // Behind `;` on the line of an arm goes on what encloses the match (3.2).
      if (!braces && p.tok.kind === ';' && !p.tokenAt(p.pos + 1).first) break;
    }
    closeSuite(p, opened, '`match`');
  }
  const form = opened?.suite.form === 'brace' ? 'brace' : 'colon';
  return { kind: 'match', id: p.id(), span: p.from(start), keyword, subject, arms, form };
}

function* parseArm(p: Parser): Parse<MatchArm> {
  const start = p.tok.start;
  const flags = p.flags;
  if (p.edition.patternAlternatives) p.flags |= PATTERN;
  const foreign = takeCaseWord(p);
  const level = isGuarded(p) ? LEVEL.or : LEVEL.conditional;
  const patterns: Pattern[] = [foreign === 'default' ? restPattern(p) : yield* parsePattern(p, level)];
  while (!p.panicking && p.edition.patternAlternatives && p.take('|')) patterns.push(yield* parsePattern(p, level));
  p.flags = flags;
  if (patterns.length > 1) checkAlternatives(p, patterns);
  if (foreign !== null && p.peek() === ':') p.advance();
  else if (!p.panicking && !p.take('->') && !p.take('=>')) {
    const edit =
      p.peek() === ':' ? { span: p.spanOf(p.tok), replacement: ' ->', description: 'replace with `->`' } : undefined;
    const ranged = p.peek() === '..' || p.peek() === '..=';
    const guarded = p.peek() === 'if';
    const help = ranged
      ? 'a pattern is no range: list the values with `|`, or use `if` and `elif`'
      : guarded
        ? 'a pattern has no condition: write an `if` behind the arrow'
        : p.peek() === ','
          ? 'alternatives are separated by `|`'
          : undefined;
    p.fail('E1006', { problem: `expected \`->\` after the pattern, found ${p.found()}` }, { edit, help });
    if (edit) {
      p.advance();
      p.panicking = false;
    }
  }
  const body = yield* parseBlock(p, 'match arm', 'arm');
  return { kind: 'arm', id: p.id(), span: p.from(start), patterns, body };
}

/** Reports `case` and `default`, which begin an arm elsewhere; behind them a `:` is no news. */
function takeCaseWord(p: Parser): 'case' | 'default' | null {
  if (!p.habits) return null;
  const { value } = p.tok;
  const next = p.peekSecond();
  if (value !== 'case' && value !== 'default') return null;
  if (value === 'case' ? !CASE_FOLLOWERS.has(next) : next !== ':') return null;
  const span = p.spanOf(p.tok);
  const edit = value === 'default' ? { span, replacement: '_', description: 'replace with `_`' } : undefined;
  p.report('E1006', { problem: `\`${value}\` is not a word of Orus` }, span, {
    help: value === 'case' ? 'an arm is written `PATTERN -> ...`' : 'the arm for the rest is written `_ -> ...`',
    edit,
  });
  if (value === 'case') p.advance();
  return value;
}

const CASE_FOLLOWERS: ReadonlySet<string> = new Set(['ident', 'int', 'float', 'string', 'true', 'false']);

function restPattern(p: Parser): Pattern {
  return { kind: 'wildcard', id: p.id(), span: p.spanOf(p.advance()) };
}

/** Whether `n if n > 2 ->` stands here: a condition behind the patterns, which is no choice since it has no `else`. */
function isGuarded(p: Parser): boolean {
  let guarded = false;
  for (let index = p.pos; index === p.pos || !p.tokenAt(index).first; index++) {
    const { kind } = p.tokenAt(index);
    if (kind === 'if') guarded = true;
    if (kind === '->' || kind === '=>' || kind === 'else' || kind === 'eof') return guarded && kind !== 'else';
  }
  return false;
}

/** A `match` may stand in a pattern, though nobody writes that; checking it takes more of the host's stack than other nesting. */
const PATTERN_LEVELS = 2;

function* parsePattern(p: Parser, level: number): Parse<Pattern> {
  p.enter(PATTERN_LEVELS);
  const expr = yield* parseExpression(p, level);
  p.leave(PATTERN_LEVELS);
  if (expr.kind === 'name-expr' && expr.text === '_') return { kind: 'wildcard', id: p.id(), span: expr.span };
  return variantPattern(p, expr) ?? { kind: 'value', id: p.id(), span: expr.span, expr };
}

/** `E.V`, `m.E.V`, either with bare names as arguments. */
function variantPattern(p: Parser, expr: Expr): Pattern | null {
  let path = expr;
  let bindings: NameExpr[] | null = null;
  if (expr.kind === 'call') {
    bindings = [];
    for (const arg of expr.args) {
      if (arg.kind !== 'name-expr') return null;
      bindings.push(arg);
    }
    path = expr.callee;
  }
  if (path.kind !== 'member') return null;
  const owner = path.object;
  let module: Name | null = null;
  let enumName: Name;
  if (owner.kind === 'name-expr') {
    enumName = { kind: 'name', id: p.id(), span: owner.span, text: owner.text };
  } else if (owner.kind === 'member' && owner.object.kind === 'name-expr') {
    module = { kind: 'name', id: p.id(), span: owner.object.span, text: owner.object.text };
    enumName = owner.name;
  } else {
    return null;
  }
  return { kind: 'variant', id: p.id(), span: expr.span, module, enum: enumName, variant: path.name, bindings, expr };
}

/** Alternatives bind nothing, since the arm would not know what it got. One report tells it for all of them. */
function checkAlternatives(p: Parser, patterns: readonly Pattern[]): void {
  for (const pattern of patterns) {
    const bound = pattern.kind === 'variant' ? pattern.bindings?.find(({ text }) => text !== '_') : undefined;
    if (bound !== undefined) {
      p.report('E1006', { problem: `\`${bound.text}\` cannot be bound in one of several alternatives` }, bound.span, {
        help: 'write `_`, or give the pattern an arm of its own',
      });
      return;
    }
  }
}
