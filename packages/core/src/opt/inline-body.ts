/**
 * Puts bodies of functions in the place of calls: the mechanics, without any choice.
 *
 *     b1:  x                  b1:  x
 *          r = call f, a           depth.check 1         what the call would have checked
 *          y            →          entry of f with a
 *                             ...  blocks of f, `ret v` is  jump b2(v)
 *                             b2(r):
 *                                  y
 *
 * Instructions keep their source positions and get the call's as one more inlined site. What can fail goes to the handler of the call,
 * unless it has one of its own. All calls of a caller are replaced in one sweep.
 */
import { applyForwarding, copyEdge, Forwarding, newBlockId, removeUnreachable } from '../ir/edit.ts';
import { canThrow } from '../ir/effects.ts';
import type { Block, BlockId, Edge, Func, InlineSite, Inst, Terminator, ValueId } from '../ir/ir.ts';

/** What to put in the place of a call. */
export interface Expansion {
  readonly callee: Func;
  readonly args: readonly ValueId[];
  /** Values of the callee's captured slots. */
  readonly captures: readonly ValueId[];
  /** Keep the poll of the callee's entry; else its instructions are paid for around the call. */
  readonly polls: boolean;
}

export function expandCalls(func: Func, chosen: ReadonlyMap<Inst, Expansion>): void {
  const forwarding = new Forwarding();
  const layout: (readonly [BlockId, Block])[] = [];
  for (const [id, block] of func.blocks) {
    layout.push([id, block]);
    if (!block.insts.some(isCall) || !block.insts.some((inst) => isCall(inst) && chosen.has(inst))) continue;
    const { insts, term } = block;
    let current = block;
    let out: Inst[] = [];
    for (const inst of insts) {
      const expansion = isCall(inst) ? chosen.get(inst) : undefined;
      if (expansion === undefined) {
        out.push(inst);
        continue;
      }
      const next: Block = { params: inst.result === null ? [] : [inst.result], insts: [], term };
      const nextId = newBlockId(func);
      if (expansion.callee.catches) func.catches = true;
      const body = new Transplant(func, inst, expansion, nextId).run();
      out.push(depthCheck(inst), ...body.entry.insts);
      if (expansion.callee.blocks.get(expansion.callee.entry)?.term.kind === 'ret') {
        const [value] = body.entry.term.kind === 'jump' ? body.entry.term.to.args : [];
        if (inst.result !== null && value !== undefined) forwarding.set(inst.result, value);
        continue;
      }
      current.insts = out;
      current.term = body.entry.term;
      layout.push(...body.blocks, [nextId, next]);
      current = next;
      out = [];
    }
    current.insts = out;
    current.term = term;
  }
  func.blocks.clear();
  for (const [id, block] of layout) func.blocks.set(id, block);
  applyForwarding(func, forwarding);
  removeUnreachable(func);
}

export function isCall({ op }: Inst): boolean {
  return op === 'call' || op === 'call.closure' || op === 'call.boxed';
}

/** The check that the call would make, in its place. */
function depthCheck(call: Inst): Inst {
  return {
    op: 'depth.check',
    args: [],
    imm: call.inlined.length + 1,
    result: null,
    exc: call.exc === null ? null : copyEdge(call.exc),
    span: call.span,
    inlined: call.inlined,
  };
}

/** One copy of a callee's body in its caller. */
class Transplant {
  readonly #func: Func;
  readonly #call: Inst;
  readonly #expansion: Expansion;
  readonly #next: BlockId;
  readonly #site: InlineSite;
  readonly #values: Int32Array;
  readonly #blocks = new Map<BlockId, BlockId>();
  readonly #chains = new Map<readonly InlineSite[], readonly InlineSite[]>();

  /** What the callee returns goes to block `next`. */
  constructor(func: Func, call: Inst, expansion: Expansion, next: BlockId) {
    this.#func = func;
    this.#call = call;
    this.#expansion = expansion;
    this.#next = next;
    this.#site = { callee: expansion.callee.id, span: call.span };
    this.#values = new Int32Array(expansion.callee.values.size).fill(-1);
  }

