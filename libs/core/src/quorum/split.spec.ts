/** Bids that meet: at most one wins, one does, and the others leave nothing. */
import { describe, expect, it } from 'vitest';
import { EmbeddedQuorum, type Member } from '../../../../test/quorum/support/embedded-quorum.js';
import type { Lease } from '../lease/lease.js';

/** As many as there are servers; each reaches one of them first, and the others later. */
async function meeting(count: number) {
  const servers = await EmbeddedQuorum.seated(count);
  const members: Member[] = [];
  for (let at = 0; at < count; at += 1) members.push(await servers.join());
  for (const [at, { lines }] of members.entries())
    for (const [server, line] of lines.entries()) if (server !== at) line.freeze();
  const meet = (): void => {
    for (const { lines } of members) for (const line of lines) line.thaw();
  };
  return { servers, members, meet };
}

const SEVERAL = [3, 5];

describe('bids that each took a server', () => {
  it.each(SEVERAL)('come to one holder when nobody waits, on %i servers', async (count) => {
    const { servers, members, meet } = await meeting(count);
    const tries = members.map(({ holdfast }) => holdfast.locks.tryAcquire('job'));
    await servers.pass(5);
    const bids = servers.takenOn('job').flatMap((at) => servers.lockOn(at, 'job') ?? []);
    expect(new Set(bids).size).toBe(count);
    meet();
    const leases = await servers.settle(Promise.all(tries), 900);
    const [lease, ...more] = leases.filter((one) => one !== undefined);
    expect([lease?.held, more]).toEqual([true, []]);
    expect(servers.lockOn(0, 'job')).toBe(bids.toSorted()[0]);
    expect(await servers.settle(lease?.release() ?? Promise.resolve('missing'))).toBe('released');
    await servers.pass(5);
    expect(servers.takenOn('job')).toEqual([]);
  });

  it.each(SEVERAL)('are served one behind the other when they wait, on %i servers', async (count) => {
    const { servers, members, meet } = await meeting(count);
    const turns: Lease[] = [];
    let inside = 0;
    const work = members.map(({ holdfast }) =>
      holdfast.locks.run('job', { wait: 'forever' }, async (lease) => {
        inside += 1;
        expect(inside).toBe(1);
        turns.push(lease);
        await new Promise((resolve) => setImmediate(resolve));
        inside -= 1;
      }),
    );
    await servers.pass(5);
    meet();
    // Less than a poll, which comes once a second.
    await servers.settle(Promise.all(work), 900);
    const fences = turns.map(({ fence }) => fence);
    expect(fences).toEqual(fences.toSorted((a, b) => a - b));
    await servers.pass(5);
    expect(servers.takenOn('job')).toEqual([]);
  });
});

describe('a bid that did not win', () => {
  it('is taken back also where it is heard of late', async () => {
    const servers = await EmbeddedQuorum.seated();
    const [one, other] = [await servers.join(), await servers.join()];
    one.lines[2]?.disconnect();
    const lease = await servers.settle(one.holdfast.locks.acquire('job'));
    servers.server(2).faults.delayReplies(50);
    expect(await servers.settle(other.holdfast.locks.tryAcquire('job'), 20)).toBeUndefined();
    expect(servers.takenOn('job')).toEqual([0, 1, 2]);
    await servers.pass(60);
    expect(servers.takenOn('job')).toEqual([0, 1]);
    await servers.settle(lease.release());
  });

  it('is decided against those that are silent, when only they could save it', async () => {
    const servers = await EmbeddedQuorum.seated(5);
    const [one, other] = [await servers.join(), await servers.join()];
    for (const line of [...one.lines.slice(2), ...other.lines.slice(0, 2), ...other.lines.slice(3)])
      line.freeze();
    const tries = [one, other].map(({ holdfast }) => holdfast.locks.tryAcquire('job'));
    await servers.pass(5);
    // The last two stay silent: of three that answer, two took one bid and the third the other.
    for (const { lines } of [one, other]) for (const line of lines.slice(0, 3)) line.thaw();
    const leases = await servers.settle(Promise.all(tries), 900);
    expect(leases.filter((lease) => lease?.held)).toHaveLength(1);
    expect(new Set([0, 1, 2].map((at) => servers.lockOn(at, 'job'))).size).toBe(1);
    for (const { lines } of [one, other]) for (const line of lines) line.thaw();
    await servers.pass(5);
    for (const lease of leases) if (lease !== undefined) await servers.settle(lease.release());
    await servers.pass(5);
    expect(servers.takenOn('job')).toEqual([]);
  });

  it('is given back when its caller gives up in the middle', async () => {
    const { servers, members, meet } = await meeting(3);
    const caller = new AbortController();
    const { signal } = caller;
    const asked = members.map(({ holdfast }) => holdfast.locks.acquire('job', { wait: 'forever', signal }));
    for (const one of asked) one.catch(() => undefined);
    await servers.pass(5);
    caller.abort();
    meet();
    await servers.settle(Promise.allSettled(asked));
    await servers.pass(300);
    expect(servers.takenOn('job')).toEqual([]);
  });
});

describe('waiters that stand in another order on each server', () => {
  it('have their turns without waiting for a poll', async () => {
    const servers = await EmbeddedQuorum.seated();
    const holder = await servers.join();
    const members = [await servers.join(), await servers.join(), await servers.join()];
    const lease = await servers.settle(holder.holdfast.locks.acquire('job'));
    // On server s the first is member s, then s + 1, then s + 2.
    for (const { lines } of members) for (const line of lines) line.freeze();
    const work = members.map(({ holdfast }) =>
      holdfast.locks.run('job', { wait: 'forever' }, () => undefined),
    );
    await servers.pass(2);
    for (let place = 0; place < 3; place += 1) {
      for (let server = 0; server < 3; server += 1) members[(server + place) % 3]?.lines[server]?.thaw();
      await servers.pass(2);
    }
    await servers.settle(lease.release());
    // Less than a poll, which comes once a second.
    expect(await servers.settle(Promise.all(work), 700)).toHaveLength(3);
  });
});
