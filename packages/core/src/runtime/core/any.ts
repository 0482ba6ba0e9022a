// Operations on any words that depend on the values at hand: arithmetic, order, logic, members, lengths and elements.
// Equality is in equal.ts, casts are in cast.ts.
import { array_get_any, array_repeat, array_set_any, array_slice, arrayLength } from './arrays';
import { convert_any } from './cast';
import { raiseExpected, raiseFound, raiseTemplate, trap } from './errors';
import { barrier } from './gc';
import {
  CODE_ANY, CODE_ARRAY, CODE_BOOL, CODE_F64, CODE_FUNC, CODE_I32, CODE_I64, CODE_STRING, CODE_U32, CODE_U64,
  ERROR_TYPE, FIELD_ARITY, FIELD_CODE, FIELD_NAME, FIELD_SIZE, FUNC_CLOSURE, FUNC_INFO_SIZE, LAYOUT_STRUCT, METHOD_FUNC,
  METHOD_NAME, METHOD_SIZE, NIL, R_FUNC_TABLE, R_TYPE_TABLE, SLOTS, TAG_I64, TRAP_DIVISION_BY_ZERO,
  TRAP_INTEGER_OVERFLOW, TRAP_NOT_ARRAY, TRAP_OPERAND_TYPES, TRAP_REPEAT_COUNT, TRAP_SHIFT_RANGE, TYPE_COUNT,
  TYPE_MEMBERS, TYPE_METHOD_COUNT, TYPE_METHODS,
} from './layout';
import { cmp_i64_f64, cmp_u64_f64, f64_rem } from './numbers';
import {
  arityOf, bitsOf, boxF64, boxInteger, boxRaw, boxWide, codeOf, integerBits, isIntegerCode, isNumberCode, isRef, labelOf,
  layoutOf, rawSlot, tagOf, unboxF64,
} from './objects';
import { sameName, str_cmp, str_concat, str_index, str_slice, stringFrom, textLength } from './strings';
import {
  T_and, T_logicOperands, T_noField, T_noLength, T_noMethod, T_notCallable, T_notInteger, T_notNumber, T_notOrdered,
  T_or, T_stringAssign,
} from './texts';
import { failed, reg } from './vm';

const ADD: u32 = 0;
const SUB: u32 = 1;
const MUL: u32 = 2;
const DIV: u32 = 3;
const REM: u32 = 4;
const AND: u32 = 5;
const OR: u32 = 6;
const XOR: u32 = 7;

/** Result of compareNumbers and compareAny where there is no order. */
export const UNORDERED: i32 = 2;

function wrongOperands(): u64 {
  trap(TRAP_OPERAND_TYPES);
  return 0;
}

// --- arithmetic -----------------------------------------------------------------------------------------------------

export function dyn_add(left: u64, right: u64, style: u32): u64 {
  // Sums and differences of inline i64 cannot overflow.
  if (tagOf(left) == TAG_I64 && tagOf(right) == TAG_I64) {
    return boxWide(integerBits(left) + integerBits(right), CODE_I64);
  }
  return arithmetic(ADD, left, right);
}

export function dyn_sub(left: u64, right: u64, style: u32): u64 {
  if (tagOf(left) == TAG_I64 && tagOf(right) == TAG_I64) {
    return boxWide(integerBits(left) - integerBits(right), CODE_I64);
  }
  return arithmetic(SUB, left, right);
}

export function dyn_mul(left: u64, right: u64, style: u32): u64 {
  return arithmetic(MUL, left, right);
}

export function dyn_div(left: u64, right: u64, style: u32): u64 {
  return arithmetic(DIV, left, right);
}

export function dyn_rem(left: u64, right: u64, style: u32): u64 {
  return arithmetic(REM, left, right);
}

export function dyn_and(left: u64, right: u64, style: u32): u64 {
  return arithmetic(AND, left, right);
}

export function dyn_or(left: u64, right: u64, style: u32): u64 {
  return arithmetic(OR, left, right);
}

export function dyn_xor(left: u64, right: u64, style: u32): u64 {
  return arithmetic(XOR, left, right);
}

function arithmetic(op: u32, left: u64, right: u64): u64 {
  const code = codeOf(left);
  const other = codeOf(right);
  if (op == MUL) {
    if (code == CODE_ARRAY && isIntegerCode(other)) return repeat(<u32>left, right, other);
    if (other == CODE_ARRAY && isIntegerCode(code)) return repeat(<u32>right, left, code);
  }
  if (code != other) return wrongOperands();
  if (isIntegerCode(code)) {
    const result = integerOp(op, integerBits(left), integerBits(right), code);
    return failed() ? 0 : boxInteger(result, code);
  }
  if (code == CODE_F64 && op <= REM) return doubleOp(op, unboxF64(left), unboxF64(right));
  if (code == CODE_STRING && op == ADD) return <u64>str_concat(<u32>left, <u32>right);
  return wrongOperands();
}

