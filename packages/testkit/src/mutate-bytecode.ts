/**
 * Changes bytecode programs at random: opcodes for others of the same shape, operands, instructions, tables; and the bytes of files. Most
 * results break a rule of the verifier, many do not and do something that no compiler would.
 */
import type { Kind, TypeCode } from '@orus/core/base/kinds';
import { decodeAll, getOperand, setOperand } from '@orus/core/isa/encode';
import { payloadOf, withHeader, writeBytecode } from '@orus/core/isa/file/bytecode-file';
import type { Opcode, PlacedOperand } from '@orus/core/isa/opcode';
import { OPCODE_COUNT, opcodeByNumber } from '@orus/core/isa/opcodes';
import { fieldRange } from '@orus/core/isa/operand';
import type { BytecodeFunc, BytecodeProgram, FuncIndex, HandlerRange } from '@orus/core/isa/program';
import type { Random } from './generate/random.ts';

const KINDS: readonly Kind[] = ['i32', 'i64', 'f64', 'ref', 'any'];
const NUMBERS = [0, 1, 2, 3, 7, 8, 127, 128, 255, 256, 32767, 65535, 2 ** 31, 2 ** 32 - 1];

/** A program in which what is changed may be written to. */
type Open<T> = { -readonly [K in keyof T]: T[K] };

/** The bytes of a file with something wrong in it, perhaps. */
export function mutatedFile(random: Random, program: BytecodeProgram): Uint8Array {
  const how = random.below(20);
  if (how < 17) return writeBytecode(mutatedProgram(random, program), { strip: random.chance(0.5) });
  const file = writeBytecode(program);
  if (how === 17) return changedBytes(random, file);
  return withHeader(changedBytes(random, payloadOf(file)));
}

function changedBytes(random: Random, bytes: Uint8Array): Uint8Array {
  let result = bytes.slice();
  for (let i = random.between(1, 3); i > 0; i--) {
    const at = random.below(result.length);
    switch (random.below(6)) {
      case 0:
        result = result.slice(0, at);
        break;
      case 1:
        result = new Uint8Array([...result.subarray(0, at), random.below(256), ...result.subarray(at)]);
        break;
      case 2:
        result[at] = random.below(256);
        break;
      default:
        result[at] = (result[at] as number) ^ (1 << random.below(8));
    }
  }
  return result;
}

export function mutatedProgram(random: Random, program: BytecodeProgram): BytecodeProgram {
  const funcs = program.funcs.map((func): Open<BytecodeFunc> => ({ ...func, code: func.code.slice() }));
  const result: Open<BytecodeProgram> = { ...program, funcs };
  for (let i = random.chance(0.7) ? 1 : random.between(2, 4); i > 0; i--) {
    const func = random.pick(funcs.filter(({ code }) => code.length > 0));
    if (random.chance(0.8)) changeCode(random, func, result);
    else if (random.chance(0.5)) changeFunction(random, func, result);
    else changeTables(random, result);
  }
  return result;
}

// --- code -----------------------------------------------------------------------------------------------------------

function changeCode(random: Random, func: Open<BytecodeFunc>, program: BytecodeProgram): void {
  const { code } = func;
  let insts: ReturnType<typeof decodeAll>;
  try {
    insts = decodeAll(code);
  } catch {
    // Changed before so that it is no code any more.
    return;
  }
  const inst = random.pick(insts);
  switch (random.below(8)) {
    case 0:
    case 1:
      code[inst.pc] = (((code[inst.pc] as number) & ~0xff) | otherOpcode(random, inst.op)) >>> 0;
      return;
    case 2: {
      // another instruction of the same length in its place
      const other = random.pick(insts.filter(({ op }) => op.words === inst.op.words));
      code.copyWithin(inst.pc, other.pc, other.pc + other.op.words);
      return;
    }
    case 3: {
      // exchanged with its neighbour
      const next = insts[insts.indexOf(inst) + 1];
      if (next === undefined) return;
      const words = [...code.subarray(next.pc, next.pc + next.op.words), ...code.subarray(inst.pc, next.pc)];
      code.set(words, inst.pc);
      return;
    }
    case 4:
      code[random.below(code.length)] = random.chance(0.5) ? random.pick(NUMBERS) : random.below(2 ** 32);
      return;
    default:
      changeOperand(random, inst.pc, inst.op, func, program, insts);
  }
}

/** An opcode whose operands are of the same roles and fields, mostly. */
function otherOpcode(random: Random, op: Opcode): number {
  if (random.chance(0.1)) return random.below(256);
  const all = Array.from({ length: OPCODE_COUNT }, (_, number) => opcodeByNumber(number));
  const shape = ({ placed }: Opcode): string => placed.map(({ role, field }) => `${role} ${field}`).join();
  const alike = all.filter((each) => shape(each) === shape(op));
  return random.pick(alike).number;
}

function changeOperand(
  random: Random,
  pc: number,
  op: Opcode,
  func: Open<BytecodeFunc>,
  program: BytecodeProgram,
  insts: ReturnType<typeof decodeAll>,
): void {
  if (op.placed.length === 0) return;
  const operand = random.pick(op.placed);
  const { min, max } = fieldRange(operand.field);
  const old = getOperand(func.code, pc, operand);
  const value = Math.max(min, Math.min(max, newValue(random, operand, old, func, program, insts)));
  setOperand(func.code, pc, op, operand, value);
}

