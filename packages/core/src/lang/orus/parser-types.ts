/** Types: `i32`, `geo.Point`, `Maybe[T]`, `[T]`, `[T, N]`, `[T; N]`, `fn(T) -> R`. */
import { closeBracket, openBracket } from './parser-brackets.ts';
import type { Parser } from './parser-core.ts';
import type { ArrayType, FunctionType, NamedType, TypeNode } from './syntax.ts';
import type { IntValue } from './token.ts';

/** Parses a type. After `as`, a `?` does not belong to it. */
export function parseType(p: Parser, afterAs = false): TypeNode {
  p.enter();
  const type = parseOne(p);
  p.leave();
  if (!afterAs && p.peek() === '?') {
    const question = p.spanOf(p.advance());
    if (!p.edition.oddities) {
      const edit = { span: question, replacement: '', description: 'remove `?`' };
      p.report('E1006', { problem: '`?` after a type has no meaning' }, question, { edit });
    }
  }
  return type;
}

function parseOne(p: Parser): TypeNode {
  switch (p.peek()) {
    case 'ident':
      return parseNamedType(p);
    case '[':
      return parseArrayType(p);
    case 'fn':
      return parseFunctionType(p);
    default:
      p.fail('E1006', { problem: `expected a type, found ${p.found()}` });
      return { kind: 'error-type', id: p.id(), span: p.here() };
  }
}

function parseNamedType(p: Parser): NamedType {
  const start = p.tok.start;
  let name = p.name();
  let module: NamedType['module'] = null;
  if (p.take('.')) {
    module = name;
    name = p.expectName('the name of a type');
  }
  const args: TypeNode[] = [];
  if (p.peek() === '[') {
    const bracket = openBracket(p);
    do args.push(parseType(p));
    while (p.take(',') && p.peek() !== ']');
    closeBracket(p, bracket, ']', 'the type arguments');
  }
  return { kind: 'named-type', id: p.id(), span: p.from(start), module, name, args };
}

function parseArrayType(p: Parser): ArrayType {
  const start = p.tok.start;
  const bracket = openBracket(p);
  const element = parseType(p);
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

function parseFunctionType(p: Parser): FunctionType {
  const start = p.tok.start;
  p.advance();
  const params: TypeNode[] = [];
  if (p.peek() === '(') {
    const bracket = openBracket(p);
    while (p.peek() !== ')' && !p.panicking) {
      params.push(parseType(p));
      if (!p.take(',')) break;
    }
    closeBracket(p, bracket, ')', 'the parameter types');
  } else {
    p.fail('E1003', { expected: '(', after: 'after `fn`', found: p.found() });
  }
  const result = p.take('->') ? parseType(p) : null;
  return { kind: 'function-type', id: p.id(), span: p.from(start), params, result };
}
