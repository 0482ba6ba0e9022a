/**
 * Habits from other languages: their words and signs, and what Orus says instead.
 *
 * This is the one table behind all messages of the kind "there is no `null`". The lexer looks up signs and prefixes of strings,
 * the parser what begins a statement or stands where an operator was expected, the checker names, types and members that are
 * unknown. None of these words is reserved: the tables are consulted only where a program is wrong in any case.
 */

/** What to say about a habit, and what certainly repairs it. */
export interface Habit {
  /** One line for the help of a message. */
  readonly help: string;
  /** What can stand in its place as it is. */
  readonly instead?: string;
}

const NOTHING =
  'there is no null: return an enum with a variant for it, such as `enum Maybe { None, Some(value: any) }`';
const INDENTED = 'there is no `end`: `:` opens a block, and the block is what is indented';

// ------------------------------------------------------------------------------------------------------------ signs

/** Operators that are never part of a correct program, with what the lexer reads in their place. */
export const SIGNS: Readonly<Record<string, Habit & { readonly instead: string }>> = {
  '&&': { instead: 'and', help: 'it is written `and`' },
  '||': { instead: 'or', help: 'it is written `or`' },
  '===': { instead: '==', help: 'equality is `==`, which never converts its operands' },
  '!==': { instead: '!=', help: 'inequality is `!=`, which never converts its operands' },
  '<>': { instead: '!=', help: 'inequality is written `!=`' },
  '~=': { instead: '!=', help: 'inequality is written `!=`' },
  '=<': { instead: '<=', help: 'it is written `<=`' },
  '?.': { instead: '.', help: 'there is no null, so a member is reached with `.`' },
};

/** Letters that stand directly before a string elsewhere. */
export const STRING_PREFIXES: Readonly<Record<string, string>> = {
  f: 'values go into a text with `print("... @ ...", value)`, or with `+` and `value as string`',
  r: 'write the string without `r`; a backslash is written `\\\\`',
  b: 'every string is a sequence of bytes: leave out the `b`',
  u: 'every string is UTF-8: leave out the `u`',
};

export const TEMPLATE_HELP =
  'strings stand between `"`; values go in with `print("... @ ...", value)`, or with `+` and `value as string`';

// -------------------------------------------------------------------------------------------- beginning a statement

/** How the parser reads on behind a foreign word, so that one habit is reported once. */
export type Reading =
  | 'fn'
  | 'let'
  | 'mut'
  | 'for'
  | 'pub'
  /** A struct with the fields that follow. */
  | 'struct'
  /** A loop without condition, whose body follows. */
  | 'loop'
  /** The body that follows is a block, and runs in any case. */
  | 'block'
  /** Names on the line come from elsewhere. */
  | 'import'
  /** Nothing of the line is looked at, ... */
  | 'line'
  /** ... nor of the lines that belong to it. */
  | 'construct';

export interface WordHabit extends Habit {
  readonly reading: Reading;
  /** For a construct: whether the word behind is the name of what it declares. */
  readonly declares?: boolean;
}

const FUNCTION: WordHabit = { reading: 'fn', instead: 'fn', help: 'a function begins with `fn`' };
const VARIABLE: WordHabit = { reading: 'mut', instead: 'mut', help: 'a variable begins with `mut`' };
const FIXED: WordHabit = { reading: 'let', instead: 'let', help: 'a name that never changes begins with `let`' };
const CLASS: WordHabit = {
  reading: 'construct',
  declares: true,
  help: 'there are no classes: fields go into `struct NAME:`, methods into `impl NAME:` below it',
};
const INTERFACE: WordHabit = {
  reading: 'construct',
  declares: true,
  help: 'there are no interfaces: use an enum for a choice of types, or a parameter without a type',
};
const SWITCH: WordHabit = {
  reading: 'construct',
  help: 'choose with `match VALUE:` and lines such as `1 -> ...`; `_ -> ...` is for the rest',
};
const CASE: WordHabit = { reading: 'line', help: 'inside a `match`, a case is written `PATTERN -> ...`' };
const RAISE: WordHabit = {
  reading: 'line',
  help: 'errors are not thrown: return `Result.Err("...")`, or fail with `assert_eq`',
};
const IMPORT: WordHabit = { reading: 'import', instead: 'use', help: 'modules are named with `use`' };
const PUBLIC: WordHabit = { reading: 'pub', instead: 'pub', help: 'what other files may use is marked with `pub`' };
const PLAIN: WordHabit = { reading: 'line', help: 'leave it out: a function is called like any other' };

