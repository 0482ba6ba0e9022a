/**
 * The syntax tree of Orus.
 *
 * What the parser makes and the checker reads. It keeps every fact of the spelling that has a meaning (brace or colon,
 * fill form, parentheses, declaration form, radix of a literal) and nothing else; what a phase learns goes into side
 * tables keyed by `NodeId`. Ids are dense from 0 within one file, `Module.nodeCount` of them.
 *
 * The tree is never deeper than the parser's nesting limits allow (`MAX_NESTING`, `MAX_DEPTH` in `parser-core.ts`), so
 * recursive passes are safe. Chains of `elif` are flat lists. `error` nodes occur only where a diagnostic was reported.
 */
import type { Brand } from '../../base/brand.ts';
import type { FileId, Span } from '../../base/source.ts';
import type { Edition } from './edition.ts';

export type NodeId = Brand<number, 'NodeId'>;

interface Node {
  readonly id: NodeId;
  readonly span: Span;
}

/** One source file. */
export interface Module extends Node {
  readonly kind: 'module';
  readonly file: FileId;
  /** The edition of this file: the one asked for, unless its first line names another. */
  readonly edition: Edition;
  readonly statements: readonly Statement[];
  /** Ids in this file are smaller than this. */
  readonly nodeCount: number;
}

/** An identifier where it is declared or named as a member, label, alias. */
export interface Name extends Node {
  readonly kind: 'name';
  readonly text: string;
}

// ---------------------------------------------------------------------------------------------------------- types

export type TypeNode = NamedType | ArrayType | FunctionType | ErrorType;

/** `T`, `module.T`, `Enum[T, U]`. Primitive types are names too. */
export interface NamedType extends Node {
  readonly kind: 'named-type';
  readonly module: Name | null;
  readonly name: Name;
  readonly args: readonly TypeNode[];
}

/** `[T]`, `[T, N]`, `[T; N]`. */
export interface ArrayType extends Node {
  readonly kind: 'array-type';
  readonly element: TypeNode;
  readonly length: IntLiteral | NameExpr | null;
}

/** `fn(T, U) -> R`; without an arrow `result` is null. */
export interface FunctionType extends Node {
  readonly kind: 'function-type';
  readonly params: readonly TypeNode[];
  readonly result: TypeNode | null;
}

export interface ErrorType extends Node {
  readonly kind: 'error-type';
}

// ---------------------------------------------------------------------------------------------------- expressions

export type Expr =
  | IntLiteral
  | FloatLiteral
  | StringLiteral
  | BoolLiteral
  | NameExpr
  | ParenExpr
  | ArrayLiteral
  | FillLiteral
  | StructLiteral
  | UnaryExpr
  | BinaryExpr
  | CastExpr
  | ConditionalExpr
  | AssignExpr
  | CallExpr
  | IndexExpr
  | SliceExpr
  | MemberExpr
  | LambdaExpr
  | MatchExpr
  | BlockExpr
  | ErrorExpr;

export type IntSuffix = 'i32' | 'i64' | 'u32' | 'u64';

/**
 * An integer literal. Without a suffix it is flexible (4.4). The suffix `u` has become `u32` or `u64` by its value;
 * `3.0i32` is an integer literal too. Whether a suffixed value is in range is the checker's question, since a minus
 * sign may stand in front.
 */
export interface IntLiteral extends Node {
  readonly kind: 'int';
  readonly value: bigint;
  readonly radix: 2 | 8 | 10 | 16;
  readonly suffix: IntSuffix | null;
}

/** A literal of type `f64`: a float literal, or an integer with suffix `f64`. Always finite. */
export interface FloatLiteral extends Node {
  readonly kind: 'float';
  readonly value: number;
}

/** Escapes are processed; the bytes of the string are the UTF-8 of `value`. */
export interface StringLiteral extends Node {
  readonly kind: 'string';
  readonly value: string;
}

export interface BoolLiteral extends Node {
  readonly kind: 'bool';
  readonly value: boolean;
}

/** A name that is used (or assigned). `_` is a name too. */
export interface NameExpr extends Node {
  readonly kind: 'name-expr';
  readonly text: string;
}

/** `(e)`. It is kept because a bare and a parenthesised form may differ (format strings, literals, assignments). */
export interface ParenExpr extends Node {
  readonly kind: 'paren';
  readonly inner: Expr;
}

