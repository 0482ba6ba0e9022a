/**
 * Text that nobody else holds grows in place, and numbers are written straight into it:
 *
 *     b1(s):  t = rt text.i64 n                         b1(s):  s' = rt str.append.i64 s, n
 *             s' = rt str.concat s, t             ->            jump b1(s')
 *             jump b1(s')
 *
 * A string can only be changed if it is a view of a builder, and those come from joining alone. So a value is *its own* if no view
 * that it can be is known by another name: constants, texts of numbers and single bytes are flat; a join makes a new string, unless
 * one side is empty; a parameter is its own if all that is handed to it is, and what comes into a loop is given a name of its own in
 * front of it. And no later use may see the change: whatever keeps the string (a call, a store, an edge, the join itself) has to be
 * the last use of the value. Instructions that only look at it may come before.
 */
import type { Analyses } from '../analysis/analyses.ts';
import { type IsLiveInto, livenessOf } from '../analysis/liveness.ts';
import type { BuiltinName } from '../base/builtins.ts';
import { hasInst, newInst, targetsOf } from '../ir/edit.ts';
import type { Block, Func, Inst, ValueId } from '../ir/ir.ts';
import type { FuncPass, PassContext } from './pass.ts';

export const appends: FuncPass = {
  name: 'appends',
  doc: 'text that nobody else holds grows in place, numbers are written into it',
  settles: true,
  run: (func, cx) => (hasInst(func, (inst) => isBuiltin(inst, 'str.concat')) ? new Appends(func, cx).run() : false),
};

/** Instructions that look at a string and keep nothing of it. */
const LOOKS: ReadonlySet<BuiltinName> = new Set<BuiltinName>([
  'str.byte',
  'str.single',
  'str.index',
  'str.eq',
  'str.cmp',
  'out.text',
]);
/** What is never a view, and at least one byte long. */
const FLAT: ReadonlySet<BuiltinName> = new Set<BuiltinName>(['text.i64', 'text.u64', 'text.f64', 'str.index']);

function isBuiltin(inst: Inst | undefined, name: BuiltinName): boolean {
  return inst?.op === 'rt' && inst.imm === name;
}

class Appends {
  readonly #func: Func;
  readonly #cx: PassContext;
  readonly #analyses: Analyses;
  #isLiveInto: IsLiveInto | null = null;
  /** What was found of values so far; those in question count as their own until one is found that is not. */
  readonly #own = new Map<ValueId, boolean>();
  /** By value: those in question that can be their own only if it is. */
  readonly #madeOf = new Map<ValueId, ValueId[]>();
  readonly #refuted: ValueId[] = [];
  /** By position of a loop's header: the blocks that go back to it. */
  #headers: Map<number, readonly number[]> | null = null;

  constructor(func: Func, cx: PassContext) {
    this.#func = func;
    this.#cx = cx;
    this.#analyses = cx.analyses(func);
  }

  run(): 'values' | false {
    const joins: Inst[] = [];
    for (const { insts } of this.#analyses.cfg.blocks)
      for (const inst of insts) if (isBuiltin(inst, 'str.concat')) joins.push(inst);
    for (const { args } of joins) this.#ask(args[0] as ValueId);
    this.#settle();
    // One change for all, because each is right only together with those that its left side comes from.
    if (!joins.some((join) => this.#grows(join) || this.#numberOf(join) !== null) || !this.#cx.may()) return false;
    this.#nameEntries();
    const changes = joins.map((join) => ({ join, grows: this.#grows(join), number: this.#numberOf(join) }));
    for (const { join, grows, number } of changes) {
      if (number !== null) {
        join.imm = grows ? 'str.append.i64' : 'str.concat.i64';
        join.args = [join.args[0] as ValueId, number];
      } else if (grows) join.imm = 'str.append';
    }
    return 'values';
  }

  /** Whether a join may change its left side, which can be a view. */
  #grows({ args }: Inst): boolean {
    const left = args[0] as ValueId;
    return !this.#isFlat(left) && this.#isOwn(left);
  }

  /** The number of which a join appends the text, if that text is made for it alone, right there. */
  #numberOf(join: Inst): ValueId | null {
    const { defs, uses } = this.#analyses;
    const text = join.args[1] as ValueId;
    const maker = defs.inst[text];
    if (maker === undefined || !isBuiltin(maker, 'text.i64') || maker.exc !== null) return null;
    if ((uses.start[text + 1] as number) - (uses.start[text] as number) !== 1) return null;
    return uses.block[uses.start[text] as number] === defs.block[text] ? (maker.args[0] as ValueId) : null;
  }

  #isFlat(value: ValueId): boolean {
    const maker = this.#analyses.defs.inst[value];
    return (
      maker !== undefined && (maker.op === 'const.str' || (maker.op === 'rt' && FLAT.has(maker.imm as BuiltinName)))
    );
  }

  #isOwn(value: ValueId): boolean {
    return this.#isFlat(value) || this.#own.get(value) === true;
  }

  /** Takes a value and what it is made of into question. */
  #ask(first: ValueId): void {
    const open = [first];
    for (let value = open.pop(); value !== undefined; value = open.pop()) {
      if (this.#own.has(value) || this.#isFlat(value)) continue;
      const sources = this.#sources(value);
      const own = sources !== null && this.#isLinear(value);
      this.#own.set(value, own);
      if (!own) this.#refuted.push(value);
      else {
        for (const source of sources) {
          const made = this.#madeOf.get(source);
          if (made === undefined) this.#madeOf.set(source, [value]);
          else made.push(value);
          open.push(source);
        }
      }
    }
  }

  /** What is made of a value that is not its own is not its own either. */
  #settle(): void {
    for (let value = this.#refuted.pop(); value !== undefined; value = this.#refuted.pop()) {
      for (const made of this.#madeOf.get(value) ?? []) {
        if (this.#own.get(made) !== true) continue;
        this.#own.set(made, false);
        this.#refuted.push(made);
      }
    }
  }

  /** The values that have to be their own for this one to be; null if it is not whatever they are. */
  #sources(value: ValueId): readonly ValueId[] | null {
    const { cfg, defs } = this.#analyses;
    const maker = defs.inst[value];
    if (maker !== undefined) {
      if (!isBuiltin(maker, 'str.concat')) return null;
      const [left, right] = maker.args as [ValueId, ValueId];
      // A join with what is not empty is new, or it is that side, which is flat. One that grows its own left side gives nothing else.
      return this.#isThere(right) || this.#isThere(left) ? [] : [this.#isFlat(left) ? right : left];
    }
    const position = defs.block[value] as number;
    const block = cfg.blocks[position] as Block;
    const at = block.params.indexOf(value);
    // Operands of the function, and what a handler is given.
    if (position === 0 || at === -1) return null;
    const sources: ValueId[] = [];
    const latches = this.#latches(position);
    for (let e = cfg.predStart[position] as number; e < (cfg.predStart[position + 1] as number); e++) {
      if (cfg.predThrows[e] === 1) return null;
      const pred = cfg.preds[e] as number;
      // What comes into a loop can be given a name of its own there.
      if (latches !== undefined && !latches.includes(pred)) continue;
      const from = cfg.blocks[pred] as Block;
      for (const edge of targetsOf(from.term)) {
        if (cfg.position[edge.block] === position) sources.push(edge.args[at] as ValueId);
      }
    }
    return sources;
  }

  /** The blocks that go back to a loop's header, if new names can be given in front of it: handlers are not known there. */
  #latches(header: number): readonly number[] | undefined {
    if (this.#headers === null) {
      const { cfg, loops } = this.#analyses;
      this.#headers = new Map();
      const handled = cfg.predThrows.includes(1);
      if (!handled) for (const loop of loops.loops) this.#headers.set(loop.header, loop.latches);
    }
    return this.#headers.get(header);
  }

