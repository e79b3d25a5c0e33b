/** Leases on several servers: what a majority says is so. */
import { describe, expect, it } from 'vitest';
import { rejectionOf } from '../../../../test/support/holdfasts.js';
import { EmbeddedQuorum } from '../../../../test/quorum/support/embedded-quorum.js';
import { LockUnavailableError } from '../acquire-errors.js';
import { LeaseLostError } from '../lease-errors.js';

const LOCK = 'hf1:town:{job}:lock';

async function held(count = 3) {
  const servers = await EmbeddedQuorum.seated(count);
  const [one, other] = [await servers.join({ replica: 'one' }), await servers.join({ replica: 'other' })];
  const lease = await servers.settle(one.holdfast.locks.acquire('job'));
  const deleteOn = (at: number) => servers.server(at).provider.controls.command('DEL', LOCK);
  return { servers, one, other, lease, deleteOn };
}

describe('a lease on a majority', () => {
  it('goes on without the others, for as long as it is renewed', async () => {
    const { servers, one, lease } = await held();
    one.lines[1]?.disconnect();
    await servers.pass(10_000);
    lease.assertHeld();
    expect(await servers.settle(lease.release())).toBe('released');
  });

  it('is known to have as many servers as it can, also those that were late', async () => {
    const { servers, other, lease } = await held();
    other.lines[0]?.freeze();
    const waiting = other.holdfast.locks.acquire('job');
    await servers.pass(50);
    await servers.settle(lease.release());
    const next = await servers.settle(waiting, 500);
    other.lines[0]?.thaw();
    await servers.pass(1_000);
    expect(servers.takenOn('job')).toEqual([0, 1, 2]);
    await servers.settle(next.release());
  });

  it('ends in time when no majority can be reached', async () => {
    const { servers, one, lease } = await held();
    one.lines[1]?.disconnect();
    one.lines[2]?.freeze();
    await servers.pass(1_000);
    expect(lease.held).toBe(false);
    expect(LeaseLostError.is(lease.signal.reason) && lease.signal.reason.reason).toBe('expired');
  });

  it('is lost at once when a majority does not have it', async () => {
    const { servers, lease, deleteOn } = await held();
    deleteOn(0);
    deleteOn(2);
    await servers.pass(350);
    expect(LeaseLostError.is(lease.signal.reason) && lease.signal.reason.reason).toBe('taken');
  });

  it('is lost at once when somebody put other keys in its place', async () => {
    const { servers, lease, deleteOn } = await held();
    for (const at of [0, 1]) {
      deleteOn(at);
      servers.server(at).provider.controls.command('HSET', LOCK, 'not', 'a lock');
    }
    await servers.pass(350);
    expect(LeaseLostError.is(lease.signal.reason) && lease.signal.reason.reason).toBe('taken');
  });

  it('comes back to a server that lost it, and is not lost', async () => {
    const { servers, lease, deleteOn } = await held();
    deleteOn(1);
    await servers.pass(350);
    expect([lease.held, servers.takenOn('job')]).toEqual([true, [0, 1, 2]]);
  });

  it('never comes back behind its release', async () => {
    const { servers, one, lease, deleteOn } = await held();
    deleteOn(2);
    one.lines[0]?.freeze();
    one.lines[2]?.freeze();
    await servers.pass(340);
    // A renewal is answered by one server; the others hear of it together with the release.
    const released = lease.release();
    await servers.pass(1);
    one.lines[0]?.thaw();
    one.lines[2]?.thaw();
    expect(await servers.settle(released)).toBe('released');
    await servers.pass(5);
    expect(servers.takenOn('job')).toEqual([]);
  });
});

describe('a release', () => {
  it.each([
    ['released', 1],
    ['lost', 2],
  ])('is %s when so many servers do not have it: %i', async (outcome, gone) => {
    const { servers, lease, deleteOn } = await held();
    for (let at = 0; at < gone; at += 1) deleteOn(at);
    expect(await servers.settle(lease.release())).toBe(outcome);
    expect(servers.takenOn('job')).toEqual([]);
  });

  it('is unknown when no majority answers', async () => {
    const { servers, one, lease } = await held();
    one.lines[0]?.disconnect();
    one.lines[1]?.disconnect();
    expect(await servers.settle(lease.release())).toBe('unknown');
  });
});

describe('an inspection', () => {
  it('tells what a majority says', async () => {
    const { servers, other, lease, deleteOn } = await held();
    deleteOn(0);
    const inspection = await servers.settle(other.holdfast.locks.inspect('job'));
    expect(inspection).toMatchObject({ held: true, heldBy: { replica: 'one' }, waiting: 0 });
    expect(inspection.lastFence).toBe(lease.fence + 15);
    expect(inspection.remainingMs).toBeGreaterThan(900);
  });

  it('says that nobody holds what only a minority has', async () => {
    const { servers, other, deleteOn } = await held();
    deleteOn(0);
    deleteOn(1);
    expect(await servers.settle(other.holdfast.locks.inspect('job'))).toMatchObject({
      ...{ held: false, heldBy: undefined, remainingMs: 0 },
    });
  });

  it('does not wait for a silent server, and needs a majority', async () => {
    const { servers, other } = await held();
    other.lines[0]?.freeze();
    expect((await servers.settle(other.holdfast.locks.inspect('job'), 50)).held).toBe(true);
    other.lines[1]?.disconnect();
    const error = await servers.settle(rejectionOf(other.holdfast.locks.inspect('job')));
    expect(LockUnavailableError.is(error)).toBe(true);
  });
});

describe('a caller that cannot be served', () => {
  it('is told that there is no quorum, never that the lock is busy', async () => {
    const { servers, other } = await held();
    other.lines[0]?.disconnect();
    other.lines[1]?.disconnect();
    const error = await servers.settle(rejectionOf(other.holdfast.locks.acquire('job', { wait: 300 })));
    expect(LockUnavailableError.is(error) && error.condition).toBe('no-quorum');
  });

  it('is served as soon as a majority is back', async () => {
    const { servers, other, lease } = await held();
    await servers.settle(lease.release());
    other.lines[0]?.disconnect();
    other.lines[1]?.disconnect();
    const waiting = other.holdfast.locks.acquire('job');
    await servers.pass(1_000);
    other.lines[1]?.reconnect();
    expect((await servers.settle(waiting, 500)).held).toBe(true);
  });
});
