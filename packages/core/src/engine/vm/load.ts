/**
 * Lays a bytecode program out in memory: constants, strings, tables of functions and types, code with addresses for numbers.
 *
 * The layout is a pure function of the program, so the same program has the same addresses everywhere. What is written is drawn in
 * `runtime/layout.ts`; where it goes, in `runtime/program-layout.ts`.
 */
import { present } from '../../base/bug.ts';
import { NOMINAL, TYPE_CODES, type Kind } from '../../base/kinds.ts';
import { TRAP_KIND_NAMES, TRAP_NAMES, TRAPS, type TrapName } from '../../base/traps.ts';
import { OPCODES } from '../../isa/opcodes.ts';
import { RELOCATED, type ImmKind } from '../../isa/operand.ts';
import type { BytecodeField, BytecodeFunc, BytecodeProgram, Safepoint } from '../../isa/program.ts';
import { LABEL_TEXTS } from '../../runtime/core-texts.ts';
import {
  FIELD_INFO,
  FIELD_INFO_SIZE,
  FUNC_INFO,
  FUNC_INFO_SIZE,
  HANDLER,
  HANDLER_SIZE,
  KIND,
  LAYOUT,
  METHOD_INFO,
  METHOD_INFO_SIZE,
  SAFEPOINT,
  SAFEPOINT_SIZE,
  SLOTS,
  TYPE_INFO,
  TYPE_INFO_KIND,
  TYPE_INFO_SIZE,
  VARIANT_INFO,
  VARIANT_INFO_SIZE,
  type VmWord,
} from '../../runtime/layout.ts';
import { CONSTANTS } from '../../runtime/program-layout.ts';
import { Image } from './image.ts';

export interface LoadedProgram {
  readonly image: Image;
  /** VM registers that say where things are. */
  readonly registers: Partial<Record<VmWord, number>>;
  /** Address of each function's first instruction. */
  readonly code: readonly number[];
  /** Functions that are boxed entries: no activations of their own. */
  readonly adapters: ReadonlySet<number>;
  /** Slots of the largest window. */
  readonly largestFrame: number;
}

const head = (layout: number, type: number): number => ((layout << 8) | (type << 16)) >>> 0;

const NO_FUNC = 0xffff_ffff;

/** Room for `tier.enter` before a function's code; FUNC_INFO.code points to it once there is machine code. */
export const ENTRY_BYTES = 16;

export function loadProgram(program: BytecodeProgram): LoadedProgram {
  const image = new Image(CONSTANTS, head(LAYOUT.string, TYPE_CODES.string));
  return new Loader(program, image).load();
}

class Loader {
  readonly #program: BytecodeProgram;
  readonly #image: Image;
  #funcTable = 0;
  #globals = 0;
  #strings: readonly number[] = [];
  /** Function values by function, 0 for those with captures. */
  #closures: readonly number[] = [];
  /** Values of variants without payload by type and variant. */
  #variants: readonly (readonly number[])[] = [];
  readonly #maps = new Map<string, number>();

  constructor(program: BytecodeProgram, image: Image) {
    this.#program = program;
    this.#image = image;
  }

