/**
 * The analyses of one function, each made when first asked for and kept until the function changes.
 *
 * Whoever changes the function says so by `changed`; the runner of passes does that for passes. Results may lie in an arena
 * that the runner takes back when it goes on to another function, so nobody keeps them for longer.
 */
import { type Arrays, FRESH } from '../base/arrays.ts';
import type { Func, IrProgram } from '../ir/ir.ts';
import { type Cfg, cfgOf } from './cfg.ts';
import { type Defs, defsOf } from './defs.ts';
import { type Dominators, dominatorsOf } from './dominators.ts';
import { type Loops, loopsOf } from './loops.ts';
import { type Knowledge, propagate } from './propagate.ts';
import { type Uses, usesOf } from './uses.ts';

export class Analyses {
  readonly func: Func;
  /** For whatever else is needed as long as the analyses are. */
  readonly arrays: Arrays;
  readonly #program: IrProgram;
  #cfg: Cfg | null = null;
  #dominators: Dominators | null = null;
  #loops: Loops | null = null;
  #defs: Defs | null = null;
  #uses: Uses | null = null;
  #known: Knowledge | null = null;

  constructor(func: Func, program: IrProgram, arrays: Arrays = FRESH) {
    this.func = func;
    this.arrays = arrays;
    this.#program = program;
  }

  get cfg(): Cfg {
    this.#cfg ??= cfgOf(this.func, this.arrays);
    return this.#cfg;
  }

  get dominators(): Dominators {
    this.#dominators ??= dominatorsOf(this.cfg, this.arrays);
    return this.#dominators;
  }

  get loops(): Loops {
    this.#loops ??= loopsOf(this.cfg, this.dominators, this.arrays);
    return this.#loops;
  }

  /** Where each value is defined. */
  get defs(): Defs {
    this.#defs ??= defsOf(this.func, this.cfg, this.arrays);
    return this.#defs;
  }

  get uses(): Uses {
    this.#uses ??= usesOf(this.func, this.cfg, this.arrays);
    return this.#uses;
  }

  /** Constants and types of values, as far as the function itself and the signatures of others tell. */
  get known(): Knowledge {
    const { arrays } = this;
    this.#known ??= propagate(this.func, this.cfg, this.#program, { arrays, uses: () => this.uses });
    return this.#known;
  }

  /** Forgets what a change may have made wrong. `values`: blocks and edges between them (not their arguments) are the same as before. */
  changed(what: true | 'values'): void {
    this.#defs = null;
    this.#uses = null;
    this.#known = null;
    if (what === 'values') return;
    this.#cfg = null;
    this.#dominators = null;
    this.#loops = null;
  }
}
