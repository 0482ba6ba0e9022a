/**
 * The signatures of a program, found by what they say.
 */
import type { IrProgram, Signature, SigId } from '../ir/ir.ts';

export class Signatures {
  readonly #all: IrProgram['signatures'];
  readonly #ids = new Map<string, SigId>();

  constructor({ signatures }: Pick<IrProgram, 'signatures'>) {
    this.#all = signatures;
    for (const [id, sig] of signatures.entries()) this.#ids.set(keyOf(sig), id);
  }

  get(id: SigId): Signature {
    return this.#all.get(id);
  }

  of(sig: Signature): SigId {
    const key = keyOf(sig);
    let id = this.#ids.get(key);
    if (id === undefined) this.#ids.set(key, (id = this.#all.add(sig)));
    return id;
  }
}

function keyOf({ params, result }: Signature): string {
  return `${params.join()}>${result}`;
}
