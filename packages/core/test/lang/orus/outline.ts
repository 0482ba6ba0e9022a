/**
 * Short forms for parser tests: a tree as an S-expression without ids and spans, and diagnostics as `LINE:COLUMN CODE`.
 */
import { CLASSIC, EDITION_2026 } from '../../../src/lang/orus/edition.ts';
import type { FileId } from '../../../src/base/source.ts';
import { lineStarts, positionAt } from '../../../src/base/source.ts';
import { parse } from '../../../src/lang/orus/parser.ts';
import type { Parsed } from '../../../src/lang/orus/parser.ts';
import type { AnyNode, Block } from '../../../src/lang/orus/syntax.ts';

export function parseText(text: string, edition: 'classic' | '2026' = '2026'): Parsed {
  return parse({ id: 0 as FileId, path: 't.orus', text }, edition === 'classic' ? CLASSIC : EDITION_2026);
}

/** The statements of a text that must be free of errors. */
export function tree(text: string, edition: 'classic' | '2026' = '2026'): string {
  const { module, diagnostics } = parseText(text, edition);
  if (diagnostics.length > 0) throw new Error(`${text}\n${errors(text, edition).join('\n')}`);
  return module.statements.map(outline).join(' ');
}

/** `LINE:COLUMN CODE` of every diagnostic. */
export function errors(text: string, edition: 'classic' | '2026' = '2026'): string[] {
  const starts = lineStarts(text);
  return parseText(text, edition).diagnostics.map(({ code, primary }) => {
    const { line, column } = positionAt(text, starts, primary.span.start);
    return `${line}:${column} ${code}`;
  });
}

function list(nodes: readonly (AnyNode | null)[]): string {
  return nodes.map(outline).join(' ');
}

function block({ form, statements }: Block): string {
  const inside = statements.map(outline).join(' ');
  return form === 'brace' ? `{${inside}}` : form === 'inline' ? `<${inside}>` : `|${inside}|`;
}

