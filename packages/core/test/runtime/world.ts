/**
 * A machine without an interpreter, for tests of the runtime core: a hand-made program in memory, the core over it, and values made
 * and read from outside.
 *
 * `World.call` does what the interpreter does with a built-in: it collects and calls again when asked, gives fuel when asked, and
 * throws a `Raised` for a pending error. The roots are the slots of one frame, which tests fill with `root`.
 */
import { bytesOfBase64 } from '../../src/base/base64.ts';
import { NOMINAL, TYPE_CODES, type Kind, type TypeCode } from '../../src/base/kinds.ts';
import { TRAP_KIND_NAMES, type TrapKind } from '../../src/base/traps.ts';
import { loadProgram } from '../../src/engine/vm/load.ts';
import { createMemory, mapMemory, MemoryView } from '../../src/engine/vm/memory.ts';
import type { BytecodeFunc, BytecodeProgram, BytecodeType, FuncIndex, Pc } from '../../src/isa/program.ts';
import { CORE_BYTES } from '../../src/runtime/core-bytes.ts';
import { CORE_REGS, FUEL_WANTED } from '../../src/runtime/core-registers.ts';
import {
  ANY_DOUBLE_OFFSET,
  ANY_NIL,
  ANY_TAG,
  ARRAY,
  BUFFER_HEADER,
  CANONICAL_NAN,
  FRAME,
  FRAME_HEADER_SLOTS,
  HEADER,
  LAYOUT,
  PENDING,
  SLOTS,
  VM_FUEL,
  VM_REGS,
  type VmWord,
} from '../../src/runtime/layout.ts';

export type Ref = number;
export type Word = bigint;
type Arg = number | bigint;
type CoreExport = (...args: Arg[]) => Arg;

export const CODE = TYPE_CODES;

/** An error that the core raised. */
export class Raised extends Error {
  readonly kind: TrapKind;
  readonly text: string;
  constructor(kind: TrapKind, text: string) {
    super(`${kind}: ${text}`);
    this.kind = kind;
    this.text = text;
  }
}

export interface WorldOptions {
  readonly memory?: number;
  readonly depth?: number;
  readonly stress?: boolean;
  /** Bytes of memory that the heap gets at once and that cannot grow; by default it follows from `memory`. */
  readonly physical?: number;
  readonly types?: readonly BytecodeType[];
  readonly strings?: readonly string[];
  /** Fuel given at a time; the default never runs out. */
  readonly slice?: bigint;
  readonly input?: readonly string[];
}

export const ROOTS = 4096;

const module = new WebAssembly.Module(bytesOfBase64(CORE_BYTES));

export function coreModule(): WebAssembly.Module {
  return module;
}

/** A function of one instruction; number 0 is the frame of the roots, 1 and 2 have captures and none. */
function func(name: string, captures: readonly Kind[], params: readonly Kind[]): BytecodeFunc {
  const roots = Array.from({ length: ROOTS }, (_, i) => i);
  return {
    name,
    displayName: name,
    params,
    result: null,
    captures,
    sig: 0,
    boxed: 0 as FuncIndex,
    frame: ROOTS,
    code: new Uint32Array([0]),
    handlers: [],
    safepoints: [{ pc: 0 as Pc, refs: [], anys: roots }],
    lines: [],
    span: undefined as never,
  };
}

export class World {
  readonly memory: MemoryView;
  readonly core: Record<string, CoreExport>;
  readonly frame: number;
  readonly types: readonly BytecodeType[];
  output = '';
  readonly writes: number[] = [];
  collections = 0;
  readonly #slice: bigint;
  readonly #empty: Ref;
  readonly #input: string[];