/** The first word of a statement. Words with `instead` may be replaced by it. */
export const STATEMENT_WORDS: Readonly<Record<string, WordHabit>> = {
  def: FUNCTION,
  func: FUNCTION,
  function: FUNCTION,
  fun: FUNCTION,
  proc: FUNCTION,
  sub: FUNCTION,
  var: VARIABLE,
  local: VARIABLE,
  auto: VARIABLE,
  my: VARIABLE,
  global: { reading: 'line', help: 'a function may change the variables above it without saying so first' },
  nonlocal: { reading: 'line', help: 'a function may change the variables around it without saying so first' },
  const: FIXED,
  val: FIXED,
  final: FIXED,
  static: FIXED,
  class: CLASS,
  object: CLASS,
  interface: INTERFACE,
  trait: INTERFACE,
  protocol: INTERFACE,
  record: { reading: 'struct', instead: 'struct', help: 'a type with fields begins with `struct`' },
  data: { reading: 'struct', instead: 'struct', help: 'a type with fields begins with `struct`' },
  type: { reading: 'construct', declares: true, help: 'declare a `struct` or an `enum`; types have no other names' },
  typedef: { reading: 'line', help: 'types have no other names: declare a `struct` or an `enum`' },
  switch: SWITCH,
  select: SWITCH,
  when: SWITCH,
  case: CASE,
  default: { reading: 'line', help: 'inside a `match`, the rest is written `_ -> ...`' },
  foreach: { reading: 'for', instead: 'for', help: 'a loop over values is written `for NAME in VALUE:`' },
  loop: { reading: 'loop', help: 'a loop without condition is written `while true:`' },
  do: { reading: 'loop', help: 'write `while true:`, and `if ...: break` where the loop may end' },
  repeat: { reading: 'construct', help: 'write `while true:`, and `if ...: break` where the loop may end' },
  until: { reading: 'line', help: 'write `while true:`, and `if ...: break` where the loop may end' },
  unless: { reading: 'construct', help: 'write `if not (...):`' },
  begin: { reading: 'line', help: INDENTED },
  finally: { reading: 'block', help: 'there is no `finally`: what stands after `try` and `catch` runs in either case' },
  import: IMPORT,
  from: { reading: 'import', help: 'write `use MODULE: NAME`' },
  include: IMPORT,
  using: IMPORT,
  require: IMPORT,
  package: { reading: 'line', help: 'leave it out: a file is a module, and its name is that of the file' },
  namespace: { reading: 'line', help: 'leave it out: a file is a module, and its name is that of the file' },
  module: { reading: 'line', help: 'leave it out: a file is a module, and its name is that of the file' },
  mod: { reading: 'line', help: 'leave it out: a file is a module; others name it with `use`' },
  export: PUBLIC,
  public: PUBLIC,
  private: { reading: 'line', help: 'leave it out: what is not marked with `pub` is private' },
  throw: RAISE,
  raise: RAISE,
  yield: { reading: 'line', help: 'there are no generators: push the values to an array, or pass a function to call' },
  await: PLAIN,
  async: PLAIN,
  go: PLAIN,
  defer: { reading: 'line', help: 'put it at the end, or after a `try` and `catch`' },
  assert: { reading: 'line', help: 'write `assert_eq("what is tested", actual, expected)`' },
  del: { reading: 'line', help: 'nothing needs to be freed; `pop(array)` removes the last element' },
  delete: { reading: 'line', help: 'nothing needs to be freed; `pop(array)` removes the last element' },
  with: { reading: 'construct', help: 'there is nothing to be closed: leave it out' },
  echo: { reading: 'line', help: 'write `print(...)`' },
  puts: { reading: 'line', help: 'write `print(...)`' },
  println: { reading: 'line', help: 'write `print(...)`' },
  goto: { reading: 'line', help: "use a loop with a label: `break 'NAME` and `continue 'NAME`" },
  unsafe: { reading: 'block', help: 'leave it out: nothing here is unsafe' },
};

