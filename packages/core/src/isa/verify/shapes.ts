/**
 * What following code needs to know of an opcode at every instruction, found once: positions of operands instead of their names.
 */
import { present } from '../../base/bug.ts';
import { opcodeByNumber } from '../opcodes.ts';
import type { Opcode } from '../opcode.ts';
import type { Typing } from './step.ts';
import { CHECKED_FORMS, typingFor } from './typing.ts';
import { isComparison } from './typing-tests.ts';

export interface Shape {
  readonly typing: Typing;
  /** Positions of operands; -1 where there is none. */
  readonly target: number;
  readonly window: number;
  readonly builtin: number;
  readonly func: number;
  readonly count: number;
  readonly sig: number;
  readonly condition: number;
  readonly isPoll: boolean;
  readonly isCall: boolean;
  readonly isReturn: boolean;
  readonly isJump: boolean;
  readonly isBranch: boolean;
  readonly raises: boolean;
  /** Traps if its condition holds. */
  readonly asserts: boolean;
  readonly compares: boolean;
  /** A branch that is taken where its condition does not hold. */
  readonly inverted: boolean;
  readonly checkedForm: (typeof CHECKED_FORMS)[number] | null;
  readonly uses: readonly number[];
  readonly defs: readonly number[];
}

function makeShape(op: Opcode): Shape {
  const ofKind = (kind: string): number =>
    op.placed.findIndex((operand) => operand.role === 'imm' && operand.kind === kind);
  const named = (name: string): number => op.placed.findIndex((operand) => operand.name === name);
  const { flow, traps } = op.traits;
  const roles = (...wanted: string[]): number[] =>
    op.placed.flatMap(({ role }, i) => (wanted.includes(role) ? [i] : []));
  return {
    typing: present(typingFor(op) ?? undefined, `typing of ${op.name}`),
    target: ofKind('target'),
    window: ofKind('window'),
    builtin: ofKind('builtin'),
    func: ofKind('func'),
    count: named('count'),
    sig: ofKind('sig'),
    condition: named('condition'),
    isPoll: ofKind('cost') >= 0,
    isCall: flow === 'call',
    isReturn: flow === 'return',
    isJump: flow === 'jump',
    isBranch: flow === 'branch',
    raises: traps,
    asserts: flow === 'next' && ofKind('trap') >= 0,
    compares: isComparison(op),
    inverted: op.name.endsWith('.z'),
    checkedForm: CHECKED_FORMS.find((form) => form.op === op.name) ?? null,
    uses: roles('use', 'update'),
    defs: roles('def', 'update'),
  };
}

const known: Shape[] = [];

/** By number of the opcode; found when first asked for. */
export function shapeOf(number: number): Shape {
  return (known[number] ??= makeShape(opcodeByNumber(number)));
}
