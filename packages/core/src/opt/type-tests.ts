/**
 * Comparing the text of a type with a literal is a test of the type:
 *
 *     t = rt typeof.any v
 *     c = rt str.eq t, "i64"       ->      c = is v, i64
 *
 * The text for an error is its kind and message, with a space between. No type has a space in its name, so a literal without one can only
 * be the name of a type: of exactly one here, or the comparison stays.
 */
import type { Analyses } from '../analysis/analyses.ts';
import { HAS } from '../analysis/contents.ts';
import { NOMINAL, TYPE_CODES } from '../base/kinds.ts';
import { hasInst, removeUnreachable } from '../ir/edit.ts';
import type { Inst, IrProgram, ValueId } from '../ir/ir.ts';
import type { Change, FuncPass } from './pass.ts';
import { labelOfType } from './type-labels.ts';

export const typeTests: FuncPass = {
  name: 'type-tests',
  doc: 'the text of a type is not compared with a literal',
  settles: true,
  needs: HAS.words,
  run: (func, cx) => {
    if (!hasInst(func, ({ imm }) => imm === 'typeof.any')) return false;
    const { cfg, defs } = cx.analyses(func);
    let changed: Change = false;
    for (const { insts } of cfg.blocks) {
      for (const inst of insts) {
        const test = inst.op === 'rt' && inst.imm === 'str.eq' ? testOf(inst, defs, cx.program) : null;
        if (test === null || !cx.may()) continue;
        inst.op = 'is';
        inst.args = [test.value];
        inst.imm = test.code;
        if (inst.exc !== null || changed === true) changed = true;
        else changed = 'values';
        inst.exc = null;
      }
    }
    if (changed === true) removeUnreachable(func);
    return changed;
  },
};

function testOf(
  { args }: Inst,
  { inst: makers }: Analyses['defs'],
  program: IrProgram,
): { readonly value: ValueId; readonly code: number } | null {
  const [x, y] = args.map((arg) => makers[arg]);
  const [label, literal] = x?.op === 'const.str' ? [y, x] : [x, y];
  if (label?.op !== 'rt' || label.imm !== 'typeof.any' || literal?.op !== 'const.str') return null;
  const text = literal.imm as string;
  const codes = codesOf(text, program);
  return codes.length === 1 && !text.includes(' ')
    ? { value: label.args[0] as ValueId, code: codes[0] as number }
    : null;
}

/** The types whose values have that text. */
function codesOf(text: string, program: IrProgram): readonly number[] {
  const codes: number[] = Object.values(TYPE_CODES);
  for (const type of program.types.keys()) codes.push(NOMINAL + type);
  return codes.filter((code) => labelOfType(code, program) === text);
}
