/**
 * Programs as trees of lines and blocks, and their text in either block style.
 *
 * The tree does not know whether a block will be indented behind a colon or stand in braces, so one program can be written
 * both ways. Inside a line, OPEN and CLOSE stand around the one-statement body of a lambda.
 */
import type { Random } from './random.ts';

export const OPEN = '\u0001';
export const CLOSE = '\u0002';

export type BlockStyle = 'colon' | 'brace' | 'mixed';

export type Node =
  | { readonly kind: 'line'; readonly text: string }
  | {
      readonly kind: 'block';
      /** What stands before the block: `if x > 1`, `fn f(a: i32)`, a pattern; empty for a bare block. */
      readonly head: string;
      /** Members of structs, enums and matches have no inline form. */
      readonly role: 'suite' | 'arm' | 'members' | 'bare';
      readonly body: readonly Node[];
      /** `else`, `elif`, `catch`. */
      readonly next?: Node;
    };

export const line = (text: string): Node => ({ kind: 'line', text });

export function suite(head: string, body: readonly Node[], next?: Node): Node {
  return { kind: 'block', head, role: 'suite', body, ...(next === undefined ? {} : { next }) };
}

/** The text of a program; `random` decides between inline and indented forms, and between styles if they are mixed. */
export function render(nodes: readonly Node[], style: BlockStyle, random: Random): string {
  const out: string[] = [];
  const braces = (): boolean => style === 'brace' || (style === 'mixed' && random.chance(0.5));
  const inlined = (text: string): string => {
    // Innermost first: a lambda's body may hold lambdas.
    let result = text;
    for (let close = result.indexOf(CLOSE); close >= 0; close = result.indexOf(CLOSE)) {
      const open = result.lastIndexOf(OPEN, close);
      const body = result.slice(open + 1, close);
      result = result.slice(0, open) + (braces() ? ` { ${body} }` : `: ${body}`) + result.slice(close + 1);
    }
    return result;
  };
  const block = (node: Extract<Node, { kind: 'block' }>, indent: string, glue: string): void => {
    const { head, role, body, next } = node;
    const only = body.length === 1 ? body[0] : undefined;
    const inline = only?.kind === 'line' && random.chance(0.3) ? inlined(only.text) : undefined;
    const brace = role === 'bare' || braces();
    const start = `${glue}${inlined(head)}`;
    if (role === 'arm') {
      const arrow = random.chance(0.5) ? '->' : '=>';
      // Commas separate arms, so a destructuring needs its own line.
      const single = inline !== undefined && (brace || !/^[^=("]*,[^=("]*=/.test(inline));
      if (single) out.push(`${indent}${start} ${arrow} ${brace ? `{ ${inline} }` : inline}`);
      else if (brace) braced(`${start} ${arrow} {`, body, indent);
      else indented(`${start} ${arrow}`, body, indent);
    } else if (brace) {
      if (inline !== undefined && role !== 'members')
        out.push(`${indent}${start === '' ? '' : `${start} `}{ ${inline} }`);
      else braced(`${start === '' ? '' : `${start} `}{`, body, indent);
    } else if (inline !== undefined && role !== 'members') out.push(`${indent}${start}: ${inline}`);
    else indented(`${start}:`, body, indent);
    if (next === undefined) return;
    if (next.kind !== 'block') throw new Error('only blocks continue blocks');
    const last = out.at(-1) ?? '';
    if (brace && last.endsWith('}') && random.chance(0.7)) {
      out.pop();
      block(next, indent, `${last.slice(indent.length)} `);
    } else block(next, indent, '');
  };
  const braced = (start: string, body: readonly Node[], indent: string): void => {
    out.push(`${indent}${start}`);
    walk(body, `${indent}    `);
    out.push(`${indent}}`);
  };
  const indented = (start: string, body: readonly Node[], indent: string): void => {
    out.push(`${indent}${start}`);
    walk(body.length > 0 ? body : [line('pass')], `${indent}    `);
  };
  const walk = (list: readonly Node[], indent: string): void => {
    for (const node of list) {
      if (node.kind === 'line') out.push(`${indent}${inlined(node.text)}`);
      else block(node, indent, '');
    }
  };
  walk(nodes, '');
  return `${out.join('\n')}\n`;
}