function repeat(array: u32, count: u64, code: u32): u64 {
  const bits = integerBits(count);
  return <u64>array_repeat(array, code == CODE_U64 && bits < 0 ? i64.MAX_VALUE : bits);
}

function overflow(): i64 {
  trap(TRAP_INTEGER_OVERFLOW);
  return 0;
}

/** Operands sign- or zero-extended by type; so is the result. */
function integerOp(op: u32, x: i64, y: i64, code: u32): i64 {
  if (op >= AND) return op == AND ? x & y : op == OR ? x | y : x ^ y;
  if (op >= DIV) {
    if (y == 0) {
      trap(TRAP_DIVISION_BY_ZERO);
      return 0;
    }
    if (code == CODE_U64) return op == DIV ? <i64>(<u64>x / <u64>y) : <i64>(<u64>x % <u64>y);
    if (op == REM) return y == -1 ? 0 : x % y;
    if (y == -1) {
      if (code == CODE_I64 && x == i64.MIN_VALUE) return overflow();
      return fit(-x, code);
    }
    return x / y;
  }
  if (code == CODE_I64) {
    if (op == ADD) {
      const sum = x + y;
      return ((x ^ sum) & (y ^ sum)) < 0 ? overflow() : sum;
    }
    if (op == SUB) {
      const difference = x - y;
      return ((x ^ y) & (x ^ difference)) < 0 ? overflow() : difference;
    }
    const product = x * y;
    if (x != 0 && ((x == -1 && y == i64.MIN_VALUE) || product / x != y)) return overflow();
    return product;
  }
  return fit(op == ADD ? x + y : op == SUB ? x - y : x * y, code);
}

/** A result in the range of its type: i32 checked, unsigned types wrapping. */
function fit(value: i64, code: u32): i64 {
  if (code == CODE_U32) return value & 0xffffffff;
  if (code == CODE_I32 && value != <i64><i32>value) return overflow();
  return value;
}

function doubleOp(op: u32, x: f64, y: f64): u64 {
  if (op >= DIV && y == 0) {
    trap(TRAP_DIVISION_BY_ZERO);
    return 0;
  }
  switch (op) {
    case ADD: return boxF64(x + y);
    case SUB: return boxF64(x - y);
    case MUL: return boxF64(x * y);
    case DIV: return boxF64(x / y);
    default: return boxF64(f64_rem(x, y));
  }
}

export function dyn_shl(left: u64, right: u64, style: u32): u64 {
  return shift(left, right, true);
}

export function dyn_shr(left: u64, right: u64, style: u32): u64 {
  return shift(left, right, false);
}

function shift(left: u64, right: u64, toLeft: bool): u64 {
  const code = codeOf(left);
  if (!isIntegerCode(code) || !isIntegerCode(codeOf(right))) return wrongOperands();
  const count = integerBits(right);
  const narrow = code == CODE_I32 || code == CODE_U32;
  if (<u64>count >= (narrow ? 32 : 64)) {
    trap(TRAP_SHIFT_RANGE);
    return 0;
  }
  const value = integerBits(left);
  if (toLeft) {
    const shifted = value << count;
    return boxInteger(code == CODE_I32 ? <i64><i32>shifted : code == CODE_U32 ? shifted & 0xffffffff : shifted, code);
  }
  return boxInteger(code == CODE_U64 ? <i64>(<u64>value >> <u64>count) : value >> count, code);
}

export function dyn_neg(value: u64, style: u32): u64 {
  const code = codeOf(value);
  if (code == CODE_F64) return boxF64(-unboxF64(value));
  if (!isIntegerCode(code)) {
    raiseFound(T_notNumber, value);
    return 0;
  }
  const result = integerOp(SUB, 0, integerBits(value), code);
  return failed() ? 0 : boxInteger(result, code);
}

export function dyn_bitnot(value: u64, style: u32): u64 {
  const code = codeOf(value);
  if (!isIntegerCode(code)) {
    raiseFound(T_notInteger, value);
    return 0;
  }
  const bits = ~integerBits(value);
  return boxInteger(code == CODE_U32 ? bits & 0xffffffff : bits, code);
}

export function dyn_not(value: u64, style: u32): u32 {
  const code = codeOf(value);
  if (code == CODE_BOOL) return <u32>(value & 1) ^ 1;
  if (style != 0) {
    raiseExpected(CODE_BOOL, value);
    return 0;
  }
  if (code == CODE_F64) return <u32>(unboxF64(value) == 0);
  if (isIntegerCode(code)) return <u32>(integerBits(value) == 0);
  raiseFound(T_notNumber, value);
  return 0;
}

