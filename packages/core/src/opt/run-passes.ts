/**
 * The runner, which owns what every pass needs: analyses, counting, a budget of changes, timing, dumps, and verification between
 * any two passes.
 *
 * Passes over functions see one function only. So neighbours among them are run function by function, all of them on one before
 * the next: what they work on then stays in the processor's cache. Where someone watches stages, or changes are counted against a
 * budget, the order is pass by pass instead; what comes out is the same. A pass is left out on a function that
 * did not change since it last had nothing to do there.
 */
import { Analyses } from '../analysis/analyses.ts';
import { type Contents, contentsOf } from '../analysis/contents.ts';
import { type Writes, writesIn } from '../analysis/memory.ts';
import { Arena } from '../base/arrays.ts';
import { Bug } from '../base/bug.ts';
import type { Func, IrProgram } from '../ir/ir.ts';
import { printProgram } from '../ir/print.ts';
import { callTypesOf, type CallTypes } from '../ir/result-kind.ts';
import { assertFuncVerified, assertVerified } from '../ir/verify.ts';
import type { Change, FuncPass, Pass, PassContext, ProgramPass } from './pass.ts';

/** Sees what the compiler does, for dumps and statistics; everything is optional. */
export interface StageObserver {
  /** After a stage or pass: its name, and how to get its text. Passes that ran but changed nothing are left out. */
  readonly stage?: (name: string, text: () => string) => void;
  /** A clock in milliseconds, without which times are 0. */
  readonly clock?: () => number;
  /** What one pass did to the program. The stages around the passes are told of likewise, where there is a clock. */
  readonly pass?: (name: string, changes: number, ms: number) => void;
}

export interface RunnerOptions {
  readonly verify: boolean;
  /** No change is made after so many; for bisecting. */
  readonly budget?: number;
}

/** Runs passes over a program, which is changed in place. */
export function runPassList(
  program: IrProgram,
  passes: readonly Pass[],
  options: RunnerOptions,
  observer: StageObserver = {},
): void {
  new Runner(program, options, observer).run(passes);
}

/** A function that nothing can call: see `drop-unused`. */
function hasNoBody(func: Func): boolean {
  if (func.blocks.size > 1) return false;
  const block = func.blocks.get(func.entry);
  return block?.insts.length === 0 && block.term.kind === 'unreachable';
}

/** What one pass of the list did, and when it last had nothing to do, by function. */
interface Slot<P extends Pass> {
  readonly pass: P;
  /** By function id: its version for which the pass has nothing to do. Shared by all places of one pass in the list. */
  readonly done: number[];
  changes: number;
  ms: number;
  changed: boolean;
}

function isProgramPass(slot: Slot<Pass> | undefined): boolean {
  return slot !== undefined && 'runProgram' in slot.pass;
}

class Runner implements PassContext {
  readonly program: IrProgram;
  readonly calls: CallTypes;
  readonly #options: RunnerOptions;
  readonly #observer: StageObserver;
  readonly #clock: () => number;
  readonly #budget: number;
  #total = 0;
  /** By function id: how often it changed. */
  readonly #versions: number[] = [];
  /** By function id: what it contains, and the version of which that is true. */
  readonly #contents: (Contents | undefined)[] = [];
  readonly #contentsOf: number[] = [];
  /** By function id: families among which those that it contains are, and the version of which that is true. */
  readonly #families: number[] = [];
  readonly #familiesOf: number[] = [];
  readonly #arena = new Arena();
  #current: Analyses | null = null;
  /** While a program pass runs: what it asked for, and whether it named what it changed. */
  #byFunc: Map<Func, Analyses> | null = null;
  #named = false;
  #writes: Writes | null = null;

  constructor(program: IrProgram, options: RunnerOptions, observer: StageObserver) {
    this.program = program;
    this.calls = callTypesOf(program);
    this.#options = options;
    this.#observer = observer;
    this.#clock = observer.clock ?? (() => 0);
    this.#budget = options.budget ?? Number.POSITIVE_INFINITY;
  }

  run(passes: readonly Pass[]): void {
    const { verify, budget } = this.#options;
    if (verify) assertVerified(this.program, 'lowering');
    this.#observer.stage?.('ir', () => printProgram(this.program));
    const inOrder = budget !== undefined || this.#observer.stage !== undefined;
    const done = new Map<Pass, number[]>(passes.map((pass) => [pass, []]));
    const slots = passes.map(
      (pass): Slot<Pass> => ({ pass, done: done.get(pass) as number[], changes: 0, ms: 0, changed: false }),
    );
    for (let i = 0; i < slots.length; ) {
      const first = slots[i] as Slot<Pass>;
      let end = i + 1;
      if (i === 0 || isProgramPass(slots[i - 1])) this.#writes = this.#writesFor(slots, i);
      if ('runProgram' in first.pass) {
        this.#runProgram(first as Slot<ProgramPass>);
      } else {
        if (!inOrder) while (end < slots.length && !isProgramPass(slots[end])) end += 1;
        const group = slots.slice(i, end) as Slot<FuncPass>[];
        const { funcs } = this.program;
        for (const func of funcs.values()) {
          if (hasNoBody(func)) continue;
          this.#runFunc(group, func);
          // Now that it is in the cache: passes over the program ask for it next.
          if (isProgramPass(slots[end])) this.contents(func);
        }
      }
      for (const slot of slots.slice(i, end)) {
        this.#observer.pass?.(slot.pass.name, slot.changes, slot.ms);
        if (slot.changed) this.#observer.stage?.(slot.pass.name, () => printProgram(this.program));
      }
      i = end;
    }
  }

