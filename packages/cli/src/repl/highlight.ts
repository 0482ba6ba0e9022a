/**
 * Colours for what is being typed, from the tokens of the language itself; and which bracket belongs to the one at the cursor.
 */
import { type Edition, DEFAULT_EDITION, editionNamed } from '@orus/core/lang/orus/edition';
import { lex } from '@orus/core/lang/orus/lexer';
import { isKeyword } from '@orus/core/lang/orus/token';
import type { FileId } from '@orus/core/base/source';

export type Look = 'keyword' | 'string' | 'number' | 'comment' | 'type' | 'command' | 'wrong' | 'match';

export interface Highlight {
  readonly start: number;
  readonly end: number;
  readonly look: Look;
}

const TYPE_NAMES: ReadonlySet<string> = new Set('i32 i64 u32 u64 f64 bool string str void any'.split(' '));
const OPENING = '([{';
const CLOSING = ')]}';

/** Pieces of a text that have a look of their own, in order. `cursor` may stand beside a bracket. */
export function highlight(text: string, cursor: number, edition: string | undefined): Highlight[] {
  if (text.startsWith(':')) {
    const end = /^:\w*!?/.exec(text)?.[0].length ?? 1;
    return [{ start: 0, end, look: 'command' }];
  }
  const chosen: Edition = (edition === undefined ? undefined : editionNamed(edition)) ?? DEFAULT_EDITION;
  const { tokens, comments } = lex({ id: 0 as FileId, path: '', text }, chosen);
  const looks: Highlight[] = comments.map(({ start, end }) => ({ start, end, look: 'comment' }));
  const brackets: { at: number; kind: string }[] = [];
  for (const { kind, start, end, value } of tokens) {
    if (isKeyword(kind)) looks.push({ start, end, look: 'keyword' });
    else if (kind === 'string') looks.push({ start, end, look: 'string' });
    else if (kind === 'int' || kind === 'float') looks.push({ start, end, look: 'number' });
    else if (kind === 'ident' && typeof value === 'string' && TYPE_NAMES.has(value)) {
      looks.push({ start, end, look: 'type' });
    } else if (kind === 'cut') {
      looks.push({ start, end: text.length, look: 'string' });
      break;
    } else if (kind === 'bad' || kind === 'bad-literal') looks.push({ start, end, look: 'wrong' });
    else if (kind.length === 1 && (OPENING + CLOSING).includes(kind)) brackets.push({ at: start, kind });
  }
  for (const at of matchingBrackets(brackets, cursor)) looks.push({ start: at, end: at + 1, look: 'match' });
  return looks.filter(({ start, end }) => end > start).sort((a, b) => a.start - b.start);
}

/** The bracket before the cursor, or else the one under it, with its partner; nothing if it has none. */
export function matchingBrackets(brackets: readonly { at: number; kind: string }[], cursor: number): number[] {
  const open: number[] = [];
  const pairs = new Map<number, number>();
  for (const [index, { at, kind }] of brackets.entries()) {
    if (OPENING.includes(kind)) {
      open.push(index);
      continue;
    }
    const partner = brackets[open.at(-1) ?? -1];
    if (partner === undefined || OPENING.indexOf(partner.kind) !== CLOSING.indexOf(kind)) continue;
    open.pop();
    pairs.set(partner.at, at);
    pairs.set(at, partner.at);
  }
  for (const at of [cursor - 1, cursor]) {
    const partner = pairs.get(at);
    if (partner !== undefined) return [at, partner];
  }
  return [];
}
