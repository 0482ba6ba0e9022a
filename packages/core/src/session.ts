/**
 * A session: the whole pipeline, one entry at a time, in one module scope that lasts (specification, sections 18 and 24.10).
 *
 *     const session = new Session(interpEngine, host, { loader });
 *     session.evaluate('x = 20 + 1');      // { status: 'done', value: null, ... }
 *     session.evaluate('x * 2');           // { status: 'done', value: '42', type: 'i64', ... }
 *
 * Only what an entry brings is compiled: it goes through the stages as a program that continues the one that is there, and the machine
 * takes it in. Nothing here knows of a terminal. An entry that does not compile changes nothing; one that fails as it runs keeps
 * what it declared. `begin` and `advance` let a host do other things between slices.
 */
import { Bug } from './base/bug.ts';
import type { Diagnostic } from './base/diagnostic.ts';
import type { SourceFile } from './base/source.ts';
import { type CodegenObserver, generateProgram } from './codegen/program.ts';
import { Pools } from './codegen/pools.ts';
import {
  type Checks,
  DEFAULT_CHECKS,
  DEFAULT_LIMITS,
  type Engine,
  type GrowingInstance,
  type Host,
  type Limits,
  type Outcome,
  type Prepared,
  type RunStats,
  type StepResult,
} from './engine/engine.ts';
import type { FuncId } from './hir/hir.ts';
import { lowerProgram } from './hir/lower/program.ts';
import { Signatures } from './hir/lower/types.ts';
import { verifyProgram as verifyTree } from './hir/verify.ts';
import type { IrProgram } from './ir/ir.ts';
import { printFunc as printIrFunc } from './ir/print.ts';
import { disassembleProgram } from './isa/disassemble.ts';
import type { BytecodeProgram } from './isa/program.ts';
import { type Completion, complete, describe, type Description, typeOfText } from './lang/orus/complete.ts';
import { isIncomplete } from './lang/orus/incomplete.ts';
import type { ModuleLoader } from './lang/orus/modules.ts';
import { type CheckedEntry, type EntryProgram, SessionFront } from './lang/orus/session.ts';
import { runPasses, SESSION_PASSES } from './opt/pipeline.ts';
import type { StageObserver } from './opt/run-passes.ts';

export interface SessionOptions {
  readonly loader: ModuleLoader;
  readonly edition?: string;
  /** Memory and depth are those of the session; fuel and time are for each entry. */
  readonly limits?: Limits;
  readonly checks?: Checks;
  readonly observer?: StageObserver & CodegenObserver;
}

/** How an entry ended. */
export type EntryResult = {
  /** Of the source; errors exactly if it was rejected. */
  readonly diagnostics: readonly Diagnostic[];
} & (
  | { readonly status: 'rejected' }
  /** There is no more room for code; only a new session helps. */
  | { readonly status: 'full' }
  | {
      readonly status: 'done';
      /** What `print` shows of the value of the last expression; null if it has none, or nil. */
      readonly value: string | null;
      /** The static type of the value. */
      readonly type: string | null;
    }
  | Exclude<Outcome, { readonly status: 'done' }>
);

/** How much text of a value is kept. */
const LONGEST_VALUE = 2 ** 20;

/** Constants that short instructions may name: they lie in a table of fixed size. */
const SHORT_CONSTANTS = 16_384;

interface Step {
  readonly kind: 'link' | 'module' | 'main' | 'show';
  readonly init: FuncId;
}

export class Session {
  readonly #engine: Engine;
  readonly #limits: Limits;
  readonly #checks: Checks;
  readonly #host: Host;
  readonly #observer: SessionOptions['observer'];
  readonly #front: SessionFront;
  readonly #signatures = new Signatures();
  readonly #pools = new Pools();
  #machine: GrowingInstance | null = null;
  /** The entries that were taken in, for those who want to see their code. */
  readonly #entries: { readonly path: string; readonly prepared: Prepared }[] = [];
  #count = 0;
  /** While the value is printed: its text so far. */
  #value: { bytes: Uint8Array[]; length: number } | null = null;
  /** The edition of entries that do not name their own. */
  edition: string | undefined;
  /** Fuel and time for the entries to come. */
  bounds: Pick<Limits, 'fuel' | 'timeMs'>;

