/**
 * What each opcode asks of the types of its operands and what its result is.
 *
 * Opcodes whose operands are numbers and any words need no row: their kinds say all. Whatever touches references, slots of any kind,
 * windows or tables has a row here; a test asks for those that are missing. A row looks at the slots before the instruction and
 * then says what it leaves there.
 */
import { BUILTINS, type BuiltinName, BUILTIN_NAMES } from '../../base/builtins.ts';
import { Bug, present } from '../../base/bug.ts';
import { type Kind, kindOfCode, NOMINAL, TYPE_CODES, type TypeCode } from '../../base/kinds.ts';
import { TRAP_KIND_NAMES } from '../../base/traps.ts';
import { FRAME_HEADER_SLOTS } from '../../runtime/layout.ts';
import type { DecodedInst } from '../encode.ts';
import { hasOpcode } from '../opcodes.ts';
import type { Opcode, PlacedOperand } from '../opcode.ts';
import type { ImmKind } from '../operand.ts';
import { builtinForm } from '../select.ts';
import type { BytecodeField, BytecodeFunc } from '../program.ts';
import { BUILTIN_TYPES, type Number as NumberRole } from './builtin-types.ts';
import { type Code, operandValue } from './code.ts';
import { refuse } from './refusal.ts';
import { type FlowRule, isTypeCode, resultKind } from './rules.ts';
import type { CellKind, Fact, Heap, Plain, TypeId } from './slot-types.ts';
import type { State } from './state.ts';
import type { Summaries } from './summaries.ts';

/** One instruction being followed. */
export class Step {
  readonly summaries: Summaries;
  readonly code: Code;
  inst: DecodedInst;
  state: State;
  /** Slots that have changed, for whoever joins states piecewise; kept only while `recording`. */
  readonly changed: number[] = [];
  recording = false;
  /** Whether control goes on after a call: its callee may never return. */
  goesOn = true;

  constructor(summaries: Summaries, code: Code, state: State) {
    this.summaries = summaries;
    this.code = code;
    this.state = state;
    this.inst = present(code.insts[0], 'instruction');
  }

  get types() {
    return this.summaries.types;
  }

  get func(): BytecodeFunc {
    return this.code.func;
  }

  fail(rule: FlowRule, text: string): never {
    return refuse(rule, `${this.inst.op.name}: ${text}`, this.code.index, this.inst.pc);
  }

  imm(name: string): number {
    return operandValue(this.inst, name);
  }

  // reading

  /** What a slot holds; it must have been set. */
  slot(slot: number): TypeId {
    const id = this.state.get(slot);
    if (id === this.types.unset) this.fail('initialised', `r${slot} holds nothing certain`);
    return id;
  }

  use(name: string): TypeId {
    return this.slot(operandValue(this.inst, name));
  }

  /** A slot that must hold a kind; a reference may be null. */
  slotOfKind(slot: number, kind: Kind): TypeId {
    const id = this.slot(slot);
    if (!this.types.isKind(id, kind)) {
      const nullable = kind === 'any' && this.types.isRef(id) && this.types.get(id).k !== 'ref';
      this.fail(nullable ? 'null' : 'kinds', `r${slot} holds ${this.types.show(id)}, not ${kind}`);
    }
    return id;
  }

  /** A reference to something of a sort, not null. */
  heap<Is extends Heap['is']>(slot: number, is: Is): Extract<Heap, { readonly is: Is }> {
    const type = this.types.get(this.slotOfKind(slot, 'ref'));
    if (type.k !== 'ref' || type.nullable) this.fail('null', `r${slot} may hold null`);
    if (type.heap.is !== is) {
      this.fail('references', `r${slot} holds ${this.types.show(this.slot(slot))}, where ${is} is needed`);
    }
    // compared above
    return type.heap as Extract<Heap, { readonly is: Is }>;
  }

  operandHeap<Is extends Heap['is']>(name: string, is: Is): Extract<Heap, { readonly is: Is }> {
    return this.heap(operandValue(this.inst, name), is);
  }

