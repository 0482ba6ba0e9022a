/**
 * Parses one Orus source file into its syntax tree.
 *
 * The parser is a recursive descent over tokens, written as functions over one `Parser` state: expressions, statements,
 * layout, declarations, matches and types each have a file `parser-*.ts`. It reports every independent mistake in one run.
 */
import { compareDiagnostics } from '../../base/diagnostic.ts';
import type { Diagnostic } from '../../base/diagnostic.ts';
import type { SourceFile } from '../../base/source.ts';
import { EDITIONS, editionComment, editionNamed } from './edition.ts';
import type { Edition } from './edition.ts';
import { lex } from './lexer.ts';
import { diagnostic } from './messages.ts';
import { Parser } from './parser-core.ts';
import { runParse } from './parser-stack.ts';
import { parseTop } from './parser-statements.ts';
import type { Module } from './syntax.ts';

export interface Parsed {
  readonly module: Module;
  /** In source order. If there is none, the tree has no `error` node. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Parses a whole file. Never throws for what is in the file; `module.edition` is the edition that applies. */
export function parse(file: SourceFile, edition: Edition): Parsed {
  const chosen = chooseEdition(file, edition);
  const { tokens, diagnostics } = lex(file, chosen.edition);
  const known = [...chosen.diagnostics, ...diagnostics];
  let p = new Parser(file, chosen.edition, tokens, known, false);
  let statements = runParse(parseTop(p));
  if (p.diagnostics.length > 0) {
    // Something is wrong: read again with an eye for habits from other languages, which can say it better. A file
    // without mistakes never comes here, so no habit can reject it.
    p = new Parser(file, chosen.edition, tokens, known, true);
    statements = runParse(parseTop(p));
  }
  const span = p.span(0, file.text.length);
  const id = p.id();
  const module: Module = {
    kind: 'module',
    id,
    span,
    file: file.id,
    edition: chosen.edition,
    statements,
    nodeCount: p.nodeCount,
  };
  return { module, diagnostics: [...p.diagnostics].sort(compareDiagnostics) };
}

/** The edition that a first-line comment names, else the one asked for (section 23). */
function chooseEdition(file: SourceFile, edition: Edition): { edition: Edition; diagnostics: readonly Diagnostic[] } {
  const comment = editionComment(file.text);
  if (comment === undefined) return { edition, diagnostics: [] };
  const named = editionNamed(comment.name);
  if (named !== undefined) return { edition: named, diagnostics: [] };
  const span = { file: file.id, start: comment.start, end: comment.end };
  const help = `the editions are ${EDITIONS.map(({ name }) => `\`${name}\``).join(' and ')}`;
  return {
    edition,
    diagnostics: [diagnostic('E1006', { problem: `there is no edition \`${comment.name}\`` }, span, { help })],
  };
}
