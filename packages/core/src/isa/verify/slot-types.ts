/**
 * What the verifier knows of a slot: its kind, and for a reference what it refers to.
 *
 * Types are interned: a `TypeId` is a small number, equal types have one number, and joining two is a look-up.
 *
 *     unset ── nothing may be read                      i32, i64, f64      bits (a pool constant: i64 or f64, perhaps a word)
 *     any ── any word; a reference to something that guest code can name is one too
 *     null ── the null reference                        HEAP, HEAP? ── a reference, perhaps null
 *
 * A join goes up: to `any` for two different things that guest code can name, else to `unset`. The height is small, so an analysis that
 * joins ends soon.
 *
 * An i32 may carry a *fact* about another value: that it is the number of its variant, or the outcome of a test. Values are told
 * apart by value numbers, which the analysis gives out.
 */
import { present } from '../../base/bug.ts';
import type { Brand } from '../../base/brand.ts';
import { type Kind, kindOfCode, NOMINAL, TYPE_CODES, type TypeCode } from '../../base/kinds.ts';
import { ANY_DOUBLE_OFFSET, ANY_TAG, ANY_TAG_SHIFT, CANONICAL_NAN } from '../../runtime/layout.ts';
import type { BytecodeType } from '../program.ts';

export type TypeId = Brand<number, 'TypeId'>;

export type Plain = 'string' | 'array' | 'range' | 'error' | 'iterator';

export type Heap =
  | { readonly is: Plain }
  /** `sig` null: of any signature; `func` null: of any function that has it. */
  | { readonly is: 'func'; readonly sig: number | null; readonly func: number | null }
  | { readonly is: 'struct'; readonly type: number }
  /** `variants`: a bit for each that it may be; null for all. */
  | { readonly is: 'enum'; readonly type: number; readonly variants: bigint | null }
  /** One of the captured variables made at these places; what it holds is known by their class, once it is used. */
  | Cell;

export interface Cell {
  readonly is: 'cell';
  readonly holds: CellKind;
  readonly sites: readonly number[];
}

export type CellKind = 'raw' | 'ref' | 'any';

/** A slot may hold one of so many variables before they are taken for one. */
const MOST_SITES = 8;

/** What an i32 says about the value `of`. */
export type Fact =
  | { readonly test: 'tag'; readonly of: number }
  /** Non-zero if the variant is one of `among`. */
  | { readonly test: 'variants'; readonly of: number; readonly among: bigint; readonly not: boolean }
  | { readonly test: 'sig'; readonly of: number; readonly sig: number; readonly not: boolean }
  | { readonly test: 'null'; readonly of: number; readonly not: boolean };

export type SlotType =
  | { readonly k: 'unset' | 'i64' | 'f64' | 'null' }
  /** `of`: the word is a reference to that, if anything is known. */
  | { readonly k: 'any'; readonly of: Heap | null }
  | { readonly k: 'i32'; readonly value: number | null; readonly fact: Fact | null }
  /** `word`: the bits are also an any word that is no reference. */
  | { readonly k: 'bits'; readonly word: boolean }
  | { readonly k: 'ref'; readonly heap: Heap; readonly nullable: boolean };

const CODE_NAMES: ReadonlyMap<number, string> = new Map(Object.entries(TYPE_CODES).map(([name, code]) => [code, name]));

function keyOf(type: SlotType): string {
  switch (type.k) {
    case 'i32': {
      const { value, fact } = type;
      if (fact === null) return `i32 ${value}`;
      const more = fact.test === 'variants' ? fact.among : fact.test === 'sig' ? fact.sig : '';
      return `i32 ${value} ${fact.test} ${fact.of} ${more} ${'not' in fact ? fact.not : ''}`;
    }
    case 'bits':
      return `bits ${type.word}`;
    case 'ref':
      return `${type.nullable ? '?' : ''}${heapKey(type.heap)}`;
    case 'any':
      return type.of === null ? 'any' : `any ${heapKey(type.of)}`;
    default:
      return type.k;
  }
}

