/**
 * The verifier: whether a program from anywhere is safe to run, and what the machine needs to run it.
 *
 * It shares nothing with the compiler but the table of opcodes and the format. Accepted code cannot touch memory that is not its own,
 * make the collector miss a reference, run without paying, or leave the host with anything but a result, an error or a limit.
 */
import { present } from '../../base/bug.ts';
import type { DecodedInst } from '../encode.ts';
import { opcode } from '../opcodes.ts';
import type { BytecodeFunc, BytecodeProgram } from '../program.ts';
import { type Code, decodeFunc } from './code.ts';
import { Budget, Flow } from './flow.ts';
import { longestWay } from './polls.ts';
import { describeRefusal, type Refusal, Refused } from './refusal.ts';
import { CODE_RULES, PROGRAM_RULES } from './rules.ts';
import { SafepointBudget, safepointsFor } from './safepoints.ts';
import { Summaries } from './summaries.ts';
import { CHECKED_FORMS } from './typing.ts';

export interface Verified {
  /** The same program with safepoint tables of the verifier's own, and checked forms where nothing else makes an instruction safe. */
  readonly program: BytecodeProgram;
  /** Instructions that one activation may execute for one unit of fuel. */
  readonly longestWay: number;
}

export type VerifyResult = { readonly verified: Verified } | { readonly refusal: Refusal };

export function verifyProgram(program: BytecodeProgram): VerifyResult {
  try {
    return { verified: verify(program) };
  } catch (error) {
    if (error instanceof Refused) return { refusal: error.refusal };
    throw error;
  }
}

/** What is wrong with a program, in words; null if nothing is. */
export function problemOf(program: BytecodeProgram): string | null {
  const result = verifyProgram(program);
  return 'refusal' in result ? describeRefusal(result.refusal, program) : null;
}

function verify(program: BytecodeProgram): Verified {
  for (const rule of PROGRAM_RULES) rule.check(program);
  const codes = program.funcs.map(decodeFunc);
  const values = new Set<number>();
  let longest = 0;
  for (const code of codes) {
    for (const rule of CODE_RULES) rule.check(code, program, values);
    longest = Math.max(longest, longestWay(code));
  }
  const flows = follow(program, codes);
  const budget = new SafepointBudget();
  const funcs = program.funcs.map((func, i) => {
    const flow = flows[i];
    // A function that nobody can call has no frames.
    return flow === undefined ? { ...func, safepoints: [] } : rewritten(func, flow, program, budget);
  });
  return { program: { ...program, funcs }, longestWay: longest };
}

/** Follows all functions that can be called, until nothing new is learnt. */
function follow(program: BytecodeProgram, codes: readonly Code[]): (Flow | undefined)[] {
  const summaries = new Summaries(program);
  const budget = new Budget();
  const flows: (Flow | undefined)[] = codes.map(() => undefined);
  for (const { init } of program.modules) summaries.enter(init, []);
  if (program.main !== null) summaries.enter(program.main, []);
  for (const type of program.types) {
    if (type.kind === 'struct') for (const { func } of type.methods) summaries.makeValue(func);
  }
  for (let next = summaries.next(); next !== undefined; next = summaries.next()) {
    const { func, pieces } = next;
    const flow = (flows[func] ??= new Flow(codes[func] as Code, summaries, budget));
    flow.run(pieces);
  }
  return flows;
}

function rewritten(func: BytecodeFunc, flow: Flow, program: BytecodeProgram, budget: SafepointBudget): BytecodeFunc {
  const safepoints = safepointsFor(flow, program, budget);
  if (flow.checked.size === 0) return { ...func, safepoints };
  const code = func.code.slice();
  for (const position of flow.checked) {
    const { op, pc } = flow.code.insts[position] as DecodedInst;
    const form = present(
      CHECKED_FORMS.find((each) => each.op === op.name),
      `checked form of ${op.name}`,
    );
    code[pc] = (((code[pc] as number) & ~0xff) | opcode(form.checked).number) >>> 0;
  }
  return { ...func, code, safepoints };
}
