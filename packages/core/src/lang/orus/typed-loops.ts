/**
 * Loops that the program or an option wants typed: `// @typed` on the line before a loop. What a loop handles is found in IR, of which
 * a front end knows nothing; here it becomes diagnostics.
 */
import type { Diagnostic } from '../../base/diagnostic.ts';
import type { IdMap } from '../../base/id-map.ts';
import type { FileId, SourceFile, Span } from '../../base/source.ts';
import { diagnostic } from './messages.ts';
import type { BoxedReason } from '../../base/boxed-reason.ts';

const MARK = '// @typed';

/** A loop in which a value of unknown type appears. */
export interface UntypedLoop {
  /** The statements of this loop and of those around it, innermost first. */
  readonly loops: readonly Span[];
  readonly span: Span;
  readonly reason: BoxedReason;
}

export function marksLoops(files: IdMap<FileId, SourceFile>): boolean {
  return files.values().some(({ text }) => text.includes(MARK));
}

/** Errors for those loops that must be typed: marked ones, or all. */
export function untypedLoopDiagnostics(
  files: IdMap<FileId, SourceFile>,
  found: readonly UntypedLoop[],
  all: boolean,
): readonly Diagnostic[] {
  const reported = new Set<Span>();
  return found.flatMap(({ loops, span, reason }) => {
    const loop = all ? loops[0] : loops.find((each) => isMarked(files.get(each.file).text, each.start));
    if (loop === undefined || reported.has(loop)) return [];
    reported.add(loop);
    // What stands elsewhere was inlined, and the loop is what the user can see of it.
    const place = span.file === loop.file && span.start >= loop.start && span.end <= loop.end ? span : loop;
    const what = shortened(files.get(place.file).text.slice(place.start, place.end));
    const labels = place === loop ? [] : [{ span: headOf(files.get(loop.file).text, loop), text: 'in this loop' }];
    return [
      diagnostic('E2010', { what, reason }, place === loop ? headOf(files.get(loop.file).text, loop) : place, {
        labels,
      }),
    ];
  });
}

/** Whether the line before a place is the mark. */
function isMarked(text: string, at: number): boolean {
  const line = text.lastIndexOf('\n', at - 1);
  if (line < 0) return false;
  return text.slice(text.lastIndexOf('\n', line - 1) + 1, line).trim() === MARK;
}

/** The first line of a statement. */
function headOf(text: string, { file, start, end }: Span): Span {
  const line = text.indexOf('\n', start);
  return { file, start, end: line < 0 ? end : Math.min(end, line) };
}

function shortened(text: string): string {
  const [line = ''] = text.split('\n');
  return line.length <= 40 ? line.trim() : `${line.slice(0, 39).trim()}…`;
}
