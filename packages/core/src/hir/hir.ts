/**
 * The typed tree: what both languages elaborate into, and the last thing a language owns.
 *
 * Names are resolved, types explicit, sugar gone, literals adapted, and every run-time check is a node or part of the
 * stated meaning of one. Later stages never ask which language a program was written in: where languages or
 * editions differ, nodes differ (`style`, `mode`). Operands are evaluated left to right, each once, before the node acts.
 *
 * Invariants (held by `verify.ts`): an expression's `ty` is exact; wherever a value of static type T meets a place of
 * type U, T equals U, conversions being explicit nodes (`toAny`, `fromAny`, `cast`), except that array types are mutually
 * assignable and function types of one arity are mutually assignable (elements and results are checked where they are read).
 */
import type { Brand } from '../base/brand.ts';
import type { IdMap } from '../base/id-map.ts';
import type { SourceFile, Span } from '../base/source.ts';
import type { TrapKind, TrapName } from '../base/traps.ts';

export type TypeId = Brand<number, 'TypeId'>;
export type LocalId = Brand<number, 'LocalId'>;
export type GlobalId = Brand<number, 'GlobalId'>;
export type FuncId = Brand<number, 'FuncId'>;
export type LabelId = Brand<number, 'LabelId'>;

export type IntType = 'i32' | 'i64' | 'u32' | 'u64';
export type NumType = IntType | 'f64';
export type PrimType = NumType | 'bool' | 'string';

/** `nil` is the type of void results and has one value. `range` and `error` have no name in source. */
export type Type =
  | { readonly kind: NumType | 'bool' | 'string' | 'nil' | 'any' | 'range' | 'error' }
  | { readonly kind: 'array'; readonly element: Type }
  | { readonly kind: 'struct' | 'enum'; readonly id: TypeId }
  | { readonly kind: 'func'; readonly params: readonly Type[]; readonly result: Type };

/** Which rules of text and equality an operation follows; decided by the edition of the file it stands in. */
export type Style = 'classic' | 'modern';

export interface FieldDef {
  readonly name: string;
  readonly type: Type;
}

export interface VariantDef {
  readonly name: string;
  readonly payload: readonly FieldDef[];
}

/** A nominal type. Methods serve dynamic member calls; a static call is an ordinary `call`. */
export type TypeDef =
  | {
      readonly kind: 'struct';
      readonly name: string;
      readonly fields: readonly FieldDef[];
      readonly methods: ReadonlyMap<string, { readonly func: FuncId; readonly instance: boolean }>;
    }
  | { readonly kind: 'enum'; readonly name: string; readonly variants: readonly VariantDef[] };

/** A variable of a function: parameter, local or compiler temporary. Ids are unique in the program. */
export interface Local {
  readonly name: string;
  readonly type: Type;
  /** Some nested function refers to it. If it is also `assigned` after its declaration it lives in a cell. */
  readonly captured: boolean;
  /** Assigned anywhere other than by the `let` that declares it (or by being a parameter). */
  readonly assigned: boolean;
}

/** A module variable that functions or other modules can reach; others are locals of the initialiser. */
export interface Global {
  readonly name: string;
  readonly type: Type;
  readonly module: string;
}

export interface Func {
  readonly name: string;
  /** `lambda` shows as `<function lambda>`, others as `<function NAME>`. */
  readonly kind: 'function' | 'method' | 'lambda' | 'init';
  readonly params: readonly LocalId[];
  readonly result: Type;
  /** Edition of its file: how a dynamic call's arguments become its parameters (modern: numbers convert as in `fromAny`). */
  readonly style: Style;
  /** Locals of enclosing functions that the body uses, also those it only passes on to functions nested in it. */
  readonly captures: readonly LocalId[];
  /** Ends in `return` or `raise` on every path: elaboration writes implicit results out. */
  readonly body: readonly Stmt[];
  readonly span: Span;
}

export interface ModuleInfo {
  readonly name: string;
  /** Runs the top-level statements. No parameters; its bool result is true if a top-level `return` ended it. */
  readonly init: FuncId;
}

export interface Program {
  readonly files: IdMap<Span['file'], SourceFile>;
  readonly types: IdMap<TypeId, TypeDef>;
  readonly locals: IdMap<LocalId, Local>;
  readonly globals: IdMap<GlobalId, Global>;
  readonly funcs: IdMap<FuncId, Func>;
  /** In the order of execution; the entry file is last. */
  readonly modules: readonly ModuleInfo[];
  /** Called after the entry's initialiser unless that ended in a top-level `return`. */
  readonly main: FuncId | null;
  /** Present if this continues a program that is running already. */
  readonly continues?: Continuation;
}

