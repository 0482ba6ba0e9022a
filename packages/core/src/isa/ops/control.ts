/**
 * Jumps, branches fused with their comparison, polls, and loop forms, which are a poll and a backward branch in one.
 *
 * A branch goes to `target` if its condition holds. What is missing follows by exchanging operands (a > b is b < a, not a < b is b <= a for
 * integers) or by the neighbouring constant (a <= 5 is a < 6). Loop forms first take their cost or stop before themselves; then they
 * are the branch of the same name.
 */
import type { F64, I32, I64 } from '../../wasm/code-writer.ts';
import type { Emitter } from '../emitter.ts';
import type { Target } from '../operand.ts';
import { branching, effectOp, looping, type OpcodeDef, type OpcodeGroup, type Placement } from '../opcode.ts';
import { imm, update, use } from '../operand.ts';

const target = imm('target');
const cost = imm('cost');

/** Orders of integers by the name that stands in opcodes. */
const TESTS = {
  eq: 'eq',
  ne: 'ne',
  lt_s: 'ltS',
  le_s: 'leS',
  gt_s: 'gtS',
  ge_s: 'geS',
  lt_u: 'ltU',
  le_u: 'leU',
} as const;
type Test = keyof typeof TESTS;

const SYMBOLS: Readonly<Record<Test, string>> = {
  eq: '==',
  ne: '!=',
  lt_s: '<',
  le_s: '<=',
  gt_s: '>',
  ge_s: '>=',
  lt_u: '< (unsigned)',
  le_u: '<= (unsigned)',
};

const test32 = (w: Emitter, test: Test, a: I32, b: I32): I32 => w.i32[TESTS[test]](a, b);
const test64 = (w: Emitter, test: Test, a: I64, b: I64): I32 => w.i64[TESTS[test]](a, b);

function branch32(name: `br.${Test}.i32`, test: Test, place: Placement): OpcodeDef {
  return effectOp({
    name,
    doc: `goes to target if lhs ${SYMBOLS[test]} rhs`,
    operands: { lhs: use('i32'), rhs: use('i32'), target },
    traits: branching,
    place,
    ir: [],
    emit: (w, s) => w.branchIf(test32(w, test, s.lhs, s.rhs), s.target),
  });
}

function branch64(name: `br.${Test}.i64`, test: Test, place: Placement): OpcodeDef {
  return effectOp({
    name,
    doc: `goes to target if lhs ${SYMBOLS[test]} rhs`,
    operands: { lhs: use('i64'), rhs: use('i64'), target },
    traits: branching,
    place,
    ir: [],
    emit: (w, s) => w.branchIf(test64(w, test, s.lhs, s.rhs), s.target),
  });
}

function branch32Imm(name: `br.${Test}.i32.imm`, test: Test, place: Placement): OpcodeDef {
  return effectOp({
    name,
    doc: `goes to target if lhs ${SYMBOLS[test]} a small constant`,
    operands: { lhs: use('i32'), rhs: imm('i32', 's16'), target },
    traits: branching,
    place,
    ir: [],
    emit: (w, s) => w.branchIf(test32(w, test, s.lhs, s.rhs), s.target),
  });
}

function branch64Imm(name: `br.${Test}.i64.imm`, test: Test, place: Placement): OpcodeDef {
  return effectOp({
    name,
    doc: `goes to target if lhs ${SYMBOLS[test]} a small constant`,
    operands: { lhs: use('i64'), rhs: imm('i64', 's16'), target },
    traits: branching,
    place,
    ir: [],
    emit: (w, s) => w.branchIf(test64(w, test, s.lhs, s.rhs), s.target),
  });
}

function branchF64(
  name: `br.${string}.f64`,
  doc: string,
  place: Placement,
  test: (w: Emitter, a: F64, b: F64) => I32,
): OpcodeDef {
  return effectOp({
    name,
    doc: `goes to target if ${doc}`,
    operands: { lhs: use('f64'), rhs: use('f64'), target },
    traits: branching,
    place,
    ir: [],
    emit: (w, s) => w.branchIf(test(w, s.lhs, s.rhs), s.target),
  });
}

