/**
 * Units of machine code: one WebAssembly module for functions that became hot together.
 *
 * Each function has a typed form, which others call directly, and an entry `(frame) -> status` for the interpreter, the driver and calls
 * of function values. Callees of earlier units are imported.
 */
import { Bug, present } from '../../base/bug.ts';
import { TYPE_CODES, kindOfCode } from '../../base/kinds.ts';
import type { BytecodeFunc, BytecodeProgram, FuncIndex } from '../../isa/program.ts';
import {
  CORE_FUNCTIONS,
  WASM_OF_KIND,
  builtinExport,
  builtinType,
  type CoreFunction,
} from '../../runtime/core-exports.ts';
import { RUN_STATUS } from '../interp/run-status.ts';
import { FRAME, VM_FUEL } from '../../runtime/layout.ts';
import { ModuleBuilder } from '../../wasm/module-builder.ts';
import type { CodeWriter, I32 } from '../../wasm/code-writer.ts';
import { funcType, type FuncType } from '../../wasm/types.ts';
import type { Vm } from '../vm/vm.ts';
import { countingWatch, type Instruments, type Mark, type Watch } from './instruments.ts';
import type { DirectCallee, Linkage } from './linkage.ts';
import { collectors } from './collectors.ts';
import { calleeOf } from './slots.ts';
import { translate, type Plan } from './translate.ts';
import { ENTRY_TYPE, outlinedIn } from './outlined.ts';
import { formOf } from './frame-emitter.ts';

type WasmFunction = (...args: never[]) => unknown;

/** A function with machine code, as later units link with it. */
export interface Compiled {
  readonly typed: WasmFunction;
  readonly collects: boolean;
}

/** What a unit gives for each of its plans, in their order. */
export interface UnitFunction {
  readonly plan: Plan;
  readonly entry: (frame: number) => number;
  readonly compiled: Compiled;
  /** Whether calls of function values may call the typed form: it is what the function's signature says, or takes and gives any words. */
  readonly indirect: boolean;
}

const nothing = (): void => undefined;

const RUN_TYPE = funcType([], ['i32']);
const REFILL_TYPE = funcType(['i32'], ['i32']);

export interface StackBytes {
  readonly frame: number;
  readonly level: number;
}

/** A frame without locals, its operands on the stack; a baseline compiler gives each local a word. */
const FRAME_BYTES = 200;
const LOCAL_BYTES = 8;

/** What a frame of a function may take of the host's stack, and what each level of nested calls that go through one. */
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

function hasSignature(func: BytecodeFunc, program: BytecodeProgram): boolean {
  const { params, result } = func;
  if (result === 'any' && params.every((kind) => kind === 'any')) return true;
  const signature = program.signatures[func.sig];
  if (signature === undefined || signature.params.length !== params.length) return false;
  const wanted = signature.result === TYPE_CODES.nil ? null : kindOfCode(signature.result);
  return wanted === result && signature.params.every((code, i) => kindOfCode(code) === params[i]);
}

const exportName = (kind: 'entry' | 'typed', position: number): string => `${kind}${position}`;

/** Functions outside of the unit that its plans call and that have machine code. */
function outerCallees(plans: readonly Plan[], compiled: ReadonlyMap<FuncIndex, Compiled>): Set<FuncIndex> {
  const inside = new Set(plans.filter(({ entry }) => entry === 0).map(({ func }) => func));
  const outer = new Set<FuncIndex>();
  for (const { flow } of plans) {
    for (const inst of flow.insts) {
      const func = calleeOf(inst);
      if (func !== null && !inside.has(func) && compiled.has(func)) outer.add(func);
    }
  }
  return outer;
}

/** The bytes of a unit's module and what it has to be linked with. */
export interface UnitModule {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Indices of the functions in the module, in the order of the plans. */
  readonly typed: readonly number[];
  readonly outer: ReadonlySet<FuncIndex>;
  /** Whether it calls typed forms through a table. */
  readonly calls: boolean;
  readonly collects: readonly boolean[];
  /** By function: an estimate for the host's baseline compiler. */
  readonly stack: readonly StackBytes[];
}

