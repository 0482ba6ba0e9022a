/**
 * What can be built into units for those who want to see them work. Nothing of it is in the code that users run otherwise.
 */
import type { DecodedInst } from '../../isa/encode.ts';
import type { CodeWriter } from '../../wasm/code-writer.ts';
import type { Plan } from './plan.ts';

export interface Instruments {
  /** Numbers instructions that are executed together; their unit calls `count` with the number before them. */
  segment(plan: Plan, insts: readonly DecodedInst[]): number;
  readonly count: (segment: number) => void;
  /** A guard was written for the instruction at an address: where it fails, machine code is left. */
  guarded(address: number): void;
  /** Numbers an entry; it calls `left` with the number and its status, a RUN_STATUS, at its end. */
  entry(plan: Plan): number;
  readonly left: (entry: number, status: number) => void;
  /** Stands for the interpreter where units call it. */
  interpret(run: () => number): () => number;
}

/** Told where in the code of a function an instruction begins, by its position in the plan's flow. */
export type Mark = (plan: Plan, inst: number, at: number) => void;

/** What the translator does before an instruction at a position of its flow, which stands in the block [start, end). */
export type Watch = (w: CodeWriter, plan: Plan, at: number, start: number, end: number) => void;

/** Whether what stands behind an instruction may not be executed after it, or not at once. */
function mayLeave({ op }: DecodedInst): boolean {
  const { traps, flow } = op.traits;
  return traps || flow !== 'next' || op.placed.some(({ kind }) => kind === 'cost' || kind === 'builtin');
}

/** Counts instructions in calls of the import `count`, one for as many as are executed together. */
export function countingWatch(instruments: Instruments, count: number): Watch {
  return (w, plan, at, start, end) => {
    const { insts } = plan.flow;
    if (at > start && !mayLeave(insts[at - 1] as DecodedInst)) return;
    let next = at + 1;
    while (next < end && !mayLeave(insts[next - 1] as DecodedInst)) next++;
    w.do(w.call(count, [w.i32.const(instruments.segment(plan, insts.slice(at, next)))]));
  };
}
