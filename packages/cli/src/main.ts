/**
 * `orus`: finds out what is wanted and loads only the code for that.
 */
import { parseCommandLine, UsageError } from './arguments.ts';
import { EXIT } from './exit-status.ts';
import { Output, writeError } from './terminal.ts';
import { VERSION } from './version.ts';

async function main(words: readonly string[]): Promise<number> {
  const invocation = parseCommandLine(words);
  const { command, options } = invocation;
  if (options.has('version')) return say(`orus ${VERSION}\n`);
  if (options.has('help')) {
    const { commandHelp, overallHelp } = await import('./help.ts');
    return say(command ? commandHelp(command) : overallHelp());
  }
  switch (command?.name ?? 'repl') {
    case 'run':
      return (await import('./commands/run.ts')).run(invocation);
    case 'repl':
      return (await import('./repl/repl.ts')).repl(invocation);
    case 'check':
      return (await import('./commands/check.ts')).check(invocation);
    case 'build':
      return (await import('./commands/build.ts')).build(invocation);
    case 'asm':
      return (await import('./commands/asm.ts')).asm(invocation);
    case 'disasm':
      return (await import('./commands/disasm.ts')).disasm(invocation);
    case 'dump':
      return (await import('./commands/dump.ts')).dump(invocation);
    case 'explain':
      return (await import('./commands/explain.ts')).explain(invocation);
    default:
      throw new UsageError(`there is no command '${command?.name}'`);
  }
}

function say(text: string): number {
  const output = new Output();
  output.text(text);
  output.flush();
  return EXIT.ok.status;
}

/** Whatever arrives here is the user's command line, a system without memory for us, or a bug of ours. */
function reportFailure(error: unknown, words: readonly string[]): number {
  if (error instanceof UsageError) {
    const command = error.command === undefined ? '' : ` ${error.command}`;
    writeError(`orus: ${error.message}\nTry 'orus${command} --help'.\n`);
    return EXIT.usage.status;
  }
  if (!('WebAssembly' in globalThis)) {
    writeError('orus: this Node runs without WebAssembly (--jitless?); Orus needs it, or --engine tree\n');
    return EXIT.runtime.status;
  }
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  if (error instanceof RangeError && /WebAssembly.*allocate/i.test(message)) {
    writeError(
      'orus: the system grants no address space for the memory of the program (see `ulimit -v`)\n' +
        'It makes do with less, and is slower, with NODE_OPTIONS=--disable-wasm-trap-handler.\n',
    );
    return EXIT.runtime.status;
  }
  writeError(
    [
      `orus: internal error: ${message.split('\n')[0]}`,
      'This is a bug in Orus, not in your program. Please report it with the program and these lines:',
      `  command: orus ${words.join(' ')}`,
      `  orus ${VERSION}, node ${process.version}, ${process.platform} ${process.arch}`,
      ...(process.env['ORUS_DEBUG'] === '1' ? [stack ?? ''] : ['Set ORUS_DEBUG=1 to see where it happened.']),
      '',
    ].join('\n'),
  );
  return EXIT.bug.status;
}

/** Runs the program and ends the process. */
export function start(): void {
  const words = process.argv.slice(2);
  main(words)
    .catch((error: unknown) => reportFailure(error, words))
    .then((status) => process.exit(status));
}