  /** A slot whose value is stored or passed where a type is promised. */
  fits(slot: number, wanted: TypeId, rule: FlowRule, what: string): void {
    const id = this.slot(slot);
    if (!this.types.fits(id, wanted)) {
      this.fail(rule, `${what} is ${this.types.show(wanted)}, but r${slot} holds ${this.types.show(id)}`);
    }
  }

  // writing

  set(slot: number, id: TypeId, value = 0): void {
    this.state.set(slot, id, value);
    this.note(slot);
  }

  readonly note = (slot: number): void => {
    if (this.recording) this.changed.push(slot);
  };

  /** Sets the result operand; a reference gets a value number, so that tests of it tell about its copies. */
  define(id: TypeId): void {
    const { placed } = this.inst.op;
    for (let i = 0; i < placed.length; i++) {
      const { role } = placed[i] as PlacedOperand;
      if (role === 'def' || role === 'update') return this.makeValue(this.inst.values[i] as number, id);
    }
  }

  makeValue(slot: number, id: TypeId): void {
    if (!this.types.isRef(id)) return this.set(slot, id);
    const value = this.inst.pc + 1;
    this.state.forget(value, this.types, this.note);
    this.set(slot, id, value);
  }

  /** A fact about the value that a slot holds, as an i32. */
  factAbout(slot: number, fact: (of: number) => Fact): TypeId {
    const value = this.state.values[slot] as number;
    return value === 0 ? this.types.i32 : this.types.fact(fact(value));
  }

  // windows

  /** The first slot of a window that must hold so many slots. */
  window(name: string, slots: number, header = 0): number {
    const first = this.imm(name);
    if (first < header || first + slots > this.func.frame) {
      this.fail('windows', `${slots} slots from r${first} do not lie in a frame of ${this.func.frame}`);
    }
    return first;
  }
}

export type Typing = (s: Step) => void;

// --- tables ---------------------------------------------------------------------------------------------------------

/** Immediates of which any allowed value means the same for types. */
const PLAIN_IMMEDIATES: readonly ImmKind[] = ['i32', 'i64', 'target', 'cost', 'count', 'trap', 'code'];
const PLAIN_KINDS: readonly string[] = ['i32', 'i64', 'f64', 'any'];

/** Whether the kinds of its operands say all about an opcode. */
export function isPlain(op: Opcode): boolean {
  return op.placed.every(({ role, kind }) =>
    role === 'imm' ? PLAIN_IMMEDIATES.includes(kind as ImmKind) : PLAIN_KINDS.includes(kind),
  );
}

function plain(s: Step): void {
  const { op, values } = s.inst;
  let result: Kind | null = null;
  for (let i = 0; i < op.placed.length; i++) {
    const { role, kind } = op.placed[i] as PlacedOperand;
    if (role === 'use' || role === 'update') s.slotOfKind(values[i] as number, kind as Kind);
    if (role === 'def' || role === 'update') result = kind as Kind;
  }
  if (result !== null) s.define(s.types.ofKind(result as Exclude<Kind, 'ref'>));
}

/** Copies a slot of any kind. */
function copy(from: string, to: string): Typing {
  return (s) => {
    const source = operandValue(s.inst, from);
    s.set(operandValue(s.inst, to), s.slot(source), s.state.values[source]);
  };
}

const rawKinds: readonly Kind[] = ['i32', 'i64', 'f64'];

function isRaw(s: Step, id: TypeId): boolean {
  return rawKinds.some((kind) => s.types.isKind(id, kind));
}

const getField: Typing = (s) => {
  const { type } = s.operandHeap('object', 'struct');
  const def = s.summaries.program.types[type];
  const field = def?.kind === 'struct' ? def.fields[s.imm('index')] : undefined;
  if (field === undefined) return s.fail('fields', `${def?.name} has no field ${s.imm('index')}`);
  s.define(s.types.ofCode(field.code));
};

