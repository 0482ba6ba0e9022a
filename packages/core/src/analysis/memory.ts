/**
 * What memory functions and blocks may write, in the terms of `ir/memory.ts`.
 */
import type { Cfg } from './cfg.ts';
import type { ContentsOf } from './contents.ts';
import type { Loop } from './loops.ts';
import type { Block, FuncId, Inst, IrProgram } from '../ir/ir.ts';
import { ALL_SPACES, ELEMENTS, killsOf, type Location, placeOf, storedTo } from '../ir/memory.ts';

export interface Writes {
  /** By function: spaces that a call of it may write to, itself or through what it calls. */
  readonly calls: Uint8Array;
  readonly elementsApart: boolean;
}

export function writesIn(program: IrProgram, contents: ContentsOf): Writes {
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
  return { calls: writes, elementsApart: program.elementsApart === true };
}

/** As `killsOf`, with what is known of the callee. */
export function killsWith(inst: Inst, writes: Writes): number {
  return inst.op === 'call' ? (writes.calls[inst.imm as number] ?? ALL_SPACES) : killsOf(inst);
}

/** Whether a store to a location may write to all of its space. */
export function writesSpace({ space }: Location, writes: Writes): boolean {
  return space === ELEMENTS && !writes.elementsApart;
}

/** What a stretch of code may write. */
export class Written {
  /** Spaces of which anything may be written. */
  spaces = 0;
  /** Places (`placeOf`) that plain stores write. */
  readonly places = new Set<number>();

  add(inst: Inst, writes: Writes): void {
    this.spaces |= killsWith(inst, writes);
    const location = storedTo(inst);
    if (location === null) return;
    if (writesSpace(location, writes)) this.spaces |= location.space;
    else this.places.add(placeOf(location));
  }

  addBlock(block: Block, writes: Writes): void {
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
export function loopWrites(cfg: Cfg, loops: readonly Loop[], loopOf: Int32Array, writes: Writes): readonly Written[] {
  const written = loops.map(() => new Written());
  for (const [i, block] of cfg.blocks.entries()) {
    const loop = loopOf[i] as number;
    if (loop !== -1) written[loop]?.addBlock(block, writes);
  }
  for (const [i, { parent }] of loops.entries()) if (parent !== -1) written[parent]?.addAll(written[i] as Written);
  return written;
}
