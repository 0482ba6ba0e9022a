/**
 * Dynamic operations on words of known types become typed ones: the built-in would look at the tags and do exactly that.
 *
 * An operation that cannot succeed stays as it is: it fails in its place. Words are unboxed by instructions that cannot fail,
 * which pass `boxes` then takes away together with the boxing.
 */
import { HAS } from '../analysis/contents.ts';
import type { Analyses } from '../analysis/analyses.ts';
import type { Cfg } from '../analysis/cfg.ts';
import type { Defs } from '../analysis/defs.ts';
import { adaptedResult, isInteger } from '../analysis/dynamic-types.ts';
import { CONSTANT, codeKnown, type Knowledge } from '../analysis/propagate.ts';
import { narrowingOf, type Narrowed } from '../analysis/narrowing.ts';
import { TYPE_CODES } from '../base/kinds.ts';
import { type BuiltinName, LOOP_FORM } from '../base/builtins.ts';
import { hasInst, applyForwarding, Forwarding, removeUnreachable } from '../ir/edit.ts';
import type { Func, Inst, ValueId } from '../ir/ir.ts';
import type { OpName, Scalar } from '../ir/ops.ts';
import { Emitter } from './emitter.ts';
import { integerIn } from './dynamic-operands.ts';
import { accepts, fieldOf, type FoundField, getField, setField } from './struct-fields.ts';
import { labelOfType } from './type-labels.ts';
import type { FuncPass, PassContext } from './pass.ts';

export const typedOperations: FuncPass = {
  name: 'typed-operations',
  doc: 'no dynamic operation has operands of known types that a typed operation serves',
  needs: HAS.words,
  run: (func, cx) => {
    if (!hasInst(func, ({ op, imm }) => op === 'rt' && TYPED.has(imm as BuiltinName))) return false;
    return new Typing(func, cx.analyses(func), cx).run();
  },
};

const { i32, u32, i64, u64, f64, bool, string, array, func: funcCode } = TYPE_CODES;

function isSigned(code: number): boolean {
  return code === i32 || code === i64;
}
function widthOf(code: number): 'i32' | 'i64' {
  return code === i32 || code === u32 || code === bool ? 'i32' : 'i64';
}

/** One replaced instruction: its operands' types, and where its replacement is written. */
interface Site {
  readonly e: Emitter;
  readonly inst: Inst;
  readonly a: ValueId;
  readonly b: ValueId;
  readonly ca: number;
  readonly cb: number;
}

/** Writes the replacement and says true, or does nothing and says false; or gives the value that stands for the result. */
type Rewrite = (t: Typing, s: Site) => boolean | ValueId;

type ArithOp = 'add' | 'sub' | 'mul' | 'div' | 'rem' | 'and' | 'or' | 'xor';

const arith =
  (op: ArithOp): Rewrite =>
  (t, s) => {
    const { e, ca, cb } = s;
    if (ca !== cb) return false;
    const bits = op === 'and' || op === 'or' || op === 'xor';
    if (op === 'add' && ca === string) {
      const [x, y] = t.both(s);
      e.final('box.ref', [e.rt('str.concat', [x, y])]);
      return true;
    }
    if (ca === f64 && !bits) {
      const [x, y] = t.both(s);
      if (op === 'div' || op === 'rem') e.trapIf(e.op('eq.f64', [y, e.constant('f64', 0)]), 'divisionByZero');
      const result = op === 'rem' ? e.rt('f64.rem', [x, y]) : e.op(`${op as 'add'}.f64`, [x, y]);
      e.final('box.f64', [result]);
      return true;
    }
    if (!isInteger(ca)) return false;
    const [x, y] = t.both(s);
    const name = bits
      ? op
      : op === 'div' || op === 'rem'
        ? `${op}_${isSigned(ca) ? 's' : 'u'}`
        : isSigned(ca)
          ? `${op}c`
          : op;
    t.box(s, ca, e.op(`${name}.${widthOf(ca)}` as OpName, [x, y]));
    return true;
  };

