import { describe, expect, test } from 'vitest';
import { check, classic, codes, problems } from './checked.ts';

/** Each program has exactly these errors, at exactly these places. */
function rejects(cases: readonly (readonly [string, ...string[]])[]): void {
  test.each(cases)('%s', (text, ...expected) => {
    expect(codes(text)).toEqual(expected.filter((line) => line !== undefined));
  });
}

describe('names', () => {
  rejects([
    ['print(nowhere)', 'E1010 nowhere'],
    ['nowhere()', 'E1010 nowhere'],
    ['nowhere += 1', 'E1010 nowhere'],
    ['nowhere.x = 1', 'E1010 nowhere'],
    ['for i in 0..3: pass\nprint(i)', 'E1010 i'],
    ['if true:\n    mut inner = 1\nprint(inner)', 'E1010 inner'],
    ['while true:\n    w = 1\nprint(w)', 'E1010 w'],
    ['fn f() -> i64:\n    return later\nlater = 1', 'E1010 later'],
    ['x = _', 'E1010 _'],
    ['x = len', 'E1010 len'],
    ['struct S: \n    a: i32\nx = S', 'E1010 S'],
    ['x = Result', 'E1010 Result'],
    ['x = x', 'E1010 x'],
    [classic('try:\n    t = 1\ncatch: pass\nprint(t)'), 'E1010 t'],
    ['N: i32 = 3\nfn f(a: [i32, N], b: [i32, M]): pass', 'E1010 M'],
    ['mut n = 3\na: [i32, n] = []', 'E1010 n'],
  ]);

  test('what was meant', () => {
    const [found] = check('count = 1\nprint(coutn)').diagnostics;
    expect(found?.help).toBe('did you mean `count`?');
    expect(found?.edit?.replacement).toBe('count');
    expect(check('struct Point:\n    left: i32\np = Point{ lft: 1 }').diagnostics[0]?.edit?.replacement).toBe('left');
    expect(check('enum E:\n    Red\nx = E.Rad').diagnostics[0]?.edit?.replacement).toBe('Red');
    expect(check('struct Point:\n    a: i32\nfn f(p: Pont): pass').diagnostics[0]?.edit?.replacement).toBe('Point');
    expect(check('a = 1\nprint(zzz)').diagnostics[0]?.edit).toBeUndefined();
  });

  test('one mistake is one message', () => {
    expect(codes('x = nowhere\ny = x + 1\nprint(y.z, y[0], y(), -y, y as i32)\nfor i in y: print(i)')).toEqual([
      'E1010 nowhere',
    ]);
    expect(codes('fn f(a: Nothing) -> Nothing: return a\nx = f(1)\nprint(x.y)')).toEqual([
      'E2003 Nothing',
      'E2003 Nothing',
    ]);
  });

  test('errors of a broken line are not followed up', () => {
    expect(codes('x = 1 +\nprint(x, nowhere)')).toEqual(
      ['E1001 ', 'E1010 nowhere'].map((line) => expect.stringContaining(line)),
    );
  });
});

describe('declared twice', () => {
  rejects([
    ['mut a = 1\nmut a = 2', 'E1011 a'],
    ['let a = 1\nlet a = 2', 'E1011 a'],
    ['a = 1\nmut a = 2', 'E1011 a'],
    ['fn f(): pass\nfn f(): pass', 'E1011 f'],
    ['fn f(): pass\nmut f = 1', 'E1011 f'],
    ['fn f(a, a): pass', 'E1011 a'],
    ['fn f(a):\n    mut a = 1', 'E1011 a'],
    ['struct S:\n    a: i32\n    a: i32', 'E1011 a'],
    ['struct S:\n    a: i32\nimpl S:\n    fn a(self): pass', 'E1011 a'],
    ['struct S:\n    a: i32\nenum S:\n    B', 'E1011 S'],
    ['enum E:\n    A\n    A', 'E1011 A'],
    ['struct S:\n    a: i32\nprint(S{ a: 1, a: 2 })', 'E1011 a'],
    ['enum E:\n    A(i32, i32)\nmatch E.A(1, 2):\n    E.A(x, x) -> pass', 'E1011 x'],
    ['fn f():\n    fn g(): pass\n    fn g(): pass', 'E1011 g'],
  ]);

  test('an inner scope may hide', () => {
    expect(codes('mut a = 1\nfor i in 0..2:\n    mut a = "x"\n    for i in 0..1: print(a, i)')).toEqual([]);
    expect(codes('fn f(a):\n    if true:\n        mut a = 1\n        print(a)')).toEqual([]);
    expect(codes('struct T:\n    a: i32\nT = 3\nprint(T)')).toEqual([]);
  });
});

