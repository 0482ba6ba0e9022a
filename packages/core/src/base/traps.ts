/**
 * Run-time errors: their kinds, and those whose message is fixed.
 *
 * A trap that the machine raises by itself is one of `TRAPS`; a built-in may raise an error with a message of its
 * own under one of the kinds. Kinds name what `typeof` of a caught error begins with (specification, 13.3) and carry the
 * stable code that an uncaught error is reported under. Order is part of the bytecode format: append only.
 */
export const TRAP_KINDS = {
  runtime: { label: 'runtime error', code: 'E0001' },
  value: { label: 'value error', code: 'E0002' },
  index: { label: 'index error', code: 'E0003' },
  type: { label: 'type error', code: 'E0004' },
  conversion: { label: 'conversion error', code: 'E0005' },
  argument: { label: 'argument error', code: 'E0006' },
  eof: { label: 'eof error', code: 'E0007' },
  name: { label: 'name error', code: 'E0008' },
  recursion: { label: 'recursion error', code: 'E0009' },
  memory: { label: 'memory error', code: 'E0010' },
} as const;

export type TrapKind = keyof typeof TRAP_KINDS;
export const TRAP_KIND_NAMES = Object.keys(TRAP_KINDS) as readonly TrapKind[];

interface TrapRow {
  readonly kind: TrapKind;
  readonly message: string;
}

/** Errors with a fixed message. Keys are used throughout the compiler and the machine; numbers are positions. */
export const TRAPS = {
  integerOverflow: { kind: 'value', message: 'Integer overflow' },
  divisionByZero: { kind: 'runtime', message: 'Division by zero' },
  arrayIndexNegative: { kind: 'type', message: 'Array index must be a non-negative integer' },
  arrayIndexBounds: { kind: 'index', message: 'Array index out of bounds' },
  stringIndexNegative: { kind: 'type', message: 'String index must be a non-negative integer' },
  stringIndexBounds: { kind: 'index', message: 'String index out of bounds' },
  arraySliceStartNegative: { kind: 'type', message: 'Array slice start must be a non-negative integer' },
  arraySliceEndNegative: { kind: 'type', message: 'Array slice end must be a non-negative integer' },
  arraySliceStartBounds: { kind: 'index', message: 'Array slice start out of bounds' },
  arraySliceEndBounds: { kind: 'index', message: 'Array slice end out of bounds' },
  arraySliceEndBeforeStart: { kind: 'index', message: 'Array slice end before start' },
  arraySliceStartAfterEnd: { kind: 'index', message: 'Array slice start after end' },
  stringSliceStartNegative: { kind: 'type', message: 'String slice start must be a non-negative integer' },
  stringSliceEndNegative: { kind: 'type', message: 'String slice end must be a non-negative integer' },
  stringSliceStartBounds: { kind: 'index', message: 'String slice start out of bounds' },
  stringSliceEndBounds: { kind: 'index', message: 'String slice end out of bounds' },
  stringSliceStartAfterEnd: { kind: 'index', message: 'String slice start after end' },
  stringSliceCut: { kind: 'value', message: 'String slice cuts a UTF-8 character' },
  popEmpty: { kind: 'value', message: 'Cannot pop from an empty array' },
  stepZero: { kind: 'value', message: 'Range step cannot be zero' },
  shiftRange: { kind: 'value', message: 'Shift count out of range' },
  repeatCount: {
    kind: 'runtime',
    message: 'Array repetition requires a non-negative integer count and reasonable size',
  },
  fillCount: { kind: 'runtime', message: 'Array length must be a non-negative integer of reasonable size' },
  sortedElements: { kind: 'runtime', message: 'sorted() requires an array of comparable elements' },
  rangeArguments: { kind: 'argument', message: 'Invalid arguments provided to range()' },
  noMatchArm: { kind: 'runtime', message: 'No match arm matched' },
  conditionNotBool: { kind: 'type', message: 'Condition must be boolean' },
  notArray: { kind: 'type', message: 'Value is not an array' },
  notIterable: { kind: 'type', message: 'Value not iterable' },
  iterateNegative: { kind: 'type', message: 'Cannot iterate negative integer' },
  matchNotEnum: { kind: 'type', message: 'Match subject is not an enum value' },
  operandTypes: {
    kind: 'type',
    message: "Operands must be the same type. Use 'as' for explicit type conversion.",
  },
  inputEnd: { kind: 'eof', message: 'input() reached end of file' },
  stackOverflow: { kind: 'recursion', message: 'Stack overflow' },
  outOfMemory: { kind: 'memory', message: 'Out of memory' },
  negativeI32ToU64: { kind: 'value', message: 'Cannot convert negative i32 to u64' },
  negativeI64ToU64: { kind: 'value', message: 'Cannot convert negative i64 to u64' },
  i64ToU32: { kind: 'value', message: 'i64 value out of u32 range' },
  i64ToI32: { kind: 'value', message: 'i64 value out of i32 range' },
  u64ToI32: { kind: 'value', message: 'u64 value too large for i32' },
  u64ToU32: { kind: 'value', message: 'u64 value too large for u32' },
  u64ToI64: { kind: 'value', message: 'u64 value too large for i64' },
  u32ToI32: { kind: 'value', message: 'u32 value too large for i32' },
  negativeI32ToU32: { kind: 'value', message: 'Cannot convert negative i32 to u32' },
  f64ToI32: { kind: 'value', message: 'f64 value out of i32 range' },
  f64ToI64: { kind: 'value', message: 'f64 value out of i64 range' },
  f64ToU32: { kind: 'value', message: 'f64 value out of u32 range' },
  f64ToU64: { kind: 'value', message: 'f64 value out of u64 range' },
  inexactF64: { kind: 'value', message: 'integer value cannot be represented exactly as f64' },
  formatDecimals: { kind: 'argument', message: 'A format has at most 100 decimals' },
  // only in code from files: a compiler that knows names asks before it reads
  unsetVariable: { kind: 'name', message: 'A variable is used before its declaration ran' },
  // and a compiler that has looked at the whole program knows what functions take
  otherSignature: { kind: 'type', message: 'A function with another signature was called' },
} as const satisfies Record<string, TrapRow>;