  /** What calls write, if one of the function passes from `first` to the next program pass asks for it. */
  #writesFor(slots: readonly Slot<Pass>[], first: number): Writes | null {
    for (let i = first; i < slots.length && !isProgramPass(slots[i]); i++) {
      if ((slots[i] as Slot<FuncPass>).pass.needsWrites === true) return writesIn(this.program, this.contents);
    }
    return null;
  }

  /* ---- what passes ask for ------------------------------------------------------------------------------------- */

  get writes(): Writes {
    if (this.#writes === null) throw new Bug('a pass that did not say so asks what calls write');
    return this.#writes;
  }

  may(): boolean {
    if (this.#total >= this.#budget) return false;
    this.#total += 1;
    return true;
  }

  analyses(func: Func): Analyses {
    if (this.#byFunc === null) {
      if (this.#current?.func === func) return this.#current;
      this.#arena.reset();
      this.#current = new Analyses(func, this.program, this.#arena);
      return this.#current;
    }
    let found = this.#byFunc.get(func);
    if (found === undefined) this.#byFunc.set(func, (found = new Analyses(func, this.program)));
    return found;
  }

  readonly contents = (func: Func): Contents => {
    const { id } = func;
    const version = this.#versionOf(func);
    let contents = this.#contents[id];
    if (contents !== undefined && this.#contentsOf[id] === version) return contents;
    contents = contentsOf(func);
    this.#contents[id] = contents;
    this.#contentsOf[id] = version;
    this.#families[id] = contents.families;
    this.#familiesOf[id] = version;
    return contents;
  };

  /** Whether a function may contain all of these families. */
  #mayContain(func: Func, needs: number): boolean {
    const { id } = func;
    const known = this.#familiesOf[id] === this.#versionOf(func);
    const families = known ? (this.#families[id] as number) : this.contents(func).families;
    return (families & needs) === needs;
  }

  changed(func: Func, what?: 'values'): void {
    this.#versions[func.id] = this.#versionOf(func) + 1;
    this.#named = true;
    if (this.#byFunc !== null) this.#byFunc.get(func)?.changed(what ?? true);
    else if (this.#current?.func === func) this.#current.changed(what ?? true);
  }

  /* ---- running ------------------------------------------------------------------------------------------------- */

  #versionOf(func: Func): number {
    return this.#versions[func.id] ?? 0;
  }

  #runFunc(group: readonly Slot<FuncPass>[], func: Func): void {
    const watched = this.#observer.pass !== undefined;
    for (const slot of group) {
      const { pass, done } = slot;
      const version = this.#versionOf(func);
      if (done[func.id] === version) continue;
      const { needs } = pass;
      if (needs !== undefined && !this.#mayContain(func, needs)) {
        done[func.id] = version;
        continue;
      }
      const before = this.#total;
      const start = watched ? this.#clock() : 0;
      const change: Change = pass.run(func, this);
      if (watched) slot.ms += this.#clock() - start;
      slot.changes += this.#total - before;
      if (change !== false) {
        slot.changed = true;
        this.changed(func, change === 'values' ? change : undefined);
        if (pass.makes !== undefined && this.#familiesOf[func.id] === version) {
          this.#families[func.id] = (this.#families[func.id] as number) | pass.makes;
          this.#familiesOf[func.id] = this.#versionOf(func);
        }
        if (this.#options.verify) assertFuncVerified(func, this.program, pass.name);
        if (pass.settles !== true) continue;
      }
      done[func.id] = this.#versionOf(func);
    }
  }

  #runProgram(slot: Slot<ProgramPass>): void {
    this.#byFunc = new Map();
    this.#current = null;
    this.#named = false;
    const before = this.#total;
    const start = this.#clock();
    slot.changed = slot.pass.runProgram(this.program, this);
    slot.ms = this.#clock() - start;
    slot.changes = this.#total - before;
    this.#byFunc = null;
    if (!slot.changed) return;
    if (!this.#named) for (const func of this.program.funcs.values()) this.changed(func);
    if (this.#options.verify) assertVerified(this.program, slot.pass.name);
  }
}
