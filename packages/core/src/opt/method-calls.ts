/**
 * Calls of methods by name as calls by type: see `method-cases.ts`.
 */
import { NOMINAL } from '../base/kinds.ts';
import { copyEdge, insertBlocks, newBlockId, newInst, removeUnreachable } from '../ir/edit.ts';
import { canThrow, isPure } from '../ir/effects.ts';
import type { Block, BlockId, Edge, Func, Inst, TypeCode, ValueId } from '../ir/ir.ts';
import type { PassContext } from './pass.ts';

/** Types that are told apart at one call. */
const MOST_TYPES = 4;
/** Instructions between the lookup of a method and its call. */
const REACH = 24;
/** Calls in one function. */
const MOST_CALLS = 32;

/** One type that has the method, and the boxed entry of it. */
interface Case {
  readonly code: TypeCode;
  readonly entry: Block;
  /** Whose block that is. */
  readonly func: Func;
}

/** A call by name: where its lookup is in the block, and the types that have the method. */
interface Site {
  readonly from: number;
  readonly cases: readonly Case[];
}

export class MethodCalls {
  readonly #func: Func;
  readonly #cx: PassContext;
  readonly #makers: ReadonlyMap<ValueId, Inst>;
  readonly #cases = new Map<string, readonly Case[]>();

  constructor(func: Func, cx: PassContext, makers: ReadonlyMap<ValueId, Inst>) {
    this.#func = func;
    this.#cx = cx;
    this.#makers = makers;
  }

  run(): boolean {
    let count = 0;
    const behind = new Map<BlockId, [BlockId, Block][]>();
    for (const [id, first] of this.#func.blocks) {
      const made: [BlockId, Block][] = [];
      let block = first;
      let at = 0;
      for (let again = true; again && count < MOST_CALLS; ) {
        again = false;
        for (let i = at; i < block.insts.length; i++) {
          const site = this.#site(block, i);
          if (site === null || !this.#cx.may()) continue;
          block = this.#split(block, i, site, made);
          at = 0;
          count += 1;
          again = true;
          break;
        }
      }
      if (made.length > 0) behind.set(id, made);
    }
    insertBlocks(this.#func, behind, 'behind');
    if (count > 0) removeUnreachable(this.#func);
    return count > 0;
  }

  #site(block: Block, at: number): Site | null {
    const call = block.insts[at] as Inst;
    if (call.op !== 'call.boxed') return null;
    const func = this.#builtin(call.args[0] as ValueId, 'any.func');
    const method = func === null ? null : this.#builtin(func.args[0] as ValueId, 'dyn.method');
    const object = call.args[1];
    if (func === null || method === null || object === undefined || method.args[0] !== object) return null;
    const name = this.#makers.get(method.args[1] as ValueId);
    if (name?.op !== 'const.str') return null;
    const from = this.#placeOf(block, method, at);
    if (from === -1 || !this.#isQuiet(block.insts.slice(from + 1, at), func)) return null;
    const cases = this.#casesOf(name.imm as string);
    if (cases.length === 0 || cases.some(({ entry }) => entry.params.length !== call.args.length - 1)) return null;
    return { from, cases };
  }

  /** Where an instruction stands, if that is not far before a call. */
  #placeOf({ insts }: Block, inst: Inst, at: number): number {
    for (let i = at - 1; i >= 0 && i >= at - REACH; i--) if (insts[i] === inst) return i;
    return -1;
  }

  #builtin(value: ValueId, name: string): Inst | null {
    const maker = this.#makers.get(value);
    return maker?.op === 'rt' && maker.imm === name ? maker : null;
  }

  /** Whether nothing between the lookup and the call can fail or shows. */
  #isQuiet(insts: readonly Inst[], func: Inst): boolean {
    return insts.every((inst) => inst === func || (isPure(inst) && !canThrow(inst)));
  }

