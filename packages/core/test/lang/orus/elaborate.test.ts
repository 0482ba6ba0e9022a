import { describe, expect, test } from 'vitest';
import { check, classic, program, tree } from './checked.ts';

describe('variables', () => {
  test('a module variable that no function touches is a local', () => {
    expect(tree('a = 1\nprint(a)')).toMatchInlineSnapshot(`
      "init main.orus() -> bool
        let a: i64 = 1:i64
        print.modern a"
    `);
    expect(tree('a = 1\nfn f(): return a\nprint(a)')).toMatchInlineSnapshot(`
      "init main.orus() -> bool
        (set @a:i64 1:i64)
        print.modern @a"
    `);
    expect(tree('pub a = 1')).toMatchInlineSnapshot(`
      "init main.orus() -> bool
        (set @a:i64 1:i64)"
    `);
  });

  test('what a branch declares exists before it, unset', () => {
    expect(tree('fn f(c: bool):\n    if c:\n        x = 1\n    print(x)', 'f')).toMatchInlineSnapshot(`
      "fn f(c: bool) -> any
        declare x~: i64
        if c
          (set x:i64 1:i64)
        print.modern x?
        return (toAny:any nil)"
    `);
    expect(tree('fn f(c: bool):\n    if c: x = 1\n    else: x = 2\n    print(x)', 'f')).toMatchInlineSnapshot(`
      "fn f(c: bool) -> any
        declare x~: i64
        if c
          (set x:i64 1:i64)
        else
          (set x:i64 2:i64)
        print.modern x
        return (toAny:any nil)"
    `);
  });

  test('a check is left out where the variable certainly has a value', () => {
    const reads = (text: string): string => tree(text, 'f');
    expect(
      reads('fn f(c: bool):\n    if c: x = 1\n    elif not c: x = 2\n    else: return\n    print(x)'),
    ).not.toContain('?');
    expect(reads('fn f(c: bool):\n    try: x = 1\n    catch: x = 2\n    print(x)')).not.toContain('checked');
  });

  test('functions that cannot run before the declaration read without a check', () => {
    expect(check('fn f(): return a\na = 1').diagnostics.map(({ code }) => code)).toEqual(['E1010']);
    expect(tree('a = 1\nfn f(): return a\nprint(f())', 'f')).toMatchInlineSnapshot(`
      "fn f() -> any
        return (toAny:any @a)"
    `);
    expect(tree('print(0)\nfn g(): return f()\ng()\na = 1\nfn f(): return a', 'f')).toMatchInlineSnapshot(`
      "fn f() -> any
        return (toAny:any @a?)"
    `);
  });

  test('captures', () => {
    expect(
      tree('fn f():\n    n = 0\n    return fn():\n        n += 1\n        return n', 'lambda'),
    ).toMatchInlineSnapshot(`
      "lambda lambda() -> any captures n
        (set n:i64 (add.checked:i64 n 1:i64))
        return (toAny:any n)"
    `);
    expect(
      tree('fn f():\n    fact = fn(n): 1 if n == 0 else n * fact(n - 1)\n    return fact', 'f'),
    ).toMatchInlineSnapshot(`
      "fn f() -> any
        declare fact^~: fn(any) -> any
        (set fact:fn(any) -> any (func lambda))
        return (toAny:any fact)"
    `);
  });

  test('a nested function that captures nothing is called directly', () => {
    const text = 'fn f():\n    fn g(n: i64) -> i64: return 1 if n < 2 else n * g(n - 1)\n    return g(5)';
    expect(tree(text, 'g')).toMatchInlineSnapshot(`
      "fn g(n: i64) -> i64
        return (cond:i64 (lt:bool n 2:i64) 1:i64 (mul.checked:i64 n (call g:i64 (sub.checked:i64 n 1:i64))))"
    `);
    expect(tree(text, 'f')).toMatchInlineSnapshot(`
      "fn f() -> any
        return (toAny:any (call g:i64 5:i64))"
    `);
  });

  test('a nested function with captures is a closure', () => {
    const text = 'fn f(k: i64):\n    fn g(n: i64) -> i64: return k if n < 2 else n * g(n - 1)\n    return g(5)';
    expect(tree(text, 'g')).toMatchInlineSnapshot(`
      "fn g(n: i64) -> i64 captures k, g
        return (cond:i64 (lt:bool n 2:i64) k (mul.checked:i64 n (callValue:i64 g (sub.checked:i64 n 1:i64))))"
    `);
    expect(tree(text, 'f')).toMatchInlineSnapshot(`
      "fn f(k^: i64) -> any
        declare g^~: fn(i64) -> i64
        (set g:fn(i64) -> i64 (func g))
        return (toAny:any (callValue:i64 g 5:i64))"
    `);
  });
});

