/** The contract of locks on a quorum of three servers of which one is gone. */
import { lockContract } from '@holdfast/testing';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { leftOut, onQuorum } from './support/quorum-subject.js';
import { QuorumServers } from './support/quorum-servers.js';

let servers: QuorumServers;
beforeAll(async () => {
  servers = await QuorumServers.start(3);
  await servers.all[1]?.kill('SIGKILL');
});
afterAll(() => servers.stop());

/** Every test has a namespace of its own and mostly waits, so several may run side by side. */
const sideBySide = { describe: describe.concurrent, it };

lockContract({ name: 'two of three servers', leftOut, open: onQuorum(() => servers) }, sideBySide);
