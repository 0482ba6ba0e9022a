/**
 * What the lowering of one function works with: the builder, the program around it, and where each variable lives.
 *
 * A variable is an SSA variable of the builder, unless a nested function captures it and it changes after its declaration:
 * then it is a heap cell, made anew whenever its declaration is executed, and the SSA variable holds the cell. A variable that is ever
 * read with an unset check has a flag beside it, stored the same way; a reference that is no cell needs none, because it is null before.
 *
 * A variable that only its declaration writes needs no SSA variable: its value is visible wherever the variable is. Handlers are the
 * exception (ir.ts), so in functions with a try statement it has one like the others.
 */
import { Bug, present } from '../../base/bug.ts';
import type { Kind } from '../../base/kinds.ts';
import { TYPE_CODES } from '../../base/kinds.ts';
import type { TrapName } from '../../base/traps.ts';
import type { TrapKind } from '../../base/traps.ts';
import { DYNAMIC_ERRORS, TRAP_KIND_NAMES } from '../../base/traps.ts';
import type { FuncBuilder, VarId } from '../../ir/builder.ts';
import type { BlockId, ValueId } from '../../ir/ir.ts';
import type { Span } from '../../base/source.ts';
import type { FuncId, GlobalId, LabelId, Local, LocalId, Program, Style, Type } from '../hir.ts';
import type { Signatures } from './types.ts';
import { kindOf } from './types.ts';
import type { Uses } from './uses.ts';

/** What is the same for all functions of a program. */
export interface ProgramContext {
  readonly program: Program;
  readonly uses: Uses;
  readonly signatures: Signatures;
  /** The module variable that tells whether another one is set; only for those read with a check. */
  readonly globalFlags: ReadonlyMap<GlobalId, GlobalId>;
}

/** How many captured slots a local takes in a closure, and what they hold. */
export function isCell(cx: ProgramContext, id: LocalId): boolean {
  const local = cx.program.locals.get(id);
  return local.captured && (local.assigned || cx.uses.selfCaptured.has(id));
}

/** Whether a flag tells that a variable is set. A reference tells by itself, unless it lies in a cell: it is null until then. */
function hasFlag(cx: ProgramContext, id: LocalId): boolean {
  return cx.uses.checkedLocals.has(id) && (isCell(cx, id) || kindOf(cx.program.locals.get(id).type) !== 'ref');
}

/** Kinds of the slots that a captured local takes in a closure: the value or its cell, then its flag if it has one. */
export function captureKinds(cx: ProgramContext, id: LocalId): Kind[] {
  const value: Kind = isCell(cx, id) ? 'ref' : kindOf(cx.program.locals.get(id).type);
  return hasFlag(cx, id) ? [value, isCell(cx, id) ? 'ref' : 'i32'] : [value];
}

interface Stored {
  readonly variable: VarId;
  /** Kind of the value; the SSA variable holds a `ref` if it is a cell. */
  readonly kind: Kind;
  readonly cell: boolean;
}

interface Storage {
  readonly value: Stored;
  readonly flag: Stored | null;
}

export interface LoopTargets {
  readonly exit: BlockId;
  readonly next: BlockId;
}

/** What decides between two ways: a value, or what ends the block with branches to both. */
export type Condition = ValueId | ((then: BlockId, otherwise: BlockId) => void);

export class Context {
  readonly b: FuncBuilder;
  readonly cx: ProgramContext;
  readonly result: Type;
  readonly labels = new Map<LabelId, LoopTargets>();
  readonly #storage = new Map<LocalId, Storage>();
  /** Values of variables that only their declaration writes. */
  readonly #fixed = new Map<LocalId, ValueId>();
  readonly #tries: boolean;

  /** `tries`: whether the function has a try statement. */
  constructor(b: FuncBuilder, cx: ProgramContext, result: Type, tries: boolean) {
    this.b = b;
    this.cx = cx;
    this.result = result;
    this.#tries = tries;
  }

