/**
 * Rules of the verifier for expressions: the type of every node follows from its parts as `hir.ts` states.
 */
import { unreachable } from '../base/bug.ts';
import { operandsOf, operandsOfPlace } from './children.ts';
import type { ArithOp, BuiltinExpr, Expr, Place, Type, TypeId } from './hir.ts';
import { isInt, isNumeric } from './hir.ts';
import { printType } from './print.ts';
import type { ExprRule, Problem, Scope } from './verify-scope.ts';
import { expectFit, expectKind, firstOf, isIntOrAny, reachable } from './verify-scope.ts';

export const EXPR_RULES: readonly ExprRule[] = [
  constantsFit,
  variablesAreReachable,
  assignmentsFit,
  arithmeticIsOfOneType,
  comparisonsAreOrdered,
  logicIsOnBools,
  alternativesAgree,
  blocksGiveTheirResult,
  dynamicOperandsAreAny,
  conversionsStartAndEndRight,
  arraysHoldTheirElements,
  indexesAreIntegers,
  textIsJoinedWithText,
  dataHasItsMembers,
  callsFitTheCallee,
  functionsAreWhole,
  builtinsTakeTheirArguments,
];

const RANGES = {
  i32: [-(2n ** 31n), 2n ** 31n - 1n],
  i64: [-(2n ** 63n), 2n ** 63n - 1n],
  u32: [0n, 2n ** 32n - 1n],
  u64: [0n, 2n ** 64n - 1n],
} as const;

function constantsFit(_: Scope, expr: Expr): Problem {
  switch (expr.kind) {
    case 'int': {
      const kind = expr.ty.kind;
      if (kind !== 'i32' && kind !== 'i64' && kind !== 'u32' && kind !== 'u64') return `an integer is no ${kind}`;
      const [min, max] = RANGES[kind];
      return expr.value >= min && expr.value <= max ? null : `the constant is outside ${kind}`;
    }
    case 'float':
      return expectKind('a float', expr.ty, 'f64');
    case 'bool':
    case 'string':
    case 'nil':
      return expectKind('the constant', expr.ty, expr.kind);
    default:
      return null;
  }
}

function variablesAreReachable(scope: Scope, expr: Expr): Problem {
  if (expr.kind === 'local') {
    return firstOf(
      reachable(scope, expr.local),
      expectFit(scope, 'the variable', scope.program.locals.get(expr.local).type, expr.ty),
    );
  }
  if (expr.kind !== 'global') return null;
  return expectFit(scope, 'the variable', scope.program.globals.get(expr.global).type, expr.ty);
}

function assignmentsFit(scope: Scope, expr: Expr): Problem {
  if (expr.kind !== 'assign') return null;
  const target = placeType(scope, expr.target);
  if (typeof target === 'string') return target;
  const { locals } = scope.program;
  if (expr.target.kind === 'local' && !locals.get(expr.target.local).assigned)
    return 'the variable is not marked as assigned';
  return firstOf(
    expectFit(scope, 'the assigned value', expr.value.ty, target),
    expectFit(scope, 'the value of the assignment', expr.ty, expr.value.ty),
    ...operandsOfPlace(expr.target).map((operand) =>
      operand.ty.kind === 'nil' ? 'a part of the target is nil' : null,
    ),
  );
}

/** The type that a place holds, or what is wrong with it. */
function placeType(scope: Scope, place: Place): Type | string {
  const { program } = scope;
  switch (place.kind) {
    case 'local':
      return reachable(scope, place.local) ?? program.locals.get(place.local).type;
    case 'global':
      return program.globals.get(place.global).type;
    case 'field':
      return fieldType(scope, place.object, place.type, place.index);
    case 'index':
      if (!isIntOrAny(place.index.ty)) return `the index is of type ${place.index.ty.kind}`;
      if (place.array.ty.kind === 'array') return place.array.ty.element;
      return place.array.ty.kind === 'any' ? place.array.ty : `a ${place.array.ty.kind} has no elements to set`;
    case 'dynField':
      return place.object.ty.kind === 'any' ? place.object.ty : 'a dynamic field of a typed object';
    default:
      return unreachable(place, 'place');
  }
}

const BIT_OPS: readonly ArithOp[] = ['and', 'or', 'xor'];

