/**
 * From the typed tree of a program to its IR: every function, and a boxed entry for each that can be a value.
 */
import { IdMap } from '../../base/id-map.ts';
import type { Kind } from '../../base/kinds.ts';
import type { FuncHeader } from '../../ir/builder.ts';
import { FuncBuilder } from '../../ir/builder.ts';
import type { CallTypes } from '../../ir/result-kind.ts';
import type { Func as IrFunc, IrGlobal, IrProgram } from '../../ir/ir.ts';
import type { Func, FuncId, GlobalId, Program } from '../hir.ts';
import { ANY } from '../hir.ts';
import type { ProgramContext } from './context.ts';
import { Context, captureKinds } from './context.ts';
import { convertAny } from './expr.ts';
import { lowerBox } from './numbers.ts';
import { lowerStmts } from './stmt.ts';
import { funcSignature, kindOf, lowerTypes, resultKind, resultKindOfCode, Signatures } from './types.ts';
import { findUses } from './uses.ts';

/** `signatures` are those of the entries before, if there are any. */
export function lowerProgram(program: Program, signatures: Signatures = new Signatures()): IrProgram {
  const uses = findUses(program);
  const globals = new IdMap<GlobalId, IrGlobal>();
  for (const global of program.globals.values()) globals.add({ name: global.name, kind: kindOf(global.type) });
  const globalFlags = new Map<GlobalId, GlobalId>(program.continues?.flags);
  if (program.continues === undefined) {
    for (const id of uses.checkedGlobals) {
      globalFlags.set(id, globals.add({ name: `${program.globals.get(id).name} is set`, kind: 'i32' }));
    }
  }
  const cx: ProgramContext = { program, uses, signatures, globalFlags };

  // Boxed entries take the ids after those of the tree's functions.
  const boxedEntries = new Map<FuncId, FuncId>();
  for (const id of uses.values) boxedEntries.set(id, (program.funcs.size + boxedEntries.size) as FuncId);
  const lower = new FuncLowering(cx, boxedEntries);

  const funcs = new IdMap<FuncId, IrFunc>();
  const all = program.funcs.values();
  for (let i = 0; i < all.length; i++) funcs.add(lower.func(i as FuncId, all[i] as Func));
  for (const [target, id] of boxedEntries) funcs.add(lower.boxedEntry(id, target));

  return {
    files: program.files,
    funcs,
    types: lowerTypes(program),
    globals,
    signatures: cx.signatures.table,
    modules: program.modules,
    main: program.main,
    elementsApart: null,
  };
}

class FuncLowering {
  readonly #cx: ProgramContext;
  readonly #boxedEntries: ReadonlyMap<FuncId, FuncId>;
  readonly #calls: CallTypes;

  constructor(cx: ProgramContext, boxedEntries: ReadonlyMap<FuncId, FuncId>) {
    this.#cx = cx;
    this.#boxedEntries = boxedEntries;
    this.#calls = this.#callTypes();
  }

  /** A function that nothing can call gets no body. */
  func(id: FuncId, func: Func): IrFunc {
    const { program } = this.#cx;
    const b = new FuncBuilder(
      {
        ...this.#header(id, func),
        params: func.params.map((local) => kindOf(program.locals.get(local).type)),
        result: resultKind(func.result),
        sig: funcSignature(this.#cx.signatures, program, func),
        boxed: this.#boxedEntries.get(id) ?? null,
      },
      this.#calls,
    );
    if (this.#cx.uses.reached[id] === 0) {
      b.unreachable();
      return b.finish();
    }
    const c = new Context(b, this.#cx, func.result, this.#cx.uses.tries[id] === 1);
    c.at(func.span);
    b.effect('poll', [], 1);
    let slot = 0;
    for (const local of func.captures) slot = c.importCapture(local, slot);
    func.params.forEach((local, i) => {
      const value = b.params[i];
      if (value !== undefined) c.declare(local, value);
    });
    lowerStmts(c, func.body);
    if (b.reachable) b.unreachable();
    return b.finish();
  }

  /** Checks and converts its arguments by the rules of the target's edition, calls it, boxes the result. */
  boxedEntry(id: FuncId, target: FuncId): IrFunc {
    const { program, signatures } = this.#cx;
    const func = program.funcs.get(target);
    const b = new FuncBuilder(
      {
        ...this.#header(id, func),
        params: func.params.map((): Kind => 'any'),
        result: 'any',
        sig: signatures.of(
          func.params.map(() => ANY),
          ANY,
        ),
        boxed: id,
      },
      this.#calls,
    );
    const c = new Context(b, this.#cx, ANY, false);
    c.at(func.span);
    const mode = func.style === 'modern' ? 'convert' : 'exact';
    const args = func.params.map((local, i) => {
      const word = b.params[i];
      return word === undefined ? c.zero('any') : convertAny(c, program.locals.get(local).type, mode, word);
    });
    if (resultKind(func.result) === null) {
      b.effect('call', args, target);
      b.ret(b.inst('const.nil'));
    } else {
      b.ret(lowerBox(c, func.result, b.inst('call', args, target)));
    }
    return b.finish();
  }

  #header(id: FuncId, func: Func): Pick<FuncHeader, 'id' | 'name' | 'displayName' | 'captures' | 'span'> {
    return {
      id,
      name: func.name,
      displayName: func.kind === 'lambda' ? 'lambda' : func.name,
      captures: func.captures.flatMap((local) => captureKinds(this.#cx, local)),
      span: func.span,
    };
  }

  #callTypes(): CallTypes {
    const { program, signatures } = this.#cx;
    return {
      resultOfFunc: (id: FuncId) => {
        const isBoxed = id >= program.funcs.size;
        return isBoxed ? ('any' as const) : resultKind(program.funcs.get(id).result);
      },
      resultOfSig: (id: Parameters<typeof signatures.table.get>[0]) => {
        const { result } = signatures.table.get(id);
        return resultKindOfCode(result);
      },
    };
  }
}
