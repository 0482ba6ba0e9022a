// Equality: the table of 7.3, its modern rows 9 and 10, and the strict comparison of `assert_eq`.
//
// Nested data is compared with an explicit stack of pairs of containers of one shape. A pair met before counts as
// equal: if it is not, the comparison under way there finds out. So the work is bounded by the number of distinct
// pairs, and cycles end. Nesting beyond the depth limit raises `stackOverflow`. Work: one unit a part,
// and the bytes of strings.
//
//     stack entry   0 u32 left   4 u32 right   8 u32 next part   12 u32 number of parts, bit 31: below a struct
//     set of pairs  open addressing, 8 bytes a pair, zero for none; a linear list while there are few
import { trap } from './errors';
import { compareNumbers } from './any';
import { inRange, nearestDouble } from './cast';
import {
  ARRAY_BUFFER, ARRAY_ELEMENT, ARRAY_LENGTH, BUFFER_HEADER, CODE_BOOL, CODE_F64, CODE_NIL, CODE_STRING, CODE_UNDECIDED,
  LAYOUT_ARRAY, LAYOUT_ENUM, LAYOUT_STRUCT, R_DEPTH_LIMIT, TRAP_STACK_OVERFLOW,
} from './layout';
import { bitsOf, codeOf, elementShift, isIntegerCode, isNumberCode, layoutOf } from './objects';
import { doubled, partBits, partCode, partCount, temporary } from './parts';
import { stringBytes, textLength } from './strings';
import { commonBytes, commonDoubles } from './vectors';
import { bytesCost, reg } from './vm';
import { beginWork, endWork, work } from './work';

/** Rules, as bits. */
const DEEP: u32 = 1;
const STRICT: u32 = 2;
const TRUTHINESS: u32 = 4;
const NIL_EQUAL: u32 = 8;
/**
 * The left or right side is written with literals that take the type of their counterpart; the fields of a struct
 * are no part of that.
 */
const ADAPT_LEFT: u32 = 16;
const ADAPT_RIGHT: u32 = 32;

/** Answers of `compare`. */
const DIFFERENT: u32 = 0;
const SAME: u32 = 1;
const PARTS: u32 = 2;

const ENTRY: u32 = 16;
const FIRST_STACK: u32 = 32 * ENTRY;
const BELOW_STRUCT: u32 = 0x80000000;
/** Pairs in a list that is searched from end to end; more of them go into a hash table of this many and more. */
const FEW: u32 = 8;
const FIRST_TABLE: u32 = 64;

/** `left == right` by style. */
export function equal_any(left: u64, right: u64, style: u32): u32 {
  beginWork();
  const answer = equalBy(left, right, style == 0 ? TRUTHINESS : DEEP | NIL_EQUAL);
  endWork();
  return answer;
}

/** Equality as `assert_eq` understands it, between `beginWork` and `endWork`; adapt: 0 none, 1 left, 2 right. */
export function equalStrictly(left: u64, right: u64, style: u32, adapt: u32): u32 {
  return equalBy(left, right, DEEP | STRICT | (style == 0 ? 0 : NIL_EQUAL) | (adapt << 4));
}

function equalBy(left: u64, right: u64, rules: u32): u32 {
  const a = codeOf(left);
  const b = codeOf(right);
  const answer = compare(a, bitsOf(left, a), b, bitsOf(right, b), rules);
  return answer == PARTS ? equalContainers(<u32>left, <u32>right, rules) : answer;
}

/** The answer where it does not depend on parts. */
function compare(a: u32, x: i64, b: u32, y: i64, rules: u32): u32 {
  if (isNumberCode(a) && isNumberCode(b)) {
    if (a != b && (rules & STRICT) != 0) return <u32>adapted(a, x, b, y, rules);
    return <u32>(compareNumbers(x, a, y, b) == 0);
  }
  if ((rules & TRUTHINESS) != 0) {
    if (a == CODE_BOOL && isIntegerCode(b)) return <u32>(x == <i64>(y != 0));
    if (b == CODE_BOOL && isIntegerCode(a)) return <u32>(y == <i64>(x != 0));
  }
  if (a != b) return DIFFERENT;
  if (a == CODE_BOOL) return <u32>(x == y);
  if (a == CODE_NIL) return <u32>((rules & NIL_EQUAL) != 0);
  if (a == CODE_STRING) return sameStrings(<u32>x, <u32>y);
  const layout = layoutOf(<u32>x);
  if (layout == LAYOUT_ENUM) return PARTS;
  if ((rules & DEEP) != 0 && (layout == LAYOUT_ARRAY || layout == LAYOUT_STRUCT)) return PARTS;
  return <u32>(x == y);
}

