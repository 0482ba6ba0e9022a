/**
 * Scalar replacement: objects that never change and that nothing but this function sees go as their parts.
 *
 *     b1(p: ref):                          b1(x: f64, y: f64):
 *       x = field.get.f64 0, p               ...
 *       ...                                  x2 = add.f64 x, x
 *       q = struct.new t1, x2, y2            ...
 *       br c, b1(q), b2()                    br c, b1(x2, y2), b2()
 *
 * Which objects: `object-families.ts`; what their parts are: `object-shapes.ts`.
 */
import { HAS } from '../analysis/contents.ts';
import type { Inst } from '../ir/ir.ts';
import { builtin } from './dynamic-operands.ts';
import { keptObjects } from './kept-objects.ts';
import { findFamily, NO_HANDING } from './object-families.ts';
import { Shapes } from './object-shapes.ts';
import { splitFamily } from './object-splitting.ts';
import type { FuncPass } from './pass.ts';

export const splitObjects: FuncPass = {
  name: 'split-objects',
  doc: 'objects that are only read and do not escape are their parts',
  needs: HAS.objects,
  run: (func, cx) => {
    if (keptObjects(func, isMaker).length === 0) return false;
    const shapes = new Shapes(cx.program);
    // Objects within objects show when the outer ones are gone.
    for (let round = 0; ; round++) {
      const family = findFamily(func, shapes, NO_HANDING);
      if (family.members.size === 0 || round === MOST_ROUNDS || !cx.may()) return round > 0;
      splitFamily(func, family, null);
    }
  },
};

const MOST_ROUNDS = 3;

function isMaker(inst: Inst): boolean {
  return inst.op === 'struct.new' || inst.op === 'enum.new' || builtin(inst) === 'array.new';
}
