/**
 * Changes source texts at random: bytes, tokens and lines, also taken from other programs. Most results are wrong in ways that
 * nobody thought of, some are right and do something new.
 */
import type { Random } from './generate/random.ts';

const TOKEN = /"(?:[^"\\\n]|\\.)*"?|\d[\w.]*|\w+|\.\.=|[.]{2}|[=!<>:+\-*/%]=|->|=>|<<|>>|[^\s\w]/g;

const WORDS = [
  ...'and as break catch continue elif else enum fn for if impl in match matches mut not or pass print pub return'.split(
    ' ',
  ),
  ...'struct try use while let self true false i32 i64 u32 u64 f64 bool string any void _ len push pop sorted'.split(
    ' ',
  ),
  ...'range typeof 0 1 -1 2147483648 9223372036854775807 18446744073709551615u64 1.5 1e308 "" "@x" \'l'.split(' '),
  ...'+ - * / % == != < <= = += := .. ..= -> => ? : , ; . | & ^ ~ << >> ( ) [ ] { } \\'.split(' '),
  ...['\n', '    ', '\t', '//', '/*', '*/'],
];

const BYTES = [...'\0\x01\x7f\r\uFEFFé😀\u2028\xa0"\'\\@#`$!'];

/** Tokens that may often stand for each other. */
const ALIKE: readonly (readonly string[])[] = [
  ...['+ - * / % & | ^ << >>', '== != < <= > >=', 'and or', '= += -= *= /= %=', '.. ..=', 'i32 i64 u32 u64 f64'],
  ...[
    'bool string any i64',
    'true false',
    'break continue pass return',
    'if while',
    'push pop len sorted typeof print',
  ],
].map((group) => group.split(' '));
const NUMBERS = '0 1 2 3 7 31 32 63 64 255 2147483647 2147483648 4294967295 1.5 0.0'.split(' ');

/** `others` are texts to borrow lines from. */
export function mutate(random: Random, text: string, others: readonly string[]): string {
  let result = text;
  if (random.chance(0.6)) {
    // Small changes that the checker may well accept.
    for (let i = random.between(1, 3); i > 0; i--)
      result = random.chance(0.7) ? likeToken(random, result) : changedLine(random, result, [], 4);
    return result;
  }
  for (let i = random.between(1, 4); i > 0; i--) {
    result = random.weighted<(text: string) => string>([
      [3, (each) => changedByte(random, each)],
      [8, (each) => changedToken(random, each)],
      [5, (each) => changedLine(random, each, others)],
    ])(result);
  }
  return result;
}

function changedByte(random: Random, text: string): string {
  const at = random.below(text.length + 1);
  const byte = random.chance(0.5) ? random.pick(BYTES) : String.fromCharCode(random.between(32, 126));
  return text.slice(0, at) + (random.chance(0.3) ? '' : byte) + text.slice(at + random.below(2));
}

function changedToken(random: Random, text: string): string {
  const tokens = tokensOf(text);
  if (tokens.length === 0) return text;
  const token = random.pick(tokens);
  const [start, end] = [token.index, token.index + token[0].length];
  const other = (): string => (random.chance(0.5) ? random.pick(WORDS) : random.pick(tokens)[0]);
  switch (random.below(5)) {
    case 0:
      return text.slice(0, start) + text.slice(end);
    case 1:
      return `${text.slice(0, end)} ${other()} ${text.slice(end)}`;
    case 2:
      return text.slice(0, end) + token[0] + text.slice(end);
    default:
      return text.slice(0, start) + other() + text.slice(end);
  }
}

/** Another token of its kind in the place of one. */
function likeToken(random: Random, text: string): string {
  const tokens = tokensOf(text);
  if (tokens.length === 0) return text;
  const token = random.pick(tokens);
  const [word] = token;
  const same = (pattern: RegExp): string[] => tokens.map(([each]) => each).filter((each) => pattern.test(each));
  const alike = ALIKE.filter((group) => group.includes(word)).flat();
  const choices =
    alike.length > 0
      ? alike
      : /^\d/.test(word)
        ? NUMBERS
        : word.startsWith('"')
          ? same(/^"/)
          : /^[a-z_]\w*$/i.test(word) && !WORDS.includes(word)
            ? same(/^[a-z_]\w*$/i).filter((each) => !WORDS.includes(each))
            : [word];
  return text.slice(0, token.index) + random.pick(choices) + text.slice(token.index + word.length);
}

/** Outside comments. */
function tokensOf(text: string): RegExpExecArray[] {
  return [...text.matchAll(TOKEN)].filter(
    (token) => !text.slice(text.lastIndexOf('\n', token.index) + 1, token.index).includes('//'),
  );
}

function changedLine(random: Random, text: string, others: readonly string[], kinds = 6): string {
  const lines = text.split('\n');
  const at = random.below(lines.length);
  const line = lines[at] ?? '';
  switch (random.below(kinds)) {
    case 0:
      lines.splice(at, 1);
      break;
    case 1:
      lines.splice(random.below(lines.length), 0, line);
      break;
    case 2:
      lines[at] = random.chance(0.5) ? `    ${line}` : line.replace(/^ {4}/, '');
      break;
    case 3: {
      const from = random.below(lines.length);
      [lines[at], lines[from]] = [lines[from] ?? '', line];
      break;
    }
    case 4:
      lines.length = at;
      break;
    default: {
      const source = (others.length > 0 ? random.pick(others) : text).split('\n');
      const from = random.below(source.length);
      lines.splice(at, 0, ...source.slice(from, from + random.between(1, 5)));
    }
  }
  return lines.join('\n');
}