  load(): LoadedProgram {
    const { funcs, constants, globals, strings, types } = this.#program;
    const image = this.#image;
    const pool = image.reserve(8 * constants.length);
    constants.forEach((value, i) => {
      image.set64(pool + 8 * i, value);
    });
    this.#strings = strings.map((text) => image.string(text));
    this.#funcTable = image.reserve(FUNC_INFO_SIZE * funcs.length);
    this.#globals = image.reserve(8 * globals.length);
    this.#closures = funcs.map((func, i) => this.#closure(func, i));
    this.#variants = types.map((type, i) => this.#variantValues(type, i));
    const code = funcs.map((func) => image.reserve(ENTRY_BYTES + 4 * func.code.length) + ENTRY_BYTES);
    funcs.forEach((func, i) => {
      this.#writeFunc(func, i, code[i] as number);
    });
    const registers: Partial<Record<VmWord, number>> = {
      FUNC_TABLE: this.#funcTable,
      FUNC_COUNT: funcs.length,
      TYPE_TABLE: this.#typeTable(),
      TYPE_COUNT: NOMINAL + types.length,
      GLOBALS: this.#globals,
      GLOBAL_KINDS: this.#kinds(globals.map((global) => global.kind)),
      GLOBAL_COUNT: globals.length,
      STRINGS: image.words(this.#strings),
      STRING_COUNT: strings.length,
      EMPTY_STRING: image.string(''),
      BYTE_STRINGS: image.words(this.#byteStrings()),
      TRAP_MESSAGES: image.words(TRAP_NAMES.map((name) => image.string(TRAPS[name].message))),
      TRAP_ERRORS: image.words(TRAP_NAMES.map((name) => this.#readyError(name))),
      LABELS: image.words(LABEL_TEXTS.map((text) => image.string(text))),
    };
    const adapters = new Set<number>();
    for (const [i, func] of funcs.entries()) if (func.boxed === i) adapters.add(i);
    return { image, registers, code, adapters, largestFrame: Math.max(1, ...funcs.map((func) => func.frame)) };
  }

  // objects

  #closure(func: BytecodeFunc, index: number): number {
    if (func.captures.length > 0) return 0;
    return this.#image.object(head(LAYOUT.closure, TYPE_CODES.func), index, SLOTS);
  }

  #variantValues(type: BytecodeProgram['types'][number], index: number): number[] {
    if (type.kind !== 'enum') return [];
    return type.variants.map((variant, number) =>
      variant.payload.length > 0 ? 0 : this.#image.object(head(LAYOUT.enum, NOMINAL + index), number, SLOTS),
    );
  }

  #byteStrings(): number[] {
    return Array.from({ length: 256 }, (_, byte) => this.#image.stringOfBytes(new Uint8Array([byte])));
  }

  /** Errors that are raised when nothing can be allocated exist from the start. */
  #readyError(name: TrapName): number {
    if (name !== 'stackOverflow' && name !== 'outOfMemory') return 0;
    const image = this.#image;
    const { kind, message } = TRAPS[name];
    const error = image.object(head(LAYOUT.error, TYPE_CODES.error), TRAP_KIND_NAMES.indexOf(kind), SLOTS + 8);
    image.set32(error + SLOTS, image.string(message));
    return error;
  }

  // functions

  #writeFunc(func: BytecodeFunc, index: number, code: number): void {
    const image = this.#image;
    const info = this.#funcTable + FUNC_INFO_SIZE * index;
    this.#writeCode(func.code, code);
    image.set32(info + FUNC_INFO.code, code);
    image.set32(info + FUNC_INFO.frame, func.frame);
    image.set16(info + FUNC_INFO.params, func.params.length);
    image.set16(info + FUNC_INFO.captures, func.captures.length);
    image.set32(info + FUNC_INFO.sig, func.sig);
    image.set32(info + FUNC_INFO.boxed, func.boxed ?? NO_FUNC);
    image.set32(info + FUNC_INFO.handlers, this.#handlers(func, code));
    image.set32(info + FUNC_INFO.handlerCount, func.handlers.length);
    image.set32(info + FUNC_INFO.safepoints, this.#safepoints(func, code));
    image.set32(info + FUNC_INFO.safepointCount, func.safepoints.length);
    image.set32(info + FUNC_INFO.closure, this.#closures[index] as number);
    image.set32(info + FUNC_INFO.captureKinds, this.#kinds(func.captures));
    image.set32(info + FUNC_INFO.name, image.string(`<function ${func.displayName}>`));
  }

  #handlers(func: BytecodeFunc, code: number): number {
    const image = this.#image;
    const table = image.reserve(HANDLER_SIZE * func.handlers.length);
    func.handlers.forEach((handler, i) => {
      const entry = table + HANDLER_SIZE * i;
      image.set32(entry + HANDLER.start, code + 4 * handler.start);
      image.set32(entry + HANDLER.end, code + 4 * handler.end);
      image.set32(entry + HANDLER.target, code + 4 * handler.target);
      image.set32(entry + HANDLER.slot, handler.slot);
    });
    return table;
  }

  #safepoints(func: BytecodeFunc, code: number): number {
    const image = this.#image;
    const maps = func.safepoints.map((safepoint) => this.#map(safepoint));
    const table = image.reserve(SAFEPOINT_SIZE * maps.length);
    func.safepoints.forEach((safepoint, i) => {
      image.set32(table + SAFEPOINT_SIZE * i + SAFEPOINT.pc, code + 4 * safepoint.pc);
      image.set32(table + SAFEPOINT_SIZE * i + SAFEPOINT.map, maps[i] as number);
    });
    return table;
  }

  /** A safepoint's list of slots; equal lists are one. */
  #map({ refs, anys }: Safepoint): number {
    const key = `${refs.join()};${anys.join()}`;
    let address = this.#maps.get(key);
    if (address === undefined) {
      const image = this.#image;
      const entries = [...refs, ...anys.map((slot) => slot | 0x8000)];
      address = image.reserve(2 + 2 * entries.length);
      image.set16(address, entries.length);
      for (const [i, entry] of entries.entries()) image.set16(address + 2 + 2 * i, entry);
      this.#maps.set(key, address);
    }
    return address;
  }

  #kinds(kinds: readonly Kind[]): number {
    const address = this.#image.reserve(kinds.length);
    kinds.forEach((kind, i) => {
      this.#image.set8(address + i, KIND[kind]);
    });
    return address;
  }

  // code

  #writeCode(words: Uint32Array, address: number): void {
    const image = this.#image;
    for (let pc = 0; pc < words.length; ) {
      const word = words[pc] as number;
      const shape = present(SHAPES[word & 0xff], 'opcode');
      image.set32(address + 4 * pc, word);
      for (let i = 1; i < shape.words; i++) {
        const kind = shape.kinds[i];
        const value = present(words[pc + i], 'word of an instruction');
        image.set32(address + 4 * (pc + i), kind ? this.#resolve(kind, value, address) : value);
      }
      pc += shape.words;
    }
  }

  #resolve(kind: ImmKind, value: number, code: number): number {
    switch (kind) {
      case 'target':
        return code + 4 * value;
      case 'pool':
        return CONSTANTS + 8 * value;
      case 'string':
        return present(this.#strings[value], `string ${value}`);
      case 'function':
        return present(this.#closures[value] || undefined, `function value ${value}`);
      case 'variant':
        return present(this.#variants[value >>> 16]?.[value & 0xffff] || undefined, `variant ${value}`);
      case 'global':
        return this.#globals + 8 * value;
      case 'info':
        return this.#funcTable + FUNC_INFO_SIZE * value;
      default:
        return value;
    }
  }

  // types

  #typeTable(): number {
    const image = this.#image;
    const { types } = this.#program;
    const infos = types.map((type, i) => {
      const info = image.reserve(TYPE_INFO_SIZE);
      image.set32(info + TYPE_INFO.name, image.string(type.name));
      if (type.kind === 'struct') {
        image.set32(info + TYPE_INFO.kind, TYPE_INFO_KIND.struct);
        image.set32(info + TYPE_INFO.count, type.fields.length);
        image.set32(info + TYPE_INFO.members, this.#fields(type.fields));
        image.set32(info + TYPE_INFO.methodCount, type.methods.length);
        image.set32(info + TYPE_INFO.methods, this.#methods(type.methods));
      } else {
        image.set32(info + TYPE_INFO.kind, TYPE_INFO_KIND.enum);
        image.set32(info + TYPE_INFO.count, type.variants.length);
        image.set32(info + TYPE_INFO.members, this.#variantInfos(type.variants, i));
      }
      return info;
    });
    return image.words([...new Array<number>(NOMINAL).fill(0), ...infos]);
  }

  #fields(fields: readonly BytecodeField[]): number {
    const image = this.#image;
    const table = image.reserve(FIELD_INFO_SIZE * fields.length);
    fields.forEach((field, i) => {
      const entry = table + FIELD_INFO_SIZE * i;
      image.set32(entry + FIELD_INFO.name, image.string(field.name));
      image.set16(entry + FIELD_INFO.code, field.code);
      image.set8(entry + FIELD_INFO.kind, KIND[field.kind]);
    });
    return table;
  }

  #methods(methods: readonly { readonly name: string; readonly func: number }[]): number {
    const image = this.#image;
    const table = image.reserve(METHOD_INFO_SIZE * methods.length);
    methods.forEach((method, i) => {
      image.set32(table + METHOD_INFO_SIZE * i + METHOD_INFO.name, image.string(method.name));
      image.set32(table + METHOD_INFO_SIZE * i + METHOD_INFO.func, method.func);
    });
    return table;
  }

  #variantInfos(
    variants: readonly { readonly name: string; readonly payload: readonly BytecodeField[] }[],
    type: number,
  ): number {
    const image = this.#image;
    const table = image.reserve(VARIANT_INFO_SIZE * variants.length);
    variants.forEach((variant, i) => {
      const entry = table + VARIANT_INFO_SIZE * i;
      image.set32(entry + VARIANT_INFO.name, image.string(variant.name));
      image.set32(entry + VARIANT_INFO.count, variant.payload.length);
      image.set32(entry + VARIANT_INFO.fields, this.#fields(variant.payload));
      image.set32(entry + VARIANT_INFO.value, present(this.#variants[type]?.[i], 'variant'));
    });
    return table;
  }
}

/** Which words of an instruction are numbers that stand for addresses. */
const SHAPES: readonly { readonly words: number; readonly kinds: readonly (ImmKind | undefined)[] }[] = OPCODES.map(
  (op) => {
    const kinds: (ImmKind | undefined)[] = [];
    for (const operand of op.placed) {
      const kind = operand.kind as ImmKind;
      if (operand.field === 'word' && operand.role === 'imm' && RELOCATED.includes(kind)) kinds[operand.at] = kind;
    }
    return { words: op.words, kinds };
  },
);