const shift =
  (op: 'shl' | 'shr'): Rewrite =>
  (t, s) => {
    const { e, ca, cb } = s;
    if (!isInteger(ca) || !isInteger(cb)) return false;
    const [x, count] = t.both(s);
    const [w, cw] = [widthOf(ca), widthOf(cb)];
    const inRange = e.op(`lt_u.${cw}`, [count, e.constant(cw, w === 'i32' ? 32 : 64)]);
    e.trapIf(e.op('eqz.i32', [inRange]), 'shiftRange');
    const amount = w === cw ? count : e.op(w === 'i32' ? 'i32.from.i64' : 'i64.from.u32', [count]);
    const name = op === 'shl' ? 'shl' : isSigned(ca) ? 'shr_s' : 'shr_u';
    t.box(s, ca, e.op(`${name}.${w}` as OpName, [x, amount]));
    return true;
  };

type Comparison = 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge';

/** A comparison of two numbers, two bools (equality) or two strings as an i32, if a few instructions can do it. */
function compare(t: Typing, s: Site, op: Comparison): ValueId | null {
  const { e, ca, cb } = s;
  const ordered = op !== 'eq' && op !== 'ne';
  if (ca === string && cb === string) {
    const [x, y] = t.both(s);
    if (!ordered) return e.rt('str.eq', [x, y]);
    return typedCompare(e, i32, op, e.rt('str.cmp', [x, y]), e.constant('i32', 0));
  }
  if (ca === bool && cb === bool && !ordered) {
    const [x, y] = t.both(s);
    return typedCompare(e, i32, op, x, y);
  }
  const numeric = (code: number): boolean => isInteger(code) || code === f64;
  if (!numeric(ca) || !numeric(cb)) return null;
  if (ca === cb) {
    const [x, y] = t.both(s);
    return typedCompare(e, ca, op, x, y);
  }
  // Of different types: both widened to what holds them exactly.
  const narrow = (code: number): boolean => code === i32 || code === u32;
  if (ca === f64 || cb === f64) {
    if (!narrow(ca) && !narrow(cb)) return null;
    const [x, y] = t.both(s);
    const exact = (code: number, value: ValueId): ValueId =>
      code === f64 ? value : e.op(code === i32 ? 'f64.from.i32' : 'f64.from.u32', [value]);
    return typedCompare(e, f64, op, exact(ca, x), exact(cb, y));
  }
  if ((ca === u64 && isSigned(cb)) || (cb === u64 && isSigned(ca))) return null;
  const [x, y] = t.both(s);
  return typedCompare(e, ca === u64 || cb === u64 ? u64 : i64, op, t.widened(e, ca, x), t.widened(e, cb, y));
}

function typedCompare(e: Emitter, code: number, op: Comparison, x: ValueId, y: ValueId): ValueId {
  const [l, r] = op === 'gt' || op === 'ge' ? [y, x] : [x, y];
  const plain = op === 'gt' ? 'lt' : op === 'ge' ? 'le' : op;
  if (code === f64) return e.op(`${plain}.f64`, [l, r]);
  const sign = plain === 'eq' || plain === 'ne' ? '' : isSigned(code) ? '_s' : '_u';
  return e.op(`${plain}${sign}.${widthOf(code)}` as OpName, [l, r]);
}

const order =
  (op: Comparison): Rewrite =>
  (t, s) =>
    (s.ca === bool ? null : compare(t, s, op)) ?? false;

/** Mathematical conversions that cannot fail. */
function convertExactly(t: Typing, s: Site, to: number): boolean {
  const { e, ca } = s;
  if (ca === to || !isInteger(ca)) return false;
  const x = (): ValueId => t.raw(e, s.a, ca);
  if (to === f64 && (ca === i32 || ca === u32)) {
    e.final('box.f64', [e.op(ca === i32 ? 'f64.from.i32' : 'f64.from.u32', [x()])]);
    return true;
  }
  if ((to === i64 && (ca === i32 || ca === u32)) || (to === u64 && ca === u32)) {
    t.box(s, to, t.widened(e, ca, x()));
    return true;
  }
  return false;
}

