/**
 * Where the loader places a program, and what it keeps free for growth. All of it lies between the VM registers and the heap.
 *
 *     CONSTANTS       the first 65536 constants that instructions name by 16 bits, at a fixed address so that no base is loaded
 *     ...             further constants, strings, static objects, tables, code, module variables
 *     STACK_BASE      frame stack
 *     HEAP_BASE       heap
 */
import { VM_END } from './layout.ts';

/** Address of constant 0. */
export const CONSTANTS = VM_END;

export const PAGE = 65_536;

/** Room for `tier.enter` before a function's code; FUNC_INFO.code points to it once there is machine code. */
export const ENTRY_BYTES = 16;
/** In a `tier.enter`: position in the machine's table of what the interpreter calls. */
export const ENTRY_INDEX = 4;
/** In a `tier.enter` of a function, behind the instruction: number of the typed form that machine code calls, 0 if there is none. */
export const TYPED_ENTRY = 8;
