/**
 * From the words of the command line to a command, its operands and the texts of its options; see `command-table.ts`.
 */
import { parseArgs } from 'node:util';
import { COMMANDS, type CommandSpec, findCommand, GLOBAL_OPTIONS, type OptionSpec } from './command-table.ts';
import { closest } from '@orus/core/base/suggest';

/** The user called us wrongly: status 64. */
export class UsageError extends Error {
  /** The command whose help is worth a look. */
  readonly command: string | undefined;

  constructor(message: string, command?: string) {
    super(message);
    this.command = command;
  }
}

export interface Invocation {
  /** Absent if there are only global options, or nothing. */
  readonly command: CommandSpec | undefined;
  readonly operands: readonly string[];
  /** By name; switches and optional values that were left out are an empty text. The last of several wins. */
  readonly options: ReadonlyMap<string, string>;
}

export function parseCommandLine(words: readonly string[]): Invocation {
  const known = new Map<string, OptionSpec>();
  for (const option of [...GLOBAL_OPTIONS, ...COMMANDS.flatMap((command) => command.options)])
    known.set(option.name, option);
  const tokens = words.some((word) => word.length > 1 && word.startsWith('-'))
    ? tokensOf(words, known)
    : words.map(positional);

  const operands = tokens.flatMap((token) => (token.kind === 'positional' ? [token.value] : []));
  const named = findCommand(operands[0] ?? '');
  if (named) operands.shift();
  const global = tokens.every(({ kind, ...token }) => kind !== 'option' || isGlobal('name' in token ? token.name : ''));
  // Options without a FILE are those of a session; with nothing at all it is for the caller to say.
  const command = named ?? (operands.length > 0 ? findCommand('run') : global ? undefined : findCommand('repl'));

  const allowed = command ? command.options : GLOBAL_OPTIONS;
  const options = new Map<string, string>();
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const option =
      allowed.find((each) => each.name === token.name) ?? GLOBAL_OPTIONS.find((each) => each.name === token.name);
    if (!option) throw unknownOption(token.rawName, token.name, known.get(token.name), command);
    options.set(option.name, optionText(option, token.rawName, token.value, command));
  }

  if (command && !options.has('help') && !options.has('version')) {
    const [word = ''] = operands;
    if (!named && operands.length > 1 && isBareWord(word)) {
      const meant = commandLike(word);
      const hint = meant === undefined ? ', and a program gets no arguments' : `; did you mean '${meant}'?`;
      throw new UsageError(`there is no command '${word}'${hint}`);
    }
    checkOperands(command, operands);
  }
  return { command, operands, options };
}

function isGlobal(name: string): boolean {
  return GLOBAL_OPTIONS.some((option) => option.name === name);
}

type Token = NonNullable<ReturnType<typeof parseArgs>['tokens']>[number];

function tokensOf(words: readonly string[], known: ReadonlyMap<string, OptionSpec>): readonly Token[] {
  const { tokens } = parseArgs({
    args: [...words],
    strict: false,
    tokens: true,
    options: Object.fromEntries(
      [...known.values()].map((option) => [
        option.name,
        {
          type: option.value !== undefined && option.optional !== true ? 'string' : 'boolean',
          ...(option.short === undefined ? {} : { short: option.short }),
        } as const,
      ]),
    ),
  });
  return tokens;
}

/** What `parseArgs` says of a word that is no option; Node loads it only when it is used. */
const positional = (value: string, index: number): Token => ({ kind: 'positional', index, value });

/** Whether a word looks like a command rather than a file. */
function isBareWord(word: string): boolean {
  return word !== '-' && !/[./\\]/.test(word);
}

/** The command that a word is a misspelling of, or the option that it is without its dashes. Undefined for what looks like a file. */
export function commandLike(word: string): string | undefined {
  if (!isBareWord(word)) return undefined;
  if (GLOBAL_OPTIONS.some((option) => option.name === word)) return `--${word}`;
  const names = COMMANDS.map((command) => command.name);
  return closest(word, names);
}

