/**
 * Machine code of a program's earlier runs, as bytes in its entry of the program cache, and what a run adds to it.
 *
 * For each unit there are the WebAssembly module and, where V8 gives it away (`machine.ts`), what its optimising compiler has made of that. The bytes
 * are a line of JSON that says what they are, and after it modules and code one after the other.
 */
import type { KeptUnit, UnitStore } from '@orus/core/engine/jit/kept-units';
import type { HostCode, UnitCode } from '@orus/core/engine/jit/link-unit';
import type { FuncIndex } from '@orus/core/isa/program';
import { codeOfModule, moduleWithCode } from './machine.ts';

/** Bytes of modules that are kept of one program: the first units are those of its longest loops. */
const MOST_BYTES = 2 ** 18;

/** A unit in the line of JSON. */
interface Described {
  readonly request: string;
  readonly functions: UnitCode['functions'];
  readonly outer: readonly (readonly [FuncIndex, boolean])[];
  readonly interpreted: UnitCode['interpreted'];
  readonly calls: boolean;
  /** Lengths of the module and of its code. */
  readonly lengths: readonly [number, number];
}

interface Held {
  readonly unit: UnitCode;
  /** What V8 gave away in an earlier run. */
  readonly code: Uint8Array<ArrayBuffer> | null;
  /** What it has optimised in this one. */
  readonly module: WebAssembly.Module | null;
}

const NEWLINE = 10;

export class KeptUnits implements UnitStore {
  readonly #held = new Map<string, Held>();
  /** What the addresses in machine code follow from besides the program, and whose code it is. */
  readonly #place: string;
  #added = false;

  /** `bytes`: of an earlier run; nothing is made of those that are good for another place in memory or another V8. */
  constructor(bytes: Uint8Array, place: string) {
    this.#place = `${place} V8 ${process.versions.v8} ${process.arch}`;
    if (bytes.length > 0) this.#read(bytes);
  }

  find(request: string): KeptUnit | null {
    const held = this.#held.get(request);
    if (held === undefined) return null;
    const { unit, code } = held;
    const module = held.module ?? (code === null ? undefined : moduleWithCode(unit.bytes, code));
    return { unit, code: module === undefined ? null : { module, optimised: true } };
  }

  add(request: string, unit: UnitCode, { module, optimised }: HostCode): void {
    if (!optimised && this.#held.get(request)?.unit === unit) return;
    this.#held.set(request, { unit, code: null, module: optimised ? module : null });
    this.#added = true;
  }

  /** All that there is now, if this run has added to it. */
  bytes(): Uint8Array | null {
    if (!this.#added) return null;
    const units: Described[] = [];
    const parts: Uint8Array[] = [];
    let room = MOST_BYTES;
    for (const [request, { unit, code, module }] of this.#held) {
      const { bytes, functions, outer, interpreted, calls } = unit;
      room -= bytes.length;
      if (room < 0) break;
      const kept = module === null ? code : codeOfModule(module);
      const lengths = [bytes.length, kept?.length ?? 0] as const;
      units.push({ request, functions, outer: [...outer], interpreted, calls, lengths });
      parts.push(bytes, ...(kept === null ? [] : [kept]));
    }
    return Buffer.concat([Buffer.from(`${JSON.stringify([this.#place, units])}\n`), ...parts]);
  }

  #read(bytes: Uint8Array): void {
    const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    let at = all.indexOf(NEWLINE) + 1;
    const [place, units] = JSON.parse(all.toString('utf8', 0, at)) as [string, readonly Described[]];
    if (place !== this.#place) return;
    // Copies: V8 takes whole buffers.
    const take = (length: number): Uint8Array<ArrayBuffer> => Uint8Array.from(all.subarray(at, (at += length)));
    for (const { request, lengths, outer, ...rest } of units) {
      const bytes = take(lengths[0]);
      const code = lengths[1] === 0 ? null : take(lengths[1]);
      this.#held.set(request, { unit: { ...rest, bytes, outer: new Map(outer) }, code, module: null });
    }
  }
}
