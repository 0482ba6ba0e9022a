/**
 * Calls of function values that can be one of few functions, as calls of these:
 *
 *     b1:  v = call.closure s1, f, x          ->     b1: br (closure.is f4, f), b2, b3
 *          ...                                       b2: v = call f4, x;  jump b4(v)
 *                                                    b3: v = call f5, x;  jump b4(v)
 *                                                    b4(v): ...
 *
 * The last one needs no test, because the value can be no other. The bodies may then be inlined.
 */
import { copyEdge, insertBlocks, newBlockId, newInst } from '../ir/edit.ts';
import type { Block, BlockId, Edge, Func, FuncId, Inst, ValueId } from '../ir/ir.ts';

/** Writes the call of one function: what to call, with which operands. */
export type Lead = (call: Inst, to: FuncId) => void;

/** Replaces calls, each by calls of the functions that it may lead to, at least one. */
export function splitCalls(func: Func, calls: ReadonlyMap<Inst, readonly FuncId[]>, lead: Lead): void {
  const behind = new Map<BlockId, [BlockId, Block][]>();
  for (const [id, first] of func.blocks) {
    const made: [BlockId, Block][] = [];
    let block = first;
    for (;;) {
      const at = block.insts.findIndex((inst) => calls.has(inst));
      if (at === -1) break;
      block = splitAt(func, block, at, calls.get(block.insts[at] as Inst) as readonly FuncId[], lead, made);
    }
    if (made.length > 0) behind.set(id, made);
  }
  insertBlocks(func, behind, 'behind');
}

/** Splits a block at a call. Gives the block behind it. */
function splitAt(
  func: Func,
  block: Block,
  at: number,
  targets: readonly FuncId[],
  lead: Lead,
  made: [BlockId, Block][],
): Block {
  const call = block.insts[at] as Inst;
  const { result, span } = call;
  const params = result === null ? [] : [result];
  const rest: Block = { params, insts: block.insts.slice(at + 1), term: block.term };
  const join = newBlockId(func);
  block.insts.length = at;
  let here = block;
  const enter = (): Edge => {
    const id = newBlockId(func);
    here = { params: [], insts: [], term: rest.term };
    made.push([id, here]);
    return { block: id, args: [] };
  };
  targets.forEach((target, i) => {
    if (i < targets.length - 1) {
      const test = newInst(func, call, 'closure.is', [call.args[0] as ValueId], target, 'i32');
      here.insts.push(test);
      const from = here;
      const then = enter();
      const direct = here;
      direct.term = callIn(direct, target);
      from.term = { kind: 'br', cond: test.result as ValueId, then, else: enter(), span };
    } else here.term = callIn(here, target);
  });
  made.push([join, rest]);
  return rest;

  function callIn({ insts }: Block, target: FuncId): Block['term'] {
    const value = result === null ? null : func.values.add(func.values.get(result));
    const exc = call.exc === null ? null : copyEdge(call.exc);
    const copy: Inst = { ...call, args: call.args.slice(), result: value, exc };
    lead(copy, target);
    insts.push(copy);
    return { kind: 'jump', to: { block: join, args: value === null ? [] : [value] }, span };
  }
}
