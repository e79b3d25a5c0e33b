/** Every row of the condition table in docs/errors.md, brought about on a real server and asked from a real process. */
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Child, ChildMessage } from '../support/child.js';
import { always } from '../support/eventually.js';
import { startFaultProxy } from '../support/fault-proxy.js';
import { keysOfLock } from '../support/lock-keys.js';
import { machineMs } from '../support/machine-clock.js';
import { uniqueNamespace } from '../support/namespace.js';
import { startRedis } from '../support/redis-server.js';
import { ask, closeCleanly, numberIn, startTaker } from '../support/taker.js';
import { limitsOf } from './support/bounds.js';
import { errorsDocument, readErrorTable, type ErrorRow } from './support/error-table.js';
import { PASSWORD, troubles, type Ground, type Trouble } from './support/troubles.js';

const ATTEMPT_MS = 300;
const WAIT_MS = 700;
/** Of somebody in line: long enough for one who only polls. */
const LINE_WAIT_MS = 5_000;
/** Of the one in front; more than `at once`, so that a row that says so is found out. */
const HELD_MS = 500;

const table = readErrorTable();

interface Stage {
  readonly ground: Ground;
  readonly trouble: Trouble;
  readonly url: string;
  readonly namespace: string;
}

async function setStage({ condition }: ErrorRow): Promise<Stage> {
  const trouble = troubles[condition];
  if (trouble === undefined) throw new Error(`nobody knows how to bring about: ${condition}`);
  const server = await startRedis({ args: trouble.serverArgs ?? [] });
  onTestFinished(() => server.stop());
  const proxy = await startFaultProxy(server.port);
  onTestFinished(() => proxy.stop());
  const namespace = uniqueNamespace();
  const lockKey = keysOfLock(namespace, 'lock').lock;
  const ground = { server, proxy, admin: server.client(), lockKey };
  await trouble.prepare?.(ground);
  return { ground, trouble, namespace, url: `redis://${trouble.userInfo ?? ''}127.0.0.1:${proxy.port}` };
}

const startAsking = ({ url, namespace }: Stage): Promise<Child> =>
  startTaker({ url, namespace, attemptTimeout: ATTEMPT_MS, connectTimeout: 500, shutdownGrace: 0 });

/** Asks once and gives the failure; `tookMs` is measured in the process that asked. */
async function failure(
  taker: Child,
  command: ChildMessage,
): Promise<{ failed: ChildMessage; tookMs: number }> {
  const id = `try-${taker.messages.length}`;
  taker.send({ name: 'lock', ...command, id });
  const failed = await taker.message({ id }, 15_000);
  return { failed, tookMs: numberIn(failed, 'at') - numberIn(failed, 'asked') };
}

/** A failed call took as long as the row's bound says for a caller of this patience: neither more nor less. */
function keepsTo({ condition, bound }: ErrorRow, patienceMs: number, tookMs: number): void {
  const { failsAfterMs, endsWithinMs } = limitsOf(bound, patienceMs);
  const what = `${condition}: bound '${bound}' for ${patienceMs} ms of patience`;
  expect(tookMs, what).toBeGreaterThanOrEqual(failsAfterMs);
  expect(tookMs, what).toBeLessThanOrEqual(endsWithinMs);
}

/** Ends in good order, with nothing unhandled and without having said the password to anybody. */
async function endsWell(taker: Child): Promise<void> {
  await closeCleanly(taker);
  expect(JSON.stringify(taker.messages)).not.toContain(PASSWORD);
}

describe('docs/errors.md', () => {
  it('lists exactly the conditions that can be brought about', () => {
    expect(table.map(({ condition }) => condition).toSorted()).toEqual(Object.keys(troubles).toSorted());
  });

  it('has no bound that nobody can measure', () => {
    const wrong = errorsDocument.replace('| at once |', '| soon |');
    expect(() => readErrorTable(wrong)).toThrow('no such bound: soon');
  });
});

