/**
 * Statements. Loops come out rotated: a test before the first iteration, the body, and the test again at the latch, which
 * holds the poll. What the tests compare is evaluated before; only a `while` condition is lowered twice, and then only if it is small.
 */
import { unreachable } from '../../base/bug.ts';
import { LOOP_FORM } from '../../base/builtins.ts';
import type { Span } from '../../base/source.ts';
import type { BlockId, ValueId } from '../../ir/ir.ts';
import type { Expr, ForEach, ForRange, IntType, LabelId, Stmt } from '../hir.ts';
import { conditionOf } from './conditions.ts';
import type { Context } from './context.ts';
import { countRange } from './counting.ts';
import { lowerExpr, readElement } from './expr.ts';
import { intConst, isSigned, lowerBox, lowerSameCompare, widthOf } from './numbers.ts';
import { lowerPrint } from './print.ts';

export function lowerStmts(c: Context, stmts: readonly Stmt[]): void {
  // What follows a `return` or `break` is never reached, and its variables may never have been declared.
  for (let i = 0; i < stmts.length && (i === 0 || c.b.reachable); i++) lowerStmt(c, stmts[i] as Stmt);
}

function lowerStmt(c: Context, s: Stmt): void {
  const { b } = c;
  c.at(s.span);
  switch (s.kind) {
    case 'let':
      return lowerLet(c, s);
    case 'declare':
      return c.declare(s.local, null);
    case 'expr':
      lowerExpr(c, s.expr);
      return;
    case 'if':
      return lowerIf(c, s);
    case 'block':
      return lowerStmts(c, s.body);
    case 'while':
      return lowerWhile(c, s.label, s.cond, s.body);
    case 'forRange':
      return s.start.ty.kind === 'any' ? lowerDynamicRange(c, s) : lowerRange(c, s);
    case 'forEach':
      return lowerForEach(c, s);
    case 'break':
      return b.jump(c.loop(s.label).exit);
    case 'continue':
      return b.jump(c.loop(s.label).next);
    case 'return':
      return lowerReturn(c, s.value);
    case 'try':
      return lowerTry(c, s);
    case 'raise':
      return c.raise(s.trap, s.message);
    case 'print':
      return lowerPrint(c, s);
    default:
      return unreachable(s, 'statement');
  }
}

function lowerLet(c: Context, s: Extract<Stmt, { kind: 'let' }>): void {
  if (c.cx.uses.selfCaptured.has(s.local)) {
    // The initialiser is a function that captures the variable: its cell must exist first.
    c.declare(s.local, null);
    c.assign(s.local, lowerExpr(c, s.init));
    return;
  }
  c.declare(s.local, lowerExpr(c, s.init));
}

/** A chain of `else: [if]` is walked, not recursed into: it can be as long as the program. */
function lowerIf(c: Context, first: Extract<Stmt, { kind: 'if' }>): void {
  const { b } = c;
  const join = b.newBlock();
  let s = first;
  for (;;) {
    const otherwise = c.fork(conditionOf(c, s.cond));
    lowerStmts(c, s.then);
    b.jump(join);
    b.switchTo(otherwise);
    const [only] = s.else;
    if (s.else.length !== 1 || only?.kind !== 'if') break;
    s = only;
  }
  lowerStmts(c, s.else);
  b.jump(join);
  b.sealBlock(join);
  b.switchTo(join);
}

function lowerReturn(c: Context, value: Expr | null): void {
  const { b } = c;
  const result = value === null ? null : lowerExpr(c, value);
  // A function whose result is nil gives none; a nil that is returned explicitly was evaluated for its effects.
  b.ret(c.result.kind === 'nil' ? null : result);
}

function lowerTry(c: Context, s: Extract<Stmt, { kind: 'try' }>): void {
  const { b } = c;
  const join = b.newBlock();
  const handler = b.newHandler();
  const outer = b.handler;
  b.handler = handler.block;
  lowerStmts(c, s.body);
  b.handler = outer;
  b.jump(join);
  b.sealBlock(handler.block);
  b.switchTo(handler.block);
  if (b.reachable) {
    if (s.error !== null) c.declare(s.error, handler.error);
    lowerStmts(c, s.handler);
  }
  b.jump(join);
  b.sealBlock(join);
  b.switchTo(join);
}

/* ---- loops ----------------------------------------------------------------------------------------------------- */

interface LoopParts {
  readonly label: LabelId;
  /** Whether the first iteration runs. */
  readonly enter: () => ValueId;
  readonly body: () => void;
  /** Prepares the next iteration and tells whether there is one. Runs after the body and after `continue`. */
  readonly advance: () => ValueId;
  /** What is done on the way into the next iteration, but not where the loop ends. */
  readonly step?: () => void;
}

