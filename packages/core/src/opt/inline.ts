/**
 * Decides which calls give way to the body of their callee.
 *
 * Callees come before their callers, so a body is copied with everything that was already put into it. What counts is the size of the
 * callee against what the call costs:
 *
 *   - a body hardly larger than the call is always copied, and so is one that only this call uses;
 *   - others up to a size that grows with the loops around the call, with constant arguments and with known functions among them;
 *   - nothing within a group of functions that call each other, except that a small function which calls itself gets one copy of
 *     itself in the place of each such call: that halves the calls of a recursion and more;
 *   - no function grows beyond a bound, nor the program by more than a share of its size.
 *
 * Function values that are known in the caller are called directly here, captured values and all; what a copied body brings to light
 * is looked at again.
 */
import { callGraphOf, type CallGraph } from '../analysis/call-graph.ts';
import type { Analyses } from '../analysis/analyses.ts';
import { type Contents, HAS } from '../analysis/contents.ts';
import { copyFunc } from '../ir/copy.ts';
import type { Block, Func, FuncId, Inst, IrProgram } from '../ir/ir.ts';
import type { PassContext, ProgramPass } from './pass.ts';
import { type Expansion, expandCalls, isCall } from './inline-body.ts';
import { functionMade, knownCallee } from './known-callee.ts';

export const inline: ProgramPass = {
  name: 'inline',
  doc: 'bodies worth it stand in the place of their calls',
  runProgram: (program, cx) => new Inliner(program, cx).run(),
};

/** A body of this size costs no more than calling it. */
const TINY = 8;
/** What a body may weigh outside of loops, and how much more in each loop around the call (three at most count). */
const BASE = 16;
const PER_LOOP = 16;
const MOST_LOOPS = 3;
/** How much more for each constant argument, and for each argument that is a known function. */
const PER_CONSTANT = 3;
const PER_FUNCTION = 40;
/** A body that is used only once. */
const SINGLE = 240;
/** A function that calls itself. */
const SELF = 40;
const SELF_CALLS = 4;
/** What a function may grow to; deep recursion needs small frames. */
const LARGEST = 1600;
const LARGEST_RECURSIVE = 320;
/** By how much the program may grow: this, and a share of its size. */
const PROGRAM_GROWTH = 2000;
const PROGRAM_SHARE = 0.4;
/** How many calls deep bodies may be copied into each other. */
const MOST_NESTED = 12;
/** A larger body keeps the poll of its entry: elsewhere its instructions would be paid for when they are not executed. */
const POLL_FREE = 16;

class Inliner {
  readonly #program: IrProgram;
  readonly #cx: PassContext;
  readonly #graph: CallGraph;
  readonly #adapters = new Set<FuncId>();
  #growth: number;
  #changed = false;

  constructor(program: IrProgram, cx: PassContext) {
    this.#program = program;
    this.#cx = cx;
    this.#graph = callGraphOf(program, cx.contents);
    let total = 0;
    for (const func of program.funcs.values()) {
      if (func.boxed !== null) this.#adapters.add(func.boxed);
      total += cx.contents(func).size;
    }
    this.#growth = PROGRAM_GROWTH + PROGRAM_SHARE * total;
  }

  run(): boolean {
    for (const id of this.#graph.order) {
      // A boxed entry is no activation of its own, so nothing can be inlined into it.
      if (!this.#adapters.has(id)) this.#caller(this.#program.funcs.get(id));
    }
    return this.#changed;
  }

  #caller(func: Func): void {
    // Copied bodies may call functions that only the caller knows. Those calls are nested deeper, which ends it.
    for (let onlyValues = false; ; onlyValues = true) {
      const chosen = this.#choose(func, onlyValues);
      if (chosen.size === 0) break;
      this.#changed = true;
      expandCalls(func, chosen);
      this.#cx.changed(func);
    }
    this.#unrollRecursion(func);
  }

  /** Calls to replace; `onlyValues`: among those that call or pass on a known function value. */
  #choose(func: Func, onlyValues: boolean): ReadonlyMap<Inst, Expansion> {
    const chosen = new Map<Inst, Expansion>();
    const { size, families } = this.#cx.contents(func);
    if ((families & HAS.calls) === 0 || (onlyValues && (families & HAS.closures) === 0)) return chosen;
    const scene: Scene = { func, makers: null, loopDepth: null, size };
    for (const block of func.blocks.values()) {
      for (const inst of block.insts) {
        if (!isCall(inst)) continue;
        if (onlyValues && inst.args.every((arg) => functionMade(arg, makersIn(scene)) === null)) continue;
        const expansion = this.#expansion(inst, block, scene);
        if (expansion === null || !this.#cx.may()) continue;
        chosen.set(inst, expansion);
      }
    }
    return chosen;
  }

