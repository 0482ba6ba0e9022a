/**
 * The REPL in a real pseudo-terminal: editing, history, completion, entries of many lines, interrupting, pasting, resizing.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { havePty, type PtyOptions, PtySession } from './pty-session.ts';

const LEFT = '\x1b[D';
const RIGHT = '\x1b[C';
const UP = '\x1b[A';
const DOWN = '\x1b[B';
const HOME = '\x1b[H';
const WORD_LEFT = '\x1b[1;5D';

const open: PtySession[] = [];

async function start(options: PtyOptions = {}): Promise<PtySession> {
  const session = new PtySession(options);
  open.push(session);
  await session.ends('>>');
  return session;
}

afterEach(() => {
  for (const session of open.splice(0)) session.kill();
});

if (!havePty) console.warn('python3 with its pty module is missing: the tests of the REPL in a terminal are left out');

describe.skipIf(!havePty)('the REPL in a terminal', { timeout: 60_000 }, () => {
  test('evaluates, and leaves at Ctrl-D with status 0', async () => {
    const session = await start();
    await session.enter('x = 20', '');
    await session.enter('x + 1', '21');
    await session.enter('_ * 2', '42');
    await session.enter('nope', '   | ^^^^ not found in this scope');
    session.type('\x04');
    expect(await session.ended()).toBe(0);
  });

  test('edits a line', async () => {
    const session = await start();
    session.type(`12${LEFT}9`);
    await session.ends('>> 192');
    session.type(`${HOME}a + ${RIGHT}5\x05 * two words${WORD_LEFT}${WORD_LEFT}`);
    await session.ends('>> a + 1592 * two words');
    session.type('\x0b');
    await session.ends('>> a + 1592 *');
    session.type('\x19\x15');
    await session.ends('>>');
    session.type('\x19\x17');
    await session.ends('>> a + 1592 * two');
    session.type('\x15[1, 2]\x7f, 3]');
    await session.ends('>> [1, 2, 3]');
    await session.enter('', '[1, 2, 3]');
  });

  test('Ctrl-C gives up an entry', async () => {
    const session = await start();
    session.type('fn f(:\x03');
    await session.ends('>> fn f(:\n>>');
    await session.enter('1 + 1', '2');
  });

  test('reads entries of many lines and indents them', async () => {
    const session = await start();
    session.type('fn twice(n):\r');
    await session.ends('>> fn twice(n):\n...');
    expect(session.screen.cursor[1]).toBe(8);
    session.type('if n < 0:\rreturn 0\r\x7freturn n * 2\r');
    await session.ends('...     if n < 0:\n...         return 0\n...     return n * 2\n...');
    await session.enter('', '');
    await session.enter('twice(21)', '42');
    await session.enter('[1,\r2]', '[1, 2]');
  });

  test('keeps the history in a file, by whole entries', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'orus-history-'));
    const env = { ORUS_HISTORY: join(folder, 'deep', 'history') };
    try {
      const first = await start({ env });
      first.type('fn f():\r7\r\r');
      await first.ends('>>');
      await first.enter('f()', '7');
      first.type('\x04');
      await first.ended();
      expect(readFileSync(env.ORUS_HISTORY, 'utf8')).toBe('"fn f():\\n    7"\n"f()"\n');

      const second = await start({ env });
      second.type(UP);
      await second.ends('>> f()');
      second.type(UP);
      await second.ends('>> fn f():\n...     7');
      second.type(DOWN);
      await second.ends('>> f()');
      second.type(`${DOWN}draft${UP}`);
      await second.ends('>> f()');
      second.type(DOWN);
      await second.ends('>> draft');
      second.type('\x15\x12fn');
      await second.ends('search: fn');
      expect(second.screen.text()).toContain('>> fn f():');
      second.type('\r\r');
      await second.ends('>>');
      await second.enter('f()', '7');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('says once that a history cannot be kept', async () => {
    const session = new PtySession({ env: { ORUS_HISTORY: '/dev/null/history' } });
    open.push(session);
    await session.ends('>>');
    await session.enter('1', '1');
    await session.enter('2', '2');
    expect(session.screen.text().match(/the history is not kept/g)).toHaveLength(1);
  });

  test('completes names and members', async () => {
    const session = await start();
    session.type('struct Point:\rlatitude: i64\rlongitude: f64\r\r');
    await session.ends('>>');
    await session.enter('point = Point{latitude: 1, longitude: 2.5}', '');
    session.type('poi\t.la\t');
    await session.ends('>> point.latitude');
    session.type('\x15point.\t');
    await session.ends('>> point.l\n  latitude   i64\n  longitude  f64');
    session.type('o\t + 1.0');
    await session.ends('>> point.longitude + 1.0');
    await session.enter('', '3.5');
    session.type('fn f(parameter: Point):\rpara\t.lat\t\r\r');
    await session.ends('...     parameter.latitude\n...\n>>');
    await session.enter('f(point)', '1');
    session.type(':ty\t');
    await session.ends('>> :type');
    await session.enter(' point', 'Point');
  });

  test('Ctrl-C stops a program and keeps the session', async () => {
    const session = await start();
    await session.enter('x = 5', '');
    session.type('while true: x = x + 1\r');
    await session.until(() => session.raw.includes('while true'), 'the echo');
    await new Promise((resolve) => setTimeout(resolve, 300));
    session.type('\x03');
    await session.ends('orus: interrupted\n>>');
    // At once, and with something typed ahead.
    session.type('while true: x = x + 1\r\x03"ahead"\r');
    await session.ends('orus: interrupted\n>> "ahead"\nahead\n>>');
    await session.enter('x > 5', 'true');
    session.type('print("before"); name = input("name? ")\r');
    await session.ends('name?');
    // The prompt is out before the terminal makes a signal of Ctrl-C.
    await new Promise((resolve) => setTimeout(resolve, 300));
    session.type('\x03');
    await session.ends('orus: interrupted\n>>');
    session.type('name = input("name? ")\r');
    await session.ends('\nname?');
    session.type('Ada\r');
    await session.ends('>>');
    await session.enter('name', 'Ada');
  });

  test('takes pasted text as it is', async () => {
    const session = await start();
    session.type('\x1b[200~fn f(n):\r    if n > 0:\r\r        return 1\r    return 2\r\x1b[201~');
    await session.ends('>> fn f(n):\n...     if n > 0:\n...\n...         return 1\n...     return 2\n...');
    await session.enter('', '');
    await session.enter('f(1) + f(0)', '3');
  });

  test('draws long and wide text, also after another size', async () => {
    const session = await start({ columns: 20 });
    session.type('"日本語 and more text that wraps"');
    await session.ends('>> "日本語 and more\n text that wraps"');
    session.type(LEFT.repeat(28));
    session.type('!');
    await session.until(() => session.screen.text().includes('>> "日!本語'), 'the insertion');
    session.resize(60, 24);
    await session.ends('>> "日!本語 and more text that wraps"');
    await session.enter('', '日!本語 and more text that wraps');
  });

  test('a dumb terminal gets prompts and nothing else', async () => {
    const session = await start({ env: { TERM: 'dumb' } });
    session.type('if true:\n');
    await session.ends('...');
    session.type('    print(1)\n\n');
    await session.ends('1\n>>');
    expect(session.raw).not.toContain('\x1b');
    session.type('\x04');
    expect(await session.ended()).toBe(0);
  });

  test('colours what is typed, unless NO_COLOR is set', async () => {
    const session = await start({ env: { NO_COLOR: '' } });
    session.type('fn');
    await session.ends('>> fn');
    expect(session.raw).toContain('\x1b[35mfn\x1b[0m');
    const plain = await start();
    plain.type('fn');
    await plain.ends('>> fn');
    expect(plain.raw).not.toContain('\x1b[35m');
  });
});
