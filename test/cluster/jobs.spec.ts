/** Jobs on a cluster: two instances, many jobs on all nodes, and each tick is run once. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { openHoldfast } from '../support/holdfasts.js';
import { uniqueNamespace } from '../support/namespace.js';
import { startCluster, type RedisCluster } from '../support/redis-cluster.js';

const JOBS = ['close-books', 'expire-carts', 'import-orders', 'invoice-orders', 'send-mails', 'count-stock'];
const TICKS = 3;

let cluster: RedisCluster;
beforeAll(async () => {
  cluster = await startCluster({ replicated: false });
});
afterAll(() => cluster.stop());

it('each tick of each job is run once, whichever instance runs it', async () => {
  const namespace = uniqueNamespace();
  const instances = await Promise.all(
    [0, 1].map(() => openHoldfast({ cluster: cluster.seeds }, { namespace })),
  );
  const ran: string[] = [];
  for (const { jobs } of instances)
    for (const name of JOBS)
      jobs.define({ name, cron: '* * * * * *', ttl: '2s' }, ({ job, scheduledAt }) => {
        ran.push(`${job}@${scheduledAt}`);
      });
  const ticksOf = (name: string): string[] => ran.filter((tick) => tick.startsWith(`${name}@`));
  await eventually(() => JOBS.every((name) => ticksOf(name).length >= TICKS), { withinMs: 15_000 });
  expect(ran).toHaveLength(new Set(ran).size);
  const [one] = instances;
  for (const name of JOBS) {
    const recorded = (await one?.jobs.history(name))?.filter(({ kind }) => kind === 'run') ?? [];
    expect(recorded.length).toBeGreaterThanOrEqual(TICKS - 1);
  }
});