describe('assigning what is immutable', () => {
  rejects([
    ['let a = 1\na = 2', 'E1014 a'],
    ['a: i32 = 1\na += 2', 'E1014 a'],
    ['A := 1\nA = 2', 'E1014 A'],
    ['fn f(a): a = 1', 'E1014 a'],
    ['fn f(): pass\nf = 1', 'E1014 f'],
    ['struct S:\n    a: i32\nimpl S:\n    fn m(self): self = S{ a: 1 }', 'E1014 self'],
    [classic('a = 1\na = 2'), 'E1014 a'],
    [classic('fn f():\n    n = 1\n    g = fn(): n = 2\n    return g'), 'E1014 n'],
    [classic('a = 1, b = 2\na = 3'), 'E1014 a'],
    ['use lib: V\nV = 1', 'E3003 lib'],
  ]);

  test('is possible otherwise', () => {
    expect(codes('a = 1\na = 2\nfn f():\n    n = 1\n    g = fn(): n = 2\n    for i in 0..2: i = 3')).toEqual([]);
    expect(codes(classic('mut a = 1\na = 2\nfn f():\n    mut n = 1\n    g = fn(): n = 2\n    return g'))).toEqual([]);
    expect(codes(classic('if true:\n    a = 1\n    a = 2'))).toEqual([]);
  });

  test('the edit makes it mutable', () => {
    const [found] = check('let a = 1\na = 2').diagnostics;
    expect(found?.edit).toMatchObject({ replacement: 'mut ', span: { start: 4, end: 4 } });
    expect(found?.labels[0]?.text).toBe('declared immutable here');
  });
});

describe('constants', () => {
  rejects([
    ['limit := 1', 'E1013 limit'],
    ['_X := 1', 'E1013 _X'],
    ['fn f():\n    limit := 1\n    limit = 2', 'E1014 limit'],
  ]);
});

describe('members', () => {
  const struct = 'struct S:\n    a: i32\nimpl S:\n    fn m(self): pass\n    fn s(): pass\n';
  rejects([
    [`${struct}s = S{ a: 1 }\nprint(s.b)`, 'E1010 b'],
    [`${struct}s = S{ a: 1 }\ns.b = 1`, 'E1010 b'],
    [`${struct}s = S{ a: 1 }\ns.b()`, 'E1010 b'],
    [`${struct}s = S{ a: 1 }\nx = s.m`, 'E1010 m'],
    [`${struct}s = S{ a: 1 }\ns.s()`, 'E1010 s'],
    [`${struct}S.t()`, 'E1010 t'],
    [`${struct}print(S{ b: 1 })`, 'E1010 b'],
    [`${struct}print(S{})`, 'E2009 S{}'],
    ['n = 1\nprint(n.a)', 'E1010 a'],
    ['[1].push(2)', 'E1010 push'],
    ['enum E:\n    A\nx = E.B', 'E1010 B'],
    ['enum E:\n    A\nmatch E.A:\n    E.C -> pass', 'E1010 C'],
  ]);
});

describe('types', () => {
  rejects([
    ['n: int = 3', 'E2003 int'],
    ['fn f() -> Nothing: pass', 'E2003 Nothing'],
    ['x = 1 as Nothing', 'E2003 Nothing'],
    ['x = Nothing{ a: 1 }', 'E2003 Nothing'],
    ['impl Nothing:\n    fn f(): pass', 'E2003 Nothing'],
    ['enum E:\n    A\nimpl E:\n    fn f(): pass', 'E2003 E'],
    ['match 1:\n    Nothing.A -> pass', 'E2003 Nothing'],
    ['fn f(a: Maybe[Nothing]): pass\nenum Maybe[T]:\n    A(T)', 'E2003 Nothing'],
  ]);
  test('lists the primitive ones', () => {
    expect(check('n: wobble = 3').diagnostics[0]?.help).toContain('i32, i64');
    expect(check('n: int = 3').diagnostics[0]?.edit?.replacement).toBe('i64');
  });
});

