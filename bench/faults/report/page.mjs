// Puts the results of a run into docs/faults-compared.md.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const PAGE = join(ROOT, 'docs/faults-compared.md');
const RESULTS = /(<!-- results -->\n)[^]*(\n<!-- end of results -->)/;

/** @param {string} markdown */
export function writePage(markdown) {
  const page = readFileSync(PAGE, 'utf8');
  writeFileSync(
    PAGE,
    page.replace(RESULTS, (_, begin, end) => `${begin}\n${markdown}\n${end}`),
  );
  spawnSync(join(ROOT, 'node_modules/.bin/prettier'), ['--write', PAGE], { stdio: ['ignore', 2, 2] });
  console.error('written to docs/faults-compared.md; what is said about it there is yours to check');
}
