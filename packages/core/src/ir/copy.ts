/**
 * A copy of a function under another id, sharing nothing that a pass changes.
 */
import { IdMap } from '../base/id-map.ts';
import { copyInst, copyTerm } from './edit.ts';
import type { Block, BlockId, Func, FuncId, Inst, Kind, ValueId } from './ir.ts';

/** Values and blocks keep their numbers. `insts` tells which instruction of the copy stands for one of the original. */
export function copyFunc(func: Func, id: FuncId): { readonly func: Func; readonly insts: ReadonlyMap<Inst, Inst> } {
  const insts = new Map<Inst, Inst>();
  const blocks = new Map<BlockId, Block>();
  for (const [blockId, block] of func.blocks) {
    const copies = block.insts.map((inst) => {
      const copy = copyInst(inst);
      insts.set(inst, copy);
      return copy;
    });
    blocks.set(blockId, { params: block.params.slice(), insts: copies, term: copyTerm(block.term) });
  }
  const values = new IdMap<ValueId, Kind>();
  for (const kind of func.values.values()) values.add(kind);
  return { func: { ...func, id, blocks, values }, insts };
}
