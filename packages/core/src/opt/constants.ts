/**
 * Sparse conditional constant propagation: what `propagate` finds constant becomes a constant, branches that go one way
 * become jumps, checks that cannot fail disappear, and blocks that cannot be reached are removed.
 */
import { CONSTANT, type Knowledge } from '../analysis/propagate.ts';
import { applyForwarding, Forwarding, newInst, removeParams, removeUnreachable } from '../ir/edit.ts';
import type { Block, Func, Inst, ValueId } from '../ir/ir.ts';
import { opDef, type OpName, sharedName } from '../ir/ops.ts';
import type { FuncPass, PassContext } from './pass.ts';

export const constants: FuncPass = {
  name: 'constants',
  doc: 'what is constant on every executable path is a constant; branches on constants are gone',
  makes: 0,
  run: (func, cx) => {
    const { cfg, known } = cx.analyses(func);
    const unreached = cfg.blocks.length < func.blocks.size;
    if (!known.decided && !unreached) return false;
    let flow = unreached;
    let values = false;
    for (let i = 0; i < cfg.blocks.length; i++) {
      if (known.reached[i] === 0) continue;
      const block = cfg.blocks[i] as Block;
      values = foldInsts(block, known, cx) || values;
      flow = foldBranch(block, known, cx) || flow;
    }
    // Last, because it renames the operands that are looked up above.
    values = foldParams(func, cfg.blocks, known, cx) || values;
    // What was folded may have thrown.
    flow ||= values && func.catches;
    if (flow) removeUnreachable(func);
    return flow || (values && 'values');
  },
};

function isKnown(known: Knowledge, value: ValueId): boolean {
  return value < known.state.length && known.state[value] === CONSTANT;
}

/** A constant parameter becomes a constant instruction at the head of its block. */
function foldParams(func: Func, blocks: readonly Block[], known: Knowledge, cx: PassContext): boolean {
  const forwarding = new Forwarding();
  const dropped = new Set<ValueId>();
  for (let i = 1; i < blocks.length; i++) {
    const block = blocks[i] as Block;
    if (block.params.length === 0 || known.reached[i] === 0) continue;
    const made: Inst[] = [];
    for (const param of block.params) {
      if (!isKnown(known, param) || !cx.may()) continue;
      const kind = func.values.get(param);
      const place = block.insts[0] ?? { span: block.term.span, inlined: [] };
      const inst = newInst(func, place, `const.${kind}` as OpName, [], known.constant[param] ?? null, kind);
      made.push(inst);
      forwarding.set(param, inst.result as ValueId);
      dropped.add(param);
    }
    if (made.length > 0) block.insts = [...made, ...block.insts];
  }
  if (dropped.size === 0) return false;
  removeParams(func, (param) => dropped.has(param));
  applyForwarding(func, forwarding);
  return true;
}

function foldInsts(block: Block, known: Knowledge, cx: PassContext): boolean {
  let changed = false;
  const { insts } = block;
  const passed: Inst[] = [];
  for (let i = 0; i < insts.length; i++) {
    const inst = insts[i] as Inst;
    const { result } = inst;
    if (result === null) {
      if (inst.op !== 'trap.if') continue;
      const cond = inst.args[0] as ValueId;
      if (isKnown(known, cond) && known.constant[cond] === 0 && cx.may()) passed.push(inst);
      continue;
    }
    if (!isKnown(known, result) || (inst.op !== 'is' && opDef(inst.op).fold === null) || !cx.may()) continue;
    const constant = known.constant[result] ?? null;
    const kind = typeof constant === 'bigint' ? 'i64' : resultOf(inst.op);
    inst.op = sharedName(`const.${kind}` as OpName);
    inst.args = [];
    inst.imm = constant;
    inst.exc = null;
    changed = true;
  }
  if (passed.length > 0) {
    const gone = new Set(passed);
    block.insts = insts.filter((inst) => !gone.has(inst));
  }
  return changed || passed.length > 0;
}

function resultOf(op: OpName): string {
  return opDef(op).result as string;
}

function foldBranch(block: Block, known: Knowledge, cx: PassContext): boolean {
  const { term } = block;
  if (term.kind !== 'br' || !isKnown(known, term.cond) || !cx.may()) return false;
  block.term = { kind: 'jump', to: known.constant[term.cond] === 0 ? term.else : term.then, span: term.span };
  return true;
}