describe('assignments', () => {
  test('the object and index of a compound assignment are evaluated once', () => {
    expect(tree('fn f(): return [1]\na = [1]\na[len(a) - 1] += 2')).toMatchInlineSnapshot(`
      "init main.orus() -> bool
        let a: [i64] = (array:[i64] 1:i64)
        (block:i64
          let array: [i64] = a
          let index: i64 = (sub.checked:i64 (len:i64 a) 1:i64)
          => (set index:i64 array index (add.checked:i64 (index:i64 array index) 2:i64)))"
    `);
    expect(tree('fn f(o): o.x += 1', 'f')).toMatchInlineSnapshot(`
      "fn f(o: any) -> any
        (set dyn.field.convert x:any o (dyn.add.modern.adapt-right:any (dyn.field x:any o) (toAny:any 1:i64)))
        return (toAny:any nil)"
    `);
  });
  test('destructuring', () => {
    expect(tree('a, b = [1, 2]')).toMatchInlineSnapshot(`
      "init main.orus() -> bool
        let array: [i64] = (array:[i64] 1:i64 2:i64)
        let a: i64 = (index:i64 array 0:i32)
        let b: i64 = (index:i64 array 1:i32)"
    `);
    expect(tree('a = 1\nb = 2\na, b = b, a')).toMatchInlineSnapshot(`
      "init main.orus() -> bool
        let a~: i64 = 1:i64
        let b~: i64 = 2:i64
        let value: i64 = b
        let value: i64 = a
        (set a:i64 value)
        (set b:i64 value)"
    `);
    expect(tree('fn f(v): \n    a, _ = v\n    return a', 'f')).toMatchInlineSnapshot(`
      "fn f(v: any) -> any
        let array: [any] = (fromAny.exact.notArray:[any] v)
        let a: any = (index:any array 0:i32)
        (index:any array 1:i32)
        return a"
    `);
  });
});

describe('tail values', () => {
  test('become returns', () => {
    expect(
      tree('fn f(n: i64) -> string:\n    if n < 0: "neg"\n    elif n == 0:\n        "zero"', 'f'),
    ).toMatchInlineSnapshot(`
      "fn f(n: i64) -> string
        if (lt:bool n 0:i64)
          return "neg"
        elif (eq:bool n 0:i64)
          return "zero"
        raise runtime "Function 'f' ended without returning a value""
    `);
    expect(tree('fn f(n): n + 1', 'f')).toMatchInlineSnapshot(`
      "fn f(n: any) -> any
        return (dyn.add.modern.adapt-right:any n (toAny:any 1:i64))"
    `);
    expect(tree('fn f(n) -> void: n', 'f')).toMatchInlineSnapshot(`
      "fn f(n: any) -> nil
        n
        return"
    `);
    expect(tree('fn f(n: i64):\n    try: 10 / n\n    catch e: e', 'f')).toMatchInlineSnapshot(`
      "fn f(n: i64) -> any
        try
          return (toAny:any (div.checked:i64 10:i64 n))
        catch e: error
          return (toAny:any e)"
    `);
  });
  test('a function without a value at its end raises outside its own try', () => {
    expect(tree('fn f() -> i64:\n    try: pass\n    catch: pass', 'f')).toMatchInlineSnapshot(`
      "fn f() -> i64
        try
        catch
        raise runtime "Function 'f' ended without returning a value""
    `);
  });
  test('what cannot be reached is left out', () => {
    expect(tree('fn f():\n    return 1\n    print("never")', 'f')).toMatchInlineSnapshot(`
      "fn f() -> any
        return (toAny:any 1:i64)"
    `);
  });
});

describe('matches', () => {
  const light = 'enum Light:\n    On\n    Dim(i64)\n';
  test('over an enum', () => {
    expect(
      tree(
        `${light}fn f(l: Light):\n    match l:\n        Light.On -> print("on")\n        Light.Dim(n) -> print(n)`,
        'f',
      ),
    ).toMatchInlineSnapshot(`
      "fn f(l: Light) -> any
        block
          let subject: Light = l
          if (is Light/On:bool subject)
            print.modern format ["on"]
          else
            let n: i64 = (payload Light/Dim/0:i64 subject)
            print.modern n
        return (toAny:any nil)"
    `);
  });
  test('over an any, as a statement and as a value', () => {
    expect(
      tree(`${light}fn f(l):\n    match l:\n        Light.On -> print("on")\n        _ -> pass`, 'f'),
    ).toMatchInlineSnapshot(`
      "fn f(l: any) -> any
        block
          let subject: Light = (fromAny.exact.matchNotEnum:Light l)
          if (is Light/On:bool subject)
            print.modern format ["on"]
        return (toAny:any nil)"
    `);
    expect(
      tree(`${light}fn f(l):\n    x = match l:\n        Light.Dim(n) -> n\n        _ -> 0`, 'f'),
    ).toMatchInlineSnapshot(`
      "fn f(l: any) -> any
        let x: i64 = (block:i64
          declare value~: i64
          let subject: any = l
          if (is Light/Dim:bool subject)
            let n: i64 = (payload Light/Dim/0:i64 (fromAny.exact.matchNotEnum:Light subject))
            (set value:i64 n)
          else
            (set value:i64 0:i64)
          => value)
        return (toAny:any nil)"
    `);
  });
  test('a value that no arm fits', () => {
    expect(
      tree('fn f(n: i64):\n    x = match n:\n        1 | 2 -> "few"\n        3 -> "some"', 'f'),
    ).toMatchInlineSnapshot(`
      "fn f(n: i64) -> any
        let x: string = (block:string
          declare value~: string
          let subject: i64 = n
          if (orElse:bool (eq:bool subject 1:i64) (eq:bool subject 2:i64))
            (set value:string "few")
          elif (eq:bool subject 3:i64)
            (set value:string "some")
          else
            (trap.noMatchArm:nil)
          => value)
        return (toAny:any nil)"
    `);
  });
});

