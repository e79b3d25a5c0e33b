import { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { holdfastOptionFaults, resolveHoldfastOptions, type HoldfastOptions } from './holdfast-options.js';
import { quorum } from './redis/quorum-connection.js';

const SENTINELS = { sentinels: [{ host: 'sentinel-1', port: 26_379 }], name: 'orders' };
const good: HoldfastOptions = { connection: SENTINELS, namespace: 'shop' };
const bad = (options: object): readonly string[] => holdfastOptionFaults({ ...good, ...options });
const faultsOf = (replicas: unknown, options = {}): readonly string[] => bad({ ...options, replicas });

describe('replicas', () => {
  it('are not asked unless that is wanted', () => {
    expect(resolveHoldfastOptions(good).replicas).toBeUndefined();
    expect(
      resolveHoldfastOptions({ ...good, replicas: { atLeast: 'all', within: '250ms' } }).replicas,
    ).toEqual({
      atLeast: 'all',
      withinMs: 250,
      fsynced: false,
    });
  });

  it.each([
    [5, 'replicas: 5 must be { atLeast, within }'],
    [{ within: 100 }, "replicas.atLeast: undefined must be a whole number, 1 or more, or 'all'"],
    [{ atLeast: 0, within: 100 }, 'replicas.atLeast: 0 must be'],
    [{ atLeast: 1.5, within: 100 }, 'replicas.atLeast: 1.5 must be'],
    [{ atLeast: 'most', within: 100 }, 'replicas.atLeast: "most" must be'],
    [{ atLeast: 1 }, 'replicas.within: undefined is not a duration'],
    [{ atLeast: 1, within: 0 }, 'replicas.within: 0 must be at least 1 ms'],
    [
      { atLeast: 1, within: 100, fsync: true },
      'replicas.fsync: unknown option; there are atLeast, within, fsynced',
    ],
    [{ atLeast: 1, within: 100, fsynced: 1 }, 'replicas.fsynced: 1 must be true or false'],
  ])('F40 are refused with what is wrong: %j', (replicas, fault) => {
    expect(faultsOf(replicas)).toEqual([expect.stringContaining(fault)]);
  });

  it.each([
    [{}, '400ms', 'must be at most 333 ms, a third of attemptTimeout (1000 ms)'],
    [{ ttl: '1s' }, '200ms', 'must be at most 166 ms, a sixth of ttl (1000 ms)'],
    [{ attemptTimeout: '60s' }, '4s', 'must be at most 3000 ms, whatever the others are'],
  ])('have to answer within an attempt and between two renewals: %j', (options, within, rule) => {
    expect(faultsOf({ atLeast: 1, within }, options)).toEqual([expect.stringContaining(rule)]);
  });

  it('are as many as there are only where somebody knows that', () => {
    const all = { atLeast: 'all', within: 100 };
    const nobody = [expect.stringContaining("'all' needs sentinels or a cluster")];
    const live = new Redis({ lazyConnect: true });
    const watched = new Redis({ ...SENTINELS, lazyConnect: true });
    const faultsOn = (connection: unknown): readonly string[] => faultsOf(all, { connection });
    expect([faultsOn('redis://localhost'), faultsOn({ host: 'redis-1' }), faultsOn(live)]).toEqual([
      nobody,
      nobody,
      nobody,
    ]);
    expect(faultsOn({ cluster: [{ host: 'redis-1', port: 6_379 }] })).toEqual([]);
    expect([faultsOn(watched), faultsOn(() => live)]).toEqual([[], []]);
    live.disconnect();
    watched.disconnect();
  });

  it('are nothing that a quorum has', () => {
    const connection = quorum(['redis://a', 'redis://b', 'redis://c'], { longestTtl: '1m' });
    expect(
      holdfastOptionFaults({ connection, namespace: 'n', replicas: { atLeast: 1, within: 100 } }),
    ).toContain('replicas: must not be given with embedded() or a quorum, which have no replicas');
  });

  it('are nothing that an embedded host has', () => {
    const connection = { holdfastHost: 1, open: () => Promise.reject(new Error('not opened')) };
    expect(faultsOf({ atLeast: 1, within: 100 }, { connection })).toEqual([
      'replicas: must not be given with embedded() or a quorum, which have no replicas',
    ]);
  });
});
