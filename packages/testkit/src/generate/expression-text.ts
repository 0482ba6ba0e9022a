/**
 * Texts of expressions, with how tightly they bind.
 */
export interface Ex {
  readonly text: string;
  readonly binds: number;
}

/** How tightly forms bind, loosest first. */
export const BINDS = {
  or: 2,
  and: 3,
  not: 4,
  compare: 5,
  bitOr: 6,
  bitXor: 7,
  bitAnd: 8,
  shift: 9,
  add: 10,
  multiply: 11,
  cast: 12,
  unary: 13,
  postfix: 14,
  atom: 15,
} as const;

export const atom = (text: string): Ex => ({ text, binds: BINDS.atom });
export const postfix = (text: string): Ex => ({ text, binds: BINDS.postfix });

/** The text of an operand that must bind at least so tightly. */
export function operand(ex: Ex, binds: number): string {
  return ex.binds >= binds ? ex.text : `(${ex.text})`;
}

/** What stands in the header of a statement, where an open brace would be taken for its block. */
export function header(ex: Ex): string {
  return /[{\u0001]|match|\?| if /.test(ex.text) ? `(${ex.text})` : ex.text;
}
