/**
 * Expressions. `lowerExpr` gives the value of a node, in the kind of its type; nil is the any word nil.
 */
import { Bug, unreachable } from '../../base/bug.ts';
import type { BuiltinName } from '../../base/builtins.ts';
import { TYPE_CODES } from '../../base/kinds.ts';
import type { ValueId } from '../../ir/ir.ts';
import type { BuiltinExpr, Expr, IntType, Type } from '../hir.ts';
import { ANY, I64, isInt } from '../hir.ts';
import { conditionOf } from './conditions.ts';
import type { Context } from './context.ts';
import { elementIsAny } from './context.ts';
import {
  intConst,
  lowerArith,
  lowerBitNot,
  lowerBox,
  lowerCast,
  lowerCompare,
  lowerIndex,
  lowerNegate,
  lowerShift,
  lowerUnbox,
} from './numbers.ts';
import { lowerStmts } from './stmt.ts';
import { codeOf, kindOf, resultKind } from './types.ts';

/**
 * Source nests a thousand levels deep, each of several nodes, and all of it has to fit into the host's stack. So what waits here for operands
 * has a small frame, and what is done with them stands in functions of its own.
 */
export function lowerExpr(c: Context, e: Expr): ValueId {
  c.at(e.span);
  switch (e.kind) {
    case 'int':
      return e.ty.kind === 'f64' ? c.b.f64(Number(e.value)) : intConst(c, e.ty.kind as IntType, e.value);
    case 'float':
      return c.b.f64(e.value);
    case 'bool':
      return c.b.i32(e.value ? 1 : 0);
    case 'string':
      return c.b.inst('const.str', [], e.value);
    case 'nil':
      return c.b.inst('const.nil');
    case 'local':
      return c.read(e.local, e.checked);
    case 'global':
      return c.readGlobal(e.global, e.checked);
    case 'assign':
      return lowerAssign(c, e);
    case 'arith':
    case 'shift':
    case 'compare':
    case 'equal':
    case 'concat':
    case 'dynArith':
    case 'dynCompare':
      return withOperands(c, e, lowerExpr(c, e.left), lowerExpr(c, e.right));
    case 'repeat':
      return withOperands(c, e, lowerExpr(c, e.array), lowerExpr(c, e.count));
    case 'index':
      return withOperands(c, e, lowerExpr(c, e.base), lowerExpr(c, e.index));
    case 'unary':
    case 'dynUnary':
    case 'toAny':
    case 'fromAny':
    case 'cast':
    case 'payload':
      return withOperand(c, e, lowerExpr(c, e.operand));
    case 'field':
    case 'dynField':
      return withOperand(c, e, lowerExpr(c, e.object));
    case 'dynLogic':
      return lowerDynamicLogic(c, e, lowerExpr(c, e.left));
    case 'logic':
      return lowerLogic(c, e);
    case 'cond':
      return lowerChoice(c, e);
    case 'isVariant':
      return lowerIsVariant(c, e);
    case 'block':
      lowerStmts(c, e.body);
      return lowerExpr(c, e.result);
    case 'trap':
      c.b.trap(e.trap);
      return dead(c, e.ty);
    case 'struct':
      return withOperandList(c, e, all(c, e.fields));
    case 'array':
      return lowerArray(c, e);
    case 'fill':
      return lowerFill(c, e);
    case 'slice':
      return lowerSlice(c, e);
    case 'enum':
    case 'call':
    case 'builtin':
      return withOperandList(c, e, all(c, e.args));
    case 'func':
      return newClosure(c, e);
    case 'callValue':
      return lowerCallValue(c, e, lowerExpr(c, e.callee), all(c, e.args));
    case 'dynCall':
      return lowerDynamicCall(c, e, lowerExpr(c, e.callee), all(c, e.args));
    case 'dynMethod':
      return lowerDynamicMethod(c, e, lowerExpr(c, e.object), all(c, e.args));
    default:
      return unreachable(e, 'expression');
  }
}