/**
 * An entry of a session, as a program that goes on from earlier ones. `types` and `globals` are those of the whole session, the
 * earlier ones under the same ids; an earlier type lists only the methods that this entry gives it. Functions, locals and labels
 * are the entry's own: across entries, functions are called through module variables.
 */
export interface Continuation {
  /** By module variable, the `bool` variable that tells whether it is set. */
  readonly flags: ReadonlyMap<GlobalId, GlobalId>;
}

/* ---- statements ------------------------------------------------------------------------------------------------ */

export type Stmt =
  /** Makes a fresh variable each time it is executed, holding `init`. */
  | { readonly kind: 'let'; readonly local: LocalId; readonly init: Expr; readonly span: Span }
  /** Makes a fresh variable that is unset until it is assigned; stands at the start of the variable's scope. */
  | { readonly kind: 'declare'; readonly local: LocalId; readonly span: Span }
  | { readonly kind: 'expr'; readonly expr: Expr; readonly span: Span }
  | {
      readonly kind: 'if';
      readonly cond: Expr;
      readonly then: readonly Stmt[];
      readonly else: readonly Stmt[];
      readonly span: Span;
    }
  | { readonly kind: 'block'; readonly body: readonly Stmt[]; readonly span: Span }
  /** Tests `cond` before each iteration. `continue` goes to the test. */
  | {
      readonly kind: 'while';
      readonly label: LabelId;
      readonly cond: Expr;
      readonly body: readonly Stmt[];
      readonly span: Span;
    }
  | ForRange
  | ForEach
  | { readonly kind: 'break' | 'continue'; readonly label: LabelId; readonly span: Span }
  /** `value` is null exactly in functions whose result is nil. Leaves any `try` around it. */
  | { readonly kind: 'return'; readonly value: Expr | null; readonly span: Span }
  /** An error raised by `body` abandons it and runs `handler` with the error in `error`. */
  | {
      readonly kind: 'try';
      readonly body: readonly Stmt[];
      readonly error: LocalId | null;
      readonly handler: readonly Stmt[];
      readonly span: Span;
    }
  /** Raises an error with a text of its own. */
  | { readonly kind: 'raise'; readonly trap: TrapKind; readonly message: string; readonly span: Span }
  | Print;

/**
 * `start`, `end`, `step` have the integer type of `item` and are evaluated once, in that order. Step null is 1; a zero step
 * raises `stepZero`. Runs while item < end (<= if inclusive), or > (>=) for a negative step. `item` is a fresh variable each
 * iteration, which may be assigned; the next one is its final value plus step, and the step past the last value never overflows.
 *
 * If `item` is of type `any`, so are the bounds, and their values decide when the loop begins: those not named in `adapt` must be
 * integers of one type (else `operandTypes`), which those in `adapt` (flexible literals) take; the loop then runs in that type.
 */
export interface ForRange {
  readonly kind: 'forRange';
  readonly label: LabelId;
  readonly item: LocalId;
  readonly start: Expr;
  readonly end: Expr;
  readonly step: Expr | null;
  readonly adapt: readonly ('start' | 'end' | 'step')[];
  readonly inclusive: boolean;
  readonly body: readonly Stmt[];
  readonly span: Span;
}

/**
 * By the type of `over`: an array gives its elements by index, the length being read anew each time; a string its bytes as
 * strings; a range its remaining i64 values, consuming it; an integer n counts 0..n in its own type and raises `iterateNegative`
 * if negative; `any` does what the value at hand would, else `notIterable`, and its item is `any`. `item` is fresh each iteration.
 * An array element that is not of the item's type (the array's storage may hold others) raises a type error.
 */
export interface ForEach {
  readonly kind: 'forEach';
  readonly label: LabelId;
  readonly item: LocalId;
  readonly over: Expr;
  readonly body: readonly Stmt[];
  readonly span: Span;
}

export type Radix = 'x' | 'X' | 'o' | 'b';
/** Literal text, or the next argument in display form or under a specifier (`decimals`: C `%.Nf`, for f64 only). */
export type FormatPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'value' }
  | { readonly kind: 'radix'; readonly radix: Radix }
  | { readonly kind: 'decimals'; readonly decimals: number };