function newValue(
  random: Random,
  { role, kind }: PlacedOperand,
  old: number,
  func: Open<BytecodeFunc>,
  program: BytecodeProgram,
  insts: ReturnType<typeof decodeAll>,
): number {
  if (random.chance(0.1)) return random.pick(NUMBERS);
  if (random.chance(0.2)) return old + random.pick([-1, 1]);
  if (role !== 'imm' || kind === 'window') return random.below(func.frame + 1);
  switch (kind) {
    case 'target':
      return random.pick(insts).pc;
    case 'func':
    case 'info':
    case 'function':
      return random.below(program.funcs.length);
    case 'string':
      return random.below(program.strings.length + 1);
    case 'pool':
      return random.below(program.constants.length + 1);
    case 'global':
      return random.below(program.globals.length + 1);
    case 'sig':
      return random.below(program.signatures.length + 1);
    case 'code':
      return random.chance(0.5) ? random.below(14) : 16 + random.below(program.types.length + 1);
    case 'variant':
      return (random.below(program.types.length + 1) << 16) | random.below(4);
    default:
      return random.chance(0.5) ? random.below(64) : random.pick(NUMBERS);
  }
}

// --- tables ---------------------------------------------------------------------------------------------------------

function changed<T>(random: Random, items: readonly T[], value: (item: T) => T): T[] {
  const result = [...items];
  if (result.length === 0) return result;
  const at = random.below(result.length);
  switch (random.below(8)) {
    case 0:
      result.splice(at, 1);
      break;
    case 1:
      result.splice(at, 0, random.pick(items));
      break;
    default:
      result[at] = value(result[at] as T);
  }
  return result;
}

function changeFunction(random: Random, func: Open<BytecodeFunc>, program: BytecodeProgram): void {
  const kind = (): Kind => random.pick(KINDS);
  switch (random.below(8)) {
    case 0:
      func.params = changed(random, func.params, kind);
      return;
    case 1:
      func.result = random.chance(0.3) ? null : kind();
      return;
    case 2:
      func.captures = changed(random, func.captures, kind);
      return;
    case 3:
      func.sig = random.below(program.signatures.length + 1);
      return;
    case 4:
      func.boxed = random.chance(0.3) ? null : (random.below(program.funcs.length + 1) as FuncIndex);
      return;
    case 5:
      func.frame = random.chance(0.5) ? func.frame + random.pick([-1, 1, 2]) : random.pick(NUMBERS);
      return;
    default:
      func.handlers = changed(random, func.handlers, (range) => changedRange(random, range, func));
  }
}

function changedRange(random: Random, range: HandlerRange, func: Open<BytecodeFunc>): HandlerRange {
  const pc = (): HandlerRange['start'] => random.below(func.code.length + 1) as HandlerRange['start'];
  switch (random.below(4)) {
    case 0:
      return { ...range, start: pc() };
    case 1:
      return { ...range, end: pc() };
    case 2:
      return { ...range, target: pc() };
    default:
      return { ...range, slot: random.below(func.frame + 2) };
  }
}

function changeTables(random: Random, program: Open<BytecodeProgram>): void {
  const code = (): TypeCode => random.below(20) as TypeCode;
  const kind = (): Kind => random.pick(KINDS);
  const func = (): FuncIndex => random.below(program.funcs.length + 1) as FuncIndex;
  switch (random.below(8)) {
    case 0:
      program.constants = changed(random, program.constants, (bits) => bits ^ (1n << BigInt(random.below(64))));
      return;
    case 1:
      program.globals = changed(random, program.globals, (global) => ({ ...global, kind: kind() }));
      return;
    case 2:
      program.signatures = changed(random, program.signatures, ({ params, result }) =>
        random.chance(0.5) ? { params: changed(random, params, code), result } : { params, result: code() },
      );
      return;
    case 3:
      program.main = random.chance(0.3) ? null : func();
      return;
    case 4:
      program.modules = changed(random, program.modules, (module) => ({ ...module, init: func() }));
      return;
    case 5:
      program.strings = changed(random, program.strings, (text) => text.slice(0, random.below(4)));
      return;
    default:
      program.types = changed(random, program.types, (type) => changedType(random, type, { code, kind, func }));
  }
}

function changedType(
  random: Random,
  type: BytecodeProgram['types'][number],
  make: { code(): TypeCode; kind(): Kind; func(): FuncIndex },
): BytecodeProgram['types'][number] {
  type Field = { readonly name: string; readonly code: TypeCode; readonly kind: Kind; readonly arity: number };
  const field = (each: Field): Field =>
    random.pick([
      { ...each, code: make.code() },
      { ...each, kind: make.kind() },
      { ...each, arity: random.below(4) },
    ]);
  if (type.kind === 'enum') {
    return {
      ...type,
      variants: changed(random, type.variants, (each) => ({ ...each, payload: changed(random, each.payload, field) })),
    };
  }
  if (random.chance(0.3)) {
    return { ...type, methods: changed(random, type.methods, (each) => ({ ...each, func: make.func() })) };
  }
  return { ...type, fields: changed(random, type.fields, field) };
}