function heapKey(heap: Heap): string {
  switch (heap.is) {
    case 'func':
      return `func ${heap.sig} ${heap.func}`;
    case 'struct':
      return `struct ${heap.type}`;
    case 'enum':
      return `enum ${heap.type} ${heap.variants}`;
    case 'cell':
      return `cell ${heap.holds} ${heap.sites}`;
    default:
      return heap.is;
  }
}

export class SlotTypes {
  readonly #types: SlotType[] = [];
  readonly #ids = new Map<string, TypeId>();
  readonly #joins = new Map<number, TypeId>();
  readonly #codes = new Map<number, TypeId>();
  readonly #program: readonly BytecodeType[];
  /** Cells that are used as the same variable are one class; what a class holds belongs to its representative. */
  readonly #cellOf: number[] = [];
  readonly #cellContent: (TypeId | null)[] = [];
  /** Called when what a class of cells holds has grown. */
  onCellGrowth: () => void = () => undefined;

  readonly unset = this.of({ k: 'unset' });
  readonly i32 = this.of({ k: 'i32', value: null, fact: null });
  readonly i64 = this.of({ k: 'i64' });
  readonly f64 = this.of({ k: 'f64' });
  readonly any = this.of({ k: 'any', of: null });
  readonly null = this.of({ k: 'null' });

  constructor(program: readonly BytecodeType[]) {
    this.#program = program;
  }

  of(type: SlotType): TypeId {
    const key = keyOf(type);
    let id = this.#ids.get(key);
    if (id === undefined) {
      id = this.#types.length as TypeId;
      this.#types.push(type);
      this.#ids.set(key, id);
    }
    return id;
  }

  get(id: TypeId): SlotType {
    return present(this.#types[id], 'type of a slot');
  }

  ref(heap: Heap, nullable = false): TypeId {
    return this.of({ k: 'ref', heap, nullable });
  }

  /** An any word that is a reference. */
  word(heap: Heap): TypeId {
    return this.of({ k: 'any', of: heap });
  }

  /** What a value refers to, as far as it is known, null or not. */
  heapOf(id: TypeId): Heap | null {
    const type = this.get(id);
    return type.k === 'ref' ? type.heap : type.k === 'any' ? type.of : null;
  }

  constant(value: number): TypeId {
    return this.of({ k: 'i32', value, fact: null });
  }

  fact(fact: Fact): TypeId {
    return this.of({ k: 'i32', value: null, fact });
  }

  factOf(id: TypeId): Fact | null {
    const type = this.get(id);
    return type.k === 'i32' ? type.fact : null;
  }

  /** The bits of a pool constant. */
  bits(bits: bigint): TypeId {
    return this.of({ k: 'bits', word: isInlineWord(bits) });
  }

  ofKind(kind: Exclude<Kind, 'ref'>): TypeId {
    return this[kind];
  }

  /** The type of a value of a type code that the rules about codes have accepted. */
  ofCode(code: TypeCode): TypeId {
    let id = this.#codes.get(code);
    if (id === undefined) {
      const kind = kindOfCode(code);
      id = kind === 'ref' ? this.ref(this.#heapOfCode(code)) : this.ofKind(kind);
      this.#codes.set(code, id);
    }
    return id;
  }

  #heapOfCode(code: TypeCode): Heap {
    if (code >= NOMINAL) {
      const type = code - NOMINAL;
      return this.#program[type]?.kind === 'enum' ? { is: 'enum', type, variants: null } : { is: 'struct', type };
    }
    const name = CODE_NAMES.get(code) as Plain | 'func';
    return name === 'func' ? { is: 'func', sig: null, func: null } : { is: name };
  }

  /** A bit for each variant of an enum. */
  allVariants(type: number): bigint {
    const def = this.#program[type];
    return (1n << BigInt(def?.kind === 'enum' ? def.variants.length : 0)) - 1n;
  }

  isRef(id: TypeId): boolean {
    const { k } = this.get(id);
    return k === 'ref' || k === 'null';
  }

  /** Whether values of the type are told apart: by references, which may be in any words. */
  isNumbered(id: TypeId): boolean {
    return this.get(id).k === 'any' || this.isRef(id);
  }

  /** Whether a slot of the type can be read as the kind. */
  isKind(id: TypeId, kind: Kind): boolean {
    const type = this.get(id);
    switch (kind) {
      case 'i32':
        return type.k === 'i32';
      case 'i64':
      case 'f64':
        return type.k === kind || type.k === 'bits';
      case 'ref':
        return type.k === 'ref' || type.k === 'null';
      case 'any':
        return type.k === 'any' || (type.k === 'bits' && type.word) || this.#isNameable(type);
    }
  }

  /** References that are any words: not null, and to what guest code can name. */
  #isNameable(type: SlotType): boolean {
    return type.k === 'ref' && !type.nullable && type.heap.is !== 'iterator' && type.heap.is !== 'cell';
  }

