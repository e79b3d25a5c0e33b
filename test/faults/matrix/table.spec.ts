/** docs/faults.json is about the rows that there are, and what it points to exists. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { catalogue } from './rows.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const { HOLDFAST_FAULT_RESULTS: folder } = process.env;

it('every row from F01 to F47 is here, in order', () => {
  const ids = Array.from({ length: 47 }, (_, at) => `F${String(at + 1).padStart(2, '0')}`);
  expect(catalogue.map(({ id }) => id)).toEqual(ids);
});

it('the table says of each row what the row says of itself', () => {
  if (folder !== undefined) {
    // The results are being made anew.
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'catalogue.json'), JSON.stringify(catalogue));
    return;
  }
  const { rows } = JSON.parse(readFileSync(join(root, 'docs/faults.json'), 'utf8'));
  expect(rows).toMatchObject(catalogue);
  expect(rows).toHaveLength(catalogue.length);
});

it('what holds a row elsewhere is there', () => {
  const paths = catalogue.flatMap((row) => ('heldBy' in row ? row.heldBy : []));
  expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});
