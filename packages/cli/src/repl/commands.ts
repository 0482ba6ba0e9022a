/**
 * The commands of a session: lines that begin with `:`. Help, completion and dispatch come from the one table below.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { closest } from '@orus/core/base/suggest';
import { DEFAULT_EDITION, EDITIONS, editionNamed } from '@orus/core/lang/orus/edition';
import { explain, isCode } from '@orus/core/lang/orus/messages';
import { readSource } from '../source-files.ts';
import { systemMessage } from '../terminal.ts';
import { BINDINGS } from './editor.ts';
import type { Shell } from './shell.ts';

export interface ReplCommand {
  readonly name: string;
  readonly aliases?: readonly string[];
  /** As help shows it; in brackets if it may be missing. */
  readonly operand?: string;
  readonly doc: string;
  /** `force`: written with a `!`. */
  readonly run: (shell: Shell, operand: string, force: boolean) => Outcome | Promise<Outcome>;
}

/** True to leave the session. */
type Outcome = boolean | undefined;

export const COMMANDS: readonly ReplCommand[] = [
  {
    name: 'help',
    operand: '[COMMAND]',
    doc: 'list the commands and keys, or say more about a command',
    run: (shell, operand) => help(shell, operand),
  },
  {
    name: 'type',
    operand: 'EXPRESSION',
    doc: 'the static type of an expression, which is not run',
    run: (shell, operand) => {
      const { type, diagnostics } = shell.session.typeOf(operand);
      shell.showDiagnostics(diagnostics);
      if (diagnostics.length === 0) shell.say(type ?? 'void');
      return undefined;
    },
  },
  {
    name: 'doc',
    operand: 'NAME',
    doc: 'what a name of the session or a built-in function is, or what a code such as E1010 means',
    run: (shell, operand) => describe(shell, operand),
  },
  {
    name: 'ir',
    operand: 'NAME|ENTRY',
    doc: 'the intermediate code of a function, or of an entry that is not run',
    run: (shell, operand) => showCode(shell, 'ir', operand),
  },
  {
    name: 'bc',
    operand: 'NAME|ENTRY',
    doc: 'the bytecode of a function, or of an entry that is not run',
    run: (shell, operand) => showCode(shell, 'bytecode', operand),
  },
  {
    name: 'time',
    operand: 'ENTRY',
    doc: 'run an entry and say how long that took and how much fuel',
    run: async (shell, operand) => {
      await shell.enter(operand);
      shell.say(`${shell.lastMs.toFixed(2)} ms, ${shell.lastFuel} units of fuel`);
      return undefined;
    },
  },
  {
    name: 'fuel',
    operand: '[N|none]',
    doc: 'fuel used so far and the limit for each entry; N sets the limit',
    run: (shell, operand) => fuel(shell, operand),
  },
  {
    name: 'mem',
    doc: 'memory that the session holds, and its limit',
    run: (shell) => {
      const stats = shell.session.stats();
      shell.say(`${stats?.['gc.used-bytes'] ?? 0} bytes in use, of ${shell.limits.memory} at most`);
      shell.say(`${stats?.['gc.collections'] ?? 0} collections`);
      return undefined;
    },
  },
  {
    name: 'load',
    operand: 'FILE',
    doc: 'run a file as one entry of this session',
    run: async (shell, operand) => {
      const source = readSource(operand);
      if ('error' in source) shell.complain(source.error);
      else await shell.enter(source.text, source.path);
      return undefined;
    },
  },
  {
    name: 'save',
    operand: 'FILE',
    doc: 'write the entries of this session to a file; :save! replaces one',
    run: (shell, operand, force) => save(shell, operand, force),
  },
  {
    name: 'reset',
    doc: 'forget everything that was declared',
    run: (shell) => {
      shell.reset();
      return undefined;
    },
  },
  {
    name: 'edition',
    operand: '[NAME]',
    doc: 'the edition of the language for the entries to come',
    run: (shell, operand) => edition(shell, operand),
  },
  { name: 'quit', aliases: ['exit'], doc: 'leave; so does the end of input (Ctrl-D)', run: () => true },
];

/** Whether a text is a command. */
export function isCommand(text: string): boolean {
  return text.startsWith(':');
}

export function commandNames(): string[] {
  return COMMANDS.flatMap(({ name, aliases = [] }) => [name, ...aliases]);
}

