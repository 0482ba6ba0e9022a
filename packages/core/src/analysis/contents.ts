/**
 * What a function contains, found in one look over it: families of operations, functions that it names, its weight.
 *
 * Passes say in their rows which families they need (`opt/pass.ts`), so that the runner leaves them out where there is nothing for
 * them, and what looks at the whole program asks for these few numbers in place of walking over all of its instructions, most of
 * which are no longer in the processor's cache. The runner keeps them until a function changes.
 */
import { builtinOf } from '../ir/effects.ts';
import type { Block, Func, FuncId, Inst } from '../ir/ir.ts';
import { ALL_SPACES, isLoad, isStore, killsOf, storedSpace } from '../ir/memory.ts';
import { opDef } from '../ir/ops.ts';

/** Families, as bits. */
export const HAS = {
  /** Something takes or gives a dynamic value (calls apart). */
  words: 1,
  /** Function values are made; tested; called. */
  closures: 2,
  closureTests: 4,
  closureCalls: 8,
  /** `call.boxed`. */
  boxedCalls: 16,
  /** Structs, enums, cells or arrays are made. */
  objects: 32,
  /** Memory is read or written in a way that names what. */
  accesses: 64,
  stores: 128,
  /** A block other than the entry polls. */
  loops: 256,
  globals: 512,
  /** Members are looked up by name. */
  members: 1024,
  /** Strings are indexed. */
  characters: 2048,
  /** Any call, allocation and built-ins apart. */
  calls: 4096,
} as const;

export interface Contents {
  /** Bits of `HAS`. */
  readonly families: number;
  /** Spaces of memory (`ir/memory.ts`) that something other than a direct call may write. */
  readonly writes: number;
  /** Functions in the order in which they are named: those that are called directly as they are, those that values are made of as `~id`. */
  readonly named: readonly number[];
  /** Roughly the instructions of the interpreter: constants are mostly part of others, calls and built-ins are worth several. */
  readonly size: number;
  /** How deep it has bodies copied into each other. */
  readonly nested: number;
}

export type ContentsOf = (func: Func) => Contents;

/** The function that an entry of `named` names. */
export function namedFunc(name: number): FuncId {
  return (name < 0 ? ~name : name) as FuncId;
}

const SPACES_SHIFT = 16;
/** Beside the families and spaces: what has no weight of its own, what weighs more with each operand, and calls. */
const FREE = 1 << 24;
const WIDE = 1 << 25;
const CALL = 1 << 26;
const NAMES = 1 << 27;

/** All of these bits, by operation and (for `rt`) by built-in, as far as somebody asked. */
const BY_OP = new Map<string, number>();
const BY_BUILTIN = new Map<unknown, number>();

function bitsOf(inst: Inst): number {
  const known = inst.op === 'rt' ? BY_BUILTIN.get(inst.imm) : BY_OP.get(inst.op);
  if (known !== undefined) return known;
  const bits = findBits(inst);
  if (inst.op === 'rt') BY_BUILTIN.set(inst.imm, bits);
  else BY_OP.set(inst.op, bits);
  return bits;
}

/** What an operation's name says. */
function familiesOf(op: string): number {
  switch (op) {
    case 'closure.new':
      return HAS.closures | NAMES | WIDE;
    case 'closure.has':
    case 'closure.is':
      return HAS.closureTests;
    case 'call':
      return HAS.calls | CALL | NAMES;
    case 'call.closure':
      return HAS.calls | HAS.closureCalls | CALL;
    case 'call.boxed':
      return HAS.calls | HAS.boxedCalls | CALL;
    case 'struct.new':
    case 'enum.new':
      return HAS.objects | WIDE;
    case 'poll':
      return HAS.loops | FREE;
    default:
      if (op.startsWith('cell.new.')) return HAS.objects;
      if (op.startsWith('global.')) return HAS.globals;
      return op.startsWith('const.') || op.startsWith('env.get.') ? FREE : 0;
  }
}

function findBits(inst: Inst): number {
  const { op, imm } = inst;
  const isBuiltin = op === 'rt';
  const { result } = isBuiltin ? builtinOf(imm) : opDef(op);
  const operands: readonly string[] | 'variadic' = isBuiltin ? builtinOf(imm).params : opDef(op).args;
  let bits = isBuiltin ? WIDE : familiesOf(op);
  if (isBuiltin && imm === 'dyn.method') bits |= HAS.members;
  if (isBuiltin && imm === 'str.index') bits |= HAS.characters;
  if (isBuiltin && imm === 'array.new') bits |= HAS.objects;
  if (result === 'any' || operands.includes('any')) bits |= HAS.words;
  if (isLoad(inst) || isStore(inst)) bits |= HAS.accesses;
  if (isStore(inst)) bits |= HAS.stores;
  const spaces = op === 'call' ? 0 : killsOf(inst) | storedSpace(inst);
  return bits | (spaces << SPACES_SHIFT);
}

export function contentsOf(func: Func): Contents {
  let all = 0;
  let size = 0;
  let nested = 0;
  let named: number[] | null = null;
  const entry = func.blocks.get(func.entry);
  for (const block of func.blocks.values()) {
    const { insts, term } = block;
    let here = 0;
    for (let i = 0; i < insts.length; i++) {
      const inst = insts[i] as Block['insts'][number];
      const bits = bitsOf(inst);
      here |= bits;
      const depth = inst.inlined.length;
      if (depth > nested) nested = depth;
      if ((bits & FREE) === 0) {
        size += 1;
        if ((bits & (WIDE | CALL)) !== 0) size += inst.args.length + ((bits & CALL) !== 0 ? 2 : 0);
      }
      if ((bits & NAMES) === 0) continue;
      named ??= [];
      named.push(inst.op === 'call' ? (inst.imm as number) : ~(inst.imm as number));
    }
    if (term.kind === 'br' || term.kind === 'trap') size += 1;
    all |= block === entry ? here & ~HAS.loops : here;
  }
  return { families: all & 0xffff, writes: (all >> SPACES_SHIFT) & ALL_SPACES, named: named ?? NOBODY, size, nested };
}

const NOBODY: readonly number[] = [];
