/**
 * Says whether IR is well-formed. The rules stand in `RULES`, one function each; a later rule may rely on the earlier ones.
 *
 * A checker shares no code with what it checks: edges are walked and dominators computed here anew (by the iterative algorithm
 * of Cooper, Harvey and Kennedy, where the passes use another). A function can be verified alone; rules about callees, types and
 * globals then stay silent.
 */
import { Bug } from '../base/bug.ts';
import { BUILTINS } from '../base/builtins.ts';
import { type Kind, kindOfCode, NOMINAL, TYPE_CODES, type TypeCode } from '../base/kinds.ts';
import { TRAPS } from '../base/traps.ts';
import { canThrow } from './effects.ts';
import type { Block, BlockId, Edge, Func, FuncId, GlobalId, Inst, IrProgram, SigId, ValueId } from './ir.ts';
import { opDef, type VariantImm } from './ops.ts';
import { printFunc } from './print.ts';

export interface Problem {
  readonly block: BlockId;
  /** Instruction; their number stands for the terminator, -1 for the block's parameters. */
  readonly index: number;
  readonly message: string;
}

/** Throws a `Bug` if a program is not well-formed. `stage` says what made it. */
export function assertVerified(program: IrProgram, stage: string): void {
  const [problem] = verifyProgram(program);
  if (problem !== undefined) throw new Bug(`after ${stage}: the IR is wrong\n${problem}`);
}

/** What is wrong with a program, as texts that show the guilty lines; empty if it is well-formed. */
export function verifyProgram(program: IrProgram): readonly string[] {
  const found = [...verifyTables(program)];
  if (found.length > 0) return found;
  for (const func of program.funcs.values()) {
    const problems = verifyFunc(func, program);
    if (problems.length > 0) found.push(explainProblems(func, problems));
  }
  return found;
}

export function assertFuncVerified(func: Func, program: IrProgram | null, stage: string): void {
  const problems = verifyFunc(func, program);
  if (problems.length > 0) throw new Bug(`after ${stage}: the IR is wrong\n${explainProblems(func, problems)}`);
}

/** The function with `<-- message` on every guilty line. */
export function explainProblems(func: Func, problems: readonly Problem[]): string {
  const note = (block: BlockId, index: number): string | null => {
    const here = problems.filter((p) => p.block === block && (p.index === index || (p.index < 0 && index === 0)));
    return here.length === 0 ? null : `<-- ${here.map((p) => p.message).join('; ')}`;
  };
  return `${problems.map((p) => `b${p.block}: ${p.message}`).join('\n')}\n${printFunc(func, { note })}`;
}

/** All violations of the first broken rule. */
export function verifyFunc(func: Func, program: IrProgram | null): readonly Problem[] {
  for (const rule of RULES) {
    const problems: Problem[] = [];
    rule(func, (block, index, message) => problems.push({ block, index, message }), program);
    if (problems.length > 0) return problems;
  }
  return [];
}

/** What concerns no single function. */
function verifyTables(program: IrProgram): readonly string[] {
  const problems: string[] = [];
  const isFunc = (id: FuncId): boolean => id >= 0 && id < program.funcs.size;
  for (const [id, func] of program.funcs.entries()) {
    if (func.id !== id) problems.push(`function ${id} calls itself f${func.id}`);
    if (func.sig < 0 || func.sig >= program.signatures.size) problems.push(`f${id} has no signature`);
    if (func.boxed !== null && !isFunc(func.boxed)) problems.push(`f${id} has no boxed entry f${func.boxed}`);
  }
  for (const module of program.modules) {
    if (!isFunc(module.init)) problems.push(`module ${module.name} has no initialiser`);
    else if (program.funcs.get(module.init).params.length > 0)
      problems.push(`f${module.init} is an initialiser with parameters`);
  }
  if (program.main !== null && !isFunc(program.main)) problems.push('main does not exist');
  return problems;
}

type Report = (block: BlockId, index: number, message: string) => void;
type Rule = (func: Func, report: Report, program: IrProgram | null) => void;

const RULES: readonly Rule[] = [
  edgesLeadToBlocks,
  entryIsEntered,
  blocksAreReachable,
  valuesAreDefinedOnce,
  operandsFit,
  immediatesFit,
  edgesPassParameters,
  onlyCatchersThrow,
  handlersCatch,
  terminatorsFit,
  usesAreDominated,
  loopsPoll,
  programAgrees,
];

/* ---- the rules ------------------------------------------------------------------------------------------------- */

