/** Who works in a namespace, as the inspector of any process tells it. */
import type { ReplicaInfo } from '@holdfast/core';
import { embedded, SettableClock } from '@holdfast/embedded';
import { describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../../support/eventually.js';
import { openHoldfast, rejectionOf } from '../../support/holdfasts.js';
import { startJobTaker } from '../../support/job-taker.js';
import { uniqueNamespace } from '../../support/namespace.js';
import { startRedis } from '../../support/redis-server.js';
import { sharedRedisUrl } from '../../support/shared-redis.js';

/** A process is heard of so often, and forgotten so long after it was heard of last. */
const HEARD_EVERY_MS = 5_000;
const KEPT_MS = 60_000;

const named = (replicas: readonly ReplicaInfo[], name: string): ReplicaInfo | undefined =>
  replicas.find(({ replica }) => replica === name);

/** An instance that stays, and one whose connection the test may cut, on a clock that it moves. */
async function twoInMemory() {
  const clock = new SettableClock();
  const provider = embedded({ clock });
  const namespace = uniqueNamespace();
  const start = (replica: string) => openHoldfast(provider, { namespace, replica, shutdownGrace: 0 });
  const one = await start('one');
  const other = await start('other');
  const line = provider.controls.connections.at(-1);
  await clock.advance(1);
  return { clock, one, other, cut: () => line?.disconnect(), heal: () => line?.reconnect() };
}

describe('a process that is cut off', () => {
  it('falls silent, is told as long as a minute with how long, and is then forgotten; the others never fall silent', async () => {
    const { clock, one, cut } = await twoInMemory();
    const replicas = () => one.inspector.replicas();
    for (let passed = 0; passed < 2 * HEARD_EVERY_MS; passed += 1_000) await clock.advance(1_000);
    cut();
    const before = named(await replicas(), 'other')?.silentMs ?? NaN;
    expect(before).toBeLessThanOrEqual(HEARD_EVERY_MS);
    let [passedMs, last] = [0, before];
    for (let now = await replicas(); now.length === 2; now = await replicas()) {
      expect(named(now, 'one')?.silentMs).toBeLessThanOrEqual(HEARD_EVERY_MS);
      last = named(now, 'other')?.silentMs ?? NaN;
      expect(last).toBe(before + passedMs);
      await clock.advance(1_000);
      passedMs += 1_000;
    }
    expect(last).toBeGreaterThan(KEPT_MS - 2_000);
    // It goes with the next word of another process.
    expect(last).toBeLessThanOrEqual(KEPT_MS + HEARD_EVERY_MS);
    expect((await replicas()).map(({ replica }) => replica)).toEqual(['one']);
  });

  it('is told as the same process again when it comes back', async () => {
    const { clock, one, cut, heal } = await twoInMemory();
    const before = named(await one.inspector.replicas(), 'other');
    cut();
    await clock.advance(4 * HEARD_EVERY_MS);
    heal();
    await clock.advance(2 * HEARD_EVERY_MS);
    const again = named(await one.inspector.replicas(), 'other');
    expect(again).toEqual({ ...before, silentMs: expect.any(Number) });
    expect(again?.silentMs).toBeLessThanOrEqual(HEARD_EVERY_MS);
  });
});

describe('the list of replicas', () => {
  it('says what each of them is, runs and leads', async () => {
    const clock = new SettableClock();
    const options = { namespace: uniqueNamespace(), replica: 'web-1', version: '1.2.0', shutdownGrace: 0 };
    const { jobs, leaders, inspector } = await openHoldfast(embedded({ clock }), options);
    const startedAt = clock.wallNow();
    let leave = (): void => undefined;
    jobs.define({ name: 'report' }, () => new Promise<void>((resolve) => (leave = resolve)));
    leaders.campaign('billing');
    await clock.advance(100);
    const asked = await jobs.runNow('report');
    await clock.advance(HEARD_EVERY_MS);
    expect(await inspector.replicas()).toEqual([
      {
        ...{ processId: expect.any(String), replica: 'web-1', host: expect.any(String), pid: process.pid },
        ...{
          version: '1.2.0',
          startedAt,
          silentMs: expect.any(Number),
          jobs: ['report'],
          leads: ['billing'],
        },
        running: [{ job: 'report', run: asked.outcome === 'started' ? asked.run : 'none' }],
      },
    ]);
    leave();
    await clock.advance(HEARD_EVERY_MS);
    expect(named(await inspector.replicas(), 'web-1')?.running).toEqual([]);
  });

  it('keeps a process that was killed, ever more silent, and drops one that ends in good order at once', async () => {
    const namespace = uniqueNamespace();
    const jobs = [{ name: 'report' }];
    const start = (replica: string) => startJobTaker({ url: sharedRedisUrl(), namespace, replica, jobs });
    const [killed, ended] = await Promise.all([start('killed'), start('ended')]);
    const { inspector } = await openHoldfast(sharedRedisUrl(), { namespace, replica: 'observer' });
    const here = async () => (await inspector.replicas()).map(({ replica }) => replica ?? '').toSorted();
    await eventually(async () => (await here()).join() === 'ended,killed,observer');
    await killed.kill('SIGKILL');
    await ended.kill('SIGTERM');
    expect(await here()).toEqual(['killed', 'observer']);
    const silentMs = named(await inspector.replicas(), 'killed')?.silentMs ?? NaN;
    const later = await eventually(async () => {
      const now = named(await inspector.replicas(), 'killed');
      return now !== undefined && now.silentMs > silentMs + 200 ? now : undefined;
    });
    expect(later.pid).toBe(killed.pid);
  });

  it('is an error, and health is down, while the server does not answer, both within one attempt', async () => {
    const server = await startRedis();
    onTestFinished(() => server.stop());
    const { inspector, health } = await openHoldfast(server.url, { attemptTimeout: 300 });
    expect(await health()).toMatchObject({ status: 'up' });
    await server.kill('SIGSTOP');
    const askedAt = performance.now();
    const [error, silent] = await Promise.all([rejectionOf(inspector.replicas()), health()]);
    expect(performance.now() - askedAt).toBeLessThan(300 + 1_000);
    expect(error).toMatchObject({ code: 'ERR_LOCK_UNAVAILABLE', condition: 'timeout' });
    expect(silent).toEqual({ status: 'down', condition: 'timeout', overdue: [] });
    await server.kill('SIGCONT');
    await eventually(async () => (await health()).status === 'up');
  });
});
