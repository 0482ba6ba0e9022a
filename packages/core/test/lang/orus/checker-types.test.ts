import { describe, expect, test } from 'vitest';
import { check, classic, codes, problems, typeOfX } from './checked.ts';

function rejects(cases: readonly (readonly [string, ...string[]])[]): void {
  test.each(cases)('%s', (text, ...expected) => {
    expect(codes(text)).toEqual(expected.filter((line) => line !== undefined));
  });
}

/** Declares one variable of each of the common types. */
const VARS = `i: i32 = 1
j: i64 = 1
u: u32 = 1
v: u64 = 1
d: f64 = 1
b = true
s = "s"
a = [true]
struct P:
    f: i32 = 1
enum E:
    A
    B(i32)
p = P{}
e = E.A
fn g(n: i32) -> i32: return n
fn w() -> void: pass
fn dyn(x): return x
`;

describe('operands', () => {
  rejects([
    ...['i + j', 'i + d', 'i + u', 'j - v', 'i * b', 'b + i', 'd / i', 'i % d', 's + i', 's - s', 'a + a'].map(
      (expr) => [`${VARS}x = ${expr}`, `E2001 ${expr.split(' ')[1]}`] as const,
    ),
    [`${VARS}x = i + 1.5`, 'E2001 +'],
    [`${VARS}x = -b`, 'E2001 b'],
    [`${VARS}x = -s`, 'E2001 s'],
    [`${VARS}x = not i`, 'E2001 i'],
    [`${VARS}x = not s`, 'E2001 s'],
    [`${VARS}x = ~d`, 'E2001 d'],
    [`${VARS}x = i and b`, 'E2001 and'],
    [`${VARS}x = i and i`, 'E2001 and'],
    [`${VARS}x = b or s`, 'E2001 or'],
    [`${VARS}x = i < b`, 'E2001 <'],
    [`${VARS}x = s < i`, 'E2001 <'],
    [`${VARS}x = 1 < 2 < 3`, 'E2001 <'],
    [`${VARS}x = b == i`, 'E2001 =='],
    [`${VARS}x = 1 != true`, 'E2001 !='],
    [`${VARS}x = i & d`, 'E2001 &'],
    [`${VARS}x = d << 1`, 'E2001 <<'],
    [`${VARS}x = a * d`, 'E2001 *'],
  ]);

  test('what goes', () => {
    const exprs = [
      'i + 1',
      'd + 1',
      '1 - v',
      's + s',
      'a * 2',
      '2 * a',
      'a * v',
      'i << v',
      'i == v',
      'd < u',
      's == b',
      'p == e',
      'b == d',
      'dyn(1) + i',
      's + dyn("x")',
      'dyn(1) < 2',
      'not dyn(b)',
      '-dyn(1)',
      'b and dyn(b)',
      '1 == 2.5',
    ];
    expect(codes(VARS + exprs.map((expr) => `print(${expr})`).join('\n'))).toEqual([]);
    const loose = ['i and 3', 'i or i', 'not i', 'not d', 'b == i', '10 and 20', 'dyn(1) and dyn(2)'];
    expect(codes(classic(VARS + loose.map((expr) => `print(${expr})`).join('\n')))).toEqual([]);
  });
});

