/** The contracts of locks and jobs on one Redis. */
import { jobContract, lockContract, semaphoreContract } from '@holdfast/testing';
import { describe, it } from 'vitest';
import { onRedis } from './support/redis-subject.js';

/** Every test has a namespace of its own and mostly waits, so several may run side by side. */
const sideBySide = { describe: describe.concurrent, it };
const suite = {
  name: 'one Redis, by its URL',
  open: onRedis(({ host, port }) => `redis://${host}:${port}`),
};

lockContract(suite, sideBySide);
jobContract(suite, sideBySide);
semaphoreContract(suite, sideBySide);
