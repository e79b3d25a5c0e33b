// Runs one command of a longer command and tells how long it took.
import { spawn, spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

const PATH = [join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter);

const surroundings = () => ({ cwd: root, env: { ...process.env, PATH } });
const begun = (name, command, args) => `\n> ${name}: ${command} ${args.join(' ')}`;

function ended(name, status, startedAt) {
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  console.log(`> ${name}: ${status === 0 ? 'ok' : 'FAILED'} after ${seconds} s`);
  return status === 0;
}

/** Whether the command ended well. Programs of node_modules/.bin are found by their name. */
export function step(name, command, args) {
  const startedAt = performance.now();
  console.log(begun(name, command, args));
  const { status } = spawnSync(command, args, { ...surroundings(), stdio: ['ignore', 'inherit', 'inherit'] });
  return ended(name, status, startedAt);
}

/** The same for one of several that run side by side: what it has to say is told when it is over. */
export function stepBeside(name, command, args) {
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...surroundings(), stdio: ['ignore', 'pipe', 'pipe'] });
    const said = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => said.push(chunk));
    child.once('error', reject);
    child.once('close', (status) => {
      console.log(begun(name, command, args));
      process.stdout.write(Buffer.concat(said));
      resolve(ended(name, status, startedAt));
    });
  });
}