describe('places', () => {
  rejects([
    [`${VARS}x: i64 = i`, 'E2001 i'],
    [`${VARS}x: i32 = "a"`, 'E2001 "a"'],
    [`${VARS}x: f64 = true`, 'E2001 true'],
    [`${VARS}x: bool = 3.14`, 'E2001 3.14'],
    [`${VARS}x: i32 = 1.5`, 'E2001 1.5'],
    [`${VARS}i = 2`, 'E1014 i'],
    [`${VARS}b = 1`, 'E2001 1'],
    [`${VARS}s += 1`, 'E2001 +='],
    [`${VARS}g("x")`, 'E2001 "x"'],
    [`${VARS}p.f = "x"`, 'E2001 "x"'],
    [`${VARS}p = P{ f: d }`, 'E2001 d'],
    [`${VARS}e = E.B("x")`, 'E2001 "x"'],
    [`${VARS}push(a, 1)`, 'E2001 1'],
    [`${VARS}a[0] = s`, 'E2001 s'],
    [`${VARS}x: [i32] = ["a"]`, 'E2001 "a"'],
    [`${VARS}x: [i32] = a`, 'E2001 a'],
    [`${VARS}x: fn(i32) -> i32 = fn(q, r): q`, 'E2001 fn(q, r): q'],
    [`${VARS}fn f() -> i32: return s`, 'E2001 s'],
    [`${VARS}fn f() -> i32: s`, 'E2001 s'],
    [`${VARS}fn f() -> i32:\n    return`, 'E2001 return'],
    [`${VARS}fn f() -> void: return 1`, 'E2001 1'],
    [`${VARS}s[0] = "x"`, 'E2001 s[0]'],
    ['struct S:\n    f: i32 = "x"', 'E2001 "x"'],
    ['x = [1, "a"]', 'E2001 "a"'],
    ['x = [1, 2.5, true]', 'E2001 true'],
  ]);

  test('says where and how', () => {
    const [found] = check(`${VARS}g("x")`).diagnostics;
    expect(found?.title).toBe('argument 1 of `g` is a `string`, but `i32` was expected');
    expect(check(`${VARS}x: i64 = i`).diagnostics[0]?.help).toBe('convert it with `as i64`');
    expect(check('n = 3\nprint("n is " + n)').diagnostics[0]?.help).toBe('convert it with `as string`');
  });
});

describe('conditions', () => {
  rejects([
    [`${VARS}if i: pass`, 'E1403 i'],
    [`${VARS}while s: pass`, 'E1403 s'],
    [`${VARS}if d: pass`, 'E1403 d'],
    [`${VARS}x = 1 if i else 2`, 'E1403 i'],
    [`${VARS}if b: pass\nelif 1: pass`, 'E1403 1'],
  ]);
});

describe('actions on values of the wrong kind', () => {
  rejects([
    [`${VARS}x = i[0]`, 'E2001 i'],
    [`${VARS}x = a["0"]`, 'E2001 "0"'],
    [`${VARS}x = a[1.5]`, 'E2001 1.5'],
    [`${VARS}x = i[0..1]`, 'E2001 i'],
    [`${VARS}x = i()`, 'E2001 i'],
    [`${VARS}for q in b: pass`, 'E2001 b'],
    [`${VARS}for q in 0..d: pass`, 'E2001 d'],
    [`${VARS}for q in i..j: pass`, 'E2001 j'],
    [`${VARS}len(i)`, 'E2001 i'],
    [`${VARS}push(i, 1)`, 'E2001 i'],
    [`${VARS}pop(s)`, 'E2001 s'],
    [`${VARS}sorted(i)`, 'E2001 i'],
    [`${VARS}range(d)`, 'E2001 d'],
    [`${VARS}range("a", "b")`, 'E2001 "a"', 'E2001 "b"'],
    [`${VARS}istype(i, 1)`, 'E2001 1'],
    [`${VARS}x, y = i`, 'E2001 i'],
    [`${VARS}x = [1; d]`, 'E2001 d'],
    [`${VARS}x = 1 if b else "a"`, 'E2001 "a"'],
    [classic('s = "abc"\nx = s[0..1]'), 'E2001 s'],
  ]);
});

describe('casts', () => {
  rejects([
    [`${VARS}x = s as i32`, 'E2005 s as i32'],
    [`${VARS}x = s as bool`, 'E2005 s as bool'],
    [`${VARS}x = a as string`, 'E2005 a as string'],
    [`${VARS}x = p as string`, 'E2005 p as string'],
    [`${VARS}x = i as any`, 'E2005 any'],
    [`${VARS}x = i as P`, 'E2005 P'],
    ['x = -1 as u32', 'E2001 -1'],
    ['x = 5000000000 as i32', 'E2001 5000000000'],
  ]);
  test('a literal takes the type directly', () => {
    expect(check('x = -1 as u32').diagnostics[0]?.help).toBe(
      'for the value with the same bits write `~0` or `4294967295`',
    );
    expect(codes('print(0xFFFFFFFF as i32, 4294967295 as u32, 5 as f64, 1 as bool, 1 as string)')).toEqual([]);
    expect(codes(classic('print(-1 as u32, 5000000000 as i32)'))).toEqual([]);
  });
});

