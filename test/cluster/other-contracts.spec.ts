/** The contracts of jobs, semaphores, limiters, quotas, once and latches on a cluster of three masters. */
import {
  jobContract,
  latchContract,
  limiterContract,
  onceContract,
  quotaContract,
  semaphoreContract,
} from '@holdfast/testing';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { startCluster, type RedisCluster } from '../support/redis-cluster.js';
import { onCluster } from './support/cluster-subject.js';

let cluster: RedisCluster;
beforeAll(async () => {
  cluster = await startCluster({ replicated: false });
});
afterAll(() => cluster.stop());

/** Every test has a namespace of its own and mostly waits, so several may run side by side. */
const sideBySide = { describe: describe.concurrent, it };
const suite = { name: 'a cluster', open: onCluster(() => cluster) };

jobContract(suite, sideBySide);
semaphoreContract(suite, sideBySide);
limiterContract(suite, sideBySide);
const leftOut = { 'merging accounts': 'accounts of a cluster are on different servers' };
quotaContract({ ...suite, leftOut }, sideBySide);
onceContract(suite, sideBySide);
latchContract(suite, sideBySide);
