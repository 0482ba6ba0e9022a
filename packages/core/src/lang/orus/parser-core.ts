/**
 * What all parsing functions share: the token cursor, layout, reporting with recovery, and the limits of nesting.
 *
 * **Line ends** are not tokens. `peek` yields `line-end` where the next token begins a line and newlines matter; brackets
 * switch that off, suites switch it on again (section 3.4). `begun` exempts the token that begins a statement.
 *
 * **Recovery.** A parsing function that cannot go on calls `fail`, which reports and sets `panicking`; from then on nothing
 * is reported and functions return as soon as they can, until a bracketed list or a list of statements finds a place
 * to resume (`parser-recovery.ts`). Every loop consumes a token or ends.
 *
 * **Nesting.** `level` counts what is open in the source, `depth` the nodes above the current one in the tree. Chains that
 * lean to the left (`a + b + c`, `f()()`) deepen what was parsed before, so the deepest places of the current expression
 * are tracked and checked too. Beyond a limit, one diagnostic is reported and parsing ends.
 */
import type { Diagnostic } from '../../base/diagnostic.ts';
import type { SourceFile, Span } from '../../base/source.ts';
import type { Edition } from './edition.ts';
import { diagnostic } from './messages.ts';
import type { Code, MessageArgs, More } from './messages.ts';
import type { AnyNode, Name, NodeId } from './syntax.ts';
import { isKeyword } from './token.ts';
import type { Token, TokenKind } from './token.ts';

/** How deep brackets, blocks, types, prefix operators and chains may be nested in the source. */
export const MAX_NESTING = 1024;
/** How deep the tree may become, where one level of the source makes several levels of the tree: `1 + 2 * (…)`. */
export const MAX_DEPTH = 2500;

/** Newlines end things. */
export const NEWLINES = 1;
/** `{` opens the block of a header, never a struct literal (19.3). */
export const HEADER = 2;
/** Inside the argument list of a call, which matters to fill literals (7.8). */
export const CALL_ARGS = 4;
/** Commas may separate statements. */
export const COMMAS = 8;
/** In a pattern, where `|` is no operator. */
export const PATTERN = 16;
/** An arm between braces: no comma lists, but `:` ends nothing as it does in brackets. */
export const ARM = 32;

/** The list of statements, arms or members that is being parsed. */
export interface Suite {
  readonly form: 'top' | 'indented' | 'brace' | 'inline';
  /** Indentation of the line that opened it. */
  readonly header: number;
  /** Indentation of its lines. */
  indent: number;
  /** Indentation of the previous line: deeper than `indent` only after an error was reported for it. */
  expected: number;
}

export type Peeked = TokenKind | 'line-end';

type Opener = '(' | '[' | '{';
export type Closer = ')' | ']' | '}';

const OPENER_OF: Readonly<Record<Closer, Opener>> = { ')': '(', ']': '[', '}': '{' };

export class Parser {
  readonly file: SourceFile;
  readonly edition: Edition;
  readonly tokens: readonly Token[];
  readonly diagnostics: Diagnostic[];
  /** Indexes of the opening brackets that have no partner. */
  readonly unclosed: ReadonlySet<number>;

  pos = 0;
  tok: Token;
  /** Where the last consumed token ended. */
  prevEnd = 0;
  flags = NEWLINES | COMMAS;
  suite: Suite = { form: 'top', header: -1, indent: 0, expected: 0 };
  /** Index of the token that began the current statement, arm or member. */
  begun = 0;
  panicking = false;
  aborted = false;
  /** Loops around, innermost last; a function starts with none. */
  loops: readonly { readonly id: NodeId; readonly label: string | null }[] = [];
  /** How many brackets of each kind are open around the current place. */
  readonly open: Record<Closer, number> = { ')': 0, ']': 0, '}': 0 };
  /** Where a missing bracket was reported last: brackets around it that are missing too are not reported again. */
  missingAt = -1;

  /** Whether words and forms of other languages are looked for; only in a file that has errors, see `parse`. */
  readonly habits: boolean;
  /** Beyond this depth nothing is parsed; below `MAX_DEPTH`, whoever asked parses again with more. */
  readonly #maxDepth: number;
  /** Whether that was so, and nothing is wrong but that. */
  exhausted = false;

  /** Index of a token that was reported and stands for the `:` of a body. */
  foreignColon = -1;

  /** Blocks that end with the word `end` were reported, so that these words are no news. */
  wordBlocks = false;

