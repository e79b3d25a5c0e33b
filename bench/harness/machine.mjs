// What the numbers were measured on.
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { fileURLToPath } from 'node:url';

const MANIFEST = fileURLToPath(new URL('../package.json', import.meta.url));

/** @param {import('ioredis').Redis} admin */
export async function machine(admin) {
  const info = await admin.info('server');
  return {
    at: new Date().toISOString(),
    node: process.version,
    redis: /redis_version:(\S+)/.exec(info)?.[1],
    cores: availableParallelism(),
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    packages: JSON.parse(readFileSync(MANIFEST, 'utf8')).dependencies,
  };
}