  run(): { readonly entry: Block; readonly blocks: readonly (readonly [BlockId, Block])[] } {
    const { callee, args } = this.#expansion;
    const entry = callee.blocks.get(callee.entry) as Block;
    for (const [i, param] of entry.params.entries()) this.#values[param] = args[i] as ValueId;
    for (const [id, block] of callee.blocks) {
      if (id !== callee.entry) {
        this.#blocks.set(id, newBlockId(this.#func));
        for (const param of block.params) this.#define(param);
      }
      for (const inst of block.insts) this.#defineResult(inst);
    }
    const blocks: (readonly [BlockId, Block])[] = [];
    for (const [id, block] of callee.blocks)
      if (id !== callee.entry) blocks.push([this.#blocks.get(id) as BlockId, this.#block(block, false)]);
    return { entry: this.#block(entry, true), blocks };
  }

  #define(value: ValueId): void {
    this.#values[value] = this.#func.values.add(this.#expansion.callee.values.get(value));
  }

  #defineResult({ op, result, imm }: Inst): void {
    if (result === null) return;
    if (op.startsWith('env.get.')) this.#values[result] = this.#expansion.captures[imm as number] as ValueId;
    else this.#define(result);
  }

  #value(value: ValueId): ValueId {
    return this.#values[value] as ValueId;
  }

  #block(block: Block, isEntry: boolean): Block {
    const insts: Inst[] = [];
    let skipsPoll = isEntry && !this.#expansion.polls;
    for (const inst of block.insts) {
      if (inst.op.startsWith('env.get.')) continue;
      if (inst.op === 'poll' && skipsPoll) {
        skipsPoll = false;
        continue;
      }
      insts.push(this.#inst(inst));
    }
    return {
      params: isEntry ? [] : block.params.map((param) => this.#value(param)),
      insts,
      term: this.#term(block.term),
    };
  }

  #inst(inst: Inst): Inst {
    const { op, span, result } = inst;
    const imm = op === 'depth.check' ? Number(inst.imm) + this.#call.inlined.length + 1 : inst.imm;
    return {
      op,
      args: inst.args.map((arg) => this.#value(arg)),
      imm,
      result: result === null ? null : this.#value(result),
      exc: this.#exc(inst.exc, canThrow(inst)),
      span,
      inlined: this.#chain(inst.inlined),
    };
  }

  #exc(own: Edge | null, throws: boolean): Edge | null {
    if (own !== null) return this.#edge(own);
    return throws && this.#call.exc !== null ? copyEdge(this.#call.exc) : null;
  }

  #edge({ block, args }: Edge): Edge {
    return { block: this.#blocks.get(block) as BlockId, args: args.map((arg) => this.#value(arg)) };
  }

  #chain(inner: readonly InlineSite[]): readonly InlineSite[] {
    let chain = this.#chains.get(inner);
    if (chain === undefined) this.#chains.set(inner, (chain = [...inner, this.#site, ...this.#call.inlined]));
    return chain;
  }

  #term(term: Terminator): Terminator {
    switch (term.kind) {
      case 'jump':
        return { kind: 'jump', to: this.#edge(term.to), span: term.span };
      case 'br': {
        const cond = this.#value(term.cond);
        return { kind: 'br', cond, then: this.#edge(term.then), else: this.#edge(term.else), span: term.span };
      }
      case 'ret': {
        const args = term.value === null || this.#call.result === null ? [] : [this.#value(term.value)];
        return { kind: 'jump', to: { block: this.#next, args }, span: term.span };
      }
      case 'trap':
        return {
          kind: 'trap',
          trap: term.trap,
          exc: this.#exc(term.exc, true),
          span: term.span,
          inlined: this.#chain(term.inlined),
        };
      default:
        return { kind: 'unreachable', value: null, span: term.span };
    }
  }
}
