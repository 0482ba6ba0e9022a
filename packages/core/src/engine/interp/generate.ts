/**
 * The interpreter as a WebAssembly module, generated from the table of opcodes.
 *
 * `run() -> status` is one loop around a `br_table`. Handlers stand behind nested blocks, so each can branch to those that
 * come after it; hot ones end in a `br_table` of their own to later hot handlers and meet the loop head only otherwise (forward threading:
 * it spreads the indirect jumps for the host's branch predictor). Rare opcodes are functions of their own, reached
 * through a table by the one handler `outside`, which keeps `run` small enough for the host's optimiser.
 *
 *     loop top
 *       block slow … traps, stop, done …
 *         block hN … block h0   br_table [h0 … hN, outside…] (opcode at pc)   end
 *         h0: …  br top         end
 *         …
 *       end
 *       leave(pc, fp): 0 goes on, else run ends
 */
import { Bug } from '../../base/bug.ts';
import { BUILTIN_NAMES } from '../../base/builtins.ts';
import type { TrapName } from '../../base/traps.ts';
import { FAMILIES, OPCODES } from '../../isa/definitions.ts';
import type { Emitter } from '../../isa/emitter.ts';
import type { DefinedOpcode } from '../../isa/opcode.ts';
import { CORE_FUNCTIONS, builtinExport, builtinType, type CoreFunction } from '../../runtime/core-exports.ts';
import { VM_REGS } from '../../runtime/layout.ts';
import type { CodeWriter, I32, Label } from '../../wasm/code-writer.ts';
import { ModuleBuilder } from '../../wasm/module-builder.ts';
import { funcType } from '../../wasm/types.ts';
import { sources, type Registers } from './frame-access.ts';
import {
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

export interface Generated {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Size of `run` in bytes, which the host's optimiser is sensitive to. */
  readonly runSize: number;
}

/** The bytes of the interpreter's module. */
export function generateInterpreter(): Uint8Array<ArrayBuffer> {
  return generate().bytes;
}

export interface GenerateOptions {
  /** Names of opcodes whose handlers stand last in `run`, in this order; the others stand by family. */
  readonly last?: readonly string[];
  /** Calls the import `host.count(opcode, address)` before every instruction. */
  readonly count?: boolean;
}

export function generate(options: GenerateOptions = {}): Generated {
  const module = new ModuleBuilder();
  module.importMemory('env', 'memory');
  const count = options.count ? module.importFunc('host', 'count', funcType(['i32', 'i32'])) : null;
  const coreIndex = new Map<string, number>();
  for (const [name, type] of Object.entries(CORE_FUNCTIONS)) coreIndex.set(name, module.importFunc('core', name, type));
  for (const name of BUILTIN_NAMES)
    coreIndex.set(name, module.importFunc('core', builtinExport(name), builtinType(name)));
  const index = (name: string): number => coreIndex.get(name) ?? 0;

  const outside = OPCODES.filter((op) => op.place === 'outside');
  const inside = OPCODES.filter((op) => op.place !== 'outside');
  const callees: Callees = {
    core: (name: CoreFunction) => index(name),
    builtin: index,
    wrappers: outside.length,
  };

  const leave = module.func('leave', HANDLER_TYPE);
  writeLeave(leave.code, callees.core);
  const table: number[] = [];
  for (const op of outside) {
    const func = module.func(op.name, HANDLER_TYPE);
    writeOutside(func.code, op, callees);
    table.push(func.index);
  }
  for (const name of BUILTIN_NAMES) {
    const func = module.func(`rt ${name}`, WRAPPER_TYPE);
    writeWrapper(func.code, name, index(name));
    table.push(func.index);
  }
  module.table(table);

  const run = module.func('run', funcType([], ['i32']));
  const ordered = placeHandlers(inside, options.last ?? []);
  writeRun(run.code, ordered, outside, callees, leave.index, count);
  module.export('run', run.index);
  module.exportTable('table');
  return { bytes: module.build(), runSize: module.bodySize(run.index) };
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

/** A handler as a function `(pc, fp) -> next pc`, 0 with PENDING set; one that changes frames stores FP. */
function writeOutside(w: CodeWriter, op: DefinedOpcode, callees: Callees): void {
  const regs: Registers = { pc: w.param(0, 'i32'), fp: w.param(1, 'i32') };
  const none = w.i32.const(0);
  const exits: Exits = {
    leave: () => w.return(none),
    leaveIf: (condition) => w.if(condition, () => w.return(none)),
    trapIf: (condition, trap) =>
      w.if(condition, () => {
        pendTrap(w, trap);
        w.return(none);
      }),
    stopIf: (condition) =>
      w.if(condition, () => {
        pendFuel(w);
        w.return(none);
      }),
    goto: (address) => w.return(address),
    enter: (pc, fp) => {
      w.store32(w.i32.const(VM_REGS.FP), fp);
      w.return(pc);
    },
    leaveThere: () => {
      throw new Bug(`${op.name} must be placed in the big function`);
    },
    done: () => {
      w.store32(w.i32.const(VM_REGS.PENDING), w.i32.const(PENDING_DONE));
      w.return(none);
    },
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

function writeRun(
  w: CodeWriter,
  handlers: readonly DefinedOpcode[],
  outside: readonly DefinedOpcode[],
  callees: Callees,
  leave: number,
  count: number | null,
): void {
  const pc = w.local('i32');
  const fp = w.local('i32');
  const next = w.local('i32');
  const regs: Registers = { pc, fp };
  const vm = (name: keyof typeof VM_REGS): I32 => w.i32.const(VM_REGS[name]);
  w.set(pc, w.load32(vm('PC')));
  w.set(fp, w.load32(vm('FP')));
  w.block((done) => {
    w.loop((top) => {
      w.block((slow) => {
        nestExits(w, slow, (cold) =>
          writeHandlers(w, { handlers, outside, callees, regs, next, top, slow, done, cold, count }),
        );
      });
      const status = next;
      w.set(status, w.call<'i32'>(leave, [pc, fp]));
      w.if(status, () => w.return(w.i32.sub(status, w.i32.const(LEAVE_ENDS))));
      w.set(pc, w.load32(vm('PC')));
      w.set(fp, w.load32(vm('FP')));
      w.br(top);
    });
  });
  w.do(w.i32.const(RUN_STATUS.done));
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
  readonly outside: readonly DefinedOpcode[];
  readonly callees: Callees;
  readonly regs: Registers;
  readonly next: Registers['pc'];
  readonly top: Label;
  readonly slow: Label;
  readonly done: Label;
  readonly cold: ColdExits;
  /** The function that counts instructions, if they are counted. */
  readonly count: number | null;
}

function writeHandlers(w: CodeWriter, cx: RunContext): void {
  const { handlers, outside, regs, next, top, slow } = cx;
  const { pc, fp } = regs;
  const labels = new Map<DefinedOpcode, Label>();
  const firstOutside = handlers.length;

  /** The two handlers that call out come first: nobody jumps to them directly. */
  const shared: { plain: Label | null; frames: Label | null } = { plain: null, frames: null };
  const labelOf = (op: DefinedOpcode): Label | undefined =>
    op.place !== 'outside'
      ? labels.get(op)
      : ((op.traits.flow === 'call' || op.traits.flow === 'return' ? shared.frames : shared.plain) ?? undefined);

  const callOutside = (): void => {
    countInst(w, cx);
    const slot = w.i32.sub(w.load8(pc), w.i32.const(firstOutside));
    w.set(next, w.callIndirect<'i32'>(HANDLER_TYPE, slot, [pc, fp]));
    w.brIf(slow, w.i32.eqz(next));
    w.set(pc, next);
  };

  const nest = (position: number): void => {
    const op = handlers[position];
    if (op === undefined) return;
    w.block((label) => {
      labels.set(op, label);
      if (position > 0) return nest(position - 1);
      w.block((plain) => {
        shared.plain = plain;
        w.block((frames) => {
          shared.frames = frames;
          const all = [...handlers, ...outside].sort((a, b) => a.number - b.number);
          w.brTable(
            w.load8(pc),
            all.map((each) => labelOf(each) ?? plain),
            plain,
          );
        });
        callOutside();
        w.set(fp, w.load32(w.i32.const(VM_REGS.FP)));
        w.br(top);
      });
      callOutside();
      w.br(top);
    });
    writeInside(w, cx, op, labels);
    labels.delete(op);
  };
  nest(handlers.length - 1);
}

function countInst(w: CodeWriter, { count, regs }: RunContext): void {
  if (count !== null) w.do(w.call(count, [w.load8(regs.pc), regs.pc]));
}

/** One handler in `run`. */
function writeInside(w: CodeWriter, cx: RunContext, op: DefinedOpcode, later: ReadonlyMap<DefinedOpcode, Label>): void {
  const { regs, top, slow, done, cold } = cx;
  const { pc, fp } = regs;
  const hot = OPCODES.filter((each) => each.place === 'hot');
  const dispatch = (): void => {
    if (op.place !== 'hot') return w.br(top);
    // entries for handlers that do not come later go through the loop head
    const targets = hot.map((each) => (each === op ? top : (later.get(each) ?? top)));
    w.brTable(w.load8(pc), targets, top);
  };
  countInst(w, cx);
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
    leaveThere: () => {
      w.set(pc, w.load32(w.i32.const(VM_REGS.PC)));
      w.set(fp, w.load32(w.i32.const(VM_REGS.FP)));
      w.br(slow);
    },
    done: () => w.br(done),
  };
  if (emitOpcode(w, op, regs, exits, cx.callees)) {
    w.set(pc, w.i32.add(pc, w.i32.const(4 * op.words)));
    dispatch();
  }
}
