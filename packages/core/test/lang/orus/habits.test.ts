/** Habits from other languages: the tables themselves, the edits they lead to, and that each is reported once. */
import { describe, expect, test } from 'vitest';
import { MEMBERS, NAMES, SIGNS, STATEMENT_WORDS, TYPES } from '../../../src/lang/orus/habits.ts';
import { isKeyword } from '../../../src/lang/orus/token.ts';
import { check } from './checked.ts';
import { errors, parseText } from './outline.ts';

/** The text with all edits of its diagnostics applied. */
function repaired(text: string): string {
  const edits = check(text).diagnostics.flatMap(({ edit }) => (edit === undefined ? [] : [edit]));
  let out = text;
  for (const { span, replacement } of [...edits].sort((a, b) => b.span.start - a.span.start)) {
    out = out.slice(0, span.start) + replacement + out.slice(span.end);
  }
  return out;
}

function codes(text: string): string[] {
  return check(text).diagnostics.map(({ code }) => code);
}

describe('the tables', () => {
  test.each(Object.entries(NAMES))('%s is no name of Orus, and what replaces it is one', (name, { instead }) => {
    expect(check(`print(${name})`).diagnostics.length, name).toBeGreaterThan(0);
    if (instead === undefined || instead === 'self') return;
    const found = check(`x = ${instead}`).diagnostics[0];
    // A built-in function is no value, but known.
    expect(
      isKeyword(instead) || found === undefined || found.primary.text.includes('built-in') || found.code === 'E2009',
    ).toBe(true);
  });

  test.each(Object.entries(TYPES))('%s is no type of Orus, and what replaces it is one', (name, { instead }) => {
    expect(codes(`fn f(x: ${name}): pass`)).toEqual(['E2003']);
    if (instead !== undefined) expect(codes(`fn f(x: ${instead}): pass`)).toEqual([]);
  });

  test.each(Object.entries(MEMBERS))('x.%s', (name, { help }) => {
    const found = check(`x = [1]\nx.${name}()`).diagnostics;
    expect(found.map(({ code }) => code)).toEqual(['E1010']);
    expect(found[0]?.help).toBe(help);
  });

  test.each(Object.entries(SIGNS))('%s is reported once', (sign) => {
    expect(parseText(`x = a ${sign} b`).diagnostics.length).toBe(1);
  });

  test.each(Object.keys(STATEMENT_WORDS))('the word %s stays a name', (word) => {
    expect(
      errors(`${word} = 1\n${word}(1)\n${word}.a = 2\nprint(${word}, ${word}[0])\nf(${word})\n${word}: i64 = 3`),
    ).toEqual([]);
  });

  test.each(Object.keys(STATEMENT_WORDS))('the word %s is reported once before a name', (word) => {
    const reported = parseText(`${word} thing`).diagnostics.filter(({ title }) => title.includes('not a word of Orus'));
    expect(reported.length).toBe(1);
  });
});

describe('the edits repair', () => {
  test.each([
    ['def f(x):\n    return x\nprint(f(1))', 'fn f(x):\n    return x\nprint(f(1))'],
    ['var x = 1\nconst y = 2\nprint(x, y)', 'mut x = 1\nlet y = 2\nprint(x, y)'],
    ['int x = 1\nprint(x)', 'mut x: i64 = 1\nprint(x)'],
    ['if true && false || !true: pass', 'if true and false or not true: pass'],
    ['mut i = 1\ni++\ni--', 'mut i = 1\ni += 1\ni -= 1'],
    ['if 1 === 1: pass\nif 1 !== 2: pass', 'if 1 == 1: pass\nif 1 != 2: pass'],
    ["x = 'a'\ny = `b`", 'x = "a"\ny = "b"'],
    ['# one\nx = 1 # two', '// one\nx = 1 // two'],
    ['xs = [1]\nxs.push(2)\nprint(xs.length, xs.pop())', 'xs = [1]\npush(xs, 2)\nprint(len(xs), pop(xs))'],
    ['xs = [1, 2]\nprint(xs[0:1], xs[1:])', 'xs = [1, 2]\nprint(xs[0..1], xs[1..])'],
    ['n = 3\nprint("n is " + n)', 'n = 3\nprint("n is " + (n as string))'],
    ['print(True, False)', 'print(true, false)'],
    ['println("a")', 'print("a")'],
    ['println!("a")', 'print("a")'],
    ['if 1 < 2 then\n    pass', 'if 1 < 2:\n    pass'],
    ['if 1 > 2: pass\nelseif 2 > 1: pass', 'if 1 > 2: pass\nelif 2 > 1: pass'],
    ['try: pass\nexcept:\n    pass', 'try: pass\ncatch:\n    pass'],
    ['try { pass } catch (e) { print(e) }', 'try { pass } catch e { print(e) }'],
    ['fn f(x: i64): i64 { return x }', 'fn f(x: i64) -> i64 { return x }'],
    ['fn f(a int, b string): pass', 'fn f(a: i64, b: string): pass'],
    ['xs: List<int> = [1]\nys: int[] = [1]', 'xs: [i64] = [1]\nys: [i64] = [1]'],
    ['fn f(a): a\nf(a=1)', 'fn f(a): a\nf(1)'],
    ['struct P:\n    x: i64\np = P(1)', 'struct P:\n    x: i64\np = P{ x: 1 }'],
    ['enum E:\n    A\nprint(A)', 'enum E:\n    A\nprint(E.A)'],
    ['x = Ok(1)', 'x = Result.Ok(1)'],
  ])('%j', (text, expected) => {
    expect(repaired(text)).toBe(expected);
    expect(codes(expected)).toEqual([]);
  });
});

describe('what only looks like a habit is left alone', () => {
  test.each([
    'z = 3\nprint(z--z)',
    'print(- -3, 1 - -1)',
    'mut step = 1\nfor i in 0..4..step: print(i)',
    'fn lambda(x): x\nprint(lambda(1))',
    'fn switch(x): x\nprint(switch(1))',
    'case = 1\nmatch 1:\n    case -> print("case")\n    _ -> pass',
    'match 2:\n    1 if true else 2 -> print("choice")\n    _ -> pass',
    'x = { y: i64 = 1; y }\nprint(x)',
    'fn print_all(end): print(end)\nprint_all("x")',
    'new = 1\nprint(new, new + 1)',
    'x = 1\nif x == 1:\n    end = 2\n    print(end)',
    'print("f", "#", "`", "$x", "a++", "==="   ,"::")',
    'a = [1]\nprint(a[0..1], a[..])',
    'fn then(x): x\nprint(then(1))',
    'print(1 if true else 2)',
  ])('%j', (text) => {
    expect(codes(text)).toEqual([]);
  });
});