function setField(kinds: readonly Kind[]): Typing {
  return (s) => {
    const { type } = s.operandHeap('object', 'struct');
    const def = s.summaries.program.types[type];
    const field = def?.kind === 'struct' ? def.fields[s.imm('index')] : undefined;
    if (field === undefined) return s.fail('fields', `${def?.name} has no field ${s.imm('index')}`);
    if (!kinds.includes(field.kind))
      return s.fail('fields', `field ${field.name} of ${def?.name} is held as ${field.kind}`);
    s.fits(operandValue(s.inst, 'src'), s.types.ofCode(field.code), 'fields', `field ${field.name} of ${def?.name}`);
  };
}

const getPayload: Typing = (s) => {
  const { type, variants } = s.operandHeap('object', 'enum');
  const def = s.summaries.program.types[type];
  if (def?.kind !== 'enum') throw new Bug('an enum that is none');
  const index = s.imm('index');
  let result: TypeId | null = null;
  for (const [i, variant] of def.variants.entries()) {
    if (variants !== null && ((variants >> BigInt(i)) & 1n) === 0n) continue;
    const field = variant.payload[index];
    if (field === undefined)
      return s.fail('payload', `it may be ${def.name}.${variant.name}, which has no payload field ${index}`);
    const id = s.types.ofCode(field.code);
    result = result === null ? id : s.types.join(result, id);
    if (result === s.types.unset || (result === s.types.any && id !== s.types.any)) {
      return s.fail('payload', `the variants that ${def.name} may be hold different things in payload field ${index}`);
    }
  }
  if (result === null) return s.fail('payload', `${def.name} has no variants`);
  s.define(result);
};

function newCell(holds: CellKind): Typing {
  return (s) => {
    const slot = operandValue(s.inst, 'src');
    checkCellValue(s, holds, slot);
    const site = s.summaries.site(s.code.index, s.inst.pc);
    storeCell(s, holds, site, slot);
    s.define(s.types.ref({ is: 'cell', holds, site }));
  };
}

function setCell(holds: CellKind): Typing {
  return (s) => {
    const cell = s.operandHeap('cell', 'cell');
    const slot = operandValue(s.inst, 'src');
    if (cell.holds !== holds) return s.fail('cells', `the variable holds ${cell.holds}`);
    checkCellValue(s, holds, slot);
    storeCell(s, holds, cell.site, slot);
  };
}

function checkCellValue(s: Step, holds: CellKind, slot: number): void {
  const id = s.slot(slot);
  const right = holds === 'raw' ? isRaw(s, id) : s.types.isKind(id, holds);
  if (!right) return s.fail('cells', `r${slot} holds ${s.types.show(id)}, the variable ${holds}`);
}

function storeCell(s: Step, holds: CellKind, site: number, slot: number): void {
  const id = s.slot(slot);
  const content = s.types.content(site);
  const stored = s.types.store(site, holds === 'any' ? s.types.any : id);
  // Two references to different things join to an any word, which such a variable cannot hold.
  const kept = holds !== 'ref' || s.types.isRef(s.types.content(site));
  if (!stored || !kept)
    return s.fail('cells', `the variable holds ${s.types.show(content)}, r${slot} ${s.types.show(id)}`);
}

function globalType(s: Step): { readonly kind: Kind; readonly index: number } {
  const index = s.imm('global');
  return { kind: present(s.summaries.program.globals[index], 'module variable').kind, index };
}

/**
 * A variable that may not be set yet: zero, which is no any word and no reference. For code from a file such a read becomes its checked
 * form (`CHECKED_FORMS`), which traps on zero, so what it gives is set.
 */
function getVariable(s: Step, content: TypeId): void {
  const type = s.types.get(content);
  if (type.k === 'unset' || type.k === 'null') s.goesOn = false;
  else if (type.k === 'ref' && type.nullable) s.define(s.types.ref(type.heap));
  else s.define(content);
}

const getGlobal: Typing = (s) => {
  const { kind, index } = globalType(s);
  if (kind === 'ref') getVariable(s, s.summaries.global(index));
  else s.define(s.types.ofKind(kind));
};