type Node<K extends Expr['kind']> = Extract<Expr, { kind: K }>;

/** An operation on one value. */
function withOperand(
  c: Context,
  e: Node<'unary' | 'dynUnary' | 'toAny' | 'fromAny' | 'cast' | 'payload' | 'field' | 'dynField'>,
  x: ValueId,
): ValueId {
  const { b } = c;
  c.at(e.span);
  switch (e.kind) {
    case 'unary':
      if (e.op === 'not') return b.inst('eqz.i32', [x]);
      return e.op === 'neg' ? lowerNegate(c, e.mode, e.ty, x) : lowerBitNot(c, e.ty.kind as IntType, x);
    case 'dynUnary': {
      const result = c.rt(`dyn.${e.op}`, [x, c.style(e.style)]);
      return e.op === 'not' && e.ty.kind === 'any' ? lowerBox(c, { kind: 'bool' }, result) : result;
    }
    case 'toAny':
      return lowerBox(c, e.operand.ty, x);
    case 'fromAny':
      if (e.trap !== null) c.trapIf(b.inst('eqz.i32', [b.inst('is', [x], codeOf(e.ty))]), e.trap);
      return convertAny(c, e.ty, e.mode, x);
    case 'cast':
      if (e.operand.ty.kind !== 'any') return lowerCast(c, e.operand.ty, e.ty, e.style, x);
      return lowerUnbox(c, e.ty, c.rt('cast.any', [x, b.i32(codeOf(e.ty)), c.style(e.style)]));
    case 'payload':
      return b.inst(`payload.get.${kindOf(e.ty)}`, [x], e.index);
    case 'field':
      return b.inst(`field.get.${kindOf(e.ty)}`, [x], e.index);
    case 'dynField':
      return c.rt('dyn.field', [x, b.inst('const.str', [], e.name)]);
    default:
      return unreachable(e, 'operation on a value');
  }
}

/** An operation on two values. */
function withOperands(
  c: Context,
  e: Node<'arith' | 'shift' | 'compare' | 'equal' | 'concat' | 'repeat' | 'index' | 'dynArith' | 'dynCompare'>,
  l: ValueId,
  r: ValueId,
): ValueId {
  c.at(e.span);
  switch (e.kind) {
    case 'arith':
      return lowerArith(c, e.op, e.mode, e.ty, l, r);
    case 'shift':
      return lowerShift(c, e.op, e.ty.kind as IntType, l, e.right.ty.kind as IntType, r);
    case 'compare':
      return lowerCompare(c, e.op, e.left.ty, l, e.right.ty, r);
    case 'equal':
      return lowerEqual(c, e, l, r);
    case 'concat':
      return c.rt('str.concat', [l, r]);
    case 'repeat':
      return c.rt('array.repeat', [l, lowerCount(c, e.count.ty, r)]);
    case 'index':
      return lowerIndexing(c, e, l, r);
    case 'dynArith': {
      const left = e.adapt === 'left' ? c.rt('adapt.any', [l, r]) : l;
      const right = e.adapt === 'right' ? c.rt('adapt.any', [r, l]) : r;
      return c.rt(`dyn.${e.op}`, [left, right, c.style(e.style)]);
    }
    case 'dynCompare':
      return c.rt(`dyn.${e.op}`, [l, r]);
    default:
      return unreachable(e, 'operation on two values');
  }
}

/** An operation on any number of values. */
function withOperandList(
  c: Context,
  e: Node<'struct' | 'enum' | 'call' | 'builtin'>,
  args: readonly ValueId[],
): ValueId {
  const { b } = c;
  c.at(e.span);
  switch (e.kind) {
    case 'struct':
      return b.inst('struct.new', [...args], e.type);
    case 'enum':
      return b.inst('enum.new', [...args], { type: e.type, variant: e.variant });
    case 'call':
      if (resultKind(c.funcOf(e.func).result) !== null) return b.inst('call', [...args], e.func);
      b.effect('call', [...args], e.func);
      return b.inst('const.nil');
    case 'builtin':
      return lowerBuiltin(c, e, args);
    default:
      return unreachable(e, 'operation on values');
  }
}