export function outline(node: AnyNode | null): string {
  if (node === null) return '-';
  switch (node.kind) {
    case 'module':
      return list(node.statements);
    case 'name':
    case 'name-expr':
      return node.text;
    case 'named-type': {
      const name = node.module === null ? node.name.text : `${node.module.text}.${node.name.text}`;
      return node.args.length > 0 ? `${name}[${list(node.args)}]` : name;
    }
    case 'array-type':
      return `[${outline(node.element)}${node.length ? `; ${outline(node.length)}` : ''}]`;
    case 'function-type':
      return `(fn-type (${list(node.params)}) ${outline(node.result)})`;
    case 'error-type':
    case 'error':
      return '?';
    case 'int':
      return `${node.value}${node.suffix ?? ''}`;
    case 'float':
      return `${Number.isInteger(node.value) ? node.value.toFixed(1) : node.value}`;
    case 'string':
      return JSON.stringify(node.value);
    case 'bool':
      return String(node.value);
    case 'paren':
      return `(paren ${outline(node.inner)})`;
    case 'array':
      return `(array${node.form === 'return-list' ? '-return' : ''}${node.inCallArgs ? '-arg' : ''} ${list(node.elements)})`;
    case 'fill':
      return `(fill${node.separator} ${outline(node.value)} ${outline(node.count)})`;
    case 'struct':
      return `(new ${outline(node.type)} ${list(node.fields)})`;
    case 'field-init':
      return `${node.name.text}:${outline(node.value)}`;
    case 'unary':
      return `(${node.op} ${outline(node.operand)})`;
    case 'binary':
      return `(${node.op} ${outline(node.left)} ${outline(node.right)})`;
    case 'cast':
      return `(as ${outline(node.operand)} ${outline(node.type)})`;
    case 'conditional':
      return `(${node.form === '?' ? 'cond?' : 'cond'} ${outline(node.condition)} ${outline(node.then)} ${outline(node.other)})`;
    case 'assign':
      return `(${node.op ?? ''}= ${outline(node.target)} ${outline(node.value)})`;
    case 'call':
      return `(call ${list([node.callee, ...node.args])})`;
    case 'index':
      return `(index ${outline(node.object)} ${outline(node.index)})`;
    case 'slice':
      return `(slice${node.inclusive ? '=' : ''} ${outline(node.object)} ${outline(node.start)} ${outline(node.end)})`;
    case 'member':
      return `(. ${outline(node.object)} ${node.name.text})`;
    case 'lambda':
      return `(lambda (${list(node.params)}) ${outline(node.result)} ${block(node.body)})`;
    case 'match':
      return `(match-${node.form} ${outline(node.subject)} ${list(node.arms)})`;
    case 'block-expr':
      return `(block-expr ${block(node.block)})`;
    case 'arm':
      return `(arm ${node.patterns.map(outline).join(' | ')} ${block(node.body)})`;
    case 'wildcard':
      return '*';
    case 'variant': {
      const name = [node.module, node.enum, node.variant]
        .flatMap((part) => (part === null ? [] : [part.text]))
        .join('.');
      return node.bindings === null ? `#${name}` : `#${name}(${list(node.bindings)})`;
    }
    case 'value':
      return outline(node.expr);
    case 'declare': {
      const words = [node.pub ? 'pub' : '', node.form, node.mutable && node.form === 'let' ? 'mut' : ''];
      return `(${words.filter((word) => word !== '').join('-')} ${node.name.text} ${outline(node.type)} ${outline(node.value)})`;
    }
    case 'assign-stmt':
      return `${node.pub ? 'pub ' : ''}${outline(node.assign)}`;
    case 'destructure':
      return `(destructure (${list(node.targets)}) ${list(node.values)})`;
    case 'expr-stmt':
      return outline(node.expr);
    case 'print':
      return `(print${node.args.length > 0 ? ` ${list(node.args)}` : ''})`;
    case 'pass':
      return 'pass';
    case 'return':
      return `(return ${outline(node.value)})`;
    case 'break':
    case 'continue':
      return node.label ? `(${node.kind} ${node.label.text})` : node.kind;
    case 'if':
      return `(if ${list(node.branches)}${node.otherwise ? ` ${block(node.otherwise)}` : ''})`;
    case 'branch':
      return `${outline(node.condition)} ${block(node.body)}`;
    case 'while':
      return `(while${node.label ? `'${node.label.text}` : ''} ${outline(node.condition)} ${block(node.body)})`;
    case 'for-range':
      return `(range${node.inclusive ? '=' : ''}${node.label ? `'${node.label.text}` : ''} ${node.variable.text} ${outline(node.start)} ${outline(node.end)} ${outline(node.step)} ${block(node.body)})`;
    case 'for-each':
      return `(each${node.label ? `'${node.label.text}` : ''} ${node.variable.text} ${outline(node.iterable)} ${block(node.body)})`;
    case 'match-stmt':
      return outline(node.match);
    case 'try':
      return `(try ${block(node.body)} ${outline(node.variable)} ${block(node.handler)})`;
    case 'block-stmt':
      return `(block ${block(node.block)})`;
    case 'block':
      return block(node);
    case 'function':
      return `(${node.pub ? 'pub-' : ''}fn ${node.name.text} (${list(node.params)}) ${outline(node.result)} ${block(node.body)})`;
    case 'param':
      return node.type ? `${node.name.text}:${outline(node.type)}` : node.name.text;
    case 'struct-decl':
      return `(${node.pub ? 'pub-' : ''}struct ${node.name.text} ${list(node.fields)})`;
    case 'field':
      return `${node.name.text}:${outline(node.type)}${node.defaultValue ? `=${outline(node.defaultValue)}` : ''}`;
    case 'enum-decl':
      return `(${node.pub ? 'pub-' : ''}enum ${node.name.text}${node.typeParams.length > 0 ? `[${list(node.typeParams)}]` : ''} ${list(node.variants)})`;
    case 'variant-decl':
      return node.payload.length > 0 ? `${node.name.text}(${list(node.payload)})` : node.name.text;
    case 'payload':
      return node.name ? `${node.name.text}:${outline(node.type)}` : outline(node.type);
    case 'impl':
      return `(impl ${node.target.text} ${list(node.methods)})`;
    case 'use': {
      const path = node.path.map(({ text }) => text).join('.');
      const items = node.items === 'all' ? ' *' : node.items ? ` (${list(node.items)})` : '';
      return `(use ${path}${node.alias ? ` as ${node.alias.text}` : ''}${items})`;
    }
    case 'use-item':
      return node.alias ? `${node.name.text}/${node.alias.text}` : node.name.text;
  }
}
