import { describe, expect, test } from 'vitest';
import { errors, parseText } from './outline.ts';

/** The title of the only diagnostic. */
function title(text: string): string | undefined {
  const { diagnostics } = parseText(text);
  expect(diagnostics.length, text).toBe(1);
  return diagnostics[0]?.title;
}

/** The text with the edit of its only diagnostic applied. */
function repaired(text: string): string {
  const { diagnostics } = parseText(text);
  expect(diagnostics.length, text).toBe(1);
  const edit = diagnostics[0]?.edit;
  return edit === undefined ? 'no edit' : text.slice(0, edit.span.start) + edit.replacement + text.slice(edit.span.end);
}

describe('every mistake is reported once, where it is', () => {
  test.each([
    // E1001
    ['x = ', '1:4 E1001'],
    ['x = 1 +', '1:8 E1001'],
    ['f(1, , 2)', '1:6 E1001'],
    ['x = )', '1:5 E1001'],
    ['x = 1)', '1:6 E1001'],
    ['}', '1:1 E1001'],
    ['x = in', '1:5 E1001'],
    ['x = print(1)', '1:5 E1001'],
    ['x = $5', '1:5 E1001'],
    ['x = 5 $ 5', '1:7 E1001'],
    ['if :\n    pass', '1:4 E1001'],
    ['if { pass }', '1:4 E1001'],
    // E1003
    ['print', '1:6 E1003'],
    ['print "a", b', '1:7 E1003'],
    ['print("a"', '1:10 E1003'],
    ['print("a"\nx = 1', '1:10 E1003'],
    ['f(1, 2\nx = 1', '1:7 E1003'],
    ['f(g(1, 2\nx = 1', '1:9 E1003'],
    ['x = (1 + 2\nprint(x)', '1:11 E1003'],
    ['fn f:\n    pass', '1:5 E1003'],
    ['fn f(a\n    pass', '1:7 E1003|1:7 E1405'],
    // E1004
    ['if a {\n    x', '2:6 E1004'],
    ['x = P{ a: 1\ny = 2', '1:12 E1004'],
    ['fn f() {\n  if a {\n    x\n  }\n\nfn g() {\n  y\n}\nstruct S { a: i32 }', '4:4 E1004'],
    ['struct S {\n    a: i32\n', '2:11 E1004'],
    ['match v {\n    1 => a\n', '2:11 E1004'],
    // E1006
    ['mut x := 1', '1:7 E1006'],
    ['let x := 1', '1:7 E1006'],
    ['mut = 1', '1:1 E1006'],
    ['x: i32', '1:7 E1006'],
    ['let x', '1:6 E1006'],
    ['try:\n    x\ny', '1:1 E1006'],
    ['if a:\n    use b', '2:5 E1006'],
    ['fn f(a, b: : i64, c) -> i64:\n    return a', '1:12 E1006'],
    ['fn f(a) -> : i64:\n    return a', '1:12 E1006'],
    ['impl S { fn a(self) { 1 } pub fn b(self) { 2 } }', '1:27 E1006'],
    // E1008
    ['\tfn f():\n\treturn 1\nprint(f())', '1:2 E1008'],
    ['if a:\n    pub x = 1', '2:5 E1006'],
    ['fn f():\n    struct S:\n        a: i32', '2:5 E1006'],
    ['fn f() { enum E { A } }', '1:10 E1006'],
    ['pub f()', '1:1 E1006'],
    ['pub if a: b', '1:5 E1006'],
    ['use', '1:4 E1006'],
    ['use a.', '1:7 E1006'],
    ['use a: ', '1:7 E1006'],
    ['a.1', '1:3 E1006'],
    ['f(1 2)', '1:5 E1006'],
    ['x = [1 2]', '1:8 E1006'],
    ['struct S:\n    a', '2:6 E1006'],
    ['impl S:\n    x = 1', '2:5 E1006'],
    ['fn f(a, b c): 1', '1:11 E1006'],
    ['fn f(a = 1): 1', '1:8 E1006'],
    ['fn f(mut a): 1', '1:6 E1006'],
    ['x = a ? b', '1:10 E1006'],
    ['// edition: 1987\nx = 1', '1:13 E1006'],
    // E1008
    ['a = 1\n    b = 2\n    c = 3\nd = 4', '2:5 E1008'],
    ['if a:\n        x\n    y\n    z\nw', '3:5 E1008'],
    ['if a:\n    x\n        y\n    z', '3:9 E1008'],
    ['  a', '1:3 E1008'],
    // E1015
    ['mut x += 1', '1:7 E1015'],
    ['let x <<= 1', '1:7 E1015'],
    // E1019
    ['print("a" 1)', '1:11 E1019'],
    ['print(a b, c)', '1:9 E1019'],
    // E1020
    ['x = [1, 2\ny = 3\nprint(x)', '1:5 E1020'],
    ['x = [1, 2,\ny = 3', '1:5 E1020'],
    ['x = [1, 2', '1:5 E1020'],
    ['x = a[1\ny = 2', '1:6 E1020'],
    ['x = a[1)', '1:6 E1020'],
    // E1401, E1402
    ['break', '1:1 E1401'],
    ["for i in a: break 'x", '1:19 E1401'],
    ['if a: continue', '1:7 E1402'],
    // E1404
    ['for i in 0..:\n    x', '1:13 E1404'],
    ['for i in ..3:\n    x', '1:10 E1404'],
    ['for i in 0..3..:\n    x', '1:16 E1404'],
    ['for i in 0..3..=4:\n    x', '1:14 E1404'],
    ['x = 0..3', '1:6 E1404'],
    ['f(0..3)', '1:4 E1404'],
    // E1405
    ['if a\n    x', '1:5 E1405'],
    ['while a\n    x', '1:8 E1405'],
    ['for i in a\n    x', '1:11 E1405'],
    ['fn f()\n    x', '1:7 E1405'],
    ['if a:\n    x\nelse\n    y', '3:5 E1405'],
    ['if a print(b)', '1:6 E1405'],
    ['try\n    x\ncatch e\n    y', '1:4 E1405|3:8 E1405'],
    ['struct S: a: i32', '1:11 E1405'],
    ['enum E: A', '1:9 E1405'],
    ['struct S\n    a: i32', '1:9 E1405'],
    ['match a\n    1 -> b', '1:8 E1405'],
    // E1407
    ['if a:\nx', '1:5 E1407'],
    ['fn f():', '1:7 E1407'],
    ['struct S:\nx', '1:9 E1407'],
    // E1409
    ['for 0..3: x', '1:5 E1409'],
    ['for i 0..3: x', '1:7 E1409'],
    ['for i in:\n    x', '1:9 E1409'],
    ['while:\n    x', '1:6 E1409'],
    ["'a: x = 1", '1:5 E1409'],
    ["'a while b: c", '1:4 E1409'],
  ])('%j', (text, expected) => {
    expect(errors(text).join('|')).toBe(expected);
  });
});

