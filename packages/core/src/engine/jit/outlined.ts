/**
 * Parts of machine code that every unit shares, as functions of its module: what is cold, and too long to stand at every place that needs it.
 *
 * The host's optimising compiler takes time for each instruction, cold or not, and a call that comes back keeps loops around it from being
 * unrolled. So a cold place stores what is live, calls one of these and returns what it gives. A unit has those that it calls.
 */
import { machineEntry } from '../../isa/entries.ts';
import { FRAME, FRAME_ENDS_RUN, FUNC_INFO, PENDING, VM_FUEL, VM_REGS, type VmWord } from '../../runtime/layout.ts';
import type { CodeWriter, I32 } from '../../wasm/code-writer.ts';
import type { ModuleBuilder } from '../../wasm/module-builder.ts';
import { funcType, type WasmType } from '../../wasm/types.ts';
import { RUN_STATUS } from '../interp/run-status.ts';

/** `entry(frame) -> status`, as the interpreter calls machine code. */
export const ENTRY_TYPE = funcType(['i32'], ['i32']);

/** What a function that machine code calls gives instead of fuel when an error is in ERROR. */
export const ERROR_RESULT = BigInt(-RUN_STATUS.error);

/** Numbers of the functions in the module. */
export interface Outlined {
  /** `(fp, pc) -> result`: why a core function did not finish; 0 after a collection, else what to return. */
  readonly pending: number;
  /** `(fuel, cost) -> fuel`: another slice for a poll that has taken its cost and gone below 0; less than 0 if there is none. */
  readonly more: number;
  /** `(fp, pc, result) -> result`: the frame is the innermost one and stands there. */
  readonly stand: number;
  /** `(frame, room) -> i32`: whether a frame begins too far up, or is nested deeper than calls may. */
  readonly exceeds: number;
  /** `(fp, frame, pc, func, closure, room)`: writes the header of a callee's frame. */
  readonly header: number;
  /** `(fp, frame, pc, func, closure, room, info, fuel) -> fuel`: calls a function whose operands are in its window. */
  readonly far: number;
}

/** What they call. */
interface Callees {
  run(): number;
  enter(): number;
  refill(): number;
  gcStep(): number;
}

const set = (w: CodeWriter, name: VmWord, value: I32): void => w.store32(w.i32.const(VM_REGS[name]), value);
const get = (w: CodeWriter, name: VmWord): I32 => w.load32(w.i32.const(VM_REGS[name]));

/** Levels of nested calls in machine code that take as much of the host's stack as a nested run of the interpreter. */
const RUN_LEVELS = 10;

const HEADER_PARAMS: readonly WasmType[] = ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'];

/** Each is written when something asks for its number. */
export function outlinedIn(module: ModuleBuilder, callees: Callees): Outlined {
  const known: { -readonly [name in keyof Outlined]?: number } = {};
  return {
    get pending() {
      return (known.pending ??= writePending(module, callees));
    },
    get more() {
      return (known.more ??= writeMore(module, callees));
    },
    get stand() {
      return (known.stand ??= writeStand(module));
    },
    get exceeds() {
      return (known.exceeds ??= writeExceeds(module));
    },
    get header() {
      return (known.header ??= writeHeader(module));
    },
    get far() {
      return (known.far ??= writeFar(module, callees, this.header));
    },
  };
}

function writePending(module: ModuleBuilder, { gcStep }: Callees): number {
  const { index, code: w } = module.func('pending', funcType(['i32', 'i32'], ['i64']));
  const why = w.local('i32');
  set(w, 'FP', w.param(0, 'i32'));
  set(w, 'PC', w.param(1, 'i32'));
  w.set(why, get(w, 'PENDING'));
  set(w, 'PENDING', w.i32.const(PENDING.none));
  w.if(w.i32.eq(why, w.i32.const(PENDING.collect)), () => {
    w.do(w.call(gcStep(), []));
    set(w, 'COLLECTING_OFF', w.i32.const(1));
    w.return(w.i64.const(0n));
  });
  w.if(w.i32.eq(why, w.i32.const(PENDING.error)), () => {
    set(w, 'COLLECTING_OFF', w.i32.const(0));
    w.return(w.i64.const(ERROR_RESULT));
  });
  // PENDING.fuel and PENDING.host are their status plus one
  w.do(w.i64.extendS(w.i32.sub(w.i32.const(PENDING.fuel - RUN_STATUS.fuel), why)));
  return index;
}

