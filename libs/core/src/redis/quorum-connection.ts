/** What may be given as a quorum: several servers, each of which could be given as a connection of its own. */
import type { Redis } from 'ioredis';
import { checkDuration, show, TTL_RULE, type Duration, type DurationLimits } from '../time/duration.js';
import { isCluster, isClusterInWords } from './cluster-connection.js';
import { connectionFaults } from './connection-faults.js';
import type { SingleConnection } from './connection.js';
import type { HostProvider } from './script-host.js';

/** One server of a quorum: a URL, ioredis options, a live client, a function that makes one, or `embedded()`. */
export type QuorumServer = SingleConnection | (() => Redis) | HostProvider;

/** How a quorum works. */
export interface QuorumOptions {
  /**
   * No lock may have a longer `ttl`. A server that comes back without its data, or that may have lost some, has no vote
   * for so long. The same in all processes of the namespace. @defaultValue '1m'
   */
  readonly longestTtl?: Duration;
}

/** Made by {@link quorum}. */
export interface QuorumConnection extends QuorumOptions {
  readonly quorum: readonly QuorumServer[];
}

const DEFAULT_PORT = 6_379;
const LONGEST_TTL_MS = 60_000;

/**
 * Locks that a majority of independent servers agrees on. They survive the loss of a minority without the double grant
 * of an asynchronous failover, and are slower. There are no jobs on a quorum.
 * @param servers - An odd number, 3 at least, on machines that do not fail together, none a replica of another.
 * @example `connection: quorum(['redis://a:6379', 'redis://b:6379', 'redis://c:6379'], { longestTtl: '1m' })`
 */
export function quorum(servers: readonly QuorumServer[], options: QuorumOptions = {}): QuorumConnection {
  return { ...options, quorum: servers };
}

export function isQuorum(connection: unknown): connection is QuorumConnection {
  return typeof connection === 'object' && connection !== null && 'quorum' in connection;
}

/** The longest `ttl` of a lock, in milliseconds; to be asked when there are no faults. */
export function longestTtlOf({ longestTtl }: QuorumOptions): number {
  const read = checkLongestTtl(longestTtl);
  return read.ok ? read.ms : LONGEST_TTL_MS;
}

/** What every `ttl` on `connection` has to be. */
export function ttlRuleOn(connection: unknown): DurationLimits & { readonly mostMs: number } {
  if (!isQuorum(connection)) return TTL_RULE;
  return { ...TTL_RULE, mostMs: longestTtlOf(connection), mostIs: 'the longestTtl of the quorum' };
}

/** One sentence each; empty when nothing is wrong. */
export function quorumFaults(connection: QuorumConnection): readonly string[] {
  const servers: unknown = connection.quorum;
  const longest = checkLongestTtl(connection.longestTtl);
  const faults = longest.ok ? [] : [longest.fault];
  if (!Array.isArray(servers))
    return [`connection.quorum: ${show(servers)} must be a list of servers`, ...faults];
  if (servers.length < 3 || servers.length % 2 === 0) {
    const rule = 'must be an odd number of servers, 3 at least: an even one survives no more, and costs more';
    faults.push(`connection.quorum: ${servers.length} ${rule}`);
  }
  for (const [at, server] of servers.entries()) faults.push(...serverFaults(server, at, servers));
  return faults;
}

function checkLongestTtl(value: unknown) {
  return checkDuration(value === undefined ? LONGEST_TTL_MS : value, {
    option: 'connection.longestTtl',
    ...TTL_RULE,
  });
}

function serverFaults(server: unknown, at: number, all: readonly unknown[]): readonly string[] {
  const option = `connection.quorum[${at}]`;
  const inside = (fault: string): string => fault.replace(/^connection/, option);
  if (typeof server === 'object' && server !== null) {
    if (isQuorum(server)) return [`${option}: a quorum must be a single server, not another quorum`];
    if (isCluster(server) || isClusterInWords(server))
      return [`${option}: a cluster must be a single server; give independent servers, or the cluster alone`];
  }
  const faults = connectionFaults(server).map(inside);
  const first = all.findIndex((other) => isSame(other, server));
  if (first < at)
    faults.push(
      `${option}: must be another server than connection.quorum[${first}]; one server has one vote`,
    );
  return faults;
}

function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  const [here, there] = [addressOf(one), addressOf(other)];
  return here !== undefined && here === there;
}

/** Where a URL or options lead to; the database does not make another server. */
function addressOf(server: unknown): string | undefined {
  if (typeof server === 'string') {
    const url = URL.canParse(server) ? new URL(server) : undefined;
    return url === undefined ? undefined : `${url.hostname}:${url.port === '' ? DEFAULT_PORT : url.port}`;
  }
  if (typeof server !== 'object' || server === null) return undefined;
  const { host, port, path, sentinels }: Partial<Record<string, unknown>> = { ...server };
  if (path !== undefined || sentinels !== undefined || (host ?? port) === undefined) return undefined;
  return `${text(host, 'localhost')}:${text(port, DEFAULT_PORT)}`;
}

function text(value: unknown, otherwise: string | number): string {
  return typeof value === 'string' || typeof value === 'number' ? `${value}` : `${otherwise}`;
}
