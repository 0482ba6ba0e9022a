/**
 * The generated sources of the runtime core: constants of layouts and tables, and static texts.
 *
 * The runtime core is AssemblyScript and cannot import the TypeScript tables, so `core/layout.ts` and `core/texts.ts` are
 * written from them by the build.
 */
import { BUILTIN_NAMES } from '../base/builtins.ts';
import { NOMINAL, TYPE_CODES } from '../base/kinds.ts';
import { TRAP_KIND_NAMES, TRAP_NAMES, TRAPS } from '../base/traps.ts';
import { CORE_REGS, FUEL_WANTED } from './core-registers.ts';
import { staticTexts } from './core-texts.ts';
import * as layout from './layout.ts';
import { CLASS_BYTES, SMALL_MAX } from './size-classes.ts';

/** Where the core's static bytes begin; they end below VM_END. The build passes it to the compiler. */
export const CORE_STATIC_BASE = 2304;

const GENERATED = '// Made by tools/build.mjs from runtime/core-source.ts.\n';

/** The text of `core/layout.ts`. */
export function layoutSource(): string {
  const lines: string[] = [];
  const constant = (name: string, value: number | bigint, type = 'u32'): void => {
    lines.push(`export const ${name}: ${type} = ${value};`);
  };
  const group = (prefix: string, values: Readonly<Record<string, number>>): void => {
    for (const [name, value] of Object.entries(values)) constant(prefix + upper(name), value);
  };

  constant('VM_FUEL', layout.VM_FUEL);
  group('R_', layout.VM_REGS);
  group('R_', CORE_REGS);
  constant('FUEL_WANTED', FUEL_WANTED);
  group('PENDING_', layout.PENDING);
  group('FUNC_', layout.FUNC_INFO);
  constant('FUNC_INFO_SIZE', layout.FUNC_INFO_SIZE);
  group('SAFEPOINT_', layout.SAFEPOINT);
  constant('SAFEPOINT_SIZE', layout.SAFEPOINT_SIZE);
  for (const [name, value] of Object.entries(layout.FRAME)) constant(`FRAME_${upper(name)}`, value, 'i32');
  group('KIND_', layout.KIND);
  group('TYPE_', layout.TYPE_INFO);
  group('TYPE_IS_', layout.TYPE_INFO_KIND);
  group('FIELD_', layout.FIELD_INFO);
  constant('FIELD_SIZE', layout.FIELD_INFO_SIZE);
  group('VARIANT_', layout.VARIANT_INFO);
  constant('VARIANT_SIZE', layout.VARIANT_INFO_SIZE);
  group('METHOD_', layout.METHOD_INFO);
  constant('METHOD_SIZE', layout.METHOD_INFO_SIZE);
  group('LAYOUT_', layout.LAYOUT);
  constant('STRING_HEADER', layout.STRING_HEADER);
  group('ARRAY_', layout.ARRAY);
  constant('ARRAY_SIZE', layout.ARRAY_SIZE);
  constant('BUFFER_HEADER', layout.BUFFER_HEADER);
  constant('SLOTS', layout.SLOTS);
  group('TAG_', layout.ANY_TAG);
  constant('DOUBLE_OFFSET', layout.ANY_DOUBLE_OFFSET, 'u64');
  constant('NIL', layout.ANY_NIL, 'u64');
  constant('CANONICAL_NAN', layout.CANONICAL_NAN, 'u64');
  group('CODE_', TYPE_CODES);
  constant('NOMINAL', NOMINAL);
  TRAP_NAMES.forEach((name, i) => {
    constant(`TRAP_${upper(name)}`, i);
  });
  TRAP_KIND_NAMES.forEach((name, i) => {
    constant(`ERROR_${upper(name)}`, i);
  });
  constant('SMALL_MAX', SMALL_MAX);
  constant('CLASS_COUNT', CLASS_BYTES.length);
  // One u32 a class each: cells ready to take, all blocks, address of the link to the next unswept block, blocks with cells left.
  ['FREE_LISTS', 'CLASS_BLOCKS', 'CLASS_SWEEP', 'CLASS_PARTIAL'].forEach((name, i) => {
    constant(name, layout.VM_FREE_LISTS + 4 * CLASS_BYTES.length * i);
  });
  constant('BINS', layout.VM_FREE_LISTS + 16 * CLASS_BYTES.length);
  constant('STATIC_BASE', CORE_STATIC_BASE);
  const kinds = TRAP_NAMES.map((name) => TRAP_KIND_NAMES.indexOf(TRAPS[name].kind));
  lines.push(
    `/** Position in TRAP_KIND_NAMES by position in TRAPS. */\nexport const TRAP_KINDS: usize = memory.data<u8>([${kinds.join(', ')}]);`,
  );
  return `${GENERATED}${lines.join('\n')}\n`;
}

/** The text of `core/texts.ts`. */
export function textsSource(): string {
  const encoder = new TextEncoder();
  const lines = Object.entries(staticTexts()).map(([name, text]) => {
    const bytes = [...encoder.encode(text)];
    const data = [bytes.length & 255, bytes.length >> 8, ...bytes].join(', ');
    return `/** ${JSON.stringify(text).slice(1, -1)} */\nexport const T_${name}: usize = memory.data<u8>([${data}]);`;
  });
  const kinds = TRAP_KIND_NAMES.map((name, i) => `  if (kind == ${i}) return T_kind_${name};`).join('\n');
  return `${GENERATED}${lines.join('\n')}\n\n/** What \`typeof\` of an error begins with. */\nexport function kindText(kind: u32): usize {\n${kinds}\n  return T_kind_runtime;\n}\n`;
}

/** Names that the core must export for the built-ins. */
export function builtinExports(): string[] {
  return BUILTIN_NAMES.map((name) => name.replaceAll('.', '_'));
}

function upper(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase();
}
