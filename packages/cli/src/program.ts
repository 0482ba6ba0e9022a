/**
 * Runs one program, wherever it came from, for whoever has a `Host`: the command `run`, the worker behind the recursive engines,
 * and the tests. Requests and results are plain data, so that they can cross to a worker. Nothing here needs the compiler.
 */
import type { AllocationReport } from '@orus/core/codegen/program';
import { createInterpEngine } from '@orus/core/engine/interp/interp';
import { createJitEngine, type JitOptions } from '@orus/core/engine/jit/jit';
import { type JitSettings, tuningFor } from '@orus/core/engine/jit/tuning';
import { Bug, present } from '@orus/core/base/bug';
import { TRAP_KINDS } from '@orus/core/base/traps';
import { type Code, diagnostic } from '@orus/core/lang/orus/messages';
import { runtimeHelp } from '@orus/core/lang/orus/messages-runtime';
import type { Report } from '@orus/core/base/render-diagnostics';
import type { FileId, SourceFile, Span } from '@orus/core/base/source';
import type { BytecodeProgram } from '@orus/core/isa/program';
import type {
  Checks,
  Engine,
  Host,
  LimitName,
  Limits,
  Outcome,
  Prepared,
  RunStats,
  TraceEntry,
} from '@orus/core/engine/engine';
import { compileUnit } from './host-compiler.ts';
import { EXIT } from './exit-status.ts';
import { machineModule } from './machine.ts';
import type { SourceText } from './source-files.ts';

export interface RunRequest {
  readonly source: SourceText;
  /** Absent for the default; a comment in the source wins. */
  readonly edition?: string;
  readonly engine: string;
  readonly jit?: JitSettings;
  readonly limits: Limits;
  readonly checks: Checks;
  /** Loops that handle values of unknown types are errors. */
  readonly assertTypedLoops?: boolean;
  /** Keep what the compiler did, for `--stats`. */
  readonly observe?: boolean;
}

export interface RunResult {
  readonly status: number;
  readonly files: readonly SourceFile[];
  /** What to tell the user: diagnostics, or the error or limit that ended the program. */
  readonly reports: readonly Report[];
  /** Counters; absent if nothing ran. */
  readonly stats?: RunStats;
  /** What the compiler did; only if it was asked for. */
  readonly compiled?: CompileStats;
}

export interface CompileStats {
  /** The stages of the compiler in order: the front end, lowering, each pass, code generation. */
  readonly passes: readonly { readonly name: string; readonly changes: number; readonly ms: number }[];
  readonly allocations: readonly AllocationReport[];
  /** Of all files together. */
  readonly lines: number;
}

/** What came before the execution of a program. */
export interface Execution {
  readonly files: readonly SourceFile[];
  readonly diagnostics: readonly Report[];
  /** When work on the program began, in seconds. */
  readonly start: number;
  readonly request: Pick<RunRequest, 'limits' | 'checks'>;
}

/** Runs a program whose stages are at hand. */
export function execute(
  prepared: Prepared,
  { files, diagnostics, start, request }: Execution,
  engine: Engine,
  host: Host,
): RunResult {
  const checked = host.now();
  const instance = engine.create(prepared, host, request.limits, request.checks);
  const ready = host.now();
  const outcome = instance.run();
  const end = host.now();
  const times = {
    'time.check-ms': (checked - start) * 1000,
    'time.prepare-ms': (ready - checked) * 1000,
    'time.run-ms': (end - ready) * 1000,
  };
  return {
    status: statusOf(outcome),
    files,
    reports: [...diagnostics, ...outcomeReports(outcome, request.limits)],
    stats: { ...instance.stats(), ...times },
  };
}

/** Runs bytecode, which has no earlier stages. */
export function executeBytecode(
  program: BytecodeProgram,
  start: number,
  request: Execution['request'],
  engine: Engine,
  host: Host,
): RunResult {
  const missing = (): never => {
    throw new Bug('bytecode has no earlier stages');
  };
  const prepared: Prepared = {
    get tree() {
      return missing();
    },
    ir: missing,
    bytecode: () => program,
  };
  return execute(prepared, { files: program.files.values(), diagnostics: [], start, request }, engine, host);
}

