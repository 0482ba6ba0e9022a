/** Texts of types, as far as all values of a type have the same one. */
import { NOMINAL, TYPE_CODES } from '../base/kinds.ts';
import type { IrProgram } from '../ir/ir.ts';

const NAMES: ReadonlyMap<number, string> = new Map(Object.entries(TYPE_CODES).map(([name, code]) => [code, name]));
const OTHERS: ReadonlyMap<number, string | null> = new Map<number, string | null>([
  [TYPE_CODES.undecided, null],
  [TYPE_CODES.any, null],
  [TYPE_CODES.error, null],
  [TYPE_CODES.func, 'function'],
  [TYPE_CODES.range, 'range_iterator'],
  [TYPE_CODES.nil, 'void'],
]);

/** What `typeof` gives for values of a type; null if that depends on the value, or there is none. */
export function labelOfType(code: number, program: IrProgram): string | null {
  if (code >= NOMINAL) return program.types[code - NOMINAL]?.name ?? null;
  const other = OTHERS.get(code);
  return other === undefined ? (NAMES.get(code) ?? null) : other;
}