const branches: OpcodeGroup = () => [
  effectOp({
    name: 'jump',
    doc: 'goes to target, which is not backward (backward jumps poll: loop)',
    operands: { target },
    traits: { traps: false, safepoint: 'none', flow: 'jump' },
    place: 'hot',
    ir: [],
    emit: (w, s) => w.jump(s.target),
  }),
  effectOp({
    name: 'br.nz',
    doc: 'goes to target if the condition is not 0',
    operands: { condition: use('i32'), target },
    traits: branching,
    place: 'hot',
    ir: [],
    emit: (w, s) => w.branchIf(s.condition, s.target),
  }),
  effectOp({
    name: 'br.z',
    doc: 'goes to target if the condition is 0',
    operands: { condition: use('i32'), target },
    traits: branching,
    place: 'hot',
    ir: [],
    emit: (w, s) => w.branchIf(w.i32.eqz(s.condition), s.target),
  }),
];

const branches32: OpcodeGroup = () => [
  branch32('br.eq.i32', 'eq', 'inline'),
  branch32('br.ne.i32', 'ne', 'inline'),
  branch32('br.lt_s.i32', 'lt_s', 'inline'),
  branch32('br.le_s.i32', 'le_s', 'inline'),
  branch32('br.lt_u.i32', 'lt_u', 'outside'),
  branch32('br.le_u.i32', 'le_u', 'outside'),
];

const branches64: OpcodeGroup = () => [
  branch64('br.eq.i64', 'eq', 'inline'),
  branch64('br.ne.i64', 'ne', 'inline'),
  branch64('br.lt_s.i64', 'lt_s', 'hot'),
  branch64('br.le_s.i64', 'le_s', 'hot'),
  branch64('br.lt_u.i64', 'lt_u', 'outside'),
  branch64('br.le_u.i64', 'le_u', 'outside'),
];

const branches32Imm: OpcodeGroup = () => [
  branch32Imm('br.eq.i32.imm', 'eq', 'inline'),
  branch32Imm('br.ne.i32.imm', 'ne', 'inline'),
  branch32Imm('br.lt_s.i32.imm', 'lt_s', 'inline'),
  branch32Imm('br.ge_s.i32.imm', 'ge_s', 'inline'),
];

const branches64Imm: OpcodeGroup = () => [
  branch64Imm('br.eq.i64.imm', 'eq', 'hot'),
  branch64Imm('br.ne.i64.imm', 'ne', 'hot'),
  branch64Imm('br.lt_s.i64.imm', 'lt_s', 'hot'),
  branch64Imm('br.ge_s.i64.imm', 'ge_s', 'hot'),
];

const branchesF64: OpcodeGroup = () => [
  branchF64('br.eq.f64', 'lhs == rhs', 'inline', (w, a, b) => w.f64.eq(a, b)),
  branchF64('br.ne.f64', 'not lhs == rhs', 'inline', (w, a, b) => w.f64.ne(a, b)),
  branchF64('br.lt.f64', 'lhs < rhs', 'hot', (w, a, b) => w.f64.lt(a, b)),
  branchF64('br.le.f64', 'lhs <= rhs', 'inline', (w, a, b) => w.f64.le(a, b)),
  branchF64('br.nlt.f64', 'not lhs < rhs', 'inline', (w, a, b) => w.i32.eqz(w.f64.lt(a, b))),
  branchF64('br.nle.f64', 'not lhs <= rhs', 'inline', (w, a, b) => w.i32.eqz(w.f64.le(a, b))),
];

function loop32(name: `loop.${Test}.i32`, test: Test, place: Placement): OpcodeDef {
  return effectOp({
    name,
    doc: `polls, then goes to target if lhs ${SYMBOLS[test]} rhs`,
    operands: { lhs: use('i32'), rhs: use('i32'), target, cost },
    traits: looping,
    place,
    ir: [],
    emit: (w, s) => {
      w.poll(s.cost);
      w.branchIf(test32(w, test, s.lhs, s.rhs), s.target);
    },
  });
}

