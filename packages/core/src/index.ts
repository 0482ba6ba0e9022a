/**
 * The public face of the core: check a program, then run it on an engine with limits.
 *
 *     const { diagnostics, files, prepared } = checkProgram({ path: 'a.orus', text }, { loader });
 *     const outcome = prepared && interpEngine.create(prepared, host, DEFAULT_LIMITS, DEFAULT_CHECKS).run();
 */
export type { Diagnostic, Edit, Label, Severity } from './base/diagnostic.ts';
export { coloured, type Paint, plain, Renderer, type Report, type ReportFormat } from './base/render-diagnostics.ts';
export type { FileId, Position, SourceFile, Span } from './base/source.ts';
export { type Checked, type CompileOptions, checkProgram } from './compile.ts';
export {
  type Checks,
  DEFAULT_CHECKS,
  DEFAULT_LIMITS,
  type Engine,
  type Host,
  type Instance,
  type LimitName,
  type Limits,
  type Outcome,
  type Prepared,
  type RunStats,
  type TraceEntry,
  type Trap,
} from './engine/engine.ts';
export { interpEngine } from './engine/interp/interp.ts';
export { ENGINES } from './engines.ts';
export { type EntryResult, type Evaluation, Session, type SessionOptions } from './session.ts';
export { CODES, type Code, explain, isCode } from './lang/orus/messages.ts';
export type { ModuleLoader } from './lang/orus/modules.ts';
