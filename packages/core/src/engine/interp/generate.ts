/**
 * The interpreter as a WebAssembly module, generated from the table of opcodes.
 *
 * `run() -> status` is one loop around a `br_table`. Handlers stand behind nested blocks, so each can branch to those that
 * come after it; hot ones end in a `br_table` of their own to later hot handlers and meet the loop head only otherwise (forward threading:
 * it spreads the indirect jumps for the host's branch predictor). Rare opcodes, and the rare cases of the others, are functions outside,
 * reached through a table by opcode number from one place.
 *
 *     loop top
 *       block slow
 *         block out
 *           block trap, stop … block hN … block h0   br_table [h0 … hN, out…] (opcode at pc)   end
 *           h0: …  br top         end
 *           …
 *         end
 *         out: pc = table[opcode](pc, fp); br top
 *       end
 *       slow: leave(): 0 goes on, else run ends
 *
 * The only calls in `run` are in `out`, `slow` and built-ins, and around each of them the locals are in the VM registers, so that no
 * value lives across a call and the host keeps the locals in machine registers everywhere else.
 */
import { Bug, present } from '../../base/bug.ts';
import { BUILTIN_NAMES } from '../../base/builtins.ts';
import type { TrapName } from '../../base/traps.ts';
import { FAMILIES, OPCODES } from '../../isa/definitions.ts';
import type { Emitter } from '../../isa/emitter.ts';
import type { DefinedOpcode } from '../../isa/opcode.ts';
import {
  CORE_FUNCTIONS,
  CORE_NAMES,
  CORE_TABLE,
  builtinExport,
  builtinType,
  type CoreFunction,
} from '../../runtime/core-exports.ts';
import { FUNC_INFO, VM_FUEL, VM_REGS } from '../../runtime/layout.ts';
import { ENTRY_INDEX } from '../../runtime/program-layout.ts';
import type { CodeWriter, I32, Label } from '../../wasm/code-writer.ts';
import { type BaseModule, readBaseModule } from '../../wasm/base-module.ts';
import { ModuleBuilder } from '../../wasm/module-builder.ts';
import { type FuncType, funcType } from '../../wasm/types.ts';
import { sources, type Registers } from './frame-access.ts';
import {
  ENTRY_TYPE,
  HandlerEmitter,
  PENDING_DONE,
  WRAPPER_TYPE,
  pendFuel,
  pendTrap,
  type Callees,
  type Exits,
} from './handler-emitter.ts';
import { RUN_STATUS } from './run-status.ts';
import { LEAVE_ENDS, writeLeave, writeWrapper } from './support.ts';

const HANDLER_TYPE = funcType(['i32', 'i32'], ['i32']);
const LEAVE_TYPE = funcType([], ['i32']);

export interface Generated {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Size of `run` in bytes, which the host's optimiser is sensitive to. */
  readonly runSize: number;
}

/** The runtime core with the interpreter behind it, in one module: what a machine is made of. */
export function generateMachine(core: Uint8Array): Uint8Array<ArrayBuffer> {
  return generate({ core: readBaseModule(core) }).bytes;
}

export interface GenerateOptions {
  /** Names of opcodes whose handlers stand last in `run`, in this order; the others stand by family. */
  readonly last?: readonly string[];
  /** Calls the import `host.count(opcode, address)` before every instruction. */
  readonly count?: boolean;
  /** The core's module, to build on. Without it the core's functions are imported. Cannot be together with `count`. */
  readonly core?: BaseModule;
}

