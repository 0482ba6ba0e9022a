/**
 * What `:doc` and completion say about the functions that every program can call (section 15).
 */
export interface BuiltinDoc {
  readonly name: string;
  readonly signature: string;
  readonly doc: string;
}

export const BUILTIN_DOCS: readonly BuiltinDoc[] = [
  {
    name: 'print',
    signature: 'print(value, ...)',
    doc: 'Writes the values, separated by spaces, and a newline. A string literal in first place is a format: @ inserts the next value, @.2f, @x, @X, @o, @b format it.',
  },
  { name: 'len', signature: 'len(x) -> i64', doc: 'Length of an array, or of a string in bytes.' },
  { name: 'push', signature: 'push(array, value)', doc: 'Appends the value to the array and gives the same array.' },
  { name: 'pop', signature: 'pop(array)', doc: 'Removes the last element and gives it; fails on an empty array.' },
  { name: 'sorted', signature: 'sorted(array)', doc: 'A new array with the elements in ascending order; stable.' },
  {
    name: 'range',
    signature: 'range(stop), range(start, stop), range(start, stop, step)',
    doc: 'An iterator of i64 values that can be used once.',
  },
  {
    name: 'input',
    signature: 'input(prompt) -> string',
    doc: 'Writes the prompt, if there is one, and reads a line of standard input; fails at its end.',
  },
  {
    name: 'int',
    signature: 'int(value) -> i64',
    doc: 'An integer from a whole number, or from text with decimal digits.',
  },
  { name: 'float', signature: 'float(value) -> f64', doc: 'A float from a number, or from text.' },
  { name: 'typeof', signature: 'typeof(value) -> string', doc: 'The name of the type that the value has at run time.' },
  { name: 'istype', signature: 'istype(value, name) -> bool', doc: 'Whether the type of the value has that name.' },
  { name: 'timestamp', signature: 'timestamp() -> f64', doc: 'Seconds on a clock that never goes back.' },
  {
    name: 'assert_eq',
    signature: 'assert_eq(label, actual, expected) -> bool',
    doc: 'True if both values are deeply equal and of the same types; fails otherwise and shows both.',
  },
];
