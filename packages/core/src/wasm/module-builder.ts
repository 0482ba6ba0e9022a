/**
 * Builds a WebAssembly module: imports, functions, one table, exports and names, each body a byte buffer.
 *
 * Indices are handed out at once, so bodies may call what is imported or declared so far; imports come first, as
 * the format wants. No tree of instructions exists at any time. WebAssembly core specification, chapter 5 (binary format).
 */
import { Bug } from '../base/bug.ts';
import { ByteBuffer } from './byte-buffer.ts';
import { CodeWriter } from './code-writer.ts';
import { TYPE_BYTES, type FuncType } from './types.ts';

interface FuncImport {
  readonly module: string;
  readonly name: string;
  readonly type: number;
}

interface FuncDefinition {
  readonly name: string;
  readonly type: number;
  body: CodeWriter | null;
}

const SECTION = { type: 1, import: 2, function: 3, table: 4, export: 7, element: 9, code: 10, custom: 0 } as const;
const EXTERNAL = { func: 0, table: 1, memory: 2 } as const;
const FUNCREF = 0x70;

export class ModuleBuilder {
  readonly #types: FuncType[] = [];
  readonly #typeIds = new Map<string, number>();
  readonly #imports: FuncImport[] = [];
  readonly #funcs: FuncDefinition[] = [];
  readonly #exports: { readonly name: string; readonly func: number }[] = [];
  #memory: { readonly module: string; readonly name: string } | null = null;
  #table: readonly number[] | null = null;
  #tableExport: string | null = null;
  #importedTable: { readonly module: string; readonly name: string; readonly minimum: number } | null = null;

  typeId(type: FuncType): number {
    const key = `${type.params.join()}:${type.results.join()}`;
    let id = this.#typeIds.get(key);
    if (id === undefined) {
      id = this.#types.length;
      this.#types.push(type);
      this.#typeIds.set(key, id);
    }
    return id;
  }

  /** Index of an imported function. All imports must be made before the first `func`. */
  importFunc(module: string, name: string, type: FuncType): number {
    if (this.#funcs.length > 0) throw new Bug(`import of ${name} after the first function`);
    this.#imports.push({ module, name, type: this.typeId(type) });
    return this.#imports.length - 1;
  }

  importMemory(module: string, name: string): void {
    this.#memory = { module, name };
  }

  importTable(module: string, name: string, minimum: number): void {
    this.#importedTable = { module, name, minimum };
  }

  /** Declares a function, whose body may be given later. */
  declare(name: string, type: FuncType): number {
    this.#funcs.push({ name, type: this.typeId(type), body: null });
    return this.#imports.length + this.#funcs.length - 1;
  }

  /** Starts the body of a declared function. */
  body(index: number): CodeWriter {
    const func = this.#funcs[index - this.#imports.length];
    if (func === undefined || func.body !== null) throw new Bug(`function ${index} has no missing body`);
    func.body = new CodeWriter(this.#types[func.type] as FuncType, (type) => this.typeId(type));
    return func.body;
  }

  /** Declares a function and starts its body. */
  func(name: string, type: FuncType): { readonly index: number; readonly code: CodeWriter } {
    const index = this.declare(name, type);
    return { index, code: this.body(index) };
  }

  export(name: string, func: number): void {
    this.#exports.push({ name, func });
  }

  exportTable(name: string): void {
    this.#tableExport = name;
  }

  /** The module's own table, filled with these functions. */
  table(funcs: readonly number[]): void {
    this.#table = funcs;
  }

  /** Size of a finished function's code in bytes. */
  bodySize(index: number): number {
    return this.#funcs[index - this.#imports.length]?.body?.size() ?? 0;
  }

  build(options: { readonly names?: boolean } = {}): Uint8Array<ArrayBuffer> {
    const out = new ByteBuffer(16384);
    out.bytes(new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]));
    const section = (id: number, write: (body: ByteBuffer) => void): void => {
      const body = new ByteBuffer();
      write(body);
      out.u8(id);
      out.sized(body);
    };
    section(SECTION.type, (b) => this.#writeTypes(b));
    if (this.#imports.length > 0 || this.#memory || this.#importedTable)
      section(SECTION.import, (b) => this.#writeImports(b));
    section(SECTION.function, (b) => {
      b.u32(this.#funcs.length);
      for (const func of this.#funcs) b.u32(func.type);
    });
    const table = this.#table;
    if (table) {
      section(SECTION.table, (b) => {
        b.u32(1);
        b.u8(FUNCREF);
        // no maximum: an exported table may grow
        b.u8(0);
        b.u32(table.length);
      });
    }
    section(SECTION.export, (b) => {
      b.u32(this.#exports.length + (this.#tableExport === null ? 0 : 1));
      if (this.#tableExport !== null) {
        b.name(this.#tableExport);
        b.u8(EXTERNAL.table);
        b.u32(0);
      }
      for (const item of this.#exports) {
        b.name(item.name);
        b.u8(EXTERNAL.func);
        b.u32(item.func);
      }
    });
    if (table) {
      section(SECTION.element, (b) => {
        b.u32(1);
        b.u32(0);
        b.u8(0x41);
        b.s32(0);
        b.u8(0x0b);
        b.u32(table.length);
        for (const func of table) b.u32(func);
      });
    }
    section(SECTION.code, (b) => {
      b.u32(this.#funcs.length);
      for (const func of this.#funcs) {
        if (func.body === null) throw new Bug(`function ${func.name} has no body`);
        func.body.finish(b);
      }
    });
    if (options.names !== false) section(SECTION.custom, (b) => this.#writeNames(b));
    return out.view().slice();
  }

  #writeTypes(b: ByteBuffer): void {
    b.u32(this.#types.length);
    for (const type of this.#types) {
      b.u8(0x60);
      for (const list of [type.params, type.results]) {
        b.u32(list.length);
        for (const item of list) b.u8(TYPE_BYTES[item]);
      }
    }
  }

  #writeImports(b: ByteBuffer): void {
    b.u32(this.#imports.length + (this.#memory ? 1 : 0) + (this.#importedTable ? 1 : 0));
    for (const item of this.#imports) {
      b.name(item.module);
      b.name(item.name);
      b.u8(EXTERNAL.func);
      b.u32(item.type);
    }
    if (this.#memory) {
      b.name(this.#memory.module);
      b.name(this.#memory.name);
      b.u8(EXTERNAL.memory);
      b.u8(0);
      b.u32(1);
    }
    if (this.#importedTable) {
      b.name(this.#importedTable.module);
      b.name(this.#importedTable.name);
      b.u8(EXTERNAL.table);
      b.u8(FUNCREF);
      b.u8(0);
      b.u32(this.#importedTable.minimum);
    }
  }

  /** Function names, for the host's profiler and stack traces. */
  #writeNames(b: ByteBuffer): void {
    b.name('name');
    const names = new ByteBuffer();
    names.u32(this.#imports.length + this.#funcs.length);
    [...this.#imports, ...this.#funcs].forEach((func, index) => {
      names.u32(index);
      names.name(func.name);
    });
    b.u8(1);
    b.sized(names);
  }
}