export type TrapName = keyof typeof TRAPS;
export const TRAP_NAMES = Object.keys(TRAPS) as readonly TrapName[];

/**
 * Errors whose message names what was found. `{…}` stands for a type label as `typeof` gives it (5.6; an error value is
 * `error`, nil is `void`), a name or a number. Every engine forms exactly these texts.
 */
export const DYNAMIC_ERRORS = {
  expected: { kind: 'type', message: 'Expected {expected}, found {found}' },
  notCallable: { kind: 'type', message: 'A value of type {found} cannot be called' },
  arity: { kind: 'type', message: 'The number of arguments must be {expected}, not {found}' },
  otherArity: {
    kind: 'type',
    message: 'Expected a function with another number of parameters, found one with {found}',
  },
  noField: { kind: 'type', message: 'A value of type {found} has no field {name}' },
  noMethod: { kind: 'type', message: 'A value of type {found} has no method {name}' },
  notNumber: { kind: 'type', message: 'Expected a number, found {found}' },
  notInteger: { kind: 'type', message: 'Expected an integer, found {found}' },
  notOrdered: { kind: 'type', message: 'Values of type {left} and {right} cannot be ordered' },
  noCast: { kind: 'type', message: 'Cannot convert {found} to {target}' },
  noLength: { kind: 'type', message: 'A value of type {found} has no length' },
  logicOperands: { kind: 'type', message: 'Operands of {name} must be two booleans or two integers of one type' },
  stringAssign: { kind: 'type', message: 'Strings cannot be changed' },
  unset: { kind: 'name', message: 'Variable {name} is used before its declaration ran' },
} as const satisfies Record<string, TrapRow>;

export type DynamicErrorName = keyof typeof DYNAMIC_ERRORS;
