/**
 * Takes boxing and unboxing apart that meet:
 *
 *     unbox.K #c (box.K #c x)  ->  x                    box.K #c (unbox.K #c w)  ->  w
 *     unbox.ref #c (box.ref r) ->  r                    if r is known to be of that type
 *
 * and gives loops and joins typed parameters: a parameter of kind any that only ever receives words of one type becomes a parameter
 * of that type's kind, boxed anew at the head of its block for whoever still wants the word.
 */
import { HAS } from '../analysis/contents.ts';
import type { Cfg } from '../analysis/cfg.ts';
import type { Defs } from '../analysis/defs.ts';
import { rawKind } from '../analysis/dynamic-types.ts';
import { codeKnown, type Knowledge } from '../analysis/propagate.ts';
import { TYPE_CODES } from '../base/kinds.ts';
import { applyForwarding, forEachEdge, Forwarding, newInst, removeUnreachable } from '../ir/edit.ts';
import type { Block, Func, Inst, Kind, ValueId } from '../ir/ir.ts';
import type { OpName } from '../ir/ops.ts';
import type { FuncPass, PassContext } from './pass.ts';

export const boxes: FuncPass = {
  name: 'boxes',
  doc: 'nothing is unboxed right after boxing; words of one known type travel raw',
  needs: HAS.words,
  run: (func, cx) => {
    const analyses = cx.analyses(func);
    const { cfg } = analyses;
    if (!hasWork(func, cfg)) return false;
    const { known } = analyses;
    const unboxed = unboxParams(func, cfg, known, analyses.defs, cx);
    if (unboxed) cx.changed(func, 'values');
    return cancel(func, cfg, known, analyses.defs, cx) || (unboxed ? 'values' : false);
  },
};

/** Whether there is a box or a parameter that might get a type. */
function hasWork(func: Func, cfg: Cfg): boolean {
  for (let i = 0; i < cfg.blocks.length; i++) {
    const { insts, params } = cfg.blocks[i] as Block;
    if (i > 0 && params.some((param) => func.values.get(param) === 'any')) return true;
    for (let k = 0; k < insts.length; k++) if (BOXING.has((insts[k] as Inst).op)) return true;
  }
  return false;
}

const BOXING: ReadonlySet<OpName> = new Set<OpName>([
  'box.i32',
  'box.i64',
  'box.f64',
  'box.ref',
  'unbox.i32',
  'unbox.i64',
  'unbox.f64',
  'unbox.ref',
]);

/* ---- cancelling ------------------------------------------------------------------------------------------------ */

function cancel(func: Func, cfg: Cfg, known: Knowledge, defs: Defs, cx: PassContext): boolean {
  const forwarding = new Forwarding();
  for (const block of cfg.blocks) {
    const { insts } = block;
    let kept: Inst[] | null = null;
    for (let i = 0; i < insts.length; i++) {
      const inst = insts[i] as Inst;
      const source = BOXING.has(inst.op) ? sourceOf(inst, known, defs, forwarding) : null;
      if (source === null || !cx.may()) {
        kept?.push(inst);
        continue;
      }
      forwarding.set(inst.result as ValueId, source);
      kept ??= insts.slice(0, i);
    }
    if (kept !== null) block.insts = kept;
  }
  applyForwarding(func, forwarding);
  // Boxing can run out of memory, unboxing meet another type: both may have been the last way into a handler.
  if (func.catches && !forwarding.isEmpty) removeUnreachable(func);
  return !forwarding.isEmpty;
}

/** What a boxing or unboxing instruction gives back unchanged, or null. */
function sourceOf(inst: Inst, known: Knowledge, defs: Defs, forwarding: Forwarding): ValueId | null {
  const [arg] = inst.args;
  if (arg === undefined) return null;
  const maker = defs.inst[forwarding.get(arg)];
  const from = maker?.args[0];
  if (maker === undefined || from === undefined) return null;
  switch (inst.op) {
    case 'unbox.i32':
    case 'unbox.i64':
      return maker.op === (inst.op === 'unbox.i32' ? 'box.i32' : 'box.i64') && maker.imm === inst.imm
        ? forwarding.get(from)
        : null;
    case 'unbox.f64':
      return maker.op === 'box.f64' ? forwarding.get(from) : null;
    case 'unbox.ref':
      return maker.op === 'box.ref' && codeKnown(known, arg) === inst.imm ? forwarding.get(from) : null;
    case 'box.i32':
    case 'box.i64':
      return maker.op === `un${inst.op}` && maker.imm === inst.imm ? forwarding.get(from) : null;
    case 'box.f64':
    case 'box.ref':
      return maker.op === `un${inst.op}` ? forwarding.get(from) : null;
    default:
      return null;
  }
}

