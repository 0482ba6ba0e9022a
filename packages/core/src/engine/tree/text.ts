/**
 * Texts of values: display (5.2), inspection (5.5) and their modern forms (rows 4 and 5 of section 23).
 *
 * Nested data is walked with an explicit stack of open containers. More of them than the depth limit raise `stackOverflow`;
 * in modern style an array or struct met again inside itself prints as `...`, in classic style such data is endlessly deep.
 */
import type { Style } from '../../hir/hir.ts';
import { trap } from './errors.ts';
import { LONGEST_STRING } from './memory.ts';
import type { Machine } from './machine.ts';
import { classicText, generalText, shortestText } from './number-text.ts';
import type { Member, Rep, Site, Value } from './value.ts';
import {
  ArrayValue,
  EnumValue,
  ErrorValue,
  F64,
  FuncValue,
  RangeValue,
  StructValue,
  toDynamic,
  U32,
  U64,
} from './value.ts';

/** `inspect` quotes strings at the top; in classic style it has forms of its own. */
export type TextForm = 'display' | 'inspect';

/** A container whose items are being written. */
interface Open {
  readonly object: ArrayValue | StructValue | EnumValue;
  readonly items: readonly Value[];
  /** Null for an array, whose items all have `rep`. */
  readonly members: readonly Member[] | null;
  readonly rep: Rep;
  readonly close: string;
  next: number;
}

/** `value` is in dynamic form. */
export function textOf(machine: Machine, value: Value, style: Style, form: TextForm, site: Site): string {
  const scalar = scalarText(value, style, form, form === 'inspect');
  if (scalar !== null) return scalar;

  const longest = Math.min(LONGEST_STRING, machine.limits.memory);
  const stack: Open[] = [];
  const open = new Set<object>();
  let text = '';

  const enter = (container: Container): void => {
    if (stack.length >= machine.maxDepth) trap('stackOverflow', site);
    const { head, opened } = openContainer(container, style, form);
    text += head;
    stack.push(opened);
    open.add(container);
  };

  enter(value as Container);
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const at = top.next++;
    const stored = top.items[at];
    if (stored === undefined) {
      text += top.close;
      open.delete(top.object);
      stack.pop();
      continue;
    }
    if (at > 0) text += ', ';
    const member = top.members?.[at];
    if (style === 'modern' && top.object instanceof StructValue) text += `${member?.name}: `;
    const item = toDynamic(member === undefined ? top.rep : member.rep, stored);
    const itemText = scalarText(item, style, form, style === 'modern' || form === 'inspect');
    if (itemText !== null) text += itemText;
    else if (style === 'modern' && open.has(item as object)) text += '...';
    else enter(item as Container);
    if (text.length > longest) trap('outOfMemory', site);
  }
  return text;
}

type Container = ArrayValue | StructValue | EnumValue;

/** The text of a value without parts, or null. */
function scalarText(value: Value, style: Style, form: TextForm, quoted: boolean): string | null {
  switch (typeof value) {
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(value);
    case 'string':
      return quoted ? quote(value, style) : value;
    default:
      break;
  }
  if (value === null) return 'nil';
  if (value instanceof F64) return floatText(value.value, style, form);
  if (value instanceof U32 || value instanceof U64) return String(value.value);
  const classicInspect = style === 'classic' && form === 'inspect';
  if (value instanceof FuncValue) return classicInspect ? '<function>' : `<function ${value.code.name}>`;
  if (value instanceof RangeValue) {
    if (classicInspect) return '<range>';
    const step = value.step === 1n ? '' : ` step=${value.step}`;
    return `range(${value.current}..${value.end}${step})`;
  }
  if (value instanceof ErrorValue) return classicInspect ? `Error(${value.message})` : `Error: ${value.message}`;
  if (value instanceof EnumValue && value.payload.length === 0) return enumName(value);
  return null;
}

function floatText(value: number, style: Style, form: TextForm): string {
  if (style === 'modern') return shortestText(value);
  return form === 'inspect' ? generalText(value, 6) : classicText(value);
}

function enumName(value: EnumValue): string {
  return `${value.type.name}.${value.type.variants[value.variant]?.name}`;
}

function openContainer(container: Container, style: Style, form: TextForm): { head: string; opened: Open } {
  const brackets = style === 'modern' || form === 'inspect';
  if (container instanceof ArrayValue) {
    const opened = { items: container.items, members: null, rep: container.rep, close: brackets ? ']' : '', next: 0 };
    return { head: brackets ? '[' : '', opened: { object: container, ...opened } };
  }
  if (container instanceof StructValue) {
    const head = style === 'modern' ? `${container.type.name}{` : brackets ? '[' : '';
    const close = style === 'modern' ? '}' : brackets ? ']' : '';
    const opened = { items: container.fields, members: container.type.fields, rep: 0 as const, close, next: 0 };
    return { head, opened: { object: container, ...opened } };
  }
  const members = container.type.variants[container.variant]?.payload ?? [];
  const opened = { items: container.payload, members, rep: 0 as const, close: ')', next: 0 };
  return { head: `${enumName(container)}(`, opened: { object: container, ...opened } };
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '"': '\\"',
  '\n': '\\n',
  '\t': '\\t',
  '\r': '\\r',
  '\0': '\\0',
};

function quote(text: string, style: Style): string {
  const special = style === 'modern' ? /[\\"\n\t\r\0]/g : /[\\"\n\t]/g;
  return `"${text.replace(special, (char) => ESCAPES[char] ?? char)}"`;
}

/** `v as string`, where that is allowed: display text, but an f64 has six digits in classic style (5.4). */
export function castText(value: string | number | bigint | boolean | F64 | U32 | U64, style: Style): string {
  if (value instanceof F64) return style === 'modern' ? shortestText(value.value) : generalText(value.value, 6);
  return typeof value === 'object' ? String(value.value) : String(value);
}
