/**
 * V8's switches, by the way that costs least at the start of a process.
 *
 * `node:v8` loads Node's streams for its heap snapshots: 1.7 ms of a start that has 20. The function behind it is also reachable
 * as an internal binding, which Node keeps for old programs (DEP0111) and warns of; where that is gone or not allowed the module does.
 */
type SetFlags = (flag: string) => void;

let known: SetFlags | undefined;

/** Sets one of V8's flags, as on Node's command line. */
export function setV8Flag(flag: string): void {
  known ??= bound() ?? process.getBuiltinModule('node:v8').setFlagsFromString;
  known(flag);
}

/** What the types of Node do not name. */
interface OldProcess {
  noDeprecation?: boolean;
  binding?(name: string): { readonly setFlagsFromString?: SetFlags };
}

function bound(): SetFlags | undefined {
  const old: OldProcess = process as object;
  const { noDeprecation = false } = old;
  old.noDeprecation = true;
  try {
    return old.binding?.('v8').setFlagsFromString;
  } catch {
    return undefined;
  } finally {
    old.noDeprecation = noDeprecation;
  }
}