function all(c: Context, operands: readonly Expr[]): ValueId[] {
  const values: ValueId[] = [];
  for (let i = 0; i < operands.length; i++) values.push(lowerExpr(c, operands[i] as Expr));
  return values;
}

/* ---- control --------------------------------------------------------------------------------------------------- */

function lowerLogic(c: Context, e: Node<'logic'>): ValueId {
  const right = () => lowerExpr(c, e.right);
  const cond = conditionOf(c, e.left);
  return e.op === 'and'
    ? c.choose(cond, 'i32', right, () => c.b.i32(0))
    : c.choose(cond, 'i32', () => c.b.i32(1), right);
}

function lowerChoice(c: Context, e: Node<'cond'>): ValueId {
  return c.choose(
    conditionOf(c, e.cond),
    kindOf(e.ty),
    () => lowerExpr(c, e.then),
    () => lowerExpr(c, e.else),
  );
}

function lowerIsVariant(c: Context, e: Node<'isVariant'>): ValueId {
  if (e.operand.ty.kind !== 'any') {
    const x = lowerExpr(c, e.operand);
    c.at(e.span);
    return lowerVariantTest(c, e, x);
  }
  return c.choose(
    conditionOf(c, e),
    'i32',
    () => c.b.i32(1),
    () => c.b.i32(0),
  );
}

function newClosure(c: Context, e: Node<'func'>): ValueId {
  const captures = c.funcOf(e.func).captures.flatMap((local) => c.exportCapture(local));
  return c.b.inst('closure.new', captures, e.func);
}

/** A value for code that is never reached. */
function dead(c: Context, type: Type): ValueId {
  return c.zero(kindOf(type));
}

/** A repetition count as i64: counts above its range are as impossible as negative ones. */
function lowerCount(c: Context, type: Type, x: ValueId): ValueId {
  return lowerIndex(c, type, x);
}

function elementType(type: Type): Type {
  if (type.kind !== 'array') throw new Bug(`${type.kind} has no elements`);
  return type.element;
}

function elementCode(type: Type): number {
  return codeOf(elementType(type));
}

/* ---- assignment, arrays ---------------------------------------------------------------------------------------- */

function lowerAssign(c: Context, e: Node<'assign'>): ValueId {
  const { b } = c;
  const { target } = e;
  switch (target.kind) {
    case 'local': {
      const value = lowerExpr(c, e.value);
      c.assign(target.local, value);
      return value;
    }
    case 'global': {
      const value = lowerExpr(c, e.value);
      c.assignGlobal(target.global, value);
      return value;
    }
    case 'field': {
      const object = lowerExpr(c, target.object);
      const value = lowerExpr(c, e.value);
      c.at(e.span);
      b.effect(`field.set.${kindOf(e.value.ty)}`, [object, value], target.index);
      return value;
    }
    case 'dynField': {
      const object = lowerExpr(c, target.object);
      const value = lowerExpr(c, e.value);
      c.at(e.span);
      c.rtEffect('dyn.setfield', [
        object,
        b.inst('const.str', [], target.name),
        value,
        b.i32(target.mode === 'convert' ? 1 : 0),
      ]);
      return value;
    }
    case 'index': {
      const array = lowerExpr(c, target.array);
      const index = lowerExpr(c, target.index);
      const value = lowerExpr(c, e.value);
      c.at(e.span);
      storeElement(c, target.array.ty, array, target.index.ty, index, value);
      return value;
    }
    default:
      return unreachable(target, 'place');
  }
}