/** Words that other languages put behind `if`: what the parser reads them as. */
export const BRANCH_WORDS: Readonly<Record<string, 'elif' | 'catch'>> = {
  elseif: 'elif',
  elsif: 'elif',
  except: 'catch',
  rescue: 'catch',
};

// ------------------------------------------------------------------------------------------- behind an expression

/** Words and signs that are operators elsewhere, found behind a complete expression. */
export const INFIX: Readonly<Record<string, Habit>> = {
  is: { help: 'compare with `==`; the type of a value is asked with `istype(value, "string")`' },
  isnt: { help: 'compare with `!=`' },
  instanceof: { help: 'ask with `istype(value, "string")`, or use an enum and `match`' },
  in: { help: '`in` stands only in a `for`; look for a value in a loop of your own' },
  not: { help: 'put `not` before the whole comparison: `not (...)`' },
  then: { instead: ':', help: INDENTED },
  do: { instead: ':', help: INDENTED },
  eq: { instead: '==', help: 'equality is written `==`' },
  ne: { instead: '!=', help: 'inequality is written `!=`' },
  xor: { help: 'for bools write `!=`, for bits `^`' },
  mod: { instead: '%', help: 'the rest of a division is written `%`' },
  div: { instead: '/', help: 'division of whole numbers is written `/`' },
  unless: { help: 'write `if not (...):` before it' },
  step: { help: 'a step is the third part of a range: `start..end..step`' },
  by: { help: 'a step is the third part of a range: `start..end..step`' },
  to: { help: 'a range is written `start..end`' },
  '=>': { help: 'a function as a value is written `fn(x): ...`; "greater or equal" is `>=`' },
  '->': { help: 'a function as a value is written `fn(x): ...`' },
  for: { help: 'there are no comprehensions: begin with `[]` and `push` in a loop' },
};

// ------------------------------------------------------------------------------------------------------------ names

const TEXT = 'convert to text with `value as string`';
const TO_INT = 'read a whole number from a text with `int(text)`, convert a number with `value as i64`';
const TO_FLOAT = 'read a number from a text with `float(text)`, convert a number with `value as f64`';
const PRINT: Habit = { instead: 'print', help: 'write `print(...)`' };
const MEMBER_PRINT: Habit = { help: 'write `print(...)`' };
const NO_TEXTS: Habit = { help: 'there are no functions for texts but `len`, `+`, `text[i]` and `text[i..j]`' };
const MATHS: Habit = { help: 'there is no library of mathematics: write the function that you need' };
const WRITE_LOOP: Habit = { help: 'write a `for` loop' };
export const NO_TABLE_HELP = 'there are no dictionaries: use a struct, or an array of structs';
const NO_TABLE: Habit = { help: NO_TABLE_HELP };
const RESULT = 'variants are written with their enum: `Result.Ok(...)`, `Result.Err("...")`';
const MAYBE: Habit = {
  help: 'declare an enum for it, such as `enum Maybe { None, Some(value: any) }`; then write `Maybe.Some(1)`',
};
const LEAVE: Habit = { help: 'a `return` outside of functions ends the program' };
const FAIL: Habit = { help: 'errors are not thrown: return `Result.Err("...")`, or fail with `assert_eq`' };