const interpEngine = createInterpEngine(machineModule);

/** How machine code is made here. */
export function jitOptions(jit: JitSettings): JitOptions {
  // What is compiled without being hot is not worth the optimiser's time. Called by name only: what is named is loaded.
  const optimised: JitOptions =
    jit.when === 'eager' ? {} : { compileUnit: (bytes, again) => compileUnit(bytes, again) };
  return { machine: machineModule, ...optimised, tuning: tuningFor(jit) };
}

const madeEngines = new Map<string, Engine>();

/** The engine of that name; the code of all but the usual ones is loaded when it is asked for. `kept`: machine code of earlier runs of the program. */
export async function engineNamed(name: string, jit: JitSettings = {}, kept?: JitOptions['kept']): Promise<Engine> {
  if (name === interpEngine.name) return interpEngine;
  if (name === 'jit' && kept) return createJitEngine({ ...jitOptions(jit), kept });
  const { ENGINES } = name === 'jit' ? { ENGINES: [jitEngine(jit)] } : await import('@orus/core/engines');
  return present(
    ENGINES.find((each) => each.name === name),
    `engine ${name}`,
  );
}

/** One for each setting, because an engine keeps what the host has compiled of the machine. */
function jitEngine(jit: JitSettings): Engine {
  const key = JSON.stringify(jit);
  let engine = madeEngines.get(key);
  if (engine === undefined) {
    engine = createJitEngine(jitOptions(jit));
    madeEngines.set(key, engine);
  }
  return engine;
}

function statusOf(outcome: Outcome): number {
  switch (outcome.status) {
    case 'done':
      return EXIT.ok.status;
    case 'limit':
      return outcome.limit === 'interrupt' ? EXIT.interrupted.status : EXIT.runtime.status;
    case 'error': {
      const { kind, whileLoading } = outcome.trap;
      // A limit is no fault of the module that happened to be loading (specification 24.12).
      const limit = kind === 'recursion' || kind === 'memory';
      return whileLoading && !limit ? EXIT.source.status : EXIT.runtime.status;
    }
  }
}

/** What to tell of an outcome. */
export function outcomeReports(outcome: Outcome, limits: Limits): Report[] {
  if (outcome.status === 'done') return [];
  if (outcome.status === 'limit')
    return outcome.limit === 'interrupt' ? [] : [limitReport(outcome.limit, limits, outcome.trace)];
  const { kind, message, trace } = outcome.trap;
  const [title = '', ...details] = message.split('\n');
  const help = kind === 'recursion' || kind === 'memory' ? BOUNDS[kind](limits) : runtimeHelp(title);
  return [{ ...trapReport(TRAP_KINDS[kind].code, title, trace), details, ...(help === undefined ? {} : { help }) }];
}

/** What bounded a program that ran into a limit, and the option that moves the bound. */
const BOUNDS = {
  recursion: (limits: Limits) => `calls may nest ${limits.depth} deep; --max-depth N changes that`,
  memory: (limits: Limits) => `the program may use ${limits.memory} bytes; --max-memory SIZE changes that`,
  fuel: (limits: Limits) => `the program may do ${limits.fuel} units of work; --max-fuel N changes that`,
  time: (limits: Limits) => `the program may run for ${limits.timeMs} ms; --max-time MS changes that`,
} as const;

/** The codes of the limits that cannot be caught. */
export const LIMIT_CODES = { fuel: 'E0020', time: 'E0021' } as const satisfies Record<
  Exclude<LimitName, 'interrupt'>,
  Code
>;

function limitReport(limit: Exclude<LimitName, 'interrupt'>, limits: Limits, trace: readonly TraceEntry[]): Report {
  return { ...diagnostic(LIMIT_CODES[limit], {}, placeOf(trace)), trace, help: BOUNDS[limit](limits) };
}

function trapReport(code: string, title: string, trace: readonly TraceEntry[]): Report {
  return { code, severity: 'error', title, primary: { span: placeOf(trace), text: '' }, labels: [], trace };
}

function placeOf(trace: readonly TraceEntry[]): Span {
  return trace[0]?.span ?? { file: 0 as FileId, start: 0, end: 0 };
}
