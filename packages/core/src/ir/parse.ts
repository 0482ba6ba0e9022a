/**
 * Reads the text form of the IR (`print.ts` shows it): one function, or a whole program.
 *
 * A lexer by one regular expression and a recursive-descent reader of lines. What it accepts is well-formed text, not
 * necessarily well-formed IR: `verify.ts` judges that. Comments run from `//` to the end of the line.
 */
import { IdMap } from '../base/id-map.ts';
import { TRAPS, type TrapName } from '../base/traps.ts';
import type { SourceFile, Span } from '../base/source.ts';
import { NOMINAL, TYPE_CODES, type TypeCode } from '../base/kinds.ts';
import { builtinOf } from './effects.ts';
import type {
  Block,
  BlockId,
  Edge,
  Func,
  FuncId,
  GlobalId,
  InlineSite,
  Inst,
  IrField,
  IrGlobal,
  IrProgram,
  IrType,
  Kind,
  SigId,
  Signature,
  Terminator,
  ValueId,
} from './ir.ts';
import { type Imm, type ImmClass, isOpName, opDef, sharedName, type VariantImm } from './ops.ts';
import type { TypeId } from '../hir/hir.ts';

/** Text that is not IR. */
export class IrSyntaxError extends Error {
  readonly line: number;

  constructor(message: string, line: number) {
    super(`line ${line}: ${message}`);
    this.name = 'IrSyntaxError';
    this.line = line;
  }
}

export function parseFunc(text: string): Func {
  const reader = new Reader(text);
  const func = parseFuncAt(reader);
  reader.end();
  return func;
}

/** Functions, types, globals and signatures must stand in the order of their ids. */
export function parseProgram(text: string): IrProgram {
  const reader = new Reader(text);
  const files = new IdMap<Span['file'], SourceFile>();
  files.add({ id: 0 as Span['file'], path: '<ir>', text });
  const funcs = new IdMap<FuncId, Func>();
  const types: IrType[] = [];
  const globals = new IdMap<GlobalId, IrGlobal>();
  const signatures = new IdMap<SigId, Signature>();
  const modules: { name: string; init: FuncId }[] = [];
  let main: FuncId | null = null;
  let elementsApart: boolean | null = null;
  const inOrder = (id: number, next: number, what: string): void => {
    if (id !== next) throw reader.error(`${what} ${id} stands where ${next} should`);
  };
  while (!reader.done) {
    if (reader.at('func')) {
      const func = parseFuncAt(reader);
      inOrder(func.id, funcs.nextId(), 'function');
      funcs.add(func);
    } else if (reader.take('type')) {
      inOrder(reader.id('t'), types.length, 'type');
      types.push(parseType(reader));
    } else if (reader.take('global')) {
      inOrder(reader.id('g'), globals.nextId(), 'global');
      globals.add({ name: reader.text(), kind: reader.kind() });
    } else if (reader.take('sig')) {
      inOrder(reader.id('s'), signatures.nextId(), 'signature');
      const params = reader.list('(', ')', () => reader.code());
      reader.expect('->');
      signatures.add({ params, result: reader.code() });
    } else if (reader.take('module')) {
      modules.push({ name: reader.text(), init: reader.id('f') as FuncId });
    } else if (reader.take('main')) {
      main = reader.id('f') as FuncId;
    } else if (reader.take('elements')) {
      elementsApart = !reader.take('mixed');
      if (elementsApart) reader.expect('apart');
    } else {
      throw reader.error(`unexpected ${reader.next()}`);
    }
  }
  return { files, funcs, types, globals, signatures, modules, main, elementsApart };
}

/* ---- functions ------------------------------------------------------------------------------------------------- */

