/**
 * Gives functions copies that hand over their results in parts, and leads the calls to them that take the result apart: see `split-results.ts`.
 */
import { kindOfCode } from '../base/kinds.ts';
import { copyFunc } from '../ir/copy.ts';
import { forEachEdge, newInst } from '../ir/edit.ts';
import type { Block, Func, FuncId, GlobalId, Inst, IrProgram } from '../ir/ir.ts';
import type { Kind, Terminator, TypeCode, ValueId } from '../ir/ir.ts';
import type { OpName } from '../ir/ops.ts';
import { type Family, findFamily } from './object-families.ts';
import { type Shape, Shapes } from './object-shapes.ts';
import { type Crossing, splitFamily } from './object-splitting.ts';
import type { PassContext } from './pass.ts';
import { Signatures } from './signatures.ts';

export class Results {
  readonly #program: IrProgram;
  readonly #cx: PassContext;
  readonly #shapes: Shapes;
  /** What functions return, of those that qualify as far as is known. */
  readonly #returned = new Map<FuncId, Shape>();
  readonly #copies = new Map<FuncId, Func>();
  readonly #variables = new Map<string, GlobalId>();
  #signatures: Signatures | null = null;

  constructor(program: IrProgram, cx: PassContext) {
    this.#program = program;
    this.#cx = cx;
    this.#shapes = new Shapes(program);
  }