/** Elements: the code promises a type of the width in the opcode's name; bool has one of its own. */
function elementType(s: Step): TypeId {
  const code = s.imm('code') as TypeCode;
  const width = s.inst.op.name.split('.')[2] ?? '';
  const right = width === 'bool' ? code === TYPE_CODES.bool : kindOfCode(code) === width && code !== TYPE_CODES.bool;
  if (!right) return s.fail('elements', `type ${code} is not held as ${width}`);
  return s.types.ofCode(code);
}

const getElement: Typing = (s) => {
  s.operandHeap('array', 'array');
  if (s.imm('index') >= 0) s.slotOfKind(s.imm('index'), 'i64');
  s.define(elementType(s));
};

const setElement: Typing = (s) => {
  s.operandHeap('array', 'array');
  if (s.imm('index') >= 0) s.slotOfKind(s.imm('index'), 'i64');
  s.fits(operandValue(s.inst, 'src'), elementType(s), 'elements', 'an element');
};

function elements(family: 'get' | 'pop' | 'set' | 'push'): Record<string, Typing> {
  const typing = family === 'get' || family === 'pop' ? getElement : setElement;
  return Object.fromEntries(['bool', 'i32', 'i64', 'f64', 'ref'].map((width) => [`array.${family}.${width}`, typing]));
}

/** Checks a run of slots against fields. */
function fillFields(s: Step, first: number, fields: readonly BytecodeField[], count: number, what: string): void {
  if (count !== fields.length) return s.fail('makers', `${what} has ${fields.length} fields, not ${count}`);
  fields.forEach((field, i) => {
    s.fits(first + i, s.types.ofCode(field.code), 'makers', `field ${field.name} of ${what}`);
  });
}

function nominal(s: Step) {
  const code = s.imm('code');
  const def = code < NOMINAL ? undefined : s.summaries.program.types[code - NOMINAL];
  return { def, type: code - NOMINAL };
}

const newStruct: Typing = (s) => {
  const { def, type } = nominal(s);
  if (def?.kind !== 'struct') return s.fail('makers', `type ${s.imm('code')} is no struct`);
  const count = s.imm('count');
  fillFields(s, s.window('fields', count), def.fields, count, def.name);
  s.define(s.types.ref({ is: 'struct', type }));
};

const newVariant: Typing = (s) => {
  const { def, type } = nominal(s);
  const number = s.imm('variant');
  const variant = def?.kind === 'enum' ? def.variants[number] : undefined;
  if (variant === undefined) return s.fail('makers', `type ${s.imm('code')} has no variant ${number}`);
  const count = s.imm('count');
  fillFields(s, s.window('payload', count), variant.payload, count, variant.name);
  s.define(s.types.ref({ is: 'enum', type, variants: 1n << BigInt(number) }));
};

function functionValue(s: Step, func: number): void {
  const problem = s.summaries.makeValue(func);
  if (problem !== null) return s.fail('values', problem);
  s.define(s.types.ref({ is: 'func', sig: s.summaries.func(func).sig }));
}

const newClosure: Typing = (s) => {
  const func = s.imm('func');
  const { captures } = s.summaries.func(func);
  const count = s.imm('count');
  if (count !== captures.length)
    return s.fail('makers', `function ${func} captures ${captures.length} values, not ${count}`);
  const first = s.window('captures', count);
  captures.forEach((kind, i) => {
    const id = s.slotOfKind(first + i, kind);
    const held = kind === 'any' ? s.types.any : id;
    if (!s.summaries.capturing(func, i, held)) {
      s.fail(
        'makers',
        `captured value ${i} of function ${func} is sometimes ${s.types.show(id)}, sometimes something else`,
      );
    }
  });
  functionValue(s, func);
};

// --- calls ----------------------------------------------------------------------------------------------------------

/** Operands of a call; afterwards the slots from the callee's header on are lost. */
function passOperands(s: Step, kinds: readonly Kind[]): { readonly first: number; readonly args: TypeId[] } {
  const first = s.window('window', Math.max(1, kinds.length), FRAME_HEADER_SLOTS);
  const args = kinds.map((kind, i) => {
    const id = s.slotOfKind(first + i, kind);
    return kind === 'any' ? s.types.any : id;
  });
  return { first, args };
}

