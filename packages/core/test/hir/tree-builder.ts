/**
 * Builds small typed trees by hand, for tests of whatever reads them. Spans all lie at the start of one empty file.
 */
import { IdMap } from '../../src/base/id-map.ts';
import type { FileId, SourceFile } from '../../src/base/source.ts';
import type {
  ArithOp,
  CompareOp,
  Expr,
  Func,
  FuncId,
  Global,
  GlobalId,
  IntType,
  LabelId,
  Local,
  LocalId,
  ModuleInfo,
  Place,
  Program,
  Stmt,
  Type,
  TypeDef,
  TypeId,
} from '../../src/hir/hir.ts';
import { ANY, BOOL, F64, I64, NIL, STRING } from '../../src/hir/hir.ts';

export const span = { file: 0 as FileId, start: 0, end: 0 };

export function int(value: number | bigint, kind: IntType = 'i64'): Expr {
  return { kind: 'int', value: BigInt(value), ty: { kind }, span };
}
export function float(value: number): Expr {
  return { kind: 'float', value, ty: F64, span };
}
export function bool(value: boolean): Expr {
  return { kind: 'bool', value, ty: BOOL, span };
}
export function text(value: string): Expr {
  return { kind: 'string', value, ty: STRING, span };
}
export const nil: Expr = { kind: 'nil', ty: NIL, span };

export function arith(op: ArithOp, left: Expr, right: Expr, mode: 'checked' | 'wrapping' = 'checked'): Expr {
  return { kind: 'arith', op, mode, left, right, ty: left.ty, span };
}
export function compare(op: CompareOp, left: Expr, right: Expr): Expr {
  return { kind: 'compare', op, left, right, ty: BOOL, span };
}
export function choose(cond: Expr, then: Expr, otherwise: Expr): Expr {
  return { kind: 'cond', cond, then, else: otherwise, ty: then.ty, span };
}
export function toAny(operand: Expr): Expr {
  return { kind: 'toAny', operand, ty: ANY, span };
}
export function array(element: Type, ...items: Expr[]): Expr {
  return { kind: 'array', items, ty: { kind: 'array', element }, span };
}
export function print(...args: Expr[]): Stmt {
  return { kind: 'print', style: 'modern', format: null, scan: false, args, span };
}
export function expr(value: Expr): Stmt {
  return { kind: 'expr', expr: value, span };
}
export function ret(value: Expr | null): Stmt {
  return { kind: 'return', value, span };
}
export function when(cond: Expr, then: readonly Stmt[], otherwise: readonly Stmt[] = []): Stmt {
  return { kind: 'if', cond, then, else: otherwise, span };
}
export function attempt(body: readonly Stmt[], error: LocalId | null, handler: readonly Stmt[]): Stmt {
  return { kind: 'try', body, error, handler, span };
}

/** Collects the tables of a program. */
export class TreeBuilder {
  readonly files = new IdMap<FileId, SourceFile>();
  readonly types = new IdMap<TypeId, TypeDef>();
  readonly locals = new IdMap<LocalId, Local>();
  readonly globals = new IdMap<GlobalId, Global>();
  readonly funcs = new IdMap<FuncId, Func>();
  #labels = 0;

  constructor() {
    const id = this.files.nextId();
    this.files.add({ id, path: 'test.orus', text: '' });
  }

  local(name: string, type: Type, more: Partial<Local> = {}): LocalId {
    return this.locals.add({ name, type, captured: false, assigned: false, ...more });
  }

  label(): LabelId {
    return this.#labels++ as LabelId;
  }

  func(
    name: string,
    params: readonly LocalId[],
    result: Type,
    body: readonly Stmt[],
    more: Partial<Func> = {},
  ): FuncId {
    const plain = { kind: 'function', captures: [], style: 'modern', span } as const;
    return this.funcs.add({ ...plain, name, params, result, body, ...more });
  }

  read(local: LocalId, checked = false): Expr {
    return { kind: 'local', local, checked, ty: this.locals.get(local).type, span };
  }

  make(local: LocalId, init: Expr): Stmt {
    return { kind: 'let', local, init, span };
  }

  set(local: LocalId, value: Expr): Stmt {
    return expr(this.assign({ kind: 'local', local }, value));
  }

  assign(target: Place, value: Expr): Expr {
    return { kind: 'assign', target, value, ty: value.ty, span };
  }

  call(func: FuncId, ...args: Expr[]): Expr {
    return { kind: 'call', func, args, ty: this.funcs.get(func).result, span };
  }

  /** A program of one module whose initialiser runs the statements. */
  program(body: readonly Stmt[], more: Partial<Program> = {}): Program {
    const last = body.at(-1);
    const ends = last?.kind === 'return' || last?.kind === 'raise';
    const init = this.func('init', [], BOOL, ends ? body : [...body, ret(bool(false))], { kind: 'init' });
    const modules: ModuleInfo[] = [{ name: 'test', init }];
    const { files, types, locals, globals, funcs } = this;
    return { files, types, locals, globals, funcs, modules, main: null, ...more };
  }
}

export { ANY, BOOL, F64, I64, NIL, STRING };