  constructor(options: WorldOptions = {}) {
    this.types = options.types ?? [];
    this.#slice = options.slice ?? 1n << 60n;
    this.#input = [...(options.input ?? [])];
    const program: BytecodeProgram = {
      files: undefined as never,
      funcs: [func('main', [], []), func('closure', ['ref', 'any', 'i64'], ['any', 'any']), func('plain', [], ['any'])],
      types: this.types,
      globals: [
        { name: 'g', kind: 'ref' },
        { name: 'h', kind: 'any' },
      ],
      signatures: [],
      strings: options.strings ?? [],
      constants: [],
      modules: [],
      main: null,
    };
    const loaded = loadProgram(program);
    const limits = {
      fuel: Infinity,
      memory: (options.memory ?? 1 << 28) + loaded.image.end,
      depth: options.depth ?? 1000,
      timeMs: Infinity,
    };
    const map = { ...mapMemory(loaded, limits), heapLimit: options.memory ?? 1 << 28 };
    const pages = map.heapBase / 65_536 + 1 + Math.ceil((options.physical ?? 0) / 65_536);
    this.memory = new MemoryView(
      options.physical ? new WebAssembly.Memory({ initial: pages, maximum: pages }) : createMemory(map),
    );
    let line: Uint8Array | null = null;
    const host = {
      write: (address: number, length: number): number => {
        this.output += this.latin1(address, length);
        this.writes.push(length);
        return 0;
      },
      read_line: (): number => {
        const next = line === null ? this.#input.shift() : undefined;
        if (next !== undefined) line = new TextEncoder().encode(next);
        return line === null ? -1 : line.length;
      },
      take_line: (address: number): void => {
        this.memory.bytes(address, line?.length ?? 0).set(line ?? []);
        line = null;
      },
      now: () => 12.5,
      collecting: (): void => {},
    };
    this.core = new WebAssembly.Instance(module, { env: { memory: this.memory.memory }, host }).exports as Record<
      string,
      CoreExport
    >;
    this.memory.bytes(loaded.image.base, loaded.image.end - loaded.image.base).set(loaded.image.view());
    for (const [name, value] of Object.entries(loaded.registers)) this.set(name as VmWord, value);
    this.set('STACK_BASE', map.stackBase);
    this.set('DEPTH_LIMIT', limits.depth);
    this.set('HEAP_BASE', map.heapBase);
    this.set('HEAP_LIMIT', map.heapLimit);
    this.set('STRESS_GC', options.stress ? 1 : 0);
    this.frame = map.stackBase + 8 * FRAME_HEADER_SLOTS;
    this.memory.setU32(this.frame + FRAME.func, 0);
    this.set('FP', this.frame);
    this.set('PC', loaded.code[0] ?? 0);
    this.#empty = this.get('EMPTY_STRING');
    this.#raw('gc_init');
    this.memory.setU32(CORE_REGS.POISON, 1);
    this.memory.setI64(VM_FUEL, this.#slice);
    // Objects that a test has not rooted live for a while.
    this.set('GC_TRIGGER', 8 << 20);
  }

  get(name: VmWord): number {
    return this.memory.u32(VM_REGS[name]);
  }

  set(name: VmWord, value: number): void {
    this.memory.setU32(VM_REGS[name], value);
  }

  #raw(name: string, ...args: Arg[]): Arg {
    const found = this.core[name];
    if (!found) throw new Error(`the core does not export ${name}`);
    return found(...args);
  }

  /** One try: the result and PENDING. */
  attempt(name: string, ...args: Arg[]): { result: Arg; pending: number } {
    const result = this.#raw(name, ...args);
    const pending = this.get('PENDING');
    this.set('PENDING', PENDING.none);
    return { result, pending };
  }

  /** A built-in as an instruction executes it. Its references must be rooted if STRESS_GC is on. */
  call(name: string, ...args: Arg[]): Arg {
    for (let tries = 0; ; tries++) {
      if (tries > 100) throw new Error(`${name} asks again and again`);
      const { result, pending } = this.attempt(name, ...args);
      if (pending === PENDING.none) {
        this.set('COLLECTING_OFF', 0);
        return result;
      }
      if (pending === PENDING.collect) {
        this.collections++;
        this.#raw('gc_step');
        this.set('COLLECTING_OFF', 1);
      } else if (pending === PENDING.fuel) {
        const wanted = this.memory.i64(FUEL_WANTED);
        this.memory.setI64(VM_FUEL, wanted);
      } else if (pending === PENDING.error) {
        this.set('COLLECTING_OFF', 0);
        const error = this.get('ERROR');
        throw new Raised(
          TRAP_KIND_NAMES[this.memory.u32(error + HEADER.aux)] as TrapKind,
          this.text(this.memory.u32(error + SLOTS)),
        );
      } else {
        throw new Error(`PENDING is ${pending}`);
      }
    }
  }

  ref(name: string, ...args: Arg[]): Ref {
    return Number(this.call(name, ...args)) >>> 0;
  }

  i32(name: string, ...args: Arg[]): number {
    return Number(this.call(name, ...args));
  }

  any(name: string, ...args: Arg[]): Word {
    return BigInt.asUintN(64, BigInt(this.call(name, ...args)));
  }

  fuel(): bigint {
    return this.memory.i64(VM_FUEL);
  }

  // --- roots

  root(slot: number, word: Arg): void {
    this.memory.setI64(this.frame + 8 * slot, BigInt.asIntN(64, BigInt(word)));
  }

  rooted(slot: number): Word {
    return BigInt.asUintN(64, this.memory.i64(this.frame + 8 * slot));
  }

  clearRoots(): void {
    for (let i = 0; i < ROOTS; i++) this.memory.setI64(this.frame + 8 * i, 0n);
  }

  // --- making values

  alloc(bytes: number, layout: number, type: number, aux: number): Ref {
    return this.ref('gc_alloc', bytes, (layout << 8) | (type << 16), aux);
  }

  /** A flat string from latin-1 text. */
  string(text: string): Ref {
    if (text.length === 0) return this.#empty;
    const ref = this.alloc(12 + text.length, LAYOUT.string, CODE.string, text.length);
    this.memory.bytes(ref + 12, text.length).set(Uint8Array.from(text, (char) => char.charCodeAt(0)));
    return ref;
  }

  struct(type: number, slots: readonly Arg[]): Ref {
    const ref = this.alloc(8 + 8 * slots.length, LAYOUT.struct, NOMINAL + type, 0);
    slots.forEach((slot, i) => {
      this.memory.setI64(ref + SLOTS + 8 * i, BigInt.asIntN(64, BigInt(slot)));
    });
    return ref;
  }

