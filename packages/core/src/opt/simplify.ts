/**
 * Applies the rewrite rules of `rules.ts`, and turns conditions of branches and checks the simple way round:
 *
 *     br not c, b1, b2  ->  br c, b2, b1            trap.if c != 0  ->  trap.if c
 *
 * Blocks are visited in reverse postorder, so operands have been simplified before; an instruction that was rewritten is tried
 * again. Rules are compiled once, by the operation at their root.
 */
import { Bug } from '../base/bug.ts';
import type { Defs } from '../analysis/defs.ts';
import { applyForwarding, Forwarding, newInst, removeUnreachable } from '../ir/edit.ts';
import { canThrow } from '../ir/effects.ts';
import type { Block, Func, Inst, Kind, ValueId } from '../ir/ir.ts';
import { isOpName, opDef, type OpName, type Scalar, sharedName } from '../ir/ops.ts';
import type { Change, FuncPass, PassContext } from './pass.ts';
import { RULES, type Rule } from './rules.ts';

export const simplify: FuncPass = {
  name: 'simplify',
  doc: 'no rewrite rule applies',
  makes: 0,
  run: (func, cx) => {
    const { cfg, defs } = cx.analyses(func);
    const work = new Simplification(func, cx, defs.inst);
    for (let i = 0; i < cfg.blocks.length; i++) work.block(cfg.blocks[i] as Block);
    return work.finish();
  },
};

/* ---- patterns -------------------------------------------------------------------------------------------------- */

type Pattern =
  | { readonly kind: 'op'; readonly op: OpName; readonly args: readonly Pattern[] }
  | { readonly kind: 'value' | 'constant'; readonly name: string }
  | { readonly kind: 'number'; readonly value: number };

interface Compiled {
  readonly from: Pattern & { kind: 'op' };
  readonly to: Pattern;
  readonly rule: Rule;
}

/** Places of rules in their table by the operation they begin with, as it is written there (`add.W`). */
const PLACES: ReadonlyMap<string, readonly number[]> = placesByOperation();

/** By operation that some program had: then their texts are read. */
const COMPILED = new Map<OpName, readonly Compiled[]>();

function placesByOperation(): Map<string, number[]> {
  const table = new Map<string, number[]>();
  for (let at = 0; at < RULES.length; at++) {
    const { from } = RULES[at] as Rule;
    const op = from.slice(0, from.indexOf('('));
    const list = table.get(op);
    if (list === undefined) table.set(op, [at]);
    else list.push(at);
  }
  return table;
}

/** The rules whose pattern begins with an operation, in the order of the table. */
export function rulesFor(op: OpName): readonly Compiled[] {
  let compiled = COMPILED.get(op);
  if (compiled === undefined) COMPILED.set(op, (compiled = compileRules(op)));
  return compiled;
}

function compileRules(op: OpName): readonly Compiled[] {
  const dot = op.lastIndexOf('.');
  const width = op.slice(dot);
  const own = PLACES.get(op) ?? [];
  const both = width === '.i32' || width === '.i64' ? (PLACES.get(`${op.slice(0, dot)}.W`) ?? []) : [];
  if (own.length + both.length === 0) return [];
  const rules = [...own, ...both].sort((a, b) => a - b).map((at) => RULES[at] as Rule);
  return rules.flatMap((rule) => {
    const widths = rule.from.startsWith(op) && rule.from.includes('.W') ? ['.i32', '.i64'] : [width];
    return widths.map((each) => compileRule(rule, each));
  });
}

function compileRule(rule: Rule, width: string): Compiled {
  const from = parsePattern(rule.from.replaceAll('.W', width));
  const to = parsePattern(rule.to.replaceAll('.W', width));
  if (from.kind !== 'op') throw new Bug(`rule ${rule.from} has no operation`);
  return { from, to, rule };
}

function parsePattern(text: string): Pattern {
  let at = 0;
  const parse = (): Pattern => {
    const start = at;
    while (at < text.length && !'(,)'.includes(text.charAt(at))) at += 1;
    const word = text.slice(start, at);
    if (word !== '' && !Number.isNaN(Number(word))) return { kind: 'number', value: Number(word) };
    if (word.length === 1) return { kind: word < 'a' ? 'constant' : 'value', name: word };
    if (!isOpName(word)) throw new Bug(`rule names ${word}, which is no operation`);
    const args: Pattern[] = [];
    do {
      at += text.startsWith(', ', at) ? 2 : 1;
      args.push(parse());
    } while (text[at] === ',');
    at += 1;
    return { kind: 'op', op: sharedName(word), args };
  };
  return parse();
}

