/** Running counters of a machine, for `--stats`. */
import { VM_REGS } from '../../runtime/layout.ts';
import type { RunStats } from '../engine.ts';
import type { MemoryView } from './memory.ts';

export function machineStats(memory: MemoryView, driver: { readonly fuel: number; readonly slices: number }): RunStats {
  return {
    fuel: driver.fuel,
    'run.slices': driver.slices,
    'gc.collections': memory.u32(VM_REGS.COLLECTIONS),
    'gc.allocated-bytes': memory.u32(VM_REGS.ALLOC_BYTES),
    'gc.live-bytes': memory.u32(VM_REGS.LIVE_BYTES),
    'memory.bytes': memory.memory.buffer.byteLength,
  };
}
