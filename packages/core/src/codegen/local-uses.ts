/**
 * What each block reads and writes of registers that are alive where it begins.
 */
import type { Arrays } from '../base/arrays.ts';
import { type LBlock, type LBlockId, type LFunc, type LInst, visitInst, visitTerm, type VReg } from './lir.ts';

export interface LocalUses {
  /** Registers that some block reads before it writes them. */
  readonly names: readonly VReg[];
  /** By place in `names`: the blocks that do so, and those that write the register. */
  readonly readers: readonly (readonly number[])[];
  readonly writers: readonly (readonly number[])[];
}

export function localUses(func: LFunc, arrays: Arrays): LocalUses {
  const { blocks, kinds, handlers } = func;
  /** By register: one more than its place in `names`, 0 if it has none. */
  const places = arrays.i32(kinds.length);
  /** By register: one more than the block that was last seen to write it, or to read it before. */
  const written = arrays.i32(kinds.length);
  const exposed = arrays.i32(kinds.length);
  const names: VReg[] = [];
  const readers: number[][] = [];
  let here = 0;
  const read = (reg: VReg): void => {
    if (written[reg] === here + 1 || exposed[reg] === here + 1) return;
    exposed[reg] = here + 1;
    const place = places[reg] as number;
    if (place === 0) {
      names.push(reg);
      readers.push([here]);
      places[reg] = names.length;
    } else (readers[place - 1] as number[]).push(here);
  };
  const write = (reg: VReg): void => {
    written[reg] = here + 1;
  };
  for (here = 0; here < blocks.length; here++) {
    const block = blocks[here] as LBlock;
    const handler = handlers.get(here as LBlockId);
    if (handler !== undefined) write(handler.error);
    const { insts } = block;
    for (let i = 0; i < insts.length; i++) {
      const inst = insts[i] as LInst;
      const { keeps } = inst;
      for (let k = 0; k < keeps.length; k++) read(keeps[k] as VReg);
      visitInst(inst, read, write);
    }
    visitTerm(block, read);
  }
  const writers: number[][] = names.map(() => []);
  const noteWriter = (reg: VReg): void => {
    const place = places[reg] as number;
    if (place === 0) return;
    const list = writers[place - 1] as number[];
    if (list[list.length - 1] !== here) list.push(here);
  };
  const ignore = (): void => {};
  for (here = 0; here < blocks.length; here++) {
    const handler = handlers.get(here as LBlockId);
    if (handler !== undefined) noteWriter(handler.error);
    const { insts } = blocks[here] as LBlock;
    for (let i = 0; i < insts.length; i++) visitInst(insts[i] as LInst, ignore, noteWriter);
  }
  return { names, readers, writers };
}
