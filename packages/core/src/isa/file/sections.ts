/**
 * The sections of a bytecode file, as one table: from it come the writer, the reader and the reference.
 *
 * A section is a number, a length in bytes, and the value that its codec describes. All stand in the order of the table. The sections marked
 * `debug` are left out of a stripped file. Safepoint tables are no part of a file: whoever loads it makes them anew (`verify/`).
 */
import { IdMap } from '../../base/id-map.ts';
import type { Kind, TypeCode } from '../../base/kinds.ts';
import type { FileId, SourceFile, Span } from '../../base/source.ts';
import type {
  BytecodeField,
  BytecodeFunc,
  BytecodeProgram,
  BytecodeType,
  FuncIndex,
  HandlerRange,
  Pc,
  PcEntry,
} from '../program.ts';
import {
  as,
  bits64,
  type Codec,
  list,
  mapped,
  number,
  oneOf,
  optional,
  ownText,
  record,
  signed,
  text,
  variants,
  words,
} from './codec.ts';

const kind: Codec<Kind> = oneOf(['i32', 'i64', 'f64', 'ref', 'any']);
const funcIndex = as<FuncIndex>(number);
const typeCode = as<TypeCode>(number);
const pc = as<Pc>(number);

const field: Codec<BytecodeField> = record({ name: text, code: typeCode, kind, arity: number });
const variant = record<{ readonly name: string; readonly payload: readonly BytecodeField[] }>({
  name: text,
  payload: list(field),
});

const type: Codec<BytecodeType> = variants('kind', {
  struct: record({
    name: text,
    fields: list(field),
    methods: list(record<{ readonly name: string; readonly func: FuncIndex }>({ name: text, func: funcIndex })),
  }),
  enum: record({ name: text, variants: list(variant) }),
});

const handler: Codec<HandlerRange> = record({ start: pc, end: pc, target: pc, slot: number });

/** A function without its debug tables. */
type PlainFunc = Omit<BytecodeFunc, 'safepoints' | 'lines' | 'span'>;

const func: Codec<PlainFunc> = record<PlainFunc>({
  name: text,
  displayName: text,
  params: list(kind),
  result: optional(kind),
  captures: list(kind),
  sig: number,
  boxed: optional(funcIndex),
  frame: number,
  code: words,
  handlers: list(handler),
});

const span: Codec<Span> = mapped(
  record<{ file: number; start: number; length: number }>({ file: number, start: number, length: number }),
  '(file: number, start: number, length: number)',
  ({ file, start, end }) => ({ file, start, length: end - start }),
  ({ file, start, length }) => ({ file: file as FileId, start, end: start + length }),
);

const inlineSite = record<PcEntry['inlined'][number]>({ callee: text, span });

/** An entry of a pc table; pc and start are differences to those of the entry before. */
interface LineStep {
  readonly pc: number;
  readonly file: number;
  readonly start: number;
  readonly length: number;
  readonly inlined: PcEntry['inlined'];
}

const lines: Codec<readonly PcEntry[]> = mapped(
  list(record<LineStep>({ pc: number, file: number, start: signed, length: number, inlined: list(inlineSite) })),
  'list of (pc: number, file: number, start: signed number, length: number, inlined), pc and start as differences to the entry before',
  stepsOf,
  entriesOf,
);

function stepsOf(entries: readonly PcEntry[]): LineStep[] {
  let [pc, start] = [0, 0];
  return entries.map((entry) => {
    const { span, inlined } = entry;
    const step = {
      pc: entry.pc - pc,
      file: span.file,
      start: span.start - start,
      length: span.end - span.start,
      inlined,
    };
    [pc, start] = [entry.pc, span.start];
    return step;
  });
}

function entriesOf(steps: readonly LineStep[]): PcEntry[] {
  let [pc, start] = [0, 0];
  return steps.map((step) => {
    pc += step.pc;
    start += step.start;
    return {
      pc: pc as Pc,
      span: { file: step.file as FileId, start, end: start + step.length },
      inlined: step.inlined,
    };
  });
}

