/**
 * The typed tree as text: what `dump --after=tree` shows and what tests read.
 *
 *     struct Point.0 { x: i64, y: i64 }              types with their ids
 *     global @count.0: i64
 *     fn add.1(a.0: i64, b.1: i64) -> i64            functions and variables with their ids
 *       let c.2: i64 = (add.checked:i64 a.0 b.1)     operators in prefix form, each with the type of its result
 *       if (lt:bool c.2 10:i64)
 *         print.modern c.2
 *       elif ...
 *       return c.2
 *
 * Words after dots say what distinguishes a node from others of its kind (`add.wrapping`, `fromAny.convert`, `slice.classic`). A variable
 * read with a check ends in `?`. The statements of a block expression stand on lines of their own, its value after `=>`.
 * The text depends on the tree alone. Nesting is kept on an explicit stack, so deep trees print too.
 */
import { unreachable } from '../base/bug.ts';
import { exprsOf, operandsOf } from './children.ts';
import type { Expr, FormatPart, Func, FuncId, LocalId, Place, Program, Stmt, Type, TypeDef, TypeId } from './hir.ts';

/** What is still to be printed: text, an expression, or statements on lines of their own. */
type Task =
  | string
  | { readonly expr: Expr; readonly indent: number }
  | { readonly stmts: readonly Stmt[]; readonly indent: number };

export function printProgram(program: Program): string {
  const lines: string[] = [];
  for (const [id, def] of program.types.entries()) lines.push(printTypeDef(program, id, def));
  for (const [id, global] of program.globals.entries()) {
    lines.push(`global @${global.name}.${id}: ${printType(program, global.type)}  // ${global.module}`);
  }
  for (const [id] of program.funcs.entries()) lines.push(printFunc(program, id));
  for (const module of program.modules) lines.push(`module ${module.name}: ${funcName(program, module.init)}`);
  if (program.main !== null) lines.push(`main ${funcName(program, program.main)}`);
  return `${lines.join('\n')}\n`;
}

export function printFunc(program: Program, id: FuncId): string {
  const func = program.funcs.get(id);
  return signature(program, id, func) + run(program, [{ stmts: func.body, indent: 1 }]);
}

/** One expression, without what its block expressions contain being cut. */
export function printExpr(program: Program, expr: Expr): string {
  return run(program, [{ expr, indent: 0 }]);
}

/** One statement and what is in it. */
export function printStmt(program: Program, stmt: Stmt): string {
  return run(program, [{ stmts: [stmt], indent: 0 }]).slice(1);
}

export function printType(program: Program, type: Type): string {
  switch (type.kind) {
    case 'array':
      return `[${printType(program, type.element)}]`;
    case 'struct':
    case 'enum':
      return typeName(program, type.id);
    case 'func':
      return `fn(${type.params.map((param) => printType(program, param)).join(', ')}) -> ${printType(program, type.result)}`;
    default:
      return type.kind;
  }
}

function typeName(program: Program, id: TypeId): string {
  return `${program.types.get(id).name}.${id}`;
}

function funcName(program: Program, id: FuncId): string {
  return `${program.funcs.get(id).name}.${id}`;
}

function localName(program: Program, id: LocalId): string {
  return `${program.locals.get(id).name}.${id}`;
}

/** A variable where it begins. `^` marks one that is captured, `~` one that is assigned. */
function declared(program: Program, id: LocalId): string {
  const { type, captured, assigned } = program.locals.get(id);
  const marks = `${captured ? '^' : ''}${assigned ? '~' : ''}`;
  return `${localName(program, id)}${marks}: ${printType(program, type)}`;
}

function printTypeDef(program: Program, id: TypeId, def: TypeDef): string {
  const members = (fields: readonly { readonly name: string; readonly type: Type }[]): string =>
    fields.map((field) => `${field.name}: ${printType(program, field.type)}`).join(', ');
  if (def.kind === 'enum') {
    const variants = def.variants.map((v) => (v.payload.length === 0 ? v.name : `${v.name}(${members(v.payload)})`));
    return `enum ${typeName(program, id)} { ${variants.join(', ')} }`;
  }
  const methods = [...def.methods].map(
    ([name, method]) => `\n  ${method.instance ? 'method' : 'static'} ${name} = ${funcName(program, method.func)}`,
  );
  return `struct ${typeName(program, id)} { ${members(def.fields)} }${methods.join('')}`;
}

function signature(program: Program, id: FuncId, func: Func): string {
  const params = func.params.map((param) => declared(program, param)).join(', ');
  const captures = func.captures.map((local) => localName(program, local)).join(', ');
  const kind = func.kind === 'function' ? 'fn' : func.kind;
  const style = func.style === 'classic' ? ' classic' : '';
  return `${kind} ${funcName(program, id)}(${params}) -> ${printType(program, func.result)}${
    captures === '' ? '' : ` captures ${captures}`
  }${style}`;
}