/**
 * Evaluates all arguments, then writes one line. With `format` null the arguments stand in display form with single spaces
 * between them, unless `scan` (classic) and the first value is a string: then that value is the format, scanned when
 * executed (16). With a format, arguments it does not consume follow it, each after a space.
 */
export interface Print {
  readonly kind: 'print';
  readonly style: Style;
  readonly format: readonly FormatPart[] | null;
  readonly scan: boolean;
  readonly args: readonly Expr[];
  readonly span: Span;
}

/* ---- expressions ----------------------------------------------------------------------------------------------- */

interface Node {
  readonly ty: Type;
  readonly span: Span;
}

export type ArithOp = 'add' | 'sub' | 'mul' | 'div' | 'rem' | 'and' | 'or' | 'xor';
export type ShiftOp = 'shl' | 'shr';
export type CompareOp = 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge';

export type Expr =
  | Const
  /** With `checked`, an unset variable raises a name error that names it. */
  | (Node & { readonly kind: 'local'; readonly local: LocalId; readonly checked: boolean })
  | (Node & { readonly kind: 'global'; readonly global: GlobalId; readonly checked: boolean })
  /** Its value is the assigned value. */
  | (Node & { readonly kind: 'assign'; readonly target: Place; readonly value: Expr })
  /**
   * Operands and result of one numeric type. `checked` i32/i64: overflow traps (integerOverflow; also min / -1, while min % -1
   * is 0). u32/u64 always wrap. Integer `div`/`rem` trap on a zero divisor in any mode; f64 only if `checked`. f64 `rem` is fmod.
   * `and or xor` are bitwise on integers, and on two bools without short circuit.
   */
  | (Node & {
      readonly kind: 'arith';
      readonly op: ArithOp;
      readonly mode: 'checked' | 'wrapping';
      readonly left: Expr;
      readonly right: Expr;
    })
  /** The count is any integer type, outside 0..bits-1 traps (shiftRange); `shr` is arithmetic for signed types. */
  | (Node & { readonly kind: 'shift'; readonly op: ShiftOp; readonly left: Expr; readonly right: Expr })
  /** `neg` as 0 - x in the same mode (f64: sign flip); `bitnot` on integers; `not` on bool. */
  | (Node & {
      readonly kind: 'unary';
      readonly op: 'neg' | 'bitnot' | 'not';
      readonly mode: 'checked' | 'wrapping';
      readonly operand: Expr;
    })
  /** Two numbers of any types (mathematical order and equality), two bools (eq, ne), or two strings (bytes). */
  | (Node & { readonly kind: 'compare'; readonly op: CompareOp; readonly left: Expr; readonly right: Expr })
  /** All other equality, on any two types, by 7.3 (classic) or with rows 9 and 10 (modern). */
  | (Node & {
      readonly kind: 'equal';
      readonly style: Style;
      readonly negate: boolean;
      readonly left: Expr;
      readonly right: Expr;
    })
  /** Short-circuit, on bools. */
  | (Node & { readonly kind: 'logic'; readonly op: 'and' | 'or'; readonly left: Expr; readonly right: Expr })
  /** Both alternatives have type `ty`. */
  | (Node & { readonly kind: 'cond'; readonly cond: Expr; readonly then: Expr; readonly else: Expr })
  /** A scope with a value. `result` may be unreachable (after a `return`), but has type `ty` all the same. */
  | (Node & { readonly kind: 'block'; readonly body: readonly Stmt[]; readonly result: Expr })
  /** Never gives a value. */
  | (Node & { readonly kind: 'trap'; readonly trap: TrapName })
  | DynamicExpr
  | ConvertExpr
  | DataExpr
  | CallExpr
  | BuiltinExpr;

/** Integers as bigint of their exact value in the type, f64 as number, strings as text (UTF-8 when run). */
export type Const = Node &
  (
    | { readonly kind: 'int'; readonly value: bigint }
    | { readonly kind: 'float'; readonly value: number }
    | { readonly kind: 'bool'; readonly value: boolean }
    | { readonly kind: 'string'; readonly value: string }
    | { readonly kind: 'nil' }
  );