  /** Index of the token whose line was last reported as badly indented. */
  misplaced = -1;

  level = 0;
  depth = 0;
  deepestLevel = 0;
  deepestDepth = 0;
  #nextId = 0;
  /** Where the lexer reported something. */
  readonly #reported: ReadonlySet<number>;

  constructor(
    file: SourceFile,
    edition: Edition,
    tokens: readonly Token[],
    diagnostics: readonly Diagnostic[],
    habits: boolean,
    maxDepth: number,
  ) {
    this.#maxDepth = maxDepth;
    this.file = file;
    this.habits = habits;
    this.edition = edition;
    this.tokens = tokens;
    this.diagnostics = [...diagnostics];
    this.#reported = new Set(diagnostics.map(({ primary }) => primary.span.start));
    this.unclosed = unclosedBrackets(tokens);
    this.tok = this.tokenAt(0);
  }

  // --- cursor -------------------------------------------------------------------------------------------------------

  /** The token at an index; beyond the end it is `eof`. */
  tokenAt(index: number): Token {
    // The list is never empty: its last token is `eof`.
    return (this.tokens[index] ?? this.tokens.at(-1)) as Token;
  }

  /** The kind of the next token, or `line-end` if it is on a new line where that matters. */
  peek(): Peeked {
    const tok = this.tok;
    return tok.first && (this.flags & NEWLINES) !== 0 && this.pos !== this.begun ? 'line-end' : tok.kind;
  }

  /** The kind of the next token, whether or not it is on a new line. */
  raw(): TokenKind {
    return this.tok.kind;
  }

  /** The kind of the token after the next one, if it is on the same line; else `line-end`. */
  peekSecond(): Peeked {
    const next = this.tokenAt(this.pos + 1);
    return next.first ? 'line-end' : next.kind;
  }

  advance(): Token {
    const tok = this.tok;
    if (tok.kind === 'eof') return tok;
    this.prevEnd = tok.end;
    this.tok = this.tokenAt(++this.pos);
    return tok;
  }

  jump(index: number): void {
    if (index <= this.pos) return;
    this.prevEnd = this.tokenAt(index - 1).end;
    this.pos = index;
    this.tok = this.tokenAt(index);
  }

  /** Consumes the next token if it is of that kind. */
  take(kind: TokenKind): boolean {
    if (this.peek() !== kind) return false;
    this.advance();
    return true;
  }

  // --- nodes --------------------------------------------------------------------------------------------------------

  id(): NodeId {
    return this.#nextId++ as NodeId;
  }

  get nodeCount(): number {
    return this.#nextId;
  }

  span(start: number, end: number): Span {
    return { file: this.file.id, start, end };
  }

  /** From an offset to the end of what was consumed. */
  from(start: number): Span {
    return { file: this.file.id, start, end: Math.max(start, this.prevEnd) };
  }

  spanOf(tok: Token): Span {
    return { file: this.file.id, start: tok.start, end: tok.end };
  }

  textOf(node: AnyNode): string {
    return this.file.text.slice(node.span.start, node.span.end);
  }

  /** The identifier that stands here. Call it only if `peek` said `ident`. */
  name(): Name {
    const tok = this.advance();
    return { kind: 'name', id: this.id(), span: this.spanOf(tok), text: String(tok.value) };
  }

  /** A name that is missing: the diagnostic has been reported. */
  missingName(): Name {
    return { kind: 'name', id: this.id(), span: this.span(this.prevEnd, this.prevEnd), text: '' };
  }

  /** The identifier that must stand here; `what` is "a name for the function". */
  expectName(what: string): Name {
    const kind = this.peek();
    if (kind === 'ident') return this.name();
    const help = isKeyword(kind) ? `\`${kind}\` is a reserved word` : undefined;
    this.fail('E1006', { problem: `expected ${what}, found ${this.found()}` }, { help });
    return this.missingName();
  }

  // --- nesting ------------------------------------------------------------------------------------------------------

