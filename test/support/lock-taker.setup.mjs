// The lock-taker in one file for all specs of a project, with the library as its sources are now. Tests start hundreds of
// these processes, and one that has to find three hundred files on its way takes more than twice as long.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleSources } from '../../tools/bundle-sources.mjs';
import { root } from '../../tools/step.mjs';

const PROGRAMS = ['main', 'job-main', 'endurance-main'];

export default async function setup(project) {
  const outDir = await mkdtemp(join(tmpdir(), 'holdfast-lock-taker-'));
  const sourceOf = (name) => [name, join(root, `apps/lock-taker/src/${name}.ts`)];
  await bundleSources({ input: Object.fromEntries(PROGRAMS.map(sourceOf)), outDir, inlined: true });
  project.provide('lockTakerFolder', outDir);
  return () => rm(outDir, { recursive: true });
}