export function generate(options: GenerateOptions = {}): Generated {
  const module = new ModuleBuilder(options.core ?? null);
  // What the core imports, this module imports.
  if (!options.core) module.importMemory('env', 'memory');
  const count = options.count ? module.importFunc('host', 'count', funcType(['i32', 'i32'])) : null;
  const coreFunc = (name: string, type: FuncType): number =>
    options.core ? module.exported(name) : module.importFunc('core', name, type);
  const core = new Map<string, number>();
  for (const [name, type] of Object.entries(CORE_FUNCTIONS)) core.set(name, coreFunc(name, type));
  for (const name of BUILTIN_NAMES) core.set(builtinExport(name), coreFunc(builtinExport(name), builtinType(name)));
  const index = (name: string): number => present(core.get(name), name);

  const callees: Callees = {
    core: (name: CoreFunction) => index(name),
    builtin: (name) => index(builtinExport(name)),
    wrappers: CORE_TABLE + CORE_NAMES.length,
  };
  const leave = module.func('leave', LEAVE_TYPE);
  writeLeave(leave.code, callees.core);
  const run = module.func('run', funcType([], ['i32']));
  const inside = OPCODES.filter((op) => op.place !== 'outside');
  const ordered = placeHandlers(inside, options.last ?? []);
  const twins = writeRun(run.code, ordered, callees, leave.index, count);
  const none = module.func('nothing outside', HANDLER_TYPE);
  none.code.unreachable();
  const table = OPCODES.map((op) => {
    if (op.place !== 'outside' && !twins.has(op)) return none.index;
    const func = module.func(op.name, HANDLER_TYPE);
    writeOutside(func.code, op, callees);
    return func.index;
  });
  if (table.length !== CORE_TABLE) throw new Bug(`the core's functions stand behind ${table.length} handlers`);
  table.push(...CORE_NAMES.map(index));
  for (const name of BUILTIN_NAMES) {
    const func = module.func(`rt ${name}`, WRAPPER_TYPE);
    writeWrapper(func.code, name, callees.builtin(name));
    table.push(func.index);
  }
  module.table(table);
  if (options.core) for (const name of ['gc_init', 'flush']) module.export(name, index(name));
  module.export('run', run.index);
  module.export('enter', writeEnter(module));
  module.exportTable('table');
  return { bytes: module.build(), runSize: module.bodySize(run.index) };
}

/**
 * `enter() -> status`: calls the machine code to which the stub at PC leads, for the frame at FP. Machine code has no table of entries:
 * some hosts keep who imports a table for as long as that lives. It is called as `run` is, because another signature would be
 * another adapter.
 */
function writeEnter(module: ModuleBuilder): number {
  const { index, code: w } = module.func('enter', LEAVE_TYPE);
  w.do(w.callIndirect(ENTRY_TYPE, w.load32(w.load32(vm(w, 'PC')), ENTRY_INDEX), [w.load32(vm(w, 'FP'))]));
  return index;
}

/** Handlers by family, those that are named last. */
function placeHandlers(inside: readonly DefinedOpcode[], last: readonly string[]): readonly DefinedOpcode[] {
  const families = Object.values(FAMILIES).flat();
  const rank = new Map(families.map((def, i) => [def.name, i]));
  last.forEach((name, i) => {
    rank.set(name, families.length + i);
  });
  return [...inside].sort((a, b) => (rank.get(a.name) ?? 0) - (rank.get(b.name) ?? 0));
}

/**
 * A handler as a function `(pc, fp) -> next pc`, 0 with PENDING set. The VM registers hold the interpreter's locals meanwhile; the next frame
 * pointer is the one that stands there.
 */
function writeOutside(w: CodeWriter, op: DefinedOpcode, callees: Callees): void {
  const regs: Registers = { pc: w.param(0, 'i32'), fp: w.param(1, 'i32'), fuel: null };
  const none = w.i32.const(0);
  const leave = (): void => w.return(none);
  const enter = (pc: I32, fp: I32): void => {
    w.store32(w.i32.const(VM_REGS.FP), fp);
    w.return(pc);
  };
  const exits: Exits = {
    leave,
    leaveIf: (condition) => w.if(condition, leave),
    trapIf: (condition, trap) =>
      w.if(condition, () => {
        pendTrap(w, trap);
        leave();
      }),
    stopIf: (condition) =>
      w.if(condition, () => {
        pendFuel(w);
        leave();
      }),
    goto: (address) => w.return(address),
    enter,
    // the poll there charges
    enterFunc: (info, fp) => enter(w.load32(info, FUNC_INFO.code), fp),
    leaveThere: leave,
    done: () => {
      w.store32(w.i32.const(VM_REGS.PENDING), w.i32.const(PENDING_DONE));
      leave();
    },
    outside: null,
    calling: (call) => call,
  };
  if (emitOpcode(w, op, regs, exits, callees)) w.do(w.i32.add(regs.pc, w.i32.const(4 * op.words)));
  else w.unreachable();
}

