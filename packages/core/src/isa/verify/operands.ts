/**
 * Which slots an instruction reads, sets and destroys: for liveness. Typing has checked before that all of them lie in the frame.
 */
import { BUILTINS, BUILTIN_NAMES, type BuiltinName } from '../../base/builtins.ts';
import { FRAME_HEADER_SLOTS } from '../../runtime/layout.ts';
import type { DecodedInst } from '../encode.ts';
import type { BytecodeProgram } from '../program.ts';
import type { Shape } from './shapes.ts';

export interface Slots {
  /** Slots of a window that are read: from the first on so many. */
  readonly window: number;
  readonly reads: number;
  /** A slot of the window that is set; -1 if none. */
  readonly result: number;
  /** All slots from here on are lost; the frame's end if none are. */
  readonly lost: number;
}

const NO_WINDOW: Slots = { window: 0, reads: 0, result: -1, lost: Number.MAX_SAFE_INTEGER };

/** What an instruction does to its window. */
export function windowOf(inst: DecodedInst, shape: Shape, program: BytecodeProgram): Slots {
  if (shape.window < 0) return NO_WINDOW;
  const window = inst.values[shape.window] as number;
  const value = (at: number): number => inst.values[at] as number;
  if (shape.isCall) {
    const callee = shape.func < 0 ? undefined : program.funcs[value(shape.func)];
    const sig = shape.sig < 0 ? undefined : program.signatures[value(shape.sig)];
    const reads = (callee ?? sig)?.params.length ?? value(shape.count);
    return { window, reads, result: window, lost: window - FRAME_HEADER_SLOTS };
  }
  if (shape.builtin >= 0) {
    const { params, result } = BUILTINS[BUILTIN_NAMES[value(shape.builtin)] as BuiltinName];
    return { ...NO_WINDOW, window, reads: params.length, result: result === null ? -1 : window };
  }
  return { ...NO_WINDOW, window, reads: value(shape.count) };
}
