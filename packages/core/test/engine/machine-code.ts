/**
 * A kit for machine code written by hand against the contracts of frames, fuel and stopping: what a compiler will have to emit.
 *
 * A function takes its frame pointer and typed parameters and gives its result and a status. Its window in memory is not touched
 * until a call that may collect (live references and the callee's header are stored) or an exit (everything live is). Beside it
 * stands an entry `(frame) -> status` for the interpreter.
 */
import { RUN_STATUS } from '../../src/engine/interp/run-status.ts';
import { coreImports } from '../../src/engine/jit/link-unit.ts';
import type { Vm } from '../../src/engine/vm/vm.ts';
import {
  FRAME,
  FRAME_ENDS_RUN,
  FUNC_INFO,
  FUNC_INFO_SIZE,
  PENDING,
  VM_FUEL,
  VM_REGS,
} from '../../src/runtime/layout.ts';
import type { CodeWriter, I32, I64, Local } from '../../src/wasm/code-writer.ts';
import { ModuleBuilder } from '../../src/wasm/module-builder.ts';
import { funcType } from '../../src/wasm/types.ts';

type Value = Local<'i64'> | Local<'i32'>;
/** What lives in which slot: references are i32. */
export type Live = Readonly<Record<number, Value>>;

export interface Site {
  /** Word at which the frame stands: of an instruction to be executed again, or behind a call. */
  readonly word: number;
  readonly live: Live;
}

const nothing = (): void => undefined;

/** One function of machine code. Parameters: frame, then (n: i64, c: ref), as all functions of the test take. */
export const TYPED = funcType(['i32', 'i64', 'i32'], ['i64', 'i32']);

export class MachineFunc {
  readonly w: CodeWriter;
  readonly fp: Local<'i32'>;
  readonly #code: number;
  readonly #kit: MachineKit;

  constructor(kit: MachineKit, w: CodeWriter, fp: Local<'i32'>, code: number) {
    this.#kit = kit;
    this.w = w;
    this.fp = fp;
    this.#code = code;
  }

  vm(name: keyof typeof VM_REGS): I32 {
    return this.w.i32.const(VM_REGS[name]);
  }

  setVm(name: keyof typeof VM_REGS, value: I32): void {
    this.w.store32(this.vm(name), value);
  }

  slot(index: number): I32 {
    return this.w.i32.add(this.fp, this.w.i32.const(8 * index));
  }

  storeLive(live: Live, which: 'all' | 'refs' | 'rest' = 'all'): void {
    const { w } = this;
    for (const [slot, value] of Object.entries(live)) {
      if (value.type === 'i32' && which !== 'rest') w.store64(this.slot(Number(slot)), w.i64.extendU(value as I32));
      if (value.type === 'i64' && which !== 'refs') w.store64(this.slot(Number(slot)), value as I64);
    }
  }

