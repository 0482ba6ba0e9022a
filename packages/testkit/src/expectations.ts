/**
 * Reads what a run test expects of itself from its comments; `tests/README.md` is the description of the format.
 *
 * Comments are found by their text alone, without lexing: `// expect: ` does not otherwise occur in programs, and tests
 * of broken tokens (an unterminated string, say) must be able to carry them too.
 */
import { parseSize } from '@orus/cli/arguments';
import type { LimitName } from '@orus/core/engine/engine';

/** A message that must be reported, once, at a line of a file. */
export interface ExpectedReport {
  readonly kind: 'error' | 'warning' | 'trap';
  /** Absent for traps. */
  readonly code?: string;
  readonly text: string;
  readonly path: string;
  readonly line: number;
}

export interface Expectations {
  readonly stdout: Buffer;
  readonly reports: readonly ExpectedReport[];
  readonly stdin: Buffer;
  /** Absent if it follows from the rest; see `expectedStatus`. */
  readonly status?: number;
  readonly limit?: LimitName;
  readonly fuel?: number;
  readonly depth?: number;
  readonly memory?: number;
  readonly deep: boolean;
  /** Modes that are left out. */
  readonly slow: readonly string[];
}

/** A mistake in the test itself. */
export class BadTest extends Error {}

const NOTE = /\/\/ (expect|expect-json|error|warning|trap)(?:\[(\w+)\])?(?: line (\d+))?:(?: (.*))?$/;
const DIRECTIVE = /^\s*\/\/ ([a-z-]+)(?::(?: ?(.*))?)?$/;

export function parseExpectations(
  main: { path: string; text: string },
  modules: readonly { path: string; text: string }[],
) {
  const stdout: string[] = [];
  const reports: ExpectedReport[] = [];
  for (const file of [main, ...modules]) {
    let guilty = 0;
    for (const [at, raw] of file.text.split('\n').entries()) {
      const line = raw.replace(/\r$/, '');
      const found = NOTE.exec(line);
      if (!found || line.slice(0, found.index).trim() !== '') guilty = at + 1;
      if (!found) continue;
      const [, kind, code, named, text = ''] = found;
      switch (kind) {
        case 'expect':
          if (file === main) stdout.push(`${text}\n`);
          break;
        case 'expect-json':
          if (file === main) stdout.push(jsonText(text, `${file.path}:${at + 1}`));
          break;
        case 'error':
        case 'warning':
          if (code === undefined)
            throw new BadTest(`${file.path}:${at + 1}: ${kind} needs a code, as in ${kind}[E1010]`);
          reports.push({ kind, code, text, path: file.path, line: named ? Number(named) : guilty });
          break;
        case 'trap':
          reports.push({ kind, text, path: file.path, line: named ? Number(named) : guilty });
          break;
      }
    }
  }
  return { stdout: Buffer.from(stdout.join('')), reports, ...parseDirectives(main) } satisfies Expectations;
}

/** The status that follows from what is expected, if the test does not say. */
export function expectedStatus(expected: Expectations): number {
  if (expected.status !== undefined) return expected.status;
  if (expected.reports.some(({ kind }) => kind === 'error')) return 65;
  return expected.limit !== undefined || expected.reports.some(({ kind }) => kind === 'trap') ? 70 : 0;
}

function parseDirectives({ path, text }: { path: string; text: string }) {
  const stdin: string[] = [];
  const found: { status?: number; limit?: LimitName; fuel?: number; depth?: number; memory?: number } = {};
  let deep = false;
  const slow: string[] = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    if (!line.trimStart().startsWith('//')) break;
    const [, name, value = ''] = DIRECTIVE.exec(line.replace(/\r$/, '')) ?? [];
    switch (name) {
      case 'stdin':
        stdin.push(`${value}\n`);
        break;
      case 'stdin-json':
        stdin.push(jsonText(value, path));
        break;
      case 'status':
        found.status = count(value, path);
        break;
      case 'limit':
        if (value !== 'fuel' && value !== 'time') throw new BadTest(`${path}: no limit ${value}`);
        found.limit = value;
        break;
      case 'max-fuel':
        found.fuel = count(value, path);
        break;
      case 'max-depth':
        found.depth = count(value, path);
        break;
      case 'max-memory':
        found.memory = parseSize('max-memory', value);
        break;
      case 'deep':
        deep = true;
        break;
      case 'slow':
        slow.push(...value.split(' ').filter((mode) => mode !== ''));
        break;
    }
  }
  return { stdin: Buffer.from(stdin.join('')), ...found, deep, slow };
}

function count(text: string, path: string): number {
  if (!/^\d+$/.test(text)) throw new BadTest(`${path}: '${text}' is not a number`);
  return Number(text);
}

function jsonText(text: string, place: string): string {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'string') return value;
  } catch {
    // Reported below, like any other value.
  }
  throw new BadTest(`${place}: not a JSON string: ${text}`);
}