  /** Opens one more level, or something that takes the stack of several; every `enter` has its `leave`. */
  enter(levels = 1): void {
    this.level += levels;
    this.depth += levels;
    if (this.level > this.deepestLevel) this.deepestLevel = this.level;
    if (this.depth > this.deepestDepth) this.deepestDepth = this.depth;
    if (this.level > MAX_NESTING || this.depth > this.#maxDepth) this.#tooDeep();
  }

  leave(levels = 1): void {
    this.level -= levels;
    this.depth -= levels;
  }

  /** What was parsed since the deepest places were reset has become the left child of one more node. */
  wrap(): void {
    this.deepestLevel++;
    this.deepestDepth++;
    if (this.deepestLevel > MAX_NESTING || this.deepestDepth > MAX_DEPTH) this.#tooDeep();
  }

  #tooDeep(): void {
    if (this.#maxDepth < MAX_DEPTH) this.exhausted = true;
    else if (!this.aborted) {
      this.panicking = false;
      this.report('E1006', { problem: 'nested too deeply' }, this.spanOf(this.tok), {
        help: `at most ${MAX_NESTING} levels can be nested; name parts of it, or move them to functions`,
      });
    }
    this.aborted = true;
    this.panicking = true;
    this.jump(this.tokens.length - 1);
  }

  // --- reporting ----------------------------------------------------------------------------------------------------

  /** Reports and goes on; for errors after which it is clear what was meant. */
  report<C extends Code>(code: C, args: MessageArgs<C>, span: Span, more?: More): void {
    if (this.panicking) return;
    // Nested constructs that all miss the same thing at the same place miss it once.
    const again = this.diagnostics
      .slice(-3)
      .some(
        (last) => last.code === code && last.primary.span.start === span.start && last.primary.span.end === span.end,
      );
    if (!again) this.diagnostics.push(diagnostic(code, args, span, more));
  }

  /** Drops what the lexer reported inside a place that is reported as a whole. */
  forget(span: Span): void {
    const kept = this.diagnostics.filter(
      ({ primary, code }) => code !== 'E1001' || primary.span.start < span.start || primary.span.end > span.end,
    );
    this.diagnostics.splice(0, this.diagnostics.length, ...kept);
  }

  /** Whether the lexer reported this token already, so that what it leads to is no news. */
  wasReported(tok: Token): boolean {
    return this.#reported.has(tok.start);
  }

  /** Reports at the next token and begins to look for a place to resume. */
  fail<C extends Code>(code: C, args: MessageArgs<C>, more?: More): void {
    if (!this.wasReported(this.tok)) this.report(code, args, this.here(), more);
    this.panicking = true;
  }

  /** The next token as a place; at the end of a line or file, the empty place behind the last token. */
  here(): Span {
    const kind = this.peek();
    if (kind === 'line-end' || kind === 'eof') return this.span(this.prevEnd, this.prevEnd);
    return this.spanOf(this.tok);
  }

  /** The next token as a message names it. */
  found(): string {
    const kind = this.peek();
    switch (kind) {
      case 'line-end':
        return this.tok.kind === 'eof' ? 'the end of the file' : 'the end of the line';
      case 'eof':
        return 'the end of the file';
      case 'string':
      case 'cut':
        return 'a string';
      default:
        return `\`${this.file.text.slice(this.tok.start, Math.min(this.tok.end, this.tok.start + 40))}\``;
    }
  }

  /** An edit that inserts text behind the last token. */
  insertion(text: string): More['edit'] {
    return { span: this.span(this.prevEnd, this.prevEnd), replacement: text, description: `insert \`${text.trim()}\`` };
  }

  /** Whether this closing bracket has a partner around the current place. */
  isClosing(kind: Peeked | TokenKind): kind is Closer {
    return (kind === ')' || kind === ']' || kind === '}') && this.open[kind] > 0;
  }
}

/** Pairs brackets over the whole file. A closing bracket pairs with the nearest of its kind; what that skips is unclosed. */
function unclosedBrackets(tokens: readonly Token[]): ReadonlySet<number> {
  const unclosed = new Set<number>();
  const stack: number[] = [];
  const counts = { '(': 0, '[': 0, '{': 0 };
  for (let index = 0; index < tokens.length; index++) {
    const kind = tokens[index]?.kind;
    if (kind === '(' || kind === '[' || kind === '{') {
      stack.push(index);
      counts[kind]++;
    } else if (kind === ')' || kind === ']' || kind === '}') {
      const wanted = OPENER_OF[kind];
      while (counts[wanted] > 0) {
        const top = stack.pop() ?? 0;
        const opener = tokens[top]?.kind as Opener;
        counts[opener]--;
        if (opener === wanted) break;
        unclosed.add(top);
      }
    }
  }
  for (const index of stack) unclosed.add(index);
  return unclosed;
}
