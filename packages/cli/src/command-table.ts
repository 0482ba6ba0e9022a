/**
 * Every command and every option, once. Parsing (`arguments.ts`), help (`help.ts`), suggestions for misspelt names and
 * the reference page are derived from this table.
 */
export interface OptionSpec {
  readonly name: string;
  readonly short?: string;
  /** What the option takes, as help shows it; absent for a switch. */
  readonly value?: string;
  /** True if the value may be left out; it is then attached with `=`. */
  readonly optional?: boolean;
  /** The values that are allowed, where they are a fixed list. */
  readonly choices?: readonly string[];
  readonly doc: string;
}

export interface CommandSpec {
  readonly name: string;
  /** The words after the options, as help shows them. */
  readonly operands: string;
  /** One line. */
  readonly summary: string;
  /** Paragraphs for `orus COMMAND --help`. */
  readonly details: readonly string[];
  readonly minOperands: number;
  readonly maxOperands: number;
  readonly options: readonly OptionSpec[];
}

const help = { name: 'help', short: 'h', doc: 'show this help' } as const;
const version = { name: 'version', short: 'v', doc: 'show the version' } as const;

const edition = {
  name: 'edition',
  value: 'NAME',
  choices: ['2026', 'classic'],
  doc: 'edition of the language (default 2026); a comment `// edition: NAME` in a first line wins',
} as const;

const reporting: readonly OptionSpec[] = [
  {
    name: 'format',
    value: 'NAME',
    choices: ['human', 'json', 'github'],
    doc: 'form of diagnostics: for people (the first 100), one JSON object a line, or GitHub annotations (default human)',
  },
  {
    name: 'color',
    value: 'WHEN',
    choices: ['auto', 'always', 'never'],
    doc: 'colour in diagnostics (default auto: on a terminal, unless NO_COLOR is set)',
  },
];

const output = {
  name: 'output',
  short: 'o',
  value: 'FILE',
  doc: 'the file to write (default: the name of the input with .orbc)',
} as const;

const optimising: readonly OptionSpec[] = [{ name: 'no-optimise', doc: 'leave out the optional passes' }];

const asserting: readonly OptionSpec[] = [
  {
    name: 'assert-typed-loops',
    doc: 'an error for every loop that handles values whose types are only known at run time (one loop: // @typed before it)',
  },
];

const running: readonly OptionSpec[] = [
  {
    name: 'engine',
    value: 'NAME',
    choices: ['jit', 'interp', 'interp-count', 'ir', 'tree'],
    doc: 'what runs the program: the bytecode interpreter with machine code for what is hot (jit, default), without (interp), or the evaluator of an earlier stage',
  },
  {
    name: 'jit',
    value: 'WHEN',
    choices: ['off', 'eager', 'tiered'],
    doc: 'machine code for nothing, for everything from the start, or for what is hot (default tiered)',
  },
  {
    name: 'jit-threshold',
    value: 'N',
    doc: 'samples after which a function is hot, taken where slices of fuel end, from the first on (default 2, after some milliseconds)',
  },
  { name: 'max-fuel', value: 'N', doc: 'stop after N units of work (default: no limit)' },
  {
    name: 'max-memory',
    value: 'SIZE',
    doc: 'memory for the program, in bytes or with K, M, G, KiB, MiB, GiB, all powers of 1024 (default 1GiB)',
  },
  { name: 'max-depth', value: 'N', doc: 'nested calls (default 200000)' },
  { name: 'max-time', value: 'MS', doc: 'stop after this many milliseconds (default: no limit)' },
  {
    name: 'stats',
    value: 'WHAT',
    optional: true,
    doc: 'afterwards show counters on standard error: all, or the groups that WHAT names, separated by commas: fuel, run, gc, memory, jit, time, and as tables passes, regalloc, jit and hot (loops); with jit or hot the program is slower, because it is counted',
  },
  {
    name: 'trace',
    value: 'WHAT',
    choices: ['jit'],
    doc: 'say on standard error what happens meanwhile: whatever becomes machine code, or does not',
  },
  { name: 'verify', doc: 'check the work of every stage as it is done; slow' },
];

