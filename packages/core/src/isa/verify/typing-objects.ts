/**
 * Rows for what is held in objects, cells and module variables: structs, enums, arrays, closures.
 */
import { Bug, present } from '../../base/bug.ts';
import { type Kind, kindOfCode, NOMINAL, TYPE_CODES, type TypeCode } from '../../base/kinds.ts';
import type { BytecodeField } from '../program.ts';
import { operandValue } from './code.ts';
import type { Cell, CellKind, TypeId } from './slot-types.ts';
import type { Step, Typing } from './step.ts';

export const rawKinds: readonly Kind[] = ['i32', 'i64', 'f64'];

function isRaw(s: Step, id: TypeId): boolean {
  return rawKinds.some((kind) => s.types.isKind(id, kind));
}

/** A slot of a struct, a variant or a function value: what may be there follows from what is known of the object. */
export const getPart: Typing = (s) => {
  const type = s.types.get(s.slotOfKind(operandValue(s.inst, 'object'), 'ref'));
  const is = type.k === 'ref' ? type.heap.is : null;
  if (is === 'enum') getPayload(s);
  else if (is === 'func') getCaptured(s);
  else getField(s);
};

const getField: Typing = (s) => {
  const { type } = s.operandHeap('object', 'struct');
  const def = s.summaries.program.types[type];
  const field = def?.kind === 'struct' ? def.fields[s.imm('index')] : undefined;
  if (field === undefined) return s.fail('fields', `${def?.name} has no field ${s.imm('index')}`);
  s.define(s.types.ofCode(field.code));
};

export function setField(kinds: readonly Kind[]): Typing {
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

export function newCell(holds: CellKind): Typing {
  return (s) => {
    const slot = operandValue(s.inst, 'src');
    checkCellValue(s, holds, slot);
    const site = s.summaries.site(s.code.index, s.inst.pc);
    const cell: Cell = { is: 'cell', holds, sites: [site] };
    storeCell(s, cell, slot);
    s.define(s.types.ref(cell));
  };
}

export function setCell(holds: CellKind): Typing {
  return (s) => {
    const cell = s.operandHeap('cell', 'cell');
    const slot = operandValue(s.inst, 'src');
    if (cell.holds !== holds) return s.fail('cells', `the variable holds ${cell.holds}`);
    checkCellValue(s, holds, slot);
    storeCell(s, cell, slot);
  };
}

function checkCellValue(s: Step, holds: CellKind, slot: number): void {
  const id = s.slot(slot);
  const right = holds === 'raw' ? isRaw(s, id) : s.types.isKind(id, holds);
  if (!right) return s.fail('cells', `r${slot} holds ${s.types.show(id)}, the variable ${holds}`);
}

function storeCell(s: Step, cell: Cell, slot: number): void {
  const variable = usedVariable(s, cell);
  const id = s.slot(slot);
  const content = s.types.content(variable);
  if (s.types.store(variable, cell.holds, cell.holds === 'any' ? s.types.any : id)) return;
  const before = s.types.show(content ?? s.types.unset);
  s.fail('cells', `the variable holds ${before}, r${slot} ${s.types.show(id)}`);
}

/** The variable that a cell is, which it is for all of the program once it is used. */
function usedVariable(s: Step, cell: Cell): number {
  return s.types.variable(cell) ?? s.fail('cells', 'the variable may be one of several, which hold different things');
}

export function cellContent(s: Step): TypeId | null {
  return s.summaries.cellContent(usedVariable(s, s.operandHeap('cell', 'cell')));
}

export function globalType(s: Step): { readonly kind: Kind; readonly index: number } {
  const index = s.imm('global');
  return { kind: present(s.summaries.program.globals[index], 'module variable').kind, index };
}

/**
 * A variable that may not be set yet: zero, which is no any word and no reference. For code from a file such a read becomes its checked
 * form (`CHECKED_FORMS`), which traps on zero, so what it gives is set.
 */
export function getVariable(s: Step, content: TypeId | null): void {
  const known = content ?? s.types.unset;
  const type = s.types.get(known);
  if (type.k === 'unset' || type.k === 'null') s.goesOn = false;
  else if (type.k === 'ref' && type.nullable) s.define(s.types.ref(type.heap));
  else s.define(known);
}

export const getGlobal: Typing = (s) => {
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

export function elements(family: 'get' | 'pop' | 'set' | 'push'): Record<string, Typing> {
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

export const newStruct: Typing = (s) => {
  const { def, type } = nominal(s);
  if (def?.kind !== 'struct') return s.fail('makers', `type ${s.imm('code')} is no struct`);
  const count = s.imm('count');
  fillFields(s, s.window('fields', count), def.fields, count, def.name);
  s.define(s.types.ref({ is: 'struct', type }));
};

export const newVariant: Typing = (s) => {
  const { def, type } = nominal(s);
  const number = s.imm('variant');
  const variant = def?.kind === 'enum' ? def.variants[number] : undefined;
  if (variant === undefined) return s.fail('makers', `type ${s.imm('code')} has no variant ${number}`);
  const count = s.imm('count');
  fillFields(s, s.window('payload', count), variant.payload, count, variant.name);
  s.define(s.types.ref({ is: 'enum', type, variants: 1n << BigInt(number) }));
};

export function functionValue(s: Step, func: number): void {
  const problem = s.summaries.makeValue(func);
  if (problem !== null) return s.fail('values', problem);
  s.define(s.types.ref({ is: 'func', sig: s.summaries.func(func).sig, func: null }));
}

export const closureOf: Typing = (s) => {
  s.operandHeap('src', 'func');
  const func = s.imm('func');
  s.define(s.types.ref({ is: 'func', sig: s.summaries.func(func).sig, func }));
};

const getCaptured: Typing = (s) => {
  const { func } = s.operandHeap('object', 'func');
  if (func === null) return s.fail('captures', 'of which function the function value is, is not known');
  capturedValue(s, func, s.imm('index'));
};

/** A captured value of a function, as it was given where values of the function are made. */
export function capturedValue(s: Step, func: number, index: number): void {
  const id = s.summaries.capture(func, index);
  if (id === undefined) return s.fail('captures', `function ${func} captures no value ${index}`);
  if (id === s.types.unset) s.goesOn = false;
  else s.define(id);
}

export const newClosure: Typing = (s) => {
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
