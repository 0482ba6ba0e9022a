/**
 * Suites: how they open, which lines belong to them, and how they end (sections 3.2 and 19.1).
 *
 * The rules are about lines, so the functions here look at the raw token (`p.tok.first`, `p.tok.indent`) and not at what
 * `peek` says.
 */
import { ARM, CALL_ARGS, COMMAS, NEWLINES } from './parser-core.ts';
import type { Parser, Suite } from './parser-core.ts';
import { infixHabit, reportInfix } from './parser-habits.ts';
import { reportLeftover, startsExpression, tabHelp } from './parser-missing.ts';
import { findArrow, findBody, looksLikeStatement, synchronise } from './parser-recovery.ts';
import type { Block } from './syntax.ts';
import type { Parse } from './parser-stack.ts';
import type { Token } from './token.ts';

/**
 * What may follow a header: after `:` one inline statement or several, or only lines (`members`); after the arrow of an
 * arm, one statement without a `:` in front.
 */
export type BodyKind = 'one' | 'many' | 'members' | 'arm';

/** A suite that was opened, and what `closeSuite` needs to restore. */
export interface OpenSuite {
  readonly suite: Suite;
  /** Index of the brace that opened it. */
  readonly brace: number;
  readonly outer: Suite;
  readonly flags: number;
}

/**
 * Opens the suite that must begin here. Null if there is none: then something has been reported. `owner` is what the
 * suite belongs to, as in "this `if` has no body".
 */
export function openSuite(p: Parser, owner: string, kind: BodyKind): OpenSuite | null {
  if (p.panicking && kind === 'arm') findArrow(p);
  else if (p.panicking) findBody(p);
  if (p.panicking) return null;
  const peeked = p.peek();
  const before = p.tokenAt(p.pos - 1);
  if (peeked === '{') return openBrace(p);
  if (kind === 'arm') return p.tok.first ? openLines(p, owner, before.indent) : openInline(p);
  if (peeked !== ':' && p.pos !== p.foreignColon && !takeBlockWord(p)) return openWithoutColon(p, owner, kind);
  if (peeked !== ':' && p.pos !== p.foreignColon) {
    return p.tok.first ? openLines(p, owner, before.indent) : openInline(p);
  }
  const colon = p.advance();
  if (p.tok.first) return openLines(p, owner, colon.indent);
  if (kind !== 'members') return openInline(p);
  p.fail('E1405', { form: 'same-line', construct: owner }, { help: 'or put the members in braces' });
  return null;
}

function open(p: Parser, suite: Suite, kept: number, brace: number): OpenSuite {
  const opened = { suite, brace, outer: p.suite, flags: p.flags };
  p.suite = suite;
  p.flags = NEWLINES | kept | (p.flags & CALL_ARGS);
  return opened;
}

function openBrace(p: Parser): OpenSuite {
  const brace = p.pos;
  const header = p.tok.indent;
  p.advance();
  p.open['}']++;
  return open(p, { form: 'brace', header, indent: 0, expected: 0 }, COMMAS, brace);
}

/** Inside brackets and braces of a match, a comma ends an inline suite (ruling 2), so there `COMMAS` is off already. */
function openInline(p: Parser): OpenSuite {
  p.begun = p.pos;
  return open(p, { form: 'inline', header: p.tok.indent, indent: 0, expected: 0 }, p.flags & (COMMAS | ARM), -1);
}

function openLines(p: Parser, owner: string, header: number): OpenSuite | null {
  const { kind, indent } = p.tok;
  if (indent === header && kind !== 'eof' && !p.isClosing(kind) && isMisplacedLine(p)) {
    // What is wrong is where the header stands, and that has been said.
    return open(p, { form: 'indented', header: header - 1, indent, expected: indent }, COMMAS, -1);
  }
  if (kind === 'eof' || indent <= header || p.isClosing(kind)) {
    const end = p.prevEnd;
    const deeper = kind !== 'eof' && p.suite.form !== 'brace' && p.suite.form !== 'inline' && indent > p.suite.expected;
    p.report('E1407', { construct: `this ${owner}` }, p.span(Math.max(0, end - 1), end), {
      help: deeper
        ? 'its lines are indented more than the line with the `:`'
        : 'indent the lines of its body; a body that does nothing is written `pass`',
    });
    // The header went over several lines and ended deeper than its body: it is clear what was meant.
    if (deeper && !p.isClosing(kind)) return openLines(p, owner, p.suite.expected);
    return null;
  }
  return open(p, { form: 'indented', header, indent, expected: indent }, COMMAS, -1);
}

