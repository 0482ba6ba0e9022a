/**
 * What one entry of the message catalogue is. The entries stand in `messages-syntax.ts`, `messages-meaning.ts`,
 * `messages-runtime.ts` and `messages-bytecode.ts`; `messages.ts` joins them.
 */
import type { Severity } from '../../base/diagnostic.ts';

export interface MessageEntry<Args> {
  readonly severity: Severity;
  /** A few words that name the error without its particulars, for lists and headings. */
  readonly summary: string;
  /** The title of one occurrence: one line, plain words, no full stop. */
  readonly title: (args: Args) => string;
  /** What is wrong and why the language wants it so. Paragraphs are separated by empty lines. */
  readonly explanation: string;
  /** A small program in the default edition that has exactly this error ... */
  readonly wrong: string;
  /** ... and the same program repaired. */
  readonly right: string;
  /** Files that the examples need besides themselves: module path to text. */
  readonly modules?: Readonly<Record<string, string>>;
}

export function entry<Args>(row: Omit<MessageEntry<Args>, 'severity'> & { severity?: Severity }): MessageEntry<Args> {
  return { severity: 'error', ...row };
}

/** `a`, `b` and `c`. */
export function listed(words: readonly string[], last = 'and'): string {
  const quoted = words.map((word) => `\`${word}\``);
  if (quoted.length <= 1) return quoted.join('');
  return `${quoted.slice(0, -1).join(', ')} ${last} ${quoted.at(-1)}`;
}

/** `1 argument`, `2 arguments`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** "a `string`", "an `i64`". */
export function withArticle(type: string): string {
  return `${/^(?:[aeio]|f64)/i.test(type) ? 'an' : 'a'} \`${type}\``;
}
