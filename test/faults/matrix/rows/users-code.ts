/** What users' code does: throws, never ends, closes its client, calls itself, lets promises run on. */
import assert from 'node:assert/strict';
import {
  createHoldfast,
  currentLease,
  LockError,
  type Holdfast,
  type HoldfastConnection,
} from '@holdfast/core';
import { Redis } from 'ioredis';
import { eventually, within } from '../../../support/eventually.js';
import { machineMs } from '../../../support/machine-clock.js';
import { ask } from '../../../support/taker.js';
import type { PlayedRow, Trial } from '../row.js';
import { givesBack, passed, tellsAt, told, works } from '../scene.js';
import { TTL_MS, type Stage } from '../stage.js';

const HOLD_AT_MOST_MS = 500;
const SLACK_MS = 150;
const ENDS: Readonly<Record<string, string>> = {
  'throws at once': 'threw',
  rejects: 'threw',
  'returns nothing': 'ran',
};

async function bodiesEnd(trial: Trial) {
  const { stage, name } = trial;
  const [holder, contender] = await Promise.all([
    stage.taker('holder', { direct: true }),
    stage.taker('contender', { direct: true }),
  ]);
  for (const [how, event] of Object.entries(ENDS)) {
    const id = `${name}-${how}`;
    await ask(holder, { do: 'body', id, name, how, options: { ttl: TTL_MS } }, { event, id });
    assert.equal(await stage.admin.exists(stage.keys(name).lock), 0, `released after a body that ${how}`);
  }
  const options = { ttl: TTL_MS, holdAtMost: HOLD_AT_MOST_MS };
  const endless = `${name}-never ends`;
  holder.send({ do: 'body', id: endless, name, how: 'never ends', options });
  const heldAt = tellsAt(await holder.message({ event: 'granted', id: endless }));
  works(contender, trial);
  const failed = await holder.message({ event: 'failed', id: endless });
  assert.equal(failed['code'], 'ERR_LOCK_HOLD_LIMIT');
  await told(contender, trial, 'granted');
  await givesBack(contender, trial);
  return { 'rejected after its limit': tellsAt(failed) - heldAt - HOLD_AT_MOST_MS };
}

async function open(stage: Stage, connection: HoldfastConnection): Promise<Holdfast> {
  const holdfast = await createHoldfast({
    connection,
    namespace: stage.namespace,
    attemptTimeout: TTL_MS / 2,
  });
  stage.defer(() => holdfast.close(0));
  return holdfast;
}

function clientOf({ proxy, url }: { proxy: Stage['proxy']; url: string }): Redis {
  const client = new Redis(url, { replyMapping: 'legacy' });
  assert.equal(client.options.port, proxy.port);
  client.on('error', () => undefined);
  return client;
}

/** The instance works on a duplicate: what the user does to its own client is the user's business. */
async function clientDisconnected({ stage, name }: Trial) {
  const user = clientOf({ proxy: stage.proxy, url: stage.url() });
  const holdfast = await open(stage, user);
  const lease = await holdfast.locks.acquire(name, { ttl: TTL_MS });
  user.disconnect();
  await passed(1.5 * TTL_MS);
  assert.ok(lease.held, 'kept');
  await stage.proxy.refuse();
  await eventually(() => lease.signal.aborted, { withinMs: TTL_MS + SLACK_MS });
  const { reason }: { reason: unknown } = lease.signal;
  assert.ok(LockError.is(reason) && 'reason' in reason && reason.reason === 'expired');
  const closingAt = machineMs();
  await within(2_000, 'closing while it connects again', holdfast.close(0));
  const closedMs = machineMs() - closingAt;
  await stage.proxy.heal();
  return { 'closed after': closedMs };
}

/** A chain of calls that holds a lock may call itself; what it left running when it gave the lock back may not. */
async function detachedCall({ stage, name }: Trial) {
  const [one, other] = [await open(stage, stage.url()), await open(stage, stage.url())];
  const again = () =>
    one.locks.run(name, { reentrant: true, ttl: TTL_MS, wait: 0 }, async ({ fence }) => fence);
  let goOn = (): void => undefined;
  const released = new Promise<void>((resolve) => (goOn = resolve));
  let detached: Promise<unknown> = Promise.resolve();
  const fences = await one.locks.run(name, { ttl: TTL_MS }, async ({ fence }) => {
    detached = released.then(async () => ({
      held: currentLease()?.held ?? false,
      ended: await again().then(
        () => 'ran as if it held',
        (error: unknown) => (LockError.is(error) ? error.code : error),
      ),
    }));
    return [fence, await again()];
  });
  assert.equal(fences[0], fences[1], 'the inner call is in the lease of the outer one');
  const lease = await other.locks.acquire(name, { ttl: TTL_MS });
  goOn();
  assert.deepEqual(await within(3_000, 'the detached call', detached), {
    held: false,
    ended: 'ERR_LOCK_BUSY',
  });
  assert.equal(await lease.release(), 'released');
  await Promise.all([one.close(0), other.close(0)]);
  return {};
}

export const userRows: readonly PlayedRow[] = [
  {
    kind: 'played',
    id: 'F33',
    fault: "the user's function throws at once, rejects, returns undefined, ignores its signal for ever",
    holds: 'released; the last one is rejected when `holdAtMost` is over, and the next one has the lock',
    play: bodiesEnd,
    bounds: { 'rejected after its limit': { min: -30, max: SLACK_MS } },
  },
  {
    kind: 'played',
    id: 'F35',
    fault: 'the user disconnects the client that it gave, in mid-hold, then Redis goes away, then `close()`',
    holds: 'kept, for the client was duplicated; then told as `expired`; no hang',
    play: clientDisconnected,
    bounds: { 'closed after': { max: 1_000 } },
  },
  {
    kind: 'played',
    id: 'F39',
    fault:
      'a call inside a held lock to the same lock, and a detached promise that makes one after the release',
    holds: 'the first is in the same lease; the detached one is not treated as its owner',
    play: detachedCall,
  },
];
