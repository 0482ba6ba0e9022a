/**
 * Scalar replacement: objects that never change and that nothing but this function sees go as their fields.
 *
 *     b1(p: ref):                          b1(x: f64, y: f64):
 *       x = field.get.f64 0, p               ...
 *       ...                                  x2 = add.f64 x, x
 *       q = struct.new t1, x2, y2            ...
 *       br c, b1(q), b2()                    br c, b1(x2, y2), b2()
 *
 * A family is what flows together through block parameters; it is split if all of it is made here and only read. Without stores and without
 * comparisons of identity nobody can tell one object from an equal one, so it does not matter where two parameters meet in the same one.
 * A value of an enum becomes the number of its variant and the fields of all variants; fields of the same place and kind share one. What a
 * variant has no use for is zero. References go as words, nil where there is none, so that reading one still says of what type it is.
 *
 * Members are assumed to be splittable until something shows that they are not (as in Cytron et al.'s sparse algorithms), so loops
 * that carry an object are found.
 */
import { HAS } from '../analysis/contents.ts';
import { Bug } from '../base/bug.ts';
import { forEachEdge, Forwarding, applyForwarding, newInst, removeUnreachable } from '../ir/edit.ts';
import type { Block, Edge, Func, Inst, IrField, IrProgram, Kind, TypeCode, TypeId, ValueId } from '../ir/ir.ts';
import type { VariantImm } from '../ir/ops.ts';
import type { FuncPass } from './pass.ts';

export const splitObjects: FuncPass = {
  name: 'split-objects',
  doc: 'objects that are only read and do not escape are their fields',
  needs: HAS.objects,
  run: (func, cx) => {
    // Objects within objects show when the outer ones are gone.
    for (let round = 0; ; round++) {
      const family = findFamily(func, cx.program);
      if (family.size === 0 || round === MOST_ROUNDS || !cx.may()) return round > 0;
      new Splitting(func, family).run();
    }
  },
};

const MOST_ROUNDS = 3;
/** Objects with more fields than this stay: as values they would fill the frame. */
const MOST_FIELDS = 8;

/** What an object is made of: the kinds of its parts, and which part a field is. */
interface Shape {
  readonly isEnum: boolean;
  readonly type: TypeId;
  /** Of an enum, the first part is the number of the variant. */
  readonly kinds: readonly Kind[];
  partOf(field: number, kind: Kind): number;
  /** Of an enum: the type of the references in a field. */
  codeOf(field: number): TypeCode;
}

function shapesOf(program: IrProgram): (type: TypeId) => Shape | null {
  const known = new Map<TypeId, Shape | null>();
  return (type) => {
    let shape = known.get(type);
    if (shape === undefined) known.set(type, (shape = shapeOf(program, type)));
    return shape;
  };
}

function shapeOf(program: IrProgram, type: TypeId): Shape | null {
  const row = program.types[type];
  if (row === undefined) return null;
  if (row.kind === 'struct') {
    if (row.fields.length > MOST_FIELDS) return null;
    const { fields } = row;
    return {
      isEnum: false,
      type,
      kinds: fields.map((field) => field.kind),
      partOf: (field) => field,
      codeOf: (field) => (fields[field] as IrField).code,
    };
  }
  const kinds: Kind[] = ['i32'];
  const parts = new Map<string, number>();
  const codes = new Map<number, TypeCode>();
  const keyOf = (field: number, kind: Kind): string => `${field}.${kind === 'ref' ? 'any' : kind}`;
  for (const { payload } of row.variants) {
    for (const [i, { kind, code }] of payload.entries()) {
      if (kind === 'ref') {
        // Who reads a reference does not say of which variant.
        if ((codes.get(i) ?? code) !== code) return null;
        codes.set(i, code);
      }
      const key = keyOf(i, kind);
      if (parts.has(key)) continue;
      parts.set(key, kinds.length);
      kinds.push(kind === 'ref' ? 'any' : kind);
    }
  }
  if (kinds.length > MOST_FIELDS) return null;
  return {
    isEnum: true,
    type,
    kinds,
    partOf: (field, kind) => parts.get(keyOf(field, kind)) ?? -1,
    codeOf: (field) => codes.get(field) as TypeCode,
  };
}

function madeType(inst: Inst): TypeId | null {
  if (inst.op === 'struct.new') return inst.imm as TypeId;
  return inst.op === 'enum.new' ? (inst.imm as VariantImm).type : null;
}