const TYPED: ReadonlyMap<BuiltinName, Rewrite> = new Map<BuiltinName, Rewrite>([
  ['dyn.add', arith('add')],
  ['dyn.sub', arith('sub')],
  ['dyn.mul', arith('mul')],
  ['dyn.div', arith('div')],
  ['dyn.rem', arith('rem')],
  ['dyn.and', arith('and')],
  ['dyn.or', arith('or')],
  ['dyn.xor', arith('xor')],
  ['dyn.shl', shift('shl')],
  ['dyn.shr', shift('shr')],
  ['dyn.lt', order('lt')],
  ['dyn.le', order('le')],
  ['dyn.gt', order('gt')],
  ['dyn.ge', order('ge')],
  ['equal.any', (t, s) => compare(t, s, 'eq') ?? false],
  [
    'dyn.logic',
    (t, s) => {
      const which = t.constant(s.inst.args[2] as ValueId);
      if (which === null || s.ca !== s.cb || !(isInteger(s.ca) || s.ca === bool)) return false;
      const [x, y] = t.both(s);
      t.box(s, s.ca, s.e.op(`${which === 0 ? 'and' : 'or'}.${widthOf(s.ca)}`, [x, y]));
      return true;
    },
  ],
  [
    'dyn.neg',
    (t, s) => {
      const { e, ca } = s;
      if (ca === f64) {
        e.final('box.f64', [e.op('neg.f64', [t.raw(e, s.a, ca)])]);
        return true;
      }
      if (!isInteger(ca)) return false;
      const w = widthOf(ca);
      t.box(s, ca, e.op(`${isSigned(ca) ? 'subc' : 'sub'}.${w}`, [e.constant(w, 0), t.raw(e, s.a, ca)]));
      return true;
    },
  ],
  [
    'dyn.bitnot',
    (t, s) => {
      if (!isInteger(s.ca)) return false;
      const w = widthOf(s.ca);
      t.box(s, s.ca, s.e.op(`xor.${w}`, [t.raw(s.e, s.a, s.ca), s.e.constant(w, -1)]));
      return true;
    },
  ],
  [
    'dyn.not',
    (t, s) => {
      const { e, ca } = s;
      const classic = t.constant(s.b) === 0;
      if (ca === bool) return e.op('eqz.i32', [t.raw(e, s.a, ca)]);
      if (!classic) return false;
      if (ca === f64) return e.op('eq.f64', [t.raw(e, s.a, ca), e.constant('f64', 0)]);
      return isInteger(ca) ? e.op(`eq.${widthOf(ca)}`, [t.raw(e, s.a, ca), e.constant(widthOf(ca), 0)]) : false;
    },
  ],
  ['adapt.any', adapt],
  [
    'convert.any',
    (t, s) => {
      const to = t.constant(s.b);
      if (to === null || s.ca < 0) return false;
      return s.ca === to ? s.a : convertExactly(t, s, Number(to));
    },
  ],
  [
    'cast.any',
    (t, s) => {
      const to = t.constant(s.b);
      if (to === null || s.ca < 0) return false;
      return s.ca === to ? s.a : convertExactly(t, s, Number(to));
    },
  ],
  [
    'typeof.any',
    (t, s) => {
      const label = t.label(s.ca);
      return label === null ? false : s.e.op('const.str', [], label);
    },
  ],
  [
    'float.any',
    (t, s) => {
      const { e, ca } = s;
      if (ca === f64) return t.raw(e, s.a, ca);
      if (!isInteger(ca)) return false;
      const name = (['f64.from.i32', 'f64.from.u32', 'f64.from.i64', 'f64.from.u64'] as const)[ca - i32] as OpName;
      return e.op(name, [t.raw(e, s.a, ca)]);
    },
  ],
  [
    'any.len',
    (t, s) => {
      const { e, ca } = s;
      if (ca !== array && ca !== string) return false;
      return e.op('i64.from.u32', [e.op(ca === array ? 'array.len' : 'str.len', [t.raw(e, s.a, ca)])]);
    },
  ],
  [
    'any.get',
    (t, s) => {
      const { e, ca } = s;
      const at = ca === array || ca === string ? t.index(s) : null;
      if (at === null) return false;
      const base = t.raw(e, s.a, ca);
      if (ca === array) return e.rt('array.get.any', [base, at]);
      e.final('box.ref', [e.rt('str.index', [base, at])]);
      return true;
    },
  ],
  [
    'any.set',
    (t, s) => {
      const at = s.ca === array ? t.index(s) : null;
      if (at === null) return false;
      s.e.effect('rt', [t.raw(s.e, s.a, array), at, s.inst.args[2] as ValueId], 'array.set.any');
      return true;
    },
  ],
  [
    'dyn.field',
    (t, s) => {
      const field = t.field(s);
      if (field === null) return false;
      getField(s.e, t.raw(s.e, s.a, s.ca), field);
      return true;
    },
  ],
  [
    'dyn.setfield',
    (t, s) => {
      const field = t.field(s);
      const value = s.inst.args[2] as ValueId;
      if (field === null || !accepts(field, t.codeOf(value))) return false;
      setField(s.e, t.raw(s.e, s.a, s.ca), field, () => t.raw(s.e, value, field.code), value);
      return true;
    },
  ],
  [
    'dyn.method',
    // No type has a field and a method of one name.
    (t, s) => {
      if (t.field(s) === null) return false;
      s.e.final('const.nil', []);
      return true;
    },
  ],
  ['any.array', (t, s) => (s.ca === array ? t.raw(s.e, s.a, array) : false)],
  ['any.func', (t, s) => (s.ca === funcCode ? t.raw(s.e, s.a, funcCode) : false)],
  ['any.sorted', (t, s) => (s.ca === array ? s.e.rt('array.sorted', [t.raw(s.e, s.a, array)]) : false)],
  ['any.index', (t, s) => (isInteger(s.ca) && s.ca !== u64 ? t.widened(s.e, s.ca, t.raw(s.e, s.a, s.ca)) : false)],
  [
    'loop.check',
    (t, s) => {
      const step = t.integer(s.inst.args[2] as ValueId);
      return (
        step !== null &&
        step !== 0n &&
        isInteger(s.ca) &&
        s.ca === s.cb &&
        s.ca === codeKnown(t.known, s.inst.args[2] as ValueId)
      );
    },
  ],
  [
    'loop.enter',
    (t, s) => {
      const step = t.integer(s.inst.args[2] as ValueId);
      const inclusive = t.constant(s.inst.args[3] as ValueId);
      if (step === null || step === 0n || inclusive === null || !isInteger(s.ca) || s.ca !== s.cb) return false;
      const [x, end] = t.both(s);
      return inside(s, step, inclusive === 1, x, end);
    },
  ],
  [
    // Whether `item` is inside and the distance to the end holds one more step; see the range loops of lowering.
    'loop.more',
    (t, s) => {
      const { e, ca } = s;
      const step = t.integer(s.inst.args[2] as ValueId);
      const form = t.constant(s.inst.args[3] as ValueId);
      if (step === null || step === 0n || form === null || !isInteger(ca) || ca !== s.cb) return false;
      const [x, end] = t.both(s);
      const w = widthOf(ca);
      const inclusive = form === LOOP_FORM.inclusive;
      const one = step === 1n || step === -1n;
      if (one && inclusive) return inside(s, step, false, x, end);
      if (one && form === LOOP_FORM.inside) {
        return inside(s, step, false, e.op(`add.${w}`, [x, e.constant(w, w === 'i32' ? Number(step) : step)]), end);
      }
      const distance = step > 0n ? e.op(`sub.${w}`, [end, x]) : e.op(`sub.${w}`, [x, end]);
      const size = e.constant(
        w,
        w === 'i32' ? Number(BigInt.asIntN(32, step > 0n ? step : -step)) : step > 0n ? step : -step,
      );
      const reaches = e.op(inclusive ? `le_u.${w}` : `lt_u.${w}`, [size, distance]);
      return e.op('and.i32', [inside(s, step, inclusive, x, end), reaches]);
    },
  ],
  [
    'loop.next',
    (t, s) => {
      if (!isInteger(s.ca) || s.ca !== s.cb) return false;
      const [x, step] = t.both(s);
      t.box(s, s.ca, s.e.op(`add.${widthOf(s.ca)}`, [x, step]));
      return true;
    },
  ],
]);

