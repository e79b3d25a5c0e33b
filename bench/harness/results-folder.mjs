// Reports are kept beside the bench, out of git: they are true for one machine at one time.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('../results', import.meta.url));

/** @param {{ at: string }} report @param {string} markdown */
export function writeResults(report, markdown) {
  mkdirSync(FOLDER, { recursive: true });
  const name = report.at.slice(0, 19).replaceAll(':', '-');
  writeFileSync(join(FOLDER, `${name}.md`), `${markdown}\n`);
  writeFileSync(join(FOLDER, `${name}.json`), `${JSON.stringify(report, undefined, 2)}\n`);
  console.error(`written to bench/results/${name}.md and .json`);
}
