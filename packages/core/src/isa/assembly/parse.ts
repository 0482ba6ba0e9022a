/**
 * Assembly text to a program: the inverse of `print.ts`, for what the disassembler writes and for what people write.
 *
 * Line by line. Names of functions and labels may be used before they are defined; constants and strings that instructions name are
 * added to the tables if they are not there. What comes out is well formed as a file is; whether it is safe to run is for the verifier.
 */
import { IdMap } from '../../base/id-map.ts';
import { type Kind, TYPE_CODES, type TypeCode } from '../../base/kinds.ts';
import type { FileId, SourceFile, Span } from '../../base/source.ts';
import { closest } from '../../base/suggest.ts';
import { encode, givenOperands, setTarget } from '../encode.ts';
import { hasOpcode, opcode } from '../opcodes.ts';
import { fieldRange } from '../operand.ts';
import { OPCODE_NAMES } from '../opcode-table.ts';
import type { BytecodeField, BytecodeFunc, BytecodeProgram, FuncIndex, HandlerRange, Pc, PcEntry } from '../program.ts';
import {
  IMM_TEXTS,
  Misread,
  type Names,
  quotedText,
  readCode,
  readFunc,
  readNumber,
  readString,
} from './operand-text.ts';
import { HEADING } from './print.ts';

export interface Assembled {
  readonly program: BytecodeProgram;
  /** Whether the text has debug tables. */
  readonly debug: boolean;
}

export interface AssemblyProblem {
  /** From 1. */
  readonly line: number;
  readonly text: string;
}

export function parseAssembly(text: string, path: string): Assembled | { readonly problem: AssemblyProblem } {
  const assembler = new Assembler(text, path);
  try {
    return assembler.run();
  } catch (error) {
    if (error instanceof Misread) return { problem: { line: assembler.line, text: error.text } };
    throw error;
  }
}

const KINDS: readonly string[] = ['i32', 'i64', 'f64', 'ref', 'any'] satisfies Kind[];

/** Texts in quotation marks, windows, `->`, punctuation, and words. */
const TOKEN = /\s*(?:("(?:[^"\\]|\\.)*")|(\[r\d+\.\.\])|(->)|([(),:|])|([^\s(),:|";]+)|(;.*))/y;

function tokensOf(line: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < line.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(line);
    if (match === null) {
      if (line.slice(at).trim() === '') break;
      throw new Misread(`this cannot be read: ${line.slice(at).trim()}`);
    }
    const token = match[1] ?? match[2] ?? match[3] ?? match[4] ?? match[5];
    if (token === undefined) break;
    tokens.push(token);
  }
  return tokens;
}

/** The tokens of one line, taken from left to right. */
class Line {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  get done(): boolean {
    return this.#at >= this.#tokens.length;
  }

  take(): string {
    const token = this.#tokens[this.#at];
    if (token === undefined) throw new Misread('the line ends too early');
    this.#at++;
    return token;
  }

