/**
 * The text form of the IR, which `parse.ts` reads back.
 *
 *     func f0 "fib" (i32) -> i32, s0, captures ref any, boxed f3, shows "lambda" {
 *     b0(v0: i32):
 *       v1 = const.i32 2
 *       v2 = lt_s.i32 v0, v1
 *       br v2, b1(), b2(v0)
 *     b1():
 *       v3: i32 = call f0, v1  !b5(v3)   // the immediate stands first, the exceptional edge last
 *       ret v3
 *     ...
 *     }
 *
 * A result's kind is written where neither the operation nor a built-in's name tells it. With `spans`, every instruction ends in
 * `@file:start-end`, followed by `<f3@file:start-end` for each call it was inlined through.
 */
import type { Span } from '../base/source.ts';
import { NOMINAL, TYPE_CODES, type TypeCode } from '../base/kinds.ts';
import type {
  Block,
  BlockId,
  Edge,
  Func,
  InlineSite,
  Inst,
  IrField,
  IrProgram,
  IrType,
  Terminator,
  ValueId,
} from './ir.ts';
import { type Imm, opDef, type ImmClass, type VariantImm } from './ops.ts';

export interface PrintOptions {
  readonly spans?: boolean;
  /** Written at the end of the line of that instruction or terminator, as a comment. */
  readonly note?: (block: BlockId, index: number) => string | null;
}

export function printProgram(program: IrProgram, options: PrintOptions = {}): string {
  const lines: string[] = [];
  for (const [id, type] of program.types.entries()) lines.push(`type t${id} ${printType(type)}`);
  for (const [id, global] of program.globals.entries())
    lines.push(`global g${id} ${quote(global.name)} ${global.kind}`);
  for (const [id, sig] of program.signatures.entries()) {
    lines.push(`sig s${id} (${sig.params.map(printCode).join(', ')}) -> ${printCode(sig.result)}`);
  }
  for (const module of program.modules) lines.push(`module ${quote(module.name)} f${module.init}`);
  if (program.main !== null) lines.push(`main f${program.main}`);
  if (program.elementsApart !== null) lines.push(program.elementsApart ? 'elements apart' : 'elements mixed');
  for (const func of program.funcs.values()) lines.push('', printFunc(func, options).trimEnd());
  return `${lines.join('\n')}\n`;
}

export function printFunc(func: Func, options: PrintOptions = {}): string {
  const result = func.result === null ? '' : ` -> ${func.result}`;
  const captures = func.captures.length === 0 ? '' : `, captures ${func.captures.join(' ')}`;
  const boxed = func.boxed === null ? '' : `, boxed f${func.boxed}`;
  const shows = func.displayName === func.name ? '' : `, shows ${quote(func.displayName)}`;
  const head = `func f${func.id} ${quote(func.name)} (${func.params.join(', ')})${result}, s${func.sig}`;
  const lines = [`${head}${captures}${boxed}${shows} {`];
  for (const id of layout(func)) printBlock(func, id, func.blocks.get(id) as Block, options, lines);
  lines.push('}');
  return `${lines.join('\n')}\n`;
}

/** The entry first, then the order of the map. */
function layout(func: Func): readonly BlockId[] {
  return [func.entry, ...[...func.blocks.keys()].filter((id) => id !== func.entry)];
}

function printBlock(func: Func, id: BlockId, block: Block, options: PrintOptions, lines: string[]): void {
  lines.push(`b${id}(${block.params.map((param) => `v${param}: ${func.values.get(param)}`).join(', ')}):`);
  const put = (text: string, index: number, span: Span, inlined: readonly InlineSite[]): void => {
    const place = options.spans === true ? printPlace(span, inlined) : '';
    const note = options.note?.(id, index) ?? null;
    lines.push(`  ${text}${place}${note === null ? '' : `  // ${note}`}`);
  };
  for (const [index, inst] of block.insts.entries()) put(printInst(func, inst), index, inst.span, inst.inlined);
  const { term } = block;
  put(printTerm(term), block.insts.length, term.span, term.kind === 'trap' ? term.inlined : []);
}

export function printInst(func: Func, inst: Inst): string {
  const imm = printImm(opDef(inst.op).imm, inst.imm);
  const operands = [...(imm === null ? [] : [imm]), ...inst.args.map(printValue)].join(', ');
  const known = opDef(inst.op).result !== 'imm' || inst.op === 'rt';
  const result = inst.result === null ? '' : `v${inst.result}${known ? '' : `: ${func.values.get(inst.result)}`} = `;
  return `${result}${inst.op}${operands === '' ? '' : ` ${operands}`}${printExc(inst.exc)}`;
}

export function printTerm(term: Terminator): string {
  switch (term.kind) {
    case 'jump':
      return `jump ${printEdge(term.to)}`;
    case 'br':
      return `br v${term.cond}, ${printEdge(term.then)}, ${printEdge(term.else)}`;
    case 'ret':
      return term.value === null ? 'ret' : `ret v${term.value}`;
    case 'trap':
      return `trap ${term.trap}${printExc(term.exc)}`;
    case 'unreachable':
      return 'unreachable';
  }
}

function printValue(value: ValueId): string {
  return `v${value}`;
}

function printEdge(edge: Edge): string {
  return `b${edge.block}(${edge.args.map(printValue).join(', ')})`;
}

function printExc(exc: Edge | null): string {
  return exc === null ? '' : `  !${printEdge(exc)}`;
}

function printSpan(span: Span): string {
  return `@${span.file}:${span.start}-${span.end}`;
}

function printPlace(span: Span, inlined: readonly InlineSite[]): string {
  return `  ${printSpan(span)}${inlined.map((site) => ` <f${site.callee}${printSpan(site.span)}`).join('')}`;
}

/** Type codes as `#i32`, nominal ones as `#t3`. */
export function printCode(code: TypeCode): string {
  if (code >= NOMINAL) return `#t${code - NOMINAL}`;
  for (const [name, value] of Object.entries(TYPE_CODES)) if (value === (code as number)) return `#${name}`;
  return `#${code}`;
}

/** Numbers so that they read back exactly, negative zero and NaN included. */
function printF64(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

function printImm(form: ImmClass, imm: Imm): string | null {
  switch (form) {
    case 'none':
      return null;
    case 'f64':
      return printF64(imm as number);
    case 'text':
      return quote(imm as string);
    case 'code':
      return printCode(imm as TypeCode);
    case 'func':
      return `f${String(imm)}`;
    case 'global':
      return `g${String(imm)}`;
    case 'type':
      return `t${String(imm)}`;
    case 'sig':
      return `s${String(imm)}`;
    case 'variant': {
      const { type, variant } = imm as VariantImm;
      return `t${type}.${variant}`;
    }
    default:
      return String(imm);
  }
}

function quote(text: string): string {
  return JSON.stringify(text);
}

function printFields(fields: readonly IrField[]): string {
  return `(${fields.map(printField).join(', ')})`;
}

function printField({ name, code, kind, arity }: IrField): string {
  return `${quote(name)} ${printCode(code)} ${kind}${code === TYPE_CODES.func ? ` ${arity}` : ''}`;
}

function printType(type: IrType): string {
  if (type.kind === 'enum') {
    const variants = type.variants.map((variant) => `${quote(variant.name)} ${printFields(variant.payload)}`);
    return `enum ${quote(type.name)} ${variants.join(' ')}`.trimEnd();
  }
  const methods = type.methods.map((method) => ` ${quote(method.name)} f${method.func}`).join('');
  return `struct ${quote(type.name)} ${printFields(type.fields)}${methods}`;
}