/** Names that are not defined. */
export const NAMES: Readonly<Record<string, Habit>> = {
  null: { help: NOTHING },
  nil: { help: NOTHING },
  None: { help: NOTHING },
  NULL: { help: NOTHING },
  nullptr: { help: NOTHING },
  undefined: { help: NOTHING },
  NaN: { help: 'there is no literal for it; such values only come out of computations' },
  Infinity: { help: 'there is no literal for it; use a large number such as `1e308`' },
  True: { instead: 'true', help: 'write `true`' },
  False: { instead: 'false', help: 'write `false`' },
  TRUE: { instead: 'true', help: 'write `true`' },
  FALSE: { instead: 'false', help: 'write `false`' },
  this: { instead: 'self', help: 'it is called `self`, and is the first parameter of the method' },
  println: PRINT,
  printf: PRINT,
  puts: PRINT,
  echo: PRINT,
  console: MEMBER_PRINT,
  fmt: MEMBER_PRINT,
  System: MEMBER_PRINT,
  io: MEMBER_PRINT,
  sprintf: { help: 'join strings with `+`, and convert values with `as string`' },
  format: { help: 'join strings with `+`, and convert values with `as string`' },
  str: { help: TEXT },
  String: { help: TEXT },
  string: { help: TEXT },
  tostring: { help: TEXT },
  parseInt: { instead: 'int', help: TO_INT },
  parseFloat: { instead: 'float', help: TO_FLOAT },
  Number: { help: TO_FLOAT },
  tonumber: { help: TO_FLOAT },
  bool: { help: 'convert with `value as bool`' },
  i32: { help: 'convert with `value as i32`' },
  i64: { help: 'convert with `value as i64`' },
  u32: { help: 'convert with `value as u32`' },
  u64: { help: 'convert with `value as u64`' },
  f64: { help: 'convert with `value as f64`' },
  chr: { help: 'there is no such function; a string can be indexed: `"abc"[0]`' },
  ord: { help: 'there is no such function; strings compare with `<` and `==`' },
  length: { instead: 'len', help: 'the length is `len(x)`' },
  size: { instead: 'len', help: 'the length is `len(x)`' },
  count: { instead: 'len', help: 'the length is `len(x)`' },
  strlen: { instead: 'len', help: 'the length is `len(x)`' },
  append: { instead: 'push', help: 'write `push(array, value)`' },
  insert: { help: 'write `push(array, value)` to add at the end' },
  remove: { help: '`pop(array)` removes the last element' },
  sort: { help: '`sorted(array)` makes a sorted copy' },
  reversed: { help: 'go through it backwards: `for i in len(a) - 1..=0..-1:`' },
  enumerate: { help: 'go through the positions: `for i in 0..len(a):`' },
  zip: { help: 'go through the positions: `for i in 0..len(a):`' },
  map: WRITE_LOOP,
  filter: WRITE_LOOP,
  reduce: WRITE_LOOP,
  any: WRITE_LOOP,
  all: WRITE_LOOP,
  sum: WRITE_LOOP,
  max: { help: 'compare with `a if a > b else b`, or in a `for` loop' },
  min: { help: 'compare with `a if a < b else b`, or in a `for` loop' },
  abs: { help: 'write `-x if x < 0 else x`' },
  dict: NO_TABLE,
  Map: NO_TABLE,
  HashMap: NO_TABLE,
  set: NO_TABLE,
  Set: NO_TABLE,
  list: { help: 'an array is written `[1, 2, 3]`, an empty one `[]`' },
  Array: { help: 'an array is written `[1, 2, 3]`, one of a given length `[0; length]`' },
  tuple: { help: 'use a struct, or an array if all values have one type' },
  Math: MATHS,
  math: MATHS,
  pow: MATHS,
  sqrt: MATHS,
  floor: { help: 'cut the fraction off with `x as i64`' },
  round: { help: 'for a positive number write `(x + 0.5) as i64`; to print it, `print("@.2f", x)`' },
  type: { instead: 'typeof', help: 'ask with `typeof(value)`' },
  isinstance: { help: 'ask with `istype(value, "string")`' },
  require: { help: 'modules are named with `use` at the top level of a file' },
  readline: { instead: 'input', help: 'a line is read with `input()`' },
  prompt: { instead: 'input', help: 'a line is read with `input("prompt")`' },
  time: { help: '`timestamp()` gives seconds of a clock for measuring' },
  clock: { instead: 'timestamp', help: '`timestamp()` gives seconds of a clock for measuring' },
  os: LEAVE,
  sys: LEAVE,
  process: LEAVE,
  exit: LEAVE,
  quit: LEAVE,
  assert: { help: 'write `assert_eq("what is tested", actual, expected)`' },
  panic: FAIL,
  error: FAIL,
  Error: FAIL,
  Exception: FAIL,
  Some: MAYBE,
  Nothing: MAYBE,
  Ok: { instead: 'Result.Ok', help: RESULT },
  Err: { instead: 'Result.Err', help: RESULT },
  vec: { help: 'an array is written `[1, 2, 3]`' },
  Vec: { help: 'an array is written `[1, 2, 3]`, an empty one `[]`' },
  end: { help: INDENTED },
  endif: { help: INDENTED },
  fi: { help: INDENTED },
  done: { help: INDENTED },
  repeat: { help: 'write `while true:`, and `if ...: break` where the loop may end' },
};

