/**
 * Catalogue, part two: errors of names, types and modules, found by the checker and the module loader.
 *
 * Codes are those of section 17 of the specification and never change their meaning.
 */
import type { BoxedReason } from '../../base/boxed-reason.ts';
import { counted, entry, listed, withArticle } from './message-entry.ts';

export type NameKind = 'name' | 'variable' | 'function' | 'field' | 'method' | 'variant' | 'constant';

/** Particulars of E2001. */
export type TypeProblem =
  /** A value of type `found` where `expected` is wanted; `place` says where, as in "argument 2 of `area`". */
  | { readonly form: 'mismatch'; readonly expected: string; readonly found: string; readonly place?: string }
  | { readonly form: 'operands'; readonly operator: string; readonly left: string; readonly right: string }
  | { readonly form: 'operand'; readonly operator: string; readonly operand: string }
  /** An integer literal outside its type; `value` is its text. */
  | { readonly form: 'range'; readonly value: string; readonly type: string }
  /** Operations on a value of the wrong kind: "cannot index a `bool`", in `action` form "index". */
  | { readonly form: 'action'; readonly action: string; readonly found: string }
  | { readonly form: 'elements'; readonly first: string; readonly other: string }
  | { readonly form: 'branches'; readonly first: string; readonly other: string }
  | { readonly form: 'bindings'; readonly variant: string; readonly expected: number; readonly found: number }
  /** Anything else, as a whole title. */
  | { readonly form: 'other'; readonly problem: string };

function typeTitle(args: TypeProblem): string {
  switch (args.form) {
    case 'mismatch':
      return `${args.place ?? 'this'} is ${withArticle(args.found)}, but \`${args.expected}\` was expected`;
    case 'operands':
      return `\`${args.operator}\` does not work on \`${args.left}\` and \`${args.right}\``;
    case 'operand':
      return `\`${args.operator}\` does not work on \`${args.operand}\``;
    case 'range':
      return `${args.value} is outside the range of \`${args.type}\``;
    case 'action':
      return `cannot ${args.action} ${withArticle(args.found)}`;
    case 'elements':
      return `the elements of an array have one type, but these are \`${args.first}\` and \`${args.other}\``;
    case 'branches':
      return `the alternatives have different types, \`${args.first}\` and \`${args.other}\``;
    case 'bindings':
      return `\`${args.variant}\` has ${counted(args.expected, 'field')}, but the pattern names ${args.found}`;
    case 'other':
      return args.problem;
  }
}

const OWNED: readonly NameKind[] = ['field', 'method', 'variant'];

const UNTYPED: Readonly<Record<BoxedReason, string>> = {
  operation: 'the types of what it works on are only known at run time',
  conversion: 'the type of the value is only known at run time',
  element: 'the array may hold values of any type',
  field: 'what it stores or reads may be of any type',
  variable: 'the module variable may hold values of any type',
  cell: 'the captured variable may hold values of any type',
  argument: 'the function called takes values of any type',
  result: 'the function called gives a value of any type',
  carried: 'a variable that it keeps may hold values of any type',
};

