/**
 * `print` and its formats (section 16, row 6 of section 23).
 */
import type { FormatPart, Print, Radix, Style } from '../../hir/hir.ts';
import { bytesOfText } from './bytes.ts';
import type { Context, Eval, Exec } from './context.ts';
import { dynamics, NORMAL } from './context.ts';
import { trap } from './errors.ts';
import { LONGEST_STRING } from './memory.ts';
import type { Machine } from './machine.ts';
import { fixedText, radixText } from './number-text.ts';
import { textOf } from './text.ts';
import type { Site, Value } from './value.ts';
import { F64, isInteger, numericValue } from './value.ts';

const MOST_DECIMALS = 100;

/** What stands between `@` and the rest of a format. */
type Specifier =
  | { readonly kind: 'value' }
  | { readonly kind: 'radix'; readonly radix: Radix }
  | { readonly kind: 'decimals'; readonly decimals: number };

export function printStmt(cx: Context, stmt: Print): Exec {
  const { machine } = cx;
  const { style, scan } = stmt;
  const site = cx.site(stmt.span);
  const args = stmt.args.map((arg) => dynamics(cx, arg));
  const format = stmt.format?.map((part) => (part.kind === 'text' ? { ...part, text: bytesOfText(part.text) } : part));
  return (frame) => {
    const values: Value[] = [];
    for (let i = 0; i < args.length; i++) values.push((args[i] as Eval)(frame));
    const line = new Line(machine, values, style, site);
    const first = values[0];
    if (format !== undefined) line.write(format);
    else if (scan && typeof first === 'string') line.scan(first);
    line.rest();
    machine.write(`${line.text}\n`);
    return NORMAL;
  };
}

/** One line of output under construction; arguments are consumed from left to right. */
class Line {
  text = '';
  readonly #machine: Machine;
  readonly #args: readonly Value[];
  readonly #style: Style;
  readonly #site: Site;
  #next = 0;
  /** Something stands on the line, if only an empty text, so the next plain argument needs a space before it. */
  #begun = false;

  constructor(machine: Machine, args: readonly Value[], style: Style, site: Site) {
    this.#machine = machine;
    this.#args = args;
    this.#style = style;
    this.#site = site;
  }

  /** Writes a format that was taken apart before. */
  write(format: readonly FormatPart[]): void {
    this.#begun = true;
    for (const part of format) this.#append(part.kind === 'text' ? part.text : this.#format(this.#take(), part));
  }

  /** Takes apart and writes a format that is a value: the first argument. */
  scan(format: string): void {
    this.#begun = true;
    this.#next = 1;
    let plain = '';
    let at = 0;
    while (at < format.length) {
      const char = format.charAt(at);
      if (char === '\\') {
        const escaped = format.charAt(at + 1);
        plain += escaped === 'n' ? '\n' : escaped === 't' ? '\t' : escaped;
        at += 2;
      } else if (char === '@') {
        const { specifier, length } = readSpecifier(format, at + 1);
        if (this.#next < this.#args.length) {
          this.#append(plain);
          plain = '';
          this.#append(this.#format(this.#take(), specifier));
        } else {
          plain += format.slice(at, at + 1 + length);
        }
        at += 1 + length;
      } else {
        plain += char;
        at += 1;
      }
    }
    this.#append(plain);
  }

  /** Writes the arguments that no format consumed. */
  rest(): void {
    while (this.#next < this.#args.length) {
      if (this.#begun) this.#append(' ');
      this.#begun = true;
      this.#append(this.#display(this.#take()));
    }
  }

  #take(): Value {
    return this.#args[this.#next++] as Value;
  }

  #append(text: string): void {
    this.text += text;
    if (this.text.length > Math.min(LONGEST_STRING, this.#machine.limits.memory)) trap('outOfMemory', this.#site);
  }

  #display(value: Value): string {
    return textOf(this.#machine, value, this.#style, 'display', this.#site);
  }

  #format(value: Value, specifier: Specifier): string {
    switch (specifier.kind) {
      case 'value':
        return this.#display(value);
      case 'radix':
        return isInteger(value) ? radixText(numericValue(value), specifier.radix) : this.#display(value);
      case 'decimals':
        if (specifier.decimals > MOST_DECIMALS) trap('formatDecimals', this.#site);
        return value instanceof F64 ? fixedText(value.value, specifier.decimals) : this.#display(value);
    }
  }
}

/** The specifier that begins at an offset of a format, and its length. */
function readSpecifier(format: string, at: number): { specifier: Specifier; length: number } {
  const char = format.charAt(at);
  if (char === 'x' || char === 'X' || char === 'o' || char === 'b') {
    return { specifier: { kind: 'radix', radix: char }, length: 1 };
  }
  if (char !== '.') return { specifier: { kind: 'value' }, length: 0 };
  let end = at + 1;
  while (format.charAt(end) >= '0' && format.charAt(end) <= '9') end++;
  const digits = format.slice(at + 1, end);
  const length = (format.charAt(end) === 'f' ? end + 1 : end) - at;
  if (digits === '') return { specifier: { kind: 'value' }, length };
  return { specifier: { kind: 'decimals', decimals: Number(digits) }, length };
}
