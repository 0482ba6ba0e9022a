/** What the renderer sends, shown on a terminal in memory. */
import { describe, expect, test } from 'vitest';
import { layOut, Screen, suggestionRows, type View } from '../../src/repl/screen.ts';
import { VirtualTerminal } from './virtual-terminal.ts';

function view(text: string, cursor: number, more: Partial<View> = {}): View {
  const base = { looks: [], prompt: '>> ', continuation: '... ', below: [], columns: 20, lines: 10, colour: false };
  return { ...base, text, cursor, ...more };
}

describe('laying out', () => {
  test('lines wrap before the last column, also before a wide character', () => {
    const frame = layOut(view('abcdefghijklmno日本', 15));
    expect(frame.rows).toEqual(['>> abcdefghijklmno', '日本']);
    expect([frame.cursorRow, frame.cursorColumn]).toEqual([1, 0]);
  });

  test('the cursor after the last cell of a row stands in the next', () => {
    const frame = layOut(view('abcdefghijklmnop', 16));
    expect(frame.rows).toEqual(['>> abcdefghijklmnop', '']);
    expect([frame.cursorRow, frame.cursorColumn]).toEqual([1, 0]);
  });

  test('colours end with their row', () => {
    const looks = [{ start: 0, end: 3, look: 'keyword' }] as const;
    expect(layOut(view('for x', 0, { looks, colour: true, prompt: '' })).rows).toEqual(['\x1b[35mfor\x1b[0m x']);
  });

  test('a text higher than the terminal shows the part with the cursor', () => {
    const text = Array.from({ length: 30 }, (_, i) => `line ${i}`).join('\n');
    const frame = layOut(view(text, text.indexOf('line 20'), { lines: 5 }));
    expect(frame.rows).toEqual(['... line 18', '... line 19', '... line 20', '... line 21', '... line 22']);
    expect([frame.cursorRow, frame.cursorColumn]).toEqual([2, 4]);
  });

  test('a very narrow terminal has no prompt', () => {
    expect(layOut(view('abcdef', 0, { columns: 5 })).rows).toEqual(['abcd', 'ef']);
  });
});

describe('showing', () => {
  test('what does not change is not sent again', () => {
    const screen = new Screen();
    screen.show(layOut(view('one\ntwo\nthree', 0)));
    const sent = screen.show(layOut(view('one\nTWO\nthree', 4)));
    expect(sent).toBe('\x1b[1B\r... TWO\x1b[K\r\x1b[4C');
  });

  test('any frames after one another look as the last one alone', () => {
    let seed = 11;
    const random = (below: number): number => {
      seed = (seed * 1103515245 + 12345) % 2 ** 31;
      return seed % below;
    };
    const alphabet = ['a', 'b', ' ', '日', 'e\u0301', '\n', '😀'];
    const randomView = (): View => {
      const text = Array.from({ length: random(60) }, () => alphabet[random(alphabet.length)]).join('');
      const below = Array.from({ length: random(4) }, (_, i) => `below ${i}`);
      return view(text, [...layOutOffsets(text)].at(random(layOutOffsets(text).length)) ?? 0, { below });
    };
    const terminal = new VirtualTerminal(20, 40);
    const screen = new Screen();
    for (let round = 0; round < 300; round++) {
      const frame = layOut({ ...randomView(), lines: 40 });
      terminal.write(screen.show(frame));
      const alone = new VirtualTerminal(20, 40);
      alone.write(new Screen().show(frame));
      expect(terminal.text()).toBe(alone.text());
      expect(terminal.cursor).toEqual(alone.cursor);
    }
  });

  test('output begins below the frame', () => {
    const terminal = new VirtualTerminal(20, 10);
    const screen = new Screen();
    terminal.write(screen.show(layOut(view('one\ntwo', 0))));
    terminal.write(`${screen.leave()}output`);
    expect(terminal.text()).toBe('>> one\n... two\noutput');
  });
});

test('suggestions fit their rows', () => {
  const items = Array.from({ length: 12 }, (_, i) => ({
    name: `name${i}`,
    detail: 'fn (first: i64, second: i64) -> string',
  }));
  const rows = suggestionRows(items, 30, 5, false);
  expect(rows).toHaveLength(5);
  expect(rows.every((row) => row.length < 30)).toBe(true);
  expect(rows.at(-1)).toBe('  and 8 more');
});

/** Offsets between characters. */
function layOutOffsets(text: string): number[] {
  const offsets = [0];
  for (const { segment, index } of new Intl.Segmenter('en').segment(text)) offsets.push(index + segment.length);
  return offsets;
}