  constructor(engine: Engine, host: Host, options: SessionOptions) {
    this.#engine = engine;
    this.#limits = options.limits ?? DEFAULT_LIMITS;
    this.bounds = { fuel: this.#limits.fuel, timeMs: this.#limits.timeMs };
    this.#checks = options.checks ?? DEFAULT_CHECKS;
    this.#observer = options.observer;
    this.#front = new SessionFront(options.loader);
    this.edition = options.edition;
    this.#host = {
      write: (bytes) => (this.#value === null ? host.write(bytes) : this.#keep(bytes)),
      readLine: (most) => host.readLine(most),
      now: () => host.now(),
      interrupted: () => host.interrupted?.() ?? false,
    };
  }

  get files(): readonly SourceFile[] {
    return this.#front.files.values();
  }

  /** Runs an entry to its end. `path` is what diagnostics call it. */
  evaluate(text: string, path?: string): EntryResult {
    const evaluation = this.begin(text, path);
    for (;;) {
      const result = evaluation.advance(Infinity);
      if (result !== null) return result;
    }
  }

  /** Compiles an entry; `advance` of what this gives runs it. Begin no other before it has ended. */
  begin(text: string, path = `<repl ${this.#count + 1}>`): Evaluation {
    this.#count++;
    const checked = this.#front.check(path, text, this.edition);
    const { diagnostics, entry } = checked;
    if (entry === null) return { advance: () => ({ status: 'rejected', diagnostics }) };
    const prepared = this.#prepare(entry);
    this.#machine ??= this.#newMachine();
    if (!this.#machine.append(prepared)) return { advance: () => ({ status: 'full', diagnostics }) };
    this.#entries.push({ path, prepared });
    return new RunningEntry(this.#machine, checked, entry, () => this.bounds, {
      start: () => {
        this.#value = { bytes: [], length: 0 };
      },
      stop: () => this.#takeValue(),
    });
  }

  /** Whether a text is the beginning of an entry rather than a whole one (section 18). */
  isIncomplete(text: string): boolean {
    return isIncomplete(text, this.edition);
  }

  /** What could stand at an offset of a text, instead of the name that is being written there. */
  complete(text: string, offset: number): Completion {
    return complete(this.#front, this.edition, text, offset);
  }

  /** The static type of an expression, or what speaks against it. Nothing is run. */
  typeOf(text: string): { readonly type: string | null; readonly diagnostics: readonly Diagnostic[] } {
    return typeOfText(this.#front, this.edition, text);
  }

  /** What a name is: its declaration, and what is written about it. */
  describe(name: string): Description | null {
    return describe(this.#front, name);
  }

  /** The code of a function that was declared, or of an entry that is not run; null if the entry has errors. */
  code(stage: 'ir' | 'bytecode', text: string): { text: string | null; diagnostics: readonly Diagnostic[] } {
    const name = text.trim();
    for (const { prepared } of [...this.#entries].reverse()) {
      const id = [...prepared.tree.funcs.entries()].find(([, func]) => func.name === name && func.kind !== 'init')?.[0];
      if (id !== undefined) return { text: codeOf(prepared, stage, [id]), diagnostics: [] };
    }
    const { diagnostics, entry } = this.#front.check('<code>', text, this.edition);
    if (entry === null) return { text: null, diagnostics };
    const inner = [...entry.program.funcs.entries()].filter(([, func]) => func.kind !== 'init').map(([id]) => id);
    const result = { text: codeOf(this.#prepare(entry), stage, [entry.main, ...inner]), diagnostics };
    this.#front.forget();
    return result;
  }

  /** Counters of the machine; null before anything has run. */
  stats(): RunStats | null {
    return this.#machine?.stats() ?? null;
  }

  #newMachine(): GrowingInstance {
    const make = this.#engine.createGrowing;
    if (make === undefined) throw new Bug(`the engine ${this.#engine.name} has no sessions`);
    return make(this.#host, this.#limits, this.#checks);
  }

  #prepare(entry: EntryProgram): Prepared {
    const tree = entry.program;
    const checks = { ...this.#checks, constants: Math.min(this.#checks.constants, SHORT_CONSTANTS) };
    if (checks.verify) {
      const problems = verifyTree(tree);
      if (problems.length > 0) throw new Bug(`the typed tree is not well formed:\n${problems.join('\n')}`);
    }
    let ir: IrProgram | null = null;
    let bytecode: BytecodeProgram | null = null;
    const makeIr = (): IrProgram => {
      const lowered = lowerProgram(tree, this.#signatures);
      runPasses(lowered, { ...checks, passes: SESSION_PASSES }, this.#observer);
      return lowered;
    };
    return {
      tree,
      ir: () => (ir ??= makeIr()),
      bytecode: () => (bytecode ??= generateProgram((ir ??= makeIr()), checks, this.#observer, this.#pools)),
    };
  }

  #keep(bytes: Uint8Array): void {
    const value = this.#value;
    if (value === null || value.length >= LONGEST_VALUE) return;
    value.bytes.push(bytes.slice(0, LONGEST_VALUE - value.length));
    value.length += bytes.length;
  }

  #takeValue(): string | null {
    const value = this.#value;
    this.#value = null;
    if (value === null || value.length === 0) return null;
    const all = new Uint8Array(Math.min(value.length, LONGEST_VALUE));
    let at = 0;
    for (const piece of value.bytes) {
      all.set(piece, at);
      at += piece.length;
    }
    const text = new TextDecoder().decode(all);
    return value.length > LONGEST_VALUE ? `${text} ...` : text.replace(/\n$/, '');
  }
}

/** An entry on its way. */
export interface Evaluation {
  /** Runs for at most so many slices of the machine; null if there is more to do. */
  advance(slices: number): EntryResult | null;
}

class RunningEntry implements Evaluation {
  readonly #machine: GrowingInstance;
  readonly #checked: CheckedEntry;
  readonly #entry: EntryProgram;
  readonly #bounds: () => Pick<Limits, 'fuel' | 'timeMs'>;
  readonly #value: { start(): void; stop(): string | null };
  readonly #steps: Step[];
  #running: Step | null = null;

  constructor(
    machine: GrowingInstance,
    checked: CheckedEntry,
    entry: EntryProgram,
    bounds: () => Pick<Limits, 'fuel' | 'timeMs'>,
    value: { start(): void; stop(): string | null },
  ) {
    this.#machine = machine;
    this.#checked = checked;
    this.#entry = entry;
    this.#bounds = bounds;
    this.#value = value;
    this.#steps = [
      ...entry.modules.map(({ init }): Step => ({ kind: 'module', init })),
      { kind: 'link', init: entry.link },
      { kind: 'main', init: entry.main },
      ...(entry.show === null ? [] : [{ kind: 'show', init: entry.show } as const]),
    ];
  }

  advance(slices: number): EntryResult | null {
    const { diagnostics } = this.#checked;
    for (;;) {
      if (this.#running === null) {
        const next = this.#steps.shift();
        if (next === undefined) return { status: 'done', diagnostics, value: null, type: null };
        this.#begin(next);
      }
      const result = this.#machine.advance(slices);
      if (result === null) return null;
      const ended = this.#end(result);
      if (ended !== null) return ended;
    }
  }

  #begin(step: Step): void {
    this.#running = step;
    if (step.kind === 'main') this.#checked.accept();
    if (step.kind === 'show') this.#value.start();
    this.#machine.begin(step.init, step.kind === 'link' ? { fuel: Infinity, timeMs: Infinity } : this.#bounds());
  }

  /** After a step: what became of the entry, or null if it goes on. */
  #end(result: StepResult): EntryResult | null {
    const { diagnostics } = this.#checked;
    const kind = this.#running?.kind;
    this.#running = null;
    const value = kind === 'show' ? this.#value.stop() : null;
    if (kind === 'module' && result.status !== 'returned') this.#checked.reject();
    if (kind === 'main') this.#checked.ran(result.status === 'returned' && !result.value);
    if (result.status === 'error') {
      const trap = { ...result.trap, whileLoading: kind === 'module' };
      return { status: 'error', diagnostics, trap };
    }
    if (result.status === 'limit') return { ...result, diagnostics };
    if (kind === 'main' && result.value) return { status: 'done', diagnostics, value: null, type: null };
    if (kind === 'show') return { status: 'done', diagnostics, value, type: this.#entry.type };
    return null;
  }
}

function codeOf(prepared: Prepared, stage: 'ir' | 'bytecode', ids: readonly FuncId[]): string {
  if (stage === 'ir') return ids.map((id) => printIrFunc(prepared.ir().funcs.get(id))).join('\n');
  return disassembleProgram(prepared.bytecode(), new Set<number>(ids));
}
