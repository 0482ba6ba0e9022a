/** Running counters of a machine, for `--stats`. */
import { VM_REGS } from '../../runtime/layout.ts';
import type { RunStats } from '../engine.ts';
import type { MemoryView } from './memory.ts';
import { Pauses } from './pauses.ts';

/** What the collector did, told of every piece of its work. */
export class CollectorStats {
  readonly pauses = new Pauses();
  readonly #memory: MemoryView;
  readonly #now: () => number;
  #began = 0;
  #before = 0;
  /** Bytes of objects that were given back; a machine may allocate more than a word can count. */
  #freed = 0;

  /** `now`: seconds on a monotonic clock. */
  constructor(memory: MemoryView, now: () => number) {
    this.#memory = memory;
    this.#now = now;
  }

  /** Objects in use, dead ones included that no collection has found yet. */
  get used(): number {
    return this.#memory.u32(VM_REGS.ALLOC_BYTES);
  }

  /** All that was ever allocated. */
  get allocated(): number {
    return this.#freed + this.used;
  }

  collecting(on: boolean): void {
    if (on) {
      this.#before = this.used;
      this.#began = this.#now();
    } else {
      this.pauses.add(this.#now() - this.#began);
      this.#freed += this.#before - this.used;
    }
  }
}

const microseconds = (seconds: number): number => Math.round(seconds * 1e6);

export function machineStats(
  memory: MemoryView,
  collector: CollectorStats,
  driver: { readonly fuel: number; readonly slices: number },
): RunStats {
  const { pauses } = collector;
  return {
    fuel: driver.fuel,
    'run.slices': driver.slices,
    'gc.collections': memory.u32(VM_REGS.COLLECTIONS),
    'gc.pauses': pauses.count,
    'gc.pause-max-us': microseconds(pauses.longest),
    'gc.pause-p99-us': microseconds(pauses.quantile(0.99)),
    'gc.allocated-bytes': collector.allocated,
    'gc.used-bytes': collector.used,
    'gc.live-bytes': memory.u32(VM_REGS.LIVE_BYTES),
    'memory.bytes': memory.memory.buffer.byteLength,
  };
}
