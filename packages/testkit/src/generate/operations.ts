/**
 * Programs that do every operation with every value, or every pair of values, of which nothing is known before they run: results, types
 * and messages are printed, so that engines that disagree anywhere print other texts.
 */
import type { EditionName } from './context.ts';

/** What is declared in front, in both editions. */
const DECLARATIONS = `
struct Point:
    x: i32
    name: string
struct Box:
    value: any
impl Box:
    fn get(self): return self.value
    fn plus(self, n): return self.value + n
enum Event:
    Idle
    Key(code: i64, name: string)
    Other(value: any)
enum Unlike:
    Idle
fn next(n): return n + 1
fn sum(a: i64, b: i64) -> i64: return a + b
fn nothing(): pass
fn caught():
    try: [1, 2, ][9]
    catch problem: return problem
fn filled(x, count):
    if typeof(count) == "i32" or typeof(count) == "u32":
        if count > 100: return "too many"
    return [x; count]
fn looped(x):
    mut labels = ""
    mut n = 0
    for each in x:
        n += 1
        if n > 4: break
        labels = labels + typeof(each)
    return labels
fn counted(x, y):
    mut n = 0
    for i in x..y:
        n += 1
        if n > 4: break
    return n
fn stepped(x, y):
    mut n = 0
    for i in 1..x..y:
        n += 1
        if n > 4: break
    return n
fn while_it_holds(x):
    mut n = 0
    while x:
        n += 1
        if n > 2: break
    return n
fn first_of(x):
    a, b = x
    return a
fn name_of(x):
    match x:
        1 -> return "one"
        "a" -> return "a"
        1.5 -> return "1.5"
        true -> return "true"
        _ -> return "other"
fn variant_of(x):
    match x:
        Event.Idle -> return "idle"
        Event.Key(code, name) -> return name
        Event.Other(value) -> return value
fn there_and_back(x, y):
    mut r = x
    r += y
    r -= y
    return r
fn stored(x, y):
    c = x[..]
    push(c, y)
    c[0] = y
    push(c, c[1])
    return c
fn together(x, y):
    a = [x, ]
    push(a, y)
    a[0] = y
    push(a, x)
    return a
fn counted_up(x, y):
    c = x[..]
    c[0] += y
    return c
fn renamed(x, y):
    x.name = y
    return x
fn held(x, y):
    b = Box{ value: x }
    b.value += y
    return b
`;

/** Made anew whenever one is wanted, since operations change them. */
const VALUES = [
  ...['0i32', '1i32', '-1i32', '2147483647i32', '(-2147483647i32 - 1i32)'],
  ...['0i64', '3i64', '-3i64', '9223372036854775807i64', '(-9223372036854775807i64 - 1i64)', '281474976710656i64'],
  ...['0u32', '2u32', '4294967295u32', '0u64', '3u64', '18446744073709551615u64'],
  ...[
    '0.0',
    '-0.0',
    '1.0',
    '1.5',
    '-1e300',
    '(1e300 * 1e300)',
    '(1e300 * 1e300 - 1e300 * 1e300)',
    '9007199254740993.0',
  ],
  ...['true', 'false', '""', '"a"', '"é€"', '" 42 "', '"1.5"', '"i64"'],
  ...[
    '[3i32, 1i32, 2i32, ]',
    '[1.5, 0.5, -0.0]',
    '["b", "a"]',
    '[[1i64], [2i64, 3i64, 4i64]]',
    '[9u64, 8u64, 7u64]',
    '[]',
  ],
  ...['Point{ x: 1i32, name: "q" }', 'Box{ value: 5i64 }', 'Event.Idle', 'Event.Key(1i64, "z")', 'Event.Other(2i32)'],
  ...['Unlike.Idle', 'next', 'sum', 'nothing()', 'range(1i64, 4i64)', 'caught()'],
];

const TYPES = [
  ...['i32', 'i64', 'u32', 'u64', 'f64', 'bool', 'string', '[i64]', '[f64]', '[any]', '[[i64]]', 'Point', 'Event'],
  'fn(i64) -> i64',
];

/** An expression of `x`, or of `x` and `y`. */
interface Operations {
  readonly both: readonly string[];
  /** Of the 2026 edition only. */
  readonly modern: readonly string[];
}

