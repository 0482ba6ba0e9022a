/** Types: `i32`, `geo.Point`, `Maybe[T]`, `[T]`, `[T, N]`, `[T; N]`, `fn(T) -> R`. */
import { closest } from '../../base/suggest.ts';
import { closeBracket, openBracket } from './parser-brackets.ts';
import type { Parser } from './parser-core.ts';
import { closing } from './parser-habits.ts';
import { limitParams } from './limits.ts';
import { habitOf, NO_TABLE_HELP, TYPES } from './habits.ts';
import type { ArrayType, FunctionType, Name, TypeNode } from './syntax.ts';
import type { IntValue } from './token.ts';
import { deep } from './parser-stack.ts';
import type { Parse } from './parser-stack.ts';

/** Parses a type. After `as`, a `?` does not belong to it. */
export function parseType(p: Parser, afterAs = false): Parse<TypeNode> {
  return deep(p.depth, parseWhole(p, afterAs));
}

function* parseWhole(p: Parser, afterAs: boolean): Parse<TypeNode> {
  p.enter();
  const type = yield* parseOne(p);
  p.leave();
  if (!afterAs && p.peek() === '?') {
    const question = p.spanOf(p.advance());
    if (!p.edition.oddities) {
      const edit = { span: question, replacement: '', description: 'remove `?`' };
      const help = 'a value that may be missing is an enum, such as `enum Maybe { None, Some(value: any) }`';
      p.report('E1006', { problem: '`?` after a type has no meaning' }, question, { help, edit });
    }
  }
  return type;
}

function* parseOne(p: Parser): Parse<TypeNode> {
  switch (p.peek()) {
    case 'ident':
      return yield* parseNamedType(p);
    case '[':
      return yield* parseArrayType(p);
    case 'fn':
      return yield* parseFunctionType(p);
    case '&':
    case '*': {
      const span = p.spanOf(p.advance());
      p.report('E1006', { problem: `\`${p.file.text[span.start]}\` does not stand in a type` }, span, {
        help: 'arrays and structs are always shared: write the type alone',
        edit: { span, replacement: '', description: 'remove it' },
      });
      return yield* parseOne(p);
    }
    default:
      if (p.peek() === ':' && isSecondColon(p)) {
        const span = p.spanOf(p.advance());
        const edit = { span, replacement: '', description: 'remove it' };
        p.report('E1006', { problem: 'expected a type, found `:`' }, span, {
          help: 'no further `:` stands before a type',
          edit,
        });
        return yield* parseOne(p);
      }
      p.fail(
        'E1006',
        { problem: `expected a type, found ${p.found()}` },
        { help: p.peek() === '(' ? parenHelp(p) : misspeltWordHelp(p) },
      );
      return { kind: 'error-type', id: p.id(), span: p.here() };
  }
}

/** `x: : T` and `-> : T`. */
function isSecondColon(p: Parser): boolean {
  const before = p.tokenAt(p.pos - 1).kind;
  const { kind, first } = p.tokenAt(p.pos + 1);
  return (before === ':' || before === '->') && !first && (kind === 'ident' || kind === '[' || kind === 'fn');
}

function* parseNamedType(p: Parser): Parse<TypeNode> {
  const start = p.tok.start;
  let name = p.name();
  let module: Name | null = null;
  if (p.take('.')) {
    module = name;
    name = p.expectName('the name of a type');
  }
  const args: TypeNode[] = [];
  if (p.habits && p.peek() === '<') return takeForeignArguments(p, start, name);
  if (p.habits && p.peek() === '[' && p.tokenAt(p.pos + 1).kind === ']') return takeEmptyBrackets(p, start, name);
  if (p.peek() === '[') {
    const bracket = openBracket(p);
    do args.push(yield* parseType(p));
    while (p.take(',') && p.peek() !== ']');
    closeBracket(p, bracket, ']', 'the type arguments');
  }
  return { kind: 'named-type', id: p.id(), span: p.from(start), module, name, args };
}

/** `esle:` alone on a line reads like a declaration whose type is missing. */
function misspeltWordHelp(p: Parser): string | undefined {
  const word = p.tokenAt(p.pos - 2);
  if (!p.tok.first || p.tokenAt(p.pos - 1).kind !== ':' || word.kind !== 'ident' || !word.first) return undefined;
  const meant = closest(String(word.value), ['else', 'try', 'catch']);
  return meant && `did you mean \`${meant}:\`?`;
}