function storeElement(
  c: Context,
  arrayType: Type,
  array: ValueId,
  indexType: Type,
  index: ValueId,
  value: ValueId,
): void {
  if (arrayType.kind === 'any') {
    c.rtEffect('any.set', [array, lowerBox(c, indexType, index), value]);
    return;
  }
  const element = elementType(arrayType);
  const at = indexType.kind === 'any' ? c.rt('any.index', [index]) : lowerIndex(c, indexType, index);
  const kind = kindOf(element);
  if (kind === 'any') c.rtEffect('array.set.any', [array, at, value]);
  else c.b.effect(`array.set.${kind}`, [array, at, value], codeOf(element));
}

function lowerArray(c: Context, e: Node<'array'>): ValueId {
  const { b } = c;
  const element = elementType(e.ty);
  // An array of unknown element type decides its storage when it gets its first element.
  const code = elementIsAny(element) ? TYPE_CODES.undecided : codeOf(element);
  const array = c.rt('array.new', [b.i32(code), b.i64(BigInt(e.items.length))]);
  for (let i = 0; i < e.items.length; i++) {
    const item = lowerExpr(c, e.items[i] as Expr);
    c.at(e.span);
    pushElement(c, element, array, item);
  }
  return array;
}

function lowerFill(c: Context, e: Node<'fill'>): ValueId {
  const value = lowerExpr(c, e.value);
  const count = lowerExpr(c, e.count);
  c.at(e.span);
  const boxed = lowerBox(c, e.value.ty, value);
  return c.rt('array.fill', [boxed, lowerCount(c, e.count.ty, count), c.b.i32(elementCode(e.ty))]);
}

function pushElement(c: Context, element: Type, array: ValueId, value: ValueId): void {
  const kind = kindOf(element);
  if (kind === 'any') c.rtEffect('array.push.any', [array, value]);
  else c.b.effect(`array.push.${kind}`, [array, value], codeOf(element));
}

/** Elements of function type: the storage says that it is a function, the arity is left to check. */
function checkedElement(c: Context, element: Type, value: ValueId): ValueId {
  if (element.kind === 'func') c.b.effect('func.arity', [value], element.params.length);
  return value;
}

export function readElement(c: Context, element: Type, array: ValueId, at: ValueId): ValueId {
  const kind = kindOf(element);
  if (kind === 'any') return c.rt('array.get.any', [array, at]);
  return checkedElement(c, element, c.b.inst(`array.get.${kind}`, [array, at], codeOf(element)));
}

function lowerIndexing(c: Context, e: Node<'index'>, base: ValueId, index: ValueId): ValueId {
  if (e.base.ty.kind === 'any') return c.rt('any.get', [base, lowerBox(c, e.index.ty, index)]);
  const at = e.index.ty.kind === 'any' ? c.rt('any.index', [index]) : lowerIndex(c, e.index.ty, index);
  return e.base.ty.kind === 'string' ? c.rt('str.index', [base, at]) : readElement(c, elementType(e.base.ty), base, at);
}

function lowerSlice(c: Context, e: Node<'slice'>): ValueId {
  const { b } = c;
  const base = lowerExpr(c, e.base);
  const start = e.start === null ? null : lowerExpr(c, e.start);
  const end = e.end === null ? null : lowerExpr(c, e.end);
  c.at(e.span);
  const flags = b.i32((e.end === null ? 0 : 1) | (e.inclusive ? 2 : 0) | (e.style === 'modern' ? 4 : 0));
  if (e.base.ty.kind === 'any') {
    const bound = (part: Expr | null, x: ValueId | null) =>
      part === null || x === null ? lowerBox(c, I64, b.i64(0n)) : lowerBox(c, part.ty, x);
    return c.rt('any.slice', [base, bound(e.start, start), bound(e.end, end), flags]);
  }
  const bound = (part: Expr | null, x: ValueId | null) => {
    if (part === null || x === null) return b.i64(0n);
    return part.ty.kind === 'any' ? c.rt('any.index', [x]) : lowerIndex(c, part.ty, x);
  };
  const name: BuiltinName = e.base.ty.kind === 'string' ? 'str.slice' : 'array.slice';
  return c.rt(name, [base, bound(e.start, start), bound(e.end, end), flags]);
}

