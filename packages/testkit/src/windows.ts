/**
 * What a program leaves in memory where it stops: all frames, with the slots that live, at every end of a slice.
 *
 * The fuel used so far names a moment of a run, whichever engine runs it, so that two runs can be compared moment by moment. This is
 * how machine code is held to the contract that its frames, once written, are the interpreter's (docs/jit.md): at polls, where calls stand
 * open, and behind guesses that are made to fail.
 */
import { collectingHost } from '@orus/cli/hosts';
import { present } from '@orus/core/base/bug';
import { DEFAULT_CHECKS, type Limits, type Outcome } from '@orus/core/engine/engine';
import { builtInMachine } from '@orus/core/engine/interp/built-in-machine';
import { Sampler } from '@orus/core/engine/jit/sampler';
import { REP } from '@orus/core/engine/jit/slots';
import { planUnit } from '@orus/core/engine/jit/translate';
import { DEFAULT_TUNING, type Tuning } from '@orus/core/engine/jit/tuning';
import { addressing, NO_CODE } from '@orus/core/engine/jit/linkage';
import { type MachineModules, Vm } from '@orus/core/engine/vm/vm';
import type { BytecodeProgram, FuncIndex } from '@orus/core/isa/program';
import { FRAME, FRAME_ENDS_RUN, VM_FUEL, VM_REGS } from '@orus/core/runtime/layout';

export interface Trace {
  /** By the fuel used until then: frames, innermost first, each with its live slots. */
  readonly stops: ReadonlyMap<number, string>;
  readonly outcome: Outcome;
  readonly output: string;
  readonly fuel: number;
  /** Times that machine code was left because of a wrong guess. */
  readonly guesses: number;
}

export interface TraceOptions {
  /** Absent: everything is interpreted. */
  readonly tuning?: Tuning;
  readonly limits: Limits;
  /** Fuel of every slice; or fuel used when they end, each more than the one before. */
  readonly slices: number | readonly number[];
  readonly stdin?: Buffer;
}

/** Stops that are remembered: the later ones of long runs tell nothing new. */
const MOST_STOPS = 4000;

/** Where no more stops are asked for. */
const LONG_SLICE = 1e9;

let modules: MachineModules | undefined;

/** Runs a program and remembers what it leaves at the end of each slice. */
export function traceOf(
  program: BytecodeProgram,
  { tuning, limits, slices, stdin = Buffer.alloc(0) }: TraceOptions,
): Trace {
  modules ??= { core: builtInMachine() };
  const host = collectingHost(stdin);
  const first = typeof slices === 'number' ? slices : 1;
  const vm = new Vm(program, host, limits, { ...DEFAULT_CHECKS, slice: first }, modules);
  const places = typeof slices === 'number' ? null : new Set(slices);
  const ahead = places?.values();
  const stops = new Map<number, string>();
  let guesses = 0;
  if (tuning !== undefined) {
    const compileUnit = (bytes: Uint8Array<ArrayBuffer>) => ({
      module: new WebAssembly.Module(bytes),
      optimised: false,
    });
    const sampler = new Sampler(vm, { tuning, compileUnit });
    sampler.add(program, 0);
  }
  const frames = new Frames(vm);
  const [sample, failed] = [vm.betweenSlices, vm.guessFailed];
  vm.betweenSlices = (usual) => {
    const used = vm.fuelUsed();
    if (stops.size < MOST_STOPS && (places?.has(used) ?? true)) stops.set(used, frames.print());
    if (ahead === undefined) return sample?.(usual) ?? usual;
    // A place that has less left than the next poll costs is none where the program can stop.
    const given = used + Number(vm.memory.i64(VM_FUEL));
    for (const place of ahead) if (place > given) return place - given;
    return LONG_SLICE;
  };
  vm.guessFailed = (frame, address) => {
    guesses++;
    failed?.(frame, address);
  };
  const outcome = vm.runProgram();
  return { stops, outcome, output: Buffer.from(host.stdout()).toString('latin1'), fuel: vm.fuelUsed(), guesses };
}

