/**
 * Numbers for values and a table of expressions, for value numbering along the dominator tree.
 *
 * A constant has one number wherever it is made (negative); any other value is its own. The table maps an operation, its immediate and the
 * numbers of its operands to the instruction that computed it: hashing with chains in flat arrays. What was added
 * last is taken out first, so leaving a block of the tree cuts the table back to the size it had before.
 */
import type { Arrays } from '../base/arrays.ts';
import type { Inst, ValueId } from '../ir/ir.ts';
import { opNumber, type Imm, type OpName, type VariantImm } from '../ir/ops.ts';

const CONSTANTS: ReadonlySet<OpName> = new Set<OpName>([
  'const.i32',
  'const.i64',
  'const.f64',
  'const.str',
  'const.null',
  'const.nil',
]);

export function isConstant(op: OpName): boolean {
  return CONSTANTS.has(op);
}

export class ConstantNumbers {
  readonly #makers: readonly (Inst | undefined)[];
  /** By value: the number of a constant, 0 if it is not known to be one. */
  readonly #numbers: Int32Array;
  readonly #byImm = new Map<OpName, Map<Imm, number>>();
  /** The number of -0.0, which a map does not tell from 0. */
  #negativeZero = 0;
  #next = -1;

  /** `numbers`: zeros, as many as there are values. */
  constructor(makers: readonly (Inst | undefined)[], numbers: Int32Array) {
    this.#makers = makers;
    this.#numbers = numbers;
  }

  key(value: ValueId): number {
    const known = this.#numbers[value];
    if (known !== 0 && known !== undefined) return known;
    const maker = value < this.#makers.length ? this.#makers[value] : undefined;
    if (maker === undefined || !CONSTANTS.has(maker.op)) return value;
    const number = this.#numberOf(maker);
    this.#numbers[value] = number;
    return number;
  }

  #numberOf({ op, imm }: Inst): number {
    if (Object.is(imm, -0)) {
      if (this.#negativeZero === 0) this.#negativeZero = this.#next--;
      return this.#negativeZero;
    }
    let byImm = this.#byImm.get(op);
    if (byImm === undefined) this.#byImm.set(op, (byImm = new Map()));
    let number = byImm.get(imm);
    if (number === undefined) byImm.set(imm, (number = this.#next--));
    return number;
  }
}

export class Expressions {
  readonly #constants: ConstantNumbers;
  readonly #arrays: Arrays;
  /** By hash: one more than the index of the newest entry. Its length is a power of two. */
  #heads: Int32Array;
  readonly #insts: Inst[] = [];
  readonly #hashes: number[] = [];
  /** By entry: the one before it with the same head, in the form of `#heads`. */
  readonly #next: number[] = [];

  constructor(constants: ConstantNumbers, arrays: Arrays) {
    this.#constants = constants;
    this.#arrays = arrays;
    this.#heads = arrays.i32(32);
  }

  get size(): number {
    return this.#insts.length;
  }

  /** The newest instruction that computes the same; null if there is none, and then this one is added. */
  findOrAdd(inst: Inst): Inst | null {
    const hash = this.#hash(inst);
    for (let at = this.#heads[hash & (this.#heads.length - 1)] as number; at !== 0; at = this.#next[at - 1] as number) {
      const other = this.#insts[at - 1] as Inst;
      if (this.#hashes[at - 1] === hash && this.#same(inst, other)) return other;
    }
    this.#insert(inst, hash);
    return null;
  }

  add(inst: Inst): void {
    this.#insert(inst, this.#hash(inst));
  }

  /** Takes out everything beyond the first `size` entries. */
  cut(size: number): void {
    const mask = this.#heads.length - 1;
    while (this.#insts.length > size) {
      this.#insts.pop();
      const hash = this.#hashes.pop() as number;
      this.#heads[hash & mask] = this.#next.pop() as number;
    }
  }

  #insert(inst: Inst, hash: number): void {
    if (this.#insts.length >= 2 * this.#heads.length) this.#grow();
    const head = hash & (this.#heads.length - 1);
    this.#next.push(this.#heads[head] as number);
    this.#insts.push(inst);
    this.#hashes.push(hash);
    this.#heads[head] = this.#insts.length;
  }

  #grow(): void {
    this.#heads = this.#arrays.i32(4 * this.#heads.length);
    const mask = this.#heads.length - 1;
    for (let i = 0; i < this.#insts.length; i++) {
      const head = (this.#hashes[i] as number) & mask;
      this.#next[i] = this.#heads[head] as number;
      this.#heads[head] = i + 1;
    }
  }

  #hash({ op, imm, args }: Inst): number {
    let hash = opNumber(op);
    if (typeof imm === 'number') hash = Math.imul(hash, 31) + (imm | 0);
    for (let i = 0; i < args.length; i++) {
      hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) + this.#constants.key(args[i] as ValueId);
    }
    hash = Math.imul(hash ^ (hash >>> 13), 0x297a2d39);
    return (hash ^ (hash >>> 16)) >>> 1;
  }

  #same(a: Inst, b: Inst): boolean {
    if (a.op !== b.op || a.args.length !== b.args.length || !sameImm(a.imm, b.imm)) return false;
    for (let i = 0; i < a.args.length; i++) {
      const x = a.args[i] as ValueId;
      const y = b.args[i] as ValueId;
      if (x !== y && this.#constants.key(x) !== this.#constants.key(y)) return false;
    }
    return true;
  }
}

function sameImm(a: Imm, b: Imm): boolean {
  if (typeof a !== 'object' || a === null || typeof b !== 'object' || b === null) return Object.is(a, b);
  return (a as VariantImm).type === b.type && (a as VariantImm).variant === b.variant;
}