/** Every edge leads to a block of the function. */
function edgesLeadToBlocks(func: Func, report: Report): void {
  if (!func.blocks.has(func.entry)) throw new Bug(`${func.name} has no entry block`);
  forEachEdge(func, (edge, id, index) => {
    if (!func.blocks.has(edge.block)) report(id, index, `there is no b${edge.block}`);
  });
}

/** No edge leads to the entry, whose parameters are the function's. */
function entryIsEntered(func: Func, report: Report): void {
  forEachEdge(func, (edge, id, index) => {
    if (edge.block === func.entry) report(id, index, 'the entry has a predecessor');
  });
  const { params } = blockOf(func, func.entry);
  const kinds = params.map((param) => func.values.get(param));
  if (kinds.join() !== func.params.join())
    report(func.entry, -1, `the entry takes ${kinds.join()}, the function ${func.params.join()}`);
}

/** Every block can be reached from the entry. */
function blocksAreReachable(func: Func, report: Report): void {
  const { nodes } = graphOf(func);
  for (const id of func.blocks.keys()) if (!nodes.has(id)) report(id, -1, 'unreachable');
}

/** A value has one definition, and a kind. */
function valuesAreDefinedOnce(func: Func, report: Report): void {
  const seen = new Uint8Array(func.values.size);
  const define = (value: ValueId, id: BlockId, index: number): void => {
    if (value >= func.values.size) report(id, index, `v${value} has no kind`);
    else if (seen[value] === 1) report(id, index, `v${value} is defined twice`);
    seen[value] = 1;
  };
  for (const [id, block] of func.blocks) {
    for (const param of block.params) define(param, id, -1);
    for (const [index, inst] of block.insts.entries()) if (inst.result !== null) define(inst.result, id, index);
  }
  const used = (value: ValueId, id: BlockId, index: number): void => {
    if (seen[value] !== 1) report(id, index, `v${value} is not defined`);
  };
  forEachUse(func, used);
}

/** Operands and result have the kinds of the operation's row. */
function operandsFit(func: Func, report: Report): void {
  forEachInst(func, (inst, id, index) => {
    const def = opDef(inst.op);
    if (def.args !== 'variadic') {
      const problem = misfit(func, inst.args, def.args);
      if (problem !== null) report(id, index, problem);
    }
    if (def.result !== 'imm') checkResult(func, inst, def.result, id, index, report);
    if (inst.op === 'rt') {
      const row = Object.hasOwn(BUILTINS, String(inst.imm)) ? BUILTINS[inst.imm as keyof typeof BUILTINS] : null;
      if (row === null) return report(id, index, `there is no built-in ${String(inst.imm)}`);
      const problem = misfit(func, inst.args, row.params);
      if (problem !== null) report(id, index, problem);
      checkResult(func, inst, row.result, id, index, report);
    }
    if (inst.op === 'call.boxed') {
      const problem = misfit(func, inst.args, ['ref', ...Array<Kind>(Number(inst.imm)).fill('any')]);
      if (problem !== null) report(id, index, problem);
    }
  });
}

/** Immediates have the form that the operation's row names; type codes name types of the right kind. */
function immediatesFit(func: Func, report: Report): void {
  forEachInst(func, (inst, id, index) => {
    const { imm } = inst;
    const bad = (what: string): void => report(id, index, `the immediate ${String(imm)} is not ${what}`);
    switch (opDef(inst.op).imm) {
      case 'none':
        if (imm !== null) bad('absent');
        break;
      case 'i32':
        if (typeof imm !== 'number' || imm !== (imm | 0)) bad('an i32');
        break;
      case 'i64':
        if (typeof imm !== 'bigint' || imm !== BigInt.asIntN(64, imm)) bad('an i64');
        break;
      case 'f64':
        if (typeof imm !== 'number') bad('an f64');
        break;
      case 'text':
      case 'builtin':
        if (typeof imm !== 'string') bad('a text');
        break;
      case 'trap':
        if (typeof imm !== 'string' || !Object.hasOwn(TRAPS, imm)) bad('a trap');
        break;
      case 'variant':
        if (imm === null || typeof imm !== 'object') bad('a variant');
        break;
      case 'code':
        if (!isIndex(imm)) bad('a type code');
        else if (!codeFits(inst, imm as TypeCode)) bad('a type of the right kind');
        break;
      case 'env': {
        const kind = isIndex(imm) ? func.captures[imm] : undefined;
        if (kind === undefined) bad('a captured slot');
        else if (inst.op !== `env.get.${kind}`) bad(`a captured ${kind}`);
        break;
      }
      default:
        if (!isIndex(imm)) bad('a number');
    }
  });
}