  accept(token: string): boolean {
    if (this.#tokens[this.#at] !== token) return false;
    this.#at++;
    return true;
  }

  expect(token: string): void {
    if (!this.accept(token))
      throw new Misread(`expected ${token}, found ${this.#tokens[this.#at] ?? 'the end of the line'}`);
  }

  end(): void {
    if (!this.done) throw new Misread(`expected the end of the line, found ${this.#tokens[this.#at]}`);
  }

  number(): number {
    return readNumber(this.take());
  }

  natural(): number {
    const value = this.number();
    if (value < 0) throw new Misread(`expected a number that is not negative, found ${value}`);
    return value;
  }

  string(): string {
    return readString(this.take());
  }

  kind(): Kind {
    const token = this.take();
    if (!KINDS.includes(token)) throw new Misread(`expected ${KINDS.join(', ')}, found ${token}`);
    return token as Kind;
  }

  list<T>(item: () => T): T[] {
    const items: T[] = [];
    this.expect('(');
    if (this.accept(')')) return items;
    do items.push(item());
    while (this.accept(','));
    this.expect(')');
    return items;
  }

  span(): Span {
    const [file, start, end] = [this.natural(), this.natural(), this.natural()];
    return { file: file as FileId, start, end };
  }
}

/** A type while it is being read. */
type OpenType =
  | { kind: 'struct'; name: string; fields: BytecodeField[]; methods: { name: string; func: FuncIndex }[] }
  | { kind: 'enum'; name: string; variants: { name: string; payload: BytecodeField[] }[] };

interface OpenFunc {
  readonly head: Omit<BytecodeFunc, 'code' | 'handlers' | 'safepoints' | 'lines' | 'span'>;
  span: Span;
  readonly code: number[];
  readonly lines: PcEntry[];
  readonly labels: Map<string, number>;
  /** What is filled in when all labels are known. */
  readonly later: { readonly line: number; readonly fill: (pcOf: (label: string) => number) => void }[];
  readonly handlers: HandlerRange[];
}

const NOWHERE: Span = { file: 0 as FileId, start: 0, end: 0 };

class Assembler {
  line = 0;
  readonly #lines: readonly string[];
  readonly #path: string;
  readonly #types: OpenType[] = [];
  readonly #signatures: { params: TypeCode[]; result: TypeCode }[] = [];
  readonly #globals: { name: string; kind: Kind }[] = [];
  readonly #constants: bigint[] = [];
  readonly #strings: string[] = [];
  readonly #funcs: OpenFunc[] = [];
  readonly #modules: { name: string; init: FuncIndex }[] = [];
  #main: FuncIndex | null = null;
  readonly #files: { path: string; lines: string[] }[] = [];
  #debug = false;
  readonly #names: Names;

