/** Locks on the engine of a bench. */
import { HolderDirectory } from '../../../../libs/core/src/lease/holder-directory.js';
import { LeaseLockService } from '../../../../libs/core/src/lock/lease-lock-service.js';
import type { EngineBench } from './engine-bench.js';

/** @param card what a look-up of any process finds; nothing unless told */
export function locksOn(bench: EngineBench, card?: string): LeaseLockService {
  const cards = {
    announce: async () => undefined,
    withdraw: async () => undefined,
    lookUp: async () => card,
  };
  return new LeaseLockService({
    clock: bench.clock,
    engine: bench.engine,
    scope: bench.engine,
    readers: 'the bench has none',
    directory: new HolderDirectory(cards, bench.clock),
    publish: (details) => bench.events.push(details()),
    defaults: { ttlMs: 3_000, waitMs: 10_000 },
  });
}
