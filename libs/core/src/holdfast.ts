/** Composition root: joins the features to their store. Nothing else does. */
import { hostname } from 'node:os';
import { LockRefusedError, LockUnavailableError } from './acquire-errors.js';
import { LockConfigError } from './errors.js';
import { leaseEvents } from './events.js';
import {
  resolveHoldfastOptions,
  type HoldfastOptions,
  type ResolvedHoldfastOptions,
} from './holdfast-options.js';
import type { JobService } from './jobs/job-service.js';
import { StoreJobService } from './jobs/store-job-service.js';
import { HolderDirectory } from './lease/holder-directory.js';
import { HolderPresence } from './lease/holder-presence.js';
import { LeaseEngine } from './lease/lease-engine.js';
import { TokenSource } from './lease/token-source.js';
import { LeaseLockService } from './lock/lease-lock-service.js';
import type { LockService } from './lock/lock-service.js';
import { IoredisHost } from './redis/ioredis-host.js';
import { KeySpace } from './redis/keys.js';
import { RedisCardStore } from './redis/redis-card-store.js';
import { RedisJobStore } from './redis/redis-job-store.js';
import { RedisLeaseStore } from './redis/redis-lease-store.js';
import type { HostProvider, ScriptHost } from './redis/script-host.js';
import { show } from './time/duration.js';
import { within } from './time/within.js';

/** How long the card of this process, and then its connection, may take to go: `close` is over within grace + 1 s. */
const CLOSE_WITHIN_MS = 250;

/** One instance: a namespace on a connection, with its features. */
export interface Holdfast {
  readonly locks: LockService;
  readonly jobs: JobService;
  readonly namespace: string;
  readonly replica: string;
  /**
   * Waits until everybody who holds a lease right now has given it back, at most `withinMs`. New leases are granted
   * all the while. Resolves to how many of those holders are left.
   * @throws LockConfigError when `withinMs` is not 0 or more; `Infinity` waits as long as it takes
   */
  drain(withinMs: number): Promise<number>;
  /**
   * Begins no more runs of jobs in this process, and waits until those of now are over, at most `withinMs`. Resolves to
   * how many are left; they go on until `close`, which leaves them to other processes.
   * @throws LockConfigError when `withinMs` is not 0 or more; `Infinity` waits as long as it takes
   */
  stopJobs(withinMs: number): Promise<number>;
  /**
   * Refuses new leases, aborts waits, waits up to `graceMs` (the `shutdownGrace` option unless told) for holders,
   * ends what is left (their signals abort), releases, and closes the connection. Safe to call twice.
   * @throws LockConfigError when `graceMs` is not 0 or more; nothing else
   */
  close(graceMs?: number): Promise<void>;
}

/**
 * Starts an instance.
 * @throws LockConfigError that lists every fault; LockUnavailableError, LockRefusedError or LockConfigError about the
 *   server with `preflight: 'refuse'`
 * @example `const holdfast = await createHoldfast({ connection: 'redis://localhost:6379', namespace: 'shop' })`
 */
export async function createHoldfast(options: HoldfastOptions): Promise<Holdfast> {
  const resolved = resolveHoldfastOptions(options);
  const host = await openHost(resolved);
  try {
    return await assemble(host, resolved);
  } catch (error) {
    await host.close(CLOSE_WITHIN_MS);
    throw error;
  }
}

async function openHost(options: ResolvedHoldfastOptions): Promise<ScriptHost> {
  const { connection, namespace, log } = options;
  const context = { namespace, report: log };
  return isHostProvider(connection) ? connection.open(context) : new IoredisHost(connection, context);
}

function isHostProvider(connection: unknown): connection is HostProvider {
  return typeof connection === 'object' && connection !== null && 'holdfastHost' in connection;
}

async function assemble(host: ScriptHost, options: ResolvedHoldfastOptions): Promise<Holdfast> {
  const { namespace, replica, attemptTimeoutMs, ttlMs, waitMs, log } = options;
  const { clock } = host;
  const keys = new KeySpace(namespace, host.keyPrefix);
  const tokens = new TokenSource();
  const store = new RedisLeaseStore(host, keys);
  const cards = new RedisCardStore(host, keys);
  const directory = new HolderDirectory(cards, clock);
  const presence = new HolderPresence(cards, clock, {
    processId: tokens.processId,
    replica,
    host: hostname(),
    pid: process.pid,
  });
  const publish = leaseEvents(namespace, replica);
  const engine = new LeaseEngine({ store, clock, tokens, attemptTimeoutMs, publish, log });
  const locks = new LeaseLockService({ engine, directory, publish, defaults: { ttlMs, waitMs } });
  const jobs = new StoreJobService({
    store: new RedisJobStore(host, keys),
    clock,
    tokens,
    attemptTimeoutMs,
    log,
    who: replica,
    enabled: options.jobsEnabled,
  });

  await store.listen(tokens.processId);
  await examine(host, options);
  presence.announce();

  const close = async (graceMs: number): Promise<void> => {
    await Promise.all([engine.close(graceMs), jobs.close(graceMs)]);
    await within(clock, CLOSE_WITHIN_MS, presence.leave());
    await host.close(CLOSE_WITHIN_MS);
  };
  let closing: Promise<void> | undefined;
  return {
    locks,
    jobs,
    namespace,
    replica,
    drain: async (withinMs) => engine.drain(checkedMs('withinMs', withinMs)),
    stopJobs: async (withinMs) => stopJobs(jobs, checkedMs('withinMs', withinMs)),
    close: async (graceMs = options.shutdownGraceMs) => (closing ??= close(checkedMs('graceMs', graceMs))),
  };
}

async function stopJobs(jobs: StoreJobService, withinMs: number): Promise<number> {
  jobs.stopTaking();
  await jobs.drain(withinMs);
  return jobs.list().reduce((left, { runningHere }) => left + runningHere, 0);
}

/** `Infinity` is as long as it takes. */
function checkedMs(name: string, value: number): number {
  if (typeof value === 'number' && value >= 0) return value;
  throw new LockConfigError('Holdfast', [`${name}: ${show(value)} must be milliseconds, 0 or more`]);
}

/** Looks at the server once: says what is unsafe, or refuses to start, as the `preflight` option wants it. */
async function examine(
  host: ScriptHost,
  { preflight, connectTimeoutMs, log }: ResolvedHoldfastOptions,
): Promise<void> {
  await host.whenUp?.(connectTimeoutMs);
  if (preflight === 'off') return;
  const trouble = host.trouble;
  if (trouble !== undefined) {
    if (preflight === 'refuse') {
      const details = { condition: trouble.condition, waitedMs: connectTimeoutMs, cause: trouble };
      throw trouble.permanent
        ? new LockRefusedError(undefined, details)
        : new LockUnavailableError(undefined, details);
    }
    log('warn', `Starting without ${host.label}: ${trouble.condition}; locks fail until it can be reached`);
    return;
  }
  const findings = (await host.findings?.()) ?? [];
  for (const { text } of findings) log('warn', `${host.label}: ${text}`);
  const unsafe = findings.filter(({ severity }) => severity === 'unsafe').map(({ text }) => text);
  if (preflight === 'refuse' && unsafe.length > 0)
    throw new LockConfigError(`${host.label} is not safe for locks`, unsafe);
}