  constructor(text: string, path: string) {
    this.#lines = text.split('\n');
    this.#path = path;
    const funcs = this.#lines.flatMap((line) => (line.startsWith('func ') ? [nameOfFunc(line)] : []));
    const numbers = new Map<string, number>();
    for (const [i, name] of funcs.entries()) numbers.set(name, numbers.has(name) ? -1 : i);
    const stringNumbers = new Map<string, number>();
    const constantNumbers = new Map<bigint, number>();
    const always = (): boolean => true;
    this.#names = {
      program: { strings: this.#strings, constants: this.#constants },
      funcs,
      funcNumber: (name) => {
        const number = numbers.get(name);
        if (number === undefined) {
          const near = closest(name, [...numbers.keys()]);
          throw new Misread(`there is no function ${name}${near === undefined ? '' : `; did you mean ${near}?`}`);
        }
        if (number < 0) throw new Misread(`several functions are called ${name}; name one by its number, as F0`);
        return number;
      },
      stringNumber: (value) => numberIn(this.#strings, stringNumbers, value),
      constantNumber: (value) => numberIn(this.#constants, constantNumbers, value),
      unique: { func: always, string: always, constant: always },
    };
  }

  run(): Assembled {
    this.line = 1;
    if (this.#lines[0]?.trim() !== HEADING) throw new Misread(`the text does not begin with ${HEADING}`);
    for (; this.line < this.#lines.length; ) {
      const text = this.#lines[this.line++] as string;
      if (/^\s*\|/.test(text)) this.#sourceLine(text);
      else {
        const line = new Line(tokensOf(text));
        if (line.done) continue;
        this.#statement(line.take(), line);
        line.end();
      }
    }
    const funcs = this.#funcs.map((func) => this.#finish(func));
    const files = new IdMap<FileId, SourceFile>();
    const sources = this.#debug ? this.#files : [{ path: this.#path, lines: [''] }];
    for (const { path, lines } of sources) files.add({ id: files.nextId(), path, text: lines.join('\n') });
    const program: BytecodeProgram = {
      files,
      funcs,
      types: this.#types,
      signatures: this.#signatures,
      globals: this.#globals,
      constants: this.#constants,
      strings: this.#strings,
      modules: this.#modules,
      main: this.#main,
    };
    if (this.#debug) this.#checkSpans(program);
    return { program, debug: this.#debug };
  }

  #sourceLine(text: string): void {
    const file = this.#files.at(-1);
    if (file === undefined) throw new Misread('a line of a source stands before `file`');
    file.lines.push(text.slice(text.indexOf('|') + 1));
  }

  #funcIndex(line: Line): FuncIndex {
    return readFunc(line.take(), this.#names) as FuncIndex;
  }

  #statement(word: string, line: Line): void {
    switch (word) {
      case 'struct':
        this.#types.push({ kind: 'struct', name: line.string(), fields: [], methods: [] });
        return;
      case 'enum':
        this.#types.push({ kind: 'enum', name: line.string(), variants: [] });
        return;
      case 'variant': {
        const type = this.#types.at(-1);
        if (type?.kind !== 'enum') throw new Misread('a variant stands outside of an enum');
        type.variants.push({ name: line.string(), payload: [] });
        return;
      }
      case 'field': {
        const [name, code, kind] = [line.string(), readCode(line.take()) as TypeCode, line.kind()];
        const field = { name, code, kind, arity: code === TYPE_CODES.func ? line.natural() : 0 };
        const type = this.#types.at(-1);
        const fields = type?.kind === 'struct' ? type.fields : type?.variants.at(-1)?.payload;
        if (fields === undefined) throw new Misread('a field stands outside of a struct or variant');
        fields.push(field);
        return;
      }
      case 'method': {
        const type = this.#types.at(-1);
        if (type?.kind !== 'struct') throw new Misread('a method stands outside of a struct');
        type.methods.push({ name: line.string(), func: this.#funcIndex(line) });
        return;
      }
      case 'signature': {
        const params = line.list(() => readCode(line.take()) as TypeCode);
        line.expect('->');
        this.#signatures.push({ params, result: readCode(line.take()) as TypeCode });
        return;
      }
      case 'global':
        this.#globals.push({ name: line.string(), kind: line.kind() });
        return;
      case 'constant': {
        const token = line.take();
        if (!/^-?\d{1,20}$/.test(token)) throw new Misread(`expected an integer of 64 bits, found ${token}`);
        this.#constants.push(BigInt.asUintN(64, BigInt(token)));
        return;
      }
      case 'string':
        this.#strings.push(line.string());
        return;
      case 'func':
        this.#funcs.push(this.#func(line));
        return;
      case 'module':
        this.#modules.push({ name: line.string(), init: this.#funcIndex(line) });
        return;
      case 'main':
        this.#main = this.#funcIndex(line);
        return;
      case 'file':
        this.#debug = true;
        this.#files.push({ path: line.string(), lines: [] });
        return;
      default:
        this.#inFunction(word, line);
    }
  }

  // --- functions ----------------------------------------------------------------------------------------------------

  #func(line: Line): OpenFunc {
    const index = this.#funcs.length;
    const name = line.string();
    const displayName = line.accept('display') ? line.string() : name;
    const params = line.list(() => line.kind());
    line.expect('->');
    const result = line.accept('none') ? null : line.kind();
    const captures = line.accept('captures') ? line.list(() => line.kind()) : [];
    line.expect('sig');
    const sig = line.natural();
    let boxed: FuncIndex | null = null;
    if (line.accept('boxed')) boxed = line.accept('self') ? (index as FuncIndex) : this.#funcIndex(line);
    line.expect('frame');
    const frame = line.natural();
    return {
      head: { name, displayName, params, result, captures, sig, boxed, frame },
      span: NOWHERE,
      code: [],
      lines: [],
      labels: new Map(),
      later: [],
      handlers: [],
    };
  }

  #inFunction(word: string, line: Line): void {
    const func = this.#funcs.at(-1);
    if (func === undefined) throw new Misread(`expected a table or \`func\`, found ${word}`);
    switch (word) {
      case '.span':
        this.#debug = true;
        func.span = line.span();
        return;
      case '.at':
        this.#debug = true;
        this.#at(func, line);
        return;
      case '.word': {
        const value = line.natural();
        if (value > 0xffff_ffff) throw new Misread('a word has 32 bits');
        func.code.push(value);
        return;
      }
      case 'try':
        this.#handler(func, line);
        return;
      default:
        if (line.accept(':')) {
          if (func.labels.has(word)) throw new Misread(`label ${word} is there twice`);
          func.labels.set(word, func.code.length);
        } else this.#inst(func, word, line);
    }
  }

  #at(func: OpenFunc, line: Line): void {
    const span = line.span();
    const pc = line.accept('pc') ? line.natural() : func.code.length;
    const inlined: { callee: string; span: Span }[] = [];
    while (line.accept('in')) inlined.push({ callee: line.string(), span: line.span() });
    func.lines.push({ pc: pc as Pc, span, inlined });
  }

  #handler(func: OpenFunc, line: Line): void {
    const start = line.take();
    line.expect('to');
    const end = line.take();
    line.expect('->');
    const target = line.take();
    line.expect(',');
    const slot = register(line.take());
    func.later.push({
      line: this.line,
      fill: (pcOf) => {
        func.handlers.push({ start: pcOf(start) as Pc, end: pcOf(end) as Pc, target: pcOf(target) as Pc, slot });
      },
    });
  }

  #inst(func: OpenFunc, name: string, line: Line): void {
    if (!hasOpcode(name)) {
      const near = closest(name, OPCODE_NAMES.split(' '));
      throw new Misread(`there is no opcode ${name}${near === undefined ? '' : `; did you mean ${near}?`}`);
    }
    const op = opcode(name);
    let target: string | null = null;
    let first = true;
    // The target stands last, wherever its operand is.
    const values = givenOperands(op).map((operand) => {
      if (operand.kind === 'target') return 0;
      if (!first) line.expect(',');
      first = false;
      const token = line.take();
      const value =
        operand.role === 'imm'
          ? // targets and repeated functions are not given
            IMM_TEXTS[operand.kind as keyof typeof IMM_TEXTS].read(token, this.#names)
          : register(token);
      const { min, max } = fieldRange(operand.field);
      if (value < min || value > max)
        throw new Misread(`${operand.name} of ${name} is from ${min} to ${max}, not ${value}`);
      return value;
    });
    if (op.placed.some(({ kind }) => kind === 'target')) {
      line.expect('->');
      target = line.take();
    }
    const at = encode(func.code, op, values);
    if (target === null) return;
    const label = target;
    func.later.push({ line: this.line, fill: (pcOf) => setTarget(func.code, at, pcOf(label)) });
  }

  #finish(func: OpenFunc): BytecodeFunc {
    const pcOf = (label: string): number => {
      const pc = func.labels.get(label);
      if (pc !== undefined) return pc;
      if (/^\d{1,9}$/.test(label)) return Number(label);
      const near = closest(label, [...func.labels.keys()]);
      throw new Misread(`there is no label ${label}${near === undefined ? '' : `; did you mean ${near}?`}`);
    };
    for (const { line, fill } of func.later) {
      this.line = line;
      fill(pcOf);
    }
    const { head, span, lines, handlers } = func;
    return { ...head, code: Uint32Array.from(func.code), handlers, safepoints: [], lines, span };
  }

