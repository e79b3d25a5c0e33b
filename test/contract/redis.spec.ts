/** The contract of locks on one Redis. */
import { lockContract } from '@holdfast/testing';
import { describe, it } from 'vitest';
import { onRedis } from './support/redis-subject.js';

/** Every test has a namespace of its own and mostly waits, so several may run side by side. */
lockContract(
  { name: 'one Redis, by its URL', open: onRedis(({ host, port }) => `redis://${host}:${port}`) },
  { describe: describe.concurrent, it },
);