describe('what is said', () => {
  test('titles name what was found', () => {
    expect(title('x = ')).toBe('expected an expression, found the end of the file');
    expect(title('x = *2\ny')).toBe('expected an expression, found `*`');
    expect(title('print "a"')).toBe('expected `(` after `print`, found a string');
    expect(title('if a\n    x')).toBe('expected `:` after the header of this `if`');
    expect(title('try\n    x\ncatch: y')).toBe('expected `:` after `try`');
    expect(title('fn f():')).toBe('this function has no body');
    expect(title('match a: b -> c')).toBe('the body of this `match` begins on the next line');
  });

  test('misspelt and foreign words', () => {
    expect(parseText('wihle x:\n    pass').diagnostics[0]?.help).toBe('did you mean `while`?');
    expect(parseText('def f():\n    pass').diagnostics[0]?.help).toBe('a function begins with `fn`');
    expect(errors('def f():\n    y = = 3\nz = 1')).toEqual(['1:1 E1006', '2:9 E1001']);
    expect(parseText('function f() {\n}').diagnostics[0]?.edit?.replacement).toBe('fn');
  });

  test.each([
    ['if a\n    x', 'if a:\n    x'],
    ['if a = 1: x', 'if a == 1: x'],
    ['mut x += 1', 'x += 1'],
    ['print("a" 1)', 'print("a", 1)'],
    ['print "a", 1', 'print("a", 1)'],
    ['f(1\nx = 2', 'f(1)\nx = 2'],
    ['x: i32? = 1', 'x: i32 = 1'],
    ['f(a = 1)', 'f(1)'],
    ['x = [a = 1]', 'x = [(a = 1)]'],
    ['match v:\n    1: a', 'match v:\n    1 -> a'],
    ['x = P{ a = 1 }', 'x = P{ a : 1 }'],
    ['struct S:\n    a: i32,\n    b: i32', 'struct S:\n    a: i32\n    b: i32'],
    ['wihle a:\n    b', 'while a:\n    b'],
    ["x = 'a'", 'x = "a"'],
    ['x = !a', 'x = not a'],
  ])('the edit repairs %j', (text, expected) => {
    expect(repaired(text)).toBe(expected);
    expect(errors(expected)).toEqual([]);
  });
});

