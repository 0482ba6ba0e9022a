/** Functions, lambdas, structs, enums, `impl` and `use` (sections 9, 10, 11 and 14). */
import { closeBracket, openBracket } from './parser-brackets.ts';
import type { Parser } from './parser-core.ts';
import { limitParams, MAX_VARIANTS } from './limits.ts';
import { habitOf, isTypeName, STATEMENT_WORDS, TYPES } from './habits.ts';
import { parseExpression } from './parser-expressions.ts';
import { closeSuite, endStatement, nextLine, openSuite } from './parser-layout.ts';
import { parseBlock } from './parser-statements.ts';
import { parseType } from './parser-types.ts';
import type {
  Block,
  EnumDecl,
  Expr,
  FieldDecl,
  FunctionDecl,
  ImplDecl,
  LambdaExpr,
  Name,
  Param,
  PayloadField,
  Statement,
  TypeNode,
  UseDecl,
  UseItem,
  VariantDecl,
} from './syntax.ts';
import type { Token } from './token.ts';
import type { Parse } from './parser-stack.ts';

export function* parseFunction(p: Parser, pub: Token | null): Parse<FunctionDecl> {
  const start = pub?.start ?? p.tok.start;
  const keyword = p.advance();
  const name = p.expectName('the name of the function');
  const { params, result, damaged } = yield* parseSignature(p);
  const head = p.from(keyword.start);
  const body = yield* parseFunctionBody(p, 'function');
  const pubSpan = pub === null ? null : p.spanOf(pub);
  const span = p.from(start);
  return { kind: 'function', id: p.id(), span, pub: pubSpan, name, params, result, body, head, damaged };
}

export function* parseLambda(p: Parser): Parse<LambdaExpr> {
  const start = p.tok.start;
  p.advance();
  const behind = p.peekSecond();
  if (p.peek() === 'ident' && (behind === ':' || behind === ',' || behind === '=>')) {
    p.report('E1003', { expected: '(', after: 'before the parameters', found: p.found() }, p.spanOf(p.tok), {
      help: 'parameters stand in parentheses: `fn(x): ...`',
    });
    const params: Param[] = [];
    do {
      const name = p.expectName('the name of a parameter');
      params.push({ kind: 'param', id: p.id(), span: name.span, mut: false, name, type: null });
    } while (p.take(','));
    takeForeignArrow(p);
    const head = p.from(start);
    const body = yield* parseFunctionBody(p, 'function');
    return { kind: 'lambda', id: p.id(), span: p.from(start), params, result: null, body, head };
  }
  if (p.peek() === 'ident') {
    const name = p.name();
    p.report('E1006', { problem: 'a function that is used as a value has no name' }, name.span, {
      help: 'define it in a statement of its own, or remove the name',
      edit: { span: name.span, replacement: '', description: `remove \`${name.text}\`` },
    });
  }
  const { params, result } = yield* parseSignature(p);
  const head = p.from(start);
  const body = yield* parseFunctionBody(p, 'function');
  return { kind: 'lambda', id: p.id(), span: p.from(start), params, result, body, head };
}

/** A body starts afresh as far as loops are concerned (8.7). */
function* parseFunctionBody(p: Parser, owner: string): Parse<Block> {
  const loops = p.loops;
  p.loops = [];
  const body = yield* parseBlock(p, owner, 'many');
  p.loops = loops;
  return body;
}

/** `damaged`: not all parameters could be read. */
interface Signature {
  readonly params: readonly Param[];
  readonly result: TypeNode | null;
  readonly damaged: boolean;
}

