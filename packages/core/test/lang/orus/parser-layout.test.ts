import { describe, expect, test } from 'vitest';
import { errors, tree } from './outline.ts';

/** The lines of a template, without the indentation that they share. */
function lines(text: string): string {
  const all = text.replace(/^\n/, '').replace(/[ ]*$/, '').split('\n');
  const shared = Math.min(...all.filter((line) => line.trim() !== '').map((line) => line.search(/\S/)));
  return all.map((line) => line.slice(shared)).join('\n');
}

describe('suites', () => {
  test('indented, inline and braced', () => {
    expect(tree('if a:\n  x\n  y\nz')).toBe('(if a |x y|) z');
    expect(tree('if a: x; y')).toBe('(if a <x>) y');
    expect(tree('while a: x; y\nz')).toBe('(while a <x y>) z');
    expect(tree('fn f(): x; y;\nz')).toBe('(fn f () - <x y>) z');
    expect(tree('if a { x; y }\nz')).toBe('(if a {x y}) z');
    expect(tree('if a {\n   x\n y\n}')).toBe('(if a {x y})');
    expect(tree('while a {}')).toBe('(while a {})');
    expect(tree('if a: if b: x else: y')).toBe('(if a <(if b <x> <y>)>)');
    expect(tree('for i in 0..3: if a: f(); g()')).toBe('(range i 0 3 - <(if a <(call f)>) (call g)>)');
  });

  test('empty files, comments and blank lines', () => {
    expect(tree('')).toBe('');
    expect(tree('\n\n  // only\n /* a\n b */\n')).toBe('');
    expect(tree('if a:\n\n      // deep\n// flat\n  x\n\n  /* c */ y\nz // end')).toBe('(if a |x y|) z');
    expect(tree('x = 1 /* over\n two lines */ + 2\ny')).toBe('(= x (+ 1 2)) y');
  });

  test('the header of a suite is the line of its colon', () => {
    const text = 'x = foo(1,\n  fn(a):\n    a\n  , 2)\ny';
    expect(tree(text)).toBe('(= x (call foo 1 (lambda (a) - |a|) 2)) y');
    expect(errors('if (a and\n        b):\n    x')).toEqual(['2:11 E1407']);
    expect(errors('if foo(a,\n    b and\n        c):\n    x')).toEqual(['3:11 E1407']);
  });

  test('tabs count four', () => {
    expect(tree('if a:\n\tx\n    y\nz')).toBe('(if a |x y|) z');
  });

  test('CRLF', () => {
    expect(tree('if a:\r\n  x\r\n\r\n  y\r\nz\r\n')).toBe('(if a |x y|) z');
  });

  test('a statement ends with its line', () => {
    expect(tree('a\n-b')).toBe('a (- b)');
    expect(tree('f\n(x)')).toBe('f (paren x)');
    expect(tree('a\n[1]')).toBe('a (array 1)');
    expect(tree('return\nx')).toBe('(return -) x');
    expect(errors('x = 1 +\n    2\ny = 3')).toEqual(['1:8 E1001']);
  });
});

