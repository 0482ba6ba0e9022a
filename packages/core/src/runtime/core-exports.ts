/**
 * Functions of the runtime core that instructions and the loader use beside the built-ins: names and WebAssembly types.
 *
 * A built-in is exported under its name with dots as underscores and the types of its row in `base/builtins.ts`. A function that
 * cannot finish gives 0, sets PENDING and has changed nothing.
 */
import { present } from '../base/bug.ts';
import { BUILTIN_NAMES, BUILTINS, type BuiltinName } from '../base/builtins.ts';
import type { Kind } from '../base/kinds.ts';
import { funcType, type FuncType, type WasmType } from '../wasm/types.ts';

interface CoreRow extends FuncType {
  /** Whether PENDING must be looked at after a call. */
  readonly leaves: boolean;
}

const row = (params: readonly WasmType[], results: readonly WasmType[], leaves: boolean): CoreRow => ({
  params,
  results,
  leaves,
});

export const CORE_FUNCTIONS = {
  /** Bytes, header word (layout << 8 | type << 16), aux: a zeroed object. */
  gc_alloc: row(['i32', 'i32', 'i32'], ['i32'], true),
  /** The collection or the piece of one that was asked for. */
  gc_step: row([], [], false),
  /** A whole collection. */
  gc_collect: row([], [], false),
  /** Whether the next allocation would ask for a collection. */
  gc_wanted: row([], ['i32'], false),
  /** Object, word: cold part of the store barrier, while GC_PHASE is not 0. */
  gc_barrier: row(['i32', 'i64'], [], false),
  /** Once, after the loader has filled the tables. */
  gc_init: row([], [], false),
  /** Position in TRAPS: a new error object; never asks for a collection. */
  trap_error: row(['i32'], ['i32'], false),
  /** Value, TypeCode (i64 or u64): a boxed word for what does not fit in 48 bits. */
  box_wide: row(['i64', 'i32'], ['i64'], true),
  /** Word, TypeCode: raises `expected`. */
  unbox_error: row(['i64', 'i32'], [], true),
  /** Function value, number of arguments given: raises `arity`. */
  arity_error: row(['i32', 'i32'], [], true),
  /** Array, index, static element code: the slot; whatever the fast path leaves over. Likewise the following. */
  array_get_slot: row(['i32', 'i64', 'i32'], ['i64'], true),
  /** Array, index, slot, static element code. */
  array_set_slot: row(['i32', 'i64', 'i64', 'i32'], [], true),
  /** Array, slot, static element code. */
  array_push_slot: row(['i32', 'i64', 'i32'], [], true),
  /** Array, static element code. */
  array_pop_slot: row(['i32', 'i32'], ['i64'], true),
  /** A flat string with the same bytes. */
  flatten: row(['i32'], ['i32'], true),
  /** Hands all complete lines to the host. */
  flush: row([], [], false),
} as const satisfies Record<string, CoreRow>;

export type CoreFunction = keyof typeof CORE_FUNCTIONS;

export const WASM_OF_KIND: Readonly<Record<Kind, WasmType>> = {
  i32: 'i32',
  ref: 'i32',
  i64: 'i64',
  any: 'i64',
  f64: 'f64',
};

/** Export name of a built-in. */
export function builtinExport(name: BuiltinName): string {
  return name.replaceAll('.', '_');
}

export function builtinType(name: BuiltinName): FuncType {
  const { params, result } = BUILTINS[name];
  return funcType(
    params.map((kind) => WASM_OF_KIND[kind]),
    result === null ? [] : [WASM_OF_KIND[result]],
  );
}

/**
 * Where the functions of the core begin in the machine's table: behind the handlers, one for each opcode. A function that is exported by name
 * is made, with all that belongs to it, whenever there is another machine; one in a table when somebody takes it out.
 */
export const CORE_TABLE = 256;

/** The functions of the core in the order of the machine's table. */
export const CORE_NAMES: readonly string[] = [...Object.keys(CORE_FUNCTIONS), ...BUILTIN_NAMES.map(builtinExport)];

/** A function of the core, for those who link with it. */
export function coreFunction(table: WebAssembly.Table, name: string): (...args: never[]) => unknown {
  const found = table.get(CORE_TABLE + CORE_NAMES.indexOf(name)) as ((...args: never[]) => unknown) | null;
  return present(found, `${name} of the core`);
}
