/** The contract of locks on a cluster of three masters. */
import { lockContract } from '@holdfast/testing';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { long } from '../support/long.js';
import { startCluster, type RedisCluster } from '../support/redis-cluster.js';
import { onCluster } from './support/cluster-subject.js';

let cluster: RedisCluster;
beforeAll(async () => {
  cluster = await startCluster({ replicated: false });
});
afterAll(() => cluster.stop());

/** Every test has a namespace of its own and mostly waits, so several may run side by side. */
const sideBySide = { describe: describe.concurrent, it };

lockContract({ name: 'a cluster', open: onCluster(() => cluster) }, sideBySide);

/** In RESP2 pushes come over a second connection to each master, as wake-ups. */
if (long)
  lockContract({ name: 'a cluster, in RESP2', open: onCluster(() => cluster, { protocol: 2 }) }, sideBySide);
