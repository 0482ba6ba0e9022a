/** Types: `i32`, `geo.Point`, `Maybe[T]`, `[T]`, `[T, N]`, `[T; N]`, `fn(T) -> R`. */
import { closeBracket, openBracket } from './parser-brackets.ts';
import type { Parser } from './parser-core.ts';
import type { ArrayType, FunctionType, NamedType, TypeNode } from './syntax.ts';
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
      p.report('E1006', { problem: '`?` after a type has no meaning' }, question, { edit });
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
    default:
      p.fail('E1006', { problem: `expected a type, found ${p.found()}` });
      return { kind: 'error-type', id: p.id(), span: p.here() };
  }
}

function* parseNamedType(p: Parser): Parse<NamedType> {
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
    do args.push(yield* parseType(p));
    while (p.take(',') && p.peek() !== ']');
    closeBracket(p, bracket, ']', 'the type arguments');
  }
  return { kind: 'named-type', id: p.id(), span: p.from(start), module, name, args };
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
    closeBracket(p, bracket, ')', 'the parameter types');
  } else {
    p.fail('E1003', { expected: '(', after: 'after `fn`', found: p.found() });
  }
  const result = p.take('->') ? yield* parseType(p) : null;
  return { kind: 'function-type', id: p.id(), span: p.from(start), params, result };
}
