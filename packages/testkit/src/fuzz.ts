/**
 * One case of fuzzing, by number: what is run, in which modes, and what came of it. The tools bundle this module.
 */
import type { Verdict } from './differential.ts';
import { judge, judgeRunningDry, type Once, once } from './differential.ts';
import { generateProgram } from './generate/program.ts';
import { seededRandom } from './generate/random.ts';
import type { Mode } from './modes.ts';
import { leanModes, MODES } from './modes.ts';
import { mutate } from './mutate.ts';

export { bytecodeCase, Corpus, shrinkBytecode } from './bytecode-fuzz.ts';
export { MODES } from './modes.ts';
export { judge } from './differential.ts';
export { generateProgram } from './generate/program.ts';
export { reduce } from './reduce.ts';

/** What is compared for every program; of the rest each program takes its turn. */
const ALWAYS = ['tree', 'tree-boxed', 'ir-plain', 'ir', 'interp-plain', 'interp'];

/** The first is the oracle. `names` overrides the choice. */
export function modesOf(seed: number, names?: readonly string[]): Mode[] {
  const chosen = [...(names ?? ALWAYS)];
  if (!names) {
    const rest = MODES.map(({ name }) => name).filter((name) => !ALWAYS.includes(name));
    chosen.push(...seededRandom(seed).shuffled(rest).slice(0, 2));
  }
  return chosen.flatMap((name) => MODES.filter((mode) => mode.name === name));
}

export interface Case {
  readonly text: string;
  readonly verdict: Verdict;
}

export function generatedCase(seed: number, modes: readonly Mode[]): Case {
  const { text, edition, style } = generateProgram(seed);
  const stages = once(text);
  const first = judge(text, modes, {}, stages);
  const verdict = first.kind === 'agree' ? (dry(seed, text, modes, stages) ?? first) : first;
  const [oracle] = modes;
  if (verdict.kind !== 'agree' || edition !== '2026' || style === 'mixed' || !oracle) return { text, verdict };
  // The same program with the other kind of blocks does the same, only elsewhere in the text.
  const other = generateProgram(seed, { edition, style: style === 'colon' ? 'brace' : 'colon' }).text;
  const second = judge(other, [oracle]);
  if (second.kind === 'agree' && second.stdout === verdict.stdout && kindOf(second.end) === kindOf(verdict.end)) {
    return { text, verdict };
  }
  const detail = second.kind === 'agree' ? `${verdict.end}\nand\n${second.end}` : JSON.stringify(second);
  return {
    text: `${text}\n// --- and\n${other}`,
    verdict: { kind: 'differ', key: `styles: ${style} and other`, detail },
  };
}

/** What is wrong when fuel runs out somewhere; null if nothing is. */
function dry(seed: number, text: string, modes: readonly Mode[], stages: Once): Verdict | null {
  const random = seededRandom(seed);
  const group = random.pick(['optimised', 'plain']);
  const others = random.shuffled(MODES.filter(({ fuel }) => fuel === group)).slice(0, 2);
  const chosen = [...modes.filter(({ fuel }) => fuel === group).slice(0, 1), ...others];
  const verdict = judgeRunningDry(text, chosen, (1 + random.below(99)) / 100, stages);
  return verdict.kind === 'crash' || verdict.kind === 'differ' ? verdict : null;
}

/** Judges a smaller text as the failure with this key was found. */
export function judgeAgain(key: string, seed: number, text: string, modes: readonly Mode[]): Verdict {
  if (!key.startsWith('dry')) return judge(text, modes, { timeMs: 1_000 });
  return dry(seed, text, modes, once(text)) ?? { kind: 'limit', mode: 'none' };
}

/** Of so many lean cases one has its IR verified after every pass. */
const VERIFIED_EVERY = 16;

/** A small program; its seed says how each engine is harassed. Cheap, so that many can be run. */
export function leanCase(seed: number): Case {
  const { text } = generateProgram(seed, { size: 1 });
  return { text, verdict: judgeLean(seed, text) };
}

export function judgeLean(seed: number, text: string): Verdict {
  const { modes, depth } = leanModes(seededRandom(seed));
  return judge(text, modes, { depth }, once(text, seed % VERIFIED_EVERY === 0));
}

/** How a run ended, without places. */
function kindOf(end: string): string {
  return end.replace(/\n {2}in [^\n]*/g, '');
}

/** A mutation of one of the sources, or of a generated program. What the checker refuses is as good as what runs and agrees. */
export function mutatedCase(seed: number, sources: readonly string[], modes: readonly Mode[]): Case {
  const random = seededRandom(seed);
  const original = random.chance(0.3) ? generateProgram(seed, { size: 1 }).text : random.pick(sources);
  const text = mutate(random, original, sources);
  return { text, verdict: judge(text, modes, { fuel: 300_000, memory: 8 * 2 ** 20, timeMs: 1_500 }) };
}
export { bisect } from './bisect.ts';