/** Whether the line that ends here was reported for its indentation. */
function isMisplacedLine(p: Parser): boolean {
  let at = p.pos - 1;
  while (at > 0 && !p.tokenAt(at).first) at--;
  return at === p.misplaced;
}

/** Reports and consumes `then` or `do` in place of a `:`; false if neither stands here. */
export function takeBlockWord(p: Parser): boolean {
  if (!p.habits) return false;
  const { kind, value, first } = p.tok;
  if (kind !== 'ident' || first || (value !== 'then' && value !== 'do')) return false;
  const span = p.span(p.prevEnd, p.tok.end);
  p.report('E1405', { form: 'missing', construct: 'the header of a block' }, p.spanOf(p.tok), {
    help: 'a block begins with `:` and ends where its indentation ends; there is no `end`',
    edit: { span, replacement: ':', description: `replace \`${value}\` with \`:\`` },
  });
  p.wordBlocks = true;
  p.advance();
  return true;
}

/** Reports the missing `:` and finds out what was meant. */
function openWithoutColon(p: Parser, owner: string, kind: BodyKind): OpenSuite | null {
  const before = p.tokenAt(p.pos - 1);
  const construct = owner === '`else`' || owner === '`try`' ? owner : `the header of this ${owner}`;
  const newLine = p.tok.first || p.tok.kind === 'eof';
  const deeper = p.tok.first && p.tok.kind !== 'eof' && p.tok.indent > before.indent;
  const args = { form: 'missing', construct } as const;
  if (newLine) {
    const label = { text: 'here', help: 'a block begins with `:` or `{`', edit: deeper ? p.insertion(':') : undefined };
    p.report('E1405', args, p.span(p.prevEnd, p.prevEnd), label);
    return deeper ? openLines(p, owner, before.indent) : null;
  }
  const habit = infixHabit(p, p.tok);
  const edit = looksLikeStatement(p, p.pos) ? p.insertion(':') : undefined;
  if (habit === undefined) p.fail('E1405', args, { help: 'a block begins with `:` or `{`', edit });
  else {
    reportInfix(p, habit);
    for (let index = p.pos; !p.tokenAt(index).first; index++) {
      if (p.tokenAt(index).kind === 'eof' || p.tokenAt(index).kind === '{') break;
      if (p.tokenAt(index).kind === ':') {
        p.jump(index);
        p.panicking = false;
        return openSuite(p, owner, kind);
      }
    }
  }
  findBody(p);
  if (!p.panicking) return openSuite(p, owner, kind);
  if (kind === 'members' || p.aborted || !(looksLikeStatement(p, p.pos) || startsExpression(p.tok))) return null;
  p.panicking = false;
  return openInline(p);
}

/** Ends a suite whose lines were parsed, and consumes its closing brace. */
export function closeSuite(p: Parser, opened: OpenSuite, owner: string): void {
  p.suite = opened.outer;
  p.flags = opened.flags;
  if (opened.suite.form !== 'brace') return;
  p.open['}']--;
  if (p.tok.kind === '}') {
    p.advance();
  } else if (p.missingAt !== p.pos) {
    p.missingAt = p.pos;
    p.report('E1004', { construct: owner }, p.span(p.prevEnd, p.prevEnd), {
      labels: [{ span: p.spanOf(p.tokenAt(opened.brace)), text: 'opened here' }],
      help: 'close the block with `}`',
    });
  }
}

const TOP_LEVEL_WORDS: ReadonlySet<string> = new Set(['fn', 'struct', 'enum', 'impl', 'use', 'pub']);

