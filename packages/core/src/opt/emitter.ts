/**
 * Writes the instructions that stand in the place of one: same source position, same handler for those that can throw.
 */
import { rawKind } from '../analysis/dynamic-types.ts';
import { canThrow } from '../ir/effects.ts';
import { copyEdge, newInst } from '../ir/edit.ts';
import type { Func, Inst, Kind, ValueId } from '../ir/ir.ts';
import type { Imm, OpName, Scalar } from '../ir/ops.ts';
import { type CallTypes, resultKind } from '../ir/result-kind.ts';
import type { TrapName } from '../base/traps.ts';

/** What a boxing says of the type: nothing where the kind of the value or the object itself does. */
function boxed(kind: Kind, code: number): number | null {
  return kind === 'f64' || kind === 'ref' ? null : code;
}

export class Emitter {
  readonly #func: Func;
  readonly #calls: CallTypes;
  readonly #out: Inst[];
  readonly #like: Inst;

  /** New instructions are appended to `out`. */
  constructor(func: Func, calls: CallTypes, out: Inst[], like: Inst) {
    this.#func = func;
    this.#calls = calls;
    this.#out = out;
    this.#like = like;
  }

  op(op: OpName, args: readonly ValueId[], imm: Imm = null): ValueId {
    const inst = this.#emit(op, args, imm);
    return inst.result as ValueId;
  }

  effect(op: OpName, args: readonly ValueId[], imm: Imm = null): void {
    this.#emit(op, args, imm);
  }

  rt(name: string, args: readonly ValueId[]): ValueId {
    return this.op('rt', args, name);
  }

  /** What a word holds that is known to be of the type. */
  unbox(word: ValueId, code: number): ValueId {
    const kind = rawKind(code) as Kind;
    return this.op(`unbox.${kind}` as OpName, [word], kind === 'f64' ? null : code);
  }

  box(raw: ValueId, code: number): ValueId {
    const kind = rawKind(code) as Kind;
    return this.op(`box.${kind}` as OpName, [raw], boxed(kind, code));
  }

  /** As `box`, but the result is the one that the replaced instruction gave. */
  finalBox(raw: ValueId, code: number): void {
    const kind = rawKind(code) as Kind;
    this.final(`box.${kind}` as OpName, [raw], boxed(kind, code));
  }

  trapIf(cond: ValueId, trap: TrapName): void {
    this.effect('trap.if', [cond], trap);
  }

  constant(kind: 'i32' | 'i64' | 'f64', value: Scalar): ValueId {
    return this.op(`const.${kind}`, [], kind === 'i64' ? BigInt.asIntN(64, BigInt(value)) : value);
  }

  /** As `op`, but the result is the one that the replaced instruction gave. */
  final(op: OpName, args: readonly ValueId[], imm: Imm = null): void {
    const inst: Inst = { ...this.#like, op, args: args.slice(), imm, exc: null };
    if (canThrow(inst) && this.#like.exc !== null) inst.exc = copyEdge(this.#like.exc);
    this.#out.push(inst);
  }

  #emit(op: OpName, args: readonly ValueId[], imm: Imm): Inst {
    const inst = newInst(this.#func, this.#like, op, args.slice(), imm, resultKind(op, imm, this.#calls));
    if (canThrow(inst) && this.#like.exc !== null) inst.exc = copyEdge(this.#like.exc);
    this.#out.push(inst);
    return inst;
  }
}
