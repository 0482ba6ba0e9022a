/**
 * `orus dump`: the program as text, as the stages of the compiler left it.
 */
import { closest } from '@orus/core/base/suggest';
import { checkProgram } from '@orus/core/compile';
import { DEFAULT_CHECKS } from '@orus/core/engine/engine';
import { printFunc as printTreeFunc, printProgram as printTree } from '@orus/core/hir/print';
import { disassembleProgram } from '@orus/core/isa/disassemble';
import { FINAL_PASSES, PASSES } from '@orus/core/opt/pipeline';
import { type Invocation, UsageError } from '../arguments.ts';
import { EXIT } from '../exit-status.ts';
import { moduleFiles } from '../module-files.ts';
import { programFolder } from '../program-folder.ts';
import { showProblem, showReports } from '../reporting.ts';
import { readSource } from '../source-files.ts';
import { Output } from '../terminal.ts';

/** A stage by the name that `--after` takes, with its text. */
interface Stage {
  readonly name: string;
  readonly text: string;
}

export async function dump({ operands, options }: Invocation): Promise<number> {
  const after = options.get('after');
  // A pass may run several times; its text is that after the last time.
  const passes = new Set([...PASSES, ...FINAL_PASSES].map((pass) => pass.name));
  const names = ['tree', 'ir', ...passes, 'opt', 'bytecode', 'jit'];
  if (after !== undefined && !names.includes(after)) {
    const near = closest(after, names);
    const hint = near === undefined ? `there are ${names.join(', ')}` : `did you mean ${near}?`;
    throw new UsageError(`there is no stage '${after}'; ${hint}`, 'dump');
  }
  return show(operands[0] ?? '-', options, after);
}

/** Shows one stage, or without a name the main ones under a heading each. */
async function show(path: string, options: ReadonlyMap<string, string>, wanted: string | undefined): Promise<number> {
  const source = readSource(path);
  if ('error' in source) {
    showProblem(source.error, options);
    return EXIT.source.status;
  }
  const stages: Stage[] = [];
  let last = '';
  const edition = options.get('edition');
  const only = options.get('only');
  const { diagnostics, files, prepared } = checkProgram(source, {
    ...(edition === undefined ? {} : { edition }),
    loader: moduleFiles(programFolder()),
    checks: { ...DEFAULT_CHECKS, optimise: !options.has('no-optimise') },
    observer: {
      stage(name, text) {
        last = only === undefined ? text() : irFunctions(text(), only);
        stages.push({ name, text: last });
      },
    },
  });
  showReports(diagnostics, files.values(), options);
  if (!prepared) return EXIT.source.status;

  const named =
    only === undefined ? undefined : [...prepared.tree.funcs.entries()].filter(([, func]) => func.name === only);
  if (named?.length === 0) {
    const near = closest(
      only ?? '',
      prepared.tree.funcs.values().map((func) => func.name),
    );
    showProblem(`there is no function '${only}'${near === undefined ? '' : `; did you mean '${near}'?`}`, options);
    return EXIT.usage.status;
  }
  const ids = named?.map(([id]) => id);
  stages.push({
    name: 'tree',
    text: ids ? ids.map((id) => `${printTreeFunc(prepared.tree, id)}\n`).join('\n') : printTree(prepared.tree),
  });
  const bytecode = disassembleProgram(prepared.bytecode(), only);
  stages.push({ name: 'opt', text: last }, { name: 'bytecode', text: bytecode });

  if (wanted === 'jit') {
    const { printUnits } = await import('@orus/core/engine/jit/print-units');
    stages.push({ name: 'jit', text: printUnits(prepared.bytecode(), only) });
  }
  const output = new Output();
  if (wanted === undefined) {
    for (const name of ['tree', 'ir', 'opt', 'bytecode']) {
      output.text(`=== ${name} ===\n\n${textOf(stages, name)}\n`);
    }
  } else {
    output.text(textOf(stages, wanted));
  }
  output.flush();
  return EXIT.ok.status;
}

/** The functions of a name out of the text of the IR, in which empty lines stand between functions. */
function irFunctions(text: string, name: string): string {
  const wanted = text.split('\n\n').filter((part) => /^func \w+ "([^"]*)"/.exec(part)?.[1] === name);
  return `${wanted.map((part) => part.trimEnd()).join('\n\n')}\n`;
}

/** The text after the last stage of that name. A pass that changed nothing has no text of its own. */
function textOf(stages: readonly Stage[], name: string): string {
  const named = stages.filter((stage) => stage.name === name);
  return named.at(-1)?.text ?? `(${name} changed nothing)\n`;
}
