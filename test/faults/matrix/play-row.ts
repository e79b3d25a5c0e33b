/** Plays the trials of a row one after the other. A trial that failed has failed: none is made again. */
import { within } from '../../support/eventually.js';
import { assertNoStaleWrites, assertStageEndsWell } from './conditions.js';
import { resultOf, type RowResult } from './results.js';
import type { Numbers, PlayedRow } from './row.js';
import { Stage } from './stage.js';

/** C for the trial itself: nothing in it waits for ever. */
const LONGEST_TRIAL_MS = 120_000;

export async function playRow(row: PlayedRow, runs: number): Promise<RowResult> {
  const numbers: Numbers[] = [];
  const failures: string[] = [];
  const failed = (what: string, error: unknown): void => {
    failures.push(`${what}: ${shortly(error)}`);
  };
  let stage = await Stage.open(row.stage);
  for (let run = 0; run < runs; run += 1) {
    const name = `${row.id}-${run}`;
    try {
      const trial = row.play({ stage, run, name });
      numbers.push(await within(row.longestMs ?? LONGEST_TRIAL_MS, `the trial ${name}`, trial));
      await assertNoStaleWrites(stage);
    } catch (error) {
      failed(`run ${run + 1}`, error);
      // Nobody knows what state it is in.
      await stage.close();
      stage = await Stage.open(row.stage);
    }
  }
  try {
    await assertStageEndsWell(stage);
  } catch (error) {
    failed('the end', error);
  } finally {
    await stage.close();
  }
  return resultOf(row, { numbers, failures, runs });
}

/** What is wrong, and where it was noticed. */
function shortly(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const [, file, line] = /(test\/faults\/matrix\/rows\/[\w-]+\.ts):(\d+)/.exec(error.stack ?? '') ?? [];
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
  return `${error.message}${cause}${file === undefined ? '' : ` at ${file}:${line}`}`
    .replace(/\s+/g, ' ')
    .slice(0, 700);
}