function* parseSignature(p: Parser): Parse<Signature> {
  const params: Param[] = [];
  if (p.panicking) return { params, result: null, damaged: true };
  if (p.peek() !== '(') {
    p.fail(
      'E1003',
      { expected: '(', after: 'before the parameters', found: p.found() },
      {
        help: 'a function without parameters has empty parentheses',
      },
    );
    return { params, result: null, damaged: true };
  }
  const bracket = openBracket(p);
  while (p.tok.kind !== ')' && p.tok.kind !== 'eof' && !p.panicking) {
    params.push(yield* parseParam(p));
    if (p.tok.kind === 'ident' && !p.panicking && !p.tok.first && skipForeignType(p)) {
      if (!p.take(',')) break;
    } else if (p.tok.kind === '[' && !p.panicking && !p.tok.first) {
      skipForeignArray(p);
      if (!p.take(',')) break;
    } else if (p.tok.kind === 'ident' && !p.panicking && !p.tok.first) {
      p.report('E1006', { problem: `expected \`,\` before ${p.found()}` }, p.spanOf(p.tok), { edit: p.insertion(',') });
    } else if (!p.take(',')) {
      break;
    }
  }
  const damaged = p.panicking || p.tok.kind !== ')';
  limitParams(p, params, (param) => param.name.span);
  closeBracket(p, bracket, ')', 'the parameters');
  if (!p.panicking) takeForeignArrow(p);
  const result = !p.panicking && p.take('->') ? yield* parseType(p) : null;
  if (result === null && !p.panicking) return { params, result: yield* parseMisplacedResult(p), damaged };
  return { params, result, damaged };
}

/** `fn f(a int)` and `fn f(int a)`: reports that the type stands behind `:`, and skips the second word. */
function skipForeignType(p: Parser): boolean {
  if (!p.habits) return false;
  const before = p.tokenAt(p.pos - 1);
  const isType = (tok: Token): boolean =>
    tok.kind === 'ident' && (isTypeName(String(tok.value)) || /^[A-Z]/.test(String(tok.value)));
  const after = p.tokenAt(p.pos + 1).kind;
  if (before.kind !== 'ident' || (after !== ',' && after !== ')') || !(isType(before) || isType(p.tok))) return false;
  const [name, type] = isType(p.tok) ? [before, p.tok] : [p.tok, before];
  const called = habitOf(TYPES, String(type.value))?.instead ?? String(type.value);
  const span = p.span(before.start, p.tok.end);
  const replacement = `${String(name.value)}: ${called}`;
  p.report('E1006', { problem: 'the type of a parameter stands behind its name and `:`' }, span, {
    edit: { span, replacement, description: `write \`${replacement}\`` },
  });
  p.advance();
  return true;
}

/** `fn f(xs []int)` and `fn f(int[] xs)`. */
function skipForeignArray(p: Parser): void {
  if (!p.habits) return;
  const { start } = p.tokenAt(p.pos - 1);
  while (p.tok.kind !== ',' && p.tok.kind !== ')' && p.tok.kind !== 'eof' && !p.tok.first) p.advance();
  p.report('E1006', { problem: 'the type of a parameter stands behind its name and `:`' }, p.from(start), {
    help: 'the type of an array is written `[i64]`',
  });
}

/** `fn(x) => x + 1`: what follows the parameters of a function is its body. */
function takeForeignArrow(p: Parser): void {
  if (!p.habits) return;
  if (p.peek() !== '=>' && !(p.peek() === '->' && p.tokenAt(p.pos + 1).kind === '{')) return;
  const span = p.spanOf(p.tok);
  p.report('E1006', { problem: `${p.found()} does not begin the body of a function` }, span, {
    help: 'the body stands behind `:` or in braces, the type of the result behind `->`',
    edit: p.tok.kind === '=>' ? { span, replacement: ':', description: 'replace with `:`' } : undefined,
  });
  // The body is read as if the arrow were its colon.
  if (p.tok.kind === '=>' && p.tokenAt(p.pos + 1).kind !== '{') p.foreignColon = p.pos;
  else p.advance();
}

/** `fn f(): i64:` and `fn f() i64 {`: the type of the result stands behind `->`. */
function* parseMisplacedResult(p: Parser): Parse<TypeNode | null> {
  if (!p.habits) return null;
  const colon = p.peek() === ':';
  const at = colon ? p.pos + 1 : p.pos;
  const { kind, first, value } = p.tokenAt(at);
  const behind = p.tokenAt(at + 1);
  const opens = behind.kind === '{' || (behind.kind === ':' && p.tokenAt(at + 2).first);
  if (kind !== 'ident' || first || behind.first || !opens) return null;
  const span = colon ? p.spanOf(p.tok) : p.spanOf(p.tokenAt(at));
  const replacement = colon ? ' ->' : `-> ${String(value)}`;
  p.report('E1006', { problem: 'the type of the result stands behind `->`' }, span, {
    edit: { span, replacement, description: `write \`${replacement.trim()}\`` },
  });
  if (colon) p.advance();
  return yield* parseType(p);
}

