/**
 * Empties functions that nothing can call: what is left of a function after all its calls went to specialised copies, and what was
 * never used. Ids stay as they are.
 *
 * Roots are initialisers and `main`; reached are callees, function values (with their boxed entries) and the methods of types,
 * which dynamic member calls find by name.
 */
import { type ContentsOf, namedFunc } from '../analysis/contents.ts';
import type { Block, Func, FuncId, IrProgram } from '../ir/ir.ts';
import type { ProgramPass } from './pass.ts';

export const dropUnused: ProgramPass = {
  name: 'drop-unused',
  doc: 'a function with a body can be called',
  runProgram: (program, cx) => {
    const reached = reachable(program, cx.contents);
    let changed = false;
    for (const func of program.funcs.values()) {
      if (reached[func.id] === 1 || isEmpty(func) || !cx.may()) continue;
      const entry = func.blocks.get(func.entry) as Block;
      entry.insts = [];
      entry.term = { kind: 'unreachable', value: null, span: func.span };
      for (const id of [...func.blocks.keys()]) if (id !== func.entry) func.blocks.delete(id);
      cx.changed(func);
      changed = true;
    }
    return changed;
  },
};

function isEmpty(func: Func): boolean {
  const entry = func.blocks.get(func.entry);
  return func.blocks.size === 1 && entry?.insts.length === 0;
}

/** By function: 1 if something can call it. */
function reachable(program: IrProgram, contents: ContentsOf): Uint8Array {
  const reached = new Uint8Array(program.funcs.size);
  const open: FuncId[] = [];
  const reach = (id: FuncId | null): void => {
    if (id === null || reached[id] === 1) return;
    reached[id] = 1;
    open.push(id);
  };
  for (const module of program.modules) reach(module.init);
  reach(program.main);
  for (const type of program.types) {
    if (type.kind !== 'struct') continue;
    for (const method of type.methods) {
      reach(method.func);
      reach(program.funcs.get(method.func).boxed);
    }
  }
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    for (const name of contents(program.funcs.get(id)).named) {
      const callee = namedFunc(name);
      reach(callee);
      if (name < 0) reach(program.funcs.get(callee).boxed);
    }
  }
  return reached;
}
