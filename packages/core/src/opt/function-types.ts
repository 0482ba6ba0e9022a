/**
 * Function values take and give what goes through them in the whole program: see `program-types.ts`.
 *
 * Functions of one signature whose values can meet are a *family*. What all of them take, or give, of one type becomes raw for all of them, so
 * that a call which may meet any of them knows how to call it. A call that knew no signature has theirs where all that it may meet are of one family:
 *
 *     v = call.boxed 1, f, x     ->     trap.if (eqz (closure.has s1, f)), otherSignature;  y = unbox.i64 x;  w = call.closure s1, f, y;  v = box.i64 w
 *
 * The check never fails; it is what the verifier of bytecode goes by. A call that knew their signature asks no more whether it is that one. If it may
 * meet one function only, which captures nothing, it calls that.
 */
import { HAS, namedFunc } from '../analysis/contents.ts';
import { rawKind } from '../analysis/dynamic-types.ts';
import type { ProgramTypes } from '../analysis/program-types.ts';
import { TYPE_CODES } from '../base/kinds.ts';
import type { Block, Func, FuncId, Inst, IrProgram, SigId, ValueId } from '../ir/ir.ts';
import { Emitter } from './emitter.ts';
import type { PassContext } from './pass.ts';
import { rawBody, rawCall, rawHeader, rawSignature, type RawTypes } from './raw-signatures.ts';
import { Signatures } from './signatures.ts';

interface Family {
  readonly funcs: Set<FuncId>;
  /** Their signature, and what it becomes. */
  readonly old: SigId;
  sig: SigId;
  /** What becomes raw; null if nothing does. */
  raw: RawTypes | null;
}

/** What all functions have in common that a call or test may meet. */
interface Sure {
  readonly sig: SigId;
  /** What they take and give raw where the call has words. */
  readonly raw: RawTypes;
  /** The only one, if it captures nothing: it can be called without its value. */
  readonly only: FuncId | null;
}

export class FunctionTypes {
  readonly #program: IrProgram;
  readonly #types: ProgramTypes;
  readonly #cx: PassContext;
  readonly #signatures: Signatures;
  /** By class of values that can meet. */
  readonly #families = new Map<number, Family[]>();
  /** By function that changes. */
  readonly #raw = new Map<FuncId, RawTypes>();
  /** By call or test of a signature that changes. */
  readonly #known = new Map<Inst, Family>();
  /** By call or test of which all is known. */
  readonly #sure = new Map<Inst, Sure>();
  /** By function that values are made of: what all values give that can meet one of those. */
  readonly #given = new Map<FuncId, number>();

