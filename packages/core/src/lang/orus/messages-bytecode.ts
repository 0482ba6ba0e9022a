/**
 * Catalogue, part four: bytecode files that cannot be run, and text that cannot be assembled.
 */
import { entry } from './message-entry.ts';

export const BYTECODE_MESSAGES = {
  E4001: entry<{ readonly problem: string }>({
    summary: 'damaged bytecode file',
    title: ({ problem }) => `this bytecode file is damaged: ${problem}`,
    explanation: `The file begins as a bytecode file does, but what follows is not as \`orus build\` writes it: it was cut off, or bytes of it were
changed. Build it again from its source.`,
    wrong: '// orus run program.orbc, of which half was copied\nprint("never seen")\n',
    right: '// orus build program.orus -o program.orbc, then orus run program.orbc\nprint("seen")\n',
  }),
  E4002: entry<{ readonly problem: string }>({
    summary: 'bytecode of another version of Orus',
    title: ({ problem }) => `this bytecode file was made by another version of Orus: ${problem}`,
    explanation: `Bytecode is for one version of the machine: numbers of instructions and built-in operations change between versions. A file for
another one is refused, because its numbers would mean something else. Build it again with this version.`,
    wrong: '// orus run program.orbc, built by an older version\nprint("never seen")\n',
    right: '// orus build program.orus -o program.orbc, then orus run program.orbc\nprint("seen")\n',
  }),
  E4003: entry<{ readonly problem: string }>({
    summary: 'bytecode that is not safe to run',
    title: ({ problem }) => problem,
    explanation: `Before a bytecode file is run, a verifier follows all of its code: every register must hold what the instructions that read it
expect, on every way there. This file breaks the rule that is named in parentheses, in the function and at the place that are named before.
What \`orus build\` and \`orus asm\` make of correct input keeps all rules, which the reference lists; so the file was damaged or made to do harm,
or it was assembled from a text with a mistake.`,
    wrong: '// orus run hostile.orbc\nprint("never seen")\n',
    right: '// orus build program.orus -o program.orbc, then orus run program.orbc\nprint("seen")\n',
  }),
  E4004: entry<{ readonly problem: string }>({
    summary: 'assembly text with a mistake',
    title: ({ problem }) => problem,
    explanation: `\`orus asm\` reads what \`orus disasm\` writes. The line that is shown is not of that form, or names something that does not exist.`,
    wrong: '// orus asm program.oasm, with `add.i65` in a line\nprint("never seen")\n',
    right: '// orus disasm program.orus > program.oasm, then orus asm program.oasm -o program.orbc\nprint("seen")\n',
  }),
} as const;