function arithmeticIsOfOneType(_: Scope, expr: Expr): Problem {
  switch (expr.kind) {
    case 'arith': {
      const bits = BIT_OPS.includes(expr.op);
      const allowed = bits ? isInt(expr.ty) || expr.ty.kind === 'bool' : isNumeric(expr.ty);
      if (!allowed) return `no ${expr.op} of ${expr.ty.kind}`;
      return firstOf(
        expectKind('the left operand', expr.left.ty, expr.ty.kind),
        expectKind('the right operand', expr.right.ty, expr.ty.kind),
      );
    }
    case 'shift':
      if (!isInt(expr.ty)) return `no ${expr.op} of ${expr.ty.kind}`;
      if (!isInt(expr.right.ty)) return `the count is of type ${expr.right.ty.kind}`;
      return expectKind('the left operand', expr.left.ty, expr.ty.kind);
    case 'unary': {
      const { ty } = expr;
      const allowed = expr.op === 'not' ? ty.kind === 'bool' : expr.op === 'bitnot' ? isInt(ty) : isNumeric(ty);
      return allowed ? expectKind('the operand', expr.operand.ty, ty.kind) : `no ${expr.op} of ${ty.kind}`;
    }
    default:
      return null;
  }
}

function comparisonsAreOrdered({ program }: Scope, expr: Expr): Problem {
  if (expr.kind === 'equal') return expectKind('the result', expr.ty, 'bool');
  if (expr.kind !== 'compare') return null;
  const { left, right, op } = expr;
  const equality = op === 'eq' || op === 'ne';
  const allowed =
    (isNumeric(left.ty) && isNumeric(right.ty)) ||
    (left.ty.kind === 'string' && right.ty.kind === 'string') ||
    (equality && left.ty.kind === 'bool' && right.ty.kind === 'bool');
  if (!allowed) return `${op} of ${printType(program, left.ty)} and ${printType(program, right.ty)}`;
  return expectKind('the result', expr.ty, 'bool');
}

function logicIsOnBools(_: Scope, expr: Expr): Problem {
  if (expr.kind !== 'logic') return null;
  return firstOf(
    expectKind('the left operand', expr.left.ty, 'bool'),
    expectKind('the right operand', expr.right.ty, 'bool'),
    expectKind('the result', expr.ty, 'bool'),
  );
}

function alternativesAgree(scope: Scope, expr: Expr): Problem {
  if (expr.kind !== 'cond') return null;
  return firstOf(
    expectKind('the condition', expr.cond.ty, 'bool'),
    expectFit(scope, 'the first alternative', expr.then.ty, expr.ty),
    expectFit(scope, 'the second alternative', expr.else.ty, expr.ty),
  );
}

function blocksGiveTheirResult(scope: Scope, expr: Expr): Problem {
  return expr.kind === 'block' ? expectFit(scope, 'the result', expr.result.ty, expr.ty) : null;
}

function dynamicOperandsAreAny(_: Scope, expr: Expr): Problem {
  switch (expr.kind) {
    case 'dynArith':
    case 'dynUnary':
    case 'dynCompare':
    case 'dynLogic':
    case 'dynField':
    case 'dynMethod':
    case 'dynCall': {
      const wrong = operandsOf(expr).find((operand) => operand.ty.kind !== 'any');
      if (wrong !== undefined) return `an operand is of type ${wrong.ty.kind}, not any`;
      return expectKind('the result', expr.ty, 'any', 'bool');
    }
    default:
      return null;
  }
}

function conversionsStartAndEndRight({ program }: Scope, expr: Expr): Problem {
  switch (expr.kind) {
    case 'toAny':
      return firstOf(
        expectKind('the result', expr.ty, 'any'),
        expr.operand.ty.kind === 'any' ? 'the operand is any already' : null,
      );
    case 'fromAny':
      return firstOf(
        expectKind('the operand', expr.operand.ty, 'any'),
        expr.ty.kind === 'any' ? 'the result is any still' : null,
        expr.mode === 'convert' && expr.trap !== null ? 'a conversion has traps of its own' : null,
      );
    case 'cast': {
      const from = expr.operand.ty;
      const primitive = isNumeric(expr.ty) || expr.ty.kind === 'bool' || expr.ty.kind === 'string';
      const source = isNumeric(from) || from.kind === 'bool' || from.kind === 'string' || from.kind === 'any';
      const text = from.kind === 'string' && expr.ty.kind !== 'string';
      if (primitive && source && !text) return null;
      return `no cast from ${printType(program, from)} to ${printType(program, expr.ty)}`;
    }
    default:
      return null;
  }
}

