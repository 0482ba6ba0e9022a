/**
 * Translates a program into closures: types first, then a `Code` for every function, then the bodies, which refer to them.
 */
import { Bug } from '../../base/bug.ts';
import type { Span } from '../../base/source.ts';
import type { FieldDef, FuncId, LocalId, Program, TypeId } from '../../hir/hir.ts';
import { signatureOf } from './calls.ts';
import type { Context, ProgramContext } from './context.ts';
import { translateExpr } from './expressions.ts';
import type { Machine } from './machine.ts';
import { makeShapes } from './shapes.ts';
import { translateStmts } from './statements.ts';
import type { Code, EnumType, Member, Site, StructType } from './value.ts';
import { Cell, FIRST_SLOT } from './value.ts';

export interface Translation {
  code(func: FuncId): Code;
}

/** Translates a program, and others that go on from it: nominal types are the same for all. */
export class Translator {
  readonly #machine: Machine;
  readonly #boxed: boolean;
  readonly #structs = new Map<TypeId, StructType>();
  readonly #enums = new Map<TypeId, EnumType>();

  constructor(machine: Machine, boxed: boolean) {
    this.#machine = machine;
    this.#boxed = boxed;
  }

  translate(program: Program): Translation {
    return translate(program, this.#machine, this.#boxed, this.#structs, this.#enums);
  }
}

function translate(
  program: Program,
  machine: Machine,
  boxed: boolean,
  structs: Map<TypeId, StructType>,
  enums: Map<TypeId, EnumType>,
): Translation {
  const shape = makeShapes(program, boxed);
  const codes = program.funcs.values().map((func): Code => {
    const params = func.params.map((param) => shape(program.locals.get(param).type));
    const result = shape(func.result);
    return {
      func,
      name: func.kind === 'lambda' ? 'lambda' : func.name,
      params,
      result,
      signature: signatureOf(params, result),
      size: FIRST_SLOT,
      captures: [],
      constant: null,
      run: () => {
        throw new Bug(`function ${func.name} was not translated`);
      },
    };
  });
  const found = <T>(table: ReadonlyMap<number, T> | readonly T[], id: number, what: string): T => {
    const item = Array.isArray(table) ? (table as readonly T[])[id] : (table as ReadonlyMap<number, T>).get(id);
    if (item === undefined) throw new Bug(`no ${what} ${id}`);
    return item;
  };
  const context: ProgramContext = {
    program,
    machine,
    shape,
    boxed,
    code: (id) => found(codes, id, 'function'),
    structType: (id) => found(structs, id, 'struct'),
    enumType: (id) => found(enums, id, 'enum'),
  };

  for (const [id, def] of program.types.entries()) {
    const members = (fields: readonly FieldDef[]) =>
      fields.map((field): Member => {
        const of = shape(field.type);
        return { name: field.name, rep: of.rep, shape: of };
      });
    if (def.kind === 'struct') {
      let type = structs.get(id);
      if (type === undefined) {
        const fields = members(def.fields);
        const fieldIndex = new Map(fields.map((field, i) => [field.name, i]));
        type = { id, name: def.name, fields, fieldIndex, methods: new Map() };
        structs.set(id, type);
      }
      for (const [name, method] of def.methods) {
        type.methods.set(name, { code: context.code(method.func), instance: method.instance });
      }
    } else if (!enums.has(id)) {
      const variants = def.variants.map((variant) => ({ name: variant.name, payload: members(variant.payload) }));
      enums.set(id, { id, name: def.name, variants });
    }
  }
  for (const code of codes) translateFunction(context, code);
  return context;
}

function translateFunction(program: ProgramContext, code: Code): void {
  const { func } = code;
  const slots = new Map<LocalId, number>();
  const slot = (local: LocalId): number => {
    const known = slots.get(local);
    if (known !== undefined) return known;
    const fresh = FIRST_SLOT + slots.size;
    slots.set(local, fresh);
    return fresh;
  };
  const inCell = (local: LocalId): boolean => {
    const { captured, assigned } = program.program.locals.get(local);
    return captured && assigned;
  };
  const cx: Context = {
    ...program,
    codeName: code.name,
    slot,
    inCell,
    expr: (expr) => translateExpr(cx, expr),
    stmts: (stmts) => translateStmts(cx, stmts),
    site: (span: Span): Site => ({ func: func.name, span }),
    exits: 0,
    jumps: 0,
  };

  const params = func.params.map(slot);
  code.captures = func.captures.map(slot);
  const body = cx.stmts(func.body);
  code.size = FIRST_SLOT + slots.size;
  const boxedParams = params.filter((_, i) => inCell(func.params[i] as LocalId));
  if (boxedParams.length === 0) {
    code.run = body;
  } else {
    code.run = (frame) => {
      for (const param of boxedParams) frame[param] = new Cell(frame[param] as Cell['value']);
      return body(frame);
    };
  }
}
