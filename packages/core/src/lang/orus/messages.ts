/**
 * The catalogue of everything Orus reports: one entry per stable code.
 *
 * Parser and checker make diagnostics with `diagnostic(code, args, place, more)`; the arguments of each code are typed by
 * its entry. `explain`, the reference docs and the editor's links come from the same entries. The text of the entries
 * stands in four files by the stage that reports them.
 */
import type { Diagnostic, Edit, Label } from '../../base/diagnostic.ts';
import type { Span } from '../../base/source.ts';
import { BYTECODE_MESSAGES } from './messages-bytecode.ts';
import { MEANING_MESSAGES } from './messages-meaning.ts';
import type { MessageEntry } from './message-entry.ts';
import { RUNTIME_MESSAGES } from './messages-runtime.ts';
import { SYNTAX_MESSAGES } from './messages-syntax.ts';

export const MESSAGES = { ...SYNTAX_MESSAGES, ...MEANING_MESSAGES, ...RUNTIME_MESSAGES, ...BYTECODE_MESSAGES } as const;

export type Code = keyof typeof MESSAGES;

/** The particulars that the title of a code is made of. */
export type MessageArgs<C extends Code> = (typeof MESSAGES)[C] extends MessageEntry<infer Args> ? Args : never;

/** What a diagnostic may have besides its title and place. */
export interface More {
  /** What the primary mark says; empty by default. */
  readonly text?: string;
  readonly labels?: readonly Label[];
  readonly help?: string | undefined;
  readonly edit?: Edit | undefined;
}

/** A diagnostic of that code. If it has an `edit`, the edit certainly repairs it. */
export function diagnostic<C extends Code>(code: C, args: MessageArgs<C>, span: Span, more: More = {}): Diagnostic {
  // The entry and the arguments belong to the same code, which the union of all entries cannot express.
  const entry = MESSAGES[code] as MessageEntry<MessageArgs<C>>;
  return {
    code,
    severity: entry.severity,
    title: entry.title(args),
    primary: { span, text: more.text ?? '' },
    labels: more.labels ?? [],
    ...(more.help === undefined ? {} : { help: more.help }),
    ...(more.edit === undefined ? {} : { edit: more.edit }),
  };
}

export const CODES: readonly Code[] = (Object.keys(MESSAGES) as Code[]).sort();

export function isCode(text: string): text is Code {
  return Object.hasOwn(MESSAGES, text);
}

/** The page about a code that `explain` prints, in Markdown. */
export function explain(code: Code): string {
  const entry: MessageEntry<never> = MESSAGES[code];
  const fenced = (text: string): string => `\`\`\`orus\n${text.trimEnd()}\n\`\`\``;
  const parts = [
    `# ${code}: ${entry.summary}`,
    reflow(entry.explanation),
    'Wrong:',
    fenced(entry.wrong),
    'Repaired:',
    fenced(entry.right),
  ];
  const modules = Object.entries(entry.modules ?? {}).map(
    ([path, text]) => `With the module \`${path}\`:\n\n${fenced(text)}`,
  );
  return `${[...parts, ...modules].join('\n\n')}\n`;
}

/** Paragraphs broken anew at 80 columns; the catalogue breaks them wherever its own lines end. */
function reflow(text: string): string {
  const paragraphs = text.split('\n\n').map((paragraph) => {
    const lines: string[] = [];
    let line = '';
    for (const word of paragraph.split(/\s+/)) {
      if (line !== '' && line.length + 1 + word.length > 80) {
        lines.push(line);
        line = word;
      } else {
        line = line === '' ? word : `${line} ${word}`;
      }
    }
    return [...lines, line].join('\n');
  });
  return paragraphs.join('\n\n');
}
