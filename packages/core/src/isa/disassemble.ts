/**
 * Bytecode as text beside the source lines it came from.
 *
 *     func fib(i64) -> i64    frame 10
 *       fib.orus:2                          if n < 2:
 *         0  poll               1
 *         2  br.ge_s.i64.imm    r0, 2 -> 5
 */
import { BUILTIN_NAMES } from '../base/builtins.ts';
import { NOMINAL, TYPE_CODES } from '../base/kinds.ts';
import { lineStarts, positionAt, type FileId } from '../base/source.ts';
import { TRAP_NAMES } from '../base/traps.ts';
import { decodeAll, type DecodedInst } from './encode.ts';
import type { PlacedOperand } from './opcode.ts';
import type { BytecodeFunc, BytecodeProgram } from './program.ts';

/** The whole program, or the functions of one name or of these numbers. */
export function disassembleProgram(program: BytecodeProgram, only?: string | ReadonlySet<number>): string {
  const printer = new Disassembler(program);
  return program.funcs
    .map((func, index) => ({ func, index }))
    .filter(({ func, index }) => (typeof only === 'string' ? func.name === only : (only?.has(index) ?? true)))
    .map(({ func, index }) => printer.func(func, index))
    .join('\n');
}

const CODE_NAMES: ReadonlyMap<number, string> = new Map(Object.entries(TYPE_CODES).map(([name, code]) => [code, name]));

/** Prints functions, or their parts. */
export class Disassembler {
  readonly #program: BytecodeProgram;
  readonly #starts = new Map<FileId, readonly number[]>();

  constructor(program: BytecodeProgram) {
    this.#program = program;
  }

  func(func: BytecodeFunc, index: number): string {
    const params = func.params.join(', ');
    const adapter = func.boxed === index ? '    adapter' : '';
    const lines = [
      `func ${index} ${func.name}(${params}) -> ${func.result ?? 'nothing'}    frame ${func.frame}${adapter}`,
    ];
    const targets = new Set<number>(func.handlers.map((handler) => handler.target));
    const insts = decodeAll(func.code);
    for (const inst of insts) {
      for (const [i, operand] of inst.op.placed.entries())
        if (operand.kind === 'target') targets.add(inst.values[i] as number);
    }
    let shown = '';
    let next = 0;
    for (const inst of insts) {
      while (next < func.lines.length && (func.lines[next]?.pc ?? 0) <= inst.pc) {
        const place = this.place(func, next++);
        if (place !== shown) lines.push(place);
        shown = place;
      }
      lines.push(this.inst(inst, targets.has(inst.pc)));
    }
    for (const { start, end, target, slot } of func.handlers)
      lines.push(`  try ${start} to ${end}: ${target}, error in r${slot}`);
    return `${lines.join('\n')}\n`;
  }

  /** The source that an entry of a function's table of lines stands for. */
  place(func: BytecodeFunc, entry: number): string {
    const line = func.lines[entry];
    if (line === undefined) return '';
    const file = this.#program.files.get(line.span.file);
    let starts = this.#starts.get(line.span.file);
    if (starts === undefined) {
      starts = lineStarts(file.text);
      this.#starts.set(line.span.file, starts);
    }
    const at = positionAt(file.text, starts, line.span.start).line;
    const text = file.text.slice(starts[at - 1], starts[at] ?? file.text.length).trimEnd();
    const inside = line.inlined.map((site) => ` in ${site.callee}`).join('');
    return `  ${`${file.path}:${at}${inside}`.padEnd(34)}  ${text}`;
  }

  inst(inst: DecodedInst, isTarget: boolean): string {
    const operands: string[] = [];
    let target = '';
    inst.op.placed.forEach((operand, i) => {
      const value = inst.values[i] as number;
      if (operand.kind === 'target') target = ` -> ${value}`;
      else if (operand.kind !== 'info') operands.push(this.#operand(operand, value));
    });
    const number = `${isTarget ? '>' : ' '}${inst.pc}`.padStart(8);
    return `${number}  ${inst.op.name.padEnd(20)} ${operands.join(', ')}${target}`.trimEnd();
  }

  #operand(operand: PlacedOperand, value: number): string {
    if (operand.role !== 'imm') return `r${value}`;
    const { strings, constants, funcs, globals } = this.#program;
    switch (operand.kind) {
      case 'pool':
        return String(constants[value]);
      case 'string':
      case 'selector':
        return JSON.stringify(strings[value] ?? '');
      case 'func':
      case 'function':
        return funcs[value]?.name ?? `func ${value}`;
      case 'global':
        return globals[value]?.name ?? `global ${value}`;
      case 'code':
        return this.#type(value);
      case 'variant':
        return this.#variant(value >>> 16, value & 0xffff);
      case 'trap':
        return TRAP_NAMES[value] ?? `trap ${value}`;
      case 'builtin':
        return BUILTIN_NAMES[value] ?? `built-in ${value}`;
      case 'window':
        return `[r${value}…]`;
      default:
        return String(value);
    }
  }

  #type(code: number): string {
    return CODE_NAMES.get(code) ?? this.#program.types[code - NOMINAL]?.name ?? `type ${code}`;
  }

  #variant(type: number, variant: number): string {
    const entry = this.#program.types[type];
    const name = entry?.kind === 'enum' ? entry.variants[variant]?.name : undefined;
    return `${entry?.name}.${name}`;
  }
}
