/**
 * Fields and cells of objects that nothing but this function sees become variables, and variables values.
 *
 *     c = cell.new.i64 v0                   b1(x):
 *     b1():                                   ...
 *       x = cell.get.i64 c            →       y = addc.i64 x, v1
 *       y = addc.i64 x, v1                    br z, b1(y), b2()
 *       cell.set.i64 c, y
 *       br z, b1(), b2()
 *
 * An object qualifies if it is only read and written, never passed on, not even to another block. Where several edges meet a block, a handler
 * included, and a variable is needed behind, the block gets a parameter for it; `prune-params` removes those that turn out to be
 * copies. What is needed is found backward from the reads; since an object is made before all its reads, that ends where it is made.
 */
import { HAS } from '../analysis/contents.ts';
import { forEachEdge } from '../ir/edit.ts';
import type { Func, Inst, ValueId } from '../ir/ir.ts';
import { objectAccess } from '../ir/memory.ts';
import { FieldVariables } from './field-variables.ts';
import type { FuncPass } from './pass.ts';

export const privateObjects: FuncPass = {
  name: 'private-objects',
  doc: 'objects that never leave the function are variables',
  needs: HAS.objects,
  makes: HAS.words,
  run: (func, cx) => {
    const objects = findObjects(func);
    if (objects.size === 0) return false;
    return new FieldVariables(func, cx, objects).run();
  },
};

/** Objects with more fields stay. */
const MOST_FIELDS = 16;

/** Objects that are only read and written in place, with the instructions that make them. */
function findObjects(func: Func): Map<ValueId, Inst> {
  const objects = new Map<ValueId, Inst>();
  for (const { insts } of func.blocks.values()) {
    for (const inst of insts) {
      const makes = inst.op === 'struct.new' || inst.op.startsWith('cell.new.');
      if (makes && inst.args.length <= MOST_FIELDS) objects.set(inst.result as ValueId, inst);
    }
  }
  if (objects.size === 0) return objects;
  for (const block of func.blocks.values()) {
    for (const { op, args } of block.insts) {
      for (let i = objectAccess(op) === undefined ? 0 : 1; i < args.length; i++) objects.delete(args[i] as ValueId);
    }
    forEachEdge(func, block, (edge) => {
      for (const arg of edge.args) objects.delete(arg);
    });
    if (block.term.kind === 'ret' && block.term.value !== null) objects.delete(block.term.value);
  }
  return objects;
}