describe('branches', () => {
  test('else belongs to the if of its indentation', () => {
    expect(tree('if a:\n  if b:\n    x\nelse:\n  y')).toBe('(if a |(if b |x|)| |y|)');
    expect(tree('if a:\n  if b:\n    x\n  else:\n    y')).toBe('(if a |(if b |x| |y|)|)');
    expect(tree('if a: x\nelif b: y\nelse if c: z\nelse: w')).toBe('(if a <x> b <y> c <z> <w>)');
    expect(tree('if a: if b: x\nelse: y')).toBe('(if a <(if b <x>)> <y>)');
  });

  test('braces', () => {
    expect(tree('if a { x } elif b { y } else { z }')).toBe('(if a {x} b {y} {z})');
    expect(tree('if a { x }\nelse { y }')).toBe('(if a {x} {y})');
    expect(tree('if a {\n x\n}\n\n\nelse if b {\n y\n}')).toBe('(if a {x} b {y})');
    expect(tree('{\nif a { x }\n      else { y }\n}')).toBe('(block {(if a {x} {y})})');
    expect(tree('if a:\n  if b { x }\nelse { y }')).toBe('(if a |(if b {x})| {y})');
  });

  test('styles mix freely', () => {
    const text = lines(`
      fn grade(n: i32) -> string {
          if n >= 90 { "top" }
          elif n >= 50:
              "pass"
          else { "fail" }
      }
    `);
    expect(tree(text)).toBe('(fn grade (n:i32) string {(if (>= n 90) {"top"} (>= n 50) |"pass"| {"fail"})})');
    expect(tree('{\n  if a:\n   x\n  }')).toBe('(block {(if a |x|)})');
    expect(tree('{ while a:\n    x\n}\ny')).toBe('(block {(while a |x|)}) y');
  });

  test('try and catch', () => {
    expect(tree('try:\n  x\ncatch e:\n  y')).toBe('(try |x| e |y|)');
    expect(tree('try: x\ncatch: y')).toBe('(try <x> - <y>)');
    expect(tree('try { x } catch e { y }')).toBe('(try {x} e {y})');
    expect(tree('try:\n  try: x\n  catch: y\ncatch: z')).toBe('(try |(try <x> - <y>)| - <z>)');
  });

  test('a line that opens a branch of nothing', () => {
    expect(errors('else: x')).toEqual(['1:1 E1001']);
    expect(errors('if a:\n    x\n  else:\n    y')).toEqual(['3:3 E1008']);
    expect(errors('catch e:\n  x\ny = 5 5')).toEqual(['1:1 E1001', '3:7 E1006']);
  });
});

describe('brackets', () => {
  test('newlines inside are white space', () => {
    expect(tree('f(\n1,\n     2\n,\n)')).toBe('(call f 1 2)');
    expect(tree('x = [\n  1\n  , 2,\n]')).toBe('(= x (array 1 2))');
    expect(tree('x = (1\n+ 2\n  - 3)')).toBe('(= x (paren (- (+ 1 2) 3)))');
    expect(tree('x = (a\n if b\n else c)')).toBe('(= x (paren (cond b a c)))');
  });

  test('suites inside brackets', () => {
    expect(tree('f(fn(x):\n    y\n    z\n)')).toBe('(call f (lambda (x) - |y z|))');
    expect(tree('f(fn(x):\n    y\n        )')).toBe('(call f (lambda (x) - |y|))');
    expect(tree('f(fn(x): x, 2)')).toBe('(call f (lambda (x) - <x>) 2)');
    expect(tree('f(fn(x): return x, 2)')).toBe('(call f (lambda (x) - <(return x)>) 2)');
    expect(tree('f(fn(): a = 1, b)')).toBe('(call f (lambda () - <(= a 1)>) b)');
    expect(tree('[fn(): 1, fn(): 2]')).toBe('(array (lambda () - <1>) (lambda () - <2>))');
    expect(tree('(c ? fn(): x : y)')).toBe('(paren (cond? c (lambda () - <x>) y))');
    expect(tree('f(match v:\n    1 -> a\n    _ -> b\n, 2)')).toBe('(call f (match-colon v (arm 1 <a>) (arm * <b>)) 2)');
    expect(tree('f(fn() { a\n b }, 2)')).toBe('(call f (lambda () - {a b}) 2)');
  });

  test('a lambda at the end of a line', () => {
    expect(tree('f = fn(x):\n    x\nprint(1)')).toBe('(= f (lambda (x) - |x|)) (print 1)');
  });
});

