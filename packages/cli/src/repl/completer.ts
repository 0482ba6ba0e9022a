/**
 * What the Tab key does: a name is completed as far as it is certain, and where it is not the possibilities are shown.
 */
import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { at, type Buffer } from './buffer.ts';
import { COMMANDS, commandNames, findCommand } from './commands.ts';

export interface Item {
  readonly name: string;
  readonly detail: string;
}

export interface Completion {
  readonly start: number;
  readonly end: number;
  readonly items: readonly Item[];
}

export interface Completed {
  readonly buffer: Buffer;
  /** To be shown; empty if the name is complete or there is none. */
  readonly items: readonly Item[];
}

/** Puts in what all items have in common. */
export function applyCompletion({ text, cursor }: Buffer, { start, end, items }: Completion): Completed {
  const [first] = items;
  if (first === undefined) return { buffer: { text, cursor }, items: [] };
  const written = text.slice(start, cursor);
  const common = items.reduce((prefix, { name }) => commonPrefix(prefix, name), first.name);
  if (items.length > 1 && common.length <= written.length) return { buffer: { text, cursor }, items };
  // What stands behind the cursor belongs to the name only if the name goes on with it.
  const rest = text.slice(cursor, end);
  const keep = common.endsWith(rest) ? end : cursor;
  const buffer = at(text.slice(0, start) + common + text.slice(keep), start + common.length);
  return { buffer, items: items.length > 1 ? items : [] };
}

function commonPrefix(a: string, b: string): string {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return a.slice(0, length);
}

/** Completes command names, and what commands take: file names, names of commands, or entries of the language. */
export function completeLine(
  text: string,
  cursor: number,
  language: (text: string, offset: number) => Completion,
): Completion {
  const command = /^:(\w*)(!?\s+)?/.exec(text);
  if (command === null) return language(text, cursor);
  const [whole, word = '', space] = command;
  if (space === undefined || cursor < whole.length) {
    const items = commandNames()
      .filter((name) => name.startsWith(text.slice(1, cursor)))
      .map((name) => ({ name, detail: findCommand(name)?.doc ?? '' }));
    return { start: 1, end: 1 + word.length, items };
  }
  const operand = text.slice(whole.length);
  switch (findCommand(word)?.name) {
    case 'load':
    case 'save':
      return completeFile(operand, whole.length, cursor);
    case 'help': {
      const items = COMMANDS.filter(({ name }) => name.startsWith(text.slice(whole.length, cursor)));
      return { start: whole.length, end: text.length, items: items.map(({ name, doc }) => ({ name, detail: doc })) };
    }
    default: {
      const inner = language(operand, cursor - whole.length);
      return { ...inner, start: inner.start + whole.length, end: inner.end + whole.length };
    }
  }
}

function completeFile(path: string, offset: number, cursor: number): Completion {
  const written = path.slice(0, cursor - offset);
  const folder = written.endsWith('/') ? written : dirname(written);
  const begun = written.endsWith('/') ? '' : basename(written);
  const start = cursor - begun.length;
  try {
    const entries = readdirSync(folder === '' ? '.' : join(folder), { withFileTypes: true });
    const items = entries
      .filter(({ name }) => name.startsWith(begun) && (begun !== '' || !name.startsWith('.')))
      .filter((entry) => entry.isDirectory() || entry.name.endsWith('.orus'))
      .map((entry) => ({ name: entry.isDirectory() ? `${entry.name}/` : entry.name, detail: '' }));
    return { start, end: offset + path.length, items };
  } catch {
    return { start, end: cursor, items: [] };
  }
}
