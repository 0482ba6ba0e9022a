/**
 * What memory functions and blocks may write, in the terms of `ir/memory.ts`.
 */
import type { Cfg } from './cfg.ts';
import type { ContentsOf } from './contents.ts';
import type { Loop } from './loops.ts';
import type { Block, FuncId, Inst, IrProgram } from '../ir/ir.ts';
import { ALL_SPACES, killsOf, type Location, placeOf, storedTo } from '../ir/memory.ts';

/** By function: spaces that a call of it may write to, itself or through what it calls. */
export type CallWrites = Uint8Array;

export function callWrites(program: IrProgram, contents: ContentsOf): CallWrites {
  const writes = new Uint8Array(program.funcs.size);
  const callers: FuncId[][] = program.funcs.values().map(() => []);
  for (const func of program.funcs.values()) {
    const { named, writes: own } = contents(func);
    for (const name of named) if (name >= 0) callers[name]?.push(func.id);
    writes[func.id] = own;
  }
  const open: FuncId[] = program.funcs.values().map((func) => func.id);
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    for (const caller of callers[id] ?? []) {
      const merged = (writes[caller] as number) | (writes[id] as number);
      if (merged === writes[caller]) continue;
      writes[caller] = merged;
      open.push(caller);
    }
  }
  return writes;
}

/** As `killsOf`, with what is known of the callee. */
export function killsWith(inst: Inst, writes: CallWrites): number {
  return inst.op === 'call' ? (writes[inst.imm as number] ?? ALL_SPACES) : killsOf(inst);
}

/** What a stretch of code may write. */
export class Written {
  /** Spaces of which anything may be written. */
  spaces = 0;
  /** Places (`placeOf`) that plain stores write. */
  readonly places = new Set<number>();

  add(inst: Inst, writes: CallWrites): void {
    this.spaces |= killsWith(inst, writes);
    const location = storedTo(inst);
    if (location !== null) this.places.add(placeOf(location));
  }

  addBlock(block: Block, writes: CallWrites): void {
    for (const inst of block.insts) this.add(inst, writes);
  }

  addAll(other: Written): void {
    this.spaces |= other.spaces;
    for (const place of other.places) this.places.add(place);
  }

  hits(location: Location): boolean {
    return (this.spaces & location.space) !== 0 || this.places.has(placeOf(location));
  }
}

/** What each loop writes, inner loops included. */
export function loopWrites(
  cfg: Cfg,
  loops: readonly Loop[],
  loopOf: Int32Array,
  writes: CallWrites,
): readonly Written[] {
  const written = loops.map(() => new Written());
  for (const [i, block] of cfg.blocks.entries()) {
    const loop = loopOf[i] as number;
    if (loop !== -1) written[loop]?.addBlock(block, writes);
  }
  for (const [i, { parent }] of loops.entries()) if (parent !== -1) written[parent]?.addAll(written[i] as Written);
  return written;
}
