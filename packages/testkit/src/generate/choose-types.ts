/**
 * Which type something gets: of what the program has, and of what makes its values meet.
 */
import { type Context, visible } from './context.ts';
import { any, array, BOOL, type FnTy, NUMBERS, scalar, STRING, type Ty } from './types.ts';

export function scalarType(cx: Context): Ty {
  const { random } = cx;
  return random.weighted<Ty>([
    [8, scalar(random.pick(NUMBERS))],
    [2, BOOL],
    [2, STRING],
  ]);
}

/** Types that elements of arrays may have without further arrays inside. */
export function anyElement(cx: Context): Ty {
  const { random, maker } = cx;
  const ways: [number, () => Ty][] = [[6, () => scalarType(cx)]];
  if (maker.structs.length > 0) ways.push([1, () => ({ kind: 'struct', def: random.pick(maker.structs) })]);
  if (maker.enums.length > 0) ways.push([1, () => ({ kind: 'enum', def: random.pick(maker.enums) })]);
  ways.push([1, () => any(scalarType(cx))]);
  return random.weighted(ways)();
}

/** A type for a variable, parameter or field. */
export function anyType(cx: Context): Ty {
  const { random, maker } = cx;
  // Types that are around already make programs in which values meet.
  const around = visible(cx).filter(({ ty }) => ty.kind !== 'range' && ty.kind !== 'error' && ty.kind !== 'void');
  if (around.length > 0 && random.chance(0.5)) return random.pick(around).ty;
  const ways: [number, () => Ty][] = [
    [8, () => scalarType(cx)],
    [3, () => array(random.chance(0.2) ? array(scalarType(cx)) : anyElement(cx))],
    [1, () => functionType(cx)],
    [3, () => any(dynamicHint(cx))],
  ];
  if (maker.structs.length > 0) ways.push([2, () => ({ kind: 'struct', def: random.pick(maker.structs) })]);
  if (maker.enums.length > 0) ways.push([2, () => ({ kind: 'enum', def: random.pick(maker.enums) })]);
  return random.weighted(ways)();
}

/** What a value of type `any` may be. */
function dynamicHint(cx: Context): Ty {
  const { random, maker } = cx;
  const ways: [number, () => Ty][] = [
    [8, () => scalarType(cx)],
    [3, () => array(scalarType(cx))],
    [2, () => functionType(cx)],
  ];
  if (maker.structs.length > 0) ways.push([2, () => ({ kind: 'struct', def: random.pick(maker.structs) })]);
  if (maker.enums.length > 0) ways.push([2, () => ({ kind: 'enum', def: random.pick(maker.enums) })]);
  return random.weighted(ways)();
}

export function functionType(cx: Context): FnTy {
  const { random } = cx;
  const params = Array.from({ length: random.below(3) }, () => scalarType(cx));
  return { kind: 'fn', params, result: scalarType(cx) };
}