/** `[a, b, c]`, and the list of `return a, b`. What is a fill literal by 7.8 has already become one. */
export interface ArrayLiteral extends Node {
  readonly kind: 'array';
  readonly elements: readonly Expr[];
  readonly trailingComma: boolean;
  /** Whether it stands inside the argument list of a call, at any depth (7.8). */
  readonly inCallArgs: boolean;
  readonly form: 'brackets' | 'return-list';
}

/** `[v; n]`, or `[v, n]` where 7.8 makes it a fill (classic only; then `count` is an `int` or `name-expr`). */
export interface FillLiteral extends Node {
  readonly kind: 'fill';
  readonly value: Expr;
  readonly count: Expr;
  readonly separator: ';' | ',';
}

/** `Name{ f: e }`, `module.Name{ … }`. `type.args` is empty. */
export interface StructLiteral extends Node {
  readonly kind: 'struct';
  readonly type: NamedType;
  readonly fields: readonly FieldInit[];
}

export interface FieldInit extends Node {
  readonly kind: 'field-init';
  readonly name: Name;
  readonly value: Expr;
}

export type UnaryOp = '-' | 'not' | '~';

export interface UnaryExpr extends Node {
  readonly kind: 'unary';
  readonly op: UnaryOp;
  readonly opSpan: Span;
  readonly operand: Expr;
}

export type ArithmeticOp = '+' | '-' | '*' | '/' | '%';
export type BitOp = '&' | '|' | '^' | '<<' | '>>';
export type ComparisonOp = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'matches';
export type LogicOp = 'and' | 'or';
export type BinaryOp = ArithmeticOp | BitOp | ComparisonOp | LogicOp;

/** With `matches`, arguments `_` of a call on the right are `name-expr`s named `_`. */
export interface BinaryExpr extends Node {
  readonly kind: 'binary';
  readonly op: BinaryOp;
  readonly opSpan: Span;
  readonly left: Expr;
  readonly right: Expr;
}

export interface CastExpr extends Node {
  readonly kind: 'cast';
  readonly operand: Expr;
  readonly type: TypeNode;
  /** The word `as`. */
  readonly opSpan: Span;
}

/** `then if condition else other` or `condition ? then : other`. In 2026 the parser rejects a missing `else` outside statements. */
export interface ConditionalExpr extends Node {
  readonly kind: 'conditional';
  readonly condition: Expr;
  readonly then: Expr;
  readonly other: Expr | null;
  readonly form: 'if' | '?';
}

export type AssignTarget = NameExpr | MemberExpr | IndexExpr | ErrorExpr;

/** `target = value` and `target op= value`, as an expression. Targets are never parenthesised. */
export interface AssignExpr extends Node {
  readonly kind: 'assign';
  readonly target: AssignTarget;
  /** Null for plain `=`. */
  readonly op: ArithmeticOp | BitOp | null;
  readonly opSpan: Span;
  readonly value: Expr;
}

/** `f(x)`, `v.m(x)`, `E.V(x)`: the callee of the latter two is a `member`. */
export interface CallExpr extends Node {
  readonly kind: 'call';
  readonly callee: Expr;
  readonly args: readonly Expr[];
  /** From `(` to `)`. */
  readonly argsSpan: Span;
}

export interface IndexExpr extends Node {
  readonly kind: 'index';
  readonly object: Expr;
  readonly index: Expr;
}

/** `a[i..j]`, `a[i..=j]` (2026 only); either bound may be missing, but never the end of `..=`. */
export interface SliceExpr extends Node {
  readonly kind: 'slice';
  readonly object: Expr;
  readonly start: Expr | null;
  readonly end: Expr | null;
  /** Whether it was written `..=`. What plain `..` means is `Edition.sliceEnd`. */
  readonly inclusive: boolean;
}

export interface MemberExpr extends Node {
  readonly kind: 'member';
  readonly object: Expr;
  readonly name: Name;
}

export interface LambdaExpr extends Node, FunctionParts {
  readonly kind: 'lambda';
}

/** A match in either position; in statement position it is the `match` of a `match-stmt`. */
export interface MatchExpr extends Node {
  readonly kind: 'match';
  /** The word `match`. */
  readonly keyword: Span;
  readonly subject: Expr;
  readonly arms: readonly MatchArm[];
  readonly form: 'brace' | 'colon';
}

