/** A module that is built on another one has all of it, with the indices that it had. */
import { expect, test } from 'vitest';
import { readBaseModule } from '../../src/wasm/base-module.ts';
import { ModuleBuilder } from '../../src/wasm/module-builder.ts';
import { funcType } from '../../src/wasm/types.ts';
import { bytesOfBase64 } from '../../src/base/base64.ts';
import { generateMachine } from '../../src/engine/interp/generate.ts';
import { MACHINE_BYTES } from '../../src/engine/interp/machine-bytes.ts';
import { CORE_BYTES } from '../../src/runtime/core-bytes.ts';
import { CORE_NAMES, coreFunction } from '../../src/runtime/core-exports.ts';

const ONE = funcType([], ['i32']);

function small(): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  const host = module.importFunc('host', 'value', ONE);
  const twice = module.func('twice', ONE);
  const w = twice.code;
  w.return(w.i32.add(w.call<'i32'>(host, []), w.call<'i32'>(host, [])));
  module.export('twice', twice.index);
  return module.build();
}

test('functions are called and exported across the seam', () => {
  const module = new ModuleBuilder(readBaseModule(small()));
  const more = module.func('more', ONE);
  const w = more.code;
  w.return(w.i32.add(w.call<'i32'>(module.exported('twice'), []), w.i32.const(1)));
  module.export('more', more.index);
  module.export('twice', module.exported('twice'));
  module.table([more.index]);
  module.exportTable('table');
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module.build()), { host: { value: () => 20 } });
  expect((exports['twice'] as () => number)()).toBe(40);
  expect((exports['more'] as () => number)()).toBe(41);
});

test('it may be built on again, and by a module that adds nothing', () => {
  const again = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => {
    const module = new ModuleBuilder(readBaseModule(bytes));
    module.export('twice', module.exported('twice'));
    return module.build();
  };
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(again(again(small()))), {
    host: { value: () => 3 },
  });
  expect((exports['twice'] as () => number)()).toBe(6);
});

test('what cannot be kept is refused', () => {
  const withTable = new ModuleBuilder();
  withTable.table([withTable.func('f', funcType([], [])).index]);
  expect(() => readBaseModule(withTable.build())).toThrow('section');
  expect(() => new ModuleBuilder(readBaseModule(small())).importFunc('a', 'b', ONE)).toThrow('imports of its own');
  expect(() => new ModuleBuilder(readBaseModule(small())).exported('thrice')).toThrow('thrice');
});

test('the machine is the core and the interpreter', () => {
  const core = bytesOfBase64(CORE_BYTES);
  expect(Buffer.from(generateMachine(core)).equals(Buffer.from(bytesOfBase64(MACHINE_BYTES)))).toBe(true);
  const machine = new WebAssembly.Module(generateMachine(core));
  expect(WebAssembly.Module.exports(machine).map(({ name }) => name)).toEqual([
    ...['table', 'gc_init', 'flush'],
    ...['run', 'enter'],
  ]);
  expect(WebAssembly.Module.imports(machine)).toEqual(WebAssembly.Module.imports(new WebAssembly.Module(core)));
  const nothing = (): number => 0;
  const host = { write: nothing, collecting: nothing, take_line: nothing, read_line: nothing, now: nothing };
  const memory = new WebAssembly.Memory({ initial: 8 });
  const { exports } = new WebAssembly.Instance(machine, { host, env: { memory } });
  // A host names a function of WebAssembly by its index.
  const { funcExports } = readBaseModule(core);
  for (const name of CORE_NAMES)
    expect(coreFunction(exports['table'] as WebAssembly.Table, name).name).toBe(String(funcExports.get(name)));
});
