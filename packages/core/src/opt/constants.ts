/**
 * Sparse conditional constant propagation: what `propagate` finds constant becomes a constant, branches that go one way
 * become jumps, checks that cannot fail disappear, and blocks that cannot be reached are removed.
 */
import { cfgOf } from '../analysis/cfg.ts';
import { CONSTANT, type Knowledge, propagate } from '../analysis/propagate.ts';
import { applyForwarding, Forwarding, newInst, removeParams, removeUnreachable } from '../ir/edit.ts';
import type { Block, Func, Inst, ValueId } from '../ir/ir.ts';
import { OPS, type OpName } from '../ir/ops.ts';
import type { FuncPass, PassContext } from './pass.ts';

export const constants: FuncPass = {
  name: 'constants',
  doc: 'what is constant on every executable path is a constant; branches on constants are gone',
  run: (func, cx) => {
    const cfg = cfgOf(func);
    const known = propagate(func, cfg, cx.program);
    let changed = false;
    for (const [i, block] of cfg.blocks.entries()) {
      if (known.reached[i] === 0) continue;
      changed = foldInsts(block, known, cx) || changed;
      changed = foldBranch(block, known, cx) || changed;
    }
    // Last, because it renames the operands that are looked up above.
    changed = foldParams(func, cfg.blocks, known, cx) || changed;
    return removeUnreachable(func) > 0 || changed;
  },
};

function isKnown(known: Knowledge, value: ValueId): boolean {
  return value < known.state.length && known.state[value] === CONSTANT;
}

/** A constant parameter becomes a constant instruction at the head of its block. */
function foldParams(func: Func, blocks: readonly Block[], known: Knowledge, cx: PassContext): boolean {
  const forwarding = new Forwarding();
  const dropped = new Set<ValueId>();
  for (const [i, block] of blocks.entries()) {
    if (i === 0 || known.reached[i] === 0) continue;
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
  const kept: Inst[] = [];
  for (const inst of block.insts) {
    if (inst.op === 'trap.if') {
      const [cond] = inst.args as [ValueId];
      if (isKnown(known, cond) && known.constant[cond] === 0 && cx.may()) {
        changed = true;
        continue;
      }
    }
    const { result } = inst;
    const folds = OPS[inst.op].fold !== null || inst.op === 'is';
    if (result !== null && folds && isKnown(known, result) && cx.may()) {
      const constant = known.constant[result] ?? null;
      const kind = typeof constant === 'bigint' ? 'i64' : resultOf(inst.op);
      inst.op = `const.${kind}` as OpName;
      inst.args = [];
      inst.imm = constant;
      inst.exc = null;
      changed = true;
    }
    kept.push(inst);
  }
  block.insts = kept;
  return changed;
}

function resultOf(op: OpName): string {
  return OPS[op].result as string;
}

function foldBranch(block: Block, known: Knowledge, cx: PassContext): boolean {
  const { term } = block;
  if (term.kind !== 'br' || !isKnown(known, term.cond) || !cx.may()) return false;
  block.term = { kind: 'jump', to: known.constant[term.cond] === 0 ? term.else : term.then, span: term.span };
  return true;
}
