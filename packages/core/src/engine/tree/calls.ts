/**
 * Calls. A call makes the callee's activation, evaluates the arguments straight into it and runs the callee's body.
 *
 * A call whose callee is only known when it happens passes the arguments directly if the function's signature is the expected
 * one; otherwise they go through their dynamic form and are checked against its parameters, and its result against the
 * expected type.
 */
import type { Expr, Func } from '../../hir/hir.ts';
import { convertExactly } from './convert.ts';
import type { Context, Eval } from './context.ts';
import { dynamics } from './context.ts';
import { raiseDynamic, trap } from './errors.ts';
import type { Machine } from './machine.ts';
import { OBJECT_COST, SLOT_BYTES } from './memory.ts';
import { checked } from './shapes.ts';
import type { Code, Frame, Shape, Site, Slot, Value } from './value.ts';
import { CALLER, FIRST_SLOT, FuncValue, fromDynamic, label, RESULT, SITE, StructValue, toDynamic } from './value.ts';

type Call = Extract<Expr, { kind: 'call' }>;
type FuncExpr = Extract<Expr, { kind: 'func' }>;
type CallValue = Extract<Expr, { kind: 'callValue' }>;
type DynCall = Extract<Expr, { kind: 'dynCall' }>;
type DynMethod = Extract<Expr, { kind: 'dynMethod' }>;

/** Equal for functions whose arguments and results have the same forms and tests. */
export function signatureOf(params: readonly Shape[], result: Shape): string {
  return `${params.map((param) => param.key).join(',')}:${result.key}`;
}

/** Runs a function in its filled activation. */
function invoke(machine: Machine, code: Code, callee: Frame, caller: Frame | null, site: Site | null): Value {
  callee[CALLER] = caller;
  callee[SITE] = site;
  machine.top = callee;
  machine.depth++;
  code.run(callee);
  machine.depth--;
  machine.top = caller;
  return callee[RESULT] as Value;
}

/** What every call pays before it begins. */
function pay(machine: Machine, site: Site): void {
  if (--machine.steps < 0) machine.nextSlice(site);
  if (machine.depth >= machine.maxDepth) trap('stackOverflow', site);
}

/** Runs a function of the program without arguments from outside. */
export function runFunction(machine: Machine, code: Code, site: Site): Value {
  pay(machine, site);
  return invoke(machine, code, new Array<Slot>(code.size), null, null);
}

export function callExpr(cx: Context, expr: Call): Eval {
  const { machine } = cx;
  const code = cx.code(expr.func);
  const site = cx.site(expr.span);
  const args = expr.args.map((arg) => cx.expr(arg));
  const [first, second, third] = args;
  if (first === undefined) {
    return (frame) => {
      const callee = new Array<Slot>(code.size);
      pay(machine, site);
      return invoke(machine, code, callee, frame, site);
    };
  }
  if (second === undefined) {
    return (frame) => {
      const callee = new Array<Slot>(code.size);
      callee[FIRST_SLOT] = first(frame);
      pay(machine, site);
      return invoke(machine, code, callee, frame, site);
    };
  }
  if (third === undefined) {
    return (frame) => {
      const callee = new Array<Slot>(code.size);
      callee[FIRST_SLOT] = first(frame);
      callee[FIRST_SLOT + 1] = second(frame);
      pay(machine, site);
      return invoke(machine, code, callee, frame, site);
    };
  }
  return (frame) => {
    const callee = new Array<Slot>(code.size);
    for (let i = 0; i < args.length; i++) callee[FIRST_SLOT + i] = (args[i] as Eval)(frame);
    pay(machine, site);
    return invoke(machine, code, callee, frame, site);
  };
}

/** A function as a value; captured variables are cells or never change, so their slots are copied. */
export function funcExpr(cx: Context, expr: FuncExpr): Eval {
  const { machine } = cx;
  const code = cx.code(expr.func);
  const site = cx.site(expr.span);
  if (code.func.captures.length === 0) {
    return () => {
      code.constant ??= new FuncValue(code, []);
      return code.constant;
    };
  }
  const slots = code.func.captures.map((local) => cx.slot(local));
  return (frame) => {
    machine.allocate(OBJECT_COST + slots.length * SLOT_BYTES, site);
    return new FuncValue(
      code,
      slots.map((slot) => frame[slot]),
    );
  };
}

