/**
 * The kernels as a picture, written by hand as SVG: one row a kernel, one dot a peer, to the right is faster, on a logarithmic scale on
 * which one peer (Lua, if it was timed) stands at 1. The last row is the geometric mean. Colours follow the reader's light or dark mode.
 */
import { ratiosOf, meansOf, subjectOf } from './report.mjs';

const WIDTH = 760;
const LEFT = 120;
const RIGHT = 20;
const TOP = 64;
const ROW = 20;

/** Colours in light and in dark mode, by peer; all are told apart by shape too. */
const LOOKS = {
  orus: { light: '#b3261e', dark: '#ff8a80', shape: 'disc' },
  'orus-jit': { light: '#7b1fa2', dark: '#d9a7ff', shape: 'disc' },
  'orus-again': { light: '#b3261e', dark: '#ff8a80', shape: 'ring' },
  'orus-jit-again': { light: '#7b1fa2', dark: '#d9a7ff', shape: 'ring' },
  lua: { light: '#1f4e9c', dark: '#8ab4f8', shape: 'line' },
  'luajit-off': { light: '#00796b', dark: '#4dd0b5', shape: 'square' },
  luajit: { light: '#00796b', dark: '#4dd0b5', shape: 'ring' },
  quickjs: { light: '#8d6e00', dark: '#ffd54f', shape: 'square' },
  node: { light: '#8d6e00', dark: '#ffd54f', shape: 'ring' },
  gcc: { light: '#555555', dark: '#bbbbbb', shape: 'diamond' },
};
const OTHER = { light: '#888888', dark: '#999999', shape: 'diamond' };

export function chart(results, clock) {
  const { kernels } = results.sections.kernels;
  const { peers } = results;
  const subject = subjectOf(peers);
  const base = peers.some((peer) => peer.name === 'lua') ? 'lua' : subject;
  // speed of each peer as a multiple of the base's: ratios are times of the subject over times of the peer
  const speeds = (ratios) => Object.fromEntries(peers.map(({ name }) => [name, ratios[name] / ratios[base]]));
  const rows = kernels
    .map((kernel) => ({ name: kernel.name, speeds: speeds(ratiosOf(kernel, subject, clock)) }))
    .sort((a, b) => b.speeds[subject] - a.speeds[subject]);
  const mean = { name: 'geometric mean', speeds: speeds(meansOf(kernels, subject, clock)), strong: true };
  const all = [...rows, mean].flatMap((row) => Object.values(row.speeds));
  const low = Math.floor(Math.log2(Math.min(...all, 0.5)));
  const high = Math.ceil(Math.log2(Math.max(...all, 2)));
  const x = (speed) => LEFT + ((Math.log2(speed) - low) / (high - low)) * (WIDTH - LEFT - RIGHT);
  const bottom = TOP + ROW * rows.length;
  const height = bottom + ROW + 44;

  const parts = [];
  for (let power = low; power <= high; power++) {
    const at = x(2 ** power).toFixed(1);
    parts.push(
      `<line class="${power === 0 ? 'base' : 'grid'}" x1="${at}" y1="${TOP - 6}" x2="${at}" y2="${bottom + ROW + 4}"/>`,
    );
    parts.push(
      `<text class="axis" x="${at}" y="${bottom + ROW + 20}">${power < 0 ? `1/${2 ** -power}` : 2 ** power}</text>`,
    );
  }
  const about = `speed as a multiple of ${peers.find((peer) => peer.name === base).about} (logarithmic); right is faster`;
  parts.push(`<text class="axis" x="${(LEFT + WIDTH - RIGHT) / 2}" y="${bottom + ROW + 38}">${about}</text>`);
  for (const [i, row] of [...rows, mean].entries()) {
    const y = TOP + ROW * i + ROW / 2 + (row.strong ? 4 : 0);
    parts.push(`<text class="name${row.strong ? ' strong' : ''}" x="${LEFT - 12}" y="${y + 4}">${row.name}</text>`);
    for (const { name, about } of [...peers].reverse()) {
      if (name === base) continue;
      const title = `${row.name}, ${about}: ${row.speeds[name].toFixed(2)}`;
      parts.push(mark(name, x(row.speeds[name]), y, title));
    }
  }
  parts.push(`<line class="grid" x1="${LEFT}" y1="${bottom + 2}" x2="${WIDTH - RIGHT}" y2="${bottom + 2}"/>`);
  let at = LEFT;
  let line = 20;
  for (const { name, about } of peers) {
    const width = 26 + about.length * 6.6;
    if (at + width > WIDTH - RIGHT) {
      at = LEFT;
      line += 20;
    }
    parts.push(mark(name, at + 6, line, about));
    parts.push(`<text class="legend" x="${at + 16}" y="${line + 4}">${about}</text>`);
    at += width;
  }
  return svg(height, peers, parts);
}

function mark(name, x, y, title) {
  const { shape } = LOOKS[name] ?? OTHER;
  const at = `${x.toFixed(1)} ${y.toFixed(1)}`;
  const hint = `<title>${title}</title>`;
  const cls = `class="${name}"`;
  switch (shape) {
    case 'disc':
      return `<circle ${cls} cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="5.5">${hint}</circle>`;
    case 'ring':
      return `<circle ${cls} cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="4" fill-opacity="0">${hint}</circle>`;
    case 'line':
      return `<path ${cls} d="M${at}m-5 0h10">${hint}</path>`;
    case 'square':
      return `<path ${cls} d="M${at}m-4 -4h8v8h-8z">${hint}</path>`;
    default:
      return `<path ${cls} d="M${at}m0 -5l5 5l-5 5l-5 -5z">${hint}</path>`;
  }
}

function svg(height, peers, parts) {
  const colours = (mode) =>
    peers.map(
      ({ name }) => `.${name} { fill: ${(LOOKS[name] ?? OTHER)[mode]}; stroke: ${(LOOKS[name] ?? OTHER)[mode]} }`,
    );
  const mode = (name, text, grid, base) => [
    `text { fill: ${text} }`,
    `.grid { stroke: ${grid} }`,
    `.base { stroke: ${base}; stroke-width: 1.5 }`,
    ...colours(name),
  ];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="Speed of Orus and other languages on the kernels of the benchmark suite">`,
    '<style>',
    'text { font: 12px system-ui, sans-serif }',
    '.name { text-anchor: end } .axis { text-anchor: middle; font-size: 11px } .strong { font-weight: 600 }',
    'circle, path { stroke-width: 1.5 }',
    ...mode('light', '#24292f', '#e2e5e9', '#1f4e9c'),
    '@media (prefers-color-scheme: dark) {',
    ...mode('dark', '#e6edf3', '#30363d', '#8ab4f8'),
    '}',
    '</style>',
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}