describe('dynamic operations', () => {
  test('literals beside any adapt when executed', () => {
    expect(tree('fn f(a): return a * 2 + 1', 'f')).toMatchInlineSnapshot(`
      "fn f(a: any) -> any
        return (dyn.add.modern.adapt-right:any (dyn.mul.modern.adapt-right:any a (toAny:any 2:i64)) (toAny:any 1:i64))"
    `);
    expect(tree('fn f(a): return 2 < a and a != 3', 'f')).toMatchInlineSnapshot(`
      "fn f(a: any) -> any
        return (toAny:any (andThen:bool (dyn.lt:bool (toAny:any 2:i64) a) (unequal.modern:bool a 3:i64)))"
    `);
  });
  test('a typed operand decides', () => {
    expect(tree('fn f(a, n: i32): return a + n', 'f')).toMatchInlineSnapshot(`
      "fn f(a: any, n: i32) -> any
        return (toAny:any (add.checked:i32 (fromAny.exact.operandTypes:i32 a) n))"
    `);
  });
  test('loops over dynamic bounds', () => {
    expect(tree('fn f(n):\n    for i in 0..n: print(i)', 'f')).toMatchInlineSnapshot(`
      "fn f(n: any) -> any
        for L0 i: any in (toAny:any 0:i64) .. n adapt start
          print.modern i
        return (toAny:any nil)"
    `);
  });
  test('numbers of type any at typed places', () => {
    expect(tree('fn f(a):\n    n: i32 = a', 'f')).toMatchInlineSnapshot(`
      "fn f(a: any) -> any
        let n: i32 = (fromAny.convert:i32 a)
        return (toAny:any nil)"
    `);
    expect(tree(classic('fn f(a):\n    n: i32 = a'), 'f')).toMatchInlineSnapshot(`
      "fn f(a: any) -> any classic
        let n: i32 = (fromAny.exact:i32 a)
        return (toAny:any nil)"
    `);
  });
});

describe('print', () => {
  test('formats are read by the compiler', () => {
    expect(tree('print("a @.2f @x @@", 1.5, 2)')).toMatchInlineSnapshot(`
      "init main.orus() -> bool
        print.modern format ["a ", @.2f, " ", @x, " @"] 1.5:f64 2:i64"
    `);
    expect(tree('s = "@"\nprint(s, 1)')).toMatchInlineSnapshot(`
      "init main.orus() -> bool
        let s: string = "@"
        print.modern s 1:i64"
    `);
    expect(tree(classic('s = "@"\nprint(s, 1)'))).toMatchInlineSnapshot(`
      "init main.orus() -> bool classic
        let s: string = "@"
        print.classic.scan s 1:i32"
    `);
    expect(tree(classic('print("a@ @b \\\\n", 1)'))).toMatchInlineSnapshot(`
      "init main.orus() -> bool classic
        print.classic format ["a", @, " @b \\n"] 1:i32"
    `);
  });
});

describe('structs', () => {
  const point = 'struct P:\n    x: i64\n    y: i64 = 2\n    z: i64 = one()\nfn one() -> i64: return 1\n';
  test('fields keep the written order of evaluation, defaults come last', () => {
    expect(tree(`${point}print(P{ x: 1 })`)).toMatchInlineSnapshot(`
      "init main.orus() -> bool
        print.modern (struct P:P 1:i64 2:i64 (call P.z:i64))"
    `);
    expect(tree(`${point}print(P{ z: one(), x: one() })`)).toMatchInlineSnapshot(`
      "init main.orus() -> bool
        print.modern (block:P
          let z: i64 = (call one:i64)
          let x: i64 = (call one:i64)
          => (struct P:P x 2:i64 z))"
    `);
  });
});

describe('automatic main', () => {
  const main = (text: string): boolean => program(text).main !== null;
  test('runs if nothing calls it', () => {
    expect(main('fn main(): print(1)')).toBe(true);
    expect(main('fn main(): print(1)\nmain()')).toBe(false);
    expect(main('fn main(): print(1)\nif true:\n    for i in 0..1: main()')).toBe(false);
    expect(main('fn main(): print(1)\nfn other(): main()')).toBe(true);
    expect(main('fn main(a): print(1)')).toBe(false);
    expect(main('if true:\n    fn main(): print(1)')).toBe(false);
    expect(main(classic('fn main(): print(1)'))).toBe(false);
    expect(main(classic('fn main() { print(1) }'))).toBe(true);
  });
});