/** Whether a value of the enum is of the variant. */
export function lowerVariantTest({ b }: Context, e: Node<'isVariant'>, x: ValueId): ValueId {
  return b.inst('eq.i32', [b.inst('enum.tag', [x]), b.i32(e.variant)]);
}

/* ---- equality, dynamic operations, conversions ------------------------------------------------------------------ */

function lowerEqual(c: Context, e: Node<'equal'>, l: ValueId, r: ValueId): ValueId {
  const { b } = c;
  const negate = (x: ValueId) => (e.negate ? b.inst('eqz.i32', [x]) : x);
  const identity = e.style === 'classic' ? ['array', 'struct', 'func', 'range', 'error'] : ['func', 'range', 'error'];
  if (e.left.ty.kind === e.right.ty.kind && identity.includes(e.left.ty.kind)) return negate(b.inst('eq.ref', [l, r]));
  return negate(c.rt('equal.any', [lowerBox(c, e.left.ty, l), lowerBox(c, e.right.ty, r), c.style(e.style)]));
}

/** A bool that decides the outcome by itself is the result; everything else needs the right operand. */
function lowerDynamicLogic(c: Context, e: Node<'dynLogic'>, left: ValueId): ValueId {
  const { b } = c;
  c.at(e.span);
  const decides = c.choose(
    b.inst('is', [left], TYPE_CODES.bool),
    'i32',
    () => b.inst('eq.i32', [b.inst('unbox.i32', [left], TYPE_CODES.bool), b.i32(e.op === 'or' ? 1 : 0)]),
    () => b.i32(0),
  );
  return c.choose(
    decides,
    'any',
    () => left,
    () => {
      const right = lowerExpr(c, e.right);
      c.at(e.span);
      return c.rt('dyn.logic', [left, right, b.i32(e.op === 'or' ? 1 : 0)]);
    },
  );
}

function lowerDynamicMethod(c: Context, e: Node<'dynMethod'>, object: ValueId, args: readonly ValueId[]): ValueId {
  const { b } = c;
  c.at(e.span);
  const name = b.inst('const.str', [], e.name);
  const method = c.rt('dyn.method', [object, name]);
  return c.choose(
    b.inst('is', [method], TYPE_CODES.nil),
    'any',
    () => callBoxed(c, c.rt('any.func', [c.rt('dyn.field', [object, name])]), args),
    () => callBoxed(c, c.rt('any.func', [method]), [object, ...args]),
  );
}

function lowerDynamicCall(c: Context, e: Node<'dynCall'>, callee: ValueId, args: readonly ValueId[]): ValueId {
  c.at(e.span);
  return callBoxed(c, c.rt('any.func', [callee]), args);
}

function callBoxed(c: Context, callee: ValueId, args: readonly ValueId[]): ValueId {
  return c.b.inst('call.boxed', [callee, ...args], args.length);
}

/** The typed entry if the function value has the static signature, else the boxed one with its checks. */
function lowerCallValue(c: Context, e: Node<'callValue'>, callee: ValueId, args: readonly ValueId[]): ValueId {
  const { b } = c;
  c.at(e.span);
  const type = e.callee.ty;
  if (type.kind !== 'func') throw new Bug(`call of a value of type ${type.kind}`);
  const sig = c.cx.signatures.of(type.params, type.result);
  return c.choose(
    b.inst('closure.has', [callee], sig),
    kindOf(type.result),
    () => {
      if (resultKind(type.result) !== null) return b.inst('call.closure', [callee, ...args], sig);
      b.effect('call.closure', [callee, ...args], sig);
      return b.inst('const.nil');
    },
    () => {
      const boxed = args.map((arg, i) => lowerBox(c, type.params[i] ?? ANY, arg));
      return lowerUnbox(c, type.result, callBoxed(c, callee, boxed));
    },
  );
}

