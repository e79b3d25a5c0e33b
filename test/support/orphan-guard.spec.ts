import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ModuleKind, ScriptTarget, transpileModule } from 'typescript';
import { expect, it } from 'vitest';
import { eventually } from './eventually.js';
import { forgetProcess, guardFolder, guardProcess } from './orphan-guard.js';

/** A process of its own, because it has to die: starts two sleepers, guards both and then lets go of one. */
const PARENT = `
import { spawn } from 'node:child_process';
import { forgetProcess, guardFolder, guardProcess } from './orphan-guard.mjs';
const sleepers = [1, 2].map(() => spawn('sleep', ['60'], { stdio: 'ignore', detached: true }).pid);
for (const pid of sleepers) guardProcess(pid);
forgetProcess(sleepers[1]);
guardFolder(import.meta.dirname);
console.log(sleepers.join(' '));
setInterval(() => {}, 1_000);
`;

it('kills what a test process started and removes its folder, also when that is killed by SIGKILL', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-orphan-'));
  guardFolder(folder);
  const source = readFileSync(join(import.meta.dirname, 'orphan-guard.ts'), 'utf8');
  const compilerOptions = { module: ModuleKind.ESNext, target: ScriptTarget.ES2022 };
  writeFileSync(join(folder, 'orphan-guard.mjs'), transpileModule(source, { compilerOptions }).outputText);
  writeFileSync(join(folder, 'parent.mjs'), PARENT);
  const parent = spawn(process.execPath, [join(folder, 'parent.mjs')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(parent.stdout, 'data');
  const [guarded = 0, forgotten = 0] = String(line).trim().split(' ').map(Number);
  guardProcess(forgotten);

  parent.kill('SIGKILL');
  await eventually(() => !isAlive(guarded));
  await eventually(() => !existsSync(folder));
  expect(isAlive(forgotten)).toBe(true);

  process.kill(forgotten, 'SIGKILL');
  forgetProcess(forgotten);
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
