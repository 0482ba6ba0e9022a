/**
 * Programs from sources: compiled and run.
 */
import type { AllocationReport } from '@orus/core/codegen/program';
import { checkProgram, type CompileOptions } from '@orus/core/compile';
import type { Engine, Host } from '@orus/core/engine/engine';
import type { BytecodeProgram } from '@orus/core/isa/program';
import type { ModuleLoader } from '@orus/core/lang/orus/modules';
import { withoutBaseline } from './baseline.ts';
import { EXIT } from './exit-status.ts';
import { type CompileStats, execute, type RunRequest, type RunResult } from './program.ts';

/** Who wants to know of the bytecode. */
export interface BytecodeReaders extends Pick<CompileOptions, 'verifyBytecode'> {
  /** Gets that of a program without mistakes and warnings, after its run. */
  readonly compiled?: (program: BytecodeProgram) => void;
}

/** Characters of a source that is compiled before baseline code of the compiler pays. */
const SHORT = 5000;

/** Engines that run earlier stages than bytecode. */
const RECURSIVE: ReadonlySet<string> = new Set(['tree', 'ir']);

/** Compiles a program and runs it. */
export function runProgram(
  request: RunRequest,
  engine: Engine,
  loader: ModuleLoader,
  host: Host,
  { verifyBytecode, compiled }: BytecodeReaders = {},
): RunResult {
  const start = host.now();
  const { source, edition } = request;
  const passes: CompileStats['passes'][number][] = [];
  const allocations: AllocationReport[] = [];
  const observer = {
    clock: () => host.now() * 1000,
    pass: (name: string, changes: number, ms: number) => passes.push({ name, changes, ms }),
    allocated: (report: AllocationReport) => allocations.push(report),
  };
  const options = {
    ...(edition === undefined ? {} : { edition }),
    ...(request.observe ? { observer } : {}),
    ...(verifyBytecode === undefined ? {} : { verifyBytecode }),
    ...(request.assertTypedLoops === true ? { assertTypedLoops: true } : {}),
    checks: request.checks,
    loader,
  };
  const short = source.text.length < SHORT && !RECURSIVE.has(request.engine);
  const {
    files: table,
    diagnostics,
    prepared,
  } = withoutBaseline(short, () => {
    const checked = checkProgram(source, options);
    if (short) checked.prepared?.bytecode();
    return checked;
  });
  const files = table.values();
  if (!prepared) return { status: EXIT.source.status, files, reports: diagnostics };

  const result = execute(prepared, { files, diagnostics, start, request }, engine, host);
  if (diagnostics.length === 0) compiled?.(prepared.bytecode());
  if (!request.observe) return result;
  const lines = files.reduce((sum, { text }) => sum + text.split('\n').length, 0);
  return { ...result, compiled: { passes, allocations, lines } };
}
