import { describe, expect, it } from 'vitest';
import { holdfastOptionFaults, resolveHoldfastOptions, type HoldfastOptions } from './holdfast-options.js';
import type { Durability, DurabilityNeed } from './lease/durability.js';
import { demandFor } from './guarded/guard-terms.js';
import { resolveLockOptions } from './lock/lock-options.js';
import { quorum } from './redis/quorum-connection.js';

const good: HoldfastOptions = { connection: 'redis://localhost', namespace: 'shop' };
const bad = (options: object): readonly string[] => holdfastOptionFaults({ ...good, ...options });

describe('options of an instance', () => {
  it('have defaults', () => {
    expect(resolveHoldfastOptions(good)).toMatchObject({
      ttlMs: 30_000,
      waitMs: 10_000,
      attemptTimeoutMs: 1_000,
      connectTimeoutMs: 5_000,
      shutdownGraceMs: 10_000,
      preflight: 'warn',
      replica: expect.stringMatching(/:\d+$/),
    });
    expect(resolveHoldfastOptions({ ...good, wait: 'forever' }).waitMs).toBe(Infinity);
  });

  it('are told with all their faults in one error, each with option, value and rule', () => {
    const options = {
      ttl: 0,
      wait: -1,
      namespace: '',
      log: 5,
      preflight: 'maybe',
      tll: 5,
      attemptTimeout: '30 parsecs',
    };
    const faults = bad(options);
    expect(faults).toEqual([
      expect.stringContaining('tll: unknown option'),
      'namespace: "" must not be empty',
      expect.stringContaining('preflight: "maybe" must be'),
      'log: 5 must be a function',
      'ttl: 0 must be at least 100 ms',
      'wait: -1 must not be negative',
      expect.stringContaining('attemptTimeout: "30 parsecs" is not a duration'),
    ]);
    expect(() => resolveHoldfastOptions({ connection: 'x', namespace: '', ttl: 0 })).toThrow(
      /^Holdfast cannot start: (\n {2}- [^\n]+){3}$/,
    );
  });

  it.each([
    [undefined, 'embedded() of @holdfast/embedded'],
    [null, 'must be given'],
    ['localhost:6379', 'must be a URL that starts with redis://'],
    ['http://localhost', 'must be a URL that starts with redis://'],
    ['not a url', 'must be a URL'],
    [6379, 'connection: 6379 must be a URL'],
  ])('need a connection and say what it may be: %s', (connection, why) => {
    expect(bad({ connection })).toEqual([expect.stringContaining(why)]);
  });

  it('F42 never show the connection that is wrong', () => {
    expect(bad({ connection: 'http://user:s3cret@host' }).join()).not.toContain('s3cret');
  });

  it('need a namespace', () => {
    expect(bad({ namespace: undefined })).toEqual([
      expect.stringContaining('namespace: undefined must be given'),
    ]);
    expect(bad({ namespace: 'x'.repeat(10_000) })).toEqual([expect.stringContaining('at most 512')]);
  });

  it('may say the version of the application, as a short text', () => {
    expect(resolveHoldfastOptions(good).version).toBeUndefined();
    expect(resolveHoldfastOptions({ ...good, version: '1.2.0-rc.1 (ü)' }).version).toBe('1.2.0-rc.1 (ü)');
  });

  it.each<[unknown, string]>([
    [7, 'version: 7 must be a string'],
    [null, 'version: null must be a string'],
    ['', 'version: "" must not be empty'],
    ['x'.repeat(513), 'at most 512'],
    ['ü'.repeat(257), 'at most 512'],
  ])('refuse a version that is none: %s', (version, why) => {
    expect(bad({ version })).toEqual([expect.stringContaining(why)]);
  });

  it('take a log that throws for one that says nothing: it hurts no holder', () => {
    const { log } = resolveHoldfastOptions({
      ...good,
      log: () => {
        throw new Error('a bad log');
      },
    });
    expect(() => log('warn', 'text')).not.toThrow();
  });
});