/** Writes an opcode's code and stores its result; gives whether control reaches the end. */
function emitOpcode(w: CodeWriter, op: DefinedOpcode, regs: Registers, exits: Exits, callees: Callees): boolean {
  const emitter = new HandlerEmitter(w, regs, op, exits, callees);
  // the operands are those that the entry declares
  const value = (op.emit as (w: Emitter, s: unknown) => (() => void) | void)(emitter, sources(w, regs, op));
  if (value) emitter.result(value);
  emitter.finish();
  return !emitter.ended;
}

/** Traps that handlers in `run` raise by themselves: each has one cold exit. */
const INLINE_TRAPS = ['integerOverflow', 'divisionByZero', 'stackOverflow'] as const satisfies readonly TrapName[];

/** Writes `run`; gives the opcodes whose handlers there have rare cases outside. */
function writeRun(
  w: CodeWriter,
  handlers: readonly DefinedOpcode[],
  callees: Callees,
  leave: number,
  count: number | null,
): ReadonlySet<DefinedOpcode> {
  const regs: InsideRegisters = {
    pc: w.local('i32'),
    fp: w.local('i32'),
    fuel: w.local('i64'),
  };
  const { pc, fp } = regs;
  const twins = new Set<DefinedOpcode>();
  const loadAll = (): void => {
    w.set(pc, w.load32(vm(w, 'PC')));
    loadRegisters(w, regs);
  };
  loadAll();
  w.block((done) => {
    w.loop((top) => {
      w.block((slow) => {
        w.block((out) =>
          nestExits(w, slow, (cold) =>
            writeHandlers(w, { handlers, callees, regs, top, slow, done, out, cold, count, twins }),
          ),
        );
        if (count !== null) countOutside(w, count, pc);
        storeRegisters(w, regs);
        const next = w.local('i32');
        w.set(next, w.callIndirect<'i32'>(HANDLER_TYPE, w.load8(pc), [pc, fp]));
        w.set(pc, w.load32(vm(w, 'PC')));
        loadRegisters(w, regs);
        w.if(next, () => {
          w.set(pc, next);
          w.br(top);
        });
        w.release(next);
      });
      storeRegisters(w, regs);
      const status = w.local('i32');
      w.set(status, w.call<'i32'>(leave, []));
      w.if(status, () => w.return(w.i32.sub(status, w.i32.const(LEAVE_ENDS))));
      loadAll();
      w.br(top);
    });
  });
  w.store64(w.i32.const(VM_FUEL), regs.fuel);
  w.do(w.i32.const(RUN_STATUS.done));
  return twins;
}

type InsideRegisters = Registers & { readonly fuel: NonNullable<Registers['fuel']> };

const vm = (w: CodeWriter, name: keyof typeof VM_REGS): I32 => w.i32.const(VM_REGS[name]);

function storeRegisters(w: CodeWriter, regs: InsideRegisters): void {
  w.store32(vm(w, 'PC'), regs.pc);
  w.store32(vm(w, 'FP'), regs.fp);
  w.store64(w.i32.const(VM_FUEL), regs.fuel);
}

/** All but the pc. */
function loadRegisters(w: CodeWriter, { fp, fuel }: InsideRegisters): void {
  w.set(fp, w.load32(vm(w, 'FP')));
  w.set(fuel, w.load64(w.i32.const(VM_FUEL)));
}

interface ColdExits {
  readonly traps: ReadonlyMap<TrapName, Label>;
  readonly stop: Label;
}

/** Blocks behind which the reason for leaving is stored. */
function nestExits(w: CodeWriter, slow: Label, body: (cold: ColdExits) => void): void {
  const traps = new Map<TrapName, Label>();
  const nest = (depth: number): void => {
    const trap = INLINE_TRAPS[depth];
    if (trap === undefined) {
      w.block((stop) => body({ traps, stop }));
      pendFuel(w);
      w.br(slow);
      return;
    }
    w.block((label) => {
      traps.set(trap, label);
      nest(depth + 1);
    });
    pendTrap(w, trap);
    w.br(slow);
  };
  nest(0);
}