function loop64(name: `loop.${Test}.i64`, test: Test, place: Placement): OpcodeDef {
  return effectOp({
    name,
    doc: `polls, then goes to target if lhs ${SYMBOLS[test]} rhs`,
    operands: { lhs: use('i64'), rhs: use('i64'), target, cost },
    traits: looping,
    place,
    ir: [],
    emit: (w, s) => {
      w.poll(s.cost);
      w.branchIf(test64(w, test, s.lhs, s.rhs), s.target);
    },
  });
}

function loop32Imm(name: `loop.${Test}.i32.imm`, test: Test): OpcodeDef {
  return effectOp({
    name,
    doc: `polls, then goes to target if lhs ${SYMBOLS[test]} a small constant`,
    operands: { lhs: use('i32'), rhs: imm('i32', 's16'), target, cost },
    traits: looping,
    ir: [],
    emit: (w, s) => {
      w.poll(s.cost);
      w.branchIf(test32(w, test, s.lhs, s.rhs), s.target);
    },
  });
}

function loop64Imm(name: `loop.${Test}.i64.imm`, test: Test, place: Placement): OpcodeDef {
  return effectOp({
    name,
    doc: `polls, then goes to target if lhs ${SYMBOLS[test]} a small constant`,
    operands: { lhs: use('i64'), rhs: imm('i64', 's16'), target, cost },
    traits: looping,
    place,
    ir: [],
    emit: (w, s) => {
      w.poll(s.cost);
      w.branchIf(test64(w, test, s.lhs, s.rhs), s.target);
    },
  });
}

function count32(name: `loop.add.${Test}.i32`, test: Test, place: Placement): OpcodeDef {
  return effectOp({
    name,
    doc: `polls; counter := counter + step, wrapping; goes to target if counter ${SYMBOLS[test]} limit`,
    operands: { counter: update('i32'), limit: use('i32'), step: imm('i32', 's8'), target, cost },
    traits: looping,
    place,
    ir: [],
    emit: (w, s) => {
      w.poll(s.cost);
      const next = w.let('i32', w.i32.add(s.counter, s.step));
      w.result(next);
      w.branchIf(test32(w, test, next, s.limit), s.target);
    },
  });
}

function count64(name: `loop.add.${Test}.i64`, test: Test, place: Placement): OpcodeDef {
  return effectOp({
    name,
    doc: `polls; counter := counter + step, wrapping; goes to target if counter ${SYMBOLS[test]} limit`,
    operands: { counter: update('i64'), limit: use('i64'), step: imm('i64', 's8'), target, cost },
    traits: looping,
    place,
    ir: [],
    emit: (w, s) => {
      w.poll(s.cost);
      const next = w.let('i64', w.i64.add(s.counter, s.step));
      w.result(next);
      w.branchIf(test64(w, test, next, s.limit), s.target);
    },
  });
}

type Way = 'upto' | 'downto';

const WAYS = { upto: 'ltS', downto: 'gtS' } as const;
const wayDoc = (way: Way): string =>
  `polls; counter := counter + step, wrapping; goes to target if counter was ${way === 'upto' ? '<' : '>'} limit`;

function range32(name: `loop.${Way}.i32`, way: Way): OpcodeDef {
  return effectOp({
    name,
    doc: wayDoc(way),
    operands: { counter: update('i32'), limit: use('i32'), step: imm('i32', 's8'), target, cost },
    traits: looping,
    ir: [],
    emit: (w, s) => {
      w.poll(s.cost);
      const counter = w.let('i32', s.counter);
      const more = w.let('i32', w.i32[WAYS[way]](counter, s.limit));
      w.result(w.i32.add(counter, s.step));
      w.branchIf(more, s.target);
    },
  });
}

function range64(name: `loop.${Way}.i64`, way: Way): OpcodeDef {
  return effectOp({
    name,
    doc: wayDoc(way),
    operands: { counter: update('i64'), limit: use('i64'), step: imm('i64', 's8'), target, cost },
    traits: looping,
    place: 'hot',
    ir: [],
    emit: (w, s) => rangeStep(w, way, s),
  });
}

