/**
 * Pages for people whose programs are run: every program of a page does what the page says.
 *
 *     ```orus              a complete program
 *     ```orus module NAME  a module NAME.orus that all programs further down can use
 *     ```orus fragment     a piece of a program; it must parse, and nothing more
 *     ```text input        directly behind a program: what its standard input has
 *     ```text              directly behind a program: all that a terminal shows, output first, then the report that ended it
 *
 * A program without ```text behind it prints nothing. `blessGuide` writes these blocks anew.
 */
import { collectingHost } from '@orus/cli/hosts';
import { engineNamed } from '@orus/cli/program';
import { runProgram } from '@orus/cli/source-program';
import { Renderer } from '@orus/core/base/render-diagnostics';
import type { FileId } from '@orus/core/base/source';
import { DEFAULT_CHECKS } from '@orus/core/engine/engine';
import { DEFAULT_EDITION } from '@orus/core/lang/orus/edition';
import type { ModuleLoader } from '@orus/core/lang/orus/modules';
import { parse } from '@orus/core/lang/orus/parser';

const LIMITS = { fuel: 200_000_000, memory: 64 * 2 ** 20, depth: 1000, timeMs: 10_000 };

interface Block {
  readonly info: string;
  readonly text: string;
  /** Where its opening fence stands in the page, and where its closing fence ends. */
  readonly start: number;
  readonly end: number;
}

/** One program of a page, and what the page says that it shows. */
export interface Sample {
  /** Its line in the page, and the heading above it. */
  readonly name: string;
  readonly text: string;
  /** A piece that is only parsed. */
  readonly fragment: boolean;
  readonly input: string;
  readonly expected: string;
  readonly modules: ReadonlyMap<string, string>;
  /** Between the program, with its input, and what follows in the page: the block with the expected text, if there is one. */
  readonly outputStart: number;
  readonly outputEnd: number;
}

const FENCE = /^```([^\n]*)\n([\s\S]*?)^```$/gm;

export function readGuide(page: string): Sample[] {
  const blocks: Block[] = [...page.matchAll(FENCE)].map((found) => ({
    info: (found[1] ?? '').trim(),
    text: found[2] ?? '',
    start: found.index,
    end: found.index + found[0].length,
  }));
  const modules = new Map<string, string>();
  const samples: Sample[] = [];
  blocks.forEach(({ info, text, start, end }, at) => {
    if (info.startsWith('orus module ')) modules.set(info.slice('orus module '.length), text);
    if (info !== 'orus' && info !== 'orus fragment') return;
    const behind = (last: number, index: number, kind: string): Block | undefined => {
      const block = blocks[index];
      return block?.info === kind && page.slice(last, block.start).trim() === '' ? block : undefined;
    };
    const input = behind(end, at + 1, 'text input');
    const outputStart = input?.end ?? end;
    const output = behind(outputStart, at + (input === undefined ? 1 : 2), 'text');
    samples.push({
      name: `line ${page.slice(0, start).split('\n').length}: ${headingAbove(page, start)}`,
      text,
      fragment: info === 'orus fragment',
      input: input?.text ?? '',
      expected: output?.text ?? '',
      modules: new Map(modules),
      outputStart,
      outputEnd: output?.end ?? outputStart,
    });
  });
  return samples;
}

function headingAbove(page: string, offset: number): string {
  return [...page.slice(0, offset).matchAll(/^#+ (.*)$/gm)].at(-1)?.[1] ?? '';
}

/** What a terminal shows when a program of the page runs. */
export async function terminalText(sample: Sample, engine = 'interp'): Promise<string> {
  const host = collectingHost(new Uint8Array(Buffer.from(sample.input)));
  const request = {
    source: { path: 'program.orus', text: sample.text },
    engine,
    limits: LIMITS,
    checks: { ...DEFAULT_CHECKS, verify: true },
  };
  const { reports, files } = runProgram(request, await engineNamed(engine), loaderOf(sample.modules), host);
  const renderer = new Renderer(files, 'human');
  return Buffer.from(host.stdout()).toString() + reports.map((report) => renderer.render(report)).join('\n');
}

function loaderOf(modules: ReadonlyMap<string, string>): ModuleLoader {
  return {
    resolve(dotted) {
      const path = `${dotted.join('/')}.orus`;
      const text = modules.get(dotted.join('.'));
      return text === undefined ? { tried: [path] } : { path, text };
    },
  };
}

/** What is wrong with the form of a piece of a program. */
export function fragmentProblems({ text }: Sample): string[] {
  const file = { id: 0 as FileId, path: 'fragment.orus', text };
  return parse(file, DEFAULT_EDITION).diagnostics.map(({ title }) => title);
}

/** The page with the output blocks that its programs really have. */
export async function blessGuide(page: string): Promise<string> {
  let blessed = '';
  let last = 0;
  for (const sample of readGuide(page)) {
    if (sample.fragment) continue;
    const text = await terminalText(sample);
    blessed += page.slice(last, sample.outputStart) + (text === '' ? '' : `\n\n\`\`\`text\n${text}\`\`\``);
    last = sample.outputEnd;
  }
  return blessed + page.slice(last);
}
