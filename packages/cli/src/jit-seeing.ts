/**
 * Machine code at work, for `--trace=jit`, `--stats=jit` and `--stats=hot`: an engine that tells, and what it told as tables.
 */
import { createJitEngine, type JitOptions } from '@orus/core/engine/jit/jit';
import { JitMeter } from '@orus/core/engine/jit/metering';
import type { JitEvent, JitObserver, UnitPart } from '@orus/core/engine/jit/observer';
import type { InstructionCount, JitReport } from '@orus/core/engine/jit/report';
import type { Engine } from '@orus/core/engine/engine';
import type { Row } from './stats.ts';
import { writeError } from './terminal.ts';

export interface Seeing {
  readonly count: boolean;
  readonly trace: boolean;
}

export interface SeenEngine {
  readonly engine: Engine;
  /** What was counted, if that was wanted. */
  report(): JitReport | undefined;
}

export function seeingEngine(options: JitOptions, { count, trace }: Seeing): SeenEngine {
  const tracer: JitObserver | undefined = trace
    ? { event: (event) => writeError(`jit: ${lineOf(event)}\n`) }
    : undefined;
  if (!count) return { engine: createJitEngine({ ...options, observer: tracer }), report: () => undefined };
  const meter = new JitMeter(tracer);
  const engine = createJitEngine({ ...options, observer: meter, instruments: meter });
  return { engine, report: () => meter.report() };
}

// --trace=jit

function lineOf(event: JitEvent): string {
  switch (event.kind) {
    case 'compiled': {
      const { unit, parts, bytes, translateMs, hostMs } = event;
      const instructions = parts.reduce((sum, part) => sum + part.instructions, 0);
      const work = `${instructions} instructions, ${bytes} bytes, ${translateMs.toFixed(1)} + ${hostMs.toFixed(1)} ms`;
      return `compiled unit ${unit} (${work}): ${parts.map(nameOf).join(', ')}`;
    }
    case 'installed':
      return `installed ${nameOf(event.part)}: calls run unit ${event.unit}`;
    case 'refused':
      return `refused ${nameOf(event.part)}: ${event.why}`;
    case 'evicted':
      return `evicted unit ${event.unit}, ${event.bytes} bytes; ${event.liveBytes} are left`;
    case 'unavailable':
      return `the host does not compile (${event.why}); everything else is interpreted`;
  }
}

function nameOf({ name, entry, line }: Omit<UnitPart, 'instructions'>): string {
  return `${name}${entry === 0 ? '' : ` at ${entry}`}${line === 0 ? '' : ` (line ${line})`}`;
}

// --stats=jit and --stats=hot

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

function counts(title: string, rows: readonly InstructionCount[]): Row[] {
  const table = rows.map(({ name, native, interpreted }): Row => {
    return [name, native, interpreted, percent(native / (native + interpreted))];
  });
  return [[title, 'machine code', 'interpreted', 'share'], ...table];
}

/** Opcodes that are shown; all of them stand in JSON. */
const OPCODES_SHOWN = 20;
const EXITS_SHOWN = 20;
const GUARDS_SHOWN = 20;
const LOOPS_SHOWN = 20;

export function jitTables({
  unavailable,
  instructions,
  units,
  exits,
  guards,
  refused,
}: JitReport): readonly (readonly Row[])[] {
  const { native, interpreted, families, kinds, opcodes } = instructions;
  return [
    ...(unavailable === null ? [] : [[[`the host does not compile (${unavailable}); the rest was interpreted`]]]),
    counts('instructions', [{ name: 'all', native, interpreted }]),
    counts('family', families),
    counts('kind', kinds),
    counts('opcode', opcodes.slice(0, OPCODES_SHOWN)),
    [
      ['unit', 'function', 'line', 'entered at', 'instructions', 'bytes', 'written ms', 'host ms', 'entered'],
      ...units.flatMap(({ unit, bytes, translateMs, hostMs, parts }) =>
        parts.map((part, i): Row => {
          const size = i === 0 ? [bytes, translateMs, hostMs] : ['', '', ''];
          const at = part.pc === 0 ? 'calls' : `pc ${part.pc}`;
          return [String(unit), part.func, part.line, at, part.instructions, ...size, part.entered];
        }),
      ),
    ],
    [
      ['exits', 'function', 'line', 'count'],
      ...exits.slice(0, EXITS_SHOWN).map(({ reason, func, line, count }): Row => [reason, func, line, count]),
    ],
    [
      ['guards', 'function', 'line', 'held', 'failed'],
      ...guards
        .slice(0, GUARDS_SHOWN)
        .map(({ opcode, func, line, held, failed }): Row => [opcode, func, line, held, failed]),
    ],
    [
      ['refused', 'line', 'entered at', 'why'],
      ...refused.map(({ func, line, pc, why }): Row => [func, line, pc === 0 ? 'calls' : `pc ${pc}`, why]),
    ],
  ];
}

export function hotTable({ loops }: JitReport): readonly Row[] {
  const all = loops.reduce((sum, { fuel }) => sum + fuel, 0);
  return [
    ['loop', 'line', 'fuel', 'share', 'rounds', 'machine code', 'interpreted because'],
    ...loops.slice(0, LOOPS_SHOWN).map(({ func, line, fuel, rounds, native, why }): Row => {
      return [func, line, fuel, percent(fuel / all), rounds, percent(native), why];
    }),
  ];
}