describe('declarations', () => {
  test('forms of 6.2', () => {
    expect(tree('mut n = 0')).toBe('(mut n - 0)');
    expect(tree('mut n: i64 = 0')).toBe('(mut n i64 0)');
    expect(tree('n: i64 = 0')).toBe('(typed n i64 0)');
    expect(tree('n = 0')).toBe('(= n 0)');
    expect(tree('N := 0; N:i32 := 1')).toBe('(const N - 0) (const N i32 1)');
    expect(tree('let x = 1; let mut y: i32 = 2')).toBe('(let x - 1) (let-mut y i32 2)');
    expect(tree('let = 1; let + 2; f(let)')).toBe('(= let 1) (+ let 2) (call f let)');
    expect(tree('pub x = 1; pub mut y = 2; pub Z := 3; pub fn f(): 1')).toBe(
      'pub (= x 1) (pub-mut y - 2) (pub-const Z - 3) (pub-fn f () - <1>)',
    );
  });

  test('comma lists by edition', () => {
    const text = 'width = 4, mut height: i32 = 5, name = "box"';
    expect(tree(text, 'classic')).toBe('(list width - 4) (mut height i32 5) (= name "box")');
    expect(tree(text)).toBe('(= width 4) (mut height i32 5) (= name "box")');
    expect(tree('if a: b = 1, c = 2\nd')).toBe('(if a <(= b 1) (= c 2)>) d');
    expect(tree('a = 1,\nb')).toBe('(= a 1) b');
    expect(tree('a = b = 1, c = 2', 'classic')).toBe('(list a - (= b 1)) (= c 2)');
    expect(errors('a = 1, 2')).toEqual(['1:8 E1006']);
  });

  test('destructuring by edition', () => {
    expect(tree('a, b = e', 'classic')).toBe('(destructure (a b) e)');
    expect(tree('a, b = b, a')).toBe('(destructure (a b) b a)');
    expect(tree('a, v.x, w[0] = f()')).toBe('(destructure (a (. v x) (index w 0)) (call f))');
    expect(errors('a, v.x = e', 'classic')).toEqual(['1:4 E1006']);
    expect(errors('a, b = c = d')).toEqual(['1:10 E1006']);
    expect(errors('a, b')).toEqual(['1:5 E1006']);
    expect(errors('a, f() = 1')).toEqual(['1:4 E1006']);
    expect(errors('mut a, b = 1, 2')).toEqual(['1:6 E1006']);
  });

  test('members in both styles', () => {
    expect(tree('struct S:\n    a: i32\n    b: [i32] = []\nx')).toBe('(struct S a:i32 b:[i32]=(array )) x');
    expect(tree('struct S { a: i32, b: i32 = 2, }')).toBe('(struct S a:i32 b:i32=2)');
    expect(tree('struct S {\n a: i32\n b: i32\n}')).toBe('(struct S a:i32 b:i32)');
    expect(tree('struct S {}')).toBe('(struct S )');
    expect(tree('pub enum E[T]:\n    A\n    B()\n    C(x: T, [i32])')).toBe('(pub-enum E[T] A B C(x:T [i32]))');
    expect(tree('enum E { A, B(x: i32)\n C }')).toBe('(enum E A B(x:i32) C)');
    expect(tree('impl S:\n    fn a(self): 1\n\n    pub fn b():\n        2')).toBe(
      '(impl S (fn a (self) - <1>) (pub-fn b () - |2|))',
    );
    expect(tree('impl S { fn a() { 1 }\n fn b(): 2\n }')).toBe('(impl S (fn a () - {1}) (fn b () - <2>))');
    expect(errors('struct S:\n    a: i32,\n    b: i32\n')).toEqual(['2:11 E1006']);
  });

  test('use', () => {
    expect(tree('use a')).toBe('(use a)');
    expect(tree('use a.b.c as d')).toBe('(use a.b.c as d)');
    expect(tree('use a: x, Y as Z\nb')).toBe('(use a (x Y/Z)) b');
    expect(tree('use a: *')).toBe('(use a *)');
  });
});