interface RunContext {
  readonly handlers: readonly DefinedOpcode[];
  readonly callees: Callees;
  readonly regs: InsideRegisters;
  readonly top: Label;
  readonly slow: Label;
  readonly done: Label;
  /** Executes the instruction outside. */
  readonly out: Label;
  readonly cold: ColdExits;
  /** The function that counts instructions, if they are counted. */
  readonly count: number | null;
  /** Handlers that have branched to `out`. */
  readonly twins: Set<DefinedOpcode>;
}

function writeHandlers(w: CodeWriter, cx: RunContext): void {
  const { handlers, regs, out } = cx;
  const labels = new Map<DefinedOpcode, Label>();
  const nest = (position: number): void => {
    const op = handlers[position];
    if (op === undefined) {
      const targets = OPCODES.map((each) => labels.get(each) ?? out);
      return w.brTable(w.load8(regs.pc), targets, out);
    }
    w.block((label) => {
      labels.set(op, label);
      nest(position - 1);
    });
    writeInside(w, cx, op, labels);
    labels.delete(op);
  };
  nest(handlers.length - 1);
}

/** Instructions that have no handler in `run`; others have been counted there. */
function countOutside(w: CodeWriter, count: number, pc: Registers['pc']): void {
  const first = OPCODES.findIndex((op) => op.place === 'outside');
  w.if(w.i32.geU(w.load8(pc), w.i32.const(first)), () => w.do(w.call(count, [w.load8(pc), pc])));
}

/** One handler in `run`. */
function writeInside(w: CodeWriter, cx: RunContext, op: DefinedOpcode, later: ReadonlyMap<DefinedOpcode, Label>): void {
  const { regs, top, slow, done, out, cold, count } = cx;
  const { pc, fp, fuel } = regs;
  const hot = OPCODES.filter((each) => each.place === 'hot');
  const dispatch = (): void => {
    if (op.place !== 'hot') return w.br(top);
    // entries for handlers that do not come later go through the loop head
    const targets = hot.map((each) => (each === op ? top : (later.get(each) ?? top)));
    w.brTable(w.load8(pc), targets, top);
  };
  if (count !== null) w.do(w.call(count, [w.load8(pc), pc]));
  const exits: Exits = {
    leave: () => w.br(slow),
    leaveIf: (condition) => w.brIf(slow, condition),
    trapIf: (condition, trap) => {
      const label = cold.traps.get(trap);
      if (label) return w.brIf(label, condition);
      w.if(condition, () => {
        pendTrap(w, trap);
        w.br(slow);
      });
    },
    stopIf: (condition) => w.brIf(cold.stop, condition),
    goto: (address) => {
      w.set(pc, address);
      dispatch();
    },
    enter: (newPc, newFp) => {
      w.do(newPc);
      w.set(fp, newFp);
      // the new pc is on the stack
      w.set(pc, () => undefined);
      dispatch();
    },
    enterFunc: (info, newFp) => {
      w.set(fp, newFp);
      const left = w.local('i64');
      w.set(left, w.i64.sub(fuel, w.load64u32(info, FUNC_INFO.cost)));
      w.if(w.i64.ltS(left, w.i64.const(0n)), () => {
        w.set(pc, w.load32(info, FUNC_INFO.code));
        w.br(cold.stop);
      });
      w.set(fuel, left);
      w.set(pc, w.load32(info, FUNC_INFO.paid));
      w.release(left);
      dispatch();
    },
    leaveThere: () => {
      throw new Bug(`${op.name} must be placed outside`);
    },
    done: () => w.br(done),
    outside: () => {
      cx.twins.add(op);
      w.br(out);
    },
    calling: (call) => () => {
      storeRegisters(w, regs);
      w.do(call);
      w.set(pc, w.load32(vm(w, 'PC')));
      loadRegisters(w, regs);
    },
  };
  if (emitOpcode(w, op, regs, exits, cx.callees)) {
    w.set(pc, w.i32.add(pc, w.i32.const(4 * op.words)));
    dispatch();
  }
}
