import assert from 'node:assert/strict';
import {
  LockBusyError,
  LockConfigError,
  LockReentryError,
  LockTimeoutError,
  type Lease,
} from '@holdfast/core';
import type { Chapter } from './chapter.js';
import type { Scene } from './scene.js';
import { Watched } from './watched.js';

/** Less than a poll, which comes once a second: whoever is this fast was told. */
const TOLD_WITHIN_MS = 700;
const READ = { mode: 'read' } as const;

async function given(scene: Scene, watched: Watched<Lease>, withinMs?: number): Promise<Lease> {
  await scene.until('it is granted', () => watched.settled, withinMs);
  assert.ok(watched.progress.state === 'value');
  return watched.progress.value;
}

export const reading: Chapter = {
  'is for many at a time, in one process and in several': async (scene) => {
    const [one, other] = await scene.pair();
    const leases: Lease[] = [];
    for (const { locks } of [one, other, one]) leases.push(await scene.arrives(locks.acquire('job', READ)));
    assert.deepEqual(
      leases.map(({ held }) => held),
      [true, true, true],
    );
    await scene.passTime(2 * scene.ttlMs);
    assert.deepEqual(
      leases.map(({ held }) => held),
      [true, true, true],
      'each of them is renewed',
    );
    for (const lease of leases) assert.equal(await scene.arrives(lease.release()), 'released');
    await scene.leavesNothing();
  },

  'and writing exclude each other, and so do reading and a plain lock': async (scene) => {
    const [one, other] = await scene.pair();
    const reader = await scene.arrives(one.locks.acquire('job', READ));
    for (const options of [{ wait: 0 }, { wait: 0, mode: 'write' }] as const)
      await scene.fails(other.locks.acquire('job', options), LockBusyError);
    assert.equal((await scene.arrives(other.locks.inspect('job'))).held, true);
    await scene.arrives(reader.release());
    const writer = await scene.arrives(other.locks.acquire('job'));
    await scene.fails(one.locks.acquire('job', { ...READ, wait: 0 }), LockBusyError);
    await scene.arrives(writer.release());
  },

  'has a fence that is higher than that of who wrote before': async (scene) => {
    const [one, other] = await scene.pair();
    const fences: number[] = [];
    for (const mode of ['write', 'read', 'read', 'write'] as const)
      for (const { locks } of [one, other]) {
        const lease = await scene.arrives(locks.acquire('job', { mode }));
        fences.push(lease.fence);
        await scene.arrives(lease.release());
      }
    assert.deepEqual(
      fences,
      [...new Set(fences)].toSorted((a, b) => a - b),
    );
  },

  'lets a writer in at once when the last reader has left': async (scene) => {
    const [one, other] = await scene.pair();
    const readers = [
      await scene.arrives(one.locks.acquire('job', READ)),
      await scene.arrives(other.locks.acquire('job', READ)),
    ];
    const writer = new Watched(other.locks.acquire('job'));
    await scene.inLine(one, 'job', 1);
    const [first, last] = readers;
    assert.ok(first !== undefined && last !== undefined);
    await scene.arrives(first.release());
    await scene.passTime(50);
    assert.equal(writer.settled, false);
    await scene.arrives(last.release());
    await scene.arrives((await given(scene, writer, TOLD_WITHIN_MS)).release());
  },

  'lets nobody who comes later pass a writer that waits': async (scene) => {
    const [one, other] = await scene.pair();
    const reader = await scene.arrives(one.locks.acquire('job', READ));
    const writer = new Watched(other.locks.acquire('job'));
    await scene.inLine(one, 'job', 1);
    assert.equal(await scene.arrives(one.locks.tryAcquire('job', READ)), undefined);
    const later = new Watched(one.locks.acquire('job', READ));
    await scene.inLine(one, 'job', 2);
    await scene.arrives(reader.release());
    const wrote = await given(scene, writer, TOLD_WITHIN_MS);
    assert.equal(later.settled, false);
    await scene.arrives(wrote.release());
    await scene.arrives((await given(scene, later, TOLD_WITHIN_MS)).release());
  },

  'begins together for readers that stand next to one another': async (scene) => {
    const [one, other] = await scene.pair();
    const writer = await scene.arrives(one.locks.acquire('job'));
    const readers: Watched<Lease>[] = [];
    for (const { locks } of [one, other, one, other]) {
      readers.push(new Watched(locks.acquire('job', READ)));
      await scene.inLine(one, 'job', readers.length);
    }
    const last = new Watched(other.locks.acquire('job'));
    await scene.inLine(one, 'job', readers.length + 1);
    await scene.arrives(writer.release());
    const leases: Lease[] = [];
    for (const reader of readers) leases.push(await given(scene, reader, TOLD_WITHIN_MS));
    assert.deepEqual(
      leases.map(({ held }) => held),
      [true, true, true, true],
    );
    assert.equal(last.settled, false);
    for (const lease of leases) await scene.arrives(lease.release());
    await scene.arrives((await given(scene, last, TOLD_WITHIN_MS)).release());
  },

  'by somebody who died keeps a writer out for the rest of his lease, and no longer': async (scene) => {
    const { holdfast: doomed, die } = await scene.mortal();
    const [one, other] = await scene.pair();
    await scene.arrives(doomed.locks.acquire('job', READ));
    const reader = await scene.arrives(one.locks.acquire('job', READ));
    const writer = new Watched(other.locks.acquire('job'));
    await scene.inLine(one, 'job', 1);
    await die();
    await scene.arrives(reader.release());
    await scene.arrives((await given(scene, writer, scene.ttlMs + 1_000)).release());
  },

  'goes on beside a writer that died in line': async (scene) => {
    const { holdfast: doomed, die } = await scene.mortal();
    const [one, other] = await scene.pair();
    const reader = await scene.arrives(one.locks.acquire('job', READ));
    void scene.later(doomed.locks.acquire('job'));
    await scene.inLine(one, 'job', 1);
    await die();
    const next = await scene.arrives(other.locks.acquire('job', READ), 5_000);
    assert.equal(reader.held, true);
    for (const lease of [reader, next]) await scene.arrives(lease.release());
  },

  'cannot become writing: that is an error, and no deadlock': async (scene) => {
    const { locks } = await scene.instance();
    const { read, write } = locks.readWrite('job');
    await scene.fails(
      read(() => write(() => 'never')),
      LockReentryError,
    );
    await scene.fails(
      read(() => write({ reentrant: true }, () => 'never')),
      LockReentryError,
    );
    await scene.fails(
      write(() => read(() => 'never')),
      LockReentryError,
    );
    assert.equal(await scene.arrives(write(() => read({ reentrant: true }, () => 'inside'))), 'inside');
    assert.equal(
      await scene.arrives(read({ wait: '1s' }, () => read({ reentrant: true }, () => 'both'))),
      'both',
    );
  },

  'is given up without a trace': async (scene) => {
    const [one, other] = await scene.pair();
    const writer = await scene.arrives(one.locks.acquire('job'));
    await scene.fails(other.locks.acquire('job', { ...READ, wait: 100 }), LockTimeoutError);
    await scene.inLine(one, 'job', 0);
    await scene.arrives(writer.release());
    await scene.leavesNothing();
  },

  'is lost when the lock is taken away behind its back': async (scene) => {
    const { locks } = await scene.instance();
    const lease = await scene.arrives(locks.acquire('job', READ));
    await scene.deleteLocks();
    await scene.until('it is told', () => lease.signal.aborted, scene.ttlMs + 1_000);
    assert.equal(lease.held, false);
  },

  'takes no options that are for who holds alone': async (scene) => {
    const { locks } = await scene.instance();
    for (const options of [{ holdAtLeast: 100 }, { lockDelay: 100 }])
      await scene.fails(locks.acquire('job', { ...READ, ...options }), LockConfigError);
    // Of whoever writes JavaScript.
    const appending: unknown = Reflect.apply(locks.acquire, locks, ['job', { mode: 'append' }]);
    await scene.fails(Promise.resolve(appending), LockConfigError);
  },
};
