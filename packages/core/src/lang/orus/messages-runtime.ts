/**
 * Catalogue, part three: what can end a running program, under the codes of `base/traps.ts`, and the limits.
 *
 * The title of an uncaught error is its message; entries here are what `explain` says about its kind.
 */
import { entry } from './message-entry.ts';

export interface Raised {
  readonly message: string;
}
const title = ({ message }: Raised): string => message;

export const RUNTIME_MESSAGES = {
  E0001: entry<Raised>({
    summary: 'runtime error',
    title,
    explanation: `An operation has no result: a division by zero, an assertion that failed, values that cannot be sorted, a match expression
without a fitting arm, or a function with a declared result that ended without one.`,
    wrong: 'n = 0\nprint(10 / n)\n',
    right: 'n = 0\nprint("none" if n == 0 else (10 / n) as string)\n',
  }),
  E0002: entry<Raised>({
    summary: 'value error',
    title,
    explanation: `A value is of the right type but outside what the operation can do: an integer overflow, a cast to a type that cannot hold
the number, popping from an empty array, a range with step zero. Signed arithmetic never wraps silently; u32 and u64 do wrap.`,
    wrong: 'mut n: i32 = 2147483647\nn += 1\nprint(n)\n',
    right: 'mut n: i64 = 2147483647\nn += 1\nprint(n)\n',
  }),
  E0003: entry<Raised>({
    summary: 'index error',
    title,
    explanation:
      'An index or a bound of a slice lies beyond the end. The first element has index 0, the last `len(a) - 1`.',
    wrong: 'xs = [1, 2, 3]\nprint(xs[3])\n',
    right: 'xs = [1, 2, 3]\nprint(xs[len(xs) - 1])\n',
  }),
  E0004: entry<Raised>({
    summary: 'type error',
    title,
    explanation: `An operation met a value of the wrong type whose type was not known before: something of type \`any\`, such as a parameter
without annotation. Negative indexes belong here too. Annotate parameters to find such errors before the program runs.`,
    wrong: 'fn twice(x):\n    return x * 2\n\nprint(twice("a"))\n',
    right: 'fn twice(x: i64) -> i64:\n    return x * 2\n\nprint(twice(4))\n',
  }),
  E0005: entry<Raised>({
    summary: 'conversion error',
    title,
    explanation:
      '`int` or `float` was given something that is not the text of a number, or a number that does not fit.',
    wrong: 'print(int("twelve"))\n',
    right: 'try:\n    print(int("twelve"))\ncatch problem:\n    print("not a number")\n',
  }),
  E0006: entry<Raised>({
    summary: 'argument error',
    title,
    explanation:
      'A built-in function was called with arguments it cannot work with, such as `range` with a step of zero.',
    wrong: 'for i in range(0, 10, 0): print(i)\n',
    right: 'for i in range(0, 10, 2): print(i)\n',
  }),
  E0007: entry<Raised>({
    summary: 'eof error',
    title,
    explanation: '`input()` was called after the last line of standard input had been read.',
    wrong: 'while true: print(input())\n',
    right: 'try:\n    while true: print(input())\ncatch:\n    pass\n',
  }),
  E0008: entry<Raised>({
    summary: 'name error',
    title,
    explanation: `A variable was read before the statement that declares it was executed, for example because that statement stands in a branch
that was not taken.`,
    wrong: 'n = 1\nif n > 2:\n    found = n\nprint(found)\n',
    right: 'n = 1\nfound = 0\nif n > 2:\n    found = n\nprint(found)\n',
  }),
  E0009: entry<Raised>({
    summary: 'recursion error',
    title,
    explanation:
      'Calls are nested deeper than the limit, most often by a recursion that has no end. `--max-depth` sets the limit.',
    wrong: 'fn down(n: i64) -> i64:\n    return down(n - 1)\n\nprint(down(3))\n',
    right: 'fn down(n: i64) -> i64:\n    if n == 0: return 0\n    return down(n - 1)\n\nprint(down(3))\n',
  }),
  E0010: entry<Raised>({
    summary: 'memory error',
    title,
    explanation:
      'The program needs more memory than its limit allows, even after collecting what is not in use any more.',
    wrong: 'mut xs = [0; 16]\nwhile true: xs = xs * 2\n',
    right: 'mut xs = [0; 16]\nwhile len(xs) < 1000: xs = xs * 2\nprint(len(xs))\n',
  }),
  E0020: entry<Record<string, never>>({
    summary: 'out of fuel',
    title: () => 'the program used up its fuel',
    explanation: `The program was started with a bound on its work and reached it. This ends the program and cannot be caught. Raise the bound with
\`--max-fuel\`, or look for a loop that does not end.`,
    wrong: 'while true: pass\n',
    right: 'for i in 0..1000: pass\n',
  }),
  E0021: entry<Record<string, never>>({
    summary: 'out of time',
    title: () => 'the program ran out of time',
    explanation: `The program was started with a bound on its running time and reached it. This ends the program and cannot be caught. Raise the
bound with \`--max-time\`, or look for a loop that does not end.`,
    wrong: 'while true: pass\n',
    right: 'for i in 0..1000: pass\n',
  }),
  E0022: entry<Record<string, never>>({
    summary: 'interrupted',
    title: () => 'the program was interrupted',
    explanation: 'The program was stopped from outside, for example with Ctrl-C. This cannot be caught.',
    wrong: 'while true: pass\n',
    right: 'for i in 0..1000: pass\n',
  }),
} as const;

/** What repairs an error that was raised while a program ran, by the first line of its message. */
const HELP: Readonly<Record<string, string>> = {
  'Array index must be a non-negative integer': 'elements are counted from 0; the last one is `a[len(a) - 1]`',
  'Array index out of bounds': 'elements are counted from 0; the last one is `a[len(a) - 1]`',
  'String index must be a non-negative integer': 'bytes are counted from 0; the last one is `s[len(s) - 1]`',
  'String index out of bounds': 'bytes are counted from 0; the last one is `s[len(s) - 1]`',
  'String slice cuts a UTF-8 character': 'indexes count bytes, and letters outside English have more than one',
  'Cannot pop from an empty array': 'look whether `len(a) > 0` first',
  'Integer overflow': 'the number does not fit its type; `i64` holds more than `i32`, and `f64` far more, but rounded',
  'input() reached end of file': 'read in a `try`; its `catch` is reached at the end of the input',
  'Value not iterable': 'a `for` goes through ranges, arrays, strings and whole numbers',
  "Operands must be the same type. Use 'as' for explicit type conversion.":
    'give the parameters types, as in `(a: i64)`, to find this before the program runs',
};

export function runtimeHelp(message: string): string | undefined {
  if (/^Function '.*' ended without returning a value$/.test(message)) {
    return 'every way through the function ends with a value or a `return`';
  }
  if (/^Variable .* is used before its declaration ran$/.test(message)) {
    return 'give it a value before the branch that may be skipped';
  }
  return Object.hasOwn(HELP, message) ? HELP[message] : undefined;
}