  enumValue(type: number, variant: number, slots: readonly Arg[]): Ref {
    const ref = this.alloc(8 + 8 * slots.length, LAYOUT.enum, NOMINAL + type, variant);
    slots.forEach((slot, i) => {
      this.memory.setI64(ref + SLOTS + 8 * i, BigInt.asIntN(64, BigInt(slot)));
    });
    return ref;
  }

  /** Typed array from slots; the array stays rooted in the last slot meanwhile. */
  array(code: number, slots: readonly Arg[]): Ref {
    const ref = this.ref('array_new', code, 0n);
    const old = this.rooted(ROOTS - 1);
    this.root(ROOTS - 1, ref);
    for (const slot of slots) this.call('array_push_slot', ref, BigInt(slot), code);
    this.root(ROOTS - 1, old);
    return ref;
  }

  anyArray(words: readonly Word[]): Ref {
    return this.array(CODE.any, words);
  }

  // --- reading values

  latin1(address: number, length: number): string {
    const bytes = this.memory.bytes(address, length);
    if (length <= 1024) return String.fromCharCode(...bytes);
    let text = '';
    for (let at = 0; at < length; at += 1024) text += String.fromCharCode(...bytes.subarray(at, at + 1024));
    return text;
  }

  text(string: Ref): string {
    const layout = this.memory.u8(string + HEADER.layout);
    const flat = layout === LAYOUT.string ? string : this.ref('flatten', string);
    return this.latin1(flat + 12, this.memory.u32(flat + HEADER.aux));
  }

  length(array: Ref): number {
    return this.memory.u32(array + ARRAY.length);
  }

  elementCode(array: Ref): number {
    return this.memory.u32(array + ARRAY.element);
  }

  words(array: Ref): Word[] {
    return Array.from({ length: this.length(array) }, (_, i) => this.any('array_get_any', array, BigInt(i)));
  }

  elements(array: Ref): number {
    return this.memory.u32(array + ARRAY.buffer) + BUFFER_HEADER;
  }

  display(word: Word, style: number): string {
    this.call('out_begin');
    this.call('out_value', word, style);
    this.call('out_end');
    this.call('flush');
    const line = this.output;
    this.output = '';
    return line.slice(0, -1);
  }
}

// --- any words

const bits = new DataView(new ArrayBuffer(8));

export function bitsOfDouble(value: number): bigint {
  bits.setFloat64(0, value);
  return bits.getBigUint64(0);
}

export function doubleOfBits(value: bigint): number {
  bits.setBigUint64(0, BigInt.asUintN(64, value));
  return bits.getFloat64(0);
}

const tagged = (tag: number, value: bigint): Word => (BigInt(tag) << 48n) | value;

export const word = {
  i32: (value: number): Word => tagged(ANY_TAG.i32, BigInt(value >>> 0)),
  u32: (value: number): Word => tagged(ANY_TAG.u32, BigInt(value >>> 0)),
  bool: (value: boolean): Word => tagged(ANY_TAG.bool, value ? 1n : 0n),
  f64: (value: number): Word => (Number.isNaN(value) ? CANONICAL_NAN : bitsOfDouble(value)) + ANY_DOUBLE_OFFSET,
  nil: ANY_NIL,
  ref: (ref: Ref): Word => BigInt(ref),
};

/** An i64 or u64 as a word, boxed on the heap if it is large. */
export function wide(world: World, value: bigint, code: number): Word {
  const small = code === CODE.i64 ? BigInt.asIntN(48, value) === value : value < 1n << 48n;
  if (small) return tagged(code === CODE.i64 ? ANY_TAG.i64 : ANY_TAG.u64, BigInt.asUintN(48, value));
  return world.any('box_wide', BigInt.asIntN(64, value), code);
}

export type Scalar = { readonly type: string; readonly value: bigint | number | boolean | null };

/** What a word without parts stands for. */
export function readWord(world: World, w: Word): Scalar {
  const tag = Number(w >> 48n);
  switch (tag) {
    case ANY_TAG.i32:
      return { type: 'i32', value: BigInt.asIntN(32, w) };
    case ANY_TAG.u32:
      return { type: 'u32', value: BigInt.asUintN(32, w) };
    case ANY_TAG.i64:
      return { type: 'i64', value: BigInt.asIntN(48, w) };
    case ANY_TAG.u64:
      return { type: 'u64', value: BigInt.asUintN(48, w) };
    case ANY_TAG.bool:
      return { type: 'bool', value: (w & 1n) === 1n };
    case ANY_TAG.nil:
      return { type: 'nil', value: null };
    case ANY_TAG.ref: {
      const type = world.memory.u16(Number(w) + HEADER.type) as TypeCode as number;
      const value = world.memory.i64(Number(w) + SLOTS);
      if (type === CODE.i64) return { type: 'i64', value };
      if (type === CODE.u64) return { type: 'u64', value: BigInt.asUintN(64, value) };
      return { type: `ref ${type}`, value: w };
    }
    default:
      return { type: 'f64', value: doubleOfBits(w - ANY_DOUBLE_OFFSET) };
  }
}
