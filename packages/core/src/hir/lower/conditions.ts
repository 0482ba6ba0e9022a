/**
 * Conditions: an expression on whose value control depends becomes branches, without a boolean where it is made of tests. What a test
 * shows so holds in what it leads to, for whoever reads the code (the verifier of bytecode does).
 */
import type { BlockId } from '../../ir/ir.ts';
import type { Expr, Type } from '../hir.ts';
import type { Condition, Context } from './context.ts';
import { lowerExpr, lowerVariantTest } from './expr.ts';
import { lowerUnbox } from './numbers.ts';
import { lowerStmts } from './stmt.ts';
import { codeOf } from './types.ts';

export function conditionOf(c: Context, e: Expr): Condition {
  return (then, otherwise) => lowerCondition(c, e, then, otherwise);
}

function lowerCondition(c: Context, e: Expr, then: BlockId, otherwise: BlockId): void {
  switch (e.kind) {
    case 'logic': {
      const right = c.b.newBlock();
      if (e.op === 'and') lowerCondition(c, e.left, right, otherwise);
      else lowerCondition(c, e.left, then, right);
      c.b.sealBlock(right);
      c.b.switchTo(right);
      return lowerCondition(c, e.right, then, otherwise);
    }
    case 'unary':
      if (e.op === 'not') return lowerCondition(c, e.operand, otherwise, then);
      break;
    case 'cond': {
      const [chosen, other] = [c.b.newBlock(), c.b.newBlock()];
      lowerCondition(c, e.cond, chosen, other);
      c.b.sealBlock(chosen);
      c.b.switchTo(chosen);
      lowerCondition(c, e.then, then, otherwise);
      c.b.sealBlock(other);
      c.b.switchTo(other);
      return lowerCondition(c, e.else, then, otherwise);
    }
    case 'block':
      lowerStmts(c, e.body);
      return lowerCondition(c, e.result, then, otherwise);
    case 'isVariant':
      if (e.operand.ty.kind === 'any') return branchOnVariant(c, e, then, otherwise);
      break;
  }
  c.b.br(lowerExpr(c, e), then, otherwise);
}

/** The variant of a dynamic value. */
function branchOnVariant(c: Context, e: Extract<Expr, { kind: 'isVariant' }>, then: BlockId, otherwise: BlockId): void {
  const x = lowerExpr(c, e.operand);
  c.at(e.span);
  const type: Type = { kind: 'enum', id: e.type };
  const { b } = c;
  const ofEnum = b.newBlock();
  b.br(b.inst('is', [x], codeOf(type)), ofEnum, otherwise);
  b.sealBlock(ofEnum);
  b.switchTo(ofEnum);
  b.br(lowerVariantTest(c, e, lowerUnbox(c, type, x)), then, otherwise);
}
