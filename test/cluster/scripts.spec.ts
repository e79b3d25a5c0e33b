/** Scripts of users on a cluster: on every master before they are needed, and with all of their keys in one slot. */
import { createHoldfast, defineScript } from '@holdfast/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openHoldfast, rejectionOf } from '../support/holdfasts.js';
import { uniqueNamespace } from '../support/namespace.js';
import { startCluster, type RedisCluster } from '../support/redis-cluster.js';

let cluster: RedisCluster;
beforeAll(async () => {
  cluster = await startCluster({ replicated: false });
});
afterAll(() => cluster.stop());

const connection = () => ({
  cluster: cluster.masters.map(({ server: { port } }) => ({ host: '127.0.0.1', port })),
});

const count = () =>
  defineScript({
    name: 'count',
    keys: ['count', 'names'],
    args: ['name'],
    source: `
      redis.call('SADD', KEYS[2], ARGV[1])
      redis.call('PEXPIRE', KEYS[2], 60000)
      local count = redis.call('INCR', KEYS[1])
      redis.call('PEXPIRE', KEYS[1], 60000)
      return { count } -- ${uniqueNamespace()}`,
  });

it('they are on every master before the first call, and run on the one that has their keys', async () => {
  const script = count();
  const { scripts } = await openHoldfast(connection(), { scripts: [script] });
  for (const { server } of cluster.masters)
    expect(await server.client().script('EXISTS', script.version)).toEqual([1]);
  const counts = await Promise.all(
    ['a', 'b', 'c', 'd', 'e', 'f'].map((key) => scripts.run(script, { key, args: { name: key } })),
  );
  expect(counts).toEqual([[1], [1], [1], [1], [1], [1]]);
});

it('keys of yours have to be in one slot', async () => {
  const script = count();
  const { scripts } = await openHoldfast(connection());
  const args = { name: 'a' };
  const tag = uniqueNamespace();
  const together = { count: `{${tag}}:count`, names: `{${tag}}:names` };
  expect(await scripts.run(script, { keys: together, args })).toEqual([1]);
  const apart = { count: 'a:count', names: 'b:names' };
  const error = await rejectionOf(scripts.run(script, { keys: apart, args }));
  expect(String(error)).toMatch(/different slots; give them one \{tag\}/);
});

it('one that touches keys which are not in KEYS is refused at start, or with its first call', async () => {
  const bad = defineScript({
    name: 'bad',
    keys: ['a'],
    source: `local other = KEYS[1] .. ':other'\nreturn { redis.call('INCR', other) }`,
  });
  const options = { connection: connection(), namespace: uniqueNamespace() };
  const refused = await rejectionOf(createHoldfast({ ...options, scripts: [bad] }));
  expect(String(refused)).toMatch(/scripts: "bad", line 2: INCR touches other, which is not in KEYS/);
  const { scripts } = await openHoldfast(connection());
  expect(await rejectionOf(scripts.run(bad, {}))).toMatchObject({ code: 'ERR_LOCK_CONFIG' });
});
