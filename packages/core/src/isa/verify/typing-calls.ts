/**
 * Rows for calls of functions and built-ins, and for returns.
 */
import { present } from '../../base/bug.ts';
import { BUILTINS, type BuiltinName, BUILTIN_NAMES } from '../../base/builtins.ts';
import { type Kind, kindOfCode } from '../../base/kinds.ts';
import { TRAP_KIND_NAMES } from '../../base/traps.ts';
import { FRAME_HEADER_SLOTS } from '../../runtime/layout.ts';
import { builtinForm } from '../select.ts';
import { BUILTIN_TYPES, type Number as NumberRole } from './builtin-types.ts';
import { operandValue } from './code.ts';
import { isTypeCode, resultKind } from './rules.ts';
import type { Plain, TypeId } from './slot-types.ts';
import type { Step, Typing } from './step.ts';

/** Operands of a call; afterwards the slots from the callee's header on are lost. */
function passOperands(s: Step, kinds: readonly Kind[]): { readonly first: number; readonly args: TypeId[] } {
  const first = s.window('window', Math.max(1, kinds.length), FRAME_HEADER_SLOTS);
  const args = kinds.map((kind, i) => {
    const id = s.slotOfKind(first + i, kind);
    return kind === 'any' ? s.types.any : id;
  });
  return { first, args };
}

function clobber(s: Step, first: number): void {
  const from = first - FRAME_HEADER_SLOTS;
  s.state.clobber(from, s.types.unset);
  if (s.recording) for (let slot = from; slot < s.func.frame; slot++) s.note(slot);
}

/** Calls nest deeper by what they count; only one of a boxed entry may count nothing, which then is no boxed entry's. */
function counts(s: Step, least: 0 | 1): void {
  if (s.imm('deeper') < least) s.fail('calls', 'it does not count as a nested call');
}

/** What every call does to the frame; the result is set by `finishCall`, after errors have been accounted for. */
export function direct(mayCapture: boolean): Typing {
  return (s) => {
    const target = s.imm('func');
    const callee = s.summaries.func(target);
    counts(s, 1);
    if (callee.boxed === target) return s.fail('calls', `function ${target} is a boxed entry`);
    if (mayCapture) {
      if (s.func.boxed !== s.code.index || callee.boxed !== s.code.index) {
        s.fail('calls', `this is not the boxed entry of function ${target}`);
      }
    } else if (callee.captures.length > 0) {
      s.fail('calls', `function ${target} captures values`);
    }
    const { first, args } = passOperands(s, callee.params);
    s.summaries.enter(target, args);
    clobber(s, first);
  };
}

export const callClosure: Typing = (s) => {
  const { sig } = s.operandHeap('closure', 'func');
  if (sig !== s.imm('sig'))
    return s.fail('known signatures', `that the function value has signature ${s.imm('sig')} is not known`);
  counts(s, 1);
  const { params } = present(s.summaries.program.signatures[sig], 'signature');
  const { first } = passOperands(s, params.map(kindOfCode));
  s.summaries.signature(sig).params.forEach((wanted, i) => {
    s.fits(first + i, wanted, 'calls', `operand ${i}`);
  });
  clobber(s, first);
};

export const callBoxed: Typing = (s) => {
  s.operandHeap('closure', 'func');
  callWithWords(s);
};

/** Its callee is found by the name of the method in the object's type, or at run time. */
export const callMethod: Typing = (s) => {
  s.slotOfKind(operandValue(s.inst, 'object'), 'any');
  callWithWords(s);
};

const callWithWords: Typing = (s) => {
  const count = s.imm('count');
  counts(s, s.func.boxed === s.code.index ? 1 : 0);
  s.window('window', count);
  const { first } = passOperands(
    s,
    Array.from({ length: count }, (): Kind => 'any'),
  );
  clobber(s, first);
};

/** What a call leaves in the first slot of its window. Null if it never returns, `unset` for nothing. */
export function callResult(s: Step): TypeId | null {
  const { types, summaries } = s;
  if (s.imm('func') >= 0) return summaries.resultOf(s.imm('func'));
  if (s.imm('sig') < 0) return types.any;
  const { resultCode } = summaries.signature(s.imm('sig'));
  return resultKind(resultCode) === null ? types.unset : types.ofCode(resultCode);
}

export const giveBack: Typing = (s) => {
  const { types, summaries, code, func } = s;
  const slot = operandValue(s.inst, 'src');
  if (func.result === null || slot < 0) return summaries.returned(code.index, types.unset);
  const id = s.slotOfKind(slot, func.result);
  if (summaries.isValue(code.index)) {
    const { resultCode } = summaries.signature(func.sig);
    s.fits(slot, types.ofCode(resultCode), 'results', 'the result');
  }
  summaries.returned(code.index, func.result === 'any' ? types.any : id);
};

export const runtime: Typing = (s) => {
  const name = present(BUILTIN_NAMES[s.imm('builtin')], 'built-in') as BuiltinName;
  const { params, result } = BUILTINS[name];
  const { refs, numbers, result: heap } = BUILTIN_TYPES[name];
  // where a built-in finds its operands is decided by its form, not by the instruction
  if (s.inst.op !== builtinForm(name)) s.fail('built-ins', `${name} is called by ${builtinForm(name).name}`);
  const { operands, into } = slotsOfBuiltin(s, params.length, result === null);
  let ref = 0;
  let number = 0;
  for (const [i, kind] of params.entries()) {
    const slot = operands[i] as number;
    const id = s.slotOfKind(slot, kind);
    if (kind === 'i32') checkNumber(s, name, id, numbers[number++] as NumberRole);
    if (kind !== 'ref') continue;
    const wanted = present(refs[ref++], `references of ${name}`);
    if (wanted === 'string?') checkNullable(s, slot, 'string');
    else s.heap(slot, wanted);
  }
  if (result === null) return;
  if (result !== 'ref') return s.makeValue(into, s.types.ofKind(result));
  const is = present(heap, `result of ${name}`);
  s.makeValue(into, s.types.ref(is === 'func' ? { is, sig: null, func: null } : { is }));
};

/** Where a built-in finds its operands and leaves its result. */
function slotsOfBuiltin(
  s: Step,
  count: number,
  isVoid: boolean,
): { readonly operands: number[]; readonly into: number } {
  const { op, values } = s.inst;
  if (op.placed.some(({ kind }) => kind === 'window')) {
    const first = s.window('window', Math.max(count, isVoid ? 0 : 1));
    return { operands: Array.from({ length: count }, (_, i) => first + i), into: first };
  }
  const operands = values.filter((_, i) => op.placed[i]?.role === 'use');
  return { operands, into: operandValue(s.inst, 'dst') };
}

function checkNullable(s: Step, slot: number, is: Plain): void {
  const type = s.types.get(s.slot(slot));
  if (type.k === 'ref' && type.heap.is !== is)
    return s.fail('built-ins', `r${slot} holds ${s.types.show(s.slot(slot))}`);
}

function checkNumber(s: Step, name: string, id: TypeId, role: NumberRole): void {
  if (role === 'any') return;
  const type = s.types.get(id);
  const value = type.k === 'i32' ? type.value : null;
  if (value === null) return s.fail('built-ins', `${name} needs a known ${role}`);
  const right =
    role === 'style'
      ? value === 0 || value === 1
      : role === 'kind'
        ? TRAP_KIND_NAMES[value] !== undefined
        : isTypeCode(s.summaries.program, value);
  if (!right) return s.fail('built-ins', `${name}: there is no ${role} ${value}`);
}