  /** Places of debug tables exist and are in order, as in a file. */
  #checkSpans({ funcs, files }: BytecodeProgram): void {
    const lengths = files.values().map(({ text }) => text.length);
    const check = (name: string, { file, start, end }: Span): void => {
      const length = lengths[file];
      if (length === undefined || start > end || end > length) {
        throw new Misread(`function ${name}: there is no place ${start} to ${end} in file ${file}`);
      }
    };
    for (const { name, span, lines } of funcs) {
      check(name, span);
      let last = -1;
      for (const entry of lines) {
        if (entry.pc <= last) throw new Misread(`function ${name}: places are not in the order of the code`);
        last = entry.pc;
        check(name, entry.span);
        for (const site of entry.inlined) check(name, site.span);
      }
    }
  }
}

/** The name that a line gives to its function; empty if it cannot be read, which is reported where the line is. */
function nameOfFunc(line: string): string {
  const quoted = /^func\s+("(?:[^"\\]|\\.)*")/.exec(line)?.[1];
  return quoted === undefined ? '' : (quotedText(quoted) ?? '');
}

function numberIn<T>(items: T[], numbers: Map<T, number>, item: T): number {
  // The table may have grown by its own lines.
  for (let i = numbers.size; i < items.length; i++) if (!numbers.has(items[i] as T)) numbers.set(items[i] as T, i);
  let number = numbers.get(item);
  if (number === undefined) {
    number = items.indexOf(item);
    if (number < 0) number = items.push(item) - 1;
    numbers.set(item, number);
  }
  return number;
}

function register(token: string): number {
  if (!/^r\d{1,10}$/.test(token)) throw new Misread(`expected a register such as r0, found ${token}`);
  return Number(token.slice(1));
}
