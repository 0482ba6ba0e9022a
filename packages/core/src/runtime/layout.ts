/**
 * The memory of one machine: VM registers, tables, frames, objects and boxed words, as one table of numbers.
 *
 * The runtime core's constants, the interpreter's and the JIT's emitters, the loader, the heap checker and the docs all come
 * from here. All offsets are bytes, all values little-endian.
 *
 *     0        null page: address 0 is the null reference, nothing is ever stored below VM
 *     VM       VM registers, at fixed addresses so that machine code bakes them in
 *     ...      program: function table, type table, code, constants, module slots (placed by the loader)
 *     ...      frame stack: reserved range, never moves
 *     ...      heap, up to the end of the memory
 */

/** VM registers. Names are shared with the runtime core. Word size 4 unless the name is in `WIDE`. */
export const VM = 1024;

const VM_WORDS = [
  // what the interpreter and machine code touch
  'FP', //            frame pointer of the running frame, written before anything that may look at frames
  'PC', //            address of the running instruction, written likewise
  'STACK_LIMIT', //   first byte after the frame stack
  'WINDOW_LIMIT', //  last address at which a window may begin, so that the program's largest ends in the frame stack
  'DEPTH_LIMIT', //   how many calls may nest
  'PENDING', //       see PENDING
  'ERROR', //         pending error object (ref)
  'FUNC_TABLE', //    FUNC_INFO_SIZE bytes a function, by FuncId
  'TYPE_TABLE', //    u32 address of a TypeInfo by TypeCode (0 for codes without one)
  'GLOBALS', //       8 bytes a module variable, by GlobalId
  'GLOBAL_KINDS', //  a byte (KIND) a module variable
  'GLOBAL_COUNT',
  'STRINGS', //       u32 address of each constant string, by number
  'STRING_COUNT',
  'FUNC_COUNT',
  'TYPE_COUNT', //    entries in TYPE_TABLE
  'STACK_BASE', //    first byte of the frame stack
  'BYTE_STRINGS', //  u32 address of the 256 one-byte strings
  'EMPTY_STRING',
  'TRAP_MESSAGES', // u32 address of a constant message string by position in TRAPS
  'TRAP_ERRORS', //   u32 address of pre-allocated error objects for stackOverflow and outOfMemory, by position in TRAPS (else 0)
  'LABELS', //        u32 addresses of label strings by TypeCode below NOMINAL, then `function lambda`-style helpers as the core needs
  'STRESS_GC', //     non-zero: every allocation asks for a collection first
  'COLLECTING_OFF', // non-zero while an instruction is executed again after a collection: allocation must not ask for another one
  // the collector's own; the core owns their meaning
  'HEAP_BASE',
  'HEAP_END',
  'HEAP_LIMIT',
  'GC_PHASE',
  'MARK_STACK',
  'MARK_TOP',
  'MARK_CAPACITY',
  'SWEEP_CURSOR',
  'LARGE_LIST',
  'FREE_BLOCKS',
  'ALLOC_BYTES',
  'GC_TRIGGER',
  'LIVE_BYTES',
  'COLLECTIONS',
  'OUT_BUFFER',
  'OUT_LENGTH',
  'OUT_CAPACITY',
  'SCRATCH',
  'SCRATCH_CAPACITY',
  'CORE0',
  'CORE1',
  'CORE2',
  'CORE3',
  'CORE4',
  'CORE5',
  'CORE6',
  'CORE7',
  'CORE8',
  'CORE9',
  'CORE10',
  'CORE11',
  'CORE12',
  'CORE13',
  'CORE14',
  'CORE15',
  'NATIVE_LIMIT', //  depth from which calls stay in the interpreter while machine code runs, 0 while none does
  'NATIVE_ROOM', //   nested calls that the host's stack has room for in machine code
  'LEVEL_BYTES', //   how much farther a window may begin for each nested call
  'LEVELS_END', //    nested calls of LEVEL_BYTES each, up to this address, are all within WINDOW_LIMIT
  'HEAP_RESERVE', //  bytes that the first `Out of memory` of a run adds to HEAP_LIMIT, for whoever catches it
] as const;

/** Fuel left before the next look outside (the smaller of slice and limit), i64, at the very start. */
export const VM_FUEL = VM;
/** Fuel charged by built-ins beyond what FUEL held is not lost: a built-in that cannot pay stops before its work (PENDING.fuel). */
export type VmWord = (typeof VM_WORDS)[number];
export const VM_REGS = Object.fromEntries(VM_WORDS.map((name, i) => [name, VM + 8 + 4 * i])) as Record<VmWord, number>;
/** Free-list heads, one u32 a size class. */
export const VM_FREE_LISTS = VM + 8 + 4 * VM_WORDS.length + 8;
export const VM_END = 4096;

