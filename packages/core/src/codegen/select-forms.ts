/**
 * Opcodes that an IR operation can become: its own, the one for a type code, the one with an immediate operand. Found once for each.
 */
import { NOMINAL } from '../base/kinds.ts';
import type { OpName } from '../ir/ops.ts';
import type { Opcode, PlacedOperand } from '../isa/opcode.ts';
import { opcode } from '../isa/opcodes.ts';
import { fieldRange } from '../isa/operand.ts';
import { immediateForm, selectOp } from '../isa/select.ts';

const COMMUTATIVE: ReadonlySet<string> = new Set(['add', 'addc', 'mul', 'mulc', 'and', 'or', 'xor', 'eq', 'ne']);

/** Opcodes that instructions have been selected as, by operation and (where it decides) type code. */
const PLAIN = new Map<string, Map<number, Opcode>>();

/** The opcode of an operation whose immediate is `code`, if it has one. */
export function plainOf(op: OpName, code: number | undefined): Opcode {
  let byCode = PLAIN.get(op);
  if (byCode === undefined) PLAIN.set(op, (byCode = new Map()));
  // Only a few dozen codes have opcodes of their own; the rest are fields, types and costs.
  const key = code === undefined || code < 0 || code >= NOMINAL ? -1 : code;
  let plain = byCode.get(key);
  if (plain === undefined) byCode.set(key, (plain = selectOp(op, key === -1 ? undefined : key)));
  return plain;
}

/** What a binary operation may become with a constant operand. */
export interface Forms {
  /** With an immediate right operand. */
  readonly form: Opcode | null;
  readonly commutes: boolean;
  /** For a difference: the sum with an immediate. */
  readonly sum: Opcode | null;
}

const FORMS = new Map<OpName, Forms>();

/** What `plain`, the opcode of an operation, may become. */
export function formsOf(op: OpName, plain: Opcode): Forms {
  let forms = FORMS.get(op);
  if (forms === undefined) {
    const dot = op.indexOf('.');
    const [name, kind] = [op.slice(0, dot), op.slice(dot)];
    const whole = kind === '.i32' || kind === '.i64';
    const difference = whole && (name === 'sub' || name === 'subc');
    forms = {
      form: immediateForm(plain, 0),
      commutes: whole && COMMUTATIVE.has(name),
      sum: difference ? immediateForm(opcode(`add${op.slice(3)}`), 0) : null,
    };
    FORMS.set(op, forms);
  }
  return forms;
}

/** Whether an operand's field can hold a value. */
export function fitsField(operand: PlacedOperand, value: number): boolean {
  const { min, max } = fieldRange(operand.field);
  return value >= min && value <= max;
}
