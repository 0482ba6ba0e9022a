/**
 * Code generation for a whole program: every function selected, allocated and emitted, then the tables around them.
 */
import { Arena } from '../base/arrays.ts';
import { Bug } from '../base/bug.ts';
import type { FuncId, Func, IrProgram } from '../ir/ir.ts';
import { callTypesOf } from '../ir/result-kind.ts';
import {
  type BytecodeFunc,
  type BytecodeProgram,
  type BytecodeType,
  type FuncIndex,
  MAX_FRAME,
} from '../isa/program.ts';
import type { Allocation } from './allocate.ts';
import { allocate, SPILL_SCRATCH } from './allocate.ts';
import { checkAllocation } from './check-allocation.ts';
import { emitFunc } from './emit.ts';
import type { LFunc } from './lir.ts';
import { Pools } from './pools.ts';
import type { SelectContext } from './select-values.ts';
import { selectFunc } from './select.ts';
import { failingFunc } from './too-large.ts';

/** What code generation takes of a run's options. */
export interface CodegenOptions {
  /** Slots that instructions may name. */
  readonly registers: number;
  /** Constants that short instructions may name. */
  readonly constants: number;
  /** Replay every allocation. */
  readonly verify: boolean;
}

/** What `--stats=regalloc` shows, per function. */
export interface AllocationReport {
  readonly func: string;
  readonly registers: number;
  readonly frame: number;
  readonly movesRemoved: number;
  readonly moves: number;
  readonly spills: number;
  /** Why something is spilled; empty if nothing is. */
  readonly why: string;
}

export interface CodegenObserver {
  allocated?(report: AllocationReport): void;
}

/** Arrays are taken back when the next function is begun. */
type Context = SelectContext & { readonly arrays: Arena };

/** A function id is its index in bytecode: both are dense. */
export function indexOf(id: FuncId): FuncIndex {
  return id as unknown as FuncIndex;
}

const MAX_REGISTERS = 256;

export function generateProgram(
  ir: IrProgram,
  options: CodegenOptions,
  observer: CodegenObserver = {},
  /** Those of the entries before, if there are any. */
  pools: Pools = new Pools(),
): BytecodeProgram {
  const registers = Math.max(SPILL_SCRATCH + 1, Math.min(options.registers, MAX_REGISTERS));
  const cx: Context = {
    pools,
    arrays: new Arena(),
    shortConstants: options.constants,
    hasCaptures: (id) => ir.funcs.get(id).captures.length > 0,
  };
  const funcs = ir.funcs.values().map((func) => generateFunc(func, ir, cx, registers, options, observer));
  return {
    files: ir.files,
    funcs,
    types: ir.types.map(
      (type): BytecodeType =>
        type.kind === 'enum'
          ? type
          : { ...type, methods: type.methods.map(({ name, func }) => ({ name, func: indexOf(func) })) },
    ),
    globals: [...ir.globals.values()],
    signatures: [...ir.signatures.values()],
    strings: pools.strings,
    constants: pools.constants,
    modules: ir.modules.map(({ name, init }) => ({ name, init: indexOf(init) })),
    main: ir.main === null ? null : indexOf(ir.main),
  };
}

function generateFunc(
  func: Func,
  ir: IrProgram,
  cx: Context,
  registers: number,
  options: CodegenOptions,
  observer: CodegenObserver,
): BytecodeFunc {
  if (hasNoBody(func)) return withoutCode(func);
  cx.arrays.reset();
  const selected = selectFunc(func, cx);
  const allocation = allocate(selected, registers, cx.arrays);
  if (options.verify) {
    const problems = checkAllocation(selected, allocation);
    if (problems.length > 0) throw new Bug(`register allocation of ${func.name} is wrong:\n${problems.join('\n')}`);
  }
  const fits = allocation.frame <= MAX_FRAME;
  const emitted = fits ? emitFunc(selected, allocation, (site) => ir.funcs.get(site.callee).name) : null;
  if (emitted === null) {
    return generateFunc(failingFunc(func, callTypesOf(ir)), ir, cx, registers, options, observer);
  }
  const { code, handlers, safepoints, lines, moves } = emitted;
  observer.allocated?.(reportOf(selected, allocation, moves));
  return functionOf(func, allocation.frame, code, handlers, safepoints, lines);
}

function functionOf(
  func: Func,
  frame: number,
  code: Uint32Array,
  handlers: BytecodeFunc['handlers'],
  safepoints: BytecodeFunc['safepoints'],
  lines: BytecodeFunc['lines'],
): BytecodeFunc {
  return {
    name: func.name,
    displayName: func.displayName,
    params: func.params,
    result: func.result,
    captures: func.captures,
    sig: func.sig,
    boxed: func.boxed === null ? null : indexOf(func.boxed),
    frame,
    span: func.span,
    code,
    handlers,
    safepoints,
    lines,
  };
}

/** A function that nothing can call: it keeps its number, and that is all. */
function hasNoBody(func: Func): boolean {
  if (func.blocks.size > 1) return false;
  const block = func.blocks.get(func.entry);
  return block?.insts.length === 0 && block.term.kind === 'unreachable';
}

function withoutCode(func: Func): BytecodeFunc {
  return functionOf(func, Math.max(1, func.params.length) + 1, NO_CODE, [], [], []);
}

const NO_CODE = new Uint32Array(0);

function reportOf(func: LFunc, allocation: Allocation, moves: number): AllocationReport {
  const spills = allocation.spilled.length;
  return {
    func: func.name,
    registers: Math.min(allocation.locals, allocation.limit),
    frame: allocation.frame,
    movesRemoved: allocation.classes.removed,
    moves,
    spills,
    why: spills === 0 ? '' : `more than ${allocation.limit} values live at once`,
  };
}
