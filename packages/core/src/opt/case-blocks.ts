/**
 * Blocks of a loop, and the same once more for the likely types: see `type-cases.ts`.
 */
import type { Analyses } from '../analysis/analyses.ts';
import type { Defs } from '../analysis/defs.ts';
import { adaptedResult, dynamicResult, rawKind } from '../analysis/dynamic-types.ts';
import { codeKnown, type Knowledge } from '../analysis/propagate.ts';
import { NOMINAL, TYPE_CODES } from '../base/kinds.ts';
import { countUses, insertBlocks, newBlockId } from '../ir/edit.ts';
import type { Block, BlockId, Edge, Func, Inst, ValueId } from '../ir/ir.ts';
import { ARITHMETIC, builtin, dynamicOperands, integerIn } from './dynamic-operands.ts';
import { ACCESSES, type Access, takesWords, typedAccess } from './element-accesses.ts';
import { Emitter } from './emitter.ts';
import { LoopEntries } from './loop-entries.ts';
import { mayChangeStorage } from './loop-guesses.ts';
import { guessedLoops } from './loop-versions.ts';
import type { PassContext } from './pass.ts';
import { accepts, fieldOf, FIELDS, getField, setField, structsByMembers } from './struct-fields.ts';

/** Instructions that one block repeats, and one function. */
const MOST_IN_BLOCK = 48;
const MOST_IN_FUNCTION = 400;
/** Instructions with tests in one block. */
const MOST_CASES = 6;

const { i64, f64, string, array: arrayCode } = TYPE_CODES;

/** An instruction that is typed if something can be tested. */
type Case =
  | {
      readonly access: Access;
      /** An array, or a word that may be one. */
      readonly array: ValueId;
      readonly code: number;
    }
  /** Words that it computes with, as the block as it was names them. */
  | { readonly access: 'operands'; readonly words: readonly ValueId[]; readonly code: number };

/** The end of a block that is repeated. */
interface Tail {
  readonly insts: readonly Inst[];
  /** Types that values are likely to have, by what is done with them. */
  readonly wanted: ReadonlyMap<ValueId, number>;
  /** What the copies hand over, and to which block. */
  readonly results: readonly ValueId[];
  readonly join: BlockId;
  /** In the order of code. */
  readonly blocks: [BlockId, Block][];
}

/** The copy for the likely types while it is written. */
interface Copy {
  /** By value of the block as it was. */
  readonly values: Map<ValueId, ValueId>;
  readonly codes: Map<ValueId, number>;
  /** Words that are arrays, unboxed. */
  readonly objects: Map<ValueId, ValueId>;
  /** What arrays store, until something may change it. */
  readonly kinds: Map<ValueId, number>;
  /** Where it goes on. */
  block: Block;
}

export class CaseBlocks {
  readonly #func: Func;
  readonly #analyses: Analyses;
  readonly #known: Knowledge;
  readonly #makers: Defs['inst'];
  readonly #cx: PassContext;
  readonly #uses: Int32Array;
  /** What values are likely to be of which members are used by name. */
  readonly #structs: ReadonlyMap<ValueId, number>;
  /** New blocks, by the block that they were made of. */
  readonly #behind = new Map<BlockId, [BlockId, Block][]>();
  #room = MOST_IN_FUNCTION;

  constructor(func: Func, analyses: Analyses, cx: PassContext) {
    this.#func = func;
    this.#analyses = analyses;
    this.#known = analyses.known;
    this.#makers = analyses.defs.inst;
    this.#cx = cx;
    this.#uses = countUses(func);
    this.#structs = structsByMembers(func, this.#makers, cx.program);
  }