  get program(): Program {
    return this.cx.program;
  }

  /** Makes a fresh variable that holds `value`, or is unset (null). */
  declare(id: LocalId, value: ValueId | null): void {
    if (value !== null && this.#isFixed(id)) {
      this.#fixed.set(id, value);
      return;
    }
    const storage = this.#storageOf(id);
    this.#init(storage.value, value ?? this.zero(storage.value.kind));
    if (storage.flag !== null) this.#init(storage.flag, this.b.i32(value === null ? 0 : 1));
  }

  assign(id: LocalId, value: ValueId): void {
    const storage = this.#storageOf(id);
    this.#store(storage.value, value);
    if (storage.flag !== null) this.#store(storage.flag, this.b.i32(1));
  }

  read(id: LocalId, checked: boolean): ValueId {
    const fixed = this.#fixed.get(id);
    if (fixed !== undefined) return fixed;
    const storage = this.#storageOf(id);
    const { name } = this.#local(id);
    if (checked && storage.flag !== null) this.requireSet(this.#load(storage.flag), name);
    const value = this.#load(storage.value);
    if (checked && storage.flag === null && this.cx.uses.checkedLocals.has(id)) {
      const isNull = this.b.inst('eq.ref', [value, this.b.inst('const.null')]);
      this.requireSet(this.b.inst('eqz.i32', [isNull]), name);
    }
    return value;
  }

  /** Brings a captured local in from the running closure, its slots starting at `slot`. Returns the next free slot. */
  importCapture(id: LocalId, slot: number): number {
    const storage = this.#storageOf(id);
    for (const stored of storage.flag === null ? [storage.value] : [storage.value, storage.flag]) {
      const kind = stored.cell ? 'ref' : stored.kind;
      this.b.writeVar(stored.variable, this.b.inst(`env.get.${kind}`, [], slot++));
    }
    return slot;
  }

  /** What a closure over the local is given: see `captureKinds`. */
  exportCapture(id: LocalId): ValueId[] {
    const storage = this.#storageOf(id);
    const parts = storage.flag === null ? [storage.value] : [storage.value, storage.flag];
    return parts.map((stored) => this.b.readVar(stored.variable));
  }

  readGlobal(id: GlobalId, checked: boolean): ValueId {
    const global = this.program.globals.get(id);
    const flag = this.cx.globalFlags.get(id);
    if (checked && flag !== undefined) this.requireSet(this.b.inst('global.get.i32', [], flag), global.name);
    return this.b.inst(`global.get.${kindOf(global.type)}`, [], id);
  }

  assignGlobal(id: GlobalId, value: ValueId): void {
    this.b.effect(`global.set.${kindOf(this.program.globals.get(id).type)}`, [value], id);
    const flag = this.cx.globalFlags.get(id);
    if (flag !== undefined) this.b.effect('global.set.i32', [this.b.i32(1)], flag);
  }

  /** Raises a name error if `flag` is zero. */
  requireSet(flag: ValueId, name: string): void {
    const { b } = this;
    const unset = b.newBlock();
    const set = b.newBlock();
    b.br(flag, set, unset);
    b.sealBlock(unset);
    b.sealBlock(set);
    b.switchTo(unset);
    this.raise(DYNAMIC_ERRORS.unset.kind, DYNAMIC_ERRORS.unset.message.replace('{name}', name));
    b.switchTo(set);
  }

  /** Ends the current block by raising an error. */
  raise(kind: TrapKind, message: string): void {
    const { b } = this;
    b.effect('rt', [b.i32(TRAP_KIND_NAMES.indexOf(kind)), b.inst('const.str', [], message)], 'raise');
    b.unreachable();
  }

  trapIf(cond: ValueId, trap: TrapName): void {
    this.b.effect('trap.if', [cond], trap);
  }

  zero(kind: Kind): ValueId {
    const { b } = this;
    switch (kind) {
      case 'i32':
        return b.i32(0);
      case 'i64':
        return b.i64(0n);
      case 'f64':
        return b.f64(0);
      case 'ref':
        return b.inst('const.null');
      case 'any':
        return b.inst('const.nil');
      default:
        throw new Bug(`no zero of kind ${kind satisfies never}`);
    }
  }

  /** One of two values, each made in a branch of its own. */
  choose(cond: Condition, kind: Kind, then: () => ValueId, otherwise: () => ValueId): ValueId {
    const { b } = this;
    const merged = b.declareVar(kind);
    this.branch(
      cond,
      () => b.writeVar(merged, then()),
      () => b.writeVar(merged, otherwise()),
    );
    return b.reachable ? b.readVar(merged) : this.zero(kind);
  }

  /** Goes on where the condition holds. Gives the block where it does not. */
  fork(cond: Condition): BlockId {
    const { b } = this;
    const then = b.newBlock();
    const otherwise = b.newBlock();
    if (typeof cond === 'function') cond(then, otherwise);
    else b.br(cond, then, otherwise);
    b.sealBlock(then);
    b.sealBlock(otherwise);
    b.switchTo(then);
    return otherwise;
  }

  /** Both branches, and what follows them. A branch may end without reaching it. */
  branch(cond: Condition, then: () => void, otherwise: () => void): void {
    const { b } = this;
    const join = b.newBlock();
    const elseBlock = this.fork(cond);
    then();
    b.jump(join);
    b.switchTo(elseBlock);
    otherwise();
    b.jump(join);
    b.sealBlock(join);
    b.switchTo(join);
  }

  rt(name: Parameters<FuncBuilder['inst']>[2] & string, args: readonly ValueId[]): ValueId {
    return this.b.inst('rt', [...args], name);
  }

  rtEffect(name: string, args: readonly ValueId[]): void {
    this.b.effect('rt', [...args], name);
  }

  style(style: Style): ValueId {
    return this.b.i32(style === 'modern' ? 1 : 0);
  }

  at(span: Span): void {
    this.b.span = span;
  }

  loop(label: LabelId): LoopTargets {
    return present(this.labels.get(label), 'loop of a label');
  }

  funcOf(id: FuncId) {
    return this.program.funcs.get(id);
  }

  #isFixed(id: LocalId): boolean {
    if (this.#tries) return false;
    const { assigned, captured } = this.#local(id);
    return !assigned && !captured && !this.cx.uses.checkedLocals.has(id);
  }

  #local(id: LocalId): Local {
    return this.program.locals.get(id);
  }