function lowerLoop(c: Context, parts: LoopParts): void {
  const blocks = loopBlocks(c);
  openLoop(c, parts, blocks);
  parts.body();
  closeLoop(c, parts, blocks);
}

interface LoopBlocks {
  readonly body: BlockId;
  readonly latch: BlockId;
  readonly exit: BlockId;
  readonly span: Span;
}

function loopBlocks({ b }: Context): LoopBlocks {
  return { body: b.newBlock(), latch: b.newBlock(), exit: b.newBlock(), span: b.span };
}

function openLoop(c: Context, { label, enter }: LoopParts, { body, latch, exit }: LoopBlocks): void {
  const { b } = c;
  b.br(enter(), body, exit);
  b.switchTo(body);
  c.labels.set(label, { exit, next: latch });
}

function closeLoop(c: Context, { advance, step }: LoopParts, { body, latch, exit, span }: LoopBlocks): void {
  const { b } = c;
  c.at(span);
  b.jump(latch);
  b.sealBlock(latch);
  b.switchTo(latch);
  if (b.reachable) {
    const more = advance();
    b.effect('poll', [], 1);
    const next = step === undefined ? body : b.newBlock();
    b.br(more, next, exit);
    if (step !== undefined) {
      b.sealBlock(next);
      b.switchTo(next);
      step();
      b.jump(body);
    }
  }
  b.sealBlock(body);
  b.sealBlock(exit);
  b.switchTo(exit);
}

/** How many nodes a `while` condition may have to be lowered twice. */
const SMALL_CONDITION = 24;

function lowerWhile(c: Context, label: LabelId, cond: Expr, body: readonly Stmt[]): void {
  if (sizeWithin(cond, SMALL_CONDITION) >= 0) {
    const test = () => lowerExpr(c, cond);
    lowerLoop(c, { label, enter: test, body: () => lowerStmts(c, body), advance: test });
    return;
  }
  const { b } = c;
  const { span } = b;
  const header = b.newBlock();
  const start = b.newBlock();
  const latch = b.newBlock();
  const exit = b.newBlock();
  c.labels.set(label, { exit, next: latch });
  b.jump(header);
  b.switchTo(header);
  b.br(lowerExpr(c, cond), start, exit);
  b.sealBlock(start);
  b.switchTo(start);
  lowerStmts(c, body);
  c.at(span);
  b.jump(latch);
  b.sealBlock(latch);
  b.switchTo(latch);
  if (b.reachable) b.effect('poll', [], 1);
  b.jump(header);
  b.sealBlock(header);
  b.sealBlock(exit);
  b.switchTo(exit);
}

/** What is left of `budget` after an expression of plain operations; negative if it is larger or has statements in it. */
function sizeWithin(e: Expr, budget: number): number {
  if (budget <= 0) return -1;
  const left = budget - 1;
  switch (e.kind) {
    case 'int':
    case 'float':
    case 'bool':
    case 'string':
    case 'nil':
    case 'local':
    case 'global':
      return left;
    case 'arith':
    case 'compare':
    case 'equal':
    case 'logic':
    case 'shift':
    case 'dynArith':
    case 'dynCompare':
      return sizeOfAll([e.left, e.right], left);
    case 'unary':
    case 'toAny':
    case 'fromAny':
    case 'cast':
    case 'isVariant':
    case 'dynUnary':
      return sizeOfAll([e.operand], left);
    case 'index':
      return sizeOfAll([e.base, e.index], left);
    case 'field':
    case 'dynField':
      return sizeOfAll([e.object], left);
    case 'call':
    case 'builtin':
      return sizeOfAll(e.args, left);
    default:
      return -1;
  }
}

function sizeOfAll(parts: readonly Expr[], budget: number): number {
  let left = budget;
  for (const part of parts) left = sizeWithin(part, left);
  return left;
}

/** The counter is an SSA variable; `item` is made from it anew for each iteration and read back at the latch. */
function lowerRange(c: Context, s: ForRange): void {
  const { b } = c;
  const range = countRange(c, s);
  const w = widthOf(range.type);
  const counter = b.declareVar(w);
  b.writeVar(counter, range.start);
  lowerLoop(c, {
    label: s.label,
    enter: range.enter,
    body: () => {
      c.declare(s.item, b.readVar(counter));
      lowerStmts(c, s.body);
    },
    advance: () => {
      const last = c.read(s.item, false);
      const next = b.inst(`add.${w}`, [last, range.step]);
      b.writeVar(counter, next);
      return range.more(last, next);
    },
  });
}