/** Values of the PENDING register after a runtime-core call. */
export const PENDING = {
  none: 0,
  /** ERROR holds the error to raise at the current instruction. */
  error: 1,
  /** Nothing was done: collect, then execute the instruction again (with COLLECTING_OFF set). */
  collect: 2,
  /** Nothing was done: fuel is short by what VM_FUEL lacks; stop before the instruction. */
  fuel: 3,
  /** The host asked to end (a closed output, an interrupt): stop before the instruction. */
  host: 4,
} as const;

/** Function table. Addresses are absolute. */
export const FUNC_INFO = {
  code: 0, //          u32 first instruction, as a rule the poll of the entry
  frame: 4, //         u32 window size in slots, outgoing calls included
  params: 8, //        u16 number of parameters
  captures: 10, //     u16 number of captured slots
  sig: 12, //          u32 signature id
  boxed: 16, //        u32 FuncId of the boxed entry (or itself if already boxed), 0xffffffff if never a value
  handlers: 20, //     u32 table of try ranges: HANDLER records, innermost first
  handlerCount: 24, // u32
  safepoints: 28, //   u32 table of SAFEPOINT records in ascending order of pc
  safepointCount: 32, // u32
  closure: 36, //      u32 the function value if it captures nothing, else 0 (a root)
  captureKinds: 40, // u32 address of one KIND byte a captured slot
  name: 44, //         u32 string: display name, `<function NAME>`
  cost: 48, //         u32 fuel that the poll at `code` takes, 0 if none stands there: a call charges it at once
  paid: 52, //         u32 instruction at which a call that has paid goes on
} as const;
export const FUNC_INFO_SIZE = 56;

/** A try range [start, end) of instruction addresses, its handler, and the slot that receives the error. */
export const HANDLER = { start: 0, end: 4, target: 8, slot: 12 } as const;
export const HANDLER_SIZE = 16;

/**
 * Live references at a point where a collection may find the frame. The key is the address of the instruction that runs (a stop or
 * an allocation, executed again afterwards: operands included, result excluded), or for a frame that waits for a
 * call, return address - 4 (operands and result excluded). `map`: u16 count, then so many u16: slot number, bit 15 set for an `any` slot.
 */
export const SAFEPOINT = { pc: 0, map: 4 } as const;
export const SAFEPOINT_SIZE = 8;

/** Frame header, below the window: offsets from the frame pointer. */
export const FRAME = {
  depth: -24, //    u32 nested calls down to this one, inlined ones between included; an adapter has its caller's
  func: -16, //     u32 FuncId
  returnPc: -12, // u32 instruction after the call in the caller, 0 if the driver called; FRAME_ENDS_RUN may be added
  callerFp: -8, //  u32
  closure: -4, //   u32 the running function value, 0 for a direct call (a root)
} as const;
export const FRAME_HEADER_SLOTS = 3;
/**
 * Bit of `returnPc`: returning from this frame ends the run of the interpreter that executes it, because the driver or machine code
 * started that run for it.
 */
export const FRAME_ENDS_RUN = 1;

export const KIND = { i32: 0, i64: 1, f64: 2, ref: 3, any: 4 } as const;

/**
 * TypeInfo, through TYPE_TABLE by code; strings are addresses of constant strings. Of a struct's fields the first `traced` ones are all that
 * a collection looks at: the last of them may hold a reference, none behind it.
 */
export const TYPE_INFO = { kind: 0, name: 4, count: 8, members: 12, methodCount: 16, methods: 20, traced: 24 } as const;
export const TYPE_INFO_SIZE = 28;
export const TYPE_INFO_KIND = { none: 0, struct: 1, enum: 2 } as const;
/** A struct's field or an enum's payload field: u32 name, u16 code, u8 KIND, u16 parameters of a function. */
export const FIELD_INFO = { name: 0, code: 4, kind: 6, arity: 8 } as const;
export const FIELD_INFO_SIZE = 12;
/** An enum's variant: u32 name, u32 payload count, u32 fields, u32 the value itself if it has no payload, u32 fields that are traced, as above. */
export const VARIANT_INFO = { name: 0, count: 4, fields: 8, value: 12, traced: 16 } as const;
export const VARIANT_INFO_SIZE = 20;
/** A method: u32 name, u32 FuncId (its boxed entry takes the object first). */
export const METHOD_INFO = { name: 0, func: 4 } as const;
export const METHOD_INFO_SIZE = 8;