export const COMMANDS: readonly CommandSpec[] = [
  {
    name: 'run',
    operands: 'FILE',
    summary: 'run a program (also: orus FILE)',
    details: [
      'FILE is a source or a bytecode file, or - for standard input. Options may stand before or after it. A bytecode file is known by how it begins, not by its name.',
      'Modules named by `use` are looked for in the working directory, beside the file that uses them, beside this program, and in the directories that the environment variable ORUSPATH lists.',
      'What a program was compiled to, machine code included, is kept for its next run, in the folder that ORUS_CACHE names, else in orus below XDG_CACHE_HOME (~/.cache); with an empty ORUS_CACHE nothing is kept. It is used if the sources are the same and nobody else could have written it, and the oldest of it goes when it is much.',
    ],
    minOperands: 1,
    maxOperands: 1,
    options: [edition, ...running, ...optimising, ...asserting, ...reporting, help],
  },
  {
    name: 'repl',
    operands: '',
    summary: 'enter programs line by line (also: orus alone)',
    details: [
      'Entries are read from the terminal, or from standard input if that is something else; then nothing but what they print is written. They share one scope: what one declares the next ones can use, and declare anew.',
      'Lines that begin with `:` are commands; `:help` lists them and the keys. The history is kept in the file that ORUS_HISTORY names, else in orus/history below XDG_STATE_HOME (~/.local/state).',
      'Limits of memory and depth are those of the session; fuel and time are for each entry.',
    ],
    minOperands: 0,
    maxOperands: 0,
    options: [
      edition,
      ...running.filter(({ name }) => name !== 'stats' && name !== 'trace'),
      ...optimising,
      ...reporting,
      help,
    ],
  },
  {
    name: 'check',
    operands: 'FILE...',
    summary: 'report errors without running anything',
    details: [],
    minOperands: 1,
    maxOperands: Infinity,
    options: [edition, ...asserting, ...reporting, help],
  },
  {
    name: 'build',
    operands: 'FILE',
    summary: 'compile a program to a bytecode file',
    details: [
      'The bytecode file holds the whole program, modules included, and runs with `orus run` as the source does: the same results, the same fuel. It is for this version of Orus only.',
    ],
    minOperands: 1,
    maxOperands: 1,
    options: [
      edition,
      output,
      {
        name: 'strip',
        doc: 'leave out the source and the tables of lines: traces then show functions and positions in their code',
      },
      ...optimising,
      ...reporting,
      help,
    ],
  },
  {
    name: 'asm',
    operands: 'FILE',
    summary: 'assemble the text of `orus disasm` to a bytecode file',
    details: [
      'FILE is text as `orus disasm` writes it, or - for standard input. What is made is not verified: `orus run` does that.',
    ],
    minOperands: 1,
    maxOperands: 1,
    options: [output, ...reporting, help],
  },
  {
    name: 'disasm',
    operands: 'FILE',
    summary: 'show the bytecode of a source or bytecode file beside its source',
    details: [
      'The text holds all of the program: `orus asm` makes the same bytecode of it again. With --only it shows one function, as people read it.',
    ],
    minOperands: 1,
    maxOperands: 1,
    options: [edition, { name: 'only', value: 'FUNC', doc: 'only this function' }, ...optimising, ...reporting, help],
  },
  {
    name: 'dump',
    operands: 'FILE',
    summary: 'show the program as a stage of the compiler left it',
    details: [],
    minOperands: 1,
    maxOperands: 1,
    options: [
      edition,
      {
        name: 'after',
        value: 'STAGE',
        doc: 'the stage: tree, ir, the name of a pass, opt, bytecode, or jit for machine code (default: all but passes and jit)',
      },
      { name: 'only', value: 'FUNC', doc: 'only this function' },
      ...optimising,
      ...reporting,
      help,
    ],
  },
  {
    name: 'explain',
    operands: '[CODE]',
    summary: 'explain a message such as E1010; without CODE list all of them',
    details: [],
    minOperands: 0,
    maxOperands: 1,
    options: [help],
  },
];

/** The options that stand where a command could. */
export const GLOBAL_OPTIONS: readonly OptionSpec[] = [help, version];

export function findCommand(name: string): CommandSpec | undefined {
  return COMMANDS.find((command) => command.name === name);
}
