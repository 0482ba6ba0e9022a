/**
 * Which function a call of a function value leads to, where the value is made in the same function.
 */
import type { Func, Inst, IrProgram, FuncId, ValueId } from '../ir/ir.ts';

export interface KnownCallee {
  readonly func: Func;
  /** The instruction that makes the function value. */
  readonly made: Inst;
}

/** `makers`: instructions by their results. Null for calls of a known function that does not take or give what the call does. */
export function knownCallee(call: Inst, makers: readonly (Inst | undefined)[], program: IrProgram): KnownCallee | null {
  const made = functionMade(call.args[0] as ValueId, makers);
  if (made === null) return null;
  const func = program.funcs.get(made.imm as FuncId);
  const fits = call.op === 'call.closure' ? func.sig === call.imm : takesWords(func, call.imm as number);
  return fits ? { func, made } : null;
}

/** The `closure.new` whose function value an operand is, perhaps as a word, perhaps captured by another one. */
export function functionMade(value: ValueId, makers: readonly (Inst | undefined)[]): Inst | null {
  let maker = makers[value];
  while (maker !== undefined) {
    if (maker.op === 'closure.new') return maker;
    const [from] = maker.args as [ValueId];
    if (maker.op === 'closure.of') {
      const made = functionMade(from, makers);
      return made?.imm === maker.imm ? made : null;
    }
    if (maker.op.startsWith('closure.get.')) {
      const captured = functionMade(from, makers)?.args[maker.imm as number];
      if (captured === undefined) return null;
      maker = makers[captured];
      continue;
    }
    if (!passesOn(maker)) return null;
    maker = makers[from];
  }
  return null;
}

/** Whether an instruction gives the function value that it takes, as a word or out of one. */
export function passesOn({ op, imm }: Inst): boolean {
  return op === 'box.ref' || op === 'unbox.ref' || (op === 'rt' && imm === 'any.func');
}

/** Whether the boxed entry of a function would pass its operands on as they are. */
function takesWords({ params, result }: Func, count: number): boolean {
  return params.length === count && result === 'any' && params.every((kind) => kind === 'any');
}