/* ---- parameters ------------------------------------------------------------------------------------------------ */

/** Which parameters to give a type: those that somebody unboxes, or that only boxes are passed to. */
function candidates(func: Func, cfg: Cfg, known: Knowledge, makers: Defs): Map<ValueId, number> {
  const found = new Map<ValueId, number>();
  for (let i = 1; i < cfg.blocks.length; i++) {
    if (known.reached[i] === 0 || (func.catches && isHandler(cfg, i))) continue;
    for (const param of (cfg.blocks[i] as Block).params) {
      if (func.values.get(param) !== 'any') continue;
      const code = codeKnown(known, param);
      if (rawKind(code) !== null) found.set(param, code);
    }
  }
  if (found.size === 0) return found;
  const unboxed = new Set<ValueId>();
  const others = new Set<ValueId>();
  for (const [i, block] of cfg.blocks.entries()) {
    for (const inst of block.insts) {
      if (inst.op.startsWith('unbox.')) unboxed.add(inst.args[0] as ValueId);
    }
    forEachEdge(func, block, (edge) => {
      const params = func.blocks.get(edge.block)?.params ?? [];
      for (const [k, arg] of edge.args.entries()) {
        const param = params[k] as ValueId;
        // A way that is never taken may pass another type; the unboxing would stand in front of the branch that does not take it.
        if (known.reached[i] === 1 && codeKnown(known, arg) !== found.get(param)) found.delete(param);
        const boxed = makers.inst[arg]?.op.startsWith('box.') === true;
        if (!boxed && !found.has(arg)) others.add(param);
      }
    });
  }
  for (const param of found.keys()) if (others.has(param) && !unboxed.has(param)) found.delete(param);
  return found;
}

function isHandler(cfg: Cfg, position: number): boolean {
  const first = cfg.predStart[position] as number;
  return first < (cfg.predStart[position + 1] as number) && cfg.predThrows[first] === 1;
}

function unboxParams(func: Func, cfg: Cfg, known: Knowledge, makers: Defs, cx: PassContext): boolean {
  const chosen = candidates(func, cfg, known, makers);
  for (const param of chosen.keys()) if (!cx.may()) chosen.delete(param);
  if (chosen.size === 0) return false;
  const raw = new Map<ValueId, ValueId>();
  for (const [param, code] of chosen) raw.set(param, func.values.add(rawKind(code) as Kind));
  for (const block of cfg.blocks) {
    forEachEdge(func, block, (edge, throws) => {
      if (throws) return;
      const params = func.blocks.get(edge.block)?.params ?? [];
      for (const [i, arg] of edge.args.entries()) {
        const code = chosen.get(params[i] as ValueId);
        if (code !== undefined) edge.args[i] = raw.get(arg) ?? unboxedAt(func, block, arg, code, makers);
      }
    });
  }
  for (const block of cfg.blocks) {
    const boxed: Inst[] = [];
    block.params = block.params.map((param) => {
      const code = chosen.get(param);
      if (code === undefined) return param;
      const typed = raw.get(param) as ValueId;
      const place = block.insts[0] ?? { span: block.term.span, inlined: [] };
      const inst = newInst(func, place, `box.${rawKind(code)}` as OpName, [typed], immOf(code), null);
      inst.result = param;
      boxed.push(inst);
      return typed;
    });
    if (boxed.length > 0) block.insts = [...boxed, ...block.insts];
  }
  return true;
}

/** The immediate of `box` and `unbox.ref` for a type. */
function immOf(code: number): number | null {
  const kind = rawKind(code);
  return kind === 'f64' || kind === 'ref' ? null : code;
}

/** The raw value of a word whose type is certain, at the end of a block; the unboxing cannot fail. */
function unboxedAt(func: Func, block: Block, word: ValueId, code: number, makers: Defs): ValueId {
  const kind = rawKind(code) as Kind;
  const maker = makers.inst[word];
  const operand = maker?.op === `box.${kind}` ? maker.args[0] : undefined;
  if (operand !== undefined) return operand;
  const imm = code === TYPE_CODES.f64 ? null : code;
  const inst = newInst(func, { span: block.term.span, inlined: [] }, `unbox.${kind}` as OpName, [word], imm, kind);
  block.insts.push(inst);
  return inst.result as ValueId;
}
