import { describe, expect, test } from 'vitest';
import type { Kind } from '../../src/base/kinds.ts';
import type { Span } from '../../src/base/source.ts';
import { FuncBuilder } from '../../src/ir/builder.ts';
import type { Func, FuncId, SigId } from '../../src/ir/ir.ts';
import { printFunc } from '../../src/ir/print.ts';
import type { CallTypes } from '../../src/ir/result-kind.ts';
import { explainProblems, verifyFunc } from '../../src/ir/verify.ts';

const calls: CallTypes = { resultOfFunc: () => 'i32', resultOfSig: () => 'i32' };
const span: Span = { file: 0 as Span['file'], start: 0, end: 0 };

function builder(params: readonly Kind[], result: Kind | null): FuncBuilder {
  const header = {
    id: 0 as FuncId,
    name: 'f',
    displayName: 'f',
    params,
    result,
    sig: 0 as SigId,
    captures: [],
    boxed: null,
    span,
  };
  return new FuncBuilder(header, calls);
}

function finished(b: FuncBuilder): Func {
  const func = b.finish();
  const problems = verifyFunc(func, null);
  expect(problems.length, explainProblems(func, problems)).toBe(0);
  return func;
}

describe('variables', () => {
  test('a loop gives parameters only to what changes in it', () => {
    const b = builder(['i32'], 'i32');
    const [n] = b.params;
    const i = b.declareVar('i32');
    const fixed = b.declareVar('i32');
    b.writeVar(i, b.i32(0));
    b.writeVar(fixed, n as never);
    const head = b.newBlock();
    const body = b.newBlock();
    const exit = b.newBlock();
    b.jump(head);
    b.switchTo(head);
    b.br(b.inst('lt_s.i32', [b.readVar(i), b.readVar(fixed)]), body, exit);
    b.sealBlock(body);
    b.sealBlock(exit);
    b.switchTo(body);
    b.writeVar(i, b.inst('addc.i32', [b.readVar(i), b.i32(1)]));
    b.effect('poll', [], 1);
    b.jump(head);
    b.sealBlock(head);
    b.switchTo(exit);
    b.ret(b.inst('add.i32', [b.readVar(i), b.readVar(fixed)]));
    const func = finished(b);
    expect(func.blocks.get(head)?.params.length).toBe(1);
  });

  test('values held across the removal of a parameter stay valid', () => {
    const b = builder(['i32'], 'i32');
    const x = b.declareVar('i32');
    b.writeVar(x, b.params[0] as never);
    const head = b.newBlock();
    b.jump(head);
    b.switchTo(head);
    const held = b.readVar(x);
    const exit = b.newBlock();
    const again = b.newBlock();
    b.br(held, again, exit);
    b.sealBlock(again);
    b.sealBlock(exit);
    b.switchTo(again);
    b.effect('poll', [], 1);
    b.jump(head);
    b.sealBlock(head);
    b.switchTo(exit);
    b.ret(held);
    expect(printFunc(finished(b))).toContain('ret v0');
  });

  test('a chain of many blocks needs no native stack', () => {
    const b = builder(['i32'], 'i32');
    const x = b.declareVar('i32');
    const y = b.declareVar('i32');
    b.writeVar(x, b.params[0] as never);
    b.writeVar(y, b.params[0] as never);
    for (let i = 0; i < 50_000; i++) {
      const left = b.newBlock();
      const join = b.newBlock();
      b.br(b.readVar(y), left, join);
      b.sealBlock(left);
      b.switchTo(left);
      b.jump(join);
      b.sealBlock(join);
      b.switchTo(join);
    }
    b.ret(b.readVar(x));
    expect(b.finish().blocks.size).toBe(100_001);
  });

  test('code after a terminator is dropped', () => {
    const b = builder([], 'i32');
    const x = b.declareVar('i32');
    b.writeVar(x, b.i32(1));
    b.ret(b.readVar(x));
    expect(b.reachable).toBe(false);
    const head = b.newBlock();
    b.jump(head);
    b.switchTo(head);
    b.effect('trap.if', [b.readVar(x)], 'shiftRange');
    const exit = b.newBlock();
    b.br(b.readVar(x), head, exit);
    b.sealBlock(head);
    b.sealBlock(exit);
    b.switchTo(exit);
    b.ret(b.readVar(x));
    expect(finished(b).blocks.size).toBe(1);
  });
});

describe('handlers', () => {
  test('see each variable as it was at the throwing instruction', () => {
    const b = builder(['i32'], 'i32');
    const [n] = b.params;
    const x = b.declareVar('i32');
    const same = b.declareVar('i32');
    b.writeVar(x, b.i32(1));
    b.writeVar(same, n as never);
    const handler = b.newHandler();
    b.handler = handler.block;
    b.effect('addc.i32', [n as never, n as never]);
    const two = b.i32(2);
    b.writeVar(x, two);
    const sum = b.inst('addc.i32', [n as never, b.readVar(x)]);
    b.writeVar(x, sum);
    b.handler = null;
    const after = b.newBlock();
    b.jump(after);
    b.sealBlock(handler.block);
    b.switchTo(handler.block);
    b.effect('add.i32', [b.readVar(same), b.readVar(same)]);
    b.writeVar(x, b.inst('add.i32', [b.readVar(x), b.readVar(x)]));
    b.jump(after);
    b.sealBlock(after);
    b.switchTo(after);
    b.ret(b.readVar(x));
    const func = finished(b);
    const text = printFunc(func);
    // The error and x; `same` is visible without a parameter.
    expect(func.blocks.get(handler.block)?.params.length).toBe(2);
    expect(text).toMatch(/addc\.i32 v0, v0 +!b1\(v1\)/);
    expect(text).toMatch(new RegExp(`addc\\.i32 v0, v${two} +!b1\\(v${two}\\)`));
  });

  test('keep a parameter whose only value is made in a throwing block', () => {
    const b = builder(['i32'], 'i32');
    const [n] = b.params;
    const x = b.declareVar('i32');
    b.writeVar(x, n as never);
    const handler = b.newHandler();
    b.handler = handler.block;
    b.effect('poll', [], 1);
    const start = b.newBlock();
    b.jump(start);
    b.sealBlock(start);
    b.switchTo(start);
    b.writeVar(x, b.inst('add.i32', [n as never, n as never]));
    b.effect('addc.i32', [n as never, n as never]);
    b.handler = null;
    const after = b.newBlock();
    b.jump(after);
    b.sealBlock(handler.block);
    b.switchTo(handler.block);
    b.jump(after);
    b.sealBlock(after);
    b.switchTo(after);
    b.ret(b.readVar(x));
    const func = finished(b);
    expect(func.blocks.get(handler.block)?.params.length).toBe(2);
  });

  test('nothing that can throw leaves the handler dead', () => {
    const b = builder(['i32'], 'i32');
    const handler = b.newHandler();
    b.handler = handler.block;
    const sum = b.inst('add.i32', [b.params[0] as never, b.params[0] as never]);
    b.handler = null;
    const after = b.newBlock();
    b.jump(after);
    b.sealBlock(handler.block);
    b.switchTo(handler.block);
    expect(b.reachable).toBe(false);
    b.jump(after);
    b.sealBlock(after);
    b.switchTo(after);
    b.ret(sum);
    expect(finished(b).blocks.size).toBe(2);
  });
});