describe.each(table.filter(({ retried }) => retried))('$condition', (row) => {
  it(`is a ${row.errorClass} (${row.showsAs}) in time, and a call that is patient gets its lock`, async () => {
    const stage = await setStage(row);
    const taker = await startAsking(stage);
    await stage.trouble.begin?.(stage.ground);
    const waiting = await failure(taker, { do: 'acquire', options: { wait: WAIT_MS } });
    const named = { event: 'failed', name: row.errorClass, condition: row.showsAs };
    expect(waiting.failed).toMatchObject(named);
    keepsTo(row, WAIT_MS, waiting.tookMs);
    const notWaiting = await failure(taker, { do: 'tryAcquire' });
    expect(notWaiting.failed).toMatchObject(named);
    keepsTo(row, ATTEMPT_MS, notWaiting.tookMs);
    const granted = ask(
      taker,
      { do: 'acquire', id: 'patient', name: 'lock', options: { wait: 20_000 } },
      { event: 'granted', id: 'patient' },
    );
    await stage.trouble.end?.(stage.ground);
    await granted;
    const { outcome } = await ask(taker, { do: 'release', id: 'patient' }, { event: 'released' });
    // A connection that is just being replaced may take the answer with it.
    expect(['released', 'unknown']).toContain(outcome);
    await endsWell(taker);
  }, 40_000);
});

describe.each(table.filter(({ errorClass, retried }) => errorClass !== undefined && !retried))(
  '$condition',
  (row) => {
    it(`is a ${row.errorClass} (${row.showsAs}) at once, however patient the caller is`, async () => {
      const stage = await setStage(row);
      const taker = await startAsking(stage);
      await stage.trouble.begin?.(stage.ground);
      const { proxy, lockKey } = stage.ground;
      let attempts = 0;
      proxy.onRequest((args) => (attempts += args.includes(lockKey) ? 1 : 0));
      const calls = [
        { command: { do: 'acquire', options: { wait: 10_000 } }, patienceMs: 10_000 },
        { command: { do: 'tryAcquire' }, patienceMs: ATTEMPT_MS },
      ];
      for (const { command, patienceMs } of calls) {
        const { failed, tookMs } = await failure(taker, command);
        expect(failed).toMatchObject({ event: 'failed', name: row.errorClass, condition: row.showsAs });
        keepsTo(row, patienceMs, tookMs);
      }
      // Each time the attempt, and the release that leaves nothing behind; no storm of them afterwards.
      await always(() => attempts <= 2 * calls.length, 700);
      await endsWell(taker);
    }, 30_000);
  },
);

describe.each(table.filter(({ errorClass }) => errorClass === undefined))('$condition', (row) => {
  it('shows nowhere: a call gets its lock, and a waiter gets it from its holder', async () => {
    const stage = await setStage(row);
    const [taker, other] = await Promise.all([startAsking(stage), startAsking(stage)]);
    await stage.trouble.begin?.(stage.ground);
    const { endsWithinMs } = limitsOf(row.bound, LINE_WAIT_MS);
    const first = { do: 'acquire', id: 'first', name: 'lock', options: { wait: LINE_WAIT_MS } };
    await ask(taker, first, { event: 'granted', id: 'first' });
    const askedAt = machineMs();
    const second = ask(other, { ...first, id: 'second' }, { event: 'granted', id: 'second' });
    await always(() => other.messages.every(({ id }) => id !== 'second'), HELD_MS);
    expect(await ask(taker, { do: 'release', id: 'first' }, { event: 'released' })).toMatchObject({
      outcome: 'released',
    });
    const grantedAfterMs = numberIn(await second, 'at') - askedAt;
    expect(grantedAfterMs).toBeLessThanOrEqual(endsWithinMs);
    await ask(other, { do: 'release', id: 'second' }, { event: 'released' });
    await Promise.all([taker, other].map(endsWell));
  }, 30_000);
});
