/**
 * Machine code as text beside the bytecode and the source that it was made of, for `orus dump --after=jit`.
 *
 * Every function stands as it is compiled for calls. What only the driver calls, initialisers and `main`, is never compiled so: its loops
 * stand as they are entered by a frame that is in them.
 */
import { present } from '../../base/bug.ts';
import { Disassembler } from '../../isa/disassemble.ts';
import { decodeAll } from '../../isa/encode.ts';
import type { BytecodeProgram, FuncIndex } from '../../isa/program.ts';
import { printModule, type PrintedFunction } from '../../wasm/print.ts';
import { Loader } from '../vm/load.ts';
import { calleeOf } from './slots.ts';
import type { Plan } from './plan.ts';
import { planUnit } from './translate.ts';
import { DEFAULT_TUNING } from './tuning.ts';
import { NO_CODE, type Placed } from './linkage.ts';
import { buildUnit, unitName } from './unit.ts';

/** The whole program, or the functions of one name. */
export function printUnits(program: BytecodeProgram, only?: string): string {
  const placed = placedProgram(program);
  const link = { ...placed, ...NO_CODE };
  const roots = new Set<number>([...program.modules.map(({ init }) => init), program.main ?? -1]);
  const texts: string[] = [];
  const plans: Plan[] = [];
  const add = (func: FuncIndex, pc: number): void => {
    const name = unitName(program, func, 0);
    const plan = planUnit(link, func, pc);
    if (typeof plan !== 'string') plans.push(plan);
    else if (only === undefined || only === name)
      texts.push(`${unitName(program, func, pc)} stays interpreted: ${plan}\n`);
  };
  program.funcs.forEach(({ code }, i) => {
    const func = i as FuncIndex;
    if (code.length === 0) return;
    if (!roots.has(i) || isCalled(program, func)) add(func, 0);
    if (!roots.has(i)) return;
    for (const { pc, op } of decodeAll(code)) {
      if (pc > 0 && op.placed.some(({ kind }) => kind === 'cost')) add(func, pc);
    }
  });
  const { functions, marks } = written(placed, plans);
  const printer = new UnitPrinter(program, marks);
  functions.forEach((func, i) => {
    const plan = plans[i] as Plan;
    if (only === undefined || unitName(program, plan.func, 0) === only) texts.push(printer.print(plan, func));
  });
  return texts.join('\n');
}

function isCalled({ funcs }: BytecodeProgram, wanted: FuncIndex): boolean {
  return funcs.some(({ code }) => decodeAll(code).some((inst) => calleeOf(inst) === wanted));
}

/** A program at the addresses that it has in every machine. */
export function placedProgram(program: BytecodeProgram): Placed {
  const { code, image } = new Loader(program).load();
  const view = new DataView(image.view().slice().buffer);
  return {
    program,
    rounds: DEFAULT_TUNING.rounds,
    isWrong: () => false,
    mayGuess: () => true,
    codeAddress: (func) => present(code[func], 'code'),
    word: (address) => view.getUint32(address - image.base, true),
  };
}

type Marks = ReadonlyMap<Plan, readonly { readonly inst: number; readonly at: number }[]>;

/** One unit with everything: the typed functions in the order of the plans. */
function written(placed: Placed, plans: readonly Plan[]): { functions: PrintedFunction[]; marks: Marks } {
  const marks = new Map<Plan, { readonly inst: number; readonly at: number }[]>(plans.map((plan) => [plan, []]));
  const names: ReadonlyMap<number, string>[] = [];
  const { bytes, typed } = buildUnit(placed, plans, new Map(), {
    mark: (plan, inst, at) => marks.get(plan)?.push({ inst, at }),
    named: (_, locals) => names.push(locals),
  });
  const all = printModule(bytes, (index) => names[typed.indexOf(index)] ?? new Map());
  return {
    functions: typed.map((index) =>
      present(
        all.find((each) => each.index === index),
        'function',
      ),
    ),
    marks,
  };
}

class UnitPrinter {
  readonly #program: BytecodeProgram;
  readonly #disassembler: Disassembler;
  readonly #marks: Marks;

  constructor(program: BytecodeProgram, marks: Marks) {
    this.#program = program;
    this.#disassembler = new Disassembler(program);
    this.#marks = marks;
  }

  print(plan: Plan, { head, lines, bytes }: PrintedFunction): string {
    const code = present(this.#program.funcs[plan.func], 'function');
    const { insts } = plan.flow;
    const how = plan.entry === 0 ? 'for calls' : `for frames that stand at ${plan.entry}`;
    const text = [`${unitName(this.#program, plan.func, 0)} ${how}: ${bytes} bytes`, ...head];
    const marks = [...(this.#marks.get(plan) ?? [])];
    let shown = '';
    for (const line of lines) {
      while (marks[0] !== undefined && marks[0].at <= line.at) {
        const { inst } = marks.shift() as (typeof marks)[number];
        const decoded = present(insts[inst], 'instruction');
        const place = this.#disassembler.place(code, code.lines.filter(({ pc }) => pc <= decoded.pc).length - 1);
        if (place !== shown && place !== '') text.push(`;;${place}`);
        shown = place;
        text.push(`;;${this.#disassembler.inst(decoded, false)}`);
      }
      text.push(line.text);
    }
    return `${text.join('\n')})\n`;
  }
}
