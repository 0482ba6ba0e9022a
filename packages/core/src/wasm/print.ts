/**
 * WebAssembly functions as text, for people: one statement a line, with its operands folded into it.
 *
 *     (local.set $r1 (i64.add (local.get $r1) (local.get $r2)))
 *
 * Reads what `ModuleBuilder` writes: one value type for a block, names from the name section. What a call leaves on the stack, and
 * what a block gives, is taken by the next line that has too few operands. WebAssembly core specification, chapters 5 and 6.
 */
import { Bug, present } from '../base/bug.ts';

export interface PrintedFunction {
  /** Its number in the module. */
  readonly index: number;
  /** Of its code. */
  readonly bytes: number;
  readonly name: string;
  /** `(func $name (param $fp i32) … (result i64)` without the closing bracket, and its locals. */
  readonly head: readonly string[];
  readonly lines: readonly PrintedLine[];
}

export interface PrintedLine {
  /** Bytes of the function's code before the first instruction of the line. */
  readonly at: number;
  readonly text: string;
}

interface FunctionType {
  readonly params: readonly string[];
  readonly results: readonly string[];
}

interface Module {
  readonly types: readonly FunctionType[];
  /** Type of each function, imported ones first. */
  readonly funcs: readonly number[];
  readonly imported: number;
  readonly names: ReadonlyMap<number, string>;
  readonly bodies: readonly Uint8Array[];
}

/** All functions of a module; `locals` may name those of each. */
export function printModule(
  bytes: Uint8Array,
  locals: (index: number) => ReadonlyMap<number, string> = () => new Map(),
): PrintedFunction[] {
  const module = readModule(bytes);
  return module.bodies.map((body, i) => {
    const index = module.imported + i;
    return new FunctionPrinter(module, index, body, locals(index)).print();
  });
}

const TYPES: Readonly<Record<number, string>> = {
  127: 'i32',
  126: 'i64',
  125: 'f32',
  124: 'f64',
  123: 'v128',
  112: 'funcref',
};
const typeName = (byte: number): string => present(TYPES[byte], `type ${byte}`);

class Reader {
  readonly bytes: Uint8Array;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get done(): boolean {
    return this.at >= this.bytes.length;
  }

  u8(): number {
    return present(this.bytes[this.at++], 'byte');
  }