function* parseParam(p: Parser): Parse<Param> {
  const start = p.tok.start;
  const mut = p.tok.kind === 'mut';
  if (mut) {
    p.report('E1006', { problem: 'parameters cannot be `mut`' }, p.spanOf(p.advance()), {
      help: 'leave it out: what it refers to may be changed; to assign it, copy it to a variable of another name',
    });
  }
  if (p.tok.kind === '&') {
    p.report('E1006', { problem: '`&` does not stand before a parameter' }, p.spanOf(p.advance()), {
      help: 'arrays and structs are always shared: write the name alone',
      edit: { span: p.span(start, p.prevEnd), replacement: '', description: 'remove it' },
    });
    if (p.raw() === 'mut') p.advance();
  } else if (p.tok.kind === '*' || p.tok.kind === '..') {
    p.report('E1006', { problem: 'a function has a fixed number of parameters' }, p.spanOf(p.tok), {
      help: 'take an array and call the function with `[...]`',
    });
    while (p.raw() === '*' || p.raw() === '..' || p.raw() === '.') p.advance();
  }
  const name = p.expectName('the name of a parameter');
  const type = !p.panicking && p.take(':') ? yield* parseType(p) : null;
  if (!p.panicking && p.tok.kind === '=') {
    p.report('E1006', { problem: 'parameters have no default values' }, p.spanOf(p.advance()), {
      help: 'leave it out and pass all arguments, or write a second function',
    });
    yield* parseExpression(p);
  }
  return { kind: 'param', id: p.id(), span: p.from(start), mut, name, type };
}

// --- types --------------------------------------------------------------------------------------------------------

/** Declarations of types and `use` stand at the top level of a file only. */
function requireTop(p: Parser, keyword: Token): void {
  if (p.suite.form === 'top') return;
  p.report('E1006', { problem: `\`${keyword.kind}\` is only possible at the top level of a file` }, p.spanOf(keyword), {
    help: 'move it out of the block',
  });
}

/** The members of a `struct`, `enum` or `impl`, one by one. */
function* parseMembers(p: Parser, owner: string, member: () => Parse<void>): Parse<void> {
  const opened = openSuite(p, owner, 'members');
  if (opened === null) return;
  const braces = opened.suite.form === 'brace';
  while (nextLine(p, opened)) {
    const begun = p.pos;
    yield* member();
    const behind = p.panicking || p.tok.first || p.pos === begun ? 'end' : p.tok.kind;
    if (behind === 'fn' || behind === 'pub') reportMethodBehind(p);
    else if (behind === ',') {
      if (!braces) reportMemberComma(p);
      p.advance();
    } else yield* endStatement(p, begun);
  }
  closeSuite(p, opened, owner);
}

/** A method begins on the line on which another one ended: it is read all the same. */
function reportMethodBehind(p: Parser): void {
  const problem = `expected the end of the statement, found ${p.found()}`;
  const edit = p.tokenAt(p.pos - 1).kind === '}' ? p.insertion(';') : undefined;
  p.report('E1006', { problem }, p.spanOf(p.tok), { help: 'methods on one line need a `;` between them', edit });
}

function reportMemberComma(p: Parser): void {
  const span = p.spanOf(p.tok);
  const certain = p.tokenAt(p.pos + 1).first;
  p.report('E1006', { problem: 'members on lines of their own are not separated by commas' }, span, {
    help: 'commas separate members in braces',
    edit: certain ? { span, replacement: '', description: 'remove `,`' } : undefined,
  });
}