  /** Decides what is to be done. */
  constructor(program: IrProgram, types: ProgramTypes, cx: PassContext) {
    this.#program = program;
    this.#types = types;
    this.#cx = cx;
    this.#signatures = new Signatures(program);
    const { made, used, complete } = types.functionValues;
    if (made.length === 0) return;
    const meets = this.#collect();
    const other = new Set<number>();
    for (const { meets: found } of made) if (!complete(found)) other.add(meets(found));
    const unseen = this.#unseen();
    for (const [found, families] of this.#families)
      if (!other.has(found)) for (const family of families) this.#decide(family, unseen);
    /** By what can meet: whether calls and tests may be told what is certain of them, all or none. */
    const leave = new Map<number, boolean>();
    for (const { func, inst, meets: found } of used) {
      const root = meets(found);
      const families = this.#families.get(root) ?? [];
      const family = families.find(({ old }) => inst.op !== 'call.boxed' && old === inst.imm);
      if (family !== undefined && family.raw !== null) this.#known.set(inst, family);
      if (other.has(root) || !complete(found)) continue;
      const sure = this.#sureOf(program.funcs.get(func), inst, families);
      if (sure === null || (inst.op === 'call.closure' && sure.only === null)) continue;
      if (!leave.has(root)) leave.set(root, cx.may());
      if (leave.get(root)) this.#sure.set(inst, sure);
    }
  }

  /** Does it. True if there was anything to do. */
  run(): boolean {
    if (this.#raw.size === 0 && this.#sure.size === 0) return false;
    for (const func of this.#program.funcs.values()) {
      const raw = this.#raw.get(func.id);
      if (raw !== undefined) {
        Object.assign(func, rawHeader(func, raw, this.#signatures));
        rawBody(func, raw);
      }
      const { families } = this.#cx.contents(func);
      const calls = (families & (HAS.calls | HAS.closures | HAS.closureTests)) !== 0 && this.#rewrite(func);
      if (raw !== undefined || calls) this.#cx.changed(func);
    }
    return true;
  }

  /* ---- what is to be done -------------------------------------------------------------------------------------- */

  /** Finds the families. What comes back gives the number under which those stand that can meet in a class. */
  #collect(): (found: number) => number {
    const { made } = this.#types.functionValues;
    const into = new Map<number, number>();
    const meets = (found: number): number => {
      let root = found;
      for (let next = into.get(root); next !== undefined; next = into.get(root)) root = next;
      return root;
    };
    const first = new Map<FuncId, number>();
    for (const { func, meets: found, result } of made) {
      this.#given.set(func, same(result, this.#given.get(func) ?? result));
      const other = meets(first.get(func) ?? found);
      if (other !== meets(found)) into.set(meets(found), other);
      first.set(func, other);
    }
    for (const [id, found] of first) {
      const root = meets(found);
      const { sig } = this.#program.funcs.get(id);
      let families = this.#families.get(root);
      if (families === undefined) this.#families.set(root, (families = []));
      const family = families.find(({ old }) => old === sig);
      if (family === undefined) families.push({ funcs: new Set([id]), old: sig, sig, raw: null });
      else family.funcs.add(id);
    }
    return meets;
  }

  /** Functions that values are made of where the analysis did not come: nobody would tell those places. */
  #unseen(): ReadonlySet<FuncId> {
    const unseen = new Set<FuncId>();
    for (const func of this.#program.funcs.values()) {
      if (this.#types.reached(func.id)) continue;
      for (const name of this.#cx.contents(func).named) if (name < 0) unseen.add(namedFunc(name));
    }
    return unseen;
  }

  #decide(family: Family, unseen: ReadonlySet<FuncId>): void {
    let raw: RawTypes | null = null;
    for (const id of family.funcs) {
      if (unseen.has(id)) return;
      const own = this.#rawOf(this.#program.funcs.get(id));
      raw = raw === null ? own : common(raw, own);
    }
    if (raw === null || (raw.result === -1 && raw.params.every((code) => code === -1)) || !this.#cx.may()) return;
    family.raw = raw;
    family.sig = this.#signatures.of(rawSignature(this.#signatures.get(family.old), raw));
    for (const id of family.funcs) this.#raw.set(id, raw);
  }

  /** What a function takes and gives as words of one type. */
  #rawOf(func: Func): RawTypes {
    const { params } = func.blocks.get(func.entry) as Block;
    return {
      params: params.map((param, i) => (func.params[i] === 'any' ? heldRaw(this.#types.codeOf(func.id, param)) : -1)),
      result: func.result === 'any' ? heldRaw(this.#given.get(func.id) ?? -1) : -1,
    };
  }

  /** What all functions have in common that a call or test of these families may meet; null if they do not. */
  #sureOf(func: Func, { op, args, imm }: Inst, families: readonly Family[]): Sure | null {
    const sig = families[0]?.sig;
    if (sig === undefined || families.some((family) => family.sig !== sig)) return null;
    const funcs = families.flatMap((family) => [...family.funcs]);
    const [first] = funcs as [FuncId];
    const only = funcs.length === 1 && this.#program.funcs.get(first).captures.length === 0 ? first : null;
    if (op !== 'call.boxed') {
      // Who asks for another signature asks in vain.
      const family = families.find(({ old }) => old === imm);
      return family === undefined ? null : { sig, raw: family.raw ?? NOTHING_RAW, only };
    }
    const { params, result } = this.#signatures.get(sig);
    if (params.length !== args.length - 1 || result === TYPE_CODES.nil) return null;
    const raw = { params: params.map(heldRaw), result: heldRaw(result) };
    const fits = raw.params.every((code, i) => {
      // What an annotated parameter asks of a function is more than its type.
      if (code === TYPE_CODES.func && families.some((family) => family.raw?.params[i] !== code)) return false;
      return code === -1 || this.#types.codeOf(func.id, args[i + 1] as ValueId) === code;
    });
    return fits ? { sig, raw, only } : null;
  }

  /* ---- doing it ------------------------------------------------------------------------------------------------ */

  #rewrite(func: Func): boolean {
    let changed = false;
    for (const block of func.blocks.values()) {
      if (!block.insts.some((inst) => this.#concerns(inst))) continue;
      changed = true;
      const out: Inst[] = [];
      for (const inst of block.insts) this.#inst(func, inst, out);
      block.insts = out;
    }
    return changed;
  }

  #concerns(inst: Inst): boolean {
    if (inst.op === 'call' || inst.op === 'closure.new') return this.#raw.has(inst.imm as FuncId);
    return this.#known.has(inst) || this.#sure.has(inst);
  }

  #inst(func: Func, inst: Inst, out: Inst[]): void {
    const sure = this.#sure.get(inst);
    const family = this.#known.get(inst);
    if (family !== undefined) inst.imm = family.sig;
    if (sure !== undefined) return this.#certain(func, inst, sure, out);
    const raw =
      inst.op === 'call' ? this.#raw.get(inst.imm as FuncId) : inst.op === 'call.closure' ? family?.raw : null;
    if (raw) rawCall(func, inst, raw, out);
    else out.push(inst);
  }

  #certain(func: Func, inst: Inst, { sig, raw, only }: Sure, out: Inst[]): void {
    const e = new Emitter(func, this.#cx.calls, out, inst);
    const [value, ...args] = inst.args as [ValueId, ...ValueId[]];
    if (only === null) e.trapIf(e.op('eqz.i32', [e.op('closure.has', [value], sig)]), 'otherSignature');
    if (inst.op === 'closure.has') return e.final('const.i32', [], 1);
    inst.op = only === null ? 'call.closure' : 'call';
    inst.imm = only ?? sig;
    inst.args = only === null ? inst.args : args;
    rawCall(func, inst, raw, out);
  }
}

const NOTHING_RAW: RawTypes = { params: [], result: -1 };

function heldRaw(code: number): number {
  return code !== -1 && rawKind(code) !== null ? code : -1;
}

function same(a: number, b: number): number {
  return a === b ? a : -1;
}

function common(a: RawTypes, b: RawTypes): RawTypes {
  return { params: a.params.map((code, i) => same(code, b.params[i] ?? -1)), result: same(a.result, b.result) };
}
