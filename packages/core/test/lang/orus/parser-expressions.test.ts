import { describe, expect, test } from 'vitest';
import { errors, parseText, tree } from './outline.ts';

describe('precedence', () => {
  test.each([
    ['1 + 2 * 3 - 4', '(- (+ 1 (* 2 3)) 4)'],
    ['a or b and c', '(or a (and b c))'],
    ['a - b as i64 * 2', '(- a (* (as b i64) 2))'],
    ['-x as u32', '(as (- x) u32)'],
    ['-a.b[1](2)', '(- (call (index (. a b) 1) 2))'],
    ['- - ~x', '(- (- (~ x)))'],
    ['a < b == true', '(== (< a b) true)'],
    ['a == b | c ^ d & e << f + g', '(== a (| b (^ c (& d (<< e (+ f g))))))'],
    ['x matches E.V(_) and y', '(and (matches x (call (. E V) _)) y)'],
    ['a if b else c if d else e', '(cond b a (cond d c e))'],
    ['a ? b : c ? d : e', '(cond? a b (cond? c d e))'],
    ['x as i32 ? a : b', '(cond? (as x i32) a b)'],
    ['a or b if c else d', '(cond c (or a b) d)'],
    ['(a) + (b)', '(+ (paren a) (paren b))'],
    ['f()()', '(call (call f))'],
    ['make(1,)(3)', '(call (call make 1) 3)'],
  ])('%s', (text, expected) => {
    expect(tree(text)).toBe(expected);
  });

  test('`not` by edition', () => {
    expect(tree('not a == b')).toBe('(not (== a b))');
    expect(tree('not a == b', 'classic')).toBe('(== (not a) b)');
    expect(tree('a and not not b')).toBe('(and a (not (not b)))');
    expect(tree('a == not b', 'classic')).toBe('(== a (not b))');
    expect(errors('x = a == not b')).toEqual(['1:10 E1001']);
    expect(errors('x = - not b')).toEqual(['1:7 E1001']);
    expect(tree('a == (not b)')).toBe('(== a (paren (not b)))');
  });

  test('assignment associates to the right and wants a place', () => {
    expect(tree('a = b = c')).toBe('(= a (= b c))');
    expect(tree('p.x += a[0] *= 2')).toBe('(+= (. p x) (*= (index a 0) 2))');
    expect(tree('a <<= 1; b ^= 2')).toBe('(<<= a 1) (^= b 2)');
    expect(errors('1 = 2')).toEqual(['1:1 E1006']);
    expect(errors('f() += 2')).toEqual(['1:1 E1006']);
    expect(errors('(a) = 2')).toEqual(['1:1 E1006']);
  });
});

