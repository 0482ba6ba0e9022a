/**
 * Removes instructions whose result nobody needs, and unreachable blocks.
 *
 * Needed is what can be observed (writes, errors, polls, terminators) and, through operands, whatever that needs. An argument is
 * needed only if the parameter that receives it is, so values that go round a loop unused disappear with their parameters. Not so
 * new objects: a loop that collects them must run out of memory, so they are removed only once nothing uses them at all.
 */
import { countUses, forEachEdge, removeParams, removeUnreachable } from '../ir/edit.ts';
import { effectsOf, isRemovable } from '../ir/effects.ts';
import type { BlockId, Inst, ValueId } from '../ir/ir.ts';
import type { FuncPass } from './pass.ts';

export const deadCode: FuncPass = {
  name: 'dead-code',
  doc: 'everything left can be observed or feeds what can',
  run: (func, cx) => {
    const changed = removeUnreachable(func) > 0;
    const needed = new Uint8Array(func.values.size);
    const open: ValueId[] = [];
    const need = (value: ValueId): void => {
      if (needed[value] === 1) return;
      needed[value] = 1;
      open.push(value);
    };
    const uses = countUses(func);
    const stays = (inst: Inst): boolean => {
      if (inst.result === null || !isRemovable(inst)) return true;
      return (uses[inst.result] as number) > 0 && inst.op !== 'box.i64' && effectsOf(inst).allocates;
    };
    const makers: (Inst | undefined)[] = new Array<Inst | undefined>(func.values.size);
    const incoming: (ValueId[] | undefined)[] = new Array<ValueId[] | undefined>(func.values.size);
    const handlers = new Set<BlockId>();
    for (const block of func.blocks.values()) {
      for (const inst of block.insts) {
        if (inst.result !== null) makers[inst.result] = inst;
        if (stays(inst)) for (const arg of inst.args) need(arg);
      }
      forEachEdge(block, (edge, throws) => {
        if (throws) handlers.add(edge.block);
        const params = func.blocks.get(edge.block)?.params ?? [];
        for (let i = 0; i < edge.args.length; i++) {
          const param = params[i + (throws ? 1 : 0)] as ValueId;
          const list = incoming[param];
          if (list === undefined) incoming[param] = [edge.args[i] as ValueId];
          else list.push(edge.args[i] as ValueId);
        }
      });
      if (block.term.kind === 'br') need(block.term.cond);
      if (block.term.kind === 'ret' && block.term.value !== null) need(block.term.value);
    }
    for (const param of func.blocks.get(func.entry)?.params ?? []) need(param);
    for (const id of handlers) need(func.blocks.get(id)?.params[0] as ValueId);
    for (let value = open.pop(); value !== undefined; value = open.pop()) {
      for (const arg of makers[value]?.args ?? []) need(arg);
      for (const arg of incoming[value] ?? []) need(arg);
    }
    // One change: what is removed refers to each other.
    const isDead = (inst: Inst): boolean => inst.result !== null && needed[inst.result] === 0 && !stays(inst);
    const isUnusedParam = (param: ValueId): boolean => needed[param] === 0;
    const blocks = [...func.blocks.values()];
    const some = blocks.some((block) => block.insts.some(isDead) || block.params.some(isUnusedParam));
    if (!some || !cx.may()) return changed;
    for (const block of blocks) if (block.insts.some(isDead)) block.insts = block.insts.filter((inst) => !isDead(inst));
    removeParams(func, isUnusedParam);
    // What could fail may have been the last way into a handler.
    removeUnreachable(func);
    return true;
  },
};
