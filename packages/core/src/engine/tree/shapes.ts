/**
 * Static types as the engine uses them: in which form their values are stored, and how to ask a value in dynamic form
 * whether it is of the type. Any array is of every array type (its elements are checked where they are read) and any
 * function of a function type with its number of parameters.
 */
import { Bug, unreachable } from '../../base/bug.ts';
import type { Program, Type } from '../../hir/hir.ts';
import { raiseDynamic } from './errors.ts';
import type { Shape, Site, Value } from './value.ts';
import {
  ArrayValue,
  EnumValue,
  ErrorValue,
  F64,
  FuncValue,
  fromDynamic,
  label,
  RangeValue,
  Rep,
  StructValue,
  toDynamic,
  U32,
  U64,
} from './value.ts';

export type ShapeOf = (type: Type) => Shape;

/** Shapes of the types of a program. With `boxed` every value keeps its dynamic form. */
export function makeShapes(program: Program, boxed: boolean): ShapeOf {
  const byKey = new Map<string, Shape>();
  const byType = new Map<Type, Shape>();
  return (type) => {
    const known = byType.get(type);
    if (known !== undefined) return known;
    const key = keyOf(type);
    const shape = byKey.get(key) ?? {
      type,
      rep: boxed ? Rep.self : repOf(type),
      name: nameOf(type, program),
      key,
      test: testOf(type),
    };
    byKey.set(key, shape);
    byType.set(type, shape);
    return shape;
  };
}

function keyOf(type: Type): string {
  switch (type.kind) {
    case 'struct':
    case 'enum':
      return `#${type.id}`;
    case 'func':
      return `func${type.params.length}`;
    default:
      return type.kind;
  }
}

function repOf(type: Type): Rep {
  return type.kind === 'f64' ? Rep.f64 : type.kind === 'u32' ? Rep.u32 : type.kind === 'u64' ? Rep.u64 : Rep.self;
}

function nameOf(type: Type, program: Program): string {
  switch (type.kind) {
    case 'struct':
    case 'enum':
      return program.types.get(type.id).name;
    case 'func':
      return 'function';
    case 'nil':
      return 'void';
    case 'range':
      return 'range_iterator';
    default:
      return type.kind;
  }
}

function testOf(type: Type): (value: Value) => boolean {
  switch (type.kind) {
    case 'i32':
      return (value) => typeof value === 'number';
    case 'i64':
      return (value) => typeof value === 'bigint';
    case 'u32':
      return (value) => value instanceof U32;
    case 'u64':
      return (value) => value instanceof U64;
    case 'f64':
      return (value) => value instanceof F64;
    case 'bool':
      return (value) => typeof value === 'boolean';
    case 'string':
      return (value) => typeof value === 'string';
    case 'nil':
      return (value) => value === null;
    case 'any':
      return () => true;
    case 'range':
      return (value) => value instanceof RangeValue;
    case 'error':
      return (value) => value instanceof ErrorValue;
    case 'array':
      return (value) => value instanceof ArrayValue;
    case 'struct': {
      const id = type.id;
      return (value) => value instanceof StructValue && value.type.id === id;
    }
    case 'enum': {
      const id = type.id;
      return (value) => value instanceof EnumValue && value.type.id === id;
    }
    case 'func': {
      const arity = type.params.length;
      return (value) => value instanceof FuncValue && value.code.params.length === arity;
    }
    default:
      return unreachable(type, 'type');
  }
}

/** Raises that a value is not of the type where it must be; a function only has another number of parameters. */
export function mismatch(shape: Shape, value: Value, site: Site): never {
  if (shape.type.kind === 'func' && value instanceof FuncValue)
    return raiseDynamic('otherArity', { found: String(value.code.params.length) }, site);
  return raiseDynamic('expected', { expected: shape.name, found: label(value) }, site);
}

/** A value in dynamic form as a place of this shape stores it; a type error if it is not of the type. */
export function checked(shape: Shape, value: Value, site: Site): Value {
  if (!shape.test(value)) mismatch(shape, value, site);
  return fromDynamic(shape.rep, value);
}

/** An element, stored in form `rep`, as a place of this shape stores it; a type error if it is not of the type. */
export function checkedElement(shape: Shape, rep: Rep, value: Value, site: Site): Value {
  if (rep === shape.rep && rep !== Rep.self) return value;
  return checked(shape, toDynamic(rep, value), site);
}

/** For the boxed mode: throws a bug unless a value in dynamic form really is of the type, and of its range. */
export function assertShape(shape: Shape, value: Value | undefined, what: string): void {
  const fits =
    value !== undefined &&
    shape.test(value) &&
    (typeof value !== 'number' || Object.is(value, value | 0)) &&
    (typeof value !== 'bigint' || value === BigInt.asIntN(64, value)) &&
    (!(value instanceof U32) || Object.is(value.value, value.value >>> 0)) &&
    (!(value instanceof U64) || value.value === BigInt.asUintN(64, value.value));
  if (!fits) {
    const found = value === undefined ? 'nothing' : label(value);
    throw new Bug(`the tree engine has a value of type ${found} where ${what} has type ${shape.name}`);
  }
}
