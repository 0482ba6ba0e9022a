/**
 * A module variable that is set once, to a constant, before anybody can look, is that constant.
 *
 *     global.set g, 5000   at the head of a module, nowhere else        global.get g  ->  5000
 *
 * Nobody can look if the head of its module up to there calls nothing and does not read it, and no module that runs
 * earlier can come to a function that reads it. Not for sessions, whose later entries may set what this one does not.
 */
import { type ContentsOf, HAS, namedFunc } from '../analysis/contents.ts';
import type { FuncId, GlobalId, Inst, IrProgram } from '../ir/ir.ts';
import type { PassContext, ProgramPass } from './pass.ts';

export const constantGlobals: ProgramPass = {
  name: 'constant-globals',
  doc: 'no module variable is read that always holds the same constant',
  runProgram: (program, cx) => {
    const known = constantsOf(program, cx.contents);
    if (known.size === 0) return false;
    const allowed = new Map<number, boolean>();
    let changed = false;
    for (const func of program.funcs.values()) {
      if ((cx.contents(func).families & HAS.globals) === 0) continue;
      let here = false;
      for (const { insts } of func.blocks.values()) {
        for (const inst of insts) {
          if (!inst.op.startsWith('global.get.')) continue;
          const maker = known.get(inst.imm as GlobalId);
          if (maker === undefined || !leave(allowed, inst.imm as GlobalId, cx)) continue;
          inst.op = maker.op;
          inst.imm = maker.imm;
          here = true;
        }
      }
      if (here) cx.changed(func, 'values');
      changed ||= here;
    }
    return changed;
  },
};

/** One change for each variable, wherever it is read. */
function leave(allowed: Map<number, boolean>, global: GlobalId, cx: PassContext): boolean {
  let may = allowed.get(global);
  if (may === undefined) allowed.set(global, (may = cx.may()));
  return may;
}

/** The constants that variables are set to at the head of their modules, by variable. */
function constantsOf(program: IrProgram, contents: ContentsOf): ReadonlyMap<GlobalId, Inst> {
  const sets = new Int32Array(program.globals.size);
  const readers = new Map<GlobalId, Set<FuncId>>();
  for (const func of program.funcs.values()) {
    if ((contents(func).families & HAS.globals) === 0) continue;
    for (const { insts } of func.blocks.values()) {
      for (const { op, imm } of insts) {
        if (op.startsWith('global.set.')) sets[imm as number] = (sets[imm as number] as number) + 1;
        else if (op.startsWith('global.get.')) {
          const list = readers.get(imm as GlobalId) ?? new Set();
          readers.set(imm as GlobalId, list.add(func.id));
        }
      }
    }
  }
  const known = new Map<GlobalId, Inst>();
  /** Functions that modules which ran before can have come to. */
  const reached = new Set<FuncId>();
  for (const { init } of program.modules) {
    for (const [global, maker] of headOf(program, init)) {
      const readsIt = readers.get(global);
      if (sets[global] !== 1 || readsIt === undefined) continue;
      if (![...readsIt].some((func) => reached.has(func))) known.set(global, maker);
    }
    reach(program, contents, init, reached);
  }
  return known;
}

/** What a module sets to constants before it calls anything, and had not read. */
function* headOf(program: IrProgram, init: FuncId): Iterable<[GlobalId, Inst]> {
  const func = program.funcs.get(init);
  const makers = new Map<number, Inst>();
  const read = new Set<number>();
  for (const inst of func.blocks.get(func.entry)?.insts ?? []) {
    const { op, imm, result } = inst;
    if (op.startsWith('call')) return;
    if (result !== null && op.startsWith('const.')) makers.set(result, inst);
    if (op.startsWith('global.get.')) read.add(imm as number);
    const maker = op.startsWith('global.set.') ? makers.get(inst.args[0] as number) : undefined;
    if (maker !== undefined && !read.has(imm as number)) yield [imm as GlobalId, maker];
  }
}

/** Adds what a function can come to: what it calls or makes values of, and methods if it calls some by name. */
function reach(program: IrProgram, contents: ContentsOf, from: FuncId, reached: Set<FuncId>): void {
  const open: FuncId[] = [from];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (reached.has(id)) continue;
    reached.add(id);
    const func = program.funcs.get(id);
    if (func.boxed !== null) open.push(func.boxed);
    const { named, families } = contents(func);
    for (const name of named) open.push(namedFunc(name));
    if ((families & HAS.members) === 0) continue;
    for (const type of program.types) if (type.kind === 'struct') open.push(...type.methods.map((m) => m.func));
  }
}
