/** What has to be true of entries of a history, whoever wrote them. */
import assert from 'node:assert/strict';
import type { JobHistoryEntry } from '@holdfast/core';

export type RunEntry = Extract<JobHistoryEntry, { kind: 'run' }>;
export type SkipEntry = Extract<JobHistoryEntry, { kind: 'skip' }>;

const PERIOD_MS = 1_000;

/** In one word: how a run ended, or why a tick was skipped. */
export function wordOf(entry: JobHistoryEntry): string {
  return entry.kind === 'run' ? entry.outcome : `skipped:${entry.reason}`;
}

/** Of ticks that come every second, none is left out and none told twice. */
export function assertInARow(entries: readonly JobHistoryEntry[]): void {
  const [first] = entries;
  const ticks = entries.map(({ scheduledAt }) => (scheduledAt - (first?.scheduledAt ?? 0)) / PERIOD_MS);
  assert.deepEqual(ticks, [...entries.keys()]);
}

/** Each began when the one before was over, under a higher fence. */
export function assertOneAfterTheOther(runs: readonly RunEntry[]): void {
  const inOrder = runs.toSorted((one, other) => one.fence - other.fence);
  for (const [at, run] of inOrder.entries()) {
    const before = inOrder[at - 1];
    if (before === undefined) continue;
    assert.ok(run.fence > before.fence, 'two runs of one fence');
    assert.ok(run.startedAt >= before.endedAt, `${run.run} began before ${before.run} was over`);
  }
}
