/**
 * Writes large programs to measure compilers with: `compileSource(50_000)` is the text of an Orus program of about that many
 * lines, the same every time. `node tools/bench/compile-source.mjs [LINES]` prints it.
 *
 * The program is a sequence of *units* such as people write: structs with methods, enums with matches, numeric loops, text
 * building, closures, error handling, arrays, a few functions without types. Units call functions of earlier ones. The program runs too:
 * `main` leads to every unit, each of which ends after little work, so nothing can be left out as never called.
 */
import { pathToFileURL } from 'node:url';

/** xorshift32: numbers that are the same everywhere. */
function randomFrom(seed) {
  let state = seed;
  return (bound) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % bound;
  };
}

const WORDS = [
  ...['account', 'balance', 'buffer', 'channel', 'cursor', 'depth', 'entry', 'factor', 'height', 'index', 'journal'],
  ...['kernel', 'ledger', 'margin', 'number', 'offset', 'parcel', 'queue', 'record', 'sample', 'ticket', 'update'],
  ...['vector', 'weight', 'yield', 'zone'],
];

/** Functions that make more calls than this are not called. */
const MAX_CALLS = 500;

/** What a unit may use: names of functions from earlier units by signature, and small choices. */
class Writer {
  #random;
  /** What the current unit defined last: of type fn(i64) -> i64, and it leads to the unit's other functions. */
  last = '';
  /** Functions of type fn(i64) -> i64 that are cheap enough to be called by others. */
  numeric = ['identity'];
  /** About how many calls the current unit makes; and the functions of earlier units. */
  #spent = 0;
  #costs = new Map();
  /** The same for functions of type fn(string) -> string. */
  textual = ['shout'];

  constructor(seed) {
    this.#random = randomFrom(seed);
  }

  below(bound) {
    return this.#random(bound);
  }
  pick(list) {
    return list[this.below(list.length)];
  }
  word() {
    return this.pick(WORDS);
  }
  /** A function to call. Prefers what was written lately, so that calls do not all lead to the same few. */
  callee(list) {
    const name = list[list.length - 1 - this.below(Math.min(list.length, 40))];
    this.#spent += this.#costs.get(name) ?? 1;
    return name;
  }
  /** Adds a function that the current unit has defined, unless calling it would take too long. */
  define(list, name) {
    this.last = name;
    const cost = 1 + 8 * this.#spent;
    if (cost <= MAX_CALLS || list.length < 2) list.push(name);
    this.#costs.set(name, cost);
    this.#spent = cost;
  }
  beginUnit() {
    this.#spent = 0;
  }

  /** An i64 expression over the variables; small enough not to overflow. */
  integer(names, depth = 2) {
    if (depth === 0 || this.below(4) === 0) return this.below(3) === 0 ? String(this.below(100)) : this.pick(names);
    const operand = () => this.integer(names, depth - 1);
    switch (this.below(6)) {
      case 0:
        return `(${operand()} % ${2 + this.below(97)})`;
      case 1:
        return `(${operand()} & ${(1 << (1 + this.below(10))) - 1})`;
      case 2:
        return `${this.callee(this.numeric)}(${operand()} % ${10 + this.below(90)})`;
      case 3:
        return `(${operand()} - ${operand()})`;
      default:
        return `(${operand()} + ${operand()})`;
    }
  }
}