/** An edge passes what the block takes; an exceptional one all but the error. */
function edgesPassParameters(func: Func, report: Report): void {
  forEachEdge(func, (edge, id, index, exceptional) => {
    const target = blockOf(func, edge.block);
    const params = exceptional ? target.params.slice(1) : target.params;
    const problem = misfit(
      func,
      edge.args,
      params.map((param) => func.values.get(param)),
    );
    if (problem !== null) report(id, index, `to b${edge.block}: ${problem}`);
  });
}

/** Something leads to a handler only in a function that says that it catches. */
function onlyCatchersThrow(func: Func, report: Report): void {
  if (func.catches) return;
  forEachEdge(func, (_, id, index, exceptional) => {
    if (exceptional) report(id, index, 'the function does not say that it catches');
  });
}

/** Only what can throw has an exceptional edge, never in the entry block; handlers take an error and are entered no other way. */
function handlersCatch(func: Func, report: Report): void {
  const handlers = new Set<BlockId>();
  forEachEdge(func, (edge, id, index, exceptional) => {
    if (!exceptional) return;
    handlers.add(edge.block);
    const inst = blockOf(func, id).insts[index];
    if (inst !== undefined && !canThrow(inst)) report(id, index, `${inst.op} cannot throw`);
    if (id === func.entry) report(id, index, 'an exceptional edge in the entry block');
  });
  for (const id of handlers) {
    const [error] = blockOf(func, id).params;
    if (error === undefined || func.values.get(error) !== 'ref') report(id, -1, 'a handler without an error parameter');
  }
  forEachEdge(func, (edge, id, index, exceptional) => {
    if (!exceptional && handlers.has(edge.block)) report(id, index, `b${edge.block} is a handler`);
  });
}

/** Conditions are i32; what is returned has the function's result kind. */
function terminatorsFit(func: Func, report: Report): void {
  for (const [id, block] of func.blocks) {
    const { term } = block;
    const at = block.insts.length;
    if (term.kind === 'br' && func.values.get(term.cond) !== 'i32') report(id, at, `v${term.cond} is not an i32`);
    if (term.kind !== 'ret') continue;
    const kind = term.value === null ? null : func.values.get(term.value);
    if (kind !== func.result)
      report(id, at, `returns ${kind ?? 'nothing'} where ${func.result ?? 'nothing'} is the result`);
  }
}

/** A use is dominated by its definition; in a handler nothing is visible of the blocks that throw to it. */
function usesAreDominated(func: Func, report: Report): void {
  const graph = graphOf(func);
  const dominators = new Dominators(graph);
  const home = new Map<ValueId, { block: BlockId; index: number }>();
  for (const [id, block] of func.blocks) {
    for (const param of block.params) home.set(param, { block: id, index: -1 });
    for (const [index, inst] of block.insts.entries())
      if (inst.result !== null) home.set(inst.result, { block: id, index });
  }
  forEachUse(func, (value, id, index) => {
    const def = home.get(value);
    if (def === undefined) return;
    const fine = def.block === id ? def.index < index : dominators.definitionReaches(def.block, id);
    if (!fine) report(id, index, `v${value} is not defined on every way here`);
  });
}

/** Every way round a loop passes a poll. */
function loopsPoll(func: Func, report: Report): void {
  const polls = (block: Block): boolean => block.insts.some((inst) => inst.op === 'poll');
  const state = new Map<BlockId, 'open' | 'closed'>();
  for (const start of func.blocks.keys()) {
    if (state.has(start)) continue;
    const stack: { id: BlockId; next: BlockId[] }[] = [{ id: start, next: unpolled(start) }];
    state.set(start, 'open');
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const to = top.next.pop();
      if (to === undefined) {
        state.set(top.id, 'closed');
        stack.pop();
      } else if (state.get(to) === 'open') {
        report(top.id, blockOf(func, top.id).insts.length, `goes back to b${to} without a poll`);
      } else if (!state.has(to)) {
        state.set(to, 'open');
        stack.push({ id: to, next: unpolled(to) });
      }
    }
  }
  /** Blocks that follow without a poll between; an exceptional edge may leave before the poll of its block. */
  function unpolled(id: BlockId): BlockId[] {
    const block = blockOf(func, id);
    const next: BlockId[] = [];
    const polled = polls(block);
    forEachEdgeOf(block, (edge, _index, exceptional) => {
      if (exceptional || !polled) next.push(edge.block);
    });
    return next;
  }
}

