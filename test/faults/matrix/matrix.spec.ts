/**
 * The fault matrix: every row three times each day, as often as one likes by `npm run test:faults`, whose results are in
 * docs/faults.md. Rows mostly wait, so several are played side by side.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { playRow } from './play-row.js';
import type { PlayedRow } from './row.js';
import { rows } from './rows.js';

const EVERYDAY_RUNS = 3;
const {
  HOLDFAST_FAULT_ROWS: only,
  HOLDFAST_FAULT_RUNS: runsGiven,
  HOLDFAST_FAULT_RESULTS: folder,
} = process.env;
const chosen = only?.split(',');

const played = rows
  .filter((row): row is PlayedRow => row.kind === 'played')
  .filter(({ id }) => chosen === undefined || chosen.includes(id));

/** For the table, where it is being made. */
function keep(id: string, result: object): void {
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${id}.json`), JSON.stringify(result));
}

/** What went wrong in the runs of `row`, if anything did. */
async function failuresOf(row: PlayedRow): Promise<readonly string[]> {
  const { id } = row;
  const cannot = row.cannot?.();
  if (cannot !== undefined) {
    console.log(`${id}: skipped, ${cannot}`);
    keep(id, { skipped: cannot });
    return [];
  }
  const runs = runsGiven === undefined ? (row.everyday ?? EVERYDAY_RUNS) : Number(runsGiven);
  const result = await playRow(row, runs);
  const why = result.failures.map((failure) => `\n  ${failure}`).join('');
  console.log(`${id}: ${result.held} of ${runs} held ${JSON.stringify(result.numbers)}${why}`);
  keep(id, result);
  return result.failures;
}

const LONGEST_MS = 3_600_000;
const titled = (alone: boolean): [string, string, PlayedRow][] =>
  played
    .filter((row) => (row.alone === true) === alone)
    .toSorted((a, b) => Number(b.long === true) - Number(a.long === true))
    .map((row) => [row.id, row.fault, row]);

describe('the fault matrix', () => {
  it.each(titled(true))(
    '%s %s, alone',
    async (_, __, row) => expect(await failuresOf(row)).toEqual([]),
    LONGEST_MS,
  );
  it.concurrent.each(titled(false))(
    '%s %s',
    async (_, __, row) => expect(await failuresOf(row)).toEqual([]),
    LONGEST_MS,
  );
});