export type Place =
  | { readonly kind: 'local'; readonly local: LocalId }
  | { readonly kind: 'global'; readonly global: GlobalId }
  /** The value has the field's type. */
  | { readonly kind: 'field'; readonly object: Expr; readonly type: TypeId; readonly index: number }
  /** `array` is an array, or `any` (then the value is `any`). Out of range traps as for reading; a string traps a type error. */
  | { readonly kind: 'index'; readonly array: Expr; readonly index: Expr }
  /** The value is `any`; it becomes the field's type, exactly (classic) or with number conversion (modern). */
  | { readonly kind: 'dynField'; readonly mode: ArgMode; readonly object: Expr; readonly name: string };

/** Operations on `any` operands, decided by the values at hand; result `any` unless stated. */
export type DynamicExpr =
  /**
   * As `arith`/`shift` on the values' types; also string + string and array * integer. Otherwise `operandTypes`, or a type error.
   * `adapt` names the operand that is a flexible literal: it takes the other value's numeric type if it fits. In classic style
   * `and`/`or` come as `dynLogic`.
   */
  | (Node & {
      readonly kind: 'dynArith';
      readonly op: ArithOp | ShiftOp;
      readonly style: Style;
      readonly adapt: 'left' | 'right' | null;
      readonly left: Expr;
      readonly right: Expr;
    })
  | (Node & {
      readonly kind: 'dynUnary';
      readonly op: 'neg' | 'bitnot' | 'not';
      readonly style: Style;
      readonly operand: Expr;
    })
  /** `lt le gt ge`, result bool: two numbers or two strings, else a type error. */
  | (Node & {
      readonly kind: 'dynCompare';
      readonly op: 'lt' | 'le' | 'gt' | 'ge';
      readonly left: Expr;
      readonly right: Expr;
    })
  /** Classic `and`/`or`: left a bool short-circuits; left an integer evaluates both and is bitwise; else a type error. */
  | (Node & { readonly kind: 'dynLogic'; readonly op: 'and' | 'or'; readonly left: Expr; readonly right: Expr })
  | (Node & { readonly kind: 'dynField'; readonly object: Expr; readonly name: string })
  /** A method of the struct at hand with the object as first argument; else the value of a field of that name is called. */
  | (Node & {
      readonly kind: 'dynMethod';
      readonly object: Expr;
      readonly name: string;
      readonly args: readonly Expr[];
    })
  /** Callee and arguments are `any`. A wrong callee or number of arguments is a type error. */
  | (Node & {
      readonly kind: 'dynCall';
      readonly callee: Expr;
      readonly args: readonly Expr[];
    });

/** How a value that no static type has checked reaches a typed field: as `fromAny` in that mode. */
export type ArgMode = 'exact' | 'convert';

export type ConvertExpr =
  | (Node & { readonly kind: 'toAny'; readonly operand: Expr })
  /**
   * The operand (`any`) as type `ty`. `exact`: it must be of that type. `convert` (2026 row 21): a number converts if it keeps its value,
   * else the range trap of the cast table. For arrays any array will do, for functions any of the arity. `trap` replaces the type error
   * of `exact`.
   */
  | (Node & {
      readonly kind: 'fromAny';
      readonly mode: ArgMode;
      readonly trap: TrapName | null;
      readonly operand: Expr;
    })
  /** By the table of 7.6, from the operand's type (or its value's, if `any`) to a primitive `ty`. Text follows `style`. */
  | (Node & { readonly kind: 'cast'; readonly style: Style; readonly operand: Expr });

