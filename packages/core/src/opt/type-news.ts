/**
 * Tells one function the types that words and elements have in the whole program: see `program-types.ts`.
 */
import { rawKind } from '../analysis/dynamic-types.ts';
import { FreshArrays } from '../analysis/fresh-arrays.ts';
import { isDynamic } from '../analysis/instances.ts';
import type { ProgramTypes } from '../analysis/program-types.ts';
import { codeKnown } from '../analysis/propagate.ts';
import type { BuiltinName } from '../base/builtins.ts';
import { TYPE_CODES } from '../base/kinds.ts';
import { newInst } from '../ir/edit.ts';
import type { Block, Func, FuncId, Inst, Kind, ValueId } from '../ir/ir.ts';
import type { OpName } from '../ir/ops.ts';
import { builtin, isIndifferent } from './dynamic-operands.ts';
import { typedAccess } from './element-accesses.ts';
import { Emitter } from './emitter.ts';
import type { PassContext } from './pass.ts';

/** Built-ins that give what lies in memory; of others, what comes out follows from what goes in. */
const FROM_MEMORY: ReadonlySet<string> = new Set<BuiltinName>([
  'any.get',
  'any.slice',
  'array.get.any',
  'iter.next',
  'dyn.field',
]);

/** Those that are told what arrays store. */
const OF_ARRAYS: ReadonlySet<unknown> = new Set<BuiltinName>([
  'array.new',
  'array.get.any',
  'array.push.any',
  'array.set.any',
  'array.pop.any',
]);

/** Marks of a value: somebody would do better with its type; it is the constant that says that an array has not decided what it stores. */
const WANTED = 1;
const UNDECIDED = 2;

export class TypeNews {
  readonly #func: Func;
  readonly #types: ProgramTypes;
  readonly #cx: PassContext;
  readonly #kinds: readonly Kind[];
  /** By value. */
  readonly #marks: Uint8Array;
  readonly #fresh = new FreshArrays();

  constructor(func: Func, types: ProgramTypes, cx: PassContext) {
    this.#func = func;
    this.#types = types;
    this.#cx = cx;
    this.#kinds = func.values.values();
    this.#marks = new Uint8Array(func.values.size);
  }

