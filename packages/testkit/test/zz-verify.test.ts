import { test } from 'vitest';
import { describeRefusal } from '../../core/src/isa/verify/refusal.ts';
import { verifyProgram } from '../../core/src/isa/verify/verify.ts';
import { DEFAULT_CHECKS } from '../../core/src/engine/engine.ts';
import { moduleFiles } from '../../cli/src/module-files.ts';
import { examples, runTests } from '../src/programs.ts';
import { stagesOf } from '../src/compiled.ts';
import { MODES } from '../src/modes.ts';

test('x', { timeout: 600000 }, () => {
  const counts = new Map<string, string[]>();
  let n = 0, time = 0, words = 0, spDiff = 0, slow = 0, longest = 0;
  const modes = (process.env['VM'] ?? 'interp').split(',');
  for (const program of [...runTests('tests/run'), ...runTests('tests/regress'), ...examples('examples')]) {
    if (process.env['ONLY'] && !program.name.includes(process.env['ONLY'])) continue;
    const stages = stagesOf({ path: program.name, text: program.text }, moduleFiles('.', {}));
    for (const name of modes) {
      const mode = MODES.find((m) => m.name === name)!;
      const prepared = stages.prepared({ ...mode.checks, verify: false });
      if (!prepared) continue;
      const bc = prepared.bytecode();
      n++;
      for (const f of bc.funcs) words += f.code.length;
      const start = performance.now();
      let text = '';
      try {
        const r = verifyProgram(bc);
        if ('refusal' in r) {
          text = describeRefusal(r.refusal, bc);
          const key = r.refusal.rule + ' ' + text.replace(/\d+/g, 'N').replace(/`[^`]*`/g, 'F').slice(0, 90);
          (counts.get(key) ?? counts.set(key, []).get(key)!).push(program.name + ' ' + name + ' ' + text);
        } else {
          longest = Math.max(longest, r.verified.longestWay);
          for (const [i, f] of bc.funcs.entries()) {
            const g = r.verified.program.funcs[i]!;
            if (g.safepoints.length === 0 && f.safepoints.length > 0) continue;
            const norm = (s: typeof f.safepoints) => s.map((x) => `${x.pc}:${[...x.refs, ...x.anys].sort((a, b) => a - b)}`);
            const [a, b] = [norm(f.safepoints), norm(g.safepoints)];
            if (a.join('|') !== b.join('|')) {
              spDiff++;
              if (spDiff < 12) {
                const k = a.findIndex((x, j) => x !== b[j]);
                console.log('SP', program.name, name, f.name, 'own', a[k], 'verifier', b[k]);
              }
            }
          }
        }
      } catch (e) {
        const key = 'CRASH ' + (e as Error).message.slice(0, 80);
        (counts.get(key) ?? counts.set(key, []).get(key)!).push(program.name + (e as Error).stack);
      }
      const t = performance.now() - start;
      time += t;
      if (t > 200) console.log('slow', program.name, t);
    }
  }
  console.log(n, 'programs', words, 'words', Math.round(time), 'ms', 'safepoint differences', spDiff, 'longest', longest);
  for (const [k, v] of [...counts].sort((a, b) => b[1].length - a[1].length)) console.log(v.length, k, '\n      ', v.slice(0, 2).join('\n      '));
});
