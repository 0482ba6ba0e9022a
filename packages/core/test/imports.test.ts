/**
 * The architecture as a list: which part of the core may import which. This reads every import of every file.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { OPCODES } from '../src/isa/definitions.ts';

const source = join(import.meta.dirname, '../src');

/** A part is a folder, or a file directly in `src`; the longest name that fits counts. What it may import besides itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  base: [],
  wasm: ['base'],
  // Opcodes read and write objects: the layout is part of their meaning.
  isa: ['base', 'wasm', 'runtime'],

  // Compiling. A front end does not know that bytecode exists.
  hir: ['base', 'ir'],
  'lang/orus': ['base', 'hir'],
  ir: ['base'],
  analysis: ['base', 'ir'],
  opt: ['base', 'ir', 'analysis'],
  codegen: ['base', 'ir', 'analysis', 'isa'],

  // Executing. The machine does not know which language it runs.
  runtime: ['base', 'wasm'],
  engine: ['base', 'isa', 'runtime', 'wasm'],
  // The texts of numbers are the one thing that the two oracles share.
  'engine/tree/number-text.ts': ['base'],
  'engine/tree': ['base', 'hir', 'engine', 'engine/tree/number-text.ts'],
  'engine/ir': ['base', 'ir', 'engine', 'engine/tree/number-text.ts'],

  // Both halves meet here.
  'engines.ts': ['base', 'engine', 'engine/tree', 'engine/ir'],
  'session.ts': ['base', 'hir', 'lang/orus', 'ir', 'opt', 'codegen', 'isa', 'engine'],
  'compile.ts': ['base', 'hir', 'lang/orus', 'ir', 'opt', 'codegen', 'isa', 'engine'],
};

/** Imports of types only: a contract names what its implementations take, the IR carries the typed tree's ids. */
const MAY_NAME: Readonly<Record<string, readonly string[]>> = {
  engine: ['hir', 'ir'],
  ir: ['hir'],
};

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

/** TypeScript sources that run on the host; the runtime core is AssemblyScript with rules of its own. */
const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .map((name) => name.replaceAll('\\', '/'))
  .filter((name) => name.endsWith('.ts') && !name.startsWith('runtime/core/'))
  .sort();
const texts = new Map(files.map((name) => [name, readFileSync(join(source, name), 'utf8')]));

const IMPORT = /^\s*(?:import|export)\s+(type\s+)?(?:[\w*{][^;'"]*?\s+from\s+)?'([^']+)'|\bimport\(\s*'([^']+)'/gm;

function importsOf(from: string, text: string): Import[] {
  return [...text.matchAll(IMPORT)].map((match) => {
    const target = match[2] ?? match[3] ?? '';
    const to = target.startsWith('.') ? relative(source, join(source, dirname(from), target)) : target;
    return { from, to: to.replaceAll('\\', '/'), typeOnly: match[1] !== undefined };
  });
}

const imports = [...texts].flatMap(([from, text]) => importsOf(from, text));

function partOf(name: string): string | undefined {
  return Object.keys(MAY_IMPORT)
    .filter((part) => name === part || name.startsWith(`${part}/`))
    .sort((a, b) => b.length - a.length)[0];
}

function show({ from, to }: Import): string {
  return `${from} imports ${to}`;
}

describe('the core', () => {
  test('reads some imports at all', () => {
    expect(imports.length).toBeGreaterThan(10);
  });

  test('imports only what the direction allows', () => {
    const wrong = imports.filter(({ from, to, typeOnly }) => {
      const [here, there] = [partOf(from), partOf(to)];
      if (from === 'index.ts') return false;
      if (here === undefined || there === undefined) return true;
      if (here === there) return false;
      return !(MAY_IMPORT[here]?.includes(there) || (typeOnly && MAY_NAME[here]?.includes(there)));
    });
    expect(wrong.map(show)).toEqual([]);
  });

  test('imports nothing from outside, and files with their extension', () => {
    expect(imports.filter(({ to }) => !texts.has(to)).map(show)).toEqual([]);
  });

  test('imports from the file that defines, never through index.ts', () => {
    expect(imports.filter(({ to }) => basename(to) === 'index.ts').map(show)).toEqual([]);
    const passesOn = [...texts].filter(([name, text]) => name !== 'index.ts' && /^export\s[^;]*\sfrom\s+'/m.test(text));
    expect(passesOn.map(([name]) => name)).toEqual([]);
  });

  test('names nothing of Node', () => {
    // The type checker knows neither Node nor a browser when it looks at the core; this is for what it cannot see.
    const hosts = /\b(?:process\.\w|console\.\w|require\(|Buffer\.\w|globalThis\b)|'node:/;
    const code = (text: string): string => text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
    expect([...texts].filter(([, text]) => hosts.test(code(text))).map(([name]) => name)).toEqual([]);
  });

  test('names no opcode in the engines that run bytecode', () => {
    // The evaluators of the earlier stages run other instructions, some of the same name.
    const engines = [...texts].filter(([name]) => /^engine\/(?!tree\/|ir\/)/.test(name));
    const wrong = engines.flatMap(([name, text]) =>
      OPCODES.filter((opcode) => opcode.name.includes('.') && text.includes(`'${opcode.name}'`)).map(
        (opcode) => `${name} names ${opcode.name}`,
      ),
    );
    expect(wrong).toEqual([]);
  });

  test('has kebab-case names', () => {
    const wrong = files.filter(
      (name) => !/^(?:[a-z][a-z0-9]*(?:-[a-z0-9]+)*\/)*[a-z][a-z0-9]*(?:-[a-z0-9]+)*(?:\.d)?\.ts$/.test(name),
    );
    expect(wrong).toEqual([]);
  });

  test('opens every file with a comment', () => {
    const wrong = [...texts].filter(([, text]) => !text.startsWith('/**'));
    expect(wrong.map(([name]) => name)).toEqual([]);
  });
});
