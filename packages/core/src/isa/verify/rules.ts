/**
 * The rules that a program must keep to be run, as a list. What the interpreter, the collector and the runtime core rely on without
 * asking is among them; whatever is not, they check themselves.
 *
 * Rules about tables and single instructions are checked right here. Those about what registers hold are checked by `typing.ts` while
 * `flow.ts` follows the code, those about cycles by `polls.ts`; here they have their sentences. The reference is generated
 * from this list.
 */
import { BUILTIN_NAMES } from '../../base/builtins.ts';
import { type Kind, kindOfCode, NOMINAL, TYPE_CODES, type TypeCode } from '../../base/kinds.ts';
import { TRAP_NAMES } from '../../base/traps.ts';
import type { PlacedOperand } from '../opcode.ts';
import type { ImmKind } from '../operand.ts';
import { type BytecodeField, type BytecodeFunc, type BytecodeProgram, MAX_FRAME } from '../program.ts';
import { type Code, operandValue, targetOf } from './code.ts';
import { refuse } from './refusal.ts';

/** Numbers of types stand in 16 bits of object headers, beside those below NOMINAL. */
const MAX_TYPES = 0xffff - NOMINAL;
/** Numbers of parameters and captured slots stand in 16 bits. */
const MAX_PARAMS = 0xffff;
/** Code that only the machine writes. */
const RESERVED: readonly string[] = ['tier.enter'];

export interface Rule {
  readonly name: string;
  readonly sentence: string;
}

interface ProgramRule extends Rule {
  readonly check: (program: BytecodeProgram) => void;
}

interface CodeRule extends Rule {
  readonly check: (code: Code, program: BytecodeProgram, values: ReadonlySet<number>) => void;
}

const exists = (index: number, table: { readonly length: number }): boolean => index >= 0 && index < table.length;

export function isTypeCode(program: BytecodeProgram, code: number): boolean {
  return code <= TYPE_CODES.nil || (code >= NOMINAL && exists(code - NOMINAL, program.types));
}

/** Kind of a function's result, from a signature's code: nil is none. */
export function resultKind(code: TypeCode): Kind | null {
  return code === TYPE_CODES.nil ? null : kindOfCode(code);
}

// --- tables ---------------------------------------------------------------------------------------------------------

