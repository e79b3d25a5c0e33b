// Runs luacheck over the scripts as Redis gets them: fragments put in, written to build/lua/; and over those of recipes.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureProgram } from './ensure-program.mjs';
import { readScripts } from './lua-scripts.mjs';

ensureProgram({ program: 'luacheck', aptPackage: 'lua-check' });

const root = fileURLToPath(new URL('..', import.meta.url));
const target = join(root, 'build/lua');
rmSync(target, { recursive: true, force: true });
const scripts = readScripts(join(root, 'lua'));
if (scripts.length === 0) throw new Error('no script found below lua/: a green light would mean nothing');
for (const script of scripts) {
  const file = join(target, `${script.name}.lua`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, script.source);
}
const { status } = spawnSync(
  'luacheck',
  ['--config', join(root, '.luacheckrc'), '--no-color', '-q', 'build/lua', 'apps/demo/lua'],
  {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  },
);
process.exit(status ?? 1);