describe('recovery', () => {
  test('five independent mistakes are five diagnostics', () => {
    const text = [
      'x = 1 +',
      'fn f(a: i32) -> :',
      '    return a a',
      'if x > 2',
      '    print("big)',
      'for i in 0..3:',
      '    print(i)',
      '    break 5',
      'y = 2',
    ].join('\n');
    expect(errors(text)).toEqual(['1:8 E1001', '2:17 E1006', '3:14 E1006', '4:9 E1405', '5:11 E1001', '8:11 E1006']);
  });

  test('blocks of broken headers are parsed', () => {
    expect(errors('if a b c:\n    x = = 1\nelse:\n    y = = 2\nz = = 3')).toEqual([
      '1:6 E1405',
      '2:9 E1001',
      '4:9 E1001',
      '5:5 E1001',
    ]);
    expect(errors('if a + {\n    x = = 1\n} else {\n    y = = 2\n}\nz = = 3')).toEqual([
      '1:8 E1001',
      '2:9 E1001',
      '4:9 E1001',
      '6:5 E1001',
    ]);
    expect(errors('fn (:\n    x = = 1\ny = 1')).toEqual(['1:5 E1006', '2:9 E1001']);
    expect(errors('while a b {\n    x\n}\ny')).toEqual(['1:9 E1405']);
  });

  test('several mistakes in one bracket', () => {
    expect(errors('f(1 +, 2, * 3, g(, 4))\nx = 1')).toEqual(['1:6 E1001', '1:11 E1001', '1:18 E1001']);
    expect(errors('x = [\n    1 +,\n    * 2,\n    3\n]\ny = = 1')).toEqual(['2:8 E1001', '3:5 E1001', '6:5 E1001']);
  });

  test('mistakes in members and arms are independent', () => {
    const text = 'struct S:\n    a i32\n    b: i32 = *\n    c: i32\nmatch v:\n    1 2 -> x\n    * -> y\n    3 -> = z\n';
    expect(errors(text)).toEqual(['2:7 E1006', '3:14 E1001', '6:7 E1006', '7:5 E1001', '8:10 E1001']);
  });

  test('an unclosed bracket does not swallow the file', () => {
    const text = 'x = foo(1, bar[2, {\nfn f():\n    y = = 1\n\nz = = 2\n';
    const found = errors(text);
    expect(found).toContain('3:9 E1001');
    expect(found).toContain('5:5 E1001');
    expect(found.length).toBeLessThanOrEqual(4);
  });

  test('a statement that continues on deeper lines is skipped as a whole', () => {
    expect(errors('total = a +\n    b +\n    c\nx = 1')).toEqual(['1:12 E1001']);
  });

  test('a method behind a method on one line is no less a method', () => {
    const { module } = parseText('impl S { fn a(self) { 1 } pub fn b(self) { 2 } }');
    expect(module.statements[0]).toMatchObject({ methods: [{ name: { text: 'a' } }, { name: { text: 'b' } }] });
    expect(repaired('impl S { fn a(self) { 1 } pub fn b(self) { 2 } }')).toBe(
      'impl S { fn a(self) { 1 }; pub fn b(self) { 2 } }',
    );
  });

  test('broken trees are marked', () => {
    const { module } = parseText('x = 1 +\ny = 2');
    expect(module.statements.length).toBe(2);
    expect(JSON.stringify(module.statements[0], (_, value) => (typeof value === 'bigint' ? 0 : value))).toContain(
      '"error"',
    );
  });
});
