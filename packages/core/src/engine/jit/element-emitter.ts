/**
 * Elements of arrays and bytes of strings where machine code reads and writes them.
 *
 * What stays the same in all rounds of a loop (`loops.ts`) is fetched before it and held in locals: length and elements of arrays, elements
 * that are rows, where the bytes of strings stand. Elsewhere what an access has seen of an array's header is known behind it (`array-facts.ts`).
 */
import { present } from '../../base/bug.ts';
import type { TrapName } from '../../base/traps.ts';
import { definitionOf } from '../../isa/definition.ts';
import type { DecodedInst } from '../../isa/encode.ts';
import type { Opcode } from '../../isa/opcode.ts';
import { ARRAY, HEADER, LAYOUT, ROPE } from '../../runtime/layout.ts';
import type { Expr, I32, I64, Local } from '../../wasm/code-writer.ts';
import type { WasmType } from '../../wasm/types.ts';
import { ArrayFacts, type ArrayLocals, type ElementLocals, type StringLocals } from './array-facts.ts';
import { arraySlot, elementCode, isByteRead, isElementAccess, keepsArrays, stringSlot, type Loop } from './loops.ts';
import { REP, type Rep } from './slots.ts';
import { UnitEmitter } from './unit-emitter.ts';

export abstract class ElementEmitter extends UnitEmitter {
  /** For each block the innermost loop that it is in. */
  protected abstract readonly loops: readonly (Loop | null)[];
  /** The block that is being written. */
  protected block = 0;
  protected readonly arrays = new ArrayFacts(this.w);
  /** Accesses in strips that are in bounds, by their instructions. */
  protected readonly inBounds = new Set<number>();
  /** Steps to their indices that cannot overflow. */
  protected readonly exact = new Set<number>();
  /** Length and elements of the arrays that stay the same in a loop, by their slot. */
  readonly #steady = new Map<Loop, Map<number, ArrayLocals>>();
  /** Elements that stay the same in a loop, by the instruction that reads them; and the row in which an instruction reads or writes. */
  readonly #elements = new Map<Loop, Map<number, ElementLocals>>();
  readonly #rows = new Map<Loop, Map<number, ArrayLocals>>();
  /** Strings of which bytes are read in a loop, by their slot. */
  readonly #strings = new Map<Loop, Map<number, StringLocals>>();
  /** Where the bytes stand that the instruction being written reads. */
  #bytes: I32 | null = null;
  /** While elements are read before a loop: the loop, and what was read so far, by slot. */
  #early: { readonly loop: Loop; readonly read: Map<number, Local<'i32'>> } | null = null;

  /** Makes locals for what a loop keeps. */
  protected keep(loop: Loop): void {
    const { w } = this;
    const steady = (inst: number): ArrayLocals => {
      const code = elementCode(this.flow.insts[inst] as DecodedInst);
      return { code, length: w.lasting('i64'), elements: w.lasting('i32') };
    };
    this.#steady.set(loop, new Map(loop.arrays.map(({ slot, inst }) => [slot, steady(inst)])));
    const elements = new Map<number, ElementLocals>();
    const rows = new Map<number, ArrayLocals>();
    for (const { inst, accesses } of loop.elements) {
      const row = accesses.length > 0 ? steady(accesses[0] as number) : null;
      elements.set(inst, { value: w.lasting('i32'), row });
      for (const access of accesses) if (row !== null) rows.set(access, row);
    }
    this.#elements.set(loop, elements);
    this.#rows.set(loop, rows);
    const strings = loop.strings.map((slot) => [slot, { length: w.lasting('i64'), bytes: w.lasting('i32') }] as const);
    this.#strings.set(loop, new Map(strings));
  }

  /**
   * Fetches what stays the same in all rounds. An array with elements of another kind has none here.
   *
   * What depends on a condition is set in branches: the host computes a `select` where its result is used, in every round.
   */
  protected fetch(loop: Loop): void {
    const { w, at } = this;
    const hold = ({ length, elements }: ArrayLocals, array: I32, inst: number): void => {
      this.at = inst;
      const isOfKind = w.i32.eq(w.load32(array, ARRAY.element), this.sources()['code'] as I32);
      w.set(length, w.i64.const(0n));
      w.if(isOfKind, () => w.set(length, w.i64.extendU(w.load32(array, ARRAY.length))));
      w.set(elements, w.load32(array, ARRAY.buffer));
    };
    for (const [slot, { length, bytes }] of present(this.#strings.get(loop), 'strings of a loop')) {
      const string = this.read(slot, REP.i32) as I32;
      this.#locate(string, bytes);
      w.set(length, w.i64.const(0n));
      w.if(bytes, () => w.set(length, w.i64.extendU(w.load32(string, HEADER.aux))));
    }
    for (const { slot, inst } of loop.arrays)
      hold(present(this.#steady.get(loop)?.get(slot), 'array of a loop'), this.read(slot, REP.i32) as I32, inst);
    const early = { loop, read: new Map<number, Local<'i32'>>() };
    for (const { inst, accesses } of loop.elements) {
      const { value, row } = present(this.#elements.get(loop)?.get(inst), 'element of a loop');
      this.at = inst;
      this.#early = early;
      w.set(value, this.operation(this.inst.op) as I32);
      this.finish();
      this.#early = null;
      if (row === null) continue;
      early.read.set(present(this.slots.effects(inst).def, 'slot of an element').slot, value);
      hold(row, value, accesses[0] as number);
      w.if(w.i32.eqz(value), () => w.set(row.length, w.i64.const(0n)));
    }
    this.at = at;
  }

  /** What is known in the innermost loop that knows something. */
  #inLoops<T>(known: (loop: Loop) => T | undefined, innermost = this.#early?.loop ?? this.loops[this.block]): T | null {
    for (let loop = innermost ?? null; loop !== null; loop = loop.parent) {
      const found = known(loop);
      if (found !== undefined) return found;
    }
    return null;
  }

  #steadyArray(inst = this.at, innermost?: Loop): ArrayLocals | null {
    const decoded = this.flow.insts[inst] as DecodedInst;
    if (!isElementAccess(decoded)) return null;
    const slot = arraySlot(decoded);
    const code = elementCode(decoded);
    return this.#inLoops((loop) => {
      const found = this.#rows.get(loop)?.get(inst) ?? this.#steady.get(loop)?.get(slot);
      return found?.code === code ? found : undefined;
    }, innermost);
  }

