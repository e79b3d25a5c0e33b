import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChildMessage } from '../support/child.js';
import { long } from '../support/long.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { readLedger, runDemo } from './demo-process.js';

const PATIENCE_MS = 90_000;
/** Without options the demo lasts 30 s; everyday runs are shorter and otherwise the same. */
const LENGTH = long ? [] : ['--for', '10s'];

const folder = mkdtempSync(join(tmpdir(), 'holdfast-demo-spec-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the demo without options', { timeout: PATIENCE_MS }, () => {
  it('does real work on every replica, survives two kills and ends in order', async () => {
    const path = join(folder, 'default.ndjson');
    const { code, report, stderr } = await runDemo([...LENGTH, '--json', '--ledger', path]);
    expect(stderr).toMatch(/KILLED in the middle of invoice-orders \(process \d+\)/);
    expect(stderr).toMatch(/KILLED in the middle of close-books \(process \d+\)/);
    expect(stderr).toMatch(/TAKES OVER close-books from r\d.*, attempt 2/);
    expect(report).toMatchObject({ mode: 'redis', replicas: 3, doubled: 0, lost: 0, unguarded: false });
    expect(report).toMatchObject({ ticksDoubled: 0, ticksMissed: 0, closedTwice: 0 });
    expect(Number(report['reruns'])).toBeGreaterThanOrEqual(1);
    expectPagesOnce(readLedger(path));
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
    const { code, report } = await runDemo(['--for', '5s', '--kill-one', '--json'], {
      REDIS_URL: server.url,
    });
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

/** The attempt that took over from the killed closer adds up no page again, and every closing adds up. */
function expectPagesOnce(ledger: readonly ChildMessage[]): void {
  const of = (kind: string): ChildMessage[] => ledger.filter((entry) => entry['kind'] === kind);
  const killedAt = of('killed').find((entry) => entry['job'] === 'close-books')?.['seq'];
  const before = of('added-up').findLast((entry) => Number(entry['seq']) < Number(killedAt));
  const added = of('added-up').filter((entry) => entry['tick'] === before?.['tick']);
  const pages = added.map((entry) => Number(entry['page']));
  expect(new Set(added.map((entry) => entry['attempt']))).toEqual(new Set([1, 2]));
  // Not one by one: a page that was saved, and not told any more when the signal came, is added up all the same.
  expect(pages).toEqual([...new Set(pages)].toSorted((one, other) => one - other));
  const cents = new Map(of('invoice').map((entry) => [entry['seq'], Number(entry['cents'])]));
  for (const { invoiceSeqs, cents: sum } of of('closing')) {
    const closed: unknown[] = Array.isArray(invoiceSeqs) ? invoiceSeqs : [];
    expect(sum).toBe(closed.reduce<number>((total, seq) => total + (cents.get(seq) ?? NaN), 0));
  }
}
