/**
 * Transcripts of sessions: what is entered, and what is answered.
 *
 *     # a comment
 *     >> x = 20
 *     >> print("now")
 *     now
 *     >> x + 1
 *     = 21
 *     >> if x > 5:
 *     ..     y / 0
 *     ..
 *     ! E1010 `y` is not defined
 *
 * An answer consists of the lines that were printed, `= ` and the value, and `! ` with what went wrong.
 */
import type { EntryResult, Session } from '../../src/session.ts';

export interface Exchange {
  readonly comment: string;
  readonly entry: string;
  readonly answer: string;
}

export function parseTranscript(text: string): Exchange[] {
  const exchanges: Exchange[] = [];
  let comment = '';
  let entry: string[] | null = null;
  let answer: string[] = [];
  const finish = (): void => {
    if (entry !== null) exchanges.push({ comment, entry: entry.join('\n'), answer: answer.join('\n') });
    if (entry !== null) comment = '';
    entry = null;
    answer = [];
  };
  for (const line of text.replace(/\n$/, '').split('\n')) {
    if (line.startsWith('#') || (line === '' && entry === null)) {
      finish();
      comment += `${line}\n`;
    } else if (line.startsWith('>> ')) {
      finish();
      entry = [line.slice(3)];
    } else if (line.startsWith('..') && entry !== null && answer.length === 0) {
      entry.push(line.slice(3));
    } else {
      answer.push(line);
    }
  }
  finish();
  return exchanges;
}

export function printTranscript(exchanges: readonly Exchange[]): string {
  const parts = exchanges.map(({ comment, entry, answer }) => {
    const lines = entry.split('\n').map((line, at) => (at === 0 ? `>> ${line}` : `.. ${line}`.trimEnd()));
    return `${comment}${lines.join('\n')}\n${answer === '' ? '' : `${answer}\n`}`;
  });
  return parts.join('');
}

/** What a session answers; `printed` gives and forgets what was written to standard output. */
export function answerOf(session: Session, entry: string, printed: () => string): string {
  const result = session.evaluate(entry);
  const output = printed().replace(/\n$/, '');
  return [...(output === '' ? [] : [output]), ...outcomeLines(result)].join('\n');
}

function outcomeLines(result: EntryResult): string[] {
  switch (result.status) {
    case 'rejected':
      return result.diagnostics.map(({ code, title }) => `! ${code} ${title}`);
    case 'done':
      return result.value === null ? [] : [`= ${result.value}`];
    case 'error':
      return [`! ${result.trap.message.split('\n').join('\n! ')}`];
    case 'limit':
      return [`! stopped: ${result.limit}`];
    case 'full':
      return ['! full'];
  }
}