  #steadyString(inst: DecodedInst, innermost?: Loop): StringLocals | null {
    if (!isByteRead(inst)) return null;
    return this.#inLoops((loop) => this.#strings.get(loop)?.get(stringSlot(inst)), innermost);
  }

  /** The length of what an access in a loop reads or writes, if it stays the same. */
  protected lengthOf(inst: number, loop: Loop): Local<'i64'> | null {
    const array = this.#steadyArray(inst, loop);
    return (array ?? this.#steadyString(this.flow.insts[inst] as DecodedInst, loop))?.length ?? null;
  }

  /** The element that the instruction reads, if that was done before a loop. */
  protected keptElement(): Local<'i32'> | null {
    return this.#inLoops((loop) => this.#elements.get(loop)?.get(this.at))?.value ?? null;
  }

  /** An element of which nobody knows yet whether it will be wanted is 0 where it is not there. */
  override rarely<T extends WasmType>(body: () => Expr<T>): Expr<T> {
    if (this.#early === null) return super.rarely(body);
    // only references are read early
    const none: Expr<WasmType> = this.w.i32.const(0);
    return none as Expr<T>;
  }

  protected override read(slot: number, rep: Rep): Expr<WasmType> {
    return (rep === REP.i32 ? this.#early?.read.get(slot) : undefined) ?? super.read(slot, rep);
  }

  override trapIf(condition: I32, trap: TrapName): void {
    if (!this.exact.has(this.at)) super.trapIf(condition, trap);
  }

  override hasElement(array: I32, index: I64, code: I32): I32 {
    if (this.isWrong) return this.w.i32.const(0);
    if (this.inBounds.has(this.at)) return this.w.i32.const(1);
    const known = this.#steadyArray() ?? this.#seenArray();
    if (known !== null) return this.w.i64.ltU(index, known.length);
    if (!this.mayLeave || this.#early !== null) return super.hasElement(array, index, code);
    const { w } = this;
    const { length, elements } = this.arrays.look(arraySlot(this.inst), elementCode(this.inst));
    w.set(length, w.i64.extendU(w.load32(array, ARRAY.length)));
    w.set(elements, super.elements(array));
    return w.i32.and(w.i32.eq(w.load32(array, ARRAY.element), code), w.i64.ltU(index, length));
  }

  override elements(array: I32): I32 {
    return (this.#steadyArray() ?? this.#seenArray())?.elements ?? super.elements(array);
  }

  #seenArray(): ArrayLocals | null {
    return this.#early === null ? this.arrays.of(arraySlot(this.inst), elementCode(this.inst)) : null;
  }

  protected override aside<T>(body: () => T): T {
    return this.arrays.aside(() => super.aside(body));
  }

  /** Sets a local to where the bytes of a string stand, less STRING_HEADER; to 0 if they are not in one place. */
  #locate(string: I32, bytes: Local<'i32'>): void {
    const { w } = this;
    w.set(bytes, string);
    w.if(w.i32.ne(w.load8(string, HEADER.layout), w.i32.const(LAYOUT.string)), () => {
      w.set(bytes, w.load32(string, ROPE.left));
      w.if(w.load32(string, ROPE.right), () => w.set(bytes, w.i32.const(0)));
    });
  }

  override hasByte(string: I32, index: I64): I32 {
    const { w } = this;
    if (this.isWrong) return w.i32.const(0);
    const known = this.#steadyString(this.inst);
    if (known !== null) {
      this.#bytes = known.bytes;
      return this.inBounds.has(this.at) ? w.i32.const(1) : w.i64.ltU(index, known.length);
    }
    const bytes = this.temporary('i32');
    this.#locate(string, bytes);
    this.#bytes = bytes;
    return w.i64.ltU(index, w.i64.extendU(w.select(bytes, w.load32(string, HEADER.aux), w.i32.const(0))));
  }

  override bytes(string: I32): I32 {
    return this.#bytes ?? string;
  }

  /** The instruction is written: what it leaves of what is known of arrays. */
  protected passArrays(): void {
    // A store that does not leave may make an array one of anything.
    const keeps = keepsArrays(this.inst) && (this.mayLeave || !isElementAccess(this.inst));
    this.arrays.pass(this.slots.effects(this.at).def?.slot ?? null, keeps);
  }

  /** Writes what an instruction does; gives its result. */
  protected operation(op: Opcode): Expr<WasmType> | void {
    const { emit } = definitionOf(op);
    // the operands are those that the entry declares
    return (emit as (w: unknown, s: unknown) => Expr<WasmType> | void)(this, this.sources());
  }
}
