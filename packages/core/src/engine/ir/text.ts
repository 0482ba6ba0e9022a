/**
 * Texts of values: display and inspection form, in classic and modern style (5.2, 5.5; rows 4 and 5 of section 23).
 *
 * A writer with an explicit stack of open containers, as deep as the depth limit allows.
 */
import { Bug } from '../../base/bug.ts';
import type { IrField } from '../../ir/ir.ts';
import { classicText, generalText, shortestText } from '../tree/number-text.ts';
import type { Machine } from './machine.ts';
import { type Any, ArrayObj, Closure, ErrorObj, Int, NIL, RangeObj, RecordObj, stored } from './value.ts';

export interface TextStyle {
  readonly modern: boolean;
  readonly inspect: boolean;
}

interface Open {
  readonly object: ArrayObj | RecordObj;
  readonly fields: readonly IrField[];
  /** Write the fields' names. */
  readonly named: boolean;
  readonly close: string;
  next: number;
}

export function textOf(m: Machine, value: Any, style: TextStyle): string {
  const simple = simpleText(m, value, style, style.inspect);
  if (simple !== null) return simple;
  const pieces: string[] = [];
  let size = 0;
  const put = (piece: string): void => {
    pieces.push(piece);
    size += piece.length;
    if (size > m.limits.memory || size > 2 ** 29 - 64) m.trap('outOfMemory');
  };
  const open: Open[] = [];
  const inside = new Set<Any>();
  const enter = (object: Any): void => {
    if (open.length >= m.limits.depth) m.trap('stackOverflow');
    if (!(object instanceof ArrayObj) && !(object instanceof RecordObj)) throw new Bug('a value without a text');
    open.push(opened(m, object, style, put));
    inside.add(object);
  };
  enter(value);
  for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
    const slots = top.object instanceof ArrayObj ? top.object.items : top.object.slots;
    if (top.next >= slots.length) {
      put(top.close);
      inside.delete(top.object);
      open.pop();
      continue;
    }
    if (top.next > 0) put(', ');
    const field = top.fields[top.next];
    if (top.named && field !== undefined) put(`${field.name}: `);
    const code = top.object instanceof ArrayObj ? top.object.code : field?.code;
    const slot = slots[top.next];
    if (code === undefined || slot === undefined) throw new Bug('a record does not fit its type');
    top.next += 1;
    const item = stored(code, slot);
    const text = simpleText(m, item, style, style.modern || style.inspect);
    if (text !== null) put(text);
    else if (style.modern && inside.has(item)) put('...');
    else enter(item);
  }
  return pieces.join('');
}

/** Begins the text of a container. */
function opened(m: Machine, object: ArrayObj | RecordObj, style: TextStyle, put: (piece: string) => void): Open {
  const framed = style.modern || style.inspect;
  if (object instanceof ArrayObj) {
    put(framed ? '[' : '');
    return { object, fields: [], named: false, close: framed ? ']' : '', next: 0 };
  }
  const type = m.program.types[object.type];
  if (type?.kind === 'enum') {
    put(`${variantName(m, object)}(`);
    return { object, fields: type.variants[object.variant]?.payload ?? [], named: false, close: ')', next: 0 };
  }
  if (type === undefined) throw new Bug(`no type ${object.type}`);
  if (style.modern) put(`${type.name}{`);
  else if (style.inspect) put('[');
  return {
    object,
    fields: type.fields,
    named: style.modern,
    close: style.modern ? '}' : style.inspect ? ']' : '',
    next: 0,
  };
}

function variantName(m: Machine, value: RecordObj): string {
  const type = m.program.types[value.type];
  if (type?.kind !== 'enum') throw new Bug(`type ${value.type} has no variants`);
  return `${type.name}.${type.variants[value.variant]?.name ?? '?'}`;
}

/** The text of what has no parts, else null. */
function simpleText(m: Machine, value: Any, style: TextStyle, quoted: boolean): string | null {
  if (typeof value === 'string') return quoted ? quote(value, style.modern) : value;
  if (typeof value === 'number') {
    if (style.modern) return shortestText(value);
    return style.inspect ? generalText(value, 6) : classicText(value);
  }
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (value === NIL) return 'nil';
  if (value instanceof Int) return value.value.toString();
  const bare = style.inspect && !style.modern;
  if (value instanceof Closure) return bare ? '<function>' : `<function ${m.func(value.func).displayName}>`;
  if (value instanceof RangeObj) {
    if (bare) return '<range>';
    return `range(${value.next}..${value.stop}${value.step === 1n ? '' : ` step=${value.step}`})`;
  }
  if (value instanceof ErrorObj) return bare ? `Error(${value.message})` : `Error: ${value.message}`;
  if (value instanceof RecordObj && value.variant >= 0 && value.slots.length === 0) return variantName(m, value);
  return null;
}

function quote(text: string, modern: boolean): string {
  let out = '"';
  for (const char of text) {
    if (char === '\\' || char === '"') out += `\\${char}`;
    else if (char === '\n') out += '\\n';
    else if (char === '\t') out += '\\t';
    else if (modern && char === '\r') out += '\\r';
    else if (modern && char === '\0') out += '\\0';
    else out += char;
  }
  return `${out}"`;
}