function clobber(s: Step, first: number): void {
  const from = first - FRAME_HEADER_SLOTS;
  s.state.clobber(from, s.types.unset);
  if (s.recording) for (let slot = from; slot < s.func.frame; slot++) s.note(slot);
}

/** What every call does to the frame; the result is set by `finishCall`, after errors have been accounted for. */
function direct(mayCapture: boolean): Typing {
  return (s) => {
    const target = s.imm('func');
    const callee = s.summaries.func(target);
    if (callee.boxed === target) return s.fail('calls', `function ${target} is a boxed entry`);
    if (mayCapture) {
      if (s.func.boxed !== s.code.index || callee.boxed !== s.code.index) {
        s.fail('calls', `this is not the boxed entry of function ${target}`);
      }
    } else if (callee.captures.length > 0) {
      s.fail('calls', `function ${target} captures values`);
    }
    const { first, args } = passOperands(s, callee.params);
    s.summaries.enter(target, args);
    clobber(s, first);
  };
}

const callClosure: Typing = (s) => {
  const { sig } = s.operandHeap('closure', 'func');
  if (sig !== s.imm('sig'))
    return s.fail('known signatures', `that the function value has signature ${s.imm('sig')} is not known`);
  const { params } = present(s.summaries.program.signatures[sig], 'signature');
  const { first } = passOperands(s, params.map(kindOfCode));
  s.summaries.signature(sig).params.forEach((wanted, i) => {
    s.fits(first + i, wanted, 'calls', `operand ${i}`);
  });
  clobber(s, first);
};

const callBoxed: Typing = (s) => {
  s.operandHeap('closure', 'func');
  const count = s.imm('count');
  s.window('window', count);
  const { first } = passOperands(
    s,
    Array.from({ length: count }, (): Kind => 'any'),
  );
  clobber(s, first);
};

/** What a call leaves in the first slot of its window. Null if it never returns, `unset` for nothing. */
export function callResult(s: Step): TypeId | null {
  const { types, summaries } = s;
  if (s.imm('func') >= 0) return summaries.resultOf(s.imm('func'));
  if (s.imm('sig') < 0) return types.any;
  const { resultCode } = summaries.signature(s.imm('sig'));
  return resultKind(resultCode) === null ? types.unset : types.ofCode(resultCode);
}

const giveBack: Typing = (s) => {
  const { types, summaries, code, func } = s;
  const slot = operandValue(s.inst, 'src');
  if (func.result === null || slot < 0) return summaries.returned(code.index, types.unset);
  const id = s.slotOfKind(slot, func.result);
  if (summaries.isValue(code.index)) {
    const { resultCode } = summaries.signature(func.sig);
    s.fits(slot, types.ofCode(resultCode), 'results', 'the result');
  }
  summaries.returned(code.index, func.result === 'any' ? types.any : id);
};

const runtime: Typing = (s) => {
  const name = present(BUILTIN_NAMES[s.imm('builtin')], 'built-in') as BuiltinName;
  const { params, result } = BUILTINS[name];
  const { refs, numbers, result: heap } = BUILTIN_TYPES[name];
  // where a built-in finds its operands is decided by its form, not by the instruction
  if (s.inst.op !== builtinForm(name)) s.fail('built-ins', `${name} is called by ${builtinForm(name).name}`);
  const { operands, into } = slotsOfBuiltin(s, params.length, result === null);
  let ref = 0;
  let number = 0;
  for (const [i, kind] of params.entries()) {
    const slot = operands[i] as number;
    const id = s.slotOfKind(slot, kind);
    if (kind === 'i32') checkNumber(s, name, id, numbers[number++] as NumberRole);
    if (kind !== 'ref') continue;
    const wanted = present(refs[ref++], `references of ${name}`);
    if (wanted === 'string?') checkNullable(s, slot, 'string');
    else s.heap(slot, wanted);
  }
  if (result === null) return;
  if (result !== 'ref') return s.makeValue(into, s.types.ofKind(result));
  const is = present(heap, `result of ${name}`);
  s.makeValue(into, s.types.ref(is === 'func' ? { is, sig: null } : { is }));
};

