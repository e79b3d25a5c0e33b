import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { long } from '../support/long.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { runDemo } from './demo-process.js';

const PATIENCE_MS = 90_000;
/** Without options the demo lasts 30 s; everyday runs are shorter and otherwise the same. */
const LENGTH = long ? [] : ['--for', '10s'];

describe('the demo without options', { timeout: PATIENCE_MS }, () => {
  it('does real work on every replica, survives a kill and ends in order', async () => {
    const { code, report, stderr } = await runDemo([...LENGTH, '--json']);
    expect(stderr).toMatch(/KILLED .* \(process \d+\)/);
    expect(report).toMatchObject({ mode: 'redis', replicas: 3, doubled: 0, lost: 0, unguarded: false });
    expect(Number(report['orders'])).toBeGreaterThanOrEqual(100);
    expect(report['invoiced']).toBe(report['orders']);
    expect(Number(report['ticks'])).toBeGreaterThanOrEqual(20);
    expect(Number(report['takeovers'])).toBeGreaterThanOrEqual(1);
    expect(Object.entries({ ...Object(report['perReplica']) })).toEqual(
      ['r1', 'r2', 'r3'].map((replica) => [replica, expect.toSatisfy((runs: number) => runs > 0)]),
    );
    expect(code).toBe(0);
  });
});

describe('the demo on a server of the user', { timeout: PATIENCE_MS }, () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.stop());

  it('uses it, leaves it running, and leaves nothing on it that does not go away by itself', async () => {
    const { code, report } = await runDemo(['--for', '5s', '--json'], { REDIS_URL: server.url });
    expect(report).toMatchObject({ mode: 'redis-url', doubled: 0, lost: 0 });
    expect(report['invoiced']).toBe(report['orders']);
    expect(code).toBe(0);
    const admin = server.client();
    const left = await admin.keys('*');
    const lifetimes = await Promise.all(left.map(async (key) => [key, await admin.pttl(key)] as const));
    expect(lifetimes.filter(([, pttl]) => pttl === -1)).toEqual([]);
    expect(left.length).toBeGreaterThan(0);
  });
});
