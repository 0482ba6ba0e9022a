/**
 * Machine tests: programs in assembly text below `tests/bytecode`, with what comes of them in comments, interpreted and as machine code.
 *
 *     ; refused: TEXT     the verifier refuses it in these words
 *     ; expect: TEXT      a line of output
 *     ; ends: TEXT        the error that ends it, as `KIND error: MESSAGE`
 *     ; fuel: N           what it uses
 */
import { readdirSync, readFileSync } from 'node:fs';
import { collectingHost } from '@orus/cli/hosts';
import { DEFAULT_CHECKS, type Engine, type Outcome, type Prepared } from '@orus/core/engine/engine';
import { interpEngine } from '@orus/core/engine/interp/interp';
import { createJitEngine } from '@orus/core/engine/jit/jit';
import { EAGER_TUNING } from '@orus/core/engine/jit/tuning';
import { parseAssembly } from '@orus/core/isa/assembly/parse';
import { readBytecode, writeBytecode } from '@orus/core/isa/file/bytecode-file';
import type { BytecodeProgram } from '@orus/core/isa/program';
import { describeRefusal } from '@orus/core/isa/verify/refusal';
import { verifyProgram } from '@orus/core/isa/verify/verify';

export interface BytecodeTest {
  readonly name: string;
  readonly text: string;
  /** The comments that say what comes of it. */
  readonly expected: string;
}

const EXPECTATION = /^; (?:refused|expect|ends|fuel): .*$/gm;

export function bytecodeTests(folder: string): BytecodeTest[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.oasm'))
    .sort()
    .map((file) => {
      const text = readFileSync(`${folder}/${file}`, 'utf8');
      return { name: `${folder}/${file}`, text, expected: (text.match(EXPECTATION) ?? []).join('\n') };
    });
}

/** What comes of a test, in the form of its comments. */
export function runBytecodeTest({ name, text, expected }: BytecodeTest): string {
  const assembled = parseAssembly(text, name);
  if ('problem' in assembled) return `line ${assembled.problem.line}: ${assembled.problem.text}`;
  const read = readBytecode(writeBytecode(assembled.program, { strip: !assembled.debug }), name);
  if ('problem' in read) return `cannot be read: ${read.problem.text}`;
  const result = verifyProgram(read.program);
  if ('refusal' in result) return `; refused: ${describeRefusal(result.refusal, read.program)}`;
  const { program } = result.verified;
  const interpreted = runOn(interpEngine, program, expected);
  const compiled = runOn(createJitEngine({ tuning: EAGER_TUNING }), program, expected);
  return compiled === interpreted ? interpreted : `${interpreted}\nbut as machine code:\n${compiled}`;
}

function runOn(engine: Engine, program: BytecodeProgram, expected: string): string {
  const host = collectingHost(new Uint8Array());
  const limits = { fuel: 1e6, memory: 2 ** 24, depth: 1000, timeMs: Infinity };
  const checks = { ...DEFAULT_CHECKS, verify: true, stressGc: true };
  const instance = engine.create(preparedFrom(program), host, limits, checks);
  const outcome = instance.run();
  const output = Buffer.from(host.stdout()).toString();
  const lines = output.split('\n').slice(0, -1);
  return [
    ...lines.map((line) => `; expect: ${line}`),
    ...endOf(outcome),
    ...(expected.includes('; fuel: ') ? [`; fuel: ${instance.stats().fuel}`] : []),
  ].join('\n');
}

function endOf(outcome: Outcome): string[] {
  if (outcome.status === 'done') return [];
  if (outcome.status === 'limit') return [`; ends: limit ${outcome.limit}`];
  return [`; ends: ${outcome.trap.kind} error: ${outcome.trap.message}`];
}

/** A program that has bytecode only. */
export function preparedFrom(program: BytecodeProgram): Prepared {
  const missing = (): never => {
    throw new Error('there is only bytecode');
  };
  return {
    get tree() {
      return missing();
    },
    ir: missing,
    bytecode: () => program,
  };
}
