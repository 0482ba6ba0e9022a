/**
 * The loop of the IR evaluator: frames on an explicit stack, so that deep guest recursion needs no native stack.
 *
 * Depth counts functions that are not boxed entries, the driver's call and inlined calls included; one too many raises `stackOverflow` in the call
 * instruction, before the callee runs. An error looks for the innermost frame whose current instruction has a handler.
 */
import { Bug } from '../../base/bug.ts';
import type { Span } from '../../base/source.ts';
import type { FuncId, InlineSite } from '../../ir/ir.ts';
import type { Outcome, TraceEntry } from '../engine.ts';
import type { Code, Entry, Frame, Move } from './code.ts';
import { decode, follow } from './decode.ts';
import { GuestError, LimitStop, type Machine } from './machine.ts';
import type { Value } from './value.ts';

/** The guest's strings are bytes, one a character; the host reads them as UTF-8. */
function readable(bytes: string): string {
  return new TextDecoder().decode(Uint8Array.from(bytes, (each) => each.charCodeAt(0)));
}

export class Runner {
  readonly #m: Machine;
  readonly #codes: (Code | undefined)[] = [];
  readonly #adapters = new Set<FuncId>();

  constructor(m: Machine) {
    this.#m = m;
    for (const func of m.program.funcs.values()) {
      if (func.boxed !== null && func.boxed !== func.id) this.#adapters.add(func.boxed);
    }
  }

  /** Runs a function without parameters to its end. */
  run(func: FuncId): { readonly value: Value | null } | Outcome {
    const m = this.#m;
    m.frames.length = 0;
    let entry: Entry | null = { func, args: [], closure: null };
    for (;;) {
      try {
        if (entry !== null) this.#enter(entry);
        entry = null;
        return { value: this.#loop() };
      } catch (error) {
        if (error instanceof LimitStop) return { status: 'limit', limit: error.limit, trace: this.#trace() };
        if (!(error instanceof GuestError)) throw error;
        if (this.#catch(error)) continue;
        const { kind, message } = error.error;
        return {
          status: 'error',
          trap: { kind, message: readable(message), trace: this.#trace(), whileLoading: false },
        };
      }
    }
  }

  #codeOf(id: FuncId): Code {
    let code = this.#codes[id];
    if (code === undefined) {
      code = decode(this.#m, this.#m.func(id), this.#adapters.has(id));
      this.#codes[id] = code;
    }
    return code;
  }

  #enter(entry: Entry): Frame {
    const m = this.#m;
    const code = this.#codeOf(entry.func);
    const caller = m.frames.at(-1);
    const above = caller === undefined ? 0 : caller.depth + (caller.block.steps[caller.at]?.inlined ?? 0);
    const depth = code.adapter ? above : above + 1;
    if (!code.adapter && depth > m.limits.depth) m.trap('stackOverflow');
    const values = new Array<Value>(code.size);
    const { params } = code.entry;
    for (let i = 0; i < params.length; i++) values[params[i] as number] = entry.args[i] as Value;
    const frame: Frame = { code, values, closure: entry.closure, depth, block: code.entry, at: 0 };
    m.frames.push(frame);
    return frame;
  }

  /** Runs the top frame until the last one has returned. */
  #loop(): Value | null {
    const m = this.#m;
    let frame = m.frames.at(-1) as Frame;
    for (;;) {
      const { values } = frame;
      const { steps, term } = frame.block;
      let called = false;
      for (let at = frame.at; at < steps.length; at++) {
        frame.at = at;
        const step = steps[at] as (typeof steps)[number];
        if (step.act !== null) {
          step.act(values, frame);
        } else if (step.enter !== null) {
          frame = this.#enter(step.enter(values, frame));
          called = true;
          break;
        }
      }
      if (called) continue;
      frame.at = steps.length;
      switch (term.kind) {
        case 'jump':
          this.#go(frame, term.to);
          break;
        case 'br':
          this.#go(frame, values[term.cond] === 0 ? term.else : term.then);
          break;
        case 'ret': {
          const value = term.value < 0 ? null : (values[term.value] as Value);
          m.frames.pop();
          const caller = m.frames.at(-1);
          if (caller === undefined) return value;
          const step = caller.block.steps[caller.at];
          if (step === undefined) throw new Bug('a return to no call');
          if (step.result >= 0) caller.values[step.result] = value as Value;
          caller.at += 1;
          frame = caller;
          break;
        }
        case 'trap':
          m.trap(term.trap);
          break;
        case 'unreachable':
          throw new Bug(`unreachable code of ${frame.code.func.name} is reached`);
      }
    }
  }

  #go(frame: Frame, edge: Move): void {
    follow(frame.values, edge);
    frame.block = edge.to;
    frame.at = 0;
  }

  /** Goes to the innermost handler, if there is one; else leaves the frames as they are. */
  #catch(error: GuestError): boolean {
    const { frames } = this.#m;
    for (let i = frames.length - 1; i >= 0; i--) {
      const frame = frames[i] as Frame;
      const exc = handlerOf(frame);
      if (exc === null) continue;
      frames.length = i + 1;
      this.#go(frame, exc);
      frame.values[exc.to.params[0] as number] = error.error;
      return true;
    }
    return false;
  }

  /** Activations, innermost first; inlined calls count as activations, boxed entries do not. */
  #trace(): TraceEntry[] {
    const trace: TraceEntry[] = [];
    for (const frame of [...this.#m.frames].reverse()) {
      if (frame.code.adapter) continue;
      const { func } = frame.code;
      const { span, inlined } = placeOf(frame);
      let at = span;
      for (const site of inlined) {
        trace.push({ func: this.#m.func(site.callee).name, span: at });
        at = site.span;
      }
      trace.push({ func: func.name, span: at });
    }
    return trace;
  }
}

function handlerOf(frame: Frame): Move | null {
  const step = frame.block.steps[frame.at];
  if (step !== undefined) return step.exc;
  return frame.block.term.kind === 'trap' ? frame.block.term.exc : null;
}

function placeOf(frame: Frame): { readonly span: Span; readonly inlined: readonly InlineSite[] } {
  const id = frame.code.blocks.get(frame.block);
  const block = id === undefined ? undefined : frame.code.func.blocks.get(id);
  if (block === undefined) throw new Bug('a frame without a block');
  const inst = block.insts[frame.at];
  if (inst !== undefined) return inst;
  return { span: block.term.span, inlined: block.term.kind === 'trap' ? block.term.inlined : [] };
}
