import { checkProgram, DEFAULT_CHECKS, DEFAULT_LIMITS, interpEngine, Renderer } from '@orus/core';

/** What a program printed, and how it ended. */
export function run(text) {
  const loader = { resolve: () => ({ tried: [] }) }; // there are no modules
  const { diagnostics, files, prepared } = checkProgram({ path: 'program.orus', text }, { loader });
  if (prepared === null) {
    const renderer = new Renderer(files.values(), 'human');
    return { output: '', end: diagnostics.map((diagnostic) => renderer.render(diagnostic)).join('') };
  }
  const decoder = new TextDecoder();
  let output = '';
  const host = {
    write: (bytes) => {
      output += decoder.decode(bytes, { stream: true });
    },
    readLine: () => null, // there is no input
    now: () => performance.now() / 1000,
  };
  const limits = { ...DEFAULT_LIMITS, fuel: 1_000_000, memory: 2 ** 24, depth: 1000 };
  const outcome = interpEngine.create(prepared, host, limits, DEFAULT_CHECKS).run();
  switch (outcome.status) {
    case 'done':
      return { output, end: 'done' };
    case 'error':
      return { output, end: `error: ${outcome.trap.message}` };
    case 'limit':
      return { output, end: `stopped: ${outcome.limit}` };
  }
}
