/**
 * Builds a WebAssembly module: imports, functions, one table, exports and names, each body a byte buffer.
 *
 * Numbers of functions are handed out at once, so bodies may call what is imported or declared so far. In the format imports come first;
 * so that something may be imported when the first call of it is written, functions declared here have negative numbers until the
 * end. No tree of instructions exists at any time. WebAssembly core specification, chapter 5 (binary format).
 *
 * A module may be built on another one, whose imports, functions and data are then its own, with lower indices. What that exports can be
 * named here, and is not exported again by itself.
 */
import { Bug, present } from '../base/bug.ts';
import type { BaseModule, SectionList } from './base-module.ts';
import { ByteBuffer } from './byte-buffer.ts';
import { CodeWriter, type BranchHint } from './code-writer.ts';
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

const SECTION = {
  custom: 0,
  type: 1,
  import: 2,
  function: 3,
  table: 4,
  export: 7,
  element: 9,
  code: 10,
  data: 11,
  dataCount: 12,
} as const;
const EXTERNAL = { func: 0, table: 1, memory: 2 } as const;
const FUNCREF = 0x70;

const NOTHING: SectionList = { count: 0, items: new Uint8Array() };

export class ModuleBuilder {
  readonly #base: BaseModule | null;
  /** Index of the first function that is declared here. */
  get #firstFunc(): number {
    return this.#imports.length + (this.#base === null ? 0 : this.#base.importedFuncs + this.#base.funcs.count);
  }
  readonly #types: FuncType[] = [];
  readonly #typeIds = new Map<string, number>();
  readonly #imports: FuncImport[] = [];
  readonly #funcs: FuncDefinition[] = [];
  readonly #exports: { readonly name: string; readonly func: number }[] = [];
  #memory: { readonly module: string; readonly name: string } | null = null;
  #table: readonly number[] | null = null;
  #tableExport: string | null = null;
  #importedTable: { readonly module: string; readonly name: string; readonly minimum: number } | null = null;

  constructor(base: BaseModule | null = null) {
    this.#base = base;
  }

  /** Index of a function that the module built on exports. */
  exported(name: string): number {
    return present(this.#base?.funcExports.get(name), `function ${name} of the module built on`);
  }

  typeId(type: FuncType): number {
    const key = `${type.params.join()}:${type.results.join()}`;
    let id = this.#typeIds.get(key);
    if (id === undefined) {
      id = (this.#base?.types.count ?? 0) + this.#types.length;
      this.#types.push(type);
      this.#typeIds.set(key, id);
    }
    return id;
  }

  /** Index of an imported function; what is built on another module imports what that does. */
  importFunc(module: string, name: string, type: FuncType): number {
    if (this.#base) throw new Bug(`import of ${name} into a module with imports of its own`);
    this.#imports.push({ module, name, type: this.typeId(type) });
    return this.#imports.length - 1;
  }

  importMemory(module: string, name: string): void {
    this.#memory = { module, name };
  }

  importTable(module: string, name: string, minimum: number): void {
    this.#importedTable = { module, name, minimum };
  }

  /** Declares a function, whose body may be given later; its number is below 0, see `indexOf`. */
  declare(name: string, type: FuncType): number {
    this.#funcs.push({ name, type: this.typeId(type), body: null });
    return ~(this.#funcs.length - 1);
  }

  /** The index that a function has in the finished module. */
  indexOf(func: number): number {
    return func < 0 ? this.#firstFunc + ~func : func;
  }

  /** Starts the body of a declared function. */
  body(index: number): CodeWriter {
    const func = this.#funcs[~index];
    if (func === undefined || func.body !== null) throw new Bug(`function ${~index} has no missing body`);
    func.body = new CodeWriter(this.#typeOf(func.type), (type) => this.typeId(type));
    return func.body;
  }

  #typeOf(id: number): FuncType {
    return present(this.#types[id - (this.#base?.types.count ?? 0)], `type ${id}`);
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
    return this.#funcs[~index]?.body?.size() ?? 0;
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
    if (this.#imports.length > 0 || this.#memory || this.#importedTable || this.#base)
      section(SECTION.import, (b) => this.#writeImports(b));
    const base = this.#base;
    /** The list of the module built on, and as many more. */
    const list = (b: ByteBuffer, { count, items }: SectionList = NOTHING, more: number): void => {
      b.u32(count + more);
      b.bytes(items);
    };
    section(SECTION.function, (b) => {
      list(b, base?.funcs, this.#funcs.length);
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
        b.u32(this.indexOf(item.func));
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
        for (const func of table) b.u32(this.indexOf(func));
      });
    }
    const dataCount = base?.dataCount;
    if (dataCount) section(SECTION.dataCount, (b) => b.bytes(dataCount));
    const code = new ByteBuffer();
    list(code, base?.code, this.#funcs.length);
    for (const func of this.#funcs) {
      if (func.body === null) throw new Bug(`function ${func.name} has no body`);
      func.body.finish(code, this.#firstFunc);
    }
    const hints = this.#funcs.flatMap(({ body }, i) => {
      const ofFunc = body?.branchHints() ?? [];
      return ofFunc.length === 0 ? [] : [{ func: this.#firstFunc + i, ofFunc }];
    });
    if (hints.length > 0) section(SECTION.custom, (b) => writeHints(b, hints));
    section(SECTION.code, (b) => b.bytes(code.view()));
    const data = base?.data;
    if (data) section(SECTION.data, (b) => b.bytes(data));
    if (options.names !== false) section(SECTION.custom, (b) => this.#writeNames(b));
    return out.view().slice();
  }

  #writeTypes(b: ByteBuffer): void {
    b.u32((this.#base?.types.count ?? 0) + this.#types.length);
    if (this.#base) b.bytes(this.#base.types.items);
    for (const type of this.#types) {
      b.u8(0x60);
      for (const list of [type.params, type.results]) {
        b.u32(list.length);
        for (const item of list) b.u8(TYPE_BYTES[item]);
      }
    }
  }

  #writeImports(b: ByteBuffer): void {
    const own = this.#imports.length + (this.#memory ? 1 : 0) + (this.#importedTable ? 1 : 0);
    b.u32((this.#base?.imports.count ?? 0) + own);
    if (this.#base) b.bytes(this.#base.imports.items);
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
    const first = this.#firstFunc;
    this.#imports.forEach(({ name }, index) => {
      names.u32(index);
      names.name(name);
    });
    this.#funcs.forEach(({ name }, index) => {
      names.u32(first + index);
      names.name(name);
    });
    b.u8(1);
    b.sized(names);
  }
}

interface HintedFunc {
  readonly func: number;
  readonly ofFunc: readonly BranchHint[];
}

/** Which ways of branches are hardly ever taken, as WebAssembly's branch hinting says it; hosts that do not know it pass over it. */
function writeHints(b: ByteBuffer, hinted: readonly HintedFunc[]): void {
  b.name('metadata.code.branch_hint');
  b.u32(hinted.length);
  for (const { func, ofFunc } of hinted) {
    b.u32(func);
    b.u32(ofFunc.length);
    for (const { at, likely } of ofFunc) {
      b.u32(at);
      b.u32(1);
      b.u8(likely ? 1 : 0);
    }
  }
}
