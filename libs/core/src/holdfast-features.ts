/** Each feature on its store; where the ground keeps none, who says so to whoever asks. */
import { LockConfigError } from './errors.js';
import { leaseEvents } from './events.js';
import type { Ground, GroundHost } from './holdfast-ground.js';
import type { ResolvedHoldfastOptions } from './holdfast-options.js';
import { jobEvents } from './job-events.js';
import type { ProcessJobs } from './jobs/process-jobs.js';
import { RefusingJobService } from './jobs/refusing-job-service.js';
import { StoreJobService } from './jobs/store-job-service.js';
import type { GateParts } from './latch/gate.js';
import { RefusingLatchService } from './latch/refusing-latch-service.js';
import { StoreLatchService } from './latch/store-latch-service.js';
import { LeaseEngine } from './lease/lease-engine.js';
import { TokenSource } from './lease/token-source.js';
import type { LimiterParts } from './limiter/limiter-parts.js';
import { RefusingRateLimiterService } from './limiter/refusing-rate-limiter-service.js';
import { StoreRateLimiterService } from './limiter/store-rate-limiter-service.js';
import { LeaseOnceService, type OnceServiceParts } from './once/lease-once-service.js';
import type { OnceService } from './once/once-service.js';
import { RefusingOnceService } from './once/refusing-once-service.js';
import { RefusingQuotaService } from './quota/refusing-quota-service.js';
import { StoreQuotaService } from './quota/store-quota-service.js';
import type { QuotaParts } from './quota/store-quota.js';
import { READER } from './redis/redis-reader-store.js';
import { RefusingScriptService } from './scripts/refusing-script-service.js';
import { StoreScriptService, type ScriptParts } from './scripts/store-script-service.js';
import type { AnyUserScript } from './scripts/user-script.js';
import { LeaseSemaphoreService, type SemaphoreParts } from './semaphore/lease-semaphore-service.js';
import { RefusingSemaphoreService } from './semaphore/refusing-semaphore-service.js';
import type { SemaphoreService } from './semaphore/semaphore-service.js';

/** What most of the features work with. */
export function partsOf(host: GroundHost, options: ResolvedHoldfastOptions) {
  const { namespace, replica, attemptTimeoutMs, log } = options;
  const tokens = new TokenSource();
  const { processId } = tokens;
  return {
    ...{ clock: host.clock, tokens, processId, attemptTimeoutMs, log },
    publish: leaseEvents(namespace, replica),
  };
}

/** Semaphores with an engine of their own, for of their leases a name has several; where none are kept, who says so. */
export function semaphoresOn(
  { permits: store }: Ground,
  parts: ReturnType<typeof partsOf> & Pick<SemaphoreParts, 'directory' | 'defaults'>,
): { semaphores: SemaphoreService; engine: LeaseEngine | undefined } {
  if (typeof store === 'string')
    return { semaphores: new RefusingSemaphoreService(store), engine: undefined };
  const engine = new LeaseEngine({ ...parts, store });
  return { semaphores: new LeaseSemaphoreService({ ...parts, engine, scope: engine, store }), engine };
}

/** Those who read a lock: their tokens say so, for scripts tell by them who may go in together. */
export function readersOn(
  { readers: store }: Ground,
  parts: ReturnType<typeof partsOf>,
): LeaseEngine | string {
  if (typeof store === 'string') return store;
  return new LeaseEngine({ ...parts, store, tokens: new TokenSource(parts.processId, READER) });
}

/** Limiters, which hold nothing: what they have counted ends by itself. */
export function limitersOn(
  { limits: store }: Ground,
  parts: Omit<LimiterParts, 'store'>,
): StoreRateLimiterService | RefusingRateLimiterService {
  if (typeof store === 'string') return new RefusingRateLimiterService(store);
  return new StoreRateLimiterService({ ...parts, store });
}

/** Quotas, which hold nothing in this process either. */
export function quotasOn(
  { quotas: store }: Ground,
  parts: Omit<QuotaParts, 'store' | 'closed'>,
): StoreQuotaService | RefusingQuotaService {
  if (typeof store === 'string') return new RefusingQuotaService(store);
  return new StoreQuotaService({ ...parts, store });
}

/** What is done once, with an engine of its own, for its leases end by what came of it. */
export function onceOn(
  { outcomes: store }: Ground,
  parts: ReturnType<typeof partsOf> & Pick<OnceServiceParts, 'directory' | 'defaults'>,
): { once: OnceService; engine: LeaseEngine | undefined } {
  if (typeof store === 'string') return { once: new RefusingOnceService(store), engine: undefined };
  const engine = new LeaseEngine({ ...parts, store });
  return { once: new LeaseOnceService({ ...parts, engine, scope: engine, store }), engine };
}

/** Latches and barriers. */
export function latchesOn(
  { arrivals: store }: Ground,
  parts: Omit<GateParts, 'store' | 'wakes' | 'closed'>,
): StoreLatchService | RefusingLatchService {
  return typeof store === 'string'
    ? new RefusingLatchService(store)
    : new StoreLatchService({ ...parts, store });
}

/** Scripts of the user's. @throws LockConfigError on a cluster for those that touch keys which are not in KEYS */
export function scriptsOn(
  { scripts: store }: Ground,
  parts: Omit<ScriptParts, 'store'>,
  { scripts }: Pick<ResolvedHoldfastOptions, 'scripts'>,
): StoreScriptService | RefusingScriptService {
  if (typeof store === 'string') return new RefusingScriptService(store);
  const undeclared = store.slotted ? scripts.flatMap(undeclaredIn) : [];
  if (undeclared.length > 0) throw new LockConfigError('Holdfast cannot start', undeclared);
  return new StoreScriptService({ ...parts, store });
}

function undeclaredIn({ name, undeclared }: AnyUserScript): readonly string[] {
  return undeclared.map((place) => `scripts: "${name}", ${place}`);
}

/** The jobs of this process; where the ground keeps none, who says so. */
export function jobsOn(
  { jobs: store }: Ground,
  parts: ReturnType<typeof partsOf>,
  { namespace, replica, version, jobsEnabled: enabled }: ResolvedHoldfastOptions,
): ProcessJobs {
  if (typeof store === 'string') return new RefusingJobService({ why: store, enabled });
  const publish = jobEvents(namespace, replica);
  return new StoreJobService({ ...parts, store, who: replica, version, enabled, publish });
}