/** Methods that were written inside a struct are reported and make an `impl` of their own. */
export function* parseStruct(p: Parser, pub: Token | null, out: Statement[]): Parse<void> {
  const keyword = p.advance();
  requireTop(p, keyword);
  const name = p.expectName('the name of the struct');
  const fields: FieldDecl[] = [];
  const methods: FunctionDecl[] = [];
  yield* parseMembers(p, 'struct', function* () {
    if (!beginsMethod(p)) fields.push(yield* parseField(p));
    else {
      if (methods.length === 0) {
        p.report('E1006', { problem: 'methods do not stand in the struct' }, p.spanOf(p.tok), {
          help: `put them into \`impl ${name.text}:\` below it`,
        });
      }
      const method = yield* parseMethod(p);
      if (method !== null) methods.push(method);
    }
  });
  const span = p.from(pub?.start ?? keyword.start);
  out.push({ kind: 'struct-decl', id: p.id(), span, pub: pub === null ? null : p.spanOf(pub), name, fields });
  if (methods.length > 0) out.push({ kind: 'impl', id: p.id(), span, target: name, methods });
}

function beginsMethod(p: Parser): boolean {
  const at = p.tok.kind === 'pub' ? p.pos + 1 : p.pos;
  const { kind, value } = p.tokenAt(at);
  if (kind === 'fn') return true;
  return kind === 'ident' && p.tokenAt(at + 1).kind === 'ident' && isFunctionWord(String(value));
}

function isFunctionWord(word: string): boolean {
  return habitOf(STATEMENT_WORDS, word)?.reading === 'fn';
}

function* parseField(p: Parser): Parse<FieldDecl> {
  const start = p.tok.start;
  const name = p.expectName('the name of a field');
  let type: TypeNode = { kind: 'error-type', id: p.id(), span: p.here() };
  if (!p.panicking) {
    if (p.take(':')) type = yield* parseType(p);
    else p.fail('E1006', { problem: `expected \`:\` and the type of \`${name.text}\`, found ${p.found()}` });
  }
  const defaultValue: Expr | null = !p.panicking && p.take('=') ? yield* parseExpression(p) : null;
  return { kind: 'field', id: p.id(), span: p.from(start), name, type, defaultValue };
}

export function* parseEnum(p: Parser, pub: Token | null): Parse<EnumDecl> {
  const keyword = p.advance();
  requireTop(p, keyword);
  const name = p.expectName('the name of the enum');
  const typeParams: Name[] = [];
  if (!p.panicking && p.peek() === '[') {
    const bracket = openBracket(p);
    do {
      if (typeParams.length > 0 && p.tok.kind === ']') break;
      typeParams.push(p.expectName('the name of a type parameter'));
    } while (!p.panicking && p.take(','));
    closeBracket(p, bracket, ']', 'the type parameters');
  }
  const variants: VariantDecl[] = [];
  yield* parseMembers(p, 'enum', function* () {
    variants.push(yield* parseVariant(p));
  });
  const beyond = variants[MAX_VARIANTS];
  if (beyond) p.report('E1006', { problem: `an enum has at most ${MAX_VARIANTS} variants` }, beyond.name.span);
  const span = p.from(pub?.start ?? keyword.start);
  return { kind: 'enum-decl', id: p.id(), span, pub: pub === null ? null : p.spanOf(pub), name, typeParams, variants };
}

function* parseVariant(p: Parser): Parse<VariantDecl> {
  const start = p.tok.start;
  const name = p.expectName('the name of a variant');
  const payload: PayloadField[] = [];
  if (!p.panicking && p.peek() === '(') {
    const bracket = openBracket(p);
    while (p.tok.kind !== ')' && p.tok.kind !== 'eof' && !p.panicking) {
      payload.push(yield* parsePayload(p));
      if (!p.take(',')) break;
    }
    closeBracket(p, bracket, ')', 'the fields of the variant');
  }
  return { kind: 'variant-decl', id: p.id(), span: p.from(start), name, payload };
}

function* parsePayload(p: Parser): Parse<PayloadField> {
  const start = p.tok.start;
  let name: Name | null = null;
  if (p.tok.kind === 'ident' && p.tokenAt(p.pos + 1).kind === ':') {
    name = p.name();
    p.advance();
  }
  const type = yield* parseType(p);
  return { kind: 'payload', id: p.id(), span: p.from(start), name, type };
}

