/**
 * The command lines of the tools. What a tool does and takes is said once, in the comment at the top of its file: `--help` prints that.
 * A mistake in the words ends in one line and status 64.
 */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/**
 * What the command line of the tool at `url` says. `options` has each option's value if nobody gives one, which also says what it takes: nothing
 * (`false`), a number from 0 on, or a text (`''`, `null`: none). Words that are no options are refused unless `words`.
 */
export function commandLine(url, options, words = false) {
  const types = { help: { type: 'boolean', short: 'h' } };
  for (const [name, value] of Object.entries(options)) types[name] = { type: value === false ? 'boolean' : 'string' };
  const given = parse({ options: types, allowPositionals: words });
  if (given.values.help) {
    console.log(headOf(url));
    process.exit(0);
  }
  const values = { ...options, ...given.values };
  for (const [name, value] of Object.entries(options))
    if (typeof value === 'number') values[name] = numberOf(name, values[name]);
  return { ...values, words: given.positionals };
}

/** Ends the process, because the command line asks for what there is not. */
export function refuse(message) {
  console.error(`${basename(process.argv[1])}: ${message}; --help says what there is`);
  process.exit(64);
}

function parse(config) {
  try {
    return parseArgs(config);
  } catch (error) {
    if (!error.code?.startsWith('ERR_PARSE_ARGS_')) throw error;
    return refuse(error.message.replace(/(\. To specify|\n).*/s, ''));
  }
}

function numberOf(name, value) {
  const number = Number(value);
  if (value === '' || !Number.isFinite(number) || number < 0) refuse(`--${name}: ${value} is not a number from 0 on`);
  return number;
}

/** The comment that a file begins with, without its stars. */
function headOf(url) {
  const [head] = readFileSync(fileURLToPath(url), 'utf8').split('\n */');
  return head.replace(/^(\/\*\*\n| \* ?)/gm, '');
}
