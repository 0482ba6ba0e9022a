/**
 * Gives un-annotated functions typed copies for the types they are called with.
 *
 *     fn twice(x): return x + x          print(twice(3), twice("a"))
 *
 * makes one copy that takes and gives an i64 and one for strings. `instancesOf` knows which types meet; here copies are made: a
 * parameter of known type comes raw and is boxed at the entry, a result of known type is unboxed before it is returned, and
 * callers do the opposite around the call. Passes `typed-operations` and `boxes` then take the words out of the bodies.
 * Representations change, meanings do not: a copy is no function value of its own, and what fails still fails in its place.
 */
import { type Instance, instancesOf } from '../analysis/instances.ts';
import { rawKind } from '../analysis/dynamic-types.ts';
import { copyFunc } from '../ir/copy.ts';
import type { Func, FuncId, Inst, IrProgram } from '../ir/ir.ts';
import type { PassContext, ProgramPass } from './pass.ts';
import { rawBody, rawCall, rawHeader, type RawTypes } from './raw-signatures.ts';
import { Signatures } from './signatures.ts';

export const specialise: ProgramPass = {
  name: 'specialise',
  doc: 'un-annotated functions have typed copies for the types they are called with',
  runProgram: (program, cx) => {
    const instances = instancesOf(program, cx.contents);
    return instances === null ? false : new Specialisation(program, cx).run(instances);
  },
};

/** Copies of one function, and how many instructions all copies together may have beyond a multiple of the program's own. */
const MOST_COPIES = 8;
const GROWTH = 2;
const SPARE = 4000;

/** A function to rewrite: the original of an instance, or its copy. `insts` leads from the original's instructions to the copy's. */
interface Body {
  readonly instance: Instance;
  readonly func: Func;
  readonly insts: ReadonlyMap<Inst, Inst> | null;
}

function asItIs(instance: Instance): Body {
  return { instance, func: instance.func, insts: null };
}

class Specialisation {
  readonly #program: IrProgram;
  readonly #cx: PassContext;
  readonly #copies = new Map<Instance, Func>();
  readonly #perFunc = new Map<FuncId, number>();
  readonly #signatures: Signatures;
  #room: number;

  constructor(program: IrProgram, cx: PassContext) {
    this.#program = program;
    this.#cx = cx;
    let size = 0;
    for (const func of program.funcs.values()) size += sizeOf(func);
    this.#room = GROWTH * size + SPARE;
    this.#signatures = new Signatures(program);
  }

  run(instances: readonly Instance[]): boolean {
    const plain = instances.filter(isPlain);
    const called = new Set<Instance>();
    for (const instance of instances) for (const target of instance.callees.values()) called.add(target);
    // First what is not called with words itself, so that copies are made for what really runs.
    const bodies = plain.filter((instance) => !called.has(instance)).map(asItIs);
    this.#collect(bodies, 0);
    const rest = bodies.length;
    bodies.push(...plain.filter((instance) => called.has(instance)).map(asItIs));
    this.#collect(bodies, rest);
    if (this.#copies.size === 0) return false;
    for (const body of bodies) this.#rewriteCalls(body);
    return true;
  }

  /** Makes the copies that bodies from a position on lead to, adding their bodies to the list. */
  #collect(bodies: Body[], from: number): void {
    for (let i = from; i < bodies.length; i++) {
      for (const target of (bodies[i] as Body).instance.callees.values()) {
        if (isPlain(target) && !narrowed(target)) continue;
        if (this.#copies.has(target) || !this.#mayCopy(target.func)) continue;
        const copy = this.#copy(target);
        this.#copies.set(target, copy.func);
        bodies.push(copy);
      }
    }
  }

  #mayCopy(func: Func): boolean {
    const count = this.#perFunc.get(func.id) ?? 0;
    const size = sizeOf(func);
    if (count >= MOST_COPIES || size > this.#room || !this.#cx.may()) return false;
    this.#perFunc.set(func.id, count + 1);
    this.#room -= size;
    return true;
  }

  #copy(instance: Instance): Body {
    const { funcs } = this.#program;
    const { func: original } = instance;
    const raw = rawTypes(instance);
    const { func: body, insts } = copyFunc(original, funcs.nextId());
    const func: Func = { ...body, ...rawHeader(original, raw, this.#signatures), boxed: null };
    rawBody(func, raw);
    funcs.add(func);
    return { instance, func, insts };
  }

  /** Leads the calls of one body to the copies that were made. */
  #rewriteCalls({ instance, func, insts }: Body): void {
    const targets = new Map<Inst, Instance>();
    for (const [inst, target] of instance.callees) {
      if (this.#copies.has(target)) targets.set(insts?.get(inst) ?? inst, target);
    }
    if (targets.size === 0) return;
    for (const block of func.blocks.values()) {
      if (!block.insts.some((inst) => targets.has(inst))) continue;
      const out: Inst[] = [];
      for (const inst of block.insts) {
        const target = targets.get(inst);
        if (target === undefined) out.push(inst);
        else {
          inst.imm = (this.#copies.get(target) as Func).id;
          rawCall(func, inst, rawTypes(target), out);
        }
      }
      block.insts = out;
    }
  }
}

function isPlain(instance: Instance): boolean {
  return instance.codes.every((code) => code === -1);
}

/** Whether the result's type is known and has a kind of its own. */
function narrowed(instance: Instance): boolean {
  return instance.func.result === 'any' && instance.result !== null && rawKind(instance.result) !== null;
}

function rawTypes(instance: Instance): RawTypes {
  return { params: instance.codes, result: narrowed(instance) ? (instance.result as number) : -1 };
}

function sizeOf(func: Func): number {
  let size = 0;
  for (const block of func.blocks.values()) size += block.insts.length + 1;
  return size;
}
