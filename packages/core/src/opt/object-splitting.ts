/**
 * Replaces the members of a family (`object-families.ts`) by their parts, everywhere in a function.
 *
 * Calls and returns that hand over parts are for the caller to write: `Crossing` says what the parts of a call's result are, and how parts
 * are returned.
 */
import { Bug } from '../base/bug.ts';
import { applyForwarding, forEachEdge, Forwarding, newInst, removeUnreachable } from '../ir/edit.ts';
import type { Func, Inst, Kind, Terminator, ValueId } from '../ir/ir.ts';
import type { Family } from './object-families.ts';
import type { Made, Shape } from './object-shapes.ts';

export interface Crossing {
  /** Adds a call to the code, changed to give parts, and what fetches them. */
  take(call: Inst, shape: Shape, out: Inst[]): readonly ValueId[];
  /** Adds what leaves the parts for the caller, and says what the function itself gives. */
  give(shape: Shape, parts: readonly ValueId[], like: Terminator, out: Inst[]): ValueId;
}

export function splitFamily(func: Func, family: Family, crossing: Crossing | null): void {
  new Splitting(func, family, crossing).run();
}

class Splitting {
  readonly #func: Func;
  readonly #family: Family;
  readonly #crossing: Crossing | null;
  readonly #parts = new Map<ValueId, readonly ValueId[]>();
  readonly #forwarding = new Forwarding();
  readonly #gone = new Set<Inst>();

  constructor(func: Func, family: Family, crossing: Crossing | null) {
    this.#func = func;
    this.#family = family;
    this.#crossing = crossing;
  }

  run(): void {
    const { blocks, values } = this.#func;
    const { members } = this.#family;
    for (const block of blocks.values()) {
      for (const param of block.params) {
        const shape = members.get(param);
        if (shape === undefined) continue;
        this.#parts.set(
          param,
          shape.kinds.map((kind) => values.add(kind)),
        );
      }
      block.params = this.#expanded(block.params);
      block.insts = block.insts.flatMap((inst) => this.#made(inst));
    }
    for (const block of blocks.values()) {
      block.insts = block.insts.filter((inst) => !this.#isGone(inst));
      forEachEdge(this.#func, block, (edge) => {
        edge.args = this.#expanded(edge.args);
      });
      this.#return(block.term, block.insts);
    }
    applyForwarding(this.#func, this.#forwarding);
    // What made an object could run out of memory, perhaps as the last way into a handler.
    removeUnreachable(this.#func);
  }

  #expanded(list: ValueId[]): ValueId[] {
    if (!list.some((value) => this.#parts.has(value))) return list;
    return list.flatMap((value) => this.#parts.get(value) ?? [value]);
  }

  /** What stands for an instruction that may make an object. */
  #made(inst: Inst): Inst[] {
    const { result } = inst;
    const shape = result === null ? undefined : this.#family.members.get(result);
    if (result === null || shape === undefined) return [inst];
    const insts: Inst[] = [];
    const made = this.#family.made.get(result);
    if (made !== undefined) {
      for (const each of made.filling) this.#gone.add(each);
      this.#parts.set(result, shape.isEnum ? this.#variantParts(inst, made, insts) : made.operands);
    } else if (this.#crossing !== null) {
      this.#parts.set(result, this.#crossing.take(inst, shape, insts));
    }
    return insts;
  }

  #variantParts(inst: Inst, { shape, operands }: Made, out: Inst[]): readonly ValueId[] {
    const { values } = this.#func;
    const { variant } = inst.imm as { readonly variant: number };
    return shape.kinds.map((kind, i) => {
      const given = operands.find((arg, field) => shape.partMade(field, values.get(arg)) === i);
      if (given !== undefined && values.get(given) === kind) return given;
      const made =
        given === undefined
          ? this.#constant(inst, kind, i === 0 ? variant : 0)
          : newInst(this.#func, inst, 'box.ref', [given], null, 'any');
      out.push(made);
      return made.result as ValueId;
    });
  }

  #constant(like: Inst, kind: Kind, value: number): Inst {
    switch (kind) {
      case 'ref':
        throw new Bug('a reference in a split variant is not a word');
      case 'any':
        return newInst(this.#func, like, 'const.nil', [], null, kind);
      case 'i64':
        return newInst(this.#func, like, 'const.i64', [], BigInt(value), kind);
      default:
        return newInst(this.#func, like, `const.${kind}`, [], value, kind);
    }
  }

  /** Whether nothing is left of an instruction. A reference out of an enum is taken out of its word, and a length is a constant. */
  #isGone(inst: Inst): boolean {
    if (this.#gone.has(inst)) return true;
    const { args, result } = inst;
    const object = args[0];
    const parts = object === undefined ? undefined : this.#parts.get(object);
    if (object === undefined || parts === undefined || result === null) return false;
    const shape = this.#family.members.get(object) as Shape;
    const index = shape.partRead(inst, this.#func, this.#family.constants);
    const part = parts[index];
    if (part === undefined) {
      inst.op = 'const.i32';
      inst.args = [];
      inst.imm = parts.length;
      return false;
    }
    if (this.#func.values.get(result) === 'ref' && shape.kinds[index] === 'any') {
      inst.op = 'unbox.ref';
      inst.args = [part];
      inst.imm = shape.codes[index] as number;
      return false;
    }
    this.#forwarding.set(result, part);
    return true;
  }

  #return(term: Terminator, out: Inst[]): void {
    if (term.kind !== 'ret' || term.value === null || this.#crossing === null) return;
    const parts = this.#parts.get(term.value);
    if (parts === undefined) return;
    term.value = this.#crossing.give(this.#family.members.get(term.value) as Shape, parts, term, out);
  }
}
