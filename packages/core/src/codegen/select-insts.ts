/**
 * Instruction selection, single instructions: an IR operation has an opcode of its own name or one found through the table; constants
 * are folded into immediate forms.
 */
import { Bug, present } from '../base/bug.ts';
import type { BuiltinName } from '../base/builtins.ts';
import { NOMINAL } from '../base/kinds.ts';
import type { TrapName } from '../base/traps.ts';
import { TRAP_NAMES } from '../base/traps.ts';
import type { Edge, FuncId, Inst, SigId, ValueId } from '../ir/ir.ts';
import type { VariantImm } from '../ir/ops.ts';
import type { Opcode, PlacedOperand } from '../isa/opcode.ts';
import { opcode, opcodesFor } from '../isa/opcodes.ts';
import { fieldRange } from '../isa/operand.ts';
import { builtinForm, builtinNumber } from '../isa/select.ts';
import type { VReg } from './lir.ts';
import { operandsOf } from './lir.ts';
import { fitsField, formsOf, plainOf } from './select-forms.ts';
import { isConst, ValueSelector } from './select-values.ts';

/** Selects the instructions of a block. */
export abstract class InstSelector extends ValueSelector {
  /** Calls of methods by name, with the name's value, and the instructions that would find them. */
  readonly #methodCalls = new Map<Inst, ValueId>();
  protected readonly found = new Set<Inst>();

  protected selectInst(inst: Inst): void {
    const { op, args, imm } = inst;
    const result = inst.result as VReg | null;
    switch (op) {
      case 'box.ref':
        this.out.push(this.copies([{ dst: present(result, 'result'), src: this.reg(args[0]) }]));
        return;
      case 'call': {
        const func = imm as FuncId;
        const env = this.cx.hasCaptures(func) ? 'call.env' : 'call';
        this.emit(opcode(env), [func, inst.inlined.length + 1, 0], this.window(args, result, true), inst.exc);
        return;
      }
      case 'call.closure':
        this.emit(
          opcode(op),
          [this.reg(args[0]), 0, imm as SigId, inst.inlined.length + 1],
          this.window(args.slice(1), result, true),
          inst.exc,
        );
        return;
      case 'call.boxed': {
        const name = this.#methodCalls.get(inst);
        if (name !== undefined) {
          const object = this.reg(args[1]);
          this.emit(
            opcode('call.method'),
            [object, 0, present(this.#name(name), 'name'), args.length - 1, inst.inlined.length],
            this.window(args.slice(1), result, true),
            inst.exc,
          );
          return;
        }
        this.emit(
          opcode(op),
          [this.reg(args[0]), 0, args.length - 1, inst.inlined.length],
          this.window(args.slice(1), result, true),
          inst.exc,
        );
        return;
      }
      case 'trap.if':
        if (!this.#trapUnlessIs(inst)) this.#selectPlain(inst);
        return;
      case 'rt':
        this.#selectBuiltin(inst, imm as BuiltinName, result);
        return;
      case 'struct.new':
        this.emit(
          opcode(op),
          [this.resultOf(inst), 0, NOMINAL + (imm as number), args.length],
          this.window(args, null, false),
          inst.exc,
        );
        return;
      case 'enum.new': {
        const { type, variant } = imm as VariantImm;
        if (args.length === 0) {
          this.emit(opcode('const.variant'), [this.resultOf(inst), type * 0x10000 + variant]);
          return;
        }
        const values = [this.resultOf(inst), 0, NOMINAL + type, variant, args.length];
        this.emit(opcode(op), values, this.window(args, null, false), inst.exc);
        return;
      }
      case 'closure.new': {
        if (args.length === 0) {
          this.emit(opcode('const.func'), [this.resultOf(inst), imm as number]);
          return;
        }
        const values = [this.resultOf(inst), 0, imm as number, args.length];
        this.emit(opcode(op), values, this.window(args, null, false), inst.exc);
        return;
      }
      default:
        this.#selectPlain(inst);
    }
  }

  #selectBuiltin(inst: Inst, name: BuiltinName, result: VReg | null): void {
    const direct = opcodesFor(`rt:${name}`)[0];
    const values = direct === undefined ? null : this.#directOperands(direct, inst);
    if (direct !== undefined && values !== null) {
      this.emit(direct, values, null, inst.exc);
      return;
    }
    const form = builtinForm(name);
    const number = builtinNumber(name);
    if (operandsOf(form).some((o) => o.kind === 'window')) {
      this.emit(form, [number, 0], this.window(inst.args, result, false), inst.exc);
    } else this.#emitOperands(form, inst, inst.args, [number]);
  }

  /** A test of a type, not, and an error if so: one instruction, if the test has just been written for that alone. */
  #trapUnlessIs({ args, imm, exc }: Inst): boolean {
    const [not, is] = [this.out.at(-1), this.out.at(-2)];
    if (not?.kind !== 'op' || is?.kind !== 'op' || not.opcode.name !== 'eqz.i32' || is.opcode.name !== 'is')
      return false;
    const [tested, src, code] = is.values as [ValueId, number, number];
    if (not.values[0] !== args[0] || not.values[1] !== tested) return false;
    if (this.uses[args[0] as ValueId] !== 1 || this.uses[tested] !== 1) return false;
    this.out.length -= 2;
    this.emit(opcode('trap.is'), [src, TRAP_NAMES.indexOf(imm as TrapName), code], null, exc);
    return true;
  }

  /** Operands of a built-in for its own opcode, in the same order; null if one that must be constant is not. */
  #directOperands(direct: Opcode, inst: Inst): number[] | null {
    const operands = operandsOf(direct);
    const given = operands.filter(({ role }) => role !== 'def');
    const fixed = given.map(({ role, kind }, i) =>
      role === 'imm' ? this.#fixed(inst.args[i] as ValueId, kind) : null,
    );
    if (given.some(({ role }, i) => role === 'imm' && fixed[i] === null)) return null;
    if (given.length !== inst.args.length) throw new Bug(`${direct.name} does not take ${inst.args.length} operands`);
    const values = given.map((_, i) => fixed[i] ?? this.reg(inst.args[i]));
    return operands[0]?.role === 'def' ? [this.resultOf(inst), ...values] : values;
  }

