import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { moduleFiles } from '../src/module-files.ts';
import { MAX_SOURCE_BYTES, readSource } from '../src/source-files.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'orus-sources-')));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, contents: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, contents);
  return path;
}

function complaint(path: string): string {
  const source = readSource(path);
  return 'error' in source ? source.error.replaceAll(`${folder}/`, '') : 'was read';
}

describe('reading a source', () => {
  test('keeps its text and its byte order mark', () => {
    const path = file('fine.orus', '\ufeffprint("\u00e9")\r\n');
    expect(readSource(path)).toEqual({ path, text: '\ufeffprint("\u00e9")\r\n' });
  });

  test('one file has one name', () => {
    const path = file('real.orus', '');
    symlinkSync(path, join(folder, 'link.orus'));
    expect(readSource(join(folder, 'link.orus'))).toEqual({ path, text: '' });
    expect(readSource(join(folder, '.', 'real.orus'))).toEqual({ path, text: '' });
  });

  test('says what is wrong', () => {
    file('tour.orus', '');
    expect(complaint(join(folder, 'tuor.orus'))).toBe(
      "cannot read 'tuor.orus': there is no such file; did you mean 'tour.orus'?",
    );
    expect(complaint(join(folder, 'tour'))).toBe(
      "cannot read 'tour': there is no such file; did you mean 'tour.orus'?",
    );
    expect(complaint(join(folder, 'qqqqqqqqq'))).toBe("cannot read 'qqqqqqqqq': there is no such file");
    mkdirSync(join(folder, 'folder.orus'));
    expect(complaint(join(folder, 'folder.orus'))).toBe("cannot read 'folder.orus': it is a directory");
  });

  test('passes on what the system says', () => {
    symlinkSync('loop.orus', join(folder, 'loop.orus'));
    expect(complaint(join(folder, 'loop.orus'))).toBe("cannot read 'loop.orus': too many symbolic links encountered");
  });

  test('is bounded, also for a device without end', () => {
    expect(complaint('/dev/zero')).toBe("cannot read '/dev/zero': a source file has at most 64 MiB");
    expect(complaint(file('large.orus', new Uint8Array(MAX_SOURCE_BYTES).fill(10)))).toBe('was read');
    expect(complaint(file('larger.orus', new Uint8Array(MAX_SOURCE_BYTES + 1).fill(10)))).toBe(
      "cannot read 'larger.orus': a source file has at most 64 MiB",
    );
  });

  test.each([
    ['a lone byte', [0x61, 0x0a, 0xff], 2, 2],
    ['an overlong form', [0xc0, 0x80], 0, 1],
    ['a surrogate', [0x61, 0xed, 0xa0, 0x80], 1, 1],
    ['a sequence cut off by the end', [0x61, 0xe2, 0x82], 1, 1],
    ['a sequence cut off by a letter', [0xe2, 0x82, 0x61], 0, 1],
  ])('finds %s that is not UTF-8', (_, bytes, offset, line) => {
    const said = complaint(file('bytes.orus', new Uint8Array(bytes)));
    expect(said).toBe(
      `cannot read 'bytes.orus': it is not UTF-8; the byte at offset ${offset}, on line ${line}, is out of place`,
    );
  });
});

describe('finding a module', () => {
  test('beside the user, beside the program, on ORUSPATH, in this order', () => {
    for (const place of ['user', 'program', 'shared', 'user/deep']) mkdirSync(join(folder, place), { recursive: true });
    const loader = moduleFiles(join(folder, 'program'), { ORUSPATH: `:${join(folder, 'shared')}` });
    const user = join(folder, 'user/main.orus');
    const find = (...dotted: string[]): unknown => loader.resolve(dotted, user);

    expect(find('shapes')).toEqual({
      tried: ['shapes.orus', ...['user', 'program', 'shared'].map((place) => join(folder, place, 'shapes.orus'))],
    });
    for (const place of ['shared', 'program', 'user']) {
      const path = file(`${place}/shapes.orus`, `// ${place}`);
      expect(find('shapes')).toEqual({ path, text: `// ${place}` });
    }
    const path = file('user/deep/part.orus', '');
    expect(find('deep', 'part')).toEqual({ path, text: '' });
  });

  test('a folder of that name is passed over, a broken file is not', () => {
    mkdirSync(join(folder, 'user/odd.orus'), { recursive: true });
    const loader = moduleFiles(join(folder, 'program'), {});
    const user = join(folder, 'user/main.orus');
    const path = file('program/odd.orus', '');
    expect(loader.resolve(['odd'], user)).toEqual({ path, text: '' });
    file('user/broken.orus', new Uint8Array([0xff]));
    file('program/broken.orus', '');
    expect(loader.resolve(['broken'], user)).toHaveProperty('error');
  });
});