  /** Gives what comes into a loop, and grows there, a name of its own: an empty string is appended to nothing. */
  #nameEntries(): void {
    const { cfg, defs } = this.#analyses;
    for (const [value, own] of this.#own) {
      const position = defs.block[value] as number;
      const latches = own && defs.inst[value] === undefined ? this.#latches(position) : undefined;
      if (latches === undefined) continue;
      const at = (cfg.blocks[position] as Block).params.indexOf(value);
      for (let e = cfg.predStart[position] as number; e < (cfg.predStart[position + 1] as number); e++) {
        const pred = cfg.preds[e] as number;
        if (latches.includes(pred)) continue;
        const { insts, term } = cfg.blocks[pred] as Block;
        for (const edge of targetsOf(term)) {
          const source = edge.args[at] as ValueId;
          if (cfg.position[edge.block] !== position || this.#isOwn(source)) continue;
          const like = { span: term.span, inlined: [] };
          const none = newInst(this.#func, like, 'const.str', [], '', 'ref');
          const named = newInst(this.#func, like, 'rt', [none.result as ValueId, source], 'str.append', 'ref');
          insts.push(none, named);
          edge.args[at] = named.result as ValueId;
        }
      }
    }
  }

  /** Whether a string is known not to be empty. */
  #isThere(value: ValueId): boolean {
    const maker = this.#analyses.defs.inst[value];
    if (maker?.op === 'const.str') return maker.imm !== '';
    return this.#isFlat(value);
  }

  /** Whether no use of a value comes behind one that keeps it. */
  #isLinear(value: ValueId): boolean {
    const { cfg, uses } = this.#analyses;
    const from = uses.start[value] as number;
    const to = uses.start[value + 1] as number;
    for (let u = from; u < to; u++) {
      const block = cfg.blocks[uses.block[u] as number] as Block;
      const index = uses.index[u] as number;
      const inst = block.insts[index];
      if (inst === undefined) {
        if (!this.#endsIn(value, block)) return false;
        continue;
      }
      if (inst.exc?.args.includes(value) === true) return false;
      if (inst.op === 'str.len' || (inst.op === 'rt' && LOOKS.has(inst.imm as BuiltinName))) continue;
      if (inst.args.indexOf(value) !== inst.args.lastIndexOf(value)) return false;
      // Uses stand in the order of the code: the next one must not be in the rest of the block.
      if (u + 1 < to && uses.block[u + 1] === uses.block[u]) return false;
      if (this.#isLiveBehind(value, block)) return false;
      if (inst.exc !== null && this.#liveInto(value, inst.exc.block)) return false;
    }
    return true;
  }

  /** Whether a terminator hands a value on, once on each way, to who knows it by that name alone. */
  #endsIn(value: ValueId, { term }: Block): boolean {
    if (term.kind === 'trap') return false;
    return targetsOf(term).every(({ args, block }) => {
      const at = args.indexOf(value);
      return at === -1 || (at === args.lastIndexOf(value) && !this.#liveInto(value, block));
    });
  }

  #isLiveBehind(value: ValueId, block: Block): boolean {
    return targetsOf(block.term).some((edge) => this.#liveInto(value, edge.block));
  }

  #liveInto(value: ValueId, block: Parameters<IsLiveInto>[1]): boolean {
    this.#isLiveInto ??= livenessOf(this.#func, this.#analyses.cfg);
    return this.#isLiveInto(value, block);
  }
}