/* ---- rewriting ------------------------------------------------------------------------------------------------- */

const CONSTANT_OPS: ReadonlySet<OpName> = new Set<OpName>(['const.i32', 'const.i64', 'const.f64']);

class Simplification {
  readonly #func: Func;
  readonly #cx: PassContext;
  readonly #made: Inst[] = [];
  /** By value. Ends before the values that are made here. */
  readonly #makers: Defs['inst'];
  readonly #newMakers = new Map<ValueId, Inst>();
  readonly #forwarding = new Forwarding();
  #changed = false;
  /** Whether some block leads elsewhere than before, or in another order. */
  #flow = false;

  constructor(func: Func, cx: PassContext, makers: Defs['inst']) {
    this.#func = func;
    this.#cx = cx;
    this.#makers = makers;
  }

  block(block: Block): void {
    const { insts } = block;
    const made = this.#made;
    let out: Inst[] | null = null;
    for (let i = 0; i < insts.length; i++) {
      const inst = insts[i] as Inst;
      const kept = this.#rewrite(inst, made);
      if (out === null && (made.length > 0 || !kept)) out = insts.slice(0, i);
      if (out === null) continue;
      out.push(...made);
      made.length = 0;
      if (kept) out.push(inst);
    }
    if (out !== null) block.insts = out;
    this.#branch(block);
  }

