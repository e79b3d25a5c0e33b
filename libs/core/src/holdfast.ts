/** Composition root: joins the features to their store. Nothing else does. */
import { hostname } from 'node:os';
import { LockConfigError } from './errors.js';
import { healthOf, type Health } from './health.js';
import { CLOSE_WITHIN_MS, endingBy, type HoldfastEnds } from './holdfast-ending.js';
import {
  jobsOn,
  latchesOn,
  limitersOn,
  onceOn,
  partsOf,
  quotasOn,
  readersOn,
  scriptsOn,
  semaphoresOn,
} from './holdfast-features.js';
import type { Ground } from './holdfast-ground.js';
import { openGround } from './holdfast-opening.js';
import {
  resolveHoldfastOptions,
  type HoldfastOptions,
  type ResolvedHoldfastOptions,
} from './holdfast-options.js';
import type { Inspector } from './inspector/inspector.js';
import { StoreInspector } from './inspector/store-inspector.js';
import type { JobService } from './jobs/job-service.js';
import type { ProcessJobs } from './jobs/process-jobs.js';
import type { LatchService } from './latch/latch-service.js';
import { lockErrorOf } from './lease/answer-to-caller.js';
import { EFFICIENCY, type Durability } from './lease/durability.js';
import { HolderDirectory } from './lease/holder-directory.js';
import { HolderPresence } from './lease/holder-presence.js';
import { LeaseEngine } from './lease/lease-engine.js';
import type { ProcessCard } from './lease/process-card.js';
import type { LeaderService } from './leader/leader-service.js';
import { LeaseLeaderService } from './leader/lease-leader-service.js';
import type { RateLimiterService } from './limiter/rate-limiter-service.js';
import { LeaseLockService } from './lock/lease-lock-service.js';
import type { LockService } from './lock/lock-service.js';
import type { OnceService } from './once/once-service.js';
import type { QuotaService } from './quota/quota-service.js';
import type { ScriptService } from './scripts/script-service.js';
import type { SemaphoreService } from './semaphore/semaphore-service.js';
import type { Clock } from './time/clock.js';

/** One instance: a namespace on a connection, with its features. */
export interface Holdfast extends HoldfastEnds {
  readonly locks: LockService;
  readonly jobs: JobService;
  readonly leaders: LeaderService;
  readonly semaphores: SemaphoreService;
  readonly limiters: RateLimiterService;
  readonly quotas: QuotaService;
  readonly once: OnceService;
  readonly latches: LatchService;
  readonly scripts: ScriptService;
  readonly inspector: Inspector;
  readonly namespace: string;
  readonly replica: string;
  /** What its grants withstand when a server is lost. */
  readonly durability: Durability;
  /**
   * Whether this process can do its work: asks the server one question, and looks for jobs of this process that are
   * overdue. Answers within `attemptTimeout`, also when the server does not; never rejects. A process that runs no jobs
   * does not know which are overdue.
   */
  health(): Promise<Health>;
}

/**
 * Starts an instance.
 * @throws LockConfigError that lists every fault; LockUnavailableError, LockRefusedError or LockConfigError about the
 *   server with `preflight: 'refuse'`
 * @example `const holdfast = await createHoldfast({ connection: 'redis://localhost:6379', namespace: 'shop' })`
 */
export async function createHoldfast(options: HoldfastOptions): Promise<Holdfast> {
  const resolved = resolveHoldfastOptions(options);
  const ground = await openGround(resolved);
  try {
    return await assemble(ground, resolved);
  } catch (error) {
    await ground.host.close(CLOSE_WITHIN_MS);
    throw error;
  }
}

async function assemble(ground: Ground, options: ResolvedHoldfastOptions): Promise<Holdfast> {
  const { namespace, replica, ttlMs, waitMs, ttlRule } = options;
  const { host, store, cards, preferences } = ground;
  const parts = partsOf(host, options);
  const { clock, processId, attemptTimeoutMs } = parts;
  const engine = new LeaseEngine({ ...parts, store });
  const directory = new HolderDirectory(cards, clock);
  const { durability = EFFICIENCY } = store;
  const defaults = { ttlMs, waitMs, ttlRule, durability };
  const readers = readersOn(ground, parts);
  const locks = new LeaseLockService({ ...parts, engine, scope: engine, readers, directory, defaults });
  const { semaphores, engine: permits } = semaphoresOn(ground, { ...parts, directory, defaults });
  const limiters = limitersOn(ground, { ...parts, waitMs });
  const quotas = quotasOn(ground, parts);
  const { once, engine: doing } = onceOn(ground, { ...parts, directory, defaults });
  const latches = latchesOn(ground, { ...parts, waitMs });
  const scripts = scriptsOn(ground, parts, options);
  const jobs = jobsOn(ground, parts, options);
  const leaders = new LeaseLeaderService({ ...parts, engine, preferences, defaults });
  const inspector = new StoreInspector({ ...parts, cards });
  const describe = describing(options, { clock, jobs, leaders });
  const presence = new HolderPresence(cards, clock, { processId, describe });

  await ground.listen(processId);
  await examine(ground, options);
  presence.announce();
  const engines = [engine, readers, permits, doing].filter((one) => typeof one === 'object');
  const counting = [limiters, quotas, latches, scripts];
  const ends = { host, engines, counting, jobs, leaders, presence };
  const missing = () => ground.missing(processId, attemptTimeoutMs);
  const replicas = () => ground.replicas(attemptTimeoutMs);
  const health = (): Promise<Health> => healthOf({ clock, jobs, missing, replicas });
  return {
    ...{ locks, jobs, leaders, semaphores, limiters, quotas, once, latches, scripts, inspector },
    ...{ namespace, replica, durability, health },
    ...endingBy(ends, options.shutdownGraceMs),
  };
}

/** What this process says about itself, each time anew. */
function describing(
  { replica, version }: ResolvedHoldfastOptions,
  { clock, jobs, leaders }: { clock: Clock; jobs: ProcessJobs; leaders: LeaseLeaderService },
): () => ProcessCard {
  const is = { replica, host: hostname(), pid: process.pid, version, startedAt: clock.wallNow() };
  return () => ({ ...is, ...jobs.onCard, leads: leaders.led });
}

/** Looks at the server once: says what is unsafe, or refuses to start, as the `preflight` option wants it. */
async function examine(
  { host, replicas }: Ground,
  { preflight, connectTimeoutMs, attemptTimeoutMs, log }: ResolvedHoldfastOptions,
): Promise<void> {
  await host.whenUp?.(connectTimeoutMs);
  if (preflight === 'off') return;
  const trouble = host.trouble;
  if (trouble !== undefined) {
    if (preflight === 'refuse') {
      throw lockErrorOf(trouble, { lockName: undefined, waitedMs: connectTimeoutMs });
    }
    log('warn', `Starting without ${host.label}: ${trouble.condition}; locks fail until it can be reached`);
    return;
  }
  const findings = (await host.findings?.()) ?? [];
  for (const { text } of findings) log('warn', `${host.label}: ${text}`);
  if (preflight !== 'refuse') return;
  const unsafe = findings.filter(({ severity }) => severity === 'unsafe').map(({ text }) => text);
  // Told in the log by whoever found it out.
  if ((await replicas(attemptTimeoutMs)) === 'not-asked')
    unsafe.push('the server does not take WAIT, which `replicas` needs');
  if (unsafe.length > 0) throw new LockConfigError(`${host.label} is not safe for locks`, unsafe);
}