/** Operands and results agree with callees, signatures, types and globals of the program. */
function programAgrees(func: Func, report: Report, program: IrProgram | null): void {
  if (program === null) return;
  forEachInst(func, (inst, id, index) => {
    const fail = (message: string | null): void => {
      if (message !== null) report(id, index, message);
    };
    switch (opDef(inst.op).imm) {
      case 'func': {
        if ((inst.imm as number) >= program.funcs.size) return fail(`there is no f${String(inst.imm)}`);
        const callee = program.funcs.get(inst.imm as FuncId);
        if (inst.op === 'closure.of' || inst.op === 'closure.is') return;
        if (inst.op === 'closure.new') return fail(misfit(func, inst.args, callee.captures));
        fail(misfit(func, inst.args, callee.params));
        checkResult(func, inst, callee.result, id, index, report);
        if (callee.captures.length > 0 && callee.boxed !== func.id) fail('calls a closure directly');
        return;
      }
      case 'sig': {
        if ((inst.imm as number) >= program.signatures.size) return fail(`there is no s${String(inst.imm)}`);
        if (inst.op !== 'call.closure') return;
        const sig = program.signatures.get(inst.imm as SigId);
        fail(misfit(func, inst.args, ['ref', ...sig.params.map(kindOfCode)]));
        const result = sig.result === TYPE_CODES.nil ? null : kindOfCode(sig.result);
        return checkResult(func, inst, result, id, index, report);
      }
      case 'global': {
        if ((inst.imm as number) >= program.globals.size) return fail(`there is no g${String(inst.imm)}`);
        const { kind } = program.globals.get(inst.imm as GlobalId);
        if (inst.op !== `global.get.${kind}` && inst.op !== `global.set.${kind}`)
          fail(`g${String(inst.imm)} holds ${kind}`);
        return;
      }
      case 'type': {
        const type = program.types[inst.imm as number];
        if (type?.kind !== 'struct') return fail(`t${String(inst.imm)} is not a struct`);
        return fail(
          misfit(
            func,
            inst.args,
            type.fields.map((field) => field.kind),
          ),
        );
      }
      case 'variant': {
        const { type, variant } = inst.imm as VariantImm;
        const def = program.types[type];
        const row = def?.kind === 'enum' ? def.variants[variant] : undefined;
        if (row === undefined) return fail('there is no such variant');
        return fail(
          misfit(
            func,
            inst.args,
            row.payload.map((field) => field.kind),
          ),
        );
      }
      case 'code':
        if ((inst.imm as number) >= NOMINAL + program.types.length) fail('there is no such type');
        return;
      default:
    }
  });
}

/* ---- walking --------------------------------------------------------------------------------------------------- */

function blockOf(func: Func, id: BlockId): Block {
  const block = func.blocks.get(id);
  if (block === undefined) throw new Bug(`no block b${id} in ${func.name}`);
  return block;
}

function forEachInst(func: Func, visit: (inst: Inst, block: BlockId, index: number) => void): void {
  for (const [id, block] of func.blocks) for (const [index, inst] of block.insts.entries()) visit(inst, id, index);
}

function forEachEdgeOf(block: Block, visit: (edge: Edge, index: number, exceptional: boolean) => void): void {
  for (const [index, inst] of block.insts.entries()) if (inst.exc !== null) visit(inst.exc, index, true);
  const { term } = block;
  const at = block.insts.length;
  if (term.kind === 'jump') visit(term.to, at, false);
  if (term.kind === 'trap' && term.exc !== null) visit(term.exc, at, true);
  if (term.kind !== 'br') return;
  visit(term.then, at, false);
  visit(term.else, at, false);
}

function forEachEdge(
  func: Func,
  visit: (edge: Edge, block: BlockId, index: number, exceptional: boolean) => void,
): void {
  for (const [id, block] of func.blocks)
    forEachEdgeOf(block, (edge, index, exceptional) => visit(edge, id, index, exceptional));
}

/** Operands; arguments of an edge count as used where the edge leaves. */
function forEachUse(func: Func, visit: (value: ValueId, block: BlockId, index: number) => void): void {
  forEachInst(func, (inst, id, index) => {
    for (const arg of inst.args) visit(arg, id, index);
  });
  forEachEdge(func, (edge, id, index) => {
    for (const arg of edge.args) visit(arg, id, index);
  });
  for (const [id, block] of func.blocks) {
    const { term } = block;
    if (term.kind === 'br') visit(term.cond, id, block.insts.length);
    if (term.kind === 'ret' && term.value !== null) visit(term.value, id, block.insts.length);
  }
}

function isIndex(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}

function codeFits(inst: Inst, code: TypeCode): boolean {
  const suffix = inst.op.slice(inst.op.lastIndexOf('.') + 1);
  return inst.op === 'is' || kindOfCode(code) === suffix;
}