  run(candidates: Iterable<Func>): boolean {
    this.#guess(candidates);
    this.#settle();
    for (const id of [...this.#returned.keys()]) if (!this.#cx.may()) this.#returned.delete(id);
    this.#settle();
    if (this.#returned.size === 0) return false;
    const bodies: Body[] = [];
    for (const func of this.#program.funcs.values()) this.#collect(func, null, bodies);
    for (let i = 0; i < bodies.length; i++) {
      const { func, family, calls } = bodies[i] as Body;
      for (const call of calls) this.#copyOf(call.imm as FuncId, bodies);
      splitFamily(func, family, new Parts(func, this));
      this.#cx.changed(func);
    }
    return bodies.length > 0;
  }

  /* ---- which functions ------------------------------------------------------------------------------------------ */

  /** Takes every function that makes anything that it could return for one that returns nothing else. */
  #guess(candidates: Iterable<Func>): void {
    for (const func of candidates) {
      const shape = this.#shapeMade(func);
      if (shape !== null) this.#returned.set(func.id, shape);
    }
  }

  /** The shape of something that a function makes and returns, perhaps through parameters of blocks. */
  #shapeMade(func: Func): Shape | null {
    const returned = new Set<ValueId>();
    for (const { term } of func.blocks.values())
      if (term.kind === 'ret' && term.value !== null) returned.add(term.value);
    for (let size = 0; size < returned.size; ) {
      size = returned.size;
      for (const block of func.blocks.values()) {
        forEachEdge(func, block, (edge, throws) => {
          const { params } = func.blocks.get(edge.block) as Block;
          for (const [i, arg] of edge.args.entries())
            if (returned.has(params[i + (throws ? 1 : 0)] as ValueId)) returned.add(arg);
        });
      }
    }
    for (const block of func.blocks.values())
      for (const [value, { shape }] of this.#shapes.madeIn(block))
        if (returned.has(value)) return hasWords(shape) ? null : shape;
    return null;
  }

  /** Removes functions that turn out to return something else, until all that is left holds together. */
  #settle(): void {
    for (let changed = true; changed; ) {
      changed = false;
      for (const [id, shape] of this.#returned) {
        const func = this.#program.funcs.get(id);
        if (returnsOnly(func, this.#familyOf(func, shape))) continue;
        this.#returned.delete(id);
        changed = true;
      }
    }
  }

  #familyOf(func: Func, returned: Shape | null): Family {
    return findFamily(func, this.#shapes, {
      resultOf: (call) => this.#returned.get(call.imm as FuncId) ?? null,
      returned,
    });
  }

  /* ---- what becomes of them -------------------------------------------------------------------------------------- */

  /** Notes a body if it takes results in parts, or gives its own so. */
  #collect(func: Func, returned: Shape | null, bodies: Body[]): void {
    if (returned === null && !this.#cx.contents(func).named.some((name) => this.#returned.has(name as FuncId))) return;
    const family = this.#familyOf(func, returned);
    const calls: Inst[] = [];
    for (const { insts } of func.blocks.values()) {
      for (const inst of insts) {
        const { op, result } = inst;
        if (op === 'call' && result !== null && family.members.has(result)) calls.push(inst);
      }
    }
    if (returned !== null || calls.length > 0) bodies.push({ func, family, calls });
  }

  #copyOf(id: FuncId, bodies: Body[]): void {
    if (this.#copies.has(id)) return;
    const { funcs } = this.#program;
    this.#signatures ??= new Signatures(this.#program);
    const original = funcs.get(id);
    const shape = this.#returned.get(id) as Shape;
    const code = shape.codes[ownPart(shape)] as TypeCode;
    const { params } = this.#signatures.get(original.sig);
    const { func: body } = copyFunc(original, funcs.nextId());
    const copy: Func = {
      ...body,
      result: kindOfCode(code),
      sig: this.#signatures.of({ params, result: code }),
      boxed: null,
    };
    funcs.add(copy);
    this.#copies.set(id, copy);
    this.#collect(copy, shape, bodies);
  }

  copy(id: FuncId): Func {
    return this.#copies.get(id) as Func;
  }

  /** The module variable for a part that is not in the result itself. */
  variable(part: number, kind: Kind): GlobalId {
    const key = `${part}.${kind}`;
    let id = this.#variables.get(key);
    if (id === undefined) {
      id = this.#program.globals.add({ name: `part ${part}`, kind });
      this.#variables.set(key, id);
    }
    return id;
  }
}

/** A function that takes results in parts or gives its own in parts, and the calls that do. */
interface Body {
  readonly func: Func;
  readonly family: Family;
  readonly calls: readonly Inst[];
}

function returnsOnly(func: Func, { members }: Family): boolean {
  for (const { term } of func.blocks.values())
    if (term.kind === 'ret' && !members.has(term.value as ValueId)) return false;
  return true;
}

/** Whether references go as words: a loop that follows them would look at their types in every round, where the object tells. */
function hasWords({ kinds, codes }: Shape): boolean {
  return kinds.some((kind, i) => kind === 'any' && kindOfCode(codes[i] as TypeCode) === 'ref');
}

/** The part that is the result itself: a reference, if there is one, so that it need not be a word. */
function ownPart({ kinds }: Shape): number {
  return Math.max(0, kinds.indexOf('ref'));
}

class Parts implements Crossing {
  readonly #func: Func;
  readonly #results: Results;

  constructor(func: Func, results: Results) {
    this.#func = func;
    this.#results = results;
  }

  take(call: Inst, shape: Shape, out: Inst[]): readonly ValueId[] {
    const copy = this.#results.copy(call.imm as FuncId);
    const own = ownPart(shape);
    call.imm = copy.id;
    call.result = this.#func.values.add(copy.result as Kind);
    out.push(call);
    const add = (op: OpName, args: ValueId[], imm: number | null, result: Kind | null): ValueId => {
      const inst = newInst(this.#func, call, op, args, imm, result);
      out.push(inst);
      return inst.result as ValueId;
    };
    return shape.kinds.map((kind, i) => {
      if (i === own) return call.result as ValueId;
      const held = heldKind(kind);
      const variable = this.#results.variable(i, held);
      const value = add(`global.get.${held}`, [], variable, held);
      if (held === 'any') add('global.set.any', [add('const.nil', [], null, 'any')], variable, null);
      return kind === 'ref' ? add('unbox.ref', [value], shape.codes[i] as TypeCode, 'ref') : value;
    });
  }

  give(shape: Shape, parts: readonly ValueId[], { span }: Terminator, out: Inst[]): ValueId {
    const own = ownPart(shape);
    for (const [i, kind] of shape.kinds.entries()) {
      if (i === own) continue;
      let part = parts[i] as ValueId;
      const held = heldKind(kind);
      if (kind === 'ref') {
        const box = newInst(this.#func, { span, inlined: [] }, 'box.ref', [part], null, 'any');
        out.push(box);
        part = box.result as ValueId;
      }
      const variable = this.#results.variable(i, held);
      out.push(newInst(this.#func, { span, inlined: [] }, `global.set.${held}`, [part], variable, null));
    }
    return parts[own] as ValueId;
  }
}

/** How a module variable holds a part. */
function heldKind(kind: Kind): Kind {
  return kind === 'ref' ? 'any' : kind;
}
