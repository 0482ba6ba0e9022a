/**
 * The whole pipeline on one screen: source to diagnostics, and on to the stage that an engine runs.
 *
 * Stages are made when first asked for: `check` stops after the typed tree, the tree engine never sees IR, and so on.
 */
import { Bug } from './base/bug.ts';
import { compareDiagnostics, type Diagnostic } from './base/diagnostic.ts';
import type { IdMap } from './base/id-map.ts';
import type { FileId, SourceFile } from './base/source.ts';
import { type CodegenObserver, generateProgram } from './codegen/program.ts';
import { type Checks, DEFAULT_CHECKS, type Prepared } from './engine/engine.ts';
import type { Program } from './hir/hir.ts';
import { lowerProgram } from './hir/lower/program.ts';
import { verifyProgram as verifyTree } from './hir/verify.ts';
import type { IrProgram } from './ir/ir.ts';
import type { BytecodeProgram } from './isa/program.ts';
import { checkProgram as checkSource, type FrontOptions } from './lang/orus/front.ts';
import { marksLoops, untypedLoopDiagnostics } from './lang/orus/typed-loops.ts';
import { boxedLoops } from './opt/boxed-loops.ts';
import { runPasses } from './opt/pipeline.ts';
import type { StageObserver } from './opt/run-passes.ts';

export interface CompileOptions extends FrontOptions {
  readonly checks?: Checks;
  /** Every loop must handle only values of known types, not only those that a comment marks. */
  readonly assertTypedLoops?: boolean;
  /** Sees every stage as it is made, for dumps and statistics. */
  readonly observer?: StageObserver & CodegenObserver;
  /** Says what is wrong with bytecode that was made, or null; asked if `checks.verify` is set. */
  readonly verifyBytecode?: (program: BytecodeProgram) => string | null;
}

export interface Checked {
  /** In source order; empty if the program can run. */
  readonly diagnostics: readonly Diagnostic[];
  readonly files: IdMap<FileId, SourceFile>;
  /** Null if there are errors. */
  readonly prepared: Prepared | null;
}

/** Checks a program; what comes after runs on demand and reports nothing to the user. */
export function checkProgram(
  entry: { readonly path: string; readonly text: string },
  options: CompileOptions,
): Checked {
  const { diagnostics, files, program } = timed(options.observer, 'front end', () => checkSource(entry, options));
  const prepared = program === null ? null : prepare(program, options);
  const all = options.assertTypedLoops === true;
  if (prepared === null || !(all || marksLoops(files))) return { diagnostics, files, prepared };
  const untyped = untypedLoopDiagnostics(files, boxedLoops(optimised(prepared, options)), all);
  if (untyped.length === 0) return { diagnostics, files, prepared };
  return { diagnostics: [...diagnostics, ...untyped].sort(compareDiagnostics), files, prepared: null };
}

/** What loops handle is asked of optimised IR, whatever the program is to be run as. */
function optimised(prepared: Prepared, { checks = DEFAULT_CHECKS }: CompileOptions): IrProgram {
  if (checks.optimise) return prepared.ir();
  const lowered = lowerProgram(prepared.tree);
  runPasses(lowered, { ...checks, optimise: true });
  return lowered;
}

function prepare(tree: Program, { checks = DEFAULT_CHECKS, observer, verifyBytecode }: CompileOptions): Prepared {
  if (checks.verify) complain('typed tree', verifyTree(tree));
  let ir: IrProgram | null = null;
  let bytecode: BytecodeProgram | null = null;
  const makeIr = (): IrProgram => {
    const lowered = timed(observer, 'lowering', () => lowerProgram(tree));
    runPasses(lowered, checks, observer);
    return lowered;
  };
  const makeBytecode = (): BytecodeProgram => {
    const input = (ir ??= makeIr());
    const made = timed(observer, 'code generation', () => generateProgram(input, checks, observer));
    const problem = checks.verify ? (verifyBytecode?.(made) ?? null) : null;
    if (problem !== null) complain('bytecode', [problem]);
    return made;
  };
  return {
    tree,
    ir: () => (ir ??= makeIr()),
    bytecode: () => (bytecode ??= makeBytecode()),
  };
}

/** Does the work of a stage and tells how long it took, as if it were a pass. */
function timed<T>(observer: StageObserver | undefined, stage: string, work: () => T): T {
  if (observer?.pass === undefined || observer.clock === undefined) return work();
  const start = observer.clock();
  const result = work();
  observer.pass(stage, 0, observer.clock() - start);
  return result;
}

function complain(stage: string, problems: readonly string[]): void {
  if (problems.length > 0) throw new Bug(`the ${stage} is not well formed:\n${problems.join('\n')}`);
}