  #storageOf(id: LocalId): Storage {
    const known = this.#storage.get(id);
    if (known !== undefined) return known;
    const cell = isCell(this.cx, id);
    const make = (kind: Kind): Stored => ({ variable: this.b.declareVar(cell ? 'ref' : kind), kind, cell });
    const storage: Storage = {
      value: make(kindOf(this.#local(id).type)),
      flag: hasFlag(this.cx, id) ? make('i32') : null,
    };
    this.#storage.set(id, storage);
    return storage;
  }

  #init(stored: Stored, value: ValueId): void {
    const { b } = this;
    b.writeVar(stored.variable, stored.cell ? b.inst(`cell.new.${stored.kind}`, [value]) : value);
  }

  #store(stored: Stored, value: ValueId): void {
    const { b } = this;
    if (stored.cell) b.effect(`cell.set.${stored.kind}`, [b.readVar(stored.variable), value]);
    else b.writeVar(stored.variable, value);
  }

  #load(stored: Stored): ValueId {
    const { b } = this;
    const held = b.readVar(stored.variable);
    return stored.cell ? b.inst(`cell.get.${stored.kind}`, [held]) : held;
  }
}

/** The element code under which an array's typed operations run; `any` for elements that are not held in a kind of their own. */
export function elementIsAny(type: Type): boolean {
  return kindOf(type) === 'any';
}

export const ANY_CODE = TYPE_CODES.any;