/** An any word at a place of type `type`. */
export function convertAny(c: Context, type: Type, mode: 'exact' | 'convert', x: ValueId): ValueId {
  const numeric = isInt(type) || type.kind === 'f64';
  return lowerUnbox(c, type, mode === 'convert' && numeric ? c.rt('convert.any', [x, c.b.i32(codeOf(type))]) : x);
}

/* ---- library --------------------------------------------------------------------------------------------------- */

function lowerBuiltin(c: Context, e: BuiltinExpr, args: readonly ValueId[]): ValueId {
  const { b } = c;
  const arg = (i: number): ValueId => {
    const value = args[i];
    if (value === undefined) throw new Bug(`${e.name} lacks operand ${i}`);
    return value;
  };
  const typeOf = (i: number): Type => e.args[i]?.ty ?? ANY;
  const boxed = (i: number): ValueId => lowerBox(c, typeOf(i), arg(i));
  switch (e.name) {
    case 'len': {
      const type = typeOf(0);
      if (type.kind === 'any') {
        const length = c.rt('any.len', [arg(0)]);
        return e.ty.kind === 'i32' ? b.inst('i32.from.i64', [length]) : length;
      }
      const length = b.inst(type.kind === 'string' ? 'str.len' : 'array.len', [arg(0)]);
      return e.ty.kind === 'i32' ? length : b.inst('i64.from.u32', [length]);
    }
    case 'push': {
      const type = typeOf(0);
      if (type.kind === 'array') pushElement(c, type.element, arg(0), arg(1));
      else c.rtEffect('array.push.any', [c.rt('any.array', [arg(0)]), boxed(1)]);
      return arg(0);
    }
    case 'pop': {
      const type = typeOf(0);
      const element = type.kind === 'array' ? type.element : ANY;
      const array = type.kind === 'array' ? arg(0) : c.rt('any.array', [arg(0)]);
      const kind = kindOf(element);
      if (kind === 'any') return c.rt('array.pop.any', [array]);
      return checkedElement(c, element, b.inst(`array.pop.${kind}`, [array], codeOf(element)));
    }
    case 'sorted': {
      if (typeOf(0).kind === 'array') return c.rt('array.sorted', [arg(0)]);
      const sorted = c.rt('any.sorted', [boxed(0)]);
      return e.ty.kind === 'any' ? b.inst('box.ref', [sorted]) : sorted;
    }
    case 'range':
      if (e.args.every(({ ty }) => isInt(ty) && ty.kind !== 'u64')) {
        return c.rt(
          'range.new',
          [0, 1, 2].map((i) => lowerIndex(c, typeOf(i), arg(i))),
        );
      }
      return c.rt('range.any', [boxed(0), boxed(1), boxed(2)]);
    case 'input':
      return c.rt('input', [args[0] ?? b.inst('const.null')]);
    case 'int': {
      const value = c.rt('int.any', [boxed(0), b.i32(e.ty.kind === 'i32' ? 0 : 1)]);
      return e.ty.kind === 'i32' ? b.inst('i32.from.i64', [value]) : value;
    }
    case 'float':
      return c.rt('float.any', [boxed(0)]);
    case 'typeof':
      return c.rt('typeof.any', [boxed(0)]);
    case 'timestamp':
      return c.rt('timestamp', []);
    case 'assertEq': {
      const adapt = e.adapt === null ? 0 : e.adapt === 'left' ? 1 : 2;
      return c.rt('assert.eq', [boxed(0), boxed(1), boxed(2), c.style(e.style), b.i32(adapt)]);
    }
    default:
      return unreachable(e, 'built-in');
  }
}