function parseFuncAt(reader: Reader): Func {
  reader.expect('func');
  const id = reader.id('f') as FuncId;
  const name = reader.text();
  const params = reader.list('(', ')', () => reader.kind());
  const result = reader.take('->') ? reader.kind() : null;
  reader.expect(',');
  const sig = reader.id('s') as SigId;
  const captures: Kind[] = [];
  let boxed: FuncId | null = null;
  let displayName = name;
  while (reader.take(',')) {
    if (reader.take('captures')) while (!reader.at(',') && !reader.at('{')) captures.push(reader.kind());
    else if (reader.take('boxed')) boxed = reader.id('f') as FuncId;
    else if (reader.take('shows')) displayName = reader.text();
    else throw reader.error(`unexpected ${reader.next()}`);
  }
  reader.expect('{');
  const kinds: (Kind | undefined)[] = [];
  const blocks = new Map<BlockId, Block>();
  let nextBlock = 0;
  let entry: BlockId | null = null;
  while (!reader.take('}')) {
    const block = reader.id('b') as BlockId;
    if (blocks.has(block)) throw reader.error(`b${block} is defined twice`);
    entry ??= block;
    nextBlock = Math.max(nextBlock, block + 1);
    blocks.set(block, parseBlock(reader, kinds));
  }
  if (entry === null) throw reader.error('a function without blocks');
  const values = new IdMap<ValueId, Kind>();
  for (let value = 0; value < kinds.length; value++) values.add(kinds[value] ?? 'i32');
  return {
    id,
    name,
    displayName,
    params,
    result,
    sig,
    captures,
    boxed,
    entry,
    blocks,
    values,
    nextBlock,
    catches: [...blocks.values()].some(throwsToHandler),
    span: NOWHERE,
  };
}

function throwsToHandler({ insts, term }: Block): boolean {
  return insts.some(({ exc }) => exc !== null) || (term.kind === 'trap' && term.exc !== null);
}

const NOWHERE: Span = { file: 0 as Span['file'], start: 0, end: 0 };

function parseBlock(reader: Reader, kinds: (Kind | undefined)[]): Block {
  const params = reader.list('(', ')', () => {
    const value = reader.id('v') as ValueId;
    reader.expect(':');
    kinds[value] = reader.kind();
    return value;
  });
  reader.expect(':');
  const insts: Inst[] = [];
  for (;;) {
    const term = parseTerm(reader);
    if (term !== null) return { params, insts, term };
    insts.push(parseInst(reader, kinds));
  }
}

function parseTerm(reader: Reader): Terminator | null {
  if (reader.take('jump')) return { kind: 'jump', to: parseEdge(reader), span: parseSpan(reader) };
  if (reader.take('unreachable')) return { kind: 'unreachable', value: null, span: parseSpan(reader) };
  if (reader.take('br')) {
    const cond = reader.id('v') as ValueId;
    reader.expect(',');
    const then = parseEdge(reader);
    reader.expect(',');
    return { kind: 'br', cond, then, else: parseEdge(reader), span: parseSpan(reader) };
  }
  if (reader.take('ret')) {
    const value = reader.atId('v') ? (reader.id('v') as ValueId) : null;
    return { kind: 'ret', value, span: parseSpan(reader) };
  }
  if (reader.take('trap')) {
    const trap = reader.next();
    if (!Object.hasOwn(TRAPS, trap)) throw reader.error(`no trap ${trap}`);
    return { kind: 'trap', trap: trap as TrapName, exc: parseExc(reader), ...parsePlace(reader) };
  }
  return null;
}

