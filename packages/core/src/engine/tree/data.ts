/**
 * Structs and enums, variables, and assignment to any place.
 */
import { Bug, unreachable } from '../../base/bug.ts';
import type { Expr, LocalId } from '../../hir/hir.ts';
import { bindDynamic } from './calls.ts';
import { checkIndex, elementShape, replace } from './collections.ts';
import type { Context, Eval } from './context.ts';
import { dynamics, integers, integerValue } from './context.ts';
import { raiseDynamic, trap } from './errors.ts';
import { OBJECT_COST, SLOT_BYTES } from './memory.ts';
import { checked } from './shapes.ts';
import type { Frame, Site, Value } from './value.ts';
import { ArrayValue, Cell, EnumValue, fromDynamic, label, StructValue } from './value.ts';

type Of<Kind extends Expr['kind']> = Extract<Expr, { kind: Kind }>;

/* ---- variables ------------------------------------------------------------------------------------------------- */

/** Puts a fresh variable with this value into the frame. */
export type Bind = (frame: Frame, value: Value) => void;

export function bindLocal(cx: Context, local: LocalId): Bind {
  const slot = cx.slot(local);
  if (cx.inCell(local)) {
    return (frame, value) => {
      frame[slot] = new Cell(value);
    };
  }
  return (frame, value) => {
    frame[slot] = value;
  };
}

export function localExpr(cx: Context, expr: Of<'local'>): Eval {
  const slot = cx.slot(expr.local);
  const { name } = cx.program.locals.get(expr.local);
  const inCell = cx.inCell(expr.local);
  if (!expr.checked) {
    return inCell ? (frame) => (frame[slot] as Cell).value as Value : (frame) => frame[slot] as Value;
  }
  const site = cx.site(expr.span);
  return (frame) => {
    const value = inCell ? (frame[slot] as Cell).value : (frame[slot] as Value | undefined);
    return value === undefined ? raiseDynamic('unset', { name }, site) : value;
  };
}

export function globalExpr(cx: Context, expr: Of<'global'>): Eval {
  const { globals } = cx.machine;
  const id = expr.global;
  if (!expr.checked) return () => globals[id] as Value;
  const { name } = cx.program.globals.get(id);
  const site = cx.site(expr.span);
  return () => {
    const value = globals[id] as Value | undefined;
    return value === undefined ? raiseDynamic('unset', { name }, site) : value;
  };
}

/* ---- assignment ------------------------------------------------------------------------------------------------ */

export function assignExpr(cx: Context, expr: Of<'assign'>): Eval {
  const { target } = expr;
  const site = cx.site(expr.span);
  switch (target.kind) {
    case 'local': {
      const slot = cx.slot(target.local);
      const value = cx.expr(expr.value);
      if (cx.inCell(target.local)) {
        return (frame) => {
          const assigned = value(frame);
          (frame[slot] as Cell).value = assigned;
          return assigned;
        };
      }
      return (frame) => {
        const assigned = value(frame);
        frame[slot] = assigned;
        return assigned;
      };
    }
    case 'global': {
      const { globals } = cx.machine;
      const id = target.global;
      const value = cx.expr(expr.value);
      return (frame) => {
        const assigned = value(frame);
        globals[id] = assigned;
        return assigned;
      };
    }
    case 'field': {
      const object = cx.expr(target.object) as (frame: Frame) => StructValue;
      const { index } = target;
      const value = cx.expr(expr.value);
      return (frame) => {
        const struct = object(frame);
        const assigned = value(frame);
        struct.fields[index] = assigned;
        return assigned;
      };
    }
    case 'index':
      return assignIndex(cx, expr, target, site);
    case 'dynField': {
      const object = dynamics(cx, target.object);
      const value = dynamics(cx, expr.value);
      const style = target.mode === 'convert' ? 'modern' : 'classic';
      const { name } = target;
      return (frame) => {
        const struct = object(frame);
        const assigned = value(frame);
        const at = struct instanceof StructValue ? struct.type.fieldIndex.get(name) : undefined;
        const member = struct instanceof StructValue && at !== undefined ? struct.type.fields[at] : undefined;
        if (!(struct instanceof StructValue) || at === undefined || member === undefined) {
          return raiseDynamic('noField', { found: label(struct), name }, site);
        }
        struct.fields[at] = bindDynamic(member.shape, assigned, style, site);
        return assigned;
      };
    }
    default:
      return unreachable(target, 'place');
  }
}