/** Where a built-in finds its operands and leaves its result. */
function slotsOfBuiltin(
  s: Step,
  count: number,
  isVoid: boolean,
): { readonly operands: number[]; readonly into: number } {
  const { op, values } = s.inst;
  if (op.placed.some(({ kind }) => kind === 'window')) {
    const first = s.window('window', Math.max(count, isVoid ? 0 : 1));
    return { operands: Array.from({ length: count }, (_, i) => first + i), into: first };
  }
  const operands = values.filter((_, i) => op.placed[i]?.role === 'use');
  return { operands, into: operandValue(s.inst, 'dst') };
}

function checkNullable(s: Step, slot: number, is: Plain): void {
  const type = s.types.get(s.slot(slot));
  if (type.k === 'ref' && type.heap.is !== is)
    return s.fail('built-ins', `r${slot} holds ${s.types.show(s.slot(slot))}`);
}

function checkNumber(s: Step, name: string, id: TypeId, role: NumberRole): void {
  if (role === 'any') return;
  const type = s.types.get(id);
  const value = type.k === 'i32' ? type.value : null;
  if (value === null) return s.fail('built-ins', `${name} needs a known ${role}`);
  const right =
    role === 'style'
      ? value === 0 || value === 1
      : role === 'kind'
        ? TRAP_KIND_NAMES[value] !== undefined
        : isTypeCode(s.summaries.program, value);
  if (!right) return s.fail('built-ins', `${name}: there is no ${role} ${value}`);
}

// --- tests ----------------------------------------------------------------------------------------------------------

const COMPARES: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  lt_s: (a, b) => a < b,
  le_s: (a, b) => a <= b,
  gt_s: (a, b) => a > b,
  ge_s: (a, b) => a >= b,
  lt_u: (a, b) => a >>> 0 < b >>> 0,
  le_u: (a, b) => a >>> 0 <= b >>> 0,
};

/** Comparisons and branches of i32: which, and whether the right side is an immediate. */
const COMPARISON = /^(?:(?:br|loop)\.)?(eq|ne|lt_s|le_s|gt_s|ge_s|lt_u|le_u)\.i32(?:\.imm)?$/;

export function isComparison({ name }: Opcode): boolean {
  return COMPARISON.test(name);
}

/** The fact that a comparison of a variant's number with a constant states. */
export function comparisonFact(s: Step): Fact | null {
  const order = COMPARISON.exec(s.inst.op.name)?.[1];
  if (order === undefined) return null;
  const holds = COMPARES[order];
  const [left, right] = ['lhs', 'rhs'].map((name) => sideOf(s, name)) as [Side, Side];
  const [tag, constant, swapped] = left.tag !== null ? [left.tag, right.value, false] : [right.tag, left.value, true];
  if (tag === null || constant === null || holds === undefined) return null;
  const among = variantsWhere(s, tag, (number) => (swapped ? holds(constant, number) : holds(number, constant)));
  return { test: 'variants', of: tag, among, not: false };
}

interface Side {
  /** The value whose variant it numbers. */
  readonly tag: number | null;
  readonly value: number | null;
}

function sideOf(s: Step, name: string): Side {
  const at = s.inst.op.placed.findIndex((operand) => operand.name === name);
  const operand = s.inst.op.placed[at];
  const number = s.inst.values[at] as number;
  if (operand?.role === 'imm') return { tag: null, value: number };
  const type = s.types.get(s.state.get(number));
  if (type.k !== 'i32') return { tag: null, value: null };
  return { tag: type.fact?.test === 'tag' ? type.fact.of : null, value: type.value };
}

function variantsWhere(s: Step, value: number, holds: (number: number) => boolean): bigint {
  const slot = s.state.values.indexOf(value);
  const type = slot < 0 ? null : s.types.get(s.state.get(slot));
  if (type?.k !== 'ref' || type.heap.is !== 'enum') return 0n;
  const def = s.summaries.program.types[type.heap.type];
  let among = 0n;
  const count = def?.kind === 'enum' ? def.variants.length : 0;
  for (let i = 0; i < count; i++) if (holds(i)) among |= 1n << BigInt(i);
  return among;
}