export function callValueExpr(cx: Context, expr: CallValue): Eval {
  const { machine } = cx;
  const site = cx.site(expr.span);
  const callee = cx.expr(expr.callee) as (frame: Frame) => FuncValue;
  const args = expr.args.map((arg) => cx.expr(arg));
  const shapes = expr.args.map((arg) => cx.shape(arg.ty));
  const result = cx.shape(expr.ty);
  const signature = signatureOf(shapes, result);
  return (frame) => {
    const value = callee(frame);
    const { code } = value;
    if (code.signature === signature) {
      const activation = new Array<Slot>(code.size);
      for (let i = 0; i < args.length; i++) activation[FIRST_SLOT + i] = (args[i] as Eval)(frame);
      enclose(value, activation);
      pay(machine, site);
      return invoke(machine, code, activation, frame, site);
    }
    const values: Value[] = [];
    for (let i = 0; i < args.length; i++) values.push(toDynamic((shapes[i] as Shape).rep, (args[i] as Eval)(frame)));
    return checked(result, callDynamically(machine, value, values, frame, site), site);
  };
}

/** Hands a function the variables it captured. */
function enclose(value: FuncValue, activation: Frame): void {
  const { env } = value;
  const slots = value.code.captures;
  for (let i = 0; i < slots.length; i++) activation[slots[i] as number] = env[i];
}

/** Calls with arguments in dynamic form; so is the result. */
function callDynamically(machine: Machine, value: FuncValue, args: readonly Value[], frame: Frame, site: Site): Value {
  const { code } = value;
  if (args.length !== code.params.length) {
    const counts = { expected: `${code.params.length}`, found: `${args.length}` };
    raiseDynamic('arity', counts, site);
  }
  const activation = new Array<Slot>(code.size);
  for (let i = 0; i < args.length; i++) {
    activation[FIRST_SLOT + i] = bindDynamic(code.params[i] as Shape, args[i] as Value, code.func.style, site);
  }
  enclose(value, activation);
  pay(machine, site);
  return toDynamic(code.result.rep, invoke(machine, code, activation, frame, site));
}

/** A value in dynamic form at a place of known type; in modern style numbers convert. */
export function bindDynamic(shape: Shape, value: Value, style: Func['style'], site: Site): Value {
  return style === 'classic' ? checked(shape, value, site) : fromDynamic(shape.rep, convertExactly(value, shape, site));
}

export function dynCallExpr(cx: Context, expr: DynCall): Eval {
  const { machine } = cx;
  const site = cx.site(expr.span);
  const callee = cx.expr(expr.callee);
  const args = expr.args.map((arg) => dynamics(cx, arg));
  return (frame) => {
    const value = callee(frame);
    const values: Value[] = [];
    for (let i = 0; i < args.length; i++) values.push((args[i] as Eval)(frame));
    if (!(value instanceof FuncValue)) return raiseDynamic('notCallable', { found: label(value) }, site);
    return callDynamically(machine, value, values, frame, site);
  };
}

export function dynMethodExpr(cx: Context, expr: DynMethod): Eval {
  const { machine } = cx;
  const { name } = expr;
  const site = cx.site(expr.span);
  const object = cx.expr(expr.object);
  const args = expr.args.map((arg) => dynamics(cx, arg));
  return (frame) => {
    const self = object(frame);
    const values: Value[] = [];
    for (let i = 0; i < args.length; i++) values.push((args[i] as Eval)(frame));
    if (self instanceof StructValue) {
      const method = self.type.methods.get(name);
      if (method?.instance === true) {
        return callDynamically(machine, new FuncValue(method.code, []), [self, ...values], frame, site);
      }
      const at = self.type.fieldIndex.get(name);
      const member = at === undefined ? undefined : self.type.fields[at];
      if (at !== undefined && member !== undefined) {
        const value = toDynamic(member.rep, self.fields[at] as Value);
        if (!(value instanceof FuncValue)) return raiseDynamic('notCallable', { found: label(value) }, site);
        return callDynamically(machine, value, values, frame, site);
      }
    }
    return raiseDynamic('noMethod', { found: label(self), name }, site);
  };
}
