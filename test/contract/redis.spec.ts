/** All contracts on one Redis. */
import { describe, it } from 'vitest';
import { allContracts } from './support/all-contracts.js';
import { onRedis } from './support/redis-subject.js';

/** Every test has a namespace of its own and mostly waits, so several may run side by side. */
const sideBySide = { describe: describe.concurrent, it };
const suite = {
  name: 'one Redis, by its URL',
  open: onRedis(({ host, port }) => `redis://${host}:${port}`),
};

allContracts(suite, sideBySide);
