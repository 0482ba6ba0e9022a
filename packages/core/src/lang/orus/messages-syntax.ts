/**
 * Catalogue, part one: errors of spelling, layout and form, found by the lexer and the parser.
 *
 * Codes are those of section 17 of the specification and never change their meaning.
 */
import { entry } from './message-entry.ts';

export const SYNTAX_MESSAGES = {
  E1001: entry<{ readonly problem: string }>({
    summary: 'a character, literal or token that cannot stand here',
    title: ({ problem }) => problem,
    explanation: `The text contains something that is not part of any Orus program at this place: a character the
language does not use, a number or an escape that is spelt wrongly, a string or comment that never ends, or a word or
sign where a value was expected.

Numbers need a digit on both sides of the point (\`0.5\`, not \`.5\`), underscores stand between two digits, and the only
letters that may follow are the suffixes i32, i64, u32, u64, f64 and u. Strings are written with double quotes and know
the escapes \\n \\t \\r \\0 \\\\ and \\". Outside strings and comments only ASCII has a meaning.

An expression ends at the end of its line, unless a bracket is open: put a long expression in parentheses.`,
    wrong: 'half = .5\nprint(half)\n',
    right: 'half = 0.5\nprint(half)\n',
  }),
  E1003: entry<{ readonly expected: '(' | ')'; readonly after: string; readonly found: string }>({
    summary: 'a parenthesis is missing',
    title: ({ expected, after, found }) => `expected \`${expected}\` ${after}, found ${found}`,
    explanation: `A parenthesis is missing. \`print\` and every call need their arguments in parentheses, and every
parenthesis that is opened must be closed.`,
    wrong: 'print "hello"\n',
    right: 'print("hello")\n',
  }),
  E1004: entry<{ readonly construct: string }>({
    summary: 'a brace is not closed',
    title: ({ construct }) => `expected \`}\` to close this ${construct}`,
    explanation: `A block, member list or struct literal that begins with \`{\` ends with \`}\`. The brace that is
marked as opened has no partner; often the missing one belongs further up than the end of the file.`,
    wrong: 'if true {\n    print("yes")\n',
    right: 'if true {\n    print("yes")\n}\n',
  }),
  E1006: entry<{ readonly problem: string }>({
    summary: 'a construct is not formed correctly',
    title: ({ problem }) => problem,
    explanation: `The statement or expression begins like one that Orus knows, but goes on differently. The title says
what was expected and what was found instead.

Some forms are refused on purpose: \`a as bool as string\` needs parentheses around the first cast; \`pub\`, \`use\`,
\`struct\`, \`enum\` and \`impl\` belong to the top level of a file; \`mut\` does not go with \`:=\`, which declares
constants; a \`try\` needs its \`catch\`; source may not be nested more than about a thousand levels deep, and
a program has at most 65 000 types, an enum 65 000 variants, a function 30 000 parameters.`,
    wrong: 'text = 1 as bool as string\nprint(text)\n',
    right: 'text = (1 as bool) as string\nprint(text)\n',
  }),
  E1008: entry<{ readonly form: 'unexpected' | 'inconsistent' }>({
    summary: 'indentation does not fit',
    title: ({ form }) =>
      form === 'unexpected'
        ? 'this line is indented, but no block is open'
        : 'this line is indented differently from the other lines of its block',
    explanation: `Blocks are made by indentation: the lines of one block start in the same column (a tab counts four), and only a
line that ends with \`:\` may be followed by a deeper one.`,
    wrong: 'a = 1\n    b = 2\nprint(a, b)\n',
    right: 'a = 1\nb = 2\nprint(a, b)\n',
  }),
  E1015: entry<{ readonly name: string; readonly operator: string }>({
    summary: 'a compound assignment cannot declare',
    title: ({ name, operator }) => `\`mut ${name} ${operator}\` declares and updates at once`,
    explanation: `\`mut\` declares a new variable, while \`+=\` and its relatives change one that exists. To change a variable, drop
\`mut\`; to declare one, use \`=\`.`,
    wrong: 'mut count = 0\nmut count += 1\nprint(count)\n',
    right: 'mut count = 0\ncount += 1\nprint(count)\n',
  }),
  E1019: entry<{ readonly found: string }>({
    summary: 'a comma is missing between the values of a print',
    title: ({ found }) => `expected \`,\` before ${found}`,
    explanation: 'The values that `print` writes are separated by commas.',
    wrong: 'print("total" 3)\n',
    right: 'print("total", 3)\n',
  }),
  E1020: entry<{ readonly found: string }>({
    summary: 'a bracket is not closed',
    title: ({ found }) => `this \`[\` is not closed before ${found}`,
    explanation: `An array, index, slice or array type that begins with \`[\` ends with \`]\`. Newlines inside brackets
have no meaning, so the list goes on over the following lines until the bracket is closed.`,
    wrong: 'xs = [1, 2, 3\nprint(xs)\n',
    right: 'xs = [1, 2, 3]\nprint(xs)\n',
  }),
  E1401: entry<{ readonly label: string | null }>({
    summary: '`break` without a loop to leave',
    title: ({ label }) =>
      label === null ? '`break` outside a loop' : `no loop around this \`break\` is labelled \`'${label}\``,
    explanation: `\`break\` leaves the innermost loop around it, or the one whose label it names. Loops outside the current function
do not count.`,
    wrong: 'n = 3\nif n > 2: break\nprint(n)\n',
    right: 'n = 3\nfor i in 0..n:\n    if i > 2: break\n    print(i)\n',
  }),
  E1402: entry<{ readonly label: string | null }>({
    summary: '`continue` without a loop to go on with',
    title: ({ label }) =>
      label === null ? '`continue` outside a loop' : `no loop around this \`continue\` is labelled \`'${label}\``,
    explanation: `\`continue\` goes on with the next iteration of the innermost loop around it, or of the one whose label it names.
Loops outside the current function do not count.`,
    wrong: "for i in 0..3:\n    continue 'outer\n",
    right: "'outer: for i in 0..3:\n    continue 'outer\n",
  }),
  E1403: entry<{ readonly form: 'assignment' } | { readonly form: 'type'; readonly found: string }>({
    summary: 'a condition is not a bool',
    title: (args) =>
      args.form === 'assignment'
        ? 'an assignment is used as a condition'
        : `a condition must be \`bool\`, but this is \`${args.found}\``,
    explanation: `Conditions are values of type \`bool\`. A single \`=\` assigns; equality is \`==\`. Numbers and strings do not count as true
or false: compare them explicitly, as in \`n != 0\` or \`len(s) > 0\`.`,
    wrong: 'x = 1\nif x = 2: print("two")\n',
    right: 'x = 1\nif x == 2: print("two")\n',
  }),
  E1404: entry<{ readonly problem: string }>({
    summary: 'a range is not formed correctly',
    title: ({ problem }) => problem,
    explanation: `A range is written \`start..end\` (without its end), \`start..=end\` (with it), and in a loop perhaps with a step:
\`start..end..step\`. Ranges stand only in the header of a \`for\` and, as slices, in brackets after an array or string. As a value,
\`range(start, stop, step)\` does the same.`,
    wrong: 'for i in 0..:\n    print(i)\n',
    right: 'for i in 0..10:\n    print(i)\n',
  }),
  E1405: entry<{ readonly form: 'missing' | 'same-line'; readonly construct: string }>({
    summary: '`:` is missing, or the block does not begin on its own line',
    title: ({ form, construct }) =>
      form === 'missing'
        ? `expected \`:\` after ${construct}`
        : `the body of this ${construct} begins on the next line`,
    explanation: `The header of a block ends with \`:\`, or its block stands in braces. The members of a \`struct\`, \`enum\` or \`impl\`
and the arms of a \`match\` begin on the line after the colon.`,
    wrong: 'n = 1\nif n > 0\n    print("positive")\n',
    right: 'n = 1\nif n > 0:\n    print("positive")\n',
  }),
  E1407: entry<{ readonly construct: string }>({
    summary: 'a block is empty',
    title: ({ construct }) => `${construct} has no body`,
    explanation:
      'After a `:` at the end of a line comes at least one deeper line. A block that does nothing is written `pass`.',
    wrong: 'fn later():\nprint("done")\n',
    right: 'fn later():\n    pass\nprint("done")\n',
  }),
  E1409: entry<{ readonly problem: string }>({
    summary: 'a loop header is not formed correctly',
    title: ({ problem }) => problem,
    explanation: `Loops are written \`for NAME in VALUE:\`, \`for NAME in START..END:\` and \`while CONDITION:\`, perhaps with a label
in front: \`'rows: for …\`.`,
    wrong: 'for i 0..3:\n    print(i)\n',
    right: 'for i in 0..3:\n    print(i)\n',
  }),
} as const;