/**
 * `str_eq` whose bytes count as work, because the comparison may have to start again; 0 with PENDING set if they
 * cannot be paid.
 */
function sameStrings(left: u32, right: u32): u32 {
  if (left == right) return 1;
  const length = textLength(left);
  if (length != textLength(right)) return 0;
  const a = stringBytes(left);
  if (a == 0) return 0;
  const b = stringBytes(right);
  if (b == 0 || !work(<u32>bytesCost(length))) return 0;
  return <u32>(commonBytes(a, b, length) == length);
}

/** Numbers of different types under strict rules: equal only if a literal among them takes the other's type. */
function adapted(a: u32, x: i64, b: u32, y: i64, rules: u32): bool {
  if ((rules & ADAPT_LEFT) != 0 && isIntegerCode(a)) return literalEquals(a, x, b, y);
  if ((rules & ADAPT_RIGHT) != 0 && isIntegerCode(b)) return literalEquals(b, y, a, x);
  return false;
}

function literalEquals(from: u32, literal: i64, to: u32, bits: i64): bool {
  if (to == CODE_F64) return nearestDouble(literal, from) == reinterpret<f64>(bits);
  return inRange(literal, from, to) && literal == bits;
}

/** Whether two containers of one type have one shape; then their parts decide. */
function sameShape(left: u32, right: u32): bool {
  if (layoutOf(left) == LAYOUT_ENUM) return load<u32>(left, 4) == load<u32>(right, 4);
  return partCount(left) == partCount(right);
}

/** The kind of the elements of two arrays if they are numbers or bools of one type, which are compared by the vector; else undecided. */
function sharedElements(left: u32, right: u32): u32 {
  if (layoutOf(left) != LAYOUT_ARRAY) return CODE_UNDECIDED;
  const code = load<u32>(left, ARRAY_ELEMENT);
  if (code != load<u32>(right, ARRAY_ELEMENT)) return CODE_UNDECIDED;
  return isNumberCode(code) || code == CODE_BOOL ? code : CODE_UNDECIDED;
}

/** Compares arrays of one length, whose elements are numbers or bools of one type: a unit for each up to the first that differs. */
function equalElements(left: u32, right: u32, code: u32): u32 {
  const length = load<u32>(left, ARRAY_LENGTH);
  if (length == 0) return SAME;
  const a = load<u32>(left, ARRAY_BUFFER) + BUFFER_HEADER;
  const b = load<u32>(right, ARRAY_BUFFER) + BUFFER_HEADER;
  const shift = elementShift(code);
  const same = code == CODE_F64 ? commonDoubles(a, b, length) : commonBytes(a, b, length << shift) >> shift;
  if (!work(same < length ? same + 1 : length)) return 0;
  return <u32>(same == length);
}