function inside(s: Site, step: bigint, inclusive: boolean, x: ValueId, end: ValueId): ValueId {
  const op: Comparison = step > 0n ? (inclusive ? 'le' : 'lt') : inclusive ? 'ge' : 'gt';
  return typedCompare(s.e, s.ca, op, x, end);
}

/** A flexible literal beside a value of known type. */
function adapt(t: Typing, s: Site): boolean | ValueId {
  const { e, ca, cb } = s;
  const literal = t.integer(s.a);
  const code = adaptedResult(ca, cb, () => literal);
  if (code === -1) return false;
  if (code === ca) return s.a;
  if (literal === null) return false;
  const narrow = widthOf(code) === 'i32';
  const raw =
    code === f64
      ? e.constant('f64', Number(literal))
      : e.constant(widthOf(code), narrow ? Number(BigInt.asIntN(32, literal)) : literal);
  t.box(s, code, raw);
  return true;
}

class Typing {
  readonly known: Knowledge;
  readonly #func: Func;
  readonly #cfg: Cfg;
  readonly #cx: PassContext;
  readonly #makers: Defs['inst'];
  readonly #narrowed: Narrowed | null;
  /** Of the block with the instruction. */
  #position = 0;

  constructor(func: Func, analyses: Analyses, cx: PassContext) {
    this.#func = func;
    this.#cfg = analyses.cfg;
    this.known = analyses.known;
    this.#makers = analyses.defs.inst;
    this.#cx = cx;
    this.#narrowed = hasInst(func, ({ op }) => op === 'is') ? narrowingOf(analyses) : null;
  }