/** What a file holds, by section. */
export interface Parts {
  readonly texts: readonly string[];
  readonly types: readonly BytecodeType[];
  readonly signatures: BytecodeProgram['signatures'];
  readonly globals: BytecodeProgram['globals'];
  readonly constants: readonly bigint[];
  readonly strings: readonly string[];
  readonly functions: readonly PlainFunc[];
  readonly start: Pick<BytecodeProgram, 'modules' | 'main'>;
  readonly sources: readonly Pick<SourceFile, 'path' | 'text'>[] | null;
  readonly lines: readonly Pick<BytecodeFunc, 'span' | 'lines'>[] | null;
}

export interface Section<Name extends keyof Parts = keyof Parts> {
  readonly name: Name;
  readonly doc: string;
  readonly debug: boolean;
  readonly codec: Codec<NonNullable<Parts[Name]>>;
}

function section<Name extends keyof Parts>(
  name: Name,
  doc: string,
  codec: Codec<NonNullable<Parts[Name]>>,
  debug = false,
): Section {
  // the table is read by name only, where the type is known again
  return { name, doc, debug, codec } as unknown as Section;
}

/** In the order of the file; a section's number is its position. */
export const SECTIONS: readonly Section[] = [
  section('texts', 'all texts that other sections name by number, in the order of their first use', list(ownText)),
  section(
    'types',
    'structs and enums; the `code` of a field is that of its type: 16 and more are the types of this section',
    list(type),
  ),
  section(
    'signatures',
    'types of functions that are values: codes of parameters and result',
    list(record<Parts['signatures'][number]>({ params: list(typeCode), result: typeCode })),
  ),
  section('globals', 'module variables', list(record<Parts['globals'][number]>({ name: text, kind }))),
  section('constants', '64-bit constants', list(bits64)),
  section('strings', 'constant strings', list(text)),
  section(
    'functions',
    'functions with their code; `boxed` is the number of the boxed entry, `handlers` are try ranges, innermost first',
    list(func),
  ),
  section(
    'start',
    'initialisers of modules in the order of execution, and the function that runs after them',
    record<Parts['start']>({
      modules: list(record<Parts['start']['modules'][number]>({ name: text, init: funcIndex })),
      main: optional(funcIndex),
    }),
  ),
  section(
    'sources',
    'source files, for messages',
    list(record<Pick<SourceFile, 'path' | 'text'>>({ path: text, text: ownText })),
    true,
  ),
  section(
    'lines',
    'for each function its place in the sources and the places of its code',
    list(record<Pick<BytecodeFunc, 'span' | 'lines'>>({ span, lines })),
    true,
  ),
];

/** Where code stands whose lines are not known. */
const NOWHERE: Span = { file: 0 as FileId, start: 0, end: 0 };

/** What a file of the program holds; the texts are found while it is written. */
export function partsOf(program: BytecodeProgram, strip: boolean): Omit<Parts, 'texts'> {
  const { types, signatures, globals, constants, strings, funcs, modules, main } = program;
  return {
    types,
    signatures,
    globals,
    constants,
    strings,
    functions: funcs,
    start: { modules, main },
    sources: strip ? null : program.files.values(),
    lines: strip ? null : funcs,
  };
}

/** The program that a file holds, without safepoints. `path` stands for the sources of a stripped one. */
export function programOf(parts: Parts, path: string): BytecodeProgram {
  const files = new IdMap<FileId, SourceFile>();
  for (const file of parts.sources ?? [{ path, text: '' }]) files.add({ id: files.nextId(), ...file });
  return {
    files,
    funcs: parts.functions.map((plain, i) => ({
      ...plain,
      safepoints: [],
      ...(parts.lines?.[i] ?? { span: NOWHERE, lines: [] }),
    })),
    types: parts.types,
    signatures: parts.signatures,
    globals: parts.globals,
    constants: parts.constants,
    strings: parts.strings,
    modules: parts.start.modules,
    main: parts.start.main,
  };
}
