/**
 * What may be guessed of an innermost loop over dynamic values: see `typed-loops.ts`.
 */
import type { Analyses } from '../analysis/analyses.ts';
import type { Loop } from '../analysis/loops.ts';
import { dynamicResult } from '../analysis/dynamic-types.ts';
import { codeKnown } from '../analysis/propagate.ts';
import { TYPE_CODES } from '../base/kinds.ts';
import { forEachEdge } from '../ir/edit.ts';
import { effectsOf } from '../ir/effects.ts';
import type { Block, Func, Inst, ValueId } from '../ir/ir.ts';
import { killsOf, ELEMENTS, LENGTHS } from '../ir/memory.ts';
import type { LoopEntries } from './loop-entries.ts';

import { ARITHMETIC, builtin, dynamicOperands } from './dynamic-operands.ts';

const { i64, f64, string } = TYPE_CODES;

/** What is taken for granted of a loop. */
export interface Guess {
  readonly code: number;
  /** Arrays, and words that are arrays, whose elements have the type. */
  readonly arrays: ReadonlySet<ValueId>;
  /** Words from outside that have it. */
  readonly words: ReadonlySet<ValueId>;
  /** Parameters of the header that begin with it. */
  readonly params: ReadonlySet<ValueId>;
  /** What follows for the values of the loop. */
  readonly codes: ReadonlyMap<ValueId, number>;
}

/** Whether an instruction could make an array that stores values of a type one of any words. */
export function mayChangeStorage(inst: Inst, code: number, codeOf: (value: ValueId) => number): boolean {
  if (!effectsOf(inst).writes || inst.op === 'poll') return false;
  const { op, args, imm } = inst;
  if (op.startsWith('array.set.') || op.startsWith('array.push.')) return imm !== code;
  if (op.startsWith('array.pop.')) return false;
  switch (builtin(inst)) {
    case 'array.pop.any':
      return false;
    case 'array.push.any':
      return codeOf(args[1] as ValueId) !== code;
    case 'array.set.any':
    case 'any.set':
      return codeOf(args[2] as ValueId) !== code;
    default:
      return (killsOf(inst) & (ELEMENTS | LENGTHS)) !== 0;
  }
}

/** One innermost loop, and what may be guessed of it. */
export class LoopView {
  readonly #func: Func;
  readonly #analyses: Analyses;
  readonly #entries: LoopEntries;
  readonly #loop: number;
  readonly #blocks: readonly Block[];
  readonly #inside = new Set<ValueId>();
  readonly #arrays = new Set<ValueId>();
  readonly #words = new Set<ValueId>();

  constructor(func: Func, analyses: Analyses, entries: LoopEntries, loop: number, blocks: readonly Block[]) {
    this.#func = func;
    this.#analyses = analyses;
    this.#entries = entries;
    this.#loop = loop;
    this.#blocks = blocks;
    for (const { params, insts } of blocks) {
      for (const param of params) this.#inside.add(param);
      for (const { result } of insts) if (result !== null) this.#inside.add(result);
    }
  }