function parenHelp(p: Parser): string {
  const behind = p.tokenAt(closing(p, p.pos) + 1).kind;
  return behind === '=>' || behind === '->'
    ? 'the type of a function is written `fn(i64) -> i64`'
    : 'there are no tuples: use a struct, or an array if all values have one type';
}

const LISTS: ReadonlySet<string> = new Set(['Vec', 'List', 'list', 'Array', 'array', 'ArrayList']);

/** `Vec<i32>`: type arguments are written in brackets, and arrays without a name. */
function takeForeignArguments(p: Parser, start: number, name: Name): TypeNode {
  let nested = 0;
  let index = p.pos;
  for (; !p.tokenAt(index).first || index === p.pos; index++) {
    const { kind } = p.tokenAt(index);
    if (kind === '<') nested++;
    else if (kind === '>') nested--;
    else if (kind === '>>') nested -= 2;
    if (nested <= 0 || kind === 'eof') break;
  }
  const last = p.tokenAt(index);
  const span = p.span(start, nested <= 0 ? last.end : p.tok.end);
  const inner = p.file.text.slice(p.tok.end, Math.max(p.tok.end, last.end - 1));
  const called = habitOf(TYPES, inner)?.instead ?? inner;
  const replacement = LISTS.has(name.text) ? `[${called}]` : `${name.text}[${called}]`;
  const plain = nested === 0 && /^[\w, ]+$/.test(inner) && habitOf(TYPES, name.text)?.help !== NO_TABLE_HELP;
  p.report('E1006', { problem: '`<` does not stand in a type' }, span, {
    help: plain
      ? `it is written \`${replacement}\``
      : (habitOf(TYPES, name.text)?.help ?? 'type arguments are written in `[` and `]`'),
    edit: plain ? { span, replacement, description: `write \`${replacement}\`` } : undefined,
  });
  p.jump(nested <= 0 ? index + 1 : index);
  return { kind: 'error-type', id: p.id(), span };
}

/** `int[]`: an array type is written `[i64]`. */
function takeEmptyBrackets(p: Parser, start: number, name: Name): TypeNode {
  p.advance();
  p.advance();
  const span = p.from(start);
  const replacement = `[${habitOf(TYPES, name.text)?.instead ?? name.text}]`;
  p.report('E1006', { problem: 'the type of an array has its elements between the brackets' }, span, {
    edit: { span, replacement, description: `write \`${replacement}\`` },
  });
  return { kind: 'error-type', id: p.id(), span };
}

function* parseArrayType(p: Parser): Parse<ArrayType> {
  const start = p.tok.start;
  const bracket = openBracket(p);
  const element = yield* parseType(p);
  let length: ArrayType['length'] = null;
  if (p.take(',') || p.take(';')) length = parseLength(p);
  closeBracket(p, bracket, ']', 'the element type');
  return { kind: 'array-type', id: p.id(), span: p.from(start), element, length };
}

function parseLength(p: Parser): ArrayType['length'] {
  const kind = p.peek();
  if (kind === 'int') {
    const tok = p.advance();
    const { value, radix, suffix } = tok.value as IntValue;
    return { kind: 'int', id: p.id(), span: p.spanOf(tok), value, radix, suffix };
  }
  if (kind === 'ident') {
    const tok = p.advance();
    return { kind: 'name-expr', id: p.id(), span: p.spanOf(tok), text: String(tok.value) };
  }
  p.fail(
    'E1006',
    { problem: `expected the length of the array, found ${p.found()}` },
    {
      help: 'a length is an integer literal or the name of a constant',
    },
  );
  return null;
}

function* parseFunctionType(p: Parser): Parse<FunctionType> {
  const start = p.tok.start;
  p.advance();
  const params: TypeNode[] = [];
  if (p.peek() === '(') {
    const bracket = openBracket(p);
    while (p.peek() !== ')' && !p.panicking) {
      params.push(yield* parseType(p));
      if (!p.take(',')) break;
    }
    limitParams(p, params, (param) => param.span);
    closeBracket(p, bracket, ')', 'the parameter types');
  } else {
    p.fail('E1003', { expected: '(', after: 'after `fn`', found: p.found() });
  }
  const result = p.take('->') ? yield* parseType(p) : null;
  return { kind: 'function-type', id: p.id(), span: p.from(start), params, result };
}