/** Classic `and` (0) and `or` (1) of two bools, or bitwise of two integers of one type. */
export function dyn_logic(left: u64, right: u64, op: u32): u64 {
  const code = codeOf(left);
  if (code == codeOf(right)) {
    if (code == CODE_BOOL) return op == 0 ? left & right : left | right;
    if (isIntegerCode(code)) return arithmetic(op == 0 ? AND : OR, left, right);
  }
  const text = op == 0 ? T_and : T_or;
  const name = stringFrom(<u32>text + 2, <u32>load<u16>(text));
  if (name != 0) raiseTemplate(ERROR_TYPE, T_logicOperands, name, 0, 0);
  return 0;
}

// --- order ----------------------------------------------------------------------------------------------------------

/** Mathematical order of two numbers, each as `bitsOf` gives it. */
export function compareNumbers(left: i64, leftCode: u32, right: i64, rightCode: u32): i32 {
  if (leftCode == CODE_F64) {
    const x = reinterpret<f64>(left);
    if (rightCode == CODE_F64) {
      const y = reinterpret<f64>(right);
      return x < y ? -1 : x > y ? 1 : x == y ? 0 : UNORDERED;
    }
    const order = compareToDouble(right, rightCode, x);
    return order == UNORDERED ? UNORDERED : -order;
  }
  if (rightCode == CODE_F64) return compareToDouble(left, leftCode, reinterpret<f64>(right));
  const hugeLeft = leftCode == CODE_U64 && left < 0;
  const hugeRight = rightCode == CODE_U64 && right < 0;
  if (hugeLeft != hugeRight) return hugeLeft ? 1 : -1;
  return left < right ? -1 : left > right ? 1 : 0;
}

function compareToDouble(bits: i64, code: u32, value: f64): i32 {
  return code == CODE_U64 ? cmp_u64_f64(<u64>bits, value) : cmp_i64_f64(bits, value);
}

/** Order of two numbers or two strings; anything else is an error. */
function order(left: u64, right: u64): i32 {
  const a = codeOf(left);
  const b = codeOf(right);
  if (isNumberCode(a) && isNumberCode(b)) return compareNumbers(bitsOf(left, a), a, bitsOf(right, b), b);
  if (a == CODE_STRING && b == CODE_STRING) return str_cmp(<u32>left, <u32>right);
  raiseTemplate(ERROR_TYPE, T_notOrdered, labelOf(left), labelOf(right), 0);
  return UNORDERED;
}

export function dyn_lt(left: u64, right: u64): u32 {
  return <u32>(order(left, right) == -1);
}

export function dyn_le(left: u64, right: u64): u32 {
  return <u32>(order(left, right) <= 0);
}

export function dyn_gt(left: u64, right: u64): u32 {
  return <u32>(order(left, right) == 1);
}

export function dyn_ge(left: u64, right: u64): u32 {
  const result = order(left, right);
  return <u32>(result == 0 || result == 1);
}

// --- members --------------------------------------------------------------------------------------------------------

/** The field's record, or 0 if the value is no struct or has no such field. */
function findField(object: u64, name: u32): u32 {
  if (!isRef(object) || layoutOf(<u32>object) != LAYOUT_STRUCT) return 0;
  const info = load<u32>(reg(R_TYPE_TABLE) + (codeOf(object) << 2));
  const fields = load<u32>(info + TYPE_MEMBERS);
  for (let i: u32 = 0, n = load<u32>(info + TYPE_COUNT); i < n; i++) {
    if (sameName(load<u32>(fields + i * FIELD_SIZE + FIELD_NAME), name)) return fields + i * FIELD_SIZE;
  }
  return 0;
}

/** Address of the slot of a field that `findField` gave. */
function fieldSlot(object: u32, field: u32): u32 {
  const info = load<u32>(reg(R_TYPE_TABLE) + (codeOf(object) << 2));
  return object + SLOTS + (field - load<u32>(info + TYPE_MEMBERS)) / FIELD_SIZE * 8;
}

/**
 * A slot whose static type is `code` as an any word; 0 with PENDING set if a wide integer finds no room for its
 * box.
 */
export function slotAsWord(slot: u32, code: u32): u64 {
  const bits = load<u64>(slot);
  return code >= CODE_I32 && code <= CODE_BOOL ? boxRaw(bits, code) : bits;
}

export function dyn_field(object: u64, name: u32): u64 {
  const field = findField(object, name);
  if (field != 0) return slotAsWord(fieldSlot(<u32>object, field), <u32>load<u16>(field + FIELD_CODE));
  raiseTemplate(ERROR_TYPE, T_noField, labelOf(object), name, 0);
  return 0;
}

