/** Modules as text: what `ModuleBuilder` writes is read back, operands folded. */
import { expect, test } from 'vitest';
import { ModuleBuilder } from '../../src/wasm/module-builder.ts';
import { printModule } from '../../src/wasm/print.ts';
import { funcType } from '../../src/wasm/types.ts';

test('statements, blocks, results that stay on the stack', () => {
  const module = new ModuleBuilder();
  module.importMemory('env', 'memory');
  const pair = module.importFunc('env', 'pair', funcType([], ['i32', 'i64']));
  const { code: w } = module.func('a b', funcType(['i32'], ['i64']));
  const n = w.param(0, 'i32');
  const wide = w.local('i64');
  w.loop((again) => {
    w.store32(n, w.i32.add(n, w.i32.const(-1)), 8);
    w.brIf(again, w.i32.ltS(n, w.i32.const(300)));
  });
  w.do(w.call(pair, []));
  w.set(wide, () => undefined);
  w.set(n, () => undefined);
  w.do(
    w.choose(
      'i64',
      n,
      () => w.i64.const(-(2n ** 63n)),
      () => wide,
    ),
  );
  const [printed] = printModule(module.build(), () => new Map([[0, 'n']]));
  expect(printed?.name).toBe('$a_b');
  expect([...(printed?.head ?? []), ...(printed?.lines ?? []).map(({ text }) => text)].join('\n')).toBe(
    `(func $a_b (param $n i32) (result i64)
  (local $t1 i64)
  loop $l0
    (i32.store offset=8 (local.get $n) (i32.add (local.get $n) (i32.const -1)))
    (br_if $l0 (i32.lt_s (local.get $n) (i32.const 300)))
  end
  (call $pair)
  (local.set $t1)
  (local.set $n)
  if $i1 (result i64) (local.get $n)
    (i64.const -9223372036854775808)
  else
    (local.get $t1)
  end`,
  );
});
