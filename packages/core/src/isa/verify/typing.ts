/**
 * What each opcode asks of the types of its operands and what its result is.
 *
 * Opcodes whose operands are numbers and any words need no row: their kinds say all. Whatever touches references, slots of any kind,
 * windows or tables has a row here; a test asks for those that are missing. A row looks at the slots before the instruction and
 * then says what it leaves there.
 */
import { present } from '../../base/bug.ts';
import { kindOfCode, type TypeCode } from '../../base/kinds.ts';
import type { Opcode } from '../opcode.ts';
import { hasOpcode } from '../opcodes.ts';
import { operandValue } from './code.ts';
import type { Plain } from './slot-types.ts';
import { type Step, type Typing, isPlain, plain, copy } from './step.ts';
import { direct, callClosure, callBoxed, callMethod, giveBack, runtime } from './typing-calls.ts';
import {
  elements,
  rawKinds,
  getPart,
  setField,
  newCell,
  setCell,
  globalType,
  cellContent,
  getVariable,
  getGlobal,
  newStruct,
  newVariant,
  functionValue,
  newClosure,
  closureOf,
  capturedValue,
} from './typing-objects.ts';
import { isComparison, compareNumbers, invert, sameReference } from './typing-tests.ts';

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
  'str.byte': (s) => {
    s.operandHeap('src', 'string');
    s.slotOfKind(operandValue(s.inst, 'index'), 'i64');
    s.define(s.types.i32);
  },
  'array.kind': length('array'),
  'str.eq': compareStrings,
  'str.cmp': compareStrings,
  'array.get.any': (s) => {
    s.operandHeap('array', 'array');
    s.slotOfKind(operandValue(s.inst, 'index'), 'i64');
    s.define(s.types.any);
  },
  'iter.next': (s) => {
    s.operandHeap('src', 'iterator');
    s.define(s.types.any);
  },
  'loop.iter': (s) => void s.operandHeap('src', 'iterator'),
  'array.len': length('array'),
  'enum.tag': (s) => {
    s.operandHeap('src', 'enum');
    s.define(s.factAbout(operandValue(s.inst, 'src'), (of) => ({ test: 'tag', of })));
  },
  'eq.ref': sameReference,
  'eqz.i32': invert,
  'unbox.ref': (s) => {
    const source = operandValue(s.inst, 'src');
    const held = s.slotOfKind(source, 'any');
    const code = s.imm('code') as TypeCode;
    if (kindOfCode(code) !== 'ref') return s.fail('references', `type ${code} is not held as a reference`);
    const wanted = s.types.ofCode(code);
    const known = s.types.heapOf(held);
    const id = known !== null && s.types.fits(s.types.ref(known), wanted) ? s.types.ref(known) : wanted;
    // The reference is the value that the word is: what is known of the one is known of the other.
    const value = s.state.values[source] as number;
    if (value === 0) return s.define(id);
    s.state.narrow(value, present(s.types.heapOf(id) ?? undefined, 'what a reference refers to'), s.types);
    s.set(operandValue(s.inst, 'dst'), id, value);
  },
  'closure.has': (s) => {
    s.operandHeap('func', 'func');
    const sig = s.imm('sig');
    s.define(s.factAbout(operandValue(s.inst, 'func'), (of) => ({ test: 'sig', of, sig, not: false })));
  },
  'closure.is': (s) => {
    s.operandHeap('src', 'func');
    s.define(s.types.i32);
  },
  'closure.of': closureOf,
  'func.arity': (s) => void s.operandHeap('func', 'func'),

  'struct.new': newStruct,
  'enum.new': newVariant,
  'closure.new': newClosure,
  'field.get': getPart,
  'field.get.long': getPart,
  'field.set': setField(rawKinds),
  'field.set.long': setField(rawKinds),
  'field.set.ref': setField(['ref']),
  'field.set.ref.long': setField(['ref']),
  'field.set.any': setField(['any']),
  'field.set.any.long': setField(['any']),

  'cell.new': newCell('raw'),
  'cell.new.ref': newCell('ref'),
  'cell.new.any': newCell('any'),
  'cell.get': (s) => getVariable(s, cellContent(s)),
  'cell.get.checked': (s) => getVariable(s, cellContent(s)),
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
    if (s.func.captures[index] === undefined) return s.fail('captures', `the function captures no value ${index}`);
    capturedValue(s, s.code.index, index);
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
  'call.method': callMethod,
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
      const type = s.types.get(cellContent(s) ?? s.types.unset);
      return type.k === 'null' || (type.k === 'ref' && type.nullable);
    },
  },
];

type Need = (s: Step) => boolean;

/** Names of rows for which there is no opcode. */
export function unusedRows(): readonly string[] {
  return Object.keys(ROWS).filter((name) => !hasOpcode(name));
}