describe('loops', () => {
  test('headers', () => {
    expect(tree('for i in 0..n: x')).toBe('(range i 0 n - <x>)');
    expect(tree('for i in a+1..=b..-2 { x }')).toBe('(range= i (+ a 1) b (- 2) {x})');
    expect(tree('for i in 0.. =3: x')).toBe('(range= i 0 3 - <x>)');
    expect(tree("'rows: for _ in xs:\n    break 'rows")).toBe("(each'rows _ xs |(break rows)|)");
    expect(tree("'a: while true { continue 'a }")).toBe("(while'a true {(continue a)})");
    expect(tree('for i in xs[0..2] { x }')).toBe('(each i (slice xs 0 2) {x})');
  });

  test('jumps outside of loops', () => {
    expect(errors('break')).toEqual(['1:1 E1401']);
    expect(errors("while a: continue 'x")).toEqual(['1:19 E1402']);
    expect(errors('while a:\n    fn f(): break\n    g = fn() { continue }\n    break')).toEqual([
      '2:13 E1401',
      '3:16 E1402',
    ]);
  });
});

describe('match', () => {
  test('both styles, both positions', () => {
    expect(tree('match v:\n  1 -> a\n  _ ->\n    b\n    c\nd')).toBe('(match-colon v (arm 1 <a>) (arm * |b c|)) d');
    expect(tree('match v { 1 => a, _ -> { b }\n 3 => c }')).toBe('(match-brace v (arm 1 <a>) (arm * {b}) (arm 3 <c>))');
    expect(tree('x = match v:\n  1 -> a\ny')).toBe('(= x (match-colon v (arm 1 <a>))) y');
    expect(tree('return match v { _ => 1 }')).toBe('(return (match-brace v (arm * <1>)))');
    expect(tree('match v { 1 => x = 2, 2 => return 3\n 3 =>\n   a\n   b\n 4 => c }')).toBe(
      '(match-brace v (arm 1 <(= x 2)>) (arm 2 <(return 3)>) (arm 3 |a b|) (arm 4 <c>))',
    );
    expect(tree('match v { 1 => if a { b } else { c }, _ => d }')).toBe(
      '(match-brace v (arm 1 <(if a {b} {c})>) (arm * <d>))',
    );
  });

  test('arms between braces hold declarations, but no comma lists', () => {
    expect(tree('match v { 1 => y: i32 = 5, 2 => a = 1, 3 => { b = 1, c = 2 } }')).toBe(
      '(match-brace v (arm 1 <(typed y i32 5)>) (arm 2 <(= a 1)>) (arm 3 {(= b 1) (= c 2)}))',
    );
  });

  test('patterns', () => {
    expect(
      tree('match v:\n  E.A -> 1\n  m.E.B(x, _) -> 2\n  -1 -> 3\n  2 + 2 -> 4\n  E.C() -> 5\n  E.D(1) -> 6\n  x -> 7'),
    ).toBe(
      '(match-colon v (arm #E.A <1>) (arm #m.E.B(x _) <2>) (arm (- 1) <3>) (arm (+ 2 2) <4>) (arm #E.C() <5>) (arm (call (. E D) 1) <6>) (arm x <7>))',
    );
    expect(tree('match v:\n  1 | 2 | E.A(_) -> x | y\n  (3 | 4) -> z')).toBe(
      '(match-colon v (arm 1 | 2 | #E.A(_) <(| x y)>) (arm (paren (| 3 4)) <z>))',
    );
    expect(errors('match v:\n  E.A(x) | E.B(y) -> 1')).toEqual(['2:7 E1006']);
  });

  test('`;` behind an arm ends the match', () => {
    expect(tree('match v:\n    _ -> a; b\nc')).toBe('(match-colon v (arm * <a>)) b c');
  });

  test('wrong arms', () => {
    expect(errors('match v:\n  1: a\n  2 -> b')).toEqual(['2:4 E1006']);
    expect(errors('match v:\n  1 ->\n  2 -> b')).toEqual(['2:6 E1407']);
    expect(errors('match v: 1 -> a')).toEqual(['1:10 E1405']);
    expect(errors('match:\n  1 -> a')).toEqual(['1:6 E1001']);
  });
});