const UNARY: Operations = {
  both: [
    ...[
      '-x',
      'not x',
      'x()',
      'x(1)',
      'x(1, 2)',
      'x.x',
      'x.name',
      'x.value',
      'x.get()',
      'x.plus(2)',
      'x.value.x',
      'x[0]',
    ],
    ...['len(x)', 'int(x)', 'float(x)', 'typeof(x)', 'sorted(x)', 'pop(x)', 'push(x, 1)', 'push(x, "s")', 'range(x)'],
    ...['x as i32', 'x as i64', 'x as u32', 'x as u64', 'x as f64', 'x as bool', 'x as string', 'istype(x, "i64")'],
    ...[
      'x + 1',
      '3 * x',
      '10 - x',
      '7 / x',
      'x % 4',
      'x + 1.5',
      '"s" + x',
      'x < 2',
      'x == 1',
      'x == "a"',
      'x == nothing()',
    ],
    ...[
      'x and true',
      'false or x',
      '(1 if x else 2)',
      '(true ? x : 1)',
      'x matches Event.Key(1, _)',
      'x matches Event.Idle',
    ],
    ...['x[1..]', 'x[..1]', 'x[..]', 'filled(0, x)', 'assert_eq("l", x, 1)', 'assert_eq(x, 1, 2)', 'Event.Key(x, "w")'],
    ...['Box{ value: x }', 'Point{ x: x, name: "d" }', 'looped(x)', 'while_it_holds(x)', 'first_of(x)', 'name_of(x)'],
    'variant_of(x)',
    ...TYPES.flatMap((_, i) => [`taken${i}(x)`, `given${i}(x)`, `element${i}(x)`, `appended${i}(x)`]),
  ],
  modern: ['~x', 'x << 1', '1 << x', 'x[0..2]', 'x[0..=0]'],
};

const BINARY: Operations = {
  both: [
    ...['x + y', 'x - y', 'x * y', 'x / y', 'x % y', 'x == y', 'x != y', 'x < y', 'x <= y', 'x > y', 'x >= y'],
    ...['x and y', 'x or y', 'x matches y', 'x[y]', 'x[y..]', 'x[..y]', 'filled(x, y)', 'x(y)', '(x if y else 0)'],
    ...[
      'range(x, y)',
      'assert_eq("l", x, y)',
      'istype(x, y)',
      'counted(x, y)',
      'stepped(x, y)',
      'there_and_back(x, y)',
    ],
    ...['stored(x, y)', 'together(x, y)', 'counted_up(x, y)', 'renamed(x, y)', 'held(x, y)'],
  ],
  modern: ['x & y', 'x | y', 'x ^ y', 'x << y', 'x >> y', 'x[y..2]', 'x[0..=y]'],
};

/** Operations of two values in one program: as many as compile fast. */
const AT_ONCE = 8;

export function operationPrograms(edition: EditionName): string[] {
  const pick = ({ both, modern }: Operations): string[] => (edition === '2026' ? [...both, ...modern] : [...both]);
  const binary = pick(BINARY);
  const programs = [program(edition, pick(UNARY), ['x'])];
  for (let i = 0; i < binary.length; i += AT_ONCE)
    programs.push(program(edition, binary.slice(i, i + AT_ONCE), ['x', 'y']));
  return programs;
}

function program(edition: EditionName, operations: readonly string[], names: readonly string[]): string {
  const lines = [`// edition: ${edition}`, DECLARATIONS, ...(names.length === 1 ? TYPES.map(places) : [])];
  lines.push('fn value(number: i32):', '    match number:');
  for (const [i, value] of VALUES.entries()) lines.push(`        ${i} -> return ${value}`);
  for (const [i, text] of operations.entries()) lines.push(...run(i, text, names));
  return `${lines.join('\n')}\n`;
}

/** A value of unknown type at places of a type. */
function places(type: string, i: number): string {
  return `fn taken${i}(v: ${type}): return v
fn given${i}(v) -> ${type}: return v
fn element${i}(v):
    a: [${type}] = v
    return a[0]
fn appended${i}(v):
    a: [${type}] = []
    push(a, v)
    push(a, v)
    a[0] = v
    return a`;
}

/** An operation as a function, which finds out nothing about its operands, and what it does with all of them. */
function run(id: number, operation: string, names: readonly string[]): string[] {
  const counters = names.map((_, at) => (at === 0 ? 'i' : 'j'));
  const inner = '    '.repeat(names.length);
  return [
    `fn operation${id}(${names.join(', ')}): return ${operation}`,
    ...counters.map((counter, at) => `${'    '.repeat(at)}for ${counter} in 0i32..${VALUES.length}:`),
    `${inner}try:`,
    `${inner}    r = operation${id}(${counters.map((counter) => `value(${counter})`).join(', ')})`,
    `${inner}    print(${id}, ${counters.join(', ')}, typeof(r), r)`,
    ...(names.length === 1 ? [`${inner}    print("@x @b @.3f @", r, r, r, r)`] : []),
    `${inner}catch problem:`,
    `${inner}    print(${id}, ${counters.join(', ')}, typeof(problem))`,
  ];
}
