/**
 * Calls and returns. A callee's window begins at slot `window` of the caller's, where its operands stand; the three slots below are
 * its header (`FRAME` in runtime/layout.ts). A result comes back in the first slot of the window.
 *
 *     caller's window   … locals …  | header (3 slots) | arg 0 | arg 1 | …
 *                                                      ^ window of the callee
 *
 * A frame knows how deep it is nested. `deeper` says how much deeper a callee is: by 1, and by the inlined calls that the call stands in.
 *
 * An adapter is the boxed entry of a function value (its own boxed entry): it is entered by `call.boxed` only and does not count as a nested call, so
 * that `deeper` of `call.boxed` is 0 unless the call is inlined.
 */
import { effectOp, type OpcodeGroup, type Traits } from '../opcode.ts';
import { def, imm, use, useWord, window } from '../operand.ts';

const calling: Traits = { traps: true, safepoint: 'call', flow: 'call' };
const builtIn: Traits = { traps: true, safepoint: 'rt', flow: 'next' };
const returning: Traits = { traps: false, safepoint: 'none', flow: 'return' };

const all: OpcodeGroup = () => [
  effectOp({
    name: 'call',
    doc: 'calls a function without captures',
    operands: { func: imm('func'), info: imm('info'), deeper: imm('count', 'u8'), window: window() },
    traits: calling,
    place: 'hot',
    emit: (w, s) => w.call(s.func, s.info, s.window, s.deeper, null),
  }),
  effectOp({
    name: 'call.env',
    doc: 'calls the function whose function value is running, from its adapter',
    operands: { func: imm('func'), info: imm('info'), deeper: imm('count', 'u8'), window: window() },
    traits: calling,
    place: 'inline',
    ir: ['call'],
    emit: (w, s) => w.call(s.func, s.info, s.window, s.deeper, w.closure()),
  }),
  effectOp({
    name: 'call.closure',
    doc: 'calls the typed entry of a function value, which has exactly the signature',
    operands: { closure: use('ref'), window: window(), sig: imm('sig'), deeper: imm('count') },
    traits: calling,
    place: 'hot',
    emit: (w, s) => w.callClosure(s.closure, s.window, s.deeper),
  }),
  effectOp({
    name: 'call.boxed',
    doc: 'calls the boxed entry of a function value with `count` any words, which gives an any word; arity traps',
    operands: { closure: use('ref'), window: window(), count: imm('count'), deeper: imm('count') },
    // the error of a wrong number of operands is made here
    traits: { ...calling, safepoint: 'both' },
    place: 'inline',
    emit: (w, s) => w.callBoxed(s.closure, s.window, s.count, s.deeper),
  }),
  effectOp({
    name: 'depth.check',
    doc: 'the check of an inlined call: raises stackOverflow unless calls may nest `deeper` more than this frame',
    operands: { deeper: imm('count', 'u16') },
    traits: { traps: true, safepoint: 'none', flow: 'next' },
    emit: (w, s) => w.checkDepth(s.deeper),
  }),
  effectOp({
    name: 'ret',
    doc: 'returns src',
    operands: { src: use('slot') },
    traits: returning,
    place: 'hot',
    ir: [],
    emit: (w, s) => w.return(s.src),
  }),
  effectOp({
    name: 'ret.void',
    doc: 'returns nothing',
    operands: {},
    traits: returning,
    ir: [],
    emit: (w) => w.return(null),
  }),
  effectOp({
    name: 'tier.enter',
    doc: "stands before a function's code: runs its machine code and returns for it; only the machine writes it",
    operands: { entry: imm('i32') },
    traits: { traps: true, safepoint: 'none', flow: 'return' },
    place: 'outside',
    ir: [],
    emit: (w, s) => w.enterMachineCode(s.entry),
  }),
  effectOp({
    name: 'rt',
    doc: 'a built-in without result, without operands or with more than three; they stand from slot `window` on, its result comes there',
    operands: { builtin: imm('builtin', 'u8'), window: window() },
    traits: builtIn,
    place: 'hot',
    emit: (w, s) => w.runtime(s.builtin, s.window),
  }),
  effectOp({
    name: 'rt.1',
    doc: 'dst := a built-in of one slot; its row says of what kinds, here and below',
    operands: { builtin: imm('builtin'), dst: def('slot'), a: use('slot') },
    traits: builtIn,
    place: 'hot',
    ir: [],
    emit: (w, s) => w.runtimeOn(s.builtin, [s.a]),
  }),
  effectOp({
    name: 'rt.2',
    doc: 'dst := a built-in of two slots',
    operands: { builtin: imm('builtin'), dst: def('slot'), a: use('slot'), b: use('slot') },
    traits: builtIn,
    place: 'hot',
    ir: [],
    emit: (w, s) => w.runtimeOn(s.builtin, [s.a, s.b]),
  }),
  effectOp({
    name: 'rt.3',
    doc: 'dst := a built-in of three slots',
    operands: { builtin: imm('builtin'), dst: def('slot'), a: use('slot'), b: use('slot'), c: useWord('slot') },
    traits: builtIn,
    ir: [],
    emit: (w, s) => w.runtimeOn(s.builtin, [s.a, s.b, s.c]),
  }),
];

export const calls: readonly OpcodeGroup[] = [all];