/** Every value that can be split, with its shape. */
function findFamily(func: Func, program: IrProgram): ReadonlyMap<ValueId, Shape> {
  const members = new Map<ValueId, Shape>();
  const shapes = shapesOf(program);
  let allocates = false;
  for (const block of func.blocks.values()) {
    for (const inst of block.insts) {
      const type = madeType(inst);
      const shape = type === null ? null : shapes(type);
      if (shape === null) continue;
      members.set(inst.result as ValueId, shape);
      allocates ||= inst.args.length > 0;
    }
  }
  if (!allocates) return new Map();
  // Most objects are seen elsewhere at once; without any other there is nothing to follow.
  dropSeen(func, members, (value) => void members.delete(value));
  if (members.size === 0) return members;
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
  dropSeen(func, members, leave);
  for (const [param, args] of incoming) {
    const shape = members.get(param);
    if (shape !== undefined && args.some((arg) => members.get(arg) !== shape)) leave(param);
  }
  for (let value = leaving.pop(); value !== undefined; value = leaving.pop()) {
    for (const param of flows.get(value) ?? []) leave(param);
    for (const arg of incoming.get(value) ?? []) leave(arg);
  }
  return members;
}

/** Reports the members that are used otherwise than by reading them. */
function dropSeen(func: Func, members: ReadonlyMap<ValueId, Shape>, leave: (value: ValueId) => void): void {
  for (const { insts, term } of func.blocks.values()) {
    for (const inst of insts) {
      for (const arg of inst.args) {
        const shape = members.get(arg);
        if (shape !== undefined && !onlyReads(inst, shape)) leave(arg);
      }
    }
    if (term.kind === 'ret' && term.value !== null) leave(term.value);
  }
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

function onlyReads({ op }: Inst, shape: Shape): boolean {
  return shape.isEnum ? op === 'enum.tag' || op.startsWith('payload.get.') : op.startsWith('field.get.');
}

class Splitting {
  readonly #func: Func;
  readonly #family: ReadonlyMap<ValueId, Shape>;
  readonly #parts = new Map<ValueId, readonly ValueId[]>();
  readonly #forwarding = new Forwarding();

  constructor(func: Func, family: ReadonlyMap<ValueId, Shape>) {
    this.#func = func;
    this.#family = family;
  }

  run(): void {
    const { blocks, values } = this.#func;
    for (const block of blocks.values()) {
      if (block.params.some((param) => this.#family.has(param))) {
        for (const param of block.params) {
          const shape = this.#family.get(param);
          if (shape !== undefined)
            this.#parts.set(
              param,
              shape.kinds.map((kind) => values.add(kind)),
            );
        }
        block.params = this.#expanded(block.params);
      }
      block.insts = block.insts.flatMap((inst) => this.#made(inst));
    }
    for (const block of blocks.values()) {
      block.insts = block.insts.filter((inst) => !this.#isGone(inst));
      forEachEdge(this.#func, block, (edge: Edge) => {
        if (edge.args.some((arg) => this.#family.has(arg))) edge.args = this.#expanded(edge.args);
      });
    }
    applyForwarding(this.#func, this.#forwarding);
    // What made an object could run out of memory, perhaps as the last way into a handler.
    removeUnreachable(this.#func);
  }

  #expanded(list: readonly ValueId[]): ValueId[] {
    return list.flatMap((value) => this.#parts.get(value) ?? [value]);
  }

  /** What stands for an instruction that may make an object. */
  #made(inst: Inst): Inst[] {
    const { result } = inst;
    const shape = result === null ? undefined : this.#family.get(result);
    if (result === null || shape === undefined) return [inst];
    if (!shape.isEnum) {
      this.#parts.set(result, inst.args);
      return [];
    }
    const insts: Inst[] = [];
    const { variant } = inst.imm as VariantImm;
    const parts = shape.kinds.map((kind, i) => {
      const given = inst.args.find((arg, field) => shape.partOf(field, this.#func.values.get(arg)) === i);
      if (given !== undefined && this.#func.values.get(given) === kind) return given;
      if (given !== undefined) {
        const word = newInst(this.#func, inst, 'box.ref', [given], null, 'any');
        insts.push(word);
        return word.result as ValueId;
      }
      const constant = this.#constant(inst, kind, i === 0 ? variant : 0);
      insts.push(constant);
      return constant.result as ValueId;
    });
    this.#parts.set(result, parts);
    return insts;
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

  /** Whether a read of a part is replaced by the part. A reference out of an enum is taken out of its word instead. */
  #isGone(inst: Inst): boolean {
    const object = inst.args[0];
    const parts = object === undefined ? undefined : this.#parts.get(object);
    const shape = object === undefined ? undefined : this.#family.get(object);
    if (parts === undefined || shape === undefined || inst.result === null || !onlyReads(inst, shape)) return false;
    const field = inst.imm as number;
    const part = parts[inst.op === 'enum.tag' ? 0 : shape.partOf(field, this.#func.values.get(inst.result))] as ValueId;
    if (inst.op === 'payload.get.ref') {
      inst.op = 'unbox.ref';
      inst.args = [part];
      inst.imm = shape.codeOf(field);
      return false;
    }
    this.#forwarding.set(inst.result, part);
    return true;
  }
}