/** `{ … }` where an expression is expected. */
export interface BlockExpr extends Node {
  readonly kind: 'block-expr';
  readonly block: Block;
}

export interface ErrorExpr extends Node {
  readonly kind: 'error';
}

// ------------------------------------------------------------------------------------------------------- patterns

export interface MatchArm extends Node {
  readonly kind: 'arm';
  /** At least one; more than one only where `|` separates alternatives. */
  readonly patterns: readonly Pattern[];
  /** A single expression or statement is an `inline` block with that statement. */
  readonly body: Block;
}

export type Pattern = WildcardPattern | VariantPattern | ValuePattern;

export interface WildcardPattern extends Node {
  readonly kind: 'wildcard';
}

/**
 * `E.V`, `E.V(a, _)`, `module.E.V(a)`: two or three names with bare names as arguments. If the first name turns out to be
 * a variable, or the path an exported variable, it is a value pattern after all (ruling 7) and `expr` is its expression.
 */
export interface VariantPattern extends Node {
  readonly kind: 'variant';
  readonly module: Name | null;
  readonly enum: Name;
  readonly variant: Name;
  /** Null without parentheses. `_` skips a field. */
  readonly bindings: readonly NameExpr[] | null;
  readonly expr: Expr;
}

export interface ValuePattern extends Node {
  readonly kind: 'value';
  readonly expr: Expr;
}

// ----------------------------------------------------------------------------------------------------- statements

export type Statement =
  | DeclareStmt
  | AssignStmt
  | DestructureStmt
  | ExprStmt
  | PrintStmt
  | PassStmt
  | ReturnStmt
  | BreakStmt
  | ContinueStmt
  | IfStmt
  | WhileStmt
  | ForRangeStmt
  | ForEachStmt
  | MatchStmt
  | TryStmt
  | BlockStmt
  | FunctionDecl
  | StructDecl
  | EnumDecl
  | ImplDecl
  | UseDecl;

/** A suite. `inline` is what follows `:` or an arm's arrow on the same line. */
export interface Block extends Node {
  readonly kind: 'block';
  readonly form: 'brace' | 'indented' | 'inline';
  readonly statements: readonly Statement[];
}

/**
 * An explicit declaration (6.2): it always creates a name.
 *
 *     mut n = 0, mut n: T = 0     mut
 *     n: T = 0                    typed
 *     a = 1, b = 2                list      the items but the last, in classic
 *     N := 0, N: T := 0           const
 *     let n = 0, let mut n = 0    let
 */
export interface DeclareStmt extends Node {
  readonly kind: 'declare';
  readonly form: 'mut' | 'typed' | 'list' | 'const' | 'let';
  readonly mutable: boolean;
  /** The word `pub`; only at module level. */
  readonly pub: Span | null;
  readonly name: Name;
  readonly type: TypeNode | null;
  readonly value: Expr;
}

/** An assignment as a statement; `name = e` may declare implicitly (6.2). `pub` only with a plain name. */
export interface AssignStmt extends Node {
  readonly kind: 'assign-stmt';
  readonly pub: Span | null;
  readonly assign: AssignExpr;
}

/** `a, b = e`, and in 2026 `a, v.x, w[0] = e1, e2, e3`. In classic: names only, one value. */
export interface DestructureStmt extends Node {
  readonly kind: 'destructure';
  readonly targets: readonly AssignTarget[];
  readonly opSpan: Span;
  /** One value is an array to take apart; more are assigned one by one (row 17). */
  readonly values: readonly Expr[];
}

/** Any other expression; never directly an `assign` or a `match`. */
export interface ExprStmt extends Node {
  readonly kind: 'expr-stmt';
  readonly expr: Expr;
}

export interface PrintStmt extends Node {
  readonly kind: 'print';
  readonly args: readonly Expr[];
}

export interface PassStmt extends Node {
  readonly kind: 'pass';
}

export interface ReturnStmt extends Node {
  readonly kind: 'return';
  /** The word `return`. */
  readonly keyword: Span;
  /** `return a, b` has an `array` of form `return-list`. */
  readonly value: Expr | null;
}

export interface BreakStmt extends Node {
  readonly kind: 'break';
  readonly label: Name | null;
  /** The id of the loop it leaves; null only if an error was reported. */
  readonly target: NodeId | null;
}

export interface ContinueStmt extends Node {
  readonly kind: 'continue';
  readonly label: Name | null;
  readonly target: NodeId | null;
}

