/**
 * Functions made ready to run: every instruction as a closure over its operands' numbers, every edge as a parallel move.
 *
 * A `Step` either acts on the frame's values, or enters a function; then the loop goes on there and the result is stored on
 * return. Meanings of operations without effects are the `fold`s of the instruction table; nothing here repeats them.
 */
import { Bug } from '../../base/bug.ts';
import type { BuiltinName } from '../../base/builtins.ts';
import type { TypeCode } from '../../base/kinds.ts';
import type { TrapName } from '../../base/traps.ts';
import type { BlockId, Edge, Func, FuncId, GlobalId, Inst, Terminator, TypeId } from '../../ir/ir.ts';
import { type OpDef, opDef, type VariantImm } from '../../ir/ops.ts';
import { append, elementIndex, store, typedElement } from './arrays.ts';
import { OPERATIONS } from './builtins.ts';
import { expect } from './dynamic.ts';
import type { Act, BlockCode, Code, Enter, Move, TermCode } from './code.ts';
import type { Machine } from './machine.ts';
import { type Any, type ArrayObj, box, Cell, Closure, CODE, codeOfAny, NIL, RecordObj, type Value } from './value.ts';

export function decode(m: Machine, func: Func, adapter: boolean): Code {
  const codes = new Map<BlockId, BlockCode>();
  for (const [id, block] of func.blocks)
    codes.set(id, { steps: [], term: { kind: 'unreachable' }, params: block.params });
  const codeOf = (id: BlockId): BlockCode => {
    const code = codes.get(id);
    if (code === undefined) throw new Bug(`no block b${id} in ${func.name}`);
    return code;
  };
  const move = (edge: Edge, skip = 0): Move => {
    const to = codeOf(edge.block);
    return { to, from: edge.args, into: to.params.slice(skip) };
  };
  for (const [id, block] of func.blocks) {
    const code = codeOf(id);
    for (const inst of block.insts) {
      const exc = inst.exc === null ? null : move(inst.exc, 1);
      code.steps.push({ ...operation(m, inst), result: inst.result ?? -1, exc, inlined: inst.inlined.length });
    }
    code.term = terminator(block.term, move);
  }
  const blocks = new Map([...codes].map(([id, code]) => [code, id] as const));
  return { func, entry: codeOf(func.entry), size: func.values.size, adapter, blocks };
}

function terminator(term: Terminator, move: (edge: Edge, skip?: number) => Move): TermCode {
  switch (term.kind) {
    case 'jump':
      return { kind: 'jump', to: move(term.to) };
    case 'br':
      return { kind: 'br', cond: term.cond, then: move(term.then), else: move(term.else) };
    case 'ret':
      return { kind: 'ret', value: term.value ?? -1 };
    case 'trap':
      return { kind: 'trap', trap: term.trap, exc: term.exc === null ? null : move(term.exc, 1) };
    case 'unreachable':
      return { kind: 'unreachable' };
  }
}

/** Copies an edge's arguments; all are read before any is written. */
export function follow(values: Value[], edge: Move): void {
  const { from, into } = edge;
  if (from.length === 1) {
    values[into[0] as number] = values[from[0] as number] as Value;
    return;
  }
  const read = from.map((value) => values[value] as Value);
  for (let i = 0; i < read.length; i++) values[into[i] as number] = read[i] as Value;
}

/* ---- instructions ---------------------------------------------------------------------------------------------- */

interface Operation {
  readonly act: Act | null;
  readonly enter: Enter | null;
}

function does(act: Act): Operation {
  return { act, enter: null };
}

type Fold = (...args: readonly (number | bigint)[]) => number | bigint | undefined;

function operation(m: Machine, inst: Inst): Operation {
  const def: OpDef = opDef(inst.op);
  if (def.fold !== null) return does(folded(m, inst, def));
  const special = control(m, inst) ?? constant(m, inst) ?? boxing(m, inst) ?? memory(m, inst) ?? arrays(m, inst);
  if (special === null) throw new Bug(`the evaluator does not know ${inst.op}`);
  return special;
}

