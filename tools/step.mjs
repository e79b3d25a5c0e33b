// Runs one command of a longer command and tells how long it took.
import { spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

const PATH = [join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter);

/** Whether the command ended well. Programs of node_modules/.bin are found by their name. */
export function step(name, command, args) {
  const startedAt = performance.now();
  console.log(`\n> ${name}: ${command} ${args.join(' ')}`);
  const { status } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, PATH },
  });
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  console.log(`> ${name}: ${status === 0 ? 'ok' : 'FAILED'} after ${seconds} s`);
  return status === 0;
}
