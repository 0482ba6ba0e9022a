/**
 * Compiled programs, kept from one run to the next: a program that has not changed is not compiled again.
 *
 * An entry is a file: a line of JSON that says what was compiled by whom and how long it ran, the program with its sources (`kept-program.ts`), and
 * machine code. It is taken only from a file that nobody but its user could have written, if its checksum is right and its sources are what they
 * are now; then it is what this build would compile, and is believed like that. A program has one entry, so that what was compiled before a change
 * goes. Whatever is wrong with the folder, programs run without it.
 */
import { closeSync, fstatSync, openSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { hashText, hashWords } from '@orus/core/base/hash-text';
import type { UnitStore } from '@orus/core/engine/jit/kept-units';
import type { BytecodeProgram } from '@orus/core/isa/program';
import type { ModuleLoader } from '@orus/core/lang/orus/modules';
import { errorCode, readRest } from './file-descriptors.ts';
import type { SourceText } from './source-files.ts';
import { KeptUnits } from './kept-units.ts';
import { makeFolder } from './user-paths.ts';

/** When there are more entries than this, or when a large one has come, the oldest go until so many, of so many bytes, are left. */
const MOST_ENTRIES = 256;
const LARGE = 2 ** 18;
const LEFT = { entries: 192, bytes: 64 * 2 ** 20 } as const;

/** A digest of this chunk of the program and so of all chunks that it names: another build may compile differently. */
const BUILD = basename(import.meta.filename);

const NEWLINE = 10;

/** What the compiler asked the loader: the module's name in parts, and the file that uses it. */
type Question = Parameters<ModuleLoader['resolve']>;

/** A compiled program. */
interface Entry {
  /** What its compilation rested on besides its own source. */
  readonly questions: readonly Question[];
  /** Fuel that it used when it last ran, about. */
  readonly fuel: number;
  readonly program: Uint8Array;
  /** Machine code, see `KeptUnits`. */
  readonly units: Uint8Array;
}

const NO_UNITS = new Uint8Array();

/** The place of one program in the folder of compiled programs. */
export class ProgramCache {
  readonly #folder: string;
  readonly #file: string;
  /** Who compiles what: the same for entries that are of use. */
  readonly #key: string;
  readonly #questions: Question[] = [];
  /** What this run has taken. */
  #entry: Entry | null = null;
  #compiled: BytecodeProgram | null = null;
  #units: KeptUnits | null = null;

  /** `edition`: as an option names it. */
  constructor(folder: string, { path }: SourceText, edition = '') {
    const program = JSON.stringify([process.cwd(), path, edition]);
    this.#folder = folder;
    // Programs of the same hash only take each other's place.
    this.#file = join(folder, `${basename(path)}-${hashText(program).toString(16).padStart(8, '0')}`);
    this.#key = `${BUILD} ${program}`;
  }

  /** What the program was compiled to in an earlier run, if compiling it again would read the same sources, and fuel that it used then. */
  async program(
    source: SourceText,
    loader: ModuleLoader,
  ): Promise<{ readonly program: BytecodeProgram; readonly fuel: number } | null> {
    const entry = this.#read();
    if (entry === null) return null;
    const { readKept } = await import('@orus/core/isa/file/kept-program');
    const program = readKept(entry.program, source.path);
    if (program === null) return null;
    const texts = new Map(program.files.values().map(({ path, text }) => [path, text]));
    const isOld = (now: ReturnType<ModuleLoader['resolve']>): boolean =>
      'text' in now && texts.get(now.path) === now.text;
    if (!isOld(source) || !entry.questions.every((question) => isOld(loader.resolve(...question)))) return null;
    this.#entry = entry;
    return { program, fuel: entry.fuel };
  }

  /** The loader for a compilation that `keep` will be asked to keep. */
  noting(loader: ModuleLoader): ModuleLoader {
    return {
      resolve: (...question) => {
        this.#questions.push(question);
        return loader.resolve(...question);
      },
    };
  }

  /** Takes a program without mistakes, which `keep` writes. */
  compiled(program: BytecodeProgram): void {
    this.#compiled = program;
  }

  /** Machine code of earlier runs of what was taken, which `keep` adds that of this run to. `place`: see `KeptUnits`. */
  units(place: string): UnitStore {
    this.#units = new KeptUnits(this.#entry?.units ?? NO_UNITS, place);
    return this.#units;
  }

  /**
   * After a run that used so much fuel: writes what was compiled, if anything was, or how long the program runs, if that has changed
   * much.
   */
  async keep(fuel: number): Promise<void> {
    const units = this.#units?.bytes() ?? null;
    if (this.#compiled !== null) {
      const { writeKept } = await import('@orus/core/isa/file/kept-program');
      const program = writeKept(this.#compiled);
      this.#write({ questions: this.#questions, fuel, program, units: units ?? NO_UNITS });
    } else if (this.#entry !== null) {
      const known = this.#entry.fuel;
      if (units || fuel > 2 * known || known > 2 * fuel) this.#write({ ...this.#entry, fuel, ...(units && { units }) });
    }
  }

  /** What this build has written. */
  #read(): Entry | null {
    try {
      const file = ownFile(this.#file);
      if (file === null) return null;
      const end = file.indexOf(NEWLINE);
      const [key, fuel, sum, length, ...questions] = JSON.parse(file.toString('utf8', 0, end)) as unknown[];
      if (key !== this.#key || typeof fuel !== 'number' || !questions.every(isQuestion)) return null;
      if (typeof length !== 'number') return null;
      const body = file.subarray(end + 1);
      if (hashWords(body) !== sum) return null;
      return { questions, fuel, program: body.subarray(0, length), units: body.subarray(length) };
    } catch {
      // there is none, or somebody else's
      return null;
    }
  }

  #write({ questions, fuel, program, units }: Entry): void {
    const body = Buffer.concat([program, units]);
    const head = Buffer.from(`${JSON.stringify([this.#key, fuel, hashWords(body), program.length, ...questions])}\n`);
    if (head.length + body.length > LEFT.bytes) return;
    const temporary = `${this.#file}.${process.pid}.tmp`;
    // Who may write no files of that size is told by an error then, not by the signal that ends the process.
    process.on('SIGXFSZ', () => {});
    const written = succeeds(() => {
      makeFolder(this.#folder);
      writeFileSync(temporary, Buffer.concat([head, body]), { mode: 0o600 });
      renameSync(temporary, this.#file);
      const names = readdirSync(this.#folder);
      if (names.length > MOST_ENTRIES || body.length > LARGE) removeOldest(this.#folder, names);
    });
    // a full disk leaves half a file
    if (!written) succeeds(() => rmSync(temporary, { force: true }));
  }
}

/** What is in a file that nobody but its user could have written; else null. Where files have no owners their folder has to be enough. */
function ownFile(path: string): Buffer | null {
  const file = openSync(path, 'r');
  try {
    const { uid, mode, size } = fstatSync(file);
    const isOwn = process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0);
    return isOwn ? (readRest(file, size) ?? null) : null;
  } finally {
    closeSync(file);
  }
}

/** Whether the system did what was asked of it. */
function succeeds(work: () => void): boolean {
  try {
    work();
    return true;
  } catch (error) {
    if (errorCode(error) === '') throw error;
    return false;
  }
}

function isQuestion(value: unknown): value is Question {
  if (!Array.isArray(value) || value.length !== 2) return false;
  const [dotted, from] = value as unknown[];
  return Array.isArray(dotted) && [...dotted, from].every((part) => typeof part === 'string');
}

function removeOldest(folder: string, names: readonly string[]): void {
  const files = names.map((name) => {
    const path = join(folder, name);
    const { mtimeMs, size } = statSync(path);
    return { path, mtimeMs, size };
  });
  let bytes = 0;
  for (const [newer, { path, size }] of files.sort((a, b) => b.mtimeMs - a.mtimeMs).entries()) {
    bytes += size;
    if (newer >= LEFT.entries || bytes > LEFT.bytes) rmSync(path, { force: true });
  }
}
