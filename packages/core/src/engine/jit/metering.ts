/**
 * Counts what a run does in the interpreter and in machine code, exactly, for `--stats=jit` and `--stats=hot`.
 *
 * The interpreter is generated anew, to report every instruction, and units report every stretch of instructions that run together.
 * Both are much slower for it, but tiers go by fuel: what is compiled, and what runs where, is as without, except that more
 * time passes until the first compilation.
 */
import { bytesOfBase64 } from '../../base/base64.ts';
import { present } from '../../base/bug.ts';
import { FAMILIES, OPCODES } from '../../isa/definitions.ts';
import { decodeAll, type DecodedInst } from '../../isa/encode.ts';
import type { Opcode } from '../../isa/opcode.ts';
import type { FuncIndex } from '../../isa/program.ts';
import { CORE_BYTES } from '../../runtime/core-bytes.ts';
import { FRAME, VM_REGS } from '../../runtime/layout.ts';
import { generate } from '../interp/generate.ts';
import { RUN_STATUS } from '../interp/run-status.ts';
import type { MachineModules, Vm } from '../vm/vm.ts';
import type { JitInstruments } from './jit.ts';
import type { JitEvent, JitObserver, UnitPart } from './observer.ts';
import type { InstructionCount, JitReport } from './report.ts';
import { lineOf } from './source-line.ts';
import type { Plan } from './plan.ts';

const REASONS: Readonly<Record<number, string>> = {
  [RUN_STATUS.error]: 'error that no handler here catches',
  [RUN_STATUS.guess]: 'a guess was wrong',
  [RUN_STATUS.fuel]: 'end of a slice',
  [RUN_STATUS.host]: 'the host wants to stop',
};

interface Tally {
  native: number;
  interpreted: number;
}

export class JitMeter implements JitInstruments, JitObserver {
  #modules: MachineModules | null = null;
  #vm: Vm | null = null;
  readonly #interpreted = new Float64Array(OPCODES.length);
  /** Interpreted polls, by address. */
  readonly #polls = new Map<number, number>();
  readonly #segments: { readonly func: FuncIndex; readonly insts: readonly DecodedInst[] }[] = [];
  #segmentCounts = new Float64Array(256);
  readonly #entries: { readonly func: FuncIndex; readonly pc: number; entered: number }[] = [];
  readonly #exits = new Map<string, number>();
  /** Addresses of instructions with guards, and how often they failed. */
  readonly #guards = new Map<number, number>();
  readonly #events: JitEvent[] = [];
  readonly #next: JitObserver | undefined;

  /** `next` hears everything too. */
  constructor(next?: JitObserver) {
    this.#next = next;
  }