/** Bounds are any words: the literals among them take the type of the others, and built-ins do the rest. */
function lowerDynamicRange(c: Context, s: ForRange): void {
  const { b } = c;
  const given = {
    start: lowerExpr(c, s.start),
    end: lowerExpr(c, s.end),
    step: s.step === null ? lowerBox(c, { kind: 'i64' }, b.i64(1n)) : lowerExpr(c, s.step),
  };
  c.at(s.span);
  const adapts = (name: keyof typeof given) => s.adapt.includes(name) || (name === 'step' && s.step === null);
  const model = !adapts('start') ? given.start : !adapts('end') ? given.end : given.step;
  const bound = (name: keyof typeof given) => (adapts(name) ? c.rt('adapt.any', [given[name], model]) : given[name]);
  const [start, end, step] = [bound('start'), bound('end'), bound('step')];
  c.rtEffect('loop.check', [start, end, step]);
  const inclusive = b.i32(s.inclusive ? 1 : 0);
  const form = s.inclusive
    ? LOOP_FORM.inclusive
    : c.program.locals.get(s.item).assigned
      ? LOOP_FORM.exclusive
      : LOOP_FORM.inside;
  const counter = b.declareVar('any');
  b.writeVar(counter, start);
  lowerLoop(c, {
    label: s.label,
    enter: () => c.rt('loop.enter', [start, end, step, inclusive]),
    body: () => {
      c.declare(s.item, b.readVar(counter));
      lowerStmts(c, s.body);
    },
    advance: () => c.rt('loop.more', [c.read(s.item, false), end, step, b.i32(form)]),
    step: () => b.writeVar(counter, c.rt('loop.next', [c.read(s.item, false), step])),
  });
}

function lowerForEach(c: Context, s: ForEach): void {
  const { b } = c;
  const over = lowerExpr(c, s.over);
  c.at(s.span);
  const type = s.over.ty;
  switch (type.kind) {
    case 'array':
      return lowerIndexed(
        c,
        s,
        () => b.inst('array.len', [over]),
        (at) => readElement(c, type.element, over, at),
      );
    case 'string':
      return lowerIndexed(
        c,
        s,
        () => b.inst('str.len', [over]),
        (at) => c.rt('str.index', [over, at]),
      );
    case 'range':
      return lowerIterator(
        c,
        s,
        () => c.rt('range.more', [over]),
        () => c.rt('range.next', [over]),
      );
    case 'any': {
      const iterator = c.rt('iter.any', [over]);
      return lowerIterator(
        c,
        s,
        () => c.rt('iter.more', [iterator]),
        () => c.rt('iter.next', [iterator]),
      );
    }
    default:
      return lowerCount(c, s, type.kind as IntType, over);
  }
}

/** The body of the loop, for one item. */
function lowerItem(c: Context, s: ForEach, item: ValueId): void {
  c.declare(s.item, item);
  lowerStmts(c, s.body);
}

/** By position, the length being read anew before each element. */
function lowerIndexed(c: Context, s: ForEach, length: () => ValueId, element: (at: ValueId) => ValueId): void {
  const { b } = c;
  const at = b.declareVar('i64');
  b.writeVar(at, b.i64(0n));
  const more = () => b.inst('lt_s.i64', [b.readVar(at), b.inst('i64.from.u32', [length()])]);
  lowerLoop(c, {
    label: s.label,
    enter: more,
    body: () => lowerItem(c, s, element(b.readVar(at))),
    advance: () => {
      b.writeVar(at, b.inst('add.i64', [b.readVar(at), b.i64(1n)]));
      return more();
    },
  });
}

function lowerIterator(c: Context, s: ForEach, more: () => ValueId, next: () => ValueId): void {
  lowerLoop(c, { label: s.label, enter: more, body: () => lowerItem(c, s, next()), advance: more });
}

/** 0, 1, … n-1: the item may be assigned, the count goes on by itself. */
function lowerCount(c: Context, s: ForEach, type: IntType, n: ValueId): void {
  const { b } = c;
  const w = widthOf(type);
  if (isSigned(type)) c.trapIf(lowerSameCompare(c, 'lt', type, n, intConst(c, type, 0n)), 'iterateNegative');
  const counter = b.declareVar(w);
  b.writeVar(counter, intConst(c, type, 0n));
  const more = () => lowerSameCompare(c, 'lt', type, b.readVar(counter), n);
  lowerLoop(c, {
    label: s.label,
    enter: more,
    body: () => lowerItem(c, s, b.readVar(counter)),
    advance: () => {
      b.writeVar(counter, b.inst(`add.${w}`, [b.readVar(counter), intConst(c, type, 1n)]));
      return more();
    },
  });
}
