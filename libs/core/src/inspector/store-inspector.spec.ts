import { describe, expect, it } from 'vitest';
import { WatchedClock } from '../../../../test/integration/protocol/support/watched-clock.js';
import { rejectionOf } from '../../../../test/support/holdfasts.js';
import { LockRefusedError, LockUnavailableError } from '../acquire-errors.js';
import type { CardStore, ListedCard } from '../lease/card-store.js';
import { writeCard } from '../lease/process-card.js';
import { StoreError } from '../lease/store-error.js';
import { StoreInspector } from './store-inspector.js';

const ATTEMPT_TIMEOUT_MS = 1_000;

function inspectorOf(list: CardStore['list'], clock = new WatchedClock()) {
  const unused = (): Promise<undefined> => Promise.reject(new Error('an inspector only reads'));
  const cards: CardStore = { list, announce: unused, withdraw: unused, lookUp: unused };
  return new StoreInspector({ cards, clock, attemptTimeoutMs: ATTEMPT_TIMEOUT_MS });
}

const card = {
  ...{ replica: 'web-1', host: 'a', pid: 7, version: '1.2.0', startedAt: 1_800_000_000_000 },
  ...{ jobs: ['report'], running: [{ job: 'report', run: '1800000000000' }], leads: ['billing'] },
};
const listed = (processId: string, silentMs: number, details = '{}'): ListedCard => ({
  processId,
  silentMs,
  details,
});

describe('the replicas of a namespace', () => {
  it('are told in the order of the store, with all that their cards say', async () => {
    const asked: number[] = [];
    const inspector = inspectorOf(async (most) => {
      asked.push(most);
      return [
        listed('p1', 12, writeCard(card)),
        listed('p2', 3_000, writeCard({ ...card, version: undefined })),
      ];
    });
    expect(await inspector.replicas()).toEqual([
      { processId: 'p1', silentMs: 12, ...card },
      { processId: 'p2', silentMs: 3_000, ...card, version: undefined },
    ]);
    expect(asked).toEqual([1_000]);
  });

  it('are told when they are silent, and by how much', async () => {
    const silences = [0, 5_000, 59_999];
    const inspector = inspectorOf(async () => silences.map((silentMs, at) => listed(`p${at}`, silentMs)));
    expect((await inspector.replicas()).map(({ silentMs }) => silentMs)).toEqual(silences);
  });

  it('of a newer version are told as far as their cards can be read, and stay who they are', async () => {
    const newer = JSON.stringify({
      ...card,
      pid: { of: 7 },
      jobs: [{ name: 'report' }],
      processId: 'x',
      silentMs: -1,
      more: 1,
    });
    const blank = {
      ...{ replica: undefined, host: undefined, pid: undefined, version: undefined, startedAt: undefined },
      ...{ jobs: [], running: [], leads: [] },
    };
    const inspector = inspectorOf(async () => [listed('p1', 1, newer), listed('p2', 2, 'no card at all')]);
    expect(await inspector.replicas()).toEqual([
      { ...card, processId: 'p1', silentMs: 1, pid: undefined, jobs: [] },
      { ...blank, processId: 'p2', silentMs: 2 },
    ]);
  });

  it('are an error when the server does not answer within the time of one attempt', async () => {
    const clock = new WatchedClock();
    const asked = rejectionOf(inspectorOf(() => new Promise(() => undefined), clock).replicas());
    await clock.advance(ATTEMPT_TIMEOUT_MS);
    const error = await asked;
    expect(LockUnavailableError.is(error) && error.condition).toBe('timeout');
    expect(clock.armed).toEqual({ ref: 0, unref: 0 });
  });

  it('are an error that says whether trying again can help', async () => {
    const failing = (condition: 'disconnected' | 'no-permission') =>
      rejectionOf(
        inspectorOf(() => Promise.reject(new StoreError(condition, 'no', { ambiguous: false }))).replicas(),
      );
    expect(LockUnavailableError.is(await failing('disconnected'))).toBe(true);
    expect(LockRefusedError.is(await failing('no-permission'))).toBe(true);
  });
});