function unknownOption(
  raw: string,
  name: string,
  elsewhere: OptionSpec | undefined,
  command: CommandSpec | undefined,
): UsageError {
  if (elsewhere) {
    if (!command) return new UsageError(`option ${raw} needs a FILE`, 'run');
    const takers = COMMANDS.filter((each) => each.options.includes(elsewhere)).map((each) => `'orus ${each.name}'`);
    return new UsageError(
      `option ${raw} does not belong to 'orus ${command.name}' but to ${takers.join(', ')}`,
      command.name,
    );
  }
  const names = [...((command ?? findCommand('run'))?.options ?? []), ...GLOBAL_OPTIONS].map((option) => option.name);
  const near = raw.startsWith('--') ? closest(name, names) : undefined;
  return new UsageError(
    `there is no option ${raw}${near === undefined ? '' : `; did you mean --${near}?`}`,
    command?.name,
  );
}

function optionText(
  option: OptionSpec,
  raw: string,
  text: string | undefined,
  command: CommandSpec | undefined,
): string {
  if (option.value === undefined) {
    if (text !== undefined) throw new UsageError(`option ${raw} takes no value`, command?.name);
    return '';
  }
  if (text === undefined || text === '') {
    if (option.optional === true && text === undefined) return '';
    throw new UsageError(`option ${raw} needs a value: ${raw}=${option.value}`, command?.name);
  }
  if (option.choices && !option.choices.includes(text)) {
    const near = closest(text, option.choices);
    const hint = near === undefined ? `it is one of ${option.choices.join(', ')}` : `did you mean ${near}?`;
    throw new UsageError(`option ${raw} cannot be '${text}'; ${hint}`, command?.name);
  }
  return text;
}

function checkOperands(command: CommandSpec, operands: readonly string[]): void {
  if (operands.length < command.minOperands) {
    throw new UsageError(`'orus ${command.name}' needs a ${command.operands.replace('...', '')}`, command.name);
  }
  if (operands.length > command.maxOperands) {
    const extra = operands[command.maxOperands] ?? '';
    const reason = command.name === 'run' ? '; a program gets no arguments' : '';
    throw new UsageError(
      command.maxOperands === 0
        ? `'orus ${command.name}' takes no operands, but here is '${extra}'`
        : `'orus ${command.name}' takes one ${command.operands}, and '${extra}' is one too many${reason}`,
      command.name,
    );
  }
}

/** A whole number that is not negative; digits may be grouped with `_`. */
export function parseCount(option: string, text: string): number {
  const value = /^\d+(?:_\d+)*$/.test(text) ? Number(text.replaceAll('_', '')) : Number.NaN;
  if (!Number.isSafeInteger(value)) {
    throw new UsageError(
      `option --${option} needs a whole number of at most ${Number.MAX_SAFE_INTEGER}, not '${text}'`,
      'run',
    );
  }
  return value;
}

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  K: 2 ** 10,
  KiB: 2 ** 10,
  M: 2 ** 20,
  MiB: 2 ** 20,
  G: 2 ** 30,
  GiB: 2 ** 30,
};

/** What a machine with 32-bit addresses can have. */
const MAX_MEMORY = 4 * 2 ** 30;

/** A number of bytes, such as `65536`, `512K` or `1GiB`. */
export function parseSize(option: string, text: string): number {
  const match = /^(\d+(?:_\d+)*)\s*([A-Za-z]*)$/.exec(text);
  const unit = match === null ? undefined : UNITS[match[2] ?? ''];
  if (match === null || unit === undefined) {
    throw new UsageError(`option --${option} needs a size such as 65536, 512KiB, 64M or 1GiB, not '${text}'`, 'run');
  }
  const size = Number((match[1] ?? '').replaceAll('_', '')) * unit;
  if (size > MAX_MEMORY) throw new UsageError(`option --${option} can be at most 4GiB, not '${text}'`, 'run');
  return size;
}
