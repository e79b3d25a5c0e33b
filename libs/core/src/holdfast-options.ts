/** Options of an instance, checked as a whole so that one error lists every fault. */
import { hostname } from 'node:os';
import { faultsIn, LockConfigError } from './errors.js';
import { nameFault } from './lease/lease-name.js';
import { connectionFaults } from './redis/connection-faults.js';
import type { RedisConnection } from './redis/connection.js';
import { isQuorum, quorumFaults, ttlRuleOn, type QuorumConnection } from './redis/quorum-connection.js';
import type { HostProvider } from './redis/script-host.js';
import type { ReplicaTerms } from './redis/wanted-replicas.js';
import { resolveReplicas, type ReplicaOptions } from './replica-options.js';
import { isUserScript, type AnyUserScript } from './scripts/user-script.js';
import { durationReader, show, unknownOption, type Duration, type DurationLimits } from './time/duration.js';

/**
 * Where leases are kept: a URL, ioredis options (with `sentinels` and `name`, too), a cluster as `{ cluster: [{ host, port }] }`,
 * a live `Redis` or `Cluster` client (of which we take a duplicate, and never close yours), a function that makes one
 * (which we close), `embedded()` of `@holdfast/embedded`, or a `quorum()` of several servers.
 */
export type HoldfastConnection = RedisConnection | HostProvider | QuorumConnection;

/** How an instance behaves. */
export interface HoldfastOptions {
  readonly connection: HoldfastConnection;
  /** Keeps services apart that share a Redis. All replicas of one service use the same. */
  readonly namespace: string;
  /** Name of this process in messages, events and inspections. @defaultValue `host:pid` */
  readonly replica?: string;
  /** Of the application, for people: in the list of replicas and in the history of jobs. @defaultValue none */
  readonly version?: string;
  /** Default `ttl` of locks. @defaultValue '30s', on a quorum its `longestTtl` where that is shorter */
  readonly ttl?: Duration;
  /** Default `wait` of locks. @defaultValue '10s' */
  readonly wait?: Duration | 'forever';
  /** How long one call to Redis may stay without an answer before it is tried again. @defaultValue '1s' */
  readonly attemptTimeout?: Duration;
  /** How long start-up waits for the first connection before it goes on without. @defaultValue '5s' */
  readonly connectTimeout?: Duration;
  /**
   * What to do at start about a server that loses locks (evicts keys, is a replica, is older than 6.2) or can't be
   * reached: tell in the log, refuse to start, or do not look. @defaultValue 'warn'
   */
  readonly preflight?: 'warn' | 'refuse' | 'off';
  /**
   * Lets a grant and every renewal count only when enough replicas have it, so that a failover forgets no lease. What
   * they do not have in time is given back, and fails as `not-replicated`. @defaultValue none is asked
   */
  readonly replicas?: ReplicaOptions;
  /** How long `close()` waits for holders before it ends their leases. @defaultValue '10s' */
  readonly shutdownGrace?: Duration;
  /** Jobs of this process. */
  readonly jobs?: {
    /** Whether it runs any: a process that only answers requests says no. @defaultValue true */
    readonly enabled?: boolean;
  };
  /**
   * Scripts of yours, to be on every server before the first call. One that is not here is sent with its first call. On a
   * cluster those are refused at start that touch keys which are not in KEYS. @defaultValue none
   */
  readonly scripts?: readonly AnyUserScript[];
  /** Where lines about the connection, lost leases and jobs go. @defaultValue nowhere */
  readonly log?: (level: 'log' | 'warn' | 'error', message: string) => void;
}

/** The same with defaults filled in and durations as numbers. */
export interface ResolvedHoldfastOptions {
  readonly connection: HoldfastConnection;
  readonly namespace: string;
  readonly replica: string;
  readonly version: string | undefined;
  readonly ttlMs: number;
  /** What every ttl has to be. */
  readonly ttlRule: DurationLimits;
  readonly waitMs: number;
  readonly attemptTimeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly preflight: 'warn' | 'refuse' | 'off';
  readonly replicas: ReplicaTerms | undefined;
  readonly shutdownGraceMs: number;
  readonly jobsEnabled: boolean;
  readonly scripts: readonly AnyUserScript[];
  readonly log: (level: 'log' | 'warn' | 'error', message: string) => void;
}

