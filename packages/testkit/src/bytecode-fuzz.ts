/**
 * One case of fuzzing bytecode files: whatever the bytes are, they are refused in words or run to a result, an error or a limit. The heap
 * is checked, and nothing is thrown.
 */
import { collectingHost } from '@orus/cli/hosts';
import { runVerified } from '@orus/cli/bytecode-program';
import { DEFAULT_CHECKS } from '@orus/core/engine/engine';
import { interpEngine } from '@orus/core/engine/interp/interp';
import { parseAssembly } from '@orus/core/isa/assembly/parse';
import { printAssembly } from '@orus/core/isa/assembly/print';
import { readBytecode, writeBytecode } from '@orus/core/isa/file/bytecode-file';
import type { BytecodeProgram } from '@orus/core/isa/program';
import { describeRefusal } from '@orus/core/isa/verify/refusal';
import { verifyProgram } from '@orus/core/isa/verify/verify';
import { stagesOf } from './compiled.ts';
import { seededRandom } from './generate/random.ts';
import { mutatedFile } from './mutate-bytecode.ts';
import { reduce } from './reduce.ts';

export type BytecodeVerdict =
  /** The reader or the verifier said no; `rule` is which. */
  | { readonly kind: 'refused'; readonly rule: string; readonly text: string }
  | { readonly kind: 'ran'; readonly status: number }
  | { readonly kind: 'crash'; readonly key: string; readonly detail: string };

const LIMITS = { fuel: 100_000, memory: 2 ** 24, depth: 300, timeMs: 3000 };

export interface BytecodeChecks {
  readonly stressGc: boolean;
  readonly slice: number;
}

export function judgeFile(bytes: Uint8Array, checks: BytecodeChecks): BytecodeVerdict {
  try {
    const read = readBytecode(bytes, 'mutant.orbc');
    if ('problem' in read) return { kind: 'refused', rule: read.problem.kind, text: read.problem.text };
    const result = verifyProgram(read.program);
    if ('refusal' in result) {
      return { kind: 'refused', rule: result.refusal.rule, text: describeRefusal(result.refusal, read.program) };
    }
    const host = collectingHost(new TextEncoder().encode('1\nline two\n'));
    const request = { limits: LIMITS, checks: { ...DEFAULT_CHECKS, ...checks, verify: true } };
    const { status } = runVerified(result.verified, host.now(), request, interpEngine, host);
    return { kind: 'ran', status };
  } catch (error) {
    const { message, stack = '' } = error instanceof Error ? error : new Error(String(error));
    const key = `crash: ${(message.split('\n')[0] ?? '').replace(/\d+/g, 'N').slice(0, 100)}`;
    return { kind: 'crash', key, detail: `${message}\n${stack}` };
  }
}

/** Programs to change, compiled when first used. Those that do not compile are passed over. */
export class Corpus {
  readonly #texts: readonly string[];
  readonly #programs = new Map<number, BytecodeProgram | null>();

  constructor(texts: readonly string[]) {
    this.#texts = texts;
  }

  pick(seed: number): BytecodeProgram {
    for (let i = 0; ; i++) {
      const at = (seed + i) % this.#texts.length;
      let program = this.#programs.get(at);
      if (program === undefined) {
        const text = this.#texts[at] ?? '';
        const loader = { resolve: () => ({ tried: [] }) };
        const prepared = stagesOf({ path: 'program.orus', text }, loader).prepared(DEFAULT_CHECKS);
        program = prepared?.bytecode() ?? null;
        this.#programs.set(at, program);
      }
      if (program !== null) return program;
    }
  }
}

/** Collecting at every allocation takes so long that the clock must be looked at often. */
const STRESS_SLICE = 200;

function checksOf(seed: number): BytecodeChecks {
  const stressGc = seed % 4 === 0;
  return { stressGc, slice: seed % 3 === 0 ? 7 : stressGc ? STRESS_SLICE : DEFAULT_CHECKS.slice };
}

export function bytecodeCase(
  seed: number,
  corpus: Corpus,
): { readonly bytes: Uint8Array; readonly verdict: BytecodeVerdict } {
  const random = seededRandom(seed);
  const bytes = mutatedFile(random, corpus.pick(random.below(2 ** 30)));
  const verdict = judgeFile(bytes, checksOf(seed));
  if (verdict.kind !== 'crash' && seed % 100 === 0) {
    // Whatever ran before must have left the engine as it was.
    const whole = judgeFile(writeBytecode(corpus.pick(0)), checksOf(1));
    if (whole.kind !== 'ran')
      return { bytes, verdict: { kind: 'crash', key: 'engine spoilt', detail: JSON.stringify(whole) } };
  }
  return { bytes, verdict };
}

/** The text of the smallest program that fails in the same way; null if the file holds no program. */
export function shrinkBytecode(seed: number, bytes: Uint8Array, key: string, milliseconds: number): string | null {
  const read = readBytecode(bytes, 'mutant.orbc');
  if ('problem' in read) return null;
  const end = Date.now() + milliseconds;
  const fails = (text: string): boolean => {
    const assembled = parseAssembly(text, 'mutant.orbc');
    if ('problem' in assembled) return false;
    const again = judgeFile(writeBytecode(assembled.program, { strip: !assembled.debug }), checksOf(seed));
    return again.kind === 'crash' && again.key === key;
  };
  const plain = printAssembly({ ...read.program, funcs: read.program.funcs.map((func) => ({ ...func, lines: [] })) });
  const text = plain
    .split('\n')
    .map((line) => line.replace(/ {2,}; .*$/, ''))
    .join('\n');
  const start = fails(text) ? text : printAssembly(read.program);
  return reduce(start, (candidate) => Date.now() < end && fails(candidate), 20_000);
}
