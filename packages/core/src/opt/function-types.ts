/**
 * Function values take and give what goes through them in the whole program: see `program-types.ts`.
 *
 * Functions of one signature whose values can meet are a *family*. What all of them take, or give, of one type becomes raw for all of them, so
 * that a call which may meet any of them knows how to call it. A call that knew no signature has theirs where all that it may meet are of one family:
 *
 *     v = call.boxed 1, f, x     ->     trap.if (eqz (closure.has s1, f)), otherSignature;  y = unbox.i64 x;  w = call.closure s1, f, y;  v = box.i64 w
 *
 * The check never fails; it is what the verifier of bytecode goes by. A call that knew their signature asks no more whether it is that one. If it may
 * meet one function only, it calls that, or if that captures values, a copy of it that takes its function value; where the value was found in an
 * object, which no inlining will make known, also if it can be one of few (`function-cases.ts`):
 *
 *     f4 captures n:  x = env.get 0           v = call.closure s1, f, y      ->      f9(f, y):  g = closure.of f4, f;  x = closure.get 0, g
 *                                                                                    v = call f9, f, y
 */
import { HAS, namedFunc } from '../analysis/contents.ts';
import { rawKind } from '../analysis/dynamic-types.ts';
import type { ProgramTypes } from '../analysis/program-types.ts';
import type { BuiltinName } from '../base/builtins.ts';
import { TYPE_CODES, type TypeCode } from '../base/kinds.ts';
import { copyFunc } from '../ir/copy.ts';
import { newInst } from '../ir/edit.ts';
import type { Block, Func, FuncId, Inst, IrProgram, SigId, ValueId } from '../ir/ir.ts';
import { type OpName, sharedName } from '../ir/ops.ts';
import { isLoad } from '../ir/memory.ts';
import { Emitter } from './emitter.ts';
import { splitCalls } from './function-cases.ts';
import { passesOn } from './known-callee.ts';
import type { PassContext } from './pass.ts';
import { rawBody, rawCall, rawHeader, rawSignature, type RawTypes } from './raw-signatures.ts';
import { Signatures } from './signatures.ts';

interface Family {
  readonly funcs: Set<FuncId>;
  sig: SigId;
  /** What becomes raw; null if nothing does. */
  raw: RawTypes | null;
}

/** What all functions have in common whose values can meet. */
interface Shared {
  readonly sig: SigId;
  /** All of them. */
  readonly funcs: readonly FuncId[];
  /** What they take and give raw where a call has nothing but words; null if such a call cannot know how to call them. */
  readonly ofWords: RawTypes | null;
}

/** Function values that can meet. */
interface Meeting {
  /** By the signature that their functions have had. */
  readonly families: Map<SigId, Family>;
  /** Whether they are all known. */
  isComplete: boolean;
  shared: Shared | null;
  /** Whether calls and tests may be told what is certain of them, all or none; null as long as nobody has asked. */
  leave: boolean | null;
}

/** What is certain of a call or test: `raw` is what becomes raw there. */
interface Sure extends Shared {
  readonly raw: RawTypes;
  /** Whether the functions are called, not the value. */
  readonly isDirect: boolean;
}

