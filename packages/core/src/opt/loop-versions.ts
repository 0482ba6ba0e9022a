/**
 * Versions of loops over dynamic values for values of one type: see `typed-loops.ts`.
 */
import type { Analyses } from '../analysis/analyses.ts';
import { rawKind } from '../analysis/dynamic-types.ts';
import { codeKnown } from '../analysis/propagate.ts';
import { TYPE_CODES } from '../base/kinds.ts';
import { Forwarding, forwardInst, forwardTerm, insertBlocks, newBlockId } from '../ir/edit.ts';
import type { Block, BlockId, Edge, Func, Inst, Kind, ValueId } from '../ir/ir.ts';
import type { OpName } from '../ir/ops.ts';
import { Emitter } from './emitter.ts';
import { closeLoop, copyLoop, type LoopShape, shapeOf, smallLoops } from './loop-copy.ts';
import { LoopEntries } from './loop-entries.ts';
import type { PassContext } from './pass.ts';

import { builtin } from './dynamic-operands.ts';
import { type Guess, LoopView } from './loop-guesses.ts';

/** Instructions that may be copied in a function. */
const MOST_IN_FUNCTION = 600;

const { i64, array: arrayCode } = TYPE_CODES;

interface GuessedLoop {
  readonly shape: LoopShape;
  /** Its instructions. */
  readonly size: number;
  readonly guesses: readonly Guess[];
}

/** The loops that versions can be made of, in the order of the code, each looked at when it is asked for. */
export function* guessedLoops(func: Func, analyses: Analyses, entries: LoopEntries): Iterable<GuessedLoop> {
  for (const small of smallLoops(analyses)) {
    const guesses = new LoopView(func, analyses, entries, small.loop, small.blocks).guesses();
    const shape = guesses.length > 0 ? shapeOf(analyses, small) : null;
    if (shape !== null) yield { shape, size: small.size, guesses };
  }
}

/** Versions of the innermost loops of one function. */
export class LoopVersions {
  readonly #func: Func;
  readonly #analyses: Analyses;
  readonly #cx: PassContext;
  readonly #entries: LoopEntries;
  readonly #made = new Map<BlockId, (readonly [BlockId, Block])[]>();
  #room = MOST_IN_FUNCTION;

  constructor(func: Func, analyses: Analyses, cx: PassContext) {
    this.#func = func;
    this.#analyses = analyses;
    this.#cx = cx;
    const { cfg, loops: nest } = analyses;
    this.#entries = new LoopEntries(func, cfg, nest.loops, nest.loopOf);
  }