function parseInst(reader: Reader, kinds: (Kind | undefined)[]): Inst {
  let result: ValueId | null = null;
  let stated: Kind | null = null;
  if (reader.atId('v')) {
    result = reader.id('v') as ValueId;
    if (reader.take(':')) stated = reader.kind();
    reader.expect('=');
  }
  const name = reader.next();
  if (!isOpName(name)) throw reader.error(`no operation ${name}`);
  const op = sharedName(name);
  const def = opDef(op);
  const imm = parseImm(reader, def.imm);
  const args: ValueId[] = [];
  let more = def.imm === 'none' ? reader.atId('v') && !reader.startsInst() : reader.take(',');
  while (more) {
    args.push(reader.id('v') as ValueId);
    more = reader.take(',');
  }
  if (result !== null) {
    const kind = stated ?? (op === 'rt' ? builtinOf(imm).result : def.result);
    if (kind === null || kind === 'imm') throw reader.error(`the kind of v${result} is not stated`);
    kinds[result] = kind;
  }
  return { op, args, imm, result, exc: parseExc(reader), ...parsePlace(reader) };
}

function parseEdge(reader: Reader): Edge {
  return { block: reader.id('b') as BlockId, args: reader.list('(', ')', () => reader.id('v') as ValueId) };
}

function parseExc(reader: Reader): Edge | null {
  return reader.take('!') ? parseEdge(reader) : null;
}

function parseSpan(reader: Reader): Span {
  return reader.span() ?? NOWHERE;
}

function parsePlace(reader: Reader): { span: Span; inlined: readonly InlineSite[] } {
  const span = parseSpan(reader);
  const inlined: InlineSite[] = [];
  while (reader.take('<')) inlined.push({ callee: reader.id('f') as FuncId, span: parseSpan(reader) });
  return { span, inlined };
}

function parseImm(reader: Reader, form: ImmClass): Imm {
  switch (form) {
    case 'none':
      return null;
    case 'i32':
      return Number(reader.number()) | 0;
    case 'i64':
      return BigInt.asIntN(64, BigInt(reader.number()));
    case 'f64':
      return Number(reader.number());
    case 'text':
      return reader.text();
    case 'trap': {
      const name = reader.next();
      if (!Object.hasOwn(TRAPS, name)) throw reader.error(`no trap ${name}`);
      return name;
    }
    case 'code':
      return reader.code();
    case 'func':
      return reader.id('f');
    case 'global':
      return reader.id('g');
    case 'type':
      return reader.id('t');
    case 'sig':
      return reader.id('s');
    case 'builtin':
      return reader.next();
    case 'variant': {
      const name = /^t(\d+)\.(\d+)$/.exec(reader.next());
      if (name === null) throw reader.error('expected a variant');
      return { type: Number(name[1]) as TypeId, variant: Number(name[2]) } satisfies VariantImm;
    }
    case 'count':
    case 'field':
    case 'env':
    case 'cost':
      return reader.count();
  }
}

function parseFields(reader: Reader): readonly IrField[] {
  return reader.list('(', ')', () => {
    const [name, code, kind] = [reader.text(), reader.code(), reader.kind()];
    return { name, code, kind, arity: code === TYPE_CODES.func ? reader.count() : 0 };
  });
}

function parseType(reader: Reader): IrType {
  if (reader.take('enum')) {
    const name = reader.text();
    const variants: { name: string; payload: readonly IrField[] }[] = [];
    while (reader.atText()) variants.push({ name: reader.text(), payload: parseFields(reader) });
    return { kind: 'enum', name, variants };
  }
  reader.expect('struct');
  const name = reader.text();
  const fields = parseFields(reader);
  const methods: { name: string; func: FuncId }[] = [];
  while (reader.atText()) methods.push({ name: reader.text(), func: reader.id('f') as FuncId });
  return { kind: 'struct', name, fields, methods };
}

/* ---- words ----------------------------------------------------------------------------------------------------- */

const WORD =
  /\s+|\/\/[^\n]*|("(?:[^"\\]|\\.)*"|@\d+:\d+-\d+|->|#?[A-Za-z_][\w.]*|-?(?:\d[\w.]*(?:[eE][+-]?\d+)?|Infinity)|[(){},:=!<])/y;

/** The words of a text with their lines. */
class Reader {
  readonly #words: string[] = [];
  readonly #lines: number[] = [];
  #at = 0;