// ------------------------------------------------------------------------------------------------------------ types

/** Types that are called otherwise here; without `instead` there is no such type. */
export const TYPES: Readonly<Record<string, Habit>> = {
  int: type('i64'),
  integer: type('i64'),
  Int: type('i64'),
  long: type('i64'),
  int64: type('i64'),
  isize: type('i64'),
  int32: type('i32'),
  short: type('i32'),
  int16: type('i32'),
  int8: type('i32'),
  i16: type('i32'),
  i8: type('i32'),
  uint: type('u64'),
  uint64: type('u64'),
  usize: type('u64'),
  uint32: type('u32'),
  u16: type('u32'),
  u8: type('u32'),
  byte: type('u32'),
  float: type('f64'),
  double: type('f64'),
  number: type('f64'),
  Number: type('f64'),
  float64: type('f64'),
  float32: type('f64'),
  f32: type('f64'),
  boolean: type('bool'),
  Bool: type('bool'),
  String: type('string'),
  text: type('string'),
  char: type('string'),
  rune: type('string'),
  None: type('void'),
  null: type('void'),
  unit: type('void'),
  Any: type('any'),
  unknown: type('any'),
  object: type('any'),
  Object: type('any'),
  list: { help: 'the type of an array is written `[i64]`' },
  List: { help: 'the type of an array is written `[i64]`' },
  array: { help: 'the type of an array is written `[i64]`' },
  Array: { help: 'the type of an array is written `[i64]`' },
  Vec: { help: 'the type of an array is written `[i64]`' },
  tuple: { help: 'use a struct, or an array if all values have one type' },
  dict: NO_TABLE,
  Dict: NO_TABLE,
  Map: NO_TABLE,
  map: NO_TABLE,
  HashMap: NO_TABLE,
  set: NO_TABLE,
  function: { help: 'the type of a function is written `fn(i64) -> i64`' },
  Function: { help: 'the type of a function is written `fn(i64) -> i64`' },
  Callable: { help: 'the type of a function is written `fn(i64) -> i64`' },
  func: { help: 'the type of a function is written `fn(i64) -> i64`' },
  Option: { help: 'declare an enum for a value that may be missing: `enum Maybe { None, Some(value: any) }`' },
  Optional: { help: 'declare an enum for a value that may be missing: `enum Maybe { None, Some(value: any) }`' },
  Self: { help: 'write the name of the struct' },
  T: { help: 'functions have no type parameters: leave out the type, and the parameter takes any value' },
};

const PRIMITIVES: ReadonlySet<string> = new Set(['i32', 'i64', 'u32', 'u64', 'f64', 'bool', 'string', 'str', 'any']);

/** Whether a word is a type here or elsewhere. */
export function isTypeName(word: string): boolean {
  return PRIMITIVES.has(word) || habitOf(TYPES, word) !== undefined;
}

function type(instead: string): Habit {
  return { instead, help: `the type is called \`${instead}\`` };
}

// ---------------------------------------------------------------------------------------------------------- members

/**
 * Fields and methods that arrays, strings and numbers have elsewhere. In `instead`, `$` stands for the value before the point
 * and `@` for the arguments, if there are any; it is an edit only where their number fits.
 */
