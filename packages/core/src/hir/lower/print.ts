/**
 * `print`: all arguments are evaluated, then one line is built piece by piece and handed out.
 */
import { TYPE_CODES } from '../../base/kinds.ts';
import type { ValueId } from '../../ir/ir.ts';
import type { Print } from '../hir.ts';
import { ANY } from '../hir.ts';
import type { Context } from './context.ts';
import { lowerExpr } from './expr.ts';
import { lowerBox } from './numbers.ts';

export function lowerPrint(c: Context, s: Print): void {
  const { b } = c;
  const args = s.args.map((arg) => lowerExpr(c, arg));
  c.at(s.span);
  const boxed = (i: number): ValueId => lowerBox(c, s.args[i]?.ty ?? ANY, args[i] as ValueId);
  const first = s.args[0]?.ty.kind;
  if (!s.scan || (first !== 'string' && first !== 'any')) {
    printParts(c, s, args, boxed);
    return;
  }
  const scan = () => {
    const all = c.rt('array.new', [b.i32(TYPE_CODES.any), b.i64(BigInt(args.length))]);
    for (const i of args.keys()) c.rtEffect('array.push.any', [all, boxed(i)]);
    c.rtEffect('out.begin', []);
    c.rtEffect('out.scan', [all]);
    c.rtEffect('out.end', []);
  };
  if (first === 'string') scan();
  else c.branch(b.inst('is', [boxed(0)], TYPE_CODES.string), scan, () => printParts(c, s, args, boxed));
}

function printParts(c: Context, s: Print, args: readonly ValueId[], boxed: (i: number) => ValueId): void {
  const { b } = c;
  const text = (words: string) => c.rtEffect('out.text', [b.inst('const.str', [], words)]);
  let used = 0;
  const value = () => {
    const i = used++;
    if (s.args[i]?.ty.kind === 'string') c.rtEffect('out.text', [args[i] as ValueId]);
    else c.rtEffect('out.value', [boxed(i), c.style(s.style)]);
  };
  c.rtEffect('out.begin', []);
  for (const part of s.format ?? []) {
    switch (part.kind) {
      case 'text':
        text(part.text);
        break;
      case 'value':
        value();
        break;
      case 'radix':
        c.rtEffect('out.radix', [boxed(used++), c.style(s.style), b.i32(part.radix.charCodeAt(0))]);
        break;
      default:
        c.rtEffect('out.decimals', [boxed(used++), c.style(s.style), b.i32(part.decimals)]);
    }
  }
  while (used < args.length) {
    if (used > 0 || s.format !== null) text(' ');
    value();
  }
  c.rtEffect('out.end', []);
}
