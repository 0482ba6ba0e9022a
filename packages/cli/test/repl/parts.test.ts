/** Highlighting, history texts, completion of a line, and the table of commands. */
import { describe, expect, test } from 'vitest';
import { COMMANDS, commandNames, findCommand } from '../../src/repl/commands.ts';
import { applyCompletion, completeLine } from '../../src/repl/completer.ts';
import { highlight } from '../../src/repl/highlight.ts';
import { parseHistory, printHistory } from '../../src/repl/history.ts';
import { cacheFolder, historyPath } from '../../src/user-paths.ts';

describe('highlighting', () => {
  const looks = (text: string, cursor = -1): string[] =>
    highlight(text, cursor, undefined).map(({ start, end, look }) => `${look} ${text.slice(start, end)}`);

  test('tokens', () => {
    expect(looks('mut x: i64 = 5 // note')).toEqual(['keyword mut', 'type i64', 'number 5', 'comment // note']);
    expect(looks('print("a b")')).toEqual(['keyword print', 'string "a b"']);
    expect(looks('x = "open\n1')).toEqual(['string "open\n1']);
    expect(looks(':type x')).toEqual(['command :type']);
  });

  test('brackets at the cursor', () => {
    expect(
      highlight('f(a[1])', 7, undefined)
        .filter(({ look }) => look === 'match')
        .map(({ start }) => start),
    ).toEqual([1, 6]);
    expect(
      highlight('f(a[1])', 3, undefined)
        .filter(({ look }) => look === 'match')
        .map(({ start }) => start),
    ).toEqual([3, 5]);
    expect(looks('"(" )', 4)).toEqual(['string "("']);
  });
});

describe('the history file', () => {
  test('holds an entry of many lines in one', () => {
    const entries = ['a', 'fn f():\n    "\\"', '日本'];
    expect(printHistory(entries).split('\n')).toHaveLength(4);
    expect(parseHistory(printHistory(entries))).toEqual(entries);
    expect(parseHistory('"a"\ngarbage\n{"x":1}\n"b"\n"cut of')).toEqual(['a', 'b']);
  });

  test('lies where the environment says', () => {
    expect(historyPath({ ORUS_HISTORY: '/x/y' })).toBe('/x/y');
    expect(historyPath({ ORUS_HISTORY: '' })).toBeNull();
    expect(historyPath({ XDG_STATE_HOME: '/state' })).toBe('/state/orus/history');
    expect(historyPath({})).toMatch(/\.local\/state\/orus\/history$/);
    expect(cacheFolder({})).toMatch(/\.cache\/orus$/);
  });
});

describe('completion', () => {
  const items = (...names: string[]) => names.map((name) => ({ name, detail: '' }));
  const nothing = () => ({ start: 0, end: 0, items: [] });

  test('goes as far as it is certain', () => {
    const one = applyCompletion({ text: 'x + le', cursor: 6 }, { start: 4, end: 6, items: items('length') });
    expect(one).toEqual({ buffer: { text: 'x + length', cursor: 10 }, items: [] });
    const more = applyCompletion({ text: 'le', cursor: 2 }, { start: 0, end: 2, items: items('length', 'lengths') });
    expect(more.buffer.text).toBe('length');
    expect(more.items).toHaveLength(2);
    const none = applyCompletion({ text: 'le', cursor: 2 }, { start: 0, end: 2, items: [] });
    expect(none).toEqual({ buffer: { text: 'le', cursor: 2 }, items: [] });
  });

  test('within a name', () => {
    const inside = applyCompletion({ text: 'length', cursor: 2 }, { start: 0, end: 6, items: items('length') });
    expect(inside.buffer).toEqual({ text: 'length', cursor: 6 });
    const before = applyCompletion({ text: 'leX', cursor: 2 }, { start: 0, end: 3, items: items('length') });
    expect(before.buffer).toEqual({ text: 'lengthX', cursor: 6 });
  });

  test('of commands and their operands', () => {
    expect(completeLine(':re', 3, nothing).items.map(({ name }) => name)).toEqual(['reset']);
    expect(completeLine(':help ed', 8, nothing)).toMatchObject({ start: 6, items: [{ name: 'edition' }] });
    const inner = completeLine(':type po', 8, (text, offset) => {
      expect([text, offset]).toEqual(['po', 2]);
      return { start: 0, end: 2, items: items('point') };
    });
    expect(inner).toMatchObject({ start: 6, end: 8 });
  });
});

describe('commands', () => {
  test('names are unique and documented', () => {
    expect(new Set(commandNames()).size).toBe(commandNames().length);
    for (const { doc } of COMMANDS) expect(doc).toMatch(/^[a-z:].*[^.]$/);
  });

  test('a unique beginning is enough', () => {
    expect(findCommand('q')?.name).toBe('quit');
    expect(findCommand('ty')?.name).toBe('type');
    expect(findCommand('t')).toBeNull();
    expect(findCommand('exit')?.name).toBe('quit');
    expect(findCommand('?')?.name).toBe('help');
  });
});