/** A program in a machine. That of a session takes in one after another, each with numbers of its own for its functions. */
export interface Resident {
  readonly vm: Vm;
  readonly program: BytecodeProgram;
  /** The machine's number of the program's first function. */
  readonly first: number;
  /** Addresses of instructions about which guesses have failed often. */
  readonly careful?: ReadonlySet<number>;
  /** These two: see `Tuning`. */
  readonly rounds: number;
  readonly wrong?: ((address: number) => boolean) | undefined;
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

/** What `planUnit` needs of the linkage: addresses and the program. */
export function addressing({ vm, program, first, careful, rounds, wrong }: Resident): Placed {
  return {
    program,
    rounds,
    isWrong: (address) => wrong?.(address) === true,
    mayGuess: (address) => careful?.has(address) !== true,
    codeAddress: (func) => present(vm.loaded.code[first + func], 'code'),
    word: (address) => vm.memory.u32(address),
  };
}

/** What of the linkage does not depend on the unit: a program, and where it is in a memory. */
export type Placed = Pick<Linkage, 'program' | 'rounds' | 'codeAddress' | 'word' | 'mayGuess' | 'isWrong'>;

/** For plans, which are made without code. */
export const NO_CODE: Omit<Linkage, keyof Placed> = {
  core: nothingToCall,
  builtin: nothingToCall,
  direct: () => null,
  throughTable: nothing,
  watch: null,
  guarded: null,
  outlined: { pending: 0, more: 0, stand: 0, header: 0, far: 0 },
};

function nothingToCall(): never {
  throw new Bug('plans are made without code');
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

  const outer = outerCallees(plans, compiled);
  const collects = collectors(plans, (func) => compiled.get(func)?.collects ?? true);
  const direct = new Map<FuncIndex, DirectCallee>();
  for (const func of outer) {
    const type = typedForm(present(program.funcs[func], 'function'), 0);
    const known = present(compiled.get(func), 'callee').collects;
    direct.set(func, { index: use('unit', String(func), type), collects: known });
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
  const stack: StackBytes[] = [];
  plans.forEach((plan, i) => {
    const w = module.body(typed[i] as number);
    const locals = translate(link, w, plan);
    named?.(plan, locals());
    stack.push(stackBytes(plan, w.localCount));
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
  });
  const bytes = module.build();
  const indices = typed.map((func) => module.indexOf(func));
  return { bytes, typed: indices, outer, calls, collects, stack };
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
  const vmFuel = w.i32.const(VM_FUEL);
  const params = plan.entry === 0 ? func.params : [];
  const args = params.map((kind, i) => {
    const type = WASM_OF_KIND[kind];
    return type === 'i32' ? w.load32(fp, 8 * i) : type === 'f64' ? w.loadF64(fp, 8 * i) : w.load64(fp, 8 * i);
  });
  w.do(w.call(typed, [fp, depth, w.load64(vmFuel), ...args]));
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

/** Links a unit that the host has compiled. */
export function linkUnit(
  { vm, program, first }: Resident,
  plans: readonly Plan[],
  { outer, collects, stack }: UnitModule,
  module: WebAssembly.Module,
  compiled: ReadonlyMap<FuncIndex, Compiled>,
  functions: WebAssembly.Table | null,
  refill: (cost: number) => number,
  instruments?: Instruments,
): UnitFunction[] {
  plans.forEach(({ func }, i) => {
    vm.reserveNative(first + func, stack[i] as StackBytes);
  });
  const { exports } = new WebAssembly.Instance(module, {
    env: { memory: vm.memory.memory },
    core: vm.core,
    interp: { run: instruments?.interpret(vm.run) ?? vm.run, enter: vm.enter },
    tiers: { refill, ...(instruments ? { count: instruments.count, left: instruments.left } : {}) },
    unit: {
      ...(functions ? { functions } : {}),
      ...Object.fromEntries([...outer].map((func) => [String(func), present(compiled.get(func), 'callee').typed])),
    },
  });
  return plans.map((plan, i) => ({
    plan,
    entry: exports[exportName('entry', i)] as (frame: number) => number,
    compiled: { typed: exports[exportName('typed', i)] as WasmFunction, collects: collects[i] as boolean },
    indirect: plan.entry === 0 && hasSignature(present(program.funcs[plan.func], 'function'), program),
  }));
}
