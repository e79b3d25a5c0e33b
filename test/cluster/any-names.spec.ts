/** No legal name can make a cluster refuse a call, whatever it is called with. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { openHoldfast } from '../support/holdfasts.js';
import { rounds } from '../support/long.js';
import { startCluster, type RedisCluster } from '../support/redis-cluster.js';

let cluster: RedisCluster;
beforeAll(async () => {
  cluster = await startCluster({ replicated: false });
});
afterAll(() => cluster.stop());

const nasty = fc.oneof(
  fc.constantFrom(
    '{',
    '}',
    '{}',
    '}{',
    '{a}',
    '{a}b',
    'a{}b',
    '{{a}}',
    '%7B',
    'a:b',
    ' ',
    '\0',
    '\r\n',
    '__proto__',
    '🔒',
  ),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }).filter((name) => name.isWellFormed()),
  fc.string({ unit: fc.constantFrom('{', '}', ':', '%', 'a'), minLength: 1, maxLength: 12 }),
);
const called = fc.record({ name: nasty, key: fc.option(nasty, { nil: undefined }) });

/** What the nodes counted but ERR, the answer to a greeting: of a refused call we would send the members one by one. */
async function refusals(): Promise<string[]> {
  const told = await Promise.all(cluster.masters.map(({ admin }) => admin.info('errorstats')));
  return told.flatMap((stats) => stats.match(/errorstat_(?!ERR\b)\w+/g) ?? []);
}

it('batches of any names and keys, taken, renewed, asked after and given back at once', async () => {
  const { locks } = await openHoldfast({ cluster: cluster.seeds });
  const bodies = async (names: readonly { name: string; key: string | undefined }[]): Promise<unknown[]> =>
    Promise.all(
      names.map(({ name, key }) => {
        const options = { ttl: 300, wait: 5_000, ...(key === undefined ? {} : { key }) };
        return locks.run(name, options, async (lease) => {
          lease.assertHeld();
          return (await locks.inspect(name, key)).held;
        });
      }),
    );
  await fc.assert(
    fc.asyncProperty(fc.array(called, { minLength: 1, maxLength: 40 }), async (names) => {
      expect(await bodies(names)).toEqual(names.map(() => true));
    }),
    { numRuns: rounds(60, 1_000) },
  );
  expect(await refusals()).toEqual([]);
}, 120_000);

const LIKE_TAGS = ['{', '}', '{}', '{a}', '}{', '{a}:{b}', 'a}:job', '%7B'];

it.each(LIKE_TAGS.map((namespace, at) => [namespace, LIKE_TAGS.at(-at - 1) ?? '']))(
  'locks, jobs, elections and replicas in namespace "%s" behind the prefix "%s"',
  async (namespace, keyPrefix) => {
    const connection = { cluster: cluster.seeds, redisOptions: { keyPrefix } };
    const { locks, jobs, leaders, inspector } = await openHoldfast(connection, { namespace });
    const ran: string[] = [];
    for (const name of LIKE_TAGS)
      jobs.define({ name }, async (run) => {
        await run.saveCheckpoint(name);
        ran.push(run.job);
      });
    await Promise.all(
      LIKE_TAGS.map(async (name) => {
        expect(await locks.run(name, () => true)).toBe(true);
        const campaign = leaders.campaign(name, { preferred: true });
        await campaign.whenLeader();
        await campaign.stop();
        await eventually(async () => (await jobs.runNow(name)).outcome === 'started');
        await eventually(async () => (await jobs.history(name)).length > 0);
      }),
    );
    expect(ran.toSorted()).toEqual(LIKE_TAGS.toSorted());
    await eventually(async () => (await inspector.replicas()).length > 0);
    expect(await refusals()).toEqual([]);
  },
);