/** Comparisons tell about variants. */
const compareNumbers: Typing = (s) => {
  const fact = comparisonFact(s);
  plain(s);
  if (fact !== null && s.state.values.includes(fact.of)) s.define(s.types.fact(fact));
};

const invert: Typing = (s) => {
  const type = s.types.get(s.use(firstUse(s.inst.op)));
  plain(s);
  if (type.k !== 'i32') return;
  const { value, fact } = type;
  if (value !== null) return s.define(s.types.constant(value === 0 ? 1 : 0));
  if (fact === null) return;
  if (fact.test === 'tag') {
    s.define(s.types.fact({ test: 'variants', of: fact.of, among: 1n, not: false }));
  } else s.define(s.types.fact({ ...fact, not: !fact.not }));
};

function firstUse(op: Opcode): string {
  return op.placed.find(({ role }) => role === 'use')?.name ?? '';
}

const sameReference: Typing = (s) => {
  const [left, right] = [operandValue(s.inst, 'lhs'), operandValue(s.inst, 'rhs')];
  const [a, b] = [s.slotOfKind(left, 'ref'), s.slotOfKind(right, 'ref')];
  if (a === s.types.null && b === s.types.null) return s.define(s.types.constant(1));
  const about = b === s.types.null ? left : a === s.types.null ? right : null;
  s.define(about === null ? s.types.i32 : s.factAbout(about, (of) => ({ test: 'null', of, not: false })));
};

// --- the table ------------------------------------------------------------------------------------------------------

const constant: Typing = (s) => s.define(s.types.constant(s.imm('value')));
const poolConstant: Typing = (s) =>
  s.define(s.types.bits(present(s.summaries.program.constants[s.imm('value')], 'constant')));
const length =
  (is: Plain): Typing =>
  (s) => {
    s.operandHeap('src', is);
    s.define(s.types.i32);
  };

const compareStrings: Typing = (s) => {
  s.operandHeap('lhs', 'string');
  s.operandHeap('rhs', 'string');
  s.define(s.types.i32);
};

