/**
 * A whole program as assembly text, from which `parse.ts` makes the same program again.
 *
 *     orus-bytecode 1
 *     signature (i64) -> i64
 *     func "fib" (i64) -> i64 sig 0 frame 8
 *       .span 0 0 60
 *       ; fib.orus:2                          if n < 2:
 *       .at 0 28 33
 *         poll               5
 *         br.ge_s.i64.imm    r0, 2 -> L5
 *         ret                r0
 *       L5:
 *
 * Tables come first, in the order of their numbers. Everything behind `;` is for people. Debug tables (`.span`, `.at`, sources) are left out
 * if the program has none. Words that are no instruction as the assembler would write it stand as `.word`.
 */
import { TYPE_CODES } from '../../base/kinds.ts';
import { lineStarts, positionAt, type FileId, type Span } from '../../base/source.ts';
import { encode, decode, givenOperands, type DecodedInst } from '../encode.ts';
import { OPCODE_COUNT, opcodeByNumber } from '../opcodes.ts';
import type { BytecodeField, BytecodeFunc, BytecodeProgram, PcEntry } from '../program.ts';
import { codeText, funcText, IMM_TEXTS, type Names } from './operand-text.ts';

export const HEADING = 'orus-bytecode 1';

/** Whether a program has debug tables. */
export function hasDebugTables(program: BytecodeProgram): boolean {
  return program.funcs.some(({ lines }) => lines.length > 0);
}

export function printAssembly(program: BytecodeProgram): string {
  return new Printer(program).program();
}

const quote = (text: string): string => JSON.stringify(text);

function countsOf<T>(items: readonly T[]): ReadonlyMap<T, number> {
  const counts = new Map<T, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return counts;
}

class Printer {
  readonly #program: BytecodeProgram;
  readonly #names: Names;
  readonly #debug: boolean;
  readonly #out: string[] = [HEADING];
  readonly #starts = new Map<FileId, readonly number[]>();
  /** The source line that was shown last. */
  #shown = '';

