/**
 * Units of machine code: one WebAssembly module for functions that became hot together.
 *
 * Each function has a typed form, which others call directly, and an entry `(frame) -> status` for the interpreter, the driver and calls
 * of function values. Callees of earlier units are imported.
 */
import { present } from '../../base/bug.ts';
import type { BytecodeFunc, BytecodeProgram, FuncIndex } from '../../isa/program.ts';
import {
  CORE_FUNCTIONS,
  WASM_OF_KIND,
  builtinExport,
  builtinType,
  type CoreFunction,
} from '../../runtime/core-exports.ts';
import { RUN_STATUS } from '../interp/run-status.ts';
import { FRAME, VM_FUEL, VM_REGS } from '../../runtime/layout.ts';
import { ModuleBuilder } from '../../wasm/module-builder.ts';
import type { CodeWriter, I32 } from '../../wasm/code-writer.ts';
import { funcType, type FuncType } from '../../wasm/types.ts';
import { countingWatch, type Instruments, type Mark, type Watch } from './instruments.ts';
import type { DirectCallee, Linkage, Placed } from './linkage.ts';
import { exportName, type Compiled, type StackBytes, type UnitCode } from './link-unit.ts';
import { collectors } from './collectors.ts';
import { calleeOf } from './slots.ts';
import type { Plan } from './plan.ts';
import { translate } from './translate.ts';
import { ENTRY_TYPE, outlinedIn } from './outlined.ts';
import { formOf } from './frame-emitter.ts';

const nothing = (): void => undefined;

const RUN_TYPE = funcType([], ['i32']);
const REFILL_TYPE = funcType(['i32'], ['i32']);

/** A frame without locals, its operands on the stack; a baseline compiler gives each local a word. */
const FRAME_BYTES = 200;
const LOCAL_BYTES = 8;

function stackBytes({ flow }: Plan, locals: number): StackBytes {
  let deeper = Infinity;
  for (const { op, values } of flow.insts) {
    const at = op.placed.findIndex(({ name }) => name === 'deeper');
    if (at >= 0 && op.traits.flow === 'call') deeper = Math.min(deeper, values[at] as number);
  }
  const bytes = FRAME_BYTES + LOCAL_BYTES * locals;
  // A call of an adapter does not count: its frame comes on top.
  if (deeper === 0) return { frame: bytes, level: bytes + 2 * FRAME_BYTES };
  return { frame: bytes, level: deeper === Infinity ? bytes : bytes / deeper };
}

function typedForm(func: BytecodeFunc, entry: number): FuncType {
  return formOf(entry === 0 ? func.params : [], func.result);
}

/** Functions outside of a unit that its plans call. */
function outerCallees(plans: readonly Plan[]): Set<FuncIndex> {
  const inside = new Set(plans.filter(({ entry }) => entry === 0).map(({ func }) => func));
  const outer = new Set<FuncIndex>();
  for (const { flow } of plans) {
    for (const inst of flow.insts) {
      const func = calleeOf(inst);
      if (func !== null && !inside.has(func)) outer.add(func);
    }
  }
  return outer;
}

export interface UnitModule extends UnitCode {
  /** Indices of the functions in the module, in their order. */
  readonly typed: readonly number[];
}

/** For those who want to see units work, or what they are made of. */
export interface Seeing {
  readonly instruments?: Instruments | undefined;
  readonly mark?: Mark | undefined;
  /** Names of a function's locals, by index. */
  readonly named?: (plan: Plan, locals: ReadonlyMap<number, string>) => void;
}

const markingWatch =
  (mark: Mark): Watch =>
  (w, plan, at) =>
    mark(plan, at, w.size());

/** What a function is called in its module, and so by the host's profilers. */
export function unitName({ funcs }: BytecodeProgram, func: FuncIndex, entry: number): string {
  const { name, boxed } = present(funcs[func], 'function');
  return `${name}${boxed === func ? ' adapter' : ''}${entry === 0 ? '' : ` at ${entry}`}`;
}