function equalContainers(left: u32, right: u32, rules: u32): u32 {
  const limit = reg(R_DEPTH_LIMIT);
  let stack: u32 = 0;
  let depth: u32 = 0;
  let pairs: u32 = 0;
  let pairCount: u32 = 0;
  let a = left;
  let b = right;
  let below: u32 = 0;
  while (true) {
    // Open the pair a, b.
    if (!sameShape(a, b)) return DIFFERENT;
    const pair = <u64>a | (<u64>b << 32);
    if (!hasPair(pairs, pairCount, pair)) {
      if (depth >= limit) {
        trap(TRAP_STACK_OVERFLOW);
        return 0;
      }
      const elements = sharedElements(a, b);
      if (elements != CODE_UNDECIDED && depth == 0) return equalElements(a, b, elements);
      pairs = addPair(pairs, pairCount, pair);
      if (pairs == 0) return 0;
      pairCount++;
      if (elements != CODE_UNDECIDED) {
        if (!equalElements(a, b, elements)) return 0;
      } else {
        if (stack == 0) stack = temporary(FIRST_STACK);
        else if ((depth + 1) * ENTRY > load<u32>(stack, 4)) stack = doubled(stack);
        if (stack == 0) return 0;
        const entry = stack + BUFFER_HEADER + depth * ENTRY;
        store<u32>(entry, a);
        store<u32>(entry, b, 4);
        store<u32>(entry, 0, 8);
        if (layoutOf(a) == LAYOUT_STRUCT) below = BELOW_STRUCT;
        store<u32>(entry, partCount(a) | below, 12);
        depth++;
      }
    }
    // Go on to the next pair of containers.
    while (true) {
      if (depth == 0) return SAME;
      const entry = stack + BUFFER_HEADER + (depth - 1) * ENTRY;
      const next = load<u32>(entry, 8);
      const parts = load<u32>(entry, 12);
      below = parts & BELOW_STRUCT;
      if (next == (parts & ~BELOW_STRUCT)) {
        depth--;
        continue;
      }
      store<u32>(entry, next + 1, 8);
      if (!work(1)) return 0;
      const x = load<u32>(entry);
      const y = load<u32>(entry, 4);
      const xBits = partBits(x, next);
      const yBits = partBits(y, next);
      const here = below != 0 ? rules & ~(ADAPT_LEFT | ADAPT_RIGHT) : rules;
      const answer = compare(partCode(x, next), xBits, partCode(y, next), yBits, here);
      if (answer == PARTS) {
        a = <u32>xBits;
        b = <u32>yBits;
        break;
      }
      if (answer == DIFFERENT) return DIFFERENT;
    }
  }
}

// --- pairs met ------------------------------------------------------------------------------------------------------

// @ts-ignore: decorator
@inline
function hashOf(pair: u64): u32 {
  return <u32>((pair * 0x9e3779b97f4a7c15) >> 32);
}

function hasPair(pairs: u32, count: u32, pair: u64): bool {
  if (count == 0) return false;
  const base = pairs + BUFFER_HEADER;
  if (count <= FEW) {
    for (let i: u32 = 0; i < count; i++) if (load<u64>(base + (i << 3)) == pair) return true;
    return false;
  }
  const mask = (load<u32>(pairs, 4) >> 3) - 1;
  let at = hashOf(pair) & mask;
  while (true) {
    const found = load<u64>(base + (at << 3));
    if (found == pair) return true;
    if (found == 0) return false;
    at = (at + 1) & mask;
  }
}

/** The set with one more pair, of which it holds `count` now; 0 with PENDING set if there is no room for it. */
function addPair(pairs: u32, count: u32, pair: u64): u32 {
  if (count < FEW) {
    const list = pairs != 0 ? pairs : temporary(FEW << 3);
    if (list != 0) store<u64>(list + BUFFER_HEADER + (count << 3), pair);
    return list;
  }
  const slots = load<u32>(pairs, 4) >> 3;
  if (count != FEW && count << 1 < slots) {
    insertPair(pairs, pair);
    return pairs;
  }
  const size = count == FEW ? FIRST_TABLE : slots << 1;
  const table = temporary(<u64>size << 3);
  if (table == 0) return 0;
  memory.fill(table + BUFFER_HEADER, 0, size << 3);
  for (let i: u32 = 0; i < slots; i++) {
    const old = load<u64>(pairs + BUFFER_HEADER + (i << 3));
    if (old != 0) insertPair(table, old);
  }
  insertPair(table, pair);
  return table;
}

function insertPair(table: u32, pair: u64): void {
  const mask = (load<u32>(table, 4) >> 3) - 1;
  let at = hashOf(pair) & mask;
  while (load<u64>(table + BUFFER_HEADER + (at << 3)) != 0) at = (at + 1) & mask;
  store<u64>(table + BUFFER_HEADER + (at << 3), pair);
}
