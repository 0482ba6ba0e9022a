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
import { MAX_DEPTH, Parser } from './parser-core.ts';
import { runParse } from './parser-stack.ts';
import { parseTop as parseTopDeeply } from './parser-statements.ts';
import { parseTop } from './plain/parser-statements.ts';
import type { Module, Statement } from './syntax.ts';
import type { Token } from './token.ts';

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
  let { p, statements } = read(file, chosen.edition, tokens, known, false);
  if (p.diagnostics.length > 0) {
    // Something is wrong: read again with an eye for habits from other languages, which can say it better. A file
    // without mistakes never comes here, so no habit can reject it.
    ({ p, statements } = read(file, chosen.edition, tokens, known, true));
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

/** How deep the tree may become with plain functions; every level takes a handful of frames on the host's stack. */
const PLAIN_DEPTH = 100;

/** Parses with plain functions, and what is nested more deeply than almost any program from the beginning with generators. */
function read(
  file: SourceFile,
  edition: Edition,
  tokens: readonly Token[],
  known: readonly Diagnostic[],
  habits: boolean,
): { p: Parser; statements: readonly Statement[] } {
  const plain = new Parser(file, edition, tokens, known, habits, PLAIN_DEPTH);
  const statements = parseTop(plain);
  if (!plain.exhausted) return { p: plain, statements };
  const p = new Parser(file, edition, tokens, known, habits, MAX_DEPTH);
  return { p, statements: runParse(parseTopDeeply(p)) };
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
