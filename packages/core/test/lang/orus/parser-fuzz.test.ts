/**
 * Damaged programs: whatever is deleted, repeated, swapped or inserted, parsing ends, never throws, reports only places
 * inside the file, and leaves no error node without a diagnostic.
 */
import { expect, test } from 'vitest';
import { PUNCTUATION, KEYWORDS } from '../../../src/lang/orus/token.ts';
import { parseText } from './outline.ts';

const SAMPLES = [
  'struct P:\n    x: i32\n    y: [f64] = [1.0, 2.5e3]\n\nimpl P:\n    fn sum(self, k: i32) -> f64:\n        mut s = 0.0\n        for v in self.y: s += v\n        return s if k > 0 else -s\n',
  'enum E[T] { A, B(x: T, string) }\nfn go(e: E) {\n    match e {\n        E.A => print("a @", 1),\n        E.B(v, _) -> { return v }\n    }\n    x = match 3:\n        1 | 2 -> "few"\n        _ -> "many"\n}\n',
  "use geo.solids as s\nuse geo: a, B as C\n'rows: for r in 0..=10..2 {\n    while true: if r == 3: break 'rows\n    else: continue\n}\ntry:\n    risky([1; n], a[1..], a[..=2])\ncatch problem: print(problem)\n",
  'pub LIMIT:i32 := 0xFF\nlet mut a, b = 1\nw = 4, mut h: i64 = 5\nf = fn(x, y: fn(i32) -> any): x.y[0](1)(fn() { 2 }, P{ a: 1\n b: 2 })\nx = c ? (1 as i64) << 3 : not a == b and ~d | e ^ f & g\n/* c */ y = """ // end\n',
];

/** A small linear congruential generator, so that failures repeat. */
function random(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const PIECES = [
  ...PUNCTUATION,
  ...KEYWORDS,
  '\n',
  '\n    ',
  '\n  ',
  ' ',
  '"',
  "'",
  '1',
  'x',
  '\\',
  '$',
  '\0',
  '\u00e9',
  '/*',
  '//',
];

function damage(text: string, below: (n: number) => number): string {
  let out = text;
  for (let count = 1 + below(4); count > 0; count--) {
    const at = below(out.length + 1);
    const length = below(12);
    const piece = PIECES[below(PIECES.length)] ?? '';
    switch (below(5)) {
      case 0:
        out = out.slice(0, at) + out.slice(at + length);
        break;
      case 1:
        out = out.slice(0, at) + piece + out.slice(at);
        break;
      case 2:
        out = out.slice(0, at) + piece + out.slice(at + length);
        break;
      case 3:
        out = out.slice(0, at) + out.slice(at, at + length) + out.slice(at);
        break;
      default:
        out = out.slice(0, at);
    }
  }
  return out;
}

function hasError(node: unknown): boolean {
  if (typeof node !== 'object' || node === null) return false;
  const { kind } = node as { kind?: unknown };
  if (kind === 'error' || kind === 'error-type') return true;
  return Object.values(node).some(hasError);
}

test('damaged programs', () => {
  for (let seed = 0; seed < 2500; seed++) {
    const below = random(seed);
    const text = damage(SAMPLES[below(SAMPLES.length)] ?? '', below);
    const { module, diagnostics } = parseText(text, seed % 2 === 0 ? '2026' : 'classic');
    const spans = diagnostics.flatMap(({ primary, labels, edit }) => [
      primary.span,
      ...labels.map(({ span }) => span),
      ...(edit ? [edit.span] : []),
    ]);
    const inside = spans.every(({ start, end }) => 0 <= start && start <= end && end <= text.length);
    expect(inside, text).toBe(true);
    if (diagnostics.length === 0) expect(hasError(module), text).toBe(false);
  }
});

test('one place is reported once', () => {
  for (let seed = 0; seed < 1000; seed++) {
    const below = random(seed * 7 + 1);
    const text = damage(SAMPLES[below(SAMPLES.length)] ?? '', below);
    const places = parseText(text).diagnostics.map(
      ({ code, primary: { span } }) => `${code} ${span.start}-${span.end}`,
    );
    expect(new Set(places).size, `${text}\n${places.join('\n')}`).toBe(places.length);
  }
});

test('random tokens', () => {
  for (let seed = 0; seed < 1000; seed++) {
    const below = random(seed + 1_000_000);
    let text = '';
    for (let count = below(60); count > 0; count--)
      text += (PIECES[below(PIECES.length)] ?? '') + (below(2) === 0 ? ' ' : '');
    expect(parseText(text).diagnostics.length).toBeLessThanOrEqual(text.length + 1);
  }
});