  /** Whether a collector must look at such a slot. */
  isTraced(id: TypeId): boolean {
    const { k } = this.get(id);
    return k === 'ref' || k === 'any';
  }

  /** Whether all values of a type are values of another. */
  fits(id: TypeId, wanted: TypeId): boolean {
    if (id === wanted) return true;
    if (wanted === this.any) return this.isKind(id, 'any');
    return this.join(id, wanted) === wanted;
  }

  /** The least type of both. */
  join(a: TypeId, b: TypeId): TypeId {
    if (a === b) return a;
    const key = a < b ? a * 2 ** 26 + b : b * 2 ** 26 + a;
    let id = this.#joins.get(key);
    if (id === undefined) {
      id = this.#join(this.get(a), this.get(b), a, b);
      this.#joins.set(key, id);
    }
    return id;
  }

  #join(a: SlotType, b: SlotType, idA: TypeId, idB: TypeId): TypeId {
    if (a.k === 'i32' && b.k === 'i32') return this.i32;
    if (a.k === 'bits' && b.k === 'bits') return this.of({ k: 'bits', word: false });
    if (a.k === 'bits' && this.isKind(idA, b.k as Kind)) return idB;
    if (b.k === 'bits' && this.isKind(idB, a.k as Kind)) return idA;
    if (a.k === 'null' && b.k === 'ref') return this.ref(b.heap, true);
    if (b.k === 'null' && a.k === 'ref') return this.ref(a.heap, true);
    if (a.k === 'ref' && b.k === 'ref') {
      const heap = this.#joinHeaps(a.heap, b.heap);
      if (heap !== null) return this.ref(heap, a.nullable || b.nullable);
    }
    return this.isKind(idA, 'any') && this.isKind(idB, 'any') ? this.any : this.unset;
  }

  #joinHeaps(a: Heap, b: Heap): Heap | null {
    if (a.is === 'func' && b.is === 'func')
      return { is: 'func', sig: a.sig === b.sig ? a.sig : null, func: a.func === b.func ? a.func : null };
    if (a.is === 'enum' && b.is === 'enum') {
      if (a.type !== b.type) return null;
      const variants = a.variants === null || b.variants === null ? null : a.variants | b.variants;
      return { is: 'enum', type: a.type, variants };
    }
    if (a.is === 'cell' && b.is === 'cell') return a.holds === b.holds ? this.#joinCells(a, b) : null;
    if (a.is === 'struct' && b.is === 'struct') return a.type === b.type ? a : null;
    return a.is === b.is ? a : null;
  }

  /** What is kept of a type where a value leaves the function: neither number nor facts. */
  outside(id: TypeId): TypeId {
    return this.get(id).k === 'i32' ? this.i32 : id;
  }

  // cells

  newSite(): number {
    this.#cellContent.push(null);
    return this.#cellOf.push(this.#cellOf.length) - 1;
  }

  #class(site: number): number {
    let at = site;
    for (let up = this.#cellOf[at] as number; up !== at; up = this.#cellOf[at] as number) at = up;
    this.#cellOf[site] = at;
    return at;
  }

  /** Either variable. They stay two: a slot that nobody reads may hold one here and another there. */
  #joinCells(a: Cell, b: Cell): Cell | null {
    const left = new Set(a.sites.map((site) => this.#class(site)));
    const right = new Set(b.sites.map((site) => this.#class(site)));
    if ([...right].every((site) => left.has(site))) return a;
    if ([...left].every((site) => right.has(site))) return b;
    const either = { ...a, sites: [...new Set([...left, ...right])].sort((x, y) => x - y) };
    if (either.sites.length <= MOST_SITES) return either;
    const one = this.variable(either);
    return one === null ? null : { ...a, sites: [one] };
  }

  /** The class of a cell that is used: all that it may be are one variable from then on. Null if they hold things that exclude each other. */
  variable({ sites, holds }: Cell): number | null {
    const one = this.#class(sites[0] as number);
    for (const site of sites) {
      const other = this.#class(site);
      if (other === one) continue;
      const content = this.#joinContents(this.#cellContent[one] ?? null, this.#cellContent[other] ?? null, holds);
      if (content === this.unset) return null;
      this.#cellOf[other] = one;
      this.#cellContent[one] = content;
      this.onCellGrowth();
    }
    return one;
  }

  /** What a variable holds that holds either; unset if it cannot. Two references to different things join to a word, which is no reference. */
  #joinContents(a: TypeId | null, b: TypeId | null, holds: CellKind): TypeId | null {
    if (a === null || b === null) return a ?? b;
    const content = this.join(a, b);
    return holds !== 'ref' || this.isRef(content) ? content : this.unset;
  }

  /** What a variable may hold; null if nothing was ever stored. */
  content(variable: number): TypeId | null {
    return this.#cellContent[variable] ?? null;
  }

  /** Takes note of a store into a variable. False if it would hold things that exclude each other. */
  store(variable: number, holds: CellKind, id: TypeId): boolean {
    const before = this.content(variable);
    const after = this.#joinContents(before, this.outside(id), holds);
    if (after === before) return true;
    this.#cellContent[variable] = after;
    this.onCellGrowth();
    return after !== this.unset;
  }

  // words for people

  show(id: TypeId): string {
    const type = this.get(id);
    switch (type.k) {
      case 'unset':
        return 'nothing certain';
      case 'bits':
        return 'a constant of 64 bits';
      case 'ref':
        return `${this.#showHeap(type.heap)}${type.nullable ? ' or null' : ''}`;
      case 'any':
        return 'an any word';
      case 'null':
        return 'null';
      default:
        return `an ${type.k}`;
    }
  }

  #showHeap(heap: Heap): string {
    switch (heap.is) {
      case 'struct':
      case 'enum':
        return `${heap.is} ${this.#program[heap.type]?.name ?? heap.type}`;
      case 'func':
        return heap.sig === null ? 'a function value' : `a function value of signature ${heap.sig}`;
      case 'cell':
        return 'a captured variable';
      case 'array':
      case 'error':
      case 'iterator':
        return `an ${heap.is}`;
      default:
        return `a ${heap.is}`;
    }
  }
}

const MASK_32 = 0xffff_ffffn;

/** Whether bits are an any word that is no reference, as boxing would make it. */
function isInlineWord(bits: bigint): boolean {
  const tag = Number(bits >> BigInt(ANY_TAG_SHIFT));
  const payload = bits & ((1n << BigInt(ANY_TAG_SHIFT)) - 1n);
  switch (tag) {
    case ANY_TAG.i32:
    case ANY_TAG.u32:
      return payload <= MASK_32;
    case ANY_TAG.i64:
    case ANY_TAG.u64:
      return true;
    case ANY_TAG.bool:
      return payload <= 1n;
    case ANY_TAG.nil:
      return payload === 0n;
    default: {
      const double = bits - ANY_DOUBLE_OFFSET;
      const infinity = 0x7ff0_0000_0000_0000n;
      const noNumber = (double & infinity) === infinity && (double & 0x000f_ffff_ffff_ffffn) !== 0n;
      return bits >= ANY_DOUBLE_OFFSET && (!noNumber || double === CANONICAL_NAN);
    }
  }
}
