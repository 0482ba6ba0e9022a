/**
 * Fields that are found by name: where they are in a struct, and which struct somebody has in mind who asks for several.
 */
import type { Defs } from '../analysis/defs.ts';
import type { BuiltinName } from '../base/builtins.ts';
import { NOMINAL, TYPE_CODES } from '../base/kinds.ts';
import type { Func, IrProgram, Kind, ValueId } from '../ir/ir.ts';
import { builtin } from './dynamic-operands.ts';
import type { Emitter } from './emitter.ts';

export interface FoundField {
  readonly index: number;
  readonly kind: Kind;
  readonly code: number;
}

/** Built-ins that find a field by its name. */
export const FIELDS: ReadonlySet<string> = new Set<BuiltinName>(['dyn.field', 'dyn.setfield']);

/** The field of that name, if the type is a struct that has one. */
export function fieldOf({ types }: IrProgram, code: number, name: string): FoundField | null {
  const type = code < NOMINAL ? undefined : types[code - NOMINAL];
  if (type?.kind !== 'struct') return null;
  const index = type.fields.findIndex((field) => field.name === name);
  const field = type.fields[index];
  return field === undefined ? null : { index, kind: field.kind, code: field.code };
}

/** Whether a word of that type is stored as it is. Another is converted or an error, and of a function the number of parameters counts too. */
export function accepts({ kind, code }: FoundField, type: number): boolean {
  return kind === 'any' || (code === type && code !== TYPE_CODES.func);
}

/** Writes a read of a field for the instruction that found it by name. */
export function getField(e: Emitter, object: ValueId, { kind, index, code }: FoundField): void {
  if (kind === 'any') e.final('field.get.any', [object], index);
  else e.finalBox(e.op(`field.get.${kind}`, [object], index), code);
}

/** Writes a store into a field that accepts it: the word, or what is in it. */
export function setField(e: Emitter, object: ValueId, field: FoundField, raw: () => ValueId, word: ValueId): void {
  const { kind, index } = field;
  e.effect(`field.set.${kind}`, [object, kind === 'any' ? word : raw()], index);
}

/** Operations that find a member by the name that is their second operand. */
const MEMBERS: ReadonlySet<BuiltinName> = new Set<BuiltinName>(['dyn.field', 'dyn.setfield', 'dyn.method']);

/** For each value of which a function uses members by name: the one struct type that has all of them, if it is only one. */
export function structsByMembers(func: Func, makers: Defs['inst'], program: IrProgram): Map<ValueId, number> {
  const wanted = new Map<ValueId, Set<string>>();
  for (const { insts } of func.blocks.values()) {
    for (const inst of insts) {
      if (!MEMBERS.has(builtin(inst) as BuiltinName)) continue;
      const [object, name] = inst.args as [ValueId, ValueId];
      const text = makers[name];
      if (text?.op === 'const.str') wanted.set(object, (wanted.get(object) ?? new Set()).add(text.imm as string));
    }
  }
  const found = new Map<ValueId, number>();
  for (const [object, members] of wanted) {
    const types = program.types.flatMap((type, i) =>
      type.kind === 'struct' &&
      [...members].every((name) => [...type.fields, ...type.methods].some((each) => each.name === name))
        ? [NOMINAL + i]
        : [],
    );
    if (types.length === 1) found.set(object, types[0] as number);
  }
  return found;
}
