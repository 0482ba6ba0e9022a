/**
 * Arrays that a block makes and fills, as it does for an array literal: as long as nothing but pushes has happened to one, it is known which element
 * each push adds.
 */
import type { Inst, ValueId } from '../ir/ir.ts';

export class FreshArrays {
  /** By array: what was pushed as long as it was fresh. */
  readonly #pushed = new Map<ValueId, ValueId[]>();
  readonly #fresh = new Set<ValueId>();

  /** Begins a block. */
  enter(): void {
    this.#fresh.clear();
  }

  /** Goes on behind an instruction; to be told of all of a block in their order. */
  follow({ op, imm, args, result }: Inst): void {
    const name = op === 'rt' ? (imm as string) : op;
    if (name === 'array.new') {
      this.#fresh.add(result as ValueId);
      this.#pushed.set(result as ValueId, []);
      return;
    }
    if (this.#fresh.size === 0) return;
    const pushes = name.startsWith('array.push.');
    for (let i = pushes ? 1 : 0; i < args.length; i++) this.#fresh.delete(args[i] as ValueId);
    const [array, value] = args as [ValueId, ValueId];
    if (pushes && this.#fresh.has(array)) this.#pushed.get(array)?.push(value);
  }

  /** How many elements an array has, or null if others may have changed it. */
  lengthOf(array: ValueId): number | null {
    return this.#fresh.has(array) ? (this.#pushed.get(array) as ValueId[]).length : null;
  }

  /** What an array got first, in any block that was followed. */
  first(array: ValueId): readonly ValueId[] {
    return this.#pushed.get(array) ?? [];
  }
}
