/**
 * Words that look like the beginning of a statement and are none: misspelt keywords, and those of other languages.
 */
import { closest } from '../../base/suggest.ts';
import type { Parser } from './parser-core.ts';
import type { Statement } from './syntax.ts';

/** Words of other languages, and what they are in this one. */
const FOREIGN: Readonly<Record<string, string>> = {
  def: 'fn',
  func: 'fn',
  function: 'fn',
  fun: 'fn',
  proc: 'fn',
  elseif: 'elif',
  elsif: 'elif',
  switch: 'match',
  case: 'match',
  import: 'use',
  include: 'use',
  class: 'struct',
  var: 'mut',
  const: 'let',
  except: 'catch',
  foreach: 'for',
  until: 'while',
  loop: 'while',
  echo: 'print',
  println: 'print',
};

const STATEMENT_WORDS = [
  'while',
  'for',
  'if',
  'elif',
  'else',
  'match',
  'fn',
  'struct',
  'enum',
  'impl',
  'use',
  'pub',
  'mut',
  'let',
  'try',
  'catch',
  'return',
  'break',
  'continue',
  'pass',
  'print',
];

/** A statement that is a bare name with something behind it: most likely a misspelt keyword. */
export function explainUnknownWord(p: Parser, last: Statement | undefined, start: number): void {
  if (p.tok.first || p.pos !== start + 1 || last?.kind !== 'expr-stmt' || last.expr.kind !== 'name-expr') return;
  const { kind } = p.tok;
  if (kind !== 'ident' && kind !== 'int' && kind !== 'string' && kind !== ':' && kind !== '{' && kind !== 'float') {
    if (kind !== 'not' && kind !== 'true' && kind !== 'false') return;
  }
  const { text, span } = last.expr;
  const meant = Object.hasOwn(FOREIGN, text) ? FOREIGN[text] : closest(text, STATEMENT_WORDS);
  if (meant === undefined) return;
  p.report('E1006', { problem: `\`${text}\` is not the beginning of a statement` }, span, {
    help: `did you mean \`${meant}\`?`,
    edit: { span, replacement: meant, description: `replace with \`${meant}\`` },
  });
  p.panicking = true;
}
