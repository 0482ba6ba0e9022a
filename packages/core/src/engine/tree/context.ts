/**
 * Translating a function: what its parts need of each other.
 *
 * The typed tree is translated once into closures. An `Eval` gives the value of an expression in the static form of its
 * type; an `Exec` runs a statement and gives a completion code. Operations reach their operands through the readers below
 * (`numbers`, `bigs`, `bools`, `dynamics`) and hand results back through `fromNumbers` and `fromBigs`: in the boxed mode these
 * convert between what is computed with and what is stored. The casts in them state what the tree's types promise; in boxed mode
 * every value is also compared with the type of its node.
 */
import { Bug } from '../../base/bug.ts';
import type { Expr, FuncId, LabelId, LocalId, Program, Stmt, TypeId } from '../../hir/hir.ts';
import { raiseDynamic } from './errors.ts';
import { isBig } from './arith.ts';
import type { Machine } from './machine.ts';
import type { ShapeOf } from './shapes.ts';
import type { Code, EnumType, F64, Frame, Shape, Site, StructType, U32, Value } from './value.ts';
import {
  F64 as BoxedF64,
  isInteger,
  label,
  numericValue,
  Rep,
  toDynamic,
  U32 as BoxedU32,
  U64 as BoxedU64,
} from './value.ts';

export type Eval = (frame: Frame) => Value;
export type Exec = (frame: Frame) => number;
export type Numbers = (frame: Frame) => number;
export type Bigs = (frame: Frame) => bigint;
export type Bools = (frame: Frame) => boolean;

/** Completion codes of statements; leaving or continuing a loop has codes of its own for each label. */
export const NORMAL = 0;
export const RETURN = 1;
export function breakCode(label: LabelId): number {
  return 2 + 2 * label;
}
export function continueCode(label: LabelId): number {
  return 3 + 2 * label;
}

/** A whole program while it is translated. */
export interface ProgramContext {
  readonly program: Program;
  readonly machine: Machine;
  readonly shape: ShapeOf;
  readonly boxed: boolean;
  code(func: FuncId): Code;
  structType(id: TypeId): StructType;
  enumType(id: TypeId): EnumType;
}

/** One function while it is translated. */
export interface Context extends ProgramContext {
  readonly codeName: string;
  slot(local: LocalId): number;
  /** Whether the variable lives in a cell. */
  inCell(local: LocalId): boolean;
  expr(expr: Expr): Eval;
  stmts(stmts: readonly Stmt[]): Exec;
  site(span: Expr['span']): Site;
  /** Counts the statements translated so far that may complete other than normally. */
  exits: number;
  /** Counts the block expressions translated so far that may leave the statement they stand in. */
  jumps: number;
}

/** Values of an i32, u32 or f64 expression. */
export function numbers(cx: Context, expr: Expr): Numbers {
  const value = cx.expr(expr);
  if (cx.boxed && (expr.ty.kind === 'f64' || expr.ty.kind === 'u32'))
    return (frame) => (value(frame) as F64 | U32).value;
  return value as Numbers;
}

/** Values of an i64 or u64 expression. */
export function bigs(cx: Context, expr: Expr): Bigs {
  const value = cx.expr(expr);
  if (cx.boxed && expr.ty.kind === 'u64') return (frame) => (value(frame) as BoxedU64).value;
  return value as Bigs;
}

export function bools(cx: Context, expr: Expr): Bools {
  return cx.expr(expr) as Bools;
}

/** Values of an expression of any type, in dynamic form. */
export function dynamics(cx: Context, expr: Expr): Eval {
  const value = cx.expr(expr);
  const rep = cx.shape(expr.ty).rep;
  return rep === Rep.self ? value : (frame) => toDynamic(rep, value(frame));
}

/** Mathematical values of an integer expression, or of one of type `any`, which may turn out not to be an integer. */
export function integers(cx: Context, expr: Expr, site: Site): Numbers {
  if (expr.ty.kind === 'any') {
    const value = cx.expr(expr);
    return (frame) => integerValue(value(frame), site);
  }
  if (!isBig(expr.ty.kind)) return numbers(cx, expr);
  const value = bigs(cx, expr);
  return (frame) => Number(value(frame));
}

/** The mathematical value of an integer in dynamic form. Those beyond 2^53 are rounded, which no bound can notice. */
export function integerValue(value: Value, site: Site): number {
  if (!isInteger(value)) return raiseDynamic('notInteger', { found: label(value) }, site);
  return Number(numericValue(value));
}

/** Results of an operation of type i32, u32 or f64, as their type is stored. */
export function fromNumbers(cx: ProgramContext, kind: Expr['ty']['kind'], value: Numbers): Eval {
  if (!cx.boxed || kind === 'i32') return value;
  if (kind === 'f64') return (frame) => new BoxedF64(value(frame));
  if (kind === 'u32') return (frame) => new BoxedU32(value(frame));
  throw new Bug(`no number is a ${kind}`);
}

/** Results of an operation of type i64 or u64, as their type is stored. */
export function fromBigs(cx: ProgramContext, kind: Expr['ty']['kind'], value: Bigs): Eval {
  return cx.boxed && kind === 'u64' ? (frame) => new BoxedU64(value(frame)) : value;
}

/** The operation itself, on values that are at hand, in the form a place of this shape stores. */
export function storedNumber(shape: Shape, value: number): Value {
  if (shape.rep !== Rep.self || shape.type.kind === 'i32') return value;
  return shape.type.kind === 'f64' ? new BoxedF64(value) : new BoxedU32(value);
}

export function storedBig(shape: Shape, value: bigint): Value {
  return shape.rep === Rep.self && shape.type.kind === 'u64' ? new BoxedU64(value) : value;
}
