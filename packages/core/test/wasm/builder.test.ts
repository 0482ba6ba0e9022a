import { describe, expect, test } from 'vitest';
import { ByteBuffer } from '../../src/wasm/byte-buffer.ts';
import type { CodeWriter, Expr } from '../../src/wasm/code-writer.ts';
import { ModuleBuilder } from '../../src/wasm/module-builder.ts';
import { funcType, type WasmType } from '../../src/wasm/types.ts';

type Func = (...args: (number | bigint)[]) => number | bigint;

type Body = (w: CodeWriter) => Expr<WasmType>;

/** A valid module with one function. */
function build(params: readonly WasmType[], result: WasmType, body: Body): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  const { index, code } = module.func('f', funcType(params, [result]));
  code.do(body(code));
  module.export('f', index);
  const bytes = module.build();
  expect(WebAssembly.validate(bytes)).toBe(true);
  return bytes;
}

/** The function, instantiated. */
function compile(params: readonly WasmType[], result: WasmType, body: Body): Func {
  return new WebAssembly.Instance(new WebAssembly.Module(build(params, result, body))).exports['f'] as Func;
}

test('integer constants of every length come back', () => {
  for (let shift = 0; shift < 64; shift++) {
    for (const value of [1n << BigInt(shift), -(1n << BigInt(shift)), (1n << BigInt(shift)) - 1n]) {
      const i64 = BigInt.asIntN(64, value);
      expect(compile([], 'i64', (w) => w.i64.const(i64))()).toBe(i64);
      const i32 = Number(BigInt.asIntN(32, value));
      expect(compile([], 'i32', (w) => w.i32.const(i32))()).toBe(i32);
    }
  }
});

test('what follows from constants is not written', () => {
  const written = build([], 'i32', (w) => {
    const divisor = w.i64.const(3n);
    w.if(w.i64.eqz(divisor), () => w.unreachable());
    return w.i32.wrap(w.i64.const(-2n));
  });
  expect(written).toEqual(build([], 'i32', (w) => w.i32.const(-2)));
});

test('nothing is written behind what does not go on, if only to say so', () => {
  const nothing: Expr<'i32'> = () => undefined;
  const twice = build([], 'i32', (w) => {
    w.return(w.i32.const(1));
    w.unreachable();
    return nothing;
  });
  const once = build([], 'i32', (w) => {
    w.return(w.i32.const(1));
    return nothing;
  });
  expect(twice).toEqual(once);
  const alone = compile([], 'i32', (w) => {
    w.unreachable();
    return nothing;
  });
  expect(alone).toThrow(WebAssembly.RuntimeError);
});

test('unsigned lengths beyond 31 bits are written as they are', () => {
  const buffer = new ByteBuffer(1);
  buffer.u32(0xffff_ffff);
  expect([...buffer.view()]).toEqual([0xff, 0xff, 0xff, 0xff, 0x0f]);
});

test('operands are evaluated in order, lazily, and once if let', () => {
  const f = compile(['i32', 'i32'], 'i32', (w) => {
    const [a, b] = [w.param(0, 'i32'), w.param(1, 'i32')];
    const difference = w.local('i32');
    w.set(difference, w.i32.sub(a, w.i32.mul(b, w.i32.const(2))));
    return w.i32.add(difference, difference);
  });
  expect(f(10, 3)).toBe(8);
});

test('branches count their depth', () => {
  const f = compile(['i32'], 'i32', (w) => {
    const n = w.param(0, 'i32');
    const sum = w.local('i32');
    w.block((out) =>
      w.loop((again) => {
        w.brIf(out, w.i32.eqz(n));
        w.set(sum, w.i32.add(sum, n));
        w.set(n, w.i32.sub(n, w.i32.const(1)));
        w.br(again);
      }),
    );
    return w.choose(
      'i32',
      w.i32.gtS(sum, w.i32.const(10)),
      () => sum,
      () => w.i32.const(-1),
    );
  });
  expect(f(5)).toBe(15);
  expect(f(3)).toBe(-1);
});

test('a jump table chooses by its index', () => {
  const f = compile(['i32'], 'i32', (w) => {
    const n = w.param(0, 'i32');
    const result = w.local('i32');
    w.block((out) => {
      w.block((two) => {
        w.block((one) => w.brTable(n, [one, two], out));
        w.set(result, w.i32.const(10));
        w.br(out);
      });
      w.set(result, w.i32.const(20));
    });
    return result;
  });
  expect([f(0), f(1), f(2), f(-1)]).toEqual([10, 20, 0, 0]);
});

