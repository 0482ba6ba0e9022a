/**
 * Programs as entries: what runs as a file does the same as the first entry of a session, where variables, functions, methods and
 * defaults are reached in other ways. Left out is what differs by rule: programs with compile-time errors, and those with a `main`.
 */
import { collectingHost } from '@orus/cli/hosts';
import { moduleFiles } from '@orus/cli/module-files';
import { DEFAULT_CHECKS, DEFAULT_LIMITS, type Engine } from '@orus/core/engine/engine';
import { interpEngine } from '@orus/core/engine/interp/interp';
import { treeEngine } from '@orus/core/engine/tree/tree';
import { Session } from '@orus/core/session';
import { expect, test } from 'vitest';
import { runTests, type TestProgram } from '../src/programs.ts';

const programs = [...runTests('tests/run'), ...runTests('tests/regress')].filter(({ text, expected }) => {
  const { reports, limit, deep, status } = expected;
  return (
    !/\bmain\b/.test(text) &&
    reports.every(({ kind }) => kind === 'trap') &&
    limit === undefined &&
    !deep &&
    (status === undefined || status === 0)
  );
});

/** All of them take a minute; a quick look takes some. */
const step = process.env['ORUS_QUICK'] === '1' ? 20 : process.env['ORUS_ALL'] === '1' ? 1 : 4;

function run({ name, text, expected }: TestProgram, engine: Engine): string {
  const host = collectingHost(expected.stdin);
  const session = new Session(engine, host, {
    loader: moduleFiles('.', {}),
    limits: {
      ...DEFAULT_LIMITS,
      memory: expected.memory ?? 64 * 2 ** 20,
      depth: expected.depth ?? 1000,
      fuel: expected.fuel ?? Infinity,
    },
    checks: { ...DEFAULT_CHECKS, verify: true },
  });
  const result = session.evaluate(text, name);
  const end = result.status === 'error' ? result.trap.message : result.status;
  const reports = result.status === 'rejected' ? result.diagnostics.map(({ code, title }) => `${code} ${title}`) : [];
  return `${Buffer.from(host.stdout()).toString()}${[end.split('\n')[0], ...reports].join('\n')}`;
}

test.each(programs.filter((_, index) => index % step === 0).map((program) => [program.name, program] as const))(
  '%s',
  (_, program) => {
    const trap = program.expected.reports[0];
    const wanted = `${program.expected.stdout.toString()}${trap === undefined ? 'done' : trap.text}`;
    expect(run(program, interpEngine)).toBe(wanted);
    expect(run(program, treeEngine)).toBe(wanted);
  },
);
