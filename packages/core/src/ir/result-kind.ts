/**
 * The kind of an instruction's result: from its row, or from what its immediate names.
 */
import { Bug } from '../base/bug.ts';
import type { Kind } from '../base/kinds.ts';
import { kindOfCode, TYPE_CODES } from '../base/kinds.ts';
import { builtinOf } from './effects.ts';
import type { FuncId, IrProgram, SigId } from './ir.ts';
import { type Imm, opDef, type OpName } from './ops.ts';

/** Result kinds of callees, which may not have been built yet. */
export interface CallTypes {
  resultOfFunc(func: FuncId): Kind | null;
  resultOfSig(sig: SigId): Kind | null;
}

export function resultKind(op: OpName, imm: Imm, calls: CallTypes): Kind | null {
  const result = opDef(op).result;
  if (result !== 'imm') return result;
  switch (op) {
    case 'call':
      return calls.resultOfFunc(imm as FuncId);
    case 'call.closure':
      return calls.resultOfSig(imm as SigId);
    case 'rt':
      return builtinOf(imm).result;
    default:
      throw new Bug(`nothing says what ${op} gives`);
  }
}

/** Call types of a program whose functions all exist. */
export function callTypesOf(program: Pick<IrProgram, 'funcs' | 'signatures'>): CallTypes {
  return {
    resultOfFunc: (func) => program.funcs.get(func).result,
    resultOfSig: (sig) => {
      const code = program.signatures.get(sig).result;
      return code === TYPE_CODES.nil ? null : kindOfCode(code);
    },
  };
}
