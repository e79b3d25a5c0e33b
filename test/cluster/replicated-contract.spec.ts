/** The contracts of locks and, in a long run, of jobs on a primary whose replica has to have every grant and every renewal. */
import { jobContract, lockContract } from '@holdfast/testing';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { onRedis } from '../contract/support/redis-subject.js';
import { long } from '../support/long.js';
import { startReplicated, type ReplicatedRedis } from '../support/redis-replicas.js';

let redis: ReplicatedRedis;
beforeAll(async () => {
  redis = await startReplicated();
});
afterAll(() => redis.stop());

/** Every test has a namespace of its own and mostly waits, so several may run side by side. */
const sideBySide = { describe: describe.concurrent, it };
const suite = {
  name: 'one Redis whose replica has to have it',
  // Six times what a replica may take, which is more than it needs on a busy machine.
  ttlMs: 1_500,
  open: onRedis(
    ({ host, port }) => `redis://${host}:${port}`,
    () => ({ url: redis.primary.url, replicas: { atLeast: 1, within: 250 } }),
  ),
};

lockContract(suite, sideBySide);
if (long) jobContract(suite, sideBySide);
