/**
 * `orus repl`: reads entries until input ends and runs them in one session.
 *
 * Three ways to read: the line editor where standard input and output are a terminal; plain lines with prompts at a terminal that
 * can do nothing more (`TERM=dumb`); and plain lines without a word where input is a file or a pipe.
 */
import { ReadStream } from 'node:tty';
import { DEFAULT_EDITION } from '@orus/core/lang/orus/edition';
import { type Invocation, UsageError } from '../arguments.ts';
import { EXIT } from '../exit-status.ts';
import { engineFrom, limitsFrom } from '../limits.ts';
import { engineNamed } from '../program.ts';
import { Input, isTerminal, Output } from '../terminal.ts';
import { VERSION } from '../version.ts';
import { MAX_SOURCE_BYTES } from '../source-files.ts';
import { isCommand, runCommand } from './commands.ts';
import { historyPath } from '../user-paths.ts';
import { History } from './history.ts';
import { Shell } from './shell.ts';
import { PROMPT, type Terminal, TerminalReader } from './terminal-reader.ts';

const STDIN = 0;
const STDOUT = 1;

export async function repl({ options }: Invocation): Promise<number> {
  const choice = engineFrom(options, 'repl');
  const engine = await engineNamed(choice.engine, choice.jit);
  if (engine.createGrowing === undefined) throw new UsageError(`the engine ${engine.name} has no sessions`, 'repl');
  const interactive = isTerminal(STDIN);
  const output = new Output();
  const input = new Input();
  const shell = new Shell({ engine, limits: limitsFrom(options), options, output, input, interactive });
  const edits = interactive && isTerminal(STDOUT) && process.env['TERM'] !== 'dumb';
  if (interactive) {
    const edition = shell.session.edition ?? DEFAULT_EDITION.name;
    shell.say(`Orus ${VERSION}, edition ${edition}; :help lists the commands, Ctrl-D leaves`);
  }
  if (edits) await editedLines(shell, output);
  else await plainLines(shell, input, output, interactive);
  output.flush();
  return EXIT.ok.status;
}

/** Runs what was entered; true to leave. */
async function enter(shell: Shell, text: string): Promise<boolean> {
  if (isCommand(text)) return runCommand(shell, text);
  if (text.trim() !== '') await shell.enter(text);
  return false;
}

async function plainLines(shell: Shell, input: Input, output: Output, prompts: boolean): Promise<void> {
  const decoder = new TextDecoder();
  let text = '';
  for (;;) {
    if (prompts) {
      output.text(text === '' ? PROMPT : '... ');
      output.flush();
    }
    const line = input.readLine(MAX_SOURCE_BYTES);
    if (line === null) break;
    const read = decoder.decode(line);
    text = text === '' ? read : `${text}\n${read}`;
    if (!isCommand(text) && shell.session.isIncomplete(text)) continue;
    const entry = text;
    text = '';
    if (await enter(shell, entry)) return;
  }
  if (prompts) shell.say('');
  if (text.trim() !== '') await enter(shell, text);
}

async function editedLines(shell: Shell, output: Output): Promise<void> {
  const history = new History(historyPath(process.env), (message) => shell.complain(message));
  const reader = new TerminalReader(
    terminalOf(output),
    {
      history: () => history.entries,
      isIncomplete: (text) => shell.session.isIncomplete(text),
      complete: (text, offset) => shell.session.complete(text, offset),
      edition: () => shell.session.edition,
    },
    !process.env['NO_COLOR'] && shell.options.get('color') !== 'never',
  );
  shell.attention = reader;
  const restore = (): void => reader.restore();
  process.on('exit', restore);
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      restore();
      process.kill(process.pid, signal);
    });
  }
  for (;;) {
    const text = await reader.read();
    if (text === null) break;
    history.add(text);
    if (await enter(shell, text)) break;
  }
  restore();
  process.removeListener('exit', restore);
}

function terminalOf(output: Output): Terminal {
  return {
    input: new ReadStream(STDIN),
    write: (text) => {
      if (text === '') return;
      output.text(text);
      output.flush();
    },
    columns: () => process.stdout.columns || 80,
    lines: () => process.stdout.rows || 24,
    onResize: (listener) => {
      process.stdout.on('resize', listener);
    },
  };
}