  run(): boolean {
    const forwarding = new Forwarding();
    let changed = false;
    for (const [i, block] of this.#cfg.blocks.entries()) {
      if (this.known.reached[i] === 0) continue;
      const out: Inst[] = [];
      let rewritten = false;
      for (const inst of block.insts) {
        const rewrite = inst.op === 'rt' ? TYPED.get(inst.imm as BuiltinName) : undefined;
        const done = rewrite === undefined ? false : this.#try(rewrite, inst, out, i);
        if (done === false) {
          out.push(inst);
          continue;
        }
        rewritten = true;
        if (done !== true) forwarding.set(inst.result as ValueId, done);
      }
      if (!rewritten) continue;
      block.insts = out;
      changed = true;
    }
    applyForwarding(this.#func, forwarding);
    // What failed in a try block may no longer be able to.
    if (changed) removeUnreachable(this.#func);
    return changed;
  }

  #try(rewrite: Rewrite, inst: Inst, out: Inst[], position: number): boolean | ValueId {
    const [a, b] = inst.args as [ValueId, ValueId];
    this.#position = position;
    const ca = this.codeOf(a);
    const cb = b === undefined ? -1 : this.codeOf(b);
    if (ca === -1 && cb === -1) return false;
    const before = out.length;
    const e = new Emitter(this.#func, this.#cx.calls, out, inst);
    const done = rewrite(this, { e, inst, a, b, ca, cb });
    if (done === false) return false;
    if (this.#cx.may()) return done;
    out.length = before;
    return false;
  }

  /** The type of a word where the instruction uses it, or -1. */
  codeOf(word: ValueId): number {
    const code = codeKnown(this.known, word);
    return code === -1 && this.#narrowed !== null ? this.#narrowed(word, this.#position) : code;
  }

  /** The field of a struct that is found by name. */
  field(s: Site): FoundField | null {
    const name = this.#makers[s.b];
    return name?.op === 'const.str' ? fieldOf(this.#cx.program, s.ca, name.imm as string) : null;
  }

  /** The raw value of a word of known type. */
  raw(e: Emitter, word: ValueId, code: number): ValueId {
    const maker = this.#makers[word];
    if (maker?.op.startsWith('box.') === true) return maker.args[0] as ValueId;
    return e.unbox(word, code);
  }

  both(s: Site): [ValueId, ValueId] {
    return [this.raw(s.e, s.a, s.ca), this.raw(s.e, s.b, s.cb)];
  }

  box(s: Site, code: number, raw: ValueId): void {
    s.e.finalBox(raw, code);
  }

  widened(e: Emitter, code: number, value: ValueId): ValueId {
    if (widthOf(code) === 'i64') return value;
    return e.op(code === i32 ? 'i64.from.i32' : 'i64.from.u32', [value]);
  }

  /** The second operand as an index, if it is an integer that an i64 holds. */
  index(s: Site): ValueId | null {
    return isInteger(s.cb) && s.cb !== u64 ? this.widened(s.e, s.cb, this.raw(s.e, s.b, s.cb)) : null;
  }

  constant(value: ValueId): Scalar | null {
    return this.known.state[value] === CONSTANT ? (this.known.constant[value] as Scalar) : null;
  }

  /** The integer in a word that was boxed from a constant. */
  integer(word: ValueId): bigint | null {
    return integerIn(word, this.#makers, this.known);
  }

  /** The text of `typeof` for a type whose values all have the same one. */
  label(code: number): string | null {
    return labelOfType(code, this.#cx.program);
  }
}