  run(): boolean {
    let changed = false;
    // In the order of the code, so that what one loop leaves is replaced in the next before that is copied.
    for (const { shape, size, guesses } of guessedLoops(this.#func, this.#analyses, this.#entries)) {
      for (const [i, guess] of guesses.entries()) {
        if (size > this.#room || !this.#cx.may()) break;
        if (i === 0) closeLoop(this.#func, this.#analyses, shape);
        this.#room -= size;
        this.#version(shape, guess);
        changed = true;
      }
    }
    insertBlocks(this.#func, this.#made);
    return changed;
  }

  #block(list: (readonly [BlockId, Block])[], params: ValueId[], insts: Inst[], term: Block['term']): BlockId {
    const id = newBlockId(this.#func);
    list.push([id, { params, insts, term }]);
    return id;
  }

  /** Leads whoever comes to the loop to a copy of it, if the guess is right. */
  #version(shape: LoopShape, guess: Guess): void {
    const func = this.#func;
    const { cfg } = this.#analyses;
    const id = cfg.ids[shape.header] as BlockId;
    const header = cfg.blocks[shape.header] as Block;
    const copy = copyLoop(func, this.#analyses, shape);
    const like = { span: header.term.span, inlined: header.insts[0]?.inlined ?? [] };
    const list: (readonly [BlockId, Block])[] = [];

    // A second version is entered from where the first one is refused.
    const { edges } = this.#entries.edges(shape.loop);
    const refused = this.#refusals.get(id);
    const entering: readonly Edge[] = refused === undefined ? edges : [refused];
    const many = entering.length > 1;
    const params = many ? header.params.map((param) => func.values.add(func.values.get(param))) : [];
    const args = many ? params.slice() : (entering[0] as Edge).args.slice();

    const tests: Inst[] = [];
    const t = new Emitter(func, this.#cx.calls, tests, { ...header.insts[0], ...like, exc: null } as Inst);
    const begin: Inst[] = [];
    const b = new Emitter(func, this.#cx.calls, begin, { ...header.insts[0], ...like, exc: null } as Inst);
    let blockInsts = tests;
    let holds: ValueId | null = null;
    const and = (cond: ValueId): void => {
      holds = holds === null ? cond : t.op('and.i32', [holds, cond]);
    };
    /** The word that is known to be what it was tested for. */
    const trusted = (word: ValueId): ValueId => b.box(b.unbox(word, guess.code), guess.code);
    const forwarding = new Forwarding();
    const arrays = new Map<ValueId, ValueId>();
    const words = [...guess.arrays].filter((value) => func.values.get(value) === 'any');
    for (const word of words) and(t.op('is', [word], arrayCode));
    const first = holds;
    let second: { readonly insts: Inst[] } | null = null;
    if (words.length > 0) {
      // The arrays can be looked into only where they are known to be some.
      second = { insts: tests.splice(tests.length) };
      blockInsts = second.insts;
      holds = null;
    }
    const g = new Emitter(func, this.#cx.calls, blockInsts, { ...header.insts[0], ...like, exc: null } as Inst);
    const also = (cond: ValueId): void => {
      holds = holds === null ? cond : g.op('and.i32', [holds, cond]);
    };
    for (const value of guess.arrays) {
      let object = value;
      if (func.values.get(value) === 'any') {
        object = g.unbox(value, arrayCode);
        forwarding.set(value, g.box(object, arrayCode));
      }
      arrays.set(value, object);
      also(g.op('eq.i32', [g.rt('array.kind', [object]), g.constant('i32', guess.code)]));
    }
    for (const word of guess.words) {
      also(g.op('is', [word], guess.code));
      forwarding.set(word, trusted(word));
    }
    const inside = args.slice();
    for (const [i, param] of header.params.entries()) {
      if (!guess.params.has(param)) {
        inside[i] = forwarding.get(args[i] as ValueId);
        continue;
      }
      also(g.op('is', [args[i] as ValueId], guess.code));
      inside[i] = trusted(args[i] as ValueId);
    }
    const { span } = header.term;
    const start = this.#block(list, [], begin, { kind: 'jump', to: { block: copy.header, args: inside }, span });
    const slow = (): Edge => ({ block: id, args: args.slice() });
    const refusing = slow();
    let term: Block['term'] =
      holds === null
        ? { kind: 'jump', to: { block: start, args: [] }, span }
        : { kind: 'br', cond: holds, then: { block: start, args: [] }, else: refusing, span };
    if (second !== null && first !== null) {
      // Both refusals meet in one block, which a further version can stand in front of.
      const meet = this.#block(list, [], [], { kind: 'jump', to: refusing, span });
      if (term.kind === 'br') term = { ...term, else: { block: meet, args: [] } };
      const looks = this.#block(list, [], second.insts, term);
      term = { kind: 'br', cond: first, then: { block: looks, args: [] }, else: { block: meet, args: [] }, span };
    }
    this.#refusals.set(id, refusing);
    const entry = this.#block(list, params, tests, term);
    for (const edge of entering) {
      edge.block = entry;
      if (!many) edge.args = [];
    }
    // In the order in which they are reached.
    list.reverse();
    this.#rewrite(shape, guess, copy.blocks, arrays, forwarding);
    const known = this.#made.get(id);
    const all = [...list, ...copy.blocks];
    if (known === undefined) this.#made.set(id, all);
    else known.push(...all);
  }

  /** By header: the edge to the loop as it was, from where guesses were wrong. */
  readonly #refusals = new Map<BlockId, Edge>();

  /** Makes a copy typed where that follows from the guess. */
  #rewrite(
    shape: LoopShape,
    guess: Guess,
    copies: readonly (readonly [BlockId, Block])[],
    arrays: ReadonlyMap<ValueId, ValueId>,
    forwarding: Forwarding,
  ): void {
    const { cfg } = this.#analyses;
    const { code } = guess;
    const kind = rawKind(code) as Kind;
    const codeOf = (value: ValueId): number => guess.codes.get(value) ?? codeKnown(this.#analyses.known, value);
    for (const [i, member] of shape.members.entries()) {
      const copy = (copies[i] as readonly [BlockId, Block])[1];
      const originals = (cfg.blocks[member] as Block).insts;
      const out: Inst[] = [];
      for (const [k, inst] of copy.insts.entries()) {
        const original = originals[k] as Inst;
        const name = builtin(original);
        const base = arrays.get(original.args[0] as ValueId);
        const e = new Emitter(this.#func, this.#cx.calls, out, inst);
        const position = (): ValueId => {
          const at = inst.args[1] as ValueId;
          return name.startsWith('any.') ? e.unbox(at, i64) : at;
        };
        if (
          base !== undefined &&
          (name === 'array.get.any' || (name === 'any.get' && codeOf(original.args[1] as ValueId) === i64))
        ) {
          const raw = e.op(`array.get.${kind}` as OpName, [base, position()], code);
          e.finalBox(raw, code);
        } else if (
          base !== undefined &&
          (name === 'array.set.any' || (name === 'any.set' && codeOf(original.args[1] as ValueId) === i64))
        ) {
          const at = position();
          const raw = e.unbox(inst.args[2] as ValueId, code);
          e.effect(`array.set.${kind}` as OpName, [base, at, raw], code);
        } else {
          out.push(inst);
        }
      }
      copy.insts = out;
      for (const inst of out) forwardInst(inst, forwarding);
      forwardTerm(copy.term, forwarding);
    }
  }
}
