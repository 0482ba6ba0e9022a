/**
 * Removes loads of what is known to stand in memory, and stores of what stands there already.
 *
 *     field.set 0, p, v   ...   w = field.get 0, p      ->   w is v
 *     w = global.get g    ...   u = global.get g        ->   u is w
 *     p = struct.new a, b ...   w = field.get 1, p      ->   w is b
 *
 * Along the dominator tree, with a version for every place of `ir/memory.ts`: a write to it makes a new version, and what was known of
 * the old one is out of reach. A block with several ways in takes new versions of all places that are written on the way from its
 * dominator.
 */
import { HAS } from '../analysis/contents.ts';
import { type Writes, killsWith, writesSpace, Written } from '../analysis/memory.ts';
import type { Cfg } from '../analysis/cfg.ts';
import { type Dominators, dominates } from '../analysis/dominators.ts';
import { applyForwarding, Forwarding, removeUnreachable } from '../ir/edit.ts';
import type { Block, Func, Inst, Kind, ValueId } from '../ir/ir.ts';
import {
  ALL_SPACES,
  CELLS,
  FIELDS,
  isLoad,
  isStore,
  KINDS,
  loadedFrom,
  type Location,
  placeOf,
  storedTo,
  storedValue,
} from '../ir/memory.ts';
import type { FuncPass, PassContext } from './pass.ts';

export const loads: FuncPass = {
  name: 'loads',
  needsWrites: true,
  doc: 'nothing is loaded that is known to stand there, nor stored where it stands',
  needs: HAS.accesses,
  makes: 0,
  run: (func, cx) => hasLoads(func) && new Memory(func, cx, cx.writes).run(),
};

function hasLoads(func: Func): boolean {
  let loads = 0;
  for (const { insts } of func.blocks.values()) {
    for (const inst of insts) if (isLoad(inst) || isStore(inst)) loads += 1;
  }
  return loads > 1;
}

/** How many blocks between a join and its dominator are looked at; behind more of them nothing is known. */
const FAR = 64;

class Memory {
  readonly #func: Func;
  readonly #cx: PassContext;
  readonly #writes: Writes;
  readonly #cfg: Cfg;
  readonly #tree: Dominators;
  readonly #forwarding = new Forwarding();
  readonly #makers: (Inst | undefined)[] = [];
  /** By place. */
  readonly #versions = new Map<number, number>();
  /** By space, for all of its places. */
  readonly #spaceVersions = new Int32Array(ALL_SPACES + 1);
  /** What stands where, by place, version, object and index. */
  readonly #known = new Map<string, ValueId>();
  readonly #undo: (() => void)[] = [];
  readonly #written: (Written | undefined)[] = [];
  readonly #seen: Int32Array;
  #clock = 0;
  #changed = false;
  /** Whether something went that could fail, perhaps the last way into its handler. */
  #leftHandler = false;