  run(): boolean {
    const { cfg, loops: nest } = this.#analyses;
    const left = this.#leftToVersions();
    for (const [at, block] of cfg.blocks.entries()) {
      const loop = nest.loopOf[at] as number;
      if (loop !== -1 && !left.has(loop)) this.#split(cfg.ids[at] as BlockId, block);
    }
    insertBlocks(this.#func, this.#behind, 'behind');
    return this.#behind.size > 0;
  }

  /** Loops that `typed-loops` has something to guess of. */
  #leftToVersions(): ReadonlySet<number> {
    const { cfg, loops: nest } = this.#analyses;
    const entries = new LoopEntries(this.#func, cfg, nest.loops, nest.loopOf);
    const left = new Set<number>();
    for (const { shape } of guessedLoops(this.#func, this.#analyses, entries)) left.add(shape.loop);
    return left;
  }

  #split(id: BlockId, block: Block): void {
    const wanted = this.#wanted(block.insts);
    const copy: Copy = { values: new Map(), codes: new Map(), objects: new Map(), kinds: new Map(), block };
    const from = block.insts.findIndex((inst) => inst.exc === null && this.#caseOf(inst, copy, wanted) !== null);
    if (from === -1) return;
    const insts = block.insts.slice(from, this.#endOf(block.insts, from));
    if (insts.length > this.#room || !this.#cx.may()) return;
    const within = new Map<ValueId, number>();
    for (const { args } of insts) for (const arg of args) within.set(arg, (within.get(arg) ?? 0) + 1);
    const results = insts.flatMap(({ result }) =>
      result !== null && (this.#uses[result] as number) > (within.get(result) ?? 0) ? [result] : [],
    );
    const join = newBlockId(this.#func);
    const rest: Block = { params: results.slice(), insts: block.insts.slice(from + insts.length), term: block.term };
    block.insts = block.insts.slice(0, from);
    const tail: Tail = { insts, wanted, results, join, blocks: [] };
    this.#likely(tail, copy);
    tail.blocks.push([join, rest]);
    this.#behind.set(id, tail.blocks);
  }

  /** Behind the last instruction that handles words, and before the next poll or what a handler would see. */
  #endOf(insts: readonly Inst[], from: number): number {
    const isWord = (value: ValueId): boolean => this.#func.values.get(value) === 'any';
    let end = from;
    for (let i = from; i < insts.length && i < from + MOST_IN_BLOCK; i++) {
      const { op, args, result, exc } = insts[i] as Inst;
      if (op === 'poll' || exc !== null) break;
      if (args.some(isWord) || (result !== null && isWord(result))) end = i + 1;
    }
    return end;
  }

  /**
   * The types that the values of a block are used as, looking back from its end: what is unboxed, stored, compared with a value of
   * a known type, or makes such a value. A single operation on words is one instruction, and no slower than a test and a typed one.
   */
  #wanted(insts: readonly Inst[]): Map<ValueId, number> {
    const wanted = new Map<ValueId, number>();
    const want = (value: ValueId, code: number | undefined): void => {
      if (code !== undefined && !wanted.has(value)) wanted.set(value, code);
    };
    for (let i = insts.length - 1; i >= 0; i--) {
      const inst = insts[i] as Inst;
      const { op, args, imm, result } = inst;
      // Who asks for a struct or enum sees others too, and asks for those next.
      const asks = op === 'is' && (imm as number) < NOMINAL;
      if (asks || op.startsWith('unbox.')) want(args[0] as ValueId, op === 'unbox.f64' ? f64 : (imm as number));
      const name = builtin(inst);
      if (name === 'adapt.any') want(args[1] as ValueId, wanted.get(result as ValueId));
      else if (name === 'any.get') want(args[0] as ValueId, arrayCode);
      else if (STORES.test(name)) want(args.at(-1) as ValueId, i64);
      const operands = dynamicOperands(inst);
      const code = ARITHMETIC.test(name)
        ? wanted.get(result as ValueId)
        : operands.map((value) => codeKnown(this.#known, value)).find((known) => known !== -1);
      for (const value of operands) want(value, code);
    }
    return wanted;
  }

  #codeOf(value: ValueId, copy: Copy): number {
    return copy.codes.get(value) ?? codeKnown(this.#known, value);
  }

  /** What is told apart at an instruction, if it is dynamic and there is something to go by. */
  #caseOf(inst: Inst, copy: Copy, wanted: ReadonlyMap<ValueId, number>): Case | null {
    const args = inst.args.map((value) => copy.values.get(value) ?? value);
    const name = builtin(inst);
    const access = ACCESSES.get(name);
    if (access !== undefined) {
      const [array, at] = args as [ValueId, ValueId];
      const code = access === 'get' ? wanted.get(inst.result as ValueId) : this.#codeOf(args.at(-1) as ValueId, copy);
      if (code === undefined || code === -1 || rawKind(code) === null) return null;
      if (!takesWords(inst)) return { access, array, code };
      const base = this.#codeOf(array, copy);
      const fits = (base === -1 || base === arrayCode) && this.#codeOf(at, copy) === i64;
      return fits ? { access, array, code } : null;
    }
    if (FIELDS.has(name)) {
      const struct = this.#structs.get(inst.args[0] as ValueId);
      if (struct === undefined || this.#codeOf(args[0] as ValueId, copy) !== -1) return null;
      return { access: 'operands', words: [inst.args[0] as ValueId], code: struct };
    }
    const operands = name === 'adapt.any' ? inst.args.slice(1) : dynamicOperands(inst);
    const words = operands.filter((value) => this.#codeOf(copy.values.get(value) ?? value, copy) === -1);
    const code = wanted.get(words[0] as ValueId) ?? -1;
    return (code > 0 && code <= f64) || code === string ? { access: 'operands', words, code } : null;
  }

  /** Writes the copy for the likely types, and behind each test what happens if it fails. */
  #likely(tail: Tail, copy: Copy): void {
    let cases = 0;
    for (const [i, original] of tail.insts.entries()) {
      const found = cases < MOST_CASES ? this.#caseOf(original, copy, tail.wanted) : null;
      if (found !== null && this.#room >= tail.insts.length - i) {
        cases += 1;
        const values = new Map(copy.values);
        this.#test(found, original, tail, copy, () => this.#unlikely(tail, i, values));
        if (found.access !== 'operands') continue;
      }
      const inst = this.#copied(original, copy.values);
      if (this.#typedField(inst, original, copy)) continue;
      copy.block.insts.push(inst);
      this.#note(inst, original, copy);
    }
    this.#leave(tail, copy.values, copy.block);
  }

  /** Writes the tests of a case, and the typed instruction if it is an access. */
  #test(found: Case, original: Inst, tail: Tail, copy: Copy, unlikely: () => readonly [BlockId, Block]): void {
    const like = { ...original, args: [] };
    const emitter = (): Emitter => new Emitter(this.#func, this.#cx.calls, copy.block.insts, like);
    let refused: BlockId | null = null;
    const only = (cond: ValueId): void => {
      if (refused === null) {
        const made = unlikely();
        refused = made[0];
        tail.blocks.push([...made]);
      }
      const next: Block = { params: [], insts: [], term: { kind: 'unreachable', value: null, span: original.span } };
      const then: Edge = { block: newBlockId(this.#func), args: [] };
      copy.block.term = { kind: 'br', cond, then, else: { block: refused, args: [] }, span: original.span };
      tail.blocks.push([then.block, next]);
      copy.block = next;
    };
    if (found.access === 'operands') {
      for (const word of found.words) {
        const value = copy.values.get(word) ?? word;
        if (this.#codeOf(value, copy) !== -1) continue;
        only(emitter().op('is', [value], found.code));
        const e = emitter();
        const known = e.box(e.unbox(value, found.code), found.code);
        copy.values.set(word, known);
        copy.codes.set(known, found.code);
      }
      return;
    }
    const { access, array, code } = found;
    let object = array;
    if (this.#func.values.get(array) === 'any') {
      const unboxed = copy.objects.get(array);
      if (unboxed === undefined) {
        if (this.#codeOf(array, copy) === -1) only(emitter().op('is', [array], arrayCode));
        copy.objects.set(array, emitter().unbox(array, arrayCode));
      }
      object = copy.objects.get(array) as ValueId;
    }
    if (copy.kinds.get(object) !== code) {
      const e = emitter();
      only(e.op('eq.i32', [e.rt('array.kind', [object]), e.constant('i32', code)]));
      copy.kinds.set(object, code);
    }
    const inst = this.#copied(original, copy.values);
    typedAccess(new Emitter(this.#func, this.#cx.calls, copy.block.insts, inst), inst, object, code);
    if (inst.result !== null) copy.codes.set(inst.result, code);
    if (access === 'get') return;
    for (const [other, kind] of copy.kinds) if (kind !== code) copy.kinds.delete(other);
  }

  /** The rest of a block from an instruction on as it was. */
  #unlikely(tail: Tail, from: number, values: Map<ValueId, ValueId>): readonly [BlockId, Block] {
    const insts = tail.insts.slice(from).map((inst) => this.#copied(inst, values));
    const block: Block = {
      params: [],
      insts,
      term: { kind: 'unreachable', value: null, span: (tail.insts[from] as Inst).span },
    };
    this.#room -= insts.length;
    this.#leave(tail, values, block);
    return [newBlockId(this.#func), block];
  }

  #copied(inst: Inst, values: Map<ValueId, ValueId>): Inst {
    const args = inst.args.map((value) => values.get(value) ?? value);
    const result = inst.result === null ? null : this.#func.values.add(this.#func.values.get(inst.result));
    if (result !== null) values.set(inst.result as ValueId, result);
    return { ...inst, args, result };
  }

  #leave({ results, join, insts }: Tail, values: ReadonlyMap<ValueId, ValueId>, block: Block): void {
    const { span } = insts.at(-1) as Inst;
    block.term = {
      kind: 'jump',
      to: { block: join, args: results.map((value) => values.get(value) as ValueId) },
      span,
    };
  }

  /** What an instruction of the copy gives, and what it leaves of what is known. */
  #note(inst: Inst, original: Inst, copy: Copy): void {
    const codeOf = (value: ValueId): number => this.#codeOf(value, copy);
    for (const [array, kind] of copy.kinds) if (mayChangeStorage(inst, kind, codeOf)) copy.kinds.delete(array);
    if (inst.result === null || this.#func.values.get(inst.result) !== 'any') return;
    const name = builtin(inst);
    let code = -1;
    if (inst.op === 'box.f64') code = f64;
    else if (inst.op === 'box.i32' || inst.op === 'box.i64') code = inst.imm as number;
    else if (name === 'adapt.any') {
      const [literal, other] = inst.args.map(codeOf) as [number, number];
      code = adaptedResult(literal, other, () => integerIn(original.args[0] as ValueId, this.#makers, this.#known));
    } else if (ARITHMETIC.test(name)) {
      const [a = -1, b = -1] = dynamicOperands(inst).map(codeOf);
      code = dynamicResult(name, a, b);
    }
    copy.codes.set(inst.result, code);
  }

  /** Reads or writes a field of what is known to be a struct, if what is written has the field's type. */
  #typedField(inst: Inst, original: Inst, copy: Copy): boolean {
    if (!FIELDS.has(builtin(inst))) return false;
    const [object, , value] = inst.args as [ValueId, ValueId, ValueId | undefined];
    const name = this.#makers[original.args[1] as ValueId];
    const struct = this.#codeOf(object, copy);
    const field = name?.op === 'const.str' ? fieldOf(this.#cx.program, struct, name.imm as string) : null;
    if (field === null || (value !== undefined && !accepts(field, this.#codeOf(value, copy)))) return false;
    const e = new Emitter(this.#func, this.#cx.calls, copy.block.insts, inst);
    const unboxed = e.unbox(object, struct);
    if (value !== undefined) setField(e, unboxed, field, () => e.unbox(value, field.code), value);
    else {
      getField(e, unboxed, field);
      copy.codes.set(inst.result as ValueId, field.kind === 'any' ? -1 : field.code);
    }
    return true;
  }
}

const STORES = /^(array\.(set|push)|any\.set)/;
