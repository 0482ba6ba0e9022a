/**
 * Words and elements that have one type in the whole program are told so where they appear.
 *
 *     v = rt array.get.any a, i     ->     x = array.get.i64 #i64 a, i;  v = box.i64 #i64 x        if all elements of `a` are i64
 *     b1(v: any):                   ->     b1(w: any):  x = unbox.i64 #i64 w;  v = box.i64 #i64 x  if all that comes is i64
 *
 * Function values take and give raw what goes through them (`function-types.ts`), and the program is told whether arrays of different element types
 * are different arrays.
 *
 * What `analysis/program-types` knows is put into the instructions themselves, so that passes over functions, which see nothing else,
 * know it too. `boxes` and `typed-operations` then take the words away. The unboxing cannot fail.
 */
import { type ContentsOf, HAS } from '../analysis/contents.ts';
import { programTypesOf } from '../analysis/program-types.ts';
import { hasInst } from '../ir/edit.ts';
import { builtinOf } from '../ir/effects.ts';
import type { FuncId, Inst, IrProgram } from '../ir/ir.ts';
import { isIndifferent } from './dynamic-operands.ts';
import { FunctionTypes } from './function-types.ts';
import type { ProgramPass } from './pass.ts';
import { TypeNews } from './type-news.ts';

export const programTypes: ProgramPass = {
  name: 'program-types',
  doc: 'words and elements that have one type in the whole program are known to have it',
  runProgram: (program, cx) => {
    // Where elements were not apart, the words through which one array has two types may be gone by now.
    const types = program.elementsApart === false || wordsMatter(program, cx.contents) ? programTypesOf(program) : null;
    const apart = program.elementsApart || (types?.elementsApart ?? true);
    let changed = false;
    if (apart !== program.elementsApart && cx.may()) {
      program.elementsApart = apart;
      changed = true;
    }
    if (types === null) return changed;
    const functions = new FunctionTypes(program, types, cx);
    for (const func of program.funcs.values()) {
      if ((cx.contents(func).families & HAS.words) === 0 || !new TypeNews(func, types, cx).run()) continue;
      changed = true;
      cx.changed(func);
    }
    // Last, because what is known is known of instructions and values as they were.
    return functions.run() || changed;
  },
};

/**
 * Whether words are more than made, passed on and shown somewhere. Where they are not, nobody would do better with their types, everything has
 * the type that the checker gave it, and no array is accessed as arrays of two types. The entries for calls by name only matter if there are
 * such calls, which are found themselves.
 */
function wordsMatter(program: IrProgram, contents: ContentsOf): boolean {
  const entries = new Set<FuncId>();
  for (const { id, boxed } of program.funcs.values()) if (boxed !== null && boxed !== id) entries.add(boxed);
  for (const func of program.funcs.values()) {
    if (entries.has(func.id) || (contents(func).families & HAS.words) === 0) continue;
    if (hasInst(func, looksIntoWords)) return true;
  }
  return false;
}

/** Whether an instruction takes a word apart, stores one or finds one in an object. */
function looksIntoWords({ op, imm }: Inst): boolean {
  if (op !== 'rt') return op === 'is' || op === 'call.boxed' || op.startsWith('unbox.');
  if (isIndifferent(imm)) return false;
  const { params, result, effects } = builtinOf(imm);
  return result === 'any' || (params.includes('any') && (effects.writes || result !== 'ref'));
}
