/**
 * Stage tests: a page of Markdown with a program and what the compiler makes of it, stage by stage.
 *
 *     ```orus              the program; `orus classic` for the other edition
 *     ```tree              the typed tree            ```ir         the IR as lowering gives it
 *     ```ir after PASS     the IR after one pass     ```opt        the IR that code is made of
 *     ```bytecode          disassembly               ```allocation registers, moves and spills
 *     ```jit               machine code
 *
 * A page has only the sections that matter to it. A section may name one function: ```bytecode fib. `bless` writes the sections
 * anew; what it wrote is then read by a person.
 */
import { checkProgram } from '@orus/core/compile';
import { DEFAULT_CHECKS } from '@orus/core/engine/engine';
import { printUnits } from '@orus/core/engine/jit/print-units';
import { printFunc as printTreeFunc } from '@orus/core/hir/print';
import { printFunc } from '@orus/core/ir/print';
import { disassembleProgram } from '@orus/core/isa/disassemble';
import type { AllocationReport } from '@orus/core/codegen/program';

export interface Section {
  /** What stands behind the opening fence. */
  readonly info: string;
  readonly text: string;
}

const FENCE = /^```([^\n]+)\n([\s\S]*?)^```$/gm;

export function parseStages(page: string): Section[] {
  return [...page.matchAll(FENCE)].map(([, info = '', text = '']) => ({ info: info.trim(), text }));
}

/** The sections of a page with the text they should have, the program apart. */
export function makeStages(page: string): Section[] {
  const sections = parseStages(page);
  const program = sections.find(({ info }) => info === 'orus' || info.startsWith('orus '));
  if (program === undefined) throw new Error('a stage test needs a program: ```orus');
  const edition = program.info === 'orus' ? '2026' : program.info.slice('orus '.length);
  const stages = new Map<string, string>();
  const allocations: AllocationReport[] = [];
  const { diagnostics, prepared } = checkProgram(
    { path: 'test.orus', text: program.text },
    {
      edition,
      loader: { resolve: () => ({ tried: [] }) },
      checks: { ...DEFAULT_CHECKS, verify: true },
      observer: {
        stage: (name, text) => stages.set(name, text()),
        allocated: (report) => allocations.push(report),
      },
    },
  );
  if (prepared === null) throw new Error(diagnostics.map(({ code, title }) => `${code}: ${title}`).join('\n'));
  const ir = prepared.ir();
  const bytecode = prepared.bytecode();

  const make = (info: string): string => {
    const after = /^ir after (\S+)(?: (\S+))?$/.exec(info);
    const [stage = '', func] = after === null ? info.split(' ') : [`ir after ${after[1]}`, after[2]];
    const named = (name: string) => func === undefined || name === func;
    if (stage === 'tree') {
      return [...prepared.tree.funcs.entries()]
        .filter(([, { name }]) => named(name))
        .map(([id]) => printTreeFunc(prepared.tree, id))
        .join('\n');
    }
    if (stage === 'opt') {
      return ir.funcs
        .values()
        .filter(({ name }) => named(name))
        .map((f) => printFunc(f))
        .join('\n');
    }
    if (stage === 'jit') return printUnits(bytecode, func);
    if (stage === 'bytecode') return disassembleProgram(bytecode, func);
    if (stage === 'allocation')
      return allocations
        .filter((report) => named(report.func))
        .map(showAllocation)
        .join('\n');
    const text = stages.get(stage === 'ir' ? 'ir' : (after?.[1] ?? ''));
    if (text === undefined) throw new Error(`no stage '${info}', or the pass changed nothing`);
    return func === undefined ? text : functionOf(text, func);
  };
  return sections
    .filter((section) => section !== program)
    .map(({ info }) => ({ info, text: `${make(info).trimEnd()}\n` }));
}

/** The page with its sections replaced. */
export function blessStages(page: string): string {
  const made = new Map(makeStages(page).map(({ info, text }) => [info, text]));
  return page.replace(FENCE, (whole, info: string) => {
    const text = made.get(info.trim());
    return text === undefined ? whole : `\`\`\`${info}\n${text}\`\`\``;
  });
}

function showAllocation(report: AllocationReport): string {
  const { func, registers, frame, movesRemoved, moves, spills } = report;
  return `${func}: ${registers} registers, frame ${frame}, moves removed ${movesRemoved}, left ${moves}, spilled ${spills}`;
}

/** One function of a printed IR program. */
function functionOf(text: string, name: string): string {
  const start = text.search(new RegExp(`^func f\\d+ "${name}"`, 'm'));
  if (start < 0) throw new Error(`no function '${name}'`);
  return text.slice(start, text.indexOf('\n}', start) + 2);
}
