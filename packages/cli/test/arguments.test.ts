import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ENGINES } from '@orus/core/engines';
import { EDITIONS } from '@orus/core/lang/orus/edition';
import { describe, expect, test } from 'vitest';
import type { Invocation } from '../src/arguments.ts';
import { parseCommandLine, parseCount, parseSize, UsageError } from '../src/arguments.ts';
import { COMMANDS, findCommand } from '../src/command-table.ts';
import { commandHelp, overallHelp } from '../src/help.ts';
import { VERSION } from '../src/version.ts';

function parse(line: string): Invocation {
  return parseCommandLine(line.split(' ').filter((word) => word !== ''));
}

function complaint(line: string): string {
  try {
    parse(line);
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  return '';
}

describe('the command line', () => {
  test('a file alone is run', () => {
    const { command, operands } = parse('shop.orus');
    expect(command?.name).toBe('run');
    expect(operands).toEqual(['shop.orus']);
  });

  test('options stand before or after the file and the command', () => {
    for (const line of [
      'run --max-fuel 5 a.orus',
      'run a.orus --max-fuel=5',
      '--max-fuel 5 run a.orus',
      'a.orus --max-fuel 5',
    ]) {
      const { command, operands, options } = parse(line);
      expect([command?.name, ...operands, options.get('max-fuel')], line).toEqual(['run', 'a.orus', '5']);
    }
  });

  test('a dash is standard input, two dashes end the options', () => {
    expect(parse('-').operands).toEqual(['-']);
    expect(parse('run -- --odd.orus').operands).toEqual(['--odd.orus']);
  });

  test('optional values need an equals sign', () => {
    expect(parse('--stats a.orus').options.get('stats')).toBe('');
    expect(parse('--stats=gc a.orus').options.get('stats')).toBe('gc');
  });

  test.each([
    ['--max-fule 5 a.orus', 'there is no option --max-fule; did you mean --max-fuel?'],
    ['-x a.orus', 'there is no option -x'],
    ['check --max-fuel 5 a.orus', "option --max-fuel does not belong to 'orus check' but to 'orus run', 'orus repl'"],
    ['--engine v8 a.orus', "option --engine cannot be 'v8'; it is one of jit, interp, interp-count, ir, tree"],
    ['--engine intrep a.orus', "option --engine cannot be 'intrep'; did you mean interp?"],
    ['--edition 2025 a.orus', "option --edition cannot be '2025'; did you mean 2026?"],
    ['a.orus --max-fuel', 'option --max-fuel needs a value: --max-fuel=N'],
    ['--verify=yes a.orus', 'option --verify takes no value'],
    ['run', "'orus run' needs a FILE"],
    ['chekc a.orus', "there is no command 'chekc'; did you mean 'check'?"],
    ['rnu a.orus', "there is no command 'rnu'; did you mean 'run'?"],
    ['help check', "there is no command 'help'; did you mean '--help'?"],
    ['paint a.orus', "there is no command 'paint', and a program gets no arguments"],
    ['repl a.orus', "'orus repl' takes no operands, but here is 'a.orus'"],
    ['a.orus b.orus', "'orus run' takes one FILE, and 'b.orus' is one too many; a program gets no arguments"],
  ])('%s', (line, message) => {
    expect(complaint(line)).toBe(message);
  });

  test('help and version need no operands', () => {
    expect(parse('--version').options.has('version')).toBe(true);
    expect(parse('run -h').options.has('help')).toBe(true);
    expect(parse('-v').command).toBeUndefined();
  });
});

describe('values of options', () => {
  test('sizes', () => {
    expect(parseSize('max-memory', '65536')).toBe(65536);
    expect(parseSize('max-memory', '64K')).toBe(65536);
    expect(parseSize('max-memory', '64KiB')).toBe(65536);
    expect(parseSize('max-memory', '2M')).toBe(2 ** 21);
    expect(parseSize('max-memory', '4GiB')).toBe(2 ** 32);
    for (const bad of ['', 'M', '-1', '1.5G', '5GiB', '1TB', '1e3', '99999999999999999999']) {
      expect(() => parseSize('max-memory', bad), bad).toThrow(UsageError);
    }
  });

  test('counts', () => {
    expect(parseCount('max-fuel', '1_000_000')).toBe(1_000_000);
    expect(parseCount('max-fuel', '0')).toBe(0);
    for (const bad of ['', '-1', '1.5', '1e3', 'many', '_1', '9007199254740993', ' 1']) {
      expect(() => parseCount('max-fuel', bad), bad).toThrow(UsageError);
    }
  });
});

describe('help', () => {
  test('names every command', () => {
    const text = overallHelp();
    for (const { name, summary } of COMMANDS) {
      expect(text).toContain(`  ${name}`);
      expect(text).toContain(summary);
    }
  });

  test.each(COMMANDS.map((command) => [command.name, command] as const))('of %s names every option', (_, command) => {
    const text = commandHelp(command);
    for (const { name } of command.options) expect(text).toContain(`--${name}`);
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
    expect(text).not.toMatch(/ $/m);
  });
});

test('choices are what there is', () => {
  const choices = (name: string) => findCommand('run')?.options.find((option) => option.name === name)?.choices;
  expect([...(choices('engine') ?? [])].sort()).toEqual(ENGINES.map((engine) => engine.name).sort());
  expect([...(choices('edition') ?? [])].sort()).toEqual(EDITIONS.map((each) => each.name).sort());
});

test('the version is that of the package', () => {
  const text = readFileSync(join(import.meta.dirname, '../package.json'), 'utf8');
  expect(JSON.parse(text)).toMatchObject({ version: VERSION });
});
