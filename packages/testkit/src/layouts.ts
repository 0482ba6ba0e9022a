/**
 * The interpreter with its handlers in another order, to see how much of a program's speed is the luck of the order.
 *
 * Handlers stand by family, which forward threading needs; within each family a layout shuffles them. Layout 0 is the usual order.
 */
import { bytesOfBase64 } from '@orus/core/base/base64';
import { checkProgram } from '@orus/core/compile';
import { DEFAULT_CHECKS, DEFAULT_LIMITS, type Host } from '@orus/core/engine/engine';
import { generate } from '@orus/core/engine/interp/generate';
import { Vm } from '@orus/core/engine/vm/vm';
import { FAMILIES } from '@orus/core/isa/definitions';
import { CORE_BYTES } from '@orus/core/runtime/core-bytes';

/** All opcodes in the order of a layout. */
export function layoutOrder(layout: number): string[] {
  const random = randomFrom(layout);
  return Object.values(FAMILIES).flatMap((family) => {
    const names = family.map(({ name }) => name);
    if (layout === 0) return names;
    for (let i = names.length - 1; i > 0; i--) {
      const j = random(i + 1);
      [names[i], names[j]] = [names[j] ?? '', names[i] ?? ''];
    }
    return names;
  });
}

/** xorshift32, the same everywhere. */
function randomFrom(seed: number): (bound: number) => number {
  let state = seed * 0x9e3779b1 || 1;
  return (bound) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % bound;
  };
}

/** Runs a program on the interpreter in a layout; gives the milliseconds that the run took. */
export function runInLayout(
  source: { readonly path: string; readonly text: string },
  layout: number,
  host: Host,
): number {
  const { prepared } = checkProgram(source, { loader: { resolve: () => ({ tried: [] }) } });
  if (!prepared) throw new Error(`${source.path} has errors`);
  const modules = {
    core: new WebAssembly.Module(bytesOfBase64(CORE_BYTES)),
    interpreter: new WebAssembly.Module(generate({ last: layoutOrder(layout) }).bytes),
  };
  const vm = new Vm(prepared.bytecode(), host, DEFAULT_LIMITS, DEFAULT_CHECKS, modules);
  const start = host.now();
  const outcome = vm.runProgram();
  if (outcome.status !== 'done') throw new Error(`${source.path} ended with ${outcome.status}`);
  return (host.now() - start) * 1000;
}