export type DataExpr =
  | (Node & { readonly kind: 'array'; readonly items: readonly Expr[] })
  /** `count` is an integer of any type; negative or huge traps `fillCount`. The value is evaluated first, once. */
  | (Node & { readonly kind: 'fill'; readonly value: Expr; readonly count: Expr })
  /** A new array with the elements `count` times; negative or huge traps `repeatCount`. */
  | (Node & { readonly kind: 'repeat'; readonly array: Expr; readonly count: Expr })
  /**
   * `base` an array (result: element, a type error if the storage holds another), a string (one byte), or `any` (result `any`; `notArray`
   * if neither). `index` any integer type or `any`.
   */
  | (Node & { readonly kind: 'index'; readonly base: Expr; readonly index: Expr })
  /** On arrays, strings (modern) or `any`. Bounds are integers of any type, or `any`. Checks as 7.9 (classic) or rows 2 and 3 (modern). */
  | (Node & {
      readonly kind: 'slice';
      readonly style: Style;
      readonly base: Expr;
      readonly start: Expr | null;
      readonly end: Expr | null;
      readonly inclusive: boolean;
    })
  | (Node & { readonly kind: 'concat'; readonly left: Expr; readonly right: Expr })
  /** Fields in declaration order; elaboration keeps the written order of evaluation with temporaries. */
  | (Node & { readonly kind: 'struct'; readonly type: TypeId; readonly fields: readonly Expr[] })
  | (Node & { readonly kind: 'field'; readonly object: Expr; readonly type: TypeId; readonly index: number })
  | (Node & { readonly kind: 'enum'; readonly type: TypeId; readonly variant: number; readonly args: readonly Expr[] })
  /** Whether the operand is that variant; bool. The operand is of that enum type or `any` (false for a value of another type). */
  | (Node & { readonly kind: 'isVariant'; readonly operand: Expr; readonly type: TypeId; readonly variant: number })
  /** Only where `isVariant` holds. */
  | (Node & {
      readonly kind: 'payload';
      readonly operand: Expr;
      readonly type: TypeId;
      readonly variant: number;
      readonly index: number;
    });

export type CallExpr =
  /** A function without captures; the verifier checks argument types. */
  | (Node & { readonly kind: 'call'; readonly func: FuncId; readonly args: readonly Expr[] })
  /** A function as a value. With captures: a new closure over the current variables; without: always the same object. */
  | (Node & { readonly kind: 'func'; readonly func: FuncId })
  /**
   * Callee of static function type; the arguments have its parameter types and the result is checked to be of its result type.
   * The function at hand may declare other parameter types: then each argument passes to it as through `toAny` and `fromAny`.
   */
  | (Node & { readonly kind: 'callValue'; readonly callee: Expr; readonly args: readonly Expr[] });

/** Library operations. `args` have the types in the comment. */
export type BuiltinExpr = Node & { readonly kind: 'builtin'; readonly args: readonly Expr[] } & (
    | { readonly name: 'len' } //           array | string | any -> i32 (classic) or i64
    | { readonly name: 'push' } //          array | any, element (any if the array is any) -> the array
    | { readonly name: 'pop' } //           array | any -> element; popEmpty
    | { readonly name: 'sorted' } //        array | any -> new array; sortedElements
    | { readonly name: 'range' } //         start, stop, step, each an integer type or any -> range; rangeArguments
    | { readonly name: 'input' } //         [prompt string] -> string; inputEnd
    | { readonly name: 'int' } //           any -> i32 (classic) or i64; conversion errors name the type
    | { readonly name: 'float' } //         any -> f64
    | { readonly name: 'typeof' } //        any -> string
    | { readonly name: 'timestamp' } //     -> f64
    | { readonly name: 'assertEq'; readonly style: Style; readonly adapt: 'left' | 'right' | null }
    //                                      label any, actual any, expected any -> bool; `adapt` (row 14): literals in that side
    //                                      (left: actual) take the type of their counterpart, element by element
  );

/* ---- helpers --------------------------------------------------------------------------------------------------- */

export const ANY: Type = { kind: 'any' };
export const NIL: Type = { kind: 'nil' };
export const BOOL: Type = { kind: 'bool' };
export const STRING: Type = { kind: 'string' };
export const I32: Type = { kind: 'i32' };
export const I64: Type = { kind: 'i64' };
export const U32: Type = { kind: 'u32' };
export const U64: Type = { kind: 'u64' };
export const F64: Type = { kind: 'f64' };
export const RANGE: Type = { kind: 'range' };
export const ERROR: Type = { kind: 'error' };

export function typeEquals(a: Type, b: Type): boolean {
  if (a === b) return true;
  if (a.kind !== b.kind) return false;
  if (a.kind === 'array' && b.kind === 'array') return typeEquals(a.element, b.element);
  if ('id' in a && 'id' in b) return a.id === b.id;
  if (a.kind === 'func' && b.kind === 'func') {
    return (
      a.params.length === b.params.length &&
      typeEquals(a.result, b.result) &&
      a.params.every((param, i) => {
        const other = b.params[i];
        return other !== undefined && typeEquals(param, other);
      })
    );
  }
  return true;
}

export function isInt(type: Type): boolean {
  return type.kind === 'i32' || type.kind === 'i64' || type.kind === 'u32' || type.kind === 'u64';
}

export function isNumeric(type: Type): boolean {
  return isInt(type) || type.kind === 'f64';
}