  constructor(program: BytecodeProgram) {
    this.#program = program;
    this.#debug = hasDebugTables(program);
    const funcs = program.funcs.map(({ name }) => name);
    const counts = {
      func: countsOf(funcs),
      string: countsOf(program.strings),
      constant: countsOf(program.constants),
    };
    const never = (): number => 0;
    this.#names = {
      program,
      funcs,
      funcNumber: never,
      stringNumber: never,
      constantNumber: never,
      unique: {
        func: (number) => counts.func.get(funcs[number] as string) === 1,
        string: (number) => counts.string.get(program.strings[number] as string) === 1,
        constant: (number) => counts.constant.get(program.constants[number] as bigint) === 1,
      },
    };
  }

  program(): string {
    const { types, signatures, globals, constants, strings, funcs, modules, main, files } = this.#program;
    for (const type of types) {
      this.#out.push(`${type.kind} ${quote(type.name)}`);
      if (type.kind === 'struct') {
        this.#fields(type.fields, '  ');
        for (const { name, func } of type.methods) this.#out.push(`  method ${quote(name)} ${this.#func(func)}`);
      } else {
        for (const { name, payload } of type.variants) {
          this.#out.push(`  variant ${quote(name)}`);
          this.#fields(payload, '    ');
        }
      }
    }
    for (const { params, result } of signatures) {
      this.#out.push(`signature (${params.map(codeText).join(', ')}) -> ${codeText(result)}`);
    }
    for (const { name, kind } of globals) this.#out.push(`global ${quote(name)} ${kind}`);
    for (const bits of constants) this.#out.push(`constant ${BigInt.asIntN(64, bits)}${asDouble(bits)}`);
    for (const text of strings) this.#out.push(`string ${quote(text)}`);
    for (const [i, func] of funcs.entries()) this.#function(func, i);
    for (const { name, init } of modules) this.#out.push(`module ${quote(name)} ${this.#func(init)}`);
    if (main !== null) this.#out.push(`main ${this.#func(main)}`);
    if (this.#debug) {
      for (const { path, text } of files.values()) {
        this.#out.push(`file ${quote(path)}`, ...text.split('\n').map((line) => `  |${line}`));
      }
    }
    return `${this.#out.join('\n')}\n`;
  }

  #func(number: number): string {
    return funcText(number, this.#names);
  }

  #fields(fields: readonly BytecodeField[], indent: string): void {
    for (const { name, code, kind, arity } of fields) {
      const takes = code === TYPE_CODES.func ? ` ${arity}` : '';
      this.#out.push(`${indent}field ${quote(name)} ${codeText(code)} ${kind}${takes}`);
    }
  }

  #function(func: BytecodeFunc, index: number): void {
    const { name, displayName, params, result, captures, sig, boxed, frame, code, handlers } = func;
    const parts = [`func ${quote(name)}`];
    if (displayName !== name) parts.push(`display ${quote(displayName)}`);
    parts.push(`(${params.join(', ')}) -> ${result ?? 'none'}`);
    if (captures.length > 0) parts.push(`captures (${captures.join(', ')})`);
    parts.push(`sig ${sig}`);
    if (boxed !== null) parts.push(`boxed ${boxed === index ? 'self' : this.#func(boxed)}`);
    this.#out.push('', `${parts.join(' ')} frame ${frame}    ; F${index}`);
    if (this.#debug) this.#out.push(`  .span ${spanText(func.span)}`);

    const insts = instructionsOf(code);
    const starts = new Set(insts.map(({ pc }) => pc).concat(code.length));
    const label = (pc: number): string => (starts.has(pc) ? `L${pc}` : String(pc));
    const labels = new Set<number>(handlers.flatMap(({ start, end, target }) => [start, end, target]));
    for (const { inst } of insts) {
      inst?.op.placed.forEach((operand, i) => {
        if (operand.kind === 'target') labels.add(inst.values[i] as number);
      });
    }
    this.#shown = '';
    let entry = 0;
    for (const { pc, words, inst } of insts) {
      if (labels.has(pc)) this.#out.push(`  L${pc}:`);
      for (; entry < func.lines.length && (func.lines[entry] as PcEntry).pc < pc + words; entry++) {
        this.#line(func.lines[entry] as PcEntry, pc);
      }
      if (inst !== null) this.#out.push(`    ${this.#inst(inst, label)}`);
      else for (let i = 0; i < words; i++) this.#out.push(`    .word ${code[pc + i]}`);
    }
    for (; entry < func.lines.length; entry++) this.#line(func.lines[entry] as PcEntry, code.length);
    if (labels.has(code.length)) this.#out.push(`  L${code.length}:`);
    for (const { start, end, target, slot } of handlers) {
      this.#out.push(`  try ${label(start)} to ${label(end)} -> ${label(target)}, r${slot}`);
    }
  }

  #line({ pc, span, inlined }: PcEntry, here: number): void {
    const exact = pc === here ? '' : ` pc ${pc}`;
    const sites = inlined.map((site) => ` in ${quote(site.callee)} ${spanText(site.span)}`).join('');
    const source = this.#source(span);
    if (source !== this.#shown) this.#out.push(`  ; ${source}`);
    this.#shown = source;
    this.#out.push(`  .at ${spanText(span)}${exact}${sites}`);
  }

  /** Path, line and text of a place, for people. */
  #source({ file: id, start }: Span): string {
    const file = this.#program.files.get(id);
    let starts = this.#starts.get(id);
    if (starts === undefined) {
      starts = lineStarts(file.text);
      this.#starts.set(id, starts);
    }
    const at = positionAt(file.text, starts, start).line;
    const text = file.text.slice(starts[at - 1], starts[at] ?? file.text.length).trim();
    return `${file.path}:${at}  ${text}`.replace(/[\x00-\x1f\x7f]/g, ' ');
  }

  #inst({ op, values }: DecodedInst, label: (pc: number) => string): string {
    let target = '';
    const operands: string[] = [];
    op.placed.forEach((operand, i) => {
      const value = values[i] as number;
      if (operand.role !== 'imm') operands.push(`r${value}`);
      else if (operand.kind === 'target') target = ` -> ${label(value)}`;
      else if (operand.kind !== 'info') {
        // all other kinds of immediates have a row
        operands.push(IMM_TEXTS[operand.kind as keyof typeof IMM_TEXTS].write(value, this.#names));
      }
    });
    return `${op.name.padEnd(18)} ${operands.join(', ')}${target}`.trimEnd();
  }
}

function spanText({ file, start, end }: Span): string {
  return `${file} ${start} ${end}`;
}

const view = new DataView(new ArrayBuffer(8));

/** A constant read as a double, for people. */
function asDouble(bits: bigint): string {
  view.setBigUint64(0, bits);
  const value = view.getFloat64(0);
  return Math.abs(value) > 1e-200 && Math.abs(value) < 1e200 ? `    ; ${value}` : '';
}

interface Piece {
  readonly pc: number;
  readonly words: number;
  /** Null for words that are no instruction as it would be encoded. */
  readonly inst: DecodedInst | null;
}

function instructionsOf(code: Uint32Array): Piece[] {
  const pieces: Piece[] = [];
  for (let pc = 0; pc < code.length; ) {
    const number = (code[pc] as number) & 0xff;
    const op = number < OPCODE_COUNT ? opcodeByNumber(number) : null;
    const whole = op !== null && pc + op.words <= code.length;
    const inst = whole ? decode(code, pc) : null;
    const words = whole ? op.words : 1;
    pieces.push({ pc, words, inst: inst !== null && isCanonical(inst, code) ? inst : null });
    pc += words;
  }
  return pieces;
}

/** Whether encoding an instruction again gives the same words. */
function isCanonical({ op, pc, values }: DecodedInst, code: Uint32Array): boolean {
  const given = new Set(givenOperands(op));
  const words: number[] = [];
  encode(
    words,
    op,
    values.filter((_, i) => given.has(op.placed[i] as (typeof op.placed)[number])),
  );
  return words.every((word, i) => word === code[pc + i]);
}
