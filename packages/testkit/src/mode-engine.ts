/** The engine of a mode. One for each setting, because an engine keeps what the host has compiled of the machine. */
import { present } from '@orus/core/base/bug';
import type { Engine } from '@orus/core/engine/engine';
import { createJitEngine } from '@orus/core/engine/jit/jit';
import { tuningFor } from '@orus/core/engine/jit/tuning';
import { ENGINES } from '@orus/core/engines';
import type { Mode } from './modes.ts';

const made = new Map<string, Engine>();

export function engineOf({ engine, jit }: Mode): Engine {
  const key = jit === undefined ? engine : `${engine} ${JSON.stringify(jit)}`;
  let found = made.get(key);
  if (found === undefined) {
    found =
      jit === undefined
        ? present(
            ENGINES.find(({ name }) => name === engine),
            `engine ${engine}`,
          )
        : createJitEngine({ tuning: tuningFor(jit) });
    made.set(key, found);
  }
  return found;
}
