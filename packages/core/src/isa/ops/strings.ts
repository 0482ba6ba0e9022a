/**
 * Strings: single bytes and short comparisons in place, whatever needs more work in the runtime core.
 *
 * A fast path takes flat strings, and only so short ones that the built-in would charge nothing for them.
 */
import { HEADER, LAYOUT, STRING_HEADER, VM_REGS } from '../../runtime/layout.ts';
import type { I32, I64 } from '../../wasm/code-writer.ts';
import type { Emitter } from '../emitter.ts';
import { stopping, valueOp, type OpcodeGroup } from '../opcode.ts';
import { def, use } from '../operand.ts';

/** Longer ones cost fuel to compare. */
const FREE_BYTES = 15;

export const isFlat = (w: Emitter, string: I32): I32 =>
  w.i32.eq(w.load8(string, HEADER.layout), w.i32.const(LAYOUT.string));

const bothFlat = (w: Emitter, a: I32, b: I32): I32 => w.i32.and(isFlat(w, a), isFlat(w, b));

export const lengthOf = (w: Emitter, string: I32): I32 => w.load32(string, HEADER.aux);

/** What is made of a byte, where it can be read in place; else what the built-in gives. */
function atByte(w: Emitter, builtin: 'str.index' | 'str.byte', src: I32, index: I64, made: (byte: I32) => I32): I32 {
  const string = w.let('i32', src);
  const at = w.let('i64', index);
  return w.choose(
    'i32',
    w.hasByte(string, at),
    () => made(w.load8(w.i32.add(w.bytes(string), w.i32.wrap(at)), STRING_HEADER)),
    () => w.rarely(() => w.builtin<'i32'>(builtin, [string, at])),
  );
}

/** Equality of strings that are one object, of different length, or flat and short. */
export function equalStrings(w: Emitter, a: I32, b: I32, misses: (condition: I32) => void): I32 {
  return w.choose(
    'i32',
    w.i32.eq(a, b),
    () => w.i32.const(1),
    () => {
      const length = w.let('i32', lengthOf(w, a));
      return w.choose(
        'i32',
        w.i32.ne(length, lengthOf(w, b)),
        () => w.i32.const(0),
        () => {
          // One to four bytes lie in the word behind the header.
          const short = w.i32.ltU(w.i32.sub(length, w.i32.const(1)), w.i32.const(4));
          misses(w.i32.eqz(w.i32.and(short, bothFlat(w, a, b))));
          const differ = w.i32.xor(w.load32(a, STRING_HEADER), w.load32(b, STRING_HEADER));
          const beyond = w.i32.sub(w.i32.const(32), w.i32.shl(length, w.i32.const(3)));
          return w.i32.eqz(w.i32.shl(differ, beyond));
        },
      );
    },
  );
}

const twoStrings = { dst: def('i32'), lhs: use('ref'), rhs: use('ref') } as const;

const all: OpcodeGroup = () => [
  valueOp({
    name: 'str.index',
    doc: 'dst := the string of one byte of src',
    operands: { dst: def('ref'), src: use('ref'), index: use('i64') },
    traits: stopping,
    ir: ['rt:str.index'],
    emit: (w, { src, index }) =>
      atByte(w, 'str.index', src, index, (byte) =>
        w.load32(w.i32.add(w.load32(w.i32.const(VM_REGS.BYTE_STRINGS)), w.i32.shl(byte, w.i32.const(2)))),
      ),
  }),
  valueOp({
    name: 'str.byte',
    doc: 'dst := the byte at an offset of src',
    operands: { dst: def('i32'), src: use('ref'), index: use('i64') },
    traits: stopping,
    ir: ['rt:str.byte'],
    emit: (w, { src, index }) => atByte(w, 'str.byte', src, index, (byte) => byte),
  }),
  valueOp({
    name: 'str.eq',
    doc: 'dst := whether lhs and rhs have the same bytes',
    operands: twoStrings,
    traits: stopping,
    ir: ['rt:str.eq'],
    emit: (w, { lhs, rhs }) => {
      const a = w.let('i32', lhs);
      const b = w.let('i32', rhs);
      return w.unless(
        'i32',
        (misses) => equalStrings(w, a, b, misses),
        () => w.builtin<'i32'>('str.eq', [a, b]),
      );
    },
  }),
  valueOp({
    name: 'str.cmp',
    doc: 'dst := -1, 0 or 1 as lhs stands before rhs in byte order, is the same, or stands behind it',
    operands: twoStrings,
    traits: stopping,
    ir: ['rt:str.cmp'],
    emit: (w, { lhs, rhs }) => {
      const a = w.let('i32', lhs);
      const b = w.let('i32', rhs);
      const slow = (): I32 => w.builtin<'i32'>('str.cmp', [a, b]);
      const lengthA = w.let('i32', lengthOf(w, a));
      const lengthB = w.let('i32', lengthOf(w, b));
      const short = (length: I32): I32 => w.i32.ltU(w.i32.sub(length, w.i32.const(1)), w.i32.const(FREE_BYTES));
      return w.unless(
        'i32',
        (misses) => {
          misses(w.i32.eqz(w.i32.and(w.i32.and(short(lengthA), short(lengthB)), bothFlat(w, a, b))));
          const byteA = w.let('i32', w.load8(a, STRING_HEADER));
          const byteB = w.let('i32', w.load8(b, STRING_HEADER));
          return w.choose(
            'i32',
            w.i32.ne(byteA, byteB),
            () => w.select(w.i32.ltU(byteA, byteB), w.i32.const(-1), w.i32.const(1)),
            () => {
              misses(w.i32.ne(w.i32.or(lengthA, lengthB), w.i32.const(1)));
              return w.i32.const(0);
            },
          );
        },
        slow,
      );
    },
  }),
];

export const strings: readonly OpcodeGroup[] = [all];