function arraysHoldTheirElements(scope: Scope, expr: Expr): Problem {
  if (expr.kind !== 'array' && expr.kind !== 'fill' && expr.kind !== 'repeat') return null;
  if (expr.ty.kind !== 'array') return `an array of type ${expr.ty.kind}`;
  const { element } = expr.ty;
  switch (expr.kind) {
    case 'array':
      return firstOf(...expr.items.map((item) => expectFit(scope, 'an item', item.ty, element)));
    case 'fill':
      return firstOf(
        expectFit(scope, 'the value', expr.value.ty, element),
        isInt(expr.count.ty) ? null : `the count is of type ${expr.count.ty.kind}`,
      );
    case 'repeat':
      return firstOf(
        expectKind('the operand', expr.array.ty, 'array'),
        isInt(expr.count.ty) ? null : `the count is of type ${expr.count.ty.kind}`,
      );
    default:
      return unreachable(expr, 'array');
  }
}

function indexesAreIntegers(scope: Scope, expr: Expr): Problem {
  if (expr.kind === 'index') {
    if (!isIntOrAny(expr.index.ty)) return `the index is of type ${expr.index.ty.kind}`;
    const base = expr.base.ty;
    if (base.kind === 'array') return expectFit(scope, 'the element', base.element, expr.ty);
    return firstOf(expectKind('the base', base, 'string', 'any'), expectKind('the element', expr.ty, base.kind));
  }
  if (expr.kind !== 'slice') return null;
  const base = expr.base.ty;
  const bounds = [expr.start, expr.end].filter((bound) => bound !== null);
  const wrong = bounds.find((bound) => !isIntOrAny(bound.ty));
  return firstOf(
    wrong === undefined ? null : `a bound is of type ${wrong.ty.kind}`,
    expr.style === 'classic'
      ? expectKind('the base', base, 'array', 'any')
      : expectKind('the base', base, 'array', 'string', 'any'),
    expectFit(scope, 'the result', base, expr.ty),
  );
}

function textIsJoinedWithText(_: Scope, expr: Expr): Problem {
  if (expr.kind !== 'concat') return null;
  return firstOf(
    expectKind('the left operand', expr.left.ty, 'string'),
    expectKind('the right operand', expr.right.ty, 'string'),
    expectKind('the result', expr.ty, 'string'),
  );
}

/** The type of a field of an object, or what is wrong with the access. */
function fieldType({ program }: Scope, object: Expr, type: TypeId, index: number): Type | string {
  const def = program.types.get(type);
  if (def.kind !== 'struct') return 'a field of an enum';
  if (object.ty.kind !== 'struct' || object.ty.id !== type)
    return `the object is of type ${printType(program, object.ty)}`;
  return def.fields[index]?.type ?? `no field ${index}`;
}

/** The payload types of a variant, or what is wrong with it. */
function payloadTypes({ program }: Scope, type: TypeId, variant: number): readonly Type[] | string {
  const def = program.types.get(type);
  if (def.kind !== 'enum') return 'a variant of a struct';
  return def.variants[variant]?.payload.map((field) => field.type) ?? `no variant ${variant}`;
}

function expectAll(scope: Scope, what: string, exprs: readonly Expr[], types: readonly Type[]): Problem {
  if (exprs.length !== types.length) return `${types.length} ${what}s are needed, and ${exprs.length} given`;
  return firstOf(...exprs.map((expr, i) => expectFit(scope, `${what} ${i}`, expr.ty, types[i] as Type)));
}

function expectNominal(scope: Scope, what: string, type: Type, kind: 'struct' | 'enum', id: TypeId): Problem {
  return expectFit(scope, what, type, { kind, id });
}

function dataHasItsMembers(scope: Scope, expr: Expr): Problem {
  switch (expr.kind) {
    case 'struct': {
      const def = scope.program.types.get(expr.type);
      if (def.kind !== 'struct') return 'a struct literal of an enum';
      return firstOf(
        expectNominal(scope, 'the literal', expr.ty, 'struct', expr.type),
        expectAll(
          scope,
          'field',
          expr.fields,
          def.fields.map((field) => field.type),
        ),
      );
    }
    case 'field': {
      const type = fieldType(scope, expr.object, expr.type, expr.index);
      return typeof type === 'string' ? type : expectFit(scope, 'the field', type, expr.ty);
    }
    case 'enum': {
      const types = payloadTypes(scope, expr.type, expr.variant);
      if (typeof types === 'string') return types;
      return firstOf(
        expectNominal(scope, 'the value', expr.ty, 'enum', expr.type),
        expectAll(scope, 'payload', expr.args, types),
      );
    }
    case 'isVariant': {
      const types = payloadTypes(scope, expr.type, expr.variant);
      if (typeof types === 'string') return types;
      const operand = expr.operand.ty;
      return operand.kind === 'any' ? null : expectNominal(scope, 'the operand', operand, 'enum', expr.type);
    }
    case 'payload': {
      const types = payloadTypes(scope, expr.type, expr.variant);
      if (typeof types === 'string') return types;
      const type = types[expr.index];
      if (type === undefined) return `no payload ${expr.index}`;
      return firstOf(
        expectNominal(scope, 'the operand', expr.operand.ty, 'enum', expr.type),
        expectFit(scope, 'the payload', type, expr.ty),
      );
    }
    default:
      return null;
  }
}

