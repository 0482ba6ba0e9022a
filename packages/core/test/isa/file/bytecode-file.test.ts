/** Bytecode files: what is written is read, and whatever else is there instead is refused in words. */
import { describe, expect, test } from 'vitest';
import { checkProgram } from '../../../src/compile.ts';
import { crc32 } from '../../../src/isa/file/checksum.ts';
import { payloadOf, readBytecode, withHeader, writeBytecode } from '../../../src/isa/file/bytecode-file.ts';
import { readKept, writeKept } from '../../../src/isa/file/kept-program.ts';
import { isBytecodeFile } from '../../../src/isa/file/magic.ts';
import type { BytecodeProgram } from '../../../src/isa/program.ts';

const SOURCE = `struct Point:
    x: i64
    y: string

enum Shape:
    Circle(radius: f64)
    Nothing

fn area(shape: Shape) -> f64:
    return match shape:
        Shape.Circle(r) -> r * 3.25
        Shape.Nothing -> 0.0

fn main():
    p = Point{ x: 123456789012345, y: "größer 😀" }
    f = fn(n: i64) -> i64: n + p.x
    try:
        print(f(9223372036854775807))
    catch e:
        print(typeof(e), area(Shape.Circle(2.0)))
`;

function compile(text: string): BytecodeProgram {
  const { prepared, diagnostics } = checkProgram(
    { path: 'a.orus', text },
    { loader: { resolve: () => ({ tried: [] }) } },
  );
  expect(diagnostics).toEqual([]);
  return prepared?.bytecode() as BytecodeProgram;
}

const program = compile(SOURCE);
const bytes = writeBytecode(program);

function problem(file: Uint8Array): string {
  const read = readBytecode(file, 'a.orbc');
  return 'problem' in read ? `${read.problem.kind}: ${read.problem.text}` : 'none';
}

function changed(at: number, value: number): Uint8Array {
  const copy = bytes.slice();
  copy[at] = value;
  return copy;
}

describe('a bytecode file', () => {
  test('gives back the program, but for safepoints', () => {
    const read = readBytecode(bytes, 'a.orbc');
    if (!('program' in read)) throw new Error(problem(bytes));
    const { files, funcs, ...rest } = read.program;
    expect(rest).toEqual({ ...program, files: undefined, funcs: undefined, ...rest });
    expect([...files.values()]).toEqual([...program.files.values()]);
    expect(funcs).toEqual(program.funcs.map((func) => ({ ...func, safepoints: [] })));
    for (const key of ['types', 'globals', 'signatures', 'strings', 'constants', 'modules', 'main'] as const) {
      expect(read.program[key]).toEqual(program[key]);
    }
  });

  test('of a kept program gives back all of it', () => {
    const read = readKept(writeKept(program), 'a.orbc');
    expect([...(read?.files.values() ?? [])]).toEqual([...program.files.values()]);
    expect({ ...read, files: undefined }).toEqual({ ...program, files: undefined });
    expect(program.funcs.some(({ safepoints }) => safepoints.length > 0)).toBe(true);
  });

  test('is the same every time, and begins as one does', () => {
    expect(writeBytecode(compile(SOURCE))).toEqual(bytes);
    expect(isBytecodeFile(bytes)).toBe(true);
    expect(isBytecodeFile(new TextEncoder().encode(SOURCE))).toBe(false);
  });

  test('stripped, has neither source nor lines, but names', () => {
    const stripped = writeBytecode(program, { strip: true });
    expect(stripped.length).toBeLessThan(bytes.length);
    const read = readBytecode(stripped, 'a.orbc');
    if (!('program' in read)) throw new Error(problem(stripped));
    expect([...read.program.files.values()]).toEqual([{ id: 0, path: 'a.orbc', text: '' }]);
    expect(read.program.funcs.map(({ name }) => name)).toEqual(program.funcs.map(({ name }) => name));
    expect(read.program.funcs.every(({ lines }) => lines.length === 0)).toBe(true);
    expect(writeBytecode(read.program, { strip: true })).toEqual(stripped);
  });
});

describe('a file that is none', () => {
  test('of another version or instruction set', () => {
    expect(problem(changed(8, 9))).toMatch(/^foreign: its format is version 9, /);
    expect(problem(changed(12, (bytes[12] as number) ^ 1))).toMatch(/^foreign: it is for the instruction set /);
  });

  test('damaged anywhere is refused by its checksum or earlier', () => {
    expect(problem(new Uint8Array())).toBe('damaged: it does not begin as a bytecode file does');
    expect(problem(bytes.subarray(0, 10))).toBe('damaged: it ends in the middle');
    for (let at = 0; at < bytes.length; at++) {
      const found = problem(changed(at, (bytes[at] as number) ^ 0x55));
      expect(found, `byte ${at}`).not.toBe('none');
    }
    expect(problem(bytes.subarray(0, -1))).toMatch(/bytes are announced after the header/);
  });

  test('with any byte of it changed under a right checksum is read or refused, never more', () => {
    const payload = payloadOf(bytes);
    for (let at = 0; at < payload.length; at++) {
      for (const value of [0x7f, ((payload[at] as number) + 1) & 0xff]) {
        const copy = payload.slice();
        copy[at] = value;
        expect(problem(withHeader(copy))).toMatch(/^(none|damaged: .+)$/);
      }
    }
  });

  test('that announces more than it has', () => {
    // section 0, of which the length is too large; then a count
    expect(problem(withHeader(new Uint8Array([0, 0xff, 0xff, 0xff, 0xff, 0x0f])))).toBe(
      'damaged: 4294967295 bytes are announced where 0 are left',
    );
    expect(problem(withHeader(new Uint8Array([0, 5, 0xff, 0xff, 0xff, 0xff, 0x0f])))).toBe(
      'damaged: in section texts: 4294967295 elements are announced where 0 bytes are left',
    );
  });
});

test('the checksum is the known one', () => {
  expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
});
