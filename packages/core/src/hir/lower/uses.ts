/**
 * One walk over the tree that finds what lowering must know before it starts: which variables are ever read with an unset
 * check, which functions occur as values, and which variables their own initialiser captures.
 *
 * The walk keeps its own stack, so deep trees are no matter.
 */
import type { Expr, FuncId, GlobalId, LocalId, Program, Stmt } from '../hir.ts';

export interface Uses {
  readonly checkedLocals: ReadonlySet<LocalId>;
  readonly checkedGlobals: ReadonlySet<GlobalId>;
  /** Functions that need a boxed entry. */
  readonly values: ReadonlySet<FuncId>;
  /** Declared by a `let` whose initialiser is a function that captures the variable itself. */
  readonly selfCaptured: ReadonlySet<LocalId>;
}

export function findUses(program: Program): Uses {
  const checkedLocals = new Set<LocalId>();
  const checkedGlobals = new Set<GlobalId>();
  const values = new Set<FuncId>();
  const selfCaptured = new Set<LocalId>();

  for (const def of program.types.values()) {
    if (def.kind !== 'struct') continue;
    for (const method of def.methods.values()) if (method.instance) values.add(method.func);
  }

  const work: (Stmt | Expr)[] = [];
  const pushAll = (nodes: readonly (Stmt | Expr | null)[]): void => {
    for (const node of nodes) if (node !== null) work.push(node);
  };
  for (const func of program.funcs.values()) pushAll(func.body);

  for (let node = work.pop(); node !== undefined; node = work.pop()) {
    switch (node.kind) {
      case 'let':
        if (node.init.kind === 'func' && program.funcs.get(node.init.func).captures.includes(node.local)) {
          selfCaptured.add(node.local);
        }
        work.push(node.init);
        break;
      case 'local':
        if (node.checked) checkedLocals.add(node.local);
        break;
      case 'global':
        if (node.checked) checkedGlobals.add(node.global);
        break;
      case 'func':
        values.add(node.func);
        break;
      default:
        pushAll(childrenOf(node));
    }
  }
  return { checkedLocals, checkedGlobals, values, selfCaptured };
}

/** Direct parts of a node, in no particular order; empty for leaves. */
function childrenOf(node: Stmt | Expr): readonly (Stmt | Expr | null)[] {
  switch (node.kind) {
    case 'let':
      return [node.init];
    case 'expr':
      return [node.expr];
    case 'if':
      return [node.cond, ...node.then, ...node.else];
    case 'block':
      return 'result' in node ? [...node.body, node.result] : node.body;
    case 'while':
      return [node.cond, ...node.body];
    case 'forRange':
      return [node.start, node.end, node.step, ...node.body];
    case 'forEach':
      return [node.over, ...node.body];
    case 'return':
      return [node.value];
    case 'try':
      return [...node.body, ...node.handler];
    case 'print':
      return node.args;
    case 'assign':
      switch (node.target.kind) {
        case 'field':
        case 'dynField':
          return [node.target.object, node.value];
        case 'index':
          return [node.target.array, node.target.index, node.value];
        default:
          return [node.value];
      }
    case 'arith':
    case 'shift':
    case 'compare':
    case 'equal':
    case 'logic':
    case 'concat':
    case 'dynArith':
    case 'dynCompare':
    case 'dynLogic':
      return [node.left, node.right];
    case 'unary':
    case 'dynUnary':
    case 'toAny':
    case 'fromAny':
    case 'cast':
    case 'isVariant':
    case 'payload':
      return [node.operand];
    case 'cond':
      return [node.cond, node.then, node.else];
    case 'field':
    case 'dynField':
      return [node.object];
    case 'dynMethod':
      return [node.object, ...node.args];
    case 'dynCall':
    case 'callValue':
      return [node.callee, ...node.args];
    case 'array':
      return node.items;
    case 'fill':
      return [node.value, node.count];
    case 'repeat':
      return [node.array, node.count];
    case 'index':
      return [node.base, node.index];
    case 'slice':
      return [node.base, node.start, node.end];
    case 'struct':
      return node.fields;
    case 'enum':
    case 'call':
    case 'builtin':
      return node.args;
    default:
      return [];
  }
}
