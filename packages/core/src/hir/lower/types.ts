/**
 * From the tree's types to what the machine knows of them: kinds, type codes, signatures.
 */
import { IdMap } from '../../base/id-map.ts';
import type { Kind, TypeCode } from '../../base/kinds.ts';
import { kindOfCode, NOMINAL, TYPE_CODES } from '../../base/kinds.ts';
import type { IrField, IrType, Signature, SigId } from '../../ir/ir.ts';
import type { FieldDef, Func, Program, Type } from '../hir.ts';

export function codeOf(type: Type): TypeCode {
  switch (type.kind) {
    case 'struct':
    case 'enum':
      return (NOMINAL + type.id) as TypeCode;
    default:
      return TYPE_CODES[type.kind] as TypeCode;
  }
}

export function kindOf(type: Type): Kind {
  return kindOfCode(codeOf(type));
}

/** Kind of a function's result; a function whose result is nil gives none. */
export function resultKind(type: Type): Kind | null {
  return type.kind === 'nil' ? null : kindOf(type);
}

/** Hands out signature ids: functions with equal parameter and result codes share one. */
export class Signatures {
  readonly table = new IdMap<SigId, Signature>();
  readonly #ids = new Map<string, SigId>();

  of(params: readonly Type[], result: Type): SigId {
    const codes = params.map(codeOf);
    const resultCode = codeOf(result);
    const key = `${codes.join()}>${resultCode}`;
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const id = this.table.add({ params: codes, result: resultCode });
    this.#ids.set(key, id);
    return id;
  }
}

export function funcSignature(signatures: Signatures, program: Program, func: Func): SigId {
  return signatures.of(
    func.params.map((local) => program.locals.get(local).type),
    func.result,
  );
}

function lowerField({ name, type }: FieldDef): IrField {
  const arity = type.kind === 'func' ? type.params.length : 0;
  return { name, code: codeOf(type), kind: kindOf(type), arity };
}

/** The nominal types as the machine sees them; only instance methods can be reached through a value. */
export function lowerTypes(program: Program): IrType[] {
  return program.types.values().map((def): IrType => {
    if (def.kind === 'enum') {
      return {
        kind: 'enum',
        name: def.name,
        variants: def.variants.map(({ name, payload }) => ({ name, payload: payload.map(lowerField) })),
      };
    }
    const methods = [...def.methods].filter(([, method]) => method.instance);
    return {
      kind: 'struct',
      name: def.name,
      fields: def.fields.map(lowerField),
      methods: methods.map(([name, method]) => ({ name, func: method.func })),
    };
  });
}

/** As `resultKind`, from a signature's result code. */
export function resultKindOfCode(code: TypeCode): Kind | null {
  return code === TYPE_CODES.nil ? null : kindOfCode(code);
}
