/**
 * The memory of one machine: its size from the limits, and views that follow when it grows.
 *
 *     0            VM registers, static bytes of the core (below CONSTANTS)
 *     CONSTANTS    the program's image
 *     stackBase    frame stack, reserved whole so that it never moves; pages that are never touched cost nothing
 *     heapBase     heap
 */
// Whoever compiles this file without core's own configuration (tests, the command line) needs the host's declarations too.
/// <reference path="../../base/host.d.ts" />
import { FRAME_HEADER_SLOTS } from '../../runtime/layout.ts';
import { PAGE } from '../../runtime/program-layout.ts';
import type { Limits } from '../engine.ts';
import type { LoadedProgram } from './load.ts';

export interface MemoryMap {
  readonly stackBase: number;
  readonly stackLimit: number;
  readonly heapBase: number;
  /** Bytes of objects that the guest may hold. */
  readonly heapLimit: number;
}

/** Deep recursion with large frames may end here before its number of calls is reached. */
const STACK_MAX = 256 * 2 ** 20;
const STACK_MIN = PAGE;
/** What fragmentation and the core's own buffers may take beyond the guest's bytes. */
const HEAP_SLACK = 32 * 2 ** 20;
const MAX_PAGES = 65_536;

const roundUp = (value: number, unit: number): number => Math.ceil(value / unit) * unit;

/** `room`: bytes from the start of the image that stay free of everything else. */
export function mapMemory(program: LoadedProgram, limits: Limits, room = 0): MemoryMap {
  const { perCall, once } = program.nesting;
  // One frame more than the depth limit: an adapter may stand on top. The largest window must fit behind any frame.
  const many = Math.ceil(perCall * (Math.min(limits.depth, STACK_MAX) + 2));
  const wanted = 8 * (many + once + program.largestFrame + FRAME_HEADER_SLOTS);
  const stackBase = roundUp(Math.max(program.image.end, program.image.base + room), 16);
  const stackLimit = roundUp(stackBase + Math.min(STACK_MAX, Math.max(STACK_MIN, wanted)), PAGE);
  const image = program.image.end - program.image.base;
  return {
    stackBase,
    stackLimit,
    heapBase: stackLimit,
    heapLimit: Math.max(0, Math.min(limits.memory - image, 0xffff_0000)),
  };
}

export function createMemory(map: MemoryMap): WebAssembly.Memory {
  const initial = map.heapBase / PAGE + 1;
  const bytes = map.heapBase + 1.5 * map.heapLimit + HEAP_SLACK;
  return new WebAssembly.Memory({ initial, maximum: Math.min(MAX_PAGES, roundUp(bytes, PAGE) / PAGE) });
}

/** Typed access to a memory that may grow. */
export class MemoryView {
  readonly memory: WebAssembly.Memory;
  #view: DataView;

  constructor(memory: WebAssembly.Memory) {
    this.memory = memory;
    this.#view = new DataView(memory.buffer);
  }

  /** Growth replaces the buffer. */
  get #now(): DataView {
    if (this.#view.buffer !== this.memory.buffer) this.#view = new DataView(this.memory.buffer);
    return this.#view;
  }

  u16(address: number): number {
    return this.#now.getUint16(address, true);
  }

  u8(address: number): number {
    return this.#now.getUint8(address);
  }

  u32(address: number): number {
    return this.#now.getUint32(address, true);
  }

  setU32(address: number, value: number): void {
    this.#now.setUint32(address, value, true);
  }

  i64(address: number): bigint {
    return this.#now.getBigInt64(address, true);
  }

  setI64(address: number, value: bigint): void {
    this.#now.setBigInt64(address, value, true);
  }

  bytes(address: number, length: number): Uint8Array {
    return new Uint8Array(this.memory.buffer, address, length);
  }
}