/** Works off a stack of tasks; statements begin with a line end. */
function run(program: Program, first: readonly Task[]): string {
  const out: string[] = [];
  const stack: Task[] = [...first].reverse();
  const push = (tasks: readonly Task[]): void => {
    for (let i = tasks.length - 1; i >= 0; i--) stack.push(tasks[i] as Task);
  };
  for (let task = stack.pop(); task !== undefined; task = stack.pop()) {
    if (typeof task === 'string') {
      out.push(task);
    } else if ('expr' in task) {
      push(exprTasks(program, task.expr, task.indent));
    } else {
      const { indent } = task;
      push(task.stmts.flatMap((stmt) => [newline(indent), ...stmtTasks(program, stmt, indent)]));
    }
  }
  return out.join('');
}

function newline(indent: number): string {
  return `\n${'  '.repeat(indent)}`;
}

/* ---- statements ------------------------------------------------------------------------------------------------ */

function stmtTasks(program: Program, stmt: Stmt, indent: number): readonly Task[] {
  const [first, second, third] = exprsOf(stmt).map((expr): Task => ({ expr, indent }));
  const one = first ?? '';
  const body = (stmts: readonly Stmt[]): Task => ({ stmts, indent: indent + 1 });
  switch (stmt.kind) {
    case 'let':
      return [`let ${declared(program, stmt.local)} = `, one];
    case 'declare':
      return [`declare ${declared(program, stmt.local)}`];
    case 'expr':
      return [one];
    case 'if':
      return ifTasks(stmt, indent);
    case 'block':
      return ['block', body(stmt.body)];
    case 'while':
      return [`while L${stmt.label} `, one, body(stmt.body)];
    case 'forRange': {
      const head = `for L${stmt.label} ${declared(program, stmt.item)} in `;
      const adapt = stmt.adapt.length === 0 ? '' : ` adapt ${stmt.adapt.join(' ')}`;
      const step: Task[] = third === undefined ? [] : [' step ', third];
      return [head, one, stmt.inclusive ? ' ..= ' : ' .. ', second ?? '', ...step, adapt, body(stmt.body)];
    }
    case 'forEach':
      return [`for L${stmt.label} ${declared(program, stmt.item)} of `, one, body(stmt.body)];
    case 'break':
    case 'continue':
      return [`${stmt.kind} L${stmt.label}`];
    case 'return':
      return stmt.value === null ? ['return'] : ['return ', one];
    case 'try': {
      const error = stmt.error === null ? '' : ` ${declared(program, stmt.error)}`;
      return ['try', body(stmt.body), `${newline(indent)}catch${error}`, body(stmt.handler)];
    }
    case 'raise':
      return [`raise ${stmt.trap} ${JSON.stringify(stmt.message)}`];
    case 'print': {
      const format = stmt.format === null ? '' : ` format [${stmt.format.map(formatPart).join(', ')}]`;
      const args = stmt.args.flatMap((expr): Task[] => [' ', { expr, indent }]);
      return [`print.${stmt.style}${stmt.scan ? '.scan' : ''}${format}`, ...args];
    }
    default:
      return unreachable(stmt, 'statement');
  }
}

/** A chain of alternatives nests in `else` as deep as it is long, and prints flat. */
function ifTasks(stmt: Extract<Stmt, { kind: 'if' }>, indent: number): readonly Task[] {
  const tasks: Task[] = [];
  let word = 'if ';
  let rest: readonly Stmt[] = [stmt];
  for (let at: Stmt | undefined = stmt; at?.kind === 'if'; at = rest.length === 1 ? rest[0] : undefined) {
    tasks.push(word, { expr: at.cond, indent }, { stmts: at.then, indent: indent + 1 });
    word = `${newline(indent)}elif `;
    rest = at.else;
  }
  if (rest.length > 0) tasks.push(`${newline(indent)}else`, { stmts: rest, indent: indent + 1 });
  return tasks;
}

function formatPart(part: FormatPart): string {
  switch (part.kind) {
    case 'text':
      return JSON.stringify(part.text);
    case 'value':
      return '@';
    case 'radix':
      return `@${part.radix}`;
    case 'decimals':
      return `@.${part.decimals}f`;
    default:
      return unreachable(part, 'format part');
  }
}

/* ---- expressions ----------------------------------------------------------------------------------------------- */

