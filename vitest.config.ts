/**
 * One run for the tests of all packages. They import the TypeScript sources (the condition `source` of the packages'
 * `exports`); the set-up first builds what those cannot be imported without.
 */
import { defineConfig } from 'vitest/config';

const shared = {
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
};

function project(name: string, globalSetup: string) {
  return {
    ...shared,
    test: {
      name,
      include: [`packages/${name}/test/**/*.test.ts`],
      globalSetup: [globalSetup],
      // The evaluators that tests use as oracles recurse natively, hence the larger stack.
      execArgv: ['--stack-size=3900'],
      testTimeout: 20_000,
    },
  };
}

export default defineConfig({
  test: {
    // Two processes: the machines that run this have two cores.
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      project('core', 'tools/vitest-setup.mjs'),
      project('cli', 'tools/vitest-setup-cli.mjs'),
      project('testkit', 'tools/vitest-setup-cli.mjs'),
    ],
  },
});
