/**
 * The sessions of `tests/repl`, on every engine that has sessions, optimised and not. BLESS=1 writes what the interpreter answers.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Checks, DEFAULT_CHECKS, DEFAULT_LIMITS, type Engine } from '../../src/engine/engine.ts';
import { interpEngine } from '../../src/engine/interp/interp.ts';
import { treeEngine } from '../../src/engine/tree/tree.ts';
import { Session } from '../../src/session.ts';
import { answerOf, parseTranscript, printTranscript } from './transcript.ts';

const folder = join(import.meta.dirname, '../../../../tests/repl');
const names = readdirSync(folder).filter((name) => name.endsWith('.session'));

const MODES: readonly { readonly name: string; readonly engine: Engine; readonly checks: Checks }[] = [
  { name: 'interp', engine: interpEngine, checks: { ...DEFAULT_CHECKS, verify: true } },
  { name: 'interp, every unit a slice', engine: interpEngine, checks: { ...DEFAULT_CHECKS, slice: 1, stressGc: true } },
  { name: 'interp, not optimised', engine: interpEngine, checks: { ...DEFAULT_CHECKS, optimise: false, verify: true } },
  { name: 'tree', engine: treeEngine, checks: { ...DEFAULT_CHECKS, verify: true } },
];

/** Modules that entries may use. */
const MODULES: Readonly<Record<string, string>> = {
  geometry:
    'pub struct Point:\n    x: i64\n    y: i64 = 7 + 1\n\nimpl Point:\n    fn sum(self) -> i64: self.x + self.y\n\npub fn origin() -> Point: Point{x: 0}\npub mut count = 0\npub fn add():\n    count = count + 1\n    return helper()\nfn helper(): count * 10\nprint("geometry is loaded")\n',
  broken: 'pub fn f(): 1\nx = 1 / 0\n',
};

export function newSession(engine: Engine, checks: Checks, edition: string | undefined) {
  const decoder = new TextDecoder();
  let output = '';
  const host = {
    write: (bytes: Uint8Array) => {
      output += decoder.decode(bytes, { stream: true });
    },
    readLine: () => new TextEncoder().encode('a line'),
    now: () => performance.now() / 1000,
  };
  const session = new Session(engine, host, {
    loader: {
      resolve: (dotted) => {
        const text = MODULES[dotted.join('.')];
        return text === undefined
          ? { tried: [`${dotted.join('/')}.orus`] }
          : { path: `${dotted.join('/')}.orus`, text };
      },
    },
    limits: { ...DEFAULT_LIMITS, fuel: 100_000, depth: 500 },
    checks,
    ...(edition === undefined ? {} : { edition }),
  });
  const printed = (): string => {
    const text = output;
    output = '';
    return text;
  };
  return { session, printed };
}

describe.each(names)('%s', (name) => {
  const text = readFileSync(join(folder, name), 'utf8');
  const exchanges = parseTranscript(text);
  const edition = name.startsWith('classic') ? 'classic' : undefined;

  test.each(MODES)('$name', ({ name: mode, engine, checks }) => {
    const { session, printed } = newSession(engine, checks, edition);
    const answered = exchanges.map((exchange) => ({ ...exchange, answer: answerOf(session, exchange.entry, printed) }));
    if (process.env['BLESS'] === '1' && mode === 'interp') writeFileSync(join(folder, name), printTranscript(answered));
    else expect(printTranscript(answered)).toBe(text);
  });
});
