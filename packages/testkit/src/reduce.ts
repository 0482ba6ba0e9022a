/**
 * Makes a program small while something keeps holding of it.
 *
 * Works on the text alone, so it serves generated and mutated programs alike: first whole blocks and runs of lines go (delta
 * debugging after Zeller and Hildebrandt), then headers whose body may stand without them, then brackets and tokens within
 * lines. What no longer compiles simply does not hold.
 */
export type Holds = (text: string) => boolean;

export function reduce(text: string, holds: Holds, tries = 4000): string {
  let left = tries;
  let best = text;
  const attempt = (candidate: string): boolean => {
    if (candidate === best || left <= 0) return false;
    left -= 1;
    if (!holds(candidate)) return false;
    best = candidate;
    return true;
  };
  for (let before = ''; before !== best && left > 0; ) {
    before = best;
    removeLines(() => best, attempt);
    unwrap(() => best, attempt);
    for (const step of [simplerBrackets, fewerTokens]) withinLines(() => best, attempt, step);
  }
  return best;
}

type Attempt = (candidate: string) => boolean;

function removeLines(current: () => string, attempt: Attempt): void {
  // Blocks first: a header with everything that is indented deeper.
  for (let at = 0; at < current().split('\n').length; ) {
    const lines = current().split('\n');
    const end = endOfBlock(lines, at);
    if (!attempt([...lines.slice(0, at), ...lines.slice(end)].join('\n'))) at++;
  }
  for (let size = current().split('\n').length >> 1; size >= 1; size >>= 1) {
    for (let at = 0; at < current().split('\n').length; ) {
      const lines = current().split('\n');
      if (!attempt([...lines.slice(0, at), ...lines.slice(at + size)].join('\n'))) at += size;
    }
  }
}

function indentation(line: string): number {
  return line.length - line.trimStart().length;
}

/** The line after the block that the line begins, closing brace included. */
function endOfBlock(lines: readonly string[], start: number): number {
  const own = indentation(lines[start] ?? '');
  let end = start + 1;
  while (end < lines.length && (lines[end]?.trim() === '' || indentation(lines[end] ?? '') > own)) end++;
  if (/^\s*}\s*$/.test(lines[end] ?? '') && indentation(lines[end] ?? '') === own) end++;
  return end;
}

/** Replaces blocks by their bodies, and keeps or drops what continues them (`else`, `catch`). */
function unwrap(current: () => string, attempt: Attempt): void {
  for (let at = 0; at < current().split('\n').length; at++) {
    const lines = current().split('\n');
    const end = endOfBlock(lines, at);
    if (end <= at + 1) continue;
    const own = ' '.repeat(indentation(lines[at] ?? ''));
    const closed = /^\s*}\s*$/.test(lines[end - 1] ?? '');
    const body = lines.slice(at + 1, closed ? end - 1 : end);
    const depth = Math.min(...body.filter((line) => line.trim() !== '').map(indentation));
    const shallow = body.map((line) => own + line.slice(depth));
    const after = endOfBlock(lines, end);
    if (attempt([...lines.slice(0, at), ...shallow, ...lines.slice(after)].join('\n'))) continue;
    attempt([...lines.slice(0, at), ...shallow, ...lines.slice(end)].join('\n'));
  }
}

/** Applies a step, which lists simpler forms of a line, to every line until it finds nothing more. */
function withinLines(current: () => string, attempt: Attempt, step: (line: string) => Iterable<string>): void {
  for (let at = 0; at < current().split('\n').length; at++) {
    for (let again = true; again; ) {
      again = false;
      const lines = current().split('\n');
      const line = lines[at] ?? '';
      for (const simpler of step(line)) {
        if (simpler.length >= line.length) continue;
        if (!attempt([...lines.slice(0, at), simpler, ...lines.slice(at + 1)].join('\n'))) continue;
        again = true;
        break;
      }
    }
  }
}

const SIMPLEST = ['', '0', '1', '1i32', 'true', '""', '[]', '1.0'];

interface Token {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

function tokens(line: string): Token[] {
  const found: Token[] = [];
  const pattern = /"(?:[^"\\]|\\.)*"?|\d[\w.]*(?:e[+-]\d+)?|\w+|\.\.=|\.\.|[=!<>:+\-*/%]=|->|=>|<<|>>|\S/g;
  for (const match of line.matchAll(pattern)) {
    found.push({ start: match.index, end: match.index + match[0].length, text: match[0] });
  }
  return found;
}

/** Every bracket with its content by something simpler, or by one of the parts between its commas. */
function* simplerBrackets(line: string): Iterable<string> {
  const open: number[] = [];
  const all = tokens(line);
  for (const [i, { text, end }] of all.entries()) {
    if ('([{'.includes(text)) open.push(i);
    if (!')]}'.includes(text)) continue;
    const first = open.pop();
    if (first === undefined) continue;
    const before = all[first]?.start ?? 0;
    const inner = line.slice(before + 1, end - 1);
    const put = (replacement: string, from = before): string => line.slice(0, from) + replacement + line.slice(end);
    yield put(inner);
    for (const part of parts(inner)) yield put(part.trim());
    for (const part of parts(inner)) yield put(`${text === ')' ? '(' : ''}${part.trim()}${text === ')' ? ')' : ''}`);
    // With the name before it, as in a call.
    const name = all[first - 1];
    const from = name && name.end === before && /^\w/.test(name.text) ? name.start : before;
    for (const simple of SIMPLEST) yield put(simple, from);
    if (from !== before) for (const part of parts(inner)) yield put(part.trim(), from);
    for (const simple of SIMPLEST) yield put(simple);
  }
}

/** What stands between commas, colons, conditionals and operators at depth 0. */
function parts(text: string): string[] {
  const found: string[] = [];
  let depth = 0;
  let start = 0;
  for (const { text: token, start: at, end } of tokens(text)) {
    if ('([{'.includes(token)) depth++;
    else if (')]}'.includes(token)) depth--;
    else if (
      depth === 0 &&
      /^(?:,|:|;|\?|=>|if|else|and|or|==|!=|<|>|<=|>=|\+|-|\*|\/|%|&|\||\^|<<|>>|as)$/.test(token)
    ) {
      found.push(text.slice(start, at));
      start = end;
    }
  }
  if (start > 0) found.push(text.slice(start));
  return found.filter((part) => part.trim() !== '');
}

/** Runs of tokens left out, longest first, and single tokens replaced. */
function* fewerTokens(line: string): Iterable<string> {
  const all = tokens(line);
  const sizes = all.length > 60 ? [32, 16, 8, 4, 2, 1] : [16, 12, 8, 6, 5, 4, 3, 2, 1];
  for (const size of sizes) {
    for (let i = 0; i + size <= all.length; i++) {
      const from = all[i]?.start ?? 0;
      const to = all[i + size - 1]?.end ?? line.length;
      yield line.slice(0, from) + line.slice(to);
    }
  }
  for (const { start, end, text } of all) {
    if (text.length < 2) continue;
    for (const simple of /^"/.test(text) ? ['""', '"a"'] : /^\d/.test(text) ? ['0', '1', '2'] : [])
      if (simple.length < text.length) yield line.slice(0, start) + simple + line.slice(end);
  }
}