  guesses(): readonly Guess[] {
    const hints = this.#look();
    if (hints === null) return [];
    const codes = hints.size > 0 ? [...hints] : [i64, f64];
    if (codes.length > 2) return [];
    return codes.map((code) => this.#guess(code)).filter((guess) => guess !== null);
  }

  #known(value: ValueId): number {
    return codeKnown(this.#analyses.known, value);
  }

  /** Finds what can be guessed, and types that speak for themselves; null if there is nothing to be gained. */
  #look(): Set<number> | null {
    const hints = new Set<number>();
    const operands = new Set<ValueId>();
    let gain = false;
    const hint = (code: number): void => {
      if ((code > 0 && code <= f64) || code === string) hints.add(code);
    };
    for (const { insts, term } of this.#blocks) {
      for (const inst of insts) {
        const name = builtin(inst);
        for (const value of dynamicOperands(inst)) {
          operands.add(value);
          const code = this.#known(value);
          hint(code);
          gain ||= code === -1;
          if (code === -1 && !this.#inside.has(value)) this.#words.add(value);
        }
        if (/^(array|any)\.set/.test(name)) operands.add(inst.args[2] as ValueId);
      }
      if (term.kind === 'br') for (const { args } of [term.then, term.else]) for (const arg of args) operands.add(arg);
      if (term.kind === 'jump') for (const arg of term.to.args) operands.add(arg);
    }
    if (!gain) return null;
    for (const { insts } of this.#blocks) {
      for (const inst of insts) {
        const name = builtin(inst);
        const [base] = inst.args;
        if (base === undefined || this.#inside.has(base)) continue;
        const wanted = inst.result !== null && operands.has(inst.result);
        if ((name === 'array.get.any' || name === 'any.get') && wanted) {
          if (name === 'any.get' && this.#known(base) !== -1) continue;
          this.#arrays.add(base);
          const maker = this.#analyses.defs.inst[base];
          if (builtin(maker) === 'array.new') {
            const code = this.#analyses.defs.inst[maker?.args[0] as ValueId];
            if (code?.op === 'const.i32') hint(code.imm as number);
          }
        }
      }
    }
    for (const base of this.#arrays) this.#words.delete(base);
    for (const { header } of this.#begins()) hint(header.code);
    return hints;
  }

  /** The parameters of the header that are words, and what they begin with. */
  #begins(): readonly { readonly param: ValueId; readonly header: { readonly code: number } }[] {
    const { cfg, loops: nest } = this.#analyses;
    const { params } = cfg.blocks[(nest.loops[this.#loop] as Loop).header] as Block;
    const { edges } = this.#entries.edges(this.#loop);
    return params.flatMap((param, i) => {
      if (this.#func.values.get(param) !== 'any') return [];
      let code = -2;
      for (const edge of edges) {
        const given = this.#known(edge.args[i] as ValueId);
        code = code === -2 || code === given ? given : -1;
      }
      return [{ param, header: { code } }];
    });
  }

  #guess(code: number): Guess | null {
    const begins = new Map(this.#begins().map(({ param, header }) => [param, header.code]));
    const codes = this.#follow(code, begins);
    const codeOf = (value: ValueId): number => {
      if (this.#inside.has(value)) return codes.get(value) ?? -1;
      return this.#words.has(value) ? code : this.#known(value);
    };
    let gain = 0;
    for (const { insts } of this.#blocks) {
      for (const inst of insts) {
        if (this.#arrays.size > 0 && mayChangeStorage(inst, code, codeOf)) return null;
        const operands = dynamicOperands(inst);
        if (operands.length === 0 || operands.every((value) => this.#known(value) !== -1)) continue;
        if (operands.every((value) => codeOf(value) !== -1)) gain += 1;
      }
    }
    if (gain === 0) return null;
    const params = new Set<ValueId>();
    for (const [param, begin] of begins) if (begin === -1 && codes.get(param) === code) params.add(param);
    return { code, arrays: this.#arrays, words: this.#words, params, codes };
  }

  /** The types of the values of the loop that follow from a guess. */
  #follow(code: number, begins: ReadonlyMap<ValueId, number>): Map<ValueId, number> {
    const codes = new Map<ValueId, number>();
    const of = (value: ValueId): number => {
      if (this.#inside.has(value)) return codes.get(value) ?? -2;
      return this.#words.has(value) ? code : this.#known(value);
    };
    let again = true;
    const meet = (value: ValueId, found: number): void => {
      const old = codes.get(value) ?? -2;
      if (found === -2 || old === -1 || old === found) return;
      codes.set(value, old === -2 ? found : -1);
      again = true;
    };
    const { cfg } = this.#analyses;
    const members = new Set(this.#blocks);
    for (const [param, begin] of begins) codes.set(param, begin === -1 ? code : begin);
    while (again) {
      again = false;
      for (const block of this.#blocks) {
        for (const inst of block.insts)
          if (inst.result !== null && this.#func.values.get(inst.result) === 'any')
            meet(inst.result, this.#resultOf(inst, code, of));
        forEachEdge(this.#func, block, (edge, throws) => {
          const to = cfg.blocks[cfg.position[edge.block] as number] as Block;
          if (throws || !members.has(to)) return;
          for (const [i, arg] of edge.args.entries()) {
            const param = to.params[i] as ValueId;
            if (this.#func.values.get(param) === 'any') meet(param, of(arg));
          }
        });
      }
    }
    return codes;
  }

  #resultOf(inst: Inst, code: number, of: (value: ValueId) => number): number {
    const known = this.#known(inst.result as ValueId);
    if (known !== -1) return known;
    const name = builtin(inst);
    const [a, b] = inst.args as [ValueId, ValueId];
    if (name === 'array.get.any') return this.#arrays.has(a) ? code : -1;
    if (name === 'any.get') {
      const at = of(b);
      return at === -2 ? -2 : this.#arrays.has(a) && at === i64 ? code : -1;
    }
    if (!ARITHMETIC.test(name)) return -1;
    const [left = -1, right = -1] = dynamicOperands(inst).map(of);
    return left === -2 || right === -2 ? -2 : dynamicResult(name, left, right);
  }
}
