/**
 * Walks the heap of a machine and says what is wrong with it. It shares only the layout table with the runtime core.
 *
 * Rules:
 *   1. chunks follow one another without gaps up to the sentinel; a chunk after a free one knows its size; no two neighbours are free
 *   2. every free chunk is in exactly one bin, the one of its size
 *   3. blocks are chunks in use; their free cells and those handed out are counted right and each is on one list
 *   4. every reference from a root or a reachable object is the start of an object: a cell that is not free, a large object, or a
 *      static object below the heap; its header has a layout, and the type fits the layout
 *   5. every object holds together: lengths, capacities, storage kinds, unused elements zero, the parts of ropes
 *   6. slots of references are zero-extended, any words are canonical
 *   7. no gc byte keeps the bit of a walk
 *
 * `liveBytes` is what the reachable objects count against the limit, for comparison with ALLOC_BYTES after a full collection.
 */
import { NOMINAL, TYPE_CODES } from '../base/kinds.ts';
import { CORE_REGS } from './core-registers.ts';
import {
  ANY_TAG,
  ARRAY,
  ARRAY_SIZE,
  BUFFER_HEADER,
  ELEMENT_BYTES,
  FIELD_INFO,
  FIELD_INFO_SIZE,
  FRAME,
  FRAME_ENDS_RUN,
  FUNC_INFO,
  FUNC_INFO_SIZE,
  HEADER,
  KIND,
  LAYOUT,
  SAFEPOINT,
  SAFEPOINT_SIZE,
  SLOTS,
  STRING_HEADER,
  TYPE_INFO,
  VARIANT_INFO,
  VARIANT_INFO_SIZE,
  VM_FREE_LISTS,
  VM_REGS,
  type VmWord,
} from './layout.ts';
import { accountedBytes, CLASS_BYTES } from './size-classes.ts';

export interface HeapReport {
  readonly problems: readonly string[];
  readonly objects: number;
  readonly liveBytes: number;
}

/** As drawn at the head of `core/alloc.ts`. */
const CHUNK = {
  inUse: 1,
  object: 2,
  header: 8,
  blockBytes: 16384,
  next: 8,
  free: 16,
  freeCount: 20,
  cls: 24,
  cells: 32,
  binNext: 8,
} as const;
const CLASS_BLOCKS = VM_FREE_LISTS + 4 * CLASS_BYTES.length;
const CLASS_SWEEP = CLASS_BLOCKS + 4 * CLASS_BYTES.length;
const BINS = VM_FREE_LISTS + 16 * CLASS_BYTES.length;
const BIN_COUNT = 112;
const MAX_PROBLEMS = 20;

export function checkHeap(memory: { readonly buffer: ArrayBuffer }): HeapReport {
  return new Checker(memory.buffer).run();
}

class Checker {
  readonly #view: DataView;
  readonly #problems: string[] = [];
  readonly #heapBase: number;
  readonly #heapStart: number;
  readonly #heapEnd: number;
  readonly #freeChunks = new Set<number>();
  /** Starts of large objects. */
  readonly #large = new Set<number>();
  /** Cell size by the address of each block. */
  readonly #blocks = new Map<number, number>();
  #sorted: number[] = [];
  readonly #freeCells = new Set<number>();
  readonly #seen = new Set<number>();
  readonly #work: number[] = [];
  #liveBytes = 0;

  constructor(buffer: ArrayBuffer) {
    this.#view = new DataView(buffer);
    this.#heapBase = this.#reg('HEAP_BASE');
    this.#heapStart = this.#u32(CORE_REGS.HEAP_START);
    this.#heapEnd = this.#reg('HEAP_END');
  }

  run(): HeapReport {
    this.#checkChunks();
    this.#checkBins();
    this.#checkBlocks();
    if (this.#problems.length === 0) this.#trace();
    return { problems: this.#problems, objects: this.#seen.size, liveBytes: this.#liveBytes };
  }

  #reg(name: VmWord): number {
    return this.#u32(VM_REGS[name]);
  }

  #u8(address: number): number {
    return this.#view.getUint8(address);
  }

