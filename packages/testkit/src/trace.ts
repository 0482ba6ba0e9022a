/**
 * A program on an interpreter that reports every instruction: how often each ran, and which follow one another.
 *
 * This is what choices about opcodes are made from: which are hot, which pairs could be one, where the time of a loop goes.
 */
import { bytesOfBase64 } from '@orus/core/base/base64';
import { present } from '@orus/core/base/bug';
import { BUILTIN_NAMES } from '@orus/core/base/builtins';
import { checkProgram } from '@orus/core/compile';
import { DEFAULT_CHECKS, DEFAULT_LIMITS } from '@orus/core/engine/engine';
import { generate } from '@orus/core/engine/interp/generate';
import { Vm } from '@orus/core/engine/vm/vm';
import { disassembleProgram } from '@orus/core/isa/disassemble';
import { decodeAll } from '@orus/core/isa/encode';
import { OPCODES } from '@orus/core/isa/definitions';
import type { BytecodeProgram } from '@orus/core/isa/program';
import { CORE_BYTES } from '@orus/core/runtime/core-bytes';

export interface Trace {
  readonly total: number;
  /** Names and counts, most frequent first; the built-in is part of the name of `rt`. */
  readonly opcodes: readonly Counted[];
  readonly pairs: readonly Counted[];
  readonly triples: readonly Counted[];
  /** Instructions by where their handlers are: hot, inline, outside. */
  readonly places: readonly Counted[];
  readonly functions: readonly Counted[];
  /** The disassembly of every function that ran, the hottest first, with how often each instruction ran. */
  readonly listing: string;
  readonly output: string;
}

export interface Counted {
  readonly name: string;
  readonly count: number;
}

const OPS = 256;

export function traceProgram(source: { readonly path: string; readonly text: string }, optimise: boolean): Trace {
  const checks = { ...DEFAULT_CHECKS, optimise };
  const { prepared, diagnostics } = checkProgram(source, { loader: { resolve: () => ({ tried: [] }) }, checks });
  if (!prepared) throw new Error(`${source.path}: ${diagnostics.map(({ title }) => title).join('; ')}`);
  const program = prepared.bytecode();

  let last = 0;
  let before = 0;
  let steps = 0;
  const pairs = new Float64Array(OPS ** 2);
  const triples = new Float64Array(OPS ** 3);
  const addresses = new Map<number, number>();
  const count = (opcode: number, address: number): void => {
    addresses.set(address, (addresses.get(address) ?? 0) + 1);
    const pair = last * OPS + opcode;
    if (steps > 0) pairs[pair] = (pairs[pair] ?? 0) + 1;
    if (steps > 1) triples[before * OPS ** 2 + pair] = (triples[before * OPS ** 2 + pair] ?? 0) + 1;
    before = last;
    last = opcode;
    steps++;
  };

  const pieces: string[] = [];
  const decoder = new TextDecoder();
  const host = {
    write: (bytes: Uint8Array) => {
      pieces.push(decoder.decode(bytes));
    },
    readLine: () => null,
    now: () => performance.now() / 1000,
  };
  const modules = {
    core: new WebAssembly.Module(bytesOfBase64(CORE_BYTES)),
    interpreter: new WebAssembly.Module(generate({ count: true }).bytes),
  };
  const vm = new Vm(program, host, DEFAULT_LIMITS, checks, modules, { count });
  vm.runProgram();

  const counts = program.funcs.map((func, index) => {
    const start = present(vm.loaded.code[index], 'address of a function');
    return decodeAll(func.code).map((inst) => ({ inst, count: addresses.get(start + 4 * inst.pc) ?? 0 }));
  });
  const opcodes = new Map<string, number>();
  const places = new Map<string, number>();
  for (const { inst, count } of counts.flat()) {
    const builtin = inst.op.placed.findIndex((operand) => operand.kind === 'builtin');
    const name = builtin < 0 ? inst.op.name : `${inst.op.name} ${BUILTIN_NAMES[inst.values[builtin] as number]}`;
    add(opcodes, name, count);
    add(places, inst.op.place, count);
  }
  const functions = new Map<string, number>();
  counts.forEach((insts, index) => {
    add(functions, `${index} ${program.funcs[index]?.name}`, sum(insts));
  });
  return {
    total: steps,
    opcodes: ranked(opcodes),
    pairs: sequences(pairs, 2),
    triples: sequences(triples, 3),
    places: ranked(places),
    functions: ranked(functions),
    listing: listing(program, counts),
    output: pieces.join(''),
  };
}

function add(counts: Map<string, number>, name: string, count: number): void {
  counts.set(name, (counts.get(name) ?? 0) + count);
}

function sum(insts: readonly { readonly count: number }[]): number {
  return insts.reduce((total, { count }) => total + count, 0);
}

function ranked(counts: Iterable<readonly [string, number]>): Counted[] {
  return [...counts]
    .filter(([, count]) => count > 0)
    .sort((a, b) => b[1] - a[1])
    .map(([name, count]) => ({ name, count }));
}

/** Names of the opcode numbers that an index is made of. */
function sequences(counts: Float64Array, length: number): Counted[] {
  const found: [string, number][] = [];
  counts.forEach((count, index) => {
    if (count === 0) return;
    const names: string[] = [];
    for (let i = length - 1; i >= 0; i--) names.push(OPCODES[Math.floor(index / OPS ** i) % OPS]?.name ?? '?');
    found.push([names.join(' ; '), count]);
  });
  return ranked(found);
}

/** The lines of instructions begin with their pc; the count is put before it. */
function listing(
  program: BytecodeProgram,
  counts: readonly (readonly { readonly inst: { readonly pc: number }; readonly count: number }[])[],
): string {
  const texts = disassembleProgram(program).split(/^(?=func )/m);
  return texts
    .map((text, index) => ({ text, insts: counts[index] ?? [] }))
    .filter(({ insts }) => sum(insts) > 0)
    .sort((a, b) => sum(b.insts) - sum(a.insts))
    .map(({ text, insts }) => {
      const byPc = new Map(insts.map(({ inst, count }) => [inst.pc, count]));
      return text
        .split('\n')
        .map((line) => {
          const pc = /^ +>?(\d+) {2}/.exec(line)?.[1];
          return `${(pc === undefined ? '' : String(byPc.get(Number(pc)) ?? '')).padStart(12)} ${line}`.trimEnd();
        })
        .join('\n');
    })
    .join('\n');
}
