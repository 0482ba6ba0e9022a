/**
 * Where things lie that outlive a run: where a variable of ours says, else below the directory that the XDG base directory specification
 * gives for their sort.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The file of what was entered in sessions: ORUS_HISTORY, else below XDG_STATE_HOME; null if that is empty or there is no home. */
export function historyPath(environment: NodeJS.ProcessEnv): string | null {
  return chosen(environment, 'ORUS_HISTORY', 'XDG_STATE_HOME', ['.local', 'state'], ['orus', 'history']);
}

/** The folder of compiled programs: ORUS_CACHE, else below XDG_CACHE_HOME; null if that is empty or there is no home. */
export function cacheFolder(environment: NodeJS.ProcessEnv): string | null {
  return chosen(environment, 'ORUS_CACHE', 'XDG_CACHE_HOME', ['.cache'], ['orus']);
}

/** Makes a folder and those above it, for nobody else to read. Node's own way of doing so does not end where the system makes no folders (`/proc`). */
export function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path, { mode: 0o700 });
}

function chosen(
  environment: NodeJS.ProcessEnv,
  ownName: string,
  xdgName: string,
  belowHome: readonly string[],
  name: readonly string[],
): string | null {
  const own = environment[ownName];
  if (own !== undefined) return own === '' ? null : own;
  const xdg = environment[xdgName];
  if (xdg) return join(xdg, ...name);
  const home = homeFolder(environment);
  return home === null ? null : join(home, ...belowHome, ...name);
}

/** The module that asks the system is rarely needed, and loaded then. */
function homeFolder(environment: NodeJS.ProcessEnv): string | null {
  const named = environment['HOME'];
  if (named) return named;
  try {
    return process.getBuiltinModule('node:os').homedir();
  } catch {
    // a user whom the system does not know
    return null;
  }
}
