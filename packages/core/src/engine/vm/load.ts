/**
 * Lays a bytecode program out in memory: constants, strings, tables of functions and types, code with addresses for numbers.
 *
 * The layout is a pure function of the program, so the same program has the same addresses everywhere. What is written is drawn in
 * `runtime/layout.ts`; where it goes, in `runtime/program-layout.ts`.
 *
 * The program of a session grows: with `Room` the tables whose addresses stand in code are laid out with space for more entries, and
 * `append` puts everything else behind what is there. Types, module variables, strings and constants of such a
 * program keep their numbers from entry to entry; its functions are numbered anew in each and get the next free ones here.
 */
import { present } from '../../base/bug.ts';
import { NOMINAL, TYPE_CODES, type Kind } from '../../base/kinds.ts';
import { TRAP_KIND_NAMES, TRAP_NAMES, TRAPS, type TrapName } from '../../base/traps.ts';
import { decode } from '../../isa/encode.ts';
import { entryPoll } from '../../isa/entries.ts';
import { opcodeByNumber } from '../../isa/opcodes.ts';
import { RELOCATED, type ImmKind } from '../../isa/operand.ts';
import type { BytecodeField, BytecodeFunc, BytecodeProgram, Safepoint } from '../../isa/program.ts';
import { LABEL_TEXTS } from '../../runtime/core-texts.ts';
import {
  FIELD_INFO,
  FIELD_INFO_SIZE,
  FRAME_HEADER_SLOTS,
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
  SELECTOR,
  SELECTOR_FIELD,
  SELECTOR_METHOD,
  SLOTS,
  TYPE_INFO,
  TYPE_INFO_KIND,
  TYPE_INFO_SIZE,
  VARIANT_INFO,
  VARIANT_INFO_SIZE,
  type VmWord,
} from '../../runtime/layout.ts';
import { CONSTANTS, ENTRY_BYTES } from '../../runtime/program-layout.ts';
import { Image } from './image.ts';
import { nestingOf, type NestedCall, type Nesting } from './nesting.ts';

/** How much a program may grow. */
export interface Room {
  /** Entries of the tables that cannot move. */
  readonly constants: number;
  readonly funcs: number;
  readonly globals: number;
  /** Bytes of all that is static. */
  readonly bytes: number;
  /** Slots of a frame for which the stack is sized. */
  readonly frame: number;
}

const NO_ROOM: Room = { constants: 0, funcs: 0, globals: 0, bytes: 0, frame: 1 };

export interface LoadedProgram {
  readonly image: Image;
  /** VM registers that say where things are. */
  readonly registers: Partial<Record<VmWord, number>>;
  /** Address of each function's first instruction. */
  readonly code: readonly number[];
  /** Address of a `tier.enter` through which the driver lets frames go on in machine code. */
  readonly resume: number;
  /** Functions that are boxed entries: no activations of their own. */
  readonly adapters: ReadonlySet<number>;
  /** Slots of the largest window. */
  readonly largestFrame: number;
  /** Which frames may be many. */
  readonly nesting: Nesting;
}

const head = (layout: number, type: number): number => ((layout << 8) | (type << 16)) >>> 0;

const NO_FUNC = 0xffff_ffff;

export function loadProgram(program: BytecodeProgram): LoadedProgram {
  return new Loader(program).load();
}

/** A piece of the image that has to be copied into a memory that is in use. */
export interface Piece {
  readonly address: number;
  readonly bytes: number;
}

