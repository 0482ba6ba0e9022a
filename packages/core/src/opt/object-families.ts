/**
 * Which objects of a function nobody else sees, and which flow together.
 *
 * A family is what flows together through block parameters; it can go as its parts if all of it is made here and only read. Without stores and
 * without comparisons of identity nobody can tell one object from an equal one, so it does not matter where two parameters meet in the same
 * one. What a call gives counts as made here if the callee can hand it over in parts, and returning is reading if this function can.
 *
 * Members are assumed to be splittable until something shows that they are not (as in Cytron et al.'s sparse algorithms), so loops
 * that carry an object are found.
 */
import { forEachEdge } from '../ir/edit.ts';
import type { Block, Func, Inst, ValueId } from '../ir/ir.ts';
import { type Constants, constantsOf, type Made, type Shape, type Shapes } from './object-shapes.ts';

/** What comes and goes in parts: the results of calls, and of the function itself. */
export interface Handing {
  resultOf(call: Inst): Shape | null;
  readonly returned: Shape | null;
}

export const NO_HANDING: Handing = { resultOf: () => null, returned: null };

export interface Family {
  readonly members: ReadonlyMap<ValueId, Shape>;
  /** Those of the members that are made here. */
  readonly made: ReadonlyMap<ValueId, Made>;
  readonly constants: Constants;
}

const NOTHING: Family = { members: new Map(), made: new Map(), constants: new Map() };

/** Every value that can be split, with its shape. */
export function findFamily(func: Func, shapes: Shapes, handing: Handing): Family {
  const members = new Map<ValueId, Shape>();
  const made = new Map<ValueId, Made>();
  let allocates = false;
  for (const block of func.blocks.values()) {
    for (const [value, object] of shapes.madeIn(block)) {
      made.set(value, object);
      members.set(value, object.shape);
      allocates ||= object.operands.length > 0;
    }
    for (const inst of block.insts) {
      const shape = inst.op === 'call' ? handing.resultOf(inst) : null;
      if (shape === null || inst.result === null) continue;
      members.set(inst.result, shape);
      allocates = true;
    }
  }
  if (!allocates) return NOTHING;
  const seen = new Seen(func, members, made, handing);
  // Most objects are seen elsewhere at once; without any other there is nothing to follow.
  seen.report((value) => void members.delete(value));
  if (members.size === 0) return NOTHING;
  const flows = new Map<ValueId, ValueId[]>();
  const incoming = new Map<ValueId, ValueId[]>();
  for (const block of func.blocks.values()) {
    forEachEdge(func, block, (edge, throws) => {
      const { params } = func.blocks.get(edge.block) as Block;
      for (const [i, arg] of edge.args.entries()) {
        const param = params[i + (throws ? 1 : 0)] as ValueId;
        if (func.values.get(param) !== 'ref') continue;
        push(flows, arg, param);
        push(incoming, param, arg);
      }
    });
  }
  // Parameters that members flow into are members until the contrary shows.
  const open = [...members.keys()];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    for (const param of flows.get(value) ?? []) {
      if (members.has(param)) continue;
      members.set(param, members.get(value) as Shape);
      open.push(param);
    }
  }
  const leaving: ValueId[] = [];
  const leave = (value: ValueId): void => {
    if (members.delete(value)) leaving.push(value);
  };
  seen.report(leave);
  for (const [param, args] of incoming) {
    const shape = members.get(param);
    if (shape !== undefined && args.some((arg) => members.get(arg) !== shape)) leave(param);
  }
  for (let value = leaving.pop(); value !== undefined; value = leaving.pop()) {
    for (const param of flows.get(value) ?? []) leave(param);
    for (const arg of incoming.get(value) ?? []) leave(arg);
  }
  return { members, made, constants: seen.constants };
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

/** Finds the members that are used otherwise than by reading them. */
class Seen {
  readonly constants: Constants;
  readonly #func: Func;
  readonly #members: ReadonlyMap<ValueId, Shape>;
  readonly #returned: Shape | null;
  readonly #filling = new Set<Inst>();

  constructor(
    func: Func,
    members: ReadonlyMap<ValueId, Shape>,
    made: ReadonlyMap<ValueId, Made>,
    { returned }: Handing,
  ) {
    this.constants = constantsOf(func);
    this.#func = func;
    this.#members = members;
    this.#returned = returned;
    for (const { filling } of made.values()) for (const inst of filling) this.#filling.add(inst);
  }

  report(leave: (value: ValueId) => void): void {
    for (const { insts, term } of this.#func.blocks.values()) {
      for (const inst of insts) {
        const { args } = inst;
        for (let i = 0; i < args.length; i++) {
          const arg = args[i] as ValueId;
          const shape = this.#members.get(arg);
          if (shape !== undefined && (i > 0 || !this.#onlyReads(inst, shape))) leave(arg);
        }
      }
      if (term.kind !== 'ret' || term.value === null) continue;
      if (this.#members.get(term.value) !== this.#returned) leave(term.value);
    }
  }

  #onlyReads(inst: Inst, shape: Shape): boolean {
    return this.#filling.has(inst) || shape.partRead(inst, this.#func, this.constants) >= 0;
  }
}