export const MEANING_MESSAGES = {
  E1010: entry<{ readonly name: string; readonly kind: NameKind; readonly owner?: string }>({
    summary: 'a name is not defined',
    title: ({ name, kind, owner }) => {
      if (kind === 'constant') return `\`${name}\` is not an integer constant`;
      if (owner !== undefined && OWNED.includes(kind)) return `\`${owner}\` has no ${kind} \`${name}\``;
      return `\`${name}\` is not defined`;
    },
    explanation: `The name is not known at this place. Variables are visible from their declaration to the end of their block; what is
declared in the body of a loop is not visible after it, and neither is what is declared with \`mut\`, \`let\` or a type in
any other block (in the classic edition: whatever is declared in a \`try\` or an arm of a \`match\`). A function sees the
module's variables that are declared above it, and all functions, structs and enums of the module.

The length of an array type is an integer literal or the name of a constant with an integer value.`,
    wrong: 'count = 1\nprint(coutn)\n',
    right: 'count = 1\nprint(count)\n',
  }),
  E1011: entry<{ readonly name: string; readonly what?: string }>({
    summary: 'a name is declared twice in one scope',
    title: ({ name, what }) =>
      what === undefined ? `\`${name}\` is already defined` : `${what} \`${name}\` is given twice`,
    explanation: `One scope can declare a name once. Parameters, imports, functions and variables share it. An inner block may declare
the name again, which hides the outer one there. To change a variable instead, leave out \`mut\`, \`let\` and the type.`,
    wrong: 'mut n = 1\nmut n = 2\nprint(n)\n',
    right: 'mut n = 1\nn = 2\nprint(n)\n',
  }),
  E1013: entry<{ readonly name: string }>({
    summary: 'a module constant is not in capitals',
    title: ({ name }) => `\`${name}\` is not a valid name for a constant of a module`,
    explanation: `Constants at the top level of a file, declared with \`:=\`, have names of capitals, digits and underscores that start with a
capital. Inside functions any name will do.`,
    wrong: 'limit := 10\nprint(limit)\n',
    right: 'LIMIT := 10\nprint(LIMIT)\n',
  }),
  E1014: entry<{
    readonly name: string;
    readonly kind: 'variable' | 'parameter' | 'constant' | 'captured' | 'import' | 'function' | 'self';
  }>({
    summary: 'something immutable is assigned',
    title: ({ name, kind }) => {
      switch (kind) {
        case 'variable':
          return `\`${name}\` is immutable`;
        case 'captured':
          return `\`${name}\` is captured from the enclosing function, where it was not declared with \`mut\``;
        case 'self':
          return '`self` cannot be assigned';
        default:
          return `\`${name}\` is ${kind === 'import' ? 'an' : 'a'} ${kind} and cannot be assigned`;
      }
    },
    explanation: `Only mutable variables can be assigned again: those declared with \`mut\` or \`let mut\`, and those that came into being by a plain
assignment. Parameters, constants, functions, and names declared with a type or with \`let\` but without \`mut\` keep their
value. (Changing an element or a field of what they hold is always possible.)`,
    wrong: 'limit: i32 = 10\nlimit = 20\nprint(limit)\n',
    right: 'mut limit: i32 = 10\nlimit = 20\nprint(limit)\n',
  }),
  E1410: entry<{ readonly enum: string; readonly missing: readonly string[] }>({
    summary: 'a match does not cover every variant',
    title: ({ enum: name, missing }) => `the match does not cover ${listed(missing)} of \`${name}\``,
    explanation: `A match with variant patterns must have an arm for every variant of the enum, or an arm \`_\` for the rest. So a variant
that is added later cannot be forgotten.`,
    wrong:
      'enum Light:\n    On\n    Off\n\nfn show(light: Light):\n    match light:\n        Light.On -> print("on")\n\nshow(Light.On)\n',
    right:
      'enum Light:\n    On\n    Off\n\nfn show(light: Light):\n    match light:\n        Light.On -> print("on")\n        Light.Off -> print("off")\n\nshow(Light.On)\n',
  }),
  E1411: entry<{ readonly arm: string }>({
    summary: 'a match has the same arm twice',
    title: ({ arm }) => `\`${arm}\` already has an arm`,
    explanation: 'Arms are tried in order, so the second of two equal patterns could never be reached.',
    wrong: 'n = 1\nmatch n:\n    1 -> print("one")\n    1 -> print("uno")\n    _ -> print("many")\n',
    right: 'n = 1\nmatch n:\n    1 -> print("one")\n    2 -> print("two")\n    _ -> print("many")\n',
  }),
  E2001: entry<TypeProblem>({
    summary: 'types do not fit',
    title: typeTitle,
    explanation: `A value has a type that its place or its operator does not take. Nothing is converted silently, not even \`i32\` to \`i64\` or a
number to a \`string\`: write \`value as i64\`, \`n as string\`. Only integer literals adapt: they take the type that their
surroundings want, if the value is in its range.

\`any\` is compatible with everything and is checked when the program runs.`,
    wrong: 'n = 3\nprint("n is " + n)\n',
    right: 'n = 3\nprint("n is " + (n as string))\n',
  }),
  E2003: entry<{ readonly name: string; readonly kind?: 'type' | 'enum' | 'struct' }>({
    summary: 'a type is not known',
    title: ({ name, kind }) => `there is no ${kind ?? 'type'} \`${name}\``,
    explanation: `The types are i32, i64, u32, u64, f64, bool, string (or str), void, any, arrays \`[T]\`, functions \`fn(T) -> R\`, and the structs and
enums of the module or of a module it uses (\`geometry.Point\`).`,
    wrong: 'n: int = 3\nprint(n)\n',
    right: 'n: i64 = 3\nprint(n)\n',
  }),
  E2005: entry<{ readonly from: string; readonly to: string }>({
    summary: 'a cast is impossible',
    title: ({ from, to }) => `\`${from}\` cannot be converted to \`${to}\``,
    explanation: `\`as\` converts between the numeric types, \`bool\` and, as the target, \`string\`. To read a number from a string use \`int(text)\` or
\`float(text)\`, which fail at run time if the text is no number.`,
    wrong: 'n = "12" as i32\nprint(n)\n',
    right: 'n = int("12")\nprint(n)\n',
  }),
  E2009: entry<
    | {
        readonly form: 'count';
        readonly callee: string;
        readonly expected: number | string;
        readonly found: number;
        readonly noun?: string;
      }
    | { readonly form: 'field'; readonly struct: string; readonly fields: readonly string[] }
    | { readonly form: 'other'; readonly problem: string }
  >({
    summary: 'the number of arguments or fields is wrong',
    title: (args) => {
      switch (args.form) {
        case 'count': {
          const noun = args.noun ?? 'argument';
          const expected =
            typeof args.expected === 'number' ? counted(args.expected, noun) : `${args.expected} ${noun}s`;
          return `${args.callee} takes ${expected}, but ${args.found} ${args.found === 1 ? 'is' : 'are'} given`;
        }
        case 'field':
          return `\`${args.struct}\` needs a value for ${listed(args.fields)}`;
        case 'other':
          return args.problem;
      }
    },
    explanation: `A call passes exactly as many arguments as the function has parameters; a variant takes as many as it has fields; a struct
literal gives every field that has no default. A format string of \`print\` that has specifiers needs one value for each \`@\`;
a literal \`@\` is written \`@@\`. A destructuring has as many values as targets.`,
    wrong: 'fn area(w: i32, h: i32) -> i32:\n    return w * h\n\nprint(area(3))\n',
    right: 'fn area(w: i32, h: i32) -> i32:\n    return w * h\n\nprint(area(3, 4))\n',
  }),
  E2010: entry<{ readonly what: string; readonly reason: BoxedReason }>({
    summary: 'a loop that should be typed works on values of unknown types',
    title: ({ what, reason }) => `\`${what}\` makes this loop slow: ${UNTYPED[reason]}`,
    explanation: `A comment \`// @typed\` on the line before a loop, or the option \`--assert-typed-loops\` for all of them, asks the
compiler to make sure that a loop handles only values whose types it knows once it has done what it can. Such values are kept
as they are; others (\`any\`) carry their type with them, and every operation on them looks at it.

The error names the first place in the loop where such a value appears. Giving a parameter, variable, field or array a type
usually repairs it. Printing is not counted.`,
    wrong:
      'fn total(items) -> i64:\n    mut sum = 0\n    // @typed\n    for item in items:\n        sum = sum + (item as i64)\n    return sum\n\nprint(total([1, true]))\n',
    right:
      'fn total(items: [i64]) -> i64:\n    mut sum = 0\n    // @typed\n    for item in items:\n        sum = sum + item\n    return sum\n\nprint(total([1, 2]))\n',
  }),
  E3002: entry<{ readonly cycle: readonly string[] }>({
    summary: 'modules use each other in a circle',
    title: ({ cycle }) => `modules use each other in a circle: ${cycle.join(' -> ')}`,
    explanation: `A module is executed before the file that uses it, so two modules cannot use each other. Move what both need to a third
module.`,
    wrong: 'use ring\nprint(ring.SIZE)\n',
    right: 'SIZE := 3\nprint(SIZE)\n',
    modules: { 'ring.orus': 'use ring\npub SIZE := 3\n' },
  }),
  E3003: entry<{ readonly module: string; readonly problem?: 'unreadable' }>({
    summary: 'a module was not found',
    title: ({ module, problem }) =>
      `module \`${module}\` ${problem === undefined ? 'was not found' : 'is there, but cannot be read'}`,
    explanation: `\`use a.b\` looks for the file a/b.orus: from the working directory, then beside the file that uses it, then in the interpreter's
directory, then in every directory of the environment variable ORUSPATH.`,
    wrong: 'use geometri\nprint(geometri.PI)\n',
    right: 'use geometry\nprint(geometry.PI)\n',
    modules: { 'geometry.orus': 'pub PI := 3.14159\n' },
  }),
  E3004: entry<{ readonly module: string; readonly name: string; readonly isPrivate: boolean }>({
    summary: 'a module does not export a name',
    title: ({ module, name, isPrivate }) =>
      isPrivate ? `\`${name}\` is private to module \`${module}\`` : `module \`${module}\` has no \`${name}\``,
    explanation: 'A module offers what it declares at its top level with `pub`; everything else is its own.',
    wrong: 'use shapes\nprint(shapes.secret)\n',
    right: 'use shapes\nprint(shapes.shown)\n',
    modules: { 'shapes.orus': 'secret = 1\npub shown = 2\n' },
  }),
} as const;