describe('options of a lock', () => {
  const defaults = { ttlMs: 30_000, waitMs: 10_000 };
  const faultsOf = (options: object, name = 'order'): string => {
    try {
      resolveLockOptions(name, options, defaults);
      return '';
    } catch (error) {
      return String(error);
    }
  };

  it('have defaults', () => {
    expect(resolveLockOptions('order', {}, defaults)).toEqual({
      kind: 'Lock',
      lockName: 'order',
      escapedName: 'order',
      ttlMs: 30_000,
      lockDelayMs: 0,
      waitMs: 10_000,
      holdAtLeastMs: 0,
      holdAtMostMs: Infinity,
      fenced: false,
      reentrant: false,
      whenLost: 'throw',
      reading: false,
    });
    expect(resolveLockOptions('order', { wait: 'forever' }, defaults).waitMs).toBe(Infinity);
  });

  it('say what the lock has to withstand, and refuse an instance that does not', () => {
    const one: Durability = { mode: 'efficiency' };
    const quorum: Durability = { mode: 'failover-aware', by: 'quorum' };
    const fencedOn = (durability: Durability, need: DurabilityNeed): boolean | undefined =>
      resolveLockOptions('order', { durability: need }, { ...defaults, durability }).fenced;
    expect(() => fencedOn(one, 'failover-aware')).toThrow(/'failover-aware' needs an instance with/);
    expect([fencedOn(quorum, 'failover-aware'), fencedOn(one, 'efficiency')]).toEqual([false, false]);
    expect([fencedOn(quorum, 'fenced'), fencedOn(one, 'fenced')]).toEqual([true, true]);
    expect(faultsOf({ durability: 'durable' })).toContain('durability: "durable" must be');
  });

  it('are told with all their faults in one error', () => {
    const message = faultsOf(
      { ttl: '2d', lockDelay: '61m', wait: '5', reentrant: 1, whenLost: 'ignore', retries: 3 },
      '',
    );
    const parts = [
      'ttl: "2d"',
      'lockDelay: "61m" must be at most',
      'wait: "5"',
      'name: ""',
      'retries: unknown',
      'reentrant: 1',
      'whenLost: "ignore"',
    ];
    for (const part of parts) expect(message).toContain(part);
  });

  it('that are null are no defaults', () => {
    const message = faultsOf({ ttl: null, reentrant: null, whenLost: null });
    for (const option of ['ttl', 'reentrant', 'whenLost']) expect(message).toContain(`${option}: null`);
  });

  it('cannot ask to hold longer than at most', () => {
    expect(faultsOf({ holdAtLeast: '2s', holdAtMost: '1s' })).toContain(
      'must not be longer than holdAtMost (1000 ms)',
    );
  });

  it('F40 are refused before anything is sent', () => {
    for (const ttl of [0, -1, Number.NaN, Infinity, -Infinity, 1.5, '5', 2 ** 31, 2 ** 53, '30 parsecs'])
      expect(faultsOf({ ttl })).toContain('ttl: ');
  });

  it('with a bad key or signal are refused at the call', () => {
    const options = resolveLockOptions('order', {}, defaults);
    const { signal } = new AbortController();
    expect(demandFor(options, ['a', 1], signal)).toMatchObject({
      identity: 'order#a#1',
      signal,
      terms: { ttlMs: 30_000 },
    });
    expect(() => demandFor(options, Number.NaN, undefined)).toThrow('key: NaN must be a finite number');
  });
});

describe('a quorum', () => {
  const THREE = ['redis://a', 'redis://b', 'redis://c'] as const;
  const faultsOf = (servers: readonly unknown[], options: object = {}): readonly string[] =>
    bad({ connection: { ...options, quorum: servers } });

  it('is an odd number of servers, three at least', () => {
    expect(bad({ connection: quorum(THREE) })).toEqual([]);
    expect(bad({ connection: quorum([...THREE, 'redis://d', 'redis://e']) })).toEqual([]);
    for (const count of [0, 1, 2]) {
      expect(faultsOf(THREE.slice(0, count))).toEqual([
        expect.stringMatching(`^connection.quorum: ${count} must be an odd number of servers, 3 at least`),
      ]);
    }
    expect(faultsOf([...THREE, 'redis://d'])).toEqual([expect.stringContaining('4 must be an odd number')]);
  });

  it.each<[string, unknown, unknown]>([
    ['the same URL', 'redis://a', 'redis://a:6379/1'],
    ['a URL and options', 'redis://a:7000', { host: 'a', port: 7_000 }],
    ['options', { port: 7_000 }, { host: 'localhost', port: 7_000 }],
  ])('has each server once: %s', (_what, first, second) => {
    expect(faultsOf([first, 'redis://x', second])).toEqual([
      'connection.quorum[2]: must be another server than connection.quorum[0]; one server has one vote',
    ]);
  });

  it('tells what is wrong with each server, as of a connection', () => {
    expect(faultsOf(['redis://a', 'localhost:6379', 7])).toEqual([
      expect.stringMatching(/^connection\.quorum\[1\]: the text given must be a URL/),
      expect.stringMatching(/^connection\.quorum\[2\]: 7 must be a URL/),
    ]);
    expect(faultsOf(['redis://a', 'http://u:s3cret@b', 'redis://c']).join()).not.toContain('s3cret');
  });

  it('has no cluster and no quorum in it', () => {
    const cluster = { cluster: [{ host: 'b', port: 6_379 }] };
    expect(faultsOf(['redis://a', cluster, quorum(THREE)])).toEqual([
      'connection.quorum[1]: a cluster must be a single server; give independent servers, or the cluster alone',
      'connection.quorum[2]: a quorum must be a single server, not another quorum',
    ]);
  });

  it('bounds the ttl of every lock by its longestTtl', () => {
    const connection = quorum(THREE, { longestTtl: '20s' });
    const resolved = resolveHoldfastOptions({ ...good, connection });
    expect(resolved.ttlMs).toBe(20_000);
    const tooLong = 'ttl: "30s" must be at most 20000 ms (20s), the longestTtl of the quorum';
    expect(bad({ connection, ttl: '30s' })).toEqual([tooLong]);
    expect(() => resolveLockOptions('job', { ttl: '30s' }, resolved)).toThrow(tooLong);
    expect(bad({ connection: quorum(THREE), ttl: '61s' })).toEqual([
      expect.stringContaining('60000 ms (1m)'),
    ]);
  });

  it.each([0, '1y', '2d', null])('has a longestTtl that is a ttl: %s', (longestTtl) => {
    expect(faultsOf(THREE, { longestTtl })).toEqual([expect.stringMatching(/^connection\.longestTtl: /)]);
  });
});
