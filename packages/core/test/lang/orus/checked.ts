/** Checks a program held in memory, for the tests of the checker. */
import { dirname, join } from 'node:path/posix';
import type { Diagnostic } from '../../../src/base/diagnostic.ts';
import type { Program } from '../../../src/hir/hir.ts';
import { printFunc, printProgram } from '../../../src/hir/print.ts';
import { verifyProgram } from '../../../src/hir/verify.ts';
import { checkProgram, type FrontResult } from '../../../src/lang/orus/front.ts';
import type { ModuleLoader } from '../../../src/lang/orus/modules.ts';

/** Modules by path, found as 14.2 says, from the root and from the folder of the user. */
export function memoryLoader(files: Readonly<Record<string, string>>): ModuleLoader {
  return {
    resolve(dotted, fromPath) {
      const file = `${join(...dotted)}.orus`;
      const tried = [...new Set([file, join(dirname(fromPath), file)])];
      for (const path of tried) {
        const text = files[path];
        if (text !== undefined) return { path, text };
      }
      return { tried };
    },
  };
}

export function check(text: string, files: Readonly<Record<string, string>> = {}, edition?: string): FrontResult {
  return checkProgram(
    { path: 'main.orus', text },
    { loader: memoryLoader({ ...files, 'main.orus': text }), ...(edition ? { edition } : {}) },
  );
}

export function classic(text: string): string {
  return `// edition: classic\n${text}`;
}

/** `CODE what stands there: title`, one for each diagnostic. */
export function problems(text: string, files: Readonly<Record<string, string>> = {}): string[] {
  const result = check(text, files);
  return result.diagnostics.map(
    (diagnostic) => `${diagnostic.code} ${quoted(result, diagnostic)}: ${diagnostic.title}`,
  );
}

/** `CODE what stands there`. */
export function codes(text: string, files: Readonly<Record<string, string>> = {}): string[] {
  const result = check(text, files);
  return result.diagnostics.map((diagnostic) => `${diagnostic.code} ${quoted(result, diagnostic)}`);
}

function quoted({ files }: FrontResult, { primary: { span } }: Diagnostic): string {
  return files.get(span.file).text.slice(span.start, span.end);
}

/** The program, which must have no error and a well-formed tree. */
export function program(text: string, files: Readonly<Record<string, string>> = {}): Program {
  const result = check(text, files);
  if (result.program === null) throw new Error(problems(text, files).join('\n'));
  const broken = verifyProgram(result.program);
  if (broken.length > 0) throw new Error(`${broken.join('\n')}\n${printProgram(result.program)}`);
  return result.program;
}

/** The printed functions of a program by name, without their ids and the `return false` of an initialiser. */
export function tree(text: string, name = 'main.orus', files: Readonly<Record<string, string>> = {}): string {
  const built = program(text, files);
  for (const [id, func] of built.funcs.entries()) {
    if (func.name === name) return withoutIds(printFunc(built, id));
  }
  throw new Error(`no function ${name}`);
}

function withoutIds(text: string): string {
  return text
    .replace(/\b([A-Za-z_]\w*)\.\d+\b/g, '$1')
    .replace(/\n {2}return false\s*$/, '\n')
    .trim();
}

/** The type of the variable `x` in a program. */
export function typeOfX(text: string): string {
  const found = /let x~?: (.*?) = /.exec(tree(text)) ?? /declare x~?: (.*)/.exec(tree(text));
  return found?.[1] ?? 'no x';
}
