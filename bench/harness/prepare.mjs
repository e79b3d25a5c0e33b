// What has to be there before the first measurement: redis-server, the built product, the packages of the peers.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const bench = fileURLToPath(new URL('..', import.meta.url));
const root = join(bench, '..');

/** Ends the process when something is missing that cannot be had. Its output goes to stderr: stdout is the report. */
export function prepare() {
  step([process.execPath, 'tools/ensure-redis.mjs'], root);
  // Also when it is built already: measuring what was there before the last change would be worse than a second lost.
  step([join(root, 'node_modules/.bin/tsc'), '-b', 'libs/nest'], root);
  if (!existsSync(join(bench, 'node_modules'))) step(['npm', 'ci', '--no-audit', '--no-fund'], bench);
}

function step([command, ...args], cwd) {
  const { status, error } = spawnSync(command, args, { cwd, stdio: ['ignore', 2, 2] });
  if (status === 0) return;
  console.error(`${command} ${args.join(' ')} failed${error === undefined ? '' : `: ${error.message}`}`);
  process.exit(1);
}