export function buildUnit(
  placed: Placed,
  plans: readonly Plan[],
  compiled: ReadonlyMap<FuncIndex, Compiled>,
  { instruments, mark, named }: Seeing = {},
): UnitModule {
  const { program } = placed;
  const module = new ModuleBuilder();
  module.importMemory('env', 'memory');
  // The host makes an adapter for every signature that is imported: what is not called is not imported.
  const imported = new Map<string, number>();
  const use = (from: string, name: string, type: FuncType): number => {
    const key = `${from} ${name}`;
    let index = imported.get(key);
    if (index === undefined) imported.set(key, (index = module.importFunc(from, name, type)));
    return index;
  };
  const core = (name: CoreFunction): number => use('core', name, CORE_FUNCTIONS[name]);
  const run = (): number => use('interp', 'run', RUN_TYPE);
  const enter = (): number => use('interp', 'enter', RUN_TYPE);
  const refill = (): number => use('tiers', 'refill', REFILL_TYPE);
  const count = instruments ? use('tiers', 'count', funcType(['i32'])) : 0;
  const left = instruments ? use('tiers', 'left', funcType(['i32', 'i32'])) : 0;

  const outer = new Map<FuncIndex, boolean>();
  const collects = collectors(plans, (func) => compiled.get(func)?.collects ?? true);
  const direct = new Map<FuncIndex, DirectCallee>();
  const interpreted: FuncIndex[] = [];
  for (const func of outerCallees(plans)) {
    const callee = compiled.get(func);
    if (callee === undefined) {
      interpreted.push(func);
      continue;
    }
    const type = typedForm(present(program.funcs[func], 'function'), 0);
    outer.set(func, callee.collects);
    direct.set(func, { index: use('unit', String(func), type), collects: callee.collects });
  }
  const typed = plans.map(({ func, entry }, i) => {
    const code = present(program.funcs[func], 'function');
    const name = unitName(program, func, entry);
    const index = module.declare(name, typedForm(code, entry));
    if (entry === 0) direct.set(func, { index, collects: collects[i] as boolean });
    module.export(exportName('typed', i), index);
    return index;
  });
  let calls = false;
  const link: Linkage = {
    ...placed,
    core,
    builtin: (name) => use('core', builtinExport(name), builtinType(name)),
    outlined: outlinedIn(module, { run, enter, refill, gcStep: () => core('gc_step') }),
    direct: (func) => direct.get(func) ?? null,
    throughTable: () => {
      if (!calls) module.importTable('unit', 'functions', 0);
      calls = true;
    },
    guarded: instruments ? (address) => instruments.guarded(address) : null,
    watch: instruments ? countingWatch(instruments, count) : mark ? markingWatch(mark) : null,
  };
  const functions = plans.map((plan, i) => {
    const w = module.body(typed[i] as number);
    const locals = translate(link, w, plan);
    named?.(plan, locals());
    const stack = stackBytes(plan, w.localCount);
    writeEntry(
      module,
      program.funcs[plan.func] as BytecodeFunc,
      plan,
      typed[i] as number,
      exportName('entry', i),
      (w, status) => {
        if (instruments) w.do(w.call(left, [w.i32.const(instruments.entry(plan)), status]));
      },
    );
    const { func, entry, flow } = plan;
    const instructions = flow.blocks.reduce((sum, { start, end }) => sum + end - start, 0);
    return { func, entry, instructions, collects: collects[i] as boolean, stack };
  });
  const bytes = module.build();
  return { bytes, functions, outer, interpreted, calls, typed: typed.map((func) => module.indexOf(func)) };
}

/** `entry(frame) -> status`: operands from the window, the result into its first slot. */
function writeEntry(
  module: ModuleBuilder,
  func: BytecodeFunc,
  plan: Plan,
  typed: number,
  name: string,
  leaving: (w: CodeWriter, status: I32) => void,
): void {
  const { index, code: w } = module.func(`${func.name} entry`, ENTRY_TYPE);
  const fp = w.param(0, 'i32');
  const fuel = w.local('i64');
  const depth = w.load32(w.i32.add(fp, w.i32.const(FRAME.depth)));
  const room = w.i32.sub(w.load32(w.i32.const(VM_REGS.NATIVE_LIMIT)), depth);
  const vmFuel = w.i32.const(VM_FUEL);
  const params = plan.entry === 0 ? func.params : [];
  const args = params.map((kind, i) => {
    const type = WASM_OF_KIND[kind];
    return type === 'i32' ? w.load32(fp, 8 * i) : type === 'f64' ? w.loadF64(fp, 8 * i) : w.load64(fp, 8 * i);
  });
  w.do(w.call(typed, [fp, room, w.load64(vmFuel), ...args]));
  w.set(fuel, nothing);
  if (func.result !== null) {
    const type = WASM_OF_KIND[func.result];
    if (type === 'i32') {
      const result = w.local('i32');
      w.set(result, nothing);
      w.if(w.i64.geS(fuel, w.i64.const(0n)), () => w.store64(fp, w.i64.extendU(result)));
    } else if (type === 'f64') {
      const result = w.local('f64');
      w.set(result, nothing);
      w.if(w.i64.geS(fuel, w.i64.const(0n)), () => w.storeF64(fp, result));
    } else {
      const result = w.local('i64');
      w.set(result, nothing);
      w.if(w.i64.geS(fuel, w.i64.const(0n)), () => w.store64(fp, result));
    }
  }
  const status = w.i32.wrap(w.i64.sub(w.i64.const(0n), fuel));
  w.if(w.i64.ltS(fuel, w.i64.const(0n)), () => {
    leaving(w, status);
    w.return(status);
  });
  w.store64(vmFuel, fuel);
  leaving(w, w.i32.const(RUN_STATUS.done));
  w.do(w.i32.const(RUN_STATUS.done));
  module.export(name, index);
}