export class Loader {
  readonly #image = new Image(CONSTANTS, head(LAYOUT.string, TYPE_CODES.string));
  readonly #room: Room;
  #program: BytecodeProgram;
  #funcTable = 0;
  #globals = 0;
  #globalKinds = 0;
  /** Constants that have their place, and where those beyond the fixed table are. */
  #constants = 0;
  readonly #moreConstants = new Map<number, number>();
  #constantsFit: number;
  readonly #strings: number[] = [];
  /** By number of the name. */
  readonly #selectors = new Map<number, number>();
  /** The number of the program's first function. */
  #firstFunc = 0;
  /** Function values by function, 0 for those with captures. */
  readonly #closures: number[] = [];
  /** Values of variants without payload by type and variant. */
  readonly #variants: (readonly number[])[] = [];
  readonly #maps = new Map<string, number>();
  readonly #typeInfos: number[] = [];
  readonly #methods: (readonly { readonly name: string; readonly func: number }[])[] = [];
  readonly #code: number[] = [];
  readonly #adapters = new Set<number>();
  /** By function, its calls; null if it calls function values. */
  readonly #calls: (NestedCall[] | null)[] = [];

  constructor(program: BytecodeProgram, room: Room = NO_ROOM) {
    this.#program = program;
    this.#room = room;
    this.#constantsFit = Math.max(program.constants.length, room.constants);
  }