export function dyn_setfield(object: u64, name: u32, value: u64, style: u32): void {
  const field = findField(object, name);
  if (field == 0) {
    raiseTemplate(ERROR_TYPE, T_noField, labelOf(object), name, 0);
    return;
  }
  const code = <u32>load<u16>(field + FIELD_CODE);
  const slot = fieldSlot(<u32>object, field);
  let stored = value;
  if (code != CODE_ANY && codeOf(value) != code) {
    if (style == 0) {
      raiseExpected(code, value);
      return;
    }
    stored = convert_any(value, code);
    if (stored == 0) return;
  }
  if (code == CODE_FUNC && arityOf(<u32>stored) != <u32>load<u16>(field + FIELD_ARITY)) {
    raiseExpected(code, stored);
    return;
  }
  const raw = rawSlot(stored, code);
  store<u64>(slot, raw);
  if (code == CODE_ANY || code >= CODE_STRING) barrier(raw);
}

/** The method as a function value of the object first, nil if a field has the name. */
export function dyn_method(object: u64, name: u32): u64 {
  if (isRef(object) && layoutOf(<u32>object) == LAYOUT_STRUCT) {
    const info = load<u32>(reg(R_TYPE_TABLE) + (codeOf(object) << 2));
    const methods = load<u32>(info + TYPE_METHODS);
    for (let i: u32 = 0, n = load<u32>(info + TYPE_METHOD_COUNT); i < n; i++) {
      const method = methods + i * METHOD_SIZE;
      if (sameName(load<u32>(method + METHOD_NAME), name)) {
        return <u64>load<u32>(reg(R_FUNC_TABLE) + load<u32>(method + METHOD_FUNC) * FUNC_INFO_SIZE + FUNC_CLOSURE);
      }
    }
    if (findField(object, name) != 0) return NIL;
  }
  raiseTemplate(ERROR_TYPE, T_noMethod, labelOf(object), name, 0);
  return 0;
}

export function any_func(value: u64): u32 {
  if (codeOf(value) == CODE_FUNC) return <u32>value;
  raiseFound(T_notCallable, value);
  return 0;
}

// --- lengths and elements -------------------------------------------------------------------------------------------

export function any_len(value: u64): i64 {
  const code = codeOf(value);
  if (code == CODE_ARRAY) return <i64>arrayLength(<u32>value);
  if (code == CODE_STRING) return <i64>textLength(<u32>value);
  raiseFound(T_noLength, value);
  return 0;
}

export function any_array(value: u64): u32 {
  if (codeOf(value) == CODE_ARRAY) return <u32>value;
  trap(TRAP_NOT_ARRAY);
  return 0;
}

/** An integer of any type as an index; what is above the i64 range saturates and so is out of bounds. */
export function any_index(value: u64): i64 {
  const code = codeOf(value);
  if (!isIntegerCode(code)) {
    raiseFound(T_notInteger, value);
    return 0;
  }
  const bits = integerBits(value);
  return code == CODE_U64 && bits < 0 ? i64.MAX_VALUE : bits;
}

export function any_get(value: u64, index: u64): u64 {
  const code = codeOf(value);
  if (code != CODE_ARRAY && code != CODE_STRING) {
    trap(TRAP_NOT_ARRAY);
    return 0;
  }
  const at = any_index(index);
  if (failed()) return 0;
  return code == CODE_ARRAY ? array_get_any(<u32>value, at) : <u64>str_index(<u32>value, at);
}

export function any_set(value: u64, index: u64, element: u64): void {
  const code = codeOf(value);
  if (code != CODE_ARRAY) {
    if (code == CODE_STRING) raiseTemplate(ERROR_TYPE, T_stringAssign, 0, 0, 0);
    else trap(TRAP_NOT_ARRAY);
    return;
  }
  const at = any_index(index);
  if (!failed()) array_set_any(<u32>value, at, element);
}

/** As `array_slice`, of which the bounds are words too. */
export function any_slice(value: u64, start: u64, end: u64, flags: u32): u64 {
  const code = codeOf(value);
  const modern = (flags & 4) != 0;
  if (code != CODE_ARRAY && !(modern && code == CODE_STRING)) {
    trap(TRAP_NOT_ARRAY);
    return 0;
  }
  const first = any_index(start);
  if (failed()) return 0;
  const last = (flags & 1) != 0 ? any_index(end) : 0;
  if (failed()) return 0;
  if (code == CODE_ARRAY) return <u64>array_slice(<u32>value, first, last, flags);
  return <u64>str_slice(<u32>value, first, last, flags);
}