test('a released local is taken again', () => {
  const f = compile([], 'i64', (w) => {
    const first = w.local('i64');
    w.release(first);
    const second = w.local('i64');
    expect(second.index).toBe(first.index);
    w.set(second, w.i64.const(7n));
    return second;
  });
  expect(f()).toBe(7n);
});

test('something may be imported while bodies are written; exports, table and calls find their functions', () => {
  const one = funcType([], ['i32']);
  const module = new ModuleBuilder();
  const three = module.func('three', one);
  three.code.do(three.code.i32.const(3));
  const sum = module.func('sum', one);
  const { code: w } = sum;
  const seven = module.importFunc('env', 'seven', one);
  w.do(
    w.i32.add(
      w.call<'i32'>(three.index, []),
      w.i32.add(w.call<'i32'>(seven, []), w.callIndirect(one, w.i32.const(1), [])),
    ),
  );
  module.table([sum.index, three.index]);
  module.export('sum', sum.index);
  const compiled = new WebAssembly.Module(module.build());
  const { exports } = new WebAssembly.Instance(compiled, { env: { seven: () => 7 } });
  expect((exports['sum'] as () => number)()).toBe(13);
  expect([module.indexOf(seven), module.indexOf(three.index), module.indexOf(sum.index)]).toEqual([0, 1, 2]);
});

describe('branch hints', () => {
  /** Hints by the byte on which each stands, and what it says; of the only function. */
  function hintsOf(body: (w: CodeWriter) => void): { readonly opcode: number | undefined; readonly likely: number }[] {
    const module = new ModuleBuilder();
    const { code } = module.func('f', funcType(['i32'], ['i32']));
    code.lasting('i64');
    body(code);
    code.do(code.i32.const(1));
    const bytes = module.build({ names: false });
    const compiled = new WebAssembly.Module(bytes);
    const [section] = WebAssembly.Module.customSections(compiled, 'metadata.code.branch_hint');
    if (section === undefined) return [];
    const [funcs, func, count, ...hints] = [...new Uint8Array(section)];
    expect([funcs, func]).toEqual([1, 0]);
    // the function's size is one byte, and its declarations are the last ones that look so: one group of one i64
    const start = String.fromCharCode(...bytes).lastIndexOf('\x01\x01\x7e');
    const found = [];
    for (let i = 0; i < (count as number); i++) {
      const [at, size, likely] = hints.slice(3 * i) as [number, number, number];
      expect(size).toBe(1);
      found.push({ opcode: bytes[start + at], likely });
    }
    return found;
  }
  const IF = 0x04;
  const nothing = (): void => undefined;

  test('say which arm of a branch is cold', () => {
    const hints = hintsOf((w) => {
      const n = w.param(0, 'i32');
      w.if(n, () => w.cold());
      w.if(n, nothing, () => w.cold());
      w.if(n, nothing, nothing);
      w.drop(
        w.choose(
          'i32',
          n,
          () => n,
          () => {
            w.cold();
            return n;
          },
        ),
      );
    });
    expect(hints).toEqual([
      { opcode: IF, likely: 0 },
      { opcode: IF, likely: 1 },
      { opcode: IF, likely: 1 },
    ]);
  });

  test('stand in the order of the code, and what has only cold arms is cold itself', () => {
    const hints = hintsOf((w) => {
      const n = w.param(0, 'i32');
      w.if(n, () => {
        w.if(
          n,
          () => w.cold(),
          () => w.cold(),
        );
      });
      w.if(
        n,
        () => w.if(n, () => w.cold()),
        () => w.cold(),
      );
    });
    expect(hints).toEqual([
      { opcode: IF, likely: 0 },
      { opcode: IF, likely: 1 },
      { opcode: IF, likely: 0 },
    ]);
  });

  test('a block with a cold way may be left in other ways', () => {
    const hints = hintsOf((w) => {
      const n = w.param(0, 'i32');
      w.if(n, () =>
        w.block((out) => {
          w.brIf(out, n);
          w.cold();
        }),
      );
    });
    expect(hints).toEqual([]);
  });
});