/** Prints frames with what lives in them. */
class Frames {
  readonly #vm: Vm;
  readonly #live = new Map<string, Uint8Array | null>();

  constructor(vm: Vm) {
    this.#vm = vm;
  }

  print(): string {
    const { memory } = this.#vm;
    const lines: string[] = [];
    let address = memory.u32(VM_REGS.PC);
    let inner = false;
    for (let frame = memory.u32(VM_REGS.FP); frame !== 0; frame = memory.u32(frame + FRAME.callerFp)) {
      const func = memory.u32(frame + FRAME.func) as FuncIndex;
      const pc = (address - present(this.#vm.loaded.code[func], 'code')) / 4;
      const live = this.#liveAt(func, pc, inner);
      const slots: string[] = [];
      live?.forEach((rep, slot) => {
        if (rep === REP.dead) return;
        const word = BigInt.asUintN(rep === REP.i32 ? 32 : 64, memory.i64(frame + 8 * slot));
        slots.push(`r${slot}=${word}${this.#object(word)}`);
      });
      lines.push(`${frame}: ${func} at ${pc}, depth ${memory.u32(frame + FRAME.depth)}: ${slots.join(' ')}`);
      address = memory.u32(frame + FRAME.returnPc) & ~FRAME_ENDS_RUN;
      inner = true;
    }
    return lines.join('\n');
  }

  /** What may be the address of an object, with its layout and type. */
  #object(word: bigint): string {
    const { memory, map } = this.#vm;
    if (word % 8n !== 0n || word < BigInt(map.heapBase) || word >= BigInt(memory.memory.buffer.byteLength)) return '';
    return `^${memory.u32(Number(word)) >>> 8}`;
  }

  /** What lives before an instruction; `called`: behind the call before it, without the result that is still to come. Null if it is not known. */
  #liveAt(func: FuncIndex, pc: number, called: boolean): Uint8Array | null {
    const key = `${func} ${pc} ${called}`;
    let found = this.#live.get(key);
    if (found === undefined) {
      found = this.#findLive(func, pc, called);
      this.#live.set(key, found);
    }
    return found;
  }

  #findLive(func: FuncIndex, pc: number, called: boolean): Uint8Array | null {
    const vm = this.#vm;
    const link = { ...addressing({ vm, program: vm.program, first: 0, rounds: DEFAULT_TUNING.rounds }), ...NO_CODE };
    const plan = planUnit(link, func, 0);
    if (typeof plan === 'string') return null;
    const { flow, slots } = plan;
    const at = flow.insts.findIndex((inst) => inst.pc + (called ? inst.op.words : 0) === pc);
    const block = flow.blocks.findIndex(({ start, end }) => start <= at && at < end);
    if (block < 0) return null;
    slots.enter(block);
    const live = slots.before(called ? at + 1 : at).slice();
    const result = called ? slots.effects(at).def : null;
    if (result !== null) live[result.slot] = REP.dead;
    return live;
  }
}

function withoutAddresses(frames: string): string {
  return frames.replace(/=\d+\^/g, '=^');
}

/** How a run differs from what is wanted, at every stop of its own; empty if it does not. */
export function compareTraces(wanted: Trace, got: Trace): string[] {
  const problems: string[] = [];
  if (got.output !== wanted.output) problems.push('the output differs');
  if (JSON.stringify(got.outcome) !== JSON.stringify(wanted.outcome))
    problems.push(`ends with ${JSON.stringify(got.outcome)}, not ${JSON.stringify(wanted.outcome)}`);
  if (got.fuel !== wanted.fuel) problems.push(`uses ${got.fuel} fuel, not ${wanted.fuel}`);
  for (const [fuel, frames] of got.stops) {
    const other = wanted.stops.get(fuel);
    if (other === undefined) {
      problems.push(`stops after ${fuel} fuel, between two polls`);
      break;
    }
    // What was abandoned and is done again may have allocated: objects are the same ones at other addresses.
    if (frames !== other && withoutAddresses(frames) !== withoutAddresses(other)) {
      problems.push(`after ${fuel} fuel:\n${frames}\nnot\n${other}`);
      break;
    }
  }
  return problems;
}
