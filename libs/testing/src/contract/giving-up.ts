import assert from 'node:assert/strict';
import { LockAbortedError, LockBusyError, LockTimeoutError } from '@holdfast/core';
import type { Chapter } from './chapter.js';
import type { Scene } from './scene.js';

/** A timer of Node may be this early against a clock with fractions. */
const EARLY_MS = 2;

/** Nobody stands in line, and only the holder's key is there. */
async function onlyTheHolderIsLeft(scene: Scene): Promise<void> {
  await scene.until('only the lock itself is left', async () => {
    const traces = await scene.traces();
    return traces.length === 1 && (traces[0]?.endsWith(':lock') ?? false);
  });
}

export const givingUp: Chapter = {
  'says busy, by whom and until when, to a caller that does not wait': async (scene) => {
    const [one, other] = await scene.pair();
    const lease = await scene.arrives(one.locks.acquire('job'));
    const error = await scene.fails(other.locks.acquire('job', { wait: 0 }), LockBusyError);
    assert.equal(error.lockName, 'job');
    assert.ok(error.retryAfterMs >= 1 && error.retryAfterMs <= scene.ttlMs);
    await onlyTheHolderIsLeft(scene);
    await scene.until('the holder is known by name', async () => {
      const next = await scene.fails(other.locks.acquire('job', { wait: 0 }), LockBusyError);
      return next.heldBy?.replica === 'one' && next.heldBy.pid === process.pid;
    });
    await scene.arrives(lease.release());
  },

  'gives up when the time to wait is over, and leaves the line': async (scene) => {
    const [one, other] = await scene.pair();
    const lease = await scene.arrives(one.locks.acquire('job'));
    const error = await scene.fails(other.locks.acquire('job', { wait: 300 }), LockTimeoutError);
    assert.ok(error.waitedMs >= 300 - EARLY_MS, `gave up after ${error.waitedMs} ms`);
    assert.ok(error.heldBy !== undefined && error.retryAfterMs >= 1);
    await onlyTheHolderIsLeft(scene);
    await scene.arrives(lease.release());
    await scene.leavesNothing();
  },

  'ends the wait at once when the caller aborts it, and leaves the line': async (scene) => {
    const [one, other] = await scene.pair();
    const lease = await scene.arrives(one.locks.acquire('job'));
    const caller = new AbortController();
    const waiting = scene.later(other.locks.acquire('job', { wait: 'forever', signal: caller.signal }));
    await scene.inLine(one, 'job', 1);
    caller.abort('enough');
    const error = await scene.fails(waiting, LockAbortedError, 200);
    assert.equal(error.cause, 'enough');
    await onlyTheHolderIsLeft(scene);
    await scene.arrives(lease.release());
    await scene.leavesNothing();
  },

  'asks nobody when the caller aborted before': async (scene) => {
    const { locks } = await scene.instance();
    const signal = AbortSignal.abort('never mind');
    const error = await scene.fails(locks.acquire('job', { signal }), LockAbortedError);
    assert.equal(error.cause, 'never mind');
    assert.deepEqual(
      (await scene.keys()).filter((key) => !key.includes(':process:')),
      [],
    );
  },

  'serves those behind a caller that gave up': async (scene) => {
    const holdfast = await scene.instance();
    const lease = await scene.arrives(holdfast.locks.acquire('job'));
    const caller = new AbortController();
    const impatient = scene.later(holdfast.locks.acquire('job', { wait: 'forever', signal: caller.signal }));
    const patient = holdfast.locks.acquire('job', { wait: 'forever' });
    await scene.inLine(holdfast, 'job', 1);
    caller.abort();
    await scene.fails(impatient, LockAbortedError);
    await scene.arrives(lease.release());
    await scene.arrives((await scene.arrives(patient)).release());
  },

  'leaves nothing when the abort and the grant meet': async (scene) => {
    const [one, other] = await scene.pair();
    for (let round = 0; round < 10; round += 1) {
      const lease = await scene.arrives(one.locks.acquire('job'));
      const caller = new AbortController();
      const waiting = scene.later(other.locks.acquire('job', { signal: caller.signal }));
      await scene.inLine(one, 'job', 1);
      const released = lease.release();
      for (let turn = 0; turn < round; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      caller.abort();
      await scene.arrives(released);
      await scene.arrives(
        waiting.then(
          (granted) => granted.release(),
          (error: unknown) => assert.ok(LockAbortedError.is(error), String(error)),
        ),
      );
      await scene.leavesNothing();
    }
  },

  'leaves nothing when a crowd aborts at any moment': async (scene) => {
    const replicas = await scene.instances(3);
    const tries = Array.from({ length: 60 }, async (_, index) => {
      const replica = replicas[index % replicas.length];
      const caller = new AbortController();
      const asked = replica?.locks.acquire('job', {
        wait: index % 4 === 0 ? 0 : 'forever',
        signal: caller.signal,
      });
      const done = asked?.then(
        (lease) => lease.release(),
        (error: unknown) => assert.ok(LockAbortedError.is(error) || LockBusyError.is(error), String(error)),
      );
      for (let turn = 0; turn < index % 17; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      caller.abort();
      await done;
    });
    await scene.arrives(Promise.all(tries));
    await scene.leavesNothing();
  },
};