  get modules(): MachineModules {
    return (this.#modules ??= {
      core: new WebAssembly.Module(bytesOfBase64(CORE_BYTES)),
      interpreter: new WebAssembly.Module(generate({ count: true }).bytes),
    });
  }

  readonly imports = {
    count: (opcode: number, address: number): void => {
      this.#interpreted[opcode] = (this.#interpreted[opcode] ?? 0) + 1;
      if (IS_POLL[opcode]) this.#polls.set(address, (this.#polls.get(address) ?? 0) + 1);
    },
  };

  begin(vm: Vm): void {
    this.#vm = vm;
  }

  event(event: JitEvent): void {
    this.#events.push(event);
    this.#next?.event(event);
  }

  segment(plan: Plan, insts: readonly DecodedInst[]): number {
    const number = this.#segments.push({ func: plan.func, insts }) - 1;
    if (number >= this.#segmentCounts.length) {
      const larger = new Float64Array(2 * number);
      larger.set(this.#segmentCounts);
      this.#segmentCounts = larger;
    }
    return number;
  }

  readonly count = (segment: number): void => {
    this.#segmentCounts[segment] = (this.#segmentCounts[segment] ?? 0) + 1;
  };

  guarded(address: number): void {
    if (!this.#guards.has(address)) this.#guards.set(address, 0);
  }

  entry(plan: Plan): number {
    return this.#entries.push({ func: plan.func, pc: plan.entry, entered: 0 }) - 1;
  }

  readonly left = (entry: number, status: number): void => {
    present(this.#entries[entry], 'entry').entered++;
    const reason = REASONS[status];
    if (reason === undefined) return;
    const { memory } = present(this.#vm, 'machine');
    const pc = memory.u32(VM_REGS.PC);
    if (status === RUN_STATUS.guess) this.#guards.set(pc, (this.#guards.get(pc) ?? 0) + 1);
    this.#leaves(reason, memory.u32(memory.u32(VM_REGS.FP) + FRAME.func), pc);
  };

  interpret(run: () => number): () => number {
    return () => {
      const { memory } = present(this.#vm, 'machine');
      const frame = memory.u32(VM_REGS.FP);
      const caller = memory.u32(memory.u32(frame + FRAME.callerFp) + FRAME.func);
      // the frame's flag stands in the lowest bit; the call ends one word before
      this.#leaves('callee is interpreted', caller, (memory.u32(frame + FRAME.returnPc) & ~3) - 4);
      return run();
    };
  }

  #leaves(reason: string, func: number, address: number): void {
    const key = `${reason}\n${func}\n${address}`;
    this.#exits.set(key, (this.#exits.get(key) ?? 0) + 1);
  }

  report(): JitReport {
    const vm = present(this.#vm, 'machine');
    const unavailable = this.#events.flatMap((event) => (event.kind === 'unavailable' ? [event.why] : []))[0] ?? null;
    return {
      unavailable,
      instructions: this.#instructions(),
      units: this.#units(),
      exits: this.#exitList(vm),
      guards: this.#guardList(vm),
      refused: this.#events.flatMap((event) =>
        event.kind === 'refused' ? [{ ...placed(event.part), why: event.why }] : [],
      ),
      loops: this.#loops(vm, unavailable),
    };
  }

  #instructions(): JitReport['instructions'] {
    const tallies = OPCODES.map((_, i): Tally => ({ native: 0, interpreted: this.#interpreted[i] ?? 0 }));
    this.#segments.forEach(({ insts }, i) => {
      for (const { op } of insts) present(tallies[op.number], 'opcode').native += this.#segmentCounts[i] ?? 0;
    });
    const of = (ops: readonly { readonly name: string }[]): Tally => {
      const names = new Set(ops.map(({ name }) => name));
      return sum(tallies.filter((_, i) => names.has((OPCODES[i] as Opcode).name)));
    };
    const kinds = [...new Set(OPCODES.map(kindOf))];
    return {
      ...sum(tallies),
      families: ranked(Object.entries(FAMILIES).map(([name, ops]) => ({ name, ...of(ops) }))),
      kinds: ranked(kinds.map((name) => ({ name, ...of(OPCODES.filter((op) => kindOf(op) === name)) }))),
      opcodes: ranked(OPCODES.map((op, i) => ({ name: op.name, ...(tallies[i] as Tally) }))),
    };
  }

  #units(): JitReport['units'] {
    const evicted = new Set(this.#events.flatMap((event) => (event.kind === 'evicted' ? [event.unit] : [])));
    return this.#events.flatMap((event) => {
      if (event.kind !== 'compiled') return [];
      const { unit, bytes, translateMs, hostMs } = event;
      const parts = event.parts.map((part) => {
        const entered = this.#entries.filter(({ func, pc }) => func === part.func && pc === part.entry);
        return {
          ...placed(part),
          instructions: part.instructions,
          entered: entered.reduce((all, each) => all + each.entered, 0),
        };
      });
      return [{ unit, bytes, translateMs, hostMs, evicted: evicted.has(unit), parts }];
    });
  }

  #exitList(vm: Vm): JitReport['exits'] {
    const byPlace = new Map<string, JitReport['exits'][number]>();
    for (const [key, count] of this.#exits) {
      const [reason = '', func, address] = key.split('\n');
      const index = Number(func) as FuncIndex;
      const code = vm.program.funcs[index];
      if (code === undefined) continue;
      const line = lineOf(vm.program, code, (Number(address) - (vm.loaded.code[index] ?? 0)) / 4);
      const place = `${reason} ${code.name} ${line}`;
      byPlace.set(place, { reason, func: code.name, line, count: count + (byPlace.get(place)?.count ?? 0) });
    }
    return [...byPlace.values()].sort((a, b) => b.count - a.count);
  }

  #guardList(vm: Vm): JitReport['guards'] {
    if (this.#guards.size === 0) return [];
    const native = this.#nativeAt(vm, ({ at }) => this.#guards.has(at));
    const guards: JitReport['guards'][number][] = [];
    vm.program.funcs.forEach((code, i) => {
      const base = vm.loaded.code[i] ?? 0;
      for (const { pc, op } of decodeAll(code.code)) {
        const address = base + 4 * pc;
        const failed = this.#guards.get(address);
        if (failed === undefined) continue;
        const held = Math.max(0, (native.get(address) ?? 0) - failed);
        guards.push({ opcode: op.name, func: code.name, line: lineOf(vm.program, code, pc), held, failed });
      }
    });
    return guards.sort((a, b) => b.failed - a.failed || b.held - a.held);
  }

  #loops(vm: Vm, unavailable: string | null): JitReport['loops'] {
    const { program } = vm;
    const native = this.#nativeAt(vm, ({ inst }) => costOf(inst) !== null);
    const loops: JitReport['loops'][number][] = [];
    program.funcs.forEach((code, i) => {
      const base = vm.loaded.code[i] ?? 0;
      for (const inst of decodeAll(code.code)) {
        const cost = costOf(inst);
        const address = base + 4 * inst.pc;
        const interpreted = this.#polls.get(address) ?? 0;
        const compiled = native.get(address) ?? 0;
        const rounds = interpreted + compiled;
        // the poll at a function's start is no loop
        if (cost === null || inst.pc === 0 || rounds === 0) continue;
        const place = { func: code.name, line: lineOf(program, code, inst.pc) };
        const why = interpreted === 0 ? '' : this.#whyInterpreted(i as FuncIndex, inst.pc, compiled, unavailable);
        loops.push({ ...place, fuel: rounds * cost, rounds, native: compiled / rounds, why });
      }
    });
    return loops.sort((a, b) => b.fuel - a.fuel);
  }

  /** How often instructions were executed in machine code, by address. */
  #nativeAt(vm: Vm, wanted: (each: { inst: DecodedInst; at: number }) => boolean): Map<number, number> {
    const native = new Map<number, number>();
    this.#segments.forEach(({ func, insts }, i) => {
      for (const inst of insts) {
        const at = (vm.loaded.code[func] ?? 0) + 4 * inst.pc;
        if (wanted({ inst, at })) native.set(at, (native.get(at) ?? 0) + (this.#segmentCounts[i] ?? 0));
      }
    });
    return native;
  }

  #whyInterpreted(func: FuncIndex, pc: number, native: number, unavailable: string | null): string {
    if (native > 0) return 'until it was hot';
    if (unavailable !== null) return `the host does not compile: ${unavailable}`;
    const refused = this.#events.flatMap((event) =>
      event.kind === 'refused' && event.part.func === func && [0, pc].includes(event.part.entry) ? [event.why] : [],
    );
    return refused[0] ?? 'ended before it was hot';
  }
}