export class FunctionTypes {
  readonly #program: IrProgram;
  readonly #types: ProgramTypes;
  readonly #cx: PassContext;
  readonly #signatures: Signatures;
  /** By class of values that can meet. */
  readonly #meetings = new Map<number, Meeting>();
  /** By function that changes. */
  readonly #raw = new Map<FuncId, RawTypes>();
  /** By call or test of a signature that changes. */
  readonly #known = new Map<Inst, Family>();
  /** By call or test of which all is known. */
  readonly #sure = new Map<Inst, Sure>();
  /** By call that becomes one of functions: which. */
  readonly #direct = new Map<Inst, readonly FuncId[]>();
  /** By function that captures values and is called directly: the calls. */
  readonly #taking = new Map<FuncId, Inst[]>();
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
    for (const { meets: found } of made) if (!complete(found)) this.#meeting(meets(found)).isComplete = false;
    const unseen = this.#unseen();
    for (const meeting of this.#meetings.values()) {
      if (!meeting.isComplete) continue;
      for (const family of meeting.families.values()) this.#decide(family, unseen);
      meeting.shared = this.#sharedBy([...meeting.families.values()]);
    }
    for (const { func, inst, meets: found } of used) {
      const meeting = this.#meetings.get(meets(found));
      if (meeting !== undefined) this.#use(program.funcs.get(func), inst, meeting, complete(found));
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
    this.#takeValues();
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
      if (root !== found) into.set(found, root);
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
      const { families } = this.#meeting(meets(found));
      const { sig } = this.#program.funcs.get(id);
      const family = families.get(sig);
      if (family === undefined) families.set(sig, { funcs: new Set([id]), sig, raw: null });
      else family.funcs.add(id);
    }
    return meets;
  }

  #meeting(found: number): Meeting {
    let meeting = this.#meetings.get(found);
    if (meeting === undefined) {
      meeting = { families: new Map(), isComplete: true, shared: null, leave: null };
      this.#meetings.set(found, meeting);
    }
    return meeting;
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
    family.sig = this.#signatures.of(rawSignature(this.#signatures.get(family.sig), raw));
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

  /** What all functions of these families have in common; null if they have different signatures. */
  #sharedBy(families: readonly Family[]): Shared | null {
    const [family] = families;
    if (family === undefined || families.some(({ sig }) => sig !== family.sig)) return null;
    const { sig } = family;
    const { params, result } = this.#signatures.get(sig);
    const ofWords = { params: params.map(heldRaw), result: heldRaw(result) };
    // What an annotated parameter asks of a function is more than its type.
    const asksMore = ofWords.params.some(
      (code, i) => code === TYPE_CODES.func && families.some(({ raw }) => raw?.params[i] !== code),
    );
    return {
      sig,
      funcs: families.flatMap((each) => [...each.funcs]),
      ofWords: asksMore || result === TYPE_CODES.nil ? null : ofWords,
    };
  }

  /** A call of what can meet, or a test of its signature; `isComplete`: whether nothing else comes there. */
  #use(func: Func, inst: Inst, meeting: Meeting, isComplete: boolean): void {
    const { families, shared } = meeting;
    // Who asks for another signature asks in vain.
    const family = inst.op === 'call.boxed' ? undefined : families.get(inst.imm as SigId);
    if (family !== undefined && family.raw !== null) this.#known.set(inst, family);
    if (shared === null || !isComplete) return;
    const raw = inst.op === 'call.boxed' ? this.#fits(func, inst, shared) : family && (family.raw ?? NOTHING_RAW);
    if (!raw) return;
    const isDirect =
      shared.funcs.length === 1 || (shared.funcs.length <= FEW && this.#isFound(func, inst.args[0] as ValueId));
    if (inst.op === 'call.closure' && !isDirect) return;
    meeting.leave ??= this.#cx.may();
    if (meeting.leave) this.#sure.set(inst, { ...shared, raw, isDirect });
  }

  /** Whether a function value comes out of an object or a module variable. */
  #isFound(func: Func, value: ValueId): boolean {
    const { inst } = this.#cx.analyses(func).defs;
    let maker = inst[value];
    while (maker !== undefined && passesOn(maker)) maker = inst[maker.args[0] as ValueId];
    if (maker === undefined) return false;
    return maker.op === 'rt' ? FOUND_BY.has(maker.imm as BuiltinName) : isLoad(maker);
  }

  /** What becomes raw in a call that has nothing but words, if they are what the functions take. */
  #fits(func: Func, { args }: Inst, { ofWords }: Shared): RawTypes | null {
    if (ofWords === null || ofWords.params.length !== args.length - 1) return null;
    const fits = ofWords.params.every(
      (code, i) => code === -1 || this.#types.codeOf(func.id, args[i + 1] as ValueId) === code,
    );
    return fits ? ofWords : null;
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
    if (this.#direct.size > 0) splitCalls(func, this.#direct, this.#lead);
    this.#direct.clear();
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

  #certain(func: Func, inst: Inst, { sig, raw, funcs, isDirect }: Sure, out: Inst[]): void {
    const e = new Emitter(func, this.#cx.calls, out, inst);
    const [value] = inst.args as [ValueId];
    if (!isDirect) e.trapIf(e.op('eqz.i32', [e.op('closure.has', [value], sig)]), 'otherSignature');
    if (inst.op === 'closure.has') return e.final('const.i32', [], 1);
    inst.op = 'call.closure';
    inst.imm = sig;
    if (isDirect && funcs.length === 1) this.#lead(inst, funcs[0] as FuncId);
    else if (isDirect) this.#direct.set(inst, funcs);
    rawCall(func, inst, raw, out);
  }

  /** Makes a call of a function value one of a function. One that captures values needs the function value. */
  readonly #lead = (call: Inst, to: FuncId): void => {
    call.op = 'call';
    call.imm = to;
    if (this.#program.funcs.get(to).captures.length === 0) call.args = call.args.slice(1);
    else if (!this.#taking.get(to)?.push(call)) this.#taking.set(to, [call]);
  };

  /** Makes the functions that take their function values. Calls lead there first, those in what is copied too. */
  #takeValues(): void {
    const { funcs } = this.#program;
    let id: number = funcs.nextId();
    for (const calls of this.#taking.values()) {
      for (const call of calls) call.imm = id;
      id += 1;
    }
    for (const from of this.#taking.keys())
      funcs.add(takingItsValue(funcs.get(from), funcs.nextId(), this.#signatures));
  }
}

/** A copy of a function that finds captured values in a function value, its first operand. */
function takingItsValue(original: Func, id: FuncId, signatures: Signatures): Func {
  const { func: body } = copyFunc(original, id);
  const { params, result } = signatures.get(original.sig);
  const func: Func = {
    ...body,
    params: ['ref', ...body.params],
    captures: [],
    sig: signatures.of({ params: [TYPE_CODES.func as TypeCode, ...params], result }),
    boxed: null,
  };
  const entry = func.blocks.get(func.entry) as Block;
  const value = func.values.add('ref');
  entry.params.unshift(value);
  const of = newInst(func, { span: func.span, inlined: [] }, 'closure.of', [value], original.id, 'ref');
  for (const { insts } of func.blocks.values()) {
    for (const inst of insts) {
      if (!inst.op.startsWith('env.get.')) continue;
      inst.op = sharedName(inst.op.replace('env', 'closure') as OpName);
      inst.args = [of.result as ValueId];
    }
  }
  entry.insts.splice(entry.insts[0]?.op === 'poll' ? 1 : 0, 0, of);
  return func;
}

/** Functions that are told apart at one call. */
const FEW = 4;
/** What looks up words in objects. */
const FOUND_BY: ReadonlySet<BuiltinName> = new Set<BuiltinName>(['any.get', 'array.get.any', 'iter.next', 'dyn.field']);

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
