/**
 * A loop over dynamic values gets a version for values of one type, in front of which their types are tested:
 *
 *     b1(s: any, i):  v = rt array.get.any a, i             k = rt array.kind a;  br k = i64 and is #i64 s0, b5, b1
 *                     s' = rt dyn.add s, v             ->   b5: the same loop, with v = box.i64 (array.get.i64 a, i),
 *                     ...  br c, b1(s', i')                     which other passes make typed throughout
 *
 * The types are guesses: what the loop begins with or is combined with, what arrays were made for, or else i64 and f64 in turn. What is
 * guessed are the elements of arrays that do not change in the loop, words that do not change, and what the loop begins with. A loop
 * that could change what an array stores is left alone, and so is one that contains another.
 */
import type { Analyses } from '../analysis/analyses.ts';
import type { Loop } from '../analysis/loops.ts';
import { codeKnown, dynamicResult, rawKind } from '../analysis/propagate.ts';
import { TYPE_CODES } from '../base/kinds.ts';
import { forEachEdge, Forwarding, forwardInst, forwardTerm, insertBlocks } from '../ir/edit.ts';
import { effectsOf } from '../ir/effects.ts';
import type { Block, BlockId, Edge, Func, Inst, Kind, ValueId } from '../ir/ir.ts';
import { killsOf, ELEMENTS, LENGTHS } from '../ir/memory.ts';
import type { OpName } from '../ir/ops.ts';
import { Emitter } from './emitter.ts';
import { closeLoop, copyLoop, innermostLoops, type LoopShape, shapeOf } from './loop-copy.ts';
import { LoopEntries } from './loop-entries.ts';
import type { FuncPass, PassContext } from './pass.ts';

export const typedLoops: FuncPass = {
  name: 'typed-loops',
  doc: 'loops over dynamic values have a version for values of one type',
  settles: true,
  run: (func, cx) => {
    if (!func.values.values().includes('any') || !hasCandidates(func)) return false;
    const analyses = cx.analyses(func);
    return analyses.loops.loops.length > 0 && new TypedLoops(func, analyses, cx).run();
  },
};

/** Instructions in one copied loop, and in all of a function. */
const MOST_IN_LOOP = 64;
const MOST_IN_FUNCTION = 600;

const { i64, f64, string, array: arrayCode } = TYPE_CODES;

const ARITHMETIC = /^dyn\.(add|sub|mul|div|rem|and|or|xor|shl|shr|neg|bitnot)$/;
const ORDER = /^(dyn\.(lt|le|gt|ge)|equal\.any)$/;

function builtin(inst: Inst | undefined): string {
  return inst?.op === 'rt' ? (inst.imm as string) : '';
}

function hasCandidates(func: Func): boolean {
  for (const { insts } of func.blocks.values())
    for (let i = 0; i < insts.length; i++) {
      const name = builtin(insts[i]);
      if (ARITHMETIC.test(name) || ORDER.test(name)) return true;
    }
  return false;
}

/** The operands of an operation on dynamic values that decide what it does. */
function dynamicOperands(inst: Inst): readonly ValueId[] {
  const name = builtin(inst);
  if (!ARITHMETIC.test(name) && !ORDER.test(name)) return [];
  return inst.args.slice(0, name === 'dyn.neg' || name === 'dyn.bitnot' ? 1 : 2);
}

/** What is taken for granted of a loop. */
interface Guess {
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

class TypedLoops {
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
    const { cfg } = this.#analyses;
    let changed = false;
    // In the order of the code, so that what one loop leaves is replaced in the next before that is copied.
    for (const { loop, members } of innermostLoops(this.#analyses)) {
      if (members.length > MOST_IN_LOOP) continue;
      const blocks = members.map((at) => cfg.blocks[at] as Block);
      const size = blocks.reduce((sum, { insts }) => sum + insts.length + 1, 0);
      if (size > MOST_IN_LOOP || size > this.#room) continue;
      const view = new LoopView(this.#func, this.#analyses, this.#entries, loop, blocks);
      const guesses = view.guesses();
      if (guesses.length === 0) continue;
      const shape = shapeOf(this.#analyses, loop, members);
      if (shape === null) continue;
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
    const id = this.#func.nextBlock as BlockId;
    this.#func.nextBlock += 1;
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
    const kind = rawKind(guess.code) as Kind;
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
    const trusted = (word: ValueId): ValueId => {
      const imm = kind === 'f64' ? null : guess.code;
      const raw = b.op(`unbox.${kind}` as OpName, [word], imm);
      return b.op(`box.${kind}` as OpName, [raw], kind === 'f64' || kind === 'ref' ? null : guess.code);
    };
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
        object = g.op('unbox.ref', [value], arrayCode);
        forwarding.set(value, g.op('box.ref', [object]));
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
    const tag = kind === 'f64' ? null : code;
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
          return name.startsWith('any.') ? e.op('unbox.i64', [at], i64) : at;
        };
        if (
          base !== undefined &&
          (name === 'array.get.any' || (name === 'any.get' && codeOf(original.args[1] as ValueId) === i64))
        ) {
          const raw = e.op(`array.get.${kind}` as OpName, [base, position()], code);
          e.final(`box.${kind}` as OpName, [raw], kind === 'ref' ? null : tag);
        } else if (
          base !== undefined &&
          (name === 'array.set.any' || (name === 'any.set' && codeOf(original.args[1] as ValueId) === i64))
        ) {
          const at = position();
          const raw = e.op(`unbox.${kind}` as OpName, [inst.args[2] as ValueId], tag);
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

/** One innermost loop, and what may be guessed of it. */
class LoopView {
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
        if (this.#mayChangeStorage(inst, code, codeOf)) return null;
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

  /** Whether an instruction could make an array of the guessed type one of any words. */
  #mayChangeStorage(inst: Inst, code: number, codeOf: (value: ValueId) => number): boolean {
    if (this.#arrays.size === 0 || !effectsOf(inst).writes || inst.op === 'poll') return false;
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
        forEachEdge(block, (edge, throws) => {
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
    const left = of(a);
    if (name === 'dyn.neg' || name === 'dyn.bitnot')
      return left > 0 && left <= f64 && (left < f64 || name === 'dyn.neg') ? left : left === -2 ? -2 : -1;
    const right = of(b);
    return left === -2 || right === -2 ? -2 : dynamicResult(name, left, right);
  }
}