/** `if`, every `elif` or `else if`, and `else`, flat. */
export interface IfStmt extends Node {
  readonly kind: 'if';
  readonly branches: readonly IfBranch[];
  readonly otherwise: Block | null;
}

export interface IfBranch extends Node {
  readonly kind: 'branch';
  readonly condition: Expr;
  readonly body: Block;
}

export interface WhileStmt extends Node {
  readonly kind: 'while';
  readonly label: Name | null;
  readonly condition: Expr;
  readonly body: Block;
}

/** `for v in start..end`, `start..=end`, with an optional `..step`. */
export interface ForRangeStmt extends Node {
  readonly kind: 'for-range';
  readonly label: Name | null;
  readonly variable: Name;
  readonly start: Expr;
  readonly end: Expr;
  readonly inclusive: boolean;
  readonly step: Expr | null;
  readonly body: Block;
}

export interface ForEachStmt extends Node {
  readonly kind: 'for-each';
  readonly label: Name | null;
  readonly variable: Name;
  readonly iterable: Expr;
  readonly body: Block;
}

export interface MatchStmt extends Node {
  readonly kind: 'match-stmt';
  readonly match: MatchExpr;
}

export interface TryStmt extends Node {
  readonly kind: 'try';
  readonly body: Block;
  readonly variable: Name | null;
  readonly handler: Block;
}

/** `{ … }` at the start of a statement. */
export interface BlockStmt extends Node {
  readonly kind: 'block-stmt';
  readonly block: Block;
}

// --------------------------------------------------------------------------------------------------- declarations

interface FunctionParts {
  readonly params: readonly Param[];
  readonly result: TypeNode | null;
  readonly body: Block;
  /** From `fn` to the end of the signature: where a message about the whole function points. */
  readonly head: Span;
}

export interface Param extends Node {
  readonly kind: 'param';
  /** `mut` stood before it, which was reported: that it is assigned is no news. */
  readonly mut: boolean;
  readonly name: Name;
  readonly type: TypeNode | null;
}

/** A named function: a statement anywhere, or a method of an `impl`. */
export interface FunctionDecl extends Node, FunctionParts {
  readonly kind: 'function';
  /** Its parameters could not all be read, which was reported. */
  readonly damaged: boolean;
  readonly pub: Span | null;
  readonly name: Name;
}

export interface StructDecl extends Node {
  readonly kind: 'struct-decl';
  readonly pub: Span | null;
  readonly name: Name;
  readonly fields: readonly FieldDecl[];
}

export interface FieldDecl extends Node {
  readonly kind: 'field';
  readonly name: Name;
  readonly type: TypeNode;
  readonly defaultValue: Expr | null;
}

export interface EnumDecl extends Node {
  readonly kind: 'enum-decl';
  readonly pub: Span | null;
  readonly name: Name;
  readonly typeParams: readonly Name[];
  readonly variants: readonly VariantDecl[];
}

export interface VariantDecl extends Node {
  readonly kind: 'variant-decl';
  readonly name: Name;
  readonly payload: readonly PayloadField[];
}

export interface PayloadField extends Node {
  readonly kind: 'payload';
  readonly name: Name | null;
  readonly type: TypeNode;
}

export interface ImplDecl extends Node {
  readonly kind: 'impl';
  readonly target: Name;
  readonly methods: readonly FunctionDecl[];
}

/** `use a.b`, `use a.b as c`, `use a: x, Y as Z`, `use a: *`. */
export interface UseDecl extends Node {
  readonly kind: 'use';
  readonly path: readonly Name[];
  readonly alias: Name | null;
  /** Null: the namespace is bound. `'all'`: `*`. */
  readonly items: readonly UseItem[] | 'all' | null;
}

export interface UseItem extends Node {
  readonly kind: 'use-item';
  readonly name: Name;
  readonly alias: Name | null;
}

export type AnyNode =
  | Module
  | Name
  | TypeNode
  | Expr
  | FieldInit
  | MatchArm
  | Pattern
  | Statement
  | Block
  | IfBranch
  | Param
  | FieldDecl
  | VariantDecl
  | PayloadField
  | UseItem;

/** The expression inside any parentheses. */
export function withoutParens(expr: Expr): Expr {
  let inner = expr;
  while (inner.kind === 'paren') inner = inner.inner;
  return inner;
}