describe('integer literals', () => {
  rejects([
    ['x: u32 = -5', 'E2001 -5'],
    ['x: i32 = 5000000000', 'E2001 5000000000'],
    ['x: i32 = 2147483647 + 1', 'E2001 2147483647 + 1'],
    ['x = 9223372036854775808', 'E2001 9223372036854775808'],
    ['x = -9223372036854775809', 'E2001 -9223372036854775809'],
    ['x: u32 = 3 - 5', 'E2001 3 - 5'],
    ['n = 1\nfn f(a: i32): pass\nf(n)\nn = 5000000000', 'E2001 5000000000'],
    ['x = 300 + 0xFFFFFFFF\ny: i32 = x', 'E2001 0xFFFFFFFF'],
    ['x = 5000000000i32', 'E1001 5000000000i32'],
    ['x = 2147483648i32', 'E1001 2147483648i32'],
    [classic('x: u32 = -5'), 'E2001 -5'],
    [classic('x: i64 = 1\ny = x + 9223372036854775807 + 1i32'), 'E2001 +'],
  ]);
  test('in range', () => {
    expect(
      codes(
        'x = -9223372036854775808\ny: u64 = 18446744073709551615\nz: f64 = 1000000000000000000000\nw = -2147483648i32',
      ),
    ).toEqual([]);
    expect(codes('x: i32 = 0xFFFFFFFF\nstruct S:\n    f: i32 = 0x80000000')).toEqual([]);
    expect(codes(classic('print(18446744073709551615)\nx: i32 = 0xCAFEBABE'))).toEqual([]);
    expect(codes('print(2147483647 + 1, 1 / 0, 1 << 70)')).toEqual([]);
  });
  test('the range is named', () => {
    expect(problems('x: u32 = -5')).toEqual(['E2001 -5: -5 is outside the range of `u32`']);
  });
});

describe('every form of expression has its type', () => {
  test.each([
    ['x = 1.5', 'f64'],
    ['x = "s"', 'string'],
    ['x = true', 'bool'],
    ['x = 1u32', 'u32'],
    ['x = (1)', 'i64'],
    ['x = 1 + 2 * 3', 'i64'],
    ['x = 1 + 2.5', 'f64'],
    ['x = not true', 'bool'],
    ['x = 1 == 2', 'bool'],
    ['x = "a" + "b"', 'string'],
    ['x = [1, 2]', '[i64]'],
    ['x = [[1], []]', '[[i64]]'],
    ['x = [1, 2.5]', '[f64]'],
    ['x = []', '[any]'],
    ['x = ["a"; 3]', '[string]'],
    ['x = [1, 2][0]', 'i64'],
    ['x = "abc"[0]', 'string'],
    ['x = "abc"[0..1]', 'string'],
    ['x = [1, 2][0..1]', '[i64]'],
    ['x = [1] * 2', '[i64]'],
    ['x = 1 as u64', 'u64'],
    ['x = 1 if true else 2', 'i64'],
    ['x = 1 if true else 2.5', 'f64'],
    ['struct S:\n    f: u32\nx = S{ f: 1 }', 'S'],
    ['struct S:\n    f: u32\nx = S{ f: 1 }.f', 'u32'],
    ['x = Result.Ok(1)', 'Result'],
    ['fn f(a): return a\nx = f(1)', 'any'],
    ['fn f(a) -> i32: return a\nx = f(1)', 'i32'],
    ['fn f(a): return a\nx = f', 'fn(any) -> any'],
    ['x = fn(a: i32) -> bool: a > 0', 'fn(i32) -> bool'],
    ['x = (fn(a: i32) -> bool: a > 0)(1)', 'bool'],
    ['x = len("a")', 'i64'],
    ['x = int("1")', 'i64'],
    ['x = float("1")', 'f64'],
    ['x = typeof(1)', 'string'],
    ['x = range(3)', 'range'],
    ['x = timestamp()', 'f64'],
    ['x = input()', 'string'],
    ['x = istype(1, "i64")', 'bool'],
    ['x = assert_eq("", 1, 1)', 'bool'],
    ['x = push([1], 2)', '[i64]'],
    ['x = pop([1])', 'i64'],
    ['x = sorted([2.5])', '[f64]'],
    ['x = match 1:\n    1 -> "one"\n    _ -> "many"', 'string'],
    ['x = match 1:\n    1 -> "one"\n    _ -> 2', 'any'],
    ['x = match 1:\n    1 -> 1\n    _ -> 2.5', 'f64'],
    ['x = { y = 2\n y + 1 }', 'i64'],
    ['y = 2u32\nx = y = 3', 'u32'],
    ['fn f(a):\n    x = a + 1\n    return x', 'no x'],
    ['fn v() -> void: pass\nx = v()', 'nil'],
    [classic('x = 7'), 'i32'],
    [classic('x = 3000000000'), 'i64'],
    [classic('x = len("a")'), 'i32'],
    [classic('let x = 7'), 'i64'],
    [classic('x = 10 and 20'), 'i32'],
  ])('%s', (text, expected) => {
    expect(typeOfX(text)).toBe(expected);
  });
});