const UNITS = [
  function numericLoop(w, id) {
    const [a, b] = [`${w.word()}_sum`, `${w.word()}_last`];
    const name = `fold_${id}`;
    const text = `
// Folds the numbers below n.
fn ${name}(n: i64) -> i64:
    mut ${a} = ${w.below(50)}
    mut ${b}: i64 = 1
    for i in 0..n % ${3 + w.below(5)}:
        if i % ${2 + w.below(5)} == ${w.below(2)}:
            ${a} += ${w.integer(['i', 'n', b])} % 1000
        elif ${a} > ${100 + w.below(900)} and ${b} != i:
            ${a} = ${a} / 2
            continue
        else:
            ${b} = (${w.integer([a, 'i'])}) % ${10 + w.below(80)}
        if ${a} < -${1000 + w.below(1000)}: break
    while ${a} > ${5000 + w.below(5000)}:
        ${a} = ${a} / 3
    return (${a} + ${b}) % 1000
`;
    w.define(w.numeric, name);
    return text;
  },

  function structWithMethods(w, id) {
    const name = `Point${id}`;
    const [x, y, label] = [`${w.word()}_x`, `${w.word()}_y`, `${w.word()}_name`];
    const text = `
struct ${name}:
    ${x}: i64
    ${y}: f64 = ${w.below(100)}.5
    ${label}: string = "${w.word()}"
    children: [${name}] = []

impl ${name}:
    fn new(${x}: i64) -> ${name}:
        return ${name}{ ${x}: ${x}, ${y}: 0.25 }

    fn area(self) -> f64:
        mut total = self.${y} * ${w.below(9)}.75
        for child in self.children:
            total += child.${y} / 2.0
        return total

    fn step(self, by: i64) -> i64:
        self.${x} += by % ${7 + w.below(20)}
        if self.${x} > ${100 + w.below(100)}:
            self.${x} -= ${w.below(90)}
            self.${label} = self.${label} + "!"
        return self.${x}

    fn describe(self) -> string:
        return self.${label} + "(" + (self.${x} as string) + ")"

fn use_point_${id}(n: i64) -> i64:
    point = ${name}.new(n)
    push(point.children, ${name}{ ${x}: ${w.below(40)}, ${y}: 2.5, ${label}: "child" })
    point.step(${w.integer(['n'])})
    size = point.area()
    if size > ${w.below(20)}.0: return point.step(1) % 100
    return len(point.describe()) + ${w.below(10)}
`;
    w.define(w.numeric, `use_point_${id}`);
    return text;
  },

  function enumWithMatch(w, id) {
    const name = `Event${id}`;
    const text = `
enum ${name}:
    Key(code: i64, shifted: bool)
    Text(string)
    Pair(left: i64, right: i64)
    Quit

fn handle_${id}(event: ${name}, level: i64) -> i64:
    match event:
        ${name}.Key(code, shifted) ->
            if shifted: return code + ${w.below(30)}
            return code - level
        ${name}.Text(text) -> return len(text) * ${1 + w.below(4)}
        ${name}.Pair(left, right) ->
            mut best = left
            if right > best: best = right
            return best % ${10 + w.below(50)}
        ${name}.Quit -> return -1

fn events_${id}(n: i64) -> i64:
    queue = [${name}.Key(n % 7, n > 3), ${name}.Text("${w.word()}"), ${name}.Pair(${w.integer(['n'])}, n), ${name}.Quit]
    mut total = 0
    for event in queue:
        amount = handle_${id}(event, ${w.below(9)})
        total += amount % 100
    kind = match n % ${3 + w.below(3)}:
        0 -> "${w.word()}"
        1 | 2 -> "${w.word()}s"
        _ -> "${w.word()}"
    return total + len(kind)
`;
    w.define(w.numeric, `events_${id}`);
    return text;
  },

  function textBuilding(w, id) {
    const name = `join_${id}`;
    const text = `
fn ${name}(line: string) -> string:
    mut result = ""
    mut count = 0
    for c in line + "${w.word()} ${w.word()}":
        if c == " " or c == ",":
            if result != "": result += "-"
            count += 1
        elif count < ${4 + w.below(8)}:
            result = result + c
    if count % 2 == ${w.below(2)}: result = ${w.callee(w.textual)}(result[..len(result) % 9])
    return result + (count as string)   // ${w.word()} of ${w.word()}

fn width_${id}(n: i64) -> i64:
    text = ${name}("${w.word()}, ${w.word()}" + (n as string))
    if len(text) > ${6 + w.below(9)} and text[0] != "x":
        return len(text) - ${w.below(5)}
    return n % ${5 + w.below(9)}
`;
    w.define(w.textual, name);
    w.define(w.numeric, `width_${id}`);
    return text;
  },

  function closures(w, id) {
    const name = `apply_${id}`;
    const text = `
fn ${name}(items: [i64], f: fn(i64) -> i64) -> [i64]:
    result: [i64] = []
    for item in items:
        push(result, f(item))
    return result

fn counter_${id}(n: i64) -> i64:
    mut calls = 0
    bump = fn(by: i64) -> i64:
        calls += 1
        return by + calls * ${1 + w.below(5)}
    doubled = ${name}([n, ${w.below(30)}, ${w.integer(['n'])}], fn(x: i64) -> i64: x * 2)
    bumped = ${name}(doubled, bump)
    mut best = bumped[0]
    for value in sorted(bumped):
        if value > best: best = value
    return (best + calls) % ${50 + w.below(50)}
`;
    w.define(w.numeric, `counter_${id}`);
    return text;
  },

  function errors(w, id) {
    const name = `checked_${id}`;
    const text = `
fn parse_${id}(text: string, fallback: i64) -> i64:
    try:
        value = int(text)
        if value > ${100 + w.below(900)}: return value % 100
        return value
    catch problem:
        print("not a number:", text, problem)
        return fallback

fn ${name}(n: i64) -> i64:
    table = [${w.below(9)}, ${w.below(9)}, ${w.below(9)}, n]
    mut failures = 0
    for i in 0..${4 + w.below(3)}:
        try:
            table[i] = table[i] + parse_${id}("${w.below(2) === 0 ? w.below(100) : w.word()}", i)
        catch:
            failures += 1
    quotient = ${w.integer(['n', 'failures'])}
    return quotient % 1000 + failures
`;
    w.define(w.numeric, name);
    return text;
  },

  function arrays(w, id) {
    const name = `sieve_${id}`;
    const text = `
fn ${name}(n: i64) -> i64:
    size = n % ${6 + w.below(6)} + 3
    marks = [false; size]
    grid: [[i64]] = []
    for row in 0..3:
        cells: [i64] = []
        for column in 0..size:
            push(cells, row * ${1 + w.below(9)} + column)
            if (row + column) % ${2 + w.below(3)} == 0:
                marks[column] = not marks[column]
        push(grid, cells)
    mut total = 0
    for row in grid:
        for cell in row[1..]:
            total += cell if cell % 2 == 0 else -cell
    a, b = grid[0][1], grid[2][size - 1]
    for mark in marks:
        if mark: total += a - b
    return total % ${100 + w.below(100)}
`;
    w.define(w.numeric, name);
    return text;
  },

  function floats(w, id) {
    const name = `curve_${id}`;
    const text = `
fn slope_${id}(x: f64, y: f64) -> f64:
    dx = x * ${w.below(9)}.125 - y
    dy = y + ${w.below(50)}.5 * (x - ${w.below(5)}.0)
    if dx * dx + dy * dy > ${w.below(100)}.0 or x < 0.0:
        return dx / (1.0 + dy * dy)
    return dy - dx / 3.0

fn ${name}(n: i64) -> i64:
    mut x = n as f64
    mut steps = 0
    while steps < ${3 + w.below(6)} and x < 1e6:
        x = slope_${id}(x, ${w.below(20)}.75) + 0.5
        steps += 1
    if x > 10.0: return steps
    return steps * ${w.below(9)} + (n % 10)
`;
    w.define(w.numeric, name);
    return text;
  },

  function untyped(w, id) {
    const name = `choose_${id}`;
    const text = `
fn ${name}(first, items):
    if len(items) > ${w.below(3)}:
        return items[0]
    return first

fn chosen_${id}(n: i64) -> i64:
    number = ${name}(n, [${w.below(100)}, n, 3])
    word = ${name}("${w.word()}", ["${w.word()}"])
    if typeof(word) == "string":
        return number % 100
    return ${w.integer(['n'])} % 100
`;
    w.define(w.numeric, `chosen_${id}`);
    return text;
  },

  function braces(w, id) {
    const name = `walk_${id}`;
    const text = `
fn ${name}(n: i64) -> i64 {
    let mut at = n % ${10 + w.below(10)}
    let step = ${1 + w.below(4)}
    for i in 0..${2 + w.below(4)} {
        if at > ${w.below(40)} {
            at = at - step * i
        } else {
            at = at + ${w.integer(['i', 'step'])} % 50
        }
    }
    return at
}
`;
    w.define(w.numeric, name);
    return text;
  },
];

