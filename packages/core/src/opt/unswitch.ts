/**
 * A loop that asks in every round which way a function value is called becomes two, and is asked once:
 *
 *     b1:  ...  br (closure.has s1, f), b2, b3  ...         ->    br (closure.has s1, f), b1', b1
 *
 * Each has lost the other's case. Only loops that contain no other, and are small.
 */
import { HAS } from '../analysis/contents.ts';
import type { FuncPass } from './pass.ts';
import { unswitchLoops } from './unswitched-loops.ts';

export const unswitch: FuncPass = {
  name: 'unswitch',
  doc: 'no innermost loop asks again and again which way a function value is called',
  settles: true,
  needs: HAS.closureTests | HAS.loops,
  run: (func, cx) => unswitchLoops(func, cx),
};