  /** This frame is written and is the innermost one. */
  stand(site: Site): void {
    this.storeLive(site.live);
    this.setVm('FP', this.fp);
    this.setVm('PC', this.w.i32.const(this.#code + 4 * site.word));
  }

  return(result: I64, status: number | I32): void {
    const { w } = this;
    w.return(result, typeof status === 'number' ? w.i32.const(status) : status);
  }

  /** Takes fuel or stops; `virtual` writes the frames of inlined callees. */
  poll(cost: number, stand: () => void): void {
    const { w } = this;
    const fuel = w.i32.const(VM_FUEL);
    w.if(w.i64.ltS(w.load64(fuel), w.i64.const(BigInt(cost))), () => {
      stand();
      this.return(w.i64.const(0n), RUN_STATUS.fuel);
    });
    w.store64(fuel, w.i64.sub(w.load64(fuel), w.i64.const(BigInt(cost))));
  }

  /** An object; a collection that is due happens here, with live references stored. */
  allocate(into: Local<'i32'>, bytes: number, head: number, site: Site): void {
    const { w } = this;
    w.loop((again) => {
      w.set(into, w.call(this.#kit.coreFunc('gc_alloc'), [w.i32.const(bytes), w.i32.const(head), w.i32.const(0)]));
      w.if(w.i32.eq(w.load32(this.vm('PENDING')), w.i32.const(PENDING.collect)), () => {
        this.setVm('PENDING', w.i32.const(0));
        this.storeLive(site.live, 'refs');
        this.setVm('FP', this.fp);
        this.setVm('PC', w.i32.const(this.#code + 4 * site.word));
        w.do(w.call(this.#kit.coreFunc('gc_step'), []));
        this.setVm('COLLECTING_OFF', w.i32.const(1));
        w.br(again);
      });
    });
    this.setVm('COLLECTING_OFF', w.i32.const(0));
  }

  /** The error object that the interpreter would make, and the collection that it would make due at the handler. */
  raiseInto(error: Local<'i32'>, trap: number, handler: Site): void {
    const { w } = this;
    w.set(error, w.call(this.#kit.coreFunc('trap_error'), [w.i32.const(trap)]));
    w.if(w.call<'i32'>(this.#kit.coreFunc('gc_wanted'), []), () => {
      this.setVm('ERROR', error);
      this.storeLive(handler.live, 'refs');
      this.setVm('FP', this.fp);
      this.setVm('PC', w.i32.const(this.#code + 4 * handler.word));
      w.do(w.call(this.#kit.coreFunc('gc_step'), []));
      this.setVm('ERROR', w.i32.const(0));
    });
  }

  /** The header of a callee's frame, and with it this frame's position. */
  writeHeader(window: number, func: number, returnWord: number, endsRun: boolean): void {
    const { w } = this;
    const at = (offset: number): I32 => w.i32.add(this.fp, w.i32.const(8 * window + offset));
    const depth = w.load32(w.i32.add(this.fp, w.i32.const(FRAME.depth)));
    w.store32(at(FRAME.depth), w.i32.add(depth, w.i32.const(1)));
    w.store32(at(FRAME.func), w.i32.const(func));
    w.store32(at(FRAME.returnPc), w.i32.const((this.#code + 4 * returnWord) | (endsRun ? FRAME_ENDS_RUN : 0)));
    w.store32(at(FRAME.callerFp), this.fp);
    w.store32(at(FRAME.closure), w.i32.const(0));
  }

  /** Calls a function of either tier; `site` is behind the call. */
  call(
    result: Local<'i64'>,
    func: number,
    typed: number | null,
    window: number,
    args: readonly Value[],
    site: Site,
  ): void {
    const { w } = this;
    const kit = this.#kit;
    const status = w.local('i32');
    const info = w.i32.const(kit.infoAddress(func));
    this.storeLive(site.live, 'refs');
    const compiled =
      typed === null ? w.i32.const(0) : w.i32.eq(w.load32(info, FUNC_INFO.code), w.i32.const(kit.stub(func)));
    w.if(
      compiled,
      () => {
        if (typed === null) return w.unreachable();
        this.writeHeader(window, func, site.word, false);
        w.do(w.call(typed, [w.i32.add(this.fp, w.i32.const(8 * window)), ...args]));
        w.set(status, nothing);
        w.set(result, nothing);
      },
      () => {
        this.writeHeader(window, func, site.word, true);
        this.storeLive(Object.fromEntries(args.map((arg, i) => [window + i, arg])));
        this.setVm('FP', this.slot(window));
        this.setVm('PC', w.load32(info, FUNC_INFO.code));
        w.set(status, w.call<'i32'>(kit.runFunc, []));
        w.set(result, w.load64(this.slot(window)));
      },
    );
    w.if(status, () => {
      // the callee is no longer anybody's run
      this.writeHeader(window, func, site.word, false);
      this.storeLive(site.live, 'rest');
      this.return(w.i64.const(0n), status);
    });
  }
}

const CORE = ['gc_alloc', 'gc_step', 'gc_wanted', 'trap_error', 'timestamp'] as const;

/** A module of machine code for one machine. */
export class MachineKit {
  readonly module = new ModuleBuilder();
  readonly #vm: Vm;
  readonly #core = new Map<string, number>();
  readonly runFunc: number;

  constructor(vm: Vm) {
    this.#vm = vm;
    this.module.importMemory('env', 'memory');
    const types = {
      gc_alloc: funcType(['i32', 'i32', 'i32'], ['i32']),
      gc_step: funcType([]),
      gc_wanted: funcType([], ['i32']),
      trap_error: funcType(['i32'], ['i32']),
      timestamp: funcType([], ['f64']),
    };
    for (const name of CORE) this.#core.set(name, this.module.importFunc('core', name, types[name]));
    this.runFunc = this.module.importFunc('interp', 'run', funcType([], ['i32']));
  }

  coreFunc(name: (typeof CORE)[number]): number {
    return this.#core.get(name) ?? 0;
  }

  infoAddress(func: number): number {
    return this.#vm.memory.u32(VM_REGS.FUNC_TABLE) + FUNC_INFO_SIZE * func;
  }

  /** Where FUNC_INFO.code points while the function has machine code. */
  stub(func: number): number {
    return (this.#vm.loaded.code[func] ?? 0) - 16;
  }

  /** The body of a typed function. */
  write(index: number, func: number, body: (m: MachineFunc, n: Local<'i64'>, c: Local<'i32'>) => void): void {
    const w = this.module.body(index);
    body(
      new MachineFunc(this, w, w.param(0, 'i32'), this.#vm.loaded.code[func] ?? 0),
      w.param(1, 'i64'),
      w.param(2, 'i32'),
    );
    w.unreachable();
  }

  /** The entry for the interpreter of a typed function. */
  entry(name: string, typed: number): void {
    const { index, code: w } = this.module.func(name, funcType(['i32'], ['i32']));
    const fp = w.param(0, 'i32');
    const status = w.local('i32');
    const result = w.local('i64');
    w.do(w.call(typed, [fp, w.load64(fp), w.load32(fp, 8)]));
    w.set(status, nothing);
    w.set(result, nothing);
    w.if(w.i32.eqz(status), () => w.store64(fp, result));
    w.do(status);
    this.module.export(name, index);
  }

  instantiate(): Readonly<Record<string, (frame: number) => number>> {
    const module = new WebAssembly.Module(this.module.build());
    const instance = new WebAssembly.Instance(module, {
      env: { memory: this.#vm.memory.memory },
      core: coreImports(module, this.#vm.table),
      interp: { run: this.#vm.run },
    });
    return instance.exports as Record<string, (frame: number) => number>;
  }
}
