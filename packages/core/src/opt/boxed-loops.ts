/**
 * Loops that work on values whose type is only known at run time, in IR as the passes left it.
 *
 * A loop touches a boxed value if an instruction in it takes or gives an `any` that somebody needs. Not counted is a value of
 * known type that is boxed only to be printed or to fill an array, because built-ins take those boxed; nor nil.
 */
import type { BoxedReason } from '../base/boxed-reason.ts';
import type { Span } from '../base/source.ts';
import type { Block, Func, Inst, IrProgram, ValueId } from '../ir/ir.ts';
import { countUses, forEachEdge } from '../ir/edit.ts';
import { cfgOf } from '../analysis/cfg.ts';
import { dominatorsOf } from '../analysis/dominators.ts';
import { type Loop, loopsOf } from '../analysis/loops.ts';

export interface BoxedLoop {
  /** The statements of this loop and of those around it, innermost first. */
  readonly loops: readonly Span[];
  /** Where the value is met first. */
  readonly span: Span;
  readonly reason: BoxedReason;
}

/** At most one for each loop, the first in the order of the source. */
export function boxedLoops(program: IrProgram): readonly BoxedLoop[] {
  const found = new Map<string, BoxedLoop>();
  for (const func of program.funcs.values()) {
    // What calls by value go through boxes and unboxes by its nature, and has no loops.
    if (func.boxed === func.id) continue;
    for (const each of loopsIn(func)) {
      const [loop] = each.loops;
      if (loop === undefined) continue;
      const key = `${loop.file}:${loop.start}`;
      const known = found.get(key);
      if (known === undefined || rank(each) < rank(known)) found.set(key, each);
    }
  }
  return [...found.values()];
}

/** Places within the loop say more than the loop as a whole, and what is done with a value more than that it is there. */
function rank({ loops: [loop], span, reason }: BoxedLoop): number {
  const whole = loop !== undefined && span.start <= loop.start ? 2 ** 32 : 0;
  return span.start + whole + (reason === 'carried' ? 2 ** 33 : 0);
}

function* loopsIn(func: Func): Iterable<BoxedLoop> {
  if (!func.values.values().includes('any')) return;
  const cfg = cfgOf(func);
  const { loops, loopOf } = loopsOf(cfg, dominatorsOf(cfg));
  if (loops.length === 0) return;
  const polls = loops.map((loop) => pollOf(loop, cfg.blocks));
  const spans = extents(polls, loops, loopOf, cfg.blocks);
  const uses = countUses(func);
  const harmless = harmlessValues(func, uses);
  const isBoxed = (value: ValueId): boolean => func.values.get(value) === 'any' && harmless[value] === 0;
  for (const [i, { insts, params, term }] of cfg.blocks.entries()) {
    const inner = loopOf[i] as number;
    if (inner === -1) continue;
    const around: Span[] = [];
    for (let at = inner; at !== -1; at = (loops[at] as Loop).parent) {
      const span = spans[at];
      if (span != null) around.push(span);
    }
    for (const inst of insts) {
      const reason = reasonOf(inst, isBoxed, uses);
      if (reason !== null) yield { loops: around, span: placeIn(inst, polls[inner] ?? null), reason };
    }
    if (params.some((param) => isBoxed(param) && (uses[param] as number) > 0))
      yield { loops: around, span: around[0] ?? term.span, reason: 'carried' };
  }
}

/** A loop's poll has the place of its statement, or of its condition. */
function pollOf(loop: Loop, blocks: readonly Block[]): Inst | null {
  for (const latch of loop.latches)
    for (const inst of (blocks[latch] as Block).insts) if (inst.op === 'poll') return inst;
  return null;
}

/** From the head of each loop to the last thing that it does. */
function extents(
  polls: readonly (Inst | null)[],
  loops: readonly Loop[],
  loopOf: Int32Array,
  blocks: readonly Block[],
): readonly (Span | null)[] {
  const ends = polls.map((poll) => poll?.span.end ?? 0);
  for (const [i, { insts }] of blocks.entries()) {
    for (let at = loopOf[i] as number; at !== -1; at = (loops[at] as Loop).parent) {
      const poll = polls[at] ?? null;
      for (const inst of poll === null ? [] : insts) {
        const span = placeIn(inst, poll);
        if (span.file === poll?.span.file && span.start >= poll.span.start)
          ends[at] = Math.max(ends[at] as number, span.end);
      }
    }
  }
  return polls.map((poll, at) => (poll === null ? null : { ...poll.span, end: ends[at] as number }));
}

/** Where an instruction stands as seen from the function that a loop is written in: at the call it was inlined from. */
function placeIn(inst: Inst, poll: Inst | null): Span {
  const deeper = inst.inlined.length - (poll?.inlined.length ?? 0);
  return inst.inlined[deeper - 1]?.span ?? inst.span;
}

/** Built-ins that take values of known types boxed. */
const TAKES_BOXED = /^(out\.|array\.fill$|assert\.eq$|typeof\.any$)/;

/** Nil, and what is boxed only for such built-ins. */
function harmlessValues(func: Func, uses: Int32Array): Uint8Array {
  const harmless = new Uint8Array(func.values.size);
  const taken = new Int32Array(func.values.size);
  for (const block of func.blocks.values()) {
    for (const inst of block.insts)
      if (inst.op === 'rt' && TAKES_BOXED.test(String(inst.imm)))
        for (const arg of inst.args) taken[arg] = (taken[arg] as number) + 1;
  }
  for (const block of func.blocks.values()) {
    for (const { op, result } of block.insts) {
      if (result === null) continue;
      if (op === 'const.nil' || uses[result] === 0) harmless[result] = 1;
      if (op.startsWith('box.') && uses[result] === taken[result]) harmless[result] = 1;
    }
  }
  // A parameter that only such values reach is one of them.
  for (let again = true; again; ) {
    again = false;
    const bad = new Uint8Array(func.values.size);
    for (const block of func.blocks.values()) {
      forEachEdge(func, block, (edge, throws) => {
        const params = func.blocks.get(edge.block)?.params ?? [];
        for (const [i, arg] of edge.args.entries())
          if (harmless[arg] === 0) bad[params[i + (throws ? 1 : 0)] as number] = 1;
      });
    }
    for (const [id, { params }] of func.blocks) {
      if (id === func.entry) continue;
      for (const param of params) {
        if (harmless[param] === 1 || bad[param] === 1 || func.values.get(param) !== 'any') continue;
        harmless[param] = 1;
        again = true;
      }
    }
  }
  return harmless;
}

function reasonOf(inst: Inst, isBoxed: (value: ValueId) => boolean, uses: Int32Array): BoxedReason | null {
  const { op, args, result } = inst;
  const gives = result !== null && (uses[result] as number) > 0 && isBoxed(result);
  if (!gives && !args.some(isBoxed)) return null;
  const [family = ''] = op.split('.');
  switch (family) {
    case 'field':
    case 'payload':
      return 'field';
    case 'global':
      return 'variable';
    case 'cell':
    case 'env':
      return 'cell';
    case 'call':
      return gives ? 'result' : 'argument';
    case 'box':
    case 'unbox':
    case 'is':
      return 'conversion';
    case 'struct':
    case 'enum':
    case 'closure':
      return 'field';
    default:
      return /^(array\.|any\.(get|set))/.test(String(inst.imm)) ? 'element' : 'operation';
  }
}