function writeMore(module: ModuleBuilder, { refill }: Callees): number {
  const { index, code: w } = module.func('more', funcType(['i64', 'i64'], ['i64']));
  const fuel = w.param(0, 'i64');
  const cost = w.param(1, 'i64');
  const vmFuel = w.i32.const(VM_FUEL);
  w.store64(vmFuel, w.i64.add(fuel, cost));
  w.if(w.call<'i32'>(refill(), [w.i32.wrap(cost)]), () => w.return(w.i64.sub(w.load64(vmFuel), cost)));
  w.do(w.i64.const(-1n));
  return index;
}

function writeStand(module: ModuleBuilder): number {
  const { index, code: w } = module.func('stand', funcType(['i32', 'i32', 'i64'], ['i64']));
  set(w, 'FP', w.param(0, 'i32'));
  set(w, 'PC', w.param(1, 'i32'));
  w.do(w.param(2, 'i64'));
  return index;
}

/** How deep a frame is nested below which calls have that room. */
const depthOf = (w: CodeWriter, room: I32): I32 => w.i32.sub(get(w, 'NATIVE_LIMIT'), room);

function writeExceeds(module: ModuleBuilder): number {
  const { index, code: w } = module.func('exceeds', funcType(['i32', 'i32'], ['i32']));
  const high = w.i32.gtU(w.param(0, 'i32'), get(w, 'WINDOW_LIMIT'));
  w.do(w.i32.or(high, w.i32.gtU(depthOf(w, w.param(1, 'i32')), get(w, 'DEPTH_LIMIT'))));
  return index;
}

function writeHeader(module: ModuleBuilder): number {
  const { index, code: w } = module.func('header', funcType(HEADER_PARAMS, []));
  const frame = w.param(1, 'i32');
  const below = (offset: number): I32 => w.i32.add(frame, w.i32.const(offset));
  w.store32(below(FRAME.callerFp), w.param(0, 'i32'));
  w.store32(below(FRAME.returnPc), w.param(2, 'i32'));
  w.store32(below(FRAME.func), w.param(3, 'i32'));
  w.store32(below(FRAME.closure), w.param(4, 'i32'));
  w.store32(below(FRAME.depth), depthOf(w, w.param(5, 'i32')));
  return index;
}

function writeFar(module: ModuleBuilder, { run, enter }: Callees, header: number): number {
  const { index, code: w } = module.func('far', funcType([...HEADER_PARAMS, 'i32', 'i64'], ['i64']));
  const word = (i: number): I32 => w.param(i, 'i32');
  const frame = word(1);
  const vmFuel = w.i32.const(VM_FUEL);
  const entry = w.local('i32');
  const status = w.local('i32');
  const limit = w.local('i32');
  w.do(w.call(header, [word(0), frame, w.i32.or(word(2), w.i32.const(FRAME_ENDS_RUN)), word(3), word(4), word(5)]));
  set(w, 'FP', frame);
  w.store64(vmFuel, w.param(7, 'i64'));
  w.set(entry, w.load32(word(6), FUNC_INFO.code));
  const compiled = w.i32.and(
    w.i32.eq(w.load8(entry), w.i32.const((machineEntry(0)[0] as number) & 0xff)),
    w.i32.geS(word(5), w.i32.const(0)),
  );
  set(w, 'PC', entry);
  w.if(
    compiled,
    () => w.set(status, w.call<'i32'>(enter(), [])),
    () => {
      // The interpreter's frame takes what so many of machine code would take.
      w.set(limit, get(w, 'NATIVE_LIMIT'));
      w.if(w.i32.gtU(limit, w.i32.const(RUN_LEVELS)), () =>
        set(w, 'NATIVE_LIMIT', w.i32.sub(limit, w.i32.const(RUN_LEVELS))),
      );
      w.set(status, w.call<'i32'>(run(), []));
      set(w, 'NATIVE_LIMIT', limit);
    },
  );
  w.if(w.i32.eqz(status), () => w.return(w.load64(vmFuel)));
  w.do(w.i64.sub(w.i64.const(0n), w.i64.extendU(status)));
  return index;
}
