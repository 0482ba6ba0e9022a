/** Value and function types of the WebAssembly binary format, as far as we use them. */
export type WasmType = 'i32' | 'i64' | 'f64';

export const TYPE_BYTES: Readonly<Record<WasmType, number>> = { i32: 0x7f, i64: 0x7e, f64: 0x7c };

export interface FuncType {
  readonly params: readonly WasmType[];
  readonly results: readonly WasmType[];
}

export function funcType(params: readonly WasmType[], results: readonly WasmType[] = []): FuncType {
  return { params, results };
}