export function* parseImpl(p: Parser): Parse<ImplDecl> {
  const keyword = p.advance();
  requireTop(p, keyword);
  const target = p.expectName('the name of a struct');
  const methods: FunctionDecl[] = [];
  yield* parseMembers(p, '`impl`', function* () {
    const method = yield* parseMethod(p);
    if (method !== null) methods.push(method);
  });
  return { kind: 'impl', id: p.id(), span: p.from(keyword.start), target, methods };
}

function* parseMethod(p: Parser): Parse<FunctionDecl | null> {
  const pub = p.tok.kind === 'pub' ? p.advance() : null;
  if (p.tok.kind === 'fn') return yield* parseFunction(p, pub);
  if (p.tok.kind === 'ident' && p.tokenAt(p.pos + 1).kind === 'ident' && isFunctionWord(String(p.tok.value))) {
    const span = p.spanOf(p.tok);
    const edit = { span, replacement: 'fn', description: 'replace with `fn`' };
    p.report('E1006', { problem: `${p.found()} is not a word of Orus` }, span, {
      help: 'a method begins with `fn`',
      edit,
    });
    return yield* parseFunction(p, pub);
  }
  p.fail('E1006', { problem: `expected \`fn\`, found ${p.found()}` }, { help: 'an `impl` contains functions only' });
  return null;
}

// --- modules ------------------------------------------------------------------------------------------------------

export function parseUse(p: Parser): UseDecl {
  const keyword = p.advance();
  requireTop(p, keyword);
  const path: Name[] = [];
  if (p.peek() === 'string' || p.peek() === '.' || p.peek() === '..') {
    p.fail(
      'E1006',
      { problem: `expected the name of a module, found ${p.found()}` },
      {
        help: 'a file `folder/name.orus` is used as `use folder.name`',
      },
    );
  }
  do path.push(p.expectName('the name of a module'));
  while (!p.panicking && p.take('.') && !isStar(p, path));
  if (p.peek() === '/') path.unshift(reportFolders(p, path));
  const alias = !p.panicking && p.take('as') ? p.expectName('another name for the module') : null;
  let items: UseDecl['items'] = null;
  if (!p.panicking && p.take(':')) items = p.take('*') ? 'all' : parseItems(p);
  if (items === null || items === 'all' || p.tok.kind !== '*' || p.tok.first) {
    return { kind: 'use', id: p.id(), span: p.from(keyword.start), path, alias, items };
  }
  p.report('E1006', { problem: '`*` stands alone behind the `:`' }, p.spanOf(p.advance()), {
    help: 'write a second `use` for the names that are listed or renamed',
  });
  path.unshift(p.missingName());
  items = 'all';
  return { kind: 'use', id: p.id(), span: p.from(keyword.start), path, alias, items };
}

/** Reports `use a.*`, whose module is not looked for. */
function isStar(p: Parser, path: Name[]): boolean {
  if (p.peek() !== '*') return false;
  const dotted = path.map(({ text }) => text).join('.');
  const help = `all names of a module are taken with \`use ${dotted}: *\``;
  p.fail('E1006', { problem: 'expected the name of a module, found `*`' }, { help });
  path.unshift(p.missingName());
  return true;
}

/** `use folder/name`: the name that stands for what has been reported, so that no module is looked for. */
function reportFolders(p: Parser, path: Name[]): Name {
  p.report('E1006', { problem: 'the parts of a module name are separated by `.`' }, p.spanOf(p.tok), {
    help: 'a file `folder/name.orus` is used as `use folder.name`',
  });
  while (!p.panicking && (p.take('/') || p.take('.'))) path.push(p.expectName('the name of a module'));
  return p.missingName();
}

function parseItems(p: Parser): readonly UseItem[] {
  const items: UseItem[] = [];
  do {
    if (p.peek() === '*') break;
    const start = p.tok.start;
    const name = p.expectName('a name to import');
    const alias = !p.panicking && p.take('as') ? p.expectName('another name for it') : null;
    items.push({ kind: 'use-item', id: p.id(), span: p.from(start), name, alias });
  } while (!p.panicking && p.take(','));
  return items;
}