/** Runs a line that begins with `:`; true if the session ends. A unique beginning of a name is enough. */
export async function runCommand(shell: Shell, line: string): Promise<boolean> {
  const [, word = '', bang = '', operand = ''] = /^:\s*([\w?]*)(!?)\s*(.*?)\s*$/s.exec(line) ?? [];
  const command = findCommand(word);
  if (command === null) {
    const near = closest(word, commandNames());
    shell.complain(
      `there is no command :${word}${near === undefined ? '; :help lists them' : `; did you mean :${near}?`}`,
    );
    return false;
  }
  if (operand === '' && command.operand !== undefined && !command.operand.startsWith('[')) {
    shell.complain(`:${command.name} needs ${/^[AEIO]/.test(command.operand) ? 'an' : 'a'} ${command.operand}`);
    return false;
  }
  if (operand !== '' && command.operand === undefined) {
    shell.complain(`:${command.name} takes nothing`);
    return false;
  }
  return (await command.run(shell, operand, bang === '!')) === true;
}

export function findCommand(word: string): ReplCommand | null {
  if (word === '?') return findCommand('help');
  const exact = COMMANDS.find(({ name, aliases = [] }) => name === word || aliases.includes(word));
  if (exact !== undefined || word === '') return exact ?? null;
  const begun = COMMANDS.filter(({ name }) => name.startsWith(word));
  return begun.length === 1 ? (begun[0] ?? null) : null;
}

function usage({ name, operand }: ReplCommand): string {
  return `:${name}${operand === undefined ? '' : ` ${operand}`}`;
}

function help(shell: Shell, operand: string): undefined {
  if (operand !== '') {
    const command = findCommand(operand.replace(/^:/, ''));
    if (command === null) shell.complain(`there is no command :${operand.replace(/^:/, '')}`);
    else shell.say(`${usage(command)}: ${command.doc}`);
    return;
  }
  const width = Math.max(...COMMANDS.map((command) => usage(command).length)) + 2;
  for (const command of COMMANDS) shell.say(`${usage(command).padEnd(width)}${command.doc}`);
  if (!shell.interactive) return;
  shell.say('');
  for (const { keys, doc } of BINDINGS) shell.say(`${keys.map(keyText).join(', ').padEnd(width)}${doc}`);
}

/** `C-r` is easier to read as `Ctrl-R`. */
function keyText(key: string): string {
  const name = key.replace(/^(?:[CMS]-)+/, '');
  const held = key
    .slice(0, key.length - name.length)
    .replace('C-', 'Ctrl-')
    .replace('M-', 'Alt-')
    .replace('S-', 'Shift-');
  return held + (name.length === 1 ? name.toUpperCase() : name.charAt(0).toUpperCase() + name.slice(1));
}

function describe(shell: Shell, name: string): undefined {
  if (isCode(name)) {
    shell.say(explain(name).trimEnd());
    return;
  }
  const found = shell.session.describe(name);
  if (found === null) {
    shell.complain(`nothing is known about '${name}'`);
    return;
  }
  shell.say(found.signature);
  if (found.doc !== '') shell.say(found.doc);
}

function showCode(shell: Shell, stage: 'ir' | 'bytecode', operand: string): undefined {
  const { text, diagnostics } = shell.session.code(stage, operand);
  shell.showDiagnostics(diagnostics);
  if (text !== null) shell.say(text.trimEnd());
}

function fuel(shell: Shell, operand: string): undefined {
  const { session } = shell;
  if (operand === '') {
    const limit = session.bounds.fuel === Infinity ? 'no limit' : `at most ${session.bounds.fuel}`;
    shell.say(`${shell.lastFuel} for the last entry, ${session.stats()?.fuel ?? 0} in all; ${limit} for an entry`);
    return;
  }
  const wanted = operand === 'none' ? Infinity : Number(operand.replaceAll('_', ''));
  if (operand !== 'none' && !(/^[\d_]+$/.test(operand) && Number.isSafeInteger(wanted))) {
    shell.complain(`:fuel takes a whole number or none, not '${operand}'`);
    return;
  }
  session.bounds = { ...session.bounds, fuel: wanted };
}

function save(shell: Shell, path: string, force: boolean): undefined {
  if (!force && existsSync(path)) {
    shell.complain(`there is a file '${path}' already; :save! replaces it`);
    return;
  }
  try {
    writeFileSync(path, shell.accepted.map((entry) => `${entry.trimEnd()}\n`).join(''));
  } catch (error) {
    shell.complain(`cannot write '${path}': ${systemMessage(error)}`);
  }
}

function edition(shell: Shell, name: string): undefined {
  const { session } = shell;
  if (name === '') {
    shell.say(session.edition ?? DEFAULT_EDITION.name);
    return;
  }
  if (editionNamed(name) !== undefined) session.edition = name;
  else shell.complain(`there is no edition '${name}'; there are ${EDITIONS.map((each) => each.name).join(' and ')}`);
}