  u32(): number {
    return Number(BigInt.asUintN(32, this.#leb()));
  }

  signed(bits: number): bigint {
    return BigInt.asIntN(bits, this.#leb(true));
  }

  #leb(signed = false): bigint {
    let value = 0n;
    let shift = 0n;
    for (;;) {
      const byte = this.u8();
      value |= BigInt(byte & 0x7f) << shift;
      shift += 7n;
      if (byte < 0x80) return signed && (byte & 0x40) !== 0 ? value - (1n << shift) : value;
    }
  }

  f64(): number {
    const value = new DataView(this.bytes.buffer, this.bytes.byteOffset + this.at).getFloat64(0, true);
    this.at += 8;
    return value;
  }

  slice(length: number): Uint8Array {
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  name(): string {
    return new TextDecoder().decode(this.slice(this.u32()));
  }

  list<T>(item: () => T): T[] {
    return Array.from({ length: this.u32() }, item);
  }
}

function readModule(bytes: Uint8Array): Module {
  const r = new Reader(bytes);
  r.slice(8);
  let types: FunctionType[] = [];
  const funcs: number[] = [];
  let imported = 0;
  const names = new Map<number, string>();
  let bodies: Uint8Array[] = [];
  while (!r.done) {
    const id = r.u8();
    const s = new Reader(r.slice(r.u32()));
    if (id === 1) {
      types = s.list(() => {
        s.u8();
        return { params: s.list(() => typeName(s.u8())), results: s.list(() => typeName(s.u8())) };
      });
    } else if (id === 2) {
      s.list(() => {
        s.name();
        s.name();
        const kind = s.u8();
        if (kind === 0) imported = funcs.push(s.u32());
        else if (kind === 3) throw new Bug('no unit imports globals');
        else {
          if (kind === 1) s.u8();
          const flags = s.u8();
          s.u32();
          if ((flags & 1) !== 0) s.u32();
        }
      });
    } else if (id === 3) s.list(() => funcs.push(s.u32()));
    else if (id === 10) bodies = s.list(() => s.slice(s.u32()));
    else if (id === 0 && s.name() === 'name') {
      while (!s.done) {
        const kind = s.u8();
        const part = new Reader(s.slice(s.u32()));
        if (kind === 1) part.list(() => names.set(part.u32(), part.name()));
      }
    }
  }
  return { types, funcs, imported, names, bodies };
}

/** A name as identifiers of the text format are written. */
function nameOf({ names }: Module, index: number): string {
  return `$${(names.get(index) ?? `f${index}`).replace(/[^\w.$<>/:-]/g, '_')}`;
}

const COMPARE = 'eqz eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u';
const COMPARE_FLOAT = 'eq ne lt gt le ge';
const INTEGER = 'clz ctz popcnt add sub mul div_s div_u rem_s rem_u and or xor shl shr_s shr_u rotl rotr';
const FLOAT = 'abs neg ceil floor trunc nearest sqrt add sub mul div min max copysign';
const CONVERT =
  'i32.wrap_i64 i32.trunc_f32_s i32.trunc_f32_u i32.trunc_f64_s i32.trunc_f64_u i64.extend_i32_s i64.extend_i32_u i64.trunc_f32_s i64.trunc_f32_u i64.trunc_f64_s i64.trunc_f64_u f32.convert_i32_s f32.convert_i32_u f32.convert_i64_s f32.convert_i64_u f32.demote_f64 f64.convert_i32_s f64.convert_i32_u f64.convert_i64_s f64.convert_i64_u f64.promote_f32 i32.reinterpret_f32 i64.reinterpret_f64 f32.reinterpret_i32 f64.reinterpret_i64 i32.extend8_s i32.extend16_s i64.extend8_s i64.extend16_s i64.extend32_s';
const LOADS =
  'i32.load i64.load f32.load f64.load i32.load8_s i32.load8_u i32.load16_s i32.load16_u i64.load8_s i64.load8_u i64.load16_s i64.load16_u i64.load32_s i64.load32_u';
const STORES = 'i32.store i64.store f32.store f64.store i32.store8 i32.store16 i64.store8 i64.store16 i64.store32';
const UNARY = /eqz|clz|ctz|popcnt|abs|neg|ceil|floor|trunc|nearest|sqrt|wrap|extend|convert|demote|promote|reinterpret/;

/** Names of instructions without immediates, by opcode; and of those with an address. */
const NUMERIC = new Map<number, string>();
const MEMORY = new Map<number, string>();
function list(into: Map<number, string>, from: number, names: string, prefix = ''): void {
  for (const [i, name] of names.split(' ').entries()) into.set(from + i, prefix + name);
}
list(NUMERIC, 0x45, COMPARE, 'i32.');
list(NUMERIC, 0x50, COMPARE, 'i64.');
list(NUMERIC, 0x5b, COMPARE_FLOAT, 'f32.');
list(NUMERIC, 0x61, COMPARE_FLOAT, 'f64.');
list(NUMERIC, 0x67, INTEGER, 'i32.');
list(NUMERIC, 0x79, INTEGER, 'i64.');
list(NUMERIC, 0x8b, FLOAT, 'f32.');
list(NUMERIC, 0x99, FLOAT, 'f64.');
list(NUMERIC, 0xa7, CONVERT);
list(MEMORY, 0x28, LOADS);
list(MEMORY, 0x36, STORES);

/** An operand that no line has taken yet. */
interface Pending {
  readonly at: number;
  readonly text: string;
}

class FunctionPrinter {
  readonly #module: Module;
  readonly #index: number;
  readonly #r: Reader;
  readonly #type: FunctionType;
  readonly #locals: ReadonlyMap<number, string>;
  readonly #lines: PrintedLine[] = [];
  #pending: Pending[] = [];
  /** Labels of the constructs that are open, outermost first. */
  readonly #open: string[] = [];
  #blocks = 0;
  /** Where the code begins, behind the declarations of locals. */
  #start = 0;
  /** Where the instruction begins. */
  #at = 0;

  constructor(module: Module, index: number, body: Uint8Array, locals: ReadonlyMap<number, string>) {
    this.#module = module;
    this.#index = index;
    this.#r = new Reader(body);
    this.#locals = locals;
    this.#type = present(module.types[module.funcs[index] as number], 'type');
  }

  print(): PrintedFunction {
    const { params, results } = this.#type;
    const name = nameOf(this.#module, this.#index);
    const declared = this.#r.list(() => ({ count: this.#r.u32(), type: typeName(this.#r.u8()) }));
    const all = declared.flatMap(({ count, type }) => new Array<string>(count).fill(type));
    const signature = [
      ...params.map((type, i) => `(param ${this.#local(i)} ${type})`),
      ...(results.length === 0 ? [] : [`(result ${results.join(' ')})`]),
    ];
    const head = [`(func ${name} ${signature.join(' ')}`];
    const locals = all.map((type, i) => `(local ${this.#local(params.length + i)} ${type})`);
    for (let i = 0; i < locals.length; i += 6) head.push(`  ${locals.slice(i, i + 6).join(' ')}`);
    this.#start = this.#r.at;
    while (!this.#r.done) this.#instruction();
    this.#flush();
    return { index: this.#index, bytes: this.#r.at - this.#start, name, head, lines: this.#lines };
  }

  #local(index: number): string {
    return `$${this.#locals.get(index) ?? `t${index}`}`;
  }

  // lines

  #line(text: string, at = this.#at): void {
    this.#lines.push({ at, text: '  '.repeat(this.#open.length + 1) + text });
  }

  #flush(): void {
    for (const { at, text } of this.#pending) this.#line(text, at);
    this.#pending = [];
  }

  /** Takes operands; those that are missing are on the stack already. */
  #take(count: number): { readonly at: number; readonly text: string } {
    const taken = this.#pending.splice(Math.max(0, this.#pending.length - count));
    return { at: taken[0]?.at ?? this.#at, text: taken.map(({ text }) => ` ${text}`).join('') };
  }

  #push(name: string, operands: number): void {
    const { at, text } = this.#take(operands);
    this.#pending.push({ at, text: `(${name}${text})` });
  }

  #do(name: string, operands: number): void {
    const { at, text } = this.#take(operands);
    this.#flush();
    this.#line(`(${name}${text})`, at);
  }

  // instructions

  #instruction(): void {
    const r = this.#r;
    this.#at = r.at - this.#start;
    const opcode = r.u8();
    const numeric = NUMERIC.get(opcode);
    if (numeric !== undefined) return this.#push(numeric, UNARY.test(numeric) ? 1 : 2);
    const memory = MEMORY.get(opcode);
    if (memory !== undefined) {
      r.u32();
      const offset = r.u32();
      const name = `${memory}${offset === 0 ? '' : ` offset=${offset}`}`;
      return opcode < 0x36 ? this.#push(name, 1) : this.#do(name, 2);
    }
    switch (opcode) {
      case 0x00:
        return this.#do('unreachable', 0);
      case 0x02:
        return this.#begin('block', '$b');
      case 0x03:
        return this.#begin('loop', '$l');
      case 0x04:
        return this.#begin('if', '$i', 1);
      case 0x05: {
        this.#flush();
        const label = this.#open.pop();
        this.#line('else');
        if (label !== undefined) this.#open.push(label);
        return;
      }
      case 0x0b: {
        this.#flush();
        if (this.#open.pop() !== undefined) this.#line('end');
        return;
      }
      case 0x0c:
        return this.#do(`br ${this.#label(r.u32())}`, 0);
      case 0x0d:
        return this.#do(`br_if ${this.#label(r.u32())}`, 1);
      case 0x0e: {
        const labels = [...r.list(() => r.u32()), r.u32()];
        return this.#do(`br_table ${labels.map((depth) => this.#label(depth)).join(' ')}`, 1);
      }
      case 0x0f:
        return this.#do('return', this.#type.results.length);
      case 0x10: {
        const func = r.u32();
        const type = present(this.#module.types[this.#module.funcs[func] as number], 'type');
        return this.#call(`call ${nameOf(this.#module, func)}`, type, 0);
      }
      case 0x11: {
        const type = present(this.#module.types[r.u32()], 'type');
        r.u32();
        return this.#call('call_indirect', type, 1);
      }
      case 0x1a:
        return this.#do('drop', 1);
      case 0x1b:
        return this.#push('select', 3);
      case 0x20:
        return this.#push(`local.get ${this.#local(r.u32())}`, 0);
      case 0x21:
        return this.#do(`local.set ${this.#local(r.u32())}`, 1);
      case 0x22:
        return this.#push(`local.tee ${this.#local(r.u32())}`, 1);
      case 0x41:
        return this.#push(`i32.const ${r.signed(32)}`, 0);
      case 0x42:
        return this.#push(`i64.const ${r.signed(64)}`, 0);
      case 0x44:
        return this.#push(`f64.const ${r.f64()}`, 0);
      default:
        throw new Bug(`opcode ${opcode} is not printed`);
    }
  }

  #call(name: string, { params, results }: FunctionType, more: number): void {
    if (results.length === 1) this.#push(name, params.length + more);
    else this.#do(name, params.length + more);
  }

  #begin(name: string, prefix: string, operands = 0): void {
    const type = this.#r.u8();
    const result = type === 0x40 ? '' : ` (result ${typeName(type)})`;
    const { at, text } = this.#take(operands);
    this.#flush();
    const label = `${prefix}${this.#blocks++}`;
    this.#line(`${name} ${label}${result}${text}`, at);
    this.#open.push(label);
  }

  #label(depth: number): string {
    return this.#open[this.#open.length - 1 - depth] ?? '$end';
  }
}