  #expansion(call: Inst, block: Block, scene: Scene): Expansion | null {
    const isDirect = call.op === 'call';
    // A value of another signature than the call's is called in code that is never reached, or fails.
    const known = isDirect ? null : knownCallee(call, makersIn(scene), this.#program);
    const callee = isDirect ? this.#program.funcs.get(call.imm as FuncId) : known?.func;
    if (callee === undefined || (isDirect && callee.captures.length > 0)) return null;
    const args = isDirect ? call.args : call.args.slice(1);
    const measure = this.#cx.contents(callee);
    if (!this.#isWorth(call, callee, measure, block, scene)) return null;
    return { callee, args, captures: known?.made.args ?? [], polls: measure.size > POLL_FREE };
  }

  #isWorth(call: Inst, callee: Func, { size, nested }: Contents, block: Block, scene: Scene): boolean {
    const { group, recursive, calls, escapes } = this.#graph;
    const { func } = scene;
    if (group[callee.id] === group[func.id] || call.inlined.length + nested >= MOST_NESTED) return false;
    const largest = recursive[func.id] === 1 ? LARGEST_RECURSIVE : LARGEST;
    if (scene.size + size > largest) return false;
    const take = (): boolean => {
      scene.size += size;
      return true;
    };
    if (size <= TINY) return take();
    if (size <= SINGLE && call.op === 'call' && calls[callee.id] === 1 && escapes[callee.id] === 0) return take();
    // A function value that is called is known as one that is passed on.
    const { args } = call;
    if (size > BASE + args.length * PER_FUNCTION + PER_LOOP * MOST_LOOPS) return false;
    let most = BASE;
    const makers = makersIn(scene);
    for (const arg of args) {
      if (functionMade(arg, makers) !== null) most += PER_FUNCTION;
      else if (makers[arg]?.op.startsWith('const.') === true) most += PER_CONSTANT;
    }
    if (size > most + PER_LOOP * MOST_LOOPS || this.#growth < size) return false;
    if (size > most) {
      // Loops are found only where they decide.
      scene.loopDepth ??= loopDepths(this.#cx.analyses(func));
      if (size > most + PER_LOOP * Math.min(MOST_LOOPS, scene.loopDepth.get(block) ?? 0)) return false;
    }
    this.#growth -= size;
    return take();
  }

  /** Puts a copy of a small recursive function in the place of the calls in which it calls itself. */
  #unrollRecursion(func: Func): void {
    const { size } = this.#cx.contents(func);
    if (size > SELF || this.#graph.recursive[func.id] === 0) return;
    const own: Inst[] = [];
    for (const block of func.blocks.values())
      for (const inst of block.insts) if (inst.op === 'call' && inst.imm === func.id) own.push(inst);
    if (own.length === 0 || own.length > SELF_CALLS || func.captures.length > 0) return;
    const callee = copyFunc(func, func.id).func;
    const chosen = new Map<Inst, Expansion>();
    for (const inst of own) {
      if (!this.#cx.may()) break;
      chosen.set(inst, { callee, args: inst.args, captures: [], polls: size > POLL_FREE });
    }
    if (chosen.size === 0) return;
    this.#changed = true;
    expandCalls(func, chosen);
    this.#cx.changed(func);
  }
}

/** A caller while its calls are looked at. */
interface Scene {
  readonly func: Func;
  /** Both are made when first needed. */
  makers: readonly (Inst | undefined)[] | null;
  loopDepth: ReadonlyMap<Block, number> | null;
  /** With what was chosen so far. */
  size: number;
}

/** The instructions of a caller by their results. */
function makersIn(scene: Scene): readonly (Inst | undefined)[] {
  if (scene.makers !== null) return scene.makers;
  const { func } = scene;
  const makers = new Array<Inst | undefined>(func.values.size);
  for (const block of func.blocks.values())
    for (const inst of block.insts) if (inst.result !== null) makers[inst.result] = inst;
  scene.makers = makers;
  return makers;
}

function loopDepths({ cfg, loops: nesting }: Analyses): ReadonlyMap<Block, number> {
  const { loops, loopOf } = nesting;
  const depths = new Map<Block, number>();
  for (const [i, block] of cfg.blocks.entries()) {
    const loop = loopOf[i] as number;
    depths.set(block, loop === -1 ? 0 : (loops[loop]?.depth ?? 0));
  }
  return depths;
}
