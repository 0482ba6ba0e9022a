import { describe, expect, test } from 'vitest';
import type { Paint, Report } from '../../src/base/render-diagnostics.ts';
import { coloured, plain, Renderer } from '../../src/base/render-diagnostics.ts';
import type { FileId, SourceFile, Span } from '../../src/base/source.ts';

const text = 'price: i32 = 3\n\n\ntotal = price + "x"\n';
const files: SourceFile[] = [
  { id: 0 as FileId, path: 'shop.orus', text },
  { id: 1 as FileId, path: 'lib/a,b.orus', text: 'one\n' },
];

/** The place of a word in a file. */
function at(word: string, file = 0): Span {
  const start = files[file]?.text.indexOf(word) ?? -1;
  if (start < 0) throw new Error(`no ${word}`);
  return { file: file as FileId, start, end: start + word.length };
}

const report: Report = {
  code: 'E2001',
  severity: 'error',
  title: 'expected `i32`, found `string`',
  primary: { span: at('"x"'), text: 'this is a `string`' },
  labels: [{ span: at('price'), text: '`price` is an `i32`' }],
  help: 'convert one side with `as`',
};

function human(changes: Partial<Report> = {}, sources: readonly SourceFile[] = files, paint: Paint = plain): string[] {
  return new Renderer(sources, 'human', paint)
    .render({ ...report, ...changes })
    .split('\n')
    .slice(0, -1);
}

function inText(source: string, start: number, end: number): string[] {
  const span = { file: 0 as FileId, start, end };
  const source0 = { id: 0 as FileId, path: 'x.orus', text: source };
  return human({ primary: { span, text: 'here' }, labels: [], help: '' }, [source0]).slice(1, -1);
}

describe('for people', () => {
  test('shows header, marked lines and help', () => {
    expect(human()).toEqual([
      '-- TYPE MISMATCH [E2001]: expected `i32`, found `string` ---------------------------- shop.orus:4:17',
      ' 1 | price: i32 = 3',
      '   | ----- `price` is an `i32`',
      '   ...',
      ' 4 | total = price + "x"',
      '   |                 ^^^ this is a `string`',
      'help: convert one side with `as`',
    ]);
  });

  test('shows places in other files', () => {
    expect(human({ labels: [{ span: at('one', 1), text: 'first here' }] }).slice(1, 6)).toEqual([
      ' 4 | total = price + "x"',
      '   |                 ^^^ this is a `string`',
      '   --> lib/a,b.orus:1:1',
      ' 1 | one',
      '   | --- first here',
    ]);
  });

  test('several marks on one line stand below it', () => {
    expect(human({ labels: [{ span: at('total'), text: 'kept' }] }).slice(1, 4)).toEqual([
      ' 4 | total = price + "x"',
      '   |                 ^^^ this is a `string`',
      '   | ----- kept',
    ]);
  });

  test('traces of one frame say nothing, long ones are cut in the middle', () => {
    const frame = { func: 'down', span: at('total') };
    const other = { func: 'up', span: at('price') };
    expect(human({ trace: [frame] }).at(-1)).toBe('help: convert one side with `as`');
    expect(human({ trace: [other, frame, frame] }).slice(-2)).toEqual([
      '  in up at shop.orus:1:1',
      '  in down at shop.orus:4:1, 2 times',
    ]);
    const mutual = Array.from({ length: 1000 }, (_, i) => (i % 2 === 0 ? frame : other));
    expect(human({ trace: mutual }).slice(-13)[8]).toBe('  ... 988 more ...');
  });

  test('tabs, wide and combining characters keep the mark in its column', () => {
    expect(inText('\tx = 1', 1, 2)).toEqual([' 1 |     x = 1', '   |     ^ here']);
    expect(inText('"\u6f22\u5b57" x', 5, 6)).toEqual([' 1 | "\u6f22\u5b57" x', '   |        ^ here']);
    expect(inText('"e\u0301" x', 5, 6)).toEqual([' 1 | "e\u0301" x', '   |     ^ here']);
  });

  test('control characters are shown, not obeyed', () => {
    expect(inText('a\x1b[31m\x07\u202eb', 0, 1)).toEqual([' 1 | a\u241b[31m\u2407\ufffdb', '   | ^ here']);
    expect(human({ title: 'bad \x1b name' })[0]).toContain('bad \u241b name');
  });

  test('a long line is cut around the mark', () => {
    const [line, mark] = inText(`${'a'.repeat(5000)}!${'b'.repeat(5000)}`, 5000, 5001);
    expect(line?.length).toBeLessThan(500);
    expect(line?.[mark?.indexOf('^') ?? -1]).toBe('!');
  });

  test('a long name in a title, a detail or a help is cut in its middle', () => {
    const long = `<${'n'.repeat(100_000)}>`;
    const shown = human({ title: long, details: [long], help: long });
    for (const line of shown) expect(line.length).toBeLessThan(1200);
    expect(shown.filter((line) => /<n+ \.\.\. n+>/.test(line))).toHaveLength(3);
  });

  test('ends of lines and files can be marked', () => {
    expect(inText('ab\r\ncd', 2, 2)).toEqual([' 1 | ab', '   |   ^ here']);
    expect(inText('ab', 2, 2)).toEqual([' 1 | ab', '   |   ^ here']);
    expect(inText('', 0, 0)).toEqual([]);
  });

  test('colours change nothing but the colours', () => {
    const escapes = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');
    const painted = human({}, files, coloured);
    expect(painted).not.toEqual(human());
    expect(painted.map((line) => line.replace(escapes, ''))).toEqual(human());
  });
});

test('as JSON, one line', () => {
  const line = new Renderer(files, 'json').render({
    ...report,
    edit: { span: at('"x"'), replacement: '1', description: 'use 1' },
  });
  expect(line).toMatch(/^[^\n]*\n$/);
  expect(JSON.parse(line)).toEqual({
    code: 'E2001',
    severity: 'error',
    title: report.title,
    file: 'shop.orus',
    line: 4,
    column: 17,
    endLine: 4,
    endColumn: 20,
    label: 'this is a `string`',
    labels: [{ file: 'shop.orus', line: 1, column: 1, endLine: 1, endColumn: 6, label: '`price` is an `i32`' }],
    help: report.help,
    edit: { file: 'shop.orus', line: 4, column: 17, endLine: 4, endColumn: 20, replacement: '1', description: 'use 1' },
  });
});

test('as an annotation for GitHub', () => {
  const renderer = new Renderer(files, 'github');
  expect(renderer.render(report)).toBe(
    '::error file=shop.orus,line=4,endLine=4,col=17,endColumn=20,title=E2001::expected `i32`, found `string`%0Athis is a `string`%0Aconvert one side with `as`\n',
  );
  const elsewhere = { ...report, primary: { span: at('one', 1), text: '100%' } };
  expect(renderer.render(elsewhere)).toContain('file=lib/a%2Cb.orus,');
  expect(renderer.render(elsewhere)).toContain('%0A100%25%0A');
});
