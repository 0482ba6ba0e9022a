/**
 * Hand-written bytecode for tests of the machine.
 *
 *     LABEL:                                   a place in the function
 *     addc.i64.imm r0 r1 -5                    operands in the order of the table; `info` is left out
 *     call fib 1 6 {1 any 2}                     a function by name; {…}: slots with live references, `any` before any words
 *     loop.add.lt_s.i64 r0 r1 1 LABEL 1        a label; traps and built-ins by name too
 *     try FROM TO TARGET slot                  a handler range
 *     at LABEL {1}                             a safepoint at a place (targets of handlers)
 */
import { BUILTIN_NAMES, type BuiltinName } from '../../src/base/builtins.ts';
import { IdMap } from '../../src/base/id-map.ts';
import type { Kind } from '../../src/base/kinds.ts';
import type { SourceFile, Span } from '../../src/base/source.ts';
import { TRAP_NAMES, type TrapName } from '../../src/base/traps.ts';
import { decode, encode, givenOperands } from '../../src/isa/encode.ts';
import { opcode } from '../../src/isa/opcodes.ts';
import type {
  BytecodeFunc,
  BytecodeProgram,
  BytecodeType,
  FuncIndex,
  HandlerRange,
  Pc,
  Safepoint,
} from '../../src/isa/program.ts';
import { safepointsOf } from '../../src/isa/select.ts';

export interface FuncText {
  readonly name: string;
  readonly params?: readonly Kind[];
  readonly result?: Kind | null;
  readonly captures?: readonly Kind[];
  readonly sig?: number;
  readonly boxed?: number;
  readonly frame: number;
  readonly code: string;
}

export interface ProgramText {
  readonly funcs: readonly FuncText[];
  readonly strings?: readonly string[];
  readonly constants?: readonly bigint[];
  readonly types?: readonly BytecodeType[];
  readonly globals?: readonly { readonly name: string; readonly kind: Kind }[];
}

/** Words by function and label, `func.LABEL`. */
export type Labels = ReadonlyMap<string, number>;

/** The first function is the initialiser of the only module. */
export function assemble(text: ProgramText, labels: Map<string, number> = new Map()): BytecodeProgram {
  const files = new IdMap<Span['file'], SourceFile>();
  const source = text.funcs.map((func) => func.code).join('\n');
  const file = files.nextId();
  files.add({ id: file, path: 'test.asm', text: source });
  const names = new Map(text.funcs.map((func, i) => [func.name, i]));
  let offset = 0;
  const funcs = text.funcs.map((func) => {
    const result = assembleFunc(func, names, { file, start: offset, end: offset + func.code.length }, labels);
    offset += func.code.length + 1;
    return result;
  });
  return {
    files,
    funcs,
    types: text.types ?? [],
    globals: text.globals ?? [],
    signatures: [],
    strings: text.strings ?? [],
    constants: text.constants ?? [],
    modules: [{ name: 'main', init: 0 as FuncIndex }],
    main: null,
  };
}

function assembleFunc(
  func: FuncText,
  names: ReadonlyMap<string, number>,
  span: Span,
  all: Map<string, number>,
): BytecodeFunc {
  const code: number[] = [];
  const labels = new Map<string, number>();
  const fixups: { readonly pc: number; readonly operand: number; readonly label: string }[] = [];
  const safepoints: Safepoint[] = [];
  const handlers: (readonly string[])[] = [];
  const places: { readonly label: string; readonly map: string }[] = [];
  const lines: { readonly pc: Pc; readonly span: Span; readonly inlined: [] }[] = [];
  let at = span.start;
  for (const line of func.code.split('\n')) {
    const start = at;
    at += line.length + 1;
    const map = /\{(.*)\}/.exec(line)?.[1];
    const words = line
      .replace(/\{.*\}/, '')
      .replace(/#.*/, '')
      .split(/[\s,]+/)
      .filter((word) => word !== '');
    const first = words[0];
    if (first === undefined) continue;
    if (first.endsWith(':')) {
      labels.set(first.slice(0, -1), code.length);
      continue;
    }
    if (first === 'try') {
      handlers.push(words.slice(1));
      continue;
    }
    if (first === 'at') {
      places.push({ label: words[1] ?? '', map: map ?? '' });
      continue;
    }
    const op = opcode(first);
    const operands = givenOperands(op);
    const values = words.slice(1).map((word, i) => {
      const kind = operands[i]?.kind;
      if (kind === 'target') {
        fixups.push({ pc: code.length, operand: i, label: word });
        return 0;
      }
      if (kind === 'func' || kind === 'function') return names.get(word) ?? Number(word);
      if (kind === 'trap' && word in trapNumbers) return trapNumbers[word as TrapName];
      if (kind === 'builtin') return BUILTIN_NAMES.indexOf(word as BuiltinName);
      return Number(word.replace(/^r/, ''));
    });
    const pc = encode(code, op, values);
    lines.push({ pc: pc as Pc, span: { file: span.file, start, end: start + line.length }, inlined: [] });
    for (const place of safepointsOf(decode(code, pc))) safepoints.push(slots(place.pc, map ?? ''));
  }
  const place = (label: string | undefined): Pc => {
    const pc = labels.get(label ?? '');
    if (pc === undefined) throw new Error(`no label ${label} in ${func.name}`);
    return pc as Pc;
  };
  for (const { pc, operand, label } of fixups) {
    const { op } = decode(code, pc);
    code[pc + (givenOperands(op)[operand]?.at ?? 0)] = place(label);
  }
  for (const { label, map } of places) safepoints.push(slots(place(label), map));
  safepoints.sort((a, b) => a.pc - b.pc);
  for (const [label, pc] of labels) all.set(`${func.name}.${label}`, pc);
  return {
    name: func.name,
    displayName: func.name,
    params: func.params ?? [],
    result: func.result === undefined ? 'i64' : func.result,
    captures: func.captures ?? [],
    sig: func.sig ?? 0,
    boxed: (func.boxed ?? null) as FuncIndex | null,
    frame: func.frame,
    code: Uint32Array.from(code),
    handlers: handlers.map(
      ([start, end, target, slot]): HandlerRange => ({
        start: place(start),
        end: place(end),
        target: place(target),
        slot: Number(slot),
      }),
    ),
    safepoints,
    lines,
    span,
  };
}

const trapNumbers = Object.fromEntries(TRAP_NAMES.map((name, i) => [name, i])) as Record<TrapName, number>;

function slots(pc: number, map: string): Safepoint {
  const refs: number[] = [];
  const anys: number[] = [];
  const words = map.split(/\s+/).filter((word) => word !== '');
  for (let i = 0; i < words.length; i++) {
    if (words[i] === 'any') anys.push(Number(words[++i]));
    else refs.push(Number(words[i]));
  }
  return { pc: pc as Pc, refs, anys };
}