/** How many units a function in front of `main` calls. */
const GROUP = 20;

/** The text of a program of about `lines` lines. */
export function compileSource(lines, seed = 20_260_721) {
  const w = new Writer(seed);
  const parts = [
    '// A large program, written by tools/bench/compile-source.mjs.\n\n',
    'fn identity(n: i64) -> i64: n\n\nfn shout(text: string) -> string: text + "!"\n',
  ];
  let written = 6;
  /** Lines of `main`, and the calls of units since the last of them. */
  const main = [];
  let calls = [];
  const group = () => {
    const name = `group_${main.length}`;
    parts.push(`\nfn ${name}():\n`, ...calls);
    main.push(`    ${name}()\n`);
    written += 3;
    calls = [];
  };
  for (let id = 0; written < lines; id++) {
    const unit = id < UNITS.length ? UNITS[id] : w.pick(UNITS);
    w.beginUnit();
    const text = unit(w, id);
    parts.push(text);
    calls.push(`    print("${w.last}", ${w.last}(${w.below(100)}))\n`);
    written += text.split('\n').length;
    if (calls.length === GROUP) group();
  }
  if (calls.length > 0) group();
  parts.push('\nfn main():\n', ...main);
  return parts.join('');
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  process.stdout.write(compileSource(Number(process.argv[2] ?? 50_000)));
