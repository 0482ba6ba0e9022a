/**
 * Diagnostics: what is wrong with the user's source, as data.
 *
 * Front ends collect them and never throw them. Each code has one entry in its language's `messages.ts`.
 * Renderings (terminal, JSON, GitHub) are functions over this data in `render-diagnostics.ts`.
 */
import type { Span } from './source.ts';

export type Severity = 'error' | 'warning';

/** A marked place; `text` says what is there ("this is a `string`"), and may be empty for a bare mark. */
export interface Label {
  readonly span: Span;
  readonly text: string;
}

/** A change that certainly repairs the error: replace `span` by `replacement`. */
export interface Edit {
  readonly span: Span;
  readonly replacement: string;
  /** "replace with `count`", shown beside the edit. */
  readonly description: string;
}

export interface Diagnostic {
  /** Stable, such as `E1010`; `explain` takes it. */
  readonly code: string;
  readonly severity: Severity;
  /** One line, no full stop. */
  readonly title: string;
  /** Where it is wrong. */
  readonly primary: Label;
  /** Other places that explain it. */
  readonly labels: readonly Label[];
  /** What to do about it, one or two sentences. */
  readonly help?: string;
  readonly edit?: Edit;
}

/** Source order, then code: the order in which a run reports them. */
export function compareDiagnostics(a: Diagnostic, b: Diagnostic): number {
  return (
    a.primary.span.file - b.primary.span.file ||
    a.primary.span.start - b.primary.span.start ||
    a.primary.span.end - b.primary.span.end ||
    (a.code < b.code ? -1 : a.code > b.code ? 1 : 0)
  );
}