/**
 * What a name means as a member of each struct type, by TypeCode from `first` on: u32 entries behind the record. It is made when the program
 * is loaded; an entry of 0, or a type beyond, asks for a search. In a session that may go on everything does.
 *
 *     0000 0000 0000 0hhh  oooo oooo oooo oooo    a field: SELECTOR_FIELD and its offset in the object
 *     1aaa aaaa aaaa aaaa  aaaa aaaa aaaa aaaa    a method: address of its function value
 */
export const SELECTOR = { name: 0, first: 4, count: 8, entries: 12 } as const;
export const SELECTOR_FIELD = { any: 1, f64: 2, i64: 3, i32: 4, u32: 5, bool: 6, ref: 7 } as const;
export const SELECTOR_METHOD = 0x8000_0000;

/**
 * Object header, 8 bytes; objects are 8-byte aligned and never move.
 *
 *     0  u8   gc      mark state, owned by the collector
 *     1  u8   layout  LAYOUT: how to trace
 *     2  u16  type    TypeCode
 *     4  u32  aux     by layout
 */
export const HEADER = { gc: 0, layout: 1, type: 2, aux: 4 } as const;

export const LAYOUT = {
  /** A flat string: aux length in bytes; u32 hash (0 unknown) at 8; bytes from 12. */
  string: 1,
  /** aux length; u32 left at 8, u32 right at 12. Flattened: left is the flat string and right 0. */
  rope: 2,
  /** aux length; u32 buffer at 8 (0 if capacity 0), u32 capacity at 12, u32 element TypeCode at 16; 24 bytes. */
  array: 3,
  /** Elements from 8, aux capacity in elements: raw bytes, u32 references, or any words. Unused elements are zero. */
  bufferRaw: 4,
  bufferRef: 5,
  bufferAny: 6,
  /** aux number of fields; 8-byte slots from 8, kinds by TypeInfo. References are zero-extended. */
  struct: 7,
  /** aux number of the variant; 8-byte slots from 8. */
  enum: 8,
  /** aux FuncId; 8-byte captured slots from 8, kinds by FUNC_INFO.captureKinds. */
  closure: 9,
  /** One slot at 8, by kind. */
  cellRaw: 10,
  cellRef: 11,
  cellAny: 12,
  /** A large i64 or u64 (by type): 8 bytes at 8. */
  box: 13,
  /** i64 next at 8, i64 stop at 16, i64 step at 24. */
  range: 14,
  /** aux kind (position in TRAP_KIND_NAMES); u32 message string at 8. */
  error: 15,
  /** Iteration over a dynamic value; the core's own: u64 position at 8, any word at 16. */
  iterator: 16,
} as const;

export const ITERATOR = { position: 8, value: 16 } as const;
export const STRING_HEADER = 12;
export const ROPE = { left: 8, right: 12 } as const;
export const ARRAY = { length: 4, buffer: 8, capacity: 12, element: 16 } as const;
export const ARRAY_SIZE = 24;
export const BUFFER_HEADER = 8;
export const SLOTS = 8;

/**
 * Boxed words.
 *
 *     0000 0000 aaaa aaaa   address of a heap object (0: unset, never a value)
 *     0001 0000 iiii iiii   i32        0002 0000 iiii iiii   u32
 *     0003 iiii iiii iiii   i64 in 48 signed bits       0004 iiii iiii iiii   u64 in 48 bits (others in a box)
 *     0005 0000 0000 000b   bool       0006 0000 0000 0000   nil
 *     000f .... to ffff 0000 0000 0000   double bits + 000f 0000 0000 0000; NaN is 7ff8 0000 0000 0000 before the offset
 */
export const ANY_TAG = { ref: 0, i32: 1, u32: 2, i64: 3, u64: 4, bool: 5, nil: 6 } as const;
export const ANY_TAG_SHIFT = 48;
export const ANY_DOUBLE_OFFSET = 0x000f_0000_0000_0000n;
export const ANY_NIL = 0x0006_0000_0000_0000n;
export const CANONICAL_NAN = 0x7ff8_0000_0000_0000n;

/** Bytes of one array element by element code below NOMINAL; nominal elements are references. */
export const ELEMENT_BYTES: readonly number[] = [0, 4, 4, 8, 8, 8, 1, 8, 4, 4, 4, 4, 4, 8];