function range64By(name: `loop.${Way}.by.i64`, way: Way): OpcodeDef {
  return effectOp({
    name,
    doc: wayDoc(way),
    operands: { counter: update('i64'), limit: use('i64'), step: use('i64'), target, cost },
    traits: looping,
    place: way === 'upto' ? 'hot' : 'inline',
    ir: [],
    emit: (w, s) => rangeStep(w, way, s),
  });
}

function rangeStep(w: Emitter, way: Way, s: { counter: I64; limit: I64; step: I64; target: Target; cost: I64 }): void {
  w.poll(s.cost);
  const counter = w.let('i64', s.counter);
  const more = w.let('i32', w.i64[WAYS[way]](counter, s.limit));
  w.result(w.i64.add(counter, s.step));
  w.branchIf(more, s.target);
}

const loops: OpcodeGroup = () => [
  effectOp({
    name: 'poll',
    doc: 'takes fuel, or stops before itself',
    operands: { cost },
    traits: { traps: false, safepoint: 'self', flow: 'next' },
    place: 'hot',
    emit: (w, s) => w.poll(s.cost),
  }),
  effectOp({
    name: 'loop',
    doc: 'polls, then goes to target',
    operands: { target, cost },
    traits: { traps: false, safepoint: 'self', flow: 'jump' },
    place: 'hot',
    ir: [],
    emit: (w, s) => {
      w.poll(s.cost);
      w.jump(s.target);
    },
  }),
  effectOp({
    name: 'loop.nz',
    doc: 'polls, then goes to target if the condition is not 0',
    operands: { condition: use('i32'), target, cost },
    traits: looping,
    ir: [],
    emit: (w, s) => {
      w.poll(s.cost);
      w.branchIf(s.condition, s.target);
    },
  }),
];

const tests: OpcodeGroup = () => [
  loop32('loop.lt_s.i32', 'lt_s', 'inline'),
  loop64('loop.lt_s.i64', 'lt_s', 'hot'),
  loop64('loop.le_s.i64', 'le_s', 'inline'),
  loop32Imm('loop.lt_s.i32.imm', 'lt_s'),
  loop64Imm('loop.ne.i64.imm', 'ne', 'inline'),
  loop64Imm('loop.lt_s.i64.imm', 'lt_s', 'hot'),
  loop64Imm('loop.ge_s.i64.imm', 'ge_s', 'inline'),
];

const counts: OpcodeGroup = () => [
  count32('loop.add.lt_s.i32', 'lt_s', 'inline'),
  count64('loop.add.lt_s.i64', 'lt_s', 'hot'),
  count64('loop.add.le_s.i64', 'le_s', 'inline'),
  count64('loop.add.gt_s.i64', 'gt_s', 'inline'),
  count64('loop.add.ge_s.i64', 'ge_s', 'inline'),
];

const ranges: OpcodeGroup = () => [
  range32('loop.upto.i32', 'upto'),
  range32('loop.downto.i32', 'downto'),
  range64('loop.upto.i64', 'upto'),
  range64('loop.downto.i64', 'downto'),
  range64By('loop.upto.by.i64', 'upto'),
  range64By('loop.downto.by.i64', 'downto'),
];

const traps: OpcodeGroup = () => [
  effectOp({
    name: 'trap',
    doc: 'raises an error with a fixed message',
    operands: { trap: imm('trap', 'u16') },
    traits: { traps: true, safepoint: 'none', flow: 'stop' },
    ir: [],
    place: 'outside',
    emit: (w, s) => w.trap(s.trap),
  }),
  effectOp({
    name: 'trap.if',
    doc: 'raises an error with a fixed message if the condition is not 0',
    operands: { condition: use('i32'), trap: imm('trap', 'u16') },
    traits: { traps: true, safepoint: 'none', flow: 'next' },
    emit: (w, s) => w.if(s.condition, () => w.trap(s.trap)),
  }),
];

export const control: readonly OpcodeGroup[] = [
  branches,
  branches32,
  branches64,
  branches32Imm,
  branches64Imm,
  branchesF64,
  loops,
  tests,
  counts,
  ranges,
  traps,
];
