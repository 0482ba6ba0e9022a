/**
 * Finds the programs that tests are made of, and what each must do.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Expectations, parseExpectations } from './expectations.ts';

export interface TestProgram {
  /** The path of its main file, relative to the root, with `/`. */
  readonly name: string;
  readonly text: string;
  readonly expected: Expectations;
}

/** All run tests below a folder: single files, and folders with a `main.orus`. */
export function runTests(folder: string): TestProgram[] {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  if (entries.some((entry) => entry.name === 'main.orus')) return [readTest(`${folder}/main.orus`, sources(folder))];
  return entries.flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return runTests(path);
    return entry.name.endsWith('.orus') ? [readTest(path, [])] : [];
  });
}

/** Programs with their whole output beside them: `NAME.orus`, `NAME.out` and perhaps `NAME.in`. */
export function examples(folder: string): TestProgram[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => name.endsWith('.orus'));
  return names.sort().map((file) => {
    const base = join(folder, file.slice(0, -'.orus'.length));
    const stdin = existsSync(`${base}.in`) ? readFileSync(`${base}.in`) : Buffer.alloc(0);
    const name = `${folder}/${file}`;
    return {
      name,
      text: readFileSync(name, 'utf8'),
      expected: { stdout: readFileSync(`${base}.out`), reports: [], stdin, deep: false, slow: [] },
    };
  });
}

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.orus'))
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`);
}

function readTest(path: string, files: readonly string[]): TestProgram {
  const text = readFileSync(path, 'utf8');
  const modules = files
    .filter((file) => file !== path)
    .map((file) => ({ path: file, text: readFileSync(file, 'utf8') }));
  return { name: path, text, expected: parseExpectations({ path, text }, modules) };
}

/** Reasons of expected failures by test and mode; see `tests/README.md`. */
export function knownFailures(path: string): ReadonlyMap<string, string> {
  const known = new Map<string, string>();
  if (!existsSync(path)) return known;
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const found = /^(\S+ \S+): (.+)$/.exec(line);
    if (!found) throw new Error(`${path}: expected 'TEST MODE: reason', found: ${line}`);
    known.set(found[1] ?? '', found[2] ?? '');
  }
  return known;
}