  #u16(address: number): number {
    return this.#view.getUint16(address, true);
  }

  #u32(address: number): number {
    return this.#view.getUint32(address, true);
  }

  #u64(address: number): bigint {
    return this.#view.getBigUint64(address, true);
  }

  #problem(text: string): void {
    if (this.#problems.length < MAX_PROBLEMS) this.#problems.push(text);
  }

  // --- rules 1 to 3

  #checkChunks(): void {
    const sentinel = this.#heapEnd - CHUNK.header;
    let before = 0;
    let at = this.#heapStart;
    while (at < sentinel) {
      const word = this.#u32(at);
      const size = word & ~15;
      if (size === 0 || at + size > sentinel) return this.#problem(`chunk ${at}: size ${size}`);
      if (this.#u32(at + 4) !== before)
        this.#problem(`chunk ${at}: says ${this.#u32(at + 4)} bytes are free before it, not ${before}`);
      const free = (word & CHUNK.inUse) === 0;
      if (free && before !== 0) this.#problem(`chunk ${at}: two free chunks side by side`);
      if (free) this.#freeChunks.add(at);
      else if ((word & CHUNK.object) !== 0) this.#large.add(at + CHUNK.header);
      before = free ? size : 0;
      at += size;
    }
    if (at !== sentinel || (this.#u32(at) & CHUNK.inUse) === 0)
      this.#problem(`sentinel at ${sentinel}, chunks end at ${at}`);
    else if (this.#u32(at + 4) !== before) this.#problem('the sentinel does not know the size before it');
  }

  #checkBins(): void {
    const left = new Set(this.#freeChunks);
    for (let bin = 0; bin < BIN_COUNT; bin++) {
      let previous = 0;
      for (let chunk = this.#u32(BINS + 4 * bin); chunk !== 0; chunk = this.#u32(chunk + CHUNK.binNext)) {
        if (!left.delete(chunk))
          return this.#problem(`bin ${bin} holds ${chunk}, which is not a free chunk of its own`);
        const size = this.#u32(chunk);
        const log = 31 - Math.clz32(size);
        if ((log - 4) * 4 + ((size >>> (log - 2)) & 3) !== bin)
          this.#problem(`chunk ${chunk} of ${size} bytes is in bin ${bin}`);
        if (this.#u32(chunk + 12) !== previous)
          this.#problem(`chunk ${chunk} does not know the one before it in bin ${bin}`);
        previous = chunk;
      }
      const bit = (this.#u32(BINS + 4 * BIN_COUNT + 4 * (bin >>> 5)) >>> (bin & 31)) & 1;
      if (bit !== (previous === 0 ? 0 : 1)) this.#problem(`bin ${bin}: wrong bit in the map`);
    }
    if (left.size > 0) this.#problem(`${left.size} free chunks are in no bin`);
  }

  #checkBlocks(): void {
    for (const [cls, size] of CLASS_BYTES.entries()) {
      const sweeping = this.#u32(CLASS_SWEEP + 4 * cls);
      let unswept = sweeping === CLASS_BLOCKS + 4 * cls;
      for (let block = this.#u32(CLASS_BLOCKS + 4 * cls); block !== 0; block = this.#u32(block + CHUNK.next)) {
        if ((this.#u32(block) & 3) !== CHUNK.inUse) return this.#problem(`block ${block}: not a chunk in use`);
        if (this.#blocks.has(block)) return this.#problem(`block ${block} is on two lists`);
        if (this.#u32(block + CHUNK.cls) !== cls)
          this.#problem(`block ${block} of class ${this.#u32(block + CHUNK.cls)} is on the list of ${cls}`);
        this.#blocks.set(block, size);
        // What an unswept block lists is older than the last marking.
        if (!unswept) {
          const cells = this.#checkFreeList(this.#u32(block + CHUNK.free), block);
          if (cells !== this.#u32(block + CHUNK.freeCount))
            this.#problem(`block ${block}: ${cells} free cells, not ${this.#u32(block + CHUNK.freeCount)}`);
        }
        if (sweeping === block + CHUNK.next) unswept = true;
      }
      this.#checkFreeList(this.#u32(VM_FREE_LISTS + 4 * cls), 0);
    }
    this.#sorted = [...this.#blocks.keys()].sort((a, b) => a - b);
  }

  /** Cells of a free list; of one block, or of any if that is 0. */
  #checkFreeList(first: number, block: number): number {
    let count = 0;
    for (let cell = first; cell !== 0; cell = this.#u32(cell + 4)) {
      if (this.#freeCells.has(cell)) {
        this.#problem(`cell ${cell} is on two lists`);
        return count;
      }
      if (this.#u32(cell) !== 0) this.#problem(`free cell ${cell} has header ${this.#u32(cell)}`);
      if (block !== 0 && (cell < block || cell >= block + CHUNK.blockBytes))
        this.#problem(`cell ${cell} is not of block ${block}`);
      this.#freeCells.add(cell);
      count++;
    }
    return count;
  }

  // --- rules 4 to 7

  #trace(): void {
    this.#ref(this.#reg('ERROR'), 'ERROR');
    this.#ref(this.#u32(CORE_REGS.OUT_OBJECT), 'output buffer');
    this.#ref(this.#u32(CORE_REGS.SORT_SOURCE), 'array that is sorted');
    this.#ref(this.#u32(CORE_REGS.SORT_RESULT), 'sorted array');
    this.#ref(this.#u32(CORE_REGS.SORT_SCRATCH), 'buffer of sorting');
    for (let i = 0; i < this.#reg('GLOBAL_COUNT'); i++) {
      this.#slot(this.#u8(this.#reg('GLOBAL_KINDS') + i), this.#reg('GLOBALS') + 8 * i, `global ${i}`);
    }
    let pc = this.#reg('PC');
    for (let frame = this.#reg('FP'); frame !== 0; frame = this.#u32(frame + FRAME.callerFp)) {
      this.#frame(frame, pc);
      const back = this.#u32(frame + FRAME.returnPc) & ~FRAME_ENDS_RUN;
      if (back === 0) break;
      pc = back - 4;
    }
    for (
      let object = this.#work.pop();
      object !== undefined && this.#problems.length < MAX_PROBLEMS;
      object = this.#work.pop()
    ) {
      this.#liveBytes += accountedBytes(this.#object(object));
    }
  }

  #frame(frame: number, pc: number): void {
    this.#ref(this.#u32(frame + FRAME.closure), `closure of frame ${frame}`);
    const info = this.#reg('FUNC_TABLE') + FUNC_INFO_SIZE * this.#u32(frame + FRAME.func);
    const table = this.#u32(info + FUNC_INFO.safepoints);
    for (let i = 0; i < this.#u32(info + FUNC_INFO.safepointCount); i++) {
      if (this.#u32(table + SAFEPOINT_SIZE * i + SAFEPOINT.pc) !== pc) continue;
      const map = this.#u32(table + SAFEPOINT_SIZE * i + SAFEPOINT.map);
      for (let k = 0; k < this.#u16(map); k++) {
        const entry = this.#u16(map + 2 + 2 * k);
        this.#slot(
          (entry & 0x8000) !== 0 ? KIND.any : KIND.ref,
          frame + 8 * (entry & 0x7fff),
          `slot ${entry & 0x7fff} of frame ${frame}`,
        );
      }
      return;
    }
    this.#problem(`frame ${frame} has no safepoint for ${pc}`);
  }

  #slot(kind: number, address: number, where: string): void {
    const word = this.#u64(address);
    if (kind === KIND.ref) {
      if (word >> 32n !== 0n) this.#problem(`${where}: reference ${word.toString(16)} is not zero-extended`);
      this.#ref(Number(word & 0xffffffffn), where);
    } else if (kind === KIND.any) {
      this.#word(word, where);
    }
  }

  #word(word: bigint, where: string): void {
    const tag = Number(word >> 48n);
    const payload = word & 0xffff_ffff_ffffn;
    const bad = (): void => this.#problem(`${where}: any word ${word.toString(16)} is not canonical`);
    switch (tag) {
      case ANY_TAG.ref:
        if (payload >> 32n !== 0n) bad();
        this.#ref(Number(payload & 0xffffffffn), where);
        return;
      case ANY_TAG.i32:
      case ANY_TAG.u32:
        if (payload >> 32n !== 0n) bad();
        return;
      case ANY_TAG.bool:
        if (payload > 1n) bad();
        return;
      case ANY_TAG.nil:
        if (payload !== 0n) bad();
        return;
      case ANY_TAG.i64:
      case ANY_TAG.u64:
        return;
      default:
        if (tag < 0xf) bad();
    }
  }

  #ref(object: number, where: string): void {
    if (object === 0 || this.#seen.has(object)) return;
    if (object < this.#heapBase) {
      if ((object & 7) !== 0 || object < 4096) this.#problem(`${where}: ${object} is no static object`);
      return;
    }
    if (!this.#isObject(object)) return this.#problem(`${where}: ${object} is no object`);
    this.#seen.add(object);
    this.#work.push(object);
  }

  #isObject(address: number): boolean {
    if (this.#large.has(address)) return true;
    if (this.#freeCells.has(address)) return false;
    const block = this.#blockBefore(address);
    const size = this.#blocks.get(block) ?? 0;
    const offset = address - block - CHUNK.cells;
    return size !== 0 && offset >= 0 && offset % size === 0 && offset + size <= CHUNK.blockBytes - CHUNK.cells;
  }

  /** The last block that begins at or before an address. */
  #blockBefore(address: number): number {
    let low = 0;
    let high = this.#sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#sorted[middle] ?? 0) <= address) low = middle + 1;
      else high = middle;
    }
    return this.#sorted[low - 1] ?? 0;
  }

  /** Checks one object and gives its size. */
  #object(object: number): number {
    const layout = this.#u8(object + HEADER.layout);
    const type = this.#u16(object + HEADER.type);
    const aux = this.#u32(object + HEADER.aux);
    const where = `object ${object}, layout ${layout}`;
    const typed = (code: number): void => {
      if (type !== code) this.#problem(`${where}: type ${type} instead of ${code}`);
    };
    if ((this.#u8(object) & 0x80) !== 0) this.#problem(`${where}: a walk left its bit`);
    switch (layout) {
      case LAYOUT.string:
        typed(TYPE_CODES.string);
        return STRING_HEADER + aux;
      case LAYOUT.rope:
        typed(TYPE_CODES.string);
        this.#rope(object, aux, where);
        return 16;
      case LAYOUT.array:
        typed(TYPE_CODES.array);
        this.#array(object, aux, where);
        return ARRAY_SIZE;
      case LAYOUT.bufferRaw:
        return BUFFER_HEADER + aux * this.#elementBytes(type);
      case LAYOUT.bufferRef:
        for (let i = 0; i < aux; i++) this.#ref(this.#u32(object + BUFFER_HEADER + 4 * i), `${where}, element ${i}`);
        return BUFFER_HEADER + 4 * aux;
      case LAYOUT.bufferAny:
        for (let i = 0; i < aux; i++) {
          const word = this.#u64(object + BUFFER_HEADER + 8 * i);
          if (word !== 0n) this.#word(word, `${where}, element ${i}`);
        }
        return BUFFER_HEADER + 8 * aux;
      case LAYOUT.struct: {
        const info = this.#u32(this.#reg('TYPE_TABLE') + 4 * type);
        const count = this.#u32(info + TYPE_INFO.count);
        this.#fields(object, this.#u32(info + TYPE_INFO.members), count, where);
        return SLOTS + 8 * count;
      }
      case LAYOUT.enum: {
        const info = this.#u32(this.#reg('TYPE_TABLE') + 4 * type);
        if (aux >= this.#u32(info + TYPE_INFO.count)) this.#problem(`${where}: variant ${aux}`);
        const variant = this.#u32(info + TYPE_INFO.members) + VARIANT_INFO_SIZE * aux;
        const count = this.#u32(variant + VARIANT_INFO.count);
        this.#fields(object, this.#u32(variant + VARIANT_INFO.fields), count, where);
        return SLOTS + 8 * count;
      }
      case LAYOUT.closure: {
        typed(TYPE_CODES.func);
        const info = this.#reg('FUNC_TABLE') + FUNC_INFO_SIZE * aux;
        const count = this.#u16(info + FUNC_INFO.captures);
        const kinds = this.#u32(info + FUNC_INFO.captureKinds);
        for (let i = 0; i < count; i++)
          this.#slot(this.#u8(kinds + i), object + SLOTS + 8 * i, `${where}, capture ${i}`);
        return SLOTS + 8 * count;
      }
      case LAYOUT.cellRaw:
        return 16;
      case LAYOUT.cellRef:
        this.#slot(KIND.ref, object + SLOTS, where);
        return 16;
      case LAYOUT.cellAny:
        // A cell whose variable is unset holds 0.
        if (this.#u64(object + SLOTS) !== 0n) this.#slot(KIND.any, object + SLOTS, where);
        return 16;
      case LAYOUT.box: {
        const value = this.#view.getBigInt64(object + SLOTS, true);
        const inline =
          type === TYPE_CODES.i64
            ? BigInt.asIntN(48, value) === value
            : BigInt.asUintN(48, value) === BigInt.asUintN(64, value);
        if ((type !== TYPE_CODES.i64 && type !== TYPE_CODES.u64) || inline)
          this.#problem(`${where}: type ${type}, value ${value}`);
        return 16;
      }
      case LAYOUT.range:
        typed(TYPE_CODES.range);
        return 32;
      case LAYOUT.error:
        typed(TYPE_CODES.error);
        this.#ref(this.#u32(object + SLOTS), `${where}, message`);
        return 16;
      case LAYOUT.iterator:
        this.#word(this.#u64(object + 16), where);
        return 24;
      default:
        this.#problem(where);
        return 0;
    }
  }

  #elementBytes(code: number): number {
    return code < NOMINAL ? (ELEMENT_BYTES[code] ?? 0) : 4;
  }

  #fields(object: number, fields: number, count: number, where: string): void {
    for (let i = 0; i < count; i++) {
      const kind = this.#u8(fields + FIELD_INFO_SIZE * i + FIELD_INFO.kind);
      const slot = object + SLOTS + 8 * i;
      if (kind === KIND.i32 && this.#u64(slot) >> 32n !== 0n)
        this.#problem(`${where}, field ${i}: i32 slot is not zero-extended`);
      this.#slot(kind, slot, `${where}, field ${i}`);
    }
  }

  #rope(object: number, length: number, where: string): void {
    const left = this.#u32(object + 8);
    const right = this.#u32(object + 12);
    this.#ref(left, `${where}, left`);
    this.#ref(right, `${where}, right`);
    const leftLength = this.#u32(left + HEADER.aux);
    if (right !== 0) {
      if (leftLength + this.#u32(right + HEADER.aux) !== length)
        this.#problem(`${where}: the parts do not make ${length} bytes`);
      return;
    }
    if (this.#u8(left + HEADER.layout) !== LAYOUT.string) return this.#problem(`${where}: a view of no flat string`);
    // A longer string below a view is a builder, whose word at 8 says how much is in use.
    if (leftLength < length || (leftLength > length && this.#u32(left + 8) < length))
      this.#problem(`${where}: view of ${length} bytes of ${leftLength}`);
  }

  #array(object: number, length: number, where: string): void {
    const buffer = this.#u32(object + ARRAY.buffer);
    const capacity = this.#u32(object + ARRAY.capacity);
    const code = this.#u32(object + ARRAY.element);
    if (length > capacity) return this.#problem(`${where}: ${length} elements in room for ${capacity}`);
    if (buffer === 0) {
      if (capacity !== 0) this.#problem(`${where}: no buffer for ${capacity} elements`);
      return;
    }
    this.#ref(buffer, `${where}, buffer`);
    if (!this.#seen.has(buffer)) return;
    const ref = code >= TYPE_CODES.string && code !== TYPE_CODES.nil;
    const layout = code === TYPE_CODES.any ? LAYOUT.bufferAny : ref ? LAYOUT.bufferRef : LAYOUT.bufferRaw;
    if (
      this.#u8(buffer + HEADER.layout) !== layout ||
      this.#u16(buffer + HEADER.type) !== code ||
      this.#u32(buffer + HEADER.aux) !== capacity
    ) {
      return this.#problem(`${where}: buffer ${buffer} does not fit storage ${code}, capacity ${capacity}`);
    }
    const bytes = this.#elementBytes(code);
    const end = buffer + BUFFER_HEADER + capacity * bytes;
    for (let at = buffer + BUFFER_HEADER + length * bytes; at < end; at++) {
      if (this.#u8(at) !== 0) return this.#problem(`${where}: an unused element is not zero`);
    }
    for (let i = 0; code === TYPE_CODES.any && i < length; i++) {
      if (this.#u64(buffer + BUFFER_HEADER + 8 * i) === 0n) this.#problem(`${where}: element ${i} is unset`);
    }
    for (let i = 0; ref && i < length; i++) {
      const element = this.#u32(buffer + BUFFER_HEADER + 4 * i);
      if (element === 0) this.#problem(`${where}: element ${i} is null`);
      else if (this.#u16(element + HEADER.type) !== code)
        this.#problem(`${where}: element ${i} is not of type ${code}`);
    }
  }
}
