/** Composition root: joins the features to their store. Nothing else does. */
import { hostname } from 'node:os';
import { LockConfigError } from './errors.js';
import { leaseEvents } from './events.js';
import { healthOf, type Health } from './health.js';
import { CLOSE_WITHIN_MS, endingBy, type HoldfastEnds } from './holdfast-ending.js';
import {
  resolveHoldfastOptions,
  type HoldfastOptions,
  type ResolvedHoldfastOptions,
} from './holdfast-options.js';
import type { Inspector } from './inspector/inspector.js';
import { StoreInspector } from './inspector/store-inspector.js';
import { jobEvents } from './job-events.js';
import type { JobService } from './jobs/job-service.js';
import { StoreJobService } from './jobs/store-job-service.js';
import { lockErrorOf } from './lease/answer-to-caller.js';
import { EFFICIENCY, type Durability } from './lease/durability.js';
import { HolderDirectory } from './lease/holder-directory.js';
import { HolderPresence } from './lease/holder-presence.js';
import { LeaseEngine } from './lease/lease-engine.js';
import type { ProcessCard } from './lease/process-card.js';
import { TokenSource } from './lease/token-source.js';
import type { LeaderService } from './leader/leader-service.js';
import { LeaseLeaderService } from './leader/lease-leader-service.js';
import { LeaseLockService } from './lock/lease-lock-service.js';
import type { LockService } from './lock/lock-service.js';
import { KeySpace } from './redis/keys.js';
import { openHosts, type Hosts } from './redis/open-host.js';
import { RedisCardStore } from './redis/redis-card-store.js';
import { RedisJobStore } from './redis/redis-job-store.js';
import { RedisLeaseStore } from './redis/redis-lease-store.js';
import { RedisPreferenceStore } from './redis/redis-preference-store.js';
import type { HostProvider, ScriptHost } from './redis/script-host.js';
import type { Clock } from './time/clock.js';

/** One instance: a namespace on a connection, with its features. */
export interface Holdfast extends HoldfastEnds {
  readonly locks: LockService;
  readonly jobs: JobService;
  readonly leaders: LeaderService;
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
  const hosts = await open(resolved);
  try {
    return await assemble(hosts, resolved);
  } catch (error) {
    await closeAll(hosts, CLOSE_WITHIN_MS);
    throw error;
  }
}

async function open(options: ResolvedHoldfastOptions): Promise<Hosts> {
  const { connection, namespace, log, replicas } = options;
  const context = { namespace, report: log };
  if (!isHostProvider(connection)) return openHosts(connection, context, replicas);
  const host = await connection.open(context);
  return { leases: host, rest: host };
}

async function closeAll({ leases, rest }: Hosts, withinMs: number): Promise<void> {
  await Promise.all([...new Set([leases, rest])].map((host) => host.close(withinMs)));
}

function isHostProvider(connection: unknown): connection is HostProvider {
  return typeof connection === 'object' && connection !== null && 'holdfastHost' in connection;
}

async function assemble(hosts: Hosts, options: ResolvedHoldfastOptions): Promise<Holdfast> {
  const { namespace, replica, ttlMs, waitMs } = options;
  const { leases, rest } = hosts;
  const keys = new KeySpace(namespace, leases.keyPrefix);
  const parts = partsOf(leases, options);
  const { clock, processId } = parts;
  // What is pushed no replica has said that it has.
  const store = new RedisLeaseStore(leases, keys, leases.replicas === undefined ? 'grant' : 'hint');
  const cards = new RedisCardStore(rest, keys);
  const engine = new LeaseEngine({ ...parts, store });
  const directory = new HolderDirectory(cards, clock);
  const { durability = EFFICIENCY } = store;
  const locks = new LeaseLockService({
    ...parts,
    engine,
    directory,
    defaults: { ttlMs, waitMs, durability },
  });
  const jobs = new StoreJobService({
    ...parts,
    ...jobPartsOf(options),
    store: new RedisJobStore(leases, keys),
  });
  const preferences = new RedisPreferenceStore(rest, keys);
  const leaders = new LeaseLeaderService({ ...parts, engine, preferences, defaults: { ttlMs } });
  const inspector = new StoreInspector({ ...parts, cards });
  const describe = describing(options, { clock, jobs, leaders });
  const presence = new HolderPresence(cards, clock, { processId, describe });

  await store.listen(processId);
  await Promise.all([examine(leases, options), rest.whenUp?.(options.connectTimeoutMs)]);
  presence.announce();
  const connection = { clock, close: (withinMs: number) => closeAll(hosts, withinMs) };
  const ending = endingBy({ connection, engine, jobs, leaders, presence }, options.shutdownGraceMs);
  const health = (): Promise<Health> => healthOf({ ...parts, cards, jobs, leases });
  return { locks, jobs, leaders, inspector, namespace, replica, durability, health, ...ending };
}

/** What most of the features work with. */
function partsOf(host: ScriptHost, options: ResolvedHoldfastOptions) {
  const { namespace, replica, attemptTimeoutMs, log } = options;
  const tokens = new TokenSource();
  const { processId } = tokens;
  return {
    ...{ clock: host.clock, tokens, processId, attemptTimeoutMs, log },
    publish: leaseEvents(namespace, replica),
  };
}

/** What is different for jobs. */
function jobPartsOf({ namespace, replica, version, jobsEnabled }: ResolvedHoldfastOptions) {
  return { who: replica, version, enabled: jobsEnabled, publish: jobEvents(namespace, replica) };
}

/** What this process says about itself, each time anew. */
function describing(
  { replica, version }: ResolvedHoldfastOptions,
  { clock, jobs, leaders }: { clock: Clock; jobs: StoreJobService; leaders: LeaseLeaderService },
): () => ProcessCard {
  const is = { replica, host: hostname(), pid: process.pid, version, startedAt: clock.wallNow() };
  return () => ({ ...is, ...jobs.onCard, leads: leaders.led });
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
  if (preflight === 'refuse' && (await host.replicas?.state()) === 'not-asked')
    unsafe.push('the server does not take WAIT, which `replicas` needs');
  if (preflight === 'refuse' && unsafe.length > 0)
    throw new LockConfigError(`${host.label} is not safe for locks`, unsafe);
}
