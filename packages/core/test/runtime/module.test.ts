/** The built module of the runtime core: what it imports, exports and keeps. */
import { expect, test } from 'vitest';
import { bytesOfBase64 } from '../../src/base/base64.ts';
import { BUILTIN_NAMES } from '../../src/base/builtins.ts';
import { builtinExport, CORE_FUNCTIONS } from '../../src/runtime/core-exports.ts';
import { CORE_BYTES } from '../../src/runtime/core-bytes.ts';
import { CORE_STATIC_BASE } from '../../src/runtime/core-source.ts';
import { VM_END } from '../../src/runtime/layout.ts';
import { coreModule } from './world.ts';

const bytes = bytesOfBase64(CORE_BYTES);

function leb(at: number): { value: number; next: number } {
  let value = 0;
  for (let shift = 0, i = at; ; shift += 7, i++) {
    const byte = bytes[i] ?? 0;
    value |= (byte & 127) << shift;
    if ((byte & 128) === 0) return { value, next: i + 1 };
  }
}

function sections(): Map<number, { start: number; end: number }> {
  const found = new Map<number, { start: number; end: number }>();
  for (let at = 8; at < bytes.length; ) {
    const size = leb(at + 1);
    found.set(bytes[at] ?? 0, { start: size.next, end: size.next + size.value });
    at = size.next + size.value;
  }
  return found;
}

test('it imports its memory and five functions of the host', () => {
  const imports = WebAssembly.Module.imports(coreModule()).map((found) => `${found.module}.${found.name}`);
  const host = ['collecting', 'now', 'read_line', 'take_line', 'write'];
  expect(imports.sort()).toEqual(['env.memory', ...host.map((name) => `host.${name}`)]);
});

test('it exports every built-in and what instructions use beside those', () => {
  const names = new Set(WebAssembly.Module.exports(coreModule()).map((found) => found.name));
  const wanted = [...BUILTIN_NAMES.map(builtinExport), ...Object.keys(CORE_FUNCTIONS), 'alloc_class', 'str_hash'];
  expect(wanted.filter((name) => !names.has(name))).toEqual([]);
});

test('it has no globals, and so no state outside memory', () => {
  const globals = sections().get(6);
  expect(globals === undefined ? 0 : leb(globals.start).value).toBe(0);
});

test('its static bytes lie where nobody else writes', () => {
  const section = sections().get(11);
  let end = CORE_STATIC_BASE;
  if (section) {
    let { value: count, next: at } = leb(section.start);
    for (; count > 0; count--) {
      expect(bytes[at]).toBe(0); // active, memory 0
      expect(bytes[at + 1]).toBe(0x41); // i32.const
      const offset = leb(at + 2);
      const size = leb(offset.next + 1);
      expect(offset.value).toBeGreaterThanOrEqual(CORE_STATIC_BASE);
      end = Math.max(end, offset.value + size.value);
      at = size.next + size.value;
    }
  }
  expect(end).toBeLessThanOrEqual(VM_END);
});