const KNOWN: ReadonlySet<string> = new Set([
  'connection',
  'namespace',
  'replica',
  'version',
  'ttl',
  'wait',
  'attemptTimeout',
  'connectTimeout',
  'preflight',
  'replicas',
  'shutdownGrace',
  'jobs',
  'scripts',
  'log',
] satisfies (keyof HoldfastOptions)[]);

const KNOWN_OF_JOBS: ReadonlySet<string> = new Set(['enabled']);

/** Checks and fills in. @throws LockConfigError listing every fault */
export function resolveHoldfastOptions(options: HoldfastOptions): ResolvedHoldfastOptions {
  const faults: string[] = [];
  const duration = durationReader(options, faults);
  const ttlRule = ttlRuleOn(options.connection);
  for (const option of Object.keys(options))
    if (!KNOWN.has(option)) faults.push(unknownOption(option, KNOWN));
  faults.push(...faultsOf(options));
  const resolved = {
    connection: options.connection,
    namespace: options.namespace,
    replica: options.replica ?? `${hostname()}:${process.pid}`,
    version: options.version,
    ttlMs: duration('ttl', Math.min(30_000, ttlRule.mostMs), ttlRule),
    ttlRule,
    waitMs: options.wait === 'forever' ? Infinity : duration('wait', 10_000, { leastMs: 0 }),
    attemptTimeoutMs: duration('attemptTimeout', 1_000, { leastMs: 10 }),
    connectTimeoutMs: duration('connectTimeout', 5_000, { leastMs: 0 }),
    preflight: options.preflight ?? 'warn',
    shutdownGraceMs: duration('shutdownGrace', 10_000, { leastMs: 0 }),
    jobsEnabled: options.jobs?.enabled ?? true,
    scripts: options.scripts ?? [],
    log: harmless(options.log),
  };
  const replicas = resolveReplicas(options.replicas, resolved, faults);
  if (faults.length > 0) throw new LockConfigError('Holdfast cannot start', faults);
  return { ...resolved, replicas };
}

/**
 * What is wrong with these options, in one sentence each, without connecting; empty when nothing is. For adapters
 * that check options of their own and want to tell all faults together.
 */
export function holdfastOptionFaults(options: HoldfastOptions): readonly string[] {
  return faultsIn(() => resolveHoldfastOptions(options));
}

/** A logger that throws must not end a renewal. */
function harmless(log: HoldfastOptions['log']): ResolvedHoldfastOptions['log'] {
  return (level, message) => {
    try {
      log?.(level, message);
    } catch {
      // the holder matters more than the line
    }
  };
}

function faultsOf(options: HoldfastOptions): string[] {
  const faults: (string | undefined)[] = [
    ...(isQuorum(options.connection)
      ? quorumFaults(options.connection)
      : connectionFaults(options.connection)),
    options.namespace === undefined
      ? 'namespace: undefined must be given; two services that share a Redis must not share locks by accident'
      : nameFault(options.namespace, 'namespace'),
    options.replica === undefined ? undefined : nameFault(options.replica, 'replica'),
    options.version === undefined ? undefined : nameFault(options.version, 'version'),
    options.preflight === undefined || ['warn', 'refuse', 'off'].includes(options.preflight)
      ? undefined
      : `preflight: ${show(options.preflight)} must be 'warn', 'refuse' or 'off'`,
    jobsFault(options.jobs),
    scriptsFault(options.scripts),
    options.log === undefined || typeof options.log === 'function'
      ? undefined
      : `log: ${show(options.log)} must be a function`,
  ];
  return faults.filter((fault) => fault !== undefined);
}

function jobsFault(jobs: unknown): string | undefined {
  if (jobs === undefined) return undefined;
  if (typeof jobs !== 'object' || jobs === null) return `jobs: ${show(jobs)} must be an object`;
  for (const option of Object.keys(jobs))
    if (option !== 'enabled') return `jobs.${unknownOption(option, KNOWN_OF_JOBS)}`;
  if (!('enabled' in jobs) || jobs.enabled === undefined || typeof jobs.enabled === 'boolean')
    return undefined;
  return `jobs.enabled: ${show(jobs.enabled)} must be true or false`;
}

function scriptsFault(scripts: unknown): string | undefined {
  if (scripts === undefined || (Array.isArray(scripts) && scripts.every(isUserScript))) return undefined;
  return `scripts: ${show(scripts)} must be an array of what defineScript() gave`;
}