/**
 * Moves to the next line of a suite and checks its indentation; false at the end of the suite. Afterwards the next token
 * begins a statement, arm or member.
 */
export function nextLine(p: Parser, opened: OpenSuite | null): boolean {
  const { suite } = p;
  while (p.tok.kind === ';') p.advance();
  const { kind, first, indent } = p.tok;
  if (kind === 'eof') return false;
  if (suite.form === 'brace') {
    if (p.isClosing(kind)) return false;
    // A brace without partner most likely misses it before the next declaration.
    const lost = first && indent <= suite.header && TOP_LEVEL_WORDS.has(kind);
    if (lost && opened !== null && p.unclosed.has(opened.brace)) return false;
  } else {
    if (p.isClosing(kind) || isOuterComma(p)) return false;
    if (first && continuesLine(p, suite)) return nextLine(p, opened);
    if (first && !checkIndent(p, suite)) return false;
  }
  p.begun = p.pos;
  return true;
}

/**
 * Whether this comma, in indented lines between brackets, goes on with the list around them: it begins a line, or the
 * line after it is indented less than these.
 */
export function isOuterComma(p: Parser): boolean {
  const { form, header, indent } = p.suite;
  if (p.tok.kind !== ',' || form === 'brace' || p.open[')'] + p.open[']'] === 0) return false;
  const next = p.tokenAt(p.pos + 1);
  return p.tok.first || (next.first && next.indent < (form === 'inline' ? header : indent));
}

/** With these a line cannot begin, so it was meant to continue the one above. */
export const CONTINUATIONS: ReadonlySet<string> = new Set(
  '+ * / % == != < <= > >= and or matches as . ? & | ^ << >> .. ..='.split(' '),
);

export const CONTINUATION_HELP = 'an expression ends with its line; put a longer one in parentheses';

/** Reports and skips indented lines that go on with the expression of the line above. */
function continuesLine(p: Parser, suite: Suite): boolean {
  const continues = ({ kind, indent }: Token): boolean =>
    indent > suite.expected && (kind === '-' || CONTINUATIONS.has(kind));
  if (suite.expected <= suite.header || !continues(p.tok)) return false;
  p.report('E1008', { form: 'unexpected' }, p.spanOf(p.tok), { help: CONTINUATION_HELP });
  do p.advance();
  while (p.tok.kind !== 'eof' && !p.isClosing(p.tok.kind) && (!p.tok.first || continues(p.tok)));
  return true;
}

/** Whether the line belongs to the suite; what is wrong with its indentation is reported once. */
function checkIndent(p: Parser, suite: Suite): boolean {
  const { indent } = p.tok;
  if (indent <= suite.header) return false;
  if (indent > suite.expected || indent < suite.indent) p.misplaced = p.pos;
  if (indent > suite.expected) {
    p.report('E1008', { form: 'unexpected' }, p.spanOf(p.tok), {
      help: tabHelp(p) ?? 'end the line above with `:` if it opens a block, or remove the indentation',
    });
  } else if (indent < suite.indent) {
    p.report('E1008', { form: 'inconsistent' }, p.spanOf(p.tok), {
      help: tabHelp(p) ?? 'indent all lines of a block alike',
    });
    suite.indent = indent;
  }
  suite.expected = indent;
  return true;
}

/** Checks that the statement which began at token `start` ends here, or skips what is left of it. */
export function* endStatement(p: Parser, start: number): Parse<void> {
  // The `end` of a block that was reported, on the line of the block.
  if (p.wordBlocks && !p.panicking && !p.tok.first && p.tok.value === 'end') p.advance();
  const { kind, first } = p.tok;
  if (!p.panicking && !first && kind !== ';' && kind !== 'eof' && !p.isClosing(kind) && !isOuterComma(p)) {
    reportLeftover(p);
  }
  if (p.panicking) yield* synchronise(p, p.suite, start);
  if (p.pos === start) p.advance();
}

/** The form of a block as the tree records it. */
export function blockForm(opened: OpenSuite | null): Block['form'] {
  const form = opened?.suite.form;
  return form === 'brace' || form === 'inline' ? form : 'indented';
}
