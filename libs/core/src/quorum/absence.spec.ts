/** Servers that lost something have no vote until whatever they may have granted is over: else two could hold. */
import { describe, expect, it } from 'vitest';
import { rejectionOf } from '../../../../test/support/holdfasts.js';
import {
  ABSENT_MS,
  EmbeddedQuorum,
  LONGEST_TTL_MS,
} from '../../../../test/quorum/support/embedded-quorum.js';
import { LockUnavailableError } from '../acquire-errors.js';

async function conditionOf(promise: Promise<unknown>): Promise<string | undefined> {
  const error = await rejectionOf(promise);
  return LockUnavailableError.is(error) ? error.condition : String(error);
}

describe('servers that are new', () => {
  it('grant nothing before the longest ttl is over, and then do', async () => {
    const servers = new EmbeddedQuorum();
    const { holdfast } = await servers.join();
    await servers.pass(ABSENT_MS - 600);
    const early = servers.settle(conditionOf(holdfast.locks.acquire('job', { wait: 500 })));
    expect(await early).toBe('no-quorum');
    const lease = await servers.settle(holdfast.locks.acquire('job', { wait: 1_000 }));
    expect(lease.held).toBe(true);
    expect(servers.takenOn('job')).toEqual([0, 1, 2]);
  });

  it('take their seats when an instance starts, not when somebody needs them', async () => {
    const servers = new EmbeddedQuorum();
    const { holdfast } = await servers.join();
    await servers.pass(ABSENT_MS);
    expect((await servers.settle(holdfast.locks.tryAcquire('job')))?.held).toBe(true);
  });
});

describe('a holder that two of three servers know, of which one forgets', () => {
  /** One holds on the servers 0 and 1; server 2, which did not hear of it, and server 1, which forgets, are a majority. */
  async function forgotten(forget: (servers: EmbeddedQuorum) => void) {
    const servers = await EmbeddedQuorum.seated();
    const [one, other] = [await servers.join(), await servers.join()];
    one.lines[2]?.disconnect();
    const lease = await servers.settle(one.holdfast.locks.acquire('job', { ttl: LONGEST_TTL_MS }));
    // From now on nobody hears of it, and it believes for as long as it may.
    for (const line of one.lines) line.freeze();
    other.lines[0]?.disconnect();
    forget(servers);
    return { servers, lease, locks: other.holdfast.locks };
  }

  it.each([
    ['all it knew, in a restart', (servers: EmbeddedQuorum) => servers.empty(1)],
    ['all it knew, in a flush', (servers: EmbeddedQuorum) => servers.server(1).provider.controls.flushAll()],
    [
      'the last it was told, in a restart with the data of before',
      (servers: EmbeddedQuorum) => {
        const { controls } = servers.server(1).provider;
        controls.command('DEL', 'hf1:town:{job}:lock', 'hf1:town:{job}:fence');
        controls.restart();
      },
    ],
  ])('%s: is never joined by a second one', async (_what, forget) => {
    const { servers, lease, locks } = await forgotten(forget);
    let both = true;
    const second = locks.acquire('job', { wait: 'forever' }).then((granted) => {
      both = lease.held;
      return granted;
    });
    const next = await servers.settle(second);
    expect(both).toBe(false);
    expect(next.fence).toBeGreaterThan(lease.fence);
  });
});

describe('a server that came back empty', () => {
  it('is told of the leases that a majority renews, and nobody loses any', async () => {
    const servers = await EmbeddedQuorum.seated();
    const { holdfast } = await servers.join();
    const lease = await servers.settle(holdfast.locks.acquire('job', { ttl: 900 }));
    for (const at of [0, 1, 2]) {
      servers.empty(at);
      expect(servers.takenOn('job')).not.toContain(at);
      await servers.pass(ABSENT_MS);
      expect(servers.takenOn('job')).toEqual([0, 1, 2]);
    }
    expect(lease.held).toBe(true);
    expect(await servers.settle(lease.release())).toBe('released');
    expect(servers.takenOn('job')).toEqual([]);
  });

  it('is not needed for a grant, and votes again afterwards', async () => {
    const servers = await EmbeddedQuorum.seated();
    const member = await servers.join();
    servers.empty(0);
    const { locks } = member.holdfast;
    await servers.settle(locks.run('job', () => undefined));
    member.lines[1]?.disconnect();
    expect(await servers.settle(conditionOf(locks.acquire('job', { wait: 100 })))).toBe('no-quorum');
    await servers.pass(ABSENT_MS);
    await servers.settle(locks.run('job', () => undefined));
  });

  it('counts fences on from what the others know', async () => {
    const servers = await EmbeddedQuorum.seated();
    const { locks } = (await servers.join()).holdfast;
    let before = 0;
    for (let round = 0; round < 60; round += 1) {
      if (round % 10 === 5) servers.empty((round / 5) % 3);
      const fence = await servers.settle(locks.run('job', (lease) => lease.fence));
      expect(fence).toBeGreaterThan(before);
      before = fence;
      if (round % 10 === 9) await servers.pass(ABSENT_MS);
    }
  });
});