  load(): LoadedProgram {
    const { funcs, globals, strings } = this.#program;
    const image = this.#image;
    image.reserve(8 * this.#constantsFit);
    this.#addConstants();
    this.#addStrings();
    this.#funcTable = image.reserve(FUNC_INFO_SIZE * Math.max(funcs.length, this.#room.funcs));
    this.#globals = image.reserve(8 * Math.max(globals.length, this.#room.globals));
    this.#addFuncs();
    this.#globalKinds = image.reserve(Math.max(globals.length, this.#room.globals));
    this.#addGlobalKinds(0);
    const registers: Partial<Record<VmWord, number>> = {
      FUNC_TABLE: this.#funcTable,
      FUNC_COUNT: funcs.length,
      TYPE_TABLE: this.#typeTable(),
      TYPE_COUNT: NOMINAL + this.#program.types.length,
      GLOBALS: this.#globals,
      GLOBAL_KINDS: this.#globalKinds,
      GLOBAL_COUNT: globals.length,
      STRINGS: image.words(this.#strings),
      STRING_COUNT: strings.length,
      EMPTY_STRING: image.string(''),
      BYTE_STRINGS: image.words(image.byteStrings()),
      TRAP_MESSAGES: image.words(TRAP_NAMES.map((name) => image.string(TRAPS[name].message))),
      TRAP_ERRORS: image.words(TRAP_NAMES.map((name) => this.#readyError(name))),
      LABELS: image.words(LABEL_TEXTS.map((text) => image.string(text))),
    };
    const largestFrame = Math.max(this.#room.frame, ...funcs.map((func) => func.frame));
    const resume = image.reserve(ENTRY_BYTES);
    const nesting =
      this.#room === NO_ROOM
        ? nestingOf(this.#program, this.#calls)
        : { perCall: largestFrame + FRAME_HEADER_SLOTS, once: 0, many: null };
    return { image, registers, code: this.#code, resume, adapters: this.#adapters, largestFrame, nesting };
  }

  /**
   * Adds a program that goes on from this one; null if there is no room for it. Otherwise gives the number of its first function, the
   * registers that change, and which pieces of the image are new.
   */
  append(program: BytecodeProgram): {
    readonly firstFunc: number;
    readonly registers: Partial<Record<VmWord, number>>;
    readonly pieces: readonly Piece[];
  } | null {
    const image = this.#image;
    const firstFunc = this.#closures.length;
    const count = firstFunc + program.funcs.length;
    const { globals, types } = program;
    if (count > this.#room.funcs || globals.length > this.#room.globals) return null;
    const oldGlobals = this.#program.globals.length;
    const oldConstants = this.#constants;
    const end = image.end;
    this.#program = program;
    this.#firstFunc = firstFunc;
    this.#addConstants();
    this.#addStrings();
    this.#addFuncs();
    const registers: Partial<Record<VmWord, number>> = { FUNC_COUNT: count };
    if (
      types.length > this.#typeInfos.length ||
      types.some((type) => type.kind === 'struct' && type.methods.length > 0)
    ) {
      Object.assign(registers, { TYPE_TABLE: this.#typeTable(), TYPE_COUNT: NOMINAL + types.length });
    }
    this.#addGlobalKinds(oldGlobals);
    registers.GLOBAL_COUNT = globals.length;
    if (image.end - image.base > this.#room.bytes) return null;
    const constants = Math.min(this.#constants, this.#constantsFit);
    const pieces = [
      { address: CONSTANTS + 8 * oldConstants, bytes: Math.max(0, 8 * (constants - oldConstants)) },
      { address: this.#funcTable + FUNC_INFO_SIZE * firstFunc, bytes: FUNC_INFO_SIZE * program.funcs.length },
      { address: this.#globalKinds + oldGlobals, bytes: globals.length - oldGlobals },
      { address: end, bytes: image.end - end },
    ];
    return { firstFunc, registers, pieces };
  }

  #addGlobalKinds(from: number): void {
    const { globals } = this.#program;
    for (let i = from; i < globals.length; i++) {
      this.#image.set8(this.#globalKinds + i, KIND[(globals[i] as BytecodeProgram['globals'][number]).kind]);
    }
  }

  #addConstants(): void {
    const { constants } = this.#program;
    for (let i = this.#constants; i < constants.length; i++) {
      let address = CONSTANTS + 8 * i;
      if (i >= this.#constantsFit) {
        address = this.#image.reserve(8);
        this.#moreConstants.set(i, address);
      }
      this.#image.set64(address, constants[i] as bigint);
    }
    this.#constants = constants.length;
  }

  #addStrings(): void {
    const { strings } = this.#program;
    for (let i = this.#strings.length; i < strings.length; i++) {
      this.#strings.push(this.#image.string(strings[i] as string));
    }
  }

  #addFuncs(): void {
    const { funcs, types } = this.#program;
    const first = this.#firstFunc;
    const image = this.#image;
    for (const [i, func] of funcs.entries()) this.#closures.push(this.#closure(func, first + i));
    for (let i = this.#variants.length; i < types.length; i++) {
      this.#variants.push(this.#variantValues(types[i] as BytecodeProgram['types'][number], i));
    }
    for (const func of funcs) this.#code.push(image.reserve(ENTRY_BYTES + 4 * func.code.length) + ENTRY_BYTES);
    for (const [i, func] of funcs.entries()) {
      if (func.boxed === i) this.#adapters.add(first + i);
      this.#writeFunc(func, first + i, this.#code[first + i] as number);
    }
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
    this.#calls[index] = [];
    this.#writeCode(func.code, code, index);
    image.set32(info + FUNC_INFO.code, code);
    image.set32(info + FUNC_INFO.frame, func.frame);
    image.set16(info + FUNC_INFO.params, func.params.length);
    image.set16(info + FUNC_INFO.captures, func.captures.length);
    image.set32(info + FUNC_INFO.sig, func.sig);
    image.set32(info + FUNC_INFO.boxed, func.boxed === null ? NO_FUNC : this.#firstFunc + func.boxed);
    image.set32(info + FUNC_INFO.handlers, this.#handlers(func, code));
    image.set32(info + FUNC_INFO.handlerCount, func.handlers.length);
    image.set32(info + FUNC_INFO.safepoints, this.#safepoints(func, code));
    image.set32(info + FUNC_INFO.safepointCount, func.safepoints.length);
    image.set32(info + FUNC_INFO.closure, this.#closures[index] as number);
    image.set32(info + FUNC_INFO.captureKinds, this.#kinds(func.captures));
    image.set32(info + FUNC_INFO.name, image.string(`<function ${func.displayName}>`));
    const { cost, words } = entryPoll(func.code);
    image.set32(info + FUNC_INFO.cost, cost);
    image.set32(info + FUNC_INFO.paid, code + 4 * words);
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

  #writeCode(words: Uint32Array, address: number, func: number): void {
    const image = this.#image;
    for (let pc = 0; pc < words.length; ) {
      const word = words[pc] as number;
      const shape = shapeOf(word & 0xff);
      image.set32(address + 4 * pc, word);
      if (shape.calls) this.#addCall(words, pc, func);
      for (let i = 1; i < shape.words; i++) {
        const kind = shape.kinds[i];
        const value = present(words[pc + i], 'word of an instruction');
        image.set32(address + 4 * (pc + i), kind ? this.#resolve(kind, value, address) : value);
      }
      pc += shape.words;
    }
  }

  #addCall(words: Uint32Array, pc: number, func: number): void {
    const { op, values } = decode(words, pc);
    const value = (name: string): number | undefined => values[op.placed.findIndex((operand) => operand.name === name)];
    const callee = value('func');
    if (callee === undefined) this.#calls[func] = null;
    else this.#calls[func]?.push({ callee, window: present(value('window'), 'window'), deeper: value('deeper') ?? 1 });
  }

  #resolve(kind: ImmKind, value: number, code: number): number {
    switch (kind) {
      case 'target':
        return code + 4 * value;
      case 'pool':
        return this.#moreConstants.get(value) ?? CONSTANTS + 8 * value;
      case 'string':
        return present(this.#strings[value], 'string');
      case 'selector':
        return this.#selector(value);
      case 'function':
        return present(this.#closures[this.#firstFunc + value] || undefined, `function value ${value}`);
      case 'variant':
        return present(this.#variants[value >>> 16]?.[value & 0xffff] || undefined, `variant ${value}`);
      case 'global':
        return this.#globals + 8 * value;
      case 'func':
        return this.#firstFunc + value;
      case 'info':
        return this.#funcTable + FUNC_INFO_SIZE * (this.#firstFunc + value);
      default:
        return value;
    }
  }

  // members by name

  #selector(name: number): number {
    let address = this.#selectors.get(name);
    if (address === undefined) {
      address = this.#makeSelector(present(this.#program.strings[name], `string ${name}`));
      this.#selectors.set(name, address);
    }
    return address;
  }

  #makeSelector(name: string): number {
    const image = this.#image;
    // Types that are declared later would have to be added.
    const entries = this.#room === NO_ROOM ? this.#program.types.map((type) => this.#memberEntry(type, name)) : [];
    const known = entries.flatMap((entry, i) => (entry === 0 ? [] : [i]));
    const from = known[0] ?? 0;
    const to = (known.at(-1) ?? -1) + 1;
    const address = image.reserve(SELECTOR.entries + 4 * (to - from));
    image.set32(address + SELECTOR.name, image.string(name));
    image.set32(address + SELECTOR.first, NOMINAL + from);
    image.set32(address + SELECTOR.count, to - from);
    for (let i = from; i < to; i++) image.set32(address + SELECTOR.entries + 4 * (i - from), entries[i] as number);
    return address;
  }

  #memberEntry(type: BytecodeProgram['types'][number], name: string): number {
    if (type.kind === 'enum') return 0;
    const field = type.fields.findIndex((each) => each.name === name);
    const method = type.methods.find((each) => each.name === name);
    if (method !== undefined) return field < 0 ? (SELECTOR_METHOD | (this.#closures[method.func] as number)) >>> 0 : 0;
    const offset = SLOTS + 8 * field;
    const how = field < 0 ? 0 : fieldHow((type.fields[field] as BytecodeField).code);
    return how === 0 || offset > 0xffff ? 0 : (how << 16) | offset;
  }

  // types

  #typeTable(): number {
    const image = this.#image;
    const { types } = this.#program;
    types.forEach((type, i) => {
      const known = this.#typeInfos[i];
      if (known !== undefined && (type.kind === 'enum' || type.methods.length === 0)) return;
      const info = image.reserve(TYPE_INFO_SIZE);
      this.#typeInfos[i] = info;
      image.set32(info + TYPE_INFO.name, image.string(type.name));
      if (type.kind === 'struct') {
        image.set32(info + TYPE_INFO.kind, TYPE_INFO_KIND.struct);
        image.set32(info + TYPE_INFO.count, type.fields.length);
        image.set32(info + TYPE_INFO.members, this.#fields(type.fields));
        image.set32(info + TYPE_INFO.traced, tracedFields(type.fields));
        const methods = this.#mergedMethods(i, type.methods);
        image.set32(info + TYPE_INFO.methodCount, methods.length);
        image.set32(info + TYPE_INFO.methods, this.#methodTable(methods));
      } else {
        image.set32(info + TYPE_INFO.kind, TYPE_INFO_KIND.enum);
        image.set32(info + TYPE_INFO.count, type.variants.length);
        image.set32(info + TYPE_INFO.members, this.#variantInfos(type.variants, i));
      }
    });
    return image.words([...new Array<number>(NOMINAL).fill(0), ...this.#typeInfos]);
  }

  /** The methods that a type has by now; new ones replace those of their name. */
  #mergedMethods(type: number, added: readonly { readonly name: string; readonly func: number }[]) {
    const methods = new Map((this.#methods[type] ?? []).map(({ name, func }) => [name, func]));
    for (const { name, func } of added) methods.set(name, this.#firstFunc + func);
    const merged = [...methods].map(([name, func]) => ({ name, func }));
    this.#methods[type] = merged;
    return merged;
  }

  #fields(fields: readonly BytecodeField[]): number {
    const image = this.#image;
    const table = image.reserve(FIELD_INFO_SIZE * fields.length);
    fields.forEach((field, i) => {
      const entry = table + FIELD_INFO_SIZE * i;
      image.set32(entry + FIELD_INFO.name, image.string(field.name));
      image.set16(entry + FIELD_INFO.code, field.code);
      image.set8(entry + FIELD_INFO.kind, KIND[field.kind]);
      image.set16(entry + FIELD_INFO.arity, field.arity);
    });
    return table;
  }

  #methodTable(methods: readonly { readonly name: string; readonly func: number }[]): number {
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
      image.set32(entry + VARIANT_INFO.traced, tracedFields(variant.payload));
    });
    return table;
  }
}

/** How many fields a collection looks at: up to the last one that may hold a reference. */
function tracedFields(fields: readonly BytecodeField[]): number {
  return 1 + fields.map(({ kind }) => kind === 'ref' || kind === 'any').lastIndexOf(true);
}

/** How a field of a type is read and written by name; 0: by search. */
function fieldHow(code: number): number {
  switch (code) {
    case TYPE_CODES.i32:
      return SELECTOR_FIELD.i32;
    case TYPE_CODES.u32:
      return SELECTOR_FIELD.u32;
    case TYPE_CODES.i64:
      return SELECTOR_FIELD.i64;
    case TYPE_CODES.u64:
      return 0;
    case TYPE_CODES.f64:
      return SELECTOR_FIELD.f64;
    case TYPE_CODES.bool:
      return SELECTOR_FIELD.bool;
    case TYPE_CODES.any:
    case TYPE_CODES.nil:
    case TYPE_CODES.undecided:
      return code === TYPE_CODES.any ? SELECTOR_FIELD.any : 0;
    default:
      return SELECTOR_FIELD.ref;
  }
}

/** The length of an instruction, and which of its words are numbers that stand for addresses. */
interface Shape {
  readonly words: number;
  readonly kinds: readonly (ImmKind | undefined)[];
  readonly calls: boolean;
}

/** By number, of opcodes that were met. */
const SHAPES: Shape[] = [];

function shapeOf(number: number): Shape {
  let shape = SHAPES[number];
  if (shape === undefined) {
    const { placed, words, traits } = opcodeByNumber(number);
    const kinds: (ImmKind | undefined)[] = [];
    for (const { kind, field, role, at } of placed) {
      if (field === 'word' && role === 'imm' && RELOCATED.includes(kind as ImmKind)) kinds[at] = kind as ImmKind;
    }
    shape = { words, kinds, calls: traits.flow === 'call' };
    SHAPES[number] = shape;
  }
  return shape;
}