function folded(m: Machine, inst: Inst, def: OpDef): Act {
  const r = inst.result as number;
  const [a, b, c] = inst.args as readonly number[] as [number, number, number];
  // The cast: `fold` takes what the row's operand kinds say, which the verifier has checked.
  const fold = def.fold as unknown as Fold;
  if (def.failure === null) {
    if (inst.args.length === 1) return (v) => void (v[r] = fold(v[a] as number) as Value);
    if (inst.args.length === 2) return (v) => void (v[r] = fold(v[a] as number, v[b] as number) as Value);
    return (v) => void (v[r] = fold(v[a] as number, v[b] as number, v[c] as number) as Value);
  }
  const { failure } = def;
  return (v) => {
    const result = fold(v[a] as number, v[b] as number);
    if (result !== undefined) {
      v[r] = result;
      return;
    }
    if (typeof failure === 'string') m.trap(failure as TrapName);
    // Of two failures the first is that of a zero divisor.
    const [zero, other] = failure as readonly [TrapName, TrapName];
    m.trap(Number(v[b]) === 0 ? zero : other);
  };
}

function constant(m: Machine, inst: Inst): Operation | null {
  const r = inst.result as number;
  switch (inst.op) {
    case 'const.i32':
    case 'const.i64':
    case 'const.f64': {
      const value = inst.imm as Value;
      return does((v) => void (v[r] = value));
    }
    case 'const.str': {
      const value = bytesOf(inst.imm as string);
      return does((v) => void (v[r] = value));
    }
    case 'const.null':
      return does((v) => void (v[r] = null));
    case 'const.nil':
      return does((v) => void (v[r] = NIL));
    case 'trap.if': {
      const [a] = inst.args as readonly number[] as [number];
      return does((v) => {
        if (v[a] !== 0) m.trap(inst.imm as TrapName);
      });
    }
    case 'depth.check': {
      const deeper = inst.imm as number;
      return does((_, frame) => {
        if (frame.depth + deeper > m.limits.depth) m.trap('stackOverflow');
      });
    }
    case 'poll':
      return does(() => m.poll(inst.imm as number));
    default:
      return null;
  }
}

/** UTF-8 as one character a byte. */
function bytesOf(text: string): string {
  let bytes = '';
  for (const byte of new TextEncoder().encode(text)) bytes += String.fromCharCode(byte);
  return bytes;
}

function boxing(m: Machine, inst: Inst): Operation | null {
  const r = inst.result as number;
  const [a] = inst.args as readonly number[] as [number];
  const code = inst.imm as TypeCode;
  switch (inst.op) {
    case 'box.f64':
      return does((v) => void (v[r] = v[a] as Value));
    case 'box.ref':
      return does((v) => void (v[r] = box(CODE.string, v[a] as Value)));
    case 'box.i32':
    case 'box.i64':
      return does((v) => void (v[r] = box(code, v[a] as Value)));
    case 'is':
      return does((v) => void (v[r] = codeOfAny(v[a] as Any) === code ? 1 : 0));
    case 'unbox.f64':
      return does((v) => void (v[r] = expect(m, CODE.f64, v[a] as Any)));
    case 'unbox.i32':
    case 'unbox.i64':
    case 'unbox.ref':
      return does((v) => void (v[r] = expect(m, code, v[a] as Any)));
    case 'func.arity':
      return does((v) => {
        const closure = v[a] as Closure;
        if (m.func(closure.func).params.length !== inst.imm) m.mismatch(CODE.func, closure);
      });
    case 'closure.is':
      return does((v) => void (v[r] = (v[a] as Closure).func === inst.imm ? 1 : 0));
    case 'closure.of':
      return does((v) => {
        if ((v[a] as Closure).func !== inst.imm) m.trap('otherSignature');
        v[r] = v[a] as Value;
      });
    case 'eq.ref': {
      const b = inst.args[1] as number;
      return does((v) => void (v[r] = v[a] === v[b] ? 1 : 0));
    }
    case 'str.len':
      return does((v) => void (v[r] = (v[a] as string).length));
    case 'closure.has':
      return does((v) => void (v[r] = m.func((v[a] as Closure).func).sig === inst.imm ? 1 : 0));
    default:
      return null;
  }
}