export const PROGRAM_RULES: readonly ProgramRule[] = [
  {
    name: 'types',
    sentence:
      'There are at most 65519 structs and enums. A field names an existing type that a value can have, and its kind is that type’s kind; one that holds a function says how many parameters it takes, at most 65535.',
    check: (program) => {
      if (program.types.length > MAX_TYPES) refuse('types', `there are ${program.types.length} types`);
      for (const type of program.types) {
        const lists = type.kind === 'struct' ? [type.fields] : type.variants.map(({ payload }) => payload);
        for (const fields of lists) for (const field of fields) checkField(program, type.name, field);
      }
    },
  },
  {
    name: 'signatures',
    sentence: 'A signature consists of existing types.',
    check: (program) => {
      for (const [i, { params, result }] of program.signatures.entries()) {
        if (![...params, result].every((code) => isTypeCode(program, code))) {
          refuse('signatures', `signature ${i} names a type that does not exist`);
        }
      }
    },
  },
  {
    name: 'functions',
    sentence:
      'A function has a signature that exists, a boxed entry that exists or none, and a frame of at most 32767 slots that holds its parameters.',
    check: (program) => {
      for (const [i, func] of program.funcs.entries()) {
        const { frame, params, captures, sig, boxed } = func;
        if (frame > MAX_FRAME) refuse('functions', `its frame has ${frame} slots`, i);
        if (params.length > frame) refuse('functions', `its frame has no room for ${params.length} parameters`, i);
        if (captures.length > MAX_PARAMS) refuse('functions', `it captures ${captures.length} values`, i);
        if (!exists(sig, program.signatures)) refuse('functions', `there is no signature ${sig}`, i);
        if (boxed !== null && !exists(boxed, program.funcs)) refuse('functions', `there is no function ${boxed}`, i);
      }
    },
  },
  {
    name: 'adapters',
    sentence:
      'A boxed entry is its own boxed entry; it takes and gives any words. One that captures values, or whose function does, belongs to one function, and both capture slots of the same kinds.',
    check: (program) => {
      const owners = new Map<number, number>();
      for (const [i, func] of program.funcs.entries()) {
        const { boxed } = func;
        if (boxed === null) continue;
        const adapter = program.funcs[boxed] as BytecodeFunc;
        if (adapter.boxed !== boxed) refuse('adapters', `function ${boxed} is no boxed entry`, i);
        if (boxed === i) {
          if (func.result !== 'any' || func.params.some((kind) => kind !== 'any')) {
            refuse('adapters', 'a boxed entry takes and gives any words', i);
          }
          continue;
        }
        if (adapter.params.length !== func.params.length) {
          refuse('adapters', `it has ${func.params.length} parameters, its boxed entry ${adapter.params.length}`, i);
        }
        if (func.captures.join() !== adapter.captures.join()) {
          refuse('adapters', 'it and its boxed entry capture different slots', i);
        }
        if (func.captures.length > 0 && owners.has(boxed)) {
          refuse('adapters', `function ${boxed} is also the boxed entry of function ${owners.get(boxed)}`, i);
        }
        owners.set(boxed, i);
      }
    },
  },
  {
    name: 'methods',
    sentence: 'A method is a function that can be a value and captures nothing.',
    check: (program) => {
      for (const type of program.types) {
        if (type.kind !== 'struct') continue;
        for (const { name, func } of type.methods) {
          const problem = valueProblem(program, func);
          if (problem !== null) refuse('methods', `method ${name} of ${type.name}: ${problem}`);
          if (program.funcs[func]?.captures.length !== 0) {
            refuse('methods', `method ${name} of ${type.name} captures values`);
          }
        }
      }
    },
  },
  {
    name: 'start',
    sentence: 'Initialisers and main are functions without parameters and captured values, and no boxed entries.',
    check: (program) => {
      const starts = [...program.modules.map(({ init }) => init), ...(program.main === null ? [] : [program.main])];
      for (const index of starts) {
        const func = program.funcs[index];
        if (func === undefined) refuse('start', `there is no function ${index}`);
        if (func.params.length + func.captures.length > 0) refuse('start', 'it needs values to start with', index);
        if (func.boxed === index) refuse('start', 'it is a boxed entry', index);
      }
    },
  },
];

function checkField(program: BytecodeProgram, type: string, { name, code, kind, arity }: BytecodeField): void {
  if (!isTypeCode(program, code)) refuse('types', `field ${name} of ${type}: there is no type ${code}`);
  if (code === TYPE_CODES.undecided) refuse('types', `field ${name} of ${type} has no type`);
  if (kindOfCode(code) !== kind)
    refuse('types', `field ${name} of ${type} is held as ${kindOfCode(code)}, not ${kind}`);
  if (code === TYPE_CODES.func ? arity > MAX_PARAMS : arity !== 0)
    refuse('types', `field ${name} of ${type} cannot take ${arity} parameters`);
}

/** Why a function cannot be a value; null if it can. */
export function valueProblem(program: BytecodeProgram, index: number): string | null {
  const func = program.funcs[index];
  if (func === undefined) return `there is no function ${index}`;
  if (func.boxed === null) return `function ${index} has no boxed entry, so it cannot be a value`;
  if (func.boxed === index) return `function ${index} is a boxed entry and cannot be a value`;
  const sig = program.signatures[func.sig];
  if (sig === undefined) return `there is no signature ${func.sig}`;
  const kinds = sig.params.map(kindOfCode);
  if (kinds.join() !== func.params.join() || resultKind(sig.result) !== func.result) {
    return `function ${index} is not of its signature`;
  }
  return null;
}