function callsFitTheCallee(scope: Scope, expr: Expr): Problem {
  const { program } = scope;
  if (expr.kind === 'call') {
    const func = program.funcs.get(expr.func);
    if (func.captures.length > 0) return 'a direct call of a function that captures variables';
    const types = func.params.map((param) => program.locals.get(param).type);
    return firstOf(
      expectAll(scope, 'argument', expr.args, types),
      expectFit(scope, 'the result', func.result, expr.ty),
    );
  }
  if (expr.kind !== 'callValue') return null;
  const type = expr.callee.ty;
  if (type.kind !== 'func') return `the callee is of type ${type.kind}`;
  return firstOf(
    expectAll(scope, 'argument', expr.args, type.params),
    expectFit(scope, 'the result', type.result, expr.ty),
  );
}

function functionsAreWhole(scope: Scope, expr: Expr): Problem {
  if (expr.kind !== 'func') return null;
  const func = scope.program.funcs.get(expr.func);
  const missing = func.captures.map((local) => reachable(scope, local)).find((problem) => problem !== null);
  if (missing !== undefined) return missing;
  const type = expr.ty;
  if (type.kind !== 'func') return `a function of type ${type.kind}`;
  return type.params.length === func.params.length ? null : `the type has ${type.params.length} parameters`;
}

function builtinsTakeTheirArguments(scope: Scope, expr: Expr): Problem {
  if (expr.kind !== 'builtin') return null;
  const [least, most] = expr.name === 'input' ? [0, 1] : [ARITY[expr.name], ARITY[expr.name]];
  if (expr.args.length < least || expr.args.length > most) return `${expr.name} takes ${most} arguments`;
  return builtinTypes(scope, expr);
}

const ARITY: Readonly<Record<BuiltinExpr['name'], number>> = {
  len: 1,
  push: 2,
  pop: 1,
  sorted: 1,
  range: 3,
  input: 1,
  int: 1,
  float: 1,
  typeof: 1,
  timestamp: 0,
  assertEq: 3,
};

function builtinTypes(scope: Scope, expr: BuiltinExpr): Problem {
  const [first, second] = expr.args.map((arg) => arg.ty);
  const element = first?.kind === 'array' ? first.element : first;
  const allAny = expr.args.find((arg) => arg.ty.kind !== 'any') === undefined ? null : 'an argument is not any';
  switch (expr.name) {
    case 'len':
      return firstOf(
        first === undefined ? null : expectKind('the argument', first, 'array', 'string', 'any'),
        expectKind('the result', expr.ty, 'i32', 'i64'),
      );
    case 'push':
    case 'pop':
    case 'sorted': {
      if (first === undefined || element === undefined) return 'no array';
      const result = expr.name === 'pop' ? element : first;
      return firstOf(
        expectKind('the argument', first, 'array', 'any'),
        second === undefined ? null : expectFit(scope, 'the element', second, element),
        expectFit(scope, 'the result', result, expr.ty),
      );
    }
    case 'range': {
      const wrong = expr.args.find((arg) => !isIntOrAny(arg.ty));
      return firstOf(
        wrong === undefined ? null : `an argument is of type ${wrong.ty.kind}`,
        expectKind('the result', expr.ty, 'range'),
      );
    }
    case 'input':
      return firstOf(
        first === undefined ? null : expectKind('the prompt', first, 'string'),
        expectKind('the result', expr.ty, 'string'),
      );
    case 'int':
      return firstOf(allAny, expectKind('the result', expr.ty, 'i32', 'i64'));
    case 'float':
      return firstOf(allAny, expectKind('the result', expr.ty, 'f64'));
    case 'typeof':
      return firstOf(allAny, expectKind('the result', expr.ty, 'string'));
    case 'timestamp':
      return expectKind('the result', expr.ty, 'f64');
    case 'assertEq':
      return firstOf(allAny, expectKind('the result', expr.ty, 'bool'));
    default:
      return unreachable(expr, 'built-in');
  }
}
