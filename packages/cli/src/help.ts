/**
 * Help texts, derived from the table of commands.
 */
import { COMMANDS, type CommandSpec, GLOBAL_OPTIONS, type OptionSpec } from './command-table.ts';
import { EXIT } from './exit-status.ts';

const WIDTH = 100;

export function overallHelp(): string {
  return [
    'Orus, a statically typed language in a sandbox',
    '',
    'Usage: orus [OPTIONS] FILE      run a program',
    '       orus COMMAND [OPTIONS] ...',
    '',
    'Commands:',
    ...columns(COMMANDS.map((command) => [`${command.name} ${command.operands}`, command.summary])),
    '',
    'Options:',
    ...optionLines(GLOBAL_OPTIONS),
    '',
    'Exit status:',
    ...columns(Object.values(EXIT).map(({ status, doc }) => [String(status), doc])),
    '',
    "'orus COMMAND --help' shows the options of a command.",
    '',
  ].join('\n');
}

export function commandHelp(command: CommandSpec): string {
  const lines = [
    `Usage: orus ${command.name} [OPTIONS] ${command.operands}`.trimEnd(),
    '',
    capitalised(`${command.summary}.`),
    '',
  ];
  for (const paragraph of command.details) lines.push(...wrap(paragraph, WIDTH), '');
  lines.push('Options:', ...optionLines(command.options), '');
  return lines.join('\n');
}

/** How an option is written: `--max-fuel N`, `--stats[=WHAT]`, `-h, --help`. */
export function optionSyntax(option: OptionSpec): string {
  const value = option.value === undefined ? '' : option.optional ? `[=${option.value}]` : ` ${option.value}`;
  return `${option.short === undefined ? '' : `-${option.short}, `}--${option.name}${value}`;
}

/** What help says about an option, with the values it can have. */
export function optionDoc(option: OptionSpec): string {
  return option.choices ? `${option.choices.join(' | ')}: ${option.doc}` : option.doc;
}

function optionLines(options: readonly OptionSpec[]): string[] {
  return columns(options.map((option) => [optionSyntax(option), optionDoc(option)]));
}

function capitalised(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** Two columns, the second wrapped. */
function columns(rows: readonly (readonly [string, string])[]): string[] {
  const left = Math.max(...rows.map(([name]) => name.length)) + 4;
  return rows.flatMap(([name, doc]) =>
    wrap(doc, WIDTH - left).map((line, at) => (at === 0 ? `  ${name}`.padEnd(left) : ' '.repeat(left)) + line),
  );
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  lines.push(line);
  return lines;
}
