/**
 * What the verifier says of a program that it refuses.
 */
import type { BytecodeProgram } from '../program.ts';

export interface Refusal {
  /** Name of the rule that is broken, see `rules.ts`. */
  readonly rule: string;
  /** What is wrong, in words. */
  readonly text: string;
  /** The function, by number; null if the tables are at fault. */
  readonly func: number | null;
  readonly pc: number | null;
}

/** Carries a refusal out of a check. Never leaves `verifyProgram`. */
export class Refused {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    this.refusal = refusal;
  }
}

export function refuse(rule: string, text: string, func: number | null = null, pc: number | null = null): never {
  throw new Refused({ rule, text, func, pc });
}

/** One line: which function, where in it, what is wrong, and by which rule. */
export function describeRefusal({ rule, text, func, pc }: Refusal, program: BytecodeProgram): string {
  const name = func === null ? null : (program.funcs[func]?.name ?? '');
  const place = name === null ? '' : `function ${func} \`${name}\`${pc === null ? '' : `, pc ${pc}`}: `;
  return `${place}${text} (rule: ${rule})`;
}
