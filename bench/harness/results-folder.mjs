// Reports are kept beside the bench, out of git: they are true for one machine at one time.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('../results', import.meta.url));

/** @param {{ at: string }} report @param {string} markdown @param {string} [kind] what the names of files start with */
export function writeResults(report, markdown, kind = '') {
  mkdirSync(FOLDER, { recursive: true });
  const name = kind + report.at.slice(0, 19).replaceAll(':', '-');
  writeFileSync(join(FOLDER, `${name}.md`), `${markdown}\n`);
  writeFileSync(join(FOLDER, `${name}.json`), `${JSON.stringify(report, undefined, 2)}\n`);
  console.error(`written to bench/results/${name}.md and .json`);
}
