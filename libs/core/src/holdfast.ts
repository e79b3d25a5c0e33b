/** Composition root: joins the features to their store. Nothing else does. */
import { hostname } from 'node:os';
import { LockConfigError } from './errors.js';
import { leaseEvents } from './events.js';
import {
  resolveHoldfastOptions,
  type HoldfastOptions,
  type ResolvedHoldfastOptions,
} from './holdfast-options.js';
import type { JobService } from './jobs/job-service.js';
import { StoreJobService } from './jobs/store-job-service.js';
import { lockErrorOf } from './lease/answer-to-caller.js';
import { HolderDirectory } from './lease/holder-directory.js';
import { HolderPresence } from './lease/holder-presence.js';
import { LeaseEngine } from './lease/lease-engine.js';
import { TokenSource } from './lease/token-source.js';
import type { LeaderService } from './leader/leader-service.js';
import { LeaseLeaderService } from './leader/lease-leader-service.js';
import { LeaseLockService } from './lock/lease-lock-service.js';
import type { LockService } from './lock/lock-service.js';
import { IoredisHost } from './redis/ioredis-host.js';
import { KeySpace } from './redis/keys.js';
import { RedisCardStore } from './redis/redis-card-store.js';
import { RedisJobStore } from './redis/redis-job-store.js';
import { RedisLeaseStore } from './redis/redis-lease-store.js';
import { RedisPreferenceStore } from './redis/redis-preference-store.js';
import type { HostProvider, ScriptHost } from './redis/script-host.js';
import { show } from './time/duration.js';
import { within } from './time/within.js';

/** How long the card of this process, and then its connection, may take to go: `close` is over within grace + 1 s. */
const CLOSE_WITHIN_MS = 250;

/** One instance: a namespace on a connection, with its features. */
export interface Holdfast {
  readonly locks: LockService;
  readonly jobs: JobService;
  readonly leaders: LeaderService;
  readonly namespace: string;
  readonly replica: string;
  /**
   * Waits until everybody who holds a lease right now has given it back, at most `withinMs`; a leader is not waited for.
   * New leases are granted all the while. Resolves to how many of those holders are left.
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
   * Stops all campaigns and begins no more runs of jobs; when those of now are over refuses new leases, aborts waits and
   * waits for holders, all of it up to `graceMs` (the `shutdownGrace` option unless told). Then ends what is left (signals
   * abort; runs are left to other processes), releases, and closes the connection. Safe to call twice.
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
  const { namespace, replica } = options;
  const tokens = new TokenSource();
  const keys = new KeySpace(namespace, host.keyPrefix);
  const store = new RedisLeaseStore(host, keys);
  const cards = new RedisCardStore(host, keys);
  const parts = partsOf(host, options, tokens);
  const engine = new LeaseEngine({ ...parts, store });
  const { processId } = tokens;
  const card = { processId, replica, host: hostname(), pid: process.pid };
  const presence = new HolderPresence(cards, host.clock, card);
  const { ttlMs, waitMs, jobsEnabled } = options;
  const directory = new HolderDirectory(cards, host.clock);
  const locks = new LeaseLockService({ ...parts, engine, directory, defaults: { ttlMs, waitMs } });
  const jobStore = new RedisJobStore(host, keys);
  const jobs = new StoreJobService({ ...parts, store: jobStore, who: replica, enabled: jobsEnabled });
  const preferences = new RedisPreferenceStore(host, keys);
  const leaders = new LeaseLeaderService({ ...parts, engine, preferences, processId, defaults: { ttlMs } });

  await store.listen(processId);
  await examine(host, options);
  presence.announce();
  const ending = endingBy({ host, engine, jobs, leaders, presence }, options.shutdownGraceMs);
  return { locks, jobs, leaders, namespace, replica, ...ending };
}

/** What most of the features work with. */
function partsOf(host: ScriptHost, options: ResolvedHoldfastOptions, tokens: TokenSource) {
  const { namespace, replica, attemptTimeoutMs, log } = options;
  return { clock: host.clock, tokens, attemptTimeoutMs, log, publish: leaseEvents(namespace, replica) };
}

interface Ending {
  readonly host: ScriptHost;
  readonly engine: LeaseEngine;
  readonly jobs: StoreJobService;
  readonly leaders: LeaseLeaderService;
  readonly presence: HolderPresence;
}

/** How an instance ends, with its arguments checked, and once. */
function endingBy(
  { host, engine, jobs, leaders, presence }: Ending,
  defaultGraceMs: number,
): Pick<Holdfast, 'drain' | 'stopJobs' | 'close'> {
  const { clock } = host;
  const end = async (graceMs: number): Promise<void> => {
    const endsAt = clock.now() + graceMs;
    // Not awaited: the engine sees every release answered, within its bound.
    void leaders.stop();
    // Before new leases are refused: what runs may need some to come to its end.
    await jobs.stop(graceMs);
    await Promise.all([engine.close(Math.max(0, endsAt - clock.now())), jobs.leave()]);
    await within(clock, CLOSE_WITHIN_MS, presence.leave());
    await host.close(CLOSE_WITHIN_MS);
  };
  let closing: Promise<void> | undefined;
  return {
    drain: async (withinMs) => engine.drain(checkedMs('withinMs', withinMs)),
    stopJobs: async (withinMs) => jobs.stop(checkedMs('withinMs', withinMs)),
    close: async (graceMs = defaultGraceMs) => (closing ??= end(checkedMs('graceMs', graceMs))),
  };
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
      throw lockErrorOf(trouble, { lockName: undefined, waitedMs: connectTimeoutMs });
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