  finish(): Change {
    applyForwarding(this.#func, this.#forwarding);
    if (!this.#flow) return this.#changed ? 'values' : false;
    removeUnreachable(this.#func);
    return true;
  }

  /** Instructions that must stand before it are added to `made`. False if the instruction is to be dropped. */
  #rewrite(inst: Inst, made: Inst[]): boolean {
    if (inst.op === 'trap.if') {
      inst.args[0] = this.#condition(inst.args[0] as ValueId).value;
      return true;
    }
    for (let again = true; again; ) {
      again = false;
      const rules = rulesFor(inst.op);
      for (let r = 0; r < rules.length; r++) {
        const { from, to, rule } = rules[r] as Compiled;
        if (!this.#mayMatch(from, inst)) continue;
        const found: Found = { values: {}, constants: {} };
        if (!this.#matches(from, inst, found)) continue;
        if (rule.when !== undefined && !rule.when(found.constants)) continue;
        if (!this.#cx.may()) return true;
        this.#changed = true;
        Object.assign(found.constants, rule.make?.(found.constants));
        if (to.kind === 'value') {
          this.#forwarding.set(inst.result as ValueId, found.values[to.name] as ValueId);
          if (inst.exc !== null) this.#flow = true;
          return false;
        }
        this.#become(inst, to, found, made);
        again = to.kind === 'op';
        break;
      }
    }
    return true;
  }

  #maker(value: ValueId): Inst | undefined {
    const root = this.#forwarding.get(value);
    return root < this.#makers.length ? this.#makers[root] : this.#newMakers.get(root);
  }

  /** Whether the makers of the operands are what a pattern asks for: what most rules fail at. */
  #mayMatch(pattern: Pattern & { kind: 'op' }, inst: Inst): boolean {
    const parts = pattern.args;
    for (let i = 0; i < parts.length; i++) {
      const part = parts[i] as Pattern;
      if (part.kind === 'value') continue;
      const maker = this.#maker(inst.args[i] as ValueId);
      if (maker === undefined) return false;
      if (part.kind === 'op' ? maker.op !== part.op : !CONSTANT_OPS.has(maker.op)) return false;
    }
    return true;
  }

  #constantOf(value: ValueId): Scalar | null {
    const maker = this.#maker(value);
    return maker !== undefined && CONSTANT_OPS.has(maker.op) ? (maker.imm as Scalar) : null;
  }

  #matches(pattern: Pattern & { kind: 'op' }, inst: Inst, found: Found): boolean {
    if (inst.op !== pattern.op) return false;
    for (const [i, part] of pattern.args.entries()) {
      const arg = this.#forwarding.get(inst.args[i] as ValueId);
      switch (part.kind) {
        case 'op': {
          const maker = this.#maker(arg);
          if (maker === undefined || !this.#matches(part, maker, found)) return false;
          break;
        }
        case 'number': {
          const constant = this.#constantOf(arg);
          if (constant === null || Number(constant) !== part.value || Object.is(constant, -0)) return false;
          break;
        }
        case 'constant': {
          const constant = this.#constantOf(arg);
          if (constant === null) return false;
          found.constants[part.name] = constant;
          break;
        }
        case 'value': {
          const known = found.values[part.name];
          if (known !== undefined && known !== arg) return false;
          found.values[part.name] = arg;
        }
      }
    }
    // A rule that moves constants to the right must not go round in circles.
    const [first, second] = inst.args as [ValueId, ValueId];
    const swaps = pattern.args[0]?.kind === 'constant' && pattern.args[1]?.kind === 'value';
    return !(swaps && this.#constantOf(first) !== null && this.#constantOf(second) !== null);
  }

  /** Makes an instruction what a replacement says; its result stays. */
  #become(inst: Inst, to: Pattern, found: Found, made: Inst[]): void {
    if (to.kind === 'op') {
      const kinds = opDef(to.op).args as readonly Kind[];
      inst.args = to.args.map((arg, i) => this.#build(arg, kinds[i] as Kind, inst, found, made));
      inst.op = sharedName(to.op);
      inst.imm = null;
    } else {
      const kind = this.#func.values.get(inst.result as ValueId);
      inst.op = sharedName(`const.${kind}` as OpName);
      inst.args = [];
      inst.imm = constantFor(kind, to, found);
    }
    if (inst.exc === null || canThrow(inst)) return;
    // A division that became a shift no longer leads to its handler.
    inst.exc = null;
    this.#flow = true;
  }

  #build(part: Pattern, kind: Kind, like: Inst, found: Found, made: Inst[]): ValueId {
    if (part.kind === 'value') return found.values[part.name] as ValueId;
    let inst: Inst;
    if (part.kind === 'op') {
      const kinds = opDef(part.op).args as readonly Kind[];
      const args = part.args.map((arg, i) => this.#build(arg, kinds[i] as Kind, like, found, made));
      inst = newInst(this.#func, like, part.op, args, null, kind);
    } else {
      inst = newInst(this.#func, like, `const.${kind}` as OpName, [], constantFor(kind, part, found), kind);
    }
    const result = inst.result as ValueId;
    this.#newMakers.set(result, inst);
    made.push(inst);
    return result;
  }

  #branch(block: Block): void {
    const { term } = block;
    if (term.kind !== 'br') return;
    const { value, negated } = this.#condition(term.cond, true);
    if (value === term.cond && !negated) return;
    term.cond = value;
    if (!negated) return;
    [term.then, term.else] = [term.else, term.then];
    this.#flow = true;
  }

  /** A simpler value that is zero exactly if `cond` is, or (if allowed) exactly if it is not. */
  #condition(cond: ValueId, mayNegate = false): { readonly value: ValueId; readonly negated: boolean } {
    let value = this.#forwarding.get(cond);
    let negated = false;
    for (;;) {
      const maker = this.#maker(value);
      const [a, b] = (maker?.args ?? []) as [ValueId, ValueId];
      if (maker?.op === 'ne.i32' && this.#constantOf(b) === 0 && this.#cx.may()) {
        value = this.#forwarding.get(a);
      } else if (mayNegate && maker?.op === 'eqz.i32' && this.#cx.may()) {
        value = this.#forwarding.get(a);
        negated = !negated;
      } else {
        return { value, negated };
      }
      this.#changed = true;
    }
  }
}

interface Found {
  readonly values: Record<string, ValueId>;
  readonly constants: Record<string, Scalar>;
}

function constantFor(kind: Kind, part: Pattern, found: Found): Scalar {
  const value = part.kind === 'number' ? part.value : part.kind === 'constant' ? found.constants[part.name] : undefined;
  if (value === undefined) throw new Bug('a replacement names a constant that its pattern does not');
  return kind === 'i64' ? BigInt(value) : value;
}