function memory(m: Machine, inst: Inst): Operation | null {
  const r = inst.result as number;
  const args = inst.args as readonly number[];
  const [a, b] = args as [number, number];
  const imm = inst.imm as number;
  const all = (v: Value[]): Value[] => args.map((arg) => v[arg] as Value);
  switch (family(inst.op)) {
    case 'struct.new':
      return does((v) => {
        m.allocate(16 + 8 * args.length);
        v[r] = new RecordObj(imm as TypeId, -1, all(v));
      });
    case 'closure.get':
      return does((v) => void (v[r] = (v[a] as Closure).env[imm] as Value));
    case 'field.get':
    case 'payload.get':
      return does((v) => void (v[r] = (v[a] as RecordObj).slots[imm] as Value));
    case 'field.set':
      return does((v) => void ((v[a] as RecordObj).slots[imm] = v[b] as Value));
    case 'enum.new': {
      const { type, variant } = inst.imm as VariantImm;
      return does((v) => {
        m.allocate(16 + 8 * args.length);
        v[r] = new RecordObj(type, variant, all(v));
      });
    }
    case 'enum.tag':
      return does((v) => void (v[r] = (v[a] as RecordObj).variant));
    case 'cell.new':
      return does((v) => {
        m.allocate(32);
        v[r] = new Cell(v[a] as Value);
      });
    case 'cell.get':
      return does((v) => void (v[r] = (v[a] as Cell).value));
    case 'cell.set':
      return does((v) => void ((v[a] as Cell).value = v[b] as Value));
    case 'global.get':
      return does((v) => void (v[r] = m.globals[imm as GlobalId] as Value));
    case 'global.set':
      return does((v) => void (m.globals[imm as GlobalId] = v[a] as Value));
    case 'env.get':
      return does((v, frame) => void (v[r] = (frame.closure as Closure).env[imm] as Value));
    case 'closure.new':
      return does((v) => {
        if (args.length > 0) m.allocate(32 + 8 * args.length);
        v[r] = args.length === 0 ? m.staticClosure(imm as FuncId) : new Closure(imm as FuncId, all(v));
      });
    default:
      return null;
  }
}

/** `field.get.i32` as `field.get`: kinds do not matter here. */
function family(op: string): string {
  return op.replace(/\.(i32|i64|f64|ref|any)$/, '');
}

function arrays(m: Machine, inst: Inst): Operation | null {
  const r = inst.result as number;
  const [a, b, c] = inst.args as readonly number[] as [number, number, number];
  const code = inst.imm as TypeCode;
  switch (family(inst.op)) {
    case 'array.len':
      return does((v) => void (v[r] = (v[a] as ArrayObj).items.length));
    case 'array.get':
      return does((v) => {
        const array = v[a] as ArrayObj;
        v[r] = typedElement(m, array, elementIndex(m, array, v[b] as bigint), code);
      });
    case 'array.set':
      return does((v) => {
        const array = v[a] as ArrayObj;
        store(array, elementIndex(m, array, v[b] as bigint), code, v[c] as Value);
      });
    case 'array.push':
      return does((v) => append(m, v[a] as ArrayObj, code, v[b] as Value));
    case 'array.pop':
      return does((v) => {
        const array = v[a] as ArrayObj;
        if (array.items.length === 0) m.trap('popEmpty');
        v[r] = typedElement(m, array, array.items.length - 1, code);
        array.items.pop();
      });
    default:
      return null;
  }
}

function control(m: Machine, inst: Inst): Operation | null {
  const args = inst.args as readonly number[];
  const some = (v: Value[], from: number): Value[] => args.slice(from).map((arg) => v[arg] as Value);
  switch (inst.op) {
    case 'rt': {
      const run = OPERATIONS[inst.imm as BuiltinName] as (m: Machine, ...args: Value[]) => Value | undefined;
      const r = inst.result ?? -1;
      return does((v) => {
        const result = run(m, ...some(v, 0));
        if (r >= 0) v[r] = result as Value;
      });
    }
    case 'call': {
      const callee = inst.imm as FuncId;
      const captures = m.func(callee).captures.length > 0;
      return {
        act: null,
        enter: (v, frame) => ({ func: callee, args: some(v, 0), closure: captures ? frame.closure : null }),
      };
    }
    case 'call.closure':
      return {
        act: null,
        enter: (v) => {
          const closure = v[args[0] as number] as Closure;
          if (m.func(closure.func).sig !== inst.imm)
            throw new Bug(`call.closure of ${m.func(closure.func).name} by another signature`);
          return { func: closure.func, args: some(v, 1), closure };
        },
      };
    case 'call.boxed':
      return {
        act: null,
        enter: (v) => {
          const closure = v[args[0] as number] as Closure;
          const func = m.func(closure.func);
          if (func.params.length !== inst.imm) {
            m.fail('arity', { expected: String(func.params.length), found: String(inst.imm) });
          }
          if (func.boxed === null) throw new Bug(`${func.name} has no boxed entry`);
          return { func: func.boxed, args: some(v, 1), closure };
        },
      };
    default:
      return null;
  }
}