  /** Types with a method of that name; none if that is not the whole truth, or there are too many. */
  #casesOf(name: string): readonly Case[] {
    let cases = this.#cases.get(name);
    if (cases === undefined) this.#cases.set(name, (cases = this.#findCases(name)));
    return cases;
  }

  #findCases(name: string): readonly Case[] {
    const { types, funcs } = this.#cx.program;
    const cases: Case[] = [];
    for (const [id, type] of types.entries()) {
      if (type.kind !== 'struct') continue;
      if (type.fields.some((field) => field.name === name)) return [];
      const method = type.methods.find((each) => each.name === name);
      if (method === undefined) continue;
      const boxed = funcs.get(method.func).boxed;
      const entry = boxed === null ? null : funcs.get(boxed);
      if (entry === null || entry.blocks.size !== 1 || entry.captures.length > 0) return [];
      const body = entry.blocks.get(entry.entry) as Block;
      if (body.term.kind !== 'ret' || !body.insts.some(({ op }) => op === 'call')) return [];
      cases.push({ code: (NOMINAL + id) as TypeCode, entry: body, func: entry });
    }
    return cases.length > MOST_TYPES ? [] : cases;
  }

  /** Writes the cases of one call, into blocks that follow those made before. Gives the block behind it. */
  #split(block: Block, at: number, { from: start, cases }: Site, made: [BlockId, Block][]): Block {
    const func = this.#func;
    const call = block.insts[at] as Inst;
    const object = call.args[1] as ValueId;
    const { span } = call;
    const list: [BlockId, Block][] = [];
    const add = (params: ValueId[], insts: Inst[], term: Block['term']): BlockId => {
      const id = newBlockId(func);
      list.push([id, { params, insts, term }]);
      return id;
    };
    // What is between the lookup and the call is wanted by every case.
    const between = block.insts.slice(start + 1, at).filter((inst) => inst.result !== call.args[0]);
    const lookup = [block.insts[start] as Inst, this.#makers.get(call.args[0] as ValueId) as Inst];
    const behind: Block = { params: [], insts: block.insts.slice(at + 1), term: block.term };
    const joined = call.result;
    if (joined !== null) behind.params.push(joined);
    const join = newBlockId(func);
    const result = joined === null ? null : func.values.add('any');
    const leave = (value: ValueId | null): Block['term'] => ({
      kind: 'jump',
      to: { block: join, args: joined === null ? [] : [value as ValueId] },
      span,
    });
    let next = add([], [...lookup, { ...call, result }], leave(result));
    for (const { code, entry, func: from } of [...cases].reverse()) {
      const insts: Inst[] = [];
      const value = this.#copy(entry, from, call, insts);
      const direct = add([], insts, leave(value));
      const test = newInst(func, call, 'is', [object], code, 'i32');
      const then: Edge = { block: direct, args: [] };
      const otherwise: Edge = { block: next, args: [] };
      const term: Block['term'] = { kind: 'br', cond: test.result as ValueId, then, else: otherwise, span };
      if (code === cases[0]?.code) {
        block.insts = [...block.insts.slice(0, start), ...between, test];
        block.term = term;
      } else next = add([], [test], term);
    }
    made.push(...list.reverse(), [join, behind]);
    return behind;
  }

  /** A copy of a boxed entry's body at a call. Gives its result. */
  #copy(entry: Block, from: Func, call: Inst, out: Inst[]): ValueId {
    const values = new Map<ValueId, ValueId>();
    for (const [i, param] of entry.params.entries()) values.set(param, call.args[i + 1] as ValueId);
    for (const inst of entry.insts) {
      const copy: Inst = {
        op: inst.op,
        args: inst.args.map((arg) => values.get(arg) as ValueId),
        imm: inst.imm,
        result: inst.result,
        exc: null,
        span: call.span,
        inlined: call.inlined,
      };
      if (canThrow(copy) && call.exc !== null) copy.exc = copyEdge(call.exc);
      if (inst.result !== null) {
        copy.result = this.#func.values.add(from.values.get(inst.result));
        values.set(inst.result, copy.result);
      }
      out.push(copy);
    }
    return values.get((entry.term as { value: ValueId }).value) as ValueId;
  }
}