export const MEMBERS: Readonly<Record<string, Habit>> = {
  length: { instead: 'len($)', help: 'the length is `len(x)`' },
  len: { instead: 'len($)', help: 'the length is `len(x)`' },
  size: { instead: 'len($)', help: 'the length is `len(x)`' },
  count: { instead: 'len($)', help: 'the length is `len(x)`' },
  push: { instead: 'push($, @)', help: 'elements are added with `push(array, value)`' },
  append: { instead: 'push($, @)', help: 'elements are added with `push(array, value)`' },
  add: { instead: 'push($, @)', help: 'elements are added with `push(array, value)`' },
  push_back: { instead: 'push($, @)', help: 'elements are added with `push(array, value)`' },
  pop: { instead: 'pop($)', help: 'the last element is removed with `pop(array)`' },
  insert: { help: '`push(array, value)` adds at the end' },
  remove: { help: '`pop(array)` removes the last element' },
  shift: { help: '`pop(array)` removes the last element' },
  extend: { help: 'push the elements in a loop' },
  sort: { help: '`sorted(array)` makes a sorted copy: `xs = sorted(xs)`' },
  sorted: { instead: 'sorted($)', help: '`sorted(array)` makes a sorted copy' },
  reverse: { help: 'go through it backwards: `for i in len(a) - 1..=0..-1:`' },
  slice: { help: 'a part is written `x[start..end]`' },
  substring: { help: 'a part is written `x[start..end]`' },
  substr: { help: 'a part is written `x[start..end]`' },
  charAt: { instead: '$[@]', help: 'a byte is written `text[i]`' },
  first: { instead: '$[0]', help: 'the first element is `x[0]`' },
  last: { help: 'the last element is `x[len(x) - 1]`' },
  concat: { help: 'join strings with `+`; push the elements of an array in a loop' },
  join: { help: 'join strings with `+` in a loop' },
  is_empty: { instead: 'len($) == 0', help: 'compare the length: `len(x) == 0`' },
  isEmpty: { instead: 'len($) == 0', help: 'compare the length: `len(x) == 0`' },
  clone: { help: '`array[..]` is a copy of an array; other values need none' },
  copy: { help: '`array[..]` is a copy of an array; other values need none' },
  iter: { instead: '$', help: 'a `for` goes through an array as it is' },
  toString: { instead: '($ as string)', help: TEXT },
  to_string: { instead: '($ as string)', help: TEXT },
  String: { instead: '($ as string)', help: TEXT },
  to_i: { instead: 'int($)', help: TO_INT },
  parse: { instead: 'int($)', help: TO_INT },
  toFixed: { help: 'decimals are a matter of printing: `print("@.2f", x)`' },
  map: WRITE_LOOP,
  filter: WRITE_LOOP,
  forEach: WRITE_LOOP,
  reduce: WRITE_LOOP,
  find: WRITE_LOOP,
  index: WRITE_LOOP,
  indexOf: WRITE_LOOP,
  includes: WRITE_LOOP,
  contains: WRITE_LOOP,
  split: NO_TEXTS,
  trim: NO_TEXTS,
  strip: NO_TEXTS,
  upper: NO_TEXTS,
  lower: NO_TEXTS,
  toUpperCase: NO_TEXTS,
  toLowerCase: NO_TEXTS,
  replace: NO_TEXTS,
  startswith: NO_TEXTS,
  startsWith: NO_TEXTS,
  endswith: NO_TEXTS,
  endsWith: NO_TEXTS,
  sqrt: MATHS,
  abs: MATHS,
  pow: MATHS,
  keys: NO_TABLE,
  values: NO_TABLE,
  items: NO_TABLE,
  get: { help: 'an element is written `x[i]`' },
  unwrap: { help: 'take it apart with `match`' },
  format: { help: 'values go into a text with `print("... @ ...", value)`, or with `+` and `value as string`' },
};

/** The habit behind a word, if it is one; safe for words such as `constructor`. */
export function habitOf<H extends Habit>(table: Readonly<Record<string, H>>, word: string): H | undefined {
  return Object.hasOwn(table, word) ? table[word] : undefined;
}