type IndexPlace = Extract<Of<'assign'>['target'], { kind: 'index' }>;

function assignIndex(cx: Context, expr: Of<'assign'>, target: IndexPlace, site: Site): Eval {
  const value = cx.expr(expr.value);
  if (target.array.ty.kind === 'array') {
    const array = cx.expr(target.array) as (frame: Frame) => ArrayValue;
    const index = integers(cx, target.index, site);
    const shape = elementShape(cx, target.array);
    return (frame) => {
      const base = array(frame);
      const at = index(frame);
      const assigned = value(frame);
      checkIndex(base, at, site);
      replace(base, at, shape, assigned);
      return assigned;
    };
  }
  const array = dynamics(cx, target.array);
  const index = dynamics(cx, target.index);
  const shape = cx.shape({ kind: 'any' });
  if (cx.shape(expr.value.ty) !== shape) throw new Bug('a typed value is stored through an index of any');
  return (frame) => {
    const base = array(frame);
    const at = index(frame);
    const assigned = value(frame);
    if (typeof base === 'string') return raiseDynamic('stringAssign', {}, site);
    if (!(base instanceof ArrayValue)) return trap('notArray', site);
    const place = integerValue(at, site);
    checkIndex(base, place, site);
    replace(base, place, shape, assigned);
    return assigned;
  };
}

/* ---- structs and enums ----------------------------------------------------------------------------------------- */

export function structExpr(cx: Context, expr: Of<'struct'>): Eval {
  const { machine } = cx;
  const site = cx.site(expr.span);
  const type = cx.structType(expr.type);
  const fields = expr.fields.map((field) => cx.expr(field));
  const bytes = OBJECT_COST + fields.length * SLOT_BYTES;
  return (frame) => {
    // Of the right size from the start: a list that grows has room to spare.
    const values = new Array<Value>(fields.length);
    for (let i = 0; i < fields.length; i++) values[i] = (fields[i] as Eval)(frame);
    machine.allocate(bytes, site);
    return new StructValue(type, values);
  };
}

export function fieldExpr(cx: Context, expr: Of<'field'>): Eval {
  const object = cx.expr(expr.object) as (frame: Frame) => StructValue;
  const { index } = expr;
  return (frame) => object(frame).fields[index] as Value;
}

export function enumExpr(cx: Context, expr: Of<'enum'>): Eval {
  const { machine } = cx;
  const { variant } = expr;
  const site = cx.site(expr.span);
  const type = cx.enumType(expr.type);
  const args = expr.args.map((arg) => cx.expr(arg));
  if (args.length === 0) {
    const value = new EnumValue(type, variant, []);
    return () => value;
  }
  const bytes = OBJECT_COST + args.length * SLOT_BYTES;
  return (frame) => {
    const payload = new Array<Value>(args.length);
    for (let i = 0; i < args.length; i++) payload[i] = (args[i] as Eval)(frame);
    machine.allocate(bytes, site);
    return new EnumValue(type, variant, payload);
  };
}

export function isVariantExpr(cx: Context, expr: Of<'isVariant'>): Eval {
  const operand = dynamics(cx, expr.operand);
  const { type, variant } = expr;
  return (frame) => {
    const value = operand(frame);
    return value instanceof EnumValue && value.type.id === type && value.variant === variant;
  };
}

export function payloadExpr(cx: Context, expr: Of<'payload'>): Eval {
  const operand = cx.expr(expr.operand) as (frame: Frame) => EnumValue;
  const { variant, index } = expr;
  return (frame) => {
    const value = operand(frame);
    if (value.variant !== variant) throw new Bug('the payload of another variant was asked for');
    return value.payload[index] as Value;
  };
}

/** A value of type `any` as a place of a static type stores it; `trap` replaces the type error. */
export function fromAnyExpr(cx: Context, expr: Of<'fromAny'>): Eval {
  const site = cx.site(expr.span);
  const shape = cx.shape(expr.ty);
  const operand = dynamics(cx, expr.operand);
  const style = expr.mode === 'convert' ? 'modern' : 'classic';
  const instead = expr.trap;
  if (instead !== null) {
    return (frame) => {
      const value = operand(frame);
      if (!shape.test(value)) trap(instead, site);
      return fromDynamic(shape.rep, value);
    };
  }
  if (style === 'classic') return (frame) => checked(shape, operand(frame), site);
  return (frame) => bindDynamic(shape, operand(frame), style, site);
}