  constructor(text: string) {
    let line = 1;
    let offset = 0;
    while (offset < text.length) {
      WORD.lastIndex = offset;
      const match = WORD.exec(text);
      if (match === null) throw new IrSyntaxError(`unexpected ${JSON.stringify(text[offset])}`, line);
      if (match[1] !== undefined) {
        this.#words.push(match[1]);
        this.#lines.push(line);
      }
      for (const char of match[0]) if (char === '\n') line += 1;
      offset = WORD.lastIndex;
    }
  }

  get done(): boolean {
    return this.#at >= this.#words.length;
  }

  error(message: string): IrSyntaxError {
    return new IrSyntaxError(message, this.#lines[Math.max(0, this.#at - 1)] ?? 1);
  }

  end(): void {
    if (!this.done) throw this.error(`unexpected ${this.next()}`);
  }

  next(): string {
    const word = this.#words[this.#at];
    if (word === undefined) throw this.error('unexpected end');
    this.#at += 1;
    return word;
  }

  at(word: string): boolean {
    return this.#words[this.#at] === word;
  }

  take(word: string): boolean {
    if (!this.at(word)) return false;
    this.#at += 1;
    return true;
  }

  expect(word: string): void {
    const found = this.next();
    if (found !== word) throw this.error(`expected ${word}, found ${found}`);
  }

  atText(): boolean {
    return this.#words[this.#at]?.startsWith('"') ?? false;
  }

  text(): string {
    const word = this.next();
    if (!word.startsWith('"')) throw this.error(`expected a text, found ${word}`);
    return JSON.parse(word) as string;
  }

  atId(prefix: string): boolean {
    const word = this.#words[this.#at];
    return word?.startsWith(prefix) === true && /^\d+$/.test(word.slice(1));
  }

  /** Whether a value here begins the next instruction (`v1 =`, `v1: i32 =`) rather than being an operand. */
  startsInst(): boolean {
    const after = this.#words[this.#at + 1];
    return after === '=' || (after === ':' && this.#words[this.#at + 3] === '=');
  }

  id(prefix: string): number {
    if (!this.atId(prefix))
      throw this.error(`expected ${prefix} and a number, found ${this.#words[this.#at] ?? 'the end'}`);
    return Number(this.next().slice(1));
  }

  /** A source position, if one stands here. */
  span(): Span | null {
    const place = /^@(\d+):(\d+)-(\d+)$/.exec(this.#words[this.#at] ?? '');
    if (place === null) return null;
    this.#at += 1;
    return { file: Number(place[1]) as Span['file'], start: Number(place[2]), end: Number(place[3]) };
  }

  /** A number without a sign. */
  count(): number {
    const word = this.next();
    if (!/^\d+$/.test(word)) throw this.error(`expected a number, found ${word}`);
    return Number(word);
  }

  number(): string {
    const word = this.next();
    if (!/^-?\d|^-?Infinity$|^NaN$/.test(word)) throw this.error(`expected a number, found ${word}`);
    return word;
  }

  kind(): Kind {
    const word = this.next();
    if (word === 'i32' || word === 'i64' || word === 'f64' || word === 'ref' || word === 'any') return word;
    throw this.error(`expected a kind, found ${word}`);
  }

  code(): TypeCode {
    const word = this.next();
    const nominal = /^#t(\d+)$/.exec(word);
    if (nominal !== null) return (NOMINAL + Number(nominal[1])) as TypeCode;
    const code = (TYPE_CODES as Record<string, number>)[word.slice(1)];
    if (!word.startsWith('#') || code === undefined) throw this.error(`expected a type code, found ${word}`);
    return code as TypeCode;
  }

  list<T>(open: string, close: string, item: () => T): T[] {
    this.expect(open);
    const items: T[] = [];
    if (this.take(close)) return items;
    do items.push(item());
    while (this.take(','));
    this.expect(close);
    return items;
  }
}