describe('literals', () => {
  test('arrays and fills by edition', () => {
    expect(tree('[]')).toBe('(array )');
    expect(tree('[1, 2]')).toBe('(array 1 2)');
    expect(tree('[1; n + 1]')).toBe('(fill; 1 (+ n 1))');
    expect(tree('[1, 2]', 'classic')).toBe('(fill, 1 2)');
    expect(tree('[1; 2]', 'classic')).toBe('(fill; 1 2)');
    expect(tree('[7, WIDTH]', 'classic')).toBe('(fill, 7 WIDTH)');
    expect(tree('[0, 4u]', 'classic')).toBe('(fill, 0 4u32)');
    for (const plain of ['[1, 2,]', '[1, -2]', '[1, 1 + 1]', '[1, (2)]', '[1, 2, 3]', '[1, f()]', '[1]']) {
      expect(tree(plain, 'classic')).toMatch(/^\(array /);
    }
  });

  test('no fill in the arguments of a call, at any depth; print is no call', () => {
    expect(tree('push(rows, [1, 2])', 'classic')).toBe('(call push rows (array-arg 1 2))');
    expect(tree('f([[1, 2], 3])', 'classic')).toBe('(call f (array-arg (array-arg 1 2) 3))');
    expect(tree('f(fn(): [1, 2])', 'classic')).toBe('(call f (lambda () - <(array-arg 1 2)>))');
    expect(tree('E.V([1, 2])', 'classic')).toBe('(call (. E V) (array-arg 1 2))');
    expect(tree('print([1, 2])', 'classic')).toBe('(print (fill, 1 2))');
    expect(tree('f(1)[[1, 2][0]]', 'classic')).toBe('(index (call f 1) (index (fill, 1 2) 0))');
    expect(tree('return 1, 2', 'classic')).toBe('(return (array-return 1 2))');
  });

  test('indexes and slices', () => {
    expect(tree('a[1]')).toBe('(index a 1)');
    expect(tree('a[i..j] + a[i..] + a[..j] + a[..]')).toBe(
      '(+ (+ (+ (slice a i j) (slice a i -)) (slice a - j)) (slice a - -))',
    );
    expect(tree('a[1..=2]')).toBe('(slice= a 1 2)');
    expect(tree('a[1.. =2]')).toBe('(slice= a 1 2)');
    expect(errors('a[1..=2]', 'classic')).toEqual(['1:4 E1006']);
    expect(errors('a[1..=]')).toEqual(['1:7 E1001']);
    expect(errors('a[]')).toEqual(['1:3 E1001']);
  });

  test('struct literals', () => {
    expect(tree('P{ x: 1, y: 2 }')).toBe('(new P x:1 y:2)');
    expect(tree('m.P{\n x: 1\n y: [2,\n3]\n}')).toBe('(new m.P x:1 y:(array 2 3))');
    expect(tree('P{}.go()')).toBe('(call (. (new P ) go))');
    expect(tree('if p == (P{ x: 1 }) { pass }')).toBe('(if (== p (paren (new P x:1))) {pass})');
    expect(tree('if f(P{x: 1}) { pass }')).toBe('(if (call f (new P x:1)) {pass})');
    expect(tree('if p { x }')).toBe('(if p {x})');
    expect(tree('while n < m { pass }')).toBe('(while (< n m) {pass})');
    expect(tree('x = P\n{ pass }')).toBe('(= x P) (block {pass})');
    expect(errors('P{ x 1 }')).toEqual(['1:6 E1006']);
    expect(errors('P{ x: 1 y: 2 }')).toEqual(['1:9 E1006']);
  });

  test('block expressions and lambdas', () => {
    expect(tree('x = { 1\n 2 }')).toBe('(= x (block-expr {1 2}))');
    expect(tree('f = fn(a, b: i32,) -> [i32]: a')).toBe('(= f (lambda (a b:i32) [i32] <a>))');
    expect(tree('fn(x) { x }(3)')).toBe('(call (lambda (x) - {x}) 3)');
    expect(errors('f = fn name(): 1')).toEqual(['1:8 E1006']);
  });
});

describe('row 19', () => {
  test('an assignment as argument, element or field value needs parentheses', () => {
    expect(errors('f(a = 1)')).toEqual(['1:5 E1006']);
    expect(errors('print(a = 1)')).toEqual(['1:9 E1006']);
    expect(errors('[a = 1]')).toEqual(['1:4 E1006']);
    expect(errors('P{ x: a = 1 }')).toEqual(['1:9 E1006']);
    expect(tree('f((a = 1))')).toBe('(call f (paren (= a 1)))');
    expect(tree('f(a = 1)', 'classic')).toBe('(call f (= a 1))');
  });

  test('a bare assignment is no condition in either edition', () => {
    for (const edition of ['classic', '2026'] as const) {
      expect(errors('if a = 1: pass', edition)).toEqual(['1:6 E1403']);
      expect(errors('while a = 1 { pass }', edition)).toEqual(['1:9 E1403']);
      expect(errors('x = 1 if a = 2 else 3', edition)).toEqual(['1:12 E1403']);
    }
    expect(parseText('if a = 1: pass').diagnostics[0]?.edit).toMatchObject({
      replacement: '==',
      span: { start: 5, end: 6 },
    });
    expect(tree('if (a = b): pass')).toBe('(if (paren (= a b)) <pass>)');
  });

  test('a conditional used for its value needs `else`', () => {
    expect(errors('x = 1 if a')).toEqual(['1:7 E1006']);
    expect(errors('f(1 if a)')).toEqual(['1:5 E1006']);
    expect(tree('f() if a')).toBe('(cond a (call f) -)');
    expect(tree('x = 1 if a', 'classic')).toBe('(= x (cond a 1 -))');
  });

  test('`?` after a type', () => {
    expect(errors('x: i32? = 1')).toEqual(['1:7 E1006']);
    expect(tree('x: [i32?]? = e', 'classic')).toBe('(typed x [i32] e)');
  });
});

describe('types', () => {
  test.each([
    ['x: geo.Point = e', '(typed x geo.Point e)'],
    ['x: [[i32], 3] = e', '(typed x [[i32]; 3] e)'],
    ['x: [i32; N] = e', '(typed x [i32; N] e)'],
    ['x: Maybe[i32, [T]] = e', '(typed x Maybe[i32 [T]] e)'],
    ['x: fn(i32, fn()) -> fn() -> str = e', '(typed x (fn-type (i32 (fn-type () -)) (fn-type () str)) e)'],
  ])('%s', (text, expected) => {
    expect(tree(text)).toBe(expected);
  });

  test('wrong types', () => {
    expect(errors('x: = 1')).toEqual(['1:4 E1006']);
    expect(errors('x: [i32 = 1')).toEqual(['1:4 E1020']);
    expect(errors('x: [i32, -1] = 1')).toEqual(['1:10 E1006']);
    expect(errors('fn f() -> :\n    pass')).toEqual(['1:11 E1006']);
    expect(errors('a = b as bool as string')).toEqual(['1:15 E1006']);
    expect(parseText('a = b as bool as string').diagnostics[0]?.edit?.replacement).toBe('(b as bool)');
  });
});

describe('facts of the tree', () => {
  test('ids are dense and unique, spans lie within their parents', () => {
    const { module } = parseText(
      'fn f(a: i32) -> [i32]:\n    return [a, P{x: 1}.y as i64]\nmatch f(1):\n    E.V(x) | 2 -> print(x)\n',
    );
    const seen = new Set<number>();
    const visit = (node: unknown, outer: { start: number; end: number }): void => {
      if (Array.isArray(node)) for (const item of node) visit(item, outer);
      else if (typeof node === 'object' && node !== null) {
        const { id, span } = node as { id?: number; span?: { start: number; end: number } };
        if (id !== undefined && span !== undefined) {
          expect(id).toBeLessThan(module.nodeCount);
          expect(span.start).toBeGreaterThanOrEqual(outer.start);
          expect(span.end).toBeLessThanOrEqual(outer.end);
          seen.add(id);
        }
        for (const [key, value] of Object.entries(node)) if (key !== 'edition') visit(value, span ?? outer);
      }
    };
    visit(module, module.span);
    expect(seen.size).toBeGreaterThan(25);
  });

  test('spans cover what was written', () => {
    const text = 'x = f(1) + -y.z[2]';
    const [stmt] = parseText(text).module.statements;
    if (stmt?.kind !== 'assign-stmt' || stmt.assign.value.kind !== 'binary') throw new Error('shape');
    const { left, right, opSpan } = stmt.assign.value;
    const cut = ({ start, end }: { start: number; end: number }): string => text.slice(start, end);
    expect([cut(left.span), cut(opSpan), cut(right.span)]).toEqual(['f(1)', '+', '-y.z[2]']);
  });

  test('jumps know their loop', () => {
    const { module } = parseText("'a: for i in 0..2:\n    while true:\n        break 'a\n");
    const [outer] = module.statements;
    if (outer?.kind !== 'for-range') throw new Error('shape');
    const [inner] = outer.body.statements;
    if (inner?.kind !== 'while') throw new Error('shape');
    expect(inner.body.statements[0]).toMatchObject({ kind: 'break', target: outer.id });
  });
});
