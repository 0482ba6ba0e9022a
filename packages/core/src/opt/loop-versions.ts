/**
 * Versions of loops over dynamic values for values of one type: see `typed-loops.ts`.
 */
import type { Analyses } from '../analysis/analyses.ts';
import { codeKnown } from '../analysis/propagate.ts';
import { TYPE_CODES } from '../base/kinds.ts';
import { Forwarding, forwardInst, forwardTerm, insertBlocks, newBlockId } from '../ir/edit.ts';
import type { Block, BlockId, Edge, Func, Inst, Terminator, ValueId } from '../ir/ir.ts';
import { builtin } from './dynamic-operands.ts';
import { ACCESSES, takesWords, typedAccess } from './element-accesses.ts';
import { Emitter } from './emitter.ts';
import { closeLoop, copyLoop, type LoopShape, shapeOf, smallLoops } from './loop-copy.ts';
import { LoopEntries } from './loop-entries.ts';
import { type Guess, LoopView } from './loop-guesses.ts';
import type { PassContext } from './pass.ts';

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
  /** By header: the edge to the loop as it was, from where guesses were wrong. */
  readonly #refusals = new Map<BlockId, Edge>();
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

  /** Leads whoever comes to the loop to a copy of it, if the guess is right. */
  #version(shape: LoopShape, guess: Guess): void {
    const func = this.#func;
    const { cfg } = this.#analyses;
    const id = cfg.ids[shape.header] as BlockId;
    const header = cfg.blocks[shape.header] as Block;
    const { span } = header.term;
    const copy = copyLoop(func, this.#analyses, shape);

    // A second version is entered from where the first one is refused.
    const refused = this.#refusals.get(id);
    const entering: readonly Edge[] = refused === undefined ? this.#entries.edges(shape.loop).edges : [refused];
    const many = entering.length > 1;
    const params = many ? header.params.map((param) => func.values.add(func.values.get(param))) : [];
    const args = many ? params.slice() : (entering[0] as Edge).args.slice();

    const like = { ...header.insts[0], span, inlined: header.insts[0]?.inlined ?? [], exc: null } as Inst;
    // Only what is known to be an array can be looked into.
    const areArrays = new Tests(func, this.#cx, like);
    const fit = new Tests(func, this.#cx, like);
    const begin: Inst[] = [];
    const e = new Emitter(func, this.#cx.calls, begin, like);
    /** The word that is known to be what it was tested for. */
    const trusted = (word: ValueId): ValueId => e.box(e.unbox(word, guess.code), guess.code);
    const forwarding = new Forwarding();
    const arrays = new Map<ValueId, ValueId>();
    for (const value of guess.arrays) {
      let object = value;
      if (func.values.get(value) === 'any') {
        areArrays.and(areArrays.e.op('is', [value], arrayCode));
        object = fit.e.unbox(value, arrayCode);
        forwarding.set(value, fit.e.box(object, arrayCode));
      }
      arrays.set(value, object);
      fit.and(fit.e.op('eq.i32', [fit.e.rt('array.kind', [object]), fit.e.constant('i32', guess.code)]));
    }
    for (const word of guess.words) {
      fit.and(fit.e.op('is', [word], guess.code));
      forwarding.set(word, trusted(word));
    }
    const inside = header.params.map((param, i) => {
      const given = args[i] as ValueId;
      if (!guess.params.has(param)) return forwarding.get(given);
      fit.and(fit.e.op('is', [given], guess.code));
      return trusted(given);
    });

    const list: (readonly [BlockId, Block])[] = [];
    const add = (own: ValueId[], insts: Inst[], term: Terminator): BlockId => {
      const made = newBlockId(func);
      list.push([made, { params: own, insts, term }]);
      return made;
    };
    const start = add([], begin, { kind: 'jump', to: { block: copy.header, args: inside }, span });
    const refusal: Edge = { block: id, args: args.slice() };
    let entry: BlockId;
    if (areArrays.isEmpty) entry = add(params, fit.insts, fit.end(start, refusal, span));
    else {
      // Both refusals meet in one block, which a further version can stand in front of.
      const meet: Edge = { block: add([], [], { kind: 'jump', to: refusal, span }), args: [] };
      const looks = add([], fit.insts, fit.end(start, { ...meet, args: [] }, span));
      entry = add(params, areArrays.insts, areArrays.end(looks, meet, span));
    }
    this.#refusals.set(id, refusal);
    for (const edge of entering) {
      edge.block = entry;
      if (!many) edge.args = [];
    }
    this.#rewrite(shape, guess, copy.blocks, arrays, forwarding);
    // In the order in which they are reached.
    const made = [...list.reverse(), ...copy.blocks];
    const known = this.#made.get(id);
    if (known === undefined) this.#made.set(id, made);
    else known.push(...made);
  }

  /** Makes a copy typed where that follows from the guess. */
  #rewrite(
    shape: LoopShape,
    { code, codes }: Guess,
    copies: readonly (readonly [BlockId, Block])[],
    arrays: ReadonlyMap<ValueId, ValueId>,
    forwarding: Forwarding,
  ): void {
    const { cfg, known } = this.#analyses;
    const codeOf = (value: ValueId): number => codes.get(value) ?? codeKnown(known, value);
    for (const [i, member] of shape.members.entries()) {
      const copy = (copies[i] as readonly [BlockId, Block])[1];
      const originals = (cfg.blocks[member] as Block).insts;
      const out: Inst[] = [];
      for (const [k, inst] of copy.insts.entries()) {
        const [base, index] = (originals[k] as Inst).args as [ValueId, ValueId];
        const array = ACCESSES.has(builtin(inst)) ? arrays.get(base) : undefined;
        if (array === undefined || (takesWords(inst) && codeOf(index) !== i64)) out.push(inst);
        else typedAccess(new Emitter(this.#func, this.#cx.calls, out, inst), inst, array, code);
      }
      copy.insts = out;
      for (const inst of out) forwardInst(inst, forwarding);
      forwardTerm(copy.term, forwarding);
    }
  }
}

/** A block that asks whether several things hold at once, while it is written. */
class Tests {
  readonly insts: Inst[] = [];
  readonly e: Emitter;
  #holds: ValueId | null = null;

  constructor(func: Func, cx: PassContext, like: Inst) {
    this.e = new Emitter(func, cx.calls, this.insts, like);
  }

  get isEmpty(): boolean {
    return this.#holds === null;
  }

  and(cond: ValueId): void {
    this.#holds = this.#holds === null ? cond : this.e.op('and.i32', [this.#holds, cond]);
  }

  end(then: BlockId, otherwise: Edge, span: Terminator['span']): Terminator {
    const to: Edge = { block: then, args: [] };
    return this.#holds === null
      ? { kind: 'jump', to, span }
      : { kind: 'br', cond: this.#holds, then: to, else: otherwise, span };
  }
}
