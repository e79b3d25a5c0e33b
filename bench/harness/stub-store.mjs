// Locks on the real engine and a store that grants everything in the next microtask: what a call costs without Redis,
// without the wire and without the batch it would travel in. Deep imports, for no front door exports the engine.
import { TokenSource } from '../../libs/core/dist/lease/token-source.js';
import { LeaseEngine } from '../../libs/core/dist/lease/lease-engine.js';
import { LeaseLockService } from '../../libs/core/dist/lock/lease-lock-service.js';
import { systemClock as clock } from '../../libs/core/dist/time/clock.js';

const FENCE_BLOCK = 16;
const ATTEMPT_TIMEOUT_MS = 2_000;

export function locksOnStubStore() {
  const publish = () => undefined;
  const engine = new LeaseEngine({
    store: stubStore(),
    clock,
    tokens: new TokenSource(),
    attemptTimeoutMs: ATTEMPT_TIMEOUT_MS,
    publish,
    log: publish,
  });
  const directory = { holderOf: () => undefined };
  return new LeaseLockService({ engine, publish, directory, defaults: { ttlMs: 30_000, waitMs: 10_000 } });
}

function stubStore() {
  let fence = Date.now() * 1_000;
  const sent = () => ({ sentAt: clock.now(), epoch: 1 });
  const granted = () => ({ outcome: 'granted', fence: (fence += FENCE_BLOCK), ...sent() });
  return {
    grantsArePrompt: true,
    onPush: () => undefined,
    acquire: (request) => queueMicrotask(() => request.answered(granted())),
    release: (request) => queueMicrotask(() => request.answered(true)),
    renew: async (members) => ({ ...sent(), replies: members.map(() => ({ outcome: 'renewed' })) }),
  };
}
