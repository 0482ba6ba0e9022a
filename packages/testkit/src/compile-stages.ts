/**
 * How long each stage of the compiler takes for one program, and how large its bytecode becomes.
 *
 * The front end is one call from text to tree; its parts are timed by doing them once more alone, and the rest is checking.
 */
import type { FileId } from '@orus/core/base/source';
import { generateProgram } from '@orus/core/codegen/program';
import { DEFAULT_CHECKS } from '@orus/core/engine/engine';
import { lowerProgram } from '@orus/core/hir/lower/program';
import { DEFAULT_EDITION } from '@orus/core/lang/orus/edition';
import { checkProgram } from '@orus/core/lang/orus/front';
import { lex } from '@orus/core/lang/orus/lexer';
import { parse } from '@orus/core/lang/orus/parser';
import { runPasses } from '@orus/core/opt/pipeline';

export interface CompileTimes {
  /** Milliseconds by stage, in order: lex, parse, check, lower, passes, codegen. */
  readonly stages: Readonly<Record<string, number>>;
  /** Milliseconds by pass; a pass that runs several times has one entry. */
  readonly passes: Readonly<Record<string, number>>;
  readonly functions: number;
  readonly instructionBytes: number;
  readonly constantBytes: number;
}

export function compileStages(text: string, now: () => number): CompileTimes {
  const file = { id: 0 as FileId, path: 'large.orus', text };
  const timed = <T>(work: () => T): [T, number] => {
    const start = now();
    const result = work();
    return [result, now() - start];
  };
  const [, lexing] = timed(() => lex(file, DEFAULT_EDITION));
  const [, reading] = timed(() => parse(file, DEFAULT_EDITION));
  const [front, whole] = timed(() => checkProgram(file, { loader: { resolve: () => ({ tried: [] }) } }));
  const { program, diagnostics } = front;
  if (!program) throw new Error(diagnostics.map(({ title }) => title).join('; '));
  const [ir, lowering] = timed(() => lowerProgram(program));
  const [, optimising] = timed(() => runPasses(ir, DEFAULT_CHECKS));
  const [bytecode, generating] = timed(() => generateProgram(ir, DEFAULT_CHECKS));
  // Asking a clock twice for each pass and function takes a tenth of what passes take, so they are timed in a run of their own.
  const passes: Record<string, number> = {};
  const observer = {
    clock: now,
    pass: (name: string, _: number, ms: number) => {
      passes[name] = (passes[name] ?? 0) + ms;
    },
  };
  runPasses(lowerProgram(program), DEFAULT_CHECKS, observer);
  return {
    stages: {
      lex: lexing,
      parse: Math.max(0, reading - lexing),
      check: Math.max(0, whole - reading),
      lower: lowering,
      passes: optimising,
      codegen: generating,
    },
    passes,
    functions: bytecode.funcs.length,
    instructionBytes: bytecode.funcs.reduce((sum, func) => sum + 4 * func.code.length, 0),
    constantBytes: 8 * bytecode.constants.length + bytecode.strings.reduce((sum, text) => sum + text.length, 0),
  };
}
