/** All contracts on a Redis that is spoken to in RESP2: pushes come over a second connection, as wake-ups. */
import { describe, it } from 'vitest';
import { allContracts } from './support/all-contracts.js';
import { onRedis } from './support/redis-subject.js';

/** Every test has a namespace of its own and mostly waits, so several may run side by side. */
const sideBySide = { describe: describe.concurrent, it };
const suite = { name: 'one Redis, in RESP2', open: onRedis((address) => ({ ...address, protocol: 2 })) };

allContracts(suite, sideBySide);