describe('integer types from use (row 12)', () => {
  const uses = 'fn small(n: i32): return n\nfn wide(n: u64) -> u64: return n\nstruct S:\n    f: u32\n';
  test.each([
    ['x = 1', 'i64'],
    ['x = 1\nsmall(x)', 'i32'],
    ['x = 1\ny = x + 1\nsmall(y)', 'i32'],
    ['x = 1\ny = [x, 2]\nz: [u64] = y', 'u64'],
    ['x = 1\ns = S{ f: x }', 'u32'],
    ['x = 1\nx = wide(2)', 'u64'],
    ['x = 1\nfn f():\n    return wide(x)', 'no x'],
    ['x = 1\nif x == 3i32: pass', 'i64'],
    ['x = 1\ny = [0; 3]\ny[x] = 3u32\nprint(x as u32)', 'i64'],
    ['x = [1, 2]\nsmall(x[0])', '[i32]'],
    ['x = [1, 2]\nfor e in x: small(e)', '[i32]'],
    ['x = [1, 2]\nsmall(pop(x))', '[i32]'],
    ['x = [1, 2]\nsmall(sorted(x * 2)[0..1][0])', '[i32]'],
    ['x = [1, 2]\npush(x, 3u32)', '[u32]'],
    ['x = [[1], [2]]\nsmall(x[0][0])', '[[i32]]'],
    ['x = [1; 3]\nsmall(x[0])', '[i32]'],
    ['x = [1, 2]\na, b = x\nsmall(b)', '[i32]'],
    ['x = 1\ny = x if true else 2\nsmall(y)', 'i32'],
    ['x = 1\ny = match 2:\n    2 -> x\n    _ -> 3\nsmall(y)', 'i32'],
    ['x = 1\nsmall(-x & 3 ^ ~x)', 'i32'],
    ['x = 1\nsmall(x << 3u64)', 'i32'],
    ['x = 1\nsmall(3 << x)', 'i64'],
    ['x = 1\nfor i in 0..x: small(i)', 'i32'],
    ['x = []\npush(x, 1)\nsmall(x[0])', '[i32]'],
    ['x = []\nif len(x) > 0: small(x[0])\npush(x, 1)', '[i32]'],
    ['x = []\npush(x, 1)\npush(x, "a")', '[any]'],
    ['x = []\npush(x, "a")', '[string]'],
    ['x = []\npush(x, 1.5)\npush(x, 1)', '[any]'],
    ['fn f(a): push(a, 1)\nx = []\nf(x)\npush(x, 2)', '[any]'],
    ['x = []\npush(x, x)', '[any]'],
    ['x = []\nprint(x)', '[any]'],
  ])('%s', (text, expected) => {
    expect(typeOfX(uses + text)).toBe(expected);
  });

  test('two uses that disagree', () => {
    expect(codes(`${uses}x = 1\nsmall(x)\nwide(x)`)).toEqual(['E2001 x']);
  });

  test('what a module exports is solved before its users', () => {
    expect(codes('use lib\ny: i32 = lib.count', { 'lib.orus': 'pub count = 1' })).toEqual(['E2001 lib.count']);
  });
});
