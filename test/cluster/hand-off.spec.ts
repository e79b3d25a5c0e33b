/** A lock goes from process to process on a cluster by pushed grants, each of which is heard once and used at once. */
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { openHost } from '../../libs/core/src/redis/open-host.js';
import { runScript } from '../../libs/core/src/redis/run-script.js';
import type { PushedMessage } from '../../libs/core/src/redis/script-host.js';
import { leaseInspect } from '../../libs/core/src/redis/scripts.generated.js';
import { eventually } from '../support/eventually.js';
import { openHoldfast } from '../support/holdfasts.js';
import { keysOfLock } from '../support/lock-keys.js';
import { uniqueNamespace } from '../support/namespace.js';
import { startCluster, type RedisCluster } from '../support/redis-cluster.js';

const GRANTS = 300;
/** On a single Redis it is two and a half: who waits asks, confirms and gives back, and that shares a call with asking. */
const CALLS_A_GRANT = 3;

let cluster: RedisCluster;
beforeAll(async () => {
  cluster = await startCluster({ replicated: false });
});
afterAll(() => cluster.stop());

async function scriptCalls(): Promise<number> {
  const told = await Promise.all(cluster.masters.map(({ admin }) => admin.info('commandstats')));
  return told.reduce((sum, stats) => sum + Number(/cmdstat_evalsha:calls=(\d+)/.exec(stats)?.[1] ?? 0), 0);
}

it('a message is heard once, on the connection that carries its name, whichever node it comes from', async () => {
  const namespace = uniqueNamespace();
  const host = openHost({ cluster: cluster.seeds }, { namespace, report: () => undefined });
  onTestFinished(() => host.close(250));
  await host.whenUp?.(5_000);
  const heard: PushedMessage[] = [];
  await host.subscribe('news', (message) => heard.push(message));
  const names = Array.from({ length: 30 }, (_, order) => `order-${order}`);
  for (const [at, name] of names.entries())
    await cluster.masters[at % 3]?.admin.publish('news', `wake a.1 0 0 hf1:shop:{${name}}:lock`);
  const epochs = await Promise.all(
    names.map(async (name) => {
      const { lock, fence, queue } = keysOfLock(namespace, name);
      const asked = await runScript(host, leaseInspect, { keys: { lock, fence, queue }, args: {} });
      return asked.epoch;
    }),
  );
  await eventually(() => heard.length >= names.length);
  const ofName = (name: string) => heard.filter(({ payload }) => payload.includes(`{${name}}`));
  expect(names.map((name) => ofName(name).map(({ epoch }) => epoch))).toEqual(epochs.map((epoch) => [epoch]));
  expect(new Set(epochs).size).toBe(3);
});

it('a hand-off costs no more calls than on a single Redis', async () => {
  const namespace = uniqueNamespace();
  const instances = await Promise.all(
    [0, 1].map(() => openHoldfast({ cluster: cluster.seeds }, { namespace })),
  );
  const before = await scriptCalls();
  let granted = 0;
  await Promise.all(
    instances.map(async ({ locks }) => {
      while (granted < GRANTS) {
        await locks.run('order', async () => {
          granted += 1;
        });
      }
    }),
  );
  const calls = (await scriptCalls()) - before;
  console.log(`${(calls / granted).toFixed(2)} calls a grant`);
  expect(calls / granted).toBeLessThanOrEqual(CALLS_A_GRANT);
});