function misfit(func: Func, values: readonly ValueId[], kinds: readonly Kind[]): string | null {
  const found = values.map((value) => func.values.get(value));
  return found.join() === kinds.join() ? null : `has (${found.join()}) where (${kinds.join()}) belongs`;
}

function checkResult(func: Func, inst: Inst, kind: Kind | null, id: BlockId, index: number, report: Report): void {
  const found = inst.result === null ? null : func.values.get(inst.result);
  if (found !== kind) report(id, index, `gives ${found ?? 'nothing'} where ${kind ?? 'nothing'} is the result`);
}

/* ---- dominance ------------------------------------------------------------------------------------------------- */

/**
 * The flow graph with every block split in two: its top, where all edges arrive and the exceptional ones leave at once, and its
 * body. What dominates a handler is then exactly what is visible in it. `nodes` has the number of a block's top; its body is the next.
 */
interface Graph {
  readonly nodes: ReadonlyMap<BlockId, number>;
  readonly preds: readonly (readonly number[])[];
  /** Nodes in reverse postorder. */
  readonly order: readonly number[];
}

function graphOf(func: Func): Graph {
  const nodes = new Map<BlockId, number>();
  const succs: number[][] = [];
  const open: BlockId[] = [];
  const nodeOf = (id: BlockId): number => {
    let node = nodes.get(id);
    if (node === undefined) {
      node = succs.length;
      nodes.set(id, node);
      succs.push([node + 1], []);
      open.push(id);
    }
    return node;
  };
  nodeOf(func.entry);
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const top = nodeOf(id);
    const fromTop = new Set<number>([top + 1]);
    forEachEdgeOf(blockOf(func, id), (edge, _index, exceptional) => {
      if (exceptional) fromTop.add(nodeOf(edge.block));
      else succs[top + 1]?.push(nodeOf(edge.block));
    });
    succs[top] = [...fromTop];
  }
  const preds: number[][] = succs.map(() => []);
  for (const [node, next] of succs.entries()) for (const to of next) preds[to]?.push(node);
  const order: number[] = [];
  const seen = new Uint8Array(succs.length);
  seen[0] = 1;
  const stack: { node: number; next: number }[] = [{ node: 0, next: 0 }];
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const to = succs[top.node]?.[top.next];
    top.next += 1;
    if (to === undefined) {
      order.push(top.node);
      stack.pop();
    } else if (seen[to] === 0) {
      seen[to] = 1;
      stack.push({ node: to, next: 0 });
    }
  }
  return { nodes, preds, order: order.reverse() };
}

class Dominators {
  readonly #graph: Graph;
  /** By node: when a walk over the dominator tree enters and leaves it. */
  readonly #enter: Int32Array;
  readonly #leave: Int32Array;

  constructor(graph: Graph) {
    this.#graph = graph;
    const { order, preds } = graph;
    const count = order.length;
    const rank = new Int32Array(count);
    for (const [i, node] of order.entries()) rank[node] = i;
    // By rank, so that an immediate dominator is a smaller number.
    const idom = new Int32Array(count).fill(-1);
    idom[0] = 0;
    for (let changed = true; changed; ) {
      changed = false;
      for (let i = 1; i < count; i++) {
        let best = -1;
        for (const pred of preds[order[i] as number] ?? []) {
          let other = rank[pred] as number;
          if (idom[other] === -1) continue;
          if (best === -1) best = other;
          while (best !== other) {
            if (best > other) best = idom[best] as number;
            else other = idom[other] as number;
          }
        }
        if (idom[i] === best) continue;
        idom[i] = best;
        changed = true;
      }
    }
    this.#enter = new Int32Array(count);
    this.#leave = new Int32Array(count);
    const children: number[][] = order.map(() => []);
    for (let i = 1; i < count; i++) children[idom[i] as number]?.push(i);
    let clock = 0;
    const stack = [0];
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const node = order[top] as number;
      if (this.#enter[node] === 0) this.#enter[node] = ++clock;
      const child = children[top]?.pop();
      if (child !== undefined) {
        stack.push(child);
      } else {
        this.#leave[node] = ++clock;
        stack.pop();
      }
    }
  }

  /** Whether what one block's body defines is visible throughout another block. */
  definitionReaches(from: BlockId, to: BlockId): boolean {
    const body = (this.#graph.nodes.get(from) as number) + 1;
    const top = this.#graph.nodes.get(to) as number;
    return (
      (this.#enter[body] as number) <= (this.#enter[top] as number) &&
      (this.#leave[body] as number) >= (this.#leave[top] as number)
    );
  }
}
