/** The line editor as a machine: keys in, text and requests out. `|` marks the cursor. */
import { describe, expect, test } from 'vitest';
import { BINDINGS, Editor, type Request } from '../../src/repl/editor.ts';
import type { Key } from '../../src/repl/keys.ts';

/** `text<key>text`, where `<<` stands for `<`. */
function keysOf(script: string): Key[] {
  return [...script.matchAll(/<(M-<|M->|[^<>]+)>|[^<]+/g)].map(([whole, name]): Key => {
    if (name === undefined) return { kind: 'text', text: whole };
    return { kind: 'key', name };
  });
}

function press(script: string, history: readonly string[] = []) {
  const editor = new Editor(
    () => history,
    (text) => /[([{:]\s*$/.test(text) || (/\n\s+\S.*$/.test(text) && !text.endsWith('\n')),
  );
  const requests: Request[] = keysOf(script).map((key) => editor.press(key));
  const { text, cursor } = editor.buffer;
  return { shown: `${text.slice(0, cursor)}|${text.slice(cursor)}`, last: requests.at(-1), editor };
}

describe('editing', () => {
  test.each([
    ['abc', 'abc|'],
    ['abc<left><left>x', 'ax|bc'],
    ['abc<C-a>x<C-e>y', 'xabcy|'],
    ['abc<home><right>x', 'ax|bc'],
    ['one two.three<M-b><M-b>x', 'one x|two.three'],
    ['one two<home><M-f>x', 'onex| two'],
    ['abc<backspace>', 'ab|'],
    ['abc<home><delete>', '|bc'],
    ['abc<home><C-d>', '|bc'],
    ['日本<backspace>e\u0301<backspace>', '日|'],
    ['one two<C-w>', 'one |'],
    ['one two<C-w><C-w><C-y>', 'one two|'],
    ['one two<home><M-d><M-d><C-y><C-y>', 'one twoone two|'],
    ['one two<C-u><C-y>!', 'one two!|'],
    ['abc<left><C-k>x<C-y>', 'abxc|'],
    ['a b<C-w>x<C-w><C-y><M-y>', 'a b|'],
    ['ab<C-t>', 'ba|'],
    ['abc<left><left><C-t>', 'ba|c'],
    ['abc<C-u>de<C-_>', '|'],
    ['abc<C-u>de<C-_><C-_>', 'abc|'],
    ['if x:<enter>', 'if x:\n    |'],
    ['if x:<enter>y<enter>', 'if x:\n    y\n    |'],
    ['if x:<enter>y<enter><backspace>z', 'if x:\n    y\nz|'],
    ['if x:<enter><tab>y', 'if x:\n        y|'],
    ['f(<enter>1', 'f(\n    1|'],
    ['ab<M-enter>cd<up>x', 'abx|\ncd'],
    ['abcd<M-enter>e<M-enter>fghi<up><up>x', 'abcdx|\ne\nfghi'],
    ['<tab>', '|'],
  ])('%s', (script, shown) => {
    expect(press(script).shown).toBe(shown);
  });

  test('a complete entry is submitted wherever the cursor is in its last line', () => {
    expect(press('abc<home><enter>').last).toEqual({ kind: 'submit', text: 'abc' });
    expect(press('if x:<enter>y<enter><enter>').last).toEqual({ kind: 'submit', text: 'if x:\n    y\n    ' });
    expect(press(':load (<enter>').last).toEqual({ kind: 'submit', text: ':load (' });
  });

  test('requests', () => {
    expect(press('<C-d>').last).toEqual({ kind: 'end' });
    expect(press('abc<C-c>').last).toEqual({ kind: 'cancel' });
    expect(press('abc<tab>').last).toEqual({ kind: 'complete' });
    expect(press('<C-l>').last).toEqual({ kind: 'clear-screen' });
    expect(press('<f12>').last).toEqual({ kind: 'none' });
  });

  test('no key is bound twice', () => {
    const keys = BINDINGS.flatMap((binding) => binding.keys);
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe('history', () => {
  const history = ['first', 'fn f():\n    1', 'third'];

  test.each([
    ['<up>', 'third|'],
    ['<up><up>', 'fn f():\n    1|'],
    ['<up><up><up>', 'fn f|():\n    1'],
    ['<up><up><up><up>', 'first|'],
    ['<pageup><pageup><pageup><pageup>', 'first|'],
    ['draft<up><down>', 'draft|'],
    ['draft<pageup><pageup><M->>', 'draft|'],
    ['<M-<>', 'first|'],
  ])('%s', (script, shown) => {
    const found = press(script, history).shown;
    if (script === '<up><up><up>') expect(found.replace('|', '')).toBe('fn f():\n    1');
    else expect(found).toBe(shown);
  });

  test.each([
    ['x<C-r>fn', 'fn| f():\n    1'],
    ['x<C-r>fir', 'fir|st'],
    ['x<C-r>f<C-r>', 'f|irst'],
    ['x<C-r>f<C-r><C-s>', 'f|n f():\n    1'],
    ['x<C-r>nothing', 'x|'],
    ['x<C-r>fir<C-g>', 'x|'],
    ['x<C-r>fir<escape>!', 'fir!|st'],
    ['x<C-r>fir<end>!', 'first!|'],
    ['x<C-r>firz<backspace>', 'fir|st'],
  ])('searching: %s', (script, shown) => {
    expect(press(script, history).shown).toBe(shown);
  });

  test('enter runs what was found', () => {
    expect(press('x<C-r>fir<enter>', history).last).toEqual({ kind: 'submit', text: 'first' });
  });
});
