/**
 * The stages of one program for many modes: each is made once, whoever asks first.
 *
 * What `compile.ts` in the core does for one set of checks; modes differ in few of them, and compiling is most of the work of
 * comparing small programs.
 */
import { generateProgram } from '@orus/core/codegen/program';
import type { Diagnostic } from '@orus/core/base/diagnostic';
import type { Checks, Prepared } from '@orus/core/engine/engine';
import { lowerProgram } from '@orus/core/hir/lower/program';
import { verifyProgram } from '@orus/core/hir/verify';
import type { IrProgram } from '@orus/core/ir/ir';
import type { BytecodeProgram } from '@orus/core/isa/program';
import { checkProgram } from '@orus/core/lang/orus/front';
import type { ModuleLoader } from '@orus/core/lang/orus/modules';
import { runPasses } from '@orus/core/opt/pipeline';

export interface Stages {
  readonly diagnostics: readonly Diagnostic[];
  /** Null if the program was not accepted. */
  prepared(checks: Checks): Prepared | null;
}

/** `verify` says whether the typed tree is verified, and the IR after every pass, which takes as long as the passes. */
export function stagesOf(
  source: { readonly path: string; readonly text: string },
  loader: ModuleLoader,
  { verify: verifyPasses = true }: { readonly verify?: boolean } = {},
): Stages {
  const { diagnostics, program } = checkProgram(source, { loader });
  const irs = new Map<boolean, IrProgram>();
  const bytecodes = new Map<string, BytecodeProgram>();
  let verified = false;
  const irOf = ({ optimise }: Checks): IrProgram => {
    const known = irs.get(optimise);
    if (known || !program) return known as IrProgram;
    const ir = lowerProgram(program);
    runPasses(ir, { optimise, verify: verifyPasses });
    irs.set(optimise, ir);
    return ir;
  };
  const bytecodeOf = (checks: Checks): BytecodeProgram => {
    const { optimise, registers, constants, verify } = checks;
    const key = JSON.stringify([optimise, registers, constants, verify]);
    const known = bytecodes.get(key) ?? generateProgram(irOf(checks), checks);
    bytecodes.set(key, known);
    return known;
  };
  return {
    diagnostics,
    prepared: (checks) => {
      if (!program) return null;
      const problems = verified || !verifyPasses ? [] : verifyProgram(program);
      if (problems.length > 0) throw new Error(`the typed tree is not well formed:\n${problems.join('\n')}`);
      verified = true;
      return { tree: program, ir: () => irOf(checks), bytecode: () => bytecodeOf(checks) };
    },
  };
}
