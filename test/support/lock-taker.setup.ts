/**
 * The lock-taker in one file for all specs of a project, with the library as its sources are now. Tests start hundreds of
 * these processes, and one that has to find three hundred files on its way takes more than twice as long.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import type { TestProject } from 'vitest/node';

const SOURCES = fileURLToPath(new URL('../../apps/lock-taker/src', import.meta.url));
const ENTRIES = ['main', 'job-main', 'endurance-main'];
const conditions = ['@holdfast/source', 'node', 'import', 'default'];

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const outDir = await mkdtemp(join(tmpdir(), 'holdfast-lock-taker-'));
  await build({
    configFile: false,
    logLevel: 'error',
    resolve: { conditions },
    ssr: { noExternal: true, resolve: { conditions } },
    build: {
      ssr: true,
      target: 'node20',
      minify: false,
      outDir,
      rolldownOptions: {
        input: ENTRIES.map((name) => join(SOURCES, `${name}.ts`)),
        output: { entryFileNames: '[name].mjs' },
      },
    },
  });
  project.provide('lockTakerFolder', outDir);
  return () => rm(outDir, { recursive: true });
}