describe('counts', () => {
  rejects([
    ['fn f(a, b): pass\nf(1)', 'E2009 (1)'],
    ['fn f(a, b): pass\nf(1, 2, 3)', 'E2009 (1, 2, 3)'],
    ['f = fn(a): a\nf()', 'E2009 ()'],
    ['len()', 'E2009 ()'],
    ['range(1, 2, 3, 4)', 'E2009 (1, 2, 3, 4)'],
    ['enum E:\n    A(i32)\nx = E.A', 'E2009 E.A'],
    ['enum E:\n    A(i32)\nx = E.A(1, 2)', 'E2009 (1, 2)'],
    ['print("@ @", 1)', 'E2009 "@ @"'],
    ['a, b = 1, 2, 3', 'E2009 ='],
    ['struct S:\n    a: i32\nimpl S:\n    fn m(self, n): pass\nS{ a: 1 }.m()', 'E2009 ()'],
    ['struct S:\n    a: i32\nimpl S:\n    fn m(self, n): pass\nS.m(S{ a: 1 })', 'E2009 (S{ a: 1 })'],
  ]);
  test('says what is wanted', () => {
    expect(problems('fn add(a, b): pass\nadd(1)')).toEqual(['E2009 (1): `add` takes 2 arguments, but 1 is given']);
  });
});

describe('matches', () => {
  const light = 'enum Light:\n    On\n    Off\n    Dim(i32)\nfn f(l: Light, n: i64, a):\n';
  rejects([
    [`${light}    match l:\n        Light.On -> pass`, 'E1410 match'],
    [`${light}    match l:\n        Light.On -> pass\n        Light.On -> pass\n        _ -> pass`, 'E1411 Light.On'],
    [`${light}    match n:\n        1 -> pass\n        -1 -> pass\n        1 -> pass`, 'E1411 1'],
    [`${light}    match n:\n        "a" -> pass\n        "a" -> pass`, 'E1411 "a"'],
    [`${light}    match l:\n        Light.Dim -> pass\n        _ -> pass`, 'E2001 Light.Dim'],
    [`${light}    match l:\n        Light.Dim(a, b) -> pass\n        _ -> pass`, 'E2001 Light.Dim(a, b)'],
    [`${light}    match n:\n        Light.On -> pass\n        _ -> pass`, 'E2001 Light.On'],
    [
      `${light}    match a:\n        Light.On -> pass\n        Result.Ok(x) -> pass\n        _ -> pass`,
      'E2001 Result.Ok(x)',
    ],
    [`${light}    match n:\n        true -> pass\n        _ -> pass`, 'E2001 true'],
  ]);
  test('missing variants are listed', () => {
    expect(problems(`${light}    match l:\n        Light.On -> pass`)).toEqual([
      'E1410 match: the match does not cover `Off` and `Dim` of `Light`',
    ]);
  });
});

describe('modules', () => {
  const files = {
    'lib.orus':
      'pub fn shown(): pass\nfn secret(): pass\npub mut total = 1\npub SIZE := 4\npub struct P:\n    a: i32\n',
    'a.orus': 'use b\n',
    'b.orus': 'use a\n',
    'broken.orus': 'pub fn f(): return nowhere\n',
    'deep/inner.orus': 'use other\npub x = other.y\n',
    'deep/other.orus': 'pub y = 2\n',
  };
  test.each([
    ['use nothing', 'E3003 nothing'],
    ['use lib: secret', 'E3004 secret'],
    ['use lib: missing', 'E3004 missing'],
    ['use lib\nlib.secret()', 'E3004 secret'],
    ['use lib\nx: lib.Q = 1', 'E3004 Q'],
    ['use a', 'E3002 a'],
    ['use main', 'E3002 main'],
    ['use broken', 'E1010 nowhere'],
    ['use lib\nuse lib', 'E1011 lib'],
    ['use lib: shown\nfn shown(): pass', 'E1011 shown'],
    ['use lib: *\nfn shown(): pass', 'E1011 shown'],
    ['use lib\nlib.SIZE = 3', 'E1014 SIZE'],
    ['use nothing: thing, Other\nthing()\nx: Other = thing', 'E3003 nothing'],
    ['use nothing: *\nthing()', 'E3003 nothing'],
    ['use nothing as n\nn.thing()', 'E3003 nothing'],
  ])('%s', (text, expected) => {
    expect(codes(text, files)).toEqual([expected]);
  });

  test('the paths that were tried', () => {
    expect(check('use no.such').diagnostics[0]?.help).toContain('no/such.orus');
  });

  test('what is exported', () => {
    const text =
      'use lib\nuse lib as other\nuse lib: P, SIZE as N\na: [i32, N] = [1]\nlib.total += 1\np = P{ a: 1 }\nq: lib.P = p\nlib.shown()';
    expect(codes(text, files)).toEqual([]);
    expect(codes('use deep.inner\nprint(inner.x)', files)).toEqual([]);
  });

  test('a module is executed once, before its users', () => {
    const { program } = check('use deep.inner\nuse deep.other\nuse lib', files);
    expect(program?.modules.map(({ name }) => name)).toEqual(['other', 'deep.inner', 'lib', 'main.orus']);
  });
});
