// Runs oxlint with type information. Fails also when it saw no file: a misconfigured linter is green.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from './step.mjs';

const FOLDERS = ['libs', 'apps', 'test', 'tools', 'bench'];
const OPTIONS = ['--type-aware', '--deny-warnings', '--report-unused-disable-directives'];

const { status, stdout } = spawnSync(join(root, 'node_modules/.bin/oxlint'), [...OPTIONS, ...FOLDERS], {
  stdio: ['ignore', 'pipe', 'inherit'],
  encoding: 'utf8',
  cwd: root,
});
process.stdout.write(stdout ?? '');
const files = Number(/ on (\d+) files? /.exec(stdout ?? '')?.[1] ?? 0);
if (files === 0) console.error('oxlint looked at no file at all');
process.exit(files === 0 ? 1 : (status ?? 1));