  #fixed(value: ValueId, kind: string): number | null {
    if (kind === 'selector') return this.#name(value);
    const integer = this.integer(value);
    return integer === null ? null : Number(integer);
  }

  /** The number of a constant string. */
  #name(value: ValueId): number | null {
    const def = this.defs[value];
    return def?.op === 'const.str' ? this.cx.pools.string(def.imm as string) : null;
  }

  /**
   * A method found by name and called at once is one instruction: the two that find it are left out, and the call is made where it stands.
   *
   *     f = rt dyn.method, x, "name"        g = rt any.func, f        call.boxed g, x, y
   */
  protected noteMethodCalls(insts: readonly Inst[]): void {
    const plain = insts.filter((inst) => !isConst(inst));
    for (const [i, find] of plain.entries()) {
      const [func, call] = [plain[i + 1], plain[i + 2]];
      if (find.op !== 'rt' || find.imm !== 'dyn.method' || func === undefined || call?.op !== 'call.boxed') continue;
      if (func.op !== 'rt' || func.imm !== 'any.func' || func.args[0] !== find.result) continue;
      if (call.args[0] !== func.result || call.args[1] !== find.args[0]) continue;
      if (this.uses[find.result as ValueId] !== 1 || this.uses[func.result as ValueId] !== 1) continue;
      if (this.#name(find.args[1] as ValueId) === null || !sameEdge(find.exc, call.exc)) continue;
      this.found.add(find).add(func);
      this.#methodCalls.set(call, find.args[1] as ValueId);
    }
  }

  /** Registers for operands, one immediate at most: with a constant right operand in its immediate form, if there is one. */
  #selectPlain(inst: Inst): void {
    const { op, imm, args } = inst;
    const plain = plainOf(op, typeof imm === 'number' ? imm : undefined);
    if (args.length === 2 && imm === null) {
      const left = args[0] as ValueId;
      const right = args[1] as ValueId;
      const { form, commutes, sum } = formsOf(op, plain);
      if (form !== null) {
        if (this.#selectImmediate(form, inst, left, this.integer(right))) return;
        if (commutes && this.#selectImmediate(form, inst, right, this.integer(left))) return;
      }
      // x - c is x + -c, and overflows exactly when that does.
      const subtrahend = sum === null ? null : this.integer(right);
      if (sum !== null && subtrahend !== null && this.#selectImmediate(sum, inst, left, -subtrahend)) return;
    }
    const immediate = imm === null ? [] : [typeof imm === 'string' ? TRAP_NAMES.indexOf(imm as TrapName) : Number(imm)];
    const immOperand = immediate.length === 0 ? undefined : operandsOf(plain).find((o) => o.role === 'imm');
    const tooLong = immOperand !== undefined && !fitsField(immOperand, immediate[0] ?? 0);
    this.#emitOperands(tooLong ? opcode(`${plain.name}.long`) : plain, inst, args, immediate);
  }

  /** With a constant right operand, if the field is large enough for it. */
  #selectImmediate(form: Opcode, inst: Inst, left: ValueId, right: bigint | null): boolean {
    if (right === null) return false;
    const operand = operandsOf(form).find((o) => o.name === 'rhs') as PlacedOperand;
    const { min, max } = fieldRange(operand.field);
    if (right < min || right > max) return false;
    this.#emitOperands(form, inst, [left], [Number(right)]);
    return true;
  }

  #emitOperands(op: Opcode, inst: Inst, args: readonly ValueId[], imms: readonly number[]): void {
    let nextArg = 0;
    let nextImm = 0;
    const operands = operandsOf(op);
    const values: number[] = [];
    for (let i = 0; i < operands.length; i++) {
      const { role, name } = operands[i] as PlacedOperand;
      if (role === 'def') values.push(this.resultOf(inst));
      else if (role === 'use') values.push(this.reg(args[nextArg++]));
      else {
        // Opcodes specialised on a type code leave the immediate out.
        const value = imms[nextImm++];
        if (value === undefined) throw new Bug(`${op.name}: no ${name}`);
        values.push(value);
      }
    }
    if (nextArg !== args.length) throw new Bug(`${op.name} does not take ${args.length} operands`);
    this.emit(op, values, null, inst.exc);
  }
}

function sameEdge(a: Edge | null, b: Edge | null): boolean {
  if (a === null || b === null) return a === b;
  return a.block === b.block && a.args.length === b.args.length && a.args.every((arg, i) => arg === b.args[i]);
}
