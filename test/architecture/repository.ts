/** What several architecture specs need to look at the repository and to run its tools. */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));

export interface ToolRun {
  readonly status: number | null;
  /** What it printed, stdout before stderr. */
  readonly output: string;
  readonly stdout: string;
}

/** Runs a program with the packages' programs on its PATH. */
export function runTool(command: string, args: readonly string[], cwd: string = root): ToolRun {
  const { status, stdout, stderr } = spawnSync(command, [...args], {
    cwd,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    env: {
      ...process.env,
      PATH: `${join(root, 'node_modules/.bin')}:${process.env['PATH'] ?? ''}`,
      NODE_OPTIONS: '',
    },
  });
  return { status, stdout, output: `${stdout}${stderr}` };
}

const SKIPPED = new Set(['node_modules', 'dist', 'build', 'coverage', '.git', '.cache']);

/** Every source file below `folder`, as a path from the root of the repository. */
export function filesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : filesBelow(path);
    return [path];
  });
}
