/**
 * What objects are made of: the parts that stand for a struct, a value of an enum or an array of known length once it is taken apart.
 *
 *     struct.new t1, x, y                         x: f64, y: f64
 *     enum.new t2.1, x                            1: i32, x: i64, and what the other variants have: zero
 *     array.new; array.push.i64 x, .any y         x: i64, y: any
 *
 * Fields of an enum's variants that have the same place and kind share a part. References in variants go as words, nil where there is none, so
 * that reading one still says of what type it is. An array has a shape if it is filled in the block that makes it before it is used.
 */
import { kindOfCode, TYPE_CODES } from '../base/kinds.ts';
import type { Block, Func, Inst, IrProgram, Kind, TypeCode, TypeId, ValueId } from '../ir/ir.ts';
import type { VariantImm } from '../ir/ops.ts';
import { builtin } from './dynamic-operands.ts';

/** Objects with more parts than this stay: as values they would fill the frame. */
const MOST_PARTS = 8;

/** Objects of the same shape have the same object here. */
export interface Shape {
  readonly kinds: readonly Kind[];
  /** By part: its type, where it is a reference or a word that holds one. */
  readonly codes: readonly TypeCode[];
  /** The part that an instruction reads of such an object; `kinds.length` if it asks how many there are, -1 if it is no such read. */
  partRead(inst: Inst, func: Func, constants: Constants): number;
  /** The part that an operand of the instruction that makes the object is; of an array, of what fills it. */
  partMade(operand: number, kind: Kind): number;
  /** Of an enum: its first part is the number of the variant. */
  readonly isEnum: boolean;
}

export type Constants = ReadonlyMap<ValueId, number>;

/** An object that the function makes. */
export interface Made {
  readonly shape: Shape;
  /** In the order in which they were given. */
  readonly operands: readonly ValueId[];
  /** What fills an array behind the instruction that makes it. */
  readonly filling: readonly Inst[];
}

export function constantsOf({ blocks }: Func): Constants {
  const constants = new Map<ValueId, number>();
  for (const { insts } of blocks.values()) {
    for (const { op, result, imm } of insts) if (op === 'const.i64') constants.set(result as ValueId, Number(imm));
  }
  return constants;
}

export class Shapes {
  readonly #program: IrProgram;
  readonly #known = new Map<string, Shape | null>();

  constructor(program: IrProgram) {
    this.#program = program;
  }

  /** What is made in a block and has a shape, by its value. */
  madeIn({ insts }: Block): ReadonlyMap<ValueId, Made> {
    const made = new Map<ValueId, Made>();
    for (const inst of insts) {
      const shape = this.#shapeMade(inst);
      if (shape !== null) made.set(inst.result as ValueId, { shape, operands: inst.args, filling: [] });
    }
    for (const [array, filling] of filledArrays(insts)) {
      const shape = this.#named(filling.map(elementForm).join(), () => arrayShape(filling));
      const operands = filling.map((inst) => inst.args[1] as ValueId);
      if (shape !== null) made.set(array, { shape, operands, filling });
    }
    return made;
  }

  #shapeMade({ op, imm }: Inst): Shape | null {
    if (op === 'struct.new') return this.#ofType(imm as TypeId);
    return op === 'enum.new' ? this.#ofType((imm as VariantImm).type) : null;
  }

  #ofType(type: TypeId): Shape | null {
    return this.#named(`t${type}`, () => typeShape(this.#program, type));
  }

  #named(name: string, make: () => Shape | null): Shape | null {
    let shape = this.#known.get(name);
    if (shape === undefined) {
      shape = make();
      // Without parts there is nothing to go in the object's place.
      const parts = shape?.kinds.length ?? 0;
      if (parts === 0 || parts > MOST_PARTS) shape = null;
      this.#known.set(name, shape);
    }
    return shape;
  }
}

function typeShape({ types }: IrProgram, type: TypeId): Shape | null {
  const row = types[type];
  if (row === undefined) return null;
  if (row.kind === 'enum') return enumShape(row.variants.map(({ payload }) => payload));
  return {
    kinds: row.fields.map(({ kind }) => kind),
    codes: row.fields.map(({ code }) => code),
    partRead: ({ op, imm }) => (op.startsWith('field.get.') ? (imm as number) : -1),
    partMade: (operand) => operand,
    isEnum: false,
  };
}

function enumShape(variants: readonly (readonly { readonly kind: Kind; readonly code: TypeCode }[])[]): Shape | null {
  const kinds: Kind[] = ['i32'];
  const codes: TypeCode[] = [TYPE_CODES.i32 as TypeCode];
  const parts = new Map<string, number>();
  const references = new Map<number, TypeCode>();
  const keyOf = (field: number, kind: Kind): string => `${field}.${kind === 'ref' ? 'any' : kind}`;
  for (const payload of variants) {
    for (const [i, { kind, code }] of payload.entries()) {
      if (kind === 'ref') {
        // Who reads a reference does not say of which variant.
        if ((references.get(i) ?? code) !== code) return null;
        references.set(i, code);
      }
      const key = keyOf(i, kind);
      const part = parts.get(key) ?? kinds.length;
      if (kind === 'ref' || part === kinds.length) codes[part] = code;
      if (part < kinds.length) continue;
      parts.set(key, part);
      kinds.push(kind === 'ref' ? 'any' : kind);
    }
  }
  const partMade = (field: number, kind: Kind): number => parts.get(keyOf(field, kind)) ?? -1;
  return {
    kinds,
    codes,
    partRead: ({ op, imm, result }, func) => {
      if (op === 'enum.tag') return 0;
      return op.startsWith('payload.get.') ? partMade(imm as number, func.values.get(result as ValueId)) : -1;
    },
    partMade,
    isEnum: true,
  };
}

/** How an array operation holds the element, and as what. */
function elementForm({ op, imm }: Inst): string {
  return op === 'rt' ? 'any' : `${op.slice(op.lastIndexOf('.') + 1)} ${String(imm)}`;
}

function verb(inst: Inst): string {
  const name = inst.op === 'rt' ? builtin(inst) : inst.op;
  return name.startsWith('array.') ? name.slice(6, name.includes('.', 6) ? name.indexOf('.', 6) : undefined) : '';
}

function arrayShape(filling: readonly Inst[]): Shape {
  const forms = filling.map(elementForm);
  const codes = filling.map(({ op, imm }) => (op === 'rt' ? TYPE_CODES.any : imm) as TypeCode);
  return {
    kinds: codes.map(kindOfCode),
    codes,
    partRead: (inst, _func, constants) => {
      const what = verb(inst);
      if (what === 'len') return forms.length;
      const index = what === 'get' ? (constants.get(inst.args[1] as ValueId) ?? -1) : -1;
      return forms[index] === elementForm(inst) ? index : -1;
    },
    partMade: (operand) => operand,
    isEnum: false,
  };
}

/** Arrays with what is pushed to them, as far as that comes before all other uses in the block. */
function filledArrays(insts: readonly Inst[]): ReadonlyMap<ValueId, Inst[]> {
  const arrays = new Map<ValueId, Inst[]>();
  const used = new Set<ValueId>();
  for (const inst of insts) {
    if (builtin(inst) === 'array.new') {
      arrays.set(inst.result as ValueId, []);
      continue;
    }
    const [object] = inst.args;
    const filling = object === undefined ? undefined : arrays.get(object);
    if (filling !== undefined && verb(inst) === 'push' && !used.has(object as ValueId)) filling.push(inst);
    else for (const arg of inst.args) if (arrays.has(arg)) used.add(arg);
  }
  return arrays;
}
