/**
 * Whether what was typed so far is a whole entry of a session or only its beginning (section 18).
 *
 * It goes on while a string, a comment or a bracket is open; and while its last line is indented or ends with `:`, until an empty
 * line. The lexer decides what is a bracket and where a line ends, so texts in strings and comments do not matter. Lines inside
 * brackets may be indented as they like.
 */
import type { FileId } from '../../base/source.ts';
import { chosenEdition } from './front.ts';
import { lex } from './lexer.ts';
import type { Token } from './token.ts';

export function isIncomplete(text: string, edition: string | undefined): boolean {
  const file = { id: 0 as FileId, path: '<entry>', text };
  const { tokens, comments } = lex(file, chosenEdition(edition));
  if (tokens.some((token) => token.kind === 'cut')) return true;
  const comment = comments.at(-1);
  if (comment !== undefined) {
    const last = text.slice(comment.start, comment.end);
    if (last.startsWith('/*') && (last.length < 4 || !last.endsWith('*/'))) return true;
  }
  let depth = 0;
  /** The first token of the last line that does not begin inside brackets. */
  let line: Token | undefined;
  let last: Token | undefined;
  for (const token of tokens) {
    if (token.kind === 'eof') break;
    if (token.first && depth <= 0) line = token;
    if (token.kind === '(' || token.kind === '[' || token.kind === '{') depth++;
    if (token.kind === ')' || token.kind === ']' || token.kind === '}') depth--;
    last = token;
  }
  if (depth > 0) return true;
  const open = last?.kind === ':' || (line !== undefined && line.indent > 0);
  return open && !/\n[ \t\r]*$/.test(text);
}