function exprTasks(program: Program, expr: Expr, indent: number): readonly Task[] {
  const type = printType(program, expr.ty);
  switch (expr.kind) {
    case 'int':
      return [`${expr.value}:${type}`];
    case 'float':
      return [`${Object.is(expr.value, -0) ? '-0' : expr.value}:${type}`];
    case 'bool':
      return [String(expr.value)];
    case 'string':
      return [JSON.stringify(expr.value)];
    case 'nil':
      return ['nil'];
    case 'local':
      return [localName(program, expr.local) + (expr.checked ? '?' : '')];
    case 'global':
      return [`@${program.globals.get(expr.global).name}.${expr.global}${expr.checked ? '?' : ''}`];
    case 'func':
      return [`(func ${funcName(program, expr.func)})`];
    case 'block': {
      const body: Task = { stmts: expr.body, indent: indent + 1 };
      return [`(block:${type}`, body, `${newline(indent + 1)}=> `, { expr: expr.result, indent: indent + 1 }, ')'];
    }
    default: {
      const operands = operandsOf(expr).flatMap((operand): Task[] => [' ', { expr: operand, indent }]);
      return [`(${head(program, expr)}:${type}`, ...operands, ')'];
    }
  }
}

type WithOperands = Exclude<
  Expr,
  { readonly kind: 'int' | 'float' | 'bool' | 'string' | 'nil' | 'local' | 'global' | 'func' | 'block' }
>;

/** The name of an operation with what distinguishes it from others of its kind. */
function head(program: Program, expr: WithOperands): string {
  switch (expr.kind) {
    case 'assign':
      return `set ${place(program, expr.target)}`;
    case 'arith':
      return `${expr.op}.${expr.mode}`;
    case 'unary':
      return expr.op === 'neg' ? `neg.${expr.mode}` : expr.op;
    case 'shift':
    case 'compare':
      return expr.op;
    case 'equal':
      return `${expr.negate ? 'unequal' : 'equal'}.${expr.style}`;
    case 'logic':
      return expr.op === 'and' ? 'andThen' : 'orElse';
    case 'cond':
    case 'toAny':
    case 'array':
    case 'fill':
    case 'repeat':
    case 'index':
    case 'concat':
    case 'callValue':
    case 'dynCall':
      return expr.kind;
    case 'trap':
      return `trap.${expr.trap}`;
    case 'dynArith':
      return `dyn.${expr.op}.${expr.style}${expr.adapt === null ? '' : `.adapt-${expr.adapt}`}`;
    case 'dynUnary':
      return `dyn.${expr.op}.${expr.style}`;
    case 'dynCompare':
      return `dyn.${expr.op}`;
    case 'dynLogic':
      return `dyn.${expr.op}`;
    case 'dynField':
      return `dyn.field ${expr.name}`;
    case 'dynMethod':
      return `dyn.method ${expr.name}`;
    case 'fromAny':
      return `fromAny.${expr.mode}${expr.trap === null ? '' : `.${expr.trap}`}`;
    case 'cast':
      return `cast.${expr.style}`;
    case 'slice': {
      const missing = expr.start === null ? (expr.end === null ? '.all' : '.to') : expr.end === null ? '.from' : '';
      return `slice.${expr.style}${expr.inclusive ? '.inclusive' : ''}${missing}`;
    }
    case 'struct':
      return `struct ${typeName(program, expr.type)}`;
    case 'field':
      return `field ${memberName(program, expr.type, null, expr.index)}`;
    case 'enum':
      return `enum ${memberName(program, expr.type, expr.variant, null)}`;
    case 'isVariant':
      return `is ${memberName(program, expr.type, expr.variant, null)}`;
    case 'payload':
      return `payload ${memberName(program, expr.type, expr.variant, expr.index)}`;
    case 'call':
      return `call ${funcName(program, expr.func)}`;
    case 'builtin':
      return expr.name === 'assertEq'
        ? `assertEq.${expr.style}${expr.adapt === null ? '' : `.adapt-${expr.adapt}`}`
        : expr.name;
    default:
      return unreachable(expr, 'expression');
  }
}

function place(program: Program, target: Place): string {
  switch (target.kind) {
    case 'local':
      return localName(program, target.local);
    case 'global':
      return `@${program.globals.get(target.global).name}.${target.global}`;
    case 'field':
      return `field ${memberName(program, target.type, null, target.index)}`;
    case 'index':
      return 'index';
    case 'dynField':
      return `dyn.field.${target.mode} ${target.name}`;
    default:
      return unreachable(target, 'place');
  }
}

/** A field, variant or payload field, by name where it has one. */
function memberName(program: Program, type: TypeId, variant: number | null, index: number | null): string {
  const def = program.types.get(type);
  const name = typeName(program, type);
  if (def.kind === 'struct') return `${name}/${index === null ? '?' : (def.fields[index]?.name ?? index)}`;
  const variantName = variant === null ? '?' : (def.variants[variant]?.name ?? variant);
  return index === null ? `${name}/${variantName}` : `${name}/${variantName}/${index}`;
}