function costOf({ op, values }: DecodedInst): number | null {
  const at = op.placed.findIndex(({ kind }) => kind === 'cost');
  return at < 0 ? null : (values[at] as number);
}

const IS_POLL: readonly boolean[] = OPCODES.map((op) => op.placed.some(({ kind }) => kind === 'cost'));

const VALUE_KINDS: readonly string[] = ['i32', 'i64', 'f64', 'ref', 'any'];

/** The kind of value that an opcode is about: what it gives, else what it takes first. */
function kindOf(op: Opcode): string {
  const values = op.placed.filter(({ role }) => role !== 'imm');
  const about = values.find(({ role }) => role === 'def' || role === 'update') ?? values[0];
  if (about === undefined) return 'none';
  return VALUE_KINDS.includes(about.kind) ? about.kind : 'moved';
}

function sum(tallies: readonly Tally[]): Tally {
  return tallies.reduce((a, b) => ({ native: a.native + b.native, interpreted: a.interpreted + b.interpreted }), {
    native: 0,
    interpreted: 0,
  });
}

function ranked(counts: readonly InstructionCount[]): InstructionCount[] {
  const all = ({ native, interpreted }: InstructionCount): number => native + interpreted;
  return counts.filter((each) => all(each) > 0).sort((a, b) => all(b) - all(a));
}

function placed({ name, line, entry }: Omit<UnitPart, 'instructions'>): { func: string; line: number; pc: number } {
  return { func: name, line, pc: entry };
}
