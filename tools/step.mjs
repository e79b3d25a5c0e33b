// Runs one command of a longer command and tells how long it took.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { delimiter, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

const PATH = [join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter);
const where = { cwd: root, env: { ...process.env, PATH } };

/** Whether the command ended well. Programs of node_modules/.bin are found by their name. */
export function step(name, command, args) {
  const startedAt = performance.now();
  console.log(`\n> ${name}: ${command} ${args.join(' ')}`);
  const { status } = spawnSync(command, args, { ...where, stdio: ['ignore', 'inherit', 'inherit'] });
  return ended(name, status, startedAt);
}

/** The same beside others: what it says is told when it is over. */
export async function stepAside(name, command, args) {
  const startedAt = performance.now();
  const child = spawn(command, args, { ...where, stdio: ['ignore', 'pipe', 'pipe'] });
  const [said, complained, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  console.log(`\n> ${name}: ${command} ${args.join(' ')}\n${said}${complained}`.trimEnd());
  return ended(name, status, startedAt);
}

function ended(name, status, startedAt) {
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  console.log(`> ${name}: ${status === 0 ? 'ok' : 'FAILED'} after ${seconds} s`);
  return status === 0;
}
