import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * Adds to package-lock.json the optional packages for other platforms that npm leaves out when the registry in use does not
 * have them: `npm ci` refuses a lock file without them, also where they are never installed. Run it after `npm install`.
 */

const root = fileURLToPath(new URL('..', import.meta.url));
const file = `${root}/package-lock.json`;
const SYSTEMS = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32'];
const PROCESSORS = ['arm64', 'x64', 'arm', 'ia32', 'ppc64', 'riscv64', 's390x'];

const lock = JSON.parse(readFileSync(file, 'utf8'));
for (const [path, entry] of Object.entries({ ...lock.packages })) {
  const optional = path.startsWith('node_modules/') ? optionalOf(path) : {};
  for (const [name, version] of Object.entries(optional)) {
    if (lock.packages[`node_modules/${name}`] !== undefined || !/^\d+\.\d+\.\d+/.test(version)) continue;
    lock.packages[`node_modules/${name}`] = { version, ...platformOf(name), dev: true, optional: true };
    console.log(`added ${name} ${version}`);
  }
  if (Object.keys(optional).length > 0) entry.optionalDependencies = optional;
}
const { '': own, ...others } = lock.packages;
const sorted = Object.entries(others).sort(([a], [b]) => a.localeCompare(b, 'en'));
lock.packages = { '': own, ...Object.fromEntries(sorted) };
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);

/** What the installed package itself asks for; nothing when it is not installed here. */
function optionalOf(path) {
  try {
    return JSON.parse(readFileSync(`${root}/${path}/package.json`, 'utf8')).optionalDependencies ?? {};
  } catch (error) {
    if (error.code === 'ENOENT') return {};
    throw error;
  }
}

/** Such packages are named after the platform that they are for. */
function platformOf(name) {
  const words = name.split('/').pop().split('-');
  const os = SYSTEMS.filter((system) => words.includes(system));
  const cpu = PROCESSORS.filter((processor) => words.includes(processor));
  const libc = words.includes('musl')
    ? ['musl']
    : words.includes('gnu') && os[0] === 'linux'
      ? ['glibc']
      : [];
  return {
    ...(cpu.length > 0 ? { cpu } : {}),
    ...(libc.length > 0 ? { libc } : {}),
    ...(os.length > 0 ? { os } : {}),
  };
}
