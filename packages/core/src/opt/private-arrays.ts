/**
 * Arrays that only carry a few values from one place of a function to another are those values.
 *
 *     a = rt array.new c, 2
 *     array.push.i64 #i64 a, x                         q = array.get.i64 #i64 a, 0        is x
 *     array.push.i64 #i64 a, y                         r = array.get.i64 #i64 a, 1        is y
 *
 * Returning two values and taking them apart becomes that when the call is inlined. An array qualifies if it is filled in the block that
 * makes it and otherwise only asked for its length, or read at constant indices in the way in which the element was pushed.
 */
import { applyForwarding, forEachEdge, Forwarding, hasInst, removeUnreachable } from '../ir/edit.ts';
import type { Block, Func, Inst, ValueId } from '../ir/ir.ts';
import { builtin } from './dynamic-operands.ts';
import type { FuncPass } from './pass.ts';

export const privateArrays: FuncPass = {
  name: 'private-arrays',
  doc: 'arrays that never leave the function and are read at known places are their elements',
  makes: 0,
  run: (func, cx) => {
    const isMade = (inst: Inst): boolean => builtin(inst) === 'array.new';
    if (!hasInst(func, isMade)) return false;
    const arrays = usesOfArrays(func);
    if (arrays.size === 0) return false;
    const forwarding = new Forwarding();
    const gone = new Set<Inst>();
    const constants = constantsOf(func);
    for (const uses of arrays.values()) {
      const reads = readsOf(uses, constants);
      if (reads === null || !cx.may()) continue;
      gone.add(uses.made);
      for (const { inst } of uses.all) gone.add(inst);
      for (const { inst, element, length } of reads) {
        if (element !== null) {
          forwarding.set(inst.result as ValueId, element);
          continue;
        }
        gone.delete(inst);
        inst.op = 'const.i32';
        inst.args = [];
        inst.imm = length;
      }
    }
    if (gone.size === 0) return false;
    for (const block of func.blocks.values()) block.insts = block.insts.filter((inst) => !gone.has(inst));
    applyForwarding(func, forwarding);
    // Making an array can run out of memory, which may have been the last way into a handler.
    return removeUnreachable(func) > 0 || 'values';
  },
};

/** Longer arrays stay. */
const MOST_ELEMENTS = 16;

interface Use {
  readonly inst: Inst;
  readonly block: Block;
}

interface ArrayUses {
  readonly made: Inst;
  readonly home: Block;
  readonly all: Use[];
}

/** What an access to an array is: whether it pushes, gets or asks for the length, and how it holds the element. */
function accessOf(inst: Inst): { readonly verb: string; readonly form: string } | null {
  const name = inst.op === 'rt' ? builtin(inst) : inst.op;
  const [family, verb, kind] = name.split('.');
  if (family !== 'array' || (verb !== 'push' && verb !== 'get' && verb !== 'len')) return null;
  return { verb, form: `${kind} ${inst.op === 'rt' ? '' : String(inst.imm)}` };
}

function constantsOf({ blocks }: Func): ReadonlyMap<ValueId, number> {
  const constants = new Map<ValueId, number>();
  for (const { insts } of blocks.values()) {
    for (const { op, result, imm } of insts) if (op === 'const.i64') constants.set(result as ValueId, Number(imm));
  }
  return constants;
}

/** Arrays with all of their uses, in order within a block. Those that somebody may hold on to are left out. */
function usesOfArrays(func: Func): ReadonlyMap<ValueId, ArrayUses> {
  const { blocks } = func;
  const found = new Map<ValueId, ArrayUses>();
  for (const block of blocks.values()) {
    for (const inst of block.insts) {
      if (builtin(inst) === 'array.new') found.set(inst.result as ValueId, { made: inst, home: block, all: [] });
    }
  }
  if (found.size === 0) return found;
  for (const block of blocks.values()) {
    for (const inst of block.insts) {
      const { args } = inst;
      for (let i = 1; i < args.length; i++) found.delete(args[i] as ValueId);
      const object = args[0];
      if (object === undefined || !found.has(object)) continue;
      if (accessOf(inst) === null) found.delete(object);
      else found.get(object)?.all.push({ inst, block });
    }
    forEachEdge(func, block, ({ args }) => {
      for (const arg of args) found.delete(arg);
    });
    if (block.term.kind === 'ret' && block.term.value !== null) found.delete(block.term.value);
  }
  return found;
}

interface Read {
  readonly inst: Inst;
  /** What stands there; null if the length is asked for. */
  readonly element: ValueId | null;
  readonly length: number;
}

/** What each read of an array gives, or null if that is not known of all. */
function readsOf({ home, all }: ArrayUses, constants: ReadonlyMap<ValueId, number>): Read[] | null {
  const reads: Read[] = [];
  const pushes: { readonly value: ValueId; readonly form: string }[] = [];
  // Outside of the block that makes the array all of its elements are there.
  const inOrder = [...all.filter(({ block }) => block === home), ...all.filter(({ block }) => block !== home)];
  for (const { inst, block } of inOrder) {
    const { verb, form } = accessOf(inst) as { verb: string; form: string };
    if (verb === 'push') {
      if (block !== home || pushes.length === MOST_ELEMENTS) return null;
      pushes.push({ value: inst.args[1] as ValueId, form });
    } else if (verb === 'len') {
      reads.push({ inst, element: null, length: pushes.length });
    } else {
      const pushed = pushes[constants.get(inst.args[1] as ValueId) ?? -1];
      if (pushed === undefined || pushed.form !== form) return null;
      reads.push({ inst, element: pushed.value, length: pushes.length });
    }
  }
  return reads;
}
