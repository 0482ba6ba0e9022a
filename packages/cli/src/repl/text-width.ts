/**
 * How wide text is on a terminal, and where its characters begin and end.
 *
 * What a person takes for one character (a grapheme cluster) is the unit of moving and deleting; it is as wide as the widest of
 * its code points: two cells for East Asian wide ones and emoji, none for combining marks. Controls are shown as `^X`.
 */
const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

const ZERO = /^[\p{Mn}\p{Me}\p{Cf}]$/u;
const EMOJI = /^\p{Emoji_Presentation}$/u;

/** Ranges of East Asian Wide and Fullwidth code points (Unicode Standard Annex 11), emoji apart. */
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xa000, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1b000, 0x1b2ff],
  [0x1f200, 0x1f2ff],
  [0x20000, 0x3fffd],
];

function codePointWidth(char: string): number {
  const code = char.codePointAt(0) ?? 0;
  if (code < 32 || code === 127) return 2;
  if (code < 0x300) return 1;
  if (ZERO.test(char)) return 0;
  if (WIDE.some(([first, last]) => code >= first && code <= last) || EMOJI.test(char)) return 2;
  return 1;
}

/** Cells that one cluster takes. A tab counts as the four columns that it means in source. */
export function clusterWidth(cluster: string): number {
  if (cluster === '\t') return 4;
  let width = 0;
  for (const char of cluster) width = Math.max(width, codePointWidth(char));
  // An emoji variation selector asks for the wide picture.
  return cluster.includes('\ufe0f') ? 2 : width;
}

/** What a cluster looks like: controls made visible. */
export function clusterText(cluster: string): string {
  if (cluster === '\t') return '    ';
  const code = cluster.charCodeAt(0);
  if (code < 32 || code === 127) return `^${String.fromCharCode(code ^ 64)}`;
  return cluster;
}

export function clusters(text: string): string[] {
  // Plain text needs no tables.
  if (/^[\x20-\x7e]*$/.test(text)) return [...text];
  return [...segmenter.segment(text)].map(({ segment }) => segment);
}

export function textWidth(text: string): number {
  return clusters(text).reduce((sum, cluster) => sum + clusterWidth(cluster), 0);
}

/** As much of a text as fits, with `...` for what is left out. */
export function cutToWidth(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let used = 0;
  let cut = '';
  for (const cluster of clusters(text)) {
    used += clusterWidth(cluster);
    if (used > width - 3) break;
    cut += cluster;
  }
  return `${cut}${'...'.slice(0, Math.max(0, width))}`;
}

/** The end of the cluster that begins at an offset, within its line or past its newline. */
export function nextBoundary(text: string, offset: number): number {
  if (offset >= text.length) return text.length;
  if (text[offset] === '\n') return offset + 1;
  const [first] = segmenter.segment(text.slice(offset, offset + 64));
  return offset + (first?.segment.length ?? 1);
}

/** The beginning of the cluster that ends at an offset. */
export function previousBoundary(text: string, offset: number): number {
  if (offset <= 0) return 0;
  if (text[offset - 1] === '\n') return offset - 1;
  const from = Math.max(text.lastIndexOf('\n', offset - 1) + 1, offset - 256);
  const all = [...segmenter.segment(text.slice(from, offset))];
  return from + (all.at(-1)?.index ?? offset - 1 - from);
}
