/**
 * Completes package-lock.json after `npm install`: node tools/lock-platforms.mjs
 *
 * npm leaves an optional package out of the lock file if the registry at hand does not have it, and `npm ci` then refuses the file. The
 * packages in question are builds for other platforms; their entries need a version and the platform, which stand in
 * the dependent's entry and in the name.
 */
import { readFileSync, writeFileSync } from 'node:fs';

const OS = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32', 'openbsd', 'netbsd', 'sunos', 'aix'];
const CPU = {
  arm64: 'arm64',
  x64: 'x64',
  arm: 'arm',
  ia32: 'ia32',
  ppc64: 'ppc64',
  s390x: 's390x',
  riscv64: 'riscv64',
  wasm32: 'wasm32',
  loong64: 'loong64',
};

const path = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(path, 'utf8'));
let added = 0;
for (const entry of Object.values({ ...lock.packages })) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const key = `node_modules/${name}`;
    const words = name.split(/[-/]/);
    const os = OS.find((word) => words.includes(word));
    const cpu = Object.keys(CPU).find((word) => words.includes(word));
    if (lock.packages[key] !== undefined || (os === undefined && cpu === undefined)) continue;
    lock.packages[key] = {
      version,
      ...(cpu === undefined ? {} : { cpu: [CPU[cpu]] }),
      ...(entry.dev ? { dev: true } : {}),
      ...(words.includes('musl') || words.includes('musleabihf') ? { libc: ['musl'] } : {}),
      optional: true,
      ...(os === undefined ? {} : { os: [os] }),
    };
    added++;
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${added} entries added`);