  run(): boolean {
    const func = this.#func;
    for (const { insts } of func.blocks.values()) {
      this.#fresh.enter();
      for (const inst of insts) {
        this.#mark(inst);
        this.#fresh.follow(inst);
      }
    }
    let changed = false;
    for (const [id, block] of func.blocks) {
      if (!this.#concerns(block)) continue;
      const out: Inst[] = [];
      const params = this.#params(block, out);
      const behind = id === func.entry && block.insts[0]?.op === 'poll' ? 1 : 0;
      if (params) out.unshift(...block.insts.slice(0, behind));
      let told = params;
      for (const inst of params ? block.insts.slice(behind) : block.insts) told = this.#inst(inst, out) || told;
      if (!told) continue;
      block.insts = out;
      changed = true;
    }
    return changed;
  }

  #mark({ op, args, imm, result }: Inst): void {
    if (op === 'const.i32' && imm === TYPE_CODES.undecided) this.#marks[result as ValueId] = UNDECIDED;
    if (op === 'rt' ? isIndifferent(imm) : op !== 'is' && op !== 'call') return;
    if (op === 'call' && !isDynamic(this.#cx.program.funcs.get(imm as FuncId))) return;
    for (let i = 0; i < args.length; i++) {
      const arg = args[i] as ValueId;
      if (this.#kinds[arg] === 'any') this.#marks[arg] = WANTED;
    }
  }

  /** Whether words are known to be of several types, one or together. */
  #differ(words: readonly ValueId[]): boolean {
    const { id } = this.#func;
    const codes = new Set(words.map((word) => this.#types.codeOf(id, word)).filter((code) => code !== -1));
    return codes.size > 1 || (new Set(words).size > 1 && words.some((word) => this.#types.several(id, word)));
  }

  /** Whether there may be something to tell in a block. */
  #concerns({ params, insts }: Block): boolean {
    for (let i = 0; i < params.length; i++) if (this.#codeOf(params[i] as ValueId) !== -1) return true;
    for (let i = 0; i < insts.length; i++) {
      const { op, imm, result } = insts[i] as Inst;
      if (op === 'rt' && OF_ARRAYS.has(imm)) return true;
      if (result !== null && this.#codeOf(result) !== -1) return true;
    }
    return false;
  }

  /** The type of a word whose type is wanted, or -1. */
  #codeOf(value: ValueId): number {
    if (this.#marks[value] !== WANTED) return -1;
    const code = this.#types.codeOf(this.#func.id, value);
    return code === -1 || rawKind(code) === null ? -1 : code;
  }

  /** The type to tell of a word, or -1. */
  #news(value: ValueId): number {
    const code = this.#codeOf(value);
    return code !== -1 && codeKnown(this.#cx.analyses(this.#func).known, value) === -1 ? code : -1;
  }

  #params(block: Block, out: Inst[]): boolean {
    let told = false;
    const like = { span: block.insts[0]?.span ?? block.term.span, inlined: [] };
    block.params = block.params.map((param) => {
      const code = this.#news(param);
      if (code === -1 || !this.#cx.may()) return param;
      told = true;
      const word = this.#func.values.add('any');
      this.#tell(word, param, code, like, out);
      return word;
    });
    return told;
  }

  #inst(inst: Inst, out: Inst[]): boolean {
    if (this.#element(inst, out)) return true;
    out.push(inst);
    if (inst.result === null || inst.op.startsWith('box.')) return false;
    if (inst.op === 'rt' && !FROM_MEMORY.has(inst.imm as string)) return false;
    const code = this.#news(inst.result);
    if (code === -1 || !this.#cx.may()) return false;
    const { result } = inst;
    inst.result = this.#func.values.add('any');
    this.#tell(inst.result, result, code, inst, out);
    return true;
  }

  /** `named` stands for the word from here on. */
  #tell(word: ValueId, named: ValueId, code: number, like: Pick<Inst, 'span' | 'inlined'>, out: Inst[]): void {
    const kind = rawKind(code) as Kind;
    const unbox = newInst(this.#func, like, `unbox.${kind}` as OpName, [word], kind === 'f64' ? null : code, kind);
    const imm = kind === 'f64' || kind === 'ref' ? null : code;
    const box = newInst(this.#func, like, `box.${kind}` as OpName, [unbox.result as ValueId], imm, null);
    box.result = named;
    out.push(unbox, box);
  }

  /** Operations on arrays whose elements are of one type. */
  #element(inst: Inst, out: Inst[]): boolean {
    const name = builtin(inst);
    const last = inst.args[inst.args.length - 1] as ValueId;
    switch (name) {
      case 'array.new':
        return this.#made(inst, out);
      case 'array.get.any':
      case 'array.push.any':
      case 'array.set.any':
      case 'array.pop.any': {
        const array = inst.args[0] as ValueId;
        const code = this.#elementOf(array);
        const stored = name === 'array.push.any' || name === 'array.set.any';
        if (code === -1 || (stored && this.#types.codeOf(this.#func.id, last) !== code) || !this.#cx.may())
          return false;
        const e = new Emitter(this.#func, this.#cx.calls, out, inst);
        if (name === 'array.pop.any') e.finalBox(e.op(`array.pop.${rawKind(code)}` as OpName, [array], code), code);
        else typedAccess(e, inst, array, code);
        return true;
      }
      default:
        return false;
    }
  }

  /** An array that has not decided what it stores decides at once: on the type of all elements, or on words if its first ones differ. */
  #made(inst: Inst, out: Inst[]): boolean {
    const one = this.#elementOf(inst.result as ValueId);
    const code = one === -1 && this.#differ(this.#fresh.first(inst.result as ValueId)) ? TYPE_CODES.any : one;
    const [stores, room] = inst.args as [ValueId, ValueId];
    if (code === -1 || this.#marks[stores] !== UNDECIDED || !this.#cx.may()) return false;
    const e = new Emitter(this.#func, this.#cx.calls, out, inst);
    e.final('rt', [e.constant('i32', code), room], 'array.new');
    return true;
  }

  /** The type of all elements of an array, if there is one in which they are held raw; else -1. */
  #elementOf(array: ValueId): number {
    const code = this.#types.elementOf(this.#func.id, array);
    return code === -1 || rawKind(code) === null ? -1 : code;
  }
}