// --- single instructions ---------------------------------------------------------------------------------------------

type Limits = Readonly<Record<ImmKind, (value: number, program: BytecodeProgram) => boolean>>;

const anything = (): boolean => true;

/** Which values an immediate of each kind may have; what depends on the rest of the instruction is in `typing.ts`. */
const IMMEDIATES: Limits = {
  i32: anything,
  i64: anything,
  cost: (value) => value >= 1,
  // rule `targets`
  target: anything,
  pool: (value, { constants }) => exists(value, constants),
  string: (value, { strings }) => exists(value, strings),
  selector: (value, { strings }) => exists(value, strings),
  function: (value, { funcs }) => exists(value, funcs),
  variant: (value, { types }) => {
    const type = types[value >>> 16];
    const variant = type?.kind === 'enum' ? type.variants[value & 0xffff] : undefined;
    return variant?.payload.length === 0;
  },
  global: (value, { globals }) => exists(value, globals),
  func: (value, { funcs }) => exists(value, funcs),
  info: (value, { funcs }) => exists(value, funcs),
  code: (value, program) => isTypeCode(program, value),
  sig: (value, { signatures }) => exists(value, signatures),
  trap: (value) => exists(value, TRAP_NAMES),
  builtin: (value) => exists(value, BUILTIN_NAMES),
  index: anything,
  count: anything,
  // rule `windows`
  window: anything,
};

export const CODE_RULES: readonly CodeRule[] = [
  {
    name: 'opcodes',
    sentence:
      'Code consists of whole instructions whose opcodes exist. Opcodes that the machine keeps for itself do not occur.',
    check: ({ insts, index }) => {
      for (const { op, pc } of insts) {
        if (RESERVED.includes(op.name)) refuse('opcodes', `${op.name} is written by the machine only`, index, pc);
      }
    },
  },
  {
    name: 'registers',
    sentence: 'Registers, and the slots of try ranges that receive errors, are slots of the frame.',
    check: ({ insts, index, func }) => {
      for (const { op, pc, values } of insts) {
        for (let i = 0; i < op.placed.length; i++) {
          const operand = op.placed[i] as PlacedOperand;
          if (operand.role !== 'imm' && (values[i] as number) >= func.frame) {
            refuse('registers', `${op.name} names r${values[i]} in a frame of ${func.frame} slots`, index, pc);
          }
        }
      }
      for (const { slot, target } of func.handlers) {
        if (slot >= func.frame) refuse('registers', `an error goes to r${slot}`, index, target);
      }
    },
  },
  {
    name: 'immediates',
    sentence:
      'Numbers in instructions name something that exists: constants, strings, functions, variants without payload, module variables, types, signatures, errors, built-ins. What a poll costs is at least 1. A call names its function twice.',
    check: ({ insts, index }, program) => {
      for (const inst of insts) {
        const { op, pc, values } = inst;
        for (let i = 0; i < op.placed.length; i++) {
          const { role, kind } = op.placed[i] as PlacedOperand;
          if (role === 'imm' && !IMMEDIATES[kind as ImmKind](values[i] as number, program)) {
            refuse('immediates', `${op.name}: ${kind} ${values[i]} does not exist or is not allowed`, index, pc);
          }
          if (kind === 'info' && values[i] !== operandValue(inst, 'func')) {
            refuse('immediates', `${op.name} names function ${operandValue(inst, 'func')} and ${values[i]}`, index, pc);
          }
        }
      }
    },
  },
  {
    name: 'targets',
    sentence: 'Branches go to the beginning of an instruction of the function.',
    check: ({ insts, index, at }) => {
      for (const inst of insts) {
        const target = targetOf(inst);
        if (target !== null && !((at[target] ?? -1) >= 0)) {
          refuse('targets', `no instruction begins at ${target}`, index, inst.pc);
        }
      }
    },
  },
  {
    name: 'handlers',
    sentence: 'Try ranges begin and end where instructions do, and go to the beginning of one.',
    check: ({ index, at, func }) => {
      const length = func.code.length;
      for (const { start, end, target } of func.handlers) {
        const whole = start < end && (at[start] ?? -1) >= 0 && (end === length || (at[end] ?? -1) >= 0);
        if (!whole || !((at[target] ?? -1) >= 0)) refuse('handlers', `try ${start} to ${end}: ${target}`, index);
      }
    },
  },
  {
    name: 'returns',
    sentence: 'A function with a result gives one wherever it returns, another gives none.',
    check: ({ insts, index, func }) => {
      for (const { op, pc } of insts) {
        if (op.traits.flow !== 'return') continue;
        const gives = op.placed.some(({ role }) => role === 'use');
        if (gives !== (func.result !== null)) {
          refuse('returns', `${op.name} in a function with${func.result === null ? 'out' : ''} result`, index, pc);
        }
      }
    },
  },
];

