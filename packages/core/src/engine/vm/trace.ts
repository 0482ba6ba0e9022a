/**
 * Stack traces from frames in memory: function and pc of each, through the tables that came with the bytecode.
 */
import type { Span } from '../../base/source.ts';
import type { BytecodeFunc, PcEntry } from '../../isa/program.ts';
import { FRAME, FRAME_ENDS_RUN, VM_REGS } from '../../runtime/layout.ts';
import type { TraceEntry } from '../engine.ts';
import type { LoadedProgram } from './load.ts';
import type { MemoryView } from './memory.ts';

/** Activations, innermost first: inlined calls count, adapters do not. */
export function readTrace(memory: MemoryView, funcs: readonly BytecodeFunc[], loaded: LoadedProgram): TraceEntry[] {
  const trace: TraceEntry[] = [];
  let frame = memory.u32(VM_REGS.FP);
  let address = memory.u32(VM_REGS.PC);
  for (;;) {
    const index = memory.u32(frame + FRAME.func);
    const func = funcs[index];
    if (func !== undefined && !loaded.adapters.has(index)) {
      addActivations(trace, func, (address - (loaded.code[index] as number)) / 4);
    }
    const returnPc = memory.u32(frame + FRAME.returnPc) & ~FRAME_ENDS_RUN;
    if (returnPc === 0) return trace;
    address = returnPc - 4;
    frame = memory.u32(frame + FRAME.callerFp);
  }
}

function addActivations(trace: TraceEntry[], func: BytecodeFunc, pc: number): void {
  if (func.lines.length === 0) {
    trace.push({ func: func.name, span: func.span, pc });
    return;
  }
  const entry = entryAt(func.lines, pc);
  let span: Span = entry?.span ?? func.span;
  for (const site of entry?.inlined ?? []) {
    trace.push({ func: site.callee, span });
    span = site.span;
  }
  trace.push({ func: func.name, span });
}

/** The last entry that begins at or before `pc`. */
function entryAt(lines: readonly PcEntry[], pc: number): PcEntry | undefined {
  let low = 0;
  let high = lines.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((lines[middle] as PcEntry).pc <= pc) low = middle + 1;
    else high = middle;
  }
  return lines[low - 1];
}
