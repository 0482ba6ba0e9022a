/**
 * The types that generated programs use, and how they are written.
 */
export const INTEGERS = ['i32', 'i64', 'u32', 'u64'] as const;
export const NUMBERS = [...INTEGERS, 'f64'] as const;
export type Integer = (typeof INTEGERS)[number];
export type Numeric = (typeof NUMBERS)[number];
export type Scalar = Numeric | 'bool' | 'string';

export interface Field {
  readonly name: string;
  readonly ty: Ty;
  readonly hasDefault: boolean;
}

export interface Method {
  readonly name: string;
  readonly instance: boolean;
  readonly params: readonly Ty[];
  readonly result: Ty;
  readonly cost: number;
}

export interface StructDef {
  readonly name: string;
  readonly fields: Field[];
  /** Grows while methods are generated: each sees those before it. */
  readonly methods: Method[];
}

export interface EnumDef {
  readonly name: string;
  readonly variants: readonly { readonly name: string; readonly payload: readonly Ty[] }[];
}

export type Ty =
  | { readonly kind: Scalar }
  /** `hint` is what the value most likely is; the checker knows nothing. */
  | { readonly kind: 'any'; readonly hint: Ty }
  | { readonly kind: 'array'; readonly element: Ty }
  | { readonly kind: 'struct'; readonly def: StructDef }
  | { readonly kind: 'enum'; readonly def: EnumDef }
  | { readonly kind: 'fn'; readonly params: readonly Ty[]; readonly result: Ty }
  | { readonly kind: 'range' | 'error' | 'void' };

export type ArrayTy = Extract<Ty, { kind: 'array' }>;
export type FnTy = Extract<Ty, { kind: 'fn' }>;

export const scalar = (kind: Scalar): Ty => ({ kind });
export const array = (element: Ty): ArrayTy => ({ kind: 'array', element });
export const any = (hint: Ty): Ty => ({ kind: 'any', hint: hint.kind === 'any' ? hint.hint : hint });

export const BOOL = scalar('bool');
export const STRING = scalar('string');

/** As it is written; ranges and errors have no name, theirs cannot be parsed. */
export function tyText(ty: Ty): string {
  switch (ty.kind) {
    case 'array':
      return `[${tyText(ty.element)}]`;
    case 'struct':
    case 'enum':
      return ty.def.name;
    case 'fn':
      return `fn(${ty.params.map(tyText).join(', ')})${ty.result.kind === 'void' ? '' : ` -> ${tyText(ty.result)}`}`;
    case 'range':
    case 'error':
      return `<${ty.kind}>`;
    default:
      return ty.kind;
  }
}

export function sameTy(a: Ty, b: Ty): boolean {
  return a === b || tyText(a) === tyText(b);
}

export function isInteger(ty: Ty): ty is { kind: Integer } {
  return (INTEGERS as readonly string[]).includes(ty.kind);
}

export function isNumeric(ty: Ty): ty is { kind: Numeric } {
  return (NUMBERS as readonly string[]).includes(ty.kind);
}

export function isScalar(ty: Ty): ty is { kind: Scalar } {
  return isNumeric(ty) || ty.kind === 'bool' || ty.kind === 'string';
}

export function isNamed(ty: Ty): boolean {
  return ty.kind !== 'range' && ty.kind !== 'error' && ty.kind !== 'void';
}

/** Whether values of the type can be compared with `<`. */
export function isOrdered(ty: Ty): boolean {
  return isNumeric(ty) || ty.kind === 'string';
}