// --- what the flow analysis checks ------------------------------------------------------------------------------------

export const FLOW_RULES = {
  ends: 'Control does not run past the end of the code.',
  size: 'A function is not so large that following it would take more than the verifier’s bounds of time and memory.',
  initialised:
    'A slot is read only where every way to it has set it. Slots beyond the start of an outgoing window are lost in a call.',
  kinds:
    'An operand holds a value of the kind that the opcode reads. A reference to something that guest code can name is also an any word; an any word is no reference without a checked cast.',
  references:
    'A reference is followed only where it is known what it refers to: which struct or enum, an array, a string, a function value, a range, an error, an iterator, a captured variable.',
  null: 'A reference that may be null is not followed, stored or passed on as an any word.',
  fields: 'A field exists in its struct, and what is stored in it is of its type.',
  payload:
    'A payload field is read only where the variant is known to have it, from a test of the number of the variant; all variants that are still possible hold the same there.',
  elements:
    'The code of an element operation names a type of the width that the opcode reads and writes; what is stored is of that type.',
  makers:
    'A new struct, variant or function value gets exactly its fields, payload or captured values, of their types.',
  values: 'What becomes a value is no boxed entry, has one, and its parameters and result are those of its signature.',
  cells: 'A captured variable is read and written as the kind it was made for.',
  globals: 'A module variable holds values of its kind.',
  captures:
    'A captured value is read by its number, in a function that has it, or out of a function value that is known to be of such a function.',
  calls:
    'A call passes operands of the callee’s kinds. It does not enter a boxed entry, nor a function that captures values, except from that function’s own boxed entry. It counts as a nested call, unless an ordinary function enters a boxed entry.',
  'known signatures':
    'A function value is called by its typed entry only where its signature is known, from a test or because it was just made.',
  polls:
    'A function that can be called has code. A poll comes before everything in it that calls or returns, so that every call is paid for. In a boxed entry only a call that may enter another boxed entry needs that, because the function it calls polls.',
  windows: 'The slots of operands, results and headers of calls lie in the frame.',
  'built-ins':
    'A built-in gets operands of its kinds, references to what it works on, and constants where it needs a known number.',
  results: 'A function gives a value of its result’s kind; one that is a value, of its signature’s result type.',
} as const;

export type FlowRule = keyof typeof FLOW_RULES;

export const CONTROL_RULES = {
  cycles: 'Every cycle, also one through a try range, contains a poll.',
} as const;

/** All rules in the order of the reference. */
export const RULES: readonly Rule[] = [
  ...PROGRAM_RULES.map(({ name, sentence }) => ({ name, sentence })),
  ...CODE_RULES.map(({ name, sentence }) => ({ name, sentence })),
  ...Object.entries({ ...FLOW_RULES, ...CONTROL_RULES }).map(([name, sentence]) => ({ name, sentence })),
];
