/** What the compiler of machine code tells those who want to see it work. */
import type { FuncIndex } from '../../isa/program.ts';
import type { Refusal } from './flow.ts';

/** A function in a unit, from one of its instructions on. */
export interface UnitPart {
  /** Number in its program. */
  readonly func: FuncIndex;
  readonly name: string;
  /** The pc at which it is entered; 0: where calls begin. */
  readonly entry: number;
  /** Line of that, 1-based; 0 if it is not known. */
  readonly line: number;
  /** Instructions that can be reached from there. */
  readonly instructions: number;
}

export type JitEvent =
  | {
      readonly kind: 'compiled';
      readonly unit: number;
      readonly parts: readonly UnitPart[];
      readonly bytes: number;
      /** Writing the module, and the host's work on it. */
      readonly translateMs: number;
      readonly hostMs: number;
    }
  | { readonly kind: 'installed'; readonly unit: number; readonly part: UnitPart }
  | { readonly kind: 'refused'; readonly part: Omit<UnitPart, 'instructions'>; readonly why: Refusal }
  | { readonly kind: 'evicted'; readonly unit: number; readonly bytes: number; readonly liveBytes: number }
  /** The host compiles nothing (more): the rest is interpreted. */
  | { readonly kind: 'unavailable'; readonly why: string };

export interface JitObserver {
  event(event: JitEvent): void;
}