const ROWS: Readonly<Record<string, Typing>> = {
  move: copy('src', 'dst'),
  'ld.spill': copy('slot', 'dst'),
  'st.spill': copy('src', 'slot'),
  select: (s) => {
    s.slotOfKind(operandValue(s.inst, 'condition'), 'i32');
    const id = s.types.join(s.use('then'), s.use('otherwise'));
    if (id === s.types.unset) return s.fail('kinds', 'the two slots hold different kinds');
    s.define(id);
  },
  'const.i32': constant,
  'const.i32.long': constant,
  'const.pool': poolConstant,
  'const.pool.long': poolConstant,
  'const.str': (s) => s.define(s.types.ref({ is: 'string' })),
  'const.null': (s) => s.define(s.types.null),
  'const.func': (s) => {
    const func = s.imm('value');
    if (s.summaries.func(func).captures.length > 0) return s.fail('makers', `function ${func} captures values`);
    functionValue(s, func);
  },
  'const.variant': (s) => {
    const value = s.imm('value');
    s.define(s.types.ref({ is: 'enum', type: value >>> 16, variants: 1n << BigInt(value & 0xffff) }));
  },

  'str.len': length('string'),
  'str.index': (s) => {
    s.operandHeap('src', 'string');
    s.slotOfKind(operandValue(s.inst, 'index'), 'i64');
    s.define(s.types.ref({ is: 'string' }));
  },
  'str.eq': compareStrings,
  'str.cmp': compareStrings,
  'array.get.any': (s) => {
    s.operandHeap('array', 'array');
    s.slotOfKind(operandValue(s.inst, 'index'), 'i64');
    s.define(s.types.any);
  },
  'array.len': length('array'),
  'enum.tag': (s) => {
    s.operandHeap('src', 'enum');
    s.define(s.factAbout(operandValue(s.inst, 'src'), (of) => ({ test: 'tag', of })));
  },
  'eq.ref': sameReference,
  'eqz.i32': invert,
  'unbox.ref': (s) => {
    s.slotOfKind(operandValue(s.inst, 'src'), 'any');
    const code = s.imm('code') as TypeCode;
    if (kindOfCode(code) !== 'ref') return s.fail('references', `type ${code} is not held as a reference`);
    s.define(s.types.ofCode(code));
  },
  'closure.has': (s) => {
    s.operandHeap('func', 'func');
    const sig = s.imm('sig');
    s.define(s.factAbout(operandValue(s.inst, 'func'), (of) => ({ test: 'sig', of, sig, not: false })));
  },
  'func.arity': (s) => void s.operandHeap('func', 'func'),

  'struct.new': newStruct,
  'enum.new': newVariant,
  'closure.new': newClosure,
  'field.get': getField,
  'field.get.long': getField,
  'field.set': setField(rawKinds),
  'field.set.long': setField(rawKinds),
  'field.set.ref': setField(['ref']),
  'field.set.ref.long': setField(['ref']),
  'field.set.any': setField(['any']),
  'field.set.any.long': setField(['any']),
  'payload.get': getPayload,
  'payload.get.long': getPayload,

  'cell.new': newCell('raw'),
  'cell.new.ref': newCell('ref'),
  'cell.new.any': newCell('any'),
  'cell.get': (s) => {
    const { site } = s.operandHeap('cell', 'cell');
    getVariable(s, s.summaries.cellContent(site));
  },
  'cell.get.checked': (s) => {
    const { site } = s.operandHeap('cell', 'cell');
    getVariable(s, s.summaries.cellContent(site));
  },
  'cell.set': setCell('raw'),
  'cell.set.ref': setCell('ref'),
  'cell.set.any': setCell('any'),
  'global.get': getGlobal,
  'global.get.checked': getGlobal,
  'global.set': (s) => {
    const { kind, index } = globalType(s);
    const id = s.slotOfKind(operandValue(s.inst, 'src'), kind);
    if (kind === 'ref' && !s.summaries.setGlobal(index, id)) {
      s.fail('globals', `the variable is sometimes ${s.types.show(id)}, sometimes something else`);
    }
  },
  'env.get': (s) => {
    const index = s.imm('index');
    const kind = s.func.captures[index];
    const id = s.summaries.capture(s.code.index, index);
    if (kind === undefined || id === undefined) return s.fail('captures', `the function captures no value ${index}`);
    if (id === s.types.unset) s.goesOn = false;
    else s.define(id);
  },

  ...elements('get'),
  ...elements('set'),
  ...elements('push'),
  ...elements('pop'),

  'depth.check': plain,
  call: direct(false),
  'call.env': direct(true),
  'call.closure': callClosure,
  'call.boxed': callBoxed,
  ret: giveBack,
  'ret.void': giveBack,
  rt: runtime,
  'rt.1': runtime,
  'rt.2': runtime,
  'rt.3': runtime,
};

/** What an opcode asks for; null if a row is missing. */
export function typingFor(op: Opcode): Typing | null {
  const row = ROWS[op.name];
  if (row !== undefined) return row;
  if (!isPlain(op)) return null;
  return isComparison(op) && op.traits.flow === 'next' ? compareNumbers : plain;
}

/**
 * Opcodes that code from a file may not use as they are, because what makes them right cannot be seen in the code: they are replaced by
 * the opcode of the same shape that checks it at run time. `needed` says where.
 */
export const CHECKED_FORMS: readonly { readonly op: string; readonly checked: string; readonly needed: Need }[] = [
  {
    op: 'global.get',
    checked: 'global.get.checked',
    needed: (s) => globalType(s).kind === 'ref' || globalType(s).kind === 'any',
  },
  {
    op: 'cell.get',
    checked: 'cell.get.checked',
    needed: (s) => {
      const type = s.types.get(s.types.content(s.operandHeap('cell', 'cell').site));
      return type.k === 'null' || (type.k === 'ref' && type.nullable);
    },
  },
];

type Need = (s: Step) => boolean;

/** Names of rows for which there is no opcode. */
export function unusedRows(): readonly string[] {
  return Object.keys(ROWS).filter((name) => !hasOpcode(name));
}