  constructor(func: Func, cx: PassContext, writes: Writes) {
    this.#func = func;
    this.#cx = cx;
    this.#writes = writes;
    const { cfg, dominators } = cx.analyses(func);
    this.#cfg = cfg;
    this.#tree = dominators;
    this.#seen = new Int32Array(this.#cfg.blocks.length).fill(-1);
    for (const { insts } of this.#cfg.blocks)
      for (const inst of insts) if (inst.result !== null) this.#makers[inst.result] = inst;
  }

  run(): boolean {
    const open: number[] = [];
    const marks: number[] = [];
    for (const position of this.#tree.preorder) {
      while (open.length > 0 && !dominates(this.#tree, open[open.length - 1] as number, position)) {
        open.pop();
        const mark = marks.pop() as number;
        while (this.#undo.length > mark) this.#undo.pop()?.();
      }
      open.push(position);
      marks.push(this.#undo.length);
      this.#enter(position);
      this.#visit(this.#cfg.blocks[position] as Block);
    }
    applyForwarding(this.#func, this.#forwarding);
    if (this.#leftHandler) removeUnreachable(this.#func);
    return this.#changed;
  }

  /** Takes new versions of what may be written between the end of the dominator and here. */
  #enter(position: number): void {
    const { predStart, preds, predThrows } = this.#cfg;
    const start = predStart[position] as number;
    if (position === 0 || ((predStart[position + 1] as number) - start === 1 && predThrows[start] === 0)) return;
    const dominator = this.#tree.idom[position] as number;
    const between = new Written();
    const open: number[] = [position];
    let count = 0;
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      for (let e = predStart[at] as number; e < (predStart[at + 1] as number); e++) {
        const pred = preds[e] as number;
        if (pred === dominator || this.#seen[pred] === position) continue;
        this.#seen[pred] = position;
        count += 1;
        if (count > FAR) return this.#killSpaces(ALL_SPACES);
        between.addAll(this.#writtenIn(pred));
        open.push(pred);
      }
    }
    this.#killSpaces(between.spaces);
    for (const place of between.places) this.#killPlace(place);
  }

  #writtenIn(position: number): Written {
    let written = this.#written[position];
    if (written === undefined) {
      written = new Written();
      written.addBlock(this.#cfg.blocks[position] as Block, this.#writes);
      this.#written[position] = written;
    }
    return written;
  }

  #visit(block: Block): void {
    const kept: Inst[] = [];
    for (const inst of block.insts) {
      if (!this.#isKnown(inst)) kept.push(inst);
      else if (inst.exc !== null) this.#leftHandler = true;
    }
    if (kept.length === block.insts.length) return;
    block.insts = kept;
    this.#changed = true;
  }

  /** Whether an instruction can go; otherwise notes what it does. */
  #isKnown(inst: Inst): boolean {
    const load = loadedFrom(inst);
    if (load !== null) {
      const key = this.#key(load, inst);
      const value = this.#known.get(key);
      if (value !== undefined && this.#cx.may()) {
        this.#forwarding.set(inst.result as ValueId, value);
        return true;
      }
      this.#note(key, inst.result as ValueId);
      return false;
    }
    const store = storedTo(inst);
    if (store !== null) {
      const value = this.#forwarding.get(storedValue(inst));
      if (this.#known.get(this.#key(store, inst)) === value && this.#cx.may()) return true;
      if (writesSpace(store, this.#writes)) this.#killSpaces(store.space);
      else this.#killPlace(placeOf(store));
      this.#note(this.#key(store, inst), value);
      return false;
    }
    this.#killSpaces(killsWith(inst, this.#writes));
    if (inst.op === 'struct.new') {
      for (const [i, arg] of inst.args.entries())
        this.#noteNew(inst, FIELDS, i * 8 + KINDS.indexOf(this.#func.values.get(arg)), arg);
    } else if (inst.op.startsWith('cell.new.')) {
      const [arg] = inst.args as [ValueId];
      this.#noteNew(inst, CELLS, KINDS.indexOf(this.#func.values.get(arg) as Kind), arg);
    }
    return false;
  }

  #noteNew(inst: Inst, space: number, slot: number, value: ValueId): void {
    this.#note(this.#key({ space, slot, object: inst.result, index: null }, inst), this.#forwarding.get(value));
  }

  #note(key: string, value: ValueId): void {
    const old = this.#known.get(key);
    this.#known.set(key, value);
    this.#undo.push(() => (old === undefined ? this.#known.delete(key) : this.#known.set(key, old)));
  }

  #key(location: Location, inst: Inst): string {
    const place = placeOf(location);
    const version = Math.max(this.#versions.get(place) ?? 0, this.#spaceVersions[location.space] as number);
    const object = location.object === null ? '' : this.#forwarding.get(location.object);
    const key = `${place}@${version} ${object}`;
    if (location.index === null) return key;
    // How an element is read depends on its kind and the type promised.
    return `${key} ${this.#indexKey(this.#forwarding.get(location.index))} ${inst.op.slice(-3)} ${String(inst.imm)}`;
  }

  /** Indices are often the same constant, or widened once more. */
  #indexKey(index: ValueId): string {
    const maker = this.#makers[index];
    if (maker?.op === 'const.i64') return `#${String(maker.imm)}`;
    if (maker?.op === 'i64.from.i32') return `x${this.#forwarding.get(maker.args[0] as ValueId)}`;
    return String(index);
  }

  #killPlace(place: number): void {
    const old = this.#versions.get(place);
    this.#clock += 1;
    this.#versions.set(place, this.#clock);
    this.#undo.push(() => (old === undefined ? this.#versions.delete(place) : this.#versions.set(place, old)));
  }

  #killSpaces(spaces: number): void {
    for (let space = 1; space <= spaces; space *= 2) {
      if ((spaces & space) === 0) continue;
      const old = this.#spaceVersions[space] as number;
      this.#clock += 1;
      this.#spaceVersions[space] = this.#clock;
      this.#undo.push(() => {
        this.#spaceVersions[space] = old;
      });
    }
  }
}
